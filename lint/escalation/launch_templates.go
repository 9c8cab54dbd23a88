package escalation

import (
	"strings"

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
		add := func(which compute.Kind, certain bool, perhaps *policy.Symbol) {
			switch {
			case certain:
				thing(which, "", nil)
			case use.hidden != nil:
				thing(which, "it is not known which version of "+t.Address+" is launched", use.hidden)
			case perhaps != nil:
				thing(which, "it is not known whether "+t.Address+" is launched", perhaps)
			}
		}
		add(compute.LaunchedDefault, use.byDefault, use.perhapsDefault)
		add(compute.LaunchedLatest, use.byLatest, use.perhapsLatest)
	}
	return out
}

// versionsUsed says how groups and fleets name the version of a template that
// they launch. hidden is what hides it for one of them, and the others what hides that
// it is the template which one of them launches.
type versionsUsed struct {
	byDefault, byLatest                   bool
	hidden, perhapsDefault, perhapsLatest *policy.Symbol
}

// mayLaunchTemplate reports whether something hides which launch template a thing
// launches.
func mayLaunchTemplate(g *iam.Compute) bool {
	return g.Leads == nil && g.Hidden != nil && g.Through != nil && strings.Contains(g.Through.Location.Attribute, "launch_template")
}

func usedVersions(m *iam.Model, t *iam.Compute) versionsUsed {
	var out versionsUsed
	for _, g := range m.AllCompute() {
		perhaps := mayLaunchTemplate(g)
		if g.Gone() || g.Leads != t && !perhaps || g.Kind == compute.Instance {
			// An instance is launched once.
			continue
		}
		version := policy.Literal("$Default") // where none is set
		if g.Version != nil {
			version = g.Version.Text
		}
		text, known := version.Known()
		switch s := version.Symbol(); {
		case known && perhaps:
			switch text {
			case "$Default":
				out.perhapsDefault = g.Hidden
			case "$Latest":
				out.perhapsLatest = g.Hidden
			}
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
