package inquiry

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// A resource of which the input shows no policy may have one all the same: it
// is in another account, or in another repository. What it could change of a
// decision is not known then. Within one account that is what nothing allows
// and nothing denies; between accounts both sides must allow.

// AddUnseenPolicy gives a request the hidden policy of its resource, where the
// input does not have it and it could change the decision.
func (s *Subject) AddUnseenPolicy(r *authz.Request) {
	if _, fixed := authz.FixedDecision(r.Action, r.Resource); fixed || r.ResourcePolicy != nil ||
		!s.inquiry.mayHavePolicy(r.Action, r.Resource) || s.inquiry.shownAbroad(r.Resource) {
		return
	}
	if authz.CrossAccount(r) == authz.Denied {
		if s.inquiry.declares(r.Resource) {
			return
		}
		if d := authz.Decide(r); d.Verdict != authz.Denied || d.Explicit {
			return
		}
	}
	r.ResourcePolicy = unseenPolicy(r.Resource)
}

func unseenPolicy(resource policy.Text) *authz.Policy {
	return authz.Hidden(&policy.Symbol{Name: hiddenPolicy + resource.String()})
}

// AskUnseen asks as [Subject.Ask] does what the policies of the resources that
// the query names may grant, where the input does not have them. abroad asks
// for other accounts only.
func (s *Subject) AskUnseen(query *authz.Query, abroad bool) authz.Answer {
	for _, x := range query.Resources {
		one := *query
		one.Resources, one.Actions = []policy.Text{x}, nil
		for _, action := range s.actionsOf(query.Actions, abroad) {
			if s.inquiry.lacksPolicy(action, x) && s.couldGrant(action, x, abroad) {
				one.Actions = append(one.Actions, action)
			}
		}
		if len(one.Actions) == 0 {
			continue
		}
		if answer := authz.Through(s.Whole, s.Universe, &one, unseenPolicy(x), one.Resources); answer.Verdict != authz.Denied {
			answer.Reasons = []authz.Reason{{Text: hiddenPolicy + x.String() + " is not in the input"}}
			return answer
		}
	}
	return authz.Answer{Verdict: authz.Denied}
}

// outOfReach reports whether all that the query names is in other accounts, and
// nothing there could let anybody in.
func (s *Subject) outOfReach(query *authz.Query) bool {
	if len(query.Resources) == 0 {
		return false
	}
	for _, x := range query.Resources {
		for _, action := range query.Actions {
			r := &authz.Request{Principal: s.Whole, Action: action, Resource: x}
			text, known := x.Known()
			if !known || strings.ContainsAny(action+text, "*?") || authz.CrossAccount(r) != authz.Allowed ||
				authz.PolicyMustAllow(action) || s.inquiry.mayHavePolicy(action, x) || s.inquiry.PolicyOn(action, x) != nil {
				return false
			}
		}
	}
	return true
}

// couldGrant reports whether the policy of a resource, which is not in the
// input, could let the subject do something to it.
func (s *Subject) couldGrant(action string, x policy.Text, abroad bool) bool {
	r := &authz.Request{Principal: s.Whole, Action: action, Resource: x}
	return authz.CrossAccount(r) != authz.Denied || !abroad && !s.inquiry.declares(x)
}

// actionsOf are the actions that patterns take; where only those count that the
// subject's own policies allow, not all of them are looked at.
func (s *Subject) actionsOf(patterns []string, own bool) []string {
	var out []string
	for _, pattern := range patterns {
		if own {
			out = append(out, authz.Candidates(s.Whole, pattern)...)
			continue
		}
		for a := range catalog.ActionsMatching(pattern) {
			out = append(out, a.String())
		}
	}
	return out
}

// UnseenPolicies are the resources that a query names of which the input has no
// policy that could let anybody in.
func (q *Inquiry) UnseenPolicies(query *authz.Query) []policy.Text {
	var out []policy.Text
	for _, x := range query.Resources {
		if q.Model.Input.Kind == iam.InputAccount && q.shows(x) {
			continue // which is all of it
		}
		for _, pattern := range query.Actions {
			if !strings.ContainsAny(pattern, "*?") && q.lacksPolicy(pattern, x) && !q.declares(x) {
				out = append(out, x)
				break
			}
		}
	}
	return out
}

// lacksPolicy reports whether the input has no policy of a resource that can
// have one.
func (q *Inquiry) lacksPolicy(action string, x policy.Text) bool {
	text, known := x.Known()
	return known && !strings.ContainsAny(text, "*?") && q.mayHavePolicy(action, x) && !authz.PolicyMustAllow(action) &&
		q.PolicyOn(action, x) == nil && !q.shownAbroad(x)
}

// mayHavePolicy reports whether a resource that an action acts on is of a type
// that can have a policy of its own.
func (q *Inquiry) mayHavePolicy(action string, resource policy.Text) bool {
	a, ok := catalog.LookupAction(action)
	if !ok {
		return false
	}
	text, known := resource.Known()
	return slices.ContainsFunc(a.ResourceTypes, func(r catalog.ActionResource) bool {
		if !r.Type.HasPolicy() || a.Makes(r.Type) {
			return false
		}
		return slices.ContainsFunc(r.Type.Patterns(), func(glob string) bool { return known && policy.Glob(glob, text) })
	})
}

// declares reports whether the input declares the resource or what it is in:
// it then shows the policy where there is one.
func (q *Inquiry) declares(resource policy.Text) bool {
	return q.declaresItself(resource) || slices.ContainsFunc(q.othersOf(resource), func(o *Inquiry) bool { return o.declaresItself(resource) })
}

func (q *Inquiry) declaresItself(resource policy.Text) bool {
	arn, ok := policy.ParseARN(resource)
	tail, known := arn.Resource.Known()
	if !ok || !known {
		return false
	}
	return slices.ContainsFunc(q.Model.Compute, func(c *iam.Compute) bool {
		own, ok := policy.ParseARN(c.ARN)
		if !ok || c.Gone() || !own.Service.Equal(arn.Service) {
			return false
		}
		name, known := own.Resource.Known()
		return known && (tail == name || strings.HasPrefix(tail, name+"/") || strings.HasPrefix(tail, name+":"))
	})
}
