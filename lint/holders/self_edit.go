package holders

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
)

// SelfEdit is one way to change the policies that bind oneself.
type SelfEdit struct {
	Actions []string
	On      policy.Text
	// What completes "can ...".
	What string
	// carriesBoundary tells that the request carries the holder's boundary.
	carriesBoundary bool
	// Unknown says why no principal knows whether the holder gains by it; "" where
	// that is known.
	Unknown string
	// Harmless says why the holder gains nothing, or little, by it; "" where it
	// does.
	Harmless string
}

// SelfEdits are the ways of a holder, the strongest first.
func SelfEdits(a *Account, h *Holder) []SelfEdit {
	e := h.Entity
	kind := "Role"
	if e.Kind == iam.User {
		kind = "User"
	}
	if e.Kind == iam.PermissionSet {
		// IAM refuses changes to the roles of permission sets.
		return policyEdits(a, e)
	}
	ways := []SelfEdit{
		{Actions: []string{"iam:Put" + kind + "Policy"}, On: e.ARN, What: "write its own inline policies", carriesBoundary: true},
		{Actions: []string{"iam:Attach" + kind + "Policy"}, On: e.ARN, What: "attach policies to itself", carriesBoundary: true},
	}
	ways = append(ways, policyEdits(a, e)...)
	for _, g := range e.Groups {
		ways = append(ways, SelfEdit{
			Actions: []string{"iam:PutGroupPolicy", "iam:AttachGroupPolicy"}, On: g.ARN, What: "give its group " + g.ARN.String() +
				" other policies",
		})
	}
	if e.Kind == iam.User {
		for _, g := range a.Model.Groups {
			if !g.Gone() && !slices.Contains(e.Groups, g) && len(g.Inline)+len(g.Attached) > 0 && g.Deployment.Account.Equal(e.Deployment.Account) {
				ways = append(ways, SelfEdit{Actions: []string{"iam:AddUserToGroup"}, On: g.ARN, What: "join the group " + g.ARN.String()})
			}
		}
	}
	ways = append(ways, SelfEdit{
		Actions: []string{"iam:Detach" + kind + "Policy", "iam:Delete" + kind + "Policy"}, On: e.ARN, What: "take its own policies away",
		carriesBoundary: true, Harmless: deniesGroup(h, nil),
	})
	for _, g := range e.Groups {
		ways = append(ways, SelfEdit{
			Actions: []string{"iam:DetachGroupPolicy", "iam:DeleteGroupPolicy", "iam:RemoveUserFromGroup"}, On: g.ARN,
			What: "take away the policies of its group " + g.ARN.String(), Harmless: deniesGroup(h, g),
		})
	}
	return ways
}

// policyEdits are the ways of changing managed policies that an entity has.
func policyEdits(a *Account, e *iam.Entity) []SelfEdit {
	var ways []SelfEdit
	editable := editablePolicies(e)
	for _, p := range editable {
		ways = append(ways, SelfEdit{
			Actions: []string{"iam:CreatePolicyVersion"}, On: p.arn, What: "write a new version of " + p.arn.String() + ", which it has",
			Unknown: p.unknown(),
		})
	}
	for _, p := range editable {
		way := SelfEdit{
			Actions: []string{"iam:SetDefaultPolicyVersion"}, On: p.arn, What: "put an older version of " + p.arn.String() +
				", which it has, in force", Unknown: p.unknown(),
		}
		switch a.wider(p.arn) {
		case authz.Denied:
			continue
		case authz.Undetermined:
			way.Unknown = "it is not known what older versions say"
		case authz.Allowed:
		}
		ways = append(ways, way)
	}
	return ways
}

// deniesGroup says why it is no gain to take away the policies that the holder has
// by a group, or itself for nil; "" where one of them denies something.
func deniesGroup(h *Holder, group *iam.Group) string {
	if deniedByGroup(h, group) {
		return ""
	}
	return "none of them denies anything, so that it gains nothing by that"
}

// deniedByGroup reports whether a policy that the holder has by the group, or itself
// for nil, denies anything.
func deniedByGroup(h *Holder, group *iam.Group) bool {
	return slices.ContainsFunc(h.Grants, func(g Grant) bool {
		return g.Group == group && (g.Policy.Document == nil || g.Policy.Document.Unknown != nil ||
			slices.ContainsFunc(g.Policy.Document.Statements, func(s *policy.Statement) bool { return s.Effect != policy.Allow }))
	})
}

