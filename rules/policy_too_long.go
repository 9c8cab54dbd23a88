package rules

import (
	"fmt"
	"slices"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// PolicyTooLong reports documents over IAM's quotas.
var PolicyTooLong = &lint.Rule{
	ID:       "policy-too-long",
	Severity: lint.Error,
	Leg:      lint.Hygiene,
	Doc: lint.Doc{
		Title: "A policy, or the policies of one entity, are over IAM's quotas",
		What: fmt.Sprintf(`Characters are counted as IAM counts them, without white space: at most %d in a managed policy; at most %d, %d and `+
			`%d in all inline policies together of a role, a user and a group; %d in a trust policy, which AWS raises on request up to %d. `+
			`Attachments beyond what AWS ever grants are reported too: %d managed policies on a role, %d on a user, %d on a group.`,
			iam.ManagedPolicySize, iam.InlineSizes[iam.HolderRole], iam.InlineSizes[iam.HolderUser], iam.InlineSizes[iam.HolderGroup],
			iam.TrustPolicySize, iam.TrustPolicyRaised, attachmentCounts[iam.HolderRole], attachmentCounts[iam.HolderUser],
			attachmentCounts[iam.HolderGroup]),
		Why: `The plan succeeds and the apply fails, often half-way through: the boundary stands and the role's policy does not, or the ` +
			`reverse.`,
		Blind: `Text that is known after apply counts as nothing, so a document that is too long only with it is not reported. Quotas ` +
			`that AWS has raised for an account are not known; a trust policy over the default and under the highest is a warning for that ` +
			`reason. Policies of other services, and organization policies, have quotas of their own.`,
		Fix: `Use wildcards where they grant nothing more, merge statements that differ in one element only, or split a managed policy ` +
			`in two. Inline policies can become managed ones, which count each for itself.`,
		References: []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"},
		Security:   "2.0",
	},
	Run: func(p *lint.Pass) error {
		longDocuments(p)
		longInline(p)
		manyAttachments(p)
		return nil
	},
}

// attachmentCounts are the highest numbers of managed policies to which AWS
// raises its quotas; by default it is 10 for each.
var attachmentCounts = map[iam.HolderKind]int{iam.HolderRole: 25, iam.HolderUser: 20, iam.HolderGroup: 10}

// longDocuments judges documents that have a quota of their own.
func longDocuments(p *lint.Pass) {
	for _, m := range p.Model.Policies {
		if m.Document != nil && !m.Gone() {
			tooLong(p, m.Address, m.Document, iam.ManagedPolicySize, "The managed policy", "Split the policy in two, or shorten it with wildcards.")
		}
	}
	for i := range p.Settings.Boundaries {
		if b := &p.Settings.Boundaries[i]; b.Document != nil {
			tooLong(p, "boundary."+b.Name, b.Document, iam.ManagedPolicySize, "The managed policy",
				"Shorten it with wildcards; a boundary cannot be split in two.")
		}
	}
	for _, e := range p.Model.Entities {
		if e.Trust == nil || e.Gone() {
			continue
		}
		size, exact := policy.Size(e.Trust.Text)
		if size <= iam.TrustPolicySize {
			continue
		}
		f := lint.Finding{
			Address: e.Address, Attribute: e.Trust.Location.Attribute, Location: e.Trust.Location, Key: "trust",
			Message: fmt.Sprintf("The trust policy has %s characters without white space; IAM takes %d, unless AWS has raised that for the "+
				"account, and never more than %d.", count(size, exact), iam.TrustPolicySize, iam.TrustPolicyRaised),
			Remediation: "Merge statements, or trust an account and restrict it with a condition instead of listing its roles.",
		}
		if size > iam.TrustPolicyRaised {
			p.Report(f)
		} else {
			p.Report(f, lint.Exactly(lint.Warning))
		}
	}
}

func tooLong(p *lint.Pass, address string, d *iam.Document, limit int, what, fix string) {
	if size, exact := policy.Size(d.Text); size > limit {
		p.Report(lint.Finding{
			Address: address, Attribute: d.Location.Attribute, Location: d.Location, Key: "size",
			Message:     fmt.Sprintf("%s has %s characters without white space; IAM takes %d.", what, count(size, exact), limit),
			Remediation: fix,
		})
	}
}

// count writes a size of which a part may be hidden.
func count(size int, exact bool) string {
	if exact {
		return fmt.Sprint(size)
	}
	return fmt.Sprintf("at least %d", size)
}

// longInline judges all inline policies of one holder together.
func longInline(p *lint.Pass) {
	counted := map[*iam.InlinePolicy]bool{}
	for _, e := range p.Model.Entities {
		if !e.Gone() {
			inlineSum(p, iam.HolderKind(e.Kind), e.Address, e.Location, e.Inline, counted)
		}
	}
	for _, g := range p.Model.Groups {
		if !g.Gone() {
			inlineSum(p, iam.HolderGroup, g.Address, g.Location, g.Inline, counted)
		}
	}
	// What is left belongs to holders that the input does not declare.
	for _, i := range p.Model.Inline {
		if !counted[i] && i.Document != nil {
			inlineSum(p, i.HolderKind, i.Address, i.Location, []*iam.InlinePolicy{i}, counted)
		}
	}
}

func inlineSum(p *lint.Pass, kind iam.HolderKind, address string, at iam.Location, inline []*iam.InlinePolicy,
	counted map[*iam.InlinePolicy]bool,
) {
	limit, limited := iam.InlineSizes[kind]
	sum, exact := 0, true
	var longest *iam.InlinePolicy
	var related []lint.Related
	most := 0
	for _, i := range inline {
		if counted[i] {
			continue
		}
		counted[i] = true
		if i.Document == nil || i.MayNotExist || i.Change == iam.ChangeDelete || i.Change == iam.ChangeForget {
			continue
		}
		size, whole := policy.Size(i.Document.Text)
		sum += size
		exact = exact && whole
		if size > most {
			longest, most = i, size
		}
		related = append(related, lint.Related{
			Address: i.Address, Location: i.Document.Location,
			Message: fmt.Sprintf("has %s characters", count(size, whole)),
		})
	}
	if !limited || sum <= limit || longest == nil {
		return
	}
	f := lint.Finding{
		Address: address, Location: at, Key: "inline",
		Message: fmt.Sprintf("The inline policies of the %s have %s characters without white space; IAM takes %d for all of them together.",
			kind, count(sum, exact), limit),
		Remediation: fmt.Sprintf("Make %s a managed policy, or shorten it.", longest.Address),
	}
	if most > iam.ManagedPolicySize {
		f.Remediation = fmt.Sprintf("Shorten %s with wildcards, or split it into %d managed policies or more: IAM takes %d characters for each.",
			longest.Address, (most+iam.ManagedPolicySize-1)/iam.ManagedPolicySize, iam.ManagedPolicySize)
	}
	if len(related) > 1 {
		f.Related = related
	} else {
		f.Location, f.Attribute = longest.Document.Location, longest.Document.Location.Attribute
	}
	p.Report(f)
}

func manyAttachments(p *lint.Pass) {
	for _, e := range p.Model.Entities {
		if !e.Gone() {
			tooMany(p, iam.HolderKind(e.Kind), e.Address, e.Location, e.Attached)
		}
	}
	for _, g := range p.Model.Groups {
		if !g.Gone() {
			tooMany(p, iam.HolderGroup, g.Address, g.Location, g.Attached)
		}
	}
}

func tooMany(p *lint.Pass, kind iam.HolderKind, address string, at iam.Location, attached []*iam.Attachment) {
	var distinct []string
	for _, a := range attached {
		arn, known := a.PolicyARN.Known()
		if !known && a.Policy != nil {
			arn, known = a.Policy.Address, true
		}
		if known && !a.MayNotExist && a.Change != iam.ChangeDelete && a.Change != iam.ChangeForget && !slices.Contains(distinct, arn) {
			distinct = append(distinct, arn)
		}
	}
	limit, limited := attachmentCounts[kind]
	if !limited || len(distinct) <= limit {
		return
	}
	p.Report(lint.Finding{
		Address: address, Location: at, Key: "attachments",
		Message: fmt.Sprintf("%d managed policies are attached to the %s; AWS allows 10, and never more than %d.", len(distinct), kind,
			limit),
		Remediation: "Merge some of the policies.",
	})
}
