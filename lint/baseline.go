package lint

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/boundlint/boundlint/lint/iam"
)

// Baseline is the findings that a repository has when it begins to use the
// linter: they are not reported again.
type Baseline struct {
	FileDigest
	// Reason is why its findings are left for later, "" where it does not say; Until
	// is the last day on which they are, zero for ever.
	Reason string
	Until  time.Time
	// Findings are in the order of the file.
	Findings []Baselined
}

// Revision is a revision of the repository, the findings of which are known.
type Revision struct {
	// Name is as the user named it, Commit its id.
	Name, Commit string
}

// Baselined is a finding of a baseline. Each finding that is merged into another
// one in a report is there by itself: one that joins them later is new.
type Baselined struct {
	Fingerprint, Rule string
	Severity          Severity
	Verdict           Verdict
	// Input is the kind of the input that has it, Root and Workspace are those of
	// the input; Tool is the one as which the configuration is read, "" where
	// Terraform and OpenTofu read the same.
	Input           iam.InputKind
	Root, Workspace string
	Tool            iam.Tool
	// Address and Message are for people. What is sensitive is covered.
	Address, Message string
	// Parts are as in [Finding], sorted.
	Parts []string
	// Line is where it stands in the file, from 1; 0 for a finding that does not
	// come from a file.
	Line int
}

// BaselinedKey is what a finding of a baseline is recognised by. One root module may
// be judged in several workspaces, and as two tools read it.
type BaselinedKey struct {
	Fingerprint, Workspace string
	Tool                   iam.Tool
}

// Key is what the finding is recognised by.
func (b *Baselined) Key() BaselinedKey { return BaselinedKey{b.Fingerprint, b.Workspace, b.Tool} }

// Compare orders the findings of a baseline: by root module, address and rule.
func (b *Baselined) Compare(other *Baselined) int {
	return cmp.Or(
		strings.Compare(b.Root, other.Root),
		iam.CompareAddresses(b.Address, other.Address),
		strings.Compare(b.Address, other.Address),
		strings.Compare(b.Rule, other.Rule),
		strings.Compare(b.Fingerprint, other.Fingerprint),
		strings.Compare(b.Workspace, other.Workspace),
		strings.Compare(string(b.Tool), string(other.Tool)),
	)
}

// IsWorse reports whether a finding is worse than it was: more severe, certain
// where it was undetermined, or made of more.
func (b *Baselined) IsWorse(was *Baselined) bool {
	return b.Severity > was.Severity || b.Verdict == Violation && was.Verdict == Undetermined ||
		slices.ContainsFunc(b.Parts, func(part string) bool { return !slices.Contains(was.Parts, part) })
}
