package tfconfig

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/resource"
)

// describeProviders tells what the AWS provider blocks of a module say about
// where their resources land.
func (m *moduleInstance) describeProviders(b *Root) {
	for _, key := range sortedKeys(m.config.providers) {
		if typ, _, _ := strings.Cut(key, "."); typ != "aws" && typ != "awscc" {
			continue
		}
		block := m.config.providers[key]
		e := m.env()
		p := b.Provider(m.ownProvider(key))
		attribute := func(name string) cty.Value {
			if a := block.Body.Attributes[name]; a != nil {
				v, _ := e.eval(a.Expr).Unmark()
				return v
			}
			return cty.NullVal(cty.String)
		}
		if v := attribute("region"); isText(v) {
			p.Region = e.ev.decode(v)
		}
		if list := attribute("allowed_account_ids"); isDefinite(list) && list.CanIterateElements() {
			for it := list.ElementIterator(); it.Next(); {
				_, v := it.Element()
				if k, ok := keyText(v); ok && !policy.ContainsToken(k) {
					p.AllowedAccounts = append(p.AllowedAccounts, k)
				}
			}
		}
		for _, role := range e.nestedBlocks(block.Body, "assume_role") {
			if a := role.block.Body.Attributes["role_arn"]; a != nil {
				if v, _ := role.env.eval(a.Expr).Unmark(); isText(v) {
					p.AssumeRole = e.ev.decode(v)
				}
			}
		}
		p.DefaultTags = e.defaultTags(block)
		p.Credentials = e.credentials(block)
	}
}

// defaultTags are those of a provider block.
func (e *env) defaultTags(block *hclsyntax.Block) iam.Tags {
	var out iam.Tags
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
		if out.Values == nil {
			out.Values = map[string]policy.Text{}
		}
		for it := tags.ElementIterator(); it.Next(); {
			k, v := it.Element()
			name, ok := e.ev.decode(k).Known()
			if ok && isText(v) {
				out.Values[name] = e.ev.decode(v)
			} else {
				out.Hidden = true
			}
		}
	}
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
	if m.config.providers[name] != nil && m.parent != nil {
		return m.ownProvider(name)
	}
	if m.parent == nil {
		return name
	}
	if m.providers == nil {
		m.providers = map[string]string{}
		if a := m.call.body.Attributes["providers"]; a != nil {
			if object, ok := a.Expr.(*hclsyntax.ObjectConsExpr); ok {
				for _, item := range object.Items {
					m.providers[providerName(m.callEnv(), item.KeyExpr)] = m.parent.provider(providerName(m.callEnv(), item.ValueExpr))
				}
			}
		}
	}
	if resolved, ok := m.providers[name]; ok {
		return resolved
	}
	return m.parent.provider(name)
}

// ownProvider is the name of a provider that the module configures itself, as
// plans spell it: module.a:aws.
func (m *moduleInstance) ownProvider(name string) string {
	if m.parent == nil {
		return name
	}
	return resource.WithoutKeys(strings.TrimSuffix(m.path, ".")) + ":" + name
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
