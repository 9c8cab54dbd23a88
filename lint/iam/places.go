package iam

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
)

// fromARN says that the ARN of a thing tells its account.
const fromARN = "its ARN"

// defaultProvider is the name of the provider configuration without alias.
const defaultProvider = "aws"

// places knows where each provider configuration lands.
type places struct {
	model *Model
	hints Hints
	// main is the provider that the configuration file speaks of.
	main      string
	providers map[string]*Provider
	evidence  map[string]*evidence
	found     map[string]Deployment
	// open are the accounts that something tells which is not sensitive.
	open map[string]bool
}

// evidence is what the input says about one provider's account and
// partition.
type evidence struct {
	// own are accounts in ARNs of what the provider manages.
	own tally
	// resources are accounts in ARNs of IAM in identity policies, which can
	// only be the holder's own; boundaries and attached are those of
	// permissions_boundary and policy_arn. ARNs of other services are no
	// evidence: repositories, keys, queues, buckets and more are shared across
	// accounts.
	resources, boundaries, attached tally
	ownPartitions, partitions       tally
}

// tally is a small set of literal values.
type tally []string

func (t *tally) add(s string) {
	if s != "" && !slices.Contains(*t, s) {
		*t = append(*t, s)
	}
}

// only is the single value, if all agree.
func (t tally) only() string {
	if len(t) == 1 {
		return t[0]
	}
	return ""
}

// findPlaces gathers the evidence. Principals are none: the ARN of a vendor
// in a trust policy is often the only literal of a configuration.
func findPlaces(m *Model, h Hints) *places {
	p := &places{
		model: m, hints: h,
		providers: map[string]*Provider{},
		evidence:  map[string]*evidence{},
		found:     map[string]Deployment{},
		open:      map[string]bool{h.Account: true},
	}
	for _, account := range p.approvedAccounts() {
		p.open[account] = true
	}
	for _, provider := range m.Providers {
		p.providers[providerName(provider.Name)] = provider
		for _, account := range provider.StateAccounts {
			p.open[account] = true
		}
		if !provider.Sensitive {
			for _, account := range p.providerAccount(providerName(provider.Name)) {
				p.open[account] = true
			}
		}
	}
	for e := range m.everybody() {
		p.ownARN(e.ARN, e.Provider)
	}
	for _, e := range m.Groups {
		p.ownARN(e.ARN, e.Provider)
	}
	for _, e := range m.Policies {
		p.ownARN(e.ARN, e.Provider)
	}
	for _, e := range m.Profiles {
		p.ownARN(e.ARN, e.Provider)
	}
	for _, l := range m.Lookups {
		if lookupKinds[l.Type] != "" && l.ARN.Set {
			p.ownARN(l.ARN.Text, l.Provider)
		}
	}
	for e := range m.everybody() {
		if e.Gone() {
			continue
		}
		p.policyARN(e.Boundary, e.Provider, func(v *evidence) *tally { return &v.boundaries })
	}
	for _, a := range m.Attachments {
		p.policyARN(a.PolicyARN, a.Provider, func(v *evidence) *tally { return &v.attached })
	}
	for _, i := range m.Inline {
		p.identityDocument(i.Document, i.Provider)
	}
	for _, i := range m.Policies {
		p.identityDocument(i.Document, i.Provider)
	}
	p.main = p.findMain()
	return p
}

func providerName(name string) string {
	if name == "" {
		return defaultProvider
	}
	return name
}

// findMain is the default provider if anything is managed by it or by several
// others, else the only one in use.
func (p *places) findMain() string {
	used := map[string]bool{}
	note := func(provider string) { used[p.group(provider)] = true }
	for e := range p.model.everybody() {
		note(e.Provider)
	}
	for _, e := range p.model.Policies {
		note(e.Provider)
	}
	if len(used) == 1 {
		for name := range used {
			return name
		}
	}
	return defaultProvider
}

func (p *places) of(provider string) Deployment {
	name := providerName(provider)
	if d, ok := p.found[name]; ok {
		return d
	}
	d := Deployment{Partition: p.partition(name), Region: p.region(name)}
	group := p.group(name)
	d.Account, d.AccountFrom = p.account(group)
	account, known := d.Account.Known()
	d.AccountSensitive = known && !p.open[account]
	p.found[name] = d
	return d
}

