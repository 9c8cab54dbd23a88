package iam

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/compute"
	"github.com/boundlint/boundlint/lint/policy"
)

// Compute is something of another service than IAM that runs code with a
// role, or that takes part in running it: a function, an instance, a cluster.
// What carries several roles is several of these with one address. There are
// many in some inputs: of what is [Declared] it has no more than is asked for.
type Compute struct {
	Address, Provider string
	Change            Change
	MayNotExist       bool

	Kind compute.Kind
	Type string
	// ARN is composed of what the input tells.
	ARN  policy.Text
	Tags Tags
	// Attributes are the texts by which others refer to it.
	Attributes []Attribute
	// Role is the role by name or ARN, Profile the instance profile that holds
	// it, Through what else tells it: the task definition of a service, the
	// launch template of an instance. Set is the permission set that a group
	// is assigned. All are nil where it carries none.
	Role, Profile, Through, Set *Value
	// Version says which version of what Through tells is used: a number, or a
	// name such as $Latest. It is nil where the input does not set it.
	Version *Value

	// Entity is the declared role, and Leads the declared thing that Through
	// tells; both are filled by Link. Hidden is set where something hides
	// which role it is.
	Entity *Entity
	Leads  *Compute
	Hidden *policy.Symbol
}

// Gone reports whether the plan destroys or forgets it.
func (c *Compute) Gone() bool { return isGone(c.Change) }

// Attribute is a named text.
type Attribute struct {
	Name string
	Text policy.Text
}

// IdentityProvider is an OpenID Connect or SAML provider of the account.
type IdentityProvider struct {
	Declared
	// Kind is oidc-provider or saml-provider, as in its ARN.
	Kind string
	// URL is the issuer of an OpenID Connect provider, Name that of a SAML
	// provider.
	URL, Name Value
	// ClientIDs are the audiences of an OpenID Connect provider.
	ClientIDs []Value
	ARN       policy.Text
}

// identityProviderARN is the ARN of a provider: that of an OpenID Connect
// provider has its URL without the scheme in it.
func (r *resolver) identityProviderARN(p *IdentityProvider) policy.Text {
	if s, ok := p.ARN.Known(); ok && s != "" {
		return p.ARN
	}
	name := r.text(p.Name.Text)
	if p.Kind == OIDCProvider {
		parts := slices.Clone(r.text(p.URL.Text).Parts())
		if len(parts) > 0 {
			parts[0].Literal = strings.TrimPrefix(parts[0].Literal, "https://")
		}
		name = policy.NewText(parts...)
	}
	return composeARN(r.place(p.Provider), p.Kind, policy.Literal("/"), name)
}

// The kinds of identity providers.
const (
	OIDCProvider = "oidc-provider"
	SAMLProvider = "saml-provider"
)

func (r *resolver) identityProviderAttribute(p *IdentityProvider, attribute string) (policy.Text, bool) {
	switch attribute {
	case "arn", "id":
		return r.identityProviderARN(p), p.ARN.Symbol() == nil
	case "url":
		return r.text(p.URL.Text), p.URL.Set
	case "name":
		return r.text(p.Name.Text), p.Name.Set
	}
	return policy.Text{}, false
}

func (r *resolver) computeAttribute(c *Compute, attribute string) (policy.Text, bool) {
	if attribute == "arn" {
		return r.composed(c.ARN), !c.ARN.IsEmpty()
	}
	for _, a := range c.Attributes {
		if a.Name == attribute {
			return r.text(a.Text), true
		}
	}
	return policy.Text{}, false
}

// resolveCompute rewrites what is beside IAM's own objects.
func (r *resolver) resolveCompute() {
	for _, c := range r.model.Compute {
		c.ARN = r.composed(c.ARN)
		for i := range c.Attributes {
			c.Attributes[i].Text = r.text(c.Attributes[i].Text)
		}
		r.resolveTags(&c.Tags, c.Provider)
	}
	for _, p := range r.model.IdentityProviders {
		p.ARN = r.identityProviderARN(p)
		p.Deployment = deploymentByARN(r.place(p.Provider), p.ARN)
	}
}

