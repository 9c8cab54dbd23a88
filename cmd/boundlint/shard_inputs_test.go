package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/source/organization/orgtest"
)

// mergedShards runs n shards over the same arguments and merges their reports.
func mergedShards(t *testing.T, stdin string, n int, paths ...string) result {
	t.Helper()
	var shards []string
	for k := 1; k <= n; k++ {
		file := filepath.Join(t.TempDir(), "shard.json")
		shards = append(shards, file)
		args := []string{"lint", "--shard", fmt.Sprintf("%d/%d", k, n), "--fail-on", "none", "--timeout", "0", "--format", "json=" + file}
		if got := boundlint(t, stdin, nil, append(args, paths...)...); got.stdout != "" || strings.Contains(got.stderr, "internal error") {
			t.Fatalf("shard %d: exit code %d\n%s%s", k, got.code, got.stdout, got.stderr)
		}
	}
	return boundlint(t, "", nil, append([]string{"report", "merge", "--format", "json"}, shards...)...)
}

// sameInShards fails unless shards of the arguments come to the report of one run, byte
// for byte, which it returns.
func sameInShards(t *testing.T, stdin string, n int, paths ...string) string {
	t.Helper()
	want := boundlint(t, stdin, nil, append([]string{"lint", "--timeout", "0", "--format", "json"}, paths...)...)
	got := mergedShards(t, stdin, n, paths...)
	if got.stdout != want.stdout || got.code != want.code {
		t.Errorf("%v: exit codes %d and %d: %s%s", paths, got.code, want.code, firstDifference(got.stdout, want.stdout), got.stderr)
	}
	return want.stdout
}

// hubOrganization is an organization as iam-collect writes it whose accounts let in the
// management account, one that deploys to all of them, and whoever is in it. Account 2
// administers Identity Center.
func hubOrganization(accounts, entities int) orgtest.Organization {
	o := orgtest.Organization{Accounts: accounts, Entities: entities, Delegated: map[string][]string{orgtest.AccountID(2): {"sso.amazonaws.com"}}}
	o.Policies = []orgtest.Policy{
		{ID: "p-guard", Document: statements(`{"Effect":"Deny","Action":"iam:CreateUser","Resource":"*"}`), Targets: []string{o.Unit(0)}},
		{ID: "p-misspelt", Document: statements(`{"Effect":"Deny","Action":"iam:CreateUsers","Resource":"*"}`), Targets: []string{o.Unit(1)}},
	}
	const deploys = 1
	grants := func(actions string) map[string]string {
		return map[string]string{"own": statements(`{"Effect":"Allow","Action":` + actions + `,"Resource":"*"}`)}
	}
	o.Plant = func(a *orgtest.Account) {
		lets := func(i int) string {
			return statements(fmt.Sprintf(lettingA, "arn:aws:iam::"+orgtest.AccountID(i)+":root"))
		}
		a.Role(orgtest.Role{Name: "OrganizationAccountAccessRole", Trust: lets(0), Managed: []string{"arn:aws:iam::aws:policy/AdministratorAccess"}})
		a.Role(orgtest.Role{Name: "reader", Trust: statements(fmt.Sprintf(onlyIf, `"StringEquals":{"aws:PrincipalOrgID":"o-example123"}`)), Inline: grants(`"s3:Get*"`)})
		switch a.Index % 3 {
		case 0: // whoever is there may go on
			a.Role(orgtest.Role{Name: "deployer", Trust: lets(deploys), Inline: grants(`["iam:PutRolePolicy","iam:AttachRolePolicy"]`)})
		case 1:
			a.Role(orgtest.Role{Name: "deployer", Trust: lets(deploys), Inline: grants(`"sts:AssumeRole"`), Managed: []string{a.ARN("policy/app-0003")}})
		default:
			a.Role(orgtest.Role{Name: "deployer", Trust: lets(a.Index - 1), Inline: grants(`["iam:PassRole","lambda:CreateFunction","lambda:InvokeFunction"]`)})
		}
		if a.Index <= 2 {
			a.Role(orgtest.Role{Name: "robot", Inline: grants(`["sts:AssumeRole","sso:PutInlinePolicyToPermissionSet","sso:ProvisionPermissionSet"]`)})
		}
		if a.Index == 0 {
			a.PermissionSet("readers", grants(`"s3:Get*"`)["own"], []string{"arn:aws:iam::aws:policy/ReadOnlyAccess"}, []string{orgtest.AccountID(2), orgtest.AccountID(4)})
		}
		a.Resource("sqs/us-east-1/queue/jobs", "arn:aws:sqs:us-east-1:"+a.ID+":jobs", statements(`{"Effect":"Allow","Principal":"*","Action":"sqs:Fetch","Resource":"*"}`))
	}
	return o
}

// TestShardsOfCollected: an organization of 50 accounts as iam-collect writes it comes to
// the same in one run and in 8 shards, byte for byte, with paths into other accounts.
func TestShardsOfCollected(t *testing.T) {
	if testing.Short() {
		t.Skip("it judges 50 accounts twice")
	}
	t.Chdir(t.TempDir())
	if err := hubOrganization(50, 6).Write("org"); err != nil {
		t.Fatal(err)
	}
	report := sameInShards(t, "", 8, "org")
	if n := strings.Count(report, `"rule": "escalation-path"`); n < 3 || !strings.Contains(report, " in the account ") {
		t.Errorf("%d paths", n)
	}
}

