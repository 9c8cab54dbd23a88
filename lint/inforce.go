package lint

import (
	"slices"

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
	// Baselines are the files with findings that are not reported again.
	Baselines []BaselineInForce
	// Revisions are those whose findings are not reported again.
	Revisions []RevisionInForce
	// Exclude are globs of directories that the command line leaves out.
	Exclude []string
}

// Configuration is one configuration file, with what it switches off.
type Configuration struct {
	// FileDigest is the file itself, Documents are those that it names.
	FileDigest
	Documents []FileDigest
	// Policy tells that it is an organisation's policy, Locks is what repositories
	// may not loosen because of it.
	Policy bool
	Locks  []string
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

// BaselineInForce is a baseline.
type BaselineInForce struct {
	FileDigest
	// Entries is how many findings it has, Findings how many of them were found
	// again and are not worse.
	Entries, Findings int
}

// RevisionInForce is a revision of the repository that was judged as well.
type RevisionInForce struct {
	Revision
	// Entries is how many findings it has, Findings how many of them were found
	// again and are not worse.
	Entries, Findings int
}

// Empty reports whether nothing but rules and inputs had a say.
func (f *InForce) Empty() bool {
	return len(f.Configurations)+len(f.Ignores)+len(f.Baselines)+len(f.Revisions)+len(f.Exclude) == 0
}

// Add adds what was in force in another run. The same file with the same content
// is one, and so is the same comment.
func (f *InForce) Add(other *InForce) {
	for _, c := range other.Configurations {
		same := func(known Configuration) bool {
			return known.FileDigest == c.FileDigest && known.Policy == c.Policy && len(known.Exemptions) == len(c.Exemptions)
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
			return known.Rule == c.Rule && iam.CompareLocations(known.Location, c.Location) == 0
		})
		if i < 0 {
			f.Ignores = append(f.Ignores, c)
			continue
		}
		f.Ignores[i].Findings += c.Findings
	}
	f.Baselines = slices.Clone(f.Baselines)
	for _, b := range other.Baselines {
		i := slices.IndexFunc(f.Baselines, func(known BaselineInForce) bool { return known.FileDigest == b.FileDigest })
		if i < 0 {
			f.Baselines = append(f.Baselines, b)
			continue
		}
		f.Baselines[i].Findings += b.Findings
	}
	f.Revisions = slices.Clone(f.Revisions)
	for _, rev := range other.Revisions {
		i := slices.IndexFunc(f.Revisions, func(known RevisionInForce) bool {
			return known.Revision == rev.Revision && known.Entries == rev.Entries
		})
		if i < 0 {
			f.Revisions = append(f.Revisions, rev)
			continue
		}
		f.Revisions[i].Findings += rev.Findings
	}
	for _, glob := range other.Exclude {
		if !slices.Contains(f.Exclude, glob) {
			f.Exclude = append(slices.Clone(f.Exclude), glob)
		}
	}
}
