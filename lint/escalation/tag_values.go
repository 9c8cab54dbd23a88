package escalation

import "github.com/boundlint/boundlint/lint/policy"

// tagValues are the holders by what they have under one tag.
type tagValues struct {
	// byValue are those with a value, by its key, and absent those without the
	// tag.
	byValue map[string]*group
	absent  group
	// hidden are those of whom it cannot be seen whether they have it, and open
	// those besides whose value is not wholly known.
	hidden, open set
}

// valuesOf are the holders by what they have under a tag, given in lower case.
func (c *coverage) valuesOf(tag string) *tagValues {
	if known, ok := c.byTag[tag]; ok {
		return known
	}
	out := &tagValues{byValue: map[string]*group{}, hidden: newSet(c.count), open: newSet(c.count)}
	for i, h := range c.holders {
		value, has, hidden := tagValue(h.Entity.Tags, tag)
		key := value.Key()
		switch {
		case hidden:
			out.hidden.add(i)
			continue
		case !has:
			out.absent.list = append(out.absent.list, i)
			continue
		case !value.IsKnown():
			out.open.add(i)
		}
		if out.byValue[key] == nil {
			out.byValue[key] = &group{}
		}
		out.byValue[key].list = append(out.byValue[key].list, i)
	}
	c.byTag[tag] = out
	return out
}

// sameTag are the holders with what holder i has under a tag; ok is false where
// that cannot be seen.
func (c *coverage) sameTag(tag string, i int) (same set, ok bool) {
	values := c.valuesOf(tag)
	value, has, _ := tagValue(c.holders[i].Entity.Tags, tag)
	switch {
	case has:
		return values.byValue[value.Key()].set(c.count), true
	case values.hidden.has(i):
		return set{}, false
	}
	return values.absent.set(c.count), true
}

// withTag are the holders that may have a value under a tag.
func (c *coverage) withTag(tag, value string) set {
	values := c.valuesOf(tag)
	out := newSet(c.count)
	out.union(values.hidden)
	out.union(values.open)
	if g := values.byValue[policy.Literal(value).Key()]; g != nil {
		out.addAll(g.list)
	}
	return out
}
