package conditions

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/policy"
)

// spelling says by which words a condition fails that was meant to enforce a
// boundary.
func (j *conditionJudge) spelling() string {
	c := j.condition
	if misspelt(c.Key) {
		return fmt.Sprintf("there is no condition key %s, it is %s", c.Key, policy.BoundaryKey)
	}
	name, ok := c.Operator.Known()
	if !ok {
		return "its operator is not known"
	}
	op, err := policy.ParseOperator(name)
	if err != nil {
		return "there is no operator " + name
	}
	words := allowSpelling(c, op)
	if j.statement.Effect == policy.Deny {
		words = denySpelling(j.statement, c, op)
	}
	if words != "" {
		return words
	}
	for _, v := range c.Values {
		if holders.IsWildcard(v.Text) {
			return "the pattern " + v.Text.String() + " takes policies that are not approved"
		}
	}
	return "it takes boundaries that are not approved"
}

// allowSpelling is what fails in the condition of an Allow; "" where it is
// the values.
func allowSpelling(c *policy.Condition, op policy.Operator) string {
	switch {
	case op.Family == policy.FamilyNull && takesBoth(c):
		return "it is met with a boundary and without one"
	case op.Family == policy.FamilyNull && firstIs(c, "true"):
		return "it asks that no boundary be given"
	case op.Family == policy.FamilyNull:
		return "it asks only that some boundary be given, whichever"
	case op.Set == policy.ForAllValues:
		return "ForAllValues is met by a request without the key"
	case op.IfExists && !op.Negated:
		return "IfExists is met by a request without the key"
	case op.Negated:
		return "a negated operator is met by every other boundary, and by none at all"
	}
	return ""
}

// denySpelling is what fails in the condition of a Deny; "" where it is the
// values.
func denySpelling(s *policy.Statement, c *policy.Condition, op policy.Operator) string {
	switch {
	case op.Family == policy.FamilyNull && firstIs(c, "false"):
		return "it asks that no boundary be given"
	case op.Family == policy.FamilyNull:
		return "it asks only that some boundary be given, whichever"
	case op.Set == policy.ForAnyValue:
		return "with ForAnyValue a Deny does not fire where no boundary is given"
	case !op.Negated:
		return "a Deny that names boundaries lets every other one through, and none at all"
	case len(s.Condition) > 1:
		return "all conditions of the Deny have to hold for it to fire, and another one need not"
	}
	return ""
}

func firstIs(c *policy.Condition, s string) bool {
	return len(c.Values) > 0 && strings.EqualFold(c.Values[0].Text.String(), s)
}

// takesBoth reports whether a Null lists both of its values.
func takesBoth(c *policy.Condition) bool {
	return slices.ContainsFunc(c.Values, func(v policy.Element) bool { return !strings.EqualFold(v.Text.String(), c.Values[0].Text.String()) })
}

// whyDead says why no request can meet the condition.
func (j *conditionJudge) whyDead() string {
	c := j.condition
	if misspelt(c.Key) {
		return fmt.Sprintf("there is no condition key %s, it is %s", c.Key, policy.BoundaryKey)
	}
	name, _ := c.Operator.Known()
	op, err := policy.ParseOperator(name)
	for _, v := range c.Values {
		arn, ok := policy.ParseARN(v.Text)
		switch {
		case j.plainVariable():
			return "policy variables are plain text in a document without Version 2012-10-17"
		case err == nil && op.Family == policy.FamilyString && op.Compare != policy.Like && holders.IsWildcard(v.Text):
			return fmt.Sprintf("%s takes the wildcard in %s literally; ArnLike would not, but a full ARN is what enforces", name, v.Text)
		case ok && differsFrom(arn.Partition, j.account.Model.Deployment.Partition):
			return fmt.Sprintf("%s is of another partition than %s, where this is deployed", v.Text, j.account.Model.Deployment.Partition)
		case ok && !holders.IsText(arn.Account, "aws") && differsFrom(arn.Account, j.account.Model.Deployment.Account):
			return fmt.Sprintf("%s is of another account than %s, where this is deployed", v.Text, j.account.Model.Deployment.Account)
		}
		for _, x := range j.account.ProtectedBoundaries() {
			if v.Text.String() != x.String() && strings.EqualFold(v.Text.String(), x.String()) {
				return fmt.Sprintf("values keep their case, and the boundary is %s", x)
			}
		}
	}
	return noneFits
}

// noneFits is why a condition is dead of which nothing better can be said.
const noneFits = "no boundary that can exist fits it"

// whyNone says, after a colon, why every boundary differs from those that a
// condition names; "" where nothing can be said of it.
func (j *conditionJudge) whyNone() string {
	if why := j.whyDead(); why != noneFits && !misspelt(j.condition.Key) {
		return ": " + why
	}
	return ""
}

// plainVariable reports whether a value has a policy variable in it that is
// none.
func (j *conditionJudge) plainVariable() bool {
	return !j.document.Variables() &&
		slices.ContainsFunc(j.condition.Values, func(v policy.Element) bool { return strings.Contains(v.Text.String(), "${") })
}

func differsFrom(x, y policy.Text) bool {
	a, ok := x.Known()
	b, also := y.Known()
	return ok && also && a != b && !strings.ContainsAny(a, "*?")
}

// BoundaryCondition is the first condition of a statement on the boundary, or
// on what was probably meant to be it.
func BoundaryCondition(s *policy.Statement) *policy.Condition {
	for i := range s.Condition {
		c := &s.Condition[i]
		if holders.IsBoundaryKey(c.Key) || misspelt(c.Key) {
			return c
		}
	}
	return nil
}

// misspelt reports whether a key was probably meant to be the boundary's.
func misspelt(key policy.Text) bool {
	s, ok := key.Known()
	if !ok || strings.EqualFold(s, policy.BoundaryKey) {
		return false
	}
	lowered := strings.ToLower(s)
	return strings.HasPrefix(lowered, "iam:perm") && strings.Contains(lowered, "bound") ||
		policy.NearestWithin(lowered, []string{strings.ToLower(policy.BoundaryKey)}, 3) != ""
}
