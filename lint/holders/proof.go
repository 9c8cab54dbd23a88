package holders

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
)

// Witness turns a request into the plain data of a finding.
func (h *Holder) Witness(w *authz.Witness) *lint.Witness {
	if w == nil {
		return nil
	}
	who := h.who()
	if Maker(w) != nil {
		who = w.First[0].Resource.String()
	}
	out := &lint.Witness{
		Principal: who, Action: w.Action, Resource: w.Resource.String(),
		Context: map[string][]string{}, Absent: w.Absent,
	}
	for _, v := range w.Context {
		for _, x := range v.Values {
			out.Context[v.Key] = append(out.Context[v.Key], x.String())
		}
	}
	return out
}

// Request is the request of an answer, be it one that only may be allowed.
func Request(answer authz.Answer) *authz.Witness {
	if answer.Witness != nil {
		return answer.Witness
	}
	return answer.Perhaps
}

// Maker is the request by which the holder makes a role that then does what
// the witness shows; nil where the holder does it itself.
func Maker(w *authz.Witness) *authz.Witness {
	if w == nil || len(w.First) == 0 || w.First[0].Action != "iam:CreateRole" {
		return nil
	}
	return w.First[0]
}

// Granting is the identity-based statement that allows a request, and where
// it stands; false where it is in no document of the input.
func (h *Holder) Granting(w *authz.Witness) (Grant, *policy.Statement, bool) {
	if w == nil {
		return Grant{}, nil, false
	}
	for _, ref := range w.By {
		for _, g := range h.Grants {
			if g.Policy.Like() == ref.Policy.Like() {
				return g, ref.Source(), true
			}
		}
	}
	return Grant{}, nil, false
}

// Finding makes a finding of the answer to a question about the holder:
// located at the granting statement, with the request that proves it. The
// caller adds the message and what to write.
func (h *Holder) Finding(a authz.Answer) lint.Finding {
	f := lint.Finding{Address: h.Address, Location: h.Location}
	w := a.Witness
	if a.Verdict == authz.Undetermined {
		f.Verdict, f.Because, f.HiddenBy = lint.Undetermined, Because(a.Reasons), h.HiddenBehind(a.Reasons)
		f.Origin = h.DocumentOrigin(a)
		w = a.Perhaps
	} else {
		f.Witness = h.Witness(w)
	}
	if g, s, ok := h.Granting(w); ok {
		f.Location = g.Place(h, s)
		if s != nil && (g.Document == nil || !g.Document.Sensitive) {
			f.Excerpt = policy.PrintStatement(s, policy.PrintOptions{})
			f.Cause = h.StatementCause(g, s)
		}
		MarkUncertain(&f, g, h)
	} else if at, ok := h.reasonPlace(a.Reasons); ok {
		f.Location = at
	}
	return f
}

// HiddenBehind names the first thing among the reasons that is not known
// Before apply; what hides the holder itself where no reason names any.
func (h *Holder) HiddenBehind(reasons []authz.Reason) string {
	for _, r := range reasons {
		if r.Symbol != nil && !strings.HasPrefix(r.Symbol.Name, unseenBoundaryName) {
			return phrase.HiddenBy(r.Symbol)
		}
	}
	if h.Boundary == BoundedHidden && h.Entity != nil {
		return phrase.HiddenIn(h.Entity.Boundary)
	}
	return ""
}

// reasonPlace is the place of the first reason that has one.
func (h *Holder) reasonPlace(reasons []authz.Reason) (iam.Location, bool) {
	for _, r := range reasons {
		for _, g := range h.Grants {
			if !r.At.IsZero() && g.Policy.Like() == r.At.Policy.Like() {
				return g.Place(h, r.At.Source()), true
			}
		}
	}
	return iam.Location{}, false
}

// Because says why an answer is undetermined, after "because".
func Because(reasons []authz.Reason) string {
	const most = 3
	var parts []string
	for _, r := range reasons {
		text := r.Text
		if r.Symbol != nil && strings.HasPrefix(r.Symbol.Name, unseenBoundaryName) {
			text = "the document of " + r.Symbol.Name + " is not in the input"
			if slices.Contains(parts, text) {
				continue
			}
			parts = append(parts, text)
			continue
		}
		if r.Symbol != nil && strings.HasPrefix(r.Symbol.Name, whoHas) {
			text = "it is not known " + r.Symbol.Name
		}
		if r.Symbol != nil && !strings.Contains(text, phrase.Symbol(r.Symbol)) {
			text += " (" + phrase.Symbol(r.Symbol) + ")"
		}
		if len(parts) < most {
			parts = append(parts, text)
		}
	}
	if len(parts) == 0 {
		return "a part of its policies is not known"
	}
	return strings.Join(parts, ", and ")
}

// Before tells of the requests that have to be made first.
func Before(w *authz.Witness) string {
	if w == nil || len(w.First) == 0 {
		return ""
	}
	var parts []string
	for _, f := range w.First {
		parts = append(parts, f.String())
	}
	if Maker(w) != nil {
		return ", as a role that it makes by " + strings.Join(parts, " and ")
	}
	return ", after " + strings.Join(parts, " and ")
}
