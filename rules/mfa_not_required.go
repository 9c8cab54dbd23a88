package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/rules/internal/trust"
)

// MFANotRequired reports people who get in without a second factor.
var MFANotRequired = &lint.Rule{
	ID: "mfa-not-required", Severity: lint.Warning, Leg: lint.Hygiene, OffByDefault: true,
	Doc: lint.Doc{
		Title: "People can act without multi-factor authentication",
		What: "Is there a request that is allowed although `aws:MultiFactorAuthPresent` is absent or false? Asked of the policies of each " +
			"user who is a person, and of each role that users of an account, or of the own one, can assume. A user is taken for a person " +
			"unless the input gives it access keys and no password. What a person needs to set up MFA is left out of account. `BoolIfExists` in " +
			"an Allow lets long-term keys through, and `Bool` in a Deny does not stop them: requests that such a key signs lack the condition " +
			"key altogether.",
		Why: "A password alone is phished, guessed and reused.",
		Blind: "People who come by an identity provider show their second factor there, and are not judged, nor are services, and roles that " +
			"trust an account only with an external id or only for roles. Whether a user has a device is told by the credential report only, " +
			"and MFA that is not asked for protects the console but not access keys.",
		Fix: "Ask for it: `Bool = { \"aws:MultiFactorAuthPresent\" = \"true\" }` in what allows, or a Deny of everything but the setting up " +
			"of MFA under `BoolIfExists = { \"aws:MultiFactorAuthPresent\" = \"false\" }`.",
		References: []string{
			"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_my-sec-creds-self-manage.html",
			"https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html",
		},
		Security: "5.5",
		Controls: []string{"CIS AWS Foundations 3.0 1.10", "PCI DSS 4.0 8.4.2"},
	},
	Run: func(p *lint.Pass) error {
		a, err := holders.Accounts.Of(p)
		if err != nil {
			return err
		}
		for _, h := range a.Holders {
			switch {
			case h.Entity.Kind == iam.User && isPerson(h.Entity):
				judgePerson(a, p, h)
			case h.Entity.Kind == iam.Role && h.Entity.Trust != nil && h.Entity.Trust.Document != nil && !h.Entity.Trust.Invalid:
				judgePeoplesRole(a, p, h.Entity)
			}
		}
		return nil
	},
}

// isPerson reports whether a user is not certainly a machine's.
func isPerson(e *iam.Entity) bool {
	keys := false
	for _, c := range e.Credentials {
		if c.Kind == loginProfile && c.Active {
			return true
		}
		keys = keys || c.Kind == accessKey
	}
	return !keys
}

const mfaKey = "aws:MultiFactorAuthPresent"

// withoutMFA are the two ways in which requests say that no second factor was
// shown: long-term keys say nothing, sessions say false.
var withoutMFA = []authz.KeyConstraint{
	{Key: mfaKey, Absent: true},
	{Key: mfaKey, Present: true, In: []policy.Text{policy.Literal("false")}},
}

// judgePerson asks for one request of a user. A finding is placed at the
// statement that allows it.
func judgePerson(a *holders.Account, p *lint.Pass, h *holders.Holder) {
	answer := authz.Answer{Verdict: authz.Denied}
	for _, action := range probes(h) {
		found := a.OnceAbout(h, action, "act without MFA", func() authz.Answer { return actWithoutMFA(a, h, action) })
		if found.Verdict == authz.Allowed || found.Verdict == authz.Undetermined && answer.Verdict == authz.Denied {
			answer = found
		}
		if answer.Verdict == authz.Allowed {
			break
		}
	}
	if answer.Verdict == authz.Denied {
		return
	}
	f := h.Finding(answer)
	f.Cause = ""
	f.Key = "user"
	f.Remediation = `Deny everything but the setting up of MFA under BoolIfExists = { "aws:MultiFactorAuthPresent" = "false" }.`
	if f.Verdict == lint.Undetermined {
		f.Message = fmt.Sprintf("Whether %s can act without MFA is not determined, because %s.", phrase.Entity(h.Entity),
			holders.Because(answer.Reasons))
	} else {
		f.Message = fmt.Sprintf("%s can act without MFA: %s.", phrase.Capital(phrase.Entity(h.Entity)), answer.Witness)
	}
	p.Report(f)
}

// actWithoutMFA asks for a request of one action.
func actWithoutMFA(a *holders.Account, h *holders.Holder, action string) authz.Answer {
	answer := authz.Answer{Verdict: authz.Denied}
	for _, without := range withoutMFA {
		found := authz.Search(h.Principal, a.Universe(h.Deployment), &authz.Query{
			Actions: []string{action}, Keys: []authz.KeyConstraint{without, {Key: "aws:MultiFactorAuthAge", Absent: true}},
		})
		if found.Verdict == authz.Allowed {
			return found
		}
		if found.Verdict == authz.Undetermined && answer.Verdict == authz.Denied {
			answer = found
		}
	}
	return answer
}

// selfService is what a person does before there is a second factor, or to
// get one (IAM User Guide, example policy for self-managed credentials).
var selfService = []string{
	"iam:*mfa*", "iam:changepassword", "iam:get*", "iam:list*", "iam:*accesskey*", "iam:*loginprofile*", "iam:*sshpublickey*",
	"iam:*signingcertificate*", "iam:*servicespecificcredential*", "sts:getsessiontoken", "sts:getcalleridentity", "sts:getaccesskeyinfo",
}

// maxProbes bounds how many actions of a user are tried.
const maxProbes = 60

