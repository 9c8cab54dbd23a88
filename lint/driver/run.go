// Package driver takes models through rules to a report: it links and judges
// them, merges findings of one cause, applies exemptions and ignores, covers
// secrets, and counts what was looked at. It never prints and never exits.
package driver

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/budget"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
)

// Options are what a run takes beside models, rules and configuration.
type Options struct {
	Tool lint.Tool
	// Diagnostics are of inputs that could not be read.
	Diagnostics []lint.Diagnostic
	// ManagedPolicy gives the ARN of the AWS-managed policy of a name; nil
	// where no catalog is at hand.
	ManagedPolicy func(name string) (arn string, ok bool)
	// ConditionKey reports whether AWS documents a condition key: the name of
	// such a key is not a secret. nil takes all for documented.
	ConditionKey func(key string) bool
	// NoInlineIgnores leaves suppression comments without effect.
	NoInlineIgnores bool
	// SameAccount takes all models together as one account.
	SameAccount bool
	// Partial tells that the inputs are not all that the configuration speaks
	// for (a hook that lints what has changed): that an exemption matches
	// nothing then says nothing.
	Partial bool
	// Exclude are globs of directories that the command line leaves out: the
	// report names them.
	Exclude []string
	// Baseline is what is known already; nil for nothing.
	Baseline *Baseline
	// Clock tells the time, for a report that says how long rules took; nil for
	// one that does not.
	Clock func() time.Time
	// Source gives the content of a file that was read, nil for any other; nil
	// where no report quotes it.
	Source func(file string) []byte
	// Against are the states, or plans, of all that Terraform manages in the
	// accounts whose dumps are judged; nil for no such comparison.
	Against []*iam.Model
	// Crossings tell which of several accounts matter to one another; nil takes it
	// that all may whose trust policies name one another. MostNeighbors is in place
	// of the constant of that name; 0 for that.
	Crossings     Crossings
	MostNeighbors int
	// Shard is the part of the run that is judged; nil for all of it. Outlines are the
	// models of which the reader kept no more; nil for none.
	Shard    *lint.Shard
	Outlines *Outlines
	// Share bounds the time and the memory of the run, nil for no bound. Later is
	// how many models are judged after it with what it leaves.
	Share *budget.Share
	Later int
}

// Run takes models through the rules. It links the models with what the
// settings say, judges each by every enabled rule, and applies severities,
// exemptions and inline ignores. Equal input gives an equal report. The error
// is that of a rule which could not do its work.
func Run(models []*iam.Model, rules []*lint.Rule, settings *lint.Settings, opts Options) (*lint.Report, error) {
	reports, err := RunAll([]Batch{{models, settings, opts.Crossings}}, rules, opts)
	if err != nil {
		return nil, err
	}
	return reports[0], nil
}

// Batch is what is judged by the same settings, and its crossings in place of those of
// the options.
type Batch struct {
	Models    []*iam.Model
	Settings  *lint.Settings
	Crossings Crossings
}

// RunAll is Run for what is judged by several settings, a report for each. Accounts
// matter to one another whatever settings they are judged by; an account that is in
// several batches is in each of them what that one has of it. Diagnostics of the options
// are in the first report.
func RunAll(batches []Batch, rules []*lint.Rule, opts Options) ([]*lint.Report, error) {
	runs := make([]*run, len(batches))
	for i, b := range batches {
		opts.Crossings = b.Crossings
		var err error
		if runs[i], err = newRun(b, rules, opts); err != nil {
			return nil, err
		}
		opts.Diagnostics = nil
	}
	later := opts.Later
	for _, r := range slices.Backward(runs) {
		r.opts.Later = later
		later += r.ownFrom(0)
	}
	besides(runs)
	var reports []*lint.Report
	for _, r := range runs {
		report, err := r.report()
		if err != nil {
			return nil, err
		}
		reports = append(reports, report)
	}
	return reports, nil
}