// composed resolves an ARN that was put together of attributes. Some of them
// take a name or an ARN, such as the cluster of a service: the name is what
// stands in the ARN of what is in there.
func (r *resolver) composed(x policy.Text) policy.Text {
	if x.Symbol() != nil {
		return r.text(x)
	}
	return x.Map(func(s *policy.Symbol) (policy.Text, bool) {
		text, ok := r.symbol(s)
		if !ok {
			return text, false
		}
		return r.nameIn(text), true
	})
}

// nameIn is the name at the end of an ARN, any other text itself. A choice of
// ARNs is one of names.
func (r *resolver) nameIn(x policy.Text) policy.Text {
	if arn, ok := policy.ParseARN(x); ok {
		return LastSegment(arn.Resource)
	}
	s := x.Symbol()
	if s == nil || s.Kind != policy.SymbolChoice {
		return x
	}
	named := *s
	named.Scope += "\x00name"
	named.Alternatives = make([]policy.Text, len(s.Alternatives))
	for i, a := range s.Alternatives {
		named.Alternatives[i] = r.nameIn(a)
	}
	return policy.SymbolText(r.model.Symbols.Intern(named))
}

// carriers finds the role that each thing carries: by itself, by an instance
// profile, or by another thing.
type carriers struct {
	*joiner
	// profiles and things are by their address, and by the texts that refer
	// to them.
	profiles map[string]*InstanceProfile
	things   map[string]*Compute
}

func (j *joiner) compute() {
	if len(j.model.Compute) == 0 {
		return
	}
	c := &carriers{joiner: j, profiles: map[string]*InstanceProfile{}, things: map[string]*Compute{}}
	for _, p := range j.model.Profiles {
		if !p.Gone() {
			c.profiles[atAddress+p.Address] = p
			c.profiles[p.ARN.Key()] = p
			if p.Name.Set {
				c.profiles[p.Name.Text.Key()] = p
			}
		}
	}
	for _, t := range j.model.Compute {
		if !t.Gone() {
			c.carried(t)
			c.note(t)
		}
	}
	// A service leads to its task definition, which leads to the role.
	for _, t := range j.model.Compute {
		if !t.Gone() && t.Entity == nil && t.Through != nil {
			if found, hidden := lookUp(c.things, *t.Through, j.model.merged); found != nil {
				t.Entity, t.Hidden, t.Leads = found.Entity, found.Hidden, found
			} else {
				t.Hidden = hidden
			}
		}
	}
}

// atAddress tells addresses from other texts.
const atAddress = "\x00address "

// led are the types of things to which others lead.
var led = []string{"aws_launch_template", "aws_launch_configuration", "aws_ecs_task_definition"}

// note makes a thing known that others may lead to: the first, where there are
// several.
func (c *carriers) note(t *Compute) {
	if !slices.Contains(led, t.Type) {
		return
	}
	names := []string{atAddress + t.Address, t.ARN.Key()}
	for _, a := range t.Attributes {
		names = append(names, a.Text.Key())
	}
	for _, name := range names {
		if _, taken := c.things[name]; !taken && name != "" {
			c.things[name] = t
		}
	}
}

// carried follows the role or profile.
func (c *carriers) carried(t *Compute) {
	kind, role := HolderRole, t.Role
	if t.Set != nil {
		kind, role = HolderPermissionSet, t.Set
	}
	switch {
	case role != nil:
		certain, doubt := c.find(kind, *role, t.Provider)
		if len(certain) > 0 {
			t.Entity = certain[0].entity
		} else if len(doubt.list) > 0 {
			t.Hidden = doubt.hidden
		}
	case t.Profile != nil:
		profile, hidden := lookUp(c.profiles, *t.Profile, c.model.merged)
		t.Hidden = hidden
		if profile != nil {
			t.Entity, t.Hidden = profile.Entity, profile.Hidden
		}
	}
}

// lookUp finds what a reference means, or what hides it. A reference to what
// is not there points outside of the input.
func lookUp[T any](from map[string]*T, ref Value, merged bool) (found *T, hidden *policy.Symbol) {
	s := ref.Written.Symbol()
	if s != nil && s.Kind == policy.SymbolReference && !merged {
		if found = from[atAddress+s.Address]; found != nil {
			return found, nil
		}
	}
	if found = from[ref.Text.Key()]; found != nil {
		return found, nil
	}
	if s = ref.Text.Symbol(); s != nil && s.Kind != policy.SymbolReference {
		return nil, s
	}
	return nil, nil
}
