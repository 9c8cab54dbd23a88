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

func (g resourceGrants) any() tri { return max(g.direct.allow, g.role.allow, g.account.allow) }

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

func (g *grant) raise(t tri, by Ref) {
	if t > g.allow {
		g.allow, g.by = t, by
	}
}

// resourcePolicy evaluates a resource-based policy for the principal and
// notes its denies.
func (d *decider) resourcePolicy(p *Policy, who *Principal) resourceGrants {
	var g resourceGrants
	if p == nil {
		return g
	}
	if p.hidden != nil {
		by := Ref{p, -1}
		d.note(maybe, LayerResource, by)
		g.direct.raise(maybe, by)
		return g
	}
	for i, s := range p.statements {
		t := s.applies(&d.e, d.action, d.resource)
		if t == no {
			continue
		}
		n := s.names(who)
		by := Ref{p, i}
		if s.denies {
			d.note(min(t, n.denied), LayerResource, by)
		}
		if s.allows {
			g.direct.raise(min(t, n.direct), by)
			g.role.raise(min(t, n.role), by)
			g.account.raise(min(t, n.account), by)
		}
	}
	return g
}

// naming tells how the principal elements of a statement name a principal.
type naming struct {
	direct, role, account tri
	// denied tells whether the statement, being a deny, hits it.
	denied tri
}

func (n *naming) add(m naming) {
	n.direct, n.role, n.account = max(n.direct, m.direct), max(n.role, m.role), max(n.account, m.account)
}

func (s *statement) names(who *Principal) naming {
	switch {
	case s.notPrincipal != nil:
		return s.notNames(who)
	case s.principal == nil:
		// Not valid in a resource-based policy: for nobody, if at all.
		return naming{direct: maybe, denied: maybe}
	}
	n := principals(s.principal, who)
	n.denied = max(n.direct, n.role, n.account)
	return n
}

// notNames is for NotPrincipal. With Allow it is not supported. A Deny hits
// everybody who has a permissions boundary, whatever it lists; else one must
// list both the principal and its account to be sure to spare it (IAM User
// Guide, NotPrincipal).
func (s *statement) notNames(who *Principal) naming {
	listed := principals(s.notPrincipal, who)
	var n naming
	n.direct = min(max(listed.direct, listed.role, listed.account).not(), maybe)
	switch {
	case who.Boundary != nil:
		n.denied = yes
	case who.Kind == KindService || who.Kind == KindFederated:
		n.denied = listed.direct.not()
	default:
		// The principal itself, and its account besides.
		n.denied = blendNot(max(listed.direct, listed.role), listed.account)
	}
	return n
}

// blendNot is no where both are listed, yes where neither is.
func blendNot(itself, account tri) tri {
	switch {
	case itself == yes && account == yes:
		return no
	case itself == no && account == no:
		return yes
	}
	return maybe
}

func principals(ps *policy.Principals, who *Principal) naming {
	var n naming
	if ps.Any {
		return naming{direct: yes}
	}
	if ps.Unknown != nil {
		n.direct = maybe
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
			return naming{direct: sameText(entry.Text, who.ARN)}
		}
	case "Federated":
		if who.Kind == KindFederated {
			return naming{direct: sameText(entry.Text, who.ARN)}
		}
	case "CanonicalUser":
		if who.Kind != KindService && who.Kind != KindFederated {
			// It stands for an account whose id cannot be seen in it.
			return naming{account: maybe}
		}
	default:
		if !known || text == wholeResource {
			return naming{direct: maybe}
		}
	}
	return naming{}
}

// sameText tells whether two texts are equal.
func sameText(a, b policy.Text) tri {
	switch {
	case a.Equal(b):
		return yes
	case a.Differs(b):
		return no
	}
	return maybe
}

