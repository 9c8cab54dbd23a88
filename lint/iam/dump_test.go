package iam

import (
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// TestPassOver: of two dumps of an account what the first has counts, with all that it
// holds; a policy whose document the first lacks is the second's.
func TestPassOver(t *testing.T) {
	at := func(address string) Declared { return Declared{Address: address} }
	document := &Document{Document: &policy.Document{}}
	hidden := &Document{Document: &policy.Document{Unknown: &policy.Symbol{Name: "x"}}}
	dump := func(d *Document) *Model {
		return &Model{
			Entities: []*Entity{{Declared: at("r")}}, Groups: []*Group{{Declared: at("g")}},
			// A holder has several of these under one address.
			Attachments: []*Attachment{{Declared: at("r")}, {Declared: at("r")}}, Inline: []*InlinePolicy{{Declared: at("g")}, {Declared: at("g")}},
			Memberships: []*Membership{{Declared: at("r")}}, Policies: []*ManagedPolicy{{Declared: at("p"), Document: d}},
		}
	}
	for name, c := range map[string]struct {
		first    *Document
		policies int
	}{"the document is known": {document, 0}, "the document is hidden": {hidden, 1}, "there is none": {nil, 1}} {
		seen := map[string]bool{}
		first, second := dump(c.first), dump(document)
		second.Entities = append(second.Entities, &Entity{Declared: at("s")})
		second.Inline = append(second.Inline, &InlinePolicy{Declared: at("s")})
		first.PassOver(seen)
		second.PassOver(seen)
		if len(first.Entities) != 1 || len(first.Attachments) != 2 || len(first.Inline) != 2 || len(first.Memberships) != 1 || len(first.Policies) != 1 {
			t.Errorf("%s: the first is %+v", name, first)
		}
		if len(second.Entities) != 1 || len(second.Groups) != 0 || len(second.Attachments) != 0 || len(second.Inline) != 1 ||
			len(second.Memberships) != 0 || len(second.Policies) != c.policies {
			t.Errorf("%s: the second is %+v", name, second)
		}
	}
}
