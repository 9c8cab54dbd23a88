package iam

import (
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
)

// resolver replaces symbols by what they stand for in one model.
type resolver struct {
	model *Model
	hints Hints
	// place gives the deployment of a provider.
	place func(provider string) Deployment
	// attributes resolve the attributes of a declared or read resource, by
	// its address.
	attributes map[string]func(attribute string) (policy.Text, bool)
	// policies are the names of declared policies, folded, for data sources
	// that look for one by name.
	declared map[declaredKey]func() policy.Text
	memo     map[*policy.Symbol]resolved
	// foreign tells that references have been resolved where their addresses
	// count: in the models that this one was merged from.
	foreign bool
}

type declaredKey struct {
	kind, name string
}

type resolved struct {
	text policy.Text
	ok   bool
}

func newResolver(m *Model, h Hints, place func(string) Deployment) *resolver {
	r := &resolver{
		model: m, hints: h, place: place, foreign: m.merged,
		attributes: map[string]func(string) (policy.Text, bool){},
		declared:   map[declaredKey]func() policy.Text{},
		memo:       map[*policy.Symbol]resolved{},
	}
	for e := range m.everybody() {
		r.attributes[e.Address] = func(attribute string) (policy.Text, bool) { return r.entityAttribute(e, attribute) }
		r.declare(string(e.Kind), e.Name, e.Gone(), func() policy.Text { return r.entityARN(e) })
	}
	for _, g := range m.Groups {
		r.attributes[g.Address] = func(attribute string) (policy.Text, bool) { return r.groupAttribute(g, attribute) }
		r.declare("group", g.Name, g.Gone(), func() policy.Text { return r.groupARN(g) })
	}
	for _, p := range m.Policies {
		r.attributes[p.Address] = func(attribute string) (policy.Text, bool) { return r.policyAttribute(p, attribute) }
		r.declare("policy", p.Name, p.Gone(), func() policy.Text { return r.policyARN(p) })
	}
	for _, p := range m.Profiles {
		r.attributes[p.Address] = func(attribute string) (policy.Text, bool) { return r.profileAttribute(p, attribute) }
	}
	for _, c := range m.Compute {
		r.attributes[c.Address] = func(attribute string) (policy.Text, bool) { return r.computeAttribute(c, attribute) }
	}
	for _, p := range m.IdentityProviders {
		r.attributes[p.Address] = func(attribute string) (policy.Text, bool) { return r.identityProviderAttribute(p, attribute) }
	}
	for _, l := range m.Lookups {
		r.attributes[l.Address] = func(attribute string) (policy.Text, bool) { return r.lookupAttribute(l, attribute) }
	}
	return r
}

func (r *resolver) declare(kind string, name Value, gone bool, arn func() policy.Text) {
	if n, ok := name.Known(); ok && !gone {
		r.declared[declaredKey{kind, strings.ToLower(n)}] = arn
	}
}

// resolveAll rewrites the whole model.
func (r *resolver) resolveAll() {
	m := r.model
	for e := range m.everybody() {
		e.name, e.ARN = r.entityName(e), r.entityARN(e)
		e.SetARN = r.text(e.SetARN)
		e.Deployment = deploymentByARN(r.place(e.Provider), e.ARN)
		r.resolveTags(&e.Tags, e.Provider)
	}
	for _, g := range m.Groups {
		g.ARN = r.groupARN(g)
		g.Deployment = deploymentByARN(r.place(g.Provider), g.ARN)
	}
	for _, p := range m.Policies {
		p.name, p.ARN = r.policyName(p), r.policyARN(p)
		p.Deployment = deploymentByARN(r.place(p.Provider), p.ARN)
	}
	for _, p := range m.Profiles {
		p.ARN = r.profileARN(p)
		p.Deployment = deploymentByARN(r.place(p.Provider), p.ARN)
	}
	for _, l := range m.Lookups {
		if kind := lookupKinds[l.Type]; kind != "" && !r.foreign {
			l.Found, _ = r.lookupARN(l, kind)
		}
		l.Found = r.text(l.Found)
	}
	r.resolveCompute()
	r.resolvePlanned()
	for _, p := range m.ResourcePolicies {
		p.Resource = r.text(p.Resource)
	}
	m.eachValue(func(v *Value, _ string) { v.Text = r.text(v.Text) })
	m.eachDocument(r.document)
}

