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

	shared *Shared
	report func(Filed)
}

// Shared is what the passes of one model have in common. Passes of one model
// run one after the other.
type Shared struct {
	// Beyond is what the rules noted that the model does not contain.
	Beyond []string
	// Bounded is what the rules noted of the entities of the model.
	Bounded map[*iam.Entity]Bounded
	// Share bounds what the judging of the model takes; nil for no bound.
	Share *budget.Share
	// Watch measures its stages; nil for no measure.
	Watch *Stopwatch

	facts map[any]any
}

// Filed is a finding as a rule has filed it.
type Filed struct {
	Finding
	// Own tells that the rule chose a severity other than its usual one: one
	// that the configuration gives the rule can only lower it.
	Own bool
	// Stepped tells that the severity is one step below the one that the rule
	// started from.
	Stepped bool
}

// NewPass is for the driver and for tests of rules. shared may be nil.
func NewPass(rule *Rule, model *iam.Model, settings *Settings, shared *Shared, report func(Filed)) *Pass {
	if settings == nil {
		settings = &Settings{}
	}
	if shared == nil {
		shared = &Shared{}
	}
	return &Pass{Rule: rule, Model: model, Settings: settings, shared: shared, report: report}
}

// Check ends the judging of the model, by a panic that the driver recovers, once
// it has taken its share of time and memory. Rules that search call it now and
// then.
func (p *Pass) Check() { p.shared.Share.Check() }

// Stage begins a stage that does not count for the rule, and returns the function
// that ends it: what other rules take part in, or what is worth a line of its own.
func (p *Pass) Stage(name string) (end func()) { return p.shared.Watch.Stage(name) }

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
func (p *Pass) Beyond(text string) { p.shared.Beyond = append(p.shared.Beyond, text) }

// Bounded notes whether a permissions boundary limits an entity, for the
// tables of reports.
func (p *Pass) Bounded(e *iam.Entity, b Bounded) {
	if p.shared.Bounded == nil {
		p.shared.Bounded = map[*iam.Entity]Bounded{}
	}
	p.shared.Bounded[e] = b
}

// Fact is something that several rules derive from one model and its settings.
// It is derived when the first of them asks for it. The zero value is not
// usable: see [NewFact].
type Fact[T any] struct{ derive func(*Pass) (T, error) }

// NewFact makes a fact of the function that derives it.
func NewFact[T any](derive func(*Pass) (T, error)) *Fact[T] { return &Fact[T]{derive} }

// Of is the fact about the model of a pass. The error is that of deriving it.
func (f *Fact[T]) Of(p *Pass) (T, error) {
	if known, ok := p.shared.facts[f].(T); ok {
		return known, nil
	}
	derived, err := f.derive(p)
	if err != nil {
		return derived, err
	}
	if p.shared.facts == nil {
		p.shared.facts = map[any]any{}
	}
	p.shared.facts[f] = derived
	return derived, nil
}

// Grade is the severity that a rule gives one finding in place of its usual one.
type Grade struct {
	severity Severity
	exactly  bool
}

// StartingAt is a severity that an undetermined finding is a step below.
func StartingAt(s Severity) Grade { return Grade{severity: s} }

// Exactly is a severity that the finding has, undetermined or not.
func Exactly(s Severity) Grade { return Grade{s, true} }

// Report files a finding with the severity of the rule, or with the one grade
// that is given. An undetermined finding is a step less severe, except where
// nothing should be unknown without a reason (the first leg in a plan, a state
// or a dump) and with --strict.
func (p *Pass) Report(f Finding, grade ...Grade) {
	g := StartingAt(p.Rule.Severity)
	if len(grade) > 0 {
		g = grade[0]
	}
	filed := Filed{Finding: f, Own: g.exactly || g.severity != p.Rule.Severity}
	filed.Rule, filed.Severity = p.Rule.ID, g.severity
	if filed.Verdict == "" {
		filed.Verdict = Violation
	}
	if !g.exactly && filed.Verdict == Undetermined && StepsDown(p.Rule, p.Model, p.Settings) {
		filed.Stepped, filed.Severity = true, g.severity.Down()
	}
	p.report(filed)
}

// StepsDown reports whether an undetermined finding is a step less severe
// than the rule: not in the first leg where nothing should be unknown without
// a reason, and not with --strict.
func StepsDown(r *Rule, m *iam.Model, s *Settings) bool {
	certainInput := r.Leg == FirstLeg && m.Input.Kind != iam.InputConfig
	return !certainInput && !s.Strict
}
