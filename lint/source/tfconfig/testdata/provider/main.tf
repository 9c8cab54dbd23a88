# Resources whose attributes are asked for, one by one and through whole
# resources. Their values are what the real AWS provider plans: see
# provider_test.go.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
  }
}

provider "aws" {
  region                      = "eu-west-1"
  access_key                  = "mock"
  secret_key                  = "mock"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
}

variable "nothing" {
  type    = string
  default = null
}

resource "aws_iam_role" "role" {
  name               = "app-role"
  assume_role_policy = "{\"Statement\":[],\"Version\":\"2012-10-17\"}"
}

resource "aws_iam_role" "prefixed" {
  name                 = var.nothing
  name_prefix          = "app-"
  path                 = var.nothing
  description          = var.nothing
  max_session_duration = "7200"
  assume_role_policy   = "{\"Statement\":[],\"Version\":\"2012-10-17\"}"
  inline_policy {
    name   = "one"
    policy = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
  }
  inline_policy {
    name = "two"
  }
}

resource "aws_iam_role" "counted" {
  count              = 2
  name               = "app-${count.index}"
  assume_role_policy = "{\"Statement\":[],\"Version\":\"2012-10-17\"}"
}

resource "aws_iam_role" "each" {
  for_each           = toset(["a", "b"])
  name               = "app-${each.key}"
  assume_role_policy = "{\"Statement\":[],\"Version\":\"2012-10-17\"}"
}

resource "aws_iam_role" "none" {
  count              = 0
  assume_role_policy = "{\"Statement\":[],\"Version\":\"2012-10-17\"}"
}

resource "aws_iam_policy" "policy" {
  name   = "p"
  policy = "{\"Statement\":[],\"Version\":\"2012-10-17\"}"
}

resource "aws_iam_user" "user" {
  name          = "u"
  force_destroy = var.nothing
}

resource "aws_s3_bucket" "bucket" {
  bucket        = var.nothing
  bucket_prefix = "logs-"
}

resource "aws_s3_bucket" "named" {
  bucket = "logs"
  tags   = { team = "a" }
}

resource "aws_eks_cluster" "cluster" {
  name     = "k"
  role_arn = aws_iam_role.role.arn
  vpc_config {
    subnet_ids = ["subnet-1", "subnet-2", "subnet-1"]
  }
}

resource "aws_security_group" "group" {
  name = "g"
  ingress {
    protocol  = "tcp"
    from_port = 443
    to_port   = 443
  }
  dynamic "egress" {
    for_each = toset(["10.0.0.0/8"])
    content {
      protocol    = "-1"
      from_port   = 0
      to_port     = 0
      cidr_blocks = [egress.value]
    }
  }
}

resource "aws_security_group" "empty" {}

resource "aws_instance" "instance" {
  ami           = "ami-1"
  instance_type = "t3.micro"
  metadata_options {
    http_tokens = "required"
  }
}

resource "aws_lb" "lb" {
  name     = "l"
  internal = true
  subnets  = ["subnet-1"]
  access_logs {
    bucket  = "logs"
    enabled = true
  }
  dynamic "subnet_mapping" {
    for_each = aws_s3_bucket.bucket.id == "x" ? [] : []
    content {
      subnet_id = "subnet-2"
    }
  }
  timeouts {
    create = "5m"
  }
}

resource "aws_kms_key" "key" {}

resource "aws_kms_alias" "alias" {
  name          = "alias/jobs"
  target_key_id = aws_kms_key.key.id
}

resource "aws_db_instance" "db" {
  instance_class    = "db.t3.micro"
  allocated_storage = 10
  engine            = "mysql"
  username          = "u"
  password          = "secret"
}

resource "aws_ssm_parameter" "parameter" {
  name  = "/p"
  type  = "String"
  value = "v"
}

resource "aws_wafv2_web_acl" "acl" {
  scope = "REGIONAL"
  default_action {
    allow {}
  }
  rule {
    name     = "r"
    priority = 1
    action {
      block {}
    }
    statement {
      geo_match_statement {
        country_codes = ["US"]
      }
    }
    visibility_config {
      cloudwatch_metrics_enabled = false
      metric_name                = "m"
      sampled_requests_enabled   = false
    }
  }
  visibility_config {
    cloudwatch_metrics_enabled = false
    metric_name                = "m"
    sampled_requests_enabled   = false
  }
}

resource "aws_lambda_function" "function" {
  function_name = "f"
  role          = aws_iam_role.role.arn
  handler       = "index.handler"
  runtime       = "python3.12"
  s3_bucket     = "b"
  s3_key        = "k"
  environment {
    variables = { A = "1" }
  }
}

resource "aws_dynamodb_table" "table" {
  name         = "t"
  hash_key     = "id"
  billing_mode = "PAY_PER_REQUEST"
  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_cloudwatch_log_group" "unknown" {
  for_each = aws_s3_bucket.named.tags
  name     = each.value
}

resource "terraform_data" "other" {
  input = "x"
}

module "m" {
  source = "./m"
  role   = aws_iam_role.role
  any    = aws_iam_role.role
}

locals {
  role     = aws_iam_role.role
  prefixed = aws_iam_role.prefixed
  counted  = aws_iam_role.counted
  each     = aws_iam_role.each
  none     = aws_iam_role.none
  policy   = aws_iam_policy.policy
  user     = aws_iam_user.user
  bucket   = aws_s3_bucket.bucket
  named    = aws_s3_bucket.named
  cluster  = aws_eks_cluster.cluster
  group    = aws_security_group.group
  empty    = aws_security_group.empty
  instance = aws_instance.instance
  lb       = aws_lb.lb
  key      = aws_kms_key.key
  alias    = aws_kms_alias.alias
  db       = aws_db_instance.db
  param    = aws_ssm_parameter.parameter
  acl      = aws_wafv2_web_acl.acl
  function = aws_lambda_function.function
  table    = aws_dynamodb_table.table
  logs     = aws_cloudwatch_log_group.unknown
  other    = terraform_data.other
  roles    = concat([aws_iam_role.role, aws_iam_role.prefixed], aws_iam_role.counted)
  merged   = merge(aws_iam_role.role, { path = "/x/" })
}