// document resolves the symbols in a document. One that was hidden as a whole
// and is no more, the document of another resource, is read.
func (r *resolver) document(d *Document, kind policy.Kind) {
	written := d.written()
	text := r.text(d.Text)
	if d.Document != nil && d.Unknown != nil && text.Symbol() == nil && !text.Equal(d.Text) {
		d.Document, d.Diagnostics = policy.Parse(r.model.Symbols.Encode(text), r.model.Symbols, policy.ParseOptions{Kind: kind})
	}
	d.Text = text
	d.Document = mapDocument(d.Document, r.text)
	if d.Document != written.document || !d.Text.Equal(written.text) {
		r.model.links.remember(d, written)
	}
}

// text replaces every symbol that the model can tell.
func (r *resolver) text(x policy.Text) policy.Text {
	if x.IsKnown() {
		return x
	}
	// What comes of it is counted before it is made.
	parts := 0
	for _, part := range x.Parts() {
		parts++
		if part.Symbol == nil {
			continue
		}
		if text, ok := r.symbol(part.Symbol); ok {
			parts += len(text.Parts())
		}
	}
	if parts > 2*maxResolved && parts > 2*len(x.Parts()) {
		return x
	}
	return x.Map(r.symbol)
}

// maxResolved bounds the parts of a text that takes the place of a symbol. Names
// that are made of names double from one to the next, and IAM's quotas leave no
// room for so many in any name or document.
const maxResolved = 500

// symbol resolves one symbol. Terraform lets no resource refer to itself, but
// a value that a plan does not know may be written as a symbol for itself: the
// memo answers such a symbol with itself.
func (r *resolver) symbol(s *policy.Symbol) (policy.Text, bool) {
	if got, seen := r.memo[s]; seen {
		return got.text, got.ok
	}
	r.memo[s] = resolved{}
	text, ok := r.look(s)
	if ok && (text.Symbol() == s || len(text.Parts()) > maxResolved) {
		text, ok = policy.Text{}, false
	}
	r.memo[s] = resolved{text, ok}
	return text, ok
}

func (r *resolver) look(s *policy.Symbol) (policy.Text, bool) {
	switch s.Kind {
	case policy.SymbolAccount:
		return r.place(s.Scope).Account, true
	case policy.SymbolPartition:
		return r.place(s.Scope).Partition, true
	case policy.SymbolRegion:
		return r.place(s.Scope).Region, true
	case policy.SymbolReference:
		if attribute := r.attributes[s.Address]; attribute != nil && !r.foreign {
			return attribute(s.Attribute)
		}
	case policy.SymbolChoice:
		return r.choice(s)
	case policy.SymbolSpread:
		return r.spread(s)
	case policy.SymbolUnknown, policy.SymbolVariable, policy.SymbolDerived:
	}
	return policy.Text{}, false
}

// choice resolves the alternatives. Where all turn out to be the same text
// there is nothing to choose.
func (r *resolver) choice(s *policy.Symbol) (policy.Text, bool) {
	changed, same := false, !s.Nullable && len(s.Alternatives) > 0
	alternatives := make([]policy.Text, len(s.Alternatives))
	for i, a := range s.Alternatives {
		alternatives[i] = r.text(a)
		changed = changed || !alternatives[i].Equal(a)
		same = same && alternatives[i].Equal(alternatives[0])
	}
	switch {
	case same:
		return alternatives[0], true
	case !changed:
		return policy.Text{}, false
	}
	return r.with(s, alternatives)
}

