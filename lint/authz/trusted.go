package authz

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
)

// assumptions are the actions that trust policies decide: those that begin a
// session, and what the session takes along.
var assumptions = []string{
	assumeRole, "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity",
}

// NewlyTrusted asks whether a trust policy lets a principal make some request
// that another one refuses it, which is nil where no trust policy was there
// before. It is asked of the trust policies alone: what the principal's own
// policies say does not count, and one that is named and one whose account is
// named are trusted alike. role is the ARN of the role; empty for any.
func NewlyTrusted(role policy.Text, trust, before *Policy, who *Principal, u *Universe) Answer {
	is, was, named := *who, *who, *who
	if who.Account.Equal(anyone) {
		named.Account = policy.Literal(unknownAccount)
	}
	is.Identity, was.Identity = []*Policy{trust.spokenTo(&named)}, nil
	if before != nil {
		was.Identity = []*Policy{before.spokenTo(&named)}
	}
	q := &Query{Actions: assumptions, Beyond: &was}
	if !role.IsEmpty() {
		q.Resources = []policy.Text{role}
	}
	best := Answer{Verdict: Denied}
	places, _ := bindings(&is, u, q) // what they leave out is another account for the role
	for _, b := range places {
		s := newSearcher(&is, u, q, b)
		s.trusting = true
		best = worse(best, s.search())
	}
	best.Reasons = namingReasons(best.Reasons)
	return best
}

// spokenTo is a trust policy as far as it speaks of a principal, in whatever way
// it names it.
func (p *Policy) spokenTo(who *Principal) *Policy {
	if p.hidden != nil {
		return p
	}
	return p.spoken(who, func(n naming) policy.Truth { return n.direct.Or(n.role).Or(n.account) })
}

// Trustee is one that a trust policy names, as it names it: * is everyone.
type Trustee struct {
	Name      policy.Text
	Principal *Principal
}

// anyone is the account of a principal that only * names.
var anyone = policy.SymbolText(&policy.Symbol{Name: "the account of the one who asks"})

// Trustees are all that the Allows of a trust policy name, each once.
func (p *Policy) Trustees() []Trustee {
	var out []Trustee
	add := func(name policy.Text, who *Principal) {
		if !slices.ContainsFunc(out, func(t Trustee) bool { return t.Name.Equal(name) && t.Principal.Kind == who.Kind }) {
			out = append(out, Trustee{name, who})
		}
	}
	for _, s := range p.statements {
		if !s.allows {
			continue
		}
		if s.notPrincipal != nil || s.principal != nil && (s.principal.Any || s.principal.Unknown != nil) {
			add(policy.Literal(wholeResource), &Principal{Kind: KindRole, Account: anyone})
		}
		if s.principal == nil {
			continue
		}
		for i := range s.principal.Entries {
			add(s.principal.Entries[i].Text, trustee(&s.principal.Entries[i]))
		}
	}
	return out
}

// trustee is the principal that an entry names. An account is one of its roles
// that no entry names.
func trustee(e *policy.Principal) *Principal {
	text, known := e.Text.Known()
	switch {
	case e.Type == "Service":
		return &Principal{Kind: KindService, ARN: e.Text}
	case e.Type == "Federated":
		return &Principal{Kind: KindFederated, ARN: e.Text}
	case known && text == wholeResource:
		return &Principal{Kind: KindRole, Account: anyone}
	case known && policy.IsAccountID(text):
		return &Principal{Kind: KindRole, Account: e.Text}
	}
	arn, ok := policy.ParseARN(e.Text)
	switch typ := arn.ResourceType(); {
	case !ok:
		return &Principal{Kind: KindRole, ARN: e.Text}
	case isRootUser(arn):
		return &Principal{Kind: KindRole, Account: arn.Account}
	case typ == "user":
		return &Principal{Kind: KindUser, ARN: e.Text}
	case typ == "federated-user":
		return &Principal{Kind: KindFederatedUser, Account: arn.Account}
	case typ == "assumed-role":
		return sessionOf(arn)
	}
	return &Principal{Kind: KindRole, ARN: e.Text}
}

// sessionOf is the principal of the ARN of a session, which lacks the path of
// its role.
func sessionOf(arn policy.ARN) *Principal {
	tail, _ := arn.Resource.Known()
	role, session, _ := strings.Cut(strings.TrimPrefix(tail, "assumed-role/"), "/")
	arn.Service, arn.Resource = policy.Literal("iam"), policy.Literal("role/"+role)
	return &Principal{Kind: KindRole, ARN: arn.Text(), Session: session}
}
