package authz

import (
	"fmt"
	"slices"
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// TestCreatable compares what is left of boundaries that are asked about together with
// what is allowed under each of them.
func TestCreatable(t *testing.T) {
	u := delegationUniverse()
	var boundaries []policy.Text
	for i := range 5 * askedTogether {
		boundaries = append(boundaries, policy.Literal(fmt.Sprintf("arn:aws:iam::111122223333:policy/b-%02d", i)))
	}
	at := func(x policy.Text) int { return slices.IndexFunc(boundaries, x.Equal) }
	for _, c := range []struct {
		name, operator, value string
		most                  int
	}{
		{"exact", "StringEquals", "arn:aws:iam::111122223333:policy/b-17", 2 * askedTogether},
		{"ten", "StringLike", "arn:aws:iam::111122223333:policy/b-2*", 10 + 2*askedTogether},
		{"scattered", "ArnLike", "arn:aws:iam::111122223333:policy/b-?7", len(boundaries)},
		{"all", "ArnLike", "arn:aws:iam::111122223333:policy/*", len(boundaries)},
		{"none", "StringEquals", "arn:aws:iam::111122223333:policy/other", 0},
		{"spared", "StringNotLike", "arn:aws:iam::111122223333:policy/b-*", 0},
	} {
		holder := parsePrincipal("arn:aws:iam::111122223333:role/holder")
		holder.Identity = []*Policy{compiledObject(t, jsonObject{"Version": "2012-10-17", "Statement": []any{jsonObject{
			"Effect": "Allow", "Action": "iam:CreateRole", "Resource": "*",
			"Condition": jsonObject{c.operator: jsonObject{policy.BoundaryKey: c.value}},
		}}})}
		left := creatable(holder, u, boundaries)
		if len(left) > c.most || !slices.IsSortedFunc(left, func(x, y policy.Text) int { return at(x) - at(y) }) {
			t.Errorf("%s: %v are left, want no more than %d", c.name, left, c.most)
		}
		for _, b := range boundaries {
			q := &Query{Actions: []string{"iam:CreateRole"}, Keys: []KeyConstraint{{Key: policy.BoundaryKey, In: []policy.Text{b}}}}
			if answer := Search(holder, u, q); answer.Verdict != Denied && !slices.ContainsFunc(left, b.Equal) {
				t.Errorf("%s: under %s it is %v, and it is left out", c.name, b, answer.Verdict)
			}
		}
	}
}
