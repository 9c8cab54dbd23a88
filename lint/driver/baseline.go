package driver

import (
	"cmp"
	"fmt"
	"path"
	"slices"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
)

// Baseline is a baseline in use. It serves all runs that make one report, one
// after the other, and notes what they find.
type Baseline struct {
	*lint.Baseline
	// Revision is the revision that has the findings, nil where a file has them.
	Revision *lint.Revision
	// Gone reports whether a root module that no run has judged does not exist
	// any more; nil for no.
	Gone func(root string) bool
	// Found is what the runs have found that a baseline can hold, covered by this
	// one or not.
	Found []lint.Baselined

	at     map[lint.BaselinedKey]int
	occurs []bool
	// judged are the root modules of the runs: whether all that belongs to one was
	// judged.
	judged map[string]bool
}

// NewBaseline prepares a baseline for use.
func NewBaseline(b *lint.Baseline) *Baseline {
	out := &Baseline{Baseline: b, at: map[lint.BaselinedKey]int{}, occurs: make([]bool, len(b.Findings)), judged: map[string]bool{}}
	for i := range b.Findings {
		out.at[b.Findings[i].Key()] = i
	}
	return out
}

// Stale are the findings of the baseline that do not occur any more, in its order.
// Of a root module that was not judged, or not wholly, there are none.
func (b *Baseline) Stale() []lint.Baselined { return b.those(b.isStale) }

// Unknown are the findings of the baseline of which it is not known whether they
// still occur: their root module was not judged, or not wholly.
func (b *Baseline) Unknown() []lint.Baselined {
	return b.those(func(i int) bool { return !b.occurs[i] && !b.isStale(i) })
}

// Left are the findings of the baseline that are not stale, in its order.
func (b *Baseline) Left() []lint.Baselined {
	return b.those(func(i int) bool { return !b.isStale(i) })
}

func (b *Baseline) those(are func(i int) bool) []lint.Baselined {
	var out []lint.Baselined
	for i := range b.Findings {
		if are(i) {
			out = append(out, b.Findings[i])
		}
	}
	return out
}

func (b *Baseline) isStale(i int) bool {
	known := &b.Findings[i]
	whole, judged := b.judged[known.Root]
	gone := !judged && known.Input == iam.InputConfig && b.Gone != nil && b.Gone(known.Root)
	return !b.occurs[i] && (whole || gone)
}

// covers reports whether the baseline has a finding, and where.
func (b *Baseline) covers(f *lint.Baselined) (lint.Baselined, bool) {
	i, ok := b.at[f.Key()]
	if !ok {
		return lint.Baselined{}, false
	}
	b.occurs[i] = true
	return b.Findings[i], !f.IsWorse(&b.Findings[i])
}

// isBaselined reports whether a baseline can hold the findings of a rule. Those of
// the run itself are about the configuration and about an input that lacks
// something, and not about what a repository has come to have.
func isBaselined(rule string) bool {
	switch rule {
	case lint.ExemptionExpired, lint.ExemptionUnused, lint.InputIncomplete, lint.PolicyLoosened:
		return false
	}
	return true
}

// baseline takes out the findings that the baseline has.
func (r *run) baseline(report *lint.Report, found []lint.Finding, hidden []*Secrets) []lint.Finding {
	b := r.opts.Baseline
	if b == nil {
		return found
	}
	for _, m := range r.models {
		whole := !r.opts.Partial && len(r.opts.Diagnostics) == 0 && isWhole(m)
		if before, judged := b.judged[rootOf(&m.Input)]; judged {
			whole = whole && before
		}
		b.judged[rootOf(&m.Input)] = whole
	}
	var kept []lint.Finding
	covered := 0
	for i := range found {
		f := &found[i]
		if !isBaselined(f.Rule) || f.Input >= len(r.models) {
			kept = append(kept, *f)
			continue
		}
		in := &r.models[f.Input].Input
		own := r.baselined(f, in, hidden[f.Input])
		b.Found = append(b.Found, own)
		known, ok := b.covers(&own)
		if !ok || r.expired(b.Until) || r.forbidsBaselined(f, r.subjectsOf(f.Input).of(f), known.Line) {
			kept = append(kept, *f)
			continue
		}
		covered++
		report.Suppressed = append(report.Suppressed, b.suppressed(f, known.Line))
	}
	switch {
	case b.Revision != nil:
		report.InForce.Revisions = []lint.RevisionInForce{{Revision: *b.Revision, Entries: len(b.Findings), Findings: covered}}
	case b.File != "":
		report.InForce.Baselines = []lint.BaselineInForce{{FileDigest: b.FileDigest, Entries: len(b.Findings), Findings: covered}}
	}
	return kept
}

