package tfconfig

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/boundlint/boundlint/lint/iam"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// referenceText is a reference, or a string that spells one, as text: tags,
// tags["a"], all.
func referenceText(x hclsyntax.Expression) string {
	switch x := x.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		var b strings.Builder
		b.WriteString(x.Traversal.RootName())
		for _, s := range x.Traversal[1:] {
			switch s := s.(type) {
			case hcl.TraverseAttr:
				b.WriteString("." + s.Name)
			case hcl.TraverseIndex:
				if k, ok := keyText(s.Key); ok {
					b.WriteString("[" + k + "]")
				}
			}
		}
		return b.String()
	case *hclsyntax.TemplateExpr, *hclsyntax.LiteralValueExpr:
		if v, diags := x.Value(nil); !diags.HasErrors() && isText(v) {
			return v.AsString()
		}
	}
	return ""
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

// sortProblems puts problems into the order of their places, so that equal
// configurations give equal models.
func (ev *evaluator) sortProblems() {
	slices.SortStableFunc(ev.problems, func(a, b problem) int {
		return cmp.Or(
			strings.Compare(a.rng.Filename, b.rng.Filename),
			cmp.Compare(a.rng.Start.Line, b.rng.Start.Line),
			cmp.Compare(a.rng.Start.Column, b.rng.Start.Column),
			strings.Compare(a.message, b.message),
		)
	})
}

// addIgnores gives the ignore comments of all modules to the builder, each
// once, with the addresses that it covers in this root module.
func (ev *evaluator) addIgnores(b sink) {
	type place struct {
		rng  hcl.Range
		rule string
	}
	byPlace := map[place]*iam.Ignore{}
	var order []place
	ev.root.walk(func(m *moduleInstance) {
		for _, c := range m.config.ignores {
			at := place{c.rng, c.rule}
			ignore := byPlace[at]
			if ignore == nil {
				l := ev.location(spot{rng: c.rng})
				ignore = &iam.Ignore{
					Rule: c.rule, Reason: c.reason, Until: c.until,
					File: l.File, From: c.from, To: c.to, Location: l,
				}
				byPlace[at] = ignore
				order = append(order, at)
			}
			for _, address := range c.addresses(globKeys(m.path)) {
				if !slices.Contains(ignore.Addresses, address) {
					ignore.Addresses = append(ignore.Addresses, address)
				}
			}
		}
	})
	slices.SortStableFunc(order, func(x, y place) int {
		return cmp.Or(strings.Compare(x.rng.Filename, y.rng.Filename), cmp.Compare(x.rng.Start.Byte, y.rng.Start.Byte))
	})
	for _, at := range order {
		b.Ignore(*byPlace[at])
	}
}
