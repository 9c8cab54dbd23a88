package tfplan

import "github.com/boundlint/boundlint/lint/policy"

// A reference in a plan may have lost its end: a splat its instance and its
// attribute, module.x[each.key].arn its output. Where only one thing can be
// meant, that is meant.

// only is what a reference that has lost its instance, or its output, can mean:
// the one instance of a resource, where that type fits the position, or the
// one resource that fits among the outputs of a module. Anything else is as it
// was.
func (res *resolver) only(l leaf, p position) leaf {
	if l.module != "" {
		return res.onlyOutput(l, p)
	}
	instances := res.instances[l.all]
	if l.all == "" || len(instances) != 1 || instances[0].mayNotExist {
		return l
	}
	natural := p.natural(policy.TypeOf(l.all))
	if natural == "" || natural != "name" && res.isKnown(instances[0].Address, natural) {
		return l
	}
	return leaf{name: l.name, address: instances[0].Address}
}

// onlyOutput is the resource that the outputs of a module lead to, if just one
// fits the position.
func (res *resolver) onlyOutput(l leaf, p position) leaf {
	sc, _ := res.enter(l.module)
	if sc == nil || res.searching > maxSteps {
		return l
	}
	res.searching++
	defer func() { res.searching-- }()
	var found leaf
	for _, e := range sc.module.outputs {
		list := res.leaves(references(e), origin{scope: sc}).list
		if len(list) != 1 {
			continue
		}
		x := res.only(list[0], p)
		typ := policy.TypeOf(x.address)
		if x.address == "" || p.natural(typ) == "" || x.attribute != "" && !p.accepts(typ, x.attribute) {
			continue
		}
		if found.address != "" && found.address != x.address {
			return l
		}
		found = leaf{name: x.name, address: x.address}
	}
	if found.address == "" {
		return l
	}
	return found
}

// spreadOut puts the instances of a resource in the place of a splat, where
// holders are asked for, and the one that it can mean where it is one.
func (res *resolver) spreadOut(list []leaf, p position) []leaf {
	var out []leaf
	for _, l := range list {
		if l.all == "" || p.natural(policy.TypeOf(l.all)) != "name" || len(res.instances[l.all]) == 0 {
			out = append(out, res.only(l, p))
			continue
		}
		for _, c := range res.instances[l.all] {
			out = append(out, leaf{name: l.name, address: c.Address})
		}
	}
	return out
}
