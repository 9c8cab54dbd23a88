package authz

import (
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
)

// resourceGrants is what a resource-based policy gives the principal, by how
// it names it: what the implicit deny of a boundary can stop depends on that
// (IAM User Guide, permissions boundaries).
type resourceGrants struct {
	// direct names the user, a session, or everybody: neither boundary nor
	// session policy limit it within one account.
	direct grant
	// role names the role behind a session, or the user behind a federated
	// session: boundary and session policy limit it.
	role grant
	// account names the account, which only delegates to its own policies.
	account grant
}

func (g resourceGrants) any() policy.Truth {
	return g.direct.allow.Or(g.role.allow).Or(g.account.allow)
}

// by is the statement of the strongest grant.
func (g resourceGrants) by() Ref {
	best := g.direct
	for _, one := range [...]grant{g.role, g.account} {
		if one.allow > best.allow {
			best = one
		}
	}
	return best.by
}

func (g *grant) raise(t policy.Truth, by Ref) {
	if t > g.allow {
		g.allow, g.by = t, by
	}
}

// resourcePolicy evaluates a resource-based policy for the principal and
// notes its denies.
func (d *decider) resourcePolicy(p *Policy, who *Principal) resourceGrants {
	g := resourceGrants{noGrant, noGrant, noGrant}
	if p == nil {
		return g
	}
	if p.hidden != nil {
		by := Ref{p, -1}
		d.note(policy.Maybe, LayerResource, by)
		g.direct.raise(policy.Maybe, by)
		return g
	}
	for i, s := range p.statements {
		t := s.applies(&d.e, d.action, d.resource)
		if t == policy.False {
			continue
		}
		n := s.names(who)
		by := Ref{p, i}
		if s.denies {
			d.note(t.And(n.denied), LayerResource, by)
		}
		if s.allows {
			g.direct.raise(t.And(n.direct), by)
			g.role.raise(t.And(n.role), by)
			g.account.raise(t.And(n.account), by)
		}
	}
	return g
}

// naming tells how the principal elements of a statement name a principal.
type naming struct {
	direct, role, account policy.Truth
	// denied tells whether the statement, being a deny, hits it.
	denied policy.Truth
}

// unnamed is the naming of principals that a statement does not name.
var unnamed = naming{policy.False, policy.False, policy.False, policy.False}

func directly(t policy.Truth) naming {
	n := unnamed
	n.direct = t
	return n
}

func byRole(t policy.Truth) naming {
	n := unnamed
	n.role = t
	return n
}

func byAccount(t policy.Truth) naming {
	n := unnamed
	n.account = t
	return n
}

func (n *naming) add(m naming) {
	n.direct, n.role, n.account = n.direct.Or(m.direct), n.role.Or(m.role), n.account.Or(m.account)
}

func (s *statement) names(who *Principal) naming {
	switch {
	case s.notPrincipal != nil:
		return s.notNames(who)
	case s.principal == nil:
		// Not valid in a resource-based policy: for no principal, if at all.
		n := directly(policy.Maybe)
		n.denied = policy.Maybe
		return n
	}
	n := principals(s.principal, who)
	n.denied = n.direct.Or(n.role).Or(n.account)
	return n
}

// notNames is for NotPrincipal. With Allow it is not supported. A Deny hits
// everybody who has a permissions boundary, whatever it lists; else one must
// list both the principal and its account to be sure to spare it (IAM User
// Guide, NotPrincipal).
func (s *statement) notNames(who *Principal) naming {
	listed := principals(s.notPrincipal, who)
	n := unnamed
	n.direct = listed.direct.Or(listed.role).Or(listed.account).Not().And(policy.Maybe)
	switch {
	case who.Boundary != nil:
		n.denied = policy.True
	case who.Kind == KindService || who.Kind == KindFederated:
		n.denied = listed.direct.Not()
	default:
		// The principal itself, and its account besides.
		n.denied = blendNot(listed.direct.Or(listed.role), listed.account)
	}
	return n
}

// blendNot is False where both are listed, True where neither is.
func blendNot(itself, account policy.Truth) policy.Truth {
	switch {
	case itself == policy.True && account == policy.True:
		return policy.False
	case itself == policy.False && account == policy.False:
		return policy.True
	}
	return policy.Maybe
}

func principals(ps *policy.Principals, who *Principal) naming {
	n := unnamed
	if ps.Any {
		return directly(policy.True)
	}
	if ps.Unknown != nil {
		n.direct = policy.Maybe
	}
	for i := range ps.Entries {
		n.add(entryNames(&ps.Entries[i], who))
	}
	return n
}

func entryNames(entry *policy.Principal, who *Principal) naming {
	text, known := entry.Text.Known()
	switch entry.Type {
	case "AWS":
		return awsNames(entry.Text, who)
	case "Service":
		if who.Kind == KindService {
			return directly(sameText(entry.Text, who.ARN))
		}
	case "Federated":
		if who.Kind == KindFederated {
			return directly(sameText(entry.Text, who.ARN))
		}
	case "CanonicalUser":
		if who.Kind != KindService && who.Kind != KindFederated {
			// It stands for an account whose id cannot be seen in it.
			return byAccount(policy.Maybe)
		}
	default:
		if !known || text == wholeResource {
			return directly(policy.Maybe)
		}
	}
	return unnamed
}

