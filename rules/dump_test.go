package rules_test

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/driver"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/linttest"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source"
)

// TestDumpAgreesWithState: what the state of a project says of its resources,
// the dump of the account in which they are says as well.
func TestDumpAgreesWithState(t *testing.T) {
	t.Parallel()
	verdicts := func(file string, address func(*iam.Model) map[string]string) (map[string]bool, map[string]string) {
		models, err := source.Read(context.Background(), filepath.Join("../fixtures/real/platform", file), source.Options{Symbols: &policy.Symbols{}})
		if err != nil {
			t.Fatal(err)
		}
		h := harness()
		report, err := driver.Run(models, h.Rules, &lint.Settings{Today: linttest.Today}, h.Options)
		if err != nil {
			t.Fatal(err)
		}
		arns := address(models[0])
		out := map[string]bool{}
		for _, f := range report.Findings {
			if arn := arns[f.Address]; arn != "" {
				out[f.Rule+" "+arn+" "+string(f.Verdict)] = true
			}
		}
		return out, arns
	}
	arns := func(m *iam.Model) map[string]string {
		out := map[string]string{}
		for _, e := range m.Entities {
			out[e.Address], _ = e.ARN.Known()
		}
		for _, p := range m.Policies {
			out[p.Address], _ = p.ARN.Known()
		}
		return out
	}
	state, managed := verdicts("state.json", arns)
	dump, _ := verdicts("account.json", func(m *iam.Model) map[string]string {
		all := arns(m)
		ours := slices.Collect(maps.Values(managed))
		maps.DeleteFunc(all, func(_, arn string) bool { return !slices.Contains(ours, arn) })
		return all
	})
	if len(state) == 0 {
		t.Fatal("the state has no findings")
	}
	for v := range state {
		if !dump[v] {
			t.Errorf("only the state gives %s", v)
		}
	}
	for v := range dump {
		if !state[v] {
			t.Errorf("only the dump gives %s", v)
		}
	}
}

// TestDumpDocuments: a policy of AWS's that the catalog does not know yet, and
// that the dump has, counts as what it is when it is attached and as a
// boundary.
func TestDumpDocuments(t *testing.T) {
	t.Parallel()
	const trust = `"AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ec2.amazonaws.com"}}]}`
	const dump = `{"UserDetailList":[],"GroupDetailList":[],"RoleDetailList":[
		{"RoleName":"app-a","Arn":"arn:aws:iam::111122223333:role/app-a","Path":"/",` + trust + `,
			"AttachedManagedPolicies":[{"PolicyName":"OfTomorrow","PolicyArn":"arn:aws:iam::aws:policy/OfTomorrow"}]},
		{"RoleName":"app-b","Arn":"arn:aws:iam::111122223333:role/app-b","Path":"/",` + trust + `,
			"PermissionsBoundary":{"PermissionsBoundaryArn":"arn:aws:iam::aws:policy/LimitOfTomorrow"},
			"AttachedManagedPolicies":[{"PolicyName":"OfTomorrow","PolicyArn":"arn:aws:iam::aws:policy/OfTomorrow"}]}],
		"Policies":[
		{"PolicyName":"OfTomorrow","Arn":"arn:aws:iam::aws:policy/OfTomorrow","DefaultVersionId":"v1","PolicyVersionList":[
			{"VersionId":"v1","IsDefaultVersion":true,"Document":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}}]},
		{"PolicyName":"LimitOfTomorrow","Arn":"arn:aws:iam::aws:policy/LimitOfTomorrow","DefaultVersionId":"v1","PolicyVersionList":[
			{"VersionId":"v1","IsDefaultVersion":true,"Document":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}}]}]}`
	file := filepath.Join(t.TempDir(), "account.json")
	if err := os.WriteFile(file, []byte(dump), 0o600); err != nil {
		t.Fatal(err)
	}
	models, err := source.Read(context.Background(), file, source.Options{Symbols: &policy.Symbols{}})
	if err != nil {
		t.Fatal(err)
	}
	h := harness()
	report, err := driver.Run(models, h.Rules, &lint.Settings{Today: linttest.Today}, h.Options)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range report.Findings {
		got = append(got, f.Rule+" "+f.Address)
	}
	want := []string{"boundary-missing arn:aws:iam::111122223333:role/app-a", "admin-attached arn:aws:iam::111122223333:role/app-a"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// TestDumpVersions: a dump has all stored versions of a policy, so that it is
// known whether another one in force would allow more.
func TestDumpVersions(t *testing.T) {
	t.Parallel()
	const (
		head = `{"UserDetailList":[],"GroupDetailList":[],"RoleDetailList":[{"RoleName":"app-a","Arn":"arn:aws:iam::111122223333:role/app-a","AttachedManagedPolicies":[{"PolicyArn":"arn:aws:iam::111122223333:policy/P"}],` +
			`"AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ec2.amazonaws.com"}}]}}],` +
			`"Policies":[{"PolicyName":"P","Arn":"arn:aws:iam::111122223333:policy/P","DefaultVersionId":"v1","PolicyVersionList":[{"VersionId":"v1","IsDefaultVersion":true,` +
			`"Document":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:SetDefaultPolicyVersion","Resource":"*"}]}}`
		older = `,{"VersionId":"v0","IsDefaultVersion":false,"Document":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ACTION","Resource":"*"}]}}`
		tail  = `]}]}`
	)
	for name, tt := range map[string]struct {
		versions string
		want     []string
	}{
		"none":    {"", nil},
		"wider":   {strings.Replace(older, "ACTION", "*", 1), []string{"escalation-path violation", "self-policy-editable violation"}},
		"another": {strings.Replace(older, "ACTION", "s3:*", 1), []string{"escalation-path undetermined", "self-policy-editable undetermined"}},
	} {
		file := filepath.Join(t.TempDir(), "account.json")
		if err := os.WriteFile(file, []byte(head+tt.versions+tail), 0o600); err != nil {
			t.Fatal(err)
		}
		models, err := source.Read(context.Background(), file, source.Options{Symbols: &policy.Symbols{}})
		if err != nil {
			t.Fatal(err)
		}
		h := harness()
		report, err := driver.Run(models, h.Rules, &lint.Settings{Today: linttest.Today}, h.Options)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range report.Findings {
			if f.Rule != "boundary-missing" {
				got = append(got, f.Rule+" "+string(f.Verdict))
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q", name, got)
		}
	}
}
