package applying

import (
	"slices"

	"github.com/boundlint/boundlint/lint/policy"
)

// meeting meets the circumstances in the statements of one document.
type meeting struct {
	// tagsKnown tells that the tags of the principal are no circumstance.
	tagsKnown bool
	// variables tells that the document honours policy variables.
	variables bool
}

// statement is what a statement says where all circumstances are met: itself
// where it asks for none, nil where it says nothing then.
func (m meeting) statement(s *policy.Statement) *policy.Statement {
	if !slices.ContainsFunc(s.Condition, m.depends) && !slices.ContainsFunc(s.Resource, m.varies) &&
		!slices.ContainsFunc(s.NotResource, m.varies) {
		return s
	}
	fair := *s
	fair.Condition = nil
	for _, c := range s.Condition {
		switch {
		case !m.depends(c):
			fair.Condition = append(fair.Condition, c)
		case m.needsKey(c, s.Effect):
			fair.Condition = append(fair.Condition, keyIsAbsent(c, s.Effect != policy.Allow))
		case s.Effect != policy.Allow:
			return nil
		}
	}
	if s.Effect == policy.Allow {
		fair.Resource, fair.NotResource = m.widen(s.Resource), slices.DeleteFunc(slices.Clone(s.NotResource), m.varies)
	} else {
		fair.Resource, fair.NotResource = slices.DeleteFunc(slices.Clone(s.Resource), m.varies), m.widen(s.NotResource)
	}
	switch {
	case len(s.Resource) > 0 && len(fair.Resource) == 0:
		return nil
	case len(s.NotResource) > 0 && len(fair.NotResource) == 0:
		fair.NotResource, fair.Resource = nil, []policy.Element{{Text: policy.Literal("*")}}
	}
	return &fair
}

// depends reports whether circumstances decide if a condition holds.
func (m meeting) depends(c policy.Condition) bool {
	return m.asks(c) || slices.ContainsFunc(c.Values, m.varies)
}

// asks reports whether the key of a condition is a circumstance.
func (m meeting) asks(c policy.Condition) bool {
	key, known := c.Key.Known()
	return known && isCircumstance(key, m.tagsKnown)
}

// needsKey reports whether a condition, which compares a key of the request with
// circumstances, depends on nothing but them once the request has the key:
// without it an Allow never applies, and a Deny always does.
func (m meeting) needsKey(c policy.Condition, effect policy.Effect) bool {
	name, known := c.Operator.Known()
	if !known || m.asks(c) {
		return false
	}
	op, err := policy.ParseOperator(name)
	return err == nil && op.Set == policy.SetNone && !op.IfExists && op.Negated == (effect != policy.Allow)
}

// keyIsAbsent is the condition that the request has the key of another condition,
// or lacks it.
func keyIsAbsent(c policy.Condition, absent bool) policy.Condition {
	c.Operator = policy.Literal("Null")
	c.Values = []policy.Element{{Text: policy.Literal("false"), Range: c.Range}}
	if absent {
		c.Values[0].Text = policy.Literal("true")
	}
	return c
}

// varies reports whether a text has a policy variable for a circumstance.
func (m meeting) varies(e policy.Element) bool {
	return slices.ContainsFunc(policy.ParseTemplate(e.Text, m.variables).Parts, m.isCircumstance)
}

func (m meeting) isCircumstance(part policy.TemplatePart) bool {
	if part.Variable == nil {
		return false
	}
	key, known := part.Variable.Key.Known()
	return known && isCircumstance(key, m.tagsKnown)
}

// widen puts a star in the place of each variable for a circumstance.
func (m meeting) widen(list []policy.Element) []policy.Element {
	out := slices.Clone(list)
	for i, e := range out {
		if !m.varies(e) {
			continue
		}
		var texts []policy.Text
		for _, part := range policy.ParseTemplate(e.Text, m.variables).Parts {
			texts = append(texts, m.met(part))
		}
		out[i].Text = policy.Concat(texts...)
	}
	return out
}

// met is a part of a text where all circumstances are met.
func (m meeting) met(part policy.TemplatePart) policy.Text {
	switch {
	case m.isCircumstance(part):
		return policy.Literal("*")
	case part.Symbol != nil:
		return policy.SymbolText(part.Symbol)
	case part.Exact != "":
		return policy.Literal("${" + part.Exact + "}")
	case part.Variable == nil:
		return policy.Literal(part.Literal)
	}
	v := part.Variable
	if v.HasDefault {
		return policy.Concat(policy.Literal("${"), v.Key, policy.Literal(", '"), v.Default, policy.Literal("'}"))
	}
	return policy.Concat(policy.Literal("${"), v.Key, policy.Literal("}"))
}
