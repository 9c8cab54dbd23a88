package authz

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
)

// What one statement says of an action is within what another says where that
// can be read off: it names the same resources or fewer, under the same
// conditions or more. It then applies nowhere else, whatever is hidden, and
// however what AWS does not document is read. Statements of which that cannot be
// read off are left to a search.

// isAbout reports whether a statement may be about an action, given in lower
// case.
func (s *statement) isAbout(action string) bool { return s.coversAction(action) != policy.False }

// without is the statement without the resources for which it is within one of
// some others; nil if none is left. An action "" means all.
func (s *statement) without(others []*statement, action string) *statement {
	var near []*statement
	for _, o := range others {
		if s.isNear(o, action) {
			near = append(near, o)
		}
	}
	if len(near) == 0 {
		return s
	}
	if s.source.Resource == nil || s.source.NotResource != nil {
		if slices.ContainsFunc(near, func(o *statement) bool { return o.coversAll() || s.sameResources(o) }) {
			return nil
		}
		return s
	}
	left := func(i int) bool {
		return !slices.ContainsFunc(near, func(o *statement) bool { return o.coversEntry(s.source.Resource[i].Text) })
	}
	out, source := *s, *s.source
	out.resource, source.Resource = nil, nil
	for i := range s.source.Resource {
		if left(i) {
			out.resource = append(out.resource, s.resource[i])
			source.Resource = append(source.Resource, s.source.Resource[i])
		}
	}
	switch len(out.resource) {
	case 0:
		return nil
	case len(s.resource):
		return s
	}
	out.source = &source
	out.tails = out.exactTails()
	return &out
}

// isNear reports whether a statement applies where another does not only
// because of its resources.
func (s *statement) isNear(o *statement, action string) bool {
	if o.doubt != nil && (s.doubt == nil || *s.doubt != *o.doubt) || s.variables != o.variables && (s.hasVariables() || o.hasVariables()) {
		return false
	}
	if (action == "" || o.coversAction(action) != policy.True) &&
		(!sameEntries(s.source.Action, o.source.Action) || !sameEntries(s.source.NotAction, o.source.NotAction)) {
		return false
	}
	return !slices.ContainsFunc(o.conditions, func(c *condition) bool {
		return !slices.ContainsFunc(s.conditions, c.isSame)
	})
}

// hasVariables reports whether something stands in the statement that is a
// policy variable in documents that have any.
func (s *statement) hasVariables() bool {
	found := false
	eachTextOf(s.source, func(x policy.Text) {
		found = found || slices.ContainsFunc(x.Parts(), func(p policy.Part) bool { return strings.Contains(p.Literal, "${") })
	})
	return found
}

// isSame reports whether two conditions are written alike.
func (c *condition) isSame(o *condition) bool {
	return strings.EqualFold(c.source.Operator.Key(), o.source.Operator.Key()) && strings.EqualFold(c.source.Key.Key(), o.source.Key.Key()) &&
		sameEntries(c.source.Values, o.source.Values)
}

// sameEntries reports whether two lists have the same entries, in whatever
// order. One that is not there is not an empty one.
func sameEntries(a, b []policy.Element) bool {
	within := func(a, b []policy.Element) bool {
		return !slices.ContainsFunc(a, func(x policy.Element) bool {
			return !slices.ContainsFunc(b, func(y policy.Element) bool { return x.Text.Equal(y.Text) })
		})
	}
	return (a == nil) == (b == nil) && within(a, b) && within(b, a)
}

// coversAll reports whether the statement is about every resource.
func (s *statement) coversAll() bool {
	return s.source.NotResource == nil && slices.ContainsFunc(s.resource, func(p *pattern) bool { return p.star })
}

func (s *statement) sameResources(o *statement) bool {
	return sameEntries(s.source.Resource, o.source.Resource) && sameEntries(s.source.NotResource, o.source.NotResource)
}

// coversEntry reports whether the statement is about all that an entry of
// Resource takes.
func (s *statement) coversEntry(x policy.Text) bool {
	return s.source.NotResource == nil && (s.coversAll() ||
		slices.ContainsFunc(s.source.Resource, func(e policy.Element) bool { return e.Text.Equal(x) || isWithinPattern(x, e.Text) }))
}

// isWithinPattern reports whether a pattern over ARNs takes all that another
// does: the wildcards of the one are taken by stars of the other, part by part,
// so that it holds whether stars go on past a colon or not.
func isWithinPattern(x, pattern policy.Text) bool {
	text, known := x.Known()
	wide, wideKnown := pattern.Known()
	if !known || !wideKnown || strings.Contains(wide, "?") || strings.Contains(text+wide, "${") {
		return false
	}
	parts, wideParts := strings.SplitN(text, ":", arnSegments), strings.SplitN(wide, ":", arnSegments)
	if len(parts) != arnSegments || len(wideParts) != arnSegments {
		return false
	}
	for i := range parts {
		if !policy.Glob(wideParts[i], parts[i]) {
			return false
		}
	}
	return true
}
