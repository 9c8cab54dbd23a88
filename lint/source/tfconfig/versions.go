package tfconfig

import (
	"path"
	"strings"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/boundlint/boundlint/lint/source/schema"
)

// providerVersion is which of the versions that the schema knows a root module
// uses of the AWS provider.
type providerVersion uint8

const (
	// eitherVersion: nothing tells.
	eitherVersion providerVersion = iota
	olderVersion
	newerVersion
	// otherVersion is neither: it may have attributes that the schema lacks.
	otherVersion
)

// has reports whether the version has what is in the schema, and whether only
// the newer version added it.
func (v providerVersion) has(added bool) presence {
	switch {
	case !added || v == newerVersion:
		return present
	case v == olderVersion:
		return absent
	}
	return perhaps
}

// lacks reports whether the version lacks what is not in the schema.
func (v providerVersion) lacks() presence {
	if v == otherVersion {
		return perhaps
	}
	return absent
}

// providerVersion is the version that the lock file of a root module selects,
// else what its version constraint allows.
func (l *loader) providerVersion(rootDir string, config *configuration) providerVersion {
	oldText, newText := schema.Versions()
	older, oldErr := version.NewVersion(oldText)
	newer, newErr := version.NewVersion(newText)
	if oldErr != nil || newErr != nil {
		return otherVersion
	}
	if locked := l.lockedVersion(rootDir); locked != nil {
		switch {
		case locked.GreaterThan(newer):
			return otherVersion
		case locked.Segments()[0] == newer.Segments()[0]:
			return newerVersion
		case locked.Segments()[0] == older.Segments()[0]:
			return olderVersion
		}
		return otherVersion
	}
	constraint, err := version.NewConstraint(config.providerConstraint)
	if config.providerConstraint == "" || err != nil {
		return eitherVersion
	}
	switch allowsOlder, allowsNewer := constraint.Check(older), constraint.Check(newer); {
	case allowsOlder && allowsNewer:
		return eitherVersion
	case allowsOlder:
		return olderVersion
	case allowsNewer:
		return newerVersion
	}
	return otherVersion
}

// lockedVersion is the version in .terraform.lock.hcl, nil where it has none.
func (l *loader) lockedVersion(rootDir string) *version.Version {
	src, err := l.tree.read(path.Join(rootDir, ".terraform.lock.hcl"))
	if err != nil || checkShape(src) != nil {
		return nil
	}
	f, _ := hclsyntax.ParseConfig(src, ".terraform.lock.hcl", hcl.InitialPos)
	if f == nil {
		return nil
	}
	body, ok := f.Body.(*hclsyntax.Body)
	if !ok {
		return nil
	}
	for _, b := range body.Blocks {
		if b.Type != "provider" || len(b.Labels) != 1 || !strings.HasSuffix(b.Labels[0], "/hashicorp/aws") {
			continue
		}
		if v, err := version.NewVersion(staticText(b.Body.Attributes["version"])); err == nil {
			return v
		}
	}
	return nil
}

// staticText is the text of an attribute that is a literal, "" for any other.
func staticText(a *hclsyntax.Attribute) string {
	if a == nil {
		return ""
	}
	return literalText(a.Expr)
}

func literalText(x hclsyntax.Expression) string {
	if v, diags := x.Value(nil); !diags.HasErrors() && isText(v) {
		return v.AsString()
	}
	return ""
}

// constraint is the version constraint of the AWS provider in a terraform
// block, "" where there is none.
func constraint(terraform *hclsyntax.Body) string {
	for _, b := range terraform.Blocks {
		a := b.Body.Attributes["aws"]
		if b.Type != "required_providers" || a == nil {
			continue
		}
		object, ok := a.Expr.(*hclsyntax.ObjectConsExpr)
		if !ok { // a text, as before Terraform 0.13
			return literalText(a.Expr)
		}
		for _, item := range object.Items {
			if hcl.ExprAsKeyword(item.KeyExpr) == "version" || literalText(item.KeyExpr) == "version" {
				return literalText(item.ValueExpr)
			}
		}
	}
	return ""
}
