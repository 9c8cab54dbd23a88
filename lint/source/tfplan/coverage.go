package tfplan

import (
	"slices"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// emptyBlocks are the addresses of the blocks of which the plan has no
// instance, those in modules without an instance included. A plan that is not
// complete does not tell.
func (rd *reader) emptyBlocks(p *Plan) []string {
	if rd.root == nil || !p.Input.Complete || p.Input.Errored {
		return nil
	}
	made := make(map[string]bool, len(rd.order))
	for _, c := range rd.order {
		if !c.isGone() {
			made[policy.WithoutKeys(c.Address)] = true
		}
	}
	for _, s := range rd.onlyPrior() {
		made[policy.WithoutKeys(s.Address)] = true
	}
	var empty []string
	rd.root.eachBlock("", func(address string, _ **block) {
		if !made[address] {
			empty = append(empty, address)
		}
	})
	slices.SortFunc(empty, iam.CompareAddresses)
	return empty
}
