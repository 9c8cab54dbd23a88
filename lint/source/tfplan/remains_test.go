package tfplan

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/resource"
)

// TestForgotten: of a resource that has been made a change keeps the names of
// its attributes and which are unknown, once for all that have the same ones.
func TestForgotten(t *testing.T) {
	change := func(name, after string) string {
		return `{"address":"aws_instance.` + name + `","mode":"managed","type":"aws_instance","change":{"actions":["create"],"before":null,"after":` +
			after + `,"after_unknown":{"arn":true,"tags":{},"launch_template":[]}}}`
	}
	plan := `{"format_version":"1.2","resource_changes":[` + change("a", `{"tags":{"a":"b"}}`) + `,` + change("b", `{"tags":{}}`) + `,` +
		change("c", `{"iam_instance_profile":"app","tags":{}}`) + `]}`
	p, err := Read(strings.NewReader(plan), Options{Path: "plan.json", Symbols: &policy.Symbols{}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Model(); err != nil {
		t.Fatal(err)
	}
	order := p.resolver.rd.order
	if order[0].known != order[1].known || order[0].known == order[2].known || order[0].text != nil {
		t.Errorf("got %p %p %p", order[0].known, order[1].known, order[2].known)
	}
	for address, want := range map[string]string{
		"aws_instance.a": "arn launch_template tags", "aws_instance.c": "arn iam_instance_profile launch_template tags",
	} {
		var got []string
		for _, name := range []string{"arn", "iam_instance_profile", "launch_template", "tags", "user_data"} {
			if p.resolver.hasAttribute(address, name) {
				got = append(got, name)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %v, want %s", address, got, want)
		}
		if p.resolver.isKnown(address, "arn") || !p.resolver.isKnown(address, "tags") {
			t.Errorf("%s: arn is not unknown, or tags is", address)
		}
	}
}

// TestExpressionsAsText: the expressions of another service's resource are
// decoded when they are asked for.
func TestExpressionsAsText(t *testing.T) {
	const raw = `{"ami":{"constant_value":"ami-1"},"user_data":{"references":["var.u"]},"tags":{"constant_value":{"a":"b"}},
		"iam_inst\u0061nce_profile":{"references":["aws_iam_instance_profile.p.name","aws_iam_instance_profile.p"]}}`
	rd := &reader{}
	text, err := rd.expressionsAsText(json.RawMessage(raw), "", resource.PartsOf("aws_instance", false))
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := rd.expressions(json.RawMessage(raw), "")
	if err != nil {
		t.Fatal(err)
	}
	if got := text.names(); !slices.Equal(got, []string{"user_data", "tags", "iam_instance_profile"}) {
		t.Errorf("got %q", got)
	}
	for _, name := range text.names() {
		got, want := text.of(name), decoded.of(name)
		if got == nil || !slices.Equal(references(got), references(want)) {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	tags, _ := text.of("tags").ConstantValue.(map[string]any)
	if !maps.Equal(tags, map[string]any{"a": "b"}) || text.of("ami") != nil || len(text.all()) != 3 {
		t.Errorf("got %v", tags)
	}
	const large = `{"tags":{"constant_value":1e400}}`
	if _, err := rd.expressionsAsText(json.RawMessage(large), "", resource.PartsOf("aws_instance", false)); err == nil {
		t.Error("a number that is too large is read")
	}
}
