package holders

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/policy"
)

// StatementCause is the cause of what a statement grants. No principal edits AWS's
// own policies: what can change there is whom a policy is attached to.
func (h *Holder) StatementCause(g Grant, s *policy.Statement) string {
	switch {
	case g.Document != nil:
		return g.TextCause(s)
	case g.Group != nil:
		return fmt.Sprintf("%s#%d of %s", g.Address, s.Index, g.Group.Address)
	}
	return fmt.Sprintf("%s#%d of %s", g.Address, s.Index, h.Address)
}

// TextCause is a statement where its document is written: one text, whoever
// holds it, and however many policies are made of it, as long as they say the
// same.
func (g Grant) TextCause(s *policy.Statement) string {
	source := cmp.Or(g.Document.Source, lint.PlaceCause(g.Document.Location), g.Address)
	if g.Document.Sensitive {
		return fmt.Sprintf("%s#%d of sensitive document %d", source, s.Index, g.Document.Number)
	}
	says := sha256.Sum256([]byte(policy.PrintStatement(s, policy.PrintOptions{})))
	return fmt.Sprintf("%s#%d %x", source, s.Index, says[:4])
}

// DocumentOrigin is the boundary whose document would answer the question.
func (h *Holder) DocumentOrigin(answer authz.Answer) string {
	arn, ok := h.LackingDocument(answer)
	if !ok || arn.IsEmpty() {
		return ""
	}
	return "document of " + arn.Key()
}

// LackingDocument is the boundary whose document would tell more: the holder's
// own, or that of a role which it can create. The ARN is empty where it is
// secret.
func (h *Holder) LackingDocument(answer authz.Answer) (policy.Text, bool) {
	if answer.Verdict != authz.Undetermined {
		return policy.Text{}, false
	}
	for _, r := range answer.Reasons {
		if r.Symbol != nil && strings.HasPrefix(r.Symbol.Name, unseenBoundaryName) && h.Boundary == BoundedUnseen && h.Entity != nil {
			if h.Entity.Boundary.Sensitive {
				return policy.Text{}, true
			}
			return h.Entity.Boundary.Text, true
		}
	}
	return answer.Lacking, !answer.Lacking.IsEmpty()
}
