package holders

import (
	"slices"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// EntityOf is the entity of the input that an ARN names.
func (a *Account) EntityOf(arn policy.Text) *iam.Entity { return entitiesByARN.Of(a)[arn.Key()] }

var entitiesByARN = NewDerived(func(a *Account) map[string]*iam.Entity {
	out := map[string]*iam.Entity{}
	for _, h := range slices.Concat(a.Holders, a.Neighbors) {
		out[h.Entity.ARN.Key()] = h.Entity
	}
	return out
})
