package driver

import (
	"cmp"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
)

// inForce tells what had a say in this run. covered are how many findings each
// exemption covers.
func (r *run) inForce(covered []int, ignores *ignoreSet) lint.InForce {
	out := lint.InForce{Exclude: r.opts.Exclude}
	if s := r.settings; s.File != "" {
		c := lint.Configuration{
			FileDigest: lint.FileDigest{File: s.File, Digest: s.Digest}, Documents: s.Documents, Preset: s.Preset,
			Trusted: s.Trusted, Boundaries: s.Boundaries, Naming: s.Naming, Exclude: s.Exclude,
		}
		for _, set := range s.Rules {
			rule := r.known[set.ID]
			switch {
			case rule == nil:
			case r.enabled[rule.ID] == nil && s.EnabledByDefault(rule):
				c.Off = append(c.Off, rule.ID)
			case r.enabled[rule.ID] != nil && set.Severity != nil && *set.Severity < max(rule.Severity, r.capped[rule.ID]):
				c.Lowered = append(c.Lowered, lint.Lowered{Rule: rule.ID, From: max(rule.Severity, r.capped[rule.ID]), To: *set.Severity})
			}
		}
		for i, e := range s.Exemptions {
			c.Exemptions = append(c.Exemptions, lint.ExemptionInForce{Exemption: e, Findings: covered[i], Expired: r.expired(e.Until)})
		}
		out.Configurations = []lint.Configuration{c}
	}
	for _, i := range ignores.list {
		if i.fault == "" {
			out.Ignores = append(out.Ignores, lint.IgnoreInForce{
				Rule: i.Rule, Reason: i.Reason, Until: i.Until, Findings: i.covered, Location: i.Location,
			})
		}
	}
	slices.SortStableFunc(out.Ignores, func(a, b lint.IgnoreInForce) int {
		return cmp.Or(iam.CompareLocations(a.Location, b.Location), strings.Compare(a.Rule, b.Rule))
	})
	return out
}
