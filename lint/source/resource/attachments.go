package resource

import (
	"strings"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// attachment reads a resource that attaches one managed policy to one holder,
// which attribute names.
func attachment(of iam.HolderKind, attribute string) kind {
	return kind{parts: []string{attribute, "policy_arn"}, read: func(b *Builder, r Resource) {
		b.attach(r, of, r.value(attribute), r.value("policy_arn"))
	}}
}

func (b *Builder) attach(r Resource, kind iam.HolderKind, holder, arn iam.Value) {
	b.model.Attachments = append(b.model.Attachments, &iam.Attachment{
		Declared: r.declared(), HolderKind: kind, Holder: holder, PolicyARN: arn, Route: r.Type,
		Maybe: r.Maybe,
	})
}

func (b *Builder) policyAttachment(r Resource) {
	arn := r.value("policy_arn")
	for _, holders := range []struct {
		kind      iam.HolderKind
		attribute string
	}{{iam.HolderRole, "roles"}, {iam.HolderUser, "users"}, {iam.HolderGroup, "groups"}} {
		for _, holder := range r.elements(b, holders.attribute) {
			b.attach(holder.in, holders.kind, holder.Value, arn)
		}
	}
}

// exclusiveAttachments reads a resource that attaches a set of managed
// policies to a holder and detaches every other.
func exclusiveAttachments(of iam.HolderKind, attribute string) kind {
	return kind{parts: []string{attribute, "policy_arns"}, read: func(b *Builder, r Resource) {
		holder := r.value(attribute)
		for _, arn := range r.elements(b, "policy_arns") {
			b.attach(arn.in, of, holder, arn.Value)
		}
		b.exclusives = append(b.exclusives, exclusive{r.Change, holder, false})
	}}
}

// exclusiveInline reads a resource that removes all inline policies of a
// holder but those it names; it makes none itself.
func exclusiveInline(_ iam.HolderKind, attribute string) kind {
	return kind{parts: []string{attribute}, read: func(b *Builder, r Resource) {
		b.exclusives = append(b.exclusives, exclusive{r.Change, r.value(attribute), true})
	}}
}

// echo is a policy of a role that only the provider's report of the role
// tells. It may be there by the doing of another resource, and then that
// resource says whether it stays.
type echo struct {
	resource   Resource
	attachment *iam.Attachment
	inline     *iam.InlinePolicy
}

// exclusive is a resource that takes everything off a holder that it does
// not name.
type exclusive struct {
	change iam.Change
	holder iam.Value
	inline bool
}

// settleEchoes keeps the echoes that no resource of the input accounts for:
// what was attached to a role by hand.
func (b *Builder) settleEchoes() {
	var attachments []*iam.Attachment
	var inline []*iam.InlinePolicy
	for _, e := range b.echoes {
		switch {
		case b.cleared(e):
		case e.attachment != nil:
			if !b.explainedAttachment(e) {
				attachments = append(attachments, e.attachment)
			}
		case !b.explainedInline(e):
			inline = append(inline, e.inline)
		}
	}
	b.model.Attachments = append(b.model.Attachments, attachments...)
	b.model.Inline = append(b.model.Inline, inline...)
	b.echoes, b.exclusives = nil, nil
}

func (b *Builder) cleared(e echo) bool {
	for _, x := range b.exclusives {
		gone := x.change == iam.ChangeDelete || x.change == iam.ChangeForget
		if !gone && x.inline == (e.inline != nil) && b.isRole(x.holder, e.resource) {
			return true
		}
	}
	return false
}

func (b *Builder) explainedAttachment(e echo) bool {
	arn, known := e.attachment.PolicyARN.Known()
	if !known {
		return false
	}
	for _, a := range b.model.Attachments {
		if a.HolderKind == iam.HolderRole && b.isRole(a.Holder, e.resource) && b.isPolicy(a.PolicyARN, arn) {
			return true
		}
	}
	return false
}

func (b *Builder) explainedInline(e echo) bool {
	name, known := e.inline.Name.Known()
	if !known {
		return false
	}
	for _, p := range b.model.Inline {
		own, ok := p.Name.Known()
		if ok && own == name && p.HolderKind == iam.HolderRole && b.isRole(p.Holder, e.resource) {
			return true
		}
	}
	return false
}

// isRole reports whether a holder is that role.
func (b *Builder) isRole(holder iam.Value, role Resource) bool {
	if s := holder.Text.Symbol(); s != nil {
		return s.Kind == policy.SymbolReference && s.Address == role.Address
	}
	text, ok := holder.Known()
	name, known := role.value("name").Known()
	return ok && known && strings.EqualFold(text, name)
}

// isPolicy reports whether v is the ARN, or refers to the policy that has it.
func (b *Builder) isPolicy(v iam.Value, arn string) bool {
	if text, ok := v.Known(); ok {
		return text == arn
	}
	s := v.Text.Symbol()
	if s == nil || s.Kind != policy.SymbolReference {
		return false
	}
	for _, p := range b.model.Policies {
		if p.Address == s.Address {
			own, ok := p.ARN.Known()
			return ok && own == arn
		}
	}
	return false
}
