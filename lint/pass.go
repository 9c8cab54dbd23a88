package lint

import (
	"iter"

	"github.com/boundlint/boundlint/lint/budget"
	"github.com/boundlint/boundlint/lint/iam"
)

// Pass is a rule's only contact with the run.
type Pass struct {
	Rule     *Rule
	Model    *iam.Model
	Settings *Settings
	// Shared caches what several rules derive from one model; keys are
	// unexported types of the rules package.
	Shared map[any]any

	report func(Finding)
	// share bounds what the judging of the model takes.
	share *budget.Share
}

// NewPass is for the driver and for tests of rules.
func NewPass(rule *Rule, model *iam.Model, settings *Settings, shared map[any]any, report func(Finding)) *Pass {
	if settings == nil {
		settings = &Settings{}
	}
	return &Pass{Rule: rule, Model: model, Settings: settings, Shared: shared, report: report}
}

// Check ends the judging of the model, by a panic that the run recovers, once it
// has taken its share of time and memory. Rules that search call it now and then.
func (p *Pass) Check() { p.share.Check() }

// Entities are the roles and users to judge: not those that the plan
// destroys or forgets, and not AWS's own.
func (p *Pass) Entities() iter.Seq[*iam.Entity] {
	return func(yield func(*iam.Entity) bool) {
		for _, e := range p.Model.Entities {
			p.Check()
			if !e.Gone() && !e.AWSOwned() && !yield(e) {
				return
			}
		}
	}
}

// Beyond notes something that the input does not contain and that the rule
// would have had to look at: the report lists it.
func (p *Pass) Beyond(text string) {
	if p.Shared == nil {
		return
	}
	list, _ := p.Shared[beyondKey{}].([]string)
	p.Shared[beyondKey{}] = append(list, text)
}

type beyondKey struct{}

// Bounded notes whether a permissions boundary limits an entity, for the
// tables of reports.
func (p *Pass) Bounded(e *iam.Entity, b Bounded) {
	if p.Shared == nil {
		return
	}
	noted, _ := p.Shared[boundedKey{}].(map[*iam.Entity]Bounded)
	if noted == nil {
		noted = map[*iam.Entity]Bounded{}
		p.Shared[boundedKey{}] = noted
	}
	noted[e] = b
}

type boundedKey struct{}

// Report files a finding with the severity of the rule. An undetermined one
// is a step less severe, except where nothing should be unknown without a
// reason (the first leg in a plan, a state or a dump) and with --strict.
func (p *Pass) Report(f Finding) { p.stepAndFile(p.Rule.Severity, f) }

// ReportFrom is Report with a severity of the finding's own to start from, in
// the place of the rule's. A severity that the configuration gives the rule
// can only lower it.
func (p *Pass) ReportFrom(s Severity, f Finding) {
	f.own = s != p.Rule.Severity
	p.stepAndFile(s, f)
}

func (p *Pass) stepAndFile(s Severity, f Finding) {
	if f.Verdict == Undetermined && stepsDown(p.Rule, p.Model, p.Settings) {
		f.stepped = true
		s = s.Down()
	}
	p.file(s, f)
}

// stepsDown reports whether an undetermined finding is a step less severe
// than the rule: not in the first leg where nothing should be unknown without
// a reason, and not with --strict.
func stepsDown(r *Rule, m *iam.Model, s *Settings) bool {
	certainInput := r.Leg == FirstLeg && m.Input.Kind != iam.InputConfig
	return !certainInput && !s.Strict
}

// ReportAs files a finding with a severity of its own. A severity that the
// configuration gives the rule can only lower it.
func (p *Pass) ReportAs(s Severity, f Finding) {
	f.own = true
	p.file(s, f)
}

func (p *Pass) file(s Severity, f Finding) {
	f.Rule = p.Rule.ID
	f.Severity = s
	if f.Verdict == "" {
		f.Verdict = Violation
	}
	p.report(f)
}
