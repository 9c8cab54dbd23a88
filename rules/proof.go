package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// name is how a message calls a holder, at the start of a sentence.
func (h *holder) name() string {
	if h.entity != nil {
		return capital(entityName(h.entity))
	}
	switch h.what {
	case aloneGroup:
		return "A member of " + h.address
	case aloneInline:
		return "Whoever has " + h.address
	case aloneAttached:
		return h.outsider()
	}
	return "Whoever is given " + h.address
}

// outsider is how a message calls one whom the input does not declare and
// gives a policy.
func (h *holder) outsider() string {
	t := h.attachment
	what := h.grants[0].title()
	if h.grants[0].document != nil {
		what = "the policy " + t.PolicyARN.String()
	}
	name, known := t.Holder.Known()
	if !known || t.Holder.Sensitive {
		return fmt.Sprintf("Whoever %s gives %s", t.Address, what)
	}
	kind := kindName(iam.EntityKind(t.HolderKind))
	return fmt.Sprintf("The %s %s, which the input does not declare and %s gives %s,", kind, name, t.Address, what)
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// who is how a witness calls the holder: by its ARN, if it has one.
func (h *holder) who() string {
	if h.entity != nil && !h.principal.ARN.IsEmpty() {
		return h.principal.ARN.String()
	}
	return h.address
}

// proof turns a request into the plain data of a finding.
func (h *holder) proof(w *authz.Witness) *lint.Witness {
	if w == nil {
		return nil
	}
	who := h.who()
	if maker(w) != nil {
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

// asked is the request of an answer, be it one that only may be allowed.
func asked(answer authz.Answer) *authz.Witness {
	if answer.Witness != nil {
		return answer.Witness
	}
	return answer.Perhaps
}

// maker is the request by which the holder makes a role that then does what
// the witness shows; nil where the holder does it itself.
func maker(w *authz.Witness) *authz.Witness {
	if w == nil || len(w.First) == 0 || w.First[0].Action != "iam:CreateRole" {
		return nil
	}
	return w.First[0]
}

// granting is the identity-based statement that allows a request, and where
// it stands; false where it is in no document of the input.
func (h *holder) granting(w *authz.Witness) (grant, *policy.Statement, bool) {
	if w == nil {
		return grant{}, nil, false
	}
	for _, ref := range w.By {
		for _, g := range h.grants {
			if g.policy.Like() == ref.Policy.Like() {
				return g, ref.Source(), true
			}
		}
	}
	return grant{}, nil, false
}

// answer makes a finding of the answer to a question about the holder:
// located at the granting statement, with the request that proves it. The
// caller adds the message and what to write.
func (h *holder) answer(a authz.Answer) lint.Finding {
	f := lint.Finding{Address: h.address, Location: h.location}
	w := a.Witness
	if a.Verdict == authz.Undetermined {
		f.Verdict, f.Because, f.HiddenBy = lint.Undetermined, because(a.Reasons), h.hiddenBehind(a.Reasons)
		f.Origin = h.documentOrigin(a)
		w = a.Perhaps
	} else {
		f.Witness = h.proof(w)
	}
	if g, s, ok := h.granting(w); ok {
		f.Location = g.place(h, s)
		if s != nil && (g.document == nil || !g.document.Sensitive) {
			f.Excerpt = policy.PrintStatement(s, policy.PrintOptions{})
			f.Cause = h.statementCause(g, s)
		}
		settleAt(&f, g, h)
	} else if at, ok := h.reasonPlace(a.Reasons); ok {
		f.Location = at
	}
	return f
}

// hiddenBehind names the first thing among the reasons that is not known
// before apply; what hides the holder itself where no reason names any.
func (h *holder) hiddenBehind(reasons []authz.Reason) string {
	for _, r := range reasons {
		if r.Symbol != nil && !strings.HasPrefix(r.Symbol.Name, unseenBoundaryName) {
			return hiddenBy(r.Symbol)
		}
	}
	if h.boundary == boundedHidden && h.entity != nil {
		return hiddenIn(h.entity.Boundary)
	}
	return ""
}

// reasonPlace is the place of the first reason that has one.
func (h *holder) reasonPlace(reasons []authz.Reason) (iam.Location, bool) {
	for _, r := range reasons {
		for _, g := range h.grants {
			if !r.At.IsZero() && g.policy.Like() == r.At.Policy.Like() {
				return g.place(h, r.At.Source()), true
			}
		}
	}
	return iam.Location{}, false
}

// because says why an answer is undetermined, after "because".
func because(reasons []authz.Reason) string {
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
		if r.Symbol != nil && !strings.Contains(text, symbolName(r.Symbol)) {
			text += " (" + symbolName(r.Symbol) + ")"
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

// symbolName is what a person looks for in the configuration.
func symbolName(s *policy.Symbol) string {
	if s.Name != "" && len(s.References) != 1 {
		return s.Name + reasonsOf(s)
	}
	if len(s.References) == 1 {
		return s.References[0] + reasonsOf(s)
	}
	return "unknown"
}

// caveat says what a verdict rests on that the input does not prove: an
// account that was assumed, a boundary of the holder's own that is not seen.
func (h *holder) caveat(a authz.Answer) string {
	var parts []string
	if a.AssumedAccount != "" {
		parts = append(parts, "taking account "+a.AssumedAccount+" to be the one that this is deployed to")
	}
	switch h.boundary {
	case boundedUnseen:
		parts = append(parts, "not counting its own boundary, whose document is not in the input")
	case unbounded, boundedKnown, boundedHidden:
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, "; ") + ")"
}

// before tells of the requests that have to be made first.
func before(w *authz.Witness) string {
	if w == nil || len(w.First) == 0 {
		return ""
	}
	var parts []string
	for _, f := range w.First {
		parts = append(parts, f.String())
	}
	if maker(w) != nil {
		return ", as a role that it makes by " + strings.Join(parts, " and ")
	}
	return ", after " + strings.Join(parts, " and ")
}
