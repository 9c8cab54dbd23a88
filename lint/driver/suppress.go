package driver

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
)

const dateFormat = "2006-01-02"

// suppress takes out the findings that exemptions and inline ignores cover,
// and adds what is to be said about those that are expired or of no use.
func (r *run) suppress(report *lint.Report, found []lint.Finding) []lint.Finding {
	used := make([]bool, len(r.settings.Exemptions))
	covered := make([]int, len(r.settings.Exemptions))
	ignores := r.ignores()
	var kept []lint.Finding
	for _, f := range found {
		switch first := r.exempted(f, r.subjectsOf(f.Input), used); {
		case first >= 0:
			covered[first]++
			e := r.settings.Exemptions[first]
			report.Suppressed = append(report.Suppressed, lint.Suppressed{Finding: f, By: lint.ByExemption, Reason: e.Reason, Location: e.Location})
		default:
			if by, ok := ignores.covers(f, r.subjectsOf(f.Input)); ok {
				report.Suppressed = append(report.Suppressed, by)
				continue
			}
			kept = append(kept, f)
		}
	}
	report.InForce = r.inForce(covered, ignores)
	kept = slices.Concat(kept, r.judgeExemptions(used), r.judgeTrusted(), r.judgeRules())
	return append(kept, r.judgeIgnores(ignores)...)
}

// subjectsOf are those of an input, made once.
func (r *run) subjectsOf(input int) subjects {
	if len(r.subjects) != len(r.models) {
		r.subjects = make([]subjects, len(r.models))
	}
	if r.subjects[input] == nil {
		r.subjects[input] = subjectsIn(r.models[input])
	}
	return r.subjects[input]
}

func subjectsIn(m *iam.Model) subjects {
	out := subjects{}
	add := func(address, arn, name string) { out[address] = lint.Subject{Address: address, ARN: arn, Name: name} }
	for _, e := range m.Entities {
		arn, _ := e.ARN.Known()
		name, _ := e.NameText().Known()
		add(e.Address, arn, name)
	}
	for _, p := range m.Policies {
		arn, _ := p.ARN.Known()
		name, _ := p.NameText().Known()
		add(p.Address, arn, name)
	}
	for _, g := range m.Groups {
		arn, _ := g.ARN.Known()
		name, _ := g.Name.Known()
		add(g.Address, arn, name)
	}
	return out
}

// subjects are the resources of a model, as exemptions and policies may call them.
type subjects map[string]lint.Subject

// of is what a finding is about.
func (s subjects) of(f *lint.Finding) *lint.Subject {
	subject := s[f.Address]
	subject.Address = f.Address
	return &subject
}

// exempted is the first of the exemptions that cover a finding, -1 for none.
func (r *run) exempted(f lint.Finding, subjects subjects, used []bool) int {
	s := subjects.of(&f)
	first := -1
	for i, e := range r.settings.Exemptions {
		exempts := slices.Contains(e.Rules, f.Rule)
		if !exempts && !slices.ContainsFunc(e.Rules, func(id string) bool { return r.standsInFor(f, id) }) ||
			!lint.MatchesSubject(e.Pattern, f.Address, s.ARN, s.Name) {
			continue
		}
		used[i] = true
		if first < 0 && exempts && !r.expired(e.Until) && !r.forbids(&f, s, lint.Exception{Rule: f.Rule, Reason: e.Reason, Until: e.Until},
			loosening{
				address: fmt.Sprintf("exempt.%q", e.Pattern), what: "exempts from " + f.Rule, at: e.Location,
			}) {
			first = i
		}
	}
	return first
}

// expired compares days: an exemption holds on its last day.
func (r *run) expired(until time.Time) bool {
	return !until.IsZero() && r.today.Format(dateFormat) > until.Format(dateFormat)
}

// complete reports whether the inputs show everything there is to match.
func (r *run) complete() bool {
	if r.opts.Partial || len(r.opts.Diagnostics) > 0 {
		return false
	}
	return !slices.ContainsFunc(r.models, func(m *iam.Model) bool { return !isWhole(m) })
}

