package tfplan

import (
	"slices"
	"strings"
)

// forget drops of a resource that has been made what nobody asks for any more,
// where there are many like it. References ask which attributes it has and which
// of them are unknown; only a data source is asked for values, those of its
// document.
func (rd *reader) forget(c *change, known *trees) {
	if c.text != nil && !c.isData() {
		c.known, c.text = rd.remains.of(known), nil
	}
}

// remains are what is left of the attributes of resources, once for all that
// have the same ones.
type remains map[string]*trees

// of are the names of the attributes, with marks for those that are unknown.
func (r remains) of(known *trees) *trees {
	after, _ := known.after.(map[string]any)
	unknown, _ := known.afterUnknown.(map[string]any)
	whole, _ := known.afterUnknown.(bool)
	var few [64]string
	names := few[:0]
	for name := range after {
		names = append(names, name)
	}
	var hidden []string
	for name, marks := range unknown {
		if anyTrue(marks) {
			hidden = append(hidden, name)
		} else {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	slices.Sort(hidden)
	names = slices.Compact(names)
	key := strings.Join(names, "\x00") + "\x01" + strings.Join(hidden, "\x00")
	if whole {
		key += "\x01"
	}
	if r[key] == nil {
		r[key] = remainder(names, hidden, whole)
	}
	return r[key]
}

// remainder is what is left of attributes of which some, or the whole, are
// unknown.
func remainder(names, hidden []string, whole bool) *trees {
	after, marks := map[string]any{}, map[string]any{}
	for _, name := range names {
		after[name] = nil
	}
	for _, name := range hidden {
		marks[name] = true
	}
	if whole {
		return &trees{after: after, afterUnknown: true}
	}
	return &trees{after: after, afterUnknown: marks}
}
