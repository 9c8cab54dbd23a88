# What the data sources that ask no service answer: compared with what real
# Terraform plans for the outputs.
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

locals {
  regions = {
    cn    = "cn-north-1"
    gov   = "us-gov-west-1"
    iso   = "us-iso-east-1"
    iso_b = "us-isob-east-1"
    iso_e = "eu-isoe-west-1"
    iso_f = "us-isof-south-1"
    eusc  = "eusc-de-east-1"
  }
}

variable "region" {
  default = "eu-west-1"
}

provider "aws" {
  region                      = var.region
  access_key                  = "mock"
  secret_key                  = "mock"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  default_tags {
    tags = {
      team  = "platform"
      count = 3
    }
  }
}

provider "aws" {
  alias                       = "cn"
  region                      = local.regions.cn
  access_key                  = "mock"
  secret_key                  = "mock"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

data "aws_region" "cn" {
  provider = aws.cn
}

data "aws_partition" "cn" {
  provider = aws.cn
}

data "aws_service_principal" "cn" {
  provider     = aws.cn
  for_each     = toset(["ec2", "logs", "codedeploy", "elasticmapreduce", "config", "dms", "cloudhsm", "workspaces"])
  service_name = each.key
}

data "aws_service" "cn" {
  provider   = aws.cn
  service_id = "s3"
}

output "cn" {
  value = {
    region     = [data.aws_region.cn.name, data.aws_region.cn.id]
    partition  = [data.aws_partition.cn.partition, data.aws_partition.cn.id]
    dns        = [data.aws_partition.cn.dns_suffix, data.aws_partition.cn.reverse_dns_prefix]
    principals = { for k, v in data.aws_service_principal.cn : k => [v.id, v.name, v.suffix, v.region] }
    service = [
      data.aws_service.cn.dns_name, data.aws_service.cn.reverse_dns_name, data.aws_service.cn.id,
      data.aws_service.cn.partition, data.aws_service.cn.reverse_dns_prefix, data.aws_service.cn.region,
    ]
  }
}

provider "aws" {
  alias                       = "gov"
  region                      = local.regions.gov
  access_key                  = "mock"
  secret_key                  = "mock"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

data "aws_region" "gov" {
  provider = aws.gov
}

data "aws_partition" "gov" {
  provider = aws.gov
}

data "aws_service_principal" "gov" {
  provider     = aws.gov
  for_each     = toset(["ec2", "logs", "codedeploy", "elasticmapreduce", "config", "dms", "cloudhsm", "workspaces"])
  service_name = each.key
}

data "aws_service" "gov" {
  provider   = aws.gov
  service_id = "s3"
}

output "gov" {
  value = {
    region     = [data.aws_region.gov.name, data.aws_region.gov.id]
    partition  = [data.aws_partition.gov.partition, data.aws_partition.gov.id]
    dns        = [data.aws_partition.gov.dns_suffix, data.aws_partition.gov.reverse_dns_prefix]
    principals = { for k, v in data.aws_service_principal.gov : k => [v.id, v.name, v.suffix, v.region] }
    service = [
      data.aws_service.gov.dns_name, data.aws_service.gov.reverse_dns_name, data.aws_service.gov.id,
      data.aws_service.gov.partition, data.aws_service.gov.reverse_dns_prefix, data.aws_service.gov.region,
    ]
  }
}

provider "aws" {
  alias                       = "iso"
  region                      = local.regions.iso
  access_key                  = "mock"
  secret_key                  = "mock"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

data "aws_region" "iso" {
  provider = aws.iso
}

data "aws_partition" "iso" {
  provider = aws.iso
}

data "aws_service_principal" "iso" {
  provider     = aws.iso
  for_each     = toset(["ec2", "logs", "codedeploy", "elasticmapreduce", "config", "dms", "cloudhsm", "workspaces"])
  service_name = each.key
}

data "aws_service" "iso" {
  provider   = aws.iso
  service_id = "s3"
}

output "iso" {
  value = {
    region     = [data.aws_region.iso.name, data.aws_region.iso.id]
    partition  = [data.aws_partition.iso.partition, data.aws_partition.iso.id]
    dns        = [data.aws_partition.iso.dns_suffix, data.aws_partition.iso.reverse_dns_prefix]
    principals = { for k, v in data.aws_service_principal.iso : k => [v.id, v.name, v.suffix, v.region] }
    service = [
      data.aws_service.iso.dns_name, data.aws_service.iso.reverse_dns_name, data.aws_service.iso.id,
      data.aws_service.iso.partition, data.aws_service.iso.reverse_dns_prefix, data.aws_service.iso.region,
    ]
  }
}

provider "aws" {
  alias                       = "iso_b"
  region                      = local.regions.iso_b
  access_key                  = "mock"
  secret_key                  = "mock"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

data "aws_region" "iso_b" {
  provider = aws.iso_b
}

data "aws_partition" "iso_b" {
  provider = aws.iso_b
}

data "aws_service_principal" "iso_b" {
  provider     = aws.iso_b
  for_each     = toset(["ec2", "logs", "codedeploy", "elasticmapreduce", "config", "dms", "cloudhsm", "workspaces"])
  service_name = each.key
}

data "aws_service" "iso_b" {
  provider   = aws.iso_b
  service_id = "s3"
}

output "iso_b" {
  value = {
    region     = [data.aws_region.iso_b.name, data.aws_region.iso_b.id]
    partition  = [data.aws_partition.iso_b.partition, data.aws_partition.iso_b.id]
    dns        = [data.aws_partition.iso_b.dns_suffix, data.aws_partition.iso_b.reverse_dns_prefix]
    principals = { for k, v in data.aws_service_principal.iso_b : k => [v.id, v.name, v.suffix, v.region] }
    service = [
      data.aws_service.iso_b.dns_name, data.aws_service.iso_b.reverse_dns_name, data.aws_service.iso_b.id,
      data.aws_service.iso_b.partition, data.aws_service.iso_b.reverse_dns_prefix, data.aws_service.iso_b.region,
    ]
  }
}

provider "aws" {
  alias                       = "iso_e"
  region                      = local.regions.iso_e
  access_key                  = "mock"
  secret_key                  = "mock"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

data "aws_region" "iso_e" {
  provider = aws.iso_e
}

data "aws_partition" "iso_e" {
  provider = aws.iso_e
}

data "aws_service_principal" "iso_e" {
  provider     = aws.iso_e
  for_each     = toset(["ec2", "logs", "codedeploy", "elasticmapreduce", "config", "dms", "cloudhsm", "workspaces"])
  service_name = each.key
}

data "aws_service" "iso_e" {
  provider   = aws.iso_e
  service_id = "s3"
}

output "iso_e" {
  value = {
    region     = [data.aws_region.iso_e.name, data.aws_region.iso_e.id]
    partition  = [data.aws_partition.iso_e.partition, data.aws_partition.iso_e.id]
    dns        = [data.aws_partition.iso_e.dns_suffix, data.aws_partition.iso_e.reverse_dns_prefix]
    principals = { for k, v in data.aws_service_principal.iso_e : k => [v.id, v.name, v.suffix, v.region] }
    service = [
      data.aws_service.iso_e.dns_name, data.aws_service.iso_e.reverse_dns_name, data.aws_service.iso_e.id,
      data.aws_service.iso_e.partition, data.aws_service.iso_e.reverse_dns_prefix, data.aws_service.iso_e.region,
    ]
  }
}

provider "aws" {
  alias                       = "iso_f"
  region                      = local.regions.iso_f
  access_key                  = "mock"
  secret_key                  = "mock"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

data "aws_region" "iso_f" {
  provider = aws.iso_f
}

data "aws_partition" "iso_f" {
  provider = aws.iso_f
}

data "aws_service_principal" "iso_f" {
  provider     = aws.iso_f
  for_each     = toset(["ec2", "logs", "codedeploy", "elasticmapreduce", "config", "dms", "cloudhsm", "workspaces"])
  service_name = each.key
}

data "aws_service" "iso_f" {
  provider   = aws.iso_f
  service_id = "s3"
}

output "iso_f" {
  value = {
    region     = [data.aws_region.iso_f.name, data.aws_region.iso_f.id]
    partition  = [data.aws_partition.iso_f.partition, data.aws_partition.iso_f.id]
    dns        = [data.aws_partition.iso_f.dns_suffix, data.aws_partition.iso_f.reverse_dns_prefix]
    principals = { for k, v in data.aws_service_principal.iso_f : k => [v.id, v.name, v.suffix, v.region] }
    service = [
      data.aws_service.iso_f.dns_name, data.aws_service.iso_f.reverse_dns_name, data.aws_service.iso_f.id,
      data.aws_service.iso_f.partition, data.aws_service.iso_f.reverse_dns_prefix, data.aws_service.iso_f.region,
    ]
  }
}

provider "aws" {
  alias                       = "eusc"
  region                      = local.regions.eusc
  access_key                  = "mock"
  secret_key                  = "mock"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

data "aws_region" "eusc" {
  provider = aws.eusc
}

data "aws_partition" "eusc" {
  provider = aws.eusc
}

data "aws_service_principal" "eusc" {
  provider     = aws.eusc
  for_each     = toset(["ec2", "logs", "codedeploy", "elasticmapreduce", "config", "dms", "cloudhsm", "workspaces"])
  service_name = each.key
}

data "aws_service" "eusc" {
  provider   = aws.eusc
  service_id = "s3"
}

output "eusc" {
  value = {
    region     = [data.aws_region.eusc.name, data.aws_region.eusc.id]
    partition  = [data.aws_partition.eusc.partition, data.aws_partition.eusc.id]
    dns        = [data.aws_partition.eusc.dns_suffix, data.aws_partition.eusc.reverse_dns_prefix]
    principals = { for k, v in data.aws_service_principal.eusc : k => [v.id, v.name, v.suffix, v.region] }
    service = [
      data.aws_service.eusc.dns_name, data.aws_service.eusc.reverse_dns_name, data.aws_service.eusc.id,
      data.aws_service.eusc.partition, data.aws_service.eusc.reverse_dns_prefix, data.aws_service.eusc.region,
    ]
  }
}

data "aws_region" "current" {}

data "aws_region" "named" {
  name = "us-east-1"
}

data "aws_region" "other" {
  name = local.regions.cn
}

data "aws_region" "endpoint" {
  endpoint = "ec2.eu-west-2.amazonaws.com"
}

data "aws_region" "endpoint_cn" {
  endpoint = "ec2.cn-northwest-1.amazonaws.com.cn"
}

data "aws_region" "both" {
  name     = "us-east-2"
  endpoint = "ec2.us-east-2.amazonaws.com"
}

data "aws_region" "null" {
  name     = null
  endpoint = null
}

output "regions" {
  value = {
    current     = [data.aws_region.current.name, data.aws_region.current.id, data.aws_region.current.endpoint]
    named       = [data.aws_region.named.name, data.aws_region.named.id, data.aws_region.named.endpoint]
    other       = [data.aws_region.other.name, data.aws_region.other.id, data.aws_region.other.endpoint]
    endpoint    = [data.aws_region.endpoint.name, data.aws_region.endpoint.id, data.aws_region.endpoint.endpoint]
    endpoint_cn = [data.aws_region.endpoint_cn.name, data.aws_region.endpoint_cn.id]
    both        = [data.aws_region.both.name, data.aws_region.both.id]
    null        = [data.aws_region.null.name, data.aws_region.null.id]
  }
}

output "described" {
  value = data.aws_region.current.description
}

data "aws_partition" "current" {}

output "decided" {
  value = {
    conditional = data.aws_partition.current.partition == "aws-us-gov" ? "gov" : "not"
    map         = { aws = "commercial", aws-cn = "china" }[data.aws_partition.current.partition]
    lookup      = lookup({ eu-west-1 = "ireland" }, data.aws_region.current.name, "elsewhere")
    count       = length([for s in data.aws_partition.cn.partition == "aws-cn" ? ["x", "y"] : [] : s])
    prefix      = startswith(data.aws_region.current.name, "eu-")
    split       = split("-", data.aws_region.current.name)
  }
}

data "aws_arn" "policy" {
  arn = "arn:aws:iam::111122223333:policy/path/name"
}

data "aws_arn" "bucket" {
  arn = "arn:aws-cn:s3:::bucket"
}

data "aws_arn" "colons" {
  arn = "arn:aws:lambda:us-east-1:111122223333:function:name:$LATEST"
}

data "aws_arn" "variable" {
  arn = "arn:aws:s3:::bucket/$${aws:username}/*"
}

data "aws_arn" "empty" {
  arn = "arn:::::"
}

output "arns" {
  value = {
    policy = [
      data.aws_arn.policy.partition,
      data.aws_arn.policy.service,
      data.aws_arn.policy.region,
      data.aws_arn.policy.account,
      data.aws_arn.policy.resource,
      data.aws_arn.policy.arn,
      data.aws_arn.policy.id,
    ]
    bucket = [
      data.aws_arn.bucket.partition,
      data.aws_arn.bucket.service,
      data.aws_arn.bucket.region,
      data.aws_arn.bucket.account,
      data.aws_arn.bucket.resource,
      data.aws_arn.bucket.arn,
      data.aws_arn.bucket.id,
    ]
    colons = [
      data.aws_arn.colons.partition,
      data.aws_arn.colons.service,
      data.aws_arn.colons.region,
      data.aws_arn.colons.account,
      data.aws_arn.colons.resource,
      data.aws_arn.colons.arn,
      data.aws_arn.colons.id,
    ]
    variable = [
      data.aws_arn.variable.partition,
      data.aws_arn.variable.service,
      data.aws_arn.variable.region,
      data.aws_arn.variable.account,
      data.aws_arn.variable.resource,
      data.aws_arn.variable.arn,
      data.aws_arn.variable.id,
    ]
    empty = [
      data.aws_arn.empty.partition,
      data.aws_arn.empty.service,
      data.aws_arn.empty.region,
      data.aws_arn.empty.account,
      data.aws_arn.empty.resource,
      data.aws_arn.empty.arn,
      data.aws_arn.empty.id,
    ]
  }
}

data "aws_service_principal" "there" {
  service_name = "logs"
  region       = "cn-north-1"
}

data "aws_service" "prefix" {
  service_id         = "S3"
  region             = "cn-north-1"
  reverse_dns_prefix = "x.y"
}

data "aws_service" "dns" {
  dns_name = "s3.us-gov-west-1.amazonaws.com"
}

data "aws_service" "reverse" {
  reverse_dns_name = "cn.com.amazonaws.cn-north-1.s3"
}

data "aws_service" "long" {
  dns_name = "api.ecr.us-east-1.amazonaws.com"
}

output "services" {
  value = {
    there = [
      data.aws_service_principal.there.name, data.aws_service_principal.there.id, data.aws_service_principal.there.suffix,
      data.aws_service_principal.there.region, data.aws_service_principal.there.service_name,
    ]
    prefix = [
      data.aws_service.prefix.dns_name,
      data.aws_service.prefix.id,
      data.aws_service.prefix.partition,
      data.aws_service.prefix.region,
      data.aws_service.prefix.reverse_dns_name,
      data.aws_service.prefix.reverse_dns_prefix,
      data.aws_service.prefix.service_id,
    ]
    dns = [
      data.aws_service.dns.dns_name,
      data.aws_service.dns.id,
      data.aws_service.dns.partition,
      data.aws_service.dns.region,
      data.aws_service.dns.reverse_dns_name,
      data.aws_service.dns.reverse_dns_prefix,
      data.aws_service.dns.service_id,
    ]
    reverse = [
      data.aws_service.reverse.dns_name,
      data.aws_service.reverse.id,
      data.aws_service.reverse.partition,
      data.aws_service.reverse.region,
      data.aws_service.reverse.reverse_dns_name,
      data.aws_service.reverse.reverse_dns_prefix,
      data.aws_service.reverse.service_id,
    ]
    long = [
      data.aws_service.long.dns_name,
      data.aws_service.long.id,
      data.aws_service.long.partition,
      data.aws_service.long.region,
      data.aws_service.long.reverse_dns_name,
      data.aws_service.long.reverse_dns_prefix,
      data.aws_service.long.service_id,
    ]
  }
}

output "supported" {
  value = data.aws_service.dns.supported
}

data "aws_default_tags" "current" {}

data "aws_default_tags" "none" {
  provider = aws.cn
}

output "tags" {
  value = [data.aws_default_tags.current.tags, data.aws_default_tags.current.id, data.aws_default_tags.none.tags, data.aws_default_tags.none.id]
}

data "aws_iam_policy_document" "empty" {}

data "aws_iam_policy_document" "old" {
  version = "2008-10-17"
  statement {
    actions   = ["s3:*"]
    resources = ["*"]
  }
}

data "aws_iam_policy_document" "null" {
  version   = null
  policy_id = "id"
  statement {
    sid         = "One"
    effect      = "Deny"
    not_actions = ["iam:*"]
    resources   = ["arn:${data.aws_partition.cn.partition}:s3:::*"]
    condition {
      test     = "StringEquals"
      variable = "aws:RequestedRegion"
      values   = [data.aws_region.named.name, data.aws_region.current.name]
    }
  }
}

output "documents" {
  value = {
    empty = [
      data.aws_iam_policy_document.empty.version,
      data.aws_iam_policy_document.empty.json,
      data.aws_iam_policy_document.empty.minified_json,
    ]
    old = [
      data.aws_iam_policy_document.old.version,
      data.aws_iam_policy_document.old.json,
      data.aws_iam_policy_document.old.minified_json,
    ]
    null = [
      data.aws_iam_policy_document.null.version,
      data.aws_iam_policy_document.null.json,
      data.aws_iam_policy_document.null.minified_json,
    ]
  }
}

module "child" {
  source = "./child"
  providers = {
    aws       = aws.gov
    aws.other = aws.cn
  }
}

module "same" {
  source = "./child"
  providers = {
    aws       = aws
    aws.other = aws
  }
}

output "modules" {
  value = [module.child.places, module.same.places]
}

locals {
  whole = {
    region    = data.aws_region.named
    partition = data.aws_partition.cn
    arn       = data.aws_arn.policy
    principal = data.aws_service_principal.there
    tags      = data.aws_default_tags.current
    document  = data.aws_iam_policy_document.null
  }
}

output "whole" {
  value = {
    region    = [local.whole.region.name, local.whole.region["id"]]
    partition = [for k in ["partition", "id", "dns_suffix", "reverse_dns_prefix"] : local.whole.partition[k]]
    arn       = values({ for k, v in local.whole.arn : k => v if k != "id" })
    principal = [for k, v in local.whole.principal : v]
    tags      = [for k, v in local.whole : v.tags if can(v.tags)]
    document  = [local.whole.document.version, local.whole.document.json, local.whole.document.policy_id, local.whole.document.source_json]
    statement = [for s in local.whole.document.statement : [s.effect, s.sid]]
    default   = data.aws_iam_policy_document.old.statement[0].effect
  }
}
