package resource

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// IsManagedPolicy reports whether resources of a type are managed policies.
func IsManagedPolicy(typ string) bool {
	return typ == "aws_iam_policy" || typ == "awscc_iam_managed_policy"
}

func (b *Builder) managedPolicy(r Resource) {
	p := &iam.ManagedPolicy{
		Declared:   r.declared(),
		Name:       r.value("name"),
		NamePrefix: r.value("name_prefix"),
		Path:       r.path(),
		ARN:        r.arn(),
		Document:   b.document(&r, "policy", r.Values["policy"], policy.IdentityPolicy),
	}
	if r.Change == iam.ChangeUpdate || r.Change == iam.ChangeReplace {
		held := len(b.held)
		p.Before = b.document(&r, "policy", r.Before["policy"], policy.IdentityPolicy)
		b.held = b.held[:held] // no resource holds it any more
	}
	b.model.Policies = append(b.model.Policies, p)
}

// inlinePolicy reads a policy that is embedded in a holder by a resource of
// its own; attribute names the holder.
func inlinePolicy(of iam.HolderKind, attribute string) kind {
	return kind{parts: []string{attribute, "name", "name_prefix", "policy"}, read: func(b *Builder, r Resource) {
		name := r.value("name")
		if !name.Set {
			name = r.value("name_prefix")
			name.Set, name.Text = false, policy.Text{}
		}
		b.model.Inline = append(b.model.Inline, &iam.InlinePolicy{
			Declared:   r.declared(),
			HolderKind: of,
			Holder:     r.value(attribute),
			Name:       name,
			Document:   b.document(&r, "policy", r.Values["policy"], policy.IdentityPolicy),
			Route:      r.Type,
			Maybe:      r.Maybe,
		})
	}}
}

// policyDocument reads data.aws_iam_policy_document: a document that counts
// only if nothing in the input holds it.
func (b *Builder) policyDocument(r Resource) {
	b.documents = append(b.documents, &r)
	for _, name := range mergedDocuments {
		v := r.Values[name]
		for _, e := range append(v.List, v) {
			if text, ok := e.AsText(); ok && !text.IsEmpty() {
				b.merged = append(b.merged, b.syms.Encode(text))
			}
		}
	}
}

// mergedDocuments are the arguments of a document that hold other documents.
var mergedDocuments = []string{"source_policy_documents", "override_policy_documents", "source_json", "override_json"}

// settleDocuments keeps the documents that nobody holds, by themselves or as
// a part of another document. The provider writes a document anew when it
// plans a policy, so that two are compared by what they say where their bytes
// differ.
func (b *Builder) settleDocuments() {
	if len(b.documents) == 0 {
		b.merged, b.held = nil, nil
		return
	}
	held := map[string]bool{}
	for _, text := range b.merged {
		held[text] = true
	}
	for _, d := range b.held {
		held[b.syms.Encode(d.Text)] = true
	}
	var said map[string]bool // what the held ones say, once it is asked for
	for _, r := range b.documents {
		text, ok := r.Values["json"].AsText()
		if !ok || held[b.syms.Encode(text)] {
			continue
		}
		if said == nil {
			said = make(map[string]bool, len(held))
			for text := range held {
				said[canonical(text)] = true
			}
		}
		if said[canonical(b.syms.Encode(text))] {
			continue
		}
		if d := b.document(r, "json", r.Values["json"], policy.AnyPolicy); d != nil {
			b.model.Documents = append(b.model.Documents, d)
		}
	}
	b.documents, b.merged, b.held = nil, nil, nil
}

