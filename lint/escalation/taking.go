package escalation

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// taking is what a holder may add to what it has: a group that it joins, or a
// managed policy that it attaches to itself.
type taking struct {
	number int
	group  *iam.Group // nil for a managed policy
	arn    policy.Text
	// policies are what the holder then has, editable the ARNs of those that are
	// customer-managed.
	policies []*authz.Policy
	editable []policy.Text
	// limits tells that its policies may deny something: who has taken it may be
	// allowed less than before.
	limits bool
}

// take numbers one more taking.
func (e *engine) take(t *taking) *taking {
	t.number = e.takings
	e.takings++
	t.limits = slices.ContainsFunc(t.policies, hasDenies)
	return t
}

// joinableGroups are the groups of the account that have policies.
func (e *engine) joinableGroups() []*taking {
	var out []*taking
	for _, g := range e.account.Model.AllGroups() {
		if policies := e.groups[g]; len(policies) > 0 {
			var attached attachedPolicies
			attached.add(g.Attached, &iam.Entity{})
			out = append(out, e.take(&taking{group: g, arn: g.ARN, policies: policies, editable: attached.certain}))
		}
	}
	return out
}

// attachablePolicies are the managed policies of the account, and those of AWS's
// that a condition names as what may be attached.
func (e *engine) attachablePolicies() []*taking {
	if e.attachable != nil {
		return e.attachable
	}
	e.attachable = []*taking{}
	add := func(arn policy.Text, p *authz.Policy, editable ...policy.Text) {
		e.attachable = append(e.attachable, e.take(&taking{arn: arn, policies: e.by.replaced([]*authz.Policy{p}), editable: editable}))
	}
	for _, p := range e.account.Model.AllPolicies() {
		if !p.Gone() && p.Document != nil && p.Document.Document != nil && !p.ARN.IsEmpty() {
			add(p.ARN, e.account.Compile(p.Document, p.Address), p.ARN)
		}
	}
	for _, arn := range e.namedOfAWS() {
		if p := e.account.AWSManaged(arn); p != nil {
			add(policy.Literal(arn), p)
		}
	}
	return e.attachable
}

// fullIAM lets a principal give itself everything; it exists in every account.
const fullIAM = "arn:aws:iam::aws:policy/IAMFullAccess"

// namedOfAWS are the AWS-managed policies that conditions on what is attached
// name in full, and the one that is enough by itself where
// AdministratorAccess is refused.
func (e *engine) namedOfAWS() []string {
	out := []string{fullIAM}
	seen := map[*authz.Policy]bool{}
	look := func(p *authz.Policy) {
		if p == nil || p.Document == nil || seen[p.Like()] {
			return
		}
		seen[p.Like()] = true
		for _, s := range p.Document.Statements {
			for _, c := range s.Condition {
				if key, _ := c.Key.Known(); !strings.EqualFold(key, policy.PolicyARNKey) {
					continue
				}
				for _, v := range c.Values {
					if arn, known := v.Text.Known(); known && strings.Contains(arn, ":iam::aws:policy/") && !slices.Contains(out, arn) {
						out = append(out, arn)
					}
				}
			}
		}
	}
	for _, n := range e.declared {
		n.eachPolicy(look)
	}
	for _, g := range e.joinable {
		for _, p := range g.policies {
			look(p)
		}
	}
	return out
}

// takes reports whether by a way a holder takes something.
func takes(w *Way) bool { return w.Kind == SelfEdit && w.Target == TargetGroup || attaches(w) }

// attaches reports whether a way attaches a managed policy of the actor's
// choosing to the actor, or to a group that it is in.
func attaches(w *Way) bool {
	return w.Kind == SelfEdit && w.Gains == Grows && slices.ContainsFunc(w.Steps[0].Context, func(c Constraint) bool {
		return c.Choice == FreePolicy
	})
}
