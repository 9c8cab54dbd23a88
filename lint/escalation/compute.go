package escalation

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/compute"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// computeResource is what ways need of the input besides IAM's own.
type computeResource struct {
	*iam.Compute
	// doubt says why it is not certain that it is of its kind; "" where it is.
	// doubtBy is what hides that, where something does.
	doubt   string
	doubtBy *policy.Symbol
}

// computeResources are those of a model, instance profiles among them.
func computeResources(m *iam.Model) []*computeResource {
	var out []*computeResource
	for _, p := range m.AllProfiles() {
		if !p.Gone() {
			out = append(out, &computeResource{Compute: &iam.Compute{
				Address: p.Address, Provider: p.Provider, MayNotExist: p.MayNotExist,
				Kind: compute.InstanceProfile, ARN: p.ARN, Entity: p.Entity, Hidden: p.Hidden,
			}})
		}
	}
	for _, c := range m.AllCompute() {
		if !c.Gone() {
			out = append(out, &computeResource{Compute: c})
		}
	}
	return append(out, launched(m)...)
}

// somewhere puts a star in the place of an unknown region where the ARN has
// stars already: such an ARN is a pattern, and takes what is covered anywhere.
func somewhere(at *computeResource) *computeResource {
	arn, ok := policy.ParseARN(at.ARN)
	if !ok || arn.Region.IsKnown() || !strings.Contains(arn.Resource.String(), "*") {
		return at
	}
	arn.Region = policy.Literal("*")
	out, c := *at, *at.Compute
	c.ARN, out.Compute = arn.Text(), &c
	return &out
}

// providers are the ARNs of the identity providers that a model declares.
func providers(m *iam.Model) []policy.Text {
	var out []policy.Text
	for _, p := range m.AllIdentityProviders() {
		if !p.Gone() {
			out = append(out, p.ARN)
		}
	}
	return out
}

// declaresThing reports whether a resource is one of the input's.
func (e *engine) declaresThing(x policy.Text) bool {
	return slices.ContainsFunc(e.compute, func(at *computeResource) bool { return sameTail(at.ARN, x) })
}
