package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestOrganizationBesideConfiguration: configuration in a directory keeps what is there of
// an organization from being read, and a warning says so; a file that is only called after
// an account is none of it.
func TestOrganizationBesideConfiguration(t *testing.T) {
	const collected = "aws/aws/accounts/111122223333/organization.json"
	dump := dumpOf("222222222222", "start", trustsEC2, mayAll)
	for name, c := range map[string]struct {
		files  map[string]string
		unread string
	}{
		"answers":            {map[string]string{"main.tf": "locals {}", "list-roots.json": `{"Roots":[]}`}, "the answer of the AWS CLI in list-roots.json is not read"},
		"a dump":             {map[string]string{"main.tf": "locals {}", "222222222222.json": dump}, "the dump of an account in 222222222222.json is not read"},
		"iam-collect":        {map[string]string{"main.tf": "locals {}", collected: `{}`}, "the data of iam-collect in aws/aws is not read"},
		"iam-collect below":  {map[string]string{"main.tf": "locals {}", "iam-data/" + collected: `{}`}, "the data of iam-collect in iam-data/aws/aws is not read"},
		"something else":     {map[string]string{"main.tf": "locals {}", "222222222222.json": `{"cidr":"10.0.0.0/8"}`}, ""},
		"configuration only": {map[string]string{"main.tf": "locals {}"}, ""},
	} {
		dir := t.TempDir()
		write(t, dir, c.files)
		got := boundlint(t, "", nil, "lint", dir)
		told := strings.Join(strings.Fields(got.stdout), " ")
		if got.code != 0 || c.unread != "" && !strings.Contains(told, c.unread) || c.unread == "" && strings.Contains(told, "not read") {
			t.Errorf("%s: exit code %d\n%s%s", name, got.code, got.stdout, got.stderr)
		}
	}
}

// TestPartOfCollected: whoever names a part of what iam-collect writes is told which
// directory to name.
func TestPartOfCollected(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"data/aws/aws/accounts/111122223333/organization.json": `{}`})
	partition := filepath.Join(dir, "data", "aws", "aws")
	for _, part := range []string{"accounts", filepath.Join("accounts", "111122223333")} {
		got := boundlint(t, "", nil, "lint", filepath.Join(partition, part))
		if got.code != 2 || !strings.Contains(got.stderr, "it is a part of what iam-collect writes: name the directory "+partition+",") {
			t.Errorf("%s: exit code %d\n%s%s", part, got.code, got.stdout, got.stderr)
		}
	}
}
