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
		tags        map[string]string
		isHidden    bool
		value       string
		has, hidden bool
	}{
		{"exact", map[string]string{"team": "red", "other": "x"}, false, "red", true, false},
		{"another case", map[string]string{"Team": "red"}, true, "red", true, false},
		{"none", map[string]string{"other": "x"}, false, "", false, false},
		{"unseen", nil, true, "", false, true},
		{"two alike", map[string]string{"Team": "red", "TEAM": "red"}, false, "red", true, false},
		{"two", map[string]string{"team": "red", "Team": "blue"}, false, "", false, true},
	} {
		values := map[string]policy.Text{}
		for name, value := range c.tags {
			values[name] = policy.Literal(value)
		}
		value, has, hidden := tagValue(iam.Tags{Values: iam.SortedTags(values), Hidden: c.isHidden}, "team")
		if value.String() != c.value || has != c.has || hidden != c.hidden {
			t.Errorf("%s: %q, %v, %v", c.name, value, has, hidden)
		}
	}
}
