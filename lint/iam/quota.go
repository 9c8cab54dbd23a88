package iam

import (
	"fmt"

	"github.com/boundlint/boundlint/lint/policy"
)

// IAM's quotas, in characters without white space (IAM User Guide, "IAM and
// AWS STS quotas").
const (
	ManagedPolicySize = 6144
	TrustPolicySize   = 2048
	// TrustPolicyRaised is the highest that AWS raises the quota of trust
	// policies to.
	TrustPolicyRaised = 8192
)

// InlineSizes are the quotas of all inline policies of one holder together.
var InlineSizes = map[HolderKind]int{HolderRole: 10240, HolderUser: 2048, HolderGroup: 5120}

// HideOverQuota puts an unknown document into the place of each that is over
// the quota by itself. IAM does not take it, so no principal can have it: what it
// would allow is not searched.
func (m *Model) HideOverQuota() {
	for _, p := range m.Policies {
		m.hideOver(p.Document, ManagedPolicySize, p.Address)
	}
	for _, e := range m.Entities {
		m.hideOver(e.Trust, TrustPolicyRaised, e.Address)
	}
	for _, i := range m.Inline {
		if limit, limited := InlineSizes[i.HolderKind]; limited {
			m.hideOver(i.Document, limit, i.Address)
		}
	}
}

// hideOver hides a document over the limit until the model is linked again.
func (m *Model) hideOver(d *Document, limit int, address string) {
	if d == nil {
		return
	}
	written := d.written()
	if d.hideOver(limit, address) && m.links != nil {
		m.links.remember(d, written)
	}
}

// HideOverQuota is the document of a managed policy, an unknown one in its
// place if it is over the quota. The address is for people.
func (d *Document) HideOverQuota(address string) *Document {
	hidden := *d
	hidden.hideOver(ManagedPolicySize, address)
	return &hidden
}

// hideOver hides the document if it is over the limit, and reports whether it is.
func (d *Document) hideOver(limit int, address string) bool {
	if d.Document == nil {
		return false
	}
	size, _ := policy.Size(d.Text)
	if size > limit {
		name := fmt.Sprintf("%s with its %d characters, over IAM's quota of %d", address, size, limit)
		d.Document = &policy.Document{Unknown: &policy.Symbol{Name: name}, Range: d.Range}
	}
	return size > limit
}
