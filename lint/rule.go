// Package lint is the vocabulary of the linter: a [Rule] is data and one
// function over a [Pass], which takes [Finding]s; a [Report] is what a run found
// under [Settings]. Package driver takes models through rules to a report.
package lint

import (
	"fmt"
	"strings"

	"github.com/boundlint/boundlint/lint/iam"
)

// Severity says how bad a finding is.
type Severity uint8

// The severities in rising order; the zero value is Note.
const (
	Note Severity = iota
	Warning
	Error
)

// String is the name as it stands in configuration and reports.
func (s Severity) String() string {
	switch s {
	case Error:
		return "error"
	case Warning:
		return "warning"
	case Note:
		return "note"
	}
	return fmt.Sprintf("severity(%d)", uint8(s))
}

// ParseSeverity reads a name; it reports false for anything else.
func ParseSeverity(name string) (Severity, bool) {
	for _, s := range []Severity{Note, Warning, Error} {
		if s.String() == name {
			return s, true
		}
	}
	return Note, false
}

// ParseFailOn reads from which severity on a run fails: a severity, or none for
// one that no finding has. It reports false for anything else.
func ParseFailOn(name string) (Severity, bool) {
	if name == "none" {
		return Error + 1, true
	}
	return ParseSeverity(name)
}

// Down is one step less severe; a note stays a note.
func (s Severity) Down() Severity {
	if s == Note {
		return Note
	}
	return s - 1
}

// Leg is the group of rules in the three-legged scheme that a rule serves.
type Leg string

// The legs, in the order of the rule table.
const (
	FirstLeg  Leg = "first leg"
	SecondLeg Leg = "second leg"
	ThirdLeg  Leg = "third leg"
	Hygiene   Leg = "hygiene"
	TheRun    Leg = "the run itself"
)

// Topic is what a rule is about, where a report shows that apart from the rest, or where
// a policy locks the blocks by which it judges.
type Topic string

// The topics; most rules have none.
const (
	// BoundaryTopic is that of rules which say whether entities have a boundary as configured.
	BoundaryTopic Topic = "boundary"
	// NamingTopic is that of rules which say whether entities are named as configured.
	NamingTopic Topic = "naming"
	// EscalationTopic is that of rules which report how a holder gains privileges, step by step.
	EscalationTopic Topic = "escalation"
	// DeployerTopic is that of rules which say what those who apply the configuration may do.
	DeployerTopic Topic = "deployer"
)

// Doc documents a rule; its page and its row in the README are made of it.
type Doc struct {
	// Title is one line without a full stop; What, Why, Blind and Fix are
	// paragraphs of Markdown. Blind says what the rule does not see.
	Title, What, Why, Blind, Fix string
	// References are links to sources.
	References []string
	// Security is the SARIF security-severity, "0.0" to "10.0".
	Security string
	// Controls are items of compliance catalogues that the rule certainly
	// serves, such as "CIS AWS Foundations 3.0 1.16".
	Controls []string
}

// Rule is one check: data and one function.
type Rule struct {
	// ID is the kebab-case identifier that also names the rule's file,
	// fixtures, page, ignore comment and SARIF rule.
	ID       string
	Severity Severity
	Leg      Leg
	Topic    Topic
	// OffByDefault rules run only with the audit preset or where the
	// configuration enables them.
	OffByDefault bool
	Doc          Doc
	// SeenIn tells whether an input shows what the rule is about; nil for
	// every input does. What exempts from a rule that no input shows is not
	// called unused.
	SeenIn func(*iam.Model) bool
	// StandsInFor are the rules that say nothing where this one reports: what
	// ignores one of them is not called unused either.
	StandsInFor []string
	// Run judges one model and reports to the pass. It is nil for a rule
	// whose findings the run itself makes (exemption-expired and the like).
	Run func(*Pass) error
}

// The rules whose findings the run itself makes.
const (
	ExemptionExpired = "exemption-expired"
	ExemptionUnused  = "exemption-unused"
	InputIncomplete  = "input-incomplete"
	ModuleNotChecked = "module-not-checked"
	PolicyLoosened   = "policy-loosened"
)

// isKebab reports whether an identifier is of words of small letters and digits with hyphens
// between them. Every run asks that of every rule, so it is no regular expression.
func isKebab(id string) bool {
	for word := range strings.SplitSeq(id, "-") {
		if word == "" || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			return false
		}
	}
	return id[0] >= 'a'
}

// Validate checks that every rule is named, documented and unique.
func Validate(rules []*Rule) error {
	seen := map[string]bool{}
	for _, r := range rules {
		switch {
		case !isKebab(r.ID):
			return fmt.Errorf("rule %q: the id is not kebab-case", r.ID)
		case seen[r.ID]:
			return fmt.Errorf("rule %s: listed twice", r.ID)
		case r.Doc.unwritten() != "":
			return fmt.Errorf("rule %s: its documentation is not complete: write %s", r.ID, r.Doc.unwritten())
		case r.Run == nil && r.Leg != TheRun:
			return fmt.Errorf("rule %s: nothing to run", r.ID)
		}
		seen[r.ID] = true
	}
	return nil
}

// unwritten is the first field that each rule needs and this one does not have,
// "" for none. What cmd/newrule begins a text with is none.
func (d *Doc) unwritten() string {
	for _, f := range []struct{ name, text string }{
		{"Title", d.Title}, {"What", d.What}, {"Why", d.Why}, {"Blind", d.Blind}, {"Fix", d.Fix}, {"Security", d.Security},
	} {
		if f.text == "" || f.text == "..." {
			return f.name
		}
	}
	return ""
}
