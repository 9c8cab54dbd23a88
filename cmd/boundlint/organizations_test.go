package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/source/organization/orgtest"
)

// foundIn are the findings in an organization: rule, address and file.
func foundIn(t *testing.T, paths ...string) []string {
	t.Helper()
	got := boundlint(t, "", nil, append([]string{"lint", "--format", "json"}, paths...)...)
	var report struct {
		Inputs   []struct{ Path, Account string }
		Findings []struct {
			Rule, Address string
			Input         int
			Location      struct {
				File  string
				Start struct{ Line int }
			}
		}
	}
	if err := json.Unmarshal([]byte(got.stdout), &report); err != nil {
		t.Fatalf("%v: %s", err, got.stderr)
	}
	var out []string
	for _, f := range report.Findings {
		out = append(out, strings.Join([]string{f.Rule, f.Address, report.Inputs[f.Input].Account, f.Location.File}, " "))
	}
	return out
}

// TestOrganization: nothing is found in a generated organization but what is planted,
// each in its account and its file.
func TestOrganization(t *testing.T) {
	t.Chdir(t.TempDir())
	o := orgtest.Organization{Accounts: 6, Entities: 20}
	if err := o.Write("clean"); err != nil {
		t.Fatal(err)
	}
	if found := foundIn(t, "clean"); len(found) != 0 {
		t.Errorf("%q", found)
	}
	const open = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"sqs:*","Resource":"*"}]}`
	o.Policies = []orgtest.Policy{
		{ID: "p-misspelt", Document: `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iam:CreateUsers","Resource":"*"}]}`, Targets: []string{o.Unit(1)}},
		{ID: "p-retired", Document: `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iam:DeleteUsers","Resource":"*"}]}`},
	}
	o.Plant = func(a *orgtest.Account) {
		switch a.Index {
		case 3:
			a.Role(orgtest.Role{Name: "app-free"})
		case 4:
			a.Resource("sqs/us-east-1/queue/jobs", "arn:aws:sqs:us-east-1:"+a.ID+":jobs", strings.Replace(open, "sqs:*", "sqs:Fetch", 1))
		}
	}
	if err := o.Write("planted"); err != nil {
		t.Fatal(err)
	}
	const accounts, policies = "planted/aws/aws/accounts/", "planted/aws/aws/organizations/o-example123/scps/"
	want := map[string]bool{
		"boundary-missing arn:aws:iam::100000000003:role/app-free 100000000003 " + accounts + "100000000003/iam/role/app-free/metadata.json":                           true,
		"policy-invalid arn:aws:sqs:us-east-1:100000000004:jobs 100000000004 " + accounts + "100000000004/sqs/us-east-1/queue/jobs/policy.json":                        true,
		"policy-invalid arn:aws:organizations::100000000000:policy/o-example123/service_control_policy/p-misspelt 100000000000 " + policies + "p-misspelt/policy.json": true,
		"policy-invalid arn:aws:organizations::100000000000:policy/o-example123/service_control_policy/p-retired 100000000000 " + policies + "p-retired/policy.json":   true,
	}
	for _, f := range foundIn(t, "planted") {
		if !want[f] {
			t.Errorf("found %s", f)
		}
		delete(want, f)
	}
	for f := range want {
		t.Errorf("not found: %s", f)
	}
}

// TestSameAccountTwice: what a dump and a directory both have counts once, as the one
// that is named first has it.
func TestSameAccountTwice(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := (orgtest.Organization{Accounts: 2, Entities: 5}).Write("org"); err != nil {
		t.Fatal(err)
	}
	role := "arn:aws:iam::" + orgtest.AccountID(1) + ":role/app-0000"
	dump := `{"UserDetailList":[],"GroupDetailList":[],"Policies":[],"RoleDetailList":[{"RoleName":"app-0000","Arn":"` + role +
		`","AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}}]}`
	if err := os.WriteFile("dump.json", []byte(dump), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		paths []string
		want  int
	}{{[]string{"org", "dump.json"}, 0}, {[]string{"dump.json", "org"}, 1}, {[]string{"org", filepath.Join("org", "aws")}, 0}} {
		if found := foundIn(t, c.paths...); len(found) != c.want {
			t.Errorf("%v: %q", c.paths, found)
		}
		if got := boundlint(t, "", nil, append([]string{"lint"}, c.paths...)...); !strings.Contains(got.stdout, "in 6 entities") {
			t.Errorf("%v: %s", c.paths, got.stdout)
		}
	}
}