// isWhole reports whether a model has all that belongs to its input.
func isWhole(m *iam.Model) bool { return m.Input.Complete && !m.Input.Errored && len(m.Unchecked) == 0 }

func (r *run) judgeExemptions(used []bool) []lint.Finding {
	var out []lint.Finding
	for i, e := range r.settings.Exemptions {
		if r.settings.IsOfPolicy(e.Location) {
			continue // it is for other repositories, too
		}
		f := lint.Finding{
			Address:   fmt.Sprintf("exempt.%q", e.Pattern),
			Attribute: "until",
			Location:  e.Location,
			Key:       strings.Join(e.Rules, " "),
		}
		switch {
		case r.expired(e.Until):
			f.Message = fmt.Sprintf("The exemption of %q ended on %s and covers nothing any more.", e.Pattern, e.Until.Format(dateFormat))
			f.Remediation = "Fix what it covered, or have it reviewed and give it a new date."
			out = r.own(out, lint.ExemptionExpired, f)
		case !used[i] && r.complete() && slices.ContainsFunc(e.Rules, r.isSeen):
			f.Attribute = ""
			f.Message = fmt.Sprintf("The exemption of %q from %s matches no finding.", e.Pattern, strings.Join(e.Rules, ", "))
			f.Remediation = "Remove it."
			out = r.own(out, lint.ExemptionUnused, f)
		}
	}
	return out
}

// isSeen reports whether an input shows what a rule is about.
func (r *run) isSeen(id string) bool {
	rule := r.known[id]
	return rule == nil || rule.SeenIn == nil || slices.ContainsFunc(r.models, rule.SeenIn)
}

// standsInFor reports whether a finding is there in the place of one of
// another rule.
func (r *run) standsInFor(f lint.Finding, id string) bool {
	rule := r.known[f.Rule]
	return rule != nil && slices.Contains(rule.StandsInFor, id)
}

// own adds a finding of the run itself. It belongs to no single input and is
// shown with the first.
func (r *run) own(out []lint.Finding, id string, f lint.Finding) []lint.Finding {
	rule := r.enabled[id]
	if rule == nil || len(r.models) == 0 {
		return out
	}
	f.Rule, f.Verdict, f.Severity = id, lint.Violation, rule.Severity
	f.Severity = r.severity(lint.Filed{Finding: f})
	return append(out, f)
}

// ignoreSet are the inline ignores of all inputs. A comment in a module that
// several inputs use is one ignore.
type ignoreSet struct {
	list []*ignore
	run  *run
}

type ignore struct {
	iam.Ignore
	used bool
	// covered is how many findings it covers.
	covered int
	// fault says why it has no effect, "" where it has; faultRule is the rule
	// that reports it.
	fault, faultRule string
}

func (r *run) ignores() *ignoreSet {
	set := &ignoreSet{run: r}
	if r.opts.NoInlineIgnores {
		return set
	}
	type place struct {
		file, rule string
		line, col  int
	}
	seen := map[place]*ignore{}
	for _, m := range r.models {
		for _, i := range m.Ignores {
			at := place{i.Location.File, i.Rule, i.Location.Range.Start.Line, i.Location.Range.Start.Column}
			if known := seen[at]; known != nil && i.Location.HasFile() {
				known.Addresses = append(slices.Clone(known.Addresses), i.Addresses...)
				continue
			}
			in := &ignore{Ignore: i}
			in.fault, in.faultRule = r.faultOf(i)
			seen[at] = in
			set.list = append(set.list, in)
		}
	}
	return set
}

