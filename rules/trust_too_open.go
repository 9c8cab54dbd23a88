package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/rules/internal/trust"
)

// TrustTooOpen reports roles that strangers can assume.
var TrustTooOpen = &lint.Rule{
	ID: "trust-too-open", Severity: lint.Warning, Leg: lint.Hygiene,
	Doc: lint.Doc{
		Title: "A trust policy that strangers can use",
		What: "Can a principal that is not named assume the role? A principal of any AWS account at all is an error where no condition says " +
			"who it has to be (`aws:PrincipalOrgID`, `aws:PrincipalAccount`, `aws:PrincipalArn`, `aws:SourceAccount` and the like), and a " +
			"warning where only an external id or a network stands between. For OpenID Connect providers: a subject of the provider that is not " +
			"named is a warning. For GitHub, GitLab and HCP Terraform, where everybody can sign up, the owner has to be pinned (`repo:*` and " +
			"`repo:my-org*` do not), and the audience restricts nothing, for callers choose it; for Amazon Cognito, Google, Facebook and Login " +
			"with Amazon the audience is the application and does restrict; elsewhere a condition on the subject is needed. Conditions are " +
			"evaluated: `IfExists` and `ForAllValues` let through who lacks the key, and a deny closes what an allow opens. Where the input tells " +
			"the organization, an account that the policy of a role or of another resource names and that is not in it is a warning, and a note " +
			"where an external id is asked for.",
		Why: "The trust policy alone decides who may become the role, whatever boundary it carries; the identity provider vouches for " +
			"everybody it knows.",
		Blind: "Providers that are named are trusted, and so are accounts where nothing tells the organization; accounts of AWS's own services " +
			"that write into a bucket are not told apart from others. Whether the users of a SAML provider, or the holders of an " +
			"organization's own identity provider's subjects, are the right ones is not seen.",
		Fix: "Name who is meant: an account, a role, or for a provider its subject, such as " +
			"`\"token.actions.githubusercontent.com:sub\" = \"repo:my-org/my-repo:ref:refs/heads/main\"` under StringEquals or StringLike.",
		References: []string{
			"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
			"https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html",
			"https://docs.github.com/en/actions/security-for-github-actions/security-hardening-your-deployments/configuring-openid-connect-in-amazon-web-services",
		},
		Security: "8.5",
	},
	Run: func(p *lint.Pass) error {
		a, err := holders.Accounts.Of(p)
		if err != nil {
			return err
		}
		for e := range p.Entities() {
			if e.Trust != nil && e.Trust.Document != nil && !e.Trust.Invalid {
				judgeTrust(a, p, e)
			}
		}
		for g := range p.Model.ResourceBased() {
			if d := g.Document; g.Role != nil || d.Unknown != nil || d.Invalid {
				continue
			}
			for _, s := range g.Document.Statements {
				trust.JudgeOutsideResource(a, p, g, s)
			}
		}
		return nil
	},
}

func judgeTrust(a *holders.Account, p *lint.Pass, e *iam.Entity) {
	if e.Trust.Unknown != nil {
		p.Report(lint.Finding{
			Verdict: lint.Undetermined, Address: e.Address, Attribute: e.Trust.Location.Attribute, Location: e.Trust.Location, Key: "document",
			HiddenBy:    phrase.HiddenBy(e.Trust.Unknown),
			Message:     fmt.Sprintf("Whether strangers can assume %s depends on %s.", phrase.Entity(e), phrase.HiddenBy(e.Trust.Unknown)),
			Remediation: phrase.ShowIt(p.Model, e.Trust.Location, "the trust policy"),
		})
		return
	}
	for _, s := range e.Trust.Statements {
		if s.Effect == policy.Deny {
			continue
		}
		judgeAnybody(a, p, e, s)
		trust.JudgeOutside(a, p, e, s)
		trust.JudgeProviders(a, p, e, s)
	}
}

// judgeAnybody judges a statement that names everybody.
func judgeAnybody(a *holders.Account, p *lint.Pass, e *iam.Entity, s *policy.Statement) {
	at, certain, hides := namesAnybody(s)
	if !certain && hides == nil {
		return
	}
	ask := func(c *trust.Caller) authz.Answer { return trust.Ask(a, e, s, c) }
	answer, severity, asked := trust.FirstAllowed(ask, outsiders(e.Trust.Document, false)), lint.Error, ""
	if answer.Verdict != authz.Allowed {
		if weak := trust.FirstAllowed(ask, outsiders(e.Trust.Document, true)); weak.Verdict == authz.Allowed || answer.Verdict == authz.Denied {
			answer, severity, asked = weak, lint.Warning, weakKeys(s)
		}
	}
	if answer.Verdict == authz.Denied {
		return
	}
	if !certain {
		answer = authz.Answer{Verdict: authz.Undetermined, Reasons: []authz.Reason{{Text: "the principal is not known", Symbol: hides}}}
	}
	f := trust.Finding(e, s, at, answer, "any principal of any AWS account")
	f.Key = "anybody"
	f.Remediation = "Name the accounts, roles or users that are meant as principals, or ask for aws:PrincipalOrgID or aws:PrincipalArn."
	if f.Verdict == lint.Undetermined {
		f.Message = fmt.Sprintf("Whether any AWS account can assume %s is not determined, because %s.", phrase.Entity(e),
			holders.Because(answer.Reasons))
		p.Report(f)
		return
	}
	if severity == lint.Warning {
		f.Message = fmt.Sprintf("Any AWS account can assume %s: its conditions (%s) do not say who it has to be.", phrase.Entity(e), asked)
	} else {
		f.Message = fmt.Sprintf("Anyone at all can assume %s, from any AWS account.", phrase.Entity(e))
	}
	p.Report(f, lint.Exactly(severity))
}

