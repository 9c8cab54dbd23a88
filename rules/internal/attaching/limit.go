// Package attaching asks to which policies a condition on iam:PolicyARN limits a
// holder that attaches policies to itself. It then has what those allow besides,
// and no more, unless one of them leads to everything.
package attaching

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// attachLimit are the policies to which a condition limits a principal that
// attaches policies to itself.
type attachLimit struct {
	policies []policy.Text
	// more tells that there are others. strong is one of them by which the
	// holder gets any other policy, empty for none.
	more   bool
	Strong policy.Text
}

// mostAttachable bounds how many policies are named.
const mostAttachable = 3

// Limit tells whether a condition limits a way of attaching policies; nil
// where none does, with the answer to the question.
func Limit(a *holders.Account, h *holders.Holder, way holders.SelfEdit, answer authz.Answer) (authz.Answer, *attachLimit) {
	if answer.Verdict != authz.Allowed || !slices.ContainsFunc(way.Actions, holders.Attaches) {
		return answer, nil
	}
	switch free := holders.Freely(a, h, way); free.Verdict {
	case authz.Allowed:
		return answer, nil
	case authz.Undetermined:
		return free, nil
	case authz.Denied:
	}
	limit := &attachLimit{}
	for len(limit.policies) <= mostAttachable {
		one := holders.CanEditSelf(a, h, way, authz.KeyConstraint{Key: policy.PolicyARNKey, Present: true, NotIn: limit.policies})
		if one.Verdict != authz.Allowed {
			break
		}
		arn, ok := one.Witness.Value(policy.PolicyARNKey)
		if !ok || slices.ContainsFunc(limit.policies, arn.Equal) {
			break
		}
		if len(limit.policies) == mostAttachable {
			limit.more = true
			break
		}
		limit.policies = append(limit.policies, arn)
	}
	for _, arn := range slices.Concat(limit.policies, allOfIAM(a, h, way)) {
		if !leadsOn(a, h, arn) {
			continue
		}
		limit.Strong = arn
		if named := holders.CanEditSelf(a, h, way,
			authz.KeyConstraint{Key: policy.PolicyARNKey, In: []policy.Text{arn}}); named.Verdict == authz.Allowed {
			answer = named
		}
		break
	}
	return answer, limit
}

// allOfIAM are AWS's policies that give all of IAM, as far as a way takes
// them.
func allOfIAM(a *holders.Account, h *holders.Holder, way holders.SelfEdit) []policy.Text {
	var out []policy.Text
	for _, name := range []string{"IAMFullAccess"} {
		arn, ok := catalog.ManagedPolicyARN(name)
		x := policy.Literal(arn)
		if ok && holders.CanEditSelf(a, h, way, authz.KeyConstraint{Key: policy.PolicyARNKey, In: []policy.Text{x}}).Verdict == authz.Allowed {
			out = append(out, x)
		}
	}
	return out
}

// leadsOn reports whether a holder that has a policy besides its own can give
// itself any other, or make a principal that has; or can write the policy anew.
func leadsOn(a *holders.Account, h *holders.Holder, arn policy.Text) bool {
	if authz.CanEditPolicy(h.Strict(), a.Universe(h.Deployment), arn).Verdict == authz.Allowed {
		return true
	}
	p := policyOf(a, arn)
	if p == nil {
		return false
	}
	with := *h
	principal := *h.Principal
	principal.Identity = append(slices.Clone(principal.Identity), p)
	with.Principal = &principal
	return a.MakesEquals(&with) == authz.Allowed || slices.ContainsFunc(holders.SelfEdits(a, &with), func(way holders.SelfEdit) bool {
		return way.Adds() && holders.Freely(a, &with, way).Verdict == authz.Allowed
	})
}

// policyOf is a managed policy of the input or one of AWS's; nil where its
// document is not known.
func policyOf(a *holders.Account, arn policy.Text) *authz.Policy {
	for _, m := range a.Model.Policies {
		if !m.Gone() && m.ARN.Equal(arn) && m.Document != nil && m.Document.Document != nil {
			return a.Compile(m.Document, m.Address)
		}
	}
	if known, ok := arn.Known(); ok {
		if parts, isARN := policy.ParseARN(arn); isARN && holders.IsText(parts.Account, "aws") {
			return a.AWSManaged("arn:aws:iam::aws:" + known[strings.Index(known, ":policy/")+1:])
		}
	}
	return nil
}

// What completes "can ..." for a limited way.
func (l *attachLimit) What(way holders.SelfEdit) string {
	list, more := l.policies, l.more
	if !l.Strong.IsEmpty() {
		list, more = []policy.Text{l.Strong}, more || len(list) > 1
	}
	names := make([]string, len(list))
	for i, arn := range list {
		names[i] = arn.String()
		if parts, ok := policy.ParseARN(arn); ok {
			if last, known := iam.LastSegment(parts.Resource).Known(); known {
				names[i] = last
			}
		}
	}
	which := "the policy "
	if len(names) != 1 {
		which = "the policies "
	}
	which += strings.Join(names, ", ")
	if more {
		which += " and others"
	}
	return strings.NewReplacer("attach policies to", "attach "+which+" to", "other policies", which).Replace(way.What)
}

// What a finding says of a limit.
const (
	CappedByCondition = "a condition on iam:PolicyARN caps what it gives itself"
	LeadsToAny        = "by which it can give itself any other"
)
