package lint

import (
	"cmp"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/iam"
)

// inForce tells what had a say in this run. covered are how many findings each
// exemption covers.
func (r *run) inForce(covered []int, ignores *ignoreSet) InForce {
	out := InForce{Exclude: r.opts.Exclude}
	if s := r.settings; s.File != "" {
		c := Configuration{
			FileDigest: FileDigest{s.File, s.Digest}, Documents: s.Documents, Preset: s.Preset,
			Trusted: s.Trusted, Boundaries: s.Boundaries, Naming: s.Naming, Exclude: s.Exclude,
		}
		for _, set := range s.Rules {
			rule := r.known[set.ID]
			switch {
			case rule == nil:
			case r.enabled[rule.ID] == nil && s.enabledByDefault(rule):
				c.Off = append(c.Off, rule.ID)
			case r.enabled[rule.ID] != nil && set.Severity != nil && *set.Severity < max(rule.Severity, r.capped[rule.ID]):
				c.Lowered = append(c.Lowered, Lowered{rule.ID, max(rule.Severity, r.capped[rule.ID]), *set.Severity})
			}
		}
		for i, e := range s.Exemptions {
			c.Exemptions = append(c.Exemptions, ExemptionInForce{Exemption: e, Findings: covered[i], Expired: r.expired(e.Until)})
		}
		out.Configurations = []Configuration{c}
	}
	for _, i := range ignores.list {
		if i.fault == "" {
			out.Ignores = append(out.Ignores, IgnoreInForce{
				Rule: i.Rule, Reason: i.Reason, Until: i.Until, Findings: i.covered, Location: i.Location,
			})
		}
	}
	slices.SortStableFunc(out.Ignores, func(a, b IgnoreInForce) int {
		return cmp.Or(iam.CompareLocations(a.Location, b.Location), strings.Compare(a.Rule, b.Rule))
	})
	return out
}