// spread resolves what the entries may be that the symbol stands for.
func (r *resolver) spread(s *policy.Symbol) (policy.Text, bool) {
	changed := false
	alternatives := make([]policy.Text, len(s.Alternatives))
	for i, a := range s.Alternatives {
		alternatives[i] = r.text(a)
		changed = changed || !alternatives[i].Equal(a)
	}
	if !changed {
		return policy.Text{}, false
	}
	return r.with(s, alternatives)
}

// with is a symbol with other alternatives.
func (r *resolver) with(s *policy.Symbol, alternatives []policy.Text) (policy.Text, bool) {
	// What the alternatives became is part of the new symbol's identity: the
	// same choice may be resolved in several models.
	var scope strings.Builder
	scope.WriteString(s.Scope)
	for _, a := range alternatives {
		scope.WriteString("\x00" + r.model.Symbols.Encode(a))
	}
	linked := *s
	linked.Scope, linked.Alternatives = scope.String(), alternatives
	return policy.SymbolText(r.model.Symbols.Intern(linked)), true
}

// generatedName is the name of symbols for what the provider makes up.
const generatedName = "generated"

// generated is the part of a name that the provider makes up.
func (r *resolver) generated(address string) policy.Text {
	return policy.SymbolText(r.model.Symbols.Intern(policy.Symbol{
		Kind:  policy.SymbolDerived,
		Name:  generatedName,
		Scope: r.model.Input.Path + "|" + address,
	}))
}

// nameText is a name as it will be: as given, or prefix and generated rest.
// The AWS provider's own prefix is "terraform-"; the Cloud Control provider's
// generated names have no certain start.
func (r *resolver) nameText(address string, name, prefix Value) policy.Text {
	start := ""
	if strings.HasPrefix(ResourceType(address), "aws_") {
		start = "terraform-"
	}
	switch {
	case name.Set:
		return r.text(name.Text)
	case prefix.Set:
		return policy.Concat(r.text(prefix.Text), r.generated(address))
	default:
		return policy.Concat(policy.Literal(start), r.generated(address))
	}
}

func (r *resolver) entityName(e *Entity) policy.Text {
	if r.foreign {
		return r.text(e.name)
	}
	return r.nameText(e.Address, e.Name, e.NamePrefix)
}

func (r *resolver) policyName(p *ManagedPolicy) policy.Text {
	if r.foreign {
		return r.text(p.name)
	}
	return r.nameText(p.Address, p.Name, p.NamePrefix)
}

// path is "/" unless set.
func (r *resolver) path(v Value) policy.Text {
	if !v.Set {
		return policy.Literal("/")
	}
	return r.text(v.Text)
}

// arn composes an ARN from its parts; one that the input tells counts.
func (r *resolver) arn(told policy.Text, provider, kind string, path Value, name policy.Text) policy.Text {
	if s, ok := told.Known(); ok && s != "" {
		return told
	}
	d := r.place(provider)
	return composeARN(d, kind, r.path(path), name)
}

func composeARN(d Deployment, kind string, path, name policy.Text) policy.Text {
	return policy.Concat(policy.Literal("arn:"), d.Partition, policy.Literal(":iam::"), d.Account,
		policy.Literal(":"+kind), path, name)
}

func (r *resolver) entityARN(e *Entity) policy.Text {
	if e.Kind == PermissionSet {
		return r.permissionSetRole(e)
	}
	return r.arn(e.ARN, e.Provider, string(e.Kind), e.Path, r.entityName(e))
}

func (r *resolver) groupARN(g *Group) policy.Text {
	return r.arn(g.ARN, g.Provider, "group", g.Path, r.text(g.Name.Text))
}

func (r *resolver) policyARN(p *ManagedPolicy) policy.Text {
	return r.arn(p.ARN, p.Provider, "policy", p.Path, r.policyName(p))
}

