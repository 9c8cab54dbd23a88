package rules

import (
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/escalation"
	"github.com/boundlint/boundlint/lint/holders"
)

// leakOrigin is the boundary that leaks, where nothing but that leaves open
// what a holder can do: its policies are an administrator's, and what keeps it
// from anything is the boundary. It is "" for any other holder.
func leakOrigin(a *holders.Account, h *holders.Holder, f *lint.Finding) string {
	if f.Verdict == lint.Undetermined || h.Entity == nil || h.Boundary != holders.BoundedKnown || !isFree(a, h) {
		return ""
	}
	boundary, ok := a.Standing[h.Principal.Boundary]
	if !ok || boundary.Document == nil || wayOut(a, h) == "" {
		return ""
	}
	return leakOf(boundary.Address)
}

// leakOf is the origin of what follows from a boundary that leaks.
func leakOf(boundary string) string { return "leak of " + boundary }

// isFree reports whether a holder's policies allow all of IAM, as those of an
// administrator do, and take nothing of it away.
func isFree(a *holders.Account, h *holders.Holder) bool {
	own := holders.NewReach(h.Principal.Identity)
	return own.HoldsAll(holders.IAMService, true) && !own.Curbs && holders.WholeOfAll([]*holders.Reach{own}, true) >= holders.ManyServices
}

// pathCause is the cause of a path of escalation that begins with what one
// statement grants: the same steps to the same end.
func pathCause(statement string, path *escalation.Path) string {
	if statement == "" {
		return ""
	}
	parts := []string{statement}
	for _, s := range path.Steps {
		parts = append(parts, s.Way.ID)
		if s.To.Entity != path.Steps[0].From.Entity {
			parts = append(parts, nodeAddress(s.To))
		}
	}
	return strings.Join(parts, " ")
}
