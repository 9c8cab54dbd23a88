variable "name" {}
variable "policy" { type = string }
variable "boundary" {
  type = string
  default = null
}
variable "extra" { type = map(string) }
locals {
  trust = <<-EOT
  {"Version": "2012-10-17",
   "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "${split("-", var.name)[1]}.amazonaws.com"}}]}
  EOT
}
resource "aws_iam_role" "r" {
  name = var.name
  description = join(",", values(var.extra))
  assume_role_policy = local.trust
  permissions_boundary = var.boundary
}
resource "aws_iam_role_policy" "p" {
  name = "p"
  role = aws_iam_role.r.name
  policy = var.policy
}
output "trust" { value = aws_iam_role.r.assume_role_policy }
output "name" { value = aws_iam_role.r.name }