func (r *resolver) profileARN(p *InstanceProfile) policy.Text {
	return r.arn(p.ARN, p.Provider, "instance-profile", p.Path, r.nameText(p.Address, p.Name, Value{}))
}

func (r *resolver) entityAttribute(e *Entity, attribute string) (policy.Text, bool) {
	if e.Kind == PermissionSet {
		return r.permissionSetAttribute(e, attribute)
	}
	switch attribute {
	case "arn":
		return r.entityARN(e), true
	case "name", "id", "role_name", "user_name":
		return r.entityName(e), true
	case "path":
		return r.path(e.Path), true
	case "permissions_boundary":
		return r.text(e.Boundary.Text), e.Boundary.Set
	case "assume_role_policy", "assume_role_policy_document":
		return r.documentText(e.Trust)
	}
	return policy.Text{}, false
}

func (r *resolver) groupAttribute(g *Group, attribute string) (policy.Text, bool) {
	switch attribute {
	case "arn":
		return r.groupARN(g), true
	case "name", "id", "group_name":
		return r.text(g.Name.Text), g.Name.Set
	case "path":
		return r.path(g.Path), true
	}
	return policy.Text{}, false
}

func (r *resolver) policyAttribute(p *ManagedPolicy, attribute string) (policy.Text, bool) {
	switch attribute {
	case "arn", "id", "policy_arn":
		return r.policyARN(p), true
	case "name", "policy_name", "managed_policy_name":
		return r.policyName(p), true
	case "path":
		return r.path(p.Path), true
	case "policy", "policy_document":
		return r.documentText(p.Document)
	}
	return policy.Text{}, false
}

func (r *resolver) profileAttribute(p *InstanceProfile, attribute string) (policy.Text, bool) {
	switch attribute {
	case "arn":
		return r.profileARN(p), true
	case "name", "id", "instance_profile_name":
		return r.nameText(p.Address, p.Name, Value{}), true
	case "path":
		return r.path(p.Path), true
	case "role":
		return r.text(p.Role.Text), p.Role.Set
	}
	return policy.Text{}, false
}

func (r *resolver) documentText(d *Document) (policy.Text, bool) {
	if d == nil || d.Text.IsEmpty() {
		return policy.Text{}, false
	}
	return r.text(d.Text), true
}

// lookupKinds are the kinds of IAM objects that data sources read, as they
// stand in ARNs.
var lookupKinds = map[string]string{
	"aws_iam_policy":           "policy",
	"aws_iam_role":             "role",
	"aws_iam_user":             "user",
	"aws_iam_group":            "group",
	"aws_iam_instance_profile": "instance-profile",
}

func (r *resolver) lookupAttribute(l *Lookup, attribute string) (policy.Text, bool) {
	kind := lookupKinds[l.Type]
	if kind == "" {
		return r.placeAttribute(l, attribute)
	}
	id := "name"
	if kind == "policy" {
		id = "arn"
	}
	if attribute == "id" {
		attribute = id
	}
	switch attribute {
	case "arn":
		return r.lookupARN(l, kind)
	case "name", "user_name", "group_name":
		return r.lookupName(l)
	case "path":
		return r.text(l.Path.Text), l.Path.Set && l.ARN.Set
	case "policy":
		return r.documentText(l.Document)
	}
	return policy.Text{}, false
}

func (r *resolver) lookupName(l *Lookup) (policy.Text, bool) {
	if l.Name.Set {
		return r.text(l.Name.Text), true
	}
	if arn, ok := r.text(l.ARN.Text).Known(); ok && l.ARN.Set {
		return policy.Literal(arn[strings.LastIndexByte(arn, '/')+1:]), true
	}
	return policy.Text{}, false
}

