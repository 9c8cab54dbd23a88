package escalation

import (
	"slices"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// managesPolicies reports whether the account of a node may change which service control
// policies bind the members of its organization.
func (e *engine) managesPolicies(n *node) bool {
	o, account := e.organizationOf(n)
	return o != nil && o.ManagesPolicies(account)
}

// lifted is a policy that no longer binds at a place.
type lifted struct {
	place  int
	policy *iam.OrganizationPolicy
}

// release tries a way to change which service control policies bind a holder of a member
// account, on each of them. It has those taken off that it certainly can, or else those that it
// perhaps can.
func (e *engine) release(n *node, w *Way, t *node) attempt {
	no := attempt{way: w, verdict: authz.Denied}
	o, account := e.organizationOf(t)
	own, _ := e.organizationOf(n)
	if o == nil || o != own || o.Accounts[account] == nil {
		return no
	}
	places, known := o.Places(account, iam.ServiceControlPolicy)
	if !known {
		return no
	}
	r := &releaser{engine: e, node: n, way: w, of: o, places: places}
	for _, at := range r.liftable() {
		r.lift(at)
	}
	for _, some := range []attempt{r.certain, r.perhaps} {
		if len(some.requests) == 0 {
			continue
		}
		gone := r.gone[some.verdict]
		some.left = e.account.ServiceControlWithout(t.holder, func(place int, p *iam.OrganizationPolicy) bool {
			return slices.Contains(gone, lifted{place, p})
		})
		return some
	}
	return no
}

// releaser tries a way on all policies that bind an account.
type releaser struct {
	engine *engine
	node   *node
	way    *Way
	of     *iam.Organization
	places []iam.Place
	// certain and perhaps are what the tries come to, gone what is taken off.
	certain, perhaps attempt
	gone             map[authz.Verdict][]lifted
}

// lifting are policies that go together, by requests on some resources.
type lifting struct {
	policies []lifted
	on       []policy.Text
}

// liftable are the policies that the way takes off, and how.
func (r *releaser) liftable() []lifting {
	var limiting []lifted
	for i, place := range r.places {
		for _, p := range place.Policies {
			if arn, ok := policy.ParseARN(policy.Literal(p.Address)); ok && !holders.IsText(arn.Account, "aws") {
				limiting = append(limiting, lifted{i, p})
			}
		}
	}
	if len(limiting) == 0 {
		return nil
	}
	arn := func(place int) policy.Text { return r.arn(limiting[0].policy, r.places[place]) }
	var out []lifting
	switch r.way.Steps[0].Action {
	case updatePolicy:
		for _, x := range limiting {
			out = append(out, lifting{[]lifted{x}, []policy.Text{policy.Literal(x.policy.Address)}})
		}
	case detachPolicy:
		for _, x := range limiting {
			// One has to stay attached everywhere.
			if len(r.places[x.place].Policies) > 1 {
				out = append(out, lifting{[]lifted{x}, []policy.Text{policy.Literal(x.policy.Address), arn(x.place)}})
			}
		}
	case moveAccount:
		account := len(r.places) - 1
		between := slices.DeleteFunc(limiting, func(x lifted) bool { return x.place == 0 || x.place == account })
		if len(between) > 0 {
			out = append(out, lifting{between, []policy.Text{arn(account), arn(account - 1), arn(0)}})
		}
	case disableType:
		out = append(out, lifting{limiting, []policy.Text{arn(0)}})
	}
	return out
}

// arn is that of a place in the organization of a policy.
func (r *releaser) arn(of *iam.OrganizationPolicy, at iam.Place) policy.Text {
	arn, _ := policy.ParseARN(policy.Literal(of.Address))
	arn.Resource = policy.Literal(at.Kind + "/" + r.of.ID + "/" + at.ID)
	return arn.Text()
}

// lift asks for the requests that take policies off.
func (r *releaser) lift(x lifting) {
	all := attempt{way: r.way, verdict: authz.Allowed}
	for _, on := range x.on {
		one := r.engine.try(r.node, &situation{way: r.way, arns: []policy.Text{on}})
		if one.verdict == authz.Denied {
			return
		}
		all.requests, all.reasons = append(all.requests, one.requests...), append(all.reasons, one.reasons...)
		all.verdict = holders.Weaker(all.verdict, one.verdict)
	}
	to := &r.certain
	if all.verdict != authz.Allowed {
		to = &r.perhaps
	}
	to.way, to.verdict = all.way, all.verdict
	for _, request := range all.requests {
		to.add(request)
	}
	to.reasons = append(to.reasons, all.reasons...)
	if r.gone == nil {
		r.gone = map[authz.Verdict][]lifted{}
	}
	r.gone[all.verdict] = append(r.gone[all.verdict], x.policies...)
}

// add adds a request that the attempt does not have yet: a policy may be attached to several
// places.
func (a *attempt) add(request authz.Answer) {
	same := func(other authz.Answer) bool {
		x, y := holders.Request(other), holders.Request(request)
		return x != nil && y != nil && x.Action == y.Action && x.Resource.Equal(y.Resource)
	}
	if !slices.ContainsFunc(a.requests, same) {
		a.requests = append(a.requests, request)
	}
}
