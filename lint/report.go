package lint

import (
	"slices"
	"time"

	"github.com/boundlint/boundlint/lint/iam"
)

// Report is what a run found. Reporters only format it.
type Report struct {
	Tool   Tool
	Inputs []InputSummary
	// Findings are sorted: equal input gives equal bytes.
	Findings []Finding
	// Suppressed are findings that an exemption or ignore covers.
	Suppressed  []Suppressed
	Diagnostics []Diagnostic
	Summary     Summary
	// Coverage counts what was looked at in all inputs.
	Coverage CoverageSum
	// InForce is what else decided what is reported.
	InForce InForce
	// Rules are those that ran, for reporters that describe them.
	Rules []*Rule
	// Shard is the part of a run that it is the report of; nil for a whole run.
	Shard *Shard
	// Took says how long they and the other stages took; nil where nobody asked for it.
	Took []Took
}

// Took is how long a stage of the run took.
type Took struct {
	// Input is the number of the input, -1 for all of them together.
	Input int
	// Stage is the id of a rule, or what comes before, within and after them, such
	// as [Linking].
	Stage string
	Time  time.Duration
}

// Tool is the program that made a report.
type Tool struct{ Name, Version string }

// InputSummary is one input of a report.
type InputSummary struct {
	Path     string
	Kind     iam.InputKind
	Root     string
	Complete bool
	// Reasons say why an input is not complete.
	Reasons []string
	// Workspace is the one that configuration was judged in, "" where it does
	// not ask for it or none is known.
	Workspace string
	// TerraformVersion as the input tells it; "" where it does not.
	TerraformVersion string
	// Tool is the one as which a directory was read that Terraform and OpenTofu
	// read differently; "" for any other input. There is one for each.
	Tool iam.Tool
	// Account is "" where it is not known.
	Account string
	// AccountName is the account's name in its organization, OrganizationPath its
	// place there as aws:PrincipalOrgPaths has it; "" for what is not known.
	AccountName, OrganizationPath string
	// Partition and Region are where it is deployed to, "" for what is not
	// known.
	Partition, Region string
	// Entities are the judged ones, for tables of reports.
	Entities []EntitySummary
	// Coverage says what of the input was looked at.
	Coverage Coverage
	// Beyond lists what the input does not contain and was not checked.
	Beyond []string
	// Elsewhere tells that another shard of the run judges it: the rest is not told.
	Elsewhere bool
	// Unmanaged are the addresses of roles and users that exist in the account
	// and that no Terraform state given manages; nil where none was given.
	Unmanaged []string
}

// EntitySummary is one row of the per-entity table: a role, a user or a
// permission set.
type EntitySummary struct {
	Address, Name string
	// ARN is "" unless it is wholly known.
	ARN      string
	Kind     iam.EntityKind
	Boundary string // as a person reads it; "" for none
	Bounded  Bounded
	Location iam.Location
}

// Bounded says whether a permissions boundary limits an entity. The zero value
// is not determined.
type Bounded string

// The answers to whether an entity is bounded. One whose boundary allows
// everything, or is not a managed policy that IAM would take, is not.
const (
	BoundedUnknown Bounded = ""
	BoundedYes     Bounded = "yes"
	BoundedNo      Bounded = "no"
)

// Diagnostic is something about an input that is not a finding about IAM.
type Diagnostic struct {
	// Severity is Error where part of the input could not be read.
	Severity Severity
	// Input is the path as the user named it.
	Input    string
	Message  string
	Location iam.Location
	// Judging tells that it is about the judging of the input and not about the
	// reading: of the shards of a run, only one has it.
	Judging bool
}

// Suppressed is a finding and what suppressed it.
type Suppressed struct {
	Finding Finding
	// By is ByExemption, ByIgnore, ByBaseline or ByRevision; Reason is as written there.
	By, Reason string
	Location   iam.Location
}

// What suppresses a finding.
const (
	ByExemption = "exemption"
	ByIgnore    = "ignore"
	ByBaseline  = "baseline"
	ByRevision  = "revision"
)

// Summary counts.
type Summary struct {
	Entities, Policies                   int
	Violations, Undetermined, Suppressed int
	// Baselined counts those of the suppressed that a baseline has, InRevision those
	// that another revision has.
	Baselined, InRevision int
	// UnseenBoundaries counts boundaries in use whose document is neither in
	// the input nor in the configuration.
	UnseenBoundaries int
}

// Count fills the numbers of findings in the summary from the lists.
func (r *Report) Count() {
	r.Summary.Violations, r.Summary.Undetermined = 0, 0
	r.Summary.Baselined, r.Summary.InRevision = 0, 0
	for _, f := range r.Findings {
		switch {
		case !f.Counted():
		case f.Verdict == Undetermined:
			r.Summary.Undetermined++
		default:
			r.Summary.Violations++
		}
	}
	r.Summary.Suppressed = len(r.Suppressed)
	for i := range r.Suppressed {
		switch r.Suppressed[i].By {
		case ByBaseline:
			r.Summary.Baselined++
		case ByRevision:
			r.Summary.InRevision++
		}
	}
}

// Incomplete reports whether an input was not complete: such a report is
// never clean, whatever it found.
func (r *Report) Incomplete() bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Rule == InputIncomplete })
}

// ExitCode is 1 where a finding is at or above failOn, or where an input was
// not complete and nobody has exempted or switched off input-incomplete; else
// it is 0, and it is 0 where failOn is above every severity.
func (r *Report) ExitCode(failOn Severity) int {
	if failOn > Error {
		return 0
	}
	for _, f := range r.Findings {
		if f.Severity >= failOn || f.Rule == InputIncomplete {
			return 1
		}
	}
	return 0
}

// DiagnosticsOf are what a source has to say about its input, as a report has
// it.
func DiagnosticsOf(m *iam.Model) []Diagnostic {
	var out []Diagnostic
	for _, d := range m.Diagnostics {
		severity := Warning
		if d.Error {
			severity = Error
		}
		message := d.Summary
		if d.Detail != "" {
			message += ": " + d.Detail
		}
		out = append(out, Diagnostic{Severity: severity, Input: m.Input.Path, Message: message, Location: d.Location})
	}
	return out
}
