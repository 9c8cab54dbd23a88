variable "given" {
  ephemeral = true
}

variable "plain" {}

output "given" {
  value     = "x-${var.given}"
  ephemeral = true
}

output "declared" {
  value     = upper(var.given)
  ephemeral = true
}

output "plain" {
  value = var.plain
}
