terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.other]
    }
  }
}

data "aws_region" "here" {}

data "aws_partition" "there" {
  provider = aws.other
}

output "places" {
  value = [data.aws_region.here.name, data.aws_partition.there.partition]
}
