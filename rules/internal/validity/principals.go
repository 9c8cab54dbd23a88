package validity

import (
	"fmt"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/policy"
)

// assumeActions are, by what a principal is, the action by which it assumes a
// role (AWS STS API Reference).
const (
	assumeRole    = "sts:AssumeRole"
	assumeWithWeb = "sts:AssumeRoleWithWebIdentity"
	assumeSAML    = "sts:AssumeRoleWithSAML"
)

// principals finds principals of a trust policy that none of the statement's
// actions is for.
func (c *invalidity) principals(s *policy.Statement) {
	if c.doc.Kind != policy.TrustPolicy || s.Principal == nil || s.Principal.Any || s.Principal.Unknown != nil || s.Effect == policy.Deny ||
		s.NotAction != nil {
		return
	}
	assuming := false
	for _, e := range s.Action {
		text, known := e.Text.Known()
		if !known {
			return
		}
		for _, action := range []string{assumeRole, assumeWithWeb, assumeSAML} {
			assuming = assuming || policy.GlobFold(text, action)
		}
	}
	if !assuming {
		return
	}
	for _, p := range s.Principal.Entries {
		wanted := assumedBy(p)
		if wanted == "" || allowsAction(s, wanted) {
			continue
		}
		c.report(lint.Error, "principal-action", s.Index, p.Range,
			fmt.Sprintf("the principal %q assumes roles by %s, which the statement does not allow: no principal can assume the role by it", p.Text,
				wanted),
			fmt.Sprintf("Write %q as the action, in a statement of its own.", wanted))
	}
}

// assumedBy is the action by which a principal assumes a role; "" where that
// is not known.
func assumedBy(p policy.Principal) string {
	text, known := p.Text.Known()
	switch {
	case p.Type == "Service", p.Type == "AWS":
		return assumeRole
	case p.Type != "Federated" || !known:
		return ""
	case strings.Contains(text, ":saml-provider/"):
		return assumeSAML
	}
	return assumeWithWeb
}

func allowsAction(s *policy.Statement, action string) bool {
	for _, e := range s.Action {
		if text, known := e.Text.Known(); known && policy.GlobFold(text, action) {
			return true
		}
	}
	return false
}
