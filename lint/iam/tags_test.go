package iam

import (
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// TestTagsLinkedTwice: tags that nothing rewrites stay where they are, those
// that the provider adds to are the source's again when a model is linked
// anew.
func TestTagsLinkedTwice(t *testing.T) {
	own := []Tag{{"Name", policy.Literal("a")}, {"Team", policy.Literal("x")}}
	added := &Compute{Address: "aws_instance.a", Provider: "aws", Tags: Tags{Values: own, Own: true}}
	whole := &Compute{Address: "aws_instance.b", Provider: "aws", Tags: Tags{Values: own}}
	provider := &Provider{Name: "aws", DefaultTags: Tags{Values: []Tag{{"Stage", policy.Literal("one")}, {"Team", policy.Literal("y")}}}}
	m := &Model{Compute: []*Compute{added, whole}, Providers: []*Provider{provider}}
	for _, stage := range []string{"one", "two"} {
		provider.DefaultTags.Values[0].Value = policy.Literal(stage)
		m.Link(Hints{})
		for key, want := range map[string]string{"Name": "a", "Stage": stage, "Team": "x"} {
			if got, _ := added.Tags.Value(key); !got.Equal(policy.Literal(want)) {
				t.Errorf("%s: got %s, want %s", key, got, want)
			}
		}
		if len(added.Tags.Values) != 3 || &whole.Tags.Values[0] != &own[0] {
			t.Errorf("got %v and %v", added.Tags, whole.Tags)
		}
	}
	if _, ok := whole.Tags.Value("Stage"); ok || len(whole.Tags.Map()) != 2 {
		t.Errorf("got %v", whole.Tags)
	}
}
