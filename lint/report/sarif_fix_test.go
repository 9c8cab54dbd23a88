package report_test

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/report"
)

// fixable lacks a boundary in a resource of the root module.
func fixable() lint.Finding {
	return lint.Finding{
		Rule: "boundary-missing", Severity: lint.Error, Verdict: lint.Violation, Address: "aws_iam_role.a", Attribute: "permissions_boundary",
		Message: "It has none.", Remediation: "Set it:\n\n  permissions_boundary = aws_iam_policy.b.arn", Fingerprint: "1",
		Fix:    &lint.Fix{Address: "aws_iam_role.a", Attribute: "permissions_boundary", Expression: "aws_iam_policy.b.arn"},
		Source: `resource "aws_iam_role" "a" {`, Location: at("main.tf", 3, 1, 3, 28),
	}
}

// fixOf is the replacement that SARIF has for a finding, "" for none.
func fixOf(t *testing.T, schema *jsonschema.Schema, f lint.Finding) string {
	t.Helper()
	out := render(t, "sarif", &lint.Report{Inputs: []lint.InputSummary{{Path: "."}}, Findings: []lint.Finding{f}}, report.Options{})
	validate(t, schema, out)
	var log struct {
		Runs []struct {
			Results []struct {
				Fixes []struct {
					Changes []struct {
						Replacements []json.RawMessage
					} `json:"artifactChanges"`
				}
			}
		}
	}
	if err := json.Unmarshal(out, &log); err != nil {
		t.Fatal(err)
	}
	fixes := log.Runs[0].Results[0].Fixes
	if len(fixes) == 0 {
		return ""
	}
	var one struct {
		Deleted  struct{ StartLine, StartColumn, EndLine, EndColumn int } `json:"deletedRegion"`
		Inserted struct{ Text string }                                    `json:"insertedContent"`
	}
	if err := json.Unmarshal(fixes[0].Changes[0].Replacements[0], &one); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(one)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestSARIFFixes(t *testing.T) {
	schema := compile(t, filepath.Join("testdata", "sarif-schema-2.1.0.json"), nil)
	const inserted = `{"deletedRegion":{"StartLine":4,"StartColumn":1,"EndLine":4,"EndColumn":1},"insertedContent":{"Text":"  permissions_boundary = aws_iam_policy.b.arn\n"}}`
	if got := fixOf(t, schema, fixable()); got != inserted {
		t.Errorf("got %s", got)
	}
	value := fixable()
	value.Source, value.Location = "  permissions_boundary = null # later", at("main.tf", 5, 26, 5, 30)
	if got, want := fixOf(t, schema, value), `{"deletedRegion":{"StartLine":5,"StartColumn":26,"EndLine":5,"EndColumn":30},"insertedContent":{"Text":"aws_iam_policy.b.arn"}}`; got != want {
		t.Errorf("got %s", got)
	}
	for name, change := range map[string]func(f *lint.Finding){
		"undetermined":        func(f *lint.Finding) { f.Verdict = lint.Undetermined },
		"no fix":              func(f *lint.Finding) { f.Fix = nil },
		"another attribute":   func(f *lint.Finding) { f.Fix.Attribute = "name" },
		"found elsewhere":     func(f *lint.Finding) { f.Attribute = "managed_policy_arns" },
		"another resource":    func(f *lint.Finding) { f.Fix.Address = "aws_iam_role.b" },
		"in a module":         func(f *lint.Finding) { f.Address, f.Fix.Address = "module.m.aws_iam_role.a", "module.m.aws_iam_role.a" },
		"called":              func(f *lint.Finding) { f.Location = calledAt(f.Location, at("x.tf", 1, 1, 1, 2)) },
		"JSON":                func(f *lint.Finding) { f.Location.File = "main.tf.json" },
		"out of the way":      func(f *lint.Finding) { f.Location.File = "../main.tf" },
		"the line not known":  func(f *lint.Finding) { f.Source = "" },
		"a block in one line": func(f *lint.Finding) { f.Source = `resource "aws_iam_role" "a" {}` },
		"a part of a value": func(f *lint.Finding) {
			f.Source, f.Location = "  permissions_boundary = var.x ? null : local.b", at("main.tf", 5, 34, 5, 38)
		},
		"several lines": func(f *lint.Finding) {
			f.Source, f.Location = "  permissions_boundary = (", at("main.tf", 5, 26, 7, 4)
		},
		"columns in doubt": func(f *lint.Finding) {
			f.Source, f.Location = `  permissions_boundary = "ä"`, at("main.tf", 5, 26, 5, 30)
		},
		"sensitive": func(f *lint.Finding) { f.Remediation = "Set it:\n\n  permissions_boundary = (sensitive)" },
	} {
		f := fixable()
		change(&f)
		if got := fixOf(t, schema, f); got != "" {
			t.Errorf("%s: %s", name, got)
		}
	}
}
