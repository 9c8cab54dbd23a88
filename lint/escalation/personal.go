package escalation

import (
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/policy"
)

// personalEntry is the resource part of an entry of Resource with policy
// variables in it.
type personalEntry struct {
	tail policy.Template
	// runs tells that the entry may begin before its resource part.
	runs bool
}

// newPersonalEntry takes an entry apart; ok is false where its resource part
// has no policy variable, or is not wholly known.
func newPersonalEntry(x policy.Text) (e personalEntry, ok bool) {
	const arnParts = 6
	parts := policy.SplitARN(x)
	if len(parts) < arnParts {
		return e, false
	}
	tail, known := parts[arnParts-1].Known()
	if !known || !strings.Contains(tail, "${") {
		return e, false
	}
	text, known := x.Known()
	return personalEntry{policy.ParseTemplate(parts[arnParts-1], true), known && strings.HasSuffix(head(text), "*")}, true
}

// meant are the holders that an entry may mean when a principal asks: aws:username
// is the name of that principal, and nothing where a role asks.
func (c *coverage) meant(p *authz.Principal, e *personalEntry) set {
	var glob strings.Builder
	for _, part := range e.tail.Parts {
		switch {
		case part.Literal != "":
			glob.WriteString(part.Literal)
		case part.Variable == nil:
			glob.WriteByte('*')
		default:
			value, has, ok := c.valueOf(p, part.Variable)
			switch {
			case !ok:
				glob.WriteByte('*')
			case !has:
				return set{}
			default:
				glob.WriteString(value)
			}
		}
	}
	return c.matchingGlob(glob.String(), e.runs)
}

// valueOf is what stands for a policy variable when a principal asks; has is false
// where nothing does, so that the text that it is in matches nothing. ok is
// false where it may be anything.
func (c *coverage) valueOf(p *authz.Principal, v *policy.Variable) (value string, has, ok bool) {
	key, known := v.Key.Known()
	if !known {
		return "", false, false
	}
	x, has, ok := p.Own(key)
	if !ok || strings.Contains(key, "/") && c.mayTagItself(p) {
		return "", false, false
	}
	if !has {
		if !v.HasDefault {
			return "", false, true
		}
		x = v.Default
	}
	value, known = x.Known()
	return value, known, known
}

// mayTagItself reports whether a principal may be allowed to change its own
// tags, going by the actions of its policies alone.
func (c *coverage) mayTagItself(p *authz.Principal) bool {
	action := "iam:tagrole"
	if p.Kind == authz.KindUser {
		action = "iam:taguser"
	}
	return c.grants(p, action)
}
