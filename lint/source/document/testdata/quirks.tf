data "aws_iam_policy_document" "same_condition" {
  statement {
    actions = ["s3:*"]
    resources = ["*"]
    condition {
      test = "StringEquals"
      variable = "aws:PrincipalTag/a"
      values = ["x"]
    }
    condition {
      test = "StringEquals"
      variable = "aws:PrincipalTag/a"
      values = ["b", "a"]
    }
    condition {
      test = "StringEquals"
      variable = "aws:PrincipalTag/a"
      values = ["z"]
    }
    condition {
      test = "StringEquals"
      variable = "aws:PrincipalTag/b"
      values = ["one"]
    }
    condition {
      test = "StringEquals"
      variable = "aws:PrincipalTag/b"
      values = ["two"]
    }
    condition {
      test = "StringLike"
      variable = "aws:PrincipalTag/c"
      values = []
    }
    condition {
      test = "StringLike"
      variable = "aws:PrincipalTag/d"
      values = ["q", "q"]
    }
  }
}
data "aws_iam_policy_document" "principals" {
  statement {
    actions = ["sts:AssumeRole"]
    principals { 
      type = "AWS" 
      identifiers = ["arn:aws:iam::111122223333:root"] 
    }
    principals { 
      type = "AWS" 
      identifiers = ["arn:aws:iam::111122223333:role/b", "arn:aws:iam::111122223333:role/a", "arn:aws:iam::111122223333:role/&{aws:username}"] 
    }
    principals { 
      type = "AWS" 
      identifiers = ["444455556666"] 
    }
    principals { 
      type = "Service" 
      identifiers = ["ec2.amazonaws.com"] 
    }
    not_principals { 
      type = "Federated" 
      identifiers = [] 
    }
  }
  statement {
    actions = ["sts:AssumeRole"]
    principals { 
      type = "*" 
      identifiers = ["*"] 
    }
  }
  statement {
    actions = ["sts:AssumeRole"]
    principals { 
      type = "AWS" 
      identifiers = ["*"] 
    }
  }
  statement {
    actions = ["sts:AssumeRole"]
    principals { 
      type = "*" 
      identifiers = ["*", "x"] 
    }
  }
  statement {
    actions = ["sts:AssumeRole"]
    principals { 
      type = "AWS" 
      identifiers = ["x", "y"] 
    }
    principals { 
      type = "AWS" 
      identifiers = ["z"] 
    }
  }
  statement {
    actions = ["sts:AssumeRole"]
    principals { 
      type = "*" 
      identifiers = ["*"] 
    }
    principals { 
      type = "AWS" 
      identifiers = ["*"] 
    }
  }
}
data "aws_iam_policy_document" "vars" {
  policy_id = "some-id"
  statement {
    sid = "A"
    effect = "Deny"
    not_actions = ["b:*", "a:*", "c:&{x}"]
    not_resources = ["arn:&{aws:username}", "b"]
    condition {
      test = "StringLike"
      variable = "s3:prefix&{x}"
      values = ["home/&{aws:username}/*", "<&>", "\u2028 ü"]
    }
  }
  statement {
    actions = []
    resources = ["x"]
  }
}
data "aws_iam_policy_document" "old" {
  version = "2008-10-17"
  statement {
    actions = ["a:b"]
    resources = ["$${aws:username}"]
  }
}
data "aws_iam_policy_document" "empty" {}
data "aws_iam_policy_document" "merge" {
  version = "2008-10-17"
  source_policy_documents = [
    jsonencode({ version = "2012-10-17", id = "one", Statement = [
      { sid = "A", effect = "Allow", action = ["a:*"], Resource = ["*"], Principal = "anything", Extra = 1 },
      { Sid = "B", Effect = "Allow", NotAction = "b:*", Resource = "*", Principal = { AWS = ["only"], Service = "s" }, Condition = { StringEquals = { k = true, l = ["m"], n = 7, o = "p" } } },
      { Effect = "Deny", Action = "c:*", NotResource = "*", NotPrincipal = { AWS = "*" } },
    ] }),
    jsonencode({ Statement = [
      { Sid = "", Effect = "Deny", Action = [], Resource = "*" },
      { Sid = "D", Effect = "Allow", Action = ["z:*", "a:*"], Resource = "*" , Principal = { "*" = ["*"] }, Condition = {Bool = {x = ["true", "false"]}, NumericEquals = {}}},
    ] }),
    "",
  ]
  statement {
    sid = "A"
    actions = ["own:*"]
    resources = ["*"]
  }
  statement {
    actions = ["own2:*"]
  }
  override_policy_documents = [
    jsonencode({ Id = "over", Version = "2012-10-17", Statement = [{ Sid = "B", Effect = "Deny", Action = "ob:*", Resource = "*" }, { Sid = "New", Effect = "Deny", Action = "n:*", Resource = "*" }, { Effect = "Deny", Action = "anon:*", Resource = "*" }] }),
    jsonencode({ Statement = [{ Sid = "New", Effect = "Deny", Action = "n2:*", Resource = "*" }] }),
  ]
}
data "aws_iam_policy_document" "nested" {
  source_policy_documents = [data.aws_iam_policy_document.merge.json, data.aws_iam_policy_document.same_condition.json, data.aws_iam_policy_document.principals.json]
}
data "aws_iam_policy_document" "numbers" {
  source_policy_documents = [jsonencode({Statement=[{Action=1,Resource=true,Effect="Allow"}, {Action={a=1}, Effect="Allow"}, {Action=["x", 1, null]}, {Sid=null, Condition=null}]})]
}
resource "aws_iam_policy" "x" {
  name = "x"
  policy = data.aws_iam_policy_document.nested.json
}
data "aws_iam_policy_document" "kept" {
  source_policy_documents = [
    jsonencode({ Statement = [
      { Sid = "B", Effect = "Allow", NotAction = "b:*", Resource = "*", Principal = { AWS = ["only"], Service = "s", Federated = [] }, Condition = { StringEquals = { k = true, l = ["m"], n = 7, o = "p", q = [] }, NumericEquals = { x = 1 }, Bool = { y = null }, Null = {} } },
      { Condition = {} },
      { Principal = {} , Condition = null },
      { Principal = "AWS", Resource = [], Action = "" },
    ] })
  ]
}
data "aws_iam_policy_document" "early_override" {
  override_policy_documents = [
    jsonencode({ Version = "2008-10-17", Statement = [{ Sid = "x", Effect = "Deny" }, { Sid = "x", Effect = "Allow" }] }),
  ]
  statement {
    sid = "x"
    actions = ["a:b", "a:b"]
  }
}
