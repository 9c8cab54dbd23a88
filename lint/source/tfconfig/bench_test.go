package tfconfig

import (
	"fmt"
	"strings"
	"testing"
)

const benchDocument = `
data "aws_iam_policy_document" "trust%[1]d" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "work%[1]d" {
  statement {
    sid       = "Read"
    actions   = ["s3:GetObject", "s3:ListBucket"]
    resources = ["arn:aws:s3:::${local.prefix}-%[1]d", "arn:aws:s3:::${local.prefix}-%[1]d/*"]
  }
  statement {
    effect    = "Deny"
    actions   = ["iam:*"]
    resources = ["*"]
    condition {
      test     = "StringNotEquals"
      variable = "iam:PermissionsBoundary"
      values   = [var.boundary]
    }
  }
}

resource "aws_iam_role" "r%[1]d" {
  name                 = "${local.prefix}-%[1]d"
  assume_role_policy   = data.aws_iam_policy_document.trust%[1]d.json
  permissions_boundary = var.boundary
}

resource "aws_iam_role_policy" "p%[1]d" {
  name   = "work"
  role   = aws_iam_role.r%[1]d.id
  policy = data.aws_iam_policy_document.work%[1]d.json
}
`

const benchHead = `
variable "boundary" {
  type    = string
  default = "arn:aws:iam::111122223333:policy/boundary"
}

locals {
  prefix = "app"
}
`

// distinctRoles is a configuration of n roles with two documents each.
func distinctRoles(n int) map[string]string {
	var b strings.Builder
	b.WriteString(benchHead)
	for i := range n {
		fmt.Fprintf(&b, benchDocument, i)
	}
	return map[string]string{"main.tf": b.String()}
}

const benchEach = `
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "work" {
  for_each = local.roles
  statement {
    sid       = "Read"
    actions   = ["s3:GetObject", "s3:ListBucket"]
    resources = ["arn:aws:s3:::${local.prefix}-${each.key}", "arn:aws:s3:::${local.prefix}-${each.key}/*"]
  }
}

resource "aws_iam_role" "r" {
  for_each             = local.roles
  name                 = "${local.prefix}-${each.key}"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = var.boundary
}

resource "aws_iam_role_policy" "p" {
  for_each = local.roles
  name     = "work"
  role     = aws_iam_role.r[each.key].id
  policy   = data.aws_iam_policy_document.work[each.key].json
}
`

func benchmarkLoad(b *testing.B, files map[string]string, entities int) {
	b.Helper()
	dir := write(b, files)
	b.ReportAllocs()
	for b.Loop() {
		m, err := Load(dir, Options{Base: dir})
		if err != nil {
			b.Fatal(err)
		}
		if len(m.Entities) != entities || len(m.Diagnostics) > 0 {
			b.Fatalf("%d entities, diagnostics %v", len(m.Entities), m.Diagnostics)
		}
	}
}

func BenchmarkDistinctRoles(b *testing.B) { benchmarkLoad(b, distinctRoles(1000), 1000) }

func BenchmarkForEach(b *testing.B) {
	head := benchHead + "locals {\n  roles = toset([for i in range(1000) : \"r${i}\"])\n}\n"
	benchmarkLoad(b, map[string]string{"main.tf": head + benchEach}, 1000)
}

func BenchmarkModules(b *testing.B) {
	files := map[string]string{
		"main.tf": "module \"m\" {\n  source = \"./m\"\n  for_each = toset([for i in range(1000) : \"r${i}\"])\n  name = each.key\n}\n",
		"m/main.tf": "variable \"name\" {\n  type = string\n}\nlocals {\n  roles = toset([var.name])\n}\n" +
			benchHead + benchEach,
	}
	benchmarkLoad(b, files, 1000)
}

func BenchmarkTenRoles(b *testing.B) { benchmarkLoad(b, distinctRoles(10), 10) }

func BenchmarkThousandRoots(b *testing.B) {
	files := map[string]string{"modules/m/main.tf": benchHead + "resource \"aws_iam_role\" \"r\" {\n  name = \"r\"\n  permissions_boundary = var.boundary\n}\n"}
	for i := range 1000 {
		files[fmt.Sprintf("roots/r%d/main.tf", i)] = "provider \"aws\" {\n  region = \"eu-west-1\"\n}\nmodule \"m\" {\n  source = \"../../modules/m\"\n}\n"
	}
	dir := write(b, files)
	b.ReportAllocs()
	for b.Loop() {
		models, err := LoadAll(dir, Options{Base: dir})
		if err != nil || len(models) != 1000 {
			b.Fatal(len(models), err)
		}
	}
}
