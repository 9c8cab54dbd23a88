package planfile

import (
	"encoding/json"
	"strconv"

	"github.com/boundlint/boundlint/lint/source/schema"
)

// marks tell which parts of a value are sensitive.
type marks struct {
	whole bool
	// parts are those of a part by its name or index.
	parts map[string]*marks
}

// part is that of a name or index, made if need be.
func (m *marks) part(name string) *marks {
	if m.parts == nil {
		m.parts = map[string]*marks{}
	}
	if m.parts[name] == nil {
		m.parts[name] = &marks{}
	}
	return m.parts[name]
}

// mark marks what a path leads to. The element of a set has no index but
// itself: the whole set is marked then.
func (m *marks) mark(path []any) {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			m = m.part(step)
		case json.Number:
			m = m.part(step.String())
		default:
			m.whole = true
			return
		}
	}
	m.whole = true
}

// declared marks what the provider declares to be secret in a body whose value
// is v. Terraform marks a set as a whole.
func (m *marks) declared(body *schema.Block, v any) {
	object, ok := v.(map[string]any)
	if body == nil || !ok {
		return
	}
	for _, name := range body.Names() {
		if a := body.Attribute(name); a != nil {
			if _, told := object[name]; told && a.Sensitive {
				m.part(name).whole = true
			}
			continue
		}
		if n := body.Nested(name); n != nil {
			m.nested(name, n, object[name])
		}
	}
}

// nested does so for the blocks of a name.
func (m *marks) nested(name string, n *schema.Nested, v any) {
	inner := &marks{}
	switch v := v.(type) {
	case []any:
		for i, e := range v {
			inner.part(strconv.Itoa(i)).declared(n.Block(), e)
		}
	case map[string]any:
		if n.Mode == schema.Map {
			for key, e := range v {
				inner.part(key).declared(n.Block(), e)
			}
		} else {
			inner.declared(n.Block(), v)
		}
	}
	switch {
	case !inner.any():
	case n.Mode == schema.Set:
		m.part(name).whole = true
	default:
		m.part(name).add(inner)
	}
}

// add adds other marks of the same value.
func (m *marks) add(other *marks) {
	m.whole = m.whole || other.whole
	for name, p := range other.parts {
		m.part(name).add(p)
	}
}

// any reports whether anything is marked.
func (m *marks) any() bool {
	if m == nil {
		return false
	}
	for _, p := range m.parts {
		if p.any() {
			return true
		}
	}
	return m.whole
}

// tree is the tree of marks of a value, as terraform show -json prints it; a
// mark inside of what has no parts is one on it.
func (m *marks) tree(v any) any {
	if m == nil {
		m = &marks{}
	}
	if m.whole {
		return true
	}
	switch v := v.(type) {
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = m.parts[strconv.Itoa(i)].tree(e)
		}
		return list
	case map[string]any:
		object := map[string]any{}
		for name, e := range v {
			if t := m.parts[name].tree(e); t != false {
				object[name] = t
			}
		}
		return object
	}
	return m.any()
}
