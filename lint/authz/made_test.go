package authz

import (
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
)

// parsePrincipal makes a principal of an ARN as it stands in policies and
// logs: of a role, a user, a session of either, or the root of an account. A
// role's ARN is made of its session's name where that is what is given, and
// then lacks its path. What is not an ARN is a service principal.
func parsePrincipal(arn string) *Principal {
	p := &Principal{ARN: policy.Literal(arn)}
	a, ok := policy.ParseARN(p.ARN)
	if !ok {
		p.Kind = KindService
		return p
	}
	p.Account = a.Account
	resource, _ := a.Resource.Known()
	kind, name, _ := strings.Cut(resource, "/")
	switch kind {
	case "role":
		p.Kind = KindRole
	case "user":
		p.Kind = KindUser
	case "root":
		p.Kind = KindRoot
	case "assumed-role", "federated-user":
		p.Kind = KindRole
		owner, session, found := strings.Cut(name, "/")
		a.Service = policy.Literal("iam")
		a.Resource = policy.Literal("role/" + owner)
		if kind == "federated-user" {
			// The ARN of a federated session does not tell its user.
			p.Kind, p.Session = KindFederatedUser, name
			p.ARN = policy.Text{}
			return p
		}
		if found {
			p.Session = session
		}
		p.ARN = a.Text()
	}
	return p
}

// newContext makes a context of known values.
func newContext(values map[string][]string) Context {
	var c Context
	for _, key := range sortedKeys(values) {
		c.Set(key, values[key]...)
	}
	return c
}
