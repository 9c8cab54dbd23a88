package driver

import (
	"cmp"
	"fmt"
	"maps"
	"runtime"
	"sync"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/budget"
	"github.com/boundlint/boundlint/lint/iam"
)

// judgment is what judging one model came to.
type judgment struct {
	found   []lint.Finding
	beyond  []string
	bounded map[*iam.Entity]lint.Bounded
	took    []lint.Took
	err     error
	// over tells that the share of the model was used up, missing which rules
	// did not get to their end. lost is set where nothing came of it at all.
	over    *budget.SpentError
	missing []*lint.Rule
	lost    bool
	// notes are what else is to be said of the model.
	notes []lint.Diagnostic
}

// judge runs the rules over every model, several models at a time. Rules of
// one model run in their order, for they share what they derive from it.
func (r *run) judge() ([]lint.Finding, error) {
	judged := make([]*judgment, len(r.models))
	var wg sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i := range r.models {
		if r.elsewhere[i] {
			judged[i] = r.onlyLinked(i)
			continue
		}
		slots <- struct{}{}
		share := r.opts.Share.Part(r.ownFrom(i), r.opts.Later)
		wg.Go(func() {
			defer func() { <-slots }()
			judged[i] = r.judgeWithin(share, i)
		})
	}
	wg.Wait()
	for i, j := range judged {
		if len(r.models) > 1 && j.over != nil && j.over.Memory && !j.lost {
			// It may be that another one took it, at the same time.
			r.opts.Share.Forget()
			judged[i] = r.judgeWithin(r.opts.Share.Part(1, r.opts.Later), i)
		}
	}
	return r.collect(judged)
}

// collect puts together what was found in all models.
func (r *run) collect(judged []*judgment) ([]lint.Finding, error) {
	r.beyond = make([][]string, len(r.models))
	r.bounded = map[*iam.Entity]lint.Bounded{}
	var all []lint.Finding
	for i, j := range judged {
		if j.err != nil {
			return nil, j.err
		}
		r.cut = append(r.cut, j.notes...)
		if j.over != nil {
			r.cut = append(r.cut, j.diagnostic(r.models[i]))
		}
		if j.lost {
			// Somebody still works on it.
			r.models[i] = &iam.Model{Input: r.models[i].Input, Symbols: r.models[i].Symbols}
		}
		r.beyond[i] = j.beyond
		maps.Copy(r.bounded, j.bounded)
		all = append(all, j.found...)
		r.took = append(r.took, j.took...)
	}
	return all, nil
}

// diagnostic says of a model that it was not judged to the end.
func (j *judgment) diagnostic(m *iam.Model) lint.Diagnostic {
	what := "not judged"
	if n := len(j.missing); !j.lost && n > 0 {
		what += " by " + j.missing[0].ID
		if n > 1 {
			what += " and what comes after it"
		}
	}
	return lint.Diagnostic{Severity: lint.Error, Input: m.Input.Path, Message: what + ": " + j.over.Error(), Judging: true}
}

// onlyLinked links a model that another shard judges: what the configuration names may
// be in it.
func (r *run) onlyLinked(i int) *judgment {
	if m := r.models[i]; r.accountsOf(m) == nil {
		link(m, r.hints())
	}
	return &judgment{}
}

// judgeWithin judges a model with what its share allows.
func (r *run) judgeWithin(share *budget.Share, input int) *judgment {
	defer share.Close()
	m := r.models[input]
	j := &judgment{}
	if share.Run(func() { r.judgeModel(j, share, input, m) }) {
		return j
	}
	return &judgment{over: share.Over(), missing: r.rules, lost: true}
}

// judgeModel runs the rules over a model. Nobody can recover a panic of another
// goroutine: it would end the program, findings of all other inputs included.
func (r *run) judgeModel(j *judgment, share *budget.Share, input int, m *iam.Model) {
	shared := &lint.Shared{Share: share, Watch: lint.NewStopwatch(r.opts.Clock)}
	j.missing = r.rules
	defer func() {
		j.beyond, j.bounded, j.took = shared.Beyond, shared.Bounded, shared.Watch.Took(input)
		switch fault := recover().(type) {
		case nil:
		case *budget.SpentError:
			j.over = fault
		default:
			j.err = fmt.Errorf("%s: internal error: %v", m.Input.Path, fault)
		}
	}()
	share.Check()
	linked := shared.Watch.Stage(lint.Linking)
	if in := r.accountsOf(m); in != nil {
		view, cut, err := in.neighborhood(m)
		if err != nil {
			j.err = err
			return
		}
		if m = view; cut != "" {
			j.notes = append(j.notes, cutDiagnostic(m, in.most, cut))
		}
	} else {
		link(m, r.hints())
	}
	linked()
	report := r.filer(j, input, m)
	for n, rule := range r.rules {
		j.missing = r.rules[n:]
		if err := r.apply(rule, shared, m, report); err != nil {
			j.err = err
			return
		}
	}
	j.missing = nil
}

// apply runs one rule over a model.
func (r *run) apply(rule *lint.Rule, shared *lint.Shared, m *iam.Model, report func(f lint.Filed)) error {
	defer shared.Watch.Stage(rule.ID)()
	if rule.Run == nil {
		r.judgeInput(m.Input, lint.NewPass(rule, m, r.settings, shared, report))
		return nil
	}
	pass := lint.NewPass(rule, m, r.settings, shared, report)
	pass.Check()
	if err := rule.Run(pass); err != nil {
		return fmt.Errorf("%s: rule %s: %w", m.Input.Path, rule.ID, err)
	}
	return nil
}

// filer is the function that takes what the rules find in a model.
func (r *run) filer(j *judgment, input int, m *iam.Model) func(f lint.Filed) {
	fromDefault := defaults(m)
	awsOwned, maybe := map[string]string{}, map[string]bool{}
	for _, e := range m.Entities {
		if e.AWSOwned() {
			awsOwned[e.Address], _ = e.ProvisionedSet()
		}
		if e.MayNotExist {
			maybe[e.Address] = true
		}
	}
	for _, p := range m.Policies {
		maybe[p.Address] = p.MayNotExist
	}
	return func(f lint.Filed) {
		if set, owned := awsOwned[f.Address]; owned {
			if leg := r.known[f.Rule].Leg; set == "" || leg != lint.SecondLeg && leg != lint.ThirdLeg {
				return
			}
			f.Remediation = "IAM Identity Center makes the role: change its permission set " + set + ".\n\n" + f.Remediation
		}
		f.Input = input
		if maybe[f.Address] && f.Verdict == lint.Violation {
			f = r.doubt(f, m)
		}
		if m.Input.WorkspaceUnknown {
			f.Finding = nameWorkspace(f.Finding)
		}
		f.Origin = cmp.Or(unknownOrigin(&f.Finding), f.Origin)
		f.Severity = r.severity(f)
		if fromDefault[attributeOf{f.Address, f.Attribute}] {
			f.Severity = lint.Note
		}
		j.found = append(j.found, f.Finding)
	}
}