// awsNames tells how an entry under AWS names the principal.
func awsNames(x policy.Text, who *Principal) naming {
	if s, known := x.Known(); known {
		if s == "*" {
			return naming{direct: yes}
		}
		if !strings.Contains(s, ":") {
			return idNames(s, who)
		}
	}
	if who.Kind == KindService || who.Kind == KindFederated {
		return naming{}
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
		return naming{direct: maybe}
	case service == "iam" && kind == "role":
		if who.Kind == KindRole {
			return naming{role: sameText(x, who.ARN)}
		}
	case service == "iam" && kind == "user":
		return userNames(x, who)
	case service == "sts" && kind == "assumed-role":
		if who.Kind == KindRole {
			return naming{direct: min(sameText(a.Account, who.account()), sessionNames(name, a.Resource.IsKnown(), who))}
		}
	case service == "sts" && kind == "federated-user":
		return federatedNames(a, name, who)
	case !a.Resource.IsKnown() && kind == a.Resource.Prefix():
		return symbolNames(x, who)
	}
	return naming{}
}

// userNames is for the ARN of a user: it names the user itself, and the user
// behind a federated session, whose own ARN does not tell it.
func userNames(x policy.Text, who *Principal) naming {
	switch {
	case who.Kind == KindUser:
		return naming{direct: sameText(x, who.ARN)}
	case who.Kind == KindFederatedUser && who.ARN.IsEmpty():
		return naming{role: maybe}
	case who.Kind == KindFederatedUser:
		return naming{role: sameText(x, who.ARN)}
	}
	return naming{}
}

func federatedNames(a policy.ARN, name string, who *Principal) naming {
	if who.Kind != KindFederatedUser {
		return naming{}
	}
	t := truth(name == who.Session)
	if !a.Resource.IsKnown() || who.Session == "" {
		t = maybe
	}
	return naming{direct: min(sameText(a.Account, who.account()), t)}
}

// idNames is for account ids and the unique ids of deleted principals.
func idNames(id string, who *Principal) naming {
	switch {
	case who.Kind == KindService || who.Kind == KindFederated:
		return naming{}
	case strings.HasPrefix(id, "AIDA"):
		return naming{direct: min(truth(who.Kind == KindUser), maybe)}
	case strings.HasPrefix(id, "AROA"):
		return naming{role: min(truth(who.Kind == KindRole), maybe)}
	}
	return accountNames(policy.Literal(id), who)
}

// accountNames is for an account: it delegates to the policies of its own
// principals, except for its root user.
func accountNames(account policy.Text, who *Principal) naming {
	own := who.account()
	t := maybe
	if !own.IsEmpty() {
		t = sameText(account, own)
	}
	if who.Kind == KindRoot {
		return naming{direct: t}
	}
	return naming{account: t}
}

// symbolNames is for an entry of which it is not known what it names.
func symbolNames(x policy.Text, who *Principal) naming {
	switch t := sameText(x, who.ARN); {
	case t == yes && who.Kind == KindRole:
		return naming{role: yes}
	case t == yes && who.Kind == KindUser:
		return naming{direct: yes}
	case x.IsKnown(), isCaller(x.Symbol()):
		return naming{}
	}
	return naming{direct: maybe}
}

// isCaller reports whether a symbol stands for whoever runs Terraform, who is
// there before what is declared is.
func isCaller(s *policy.Symbol) bool {
	return s != nil && s.Kind == policy.SymbolReference && s.Attribute == "arn" && strings.Contains("."+s.Address, ".data.aws_caller_identity.")
}

// sessionNames compares role and session name of an assumed-role ARN, which
// lacks the role's path.
func sessionNames(name string, known bool, who *Principal) tri {
	role, session, _ := strings.Cut(name, "/")
	own, ownKnown := who.ARN.Known()
	if !known || !ownKnown {
		return maybe
	}
	if own[strings.LastIndexByte(own, '/')+1:] != role {
		return no
	}
	if who.Session == "" {
		return maybe
	}
	return truth(session == who.Session)
}
