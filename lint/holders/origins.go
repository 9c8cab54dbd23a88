package holders

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// originsOf are the ways in which sessions of an entity begin, as the trust
// policy of a role allows; none where they are not known.
func (a *Account) originsOf(e *iam.Entity) authz.Origins {
	switch {
	case e.Kind != iam.Role || e.Trust == nil || e.Trust.Invalid:
		return 0
	case e.Trust.Document == nil || e.Trust.Unknown != nil:
		return authz.FromHidden
	}
	var origins authz.Origins
	for _, s := range e.Trust.Statements {
		if s.Effect == policy.Deny {
			continue
		}
		if s.Unknown != nil || s.Principal == nil || s.Principal.Unknown != nil {
			return authz.FromHidden
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
	if origins != 0 && a.Compile(e.Trust, e.Address).MayAllow("sts:SetSourceIdentity") {
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
		return originOfService(name, known)
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

// originOfService is how a service begins sessions. Systems Manager hands them
// to instances, too.
func originOfService(name string, known bool) authz.Origins {
	service, _, _ := strings.Cut(name, ".")
	switch {
	case !known:
		return authz.FromService | authz.FromInstance | authz.FromFunction
	case service == "ec2", service == "ssm":
		return authz.FromService | authz.FromInstance
	case service == "lambda", service == "edgelambda":
		return authz.FromService | authz.FromFunction
	}
	return authz.FromService
}
