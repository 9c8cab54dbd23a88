package tfplan

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/resource"
)

// awsProviders are the AWS provider configurations, as far as they tell where
// they deploy.
func (res *resolver) awsProviders() []*iam.Provider {
	var keys []string
	for key := range res.rd.providers {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	var out []*iam.Provider
	for _, key := range keys {
		out = append(out, res.awsProvider(key, res.rd.providers[key]))
	}
	return out
}

func (res *resolver) awsProvider(key string, c tfjson.ProviderConfig) *iam.Provider {
	p := &iam.Provider{Name: key}
	sc := res.rootScope()
	if c.ModuleAddress != "" {
		_, sc = res.block(c.ModuleAddress + ".none.none")
	}
	res.sensitive = false
	argument := func(name string) policy.Text { return res.providerText(key, name, c.Expressions[name], sc) }
	p.Region = argument("region")
	// What they are stands in tags_all, as far as it is known.
	p.DefaultTags.Hidden = c.Expressions["default_tags"] != nil
	for _, account := range res.providerList(c.Expressions["allowed_account_ids"], sc) {
		if text, ok := account.(string); ok {
			p.AllowedAccounts = append(p.AllowedAccounts, text)
		}
	}
	// The provider signs in by web identity first. Several assume_role blocks are a
	// chain from there; the last is where it ends.
	for _, kind := range []string{"assume_role_with_web_identity", "assume_role"} {
		if e := c.Expressions[kind]; e != nil && e.ExpressionData != nil {
			for _, b := range e.NestedBlocks {
				p.AssumeRole = res.providerText(key, kind+".role_arn", b["role_arn"], sc)
				p.SessionPolicy = isWritten(b["policy"]) || isWritten(b["policy_arns"])
			}
		}
	}
	p.Sensitive = res.sensitive
	p.Credentials = res.credentials(c, sc)
	return p
}

// isWritten reports whether an argument has a value, or a reference to one.
func isWritten(e *tfjson.Expression) bool {
	return e != nil && e.ExpressionData != nil && (e.ConstantValue != nil || len(e.References) > 0)
}

// providerText is an argument of a provider block that is a string.
func (res *resolver) providerText(key, name string, e *tfjson.Expression, sc *scope) policy.Text {
	if e == nil || e.ExpressionData == nil {
		return policy.Text{}
	}
	if s, ok := res.constant(e, sc).(string); ok {
		return policy.Literal(s)
	}
	refs := references(e)
	if len(refs) == 0 {
		return policy.Text{}
	}
	place := `provider "` + key + `" ` + name
	return policy.SymbolText(resource.UnknownSymbol(res.syms, res.scope, place, longest(refs), true))
}

func (res *resolver) providerList(e *tfjson.Expression, sc *scope) []any {
	if e == nil || e.ExpressionData == nil {
		return nil
	}
	list, _ := res.constant(e, sc).([]any)
	return list
}

// constant is the value of an expression that is a constant, or a variable of
// the root module and nothing else.
func (res *resolver) constant(e *tfjson.Expression, sc *scope) any {
	for range maxSteps {
		if e == nil || e.ExpressionData == nil {
			return nil
		}
		refs := longest(references(e))
		if len(refs) == 0 {
			return e.ConstantValue
		}
		name, ok := strings.CutPrefix(refs[0], "var.")
		if len(refs) > 1 || !ok || sc == nil || strings.ContainsAny(name, ".[") {
			return nil
		}
		if sc.parent == nil {
			res.sensitive = res.sensitive || res.rd.root != nil && res.rd.root.sensitive[name]
			var v any
			if json.Unmarshal(res.rd.variables[name], &v) != nil {
				return nil
			}
			return v
		}
		e, sc = sc.call.arguments[name], sc.parent
	}
	return nil
}

// credentials stands for what a provider signs in with: equal for equal
// credentials, and not to be turned back into them.
func (res *resolver) credentials(c tfjson.ProviderConfig, sc *scope) string {
	var parts []string
	for _, name := range []string{"profile", "access_key", "shared_config_files", "shared_credentials_files"} {
		e := c.Expressions[name]
		if e == nil || e.ExpressionData == nil {
			continue
		}
		v := res.constant(e, sc)
		if v == nil {
			v = references(e)
		}
		b, err := json.Marshal(v)
		if err == nil {
			parts = append(parts, name+"="+string(b))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	return hex.EncodeToString(sum[:8])
}
