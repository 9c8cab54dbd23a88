package tfplan

import (
	"iter"

	"github.com/boundlint/boundlint/lint/source/resource"
	"github.com/boundlint/boundlint/lint/source/tfstate"
)

// before are the resources that were there before the plan, as a state tells
// them. One that the plan moves has the address that it will have, so that it is
// the same before and after.
func (res *resolver) before() iter.Seq[resource.Resource] {
	return func(yield func(resource.Resource) bool) {
		for _, c := range res.rd.order {
			if r, ok := res.resourceBefore(c); ok && !yield(r) {
				return
			}
		}
		for _, p := range res.rd.onlyPrior() {
			if !yield(tfstate.Resource(&res.values, p)) {
				return
			}
		}
	}
}

// resourceBefore is the resource before its change, false where there was none.
func (res *resolver) resourceBefore(c *change) (resource.Resource, bool) {
	known := res.rd.trees(c)
	before, ok := known.before.(map[string]any)
	if !ok || c.isData() {
		return resource.Resource{}, false
	}
	r := resource.Resource{
		Address: c.Address, Module: c.ModuleAddress, Type: c.Type, Provider: tfstate.ProviderName(c.ProviderName), Echo: tfstate.Echo(),
		Values: res.values.Attributes(c.Address, before, known.beforeSensitive, c.oddBefore),
	}
	if b, _ := res.block(c.Address); b != nil {
		r.Provider = b.provider
	}
	return r, true
}
