package lint

import (
	"cmp"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/iam"
)

// InForce is what decided, besides rules and inputs, what a report says: the
// configuration files, and all that they and comments in the inputs keep from
// being reported. A pull request brings them with it: whoever reviews it has to
// see them.
type InForce struct {
	Configurations []Configuration
	// Ignores are the comments in the inputs that ignore findings.
	Ignores []IgnoreInForce
	// Exclude are globs of directories that the command line leaves out.
	Exclude []string
}

// Configuration is one configuration file, with what it switches off.
type Configuration struct {
	// FileDigest is the file itself, Documents are those that it names.
	FileDigest
	Documents []FileDigest
	// Preset is "" where the file names none.
	Preset string
	// Off are rules that do not run because of it, Lowered those whose findings
	// are less severe.
	Off     []string
	Lowered []Lowered
	// Exemptions, Trusted, Boundaries and Naming are its blocks, Exclude the
	// globs of the directories that it leaves out.
	Exemptions []ExemptionInForce
	Trusted    []Trusted
	Boundaries []ApprovedBoundary
	Naming     []Naming
	Exclude    []string
}

// Lowered is a rule whose severity the configuration caps.
type Lowered struct {
	Rule     string
	From, To Severity
}

// ExemptionInForce is an exempt block.
type ExemptionInForce struct {
	Exemption
	// Findings is how many it covers, Expired that it is past its date and
	// covers none.
	Findings int
	Expired  bool
}

// IgnoreInForce is a comment that ignores the findings of a rule.
type IgnoreInForce struct {
	Rule, Reason string
	// Until is as it is written, "" for ever.
	Until string
	// Findings is how many it covers.
	Findings int
	Location iam.Location
}

// Empty reports whether nothing but rules and inputs had a say.
func (f *InForce) Empty() bool {
	return len(f.Configurations)+len(f.Ignores)+len(f.Exclude) == 0
}

// Add adds what was in force in another run. The same file with the same content
// is one, and so is the same comment.
func (f *InForce) Add(other *InForce) {
	for _, c := range other.Configurations {
		same := func(known Configuration) bool {
			return known.FileDigest == c.FileDigest && len(known.Exemptions) == len(c.Exemptions)
		}
		i := slices.IndexFunc(f.Configurations, same)
		if i < 0 {
			f.Configurations = append(f.Configurations, c)
			continue
		}
		known := &f.Configurations[i]
		known.Exemptions = slices.Clone(known.Exemptions)
		for j := range known.Exemptions {
			known.Exemptions[j].Findings += c.Exemptions[j].Findings
		}
	}
	f.Ignores = slices.Clone(f.Ignores)
	for _, c := range other.Ignores {
		i := slices.IndexFunc(f.Ignores, func(known IgnoreInForce) bool {
			return known.Rule == c.Rule && comparePlaces(known.Location, c.Location) == 0
		})
		if i < 0 {
			f.Ignores = append(f.Ignores, c)
			continue
		}
		f.Ignores[i].Findings += c.Findings
	}
	for _, glob := range other.Exclude {
		if !slices.Contains(f.Exclude, glob) {
			f.Exclude = append(slices.Clone(f.Exclude), glob)
		}
	}
}

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
		return cmp.Or(comparePlaces(a.Location, b.Location), strings.Compare(a.Rule, b.Rule))
	})
	return out
}