// common are actions that stand for all of them: people know what they mean.
var common = []string{
	"s3:GetObject", "s3:PutObject", "ec2:RunInstances", "lambda:UpdateFunctionCode", "iam:CreateRole", "iam:PassRole", "dynamodb:Scan",
	"kms:Decrypt", "secretsmanager:GetSecretValue", "sts:AssumeRole", "ssm:StartSession", "cloudformation:CreateStack", "sqs:SendMessage",
}

// probes are actions that the statements of a holder allow: some of each
// entry, so that a deny that spares a few does not hide the rest.
func probes(h *holders.Holder) []string {
	const perEntry = 12
	var out []string
	add := func(actions ...string) {
		for _, name := range actions {
			spared := slices.ContainsFunc(selfService, func(s string) bool { return policy.GlobFold(s, name) })
			if !spared && len(out) < maxProbes && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	for _, g := range h.Grants {
		if g.Policy.Document == nil || g.Policy.Document.Unknown != nil {
			add(common...)
			continue
		}
		for _, s := range g.Policy.Document.Statements {
			if s.Effect == policy.Deny {
				continue
			}
			if s.NotAction != nil {
				add(common...)
			}
			for _, e := range s.Action {
				text, known := e.Text.Known()
				if !known || holders.IsStar(e) {
					add(common...)
					continue
				}
				n := 0
				for action := range catalog.ActionsMatching(text) {
					before := len(out)
					add(action.String())
					if n += len(out) - before; n >= perEntry {
						break
					}
				}
			}
		}
	}
	return out
}

// judgePeoplesRole asks whether users can assume a role without MFA: users
// that its trust policy names, and those of accounts that it names.
func judgePeoplesRole(a *holders.Account, p *lint.Pass, e *iam.Entity) {
	for _, s := range e.Trust.Statements {
		if s.Effect == policy.Deny || s.Principal == nil {
			continue
		}
		for _, entry := range s.Principal.Entries {
			who, account, name, ok := peopleNamed(entry, a.Model)
			if !ok {
				continue
			}
			answer := trust.FirstAllowed(func(c *trust.Caller) authz.Answer { return trust.Ask(a, e, s, c) },
				people(e.Trust.Document, account, name))
			if answer.Verdict == authz.Denied {
				continue
			}
			f := trust.Finding(e, s, entry.Range, answer, who)
			f.Key = "role " + entry.Text.String()
			trust.AskInTrust(&f, e, s, "Ask for MFA, in a condition", policy.Condition{
				Operator: policy.Literal("Bool"), Key: policy.Literal("aws:MultiFactorAuthPresent"),
				Values: []policy.Element{{Text: policy.Literal("true")}},
			})
			if f.Verdict == lint.Undetermined {
				f.Message = fmt.Sprintf("Whether %s can assume %s without MFA is not determined, because %s.", who, phrase.Entity(e),
					holders.Because(answer.Reasons))
			} else {
				f.Message = fmt.Sprintf("%s can assume %s without MFA.", phrase.Capital(who), phrase.Entity(e))
			}
			p.Report(f)
		}
	}
}

// peopleNamed tells which users an entry of a principal element names: one of
// them, or those of an account.
func peopleNamed(entry policy.Principal, m *iam.Model) (who, account, name string, ok bool) {
	if entry.Type != "AWS" {
		return "", "", "", false
	}
	if known, ok := entry.Text.Known(); ok && policy.IsAccountID(known) {
		return "users of the account " + known, known, "*", true
	}
	if trust.IsAccountText(entry.Text) {
		return "users of the own account", trust.OwnAccount, "*", true
	}
	arn, parsed := policy.ParseARN(entry.Text)
	if !parsed {
		return "", "", "", false
	}
	in, known := arn.Account.Known()
	of := "of the account " + in
	if !known {
		in, of = trust.OwnAccount, "of the own account"
		if !trust.IsAccountText(arn.Account) {
			of = "of the account " + arn.Account.String()
		}
	}
	switch resource := arn.Resource.Prefix(); {
	case holders.IsText(arn.Resource, "root"):
		return "users " + of, in, "*", true
	case strings.HasPrefix(resource, "user/"):
		for _, e := range m.Entities {
			if e.Kind == iam.User && e.ARN.Equal(entry.Text) && !isPerson(e) {
				return "", "", "", false
			}
		}
		name, known := arn.Resource.Known()
		if !known {
			name = "user/outsider"
		}
		name = strings.TrimPrefix(name, "user/")
		return "the user " + arn.Resource.String()[len("user/"):], in, name, true
	}
	return "", "", "", false
}

// people are users of an account who show no second factor and no external
// id, which is for other companies' services.
func people(d *policy.Document, account, name string) []*trust.Caller {
	var out []*trust.Caller
	for _, without := range withoutMFA {
		keys := []authz.KeyConstraint{
			without, trust.Absent("aws:MultiFactorAuthAge"), trust.Absent("aws:FederatedProvider"), trust.Absent("sts:ExternalId"),
			trust.Only(trust.Who("aws:principalarn"), trust.InPartitions("iam::"+account+":user/"+name)...),
		}
		if name != "*" {
			keys = append(keys, trust.Only(trust.Who("aws:username"), name[strings.LastIndexByte(name, '/')+1:]))
		}
		if trust.Asks(d, "sts:ExternalId") {
			keys = append(keys, trust.Absent("sts:ExternalId"))
		}
		out = append(out, &trust.Caller{
			Kind: authz.KindUser, Action: "sts:AssumeRole", Account: account, Keys: keys,
			Named: func(p policy.Principal) bool {
				_, in, _, ok := peopleNamed(p, &iam.Model{})
				return ok && in == account
			},
		})
	}
	return out
}