// lookupARN is the ARN of what a data source finds. One that asks by name
// finds what the input declares under that name, else what the catalog knows,
// else something of the own account at a path that nothing tells.
func (r *resolver) lookupARN(l *Lookup, kind string) (policy.Text, bool) {
	if l.ARN.Set {
		return r.text(l.ARN.Text), true
	}
	if !l.Name.Set {
		return policy.Text{}, false
	}
	name := r.text(l.Name.Text)
	d := r.place(l.Provider)
	if known, ok := name.Known(); ok {
		if arn := r.declared[declaredKey{kind, strings.ToLower(known)}]; arn != nil && !r.foreign {
			return arn(), true
		}
		if kind == "policy" && r.hints.ManagedPolicy != nil {
			if arn, ok := r.hints.ManagedPolicy(known); ok {
				rest := strings.TrimPrefix(arn, "arn:aws:")
				return policy.Concat(policy.Literal("arn:"), d.Partition, policy.Literal(":"+rest)), true
			}
		}
	}
	return composeARN(d, kind, r.unseenPath(kind, name), name), true
}

// unseenPath stands for the path of something that exists outside the input:
// names are unique in an account, so that equal names are at one path.
func (r *resolver) unseenPath(kind string, name policy.Text) policy.Text {
	return policy.SymbolText(r.model.Symbols.Intern(policy.Symbol{
		Kind:      policy.SymbolDerived,
		Name:      "path",
		Scope:     kind + "|" + strings.ToLower(r.model.Symbols.Encode(name)),
		Attribute: UnseenPath,
	}))
}

// PolicyName is the name of the customer-managed policy that an ARN names, be
// it that the deployment is not known, or the path below which a data source
// has found the name; false where the name is not known in full.
func PolicyName(arn policy.Text) (string, bool) {
	parts, ok := policy.ParseARN(arn)
	if account, _ := parts.Account.Known(); !ok || account == "aws" {
		return "", false
	}
	for _, s := range parts.Resource.Symbols() {
		if s.Attribute != UnseenPath {
			return "", false
		}
	}
	return LastSegment(parts.Resource).Known()
}

// UnseenLiterals marks, as the Attribute of a symbol, what may stand in a list
// of policies beside its references: a plan shows those only.
const UnseenLiterals = "literals beside references"

// HasUnseenLiterals reports whether an attachment stands for such literals.
func (a *Attachment) HasUnseenLiterals() bool {
	s := a.PolicyARN.Text.Symbol()
	return s != nil && s.Attribute == UnseenLiterals
}

// UnseenPath marks, as the Attribute of a symbol, the path of an IAM object
// that a data source finds by name: "/" or "/.../".
const UnseenPath = "path of what is looked up by name"

// placeAttribute answers for the data sources that tell the place.
func (r *resolver) placeAttribute(l *Lookup, attribute string) (policy.Text, bool) {
	d := r.place(l.Provider)
	told := func(v Value, place policy.Text) (policy.Text, bool) {
		if v.Set {
			return r.text(v.Text), true
		}
		return place, true
	}
	switch l.Type + "." + attribute {
	case "aws_caller_identity.account_id", "aws_caller_identity.id":
		return told(l.Name, d.Account)
	case "aws_caller_identity.arn":
		return r.text(l.ARN.Text), l.ARN.Set
	case "aws_partition.partition", "aws_partition.id":
		return told(l.Name, d.Partition)
	case "aws_partition.dns_suffix", "aws_partition.reverse_dns_prefix":
		return partitionDomain(d.Partition, attribute == "reverse_dns_prefix")
	case "aws_region.name", "aws_region.id", "aws_region.region":
		return told(l.Name, d.Region)
	}
	return policy.Text{}, false
}

// partitionDomain is the domain of a partition's endpoints, where the
// partition is known.
func partitionDomain(partition policy.Text, reversed bool) (policy.Text, bool) {
	name, _ := partition.Known()
	p, ok := policy.PartitionNamed(name)
	if ok && reversed {
		return policy.Literal(p.ReverseDNSPrefix()), true
	}
	return policy.Literal(p.DNSSuffix), ok
}
