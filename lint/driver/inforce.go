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
	for _, s := range slices.Concat(r.settings.Policies, []*lint.Settings{r.settings.Written()}) {
		if s.File != "" {
			out.Configurations = append(out.Configurations, r.configuration(s, covered))
		}
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

// configuration is what has an effect of one file: a policy, or the configuration.
func (r *run) configuration(s *lint.Settings, covered []int) lint.Configuration {
	c := lint.Configuration{
		FileDigest: lint.FileDigest{File: s.File, Digest: s.Digest}, Documents: s.Documents, Preset: s.Preset,
		Policy: slices.Contains(r.settings.Policies, s), Locks: locksOf(s),
		Trusted:    ofFile(s.File, r.settings.Trusted, func(t *lint.Trusted) iam.Location { return t.Location }),
		Boundaries: ofFile(s.File, r.settings.Boundaries, func(b *lint.ApprovedBoundary) iam.Location { return b.Location }),
		Naming:     ofFile(s.File, r.settings.Naming, func(n *lint.Naming) iam.Location { return n.Location }),
		Exclude:    slices.DeleteFunc(slices.Clone(s.Exclude), func(glob string) bool { return !slices.Contains(r.settings.Exclude, glob) }),
	}
	for _, set := range s.Rules {
		rule := r.known[set.ID]
		if rule == nil {
			continue
		}
		inForce, isSet := r.settings.SeverityOf(rule.ID)
		usual := max(rule.Severity, r.capped[rule.ID])
		switch on := r.enabled[rule.ID] != nil; {
		case !on && s.EnabledByDefault(rule):
			c.Off = append(c.Off, rule.ID)
		case on && isSet && set.Severity != nil && *set.Severity == inForce && inForce < usual:
			c.Lowered = append(c.Lowered, lint.Lowered{Rule: rule.ID, From: usual, To: inForce})
		}
	}
	for i, e := range r.settings.Exemptions {
		if e.Location.File == s.File {
			c.Exemptions = append(c.Exemptions, lint.ExemptionInForce{Exemption: e, Findings: covered[i], Expired: r.expired(e.Until)})
		}
	}
	return c
}

// ofFile are the entries of a list that stand in a file.
func ofFile[T any](file string, list []T, location func(*T) iam.Location) []T {
	var out []T
	for i := range list {
		if location(&list[i]).File == file {
			out = append(out, list[i])
		}
	}
	return out
}

// locksOf names what a policy locks.
func locksOf(s *lint.Settings) []string {
	if s.Locked {
		return []string{"everything"}
	}
	var out []string
	for _, set := range s.Rules {
		if set.Locked {
			out = append(out, set.ID)
		}
	}
	for _, a := range s.Allowed {
		name := a.Rule
		if name == lint.EveryRule {
			name = "every rule"
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for i := range s.Boundaries {
		if s.Boundaries[i].Locked {
			out = append(out, "boundary "+s.Boundaries[i].Name)
		}
	}
	for _, n := range s.Naming {
		if n.Locked {
			out = append(out, "naming "+n.Type)
		}
	}
	return out
}
