package rules_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/driver"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source"
	"github.com/boundlint/boundlint/rules"
)

// validationRow is a row of the tables in docs/validation.md.
var validationRow = regexp.MustCompile(`(?m)^\| ([A-Z][^|]*[^| ]) \| (none|\[([a-z-]+)\]\(\.\./rules/([a-z-]+)\.md\)) \| (.*) \|$`)

// TestValidation holds docs/validation.md to the rules: each that it names
// exists and finds the fault in a document that has it, and where it names none
// it says why, and no rule about documents finds it.
func TestValidation(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/validation.md")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("testdata/validation.json")
	if err != nil {
		t.Fatal(err)
	}
	var probes []struct{ Check, Kind, Document string }
	if err := json.Unmarshal(source, &probes); err != nil {
		t.Fatal(err)
	}
	probe := map[string]int{}
	for i, p := range probes {
		probe[p.Check] = i
	}
	rows := validationRow.FindAllStringSubmatch(string(text), -1)
	if n := strings.Count(string(text), "\n| ") - strings.Count(string(text), "\n| check"); n != len(rows) || n < 130 {
		t.Fatalf("%d of %d rows are read", len(rows), n)
	}
	for _, row := range rows {
		check, rule, remark := row[1], row[3], row[5]
		switch {
		case rule != row[4]:
			t.Errorf("%s: the link of %s leads to %s", check, rule, row[4])
		case rule == "" && remark == "":
			t.Errorf("%s: no rule, and no reason", check)
		case rule != "" && !slices.ContainsFunc(rules.All(), func(r *lint.Rule) bool { return r.ID == rule }):
			t.Errorf("%s: there is no rule %s", check, rule)
		}
		i, ok := probe[check]
		if !ok {
			continue
		}
		found := validated(t, probes[i].Kind, probes[i].Document)
		if rule != "" && !slices.Contains(found, rule) {
			t.Errorf("%s: %s does not report %s: %v", check, rule, probes[i].Document, found)
		}
		if rule == "" && slices.Contains(found, "policy-invalid") {
			t.Errorf("%s: policy-invalid reports %s after all", check, probes[i].Document)
		}
	}
}

// validated are the rules that report something of a document.
func validated(t *testing.T, kind, document string) []string {
	t.Helper()
	text := "<<EOT\n" + strings.ReplaceAll(document, "${", "$${") + "\nEOT\n"
	trust := `jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })` + "\n"
	if kind == "trust" {
		trust = text
	}
	config := fmt.Sprintf("provider \"aws\" {\n  region = \"eu-west-1\"\n}\nresource \"aws_iam_role\" \"r\" {\n  name = \"app-r\"\n  assume_role_policy = %s}\n", trust)
	config += map[string]string{
		"identity": "resource \"aws_iam_role_policy\" \"p\" {\n  role = aws_iam_role.r.name\n  name = \"p\"\n  policy = " + text + "}\n",
		"resource": "resource \"aws_s3_bucket_policy\" \"p\" {\n  bucket = \"b\"\n  policy = " + text + "}\n",
		"scp":      "resource \"aws_organizations_policy\" \"p\" {\n  name = \"p\"\n  content = " + text + "}\n",
		"rcp":      "resource \"aws_organizations_policy\" \"p\" {\n  name = \"p\"\n  type = \"RESOURCE_CONTROL_POLICY\"\n  content = " + text + "}\n",
	}[kind]
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	models, err := source.Read(context.Background(), dir, source.Options{Symbols: &policy.Symbols{}})
	if err != nil {
		t.Fatal(err)
	}
	report, err := driver.Run(models, rules.All(), &lint.Settings{AccountID: "111122223333", Preset: "audit"}, driver.Options{ManagedPolicy: catalog.ManagedPolicyARN})
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for i := range report.Findings {
		for _, f := range report.Findings[i].All() {
			found = append(found, f.Rule)
		}
	}
	return found
}
