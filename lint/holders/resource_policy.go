package holders

import (
	"slices"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// resourcePolicies are the resource-based policies of an account and of its neighbors, by the
// ARN of what they protect.
var resourcePolicies = NewDerived(func(a *Account) map[string][]*iam.ResourcePolicy {
	out := map[string][]*iam.ResourcePolicy{}
	for _, p := range a.Model.AllResourcePolicies() {
		if !p.Gone() && p.Document != nil && p.Document.Document != nil && !p.Resource.IsEmpty() {
			key := p.Resource.Key()
			out[key] = append(out[key], p)
		}
	}
	return out
})

// joinedPolicies remembers what the policies of a resource say together.
var joinedPolicies = Remembered[string, *authz.Policy]()

// ResourcePolicy is the resource-based policy of a resource, the trust policies of roles aside;
// nil where the input has none. Several, such as the permissions of a Lambda function, count as
// one.
func (a *Account) ResourcePolicy(resource policy.Text) *authz.Policy {
	list := resourcePolicies.Of(a)[resource.Key()]
	if len(list) == 0 {
		return nil
	}
	known, key := joinedPolicies.Of(a), resource.Key()
	if p, ok := known[key]; ok {
		return p
	}
	p := a.joined(list)
	known[key] = p //mutate:work it is remembered
	return p
}

func (a *Account) joined(list []*iam.ResourcePolicy) *authz.Policy {
	if i := slices.IndexFunc(list, func(p *iam.ResourcePolicy) bool { return p.Document.Unknown != nil }); i >= 0 {
		return authz.Hidden(list[i].Document.Unknown)
	}
	if len(list) == 1 {
		return a.Compile(list[0].Document, list[0].Address)
	}
	all := *list[0].Document.Document
	all.Statements = nil
	for _, p := range list {
		all.Invalid = all.Invalid || p.Document.Invalid
		all.Statements = append(all.Statements, p.Document.Statements...)
	}
	return authz.Compile(&all)
}
