package tfplan

import "slices"

// forget drops of a resource that has been made what nobody asks for any more,
// where there are many like it. References ask which attributes it has and which
// of them are unknown; only a data source is asked for values, those of its
// document.
func (rd *reader) forget(c *change, known *trees) {
	if c.text == nil || c.isData() {
		return
	}
	r := &rd.remains
	r.names, r.hidden = r.names[:0], r.hidden[:0]
	after, _ := known.after.(map[string]any)
	for name := range after {
		r.names = append(r.names, name)
	}
	unknown, _ := known.afterUnknown.(map[string]any)
	for name, marks := range unknown {
		if anyTrue(marks) {
			r.hidden = append(r.hidden, name)
		} else {
			r.names = append(r.names, name)
		}
	}
	whole, _ := known.afterUnknown.(bool)
	c.known, c.text = r.left(whole), nil
}

// remains are what is left of the attributes of resources, once for all that
// have the same ones.
type remains struct {
	trees map[string]*trees
	// names are those of the attributes of the resource at hand, hidden those of the
	// unknown ones.
	names, hidden []string
	key           []byte
}

// left are the names at hand, with marks for those that are unknown, or for the whole.
func (r *remains) left(whole bool) *trees {
	slices.Sort(r.names)
	slices.Sort(r.hidden)
	r.names = slices.Compact(r.names)
	r.key = r.key[:0]
	for _, names := range [][]string{r.names, r.hidden} {
		for _, name := range names {
			r.key = append(append(r.key, name...), 0)
		}
		r.key = append(r.key, 1)
	}
	if whole {
		r.key = append(r.key, 1)
	}
	known := r.trees[string(r.key)]
	if known == nil {
		known = remainder(r.names, r.hidden, whole)
		if r.trees == nil {
			r.trees = map[string]*trees{}
		}
		r.trees[string(r.key)] = known
	}
	return known
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
