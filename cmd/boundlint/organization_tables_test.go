package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tablesOf writes the tables of Steampipe that say what the answers of the AWS CLI in a
// directory say, with the parents of accounts, which no table has.
func tablesOf(t *testing.T, answers, dir string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(answers, "*.json"))
	if err != nil || len(names) == 0 {
		t.Fatal("no answers", err)
	}
	type object = map[string]any
	tables := map[string][]object{}
	lower := func(o object, more object) object {
		out := object{}
		for from, to := range map[string]string{"Id": "id", "Arn": "arn", "Name": "name", "Type": "type", "PolicyTypes": "policy_types"} {
			if v, ok := o[from]; ok {
				out[to] = v
			}
		}
		maps.Copy(out, more)
		return out
	}
	for _, name := range names {
		content, err := os.ReadFile(name)
		var v map[string]json.RawMessage
		if err == nil {
			err = json.Unmarshal(content, &v)
		}
		if err != nil {
			t.Fatal(err)
		}
		list := func(member string) (out []object) {
			if err := json.Unmarshal(v[member], &out); err != nil && v[member] != nil {
				t.Fatal(err)
			}
			return out
		}
		base := filepath.Base(name)
		add := func(table, member string, more object) {
			for _, o := range list(member) {
				tables[table] = append(tables[table], lower(o, more))
			}
		}
		switch _, parent, _ := strings.Cut(strings.TrimSuffix(base, ".json"), "-for-parent-"); {
		case strings.HasPrefix(base, "list-accounts-for-parent-"):
			for _, o := range list("Accounts") {
				saveTable(t, filepath.Join(dir, fmt.Sprintf("list-parents-%s.json", o["Id"])), `{"Parents":[{"Id":"`+parent+`"}]}`)
			}
		case strings.HasPrefix(base, "list-organizational-units-"):
			add("organizational_unit", "OrganizationalUnits", object{"parent_id": parent})
		case strings.HasPrefix(base, "list-policies-for-target-"):
			target := strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(base, "list-policies-for-target-"), ".json"), "-SERVICE_CONTROL_POLICY")
			add("policy_target", "Policies", object{"target_id": target})
		case strings.HasPrefix(base, "describe-policy-"):
			var p struct {
				PolicySummary object
				Content       string
			}
			if err := json.Unmarshal(v["Policy"], &p); err != nil {
				t.Fatal(err)
			}
			tables["policy"] = append(tables["policy"], lower(p.PolicySummary, object{"content": json.RawMessage(p.Content)}))
		case base == "list-accounts.json":
			add("account", "Accounts", nil)
		case base == "list-roots.json":
			add("root", "Roots", nil)
		case strings.HasPrefix(base, "get-account-"):
			saveTable(t, filepath.Join(dir, base), string(content))
		}
	}
	for table, rows := range tables {
		text, err := json.MarshalIndent(object{"columns": []object{}, "rows": rows}, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		saveTable(t, filepath.Join(dir, "aws_organizations_"+table+".json"), string(text))
	}
}

func saveTable(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestOrganizationTables: with tables of Steampipe the same request is denied by the same
// policy as with answers of the AWS CLI; without what one of them says, it is not allowed.
func TestOrganizationTables(t *testing.T) {
	answers := filepath.Join(repository(t), "fixtures", "organization", "answers")
	dir := t.TempDir()
	tablesOf(t, answers, dir)
	ask := func(path string) result {
		return boundlint(t, "", nil, "simulate", "--as", "arn:aws:iam::222222222222:role/app-steward", "--action", "iam:DeleteRolePermissionsBoundary",
			"--resource", "arn:aws:iam::222222222222:role/app-x", path)
	}
	want, got := ask(answers), ask(dir)
	places := func(text, path string) string {
		var out []string
		for line := range strings.Lines(text) {
			line, _, _ = strings.Cut(line, " ("+path)
			out = append(out, strings.TrimSpace(line))
		}
		return strings.Join(out, "\n")
	}
	if got.code != want.code || places(got.stdout, dir) != places(want.stdout, answers) || !strings.Contains(got.stdout, "KeepBoundaries") {
		t.Errorf("exit code %d: %s\n%s\nnot %s", got.code, got.stderr, got.stdout, want.stdout)
	}
	for _, gone := range []string{"list-parents-222222222222.json", "aws_organizations_policy_target.json"} {
		if err := os.Remove(filepath.Join(dir, gone)); err != nil {
			t.Fatal(err)
		}
		if got := ask(dir); strings.HasPrefix(got.stdout, "allowed") || got.stdout == "" {
			t.Errorf("without %s: exit code %d: %s\n%s", gone, got.code, got.stderr, got.stdout)
		}
	}
}
