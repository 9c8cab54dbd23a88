# Functions and operators over variables whose values are hidden one by one.
variable "text" {
  type    = string
  default = "Dev_x"
}

variable "empty" {
  type    = string
  default = ""
}

variable "none" {
  type    = string
  default = null
}

variable "number" {
  type    = number
  default = 3
}

variable "flag" {
  type    = bool
  default = true
}

variable "list" {
  type    = list(string)
  default = ["a", "b", "a"]
}

variable "map" {
  type    = map(string)
  default = { k = "v", name = "over" }
}

variable "object" {
  type = object({
    name     = optional(string)
    boundary = optional(string, "arn:aws:iam::111122223333:policy/o")
    tags     = optional(map(string), {})
  })
  default = { tags = { x = "y" } }
}

variable "any" {
  default = { a = { b = ["c"] }, enabled = false }
}

locals {
  names = {
    lower      = lower(var.text)
    upper      = upper("x-${var.text}")
    title      = title(var.text)
    replace    = replace(var.text, "_", "-")
    regex      = replace("a-${var.text}", "/[A-Z]/", "Z")
    trim       = trimprefix("app-${var.text}", "app-")
    trimmed    = trimprefix(var.text, "Dev")
    suffix     = trimsuffix("${var.text}-app", "-app")
    starts     = startswith(var.text, "Dev") ? "yes" : "no"
    started    = startswith("app-${var.text}", "app") ? "yes" : "no"
    ends       = endswith(var.text, "x") ? "yes" : "no"
    contains   = strcontains(var.text, "ev_") ? "yes" : "no"
    split      = split("_", var.text)[0]
    substr     = substr(var.text, 0, 3)
    format     = format("%s-%03d", var.text, var.number)
    formatted  = format("%s-%s", var.text, var.empty)
    join       = join("-", concat(["app"], var.list))
    joined     = join("-", distinct(var.list))
    sorted     = join("-", sort(concat(var.list, ["aa"])))
    reversed   = join("-", reverse(var.list))
    first      = var.list[0]
    last       = element(var.list, length(var.list) - 1)
    second     = try(var.list[9], "fallback")
    keys       = join("-", keys(merge(var.map, { z = "1" })))
    values     = join("-", values(var.map))
    lookup     = lookup(var.map, "k", "default")
    looked     = lookup(var.map, "nope", "default")
    merged     = merge({ name = "under" }, var.map).name
    merging    = merge(var.map, { name = "own" }).name
    coalesce   = coalesce(var.none, var.empty, var.text)
    fallback   = var.none != null ? var.none : "fallback"
    absent     = var.none == null ? "absent" : var.none
    blank      = var.empty == "" ? "blank" : var.empty
    compare    = var.text == "Dev_x" ? "same" : "other"
    differ     = var.text != "prod" ? "differ" : "prod"
    more       = var.number > 2 ? "more" : "less"
    sum        = "n${var.number + 1}"
    logic      = var.flag && var.number > 10 ? "both" : "not"
    logical    = var.flag || var.text == "" ? "either" : "neither"
    negated    = !var.flag ? "off" : "on"
    length     = length(var.list) == 3 ? "three" : "other"
    within     = contains(var.list, "b") ? "in" : "out"
    without    = contains(["x", "y"], var.text) ? "in" : "out"
    object     = coalesce(var.object.name, "unnamed")
    tags       = join("-", [for k, v in var.object.tags : "${k}${v}"])
    any        = try(var.any.a.b[0], "none")
    enabled    = try(var.any.enabled, true) ? "enabled" : "disabled"
    can        = can(var.any.nope) ? "can" : "cannot"
    template   = "%{if var.flag}on%{else}off%{endif}-${var.text}"
    loop       = "%{for x in var.list}${x}.%{endfor}"
    json       = jsondecode(jsonencode({ n = var.text })).n
    hash       = substr(sha256(var.text), 0, 8)
    base64     = base64encode(var.text)
    ternary    = var.flag ? var.text : var.empty
    nested     = var.flag ? (var.number > 2 ? "x" : "y") : "z"
    filtered   = join("-", [for x in var.list : x if x != "a"])
    grouped    = join("-", keys({ for x in var.list : x => x... }))
    indexed    = join("-", [for i, x in var.list : "${i}${x}"])
    compacted  = join("-", compact([var.empty, "x", var.text]))
    flattened  = join("-", flatten([var.list, [["y"]]]))
    sliced     = join("-", slice(var.list, 0, 1))
    zipped     = zipmap(["p", "q", "r"], var.list).q
    setted     = join("-", setunion(toset(var.list), ["z"]))
    subtracted = join("-", setsubtract(toset(var.list), ["a"]))
    one        = one([for x in var.list : x if x == "b"])
    chunk      = join("+", [for c in chunklist(var.list, 2) : join("-", c)])
    ranged     = join("-", range(var.number))
    maximum    = "m${max(var.number, 2)}"
    url        = urlencode(var.text)
    indent     = indent(2, var.text)
    equalList  = var.list == tolist(["a", "b", "a"]) ? "equal" : "unequal"
    splat      = join("-", var.list[*])
    anytrue    = anytrue([for x in var.list : x == "b"]) ? "any" : "none"
    alltrue    = alltrue([for x in var.list : x == "b"]) ? "all" : "some"
    matched    = length(regexall("^Dev", var.text)) > 0 ? "match" : "no"
    tonumber   = tonumber("1${var.number}") > 5 ? "big" : "small"
    yaml       = yamldecode("a: ${var.text}").a
  }
}

resource "aws_iam_role" "by_name" {
  for_each             = local.names
  name                 = each.value
  permissions_boundary = var.object.boundary
}

resource "aws_iam_role" "each_list" {
  for_each = toset(var.list)
  name     = each.key
}

resource "aws_iam_role" "each_map" {
  for_each = var.map
  name     = "${each.key}-${each.value}"
}

resource "aws_iam_role" "some" {
  for_each = { for x in var.list : "k-${x}" => x if var.flag }
  name     = each.value
}

resource "aws_iam_role" "counted" {
  count                = var.flag ? var.number : 0
  name                 = "c${count.index}"
  permissions_boundary = var.flag ? "arn:aws:iam::111122223333:policy/b" : null
}

resource "aws_iam_role" "merged" {
  for_each             = merge({ a = "1" }, var.map)
  name                 = each.value
  permissions_boundary = lookup(var.map, "boundary", null)
}

resource "aws_iam_role" "first" {
  name                 = try(aws_iam_role.counted[0].name, "nobody")
  permissions_boundary = length(aws_iam_role.counted) > 0 ? aws_iam_role.counted[0].permissions_boundary : null
}

data "aws_iam_policy_document" "d" {
  dynamic "statement" {
    for_each = var.flag ? [var.text] : []
    content {
      actions   = ["s3:*"]
      resources = ["arn:aws:s3:::${statement.value}"]
    }
  }
  statement {
    effect    = var.number > 2 ? "Allow" : "Deny"
    actions   = concat(["sts:AssumeRole"], [for x in ["a"] : "x:${x}"])
    resources = [var.text]
  }
}

resource "aws_iam_policy" "p" {
  name   = "p"
  policy = data.aws_iam_policy_document.d.json
}

resource "aws_iam_policy" "j" {
  name = "j"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = var.text, Resource = "arn:aws:s3:::${var.map["k"]}", Condition = { StringEquals = { "aws:x" = var.number } } }]
  })
}