// lookup reads a data source that finds one IAM object by the attribute name;
// more are the other parts that it has.
func lookup(name string, more ...string) kind {
	return kind{parts: append([]string{name, "path"}, more...), read: func(b *Builder, r Resource) {
		l := &iam.Lookup{
			Declared: r.declared(),
			Type:     r.Type,
			Name:     r.value(name),
			Path:     r.value("path"),
			ARN:      r.value("arn"),
		}
		if r.Type == "aws_iam_policy" {
			held := len(b.held)
			l.Document = b.document(&r, "policy", r.Values["policy"], policy.IdentityPolicy)
			b.held = b.held[:held]
		}
		if text, known := l.Name.Known(); r.Type == "aws_partition" && known {
			b.Provider(r.Provider).Partition = text
		}
		b.model.Lookups = append(b.model.Lookups, l)
	}}
}

// RegionArguments are the arguments by which data.aws_region asks for a region
// other than the provider's.
var RegionArguments = []string{"name", "region", "endpoint"}

// region reads a data source that tells the provider's region, or one that an
// argument asks for.
func (b *Builder) region(r Resource) {
	l := &iam.Lookup{
		Declared: r.declared(), Type: r.Type, Name: r.value("name"),
	}
	if !l.Name.Set {
		l.Name = r.value("region")
	}
	if endpoint := r.value("endpoint"); !l.Name.Set && endpoint.Set {
		l.Name = r.convert("name", UnknownValue(ReferenceSymbol(b.syms, b.model.Input.Path, r.Address, "name")))
		if name, ok := RegionOfEndpoint(endpoint.Text); ok {
			l.Name.Text = policy.Literal(name)
		}
	}
	if text, known := l.Name.Known(); known && slices.Contains(r.Echo, "name") {
		b.regions[r.Provider] = append(b.regions[r.Provider], text)
	}
	b.model.Lookups = append(b.model.Lookups, l)
}

// Endpoint is the endpoint of EC2 in a region, which data.aws_region tells and
// asks for.
func Endpoint(region string) string {
	return "ec2." + region + "." + policy.PartitionOf(region).DNSSuffix
}

// RegionOfEndpoint is the region whose endpoint of EC2 a text is; false where
// that is not known.
func RegionOfEndpoint(endpoint policy.Text) (string, bool) {
	s, _ := endpoint.Known()
	region, _, _ := strings.Cut(strings.TrimPrefix(s, "ec2."), ".")
	return region, policy.IsRegion(region) && Endpoint(region) == s
}

// settleRegions takes what data sources told for the region of a provider
// whose configuration does not tell it, where they agree: a state does not
// show which of them asked for another region.
func (b *Builder) settleRegions() {
	for name, told := range b.regions {
		p := b.Provider(name)
		if p.Region.IsEmpty() && len(slices.Compact(slices.Sorted(slices.Values(told)))) == 1 {
			p.Region = policy.Literal(told[0])
		}
	}
}

func (b *Builder) callerIdentity(r Resource) {
	account := r.value("account_id")
	b.model.Lookups = append(b.model.Lookups, &iam.Lookup{
		Declared: r.declared(), Type: r.Type, Name: account, ARN: r.value("arn"),
	})
	if text, ok := account.Known(); ok {
		b.addStateAccount(r.Provider, text)
	}
}

// stateAccount notes the account in the ARN that a resource has already.
func (b *Builder) stateAccount(r Resource) {
	before := r.Before
	if before == nil && r.Change == iam.ChangeNone {
		before = r.Values
	}
	text, ok := before["arn"].Text.Known()
	if !ok {
		return
	}
	arn, ok := policy.ParseARN(policy.Literal(text))
	if !ok {
		return
	}
	if account, known := arn.Account.Known(); known {
		b.addStateAccount(r.Provider, account)
	}
	if partition, known := arn.Partition.Known(); known && partition != "" {
		if p := b.Provider(r.Provider); p.Partition == "" {
			p.Partition = partition
		}
	}
}

func (b *Builder) addStateAccount(provider, account string) {
	if !policy.IsAccountID(account) {
		return
	}
	p := b.Provider(provider)
	if !slices.Contains(p.StateAccounts, account) {
		p.StateAccounts = append(p.StateAccounts, account)
	}
}
