package escalation

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// organizationOf is the organization that the account of a node is in; nil where the
// input does not tell it.
func (e *engine) organizationOf(n *node) (o *iam.Organization, account string) {
	account, known := n.principal.Account.Known()
	if !known {
		return nil, ""
	}
	return e.account.Model.OrganizationOf(account), account
}

// deploysToMembers reports whether the account of a node may deploy stack sets with
// service-managed permissions.
func (e *engine) deploysToMembers(n *node) bool {
	o, account := e.organizationOf(n)
	if o == nil {
		return false
	}
	may, _ := o.DeploysStackSets(account)
	return may
}

// deployToMembers is for running a template in the member accounts.
func (e *engine) deployToMembers(n *node, w *Way) {
	_, doubts, _ := e.needed(n, w, nil)
	a := e.try(n, &situation{way: w})
	if a.verdict == authz.Denied {
		return
	}
	o, account := e.organizationOf(n)
	if _, trusted := o.DeploysStackSets(account); !trusted {
		doubts = append(doubts, authz.Reason{
			Text: "the input does not tell whether CloudFormation StackSets has trusted access to the organization",
		})
	}
	for _, to := range e.membersOf(o, n) {
		one := a
		one.reasons = append(slices.Clip(a.reasons), doubts...)
		if to.admin == authz.Undetermined {
			one.reasons = append(one.reasons, authz.Reason{
				Text: "it is not known what service control policies leave to it",
			})
		}
		if len(one.reasons) > 0 {
			one.verdict = authz.Undetermined
		}
		n.own = append(n.own, e.reached(n, to, one))
	}
}

// membersOf are those as whom stack sets run in the member accounts, where they may be
// administrators: one for all accounts, and for each that a goal is in.
func (e *engine) membersOf(o *iam.Organization, n *node) []*node {
	if known, ok := e.deployed[o]; ok {
		return known
	}
	var certain, perhaps []*node
	for _, account := range o.StackSetTargets() {
		if e.goal.isIn(account) {
			m := e.member(n, account)
			switch m.admin {
			case authz.Allowed:
				certain = append(certain, m)
			case authz.Undetermined:
				perhaps = append(perhaps, m)
			case authz.Denied:
			}
		}
	}
	out := slices.Concat(certain, perhaps)
	if e.goal == nil || e.goal.Administrator {
		if out = certain; len(out) == 0 {
			out = perhaps
		}
		out = e.allAsOne(out)
	}
	for _, m := range out {
		m.who = e.stranger()
	}
	e.nodes = append(e.nodes, out...)
	e.deployed[o] = out
	return out
}

// allAsOne is the first of some that are administrators in their accounts, which are all
// named.
func (e *engine) allAsOne(some []*node) []*node {
	if len(some) == 0 {
		return nil
	}
	var accounts []string
	for _, m := range some {
		id, _ := m.principal.Account.Known()
		accounts = append(accounts, id)
	}
	some[0].elsewhere = e.account.AccountNames(accounts)
	return some[:1]
}

// executionSuffix hides what CloudFormation appends to the name of an execution role.
var executionSuffix = &policy.Symbol{Name: "the name of the execution role"}

// leftToMembers remembers, by what service control policies leave them, whether
// execution roles are administrators: these are no matter of one search alone.
var leftToMembers = holders.Remembered[string, authz.Verdict]()

// member is the execution role of a stack set in a member account. Unlike the
// service-linked role that makes it, it is bound by service control policies.
func (e *engine) member(n *node, account string) *node {
	arn := policy.Concat(policy.Literal("arn:aws:iam::"+account+":role/stacksets-exec-"), policy.SymbolText(executionSuffix))
	p := authz.Bearer(arn, authz.KindRole, nil)
	p.Identity, p.Account = []*authz.Policy{e.everything}, policy.Literal(account)
	deployment := e.account.Model.Deployment
	deployment.Account = p.Account
	h := &holders.Holder{Deployment: deployment, Principal: p, Boundary: holders.Unbounded}
	e.account.ApplyOrganization(h)
	m := &node{
		principal: p, universe: n.universe, slim: n.slim, bound: holders.Unbounded, grown: true, explored: true, asked: true,
		made: "the execution role of a stack set", name: arn, elsewhere: e.account.AccountName(account),
	}
	key, verdicts := e.bindingKey(p), leftToMembers.Of(e.account)
	verdict, ok := verdicts[key]
	if !ok {
		verdict = e.account.IsAdministrator(h)
		verdicts[key] = verdict //mutate:work it is remembered
	}
	m.admin, m.class = verdict, e.classOf(p, m.universe)
	return m
}

// bindingKey is equal for those whom the same service control policies leave the same:
// what has conditions may say another thing in each account.
func (e *engine) bindingKey(p *authz.Principal) string {
	var key strings.Builder
	for _, level := range p.SCPs {
		for _, q := range level {
			fmt.Fprintf(&key, "%p ", q)
			if e.account.IsPersonal(q) || isConditional(q) {
				fmt.Fprintf(&key, "of %s ", p.Account)
			}
		}
		key.WriteByte(';')
	}
	return key.String()
}

func isConditional(p *authz.Policy) bool {
	return p.Document != nil && slices.ContainsFunc(p.Document.Statements, func(s *policy.Statement) bool { return len(s.Condition) > 0 })
}

// isIn reports whether what a goal asks for may be in an account.
func (g *Goal) isIn(account string) bool {
	within := func(x policy.Text) bool {
		arn, ok := policy.ParseARN(x)
		return ok && holders.IsText(arn.Account, account)
	}
	switch {
	case g == nil, g.Administrator:
		return true
	case g.Entity != nil:
		return within(g.Entity.ARN)
	}
	return slices.ContainsFunc(g.Queries, func(q *authz.Query) bool { return slices.ContainsFunc(q.Resources, within) })
}
