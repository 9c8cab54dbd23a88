package inquiry

import (
	"slices"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// Accounts are the inquiries of a run about whole accounts, by the accounts: a request
// that crosses accounts is decided by the policy of its resource, too, which another
// input has.
type Accounts struct {
	byAccount map[string][]*Inquiry
	// owners are those that have the policy of a bucket, by its ARN and by their accounts.
	owners map[string]map[string][]*Inquiry
}

// Beside makes the policies of the resources of other accounts known to an inquiry. Those
// of inputs that do not name their account, or are configuration, are known to none.
func (q *Inquiry) Beside(all *Accounts) { q.others = all }

// AccountsOf are the accounts that inquiries are about.
func AccountsOf(all []*Inquiry) *Accounts {
	out := &Accounts{byAccount: map[string][]*Inquiry{}, owners: map[string]map[string][]*Inquiry{}}
	for _, q := range all {
		if q.Model.Input.Kind != iam.InputAccount {
			continue
		}
		var seen []string
		for _, p := range q.Model.Providers {
			if policy.IsAccountID(p.Name) && !slices.Contains(seen, p.Name) {
				seen = append(seen, p.Name)
				out.byAccount[p.Name] = append(out.byAccount[p.Name], q)
			}
		}
		if len(seen) != 1 {
			continue
		}
		for _, bucket := range q.buckets() {
			if out.owners[bucket] == nil {
				out.owners[bucket] = map[string][]*Inquiry{}
			}
			out.owners[bucket][seen[0]] = append(out.owners[bucket][seen[0]], q)
		}
	}
	return out
}

// othersOf are the other inquiries about the account that an ARN names, or that owns the bucket
// that it is about.
func (q *Inquiry) othersOf(resource policy.Text) []*Inquiry {
	if q.others == nil {
		return nil
	}
	arn, ok := policy.ParseARN(resource)
	account, known := arn.Account.Known()
	if !ok || !known {
		return nil
	}
	if account == "" {
		account = q.bucketOwner(resource)
	}
	own := func(o *Inquiry) bool { return o.Model == q.Model }
	return slices.DeleteFunc(slices.Clone(q.others.byAccount[account]), own)
}

// abroad are the policies in other inputs that are, or may be, those of resources, with a
// statement about an action that one of some patterns takes. A pattern of ARNs that leaves
// the account open is about none: no account is asked about all others.
func (q *Inquiry) abroad(resources []policy.Text, actions ...string) []*ResourceBased {
	var out []*ResourceBased
	for _, x := range resources {
		for _, o := range q.othersOf(x) {
			for _, g := range o.about(actions...) {
				if !slices.Contains(out, g) && (coversAll(x, g.Resource) || meets(x, g.On)) {
					out = append(out, g)
				}
			}
		}
	}
	return out
}

// shownAbroad reports whether the data of another account have the policy of a resource,
// whatever that is about: it is then all of it.
func (q *Inquiry) shownAbroad(resource policy.Text) bool {
	return slices.ContainsFunc(q.othersOf(resource), func(o *Inquiry) bool { return o.shows(resource) })
}

// shows reports whether the input has the policy of a resource.
func (q *Inquiry) shows(resource policy.Text) bool {
	return slices.ContainsFunc(q.resourceBased, func(g *ResourceBased) bool { return g.Role == nil && g.covers(resource) == authz.Allowed })
}

func (q *Inquiry) isNotShownAbroad(resource policy.Text) bool { return !q.shownAbroad(resource) }

// place is where a statement of a policy of a resource stands.
func (q *Inquiry) place(of *policy.Statement) (Place, bool) {
	if p, ok := q.places[of]; ok || q.others == nil {
		return p, ok
	}
	for _, all := range q.others.byAccount {
		for _, o := range all {
			if p, ok := o.places[of]; ok {
				return p, true
			}
		}
	}
	return Place{}, false
}

// entityOf is the role or user of an ARN, in whichever account; nil where no input has
// it.
func (q *Inquiry) entityOf(arn policy.Text) *iam.Entity {
	if arn.IsEmpty() {
		return nil
	}
	for _, o := range append([]*Inquiry{q}, q.othersOf(arn)...) {
		for _, e := range o.Model.Entities {
			if !e.Gone() && e.ARN.Equal(arn) {
				return e
			}
		}
	}
	return nil
}
