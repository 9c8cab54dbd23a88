package rules

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// originsOf are the ways in which sessions of an entity begin, as the trust
// policy of a role allows; none where they are not known.
func (a *account) originsOf(e *iam.Entity) authz.Origins {
	if e.Kind != iam.Role || e.Trust == nil || e.Trust.Document == nil || e.Trust.Unknown != nil || e.Trust.Invalid {
		return 0
	}
	var origins authz.Origins
	for _, s := range e.Trust.Statements {
		if s.Effect == policy.Deny {
			continue
		}
		if s.Unknown != nil || s.Principal == nil || s.Principal.Unknown != nil {
			return 0
		}
		if s.Principal.Any {
			origins |= authz.FromUser | authz.FromRole
		}
		for _, p := range s.Principal.Entries {
			from := originOf(p)
			if from == 0 {
				return 0
			}
			origins |= from
		}
	}
	if origins != 0 && a.compile(e.Trust, e.Address).MayAllow("sts:SetSourceIdentity") {
		origins |= authz.FromSourceIdentity
	}
	return origins
}

// originOf is how a principal of a trust policy begins sessions; none where
// that is not known.
func originOf(p policy.Principal) authz.Origins {
	name, known := p.Text.Known()
	switch p.Type {
	case "Service":
		return authz.FromService
	case "Federated":
		switch {
		case !known:
			return authz.FromWebIdentity | authz.FromSAML
		case strings.Contains(name, ":saml-provider/"):
			return authz.FromSAML
		}
		return authz.FromWebIdentity
	case "AWS":
		names := func(kinds ...string) bool {
			return slices.ContainsFunc(kinds, func(kind string) bool { return strings.Contains(whole(p.Text), kind) })
		}
		switch {
		case names(":user/", "aws_iam_user."):
			return authz.FromUser
		case names(":role/", ":assumed-role/", "aws_iam_role."):
			return authz.FromRole
		}
		return authz.FromUser | authz.FromRole
	}
	return 0
}

// whole is a text with the addresses of the resources that it refers to.
func whole(x policy.Text) string {
	var b strings.Builder
	for _, part := range x.Parts() {
		b.WriteString(part.Literal)
		if part.Symbol != nil {
			b.WriteString(part.Symbol.Address)
		}
	}
	return b.String()
}