// group is the provider whose account this one shares. A provider that
// differs from the default only by its region lands in the same account; one
// that signs in otherwise may land in another.
func (p *places) group(provider string) string {
	name := providerName(provider)
	if name == defaultProvider {
		return name
	}
	own := p.providers[name]
	if own == nil {
		if account := p.stateAccount(name); account != "" && account != p.stateAccount(defaultProvider) {
			return name
		}
		return defaultProvider
	}
	base := p.providers[defaultProvider]
	if base == nil {
		base = &Provider{}
	}
	differs := !own.AssumeRole.Equal(base.AssumeRole) || own.Credentials != base.Credentials ||
		!slices.Equal(own.AllowedAccounts, base.AllowedAccounts)
	if account := p.stateAccount(name); account != "" && account != p.stateAccount(defaultProvider) {
		differs = true
	}
	if differs {
		return name
	}
	return defaultProvider
}

// account finds the account of a group of providers, and says by what. The
// evidence has ranks. Where that of the strongest rank which has any
// contradicts itself the account is a symbol: weaker evidence settles nothing.
func (p *places) account(group string) (policy.Text, string) {
	v := p.pool(group)
	type source struct {
		accounts tally
		from     string
	}
	// A dump may be of another account than the one that the configuration
	// speaks of, and says so in every ARN.
	var configured, approved tally
	if group == p.main && p.model.Input.Kind != InputAccount {
		configured.add(p.hints.Account)
		approved = p.approvedAccounts()
	}
	for _, s := range []source{
		{configured, "account_id in the configuration"},
		{v.own, "the ARNs in the state"},
		{p.providerAccount(group), "the provider"},
		{approved, "the approved boundaries in the configuration"},
		{v.boundaries, "the permissions boundaries"},
		{v.attached, "the attached policies"},
		{v.resources, "the ARNs of IAM in identity policies"},
	} {
		if len(s.accounts) > 1 {
			break
		}
		if account := s.accounts.only(); account != "" {
			return policy.Literal(account), s.from
		}
	}
	return p.symbol(policy.SymbolAccount, "account", group), ""
}

func (p *places) symbol(kind policy.SymbolKind, name, scope string) policy.Text {
	return policy.SymbolText(p.model.Symbols.Intern(policy.Symbol{Kind: kind, Name: name, Scope: scope}))
}

// approvedAccounts are those that the configuration's boundary ARNs name.
func (p *places) approvedAccounts() tally {
	var accounts tally
	for _, arn := range p.hints.Boundaries {
		if a, ok := policy.ParseARN(policy.Literal(arn)); ok {
			accounts.add(accountID(a.Account))
		}
	}
	return accounts
}

// stateAccount is the account of what already exists.
func (p *places) stateAccount(name string) string {
	accounts := slices.Clone(p.see(name).own)
	if provider := p.providers[name]; provider != nil {
		for _, a := range provider.StateAccounts {
			accounts.add(a)
		}
	}
	return accounts.only()
}

// providerAccount is the account that a provider is limited to, or that it
// assumes a role in. A list of several accounts does not say which it is.
func (p *places) providerAccount(name string) tally {
	var account tally
	provider := p.providers[name]
	if provider == nil {
		return account
	}
	if len(provider.AllowedAccounts) == 1 {
		account.add(provider.AllowedAccounts[0])
	} else if a, ok := policy.ParseARN(provider.AssumeRole); ok {
		account.add(accountID(a.Account))
	}
	return account
}

// region is as the provider says.
func (p *places) region(name string) policy.Text {
	if provider := p.providers[name]; provider != nil && !provider.Region.IsEmpty() {
		return provider.Region
	}
	return p.symbol(policy.SymbolRegion, "region", name)
}

// partition follows from ARNs that exist, the region, or else what the ARNs
// of the input agree on. It is aws where nothing says anything, and unknown
// where the input contradicts itself.
func (p *places) partition(name string) policy.Text {
	v := p.see(name)
	provider := p.providers[name]
	if own := v.ownPartitions.only(); own != "" {
		return policy.Literal(own)
	}
	if provider != nil && provider.Partition != "" {
		return policy.Literal(provider.Partition)
	}
	if provider != nil {
		if region, ok := provider.Region.Known(); ok && region != "" {
			return policy.Literal(policy.PartitionOf(region).Name)
		}
	}
	votes := slices.Clone(v.partitions)
	if name == p.main {
		for _, arn := range p.hints.Boundaries {
			if a, ok := policy.ParseARN(policy.Literal(arn)); ok {
				votes.add(partitionName(a.Partition))
			}
		}
	}
	switch {
	case len(votes) == 1:
		return policy.Literal(votes[0])
	case len(votes) > 1:
		return p.symbol(policy.SymbolPartition, "partition", name)
	case name != defaultProvider && p.group(name) == defaultProvider:
		return p.partition(defaultProvider)
	}
	return policy.Literal("aws")
}

