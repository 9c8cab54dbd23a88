package holders

import (
	"fmt"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
)

// Name is how a message calls a holder, at the start of a sentence.
func (h *Holder) Name() string {
	if h.Entity != nil {
		return phrase.Capital(phrase.Entity(h.Entity))
	}
	switch h.Kind {
	case aloneGroup:
		return "A member of " + h.Address
	case aloneInline:
		return "A principal that has " + h.Address
	case aloneAttached:
		return h.outsider()
	}
	return "A principal that is given " + h.Address
}

// outsider is how a message calls one whom the input does not declare and
// gives a policy.
func (h *Holder) outsider() string {
	t := h.attachment
	what := h.Grants[0].Title()
	if h.Grants[0].Document != nil {
		what = "the policy " + t.PolicyARN.String()
	}
	name, known := t.Holder.Known()
	if !known || t.Holder.Sensitive {
		return fmt.Sprintf("A principal to which %s gives %s", t.Address, what)
	}
	kind := phrase.Kind(iam.EntityKind(t.HolderKind))
	return fmt.Sprintf("The %s %s, which the input does not declare and %s gives %s,", kind, name, t.Address, what)
}

// who is how a witness calls the holder: by its ARN, if it has one.
func (h *Holder) who() string {
	if h.Entity != nil && !h.Principal.ARN.IsEmpty() {
		return h.Principal.ARN.String()
	}
	return h.Address
}

// Caveat says what a verdict rests on that the input does not prove: an
// account that was assumed, a boundary of the holder's own that is not seen.
func (h *Holder) Caveat(a authz.Answer) string {
	var parts []string
	if a.AssumedAccount != "" {
		parts = append(parts, "taking account "+a.AssumedAccount+" to be the one that this is deployed to")
	}
	switch h.Boundary {
	case BoundedUnseen:
		parts = append(parts, "not counting its own boundary, whose document is not in the input")
	case Unbounded, BoundedKnown, BoundedHidden:
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, "; ") + ")"
}