// TestOrganizationFaults: a file that cannot be read is told, with exit code 2, and
// hides nothing of the others.
func TestOrganizationFaults(t *testing.T) {
	t.Chdir(t.TempDir())
	o := orgtest.Organization{Accounts: 3, Entities: 5, Plant: func(a *orgtest.Account) { a.Role(orgtest.Role{Name: "app-free"}) }}
	if err := o.Write("org"); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("org/aws/aws/accounts", orgtest.AccountID(1), "iam/role/app-0000/metadata.json")
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := boundlint(t, "", nil, "lint", "org")
	if got.code != exitFailure || strings.Count(got.stdout, "boundary-missing") != 3 ||
		!strings.Contains(got.stderr, "iam/role/app-0000/metadata.json: the JSON is cut off") || !strings.Contains(got.stdout, "input-incomplete") {
		t.Errorf("%d %s\n%s", got.code, got.stdout, got.stderr)
	}
}

// TestDumpBesideItsOrganization: what binds an account binds it wherever its dump lies,
// in both orders, and nothing of the organization binds an account that is no member.
func TestDumpBesideItsOrganization(t *testing.T) {
	t.Chdir(t.TempDir())
	const outside = "999999999999"
	o := orgtest.Organization{Accounts: 4, Entities: 5}
	admin := "arn:aws:iam::" + orgtest.AccountID(3) + ":role/admin"
	o.Plant = func(a *orgtest.Account) {
		if a.Index == 3 {
			trusts := statements(fmt.Sprintf(lettingA, orgtest.AccountID(2)), fmt.Sprintf(lettingA, outside))
			a.Role(orgtest.Role{Name: "admin", Trust: trusts, Managed: []string{"arn:aws:iam::aws:policy/AdministratorAccess"}})
		}
	}
	for _, denied := range []bool{false, true} {
		dir := fmt.Sprintf("org-%t", denied)
		if o.Policies = nil; denied {
			deny := statements(`{"Effect":"Deny","Action":"sts:AssumeRole","Resource":"*"}`)
			o.Policies = []orgtest.Policy{{ID: "p-denies", Document: deny, Targets: []string{o.Root()}}}
		}
		if err := o.Write(dir); err != nil {
			t.Fatal(err)
		}
		if err := os.RemoveAll(filepath.Join(dir, "aws", "aws", "accounts", orgtest.AccountID(2))); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{orgtest.AccountID(2), outside} {
			a := &madeAccount{id: id}
			start := actorOf(a, "start", admin)
			write(t, "dumps", map[string]string{id + ".json": string(a.printed())})
			file := filepath.Join("dumps", id+".json")
			path := "escalation-path " + start + " " + id + " "
			for _, paths := range [][]string{{dir, file}, {file, dir}} {
				if found := slices.Contains(foundIn(t, paths...), path); found == (denied && id != outside) {
					t.Errorf("%v: found %t", paths, found)
				}
			}
			got := boundlint(t, "", nil, "simulate", "--as", start, "--action", "sts:AssumeRole", "--resource", admin, file, dir)
			if strings.Contains(got.stdout, "p-denies") != (denied && id != outside) {
				t.Errorf("%s: %s %s", id, got.stdout, got.stderr)
			}
		}
	}
}

// TestOrganizationIsNotWrittenOver: no report takes the place of a file in the directory
// of an organization.
func TestOrganizationIsNotWrittenOver(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../fixtures/organization/collected")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "aws/aws/accounts/100000000001/organization.json")
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got := boundlint(t, "", nil, "lint", dir, "--format", "json="+file)
	after, err := os.ReadFile(file)
	if got.code != exitFailure || !strings.Contains(got.stderr, "would write over an input") || err != nil || string(after) != string(before) {
		t.Error(got, err)
	}
}
