variable "env" {
  default = "dev"
}
variable "account" {
  default = "111122223333"
}
variable "teams" {
  type = map(object({
    services = optional(list(string), ["ec2.amazonaws.com"])
    arns     = optional(set(string), [])
    admin    = optional(bool, false)
    boundary = optional(string)
    path     = optional(string, "/teams/")
    external = optional(list(string), [])
    policies = optional(map(map(object({
      actions   = list(string)
      resources = optional(list(string), ["*"])
    }))), {})
  }))
  default = {
    alpha = {
      arns     = ["arn:aws:iam::111122223333:root"]
      boundary = "arn:aws:iam::111122223333:policy/x"
      policies = { work = { one-a = { actions = ["s3:Get*"] }, two = { actions = ["iam:CreateRole"], resources = ["arn:aws:iam::111122223333:role/app-*"] } } }
    }
    beta  = { services = ["lambda.amazonaws.com"], admin = true, external = ["a", "b"] }
    gamma = {}
  }
}
locals {
  prefix    = join("-", compact(["app", var.env != "prod" ? var.env : ""]))
  yaml      = yamldecode(file("${path.module}/roles.yaml"))
  from_yaml = { for r in local.yaml.roles : r.name => r }
  pairs     = { for p in setproduct(keys(var.teams), ["ro", "rw"]) : "${p[0]}-${p[1]}" => { team = p[0], mode = p[1] } }
  flat      = flatten([for t, v in var.teams : [for s in v.services : { key = "${t}/${s}", team = t, service = s }]])
  admins    = [for t, v in var.teams : t if v.admin]
  csv       = csvdecode(file("${path.module}/users.csv"))
}
module "team" {
  source                        = "./modules/assumable"
  for_each                      = var.teams
  create_role                   = true
  role_name                     = "${local.prefix}-${each.key}"
  role_path                     = each.value.path
  trusted_role_arns             = each.value.arns
  trusted_role_services         = each.value.services
  role_requires_mfa             = length(each.value.arns) > 0
  attach_admin_policy           = each.value.admin
  role_permissions_boundary_arn = each.value.boundary
  role_sts_externalid           = each.value.external
  inline_policies               = each.value.policies
  allow_self_assume_role        = each.key == "gamma"
  custom_role_policy_arns       = [aws_iam_policy.shared["ro"].arn, "arn:aws:iam::aws:policy/ReadOnlyAccess"]
  number_of_custom_role_policy_arns = 2
}
module "off" {
  source      = "./modules/assumable"
  create_role = false
}
resource "aws_iam_policy" "shared" {
  for_each = toset(["ro", "rw"])
  name     = format("%s-%s", local.prefix, each.key)
  path     = "/shared/"
  policy   = templatefile("${path.root}/policy.tftpl", { mode = each.key, buckets = [for b in ["a", "b"] : "${local.prefix}-${b}"] })
}
resource "aws_iam_role" "pair" {
  for_each           = local.pairs
  name               = "${local.prefix}-${each.key}"
  path               = try(var.teams[each.value.team].path, "/")
  assume_role_policy = data.aws_iam_policy_document.trust[each.value.mode].json
  permissions_boundary = lookup({ ro = aws_iam_policy.shared["ro"].arn }, each.value.mode, null)
}
data "aws_iam_policy_document" "trust" {
  for_each = { ro = ["ec2"], rw = ["ec2", "ecs-tasks"] }
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = [for s in each.value : "${s}.amazonaws.com"]
    }
  }
  dynamic "statement" {
    for_each = each.key == "rw" ? { x = "y" } : {}
    iterator = it
    content {
      sid     = upper(it.key)
      actions = ["sts:TagSession"]
      not_principals {
        type        = "AWS"
        identifiers = [it.value, var.account]
      }
      condition {
        test     = "StringLike"
        variable = "aws:userid"
        values   = ["&{aws:userid}", "x-${it.key}"]
      }
    }
  }
}
resource "aws_iam_role_policy_attachment" "pair" {
  for_each   = { for k, v in aws_iam_role.pair : k => v if local.pairs[k].mode == "rw" }
  role       = each.value.name
  policy_arn = aws_iam_policy.shared[local.pairs[each.key].mode].arn
}
resource "aws_iam_role" "yaml" {
  for_each             = local.from_yaml
  name                 = each.key
  permissions_boundary = try(each.value.boundary, null)
  assume_role_policy   = jsonencode(each.value.trust)
  managed_policy_arns  = try(each.value.policies, [])
  tags                 = { for k, v in try(each.value.tags, {}) : lower(k) => tostring(v) }
  dynamic "inline_policy" {
    for_each = try(each.value.inline, {})
    content {
      name   = inline_policy.key
      policy = jsonencode(inline_policy.value)
    }
  }
}
resource "aws_iam_user" "csv" {
  for_each             = { for u in local.csv : u.name => u }
  name                 = each.key
  path                 = "/${each.value.group}/"
  permissions_boundary = each.value.boundary == "yes" ? aws_iam_policy.shared["rw"].arn : null
}
resource "aws_iam_group" "g" {
  for_each = toset(local.csv[*].group)
  name     = each.value
}
resource "aws_iam_user_group_membership" "m" {
  for_each = aws_iam_user.csv
  user     = each.value.name
  groups   = [aws_iam_group.g[local.csv[index(local.csv[*].name, each.key)].group].name]
}
resource "aws_iam_group_policy" "p" {
  for_each = aws_iam_group.g
  name     = "p"
  group    = each.value.name
  policy   = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [
        %{~ for i, a in ["s3:*", "sqs:*"] ~}
        {"Effect": "Allow", "Action": "${a}", "Resource": "arn:aws:s3:::$${aws:username}/${each.key}"}%{ if i == 0 },%{ endif }
        %{~ endfor ~}
      ]
    }
  EOT
}
resource "aws_iam_policy_attachment" "all" {
  name       = "all"
  roles      = [for r in aws_iam_role.yaml : r.name]
  users      = values(aws_iam_user.csv)[*].name
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}
resource "aws_iam_instance_profile" "ip" {
  count = length(local.admins)
  name  = "ip-${local.admins[count.index]}"
  role  = module.team[local.admins[count.index]].name
}
resource "aws_iam_role" "chained" {
  name               = "${local.prefix}-chained"
  assume_role_policy = replace(data.aws_iam_policy_document.trust["ro"].json, "ec2", "batch")
  permissions_boundary = element(concat(values(aws_iam_policy.shared)[*].arn, [""]), 0)
}
data "aws_iam_policy_document" "combined" {
  source_policy_documents = [for m in ["ro", "rw"] : data.aws_iam_policy_document.part[m].json]
  override_policy_documents = [file("${path.module}/override.json")]
}
data "aws_iam_policy_document" "part" {
  for_each  = toset(["ro", "rw"])
  policy_id = each.key
  statement {
    sid       = "Part${each.key}"
    actions   = each.key == "ro" ? ["s3:Get*"] : ["s3:Get*", "s3:Put*"]
    resources = ["arn:aws:s3:::${local.prefix}-${each.key}", "arn:aws:s3:::${local.prefix}-${each.key}/*"]
  }
}
resource "aws_iam_role_policy" "combined" {
  name   = "combined"
  role   = aws_iam_role.chained.id
  policy = data.aws_iam_policy_document.combined.json
}