// editablePolicy is a customer-managed policy that an entity has; by is set
// where something hides whether it does.
type editablePolicy struct {
	arn policy.Text
	by  *policy.Symbol
}

// unknown says why it is not certain that an entity has the policy.
func (p editablePolicy) unknown() string {
	if p.by == nil {
		return ""
	}
	return "it is not known whether it has that policy, which depends on " + phrase.Symbol(p.by)
}

// editablePolicies are the customer-managed policies that an entity has.
func editablePolicies(e *iam.Entity) []editablePolicy {
	var out []editablePolicy
	add := func(list []*iam.Attachment) {
		for _, t := range list {
			arn, ok := policy.ParseARN(t.PolicyARN.Text)
			if ok && t.PolicyARN.Set && !IsText(arn.Account, "aws") {
				out = append(out, editablePolicy{t.PolicyARN.Text, t.Doubt(e.Maybe)})
			}
		}
	}
	add(e.Attached)
	for _, g := range e.Groups {
		add(g.Attached)
	}
	return out
}

// CanEditSelf asks for one way, under further constraints. The request carries
// the boundary that the holder has.
func CanEditSelf(a *Account, h *Holder, way SelfEdit, keys ...authz.KeyConstraint) authz.Answer {
	q := &authz.Query{Actions: way.Actions, Resources: []policy.Text{way.On}, Keys: keys}
	if len(keys) == 0 && !way.carriesBoundary {
		// It is about what others may have, too.
		return a.AskDelegate(h, strings.Join(way.Actions, " ")+" "+way.On.Key(), func() authz.Answer {
			return authz.Search(h.Strict(), a.Universe(h.Deployment), q)
		})
	}
	if !h.mayBeGranted(way.Actions) {
		return authz.Answer{Verdict: authz.Denied}
	}
	if way.carriesBoundary {
		switch h.Boundary {
		case Unbounded:
			q.Keys = append(q.Keys, authz.KeyConstraint{Key: policy.BoundaryKey, Absent: true})
		case BoundedKnown, BoundedUnseen:
			q.Keys = append(q.Keys, authz.KeyConstraint{Key: policy.BoundaryKey, Present: true, In: []policy.Text{h.Entity.Boundary.Text}})
		case BoundedHidden:
		}
	}
	return h.Resolve(authz.Search(h.Strict(), a.Universe(h.Deployment), q))
}

// Freely asks for a way of editing oneself with any policy: AdministratorAccess,
// or one that the holder writes for the purpose.
func Freely(a *Account, h *Holder, way SelfEdit) authz.Answer {
	best := authz.Answer{Verdict: authz.Denied}
	for _, action := range way.Actions {
		one := way
		one.Actions = []string{action}
		limits := [][]authz.KeyConstraint{nil}
		if Attaches(action) {
			limits = [][]authz.KeyConstraint{
				{{Key: policy.PolicyARNKey, In: []policy.Text{policy.Literal("arn:*:iam::aws:policy/AdministratorAccess")}}},
				{{Key: policy.PolicyARNKey, Created: true}},
			}
		}
		for _, keys := range limits {
			answer := CanEditSelf(a, h, one, keys...)
			if answer.Verdict == authz.Allowed {
				return answer
			}
			if answer.Verdict == authz.Undetermined && best.Verdict == authz.Denied {
				best = answer
			}
		}
	}
	return best
}

// Attaches reports whether an action attaches managed policies.
func Attaches(action string) bool { return strings.Contains(action, ":Attach") }

// Adds reports whether the edit can give any policy, rather than take one away
// or give those of a group.
func (w SelfEdit) Adds() bool {
	return slices.ContainsFunc(w.Actions, func(a string) bool {
		return strings.Contains(a, ":Put") || strings.Contains(a, ":Attach") || strings.HasSuffix(a, ":CreatePolicyVersion")
	})
}

// mayBeGranted reports whether an identity-based policy of the holder may allow
// one of the actions on something.
func (h *Holder) mayBeGranted(actions []string) bool {
	return slices.ContainsFunc(h.Principal.Identity, func(p *authz.Policy) bool { return slices.ContainsFunc(actions, p.MayAllow) })
}
