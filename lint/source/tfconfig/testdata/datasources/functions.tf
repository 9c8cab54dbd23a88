output "functions" {
  value = {
    build = provider::aws::arn_build("aws", "iam", "", 111122223333, "policy/b")
    empty = provider::aws::arn_build("", "", "", "", "")
    parse = provider::aws::arn_parse("arn:aws:iam::111122223333:policy/a:b/c")
    trim  = provider::aws::trim_iam_role_path("arn:aws:iam::111122223333:role/a/b/c")
    plain = provider::aws::trim_iam_role_path("arn:aws:iam::111122223333:role/c")
    slash = provider::aws::trim_iam_role_path("arn:aws:iam::111122223333:role/a/")
    colon = provider::aws::trim_iam_role_path("arn:zz:iam::zz:role/a/c:d/e")
    can = [
      can(provider::aws::arn_parse("nope")),
      can(provider::aws::arn_parse("arn:aws:iam::1")),
      can(provider::aws::arn_parse("arn:::::")),
      can(provider::aws::arn_parse("xarn:aws:iam::1:x")),
      can(provider::aws::trim_iam_role_path("arn:aws:iam::1:policy/x")),
      can(provider::aws::trim_iam_role_path("arn:aws:iam:us-east-1:1:role/x")),
      can(provider::aws::trim_iam_role_path("arn:aws:s3::1:role/x")),
      can(provider::aws::arn_build("aws", "iam", "", null, "x")),
    ]
    try = try(provider::aws::arn_parse("nope").resource, "none")
  }
}
