package iam

import (
	"slices"

	"github.com/boundlint/boundlint/lint/policy"
)

// Doubt is what it depends on whether the attachment exists where its holder
// does; nil where it certainly does then. What decides that the holder exists
// decides the same of the attachment.
func (a *Attachment) Doubt(holder ...[]*policy.Symbol) *policy.Symbol {
	return doubtBeside(a.MayNotExist, a.Maybe, a.Address, holder)
}

// Doubt is as that of [Attachment].
func (p *InlinePolicy) Doubt(holder ...[]*policy.Symbol) *policy.Symbol {
	return doubtBeside(p.MayNotExist, p.Maybe, p.Address, holder)
}

func doubtBeside(mayNotExist bool, maybe []*policy.Symbol, address string, holder [][]*policy.Symbol) *policy.Symbol {
	if !mayNotExist {
		return nil
	}
	for _, s := range maybe {
		if !slices.ContainsFunc(holder, func(list []*policy.Symbol) bool { return slices.Contains(list, s) }) {
			return s
		}
	}
	if len(maybe) > 0 {
		return nil
	}
	return &policy.Symbol{Name: address, References: []string{address}}
}
