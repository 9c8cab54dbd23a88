package applying

import (
	"strings"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// inventory finds what calls are about: what the input declares, by kind and
// name, and by ARN.
type inventory struct {
	model     *iam.Model
	byName    map[string]*thing
	byARN     map[string]*thing
	byAddress map[string]*thing
	planned   map[string]*iam.Planned
}

// thing is something of IAM that the input declares.
type thing struct {
	arn    policy.Text
	entity *iam.Entity
	// profile is set for an instance profile.
	profile *iam.InstanceProfile
	// planned is what the provider makes of it; nil where nothing tells.
	planned *iam.Planned
}

func newInventory(m *iam.Model) *inventory {
	n := &inventory{
		model: m, byName: map[string]*thing{}, byARN: map[string]*thing{}, byAddress: map[string]*thing{},
		planned: map[string]*iam.Planned{},
	}
	for _, p := range m.Planned {
		n.planned[p.Address] = p
	}
	for _, e := range m.Entities {
		n.add(string(e.Kind), e.Address, e.NameText(), &thing{arn: e.ARN, entity: e}, e.Gone())
	}
	for _, g := range m.Groups {
		n.add("group", g.Address, g.Name.Text, &thing{arn: g.ARN}, g.Gone())
	}
	for _, p := range m.Policies {
		n.add("policy", p.Address, p.NameText(), &thing{arn: p.ARN}, p.Gone())
	}
	for _, p := range m.Profiles {
		n.add("instance-profile", p.Address, p.Name.Text, &thing{arn: p.ARN, profile: p}, p.Gone())
	}
	for _, l := range m.Lookups {
		n.byAddress[l.Address] = &thing{arn: l.Found, planned: n.planned[l.Address]}
	}
	for _, p := range m.IdentityProviders {
		n.add(p.Kind, p.Address, p.Name.Text, &thing{arn: p.ARN}, p.Gone())
	}
	return n
}

// add takes what is declared. What the plan destroys counts where nothing of the
// same name takes its place.
func (n *inventory) add(kind, address string, name policy.Text, t *thing, gone bool) {
	t.planned = n.planned[address]
	n.byAddress[address] = t
	for table, key := range map[*map[string]*thing]string{&n.byName: named(kind, name), &n.byARN: t.arn.Key()} {
		if (*table)[key] == nil || !gone {
			(*table)[key] = t
		}
	}
}

// named is the key of a name. IAM's names differ in more than case.
func named(kind string, name policy.Text) string { return kind + " " + strings.ToLower(name.Key()) }

// find is what a call names, by name or ARN, and its ARN; nil where the input
// does not declare it.
func (n *inventory) find(d iam.Deployment, kind string, name policy.Text) (*thing, policy.Text) {
	if _, isARN := policy.ParseARN(name); isARN {
		if t := n.byARN[name.Key()]; t != nil {
			return t, t.arn
		}
		return nil, name
	}
	if t := n.byName[named(kind, name)]; t != nil {
		return t, t.arn
	}
	for _, l := range n.model.Lookups {
		if strings.HasSuffix(l.Type, strings.ReplaceAll(kind, "-", "_")) && l.Name.Set && l.Name.Text.Equal(name) && !l.Found.IsEmpty() {
			return nil, l.Found
		}
	}
	return nil, n.model.UnseenARN(d, kind, name)
}

// inProfile is the role in an instance profile, by the profile's name or ARN.
func (n *inventory) inProfile(d iam.Deployment, profile policy.Text) (*thing, policy.Text) {
	t, _ := n.find(d, "instance-profile", profile)
	if t != nil && t.profile != nil && t.profile.Role.Set {
		return n.find(d, string(iam.Role), t.profile.Role.Text)
	}
	return nil, iam.ObjectARN(d, string(iam.Role), policy.Literal("/"), policy.SymbolText(&policy.Symbol{
		Name: "the role in the instance profile " + profile.String(),
	}))
}
