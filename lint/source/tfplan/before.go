package tfplan

import (
	tfjson "github.com/hashicorp/terraform-json"

	"github.com/boundlint/boundlint/lint/source/resource"
	"github.com/boundlint/boundlint/lint/source/tfstate"
)

// before are the resources that were there before the plan, as a state tells
// them. One that the plan moves has the address that it will have, so that it is
// the same before and after.
func (res *resolver) before() []resource.Resource {
	var out []resource.Resource
	moved := map[string]bool{}
	for _, c := range res.rd.order {
		moved[c.PreviousAddress] = true
		before, ok := c.Change.Before.(map[string]any)
		if !ok || c.Mode == tfjson.DataResourceMode {
			continue
		}
		r := resource.Resource{
			Address: c.Address, Module: c.ModuleAddress, Type: c.Type, Provider: tfstate.ProviderName(c.ProviderName), Echo: tfstate.Echo(),
			Values: res.values.Attributes(c.Address, before, c.Change.BeforeSensitive, c.oddBefore),
		}
		if b, _ := res.block(c.Address); b != nil {
			r.Provider = b.provider
		}
		out = append(out, r)
	}
	for _, p := range res.rd.prior {
		if res.rd.changes[p.Address] == nil && !moved[p.Address] {
			out = append(out, tfstate.Resource(&res.values, p))
		}
	}
	return out
}
