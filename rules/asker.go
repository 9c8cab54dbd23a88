package rules

import (
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/policy"
)

// strict is the holder as the third leg takes it: a boundary whose document
// is not known may close what its policies leave open.
func (h *holder) strict() *authz.Principal {
	switch h.boundary {
	case boundedUnseen, boundedHidden:
		p := *h.principal
		p.Boundary = authz.Hidden(&policy.Symbol{Name: h.unseenBoundary()})
		return &p
	case unbounded, boundedKnown:
	}
	return h.principal
}

// lenient is the holder as the second leg takes it: without a boundary whose
// document is outside of the input, which the message then says. Where it is
// hidden whether there is one, nothing can be said without it.
func (h *holder) lenient() *authz.Principal {
	if h.boundary == boundedHidden {
		return h.strict()
	}
	return h.principal
}

// unseenBoundary names the boundary whose document is not known.
func (h *holder) unseenBoundary() string {
	if h.entity == nil || h.entity.Boundary.Sensitive {
		return unseenBoundaryName
	}
	return unseenBoundaryName + " " + h.entity.Boundary.Text.String()
}

// unseenBoundaryName begins the name of a boundary whose document is not known.
const unseenBoundaryName = "its permissions boundary"
