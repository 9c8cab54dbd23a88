package main

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"strings"
	"testing"
)

// threeAccounts writes a directory of answers of the AWS CLI: an organization whose
// management account is 111111111111, with the members 222222222222 and 333333333333
// right below the root. files are put beside it; an empty one is left out.
func threeAccounts(t *testing.T, files map[string]string) string {
	t.Helper()
	const fullSCP = `{"Id":"p-FullAWSAccess","Arn":"arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess","Name":"FullAWSAccess","Type":"SERVICE_CONTROL_POLICY"}`
	const fullRCP = `{"Id":"p-RCPFullAWSAccess","Arn":"arn:aws:organizations::aws:policy/resource_control_policy/p-RCPFullAWSAccess","Name":"RCPFullAWSAccess","Type":"RESOURCE_CONTROL_POLICY"}`
	const members = `{"Accounts":[{"Id":"111111111111","Name":"payer"},{"Id":"222222222222","Name":"apps"},{"Id":"333333333333","Name":"data"}]}`
	all := map[string]string{
		"describe-organization.json": `{"Organization":{"Id":"o-exampleorgid","MasterAccountId":"111111111111"}}`,
		"list-roots.json": `{"Roots":[{"Id":"r-ab12","Arn":"arn:aws:organizations::111111111111:root/o-exampleorgid/r-ab12","Name":"Root",` +
			`"PolicyTypes":[{"Type":"SERVICE_CONTROL_POLICY","Status":"ENABLED"},{"Type":"RESOURCE_CONTROL_POLICY","Status":"ENABLED"}]}]}`,
		"list-accounts.json": members, "list-accounts-for-parent-r-ab12.json": members,
	}
	for _, target := range []string{"r-ab12", "111111111111", "222222222222", "333333333333"} {
		all["list-policies-for-target-"+target+"-SERVICE_CONTROL_POLICY.json"] = `{"Policies":[` + fullSCP + `]}`
		all["list-policies-for-target-"+target+"-RESOURCE_CONTROL_POLICY.json"] = `{"Policies":[` + fullRCP + `]}`
	}
	dir := filepath.Join(t.TempDir(), "org")
	maps.Copy(all, files)
	maps.DeleteFunc(all, func(_, content string) bool { return content == "" })
	write(t, dir, all)
	return dir
}

// dumpOf is the dump of an account with one role, which has one inline policy.
func dumpOf(account, role, trust, statement string) string {
	return `{"UserDetailList":[],"GroupDetailList":[],"Policies":[],"RoleDetailList":[{"Path":"/","RoleName":"` + role +
		`","RoleId":"AROAEXAMPLE","Arn":"arn:aws:iam::` + account + `:role/` + role + `","AttachedManagedPolicies":[],"InstanceProfileList":[],` +
		`"AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":[` + trust + `]},` +
		`"RolePolicyList":[{"PolicyName":"p","PolicyDocument":{"Version":"2012-10-17","Statement":[` + statement + `]}}]}]}`
}

const (
	trustsApps = `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:root"},"Action":"sts:AssumeRole"}`
	trustsEC2  = `{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}`
	mayAll     = `{"Effect":"Allow","Action":"*","Resource":"*"}`
)

