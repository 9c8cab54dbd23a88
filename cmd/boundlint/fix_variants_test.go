package main

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// delegations are a delegation that holds, piece by piece, and how each is written wrongly.
// The first of each is right.
var delegations = [][]string{
	{ // who may create
		`{ Effect = "Allow", Action = ["iam:CreateRole", "iam:CreateUser"], Resource = CREATED, Condition = { StringEquals = { "iam:PermissionsBoundary" = BOUNDARY } } },`,
		`{ Effect = "Allow", Action = ["iam:CreateRole", "iam:CreateUser"], Resource = CREATED },`,
		`{ Effect = "Allow", Action = ["iam:CreateRole", "iam:CreateUser", "iam:GetRole"], Resource = CREATED },`,
		`{ Effect = "Allow", Action = ["iam:CreateRole", "iam:CreateUser"], Resource = CREATED, Condition = { StringEqualsIfExists = { "iam:PermissionsBoundary" = BOUNDARY } } },`,
		`{ Effect = "Allow", Action = ["iam:CreateRole", "iam:CreateUser"], Resource = CREATED, Condition = { "ForAllValues:StringEquals" = { "iam:PermissionsBoundary" = BOUNDARY } } },`,
		`{ Effect = "Allow", Action = ["iam:CreateRole", "iam:CreateUser"], Resource = CREATED, Condition = { StringEquals = { "iam:PermissionBoundary" = BOUNDARY } } },`,
		`{ Effect = "Allow", Action = ["iam:CreateRole", "iam:CreateUser"], Resource = CREATED, Condition = { StringLike = { "iam:PermissionsBoundary" = "*" } } },`,
		`{ Effect = "Allow", Action = ["iam:CreateRole", "iam:CreateUser"], Resource = CREATED, Condition = { StringEquals = { "aws:RequestedRegion" = "eu-west-1" } } },`,
	},
	{ // who may put a boundary
		`{ Effect = "Allow", Action = ["iam:PutRolePermissionsBoundary", "iam:PutUserPermissionsBoundary"], Resource = CREATED, Condition = { StringEquals = { "iam:PermissionsBoundary" = BOUNDARY } } },`,
		`{ Effect = "Allow", Action = ["iam:PutRolePermissionsBoundary", "iam:PutUserPermissionsBoundary"], Resource = CREATED },`,
		`{ Effect = "Allow", Action = "iam:Put*PermissionsBoundary", Resource = CREATED },`,
		`{ Effect = "Allow", Action = ["iam:PutRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary"], Resource = CREATED },`,
	},
	{ // who may remove it
		`{ Effect = "Deny", Action = ["iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary"], Resource = "*" },`,
		``,
		`{ Effect = "Deny", Action = "iam:DeleteRolePermissionsBoundary", Resource = "*" },`,
		`{ Effect = "Deny", Action = ["iam:DeleteRolePermissionBoundary", "iam:DeleteUserPermissionsBoundary"], Resource = "*" },`,
	},
	{ // and all else of them
		`{ Effect = "Allow", Action = ["iam:DeleteRole", "iam:DeleteUser"], Resource = CREATED },`,
		`{ Effect = "Allow", Action = ["iam:Delete*Boundary", "iam:DeleteRole", "iam:DeleteUser"], Resource = CREATED },`,
		`{ Effect = "Allow", Action = ["iam:DeleteUserPermissionsBoundary", "iam:DeleteRole"], Resource = CREATED },`,
	},
	{ // who may edit the policies
		`{ Effect = "Allow", Action = "iam:CreatePolicyVersion", Resource = "arn:aws:iam::111122223333:policy/app-*" },`,
		`{ Effect = "Allow", Action = "iam:CreatePolicyVersion", Resource = "arn:aws:iam::111122223333:policy/*" },`,
		`{ Effect = "Allow", Action = ["iam:CreatePolicyVersion", "iam:DeletePolicy"], Resource = "*" },`,
	},
}

// TestFixVariants breaks a delegation that holds in random ways: fixed, it holds again, by the
// same rules that search for a request which gets through.
func TestFixVariants(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing of it runs at the same time as something else")
	}
	const settings = "account_id = \"111122223333\"\nnaming \"aws_iam_user\" {\n  name = \"app-*\"\n}\nnaming \"aws_iam_role\" {\n  name = \"app-*\"\n}\n" +
		"trusted \"aws_iam_role.kept\" {\n  reason = \"only the developer is judged\"\n}\n"
	variant := func(choose func(of int) int) string {
		var statements strings.Builder
		for _, piece := range delegations {
			statements.WriteString("      " + piece[choose(len(piece))] + "\n")
		}
		boundary := []string{"aws_iam_policy.boundary.arn", "aws_iam_policy.boundary.name", "null"}[choose(3)]
		text := fixBoundary + `
resource "aws_iam_role" "developer" {
  name                 = "app-developer"
  permissions_boundary = ` + boundary + `
  assume_role_policy   = ` + fixTrust + `
}

resource "aws_iam_role_policy" "developer" {
  role = aws_iam_role.developer.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
` + statements.String() + `    ]
  })
}
`
		text = strings.Replace(text, `"s3:*"`, `["s3:*", "iam:*"]`, 1)
		text = strings.ReplaceAll(text, "CREATED", `["arn:aws:iam::111122223333:role/app-svc-*", "arn:aws:iam::111122223333:user/app-*"]`)
		return strings.ReplaceAll(text, "BOUNDARY", "aws_iam_policy.boundary.arn")
	}
	random := rand.New(rand.NewPCG(3, 4))
	for i := range 40 {
		choose := random.IntN
		if i == 0 {
			choose = func(int) int { return 0 }
		}
		text := variant(choose)
		workspace(t, map[string]string{"main.tf": text, ".boundlint.hcl": settings})
		got := boundlint(t, "", nil, "lint", "--fix", ".")
		for what, n := range findingsOf(t) {
			if strings.HasPrefix(what, "boundary-leaks ") && !strings.Contains(got.stdout, "error    boundary-leaks") {
				continue // a note of what there may be outside
			}
			t.Errorf("%d %s is left: %s\nof %s\nin %s", n, what, got.stdout, text, read(t, "main.tf"))
		}
		if t.Failed() {
			return
		}
	}
}