// TestShardsOfEachInput: shards come to what one run says, however the accounts come in:
// in several files each, compressed, all in one file, on standard input, as answers of the
// AWS CLI, beside their organization, with faults in files, and with a credential report.
func TestShardsOfEachInput(t *testing.T) {
	m, _, _ := plantedOrganization(t)
	members := slices.Concat(m.accounts[:9], m.accounts[32:41])
	files, all := map[string]string{}, []json.RawMessage{}
	for _, a := range members {
		page := func(more bool, roles ...madeRole) []byte {
			part := *a
			if part.roles = roles; more {
				part.users, part.managed = nil, nil
			}
			return part.printed()
		}
		half := len(a.roles) / 2
		files["whole/"+a.id+".json"] = string(page(false, a.roles...))
		files["pages/"+a.id+"-1.json"] = string(page(false, a.roles[:half]...))
		files["pages/"+a.id+"-2.json"] = string(page(true, a.roles[half-1:]...))
		files["packed/"+a.id+".json.gz"] = string(packed(t, page(false, a.roles...)))
		all = append(all, page(false, a.roles...))
	}
	one, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	files["one.json"] = string(one)
	files["credentials.csv"] = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active," +
		"access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service," +
		"access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service," +
		"cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated\n<root_account>,arn:aws:iam::" + members[0].id +
		":root,2020-01-01T00:00:00+00:00,not_supported,no_information,not_supported,not_supported,false,true,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n"
	fixtures := filepath.Join(repository(t), "fixtures")
	workspace(t, files)
	o := hubOrganization(7, 5)
	if err := o.Write("org"); err != nil {
		t.Fatal(err)
	}
	if err := o.Write("broken"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join("broken/aws/aws/accounts", orgtest.AccountID(3), "iam/role/deployer/metadata.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS("answers", os.DirFS(filepath.Join(fixtures, "organization", "answers"))); err != nil {
		t.Fatal(err)
	}
	in := func(dir string) []string {
		var out []string
		for _, file := range slices.Sorted(maps.Keys(files)) {
			if strings.HasPrefix(file, dir+"/") {
				out = append(out, file)
			}
		}
		return out
	}
	first := "whole/" + members[0].id + ".json"
	for name, c := range map[string]struct {
		stdin string
		paths []string
	}{
		"whole":                   {paths: in("whole")},
		"pages":                   {paths: in("pages")},
		"packed":                  {paths: in("packed")},
		"one file":                {paths: []string{"one.json"}},
		"one account":             {paths: []string{first}},
		"standard input":          {stdin: files[first], paths: append([]string{"-"}, in("whole")[1:]...)},
		"a page on it":            {stdin: files["pages/"+members[1].id+"-2.json"], paths: append([]string{"-"}, in("pages")[:5]...)},
		"all on it":               {stdin: files["one.json"], paths: []string{"-"}},
		"answers":                 {paths: []string{"answers"}},
		"beside the organization": {paths: []string{"whole/" + members[3].id + ".json", "org", "answers"}},
		"faults":                  {paths: append(in("whole"), "broken")},
		"credentials":             {paths: append([]string{"--credential-report", "credentials.csv", "org"}, in("whole")...)},
	} {
		t.Run(name, func(t *testing.T) { sameInShards(t, c.stdin, 3, c.paths...) })
	}
}

// TestShardsAndTheConfiguration: what the configuration and the command line name is looked
// for in all accounts, whichever shard judges them.
func TestShardsAndTheConfiguration(t *testing.T) {
	m, _, _ := plantedOrganization(t)
	files := map[string]string{".boundlint.hcl": `trusted "app-1" {
  reason = "it is in each account"
}
trusted "nobody" {
  reason = "it is in none"
}
trusted "` + m.accounts[5].roles[0].arn() + `" {
  reason = "it is in one"
}
`}
	for _, a := range m.accounts[:8] {
		files["dumps/"+a.id+".json"] = string(a.printed())
	}
	workspace(t, files)
	paths := slices.DeleteFunc(slices.Sorted(maps.Keys(files)), func(file string) bool { return !strings.HasPrefix(file, "dumps/") })
	report := sameInShards(t, "", 5, paths...)
	if strings.Count(report, "names none of the roles, users and permission sets") != 1 || !strings.Contains(report, `trusts \"nobody\" names none`) {
		t.Error(report)
	}
	for _, id := range []string{"app-1", m.accounts[6].roles[0].arn()} {
		sameInShards(t, "", 5, append([]string{"--deployer", id}, paths...)...)
	}
	for k := range 3 {
		got := boundlint(t, "", nil, append([]string{"lint", "--shard", fmt.Sprintf("%d/3", k+1), "--deployer", "app-11"}, paths...)...)
		if got.code != exitFailure || !strings.Contains(got.stderr, "has no role or user app-11; did you mean") {
			t.Errorf("exit code %d: %s", got.code, got.stderr)
		}
	}
}
