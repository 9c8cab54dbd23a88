package holders

import (
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/policy"
)

// Strict is the holder as the third leg takes it: a boundary whose document
// is not known may close what its policies leave open.
func (h *Holder) Strict() *authz.Principal {
	switch h.Boundary {
	case BoundedUnseen, BoundedHidden:
		// It is one principal each time, of which a search remembers what it has found out.
		if as := (strictOf{h.Principal, h.UnseenBoundary()}); h.strict == nil || h.strictAs != as {
			p := *as.principal
			p.Boundary = authz.Hidden(&policy.Symbol{Name: as.unseen})
			h.strict, h.strictAs = &p, as
		}
		return h.strict
	case Unbounded, BoundedKnown:
	}
	return h.Principal
}

// strictOf is what a strict principal is made of.
type strictOf struct {
	principal *authz.Principal
	unseen    string
}

// Lenient is the holder as the second leg takes it: without a boundary whose
// document is outside of the input, which the message then says. Where it is
// hidden whether there is one, nothing can be said without it.
func (h *Holder) Lenient() *authz.Principal {
	if h.Boundary == BoundedHidden {
		return h.Strict()
	}
	return h.Principal
}

// Limit says what limits the holder: a boundary that allows everything does not.
// Where something hides the boundary that is written there, it is only not seen,
// unless it may turn out to be null.
func (h *Holder) Limit() BoundaryKnowledge {
	switch {
	case h.Boundary == BoundedKnown && authz.AllowsEverything(h.Principal.Boundary):
		return Unbounded
	case h.Boundary == BoundedHidden && !h.Entity.Boundary.Nullable:
		return BoundedUnseen
	}
	return h.Boundary
}

// UnseenBoundary names the boundary whose document is not known.
func (h *Holder) UnseenBoundary() string {
	if h.Entity == nil || h.Entity.Boundary.Sensitive {
		return unseenBoundaryName
	}
	return unseenBoundaryName + " " + h.Entity.Boundary.Text.String()
}

// unseenBoundaryName begins the name of a boundary whose document is not known.
const unseenBoundaryName = "its permissions boundary"
