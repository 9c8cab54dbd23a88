package tfconfig

import (
	"slices"
	"strconv"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/resource"
)

// Planned is what a plan knows of the instances of resources and modules.
type Planned struct {
	// Keys are the instance keys (0, or the text of a string) by address
	// without the last key. The instances of a block that is not in it are not
	// known, unless Complete says so.
	Keys map[string][]string
	// Complete tells that a resource of a type that models are made of has no
	// instances where Keys does not have it.
	Complete bool
	// Value is a known text among the attributes of a resource instance; it is
	// not ok where the plan does not have it.
	Value func(address, attribute string) (text string, sensitive, ok bool)
}

// plannedInstances are the instances that a plan has of a block whose number
// of instances the configuration does not tell. list is what stands for them.
func (e *env) plannedInstances(kind expansionKind, a *hclsyntax.Attribute, what string, list []expanded) []expanded {
	p := e.ev.planned
	if p == nil {
		return list
	}
	keys, ok := p.Keys[e.module.path+what]
	switch {
	case !ok && p.Complete && readsBlock(what):
		return nil
	case !ok:
		return list
	}
	var out []expanded
	for _, key := range keys {
		if kind == expandCount {
			if n, err := strconv.Atoi(key); err == nil {
				out = append(out, expanded{key: key, vars: []binding{{"count", &counter{cty.NumberIntVal(int64(n))}}}})
			}
			continue
		}
		out = append(out, e.plannedInstance(a, key, list))
	}
	return out
}

// readsBlock reports whether the address of a block in its module is that of
// a resource that plans are read for.
func readsBlock(what string) bool {
	steps := policy.SplitAddress(what)
	if len(steps) == 3 && steps[0] == "data" {
		return resource.Reads(steps[1], true)
	}
	return len(steps) == 2 && resource.Reads(steps[0], false)
}

// iteration is what each.key and each.value are, where an instance has them.
func (x expanded) iteration() (each *iteration, ok bool) {
	if len(x.vars) > 0 {
		each, ok = x.vars[0].is.(*iteration)
	}
	return each, ok
}

// plannedInstance is one instance by for_each. Its value is what for_each says
// of that key, where it does; in a set it is the key; else it is a symbol of
// its own.
func (e *env) plannedInstance(a *hclsyntax.Attribute, key string, list []expanded) expanded {
	i := slices.IndexFunc(list, func(x expanded) bool { return x.key == key })
	if i >= 0 {
		list[i].may = nil
		return list[i]
	}
	k := cty.StringVal(key)
	var value place = k
	if len(list) > 0 {
		i = max(0, slices.IndexFunc(list, func(x expanded) bool { return x.may != nil && x.may.many }))
		if each, ok := list[i].iteration(); ok {
			if v, ok := each.value.(cty.Value); !ok || !v.RawEquals(each.key) {
				value = e.inventElement(a, key, each.value)
			}
		}
	}
	return expanded{key: key, vars: []binding{{"each", &iteration{k, value}}}}
}

// inventElement makes up the value of a for_each at a key, of the type of
// those at other keys.
func (e *env) inventElement(a *hclsyntax.Attribute, key string, like place) cty.Value {
	ty := cty.DynamicPseudoType
	if v, ok := like.(cty.Value); ok {
		ty = v.Type()
	}
	rng := a.Expr.Range()
	s := e.unknownAt(rng, resource.QuoteKey(key))
	return e.ev.invent(*s, ty, nil)
}

// planned is an attribute with what a plan knows of it. Documents stay as they
// are evaluated: their statements have places.
func (i *instance) planned(name string, evaluate func(string) cty.Value) cty.Value {
	p := i.module.ev.planned
	if p == nil || p.Value == nil || i.typ() == "data.aws_iam_policy_document" {
		return evaluate(name)
	}
	text, sensitive, ok := p.Value(i.address, name)
	if !ok {
		return evaluate(name)
	}
	v := evaluate(name)
	u, marks := v.Unmark()
	if isText(u) && !policy.ContainsToken(u.AsString()) {
		return v
	}
	if a := i.block.body().Attributes[name]; a != nil && !i.block.data && isText(u) && i.module.ev.symbolOf(u) == nil {
		// A text with symbols in it that the configuration composes: what
		// is certain of it leads to its places.
		return v
	}
	if u.IsKnown() && !isText(u) {
		return v
	}
	v = cty.StringVal(text).WithMarks(marks)
	if sensitive {
		v = v.Mark(markSensitive)
	}
	return v
}
