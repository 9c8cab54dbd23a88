package escalation

import (
	"github.com/boundlint/boundlint/lint/compute"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// launched are the launch templates of the input by the version that something
// launches: a principal that writes that version decides what is launched. A group or
// fleet of the input tells it. A template that none of them launches by such a
// name may be launched by something that the input does not contain.
func launched(m *iam.Model) []*computeResource {
	var out []*computeResource
	for _, t := range m.AllCompute() {
		if t.Gone() || t.Kind != compute.LaunchTemplate {
			continue
		}
		thing := func(which compute.Kind, doubt string, by *policy.Symbol) {
			one := &iam.Compute{Address: t.Address, Provider: t.Provider, MayNotExist: t.MayNotExist, Kind: which, ARN: t.ARN, Tags: t.Tags}
			out = append(out, &computeResource{one, doubt, by})
		}
		use := usedVersions(m, t)
		switch {
		case use.byDefault:
			thing(compute.LaunchedDefault, "", nil)
		case use.hidden != nil:
			thing(compute.LaunchedDefault, "it is not known which version of "+t.Address+" is launched", use.hidden)
		}
		switch {
		case use.byLatest:
			thing(compute.LaunchedLatest, "", nil)
		case use.hidden != nil:
			thing(compute.LaunchedLatest, "it is not known which version of "+t.Address+" is launched", use.hidden)
		}
	}
	return out
}

// versionsUsed says how groups and fleets name the version of a template that
// they launch. hidden is what hides it for one of them.
type versionsUsed struct {
	byDefault, byLatest bool
	hidden              *policy.Symbol
}

func usedVersions(m *iam.Model, t *iam.Compute) versionsUsed {
	var out versionsUsed
	for _, g := range m.AllCompute() {
		if g.Gone() || g.Leads != t || g.Kind == compute.Instance {
			// An instance is launched once.
			continue
		}
		version := policy.Literal("$Default") // where none is set
		if g.Version != nil {
			version = g.Version.Text
		}
		text, known := version.Known()
		switch s := version.Symbol(); {
		case known:
			out.byDefault = out.byDefault || text == "$Default"
			out.byLatest = out.byLatest || text == "$Latest"
		case s != nil && s.Kind == policy.SymbolReference:
			// A number that Terraform reads of the template.
		case len(version.Symbols()) > 0:
			out.hidden = version.Symbols()[0]
		}
	}
	return out
}
