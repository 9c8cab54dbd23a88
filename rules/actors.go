package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// actors are the entities that the second and third leg judge: not those that
// the configuration trusts, and not administrators without a boundary, who
// can do everything anyway and are reported as that. One whose boundary is
// not known is perhaps such an administrator: it is judged, with that doubt.
func (a *account) actors() []*holder {
	if a.judged != nil {
		return a.judged
	}
	a.judged = []*holder{}
	for _, h := range a.holders {
		if a.settings.IsTrusted(h.entity) || a.isExemptActor(h) {
			continue
		}
		if h.doubt == "" && a.exemption(h) == authz.Undetermined {
			h.doubt = "it may be an administrator, of which nothing more need be said; that hangs on " + h.obscured()
		}
		a.judged = append(a.judged, h)
	}
	return a.judged
}

// recall answers a question about the holder once, for all rules that ask it and
// for all holders that have the same policies.
func (a *account) recall(h *holder, question string, answer func() authz.Answer) authz.Answer {
	if !a.mayDelegate(h) {
		return authz.Answer{Verdict: authz.Denied}
	}
	key := askedOf{a.likeness(h), question}
	if known, ok := a.answers[key]; ok {
		return h.settle(known)
	}
	found := answer()
	a.answers[key] = found
	return h.settle(found)
}

// delegatingActions are those that the rules about holders ask for. Whoever is
// allowed none of them can do nothing to a boundary, nor to its own policies.
var delegatingActions = []string{
	"iam:CreateRole", "iam:CreateUser", "iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:DeletePolicy",
	"iam:PutRolePermissionsBoundary", "iam:PutUserPermissionsBoundary", "iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary",
	"iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:DetachRolePolicy", "iam:DeleteRolePolicy",
	"iam:PutUserPolicy", "iam:AttachUserPolicy", "iam:DetachUserPolicy", "iam:DeleteUserPolicy",
	"iam:PutGroupPolicy", "iam:AttachGroupPolicy", "iam:DetachGroupPolicy", "iam:DeleteGroupPolicy",
	"iam:AddUserToGroup", "iam:RemoveUserFromGroup",
}

// mayDelegate reports whether some policy of the holder may allow one of the
// delegating actions. Most holders of an account have nothing to do with IAM,
// and no question about them needs a search.
func (a *account) mayDelegate(h *holder) bool {
	return slices.ContainsFunc(h.principal.Identity, func(p *authz.Policy) bool {
		p = p.Like()
		may, ok := a.delegating[p]
		if !ok {
			may = p.Document == nil || p.Document.Unknown != nil || p.Document.Invalid || slices.ContainsFunc(p.Document.Statements, mayAllowDelegation)
			a.delegating[p] = may
		}
		return may
	})
}

func mayAllowDelegation(s *policy.Statement) bool {
	if s.Effect == policy.Deny {
		return false
	}
	return s.Action == nil || slices.ContainsFunc(s.Action, func(e policy.Element) bool {
		pattern, known := e.Text.Known()
		return !known || slices.ContainsFunc(delegatingActions, func(action string) bool { return policy.GlobFold(pattern, action) })
	})
}

// askedOf is a question about all holders of one likeness.
type askedOf struct{ likeness, question string }

