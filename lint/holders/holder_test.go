package holders_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/tfconfig"
)

// configured is the account of a configuration.
func configured(t *testing.T, hcl string) *holders.Account {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(hcl), 0o600); err != nil {
		t.Fatal(err)
	}
	models, err := tfconfig.LoadAll(dir, tfconfig.Options{Symbols: &policy.Symbols{}})
	if err != nil || len(models) != 1 {
		t.Fatalf("%d models, %v", len(models), err)
	}
	settings := &lint.Settings{AccountID: "111122223333"}
	hints := settings.Hints()
	hints.ManagedPolicy = catalog.ManagedPolicyARN
	models[0].Link(hints)
	a, err := holders.Accounts.Of(lint.NewPass(&lint.Rule{}, models[0], settings, nil, nil))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestStrict: the principal by which the third leg judges is one as long as the holder is the same.
func TestStrict(t *testing.T) {
	a := configured(t, `
resource "aws_iam_role" "r" {
  name                 = "app-r"
  permissions_boundary = "arn:aws:iam::111122223333:policy/elsewhere"
  assume_role_policy   = "{}"
}
`)
	h := a.Holders[0]
	strict := h.Strict()
	if strict == h.Principal || h.Strict() != strict || strict.Boundary.HiddenBy() == nil {
		t.Error("a boundary that is not seen may close anything, and says so by one principal")
	}
	other := *h
	changed := *h.Principal
	other.Principal = &changed
	if got := other.Strict(); got == strict || h.Strict() != strict {
		t.Error("what was made of another principal stands for it")
	}
	other.Boundary = holders.Unbounded
	if other.Strict() != &changed {
		t.Error("without a boundary that is not seen it is the principal itself")
	}
}

const allowS3 = `jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })`

// TestGrants: a grant says whether it is inline, by which ARN it is attached and
// by which group it is held; an attachment that hides its policy has no ARN.
func TestGrants(t *testing.T) {
	t.Parallel()
	a := configured(t, `
		variable "any" {}
		resource "aws_iam_user" "dev" { name = "dev" }
		resource "aws_iam_group" "devs" { name = "devs" }
		resource "aws_iam_user_group_membership" "dev" {
			user   = aws_iam_user.dev.name
			groups = [aws_iam_group.devs.name]
		}
		resource "aws_iam_policy" "own" {
			name   = "own"
			policy = `+allowS3+`
		}
		resource "aws_iam_user_policy" "inline" {
			user   = aws_iam_user.dev.name
			policy = `+allowS3+`
		}
		resource "aws_iam_user_policy_attachment" "own" {
			user       = aws_iam_user.dev.name
			policy_arn = aws_iam_policy.own.arn
		}
		resource "aws_iam_user_policy_attachment" "hidden" {
			user       = aws_iam_user.dev.name
			policy_arn = var.any
		}
		resource "aws_iam_group_policy" "inline" {
			group  = aws_iam_group.devs.name
			policy = `+allowS3+`
		}
		resource "aws_iam_group_policy_attachment" "aws" {
			group      = aws_iam_group.devs.name
			policy_arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
		}
	`)
	type held struct {
		inline  bool
		arn     string
		inGroup bool
	}
	want := map[string]held{
		"aws_iam_user_policy.inline":             {inline: true},
		"aws_iam_policy.own":                     {arn: "arn:aws:iam::111122223333:policy/own"},
		"aws_iam_user_policy_attachment.hidden":  {},
		"aws_iam_group_policy.inline":            {inline: true, inGroup: true},
		"arn:aws:iam::aws:policy/ReadOnlyAccess": {arn: "arn:aws:iam::aws:policy/ReadOnlyAccess", inGroup: true},
	}
	for _, g := range a.Holders[0].Grants {
		got := held{g.Inline, g.ARN.String(), g.Group != nil}
		if w, ok := want[g.Address]; !ok || got != w {
			t.Errorf("%s: %+v, want %+v", g.Address, got, w)
		}
		delete(want, g.Address)
	}
	for address := range want {
		t.Errorf("no grant of %s", address)
	}
}

// TestLimit: only a boundary that caps something is a limit.
func TestLimit(t *testing.T) {
	t.Parallel()
	role := func(boundary string) string {
		return `
		variable "any" {}
		resource "aws_iam_policy" "s3" {
			name   = "s3"
			policy = ` + allowS3 + `
		}
		resource "aws_iam_role" "r" {
			name                 = "r"
			assume_role_policy   = "{}"
			permissions_boundary = ` + boundary + `
		}`
	}
	for boundary, want := range map[string]holders.BoundaryKnowledge{
		`null`: holders.Unbounded,
		`"arn:aws:iam::aws:policy/AdministratorAccess"`:      holders.Unbounded,
		`"arn:aws:iam::aws:policy/ReadOnlyAccess"`:           holders.BoundedKnown,
		`aws_iam_policy.s3.arn`:                              holders.BoundedKnown,
		`"arn:aws:iam::111122223333:policy/of-another-repo"`: holders.BoundedUnseen,
		`"arn:aws:iam::111122223333:policy/${var.any}"`:      holders.BoundedUnseen,
		`var.any`:                         holders.BoundedUnseen,
		`var.any == "x" ? var.any : null`: holders.BoundedHidden,
	} {
		if got := configured(t, role(boundary)).Holders[0].Limit(); got != want {
			t.Errorf("%s: %d, want %d", boundary, got, want)
		}
	}
}
