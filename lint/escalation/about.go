package escalation

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/policy"
)

// alsoAsked are the actions of which package authz asks on the way to an answer
// about another: the policy that is made to be a boundary, and the tag that a
// principal gives itself.
var alsoAsked = [...]string{"iam:createpolicy", "iam:tagrole", "iam:taguser"}

// classAbout is equal for nodes of whom a question has the same answer, proof
// included: what their policies say of its action is the same, and so is all
// else that counts. Roles have many policies in many combinations, of which
// few are about any action that ways take.
func (e *engine) classAbout(n *node, q *authz.Query) int {
	if len(q.Actions) != 1 {
		return n.class
	}
	key := classAction{n.class, q.Actions[0]}
	known, ok := e.abouts[key]
	if !ok {
		known = e.newClassAbout(n, strings.ToLower(q.Actions[0]))
		e.abouts[key] = known
	}
	return known
}

func (e *engine) newClassAbout(n *node, action string) int {
	p := n.principal
	service, _, _ := strings.Cut(action, ":")
	// Where the account is not known, any policy may tell which it is. One of
	// member accounts looks for those everywhere, too.
	if !n.universe.Places(n.principal) || strings.ContainsAny(action, "*?") || action == "sts:assumeroot" {
		return n.class
	}
	var about []*authz.Policy
	for _, q := range p.Identity {
		if e.cover.isAbout(q, action) {
			about = append(about, q)
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "about %d %d %p %s", p.Kind, p.Origins, n.universe, p.Account.Key())
	if p.Boundary != nil {
		b.WriteString(" bounded")
		if e.cover.isAbout(p.Boundary, action) {
			about = append(about, p.Boundary)
			b.WriteString(" by the last")
		}
	}
	for _, level := range p.SCPs {
		about = append(about, level...)
	}
	if slices.ContainsFunc(about, e.account.IsPersonal) {
		return n.class
	}
	for _, q := range about {
		// Like policies will not do: a proof says where a policy stands.
		fmt.Fprintf(&b, " %p", q)
	}
	if service != "iam" && service != "sts" {
		b.WriteString(" in " + e.regionsOf(n))
	}
	return numberOf(e.classes, b.String())
}

// isAbout reports whether a policy may say something of an action, in lower
// case, or of what is asked on the way to an answer about it.
func (c *coverage) isAbout(p *authz.Policy, action string) bool {
	return c.of(p, action).about ||
		slices.ContainsFunc(alsoAsked[:], func(other string) bool { return c.of(p, other).about })
}

// regionsOf are the regions that the policies of a node name, whatever the
// action: package authz tries those of actions whose resources are in one.
func (e *engine) regionsOf(n *node) string {
	if known, ok := e.regions[n.class]; ok {
		return known
	}
	var all []string
	note := func(x policy.Text) {
		if key := x.Key(); !slices.Contains(all, key) {
			all = append(all, key)
		}
	}
	n.eachPolicy(func(p *authz.Policy) { p.EachRegion(note) })
	slices.Sort(all)
	e.regions[n.class] = strings.Join(all, " ")
	return e.regions[n.class]
}
