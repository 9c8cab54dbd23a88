// Package applying decides, as whoever applies a configuration, the calls that
// the provider makes for its changes.
package applying

import (
	"cmp"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
)

// Deployer is who applies a configuration, with what it may do where all
// circumstances are as its policies ask.
type Deployer struct {
	// Name is as a message calls it.
	Name               string
	Principal          *authz.Principal
	Account, Partition policy.Text
	providers          []string
	// sources tell where its policies stand.
	sources map[*authz.Policy]source
	// inSession is the deployer below session policies; nil before it is asked for.
	inSession *Deployer
	// mentioned are the condition keys that its policies ask for, in lower case.
	mentioned []string
}

// source is where a policy stands.
type source struct {
	// title is how a message calls the policy.
	title    string
	document *iam.Document
}

// Deployers are those of the configuration, as far as their policies are known.
// Those that are not are named in missing.
func Deployers(p *lint.Pass, a *holders.Account) (found []*Deployer, missing []string, err error) {
	var others []*holders.Account
	for i := range p.Settings.Deployers {
		block := &p.Settings.Deployers[i]
		if block.IsDescribed() {
			found = append(found, described(a, block))
			continue
		}
		if others == nil {
			if others, err = elsewhere(p); err != nil {
				return nil, nil, err
			}
		}
		d := declared(slices.Concat([]*holders.Account{a}, others), block)
		if d == nil {
			missing = append(missing, block.Name)
			continue
		}
		found = append(found, d)
	}
	return found, missing, nil
}