func (r *run) faultOf(i iam.Ignore) (fault, rule string) {
	if i.NearMiss {
		return "is not written as one that ignores findings, and so ignores nothing", lint.ExemptionUnused
	}
	if i.Reason == "" {
		return "gives no reason and so ignores nothing", lint.ExemptionUnused
	}
	if r.known[i.Rule] == nil {
		return "names no rule that there is", lint.ExemptionUnused
	}
	until, err := time.Parse(dateFormat, i.Until)
	switch {
	case i.Until == "":
	case err != nil:
		return fmt.Sprintf("has a date that is none, %q: write YYYY-MM-DD", i.Until), lint.ExemptionExpired
	case r.expired(until):
		return "ended on " + i.Until + " and covers nothing any more", lint.ExemptionExpired
	}
	if refusal, refused := r.settings.Refuses(exceptionOf(i), nil); refused {
		return "ignores nothing, because " + policyText(refusal), lint.PolicyLoosened
	}
	return "", ""
}

// exceptionOf is a comment as policies judge it.
func exceptionOf(i iam.Ignore) lint.Exception {
	until, err := time.Parse(dateFormat, i.Until)
	if err != nil {
		until = time.Time{}
	}
	return lint.Exception{Rule: i.Rule, Reason: i.Reason, Until: until}
}

func (s *ignoreSet) covers(f lint.Finding, subjects subjects) (lint.Suppressed, bool) {
	var by *ignore
	for _, i := range s.list {
		if i.Rule != f.Rule && !s.run.standsInFor(f, i.Rule) || !i.speaksOf(f) {
			continue
		}
		i.used = true
		if by == nil && i.fault == "" && i.Rule == f.Rule && !s.run.forbids(&f, subjects.of(&f), exceptionOf(i.Ignore), loosening{
			address: i.address(), what: "ignores " + f.Rule, at: i.Location,
		}) {
			by = i
		}
	}
	if by == nil {
		return lint.Suppressed{}, false
	}
	by.covered++
	return lint.Suppressed{Finding: f, By: lint.ByIgnore, Reason: by.Reason, Location: by.Location}, true
}

// speaksOf reports whether the finding is on the lines that the comment
// covers, in something called from them, or in a resource or module on which
// it stands.
func (i *ignore) speaksOf(f lint.Finding) bool {
	for l := &f.Location; l != nil; l = l.Call {
		line := l.Range.Start.Line
		if l.HasFile() && l.File == i.File && line >= i.From && line <= i.To {
			return true
		}
	}
	return slices.ContainsFunc(i.Addresses, func(a string) bool {
		return f.Address == a || strings.HasPrefix(f.Address, a+".") || strings.HasPrefix(f.Address, a+"[")
	})
}

// address is what the comment stands on, or else the file it is in.
func (i *ignore) address() string {
	if len(i.Addresses) > 0 {
		return i.Addresses[0]
	}
	return cmp.Or(i.Location.Address, i.File)
}

func (r *run) judgeIgnores(set *ignoreSet) []lint.Finding {
	var out []lint.Finding
	for _, i := range set.list {
		f := lint.Finding{
			Address:  i.address(),
			Location: i.Location,
			Key:      "ignore " + i.Rule,
			// Each comment is a matter of its own, wherever they stand.
			Cause: fmt.Sprintf("ignore %s %s:%d:%d", i.Rule, i.Location.File, i.Location.Range.Start.Line, i.Location.Range.Start.Column),
		}
		switch {
		case i.fault != "":
			f.Message = fmt.Sprintf("The comment that ignores %s %s.", i.Rule, i.fault)
			if i.NearMiss {
				f.Message = fmt.Sprintf("The comment %s.", i.fault)
			}
			f.Remediation = "Write it so, or fix what it covers:\n\n  # boundlint:ignore RULE reason=\"...\" until=YYYY-MM-DD"
			if i.faultRule == lint.PolicyLoosened {
				f.Remediation = loosenedFix
			}
			out = r.own(out, i.faultRule, f)
		case !i.used && r.enabled[i.Rule] != nil && r.isSeen(i.Rule):
			f.Message = fmt.Sprintf("The comment that ignores %s covers no finding.", i.Rule)
			f.Remediation = "Remove it, or put it on the line above what it is about: the attribute, or the whole block."
			out = r.own(out, lint.ExemptionUnused, f)
		}
	}
	return out
}
