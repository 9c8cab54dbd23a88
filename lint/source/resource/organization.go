package resource

import (
	"strings"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// policyTarget is what an organization policy is attached to.
type policyTarget struct {
	policy, target iam.Value
	mayNotExist    bool
}

func (b *Builder) organizationPolicy(r Resource) {
	if r.Change == iam.ChangeDelete {
		return
	}
	o := &iam.OrganizationPolicy{Declared: r.declared(), Type: iam.ServiceControlPolicy}
	if kind := r.value("type"); kind.IsUnknown() {
		o.Type, o.Doubt = "", kind.Text.Symbol()
	} else if known, ok := kind.Known(); ok {
		o.Type = known
	}
	if o.Type != "" && o.Kind() == policy.AnyPolicy {
		return
	}
	o.Document = b.document(&r, "content", r.Values["content"], o.Kind())
	b.model.OrganizationPolicies = append(b.model.OrganizationPolicies, o)
	if id, known := r.value("id").Known(); known && id != "" {
		b.controls[id] = o
	}
}

func (b *Builder) organizationAttachment(r Resource) {
	if r.Change != iam.ChangeDelete && r.Change != iam.ChangeForget {
		b.targets = append(b.targets, policyTarget{r.value("policy_id"), r.value("target_id"), r.MayNotExist})
	}
}

// settleTargets notes which accounts organization policies bind that are
// attached to accounts only. A policy that the input attaches to nothing is
// taken to be attached elsewhere, to where it matters.
func (b *Builder) settleTargets() {
	for _, o := range b.model.OrganizationPolicies {
		if o.Type == "" { // whether it binds anyone is hidden already
			continue
		}
		o.Unattached = true
		for _, t := range b.targets {
			attached, certain := b.attaches(t, o)
			if !attached || !certain && o.Accounts == nil {
				continue
			}
			o.Unattached = false
			if !certain || !t.binds(o) {
				o.Doubt = &policy.Symbol{Kind: policy.SymbolUnknown, Name: "what " + o.Address + " is attached to"}
			} else if o.Accounts == nil {
				o.Doubt = nil
				break
			}
		}
	}
	b.targets, b.controls = nil, nil
}

// binds adds the accounts of a target to those that a policy binds: none where
// it is not known which, nor whether the attachment exists. A root or an
// organizational unit binds all, for nobody knows offline what is in it.
func (t policyTarget) binds(o *iam.OrganizationPolicy) bool {
	if t.mayNotExist {
		return false
	}
	target, known := t.target.Known()
	switch s := t.target.Text.Symbol(); {
	case known && policy.IsAccountID(target), s != nil && s.Kind == policy.SymbolAccount:
		o.Accounts = append(o.Accounts, t.target)
	case known, s != nil && (strings.Contains(s.Address, "aws_organizations_organizational_unit.") ||
		strings.Contains(s.Address, "aws_organizations_organization.")):
		o.Accounts = nil
	default:
		return false
	}
	return true
}

// attaches reports whether an attachment is one of that policy, and whether
// that is certain.
func (b *Builder) attaches(t policyTarget, o *iam.OrganizationPolicy) (attached, certain bool) {
	if id, known := t.policy.Known(); known {
		return b.controls[id] == o, true
	}
	if s := t.policy.Text.Symbol(); s != nil && s.Address != "" {
		return s.Address == o.Address, true
	}
	return true, false
}
