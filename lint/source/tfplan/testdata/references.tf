resource "aws_iam_policy" "b" {
  name = "b"
  policy = jsonencode({Version="2012-10-17",Statement=[{Effect="Allow",Action="*",Resource="*"}]})
}
resource "aws_iam_policy" "k" {
  for_each = toset(["x","y"])
  name = "b-${each.key}"
  policy = jsonencode({Version="2012-10-17",Statement=[{Effect="Allow",Action="*",Resource="*"}]})
}
resource "aws_iam_policy" "n" {
  count = 2
  name_prefix = "n"
  policy = jsonencode({Version="2012-10-17",Statement=[{Effect="Allow",Action="*",Resource="*"}]})
}
module "m" { 
  source = "./m" 
  boundary = aws_iam_policy.b.arn 
  cfg = { boundary = aws_iam_policy.b.arn, x = 1 }
}
module "mm" { 
  source = "./m" 
  for_each = { x = aws_iam_policy.b.arn, y = aws_iam_policy.k["y"].arn }
  boundary = each.value
  cfg = { boundary = aws_iam_policy.k[each.key].arn, x = 1 }
  role_name = each.key
}
locals { l = aws_iam_policy.b.arn }
resource "aws_iam_role" "each" {
  for_each = toset(["x","y"])
  name = "app-${each.key}"
  permissions_boundary = aws_iam_policy.k[each.key].arn
  assume_role_policy = "{}"
}
resource "aws_iam_role" "cnt" {
  count = 2
  name = "app-${count.index}"
  permissions_boundary = aws_iam_policy.n[count.index].arn
  assume_role_policy = "{}"
  managed_policy_arns = [aws_iam_policy.b.arn, "arn:aws:iam::aws:policy/ReadOnlyAccess"]
  inline_policy {
    name = "one"
    policy = "{\"x\":\"${aws_iam_policy.b.arn}\"}"
  }
  inline_policy {
    name = "two"
    policy = data.aws_iam_policy_document.d.json
  }
}
resource "aws_iam_role" "splat" {
  permissions_boundary = one(module.m[*].arn)
  name_prefix = "app-${aws_iam_policy.b.policy_id}"
  assume_role_policy = data.aws_iam_policy_document.d.json
  managed_policy_arns = []
}
resource "aws_iam_role" "lit" {
  name = "app-lit"
  permissions_boundary = ""
  assume_role_policy = "{}"
  dynamic "inline_policy" {
    for_each = toset(["a"])
    content {
      name = "i"
      policy = "{\"x\":\"${aws_iam_policy.b.arn}\"}"
    }
  }
}
resource "aws_iam_role" "loc" {
  name = "app-loc"
  permissions_boundary = local.l
  assume_role_policy = "{}"
}
resource "aws_iam_role" "outp" {
  name = "app-outp"
  permissions_boundary = module.m.arn
  assume_role_policy = "{}"
}
resource "aws_iam_role" "outk" {
  name = "app-outk"
  permissions_boundary = module.mm["x"].arn
  assume_role_policy = "{}"
}
resource "aws_iam_role" "cond" {
  name = "app-cond"
  permissions_boundary = aws_iam_policy.b.id == "x" ? aws_iam_policy.n[0].arn : null
  assume_role_policy = "{}"
}
resource "aws_iam_user" "u" {
  for_each = toset(["u1","u2"])
  name = each.key
}
resource "aws_iam_group" "g" { name = "g" }
resource "aws_iam_user_group_membership" "m" {
  user = aws_iam_user.u["u1"].id
  groups = [aws_iam_group.g.id, "other"]
}
resource "aws_iam_group_membership" "gm" {
  name = "gm"
  group = aws_iam_group.g.id
  users = [aws_iam_user.u["u1"].id, aws_iam_user.u["u2"].id, "z"]
}
resource "aws_iam_group_membership" "gs" {
  name = "gs"
  group = aws_iam_group.g.id
  users = [for u in aws_iam_user.u : u.id]
}
resource "aws_iam_policy_attachment" "pa" {
  name = "pa"
  policy_arn = aws_iam_policy.b.arn
  users = [aws_iam_user.u["u1"].id]
  roles = ["x", aws_iam_role.lit.id]
}
data "aws_iam_policy_document" "d" {
  statement {
    actions = ["iam:CreateRole"]
    resources = ["a", "${aws_iam_policy.b.arn}*"]
    condition {
      test = "StringEquals"
      variable = "iam:PermissionsBoundary"
      values = [aws_iam_policy.b.arn, aws_iam_policy.k["x"].arn, "lit"]
    }
    condition {
      test = "ArnLike"
      variable = "aws:PrincipalArn"
      values = ["${aws_iam_policy.b.arn}*"]
    }
    principals {
      type = "AWS"
      identifiers = [aws_iam_role.lit.arn, "arn:aws:iam::111122223333:root"]
    }
  }
  dynamic "statement" {
    for_each = aws_iam_policy.k
    content {
      actions = ["iam:PassRole"]
      resources = [statement.value.arn]
    }
  }
  statement {
    sid = "last"
    actions = ["sts:*"]
    resources = aws_iam_policy.n[*].arn
  }
}
data "aws_iam_policy_document" "src" {
  source_policy_documents = [data.aws_iam_policy_document.d.json, jsonencode({Version="2012-10-17",Statement=[{Effect="Allow",Action="*",Resource="*"}]})]
}
data "aws_iam_policy_document" "dynunk" {
  dynamic "statement" {
    for_each = toset(aws_iam_policy.n[*].arn)
    content {
      actions = ["iam:PassRole"]
      resources = [statement.value]
    }
  }
}
resource "aws_iam_policy" "s" { 
  name = "s"
  policy = data.aws_iam_policy_document.src.json 
}
resource "aws_iam_role_policies_exclusive" "x" {
  role_name = aws_iam_role.lit.id
  policy_names = ["a", aws_iam_role_policy.rp.id]
}
resource "aws_iam_role_policy" "rp" {
  role = aws_iam_role.each["x"].id
  policy = data.aws_iam_policy_document.src.json 
}
resource "aws_iam_role_policy" "rpe" {
  for_each = aws_iam_role.each
  role = each.value.id
  policy = data.aws_iam_policy_document.src.json 
}
resource "aws_iam_role_policy" "rpk" {
  for_each = aws_iam_role.each
  role = aws_iam_role.each[each.key].id
  policy = data.aws_iam_policy_document.src.json 
}
