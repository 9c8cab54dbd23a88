package holders

import (
	"slices"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
)

// tree is an organization of which the input tells the tree: which policies bind an
// account follows from its place.
type tree struct {
	account *Account
	of      *iam.Organization
	known   map[levelsKey][][]*authz.Policy
}

// membership is what decisions ask of all organizations that an input tells.
type membership struct {
	// whole is what they ask, unlimited the same for those whom no policy binds; both
	// are nil where no organization is known.
	whole, unlimited *authz.Organization
}

var memberships = NewDerived(func(a *Account) membership {
	all := a.Model.Organizations()
	if len(all) == 0 {
		return membership{}
	}
	unlimited := &authz.Organization{Members: map[string]authz.Member{}}
	for _, o := range all {
		if o.Root != nil {
			unlimited.Complete = append(unlimited.Complete, o.ID)
			if o.Management != "" {
				unlimited.Complete = append(unlimited.Complete, o.Management)
			}
		}
		for id := range o.Accounts {
			if _, known := unlimited.Members[id]; !known {
				path, _ := o.Path(id)
				unlimited.Members[id] = authz.Member{ID: o.ID, Management: o.Management, Path: path}
			}
		}
	}
	whole := *unlimited
	whole.ResourceControl = func(account string) [][]*authz.Policy {
		return a.treeOf(policy.Literal(account)).levels(account, iam.ResourceControlPolicy)
	}
	return membership{&whole, unlimited}
})

type levelsKey struct{ account, kind string }

// trees are those of the organizations that the accounts of a model are in.
var trees = Remembered[*iam.Organization, *tree]()

// treeOf is the tree of the organization that an account is in; that of no
// organization where the input tells none.
func (a *Account) treeOf(account policy.Text) *tree {
	id, _ := account.Known()
	o := a.Model.OrganizationOf(id)
	known := trees.Of(a)
	if t := known[o]; t != nil {
		return t
	}
	t := &tree{account: a, of: o, known: map[levelsKey][][]*authz.Policy{}}
	known[o] = t
	return t
}

// unseenPlace hides which policies bind an account.
var unseenPlace = &policy.Symbol{Name: "the account's place in the organization"}

// levels are the policies of one type that bind an account, from the root on. A level
// of service control policies without any denies everything. AWS attaches
// RCPFullAWSAccess at each level, from which it cannot be detached (AWS
// Organizations User Guide, resource control policies).
func (t *tree) levels(account, kind string) [][]*authz.Policy {
	key := levelsKey{account, kind}
	if known, ok := t.known[key]; ok {
		return known
	}
	if t.of == nil {
		return nil
	}
	attached, placed := t.of.Levels(account, kind)
	var out [][]*authz.Policy
	if !placed {
		out = [][]*authz.Policy{{authz.Hidden(unseenPlace)}}
	}
	for _, level := range attached {
		policies := []*authz.Policy{}
		for _, p := range level {
			policies = append(policies, t.compile(p))
		}
		always := func(p *iam.OrganizationPolicy) bool { return p.Address == rcpFullAWSAccess }
		if kind == iam.ResourceControlPolicy && !slices.ContainsFunc(level, always) {
			policies = append(policies, t.account.fullAccess(kind))
		}
		if !slices.ContainsFunc(out, func(other []*authz.Policy) bool { return slices.Equal(other, policies) }) {
			out = append(out, policies)
		}
	}
	t.known[key] = out
	return out
}

// ServiceControlWithout is what binds a holder besides the policies at places of its
// organization that gone tells: a place is left as if AWS's FullAWSAccess were attached to it in
// their stead, so that nothing there limits more than what stays.
func (a *Account) ServiceControlWithout(h *Holder, gone func(place int, p *iam.OrganizationPolicy) bool) [][]*authz.Policy {
	account, known := h.Deployment.Account.Known()
	if !known {
		return h.Principal.SCPs
	}
	t := a.treeOf(h.Deployment.Account)
	own := t.levels(account, iam.ServiceControlPolicy)
	out := slices.Clone(h.Principal.SCPs[:len(h.Principal.SCPs)-len(own)])
	places, _ := t.of.Places(account, iam.ServiceControlPolicy)
	for i, place := range places {
		level := []*authz.Policy{}
		for _, p := range place.Policies {
			if gone(i, p) {
				level = append(level, a.fullAccess(iam.ServiceControlPolicy))
			} else {
				level = append(level, t.compile(p))
			}
		}
		out = append(out, level)
	}
	return out
}

// compile prepares a policy. AWS attaches none that it refuses: of a document that cannot
// be read the input has not what is in force.
func (t *tree) compile(p *iam.OrganizationPolicy) *authz.Policy {
	if p.Document == nil || p.Document.Document == nil || p.Document.Invalid && len(p.Document.Statements) == 0 {
		return authz.Hidden(&policy.Symbol{Name: "the document of " + p.Address})
	}
	return t.account.Compile(p.Document, p.Address)
}

// AccountName is how messages call an account: by its name in its organization, where
// one has it, and by its id.
func (a *Account) AccountName(id string) string {
	if o := a.Model.OrganizationOf(id); o != nil {
		if member := o.Accounts[id]; member != nil && member.Name != "" {
			return "the account " + member.Name + " (" + id + ")"
		}
	}
	return "the account " + id
}

// Outside reports whether an account is certainly not in the organization of another
// one, and names that organization. Where the organization of the other is not known
// nothing is certain.
func (a *Account) Outside(id string, of policy.Text) (organization string, outside bool) {
	own, known := of.Known()
	o := a.Model.OrganizationOf(own)
	if !known || o == nil || o.Accounts[own] == nil || !policy.IsAccountID(id) || o.Accounts[id] != nil {
		return "", false
	}
	return o.ID, true
}

// assignedTo is how messages call the accounts that a permission set is assigned to; ""
// where the input does not tell them.
func (a *Account) assignedTo(set *iam.Entity) string {
	accounts, _ := a.assigned(set)
	if len(accounts) == 0 {
		return ""
	}
	return a.AccountNames(accounts)
}

// AccountNames is how messages call several accounts: the first by their names and ids.
func (a *Account) AccountNames(ids []string) string {
	const most = 3
	var names []string
	for _, id := range ids[:min(most, len(ids))] {
		names = append(names, a.AccountName(id))
	}
	if more := len(ids) - most; more > 0 {
		names = append(names, phrase.Count(more, "more account", "more accounts"))
	}
	return phrase.Series(names)
}