func newRun(b Batch, rules []*lint.Rule, opts Options) (*run, error) {
	models, settings := b.Models, b.Settings
	if settings == nil {
		settings = &lint.Settings{}
	}
	r := &run{
		models: models, settings: settings, opts: opts, today: settings.Today,
		known: map[string]*lint.Rule{}, enabled: map[string]*lint.Rule{}, capped: map[string]lint.Severity{},
	}
	if r.today.IsZero() {
		r.today = time.Now()
	}
	for _, rule := range rules {
		r.known[rule.ID] = rule
		if settings.Enabled(rule) {
			r.enabled[rule.ID] = rule
			r.rules = append(r.rules, rule)
		}
	}
	if opts.SameAccount && len(models) > 1 {
		r.models = []*iam.Model{iam.Merge(r.hints(), models...)}
	} else {
		var err error
		if r.models, err = r.joinDumps(models); err != nil {
			return nil, err
		}
	}
	r.assign()
	return r, nil
}

// report judges what is joined already.
func (r *run) report() (*lint.Report, error) {
	opts := r.opts
	for _, m := range opts.Against {
		m.Link(r.hints())
	}
	found, err := r.judge()
	if err != nil {
		return nil, err
	}
	report := &lint.Report{Tool: opts.Tool, Rules: r.rules}
	report.Diagnostics = slices.Concat(r.diagnostics(), opts.Diagnostics, r.cut)
	watch := lint.NewStopwatch(opts.Clock)
	end := watch.Stage(lint.Exempting)
	kept := r.suppress(report, found)
	end()
	end = watch.Stage(lint.Identifying)
	hidden := make([]*Secrets, len(r.models))
	for i, m := range r.models {
		hidden[i] = SecretsOf(m, r.opts.ConditionKey)
	}
	r.identify(hidden, kept, report.Suppressed)
	end()
	end = watch.Stage(lint.Exempting)
	kept = r.baseline(report, kept, hidden)
	own := slices.Concat(r.judgePolicies(), r.judgeBaseline())
	r.identify(hidden, own, nil)
	kept = append(kept, own...)
	end()
	r.finish(report, kept, hidden, watch)
	r.setAside(report)
	report.Took = slices.Concat(r.took, watch.Took(-1))
	return report, nil
}

type run struct {
	models   []*iam.Model
	settings *lint.Settings
	opts     Options
	today    time.Time
	rules    []*lint.Rule
	// known are all rules by their id, enabled those that run.
	known, enabled map[string]*lint.Rule
	// beyond is what the rules noted for each model that it does not contain.
	beyond [][]string
	// bounded is what the rules noted of the entities of all models.
	bounded map[*iam.Entity]lint.Bounded
	// elsewhere are the models that other shards judge.
	elsewhere []bool
	// accounts are those of several dumps, by their partitions; nil where there are none.
	accounts map[string]*accounts
	// noting guards capped, which is, by rule, the highest severity of a finding
	// before the configuration lowered it.
	noting sync.Mutex
	capped map[string]lint.Severity
	// identities name the resources of each model, by their addresses.
	identities []map[string]string
	// subjects are what exemptions and policies may name in each model.
	subjects []subjects
	// loosened is what policies forbid of single findings.
	loosened []loosening
	// took is how long the stages of judging took.
	took []lint.Took
	// cut are the diagnostics about models that were not judged to the end.
	cut []lint.Diagnostic
}

// doubt makes a violation undetermined whose resource may not exist at all.
func (r *run) doubt(f lint.Filed, m *iam.Model) lint.Filed {
	f.Verdict = lint.Undetermined
	if by := m.Existence[f.Address]; by != "" {
		f.Message += " Whether it exists is not known: it depends on " + by + "."
	} else {
		f.Message += " Whether it exists is not known: its count or for_each is hidden."
	}
	if !f.Own && lint.StepsDown(r.known[f.Rule], m, r.settings) {
		f.Stepped = true
		f.Severity = f.Severity.Down()
	}
	return f
}

