package escalation

import (
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/policy"
)

// trusts knows, from above and fast, whom the trust policies of the input
// name, and which services they let in.
type trusts struct {
	holders []*holders.Holder
	// open are the roles whose trust policy may name anybody; accounts those
	// that name an account as a whole.
	open, accounts set
	// seen are those whose trust policy is not hidden as a whole.
	seen set
	// byTail are the roles that name a principal by the resource part of its
	// ARN; a session counts by its role.
	byTail map[string][]int
	// openIn are those that are open and may be in an account, by its key.
	openIn   map[string]set
	services map[string][2]set
}

func newTrusts(list []*holders.Holder) *trusts {
	n := len(list)
	t := &trusts{
		holders: list, open: newSet(n), accounts: newSet(n), seen: newSet(n), byTail: map[string][]int{},
		services: map[string][2]set{}, openIn: map[string]set{},
	}
	for i, h := range list {
		if h.IsRole() {
			t.index(i, h.Trust)
		}
	}
	return t
}

func (t *trusts) index(i int, trust *authz.Policy) {
	if trust == nil || trust.Document == nil || trust.Document.Unknown != nil {
		t.open.add(i)
		return
	}
	t.seen.add(i)
	for _, s := range trust.Document.Statements {
		switch {
		case s.Effect == policy.Deny:
		case s.NotPrincipal != nil || s.Principal == nil || s.Principal.Any || s.Principal.Unknown != nil || s.Unknown != nil:
			t.open.add(i)
		default:
			for _, e := range s.Principal.Entries {
				t.entry(i, e)
			}
		}
	}
}

func (t *trusts) entry(i int, e policy.Principal) {
	if e.Type != "AWS" && e.Type != "" {
		return
	}
	text, known := e.Text.Known()
	arn, isARN := policy.ParseARN(e.Text)
	tail, tailKnown := arn.Resource.Known()
	switch {
	case known && !isARN:
		if text == "*" || strings.HasPrefix(text, "A") {
			// Everybody, or the unique id of a principal.
			t.open.add(i)
			return
		}
		t.accounts.add(i)
	case !isARN && strings.Trim(e.Text.Prefix(), "0123456789") == "" && e.Text.Symbol() != nil && e.Text.Symbol().Kind == policy.SymbolAccount:
		t.accounts.add(i)
	case !isARN || !tailKnown:
		t.open.add(i)
	case tail == "root":
		t.accounts.add(i)
	default:
		if kind, rest, _ := strings.Cut(tail, "/"); kind == "assumed-role" {
			role, _, _ := strings.Cut(rest, "/")
			tail = "assumed-role/" + role
		}
		t.byTail[tail] = append(t.byTail[tail], i)
	}
}

// reach are the roles whose trust policies may let a principal in: by name, so
// that perhaps no grant of its own is needed, and through its account where
// its own policies grant it, too. granted are the roles on which they may.
func (t *trusts) reach(p *authz.Principal, granted set) set {
	tail := ""
	if arn, ok := policy.ParseARN(p.ARN); ok {
		tail, _ = arn.Resource.Known()
	}
	if tail == "" {
		return set{all: true}
	}
	// Between accounts both sides must allow.
	out := t.accounts.clone(len(t.holders))
	out.union(t.open)
	out.keep(granted, true)
	out.union(t.openTo(p.Account))
	out.addAll(t.byTail[tail])
	if kind, path, _ := strings.Cut(tail, "/"); kind == "role" {
		out.addAll(t.byTail["assumed-role/"+path[strings.LastIndexByte(path, '/')+1:]])
	}
	return out
}

// openTo are the roles whose trust policy may name anybody and that may be in an account:
// they need no grant of the principals in it.
func (t *trusts) openTo(account policy.Text) set {
	key := account.Key()
	if known, ok := t.openIn[key]; ok {
		return known
	}
	out := newSet(len(t.holders))
	t.open.each(len(t.holders), func(i int) bool {
		if of := t.holders[i].Deployment.Account; !of.IsKnown() || !account.IsKnown() || of.IsEmpty() || account.IsEmpty() || of.Equal(account) {
			out.add(i)
		}
		return true
	})
	t.openIn[key] = out
	return out
}

