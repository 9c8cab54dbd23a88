package tfconfig

import (
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// describeProviders tells what the AWS provider blocks of a module say about
// where their resources land.
func (m *moduleInstance) describeProviders(b *Root) {
	for _, name := range sortedKeys(m.config.providers) {
		local, _, _ := strings.Cut(name, ".")
		if typ := m.config.providerType(local); typ != "aws" && typ != "awscc" {
			continue
		}
		for _, p := range m.providerInstances(name) {
			describeProvider(b.Provider(m.ownProvider(p.name)), p)
		}
	}
}

func describeProvider(p *iam.Provider, c providerInstance) {
	e, block := c.env, c.block
	if a := block.Body.Attributes["region"]; a != nil {
		p.Region = e.textOf(a.Expr)
	}
	if a := block.Body.Attributes["allowed_account_ids"]; a != nil {
		list, marks := e.eval(a.Expr).UnmarkDeep()
		p.Sensitive = hasMark(marks, markSensitive)
		for k := range knownElements(list) {
			p.AllowedAccounts = append(p.AllowedAccounts, k)
		}
	}
	// The provider signs in by web identity first, and assumes the other roles
	// from there.
	for _, kind := range []string{"assume_role_with_web_identity", "assume_role"} {
		for _, role := range e.nestedBlocks(block.Body, kind) {
			role.env.describeAssumed(p, role.block)
		}
	}
	p.DefaultTags = e.defaultTags(block)
	p.Credentials = e.credentials(block)
}

// describeAssumed tells which role a block of a provider assumes, and whether a
// session policy limits it.
func (e *env) describeAssumed(p *iam.Provider, block *hclsyntax.Block) {
	a := block.Body.Attributes["role_arn"]
	if a == nil {
		return
	}
	arn := e.textOf(a.Expr)
	if arn.IsEmpty() {
		return
	}
	p.AssumeRole, p.SessionPolicy = arn, false
	p.Sensitive = p.Sensitive || e.eval(a.Expr).HasMark(markSensitive)
	for _, name := range []string{"policy", "policy_arns"} {
		if a := block.Body.Attributes[name]; a != nil && !isNull(e.eval(a.Expr)) {
			p.SessionPolicy = true
		}
	}
}

// textOf is the text that an expression gives, empty where it gives none.
func (e *env) textOf(x hclsyntax.Expression) policy.Text {
	if v, _ := e.eval(x).Unmark(); isText(v) {
		return e.ev.decode(v)
	}
	return policy.Text{}
}

// knownElements are the elements of a list that are known, as text.
func knownElements(list cty.Value) iter.Seq[string] {
	return func(yield func(string) bool) {
		if !isDefinite(list) || !list.CanIterateElements() {
			return
		}
		for it := list.ElementIterator(); it.Next(); {
			_, v := it.Element()
			if k, ok := keyText(v); ok && !policy.ContainsToken(k) && !yield(k) {
				return
			}
		}
	}
}

// defaultTags are those of a provider block.
func (e *env) defaultTags(block *hclsyntax.Block) iam.Tags {
	var out iam.Tags
	values := map[string]policy.Text{}
	for _, b := range e.nestedBlocks(block.Body, "default_tags") {
		a := b.block.Body.Attributes["tags"]
		if a == nil {
			continue
		}
		tags := b.env.eval(a.Expr)
		if isNull(tags) {
			continue
		}
		if tags.IsMarked() || !isDefinite(tags) || !tags.CanIterateElements() {
			out.Hidden = true
			continue
		}
		for it := tags.ElementIterator(); it.Next(); {
			k, v := it.Element()
			name, ok := e.ev.decode(k).Known()
			if value, isSet := keyText(v); ok && isSet && !v.IsMarked() {
				values[name] = e.ev.symbols.Text(value)
			} else {
				out.Hidden = true
			}
		}
	}
	out.Values = iam.SortedTags(values)
	return out
}

// credentials is a hash of what a provider signs in with besides assume_role,
// "" for the environment's.
func (e *env) credentials(block *hclsyntax.Block) string {
	var parts []string
	for _, name := range []string{"profile", "access_key", "secret_key", "token", "shared_credentials_files"} {
		if a := block.Body.Attributes[name]; a != nil {
			v, _ := e.eval(a.Expr).UnmarkDeep()
			parts = append(parts, name+"="+v.GoString())
		}
	}
	for _, b := range block.Body.Blocks {
		if b.Type == "assume_role_with_web_identity" {
			parts = append(parts, e.ev.text(b.Range()))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	return hex.EncodeToString(sum[:])
}

// provider resolves a provider configuration, as the module calls it, to the
// one of the root module: aws, aws.west. A module that configures a provider
// itself keeps it under its own path.
func (m *moduleInstance) provider(name string) string {
	owner, local := m.providerOwner(name)
	return owner.ownProvider(local)
}

// providerOwner is the module that a provider configuration stands in, and
// what it is called there: the root module where none configures it.
func (m *moduleInstance) providerOwner(name string) (owner *moduleInstance, local string) {
	base, key := splitProvider(name)
	if m.parent == nil || m.config.providers[base] != nil {
		return m, name
	}
	if passed, ok := m.passedProviders()[base]; ok {
		name = passed + key
	}
	return m.parent.providerOwner(name)
}

// passedProviders are the names that the caller gives its provider
// configurations in the module.
func (m *moduleInstance) passedProviders() map[string]string {
	if m.providers != nil {
		return m.providers
	}
	m.providers = map[string]string{}
	if a := m.call.body.Attributes["providers"]; a != nil {
		if object, ok := a.Expr.(*hclsyntax.ObjectConsExpr); ok {
			for _, item := range object.Items {
				m.providers[providerName(m.callEnv(), item.KeyExpr)] = providerName(m.callEnv(), item.ValueExpr)
			}
		}
	}
	return m.providers
}

// splitProvider splits the instance key off the name of a provider
// configuration: aws.by["west"].
func splitProvider(name string) (base, key string) {
	if i := strings.IndexByte(name, '['); i >= 0 {
		return name[:i], name[i:]
	}
	return name, ""
}

// providerInstance is a provider configuration: one of those that OpenTofu's
// for_each makes of a block, or the block itself.
type providerInstance struct {
	name  string // as the module calls it
	block *hclsyntax.Block
	env   *env // where its arguments stand
}

// providerInstances are the configurations that a provider block makes.
func (m *moduleInstance) providerInstances(name string) []providerInstance {
	block := m.config.providers[name]
	if block == nil {
		return nil
	}
	if block.Body.Attributes["for_each"] == nil {
		return []providerInstance{{name, block, m.env()}}
	}
	if known, ok := m.providerExpansions[name]; ok {
		if known == nil { // a cycle through for_each: see touch
			m.ev.lowest = 0
		}
		return known
	}
	if m.providerExpansions == nil {
		m.providerExpansions = map[string][]providerInstance{}
	}
	m.providerExpansions[name] = nil
	list := []providerInstance{}
	all := m.env().expand(block.Body, "provider "+name)
	for _, x := range all.list {
		e := m.env()
		e.names = &names{vars: x.vars, kind: "each", round: x.key}
		list = append(list, providerInstance{name + m.ev.suffix(all.kind, x.key), block, e})
	}
	m.providerExpansions[name] = list
	return list
}

// providerInstance is the configuration of that name in the module; false where
// the module does not have it.
func (m *moduleInstance) providerInstance(name string) (providerInstance, bool) {
	base, _ := splitProvider(name)
	for _, p := range m.providerInstances(base) {
		if p.name == name {
			return p, true
		}
	}
	return providerInstance{}, false
}

// ownProvider is the name of a provider that the module configures itself, as
// plans spell it: module.a:aws.
func (m *moduleInstance) ownProvider(name string) string {
	if m.parent == nil {
		return name
	}
	return policy.WithoutKeys(strings.TrimSuffix(m.path, ".")) + ":" + name
}

// providerName is a provider reference as text: aws.west. In JSON it is
// a string; OpenTofu adds an instance key.
func providerName(e *env, x hclsyntax.Expression) string {
	if k, ok := x.(*hclsyntax.ObjectConsKeyExpr); ok {
		x = k.Wrapped
	}
	switch x := x.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		var name strings.Builder
		name.WriteString(x.Traversal.RootName())
		for _, step := range x.Traversal[1:] {
			switch step := step.(type) {
			case hcl.TraverseAttr:
				name.WriteString("." + step.Name)
			case hcl.TraverseIndex:
				if k, ok := keyText(step.Key); ok {
					name.WriteString(e.ev.suffix(expandForEach, k))
				}
			}
		}
		return name.String()
	case *hclsyntax.IndexExpr:
		k, _ := keyText(e.eval(x.Key))
		return providerName(e, x.Collection) + e.ev.suffix(expandForEach, k)
	}
	if v, _ := e.eval(x).Unmark(); isText(v) {
		return e.ev.symbols.Text(v.AsString()).String()
	}
	return "?"
}
