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

// NewTrustees are those of whom it is to be asked whether a trust policy lets
// them in and another one does not, which is nil where there was none: all that
// it lets in, and those about whom either policy makes an exception.
func NewTrustees(trust, before *Policy) []Trustee {
	out := trust.Trustees()
	if before == nil {
		return out
	}
	for _, t := range slices.Concat(trust.Excepted(), before.Excepted()) {
		out = withTrustee(out, t)
	}
	return out
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
	for _, s := range p.statements {
		if !s.allows {
			continue
		}
		if s.notPrincipal != nil || s.principal != nil && (s.principal.Any || s.principal.Unknown != nil) {
			out = withTrustee(out, Trustee{policy.Literal(wholeResource), &Principal{Kind: KindRole, Account: anyone}})
		}
		out = withTrustees(out, s.principal)
	}
	return out
}

// Excepted are all that the Denies of a trust policy name, and that its
// statements leave out by NotPrincipal, each once: what the policy says of them
// may change where it stays the same for everyone else.
func (p *Policy) Excepted() []Trustee {
	var out []Trustee
	for _, s := range p.statements {
		if s.denies {
			out = withTrustees(out, s.principal)
		}
		out = withTrustees(out, s.notPrincipal)
	}
	return out
}

// withTrustees is a list with those that an element names.
func withTrustees(list []Trustee, named *policy.Principals) []Trustee {
	if named == nil {
		return list
	}
	for i := range named.Entries {
		list = withTrustee(list, Trustee{named.Entries[i].Text, trustee(&named.Entries[i])})
	}
	return list
}

// withTrustee is a list with one more, which it may have.
func withTrustee(list []Trustee, one Trustee) []Trustee {
	if slices.ContainsFunc(list, one.isSame) {
		return list
	}
	return append(list, one)
}

func (t Trustee) isSame(other Trustee) bool {
	return t.Name.Equal(other.Name) && t.Principal.Kind == other.Principal.Kind
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