// severity applies what policies and the configuration say about a rule.
func (r *run) severity(f lint.Filed) lint.Severity {
	s := r.configured(f)
	floor, ok := r.settings.FloorOf(f.Rule)
	switch {
	case !ok:
		return s
	case f.Stepped:
		floor = floor.Down()
	}
	return max(s, floor)
}

// configured applies the severity that is set for a rule: it takes the place of the
// rule's own, and caps a severity that the rule chose for one finding.
func (r *run) configured(f lint.Filed) lint.Severity {
	set, ok := r.settings.SeverityOf(f.Rule)
	switch {
	case !ok:
		return f.Severity
	case f.Own:
		if f.Severity > set {
			r.noting.Lock()
			defer r.noting.Unlock()
			r.capped[f.Rule] = max(r.capped[f.Rule], f.Severity)
		}
		return min(f.Severity, set)
	case f.Stepped:
		return set.Down()
	}
	return set
}

func (r *run) hints() iam.Hints {
	h := r.settings.Hints()
	h.ManagedPolicy = r.opts.ManagedPolicy
	return h
}

type attributeOf struct{ address, attribute string }

// defaults are the attributes of a reusable module that depend on the default
// of one of its variables: whoever calls it may well set the variable.
func defaults(m *iam.Model) map[attributeOf]bool {
	out := map[attributeOf]bool{}
	if !m.Input.ReusableModule {
		return out
	}
	for _, e := range m.Entities {
		for _, attribute := range e.FromDefault {
			out[attributeOf{e.Address, attribute}] = true
		}
	}
	return out
}

// judgeInput makes the findings about an input as such.
func (r *run) judgeInput(in iam.Input, p *lint.Pass) {
	switch p.Rule.ID {
	case lint.InputIncomplete:
		if in.Complete && !in.Errored {
			return
		}
		p.Report(lint.Finding{
			Address:     path.Base(in.Path),
			Message:     incompleteMessage(in),
			Remediation: incompleteRemediation(in.Kind),
		})
	case lint.ModuleNotChecked:
		for _, u := range p.Model.Unchecked {
			cause := ""
			if u.Source != "" {
				// To have the module here shows all calls of it.
				cause = u.Kind + " " + u.Source
			}
			p.Report(lint.Finding{
				Cause:       cause,
				Address:     u.Location.Address,
				Attribute:   u.Location.Attribute,
				Message:     phrase.Sentence(u.Message),
				Remediation: u.Fix,
				Location:    u.Location,
				Key:         u.Kind + " " + u.Message,
			})
		}
	}
}

func incompleteMessage(in iam.Input) string {
	what := "is not complete"
	if in.Errored {
		what = "ended in an error"
	}
	message := fmt.Sprintf("The %s %s, so that what it lacks was not judged", in.Kind, what)
	if len(in.Reasons) > 0 {
		message += ": " + strings.Join(in.Reasons, "; ")
	}
	return message + "."
}

func incompleteRemediation(kind iam.InputKind) string {
	if kind == iam.InputAccount {
		return "Run aws iam get-account-authorization-details again, for all pages (no --max-items) and all that there is (no --filter, or " +
			"User, Role, Group and LocalManagedPolicy), and keep them in one file."
	}
	return "Make a plan of everything that ends without errors, and lint that."
}

func (r *run) diagnostics() []lint.Diagnostic {
	var out []lint.Diagnostic
	for _, m := range r.models {
		for _, d := range lint.DiagnosticsOf(m) {
			// Every workspace of a root module has them.
			same := func(other lint.Diagnostic) bool {
				return other.Input == d.Input && other.Message == d.Message && iam.CompareLocations(other.Location, d.Location) == 0
			}
			if m.Input.Workspace == "" || !slices.ContainsFunc(out, same) {
				out = append(out, d)
			}
		}
	}
	return out
}
