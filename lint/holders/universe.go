package holders

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

type universeKey struct{ account, partition string }

// Universe is what is known of the account of a deployment.
func (a *Account) Universe(d iam.Deployment) *authz.Universe {
	key := universeKey{d.Account.String(), d.Partition.String()}
	known := universes.Of(a)
	if u, ok := known[key]; ok {
		return u
	}
	u := &authz.Universe{
		Memory:    authz.NewMemory(),
		Partition: d.Partition, Account: d.Account,
		Closed:   a.isClosed(),
		Approved: a.ApprovedARNs(), Protected: a.ProtectedBoundaries(), Document: a.PolicyDocument, InUse: a.inUse, Wider: a.wider,
		Now:    a.Settings.Today,
		Limits: authz.Limits{Check: a.Check},
	}
	seen := map[string]bool{}
	spare := false
	many := len(a.Model.Policies) > manyPolicies
	if a.Model.Neighbors != nil {
		// How many there are of another account depends on who asks.
		many = len(a.Model.AllPolicies()) > manyPolicies
	}
	for _, p := range a.Model.AllPolicies() {
		if p.Gone() || !p.Deployment.Account.Equal(d.Account) {
			continue
		}
		if many && !a.mayBeAskedFor(p) {
			// Of those that nothing asks for one is as good as another.
			if spare {
				continue
			}
			spare = true
		}
		u.Policies = append(u.Policies, p.ARN)
	}
	// What a principal has as boundary is there too, a principal that declares it.
	for _, e := range a.Model.AllEntities() {
		x := e.Boundary.Text
		if key := x.Key(); !seen[key] && !e.Gone() && e.Boundary.Set && e.BoundaryPolicy == nil && e.Deployment.Account.Equal(d.Account) &&
			isPolicyInFull(x) {
			seen[key] = true
			u.Policies = append(u.Policies, x)
		}
	}
	known[key] = u
	return u
}

var universes = Remembered[universeKey, *authz.Universe]()

// isPolicyInFull reports whether an ARN names one managed policy, with nothing
// hidden of its path and name.
func isPolicyInFull(x policy.Text) bool {
	arn, ok := policy.ParseARN(x)
	return ok && arn.Resource.IsKnown() && PolicyResource(arn) == policy.True && !IsWildcard(x)
}

// isClosed reports whether the input lists all policies that exist, as a
// complete account dump does.
func (a *Account) isClosed() bool {
	return a.Model.Input.Kind == iam.InputAccount && a.Model.Input.Complete
}

// manyPolicies is how many policies of an input every search looks at; where
// there are more, only those that have to do with boundaries count.
const manyPolicies = 200

// mayBeAskedFor reports whether it matters to questions about boundaries that
// a policy exists: it is a boundary, it would be one that caps nothing, or
// a principal may ask for it by a pattern.
func (a *Account) mayBeAskedFor(p *iam.ManagedPolicy) bool {
	if len(p.BoundaryOf) > 0 || p.UseUnknown != nil || a.PinnedBoundaries()[p] || a.isApprovedPolicy(p) ||
		p.Document != nil && p.Document.Document != nil && IsWide(p.Document.Document) != policy.False {
		return true
	}
	arn := p.ARN.String()
	return slices.ContainsFunc(boundaryPatterns.Of(a), func(pattern string) bool { return policy.Glob(pattern, arn) })
}

// boundaryPatterns are the values with wildcards, or with variables, that
// conditions on iam:PermissionsBoundary compare with. The account does not
// count.
var boundaryPatterns = NewDerived(func(a *Account) []string {
	var out []string
	for d := range a.Model.AllDocuments() {
		if d.Document == nil || d.Document.Document == nil {
			continue
		}
		for _, s := range d.Statements {
			for i := range s.Condition {
				if !IsBoundaryKey(s.Condition[i].Key) {
					continue
				}
				for _, v := range s.Condition[i].Values {
					text := v.Text.String()
					_, name, found := strings.Cut(text, ":policy/")
					if strings.ContainsAny(text, "*?") || strings.Contains(text, "${") || !found {
						name = strings.ReplaceAll(name, "${", "*${")
						if at := strings.Index(name, "${"); at >= 0 || !found {
							name = name[:max(at, 0)] + "*"
						}
						if pattern := "*:policy/" + name; !slices.Contains(out, pattern) {
							out = append(out, pattern)
						}
					}
				}
			}
		}
	}
	return out
})

// ApprovedARNs are the boundaries of the boundary blocks; none where the
// defaults hold.
func (a *Account) ApprovedARNs() []authz.Approved {
	var out []authz.Approved
	for i := range a.Approved.Blocks {
		b := &a.Approved.Blocks[i]
		for _, arn := range b.ARNs {
			out = append(out, authz.Approved{ARN: policy.Literal(arn), Names: b.AppliesTo})
		}
		for _, p := range a.Model.Policies {
			if !p.Gone() && b.lists(p.Address, "arn") {
				out = append(out, authz.Approved{ARN: p.ARN, Names: b.AppliesTo})
			}
		}
		for _, e := range a.Model.Entities {
			if e.Boundary.Set && b.refersTo(e.Boundary) && e.BoundaryPolicy == nil {
				out = append(out, authz.Approved{ARN: e.Boundary.Text, Names: b.AppliesTo})
			}
		}
		for _, l := range a.Model.Lookups {
			// The pattern takes it whatever the path is that no principal has seen.
			if _, ok := iam.PolicyName(l.Found); ok && !l.Found.IsKnown() && b.Has(l.Found) == policy.True {
				out = append(out, authz.Approved{ARN: l.Found, Names: b.AppliesTo})
			}
		}
	}
	return out
}