// elsewhere are the accounts of the models in which deployers are looked for.
func elsewhere(p *lint.Pass) ([]*holders.Account, error) {
	var out []*holders.Account
	for _, m := range p.Settings.DeployersFrom {
		a, err := holders.Accounts.Of(lint.NewPass(&lint.Rule{}, m, p.Settings, nil, func(lint.Filed) {}))
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

// described is a deployer whose policies the configuration gives.
func described(a *holders.Account, block *lint.Deployer) *Deployer {
	arn, _ := policy.ParseARN(policy.Literal(block.Name))
	resource, _ := arn.Resource.Known()
	kind, name, _ := strings.Cut(resource, "/")
	d := &Deployer{Name: "the " + kind + " " + name[strings.LastIndexByte(name, '/')+1:], providers: block.Providers}
	h := &holders.Holder{
		Principal:  &authz.Principal{Kind: authz.KindRole, ARN: policy.Literal(block.Name)},
		Deployment: iam.Deployment{Account: arn.Account, Partition: arn.Partition},
	}
	if kind == string(iam.User) {
		h.Principal.Kind = authz.KindUser
	}
	a.ApplyOrganization(h)
	for _, document := range block.Policies {
		h.Principal.Identity = append(h.Principal.Identity, a.Compile(document, document.Location.File))
	}
	for _, arn := range block.ManagedPolicies {
		h.Principal.Identity = append(h.Principal.Identity, a.AWSManaged(arn))
	}
	switch {
	case block.Boundary != nil:
		h.Principal.Boundary = a.Compile(block.Boundary, block.Boundary.Location.File)
	case block.ManagedBoundary != "":
		h.Principal.Boundary = a.AWSManaged(block.ManagedBoundary)
	}
	d.take(a, h.Principal, h.Deployment)
	return d
}

// declared is a deployer that one of several inputs declares, nil where none
// does. Of several with its name none is meant.
func declared(accounts []*holders.Account, block *lint.Deployer) *Deployer {
	for _, a := range accounts {
		var found []*iam.Entity
		for _, e := range a.Model.Entities {
			if !e.Gone() && lint.MatchesEntity(block.Name, e) {
				found = append(found, e)
			}
		}
		if len(found) != 1 {
			continue
		}
		h := a.HolderOf(found[0])
		d := &Deployer{Name: phrase.Uncapital(h.Name()), providers: block.Providers}
		d.take(a, whole(a, h), h.Deployment)
		return d
	}
	return nil
}

// whole is a holder with all that it may have: what is not in the input may
// allow and deny anything.
func whole(a *holders.Account, h *holders.Holder) *authz.Principal {
	p := *h.Strict()
	p.Identity = slices.Clone(p.Identity)
	for _, arn := range a.UnseenPolicies(h) {
		p.Identity = append(p.Identity, authz.Hidden(&policy.Symbol{Name: "the document of " + arn.String()}))
	}
	return &p
}

// take makes the principal that is asked: with policies from which the
// circumstances are taken out.
func (d *Deployer) take(a *holders.Account, p *authz.Principal, at iam.Deployment) {
	d.Account, d.Partition, d.sources = at.Account, at.Partition, map[*authz.Policy]source{}
	of := *p
	all := func(list []*authz.Policy) []*authz.Policy {
		var out []*authz.Policy
		for _, one := range list {
			out = append(out, d.fair(a, one, p.TagsKnown))
		}
		return out
	}
	levels := func(list [][]*authz.Policy) [][]*authz.Policy {
		var out [][]*authz.Policy
		for _, level := range list {
			out = append(out, all(level))
		}
		return out
	}
	of.Identity, of.SCPs, of.RCPs = all(p.Identity), levels(p.SCPs), levels(p.RCPs)
	if p.Boundary != nil {
		of.Boundary = d.fair(a, p.Boundary, p.TagsKnown)
	}
	d.Principal = &of
}

// fair is a policy without circumstances.
func (d *Deployer) fair(a *holders.Account, p *authz.Policy, tagsKnown bool) *authz.Policy {
	out := p
	if p.Document != nil && p.Document.Unknown == nil && !p.Document.Invalid {
		out = authz.Compile(withoutCircumstances(p.Document, tagsKnown))
		d.mention(p.Document)
	}
	if g, ok := a.Standing[p]; ok {
		d.sources[out] = source{title: policyTitle(g), document: g.Document}
	}
	return out
}

// policyTitle is how a message calls a policy: by its file where the
// configuration names that, else by what declares it.
func policyTitle(g holders.Grant) string {
	if g.Document == nil {
		return g.ManagedName()
	}
	return g.Address
}

// mention notes the condition keys that a document asks for.
func (d *Deployer) mention(document *policy.Document) {
	for _, s := range document.Statements {
		for _, c := range s.Condition {
			if key, known := c.Key.Known(); known && !slices.Contains(d.mentioned, strings.ToLower(key)) {
				d.mentioned = append(d.mentioned, strings.ToLower(key))
			}
		}
	}
}

// defaultProvider is the configuration of what names none.
const defaultProvider = "aws"

// AppliesTo reports whether the deployer may be the one that a provider of the
// model signs in as: the one whom it names, and of the account that it deploys
// to.
func (d *Deployer) AppliesTo(m *iam.Model, p *iam.Planned) bool {
	provider := cmp.Or(p.Provider, defaultProvider)
	if len(d.providers) > 0 && !slices.Contains(d.providers, provider) {
		return false
	}
	if d.Account.IsKnown() && p.Deployment.Account.IsKnown() && !d.Account.Equal(p.Deployment.Account) {
		return false
	}
	if len(d.providers) > 0 {
		return true
	}
	elsewhere := false
	for _, q := range m.Providers {
		switch {
		case q.AssumeRole.IsEmpty():
		case q.Name == provider:
			return !q.AssumeRole.IsKnown() || q.AssumeRole.Equal(d.Principal.ARN)
		case q.AssumeRole.Equal(d.Principal.ARN):
			elsewhere = true
		}
	}
	return !elsewhere
}

// in is the deployer as a provider signs in as it: the one itself, or one whose
// session policies must allow the calls, too. What they allow is not decided, so
// that nothing is certain but what is refused without them.
func (d *Deployer) in(m *iam.Model, p *iam.Planned) *Deployer {
	provider := cmp.Or(p.Provider, defaultProvider)
	i := slices.IndexFunc(m.Providers, func(q *iam.Provider) bool { return q.Name == provider })
	if i < 0 || !m.Providers[i].SessionPolicy {
		return d
	}
	if d.inSession == nil {
		limited, principal := *d, *d.Principal
		principal.SessionPolicies = []*authz.Policy{authz.Hidden(&policy.Symbol{Name: "the session policy of the provider"})}
		limited.Principal, d.inSession = &principal, &limited
	}
	return d.inSession
}

// place puts the account and partition of the deployer where a text has those of
// a provider, which nothing else tells: IAM's calls act on the caller's account.
func (d *Deployer) place(x policy.Text) policy.Text {
	return x.Map(func(s *policy.Symbol) (policy.Text, bool) {
		switch {
		case s.Kind == policy.SymbolAccount && !d.Account.IsEmpty():
			return d.Account, true
		case s.Kind == policy.SymbolPartition && !d.Partition.IsEmpty():
			return d.Partition, true
		}
		return policy.Text{}, false
	})
}
