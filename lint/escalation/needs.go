package escalation

import (
	"slices"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/compute"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// needed says whether what a way needs exists, and on what things its steps
// are: an empty text where it matters to none. What cannot be seen in any
// input leaves reasons.
func (e *engine) needed(n *node, w *Way, t *node) (things []thing, reasons []authz.Reason, ok bool) {
	things = []thing{{}}
	whose := t
	if w.Target == TargetPolicy {
		// It is about the target's boundary, and not about its policies.
		whose = nil
	}
	for i, need := range w.Needs {
		if doubt, met, is := e.circumstance(need.Kind, whose); is {
			if !met {
				return nil, nil, false
			}
			if doubt != "" {
				reasons = append(reasons, authz.Reason{Text: doubt})
			}
			continue
		}
		var found []thing
		switch {
		case need.Kind == compute.InstanceProfile && need.Carries && t != nil && len(t.holder.Entity.Profiles) > 0:
			continue
		case need.Kind == compute.IdentityProvider:
			if i > 0 || t == nil {
				continue
			}
			found = trustedProviders(t)
		case need.OfActor:
			if n.holder == nil || !e.has(n.holder, need.Kind) {
				return nil, nil, false
			}
			continue
		default:
			found = e.thingsFor(need, t)
		}
		if len(found) == 0 {
			return nil, nil, false
		}
		if i == 0 {
			things = found
		} else {
			reasons = append(reasons, found[0].doubts...)
		}
	}
	return things, reasons, true
}

// circumstance tells of a need that is not a thing of the input for a step to be
// on whether it is met, and the doubt that is left where no input shows it.
func (e *engine) circumstance(need compute.Kind, t *node) (doubt string, met, is bool) {
	switch need {
	case compute.CustomerPolicy, compute.Bucket, compute.EventSource, compute.ServiceLinkedRole:
		// A policy is asked for by the step on it. The others are the
		// actor's to bring along: a bucket or queue of its own account
		// will do, and AWS makes service-linked roles by itself.
		return "", true, true
	case compute.FreeAccessKey:
		const most = 2
		return "", t == nil || credentials(t.holder.Entity, "access-key") < most, true
	case compute.NoLoginProfile:
		return "", t == nil || credentials(t.holder.Entity, "login-profile") == 0, true
	case compute.LoginProfile:
		if t != nil && credentials(t.holder.Entity, "login-profile") == 0 {
			doubt = "the input does not tell whether " + t.holder.Entity.Address + " has a password"
		}
		return doubt, true, true
	case compute.DeployedStackSet:
		return "the input does not tell whether there is such a stack set, and to which accounts it is deployed", true, true
	case compute.ContainerInstance:
		if len(e.things[compute.Instance])+len(e.things[compute.AutoScalingGroup]) == 0 {
			doubt = "the input does not tell whether the cluster has container instances"
		}
		return doubt, true, true
	case compute.StoredVersion:
		switch t.widerVersions() {
		case authz.Denied:
			return "", false, true
		case authz.Allowed:
			return "", true, true
		case authz.Undetermined:
		}
		return "the input does not tell whether an older version of the policy allows more", true, true
	case compute.UnattachedPolicy:
		return "", false, true
	case compute.PermissionSet:
		// Identity Center is run from one account of an organization: that
		// this is it is not to be taken for granted.
		return "", !e.sets.isEmpty(), true
	default:
		return "", false, false
	}
}

// widerVersions tells whether stored versions of the managed policies of a
// holder allow more than those in force: of each of them, or of none.
func (n *node) widerVersions() authz.Verdict {
	if n == nil {
		return authz.Undetermined
	}
	count := map[authz.Verdict]int{}
	for _, g := range n.holder.Grants {
		arn, ok := policy.ParseARN(g.ARN)
		if account, _ := arn.Account.Known(); ok && account != "aws" {
			count[n.universe.WiderVersion(g.ARN)]++
		}
	}
	switch {
	case count[authz.Undetermined] > 0 || count[authz.Allowed] > 0 && count[authz.Denied] > 0:
		return authz.Undetermined
	case count[authz.Allowed] > 0:
		return authz.Allowed
	}
	return authz.Denied
}

// thing is something on which a step of a way is.
type thing struct {
	arn    policy.Text
	tags   *iam.Tags
	doubts []authz.Reason
}

// thingsFor are the things of the input that meet a need, those that certainly
// do first.
func (e *engine) thingsFor(need Need, t *node) []thing {
	var out, perhaps []thing
	for _, at := range e.things[need.Kind] {
		switch {
		case at.doubt != "":
			perhaps = append(perhaps, thing{arn: at.ARN, tags: &at.Tags, doubts: []authz.Reason{{Text: at.doubt, Symbol: at.doubtBy}}})
		case !need.Carries, t != nil && at.Entity == t.holder.Entity:
			if !slices.ContainsFunc(out, func(x thing) bool { return x.arn.Equal(at.ARN) }) {
				out = append(out, thing{arn: at.ARN, tags: &at.Tags})
			}
		case at.Entity == nil && at.Hidden != nil:
			perhaps = append(perhaps, thing{arn: at.ARN, tags: &at.Tags, doubts: []authz.Reason{{
				Text: "it is not known which role " + at.Address + " has", Symbol: at.Hidden,
			}}})
		}
	}
	return append(out, perhaps...)
}

// has reports whether a thing of the input is a principal's.
func (e *engine) has(h *holders.Holder, t compute.Kind) bool {
	return slices.ContainsFunc(e.things[t], func(at *computeResource) bool { return at.Entity == h.Entity })
}

// trustedProviders are the identity providers that a role trusts.
func trustedProviders(t *node) []thing {
	var out []thing
	for _, arn := range providersOf(t.holder.Trust) {
		out = append(out, thing{arn: arn})
	}
	return out
}

// policiesOf are the ARNs of the customer-managed policies that are attached
// to a principal, be it by another repository.
func policiesOf(e *iam.Entity) attachedPolicies {
	var out attachedPolicies
	out.add(e.Attached, e)
	return out
}

// attachedPolicies are ARNs of policies that are attached to a principal, and of
// those that may be.
type attachedPolicies struct {
	certain, perhaps []policy.Text
	by               *policy.Symbol // what hides whether one of the latter is
}

func (p *attachedPolicies) add(list []*iam.Attachment, to *iam.Entity) {
	for _, a := range list {
		arn, ok := policy.ParseARN(a.PolicyARN.Text)
		if !a.PolicyARN.Set {
			continue
		}
		if account, known := arn.Account.Known(); ok && known && account == "aws" {
			continue
		}
		if by := a.Doubt(to.Maybe); by != nil {
			p.perhaps, p.by = append(p.perhaps, a.PolicyARN.Text), by
		} else {
			p.certain = append(p.certain, a.PolicyARN.Text)
		}
	}
}

func groupsOf(e *iam.Entity) []policy.Text {
	var out []policy.Text
	for _, g := range e.Groups {
		out = append(out, g.ARN)
	}
	return out
}

func groupPoliciesOf(e *iam.Entity) attachedPolicies {
	var out attachedPolicies
	for _, g := range e.Groups {
		out.add(g.Attached, e)
	}
	return out
}
