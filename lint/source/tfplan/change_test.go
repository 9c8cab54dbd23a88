package tfplan

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// TestKept: a change keeps its attributes as text, of a resource of another service those
// that are read, and of one that stays next to nothing of what it was. Where parts of an
// attribute are not known it keeps them decoded.
func TestKept(t *testing.T) {
	const attributes = `{"id":"i-1","iam_instance_profile":"app","user_data":"long","tags":{"a":"b"}}`
	const role = `{"name":"app-r","permissions_boundary":"b","assume_role_policy":"{}","description":"long"}`
	plan := func(address, typ, actions, before, after string) string {
		return `{"format_version":"1.2","resource_changes":[{"address":"` + address + `","mode":"managed","type":"` + typ + `","change":{"actions":["` +
			actions + `"],"before":` + before + `,"after":` + after + `,"after_unknown":{"arn":true},"before_sensitive":{},"after_sensitive":{"tags":{}}}}]}`
	}
	for name, c := range map[string]struct{ plan, text string }{
		"created": {
			plan("aws_instance.i", "aws_instance", "create", "null", attributes),
			`{"before":null,"after":{"id":"i-1","iam_instance_profile":"app","tags":{"a":"b"}},"after_unknown":{"arn":true}}`,
		},
		"stays": {
			plan("aws_instance.i", "aws_instance", "no-op", attributes, attributes),
			`{"before":{},"after":{"id":"i-1","iam_instance_profile":"app","tags":{"a":"b"}},"after_unknown":{"arn":true}}`,
		},
		"goes": {
			plan("aws_instance.i", "aws_instance", "delete", attributes, "null"),
			`{"before":{"id":"i-1","iam_instance_profile":"app","tags":{"a":"b"}},"after":null,"after_unknown":{"arn":true}}`,
		},
		"of IAM": {
			plan("aws_iam_role.r", "aws_iam_role", "no-op", role, role),
			`{"before":{"name":"app-r","permissions_boundary":"b"},"after":` + role + `,"after_unknown":{"arn":true}}`,
		},
		"half known": {
			strings.Replace(plan("aws_iam_role.r", "aws_iam_role", "no-op", role, role), `{"arn":true}`, `{"inline_policy":[{"name":true}]}`, 1), "",
		},
	} {
		p, err := Read(strings.NewReader(c.plan), Options{Path: "plan.json", Symbols: &policy.Symbols{}})
		if err != nil {
			t.Fatal(err)
		}
		change := p.resolver.rd.order[0]
		if string(change.text) != c.text || (change.known == nil) != (c.text != "") {
			t.Errorf("%s: got %s, want %s", name, change.text, c.text)
		}
		if before, ok := p.resolver.rd.trees(change).before.(map[string]any); ok && name != "goes" && len(before) > len(alwaysAsked) {
			t.Errorf("%s: before is %v", name, before)
		}
	}
}

// TestNumbers: a number that is too large for what decodes it is told with its
// place, where it is read.
func TestNumbers(t *testing.T) {
	plan := func(name string) string {
		return `{"format_version":"1.2","resource_changes":[{"address":"aws_instance.i","mode":"managed","type":"aws_instance","change":{
			"actions":["create"],"before":null,"after":{"` + name + `":1e400}}}]}`
	}
	_, err := Read(strings.NewReader(plan("id")), Options{Symbols: &policy.Symbols{}})
	if err == nil || err.Error() != "resource_changes[0].change.after: it cannot be read" {
		t.Errorf("got %v", err)
	}
	if _, err := Read(strings.NewReader(plan("user_data")), Options{Symbols: &policy.Symbols{}}); err != nil {
		t.Error(err)
	}
}

// TestChanged: where what is planned is asked for, the attributes that an update
// changes are told, and nothing is where an empty value takes the place of none.
func TestChanged(t *testing.T) {
	const plan = `{"format_version":"1.2","resource_changes":[{"address":"aws_iam_role.r","mode":"managed","type":"aws_iam_role","change":{
		"actions":["update"],"before":{"name":"r","description":"","tags":{},"max_session_duration":3600,"assume_role_policy":"{}"},
		"after":{"name":"r","description":null,"tags":null,"max_session_duration":7200,"assume_role_policy":"{}"},
		"after_unknown":{"permissions_boundary":true}}}]}`
	for _, keep := range []bool{true, false} {
		p, err := Read(strings.NewReader(plan), Options{Path: "plan.json", Symbols: &policy.Symbols{}, KeepPlanned: keep})
		if err != nil {
			t.Fatal(err)
		}
		m, err := p.Model()
		if err != nil {
			t.Fatal(err)
		}
		if !keep {
			if m.Planned != nil {
				t.Errorf("nobody asked for what is planned: %v", m.Planned)
			}
			continue
		}
		if got := strings.Join(m.Planned[0].Changed, " "); got != "max_session_duration permissions_boundary" {
			t.Errorf("changed: %s", got)
		}
	}
}
