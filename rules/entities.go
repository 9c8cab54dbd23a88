package rules

import (
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// entityOf is the entity of the input that an ARN names.
func (a *account) entityOf(arn policy.Text) *iam.Entity { return entitiesByARN.Of(a)[arn.Key()] }

var entitiesByARN = NewDerived(func(a *account) map[string]*iam.Entity {
	out := map[string]*iam.Entity{}
	for _, h := range a.holders {
		out[h.entity.ARN.Key()] = h.entity
	}
	return out
})
