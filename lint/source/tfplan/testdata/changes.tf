resource "aws_iam_policy" "b" {
  name   = "app-boundary-new"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
}
resource "aws_iam_role" "renamed" {
  name                 = "app-new"
  permissions_boundary = aws_iam_policy.b.arn
  assume_role_policy   = local.trust
  lifecycle { create_before_destroy = true }
}
locals { trust = jsonencode({ Version = "2012-10-17", Statement = [{ Action = "sts:AssumeRole", Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" } }] }) }
resource "aws_iam_role_policy_attachment" "a" {
  role       = aws_iam_role.renamed.name
  policy_arn = aws_iam_policy.b.arn
}
resource "aws_iam_role_policy_attachment" "b" {
  role       = aws_iam_role.renamed.id
  policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
}
resource "terraform_data" "x" { input = "1" }
data "aws_iam_policy_document" "dep" {
  depends_on = [terraform_data.x]
  statement {
    actions   = ["s3:Get*", "s3:List*"]
    resources = ["*"]
    principals { 
      type = "AWS" 
      identifiers = ["*"] 
    }
    condition {
      test = "StringEquals"
      variable = "a:b"
      values = ["x"]
    }
  }
  statement {
    sid = "two"
    not_actions = ["s3:Get*"]
    not_resources = ["arn:aws:s3:::&{aws:username}"]
  }
}
resource "aws_iam_role_policy" "dep" {
  name = "dep"
  role = aws_iam_role.renamed.id
  policy = data.aws_iam_policy_document.dep.json
}
resource "aws_iam_role_policy" "partial" {
  name = "partial"
  role = aws_iam_role.renamed.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "iam:CreateRole", Resource = "*", Condition = { StringEquals = { "iam:PermissionsBoundary" = aws_iam_policy.b.arn } } }] })
}
resource "aws_iam_policy" "upd" {
  name   = "app-upd"
  policy = data.aws_iam_policy_document.dep.json
}
resource "aws_iam_role" "kept" {
  name                 = "app-kept"
  permissions_boundary = aws_iam_policy.b.arn
  assume_role_policy   = local.trust
}
data "aws_caller_identity" "me" { depends_on = [terraform_data.x] }
data "aws_iam_policy" "byname" { 
  name = "something"  
  depends_on = [terraform_data.x]
}
resource "aws_iam_role" "ext" {
  name                 = "app-ext"
  permissions_boundary = data.aws_iam_policy.byname.arn
  assume_role_policy   = local.trust
}
resource "aws_iam_role" "composed" {
  name                 = "app-composed"
  permissions_boundary = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:policy/b"
  assume_role_policy   = local.trust
}
removed {
  from = aws_iam_user.forgotten
  lifecycle { destroy = false }
}
moved {
  from = aws_iam_user.old
  to = aws_iam_user.new
}
resource "aws_iam_user" "new" { name = "app-u" }
