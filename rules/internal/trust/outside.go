package trust

import (
	"fmt"
	"slices"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
)

// outsideFix is what to do about an account outside of the organization.
const outsideFix = "Remove it, or ask for the organization by aws:PrincipalOrgID; where a third party is meant, exempt it with the reason."

// JudgeOutside reports the accounts that a statement of a trust policy names and lets in,
// and that are not in the organization of the role's account. Without a tree of the
// organization nothing tells.
func JudgeOutside(a *holders.Account, p *lint.Pass, e *iam.Entity, s *policy.Statement) {
	eachOutside(a, s, e.Deployment.Account, func(id, organization string, at policy.Range) {
		answer := FirstAllowed(func(c *Caller) authz.Answer { return Ask(a, e, s, c) }, callersOf(id))
		if answer.Verdict == authz.Denied {
			return
		}
		f := Finding(e, s, at, answer, "a principal of the account "+id)
		f.Key, f.Remediation = "outside "+id, outsideFix
		f.Message = fmt.Sprintf("The account %s can assume %s, and is not in the organization %s.", id, phrase.Entity(e), organization)
		if f.Verdict == lint.Undetermined {
			f.Message = fmt.Sprintf("Whether the account %s, which is not in the organization %s, can assume %s is not determined, because %s.", id,
				organization, phrase.Entity(e), holders.Because(answer.Reasons))
		}
		if asks(s, "sts:ExternalId") {
			// As AWS has third parties let in.
			p.Report(f, lint.Exactly(lint.Note))
			return
		}
		p.Report(f)
	})
}

// JudgeOutsideResource reports the accounts that a statement of a resource's policy names
// and that are not in the organization of the resource's account. Conditions that ask for
// the organization close it.
func JudgeOutsideResource(a *holders.Account, p *lint.Pass, g *iam.ResourcePolicy, s *policy.Statement) {
	if asks(s, "aws:PrincipalOrgID") || asks(s, "aws:PrincipalOrgPaths") {
		return
	}
	eachOutside(a, s, p.Model.AccountOf(g), func(id, organization string, at policy.Range) {
		f := lint.Finding{
			Address: g.Address, Attribute: g.Document.Location.Attribute, Location: g.Document.StatementLocation(s.Index, at),
			Key: "outside " + id + " " + g.Document.StatementKey(s), Remediation: outsideFix,
			Message: fmt.Sprintf("The policy of the resource lets in the account %s, which is not in the organization %s.", id, organization),
		}
		if !g.Document.Sensitive {
			f.Excerpt = policy.PrintStatement(s, policy.PrintOptions{})
		}
		p.Report(f)
	})
}

// eachOutside visits the accounts that an Allow names and that are outside of the
// organization of an account, each once.
func eachOutside(a *holders.Account, s *policy.Statement, of policy.Text, visit func(id, organization string, at policy.Range)) {
	if s.Effect == policy.Deny || s.Principal == nil {
		return
	}
	var seen []string
	for _, entry := range s.Principal.Entries {
		if entry.Type != "AWS" {
			continue
		}
		id, _ := entry.Text.Known()
		if arn, ok := policy.ParseARN(entry.Text); ok {
			id, _ = arn.Account.Known()
		}
		organization, outside := a.Outside(id, of)
		if outside && !slices.Contains(seen, id) {
			seen = append(seen, id)
			visit(id, organization, entry.Range)
		}
	}
}

// asks reports whether a statement has a condition on a key.
func asks(s *policy.Statement, key string) bool {
	return Asks(&policy.Document{Statements: []*policy.Statement{s}}, key)
}

// callersOf are principals of an account outside: in no organization, and in another one.
func callersOf(id string) []*Caller {
	of := func(p policy.Principal) bool {
		arn, ok := policy.ParseARN(p.Text)
		return ok && holders.IsText(arn.Account, id) || holders.IsText(p.Text, id)
	}
	var out []*Caller
	for _, kind := range []authz.PrincipalKind{authz.KindRole, authz.KindUser} {
		none := &Caller{
			Kind: kind, Action: "sts:AssumeRole", Account: id, Named: of,
			Keys: []authz.KeyConstraint{ARNsIn(id, kind), Absent("aws:PrincipalOrgID"), Absent(Who("aws:principalorgpaths"))},
		}
		other := &Caller{
			Kind: kind, Action: "sts:AssumeRole", Account: id, Named: of, Organization: OutsideOrganization,
			Keys: []authz.KeyConstraint{
				ARNsIn(id, kind), Only("aws:PrincipalOrgID", OutsideOrganization),
				Only(Who("aws:principalorgpaths"), OutsideOrganization+"/r-out0/ou-out0-outsider/"),
			},
		}
		out = append(out, none, other)
	}
	return out
}
