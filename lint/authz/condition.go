package authz

import (
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/policy"
)

// condition is one operator applied to one key, compiled.
type condition struct {
	source *policy.Condition
	key    contextKey
	op     policy.Operator
	values []conditionValue
	// hidden is set where operator or key are not known: the condition may
	// hold or not.
	hidden bool
	// multiValued tells that requests can hold several values of the key.
	multiValued bool
}

type conditionValue struct {
	*pattern
	typed typedValue
}

func newCondition(src *policy.Condition, variables bool) *condition {
	c := &condition{source: src}
	name, known := src.Operator.Known()
	key, keyKnown := src.Key.Known()
	if !known || !keyKnown {
		c.hidden = true
		return c
	}
	op, err := policy.ParseOperator(name)
	if err != nil {
		c.hidden = true
		return c
	}
	c.op = op
	c.key = newContextKey(key)
	if k, ok := catalog.LookupKey(key); ok {
		c.multiValued = k.MultiValued
	}
	syn := exactSyntax
	switch {
	case op.Family == policy.FamilyArn:
		syn = arnSyntax
	case op.Family == policy.FamilyString && op.Compare == policy.Like:
		syn = globSyntax
	}
	// Numeric, date, IP and Null operators take no variables (IAM User
	// Guide, policy variables).
	honoured := op.Family == policy.FamilyString || op.Family == policy.FamilyArn || op.Family == policy.FamilyBool
	for _, e := range src.Values {
		v := conditionValue{pattern: newPattern(e.Text, syn, variables && honoured)}
		if s, known := e.Text.Known(); known {
			v.typed = readTyped(op.Family, s)
		}
		c.values = append(c.values, v)
	}
	return c
}

// holds evaluates the condition on a request.
func (c *condition) holds(e *env) policy.Truth {
	if c.hidden {
		return policy.Maybe
	}
	var one [1]policy.Text
	values, state := e.request.lookup(&c.key, &one)
	if state == keyHidden {
		return c.holdsForAny(e)
	}
	return c.holdsFor(values, e)
}

// holdsForAny evaluates the condition on a request of which it is not known
// what it has of the key: what all possibilities agree on.
func (c *condition) holdsForAny(e *env) policy.Truth {
	entry := e.request.Context.find(c.key.name)
	if entry == nil || len(entry.values) == 0 {
		if c.key.org != notOrg && e.request.Principal != nil {
			if theirs, outside := e.request.Principal.outside(c.key.org, e.request.about(c.key.org)); outside {
				return c.holdsOutside(theirs, e)
			}
		}
		return policy.Maybe
	}
	result := c.holdsFor(nil, e)
	for i := range entry.values {
		if c.holdsFor(entry.values[i:i+1], e) != result {
			return policy.Maybe
		}
	}
	return result
}

// holdsFor evaluates the condition where the request has these values of the
// key; none where it lacks it (IAM User Guide, condition operators).
func (c *condition) holdsFor(values []policy.Text, e *env) policy.Truth {
	result := c.asDocumented(values, e)
	if c.op.OddCase {
		// IAM either takes the operator or refuses the document.
		return result.And(policy.Maybe)
	}
	return result
}

func (c *condition) asDocumented(values []policy.Text, e *env) policy.Truth {
	absent := len(values) == 0
	if c.op.Family == policy.FamilyNull {
		return c.null(absent)
	}
	switch c.op.Set {
	case policy.ForAllValues:
		result := policy.True
		for _, x := range values {
			result = result.And(c.satisfies(x, e))
		}
		return result
	case policy.ForAnyValue:
		if absent {
			if c.op.IfExists {
				// Not documented together.
				return policy.Maybe
			}
			return policy.False
		}
		result := policy.False
		for _, x := range values {
			result = result.Or(c.satisfies(x, e))
		}
		return result
	case policy.SetNone:
	}
	switch {
	case absent:
		return policy.TruthOf(c.op.IfExists || c.op.Negated)
	case len(values) > 1 || c.multiValued:
		// A multi-valued key requires a set operator (IAM User Guide,
		// multivalued context keys). What IAM does without one is not
		// documented: where some value fits, the condition may hold.
		result := policy.False
		for _, x := range values {
			result = result.Or(c.satisfies(x, e))
		}
		return result.And(policy.Maybe)
	}
	return c.satisfies(values[0], e)
}

// null demands absence for "true" and presence for "false".
func (c *condition) null(absent bool) policy.Truth {
	result := policy.False
	for i := range c.values {
		v := &c.values[i]
		switch {
		case !v.source.IsKnown():
			result = result.Or(policy.Maybe)
		case v.typed.valid && v.typed.truth == absent:
			return policy.True
		}
	}
	return result
}

// satisfies compares one value of the request with the list: positive
// operators want a match, negated ones want none.
func (c *condition) satisfies(x policy.Text, e *env) policy.Truth {
	result := policy.False
	switch c.op.Family {
	case policy.FamilyString:
		fold := c.op.Compare == policy.EqualsIgnoreCase
		for i := range c.values {
			if result = result.Or(c.values[i].match(x, fold, e)); result == policy.True {
				break
			}
		}
	case policy.FamilyArn:
		if c.op.Negated && x.IsKnown() && !isARN(x) {
			// What is not an ARN never matches; whether the negated operators
			// then hold is not settled.
			return policy.Maybe
		}
		for i := range c.values {
			if result = result.Or(c.values[i].matchARN(x, e)); result == policy.True {
				break
			}
		}
	case policy.FamilyNumeric, policy.FamilyDate, policy.FamilyBool, policy.FamilyBinary, policy.FamilyIP, policy.FamilyNull:
		result = c.compareTyped(x, e)
	}
	if c.op.Negated {
		return result.Not()
	}
	return result
}

func (c *condition) compareTyped(x policy.Text, e *env) policy.Truth {
	s, known := x.Known()
	var got typedValue
	if known {
		if got = readTyped(c.op.Family, s); !got.valid {
			return policy.False
		}
	}
	result := policy.False
	for i := range c.values {
		v := &c.values[i]
		switch {
		case v.hasVariable:
			result = result.Or(v.match(x, true, e))
		case !v.source.IsKnown(), !known && v.typed.valid:
			result = result.Or(policy.Maybe)
		case known && v.typed.valid && v.typed.matches(c.op, &got):
			return policy.True
		}
	}
	return result
}
