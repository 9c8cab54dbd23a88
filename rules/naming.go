package rules

import (
	"fmt"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
)

// name is how a message calls a holder, at the start of a sentence.
func (h *holder) name() string {
	if h.entity != nil {
		return phrase.Capital(phrase.Entity(h.entity))
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
	kind := phrase.Kind(iam.EntityKind(t.HolderKind))
	return fmt.Sprintf("The %s %s, which the input does not declare and %s gives %s,", kind, name, t.Address, what)
}

// who is how a witness calls the holder: by its ARN, if it has one.
func (h *holder) who() string {
	if h.entity != nil && !h.principal.ARN.IsEmpty() {
		return h.principal.ARN.String()
	}
	return h.address
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