// forbidsBaselined reports whether a policy forbids that the baseline leaves a finding
// out. For each rule it is noted once, at the first entry: a baseline may have very
// many.
func (r *run) forbidsBaselined(f *lint.Finding, subject *lint.Subject, line int) bool {
	b := r.opts.Baseline
	if b.Revision != nil {
		return false // the repository does not say what is in it
	}
	by := loosening{address: path.Base(b.File), what: "leaves out findings of " + f.Rule, at: b.location(line)}
	for _, known := range r.loosened {
		if known.address == by.address && known.what == by.what {
			by.at = known.at
		}
	}
	return r.forbids(f, subject, lint.Exception{Rule: f.Rule, Reason: b.Reason, Until: b.Until}, by)
}

// suppressed is a finding that the baseline has in a line.
func (b *Baseline) suppressed(f *lint.Finding, line int) lint.Suppressed {
	if b.Revision != nil {
		return lint.Suppressed{Finding: *f, By: lint.ByRevision, Reason: "it is in " + b.Revision.Name}
	}
	reason := cmp.Or(b.Reason, "known since the baseline was written")
	return lint.Suppressed{Finding: *f, By: lint.ByBaseline, Reason: reason, Location: b.location(line)}
}

// baselined is a finding as a baseline holds it.
func (r *run) baselined(f *lint.Finding, in *iam.Input, hidden *Secrets) lint.Baselined {
	out := lint.Baselined{
		Fingerprint: f.Fingerprint, Rule: f.Rule, Severity: f.Severity, Verdict: f.Verdict,
		Input: in.Kind, Root: rootOf(in), Workspace: in.Workspace, Tool: in.Tool,
		Address: hidden.sentence(f.Address), Message: hidden.sentence(f.Message),
	}
	for _, part := range f.Parts {
		out.Parts = append(out.Parts, hidden.sentence(r.identityOf(f.Input, part)))
	}
	slices.Sort(out.Parts)
	out.Parts = slices.Compact(out.Parts)
	return out
}

// rootOf is what names the root module of an input.
func rootOf(in *iam.Input) string { return cmp.Or(in.Root, in.Path) }

func (b *Baseline) location(line int) iam.Location {
	l := iam.Location{File: b.File}
	l.Range.Start.Line, l.Range.Start.Column = line, 1
	return l
}

// judgeBaseline finds that the baseline is past its date, and what it has and no
// input has any more.
func (r *run) judgeBaseline() []lint.Finding {
	b := r.opts.Baseline
	if b == nil || b.Revision != nil || r.opts.Later > 0 {
		return nil // what is judged afterwards may have the rest
	}
	name := path.Base(b.File)
	var out []lint.Finding
	if r.expired(b.Until) {
		out = r.own(out, lint.ExemptionExpired, lint.Finding{
			Address: name, Attribute: "until", Location: b.location(1), Key: "baseline",
			Message:     fmt.Sprintf("The baseline %s ended on %s and covers nothing any more.", name, b.Until.Format(dateFormat)),
			Remediation: "Fix what it covered, or have it reviewed and write it anew.",
		})
	}
	stale := b.Stale()
	if len(stale) == 0 {
		return out
	}
	message := "An entry of the baseline does not occur any more."
	if len(stale) > 1 {
		message = fmt.Sprintf("%d entries of the baseline do not occur any more.", len(stale))
	}
	f := lint.Finding{
		Address: name, Location: b.location(stale[0].Line), Key: "baseline", Message: message,
		Remediation: "Remove what is fixed, so that it is reported when it comes back: boundlint baseline prune.",
	}
	for _, known := range stale {
		f.Related = append(f.Related, lint.Related{
			Address: known.Address, Message: known.Rule + " in " + known.Root, Location: b.location(known.Line),
		})
	}
	return r.own(out, lint.ExemptionUnused, f)
}
