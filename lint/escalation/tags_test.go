package escalation

import (
	"testing"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// TestTaggerTellsApart: of roles without a tag the actor can act as the one to which it
// may give the tag, although the way fails on another that differs in nothing but its
// name.
func TestTaggerTellsApart(t *testing.T) {
	for name, tagged := range map[string]string{
		"by a pattern":  "arn:aws:iam::111122223333:role/b-*",
		"by a variable": "arn:aws:iam::111122223333:role/b-${aws:PrincipalAccount}",
	} {
		s := NewSearch(rolesAllowed(t, map[string]string{
			"a-111122223333": `"Action":"*","Resource":"*"`,
			"b-111122223333": `"Action":"*","Resource":"*"`,
			"eve": `"Action":"iam:TagRole","Resource":"` + tagged + `"},{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*",
				"Condition":{"StringEquals":{"aws:ResourceTag/team":"red"}}`,
		}), Amendment{})
		p := s.PathOf(func(e *iam.Entity) bool { return e.Address == "aws_iam_role.eve" })
		if p == nil || p.Steps[0].To.Entity.Address != "aws_iam_role.b-111122223333" || len(p.Steps[0].Requests[0].Witness.First) != 1 {
			t.Errorf("%s: the path is %v", name, p)
		}
	}
}

// TestTagValue: the case of a tag's name does not count, and of two names that differ only
// in case it is not known which does.
func TestTagValue(t *testing.T) {
	for _, c := range []struct {
		name        string
		tags        iam.Tags
		value       string
		has, hidden bool
	}{
		{"exact", iam.Tags{Values: map[string]policy.Text{"team": policy.Literal("red"), "other": policy.Literal("x")}}, "red", true, false},
		{"another case", iam.Tags{Values: map[string]policy.Text{"Team": policy.Literal("red")}, Hidden: true}, "red", true, false},
		{"none", iam.Tags{Values: map[string]policy.Text{"other": policy.Literal("x")}}, "", false, false},
		{"unseen", iam.Tags{Hidden: true}, "", false, true},
		{"two alike", iam.Tags{Values: map[string]policy.Text{"Team": policy.Literal("red"), "TEAM": policy.Literal("red")}}, "red", true, false},
		{"two", iam.Tags{Values: map[string]policy.Text{"team": policy.Literal("red"), "Team": policy.Literal("blue")}}, "", false, true},
	} {
		for range 8 { // maps have no order
			value, has, hidden := tagValue(c.tags, "team")
			if value.String() != c.value || has != c.has || hidden != c.hidden {
				t.Errorf("%s: %q, %v, %v", c.name, value, has, hidden)
			}
		}
	}
}
