variable "token" {
  type      = string
  default   = "secret"
  ephemeral = true
}

variable "object" {
  type      = object({ a = string, b = optional(list(string), ["x"]) })
  default   = { a = "y" }
  ephemeral = true
}

variable "both" {
  default   = "x"
  ephemeral = true
  sensitive = true
}

locals {
  mixed = {
    plain   = "known"
    token   = "pre-${var.token}"
    list    = ["a", var.token]
    upper   = upper(var.token)
    joined  = join(",", ["a", var.token])
    chosen  = var.token == "secret" ? "yes" : "no"
    encoded = jsonencode({ a = var.token })
    loop    = [for s in ["a", var.token] : "${s}!"]
    keys    = { (var.object.a) = "v" }
    length  = length(var.object.b)
    has     = contains(var.object.b, "x")
    tried   = try(var.object.a, "none")
    can     = can(var.object.a)
    merged  = merge({ a = "b" }, { c = var.token })
    look    = lookup({ secret = "found" }, var.token, "none")
    index   = { secret = "found" }[var.token]
    applied = terraform.applying
  }
}

module "ephemeral" {
  source = "./ephemeral"
  given  = var.token
  plain  = "plain"
}

output "ephemeral" {
  value = {
    token    = ephemeralasnull(var.token)
    object   = ephemeralasnull(var.object)
    plain    = ephemeralasnull("plain")
    list     = ephemeralasnull(["a", "b"])
    mixed    = ephemeralasnull(local.mixed)
    module   = ephemeralasnull(module.ephemeral.given)
    declared = ephemeralasnull(module.ephemeral.declared)
    through  = ephemeralasnull(module.ephemeral.plain)
    isnull   = ephemeralasnull(var.token) == null
  }
}

output "sensitive" {
  value = issensitive(ephemeralasnull(var.both))
}