// likeness is equal for holders of whom the same requests are allowed: large
// inputs have thousands of them. Where a policy asks who makes the request it
// is the holder's own.
func (a *account) likeness(h *holder) string {
	if h.likeness != "" {
		return h.likeness
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d %d %d %q %q", h.principal.Kind, h.principal.Origins, h.boundary, h.deployment.Account.Key(), h.deployment.Partition.Key())
	personal := false
	each := func(p *authz.Policy) {
		p = p.Like()
		fmt.Fprintf(&b, " %p", p)
		personal = personal || a.isPersonal(p)
	}
	for _, p := range h.principal.Identity {
		each(p)
	}
	b.WriteString(" under")
	if h.principal.Boundary != nil {
		each(h.principal.Boundary)
	}
	if h.boundary == boundedUnseen || h.boundary == boundedHidden {
		b.WriteString(" " + h.entity.Boundary.Text.Key())
	}
	for _, levels := range [...][][]*authz.Policy{h.principal.SCPs, h.principal.RCPs} {
		for _, level := range levels {
			for _, p := range level {
				personal = personal || a.isPersonal(p)
			}
		}
	}
	if personal {
		fmt.Fprintf(&b, " %p", h)
	}
	h.likeness = b.String()
	return h.likeness
}

// isPersonal reports whether what a policy allows hangs on who asks: on the
// principal's name, ARN or tags.
func (a *account) isPersonal(p *authz.Policy) bool {
	if personal, ok := a.personal[p]; ok {
		return personal
	}
	personal := p.Document == nil || slices.ContainsFunc(p.Document.Statements, func(s *policy.Statement) bool {
		variable := func(e policy.Element) bool {
			return slices.ContainsFunc(e.Text.Parts(), func(part policy.Part) bool { return strings.Contains(part.Literal, "${") })
		}
		return slices.ContainsFunc(s.Resource, variable) || slices.ContainsFunc(s.NotResource, variable) ||
			slices.ContainsFunc(s.Condition, func(c policy.Condition) bool {
				key, known := c.Key.Known()
				key = strings.ToLower(key)
				return !known || strings.HasPrefix(key, "aws:principal") || strings.HasPrefix(key, "aws:user") || slices.ContainsFunc(c.Values, variable)
			})
	})
	a.personal[p] = personal
	return personal
}

// uncapital writes a sentence so that it can follow others; names in capitals
// stay.
func uncapital(s string) string {
	if s == "" || len(s) > 1 && 'A' <= s[1] && s[1] <= 'Z' {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// hasApproved reports whether an entity of the input has a boundary that is
// approved for it and may be shown.
func (a *account) hasApproved(e *iam.Entity) bool {
	return !e.Gone() && e.Boundary.Set && !e.Boundary.Sensitive && a.approved.value(e.Boundary, e.NameText()) == approved
}

// boundariesInUse are the approved boundaries that entities have.
func (a *account) boundariesInUse() []policy.Text {
	if a.used == nil {
		a.used = []policy.Text{}
		seen := map[string]bool{}
		for _, e := range a.model.Entities {
			if key := e.Boundary.Text.Key(); !seen[key] && a.hasApproved(e) {
				seen[key] = true
				a.used = append(a.used, e.Boundary.Text)
			}
		}
	}
	return a.used
}

// protectedBoundaries are the boundaries whose documents nobody bound may
// change: those that are in use in the input or that conditions on the boundary
// name in full, and those that boundary blocks name; with boundary blocks, only
// what they approve.
func (a *account) protectedBoundaries() []policy.Text {
	if a.protected == nil {
		a.protected = a.findProtected()
	}
	return a.protected
}

func (a *account) findProtected() []policy.Text {
	out := []policy.Text{}
	seen := map[string]bool{}
	add := func(x policy.Text) {
		if _, ok := policy.ParseARN(x); !ok || isWildcard(x) {
			return
		}
		if key := x.Key(); !seen[key] {
			seen[key] = true
			out = append(out, x)
		}
	}
	for _, x := range a.approvedARNs() {
		add(a.deployed(x.ARN))
	}
	for _, p := range a.model.Policies {
		if !p.Gone() && (len(p.BoundaryOf) > 0 || a.isApprovedPolicy(p)) {
			add(p.ARN)
		}
	}
	for _, e := range a.model.Entities {
		if !e.Gone() && e.Boundary.Set && a.approved.value(e.Boundary, e.NameText()) == approved {
			add(e.Boundary.Text)
		}
	}
	for _, h := range slices.Concat(a.holders, a.alone) {
		for _, g := range h.grants {
			for _, x := range a.namedIn(g) {
				if !a.approved.configured() || a.approvedForSome(x) {
					add(x)
				}
			}
		}
	}
	return out
}

// approvedForSome reports whether a boundary block takes the ARN, whoever it is
// approved for.
func (a *account) approvedForSome(arn policy.Text) bool {
	return slices.ContainsFunc(a.approved.blocks, func(b approvedBlock) bool { return b.has(arn) == lint.AlwaysMatches })
}

// deployed is an ARN in the account and partition of the deployment, where it
// leaves them open: a boundary that is approved in every account is protected
// in this one.
func (a *account) deployed(x policy.Text) policy.Text {
	arn, ok := policy.ParseARN(x)
	if !ok {
		return x
	}
	if isText(arn.Account, "*") && !a.model.Deployment.Account.IsEmpty() {
		arn.Account = a.model.Deployment.Account
	}
	if isText(arn.Partition, "*") && !a.model.Deployment.Partition.IsEmpty() {
		arn.Partition = a.model.Deployment.Partition
	}
	return arn.Text()
}

// namedIn are the boundaries that a grant's conditions name.
func (a *account) namedIn(g grant) []policy.Text {
	if named, ok := a.named[g.policy]; ok {
		return named
	}
	named := namedBoundaries(g.document)
	a.named[g.policy] = named
	return named
}

// namedBoundaries are the ARNs that conditions on iam:PermissionsBoundary
// name in full.
func namedBoundaries(d *iam.Document) []policy.Text {
	if d == nil || d.Document == nil {
		return nil
	}
	var out []policy.Text
	for _, s := range d.Statements {
		for i := range s.Condition {
			if !isBoundaryKey(s.Condition[i].Key) {
				continue
			}
			for _, v := range s.Condition[i].Values {
				arn, ok := policy.ParseARN(v.Text)
				if ok && !isWildcard(v.Text) && !isText(arn.Account, "aws") && !strings.Contains(v.Text.String(), "${") {
					out = append(out, v.Text)
				}
			}
		}
	}
	return out
}

const boundaryConditionKey = "iam:PermissionsBoundary"

func isBoundaryKey(key policy.Text) bool {
	s, ok := key.Known()
	return ok && strings.EqualFold(s, boundaryConditionKey)
}

func isWildcard(x policy.Text) bool {
	for _, p := range x.Parts() {
		if strings.ContainsAny(p.Literal, "*?") {
			return true
		}
	}
	return false
}
