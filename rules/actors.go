package rules

import (
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// actors are the entities that the second and third leg judge: not those that
// the configuration trusts, and not administrators without a boundary, who
// can do everything anyway and are reported as that.
func (a *account) actors() []*holder {
	var out []*holder
	for _, h := range a.holders {
		if a.settings.IsTrusted(h.entity) || a.isExemptActor(h) {
			continue
		}
		out = append(out, h)
	}
	return out
}

// ask answers a question about the holder once, for all rules that ask it.
func (h *holder) ask(question string, answer func() authz.Answer) authz.Answer {
	if known, ok := h.answers[question]; ok {
		return known
	}
	if h.answers == nil {
		h.answers = map[string]authz.Answer{}
	}
	found := answer()
	h.answers[question] = found
	return found
}

func uncapital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// iamPrefix is what the ARNs of the holder's account start with, as a person
// would write it.
func (a *account) iamPrefix(h *holder) string {
	partition, ok := h.deployment.Partition.Known()
	if !ok || partition == "" {
		partition = "aws"
	}
	return "arn:" + partition + ":iam::" + a.accountName(h) + ":"
}

func (a *account) accountName(h *holder) string {
	if account, ok := h.deployment.Account.Known(); ok && account != "" {
		return account
	}
	return "<account>"
}

// exampleBoundary is the boundary that a remediation names: the holder's own,
// else one that is approved, else one that the input uses.
func (a *account) exampleBoundary(h *holder) string {
	if h.entity != nil && h.entity.Boundary.Set && a.approved.value(h.entity.Boundary, h.entity.NameText()) == approved && !h.entity.Boundary.Sensitive {
		if arn, ok := h.entity.Boundary.Text.Known(); ok {
			return arn
		}
	}
	for _, x := range a.approvedARNs() {
		if s, ok := x.ARN.Known(); ok && !strings.ContainsAny(s, "*?") {
			return s
		}
	}
	for _, e := range a.model.Entities {
		if arn, ok := e.Boundary.Text.Known(); ok && e.Boundary.Set && !e.Boundary.Sensitive && a.approved.value(e.Boundary, e.NameText()) == approved {
			return arn
		}
	}
	return a.iamPrefix(h) + "policy/<boundary>"
}

// protectedBoundaries are the boundaries whose documents nobody bound may
// change: the approved ones, and without boundary blocks those that are in
// use in the input or that conditions on the boundary name in full.
func (a *account) protectedBoundaries() []policy.Text {
	var out []policy.Text
	add := func(x policy.Text) {
		if _, ok := policy.ParseARN(x); !ok || isWildcard(x) {
			return
		}
		for _, y := range out {
			if x.Equal(y) {
				return
			}
		}
		out = append(out, x)
	}
	for _, x := range a.approvedARNs() {
		add(x.ARN)
	}
	for _, p := range a.model.Policies {
		if !p.Gone() && (len(p.BoundaryOf) > 0 || a.isApprovedPolicy(p)) {
			add(p.ARN)
		}
	}
	if a.approved.configured() {
		return out
	}
	for _, e := range a.model.Entities {
		if !e.Gone() && e.Boundary.Set && a.approved.value(e.Boundary, e.NameText()) == approved {
			add(e.Boundary.Text)
		}
	}
	for _, h := range a.holders {
		for _, g := range h.grants {
			for _, x := range namedBoundaries(g.document) {
				add(x)
			}
		}
	}
	return out
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
