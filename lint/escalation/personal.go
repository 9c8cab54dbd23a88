package escalation

import (
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/policy"
)

// personalGrant is a statement that allows an action on other holders for each
// caller: by a policy variable in an entry of Resource, or by the tags of the
// resource.
type personalGrant struct {
	// on are those whom the other entries may mean.
	on      set
	entries []personalEntry
	// tags must all be had.
	tags []tagWanted
}

// personalEntry is the resource part of an entry of Resource with policy
// variables in it.
type personalEntry struct {
	tail policy.Template
	// runs tells that the entry may begin before its resource part.
	runs bool
}

// tagWanted is a tag of the resource, in lower case, and the values of which it
// must have one.
type tagWanted struct {
	tag    string
	values []policy.Template
}

// newPersonalGrant takes a statement about an action, in lower case, apart; nil
// where it allows it on the same holders whoever asks.
func (c *coverage) newPersonalGrant(s *policy.Statement, action string, variables bool) *personalGrant {
	g := &personalGrant{tags: tagsWanted(s, action, variables)}
	if s.Resource == nil {
		g.on = set{all: true}
	}
	for _, x := range s.Resource {
		if e, ok := newPersonalEntry(x.Text); ok && variables {
			g.entries = append(g.entries, e)
		} else {
			g.on = g.on.or(c.matching(x.Text))
		}
	}
	if len(g.entries) == 0 && len(g.tags) == 0 {
		return nil
	}
	return g
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

// tagsWanted are the tags that a resource must have for a statement to be about
// an action on it. What is made has no tags yet, and those of a role that is
// passed do not count.
func tagsWanted(s *policy.Statement, action string, variables bool) []tagWanted {
	known, ok := catalog.LookupAction(action)
	if !ok || len(known.UnreliableKeys()) > 0 || strings.HasPrefix(known.Name, "Create") {
		return nil
	}
	var out []tagWanted
	for i := range s.Condition {
		c := &s.Condition[i]
		tag, ok := resourceTag(c)
		operator, _ := c.Operator.Known()
		key, _ := c.Key.Known()
		if !ok || operator != "StringEquals" || known.Presence(strings.ToLower(key)) == catalog.PresentNever {
			continue
		}
		want := tagWanted{tag: tag}
		for _, v := range c.Values {
			want.values = append(want.values, policy.ParseTemplate(v.Text, variables))
		}
		out = append(out, want)
	}
	return out
}

// meant are the holders that a statement may allow something on when a principal
// asks: aws:username is the name of that principal, and nothing where a role
// asks.
func (c *coverage) meant(p *authz.Principal, g *personalGrant) set {
	on := g.on
	for i := range g.entries {
		glob, ok := c.written(p, g.entries[i].tail, "*")
		if ok {
			on = on.or(c.matchingGlob(glob, g.entries[i].runs))
		}
	}
	if c.grants(p, "iam:tagrole") || c.grants(p, "iam:taguser") {
		// It may give the tags first.
		return on
	}
	for i := range g.tags {
		on = on.and(c.having(p, &g.tags[i]))
	}
	return on
}

// having are the holders that may have one of the values of a tag.
func (c *coverage) having(p *authz.Principal, want *tagWanted) set {
	var out set
	for _, v := range want.values {
		const unknown = "\x00"
		switch value, ok := c.written(p, v, unknown); {
		case !ok:
		case strings.Contains(value, unknown):
			return set{all: true}
		default:
			out = out.or(c.withTag(want.tag, value))
		}
	}
	return out
}

// written is a text as it reads when a principal asks, with another text in
// the place of what is not known; ok is false where it matches nothing.
func (c *coverage) written(p *authz.Principal, t policy.Template, unknown string) (text string, ok bool) {
	var b strings.Builder
	for _, part := range t.Parts {
		switch {
		case part.Literal != "":
			b.WriteString(part.Literal)
		case part.Variable == nil:
			b.WriteString(unknown)
		default:
			value, has, sure := c.valueOf(p, part.Variable)
			switch {
			case !sure:
				b.WriteString(unknown)
			case !has:
				return "", false
			default:
				b.WriteString(value)
			}
		}
	}
	return b.String(), true
}

// valueOf is what stands for a policy variable when a principal asks; has is false
// where nothing does, so that the text that it is in matches nothing. sure is
// false where it may be anything.
func (c *coverage) valueOf(p *authz.Principal, v *policy.Variable) (value string, has, sure bool) {
	key, known := v.Key.Known()
	if !known {
		return "", false, false
	}
	x, has, sure := p.Own(key)
	if !sure || strings.Contains(key, "/") && c.mayTagItself(p) {
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
