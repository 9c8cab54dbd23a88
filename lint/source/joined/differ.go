package joined

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/resource"
)

// differ reports whether a value that the plan knows is certainly not what
// the configuration evaluates to. What providers make the same is the same:
// null, "" and an empty list; lists in another order; documents that mean the
// same.
func (j *join) differ(p, c resource.Value) bool {
	switch {
	case c.Kind == resource.Unknown || c.Maybe != nil || c.Nullable && p.Kind == resource.Null:
		return false
	case isEmpty(p):
		return !isEmpty(c) && !mayBeEmpty(c)
	case isEmpty(c):
		return true
	case p.Kind != c.Kind:
		return true
	}
	switch p.Kind {
	case resource.Scalar:
		return j.textsDiffer(p.Text, c.Text)
	case resource.List:
		return j.listsDiffer(p.List, c.List)
	case resource.Object:
		for name, x := range c.Object {
			if j.differ(p.Object[name], x) {
				return true
			}
		}
	case resource.Null, resource.Unknown:
	}
	return false
}

// isEmpty reports whether a provider treats a value as not set.
func isEmpty(v resource.Value) bool {
	switch v.Kind {
	case resource.Null:
		return true
	case resource.Scalar:
		return v.Text.IsEmpty()
	case resource.List:
		return len(v.List) == 0
	case resource.Object:
		return len(v.Object) == 0
	case resource.Unknown:
	}
	return false
}

// mayBeEmpty reports whether a value may turn out not to be set.
func mayBeEmpty(v resource.Value) bool {
	switch v.Kind {
	case resource.Scalar:
		return v.Nullable || v.Text.Prefix() == "" && v.Text.Suffix() == ""
	case resource.List:
		for _, e := range v.List {
			if e.Maybe == nil && !isSpread(e) && !mayBeEmpty(e) && !isEmpty(e) {
				return false
			}
		}
		return true
	case resource.Object:
		// A block with nothing in it is how providers are told of none.
		for _, e := range v.Object {
			if !mayBeEmpty(e) && !isEmpty(e) {
				return false
			}
		}
		return true
	case resource.Null, resource.Unknown:
	}
	return true
}

func (j *join) textsDiffer(p, c policy.Text) bool {
	if !p.Differs(c) {
		return false
	}
	a := align(j.options.Symbols, p, c)
	if a != nil {
		return !compatible(j.options.Symbols, a.plan, a.config)
	}
	// Numbers and booleans are written in several ways, and the provider
	// reads names of its own constants in any case.
	return !strings.EqualFold(p.String(), c.String()) || !p.IsKnown() || !c.IsKnown()
}

// listsDiffer compares lists as sets: most of the provider's are.
func (j *join) listsDiffer(plan, config []resource.Value) bool {
	if len(plan)*len(config) > maxCompared {
		return false
	}
	open := false
	for _, c := range config {
		if c.Maybe != nil || isSpread(c) {
			open = true
			continue
		}
		if !slices.ContainsFunc(plan, func(p resource.Value) bool { return !j.differ(p, c) }) && !mayBeEmpty(c) {
			return true
		}
	}
	for _, p := range plan {
		if !open && !isEmpty(p) && !slices.ContainsFunc(config, func(c resource.Value) bool { return !j.differ(p, c) }) {
			return true
		}
	}
	return false
}