// sameText tells whether two texts are equal.
func sameText(a, b policy.Text) policy.Truth {
	switch {
	case a.Equal(b):
		return policy.True
	case a.Differs(b):
		return policy.False
	}
	return policy.Maybe
}

// awsNames tells how an entry under AWS names the principal.
func awsNames(x policy.Text, who *Principal) naming {
	if s, known := x.Known(); known {
		if s == "*" {
			return directly(policy.True)
		}
		if !strings.Contains(s, ":") {
			return idNames(s, who)
		}
	}
	if who.Kind == KindService || who.Kind == KindFederated {
		return unnamed
	}
	a, ok := policy.ParseARN(x)
	if !ok {
		return symbolNames(x, who)
	}
	return arnNames(x, a, who)
}

// arnNames is for an entry that is an ARN.
func arnNames(x policy.Text, a policy.ARN, who *Principal) naming {
	kind, name, _ := strings.Cut(a.Resource.Prefix(), "/")
	service, _ := a.Service.Known()
	switch {
	case service == "iam" && kind == "root" && a.Resource.IsKnown():
		return accountNames(a.Account, who)
	case who.Kind == KindUnknown:
		return directly(policy.Maybe)
	case service == "iam" && kind == "role":
		if who.Kind == KindRole {
			return byRole(sameText(x, who.ARN))
		}
	case service == "iam" && kind == "user":
		return userNames(x, who)
	case service == "sts" && kind == "assumed-role":
		if who.Kind == KindRole {
			return directly(sameText(a.Account, who.account()).And(sessionNames(name, a.Resource.IsKnown(), who)))
		}
	case service == "sts" && kind == "federated-user":
		return federatedNames(a, name, who)
	case !a.Resource.IsKnown() && kind == a.Resource.Prefix():
		return symbolNames(x, who)
	}
	return unnamed
}

// userNames is for the ARN of a user: it names the user itself, and the user
// behind a federated session, whose own ARN does not tell it.
func userNames(x policy.Text, who *Principal) naming {
	switch {
	case who.Kind == KindUser:
		return directly(sameText(x, who.ARN))
	case who.Kind == KindFederatedUser && who.ARN.IsEmpty():
		return byRole(policy.Maybe)
	case who.Kind == KindFederatedUser:
		return byRole(sameText(x, who.ARN))
	}
	return unnamed
}

func federatedNames(a policy.ARN, name string, who *Principal) naming {
	if who.Kind != KindFederatedUser {
		return unnamed
	}
	t := policy.TruthOf(name == who.Session)
	if !a.Resource.IsKnown() || who.Session == "" {
		t = policy.Maybe
	}
	return directly(sameText(a.Account, who.account()).And(t))
}

// idNames is for account ids and the unique ids of deleted principals.
func idNames(id string, who *Principal) naming {
	switch {
	case who.Kind == KindService || who.Kind == KindFederated:
		return unnamed
	case strings.HasPrefix(id, "AIDA"):
		return directly(policy.TruthOf(who.Kind == KindUser).And(policy.Maybe))
	case strings.HasPrefix(id, "AROA"):
		return byRole(policy.TruthOf(who.Kind == KindRole).And(policy.Maybe))
	}
	return accountNames(policy.Literal(id), who)
}

// accountNames is for an account: it delegates to the policies of its own
// principals, except for its root user.
func accountNames(account policy.Text, who *Principal) naming {
	own := who.account()
	t := policy.Maybe
	if !own.IsEmpty() {
		t = sameText(account, own)
	}
	if who.Kind == KindRoot {
		return directly(t)
	}
	return byAccount(t)
}

// symbolNames is for an entry of which it is not known what it names.
func symbolNames(x policy.Text, who *Principal) naming {
	switch t := sameText(x, who.ARN); {
	case t == policy.True && who.Kind == KindRole:
		return byRole(policy.True)
	case t == policy.True && who.Kind == KindUser:
		return directly(policy.True)
	case x.IsKnown(), isCaller(x.Symbol()):
		return unnamed
	}
	return directly(policy.Maybe)
}

// isCaller reports whether a symbol stands for a principal that runs Terraform, who is
// there before what is declared is.
func isCaller(s *policy.Symbol) bool {
	return s != nil && s.Kind == policy.SymbolReference && s.Attribute == "arn" &&
		strings.Contains("."+s.Address, ".data.aws_caller_identity.")
}

// sessionNames compares role and session name of an assumed-role ARN, which
// lacks the role's path.
func sessionNames(name string, known bool, who *Principal) policy.Truth {
	role, session, _ := strings.Cut(name, "/")
	own, ownKnown := who.ARN.Known()
	if !known || !ownKnown {
		return policy.Maybe
	}
	if own[strings.LastIndexByte(own, '/')+1:] != role {
		return policy.False
	}
	if who.Session == "" {
		return policy.Maybe
	}
	return policy.TruthOf(session == who.Session)
}