// pool is the evidence of all providers of a group.
func (p *places) pool(group string) *evidence {
	all := &evidence{}
	merge := func(into *tally, from tally) {
		for _, s := range from {
			into.add(s)
		}
	}
	for name, v := range p.evidence {
		if p.group(name) != group {
			continue
		}
		merge(&all.own, v.own)
		merge(&all.resources, v.resources)
		merge(&all.boundaries, v.boundaries)
		merge(&all.attached, v.attached)
	}
	for name, provider := range p.providers {
		if p.group(name) == group {
			merge(&all.own, provider.StateAccounts)
		}
	}
	return all
}

func (p *places) see(provider string) *evidence {
	name := providerName(provider)
	v := p.evidence[name]
	if v == nil {
		v = &evidence{}
		p.evidence[name] = v
	}
	return v
}

func (p *places) ownARN(arn policy.Text, provider string) {
	a, ok := policy.ParseARN(arn)
	if !ok {
		return
	}
	v := p.see(provider)
	v.own.add(accountID(a.Account))
	p.open[accountID(a.Account)] = true
	v.ownPartitions.add(partitionName(a.Partition))
}

// policyARN notes the account of a managed policy that a principal uses. The
// policies of AWS itself say no account, and ARNs of anything else are no
// policies.
func (p *places) policyARN(value Value, provider string, into func(*evidence) *tally) {
	a, ok := policy.ParseARN(value.Text)
	if !ok || !value.Set || !strings.HasPrefix(a.Resource.Prefix(), "policy/") {
		return
	}
	v := p.see(provider)
	into(v).add(accountID(a.Account))
	if !value.Sensitive {
		p.open[accountID(a.Account)] = true
	}
	v.partitions.add(partitionName(a.Partition))
}

// identityDocument notes the accounts in the ARNs of IAM in an identity policy:
// they can only be of the holder's account, save roles to be assumed.
func (p *places) identityDocument(d *Document, provider string) {
	if d == nil || d.Document == nil {
		return
	}
	v := p.see(provider)
	for _, s := range d.Statements {
		if assumesOnly(s) {
			continue
		}
		for _, e := range slices.Concat(s.Resource, s.NotResource) {
			a, ok := policy.ParseARN(e.Text)
			if !ok {
				continue
			}
			if service, _ := a.Service.Known(); service == "iam" {
				v.resources.add(accountID(a.Account))
				if !d.Sensitive {
					p.open[accountID(a.Account)] = true
				}
			}
			v.partitions.add(partitionName(a.Partition))
		}
	}
}

// assumesOnly reports whether all actions of a statement are of sts.
func assumesOnly(s *policy.Statement) bool {
	for _, a := range s.Action {
		if !strings.HasPrefix(strings.ToLower(a.Text.Prefix()), "sts:") {
			return false
		}
	}
	return len(s.Action) > 0
}

// accountID is a literal account number, "" for anything else.
func accountID(x policy.Text) string {
	s, ok := x.Known()
	if !ok || len(s) != 12 || strings.Trim(s, "0123456789") != "" {
		return ""
	}
	return s
}

func partitionName(x policy.Text) string {
	s, ok := x.Known()
	if !ok || strings.ContainsAny(s, "*?$") {
		return ""
	}
	return s
}

// deploymentByARN prefers what the ARN of an existing thing says about
// itself.
func deploymentByARN(d Deployment, arn policy.Text) Deployment {
	a, ok := policy.ParseARN(arn)
	if !ok {
		return d
	}
	if account := accountID(a.Account); account != "" && !a.Account.Equal(d.Account) {
		d.Account, d.AccountFrom = a.Account, fromARN
	}
	if partition := partitionName(a.Partition); partition != "" {
		d.Partition = a.Partition
	}
	return d
}