// namesAnybody reports whether the principal element of an allow takes in
// everybody, and where; hides is set where that is not certain.
func namesAnybody(s *policy.Statement) (at policy.Range, certain bool, hides *policy.Symbol) {
	switch {
	case s.NotPrincipal != nil:
		// With Allow that is everybody but those; AWS does not support it.
		return s.NotPrincipal.Range, false, &policy.Symbol{Name: "what NotPrincipal means with Allow"}
	case s.Principal == nil:
		return at, false, nil
	case s.Principal.Any:
		return s.Principal.Range, true, nil
	case s.Principal.Unknown != nil:
		return s.Principal.Range, false, s.Principal.Unknown
	}
	for _, entry := range s.Principal.Entries {
		switch {
		case entry.Type != "AWS":
		case holders.IsText(entry.Text, "*"):
			return entry.Range, true, nil
		case holders.MaybeStar(entry.Element) && hides == nil && !trust.IsAccountText(entry.Text) && !ofResources(entry.Text.Symbols()[0]):
			at, hides = entry.Range, entry.Text.Symbols()[0]
		}
	}
	return at, false, hides
}

// ofResources reports whether something hidden is made of nothing but
// attributes of resources, none of which is "*".
func ofResources(s *policy.Symbol) bool {
	for _, reference := range s.References {
		for strings.HasPrefix(reference, "module.") {
			_, rest, _ := strings.Cut(strings.TrimPrefix(reference, "module."), ".")
			reference = rest
		}
		reference = strings.TrimPrefix(reference, "data.")
		if !strings.HasPrefix(reference, "aws_") && !strings.HasPrefix(reference, "awscc_") {
			return false
		}
	}
	return len(s.References) > 0
}

const organizationKey = "aws:PrincipalOrgID"

// outsideAddress is an address that no policy names.
const outsideAddress = "93.184.215.14"

// outsiders are strangers with an AWS account of their own: roles and users,
// in an organization and not. guarded tells that they know the external id
// and sit in the network that is asked for.
func outsiders(d *policy.Document, guarded bool) []*trust.Caller {
	var out []*trust.Caller
	for _, kind := range []authz.PrincipalKind{authz.KindRole, authz.KindUser} {
		base := []authz.KeyConstraint{trust.ARNsIn(trust.OutsideAccount, kind), trust.Absent("aws:FederatedProvider")}
		if kind == authz.KindRole {
			base = append(base, trust.Only(trust.Who("aws:userid"), "AROAOUTSIDERBOUNDLINT:*"), trust.Absent(trust.Who("aws:username")))
		} else {
			base = append(base, trust.Only(trust.Who("aws:userid"), "AIDAOUTSIDERBOUNDLINT"), trust.Only(trust.Who("aws:username"), "*"))
		}
		variants := [][]authz.KeyConstraint{{trust.Absent(organizationKey), trust.Absent(trust.Who("aws:principalorgpaths"))}}
		if trust.Asks(d, organizationKey) || trust.Asks(d, "aws:PrincipalOrgPaths") {
			variants = append(variants, []authz.KeyConstraint{
				trust.Only(organizationKey, trust.OutsideOrganization),
				trust.Only(trust.Who("aws:principalorgpaths"), trust.OutsideOrganization+"/r-out0/ou-out0-outsider/"),
			})
		}
		if !guarded {
			variants = withoutGuards(d, variants)
		}
		for _, v := range variants {
			c := &trust.Caller{
				Kind: kind, Action: "sts:AssumeRole", Account: trust.OutsideAccount, Keys: slices.Concat(base, v),
				Named: func(policy.Principal) bool { return false },
			}
			if v[0].Present {
				c.Organization = trust.OutsideOrganization
			}
			out = append(out, c)
		}
	}
	return out
}

// guards are keys that keep strangers out without saying who may come in:
// secrets and networks.
var guards = []string{
	"sts:ExternalId", "aws:SourceIp", "aws:VpcSourceIp", "aws:SourceVpc", "aws:SourceVpce", "aws:SourceVpcArn",
	"aws:VpceAccount", "aws:VpceOrgID", "aws:VpceOrgPaths",
	"aws:Ec2InstanceSourceVpc", "aws:Ec2InstanceSourcePrivateIPv4",
}

// withoutGuards puts strangers outside of every network, and lets them come
// without an external id as well as with a wrong one.
func withoutGuards(d *policy.Document, variants [][]authz.KeyConstraint) [][]authz.KeyConstraint {
	var fixed []authz.KeyConstraint
	for _, key := range guards[1:] {
		switch {
		case !trust.Asks(d, key):
		case key == "aws:SourceIp":
			fixed = append(fixed, trust.Only(key, outsideAddress))
		default:
			fixed = append(fixed, trust.Absent(key))
		}
	}
	var out [][]authz.KeyConstraint
	for _, v := range variants {
		v = slices.Concat(v, fixed)
		out = append(out, slices.Concat(v, []authz.KeyConstraint{trust.Absent(guards[0])}))
		if trust.Asks(d, guards[0]) {
			out = append(out, slices.Concat(v, []authz.KeyConstraint{trust.Only(guards[0], "outsider")}))
		}
	}
	return out
}

// weakKeys are the keys that a statement asks for.
func weakKeys(s *policy.Statement) string {
	var names []string
	for _, c := range s.Condition {
		if name := c.Key.String(); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return "those of its denies"
	}
	return strings.Join(names, ", ")
}
