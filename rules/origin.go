package rules

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
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

// documentOrigin is the boundary whose document would answer the question.
func (h *holder) documentOrigin(answer authz.Answer) string {
	arn, ok := h.lackingDocument(answer)
	if !ok || arn.IsEmpty() {
		return ""
	}
	return "document of " + arn.Key()
}

// lackingDocument is the boundary whose document would tell more: the holder's
// own, or that of a role which it can create. The ARN is empty where it is
// secret.
func (h *holder) lackingDocument(answer authz.Answer) (policy.Text, bool) {
	if answer.Verdict != authz.Undetermined {
		return policy.Text{}, false
	}
	for _, r := range answer.Reasons {
		if r.Symbol != nil && strings.HasPrefix(r.Symbol.Name, unseenBoundaryName) && h.boundary == boundedUnseen && h.entity != nil {
			if h.entity.Boundary.Sensitive {
				return policy.Text{}, true
			}
			return h.entity.Boundary.Text, true
		}
	}
	return answer.Lacking, !answer.Lacking.IsEmpty()
}
