package tfplan

import (
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// A plan tells the references in an expression and not the expression. What
// follows finds out which of them hide a value: those that the plan knows do
// not, variables of modules lead to the arguments of the call, outputs into
// the module.

// leaf is a reference that hides a value.
type leaf struct {
	// name is what a person calls it: with the address of its module.
	name string
	// address is the resource instance it refers to, "" where it is no
	// resource or not certain which instance.
	address string
	// attribute is the attribute, "" where the reference has lost it.
	attribute string
	// all is the address, without the last key, of a resource of which all
	// instances are meant: a splat, or a for expression.
	all string
	// module is the address of a module of which the output is lost.
	module string
	// nullable tells that it may be null.
	nullable bool
}

// leaves are the distinct references that hide the value of an expression.
type leaves struct {
	list []leaf
	// mixed tells that other references, whose values are known, stand in the
	// expression as well: several leaves may then be alternatives.
	mixed bool
}

func (l *leaves) add(x leaf) {
	if !slices.Contains(l.list, x) {
		l.list = append(l.list, x)
	}
}

func (l *leaves) names() []string {
	var out []string
	for _, x := range l.list {
		out = append(out, x.name)
	}
	return out
}

// maxSteps bounds how far references are followed through modules. Terraform
// refuses cycles; a plan made by hand may have one.
const maxSteps = 64

// origin is where an expression stands.
type origin struct {
	scope *scope
	// block is the resource block, nil for module calls and outputs.
	block *block
	// key is the instance key of the resource or module call.
	key string
	// forEach are the references of the for_each beside the expression.
	forEach []string
	steps   int
}

func (o origin) at(sc *scope) origin { return origin{scope: sc, steps: o.steps + 1} }

// leaves follows the references of an expression.
func (res *resolver) leaves(refs []string, o origin) *leaves {
	out := &leaves{}
	res.collect(out, refs, o, nil)
	return out
}

// collect adds the leaves of refs. tail is what the reader goes on to take of
// the value: the rest of var.config.boundary after var.config.
func (res *resolver) collect(out *leaves, refs []string, o origin, tail []string) {
	if o.steps > maxSteps || o.scope == nil {
		return
	}
	refs = longest(refs)
	for i, ref := range refs {
		next := ""
		if i+1 < len(refs) {
			next = refs[i+1]
		}
		res.reference(out, ref, tail, next, o)
	}
}

func (res *resolver) reference(out *leaves, ref string, tail []string, next string, o origin) {
	steps := policy.SplitAddress(ref)
	switch head := steps[0]; {
	case head == "var" || head == "module" || head == "each":
		steps = append(steps, tail...)
	case isResource(steps) && len(tail) == 1 && res.hasAttribute(o.scope.full(ref), tail[0]):
		// The resource as a whole was passed on, and one attribute is taken
		// of it. A tail of any other shape belongs to an object into which
		// the value was put.
		steps = append(steps, tail...)
	}
	switch head := steps[0]; {
	case head == "var" && len(steps) > 1:
		res.variable(out, steps[1], steps[2:], o)
	case head == "each" || head == "count":
		res.each(out, steps, o)
	case head == "path" || head == "terraform" || head == "self":
		out.mixed = true
	case head == "local":
		out.add(leaf{name: o.scope.full(ref)})
	case head == "module" && len(steps) > 1:
		res.output(out, ref, steps[1:], next, o)
	default:
		res.attribute(out, ref, steps, next, o)
	}
}

// variable follows var.NAME to the argument of the module call.
func (res *resolver) variable(out *leaves, name string, tail []string, o origin) {
	name = policy.WithoutKeys(name)
	sc := o.scope
	if sc.parent == nil {
		if _, known := res.rd.variables[name]; known {
			out.mixed = true
			return
		}
		out.add(leaf{name: "var." + name, nullable: true})
		return
	}
	arg := sc.call.arguments[name]
	refs := references(arg)
	if len(refs) == 0 {
		out.mixed = true // a constant, or the default
		return
	}
	up := o.at(sc.parent)
	up.key, up.forEach = sc.key, sc.call.forEach
	before := len(out.list)
	res.collect(out, refs, up, tail)
	if len(out.list) == before {
		out.mixed = true
	}
}

// each follows each.value where for_each is one resource: chained for_each.
// Keys and counts are known in every plan.
func (res *resolver) each(out *leaves, steps []string, o origin) {
	if len(steps) < 2 || steps[0] == "count" || steps[1] != "value" {
		out.mixed = true
		return
	}
	up := origin{scope: o.scope, steps: o.steps + 1}
	refs := longest(o.forEach)
	if len(refs) == 1 && o.key != "" {
		inner := policy.SplitAddress(refs[0])
		if isResource(inner) && res.hasInstance(o.scope.full(refs[0]), o.key) {
			res.collect(out, []string{refs[0] + o.key}, up, steps[2:])
			return
		}
	}
	l := res.leaves(o.forEach, up)
	if len(l.list) == 1 {
		// What is known of the elements is known: only this can hide it.
		out.add(l.list[0])
		return
	}
	// Which element of for_each it is, is not in the plan.
	for _, x := range l.list {
		out.add(leaf{name: x.name, nullable: x.nullable})
	}
	if len(l.list) == 0 {
		if len(refs) > 0 {
			out.mixed = true
			return
		}
		out.add(leaf{name: o.scope.full(strings.Join(steps, "."))})
	}
}

func isResource(steps []string) bool {
	return len(steps) == 2 && steps[0] != "data" || len(steps) == 3 && steps[0] == "data"
}

// output follows NAME.OUTPUT, the steps after module, into the module.
func (res *resolver) output(out *leaves, ref string, steps []string, next string, o origin) {
	if len(steps) == 0 {
		return
	}
	name := steps[0]
	if keys := res.modules[o.scope.full("module."+name)]; len(keys) > 0 && len(steps) == 1 {
		switch {
		case isKey(next) && o.key != "" && slices.Contains(keys, o.key):
			name += o.key
		case len(keys) == 1 && !isKey(next):
			name += keys[0]
		}
	}
	all := res.repeated[o.scope.full("module."+name)]
	inner := o.scope.child(name)
	if len(steps) < 2 || inner == nil || all {
		// Without the key of the instance or the output, as in
		// module.x[each.key].arn, what is taken of the module is lost.
		lost := leaf{name: o.scope.full(ref)}
		if inner != nil && !all {
			lost.module = inner.path
		}
		out.add(lost)
		return
	}
	e := inner.module.outputs[policy.WithoutKeys(steps[1])]
	if e == nil {
		out.add(leaf{name: o.scope.full(ref)})
		return
	}
	before := len(out.list)
	down := o.at(inner)
	res.collect(out, references(e), down, steps[2:])
	if len(out.list) == before {
		out.mixed = true
	}
}

// attribute adds a reference to a resource, unless the plan knows its value.
func (res *resolver) attribute(out *leaves, ref string, steps []string, next string, o origin) {
	n := 2
	if steps[0] == "data" {
		n = 3
	}
	if len(steps) < n {
		out.add(leaf{name: o.scope.full(ref)})
		return
	}
	address := strings.Join(steps[:n], ".")
	rest := steps[n:]
	if !strings.Contains(steps[n-1], "[") {
		repeated := res.repeated[o.scope.full(address)]
		switch {
		case repeated && isKey(next) && o.key != "":
			address += o.key
		case repeated && res.allKnown(o.scope.full(address)):
			out.mixed = true
			return
		case repeated || len(rest) == 0 && !res.isDeclared(o.scope, address):
			// All instances, or a resource of which nothing is kept: which
			// value is taken of it is lost.
			out.add(leaf{name: o.scope.full(ref), all: o.scope.full(address)})
			return
		}
	}
	full := o.scope.full(address)
	attribute := strings.Join(rest, ".")
	if res.isKnown(full, attribute) {
		out.mixed = true
		return
	}
	name := full
	if attribute != "" {
		name += "." + attribute
	}
	out.add(leaf{name: name, address: full, attribute: attribute})
}

func isKey(ref string) bool { return ref == "each.key" || ref == "count.index" }

// isKnown reports whether the plan knows an attribute. Of resources that the
// model is not made of nothing is kept: they count as not known, except data
// sources that have been read.
func (res *resolver) isKnown(address, attribute string) bool {
	if c := res.rd.changes[address]; c != nil {
		if attribute == "" {
			return false
		}
		if changeKind(c.Actions) == iam.ChangeDelete {
			return true
		}
		first, _, _ := strings.Cut(attribute, ".")
		first = policy.WithoutKeys(first)
		switch unknown := res.rd.trees(c).afterUnknown.(type) {
		case bool:
			return !unknown
		case map[string]any:
			return !anyTrue(unknown[first])
		}
		return true
	}
	if strings.HasPrefix(policy.TypeOf(address), "data.") {
		return !res.rd.deferred[address]
	}
	return res.priorAddresses[address]
}

// allKnown reports whether the plan knows every attribute of every instance of
// a resource: then a splat of it hides nothing.
func (res *resolver) allKnown(address string) bool {
	list := res.instances[address]
	return len(list) > 0 && !slices.ContainsFunc(list, func(c *change) bool {
		return changeKind(c.Actions) != iam.ChangeDelete && (c.mayNotExist || anyTrue(res.rd.trees(c).afterUnknown))
	})
}

// hasInstance reports whether a resource has an instance of that key.
func (res *resolver) hasInstance(address, key string) bool {
	return res.rd.changes[address+key] != nil || res.priorAddresses[address+key] ||
		len(res.instances[address]) == 0 && res.repeated[address]
}

// isDeclared reports whether a resource without keys is one that the model is
// made of.
func (res *resolver) isDeclared(sc *scope, address string) bool {
	return sc.module.blocks[address] != nil || res.rd.changes[sc.full(address)] != nil
}

// hasAttribute reports whether the plan shows an attribute of that name in
// some instance of a resource.
func (res *resolver) hasAttribute(address, name string) bool {
	c := res.rd.changes[address]
	if c == nil {
		if len(res.instances[address]) == 0 {
			return false
		}
		c = res.instances[address][0]
	}
	known := res.rd.trees(c)
	after, _ := known.after.(map[string]any)
	unknown, _ := known.afterUnknown.(map[string]any)
	_, told := after[name]
	_, hidden := unknown[name]
	return told || hidden
}

// anyTrue reports whether a tree of marks has a mark.
func anyTrue(marks any) bool {
	switch x := marks.(type) {
	case bool:
		return x
	case []any:
		return slices.ContainsFunc(x, anyTrue)
	case map[string]any:
		for _, e := range x {
			if anyTrue(e) {
				return true
			}
		}
	}
	return false
}

// source is the one reference out of which the value of an expression comes
// in the end, as it stands in configuration; "" where there are several, or
// where it is a constant.
func (res *resolver) source(e *tfjson.Expression, o origin) string {
	refs := longest(references(e))
	if len(refs) != 1 || o.steps > maxSteps || o.scope == nil {
		return ""
	}
	steps := policy.SplitAddress(refs[0])
	switch {
	case steps[0] == "var" && len(steps) > 1 && o.scope.parent != nil:
		return res.source(o.scope.call.arguments[policy.WithoutKeys(steps[1])], o.at(o.scope.parent))
	case steps[0] == "module" && len(steps) > 2:
		inner := o.scope.child(steps[1])
		if inner == nil {
			return ""
		}
		return res.source(inner.module.outputs[policy.WithoutKeys(steps[2])], o.at(inner))
	case steps[0] == "each" || steps[0] == "count":
		return ""
	}
	return policy.WithoutKeys(o.scope.full(refs[0]))
}
