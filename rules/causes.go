package rules

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/escalation"
	"github.com/boundlint/boundlint/lint/policy"
)

// statementCause is the cause of what a statement grants. Nobody edits AWS's
// own policies: what can change there is whom a policy is attached to.
func (h *holder) statementCause(g grant, s *policy.Statement) string {
	switch {
	case g.document != nil:
		return g.textCause(s)
	case g.group != nil:
		return fmt.Sprintf("%s#%d of %s", g.address, s.Index, g.group.Address)
	}
	return fmt.Sprintf("%s#%d of %s", g.address, s.Index, h.address)
}

// textCause is a statement where its document is written: one text, whoever
// holds it, and however many policies are made of it, as long as they say the
// same.
func (g grant) textCause(s *policy.Statement) string {
	source := cmp.Or(g.document.Source, lint.PlaceCause(g.document.Location), g.address)
	if g.document.Sensitive {
		return fmt.Sprintf("%s#%d of sensitive document %d", source, s.Index, g.document.Number)
	}
	says := sha256.Sum256([]byte(policy.PrintStatement(s, policy.PrintOptions{})))
	return fmt.Sprintf("%s#%d %x", source, s.Index, says[:4])
}

// leakOrigin is the boundary that leaks, where nothing but that leaves open
// what a holder can do: its policies are an administrator's, and what keeps it
// from anything is the boundary. It is "" for any other holder.
func (a *account) leakOrigin(h *holder, f *lint.Finding) string {
	if f.Verdict == lint.Undetermined || h.entity == nil || h.boundary != boundedKnown || !a.isFree(h) {
		return ""
	}
	boundary, ok := a.standing[h.principal.Boundary]
	if !ok || boundary.document == nil || a.wayOut(h) == "" {
		return ""
	}
	return leakOf(boundary.address)
}

// leakOf is the origin of what follows from a boundary that leaks.
func leakOf(boundary string) string { return "leak of " + boundary }

// isFree reports whether a holder's policies allow all of IAM, as those of an
// administrator do, and take nothing of it away.
func (a *account) isFree(h *holder) bool {
	own := newReach(h.principal.Identity)
	return own.holdsAll(iamService, true) && !own.curbs && wholeOfAll([]*reach{own}, true) >= manyServices
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

// documentOrigin is the boundary whose document would answer the question.
func (h *holder) documentOrigin(answer authz.Answer) string {
	arn, ok := h.lackingDocument(answer)
	if !ok || arn.IsEmpty() {
		return ""
	}
	return "document of " + arn.Key()
}
