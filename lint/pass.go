package lint

import "github.com/boundlint/boundlint/lint/iam"

// Pass is a rule's only contact with the run.
type Pass struct {
	Rule     *Rule
	Model    *iam.Model
	Settings *Settings
	// Shared caches what several rules derive from one model; keys are
	// unexported types of the rules package.
	Shared map[any]any

	report func(Finding)
}

// NewPass is for the driver and for tests of rules.
func NewPass(rule *Rule, model *iam.Model, settings *Settings, shared map[any]any, report func(Finding)) *Pass {
	if settings == nil {
		settings = &Settings{}
	}
	return &Pass{Rule: rule, Model: model, Settings: settings, Shared: shared, report: report}
}

// Report files a finding. Rule, verdict (violation) and severity (the
// rule's, one step down for undetermined ones as design says) are filled in
// where the finding leaves them out: set Severity explicitly with ReportAs.
func (p *Pass) Report(f Finding) { p.ReportAs(p.Rule.Severity, f) }

// ReportAs files a finding with a severity that is not the rule's.
func (p *Pass) ReportAs(s Severity, f Finding) {
	f.Rule = p.Rule.ID
	f.Severity = s
	if f.Verdict == "" {
		f.Verdict = Violation
	}
	p.report(f)
}