// TestSimulateResourceControlOfOwner: the resource control policies that simulate shows
// are those of the account that owns the resource, with their names and what of them does
// not apply, also where the caller's account is under none (AWS Organizations User Guide,
// resource control policies: they do not bind the management account).
func TestSimulateResourceControlOfOwner(t *testing.T) {
	const summary = `{"Id":"p-perimeter","Arn":"arn:aws:organizations::111111111111:policy/o-exampleorgid/resource_control_policy/p-perimeter","Name":"perimeter","Type":"RESOURCE_CONTROL_POLICY"}`
	const rcp = `{"Version":"2012-10-17","Statement":[{"Sid":"Perimeter","Effect":"Deny","Principal":"*","Action":"sts:AssumeRole","Resource":"*",` +
		`"Condition":{"StringEquals":{"aws:PrincipalAccount":"444444444444"}}}]}`
	content, err := json.Marshal(rcp)
	if err != nil {
		t.Fatal(err)
	}
	dir := threeAccounts(t, map[string]string{
		"get-account-authorization-details-111111111111.json":                  dumpOf("111111111111", "start", trustsEC2, mayAll),
		"get-account-authorization-details-222222222222.json":                  dumpOf("222222222222", "app", trustsEC2, mayAll),
		"list-policies-for-target-333333333333-RESOURCE_CONTROL_POLICY-b.json": `{"Policies":[` + summary + `]}`,
		"describe-policy-p-perimeter.json":                                     `{"Policy":{"PolicySummary":` + summary + `,"Content":` + string(content) + `}}`,
	})
	for _, as := range []string{"111111111111:role/start", "222222222222:role/app"} {
		args := []string{"simulate", "--as", "arn:aws:iam::" + as, "--action", "sts:AssumeRole", "--resource", "arn:aws:iam::333333333333:role/adm"}
		got := boundlint(t, "", nil, append(args, dir)...)
		if got.code != 0 || !strings.Contains(got.stdout, "p-RCPFullAWSAccess: allowed") || !strings.Contains(got.stdout, "Perimeter of arn:aws:organizations::") ||
			strings.Contains(got.stdout, "AdministratorAccess") {
			t.Errorf("%s: exit code %d\n%s%s", as, got.code, got.stdout, got.stderr)
		}
		got = boundlint(t, "", nil, append(args, "--format", "json", dir)...)
		if got.code != 0 || !strings.Contains(got.stdout, `"sid": "Perimeter"`) {
			t.Errorf("%s as JSON: exit code %d\n%s%s", as, got.code, got.stdout, got.stderr)
		}
	}
	got := boundlint(t, "", nil, "simulate", "--as", "role/start", "--action", "kms:Decrypt", "--resource",
		"arn:aws:kms:us-east-1:333333333333:key/11111111-2222-3333-4444-555555555555", dir)
	if got.code != 0 || !strings.Contains(got.stdout, "resource control policy") {
		t.Errorf("kms: exit code %d\n%s%s", got.code, got.stdout, got.stderr)
	}
}

// TestInquiriesCrossAccounts: the trust policy that decides a request
// from another account are those in the dump of that account, in whichever form and order
// the accounts come. Both sides must allow (IAM User Guide, cross-account policy
// evaluation logic).
func TestInquiriesCrossAccounts(t *testing.T) {
	const start, adm = "arn:aws:iam::222222222222:role/start", "arn:aws:iam::333333333333:role/adm"
	const mayAssume = `{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}`
	const trustsPayer = `{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"sts:AssumeRole"}`
	for name, c := range map[string]struct{ trust, own, decision, can string }{
		"both allow":                     {trustsApps, mayAssume, "allowed", "1 of 2 roles and users can"},
		"the trust names another":        {trustsPayer, mayAssume, "denied", "0 of 2 roles and users can"},
		"the caller's side is not there": {trustsApps, `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`, "denied", "0 of 2 roles and users can"},
	} {
		apps, data := dumpOf("222222222222", "start", trustsEC2, c.own), dumpOf("333333333333", "adm", c.trust, mayAll)
		dir := threeAccounts(t, map[string]string{
			"get-account-authorization-details-222222222222.json": apps, "get-account-authorization-details-333333333333.json": data,
			"list-roots.json": "",
		})
		loose := t.TempDir()
		write(t, loose, map[string]string{"a.json": apps, "b.json": data})
		for _, paths := range [][]string{{dir}, {loose + "/a.json", loose + "/b.json"}, {loose + "/b.json", loose + "/a.json"}} {
			got := boundlint(t, "", nil, append([]string{"simulate", "--as", start, "--action", "sts:AssumeRole", "--resource", adm}, paths...)...)
			if got.code != 0 || !strings.HasPrefix(got.stdout, c.decision+":") || strings.Contains(got.stdout, "not in the input") {
				t.Errorf("%s: simulate %q\n%s%s", name, paths, got.stdout, got.stderr)
			}
			got = boundlint(t, "", nil, append([]string{"who-can", "sts:AssumeRole", adm}, paths...)...)
			if got.code != 0 || !strings.Contains(got.stdout, c.can+"\n") || strings.Contains(got.stdout, "not in the input") {
				t.Errorf("%s: who-can %q\n%s%s", name, paths, got.stdout, got.stderr)
			}
			got = boundlint(t, "", nil, append([]string{"simulate", "--search", "--as", start, "--action", "sts:AssumeRole", "--resource", adm}, paths...)...)
			if got.code != 0 || !strings.HasPrefix(got.stdout, c.decision+":") {
				t.Errorf("%s: simulate --search %q\n%s%s", name, paths, got.stdout, got.stderr)
			}
		}
		got := boundlint(t, "", nil, "simulate", "--as", start, "--action", "sts:AssumeRole", "--resource", adm, loose+"/a.json")
		if c.decision == "allowed" && (!strings.HasPrefix(got.stdout, "undetermined:") || !strings.Contains(got.stdout, "not in the input")) {
			t.Errorf("%s: without the other account\n%s%s", name, got.stdout, got.stderr)
		}
	}
}
