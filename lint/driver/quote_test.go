package driver

import (
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

func TestQuote(t *testing.T) {
	files := map[string]string{
		"main.tf":          "one\r\n  name = var.name\n  key = \"whispered\"\n  \"Action\": \"s3:*\"\n  hushed-\n",
		"opens.tf":         "  {\n    one\n    two\n    three\n    four\nstatement {\n  whispered\n}\na = {\n  b = 1\n}\nc = 2\n",
		"marked.tf":        "variable \"x\" {\n  sensitive = true\n}\n",
		"prod.auto.tfvars": "one\n",
		"main.tf.json":     "{\"resource\":{}}\n",
		"secret.tf":        "one\n",
		"policy.json":      "one\n",
		"statement.json":   "one\n",
	}
	place := func(file string, line int) iam.Location {
		return iam.Location{File: file, Range: policy.Range{Start: policy.Pos{Line: line, Column: 1}}}
	}
	document := &iam.Document{
		Document: &policy.Document{Statements: []*policy.Statement{{}}}, Sensitive: true, Location: place("policy.json", 1),
		Trace: func(int, policy.Range) iam.Location { return place("statement.json", 1) },
	}
	m := &iam.Model{
		Entities: []*iam.Entity{{Name: iam.Value{Set: true, Sensitive: true, Location: place("secret.tf", 1)}, Trust: document}},
	}
	hidden := []*Secrets{nil, {values: []string{"whispered", "{\n  \"Action\": \"s3:*\"\n}"}, texts: []string{"hushed-"}}}
	var asked []string
	r := &run{models: []*iam.Model{m}, opts: Options{Source: func(file string) []byte {
		asked = append(asked, file)
		return []byte(files[file])
	}}}
	for _, c := range []struct {
		at   iam.Location
		want string
	}{
		{place("main.tf", 1), "one"},
		{place("main.tf", 2), "  name = var.name"},
		{place("main.tf", 3), ""}, // a secret
		{place("main.tf", 4), ""}, // a line of one
		{place("main.tf", 5), ""},
		{place("main.tf", 60), ""},
		{place("opens.tf", 1), "  {\n    one\n    two\n    three"},
		{place("opens.tf", 2), "    one"},
		{place("opens.tf", 6), "statement {"}, // what follows is a secret
		{place("opens.tf", 9), "a = {\n  b = 1\n}"},
		{place("marked.tf", 1), ""},
		{place("prod.auto.tfvars", 1), ""},
		{place("main.tf.json", 1), ""},
		{place("secret.tf", 1), ""},
		{place("policy.json", 1), ""},
		{place("statement.json", 1), ""},
		{place("gone.tf", 1), ""},
		{iam.Location{}, ""},
	} {
		found := []lint.Finding{{Location: c.at}}
		r.quote(found, hidden)
		if got := found[0].Source; got != c.want {
			t.Errorf("%s:%d: got %q, want %q", c.at.File, c.at.Range.Start.Line, got, c.want)
		}
	}
	for _, file := range asked {
		if file == "secret.tf" || file == "policy.json" || file == "prod.auto.tfvars" {
			t.Errorf("%s was read", file)
		}
	}
	r.opts.Source = nil
	r.quote([]lint.Finding{{Location: place("main.tf", 1)}}, hidden)
}
