resource "terraform_data" "x" { input = "blue" }
locals {
  late  = terraform_data.x.output
  roles = jsondecode(templatefile("${path.module}/roles.json.tpl", { names = ["a", "b"] }))
  stmts = { for k, v in local.roles : k => [for s in v.statements : merge({ Effect = "Allow", Resource = "*" }, s)] }
}
module "m" {
  source   = "./m"
  for_each = local.roles
  name     = "app-${each.key}"
  policy   = jsonencode({ Version = "2012-10-17", Statement = local.stmts[each.key] })
  boundary = each.value.boundary ? aws_iam_policy.b.arn : null
  extra    = { (each.key) = local.late }
}
resource "aws_iam_policy" "b" {
  name_prefix = "b-"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["s3:*"], Resource = ["arn:aws:s3:::${local.late}/*"] }] })
}
resource "aws_iam_role" "late" {
  name               = "app-${local.late}"
  assume_role_policy = module.m["a"].trust
  permissions_boundary = try(aws_iam_policy.b.arn, null)
  lifecycle { ignore_changes = [permissions_boundary] }
}
resource "aws_iam_user_policy" "u" {
  for_each = { for k, m in module.m : k => m if m.name != "app-b" }
  user = aws_iam_user.u.name
  name = each.value.name
  policy = data.aws_iam_policy_document.d.minified_json
}
resource "aws_iam_user" "u" {
  name = "u"
  path = "/x/"
}
data "aws_iam_policy_document" "d" {
  version = "2012-10-17"
  statement {
    sid = ""
    not_actions = ["iam:*", "sts:*", "iam:*"]
    not_resources = ["arn:aws:s3:::a"]
    condition {
      test = "ForAllValues:StringEquals"
      variable = "aws:TagKeys"
      values = ["b", "a", "b"]
    }
    condition {
      test = "ForAllValues:StringEquals"
      variable = "aws:TagKeys"
      values = ["c"]
    }
  }
  override_policy_documents = [
    data.aws_iam_policy_document.o.json, "", jsonencode({ Id = "x", Version = "2008-10-17", Statement = [] })
  ]
}
data "aws_iam_policy_document" "o" {
  statement {
    effect = "Deny"
    actions = ["iam:*"]
    resources = ["*"]
    principals {
      type = "*"
      identifiers = ["*"]
    }
  }
}
