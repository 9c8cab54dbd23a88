package lint

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/boundlint/boundlint/lint/iam"
)

// Verdict says how certain a finding is.
type Verdict string

// The verdicts a finding can have.
const (
	Violation    Verdict = "violation"
	Undetermined Verdict = "undetermined"
)

// Finding is one thing to fix, or one that cannot be decided.
type Finding struct {
	Rule     string
	Severity Severity
	Verdict  Verdict
	// Input is the index of the model in the report.
	Input int
	// Address is whom the finding is about: see the rule table in
	// docs/rules.md for which resource that is. Attribute is inside it.
	Address, Attribute string
	// Message is one sentence that says who can do what, or what is missing.
	// Remediation says what to write.
	Message, Remediation string
	// Fix is what the remediation asks for, as data; nil where it is advice in
	// words.
	Fix *Fix
	// Location is where to fix it; without a file where the input has none.
	Location iam.Location
	Related  []Related
	// Witness is the request that proves it; nil where the finding is no
	// question of permissions.
	Witness *Witness
	// Steps are the chain of an escalation, first step first.
	Steps []Step
	// Excerpt is the granting statement in canonical JSON, "" where there is
	// none or it is sensitive.
	Excerpt string
	// Source is the line of the file on which Location begins, as it stands
	// there, and those after it where it says nothing. Filled by the driver; "" where the input has no file, or where
	// something in it is sensitive.
	Source string
	// Because is why the finding is undetermined; findings of several rules
	// about one entity that share it are shown together. "" where it is
	// certain.
	Because string
	// HiddenBy names what hides the answer of an undetermined finding, the
	// first of it: a reference whose value is known only after apply. "" where
	// something else leaves it open.
	HiddenBy string
	// Cause groups findings that one change fixes; equal non-empty causes
	// with the same rule, verdict and input are merged by the driver.
	Cause string
	// Origin is the cause of findings of several rules, or of several entities
	// under one rule: the value that nobody knows, the boundary that leaks.
	// Equal non-empty origins of one input and verdict are merged by the driver, for
	// one change answers or fixes all of them.
	Origin string
	// IsOrigin tells that the finding is of the origin itself, and so stands for
	// the others.
	IsOrigin bool
	// Workspaces are those in which it holds, where the root module is judged
	// in several; nil elsewhere. Filled by the driver.
	Workspaces []string
	// Key tells apart findings of one rule at one address in the
	// fingerprint, where one entity can have several: never a line number.
	Key string
	// Parts say what it consists of, or how far it goes, where what tells it apart in
	// the fingerprint does not: with another one it is worse than it was. A part may
	// be an address. nil for none.
	Parts []string
	// Fingerprint is filled by the driver.
	Fingerprint string
}

// CompareFindings orders findings as a report has them: by input, address, severity
// and rule, and by what else a report shows of them.
func CompareFindings(a, b Finding) int {
	return cmp.Or(
		cmp.Compare(a.Input, b.Input),
		iam.CompareAddresses(a.Address, b.Address),
		cmp.Compare(b.Severity, a.Severity),
		strings.Compare(a.Rule, b.Rule),
		strings.Compare(a.Attribute, b.Attribute),
		strings.Compare(a.Key, b.Key),
		strings.Compare(string(a.Verdict), string(b.Verdict)),
		strings.Compare(a.Message, b.Message),
		iam.CompareLocations(a.Location, b.Location),
	)
}

// Related is another place that has part in a finding.
type Related struct {
	// Rule is set where the place is that of a finding of its own which the
	// same change fixes: the rule that found it. It is "" for any other place.
	Rule             string
	Address, Message string
	Location         iam.Location
	// Steps are those of that finding; nil for any other place.
	Steps []Step
}

// Counted reports whether the summary counts the finding. A module that was not
// looked at is not a violation of anything: the coverage counts it.
func (f *Finding) Counted() bool { return f.Rule != ModuleNotChecked }

// All are the findings that were merged into this one, itself first.
func (f *Finding) All() []Finding {
	out := []Finding{*f}
	for _, r := range f.Related {
		if r.Rule != "" {
			other := *f
			other.Rule, other.Address, other.Message, other.Location, other.Related = r.Rule, r.Address, r.Message, r.Location, nil
			other.Source = ""
			other.Steps = r.Steps
			out = append(out, other)
		}
	}
	return out
}

// Witness is a concrete request that AWS would allow.
type Witness struct {
	Principal, Action, Resource string
	// Context holds the condition keys of the request that matter; an absent
	// key is absent. Absent names keys that must not be in the request.
	Context map[string][]string
	Absent  []string
}

// Step is one step of an escalation: who does what to whom, and where that
// leads.
type Step struct {
	From, To string
	Way      string // id of the catalogued way
	Message  string
	Witness  []Witness
	// Omitted counts the steps of a long chain that this one stands for, which has no
	// way of its own then; 0 for a step that is shown.
	Omitted int
}

// Number is the number of a step of a chain, from 1.
func Number(steps []Step, i int) int {
	n := i + 1
	for j := range steps[:i] {
		if omitted := steps[j].Omitted; omitted > 0 {
			n += omitted - 1
		}
	}
	return n
}

// PlaceCause is the cause of findings of which one place in a file is what has
// to change; "" where the input tells no place.
func PlaceCause(l iam.Location) string {
	if !l.HasFile() {
		return ""
	}
	return fmt.Sprintf("%s:%d:%d", l.File, l.Range.Start.Line, l.Range.Start.Column)
}