// lettingIn are the roles that one of the services can assume: certainly, and
// possibly.
func (t *trusts) lettingIn(services []string) (certain, possible set) {
	key := strings.Join(services, " ")
	if known, ok := t.services[key]; ok {
		return known[0], known[1]
	}
	certain, possible = newSet(len(t.holders)), newSet(len(t.holders))
	verdicts := map[trustIn]authz.Verdict{}
	for i, h := range t.holders {
		if !h.IsRole() {
			continue
		}
		in := trustIn{h.Trust.Like(), h.Principal.Account.Key()}
		verdict, known := verdicts[in]
		if !known {
			verdict = letsIn(h.Trust, services, h.Principal)
			verdicts[in] = verdict
		}
		switch verdict {
		case authz.Allowed:
			certain.add(i)
			possible.add(i)
		case authz.Undetermined:
			possible.add(i)
		case authz.Denied:
		}
	}
	t.services[key] = [2]set{certain, possible}
	return certain, possible
}

// trustIn is a trust policy of roles in an account.
type trustIn struct {
	trust   *authz.Policy
	account string
}

// letsIn tells whether a trust policy lets one of the services assume the
// role. Conditions are taken to be met: they tell for which of the service's
// resources it acts, and the actor makes or chooses those. In whose organization the
// resources are is not the actor's to choose: they are in the account of the role.
func letsIn(trust *authz.Policy, services []string, role *authz.Principal) authz.Verdict {
	if trust == nil || trust.Document == nil || trust.Document.Unknown != nil {
		return authz.Undetermined
	}
	best := authz.Denied
	for i, s := range trust.Document.Statements {
		certain, possible := assumes(s)
		if !possible || s.Principal == nil && s.NotPrincipal == nil {
			continue
		}
		if isForOthers(trust, i, role) {
			continue
		}
		names := serviceNamed(s.Principal, services)
		certain = certain && s.Maybe == nil
		if s.Effect == policy.Deny {
			if names == authz.Allowed && certain && len(s.Condition) == 0 {
				return authz.Denied
			}
			continue
		}
		if names == authz.Allowed && (!certain || s.Effect != policy.Allow || trust.Document.Invalid) {
			names = authz.Undetermined
		}
		if best != authz.Allowed && names != authz.Denied {
			best = names
		}
	}
	return best
}

// isForOthers reports whether a statement of a trust policy lets services in for nothing in the
// account of the role, by the organization that it asks for.
func isForOthers(trust *authz.Policy, i int, role *authz.Principal) bool {
	s := trust.Document.Statements[i]
	return len(s.Condition) > 0 && s.Effect == policy.Allow && trust.ForSourceIn(i, role.Account, role.Organization) == policy.False
}

// assumes tells whether a statement of a trust policy is about assuming the
// role, by whatever kind of identity.
func assumes(s *policy.Statement) (certain, possible bool) {
	for _, action := range []string{"sts:assumerole", "sts:assumerolewithwebidentity", "sts:assumerolewithsaml"} {
		c, p := coversAction(s, action)
		certain, possible = certain || c, possible || p
	}
	return certain, possible
}

func serviceNamed(ps *policy.Principals, services []string) authz.Verdict {
	if ps == nil || ps.Unknown != nil {
		return authz.Undetermined
	}
	if ps.Any {
		return authz.Allowed
	}
	best := authz.Denied
	for _, e := range ps.Entries {
		text, known := e.Text.Known()
		switch {
		case !known && (e.Type == "Service" || e.Type == "Federated"):
			if best == authz.Denied && mayNameService(e.Text, services) {
				best = authz.Undetermined
			}
		case e.Type == "AWS" && text == "*":
			return authz.Allowed
		case e.Type == "Service" || e.Type == "Federated":
			for _, s := range services {
				if SameService(s, text) {
					return authz.Allowed
				}
			}
		}
	}
	return best
}

// mayNameService reports whether an entry with symbols in it may be one of
// the services: ec2.<suffix> is EC2 and nothing else.
func mayNameService(x policy.Text, services []string) bool {
	for _, s := range services {
		if !x.Differs(policy.Literal(s)) || strings.HasPrefix(s, x.Prefix()) && strings.HasSuffix(x.Prefix(), ".") {
			return true
		}
	}
	return false
}

// providersOf are the ARNs of the identity providers that a trust policy lets
// in.
func providersOf(trust *authz.Policy) []policy.Text {
	if trust == nil || trust.Document == nil {
		return nil
	}
	var out []policy.Text
	for _, s := range trust.Document.Statements {
		if _, possible := assumes(s); !possible || s.Effect == policy.Deny || s.Principal == nil {
			continue
		}
		for _, e := range s.Principal.Entries {
			if arn, ok := policy.ParseARN(e.Text); ok && e.Type == "Federated" && strings.HasSuffix(arn.ResourceType(), "-provider") {
				out = append(out, e.Text)
			}
		}
	}
	return out
}
