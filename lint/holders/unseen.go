package holders

import (
	"slices"

	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// UnseenPolicies are policies attached to an entity whose documents neither the input nor
// the catalog has. Rules leave them out as beyond the input.
func (a *Account) UnseenPolicies(h *Holder) []policy.Text {
	var out []policy.Text
	add := func(list []*iam.Attachment) {
		for _, t := range list {
			if !t.PolicyARN.Set || slices.ContainsFunc(out, t.PolicyARN.Text.Equal) {
				continue
			}
			arn, known := t.PolicyARN.Text.Known()
			switch {
			case t.Policy != nil && t.Policy.Document != nil && t.Policy.Document.Document != nil:
			case known && a.LookedUp[OfPartitionAWS(arn)] != nil:
			case t.Policy != nil, IsForeignPolicy(t.PolicyARN.Text), t.HasUnseenLiterals():
				out = append(out, t.PolicyARN.Text)
			case known:
				if _, ok := catalog.ManagedPolicy(arn); !ok {
					out = append(out, t.PolicyARN.Text)
				}
			}
		}
	}
	add(h.Entity.Attached)
	for _, g := range h.Entity.Groups {
		add(g.Attached)
	}
	return out
}
