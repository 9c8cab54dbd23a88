package tfconfig

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/policy"
)

// providerFunction is a function of a provider that needs nothing but its
// arguments; nil for any other. It is called by provider::NAME::FUNCTION, where
// NAME is what the module calls the provider, or by OpenTofu's
// provider::NAME::ALIAS::FUNCTION.
func (e *env) providerFunction(name string) special {
	parts := strings.Split(name, "::")
	if len(parts) < 3 || parts[0] != "provider" {
		return nil
	}
	switch e.module.config.providerType(parts[1]) + "::" + parts[len(parts)-1] {
	case "aws::arn_build":
		return arnBuild
	case "aws::arn_parse":
		return arnParse
	case "aws::trim_iam_role_path":
		return trimRolePath
	}
	return nil
}

// arnBuild joins the parts of an ARN: partition, service, region, account,
// resource.
func arnBuild(e *env, args []cty.Value, at *hclsyntax.FunctionCallExpr) (cty.Value, error) {
	parts, err := e.texts(args, 5, at)
	if err != nil {
		return cty.NilVal, err
	}
	return e.bounded("arn:"+strings.Join(parts, ":"), at), nil
}

// arnParse takes an ARN apart.
func arnParse(e *env, args []cty.Value, at *hclsyntax.FunctionCallExpr) (cty.Value, error) {
	arn, ok, err := e.arnArgument(args, at)
	if !ok {
		return cty.UnknownVal(cty.Object(arnType)), err
	}
	parts := map[string]cty.Value{}
	for i, part := range []policy.Text{arn.Partition, arn.Service, arn.Region, arn.Account, arn.Resource} {
		parts[arnParts[i]] = cty.StringVal(e.ev.symbols.Encode(part))
	}
	return cty.ObjectVal(parts), nil
}

var (
	arnParts = []string{"partition", "service", "region", "account_id", "resource"}
	arnType  = map[string]cty.Type{
		"partition": cty.String, "service": cty.String, "region": cty.String, "account_id": cty.String, "resource": cty.String,
	}
)

// trimRolePath takes the path out of the ARN of a role.
func trimRolePath(e *env, args []cty.Value, at *hclsyntax.FunctionCallExpr) (cty.Value, error) {
	const kind = "role/"
	arn, ok, err := e.arnArgument(args, at)
	if !ok || err != nil {
		return cty.UnknownVal(cty.String), err
	}
	start := arn.Resource.Prefix()
	fault := ""
	switch {
	case arn.Service.Differs(policy.Literal("iam")):
		fault = "the ARN is not one of the service iam"
	case arn.Region.IsKnown() && !arn.Region.IsEmpty():
		fault = "the ARN has a region"
	case !strings.HasPrefix(start, kind) && (arn.Resource.IsKnown() || !strings.HasPrefix(kind, start)):
		fault = "the ARN is not one of a role"
	}
	before := policy.Concat(arn.Partition, arn.Service, arn.Region, arn.Account)
	if fault != "" && !slices.ContainsFunc(before.Symbols(), mayHoldColon) {
		return e.fail(at.Range(), "%s", fault), nil
	}
	name, ok := afterLastSlash(arn.Resource)
	if fault != "" || !ok || !arn.Service.IsKnown() || !arn.Region.IsKnown() || !strings.HasPrefix(start, kind) {
		e.doubtful()
		return cty.UnknownVal(cty.String), nil
	}
	arn.Resource = policy.Concat(policy.Literal(kind), name)
	return cty.StringVal(e.ev.symbols.Encode(arn.Text())), nil
}

// afterLastSlash is what follows the last slash of a text; false where a symbol
// after it may hold another.
func afterLastSlash(x policy.Text) (policy.Text, bool) {
	parts := x.Parts()
	for i, p := range slices.Backward(parts) {
		if p.Symbol != nil {
			if shape := shapeOf(p.Symbol); shape == nil || strings.Contains(shape.alphabet, "/") {
				return policy.Text{}, false
			}
			continue
		}
		if at := strings.LastIndexByte(p.Literal, '/'); at >= 0 {
			rest := append([]policy.Part{{Literal: p.Literal[at+1:]}}, parts[i+1:]...)
			return policy.NewText(rest...), true
		}
	}
	return x, true
}

// arnArgument takes the one argument of a function apart; ok is false where it
// is not known enough.
func (e *env) arnArgument(args []cty.Value, at *hclsyntax.FunctionCallExpr) (arn policy.ARN, ok bool, err error) {
	s, err := e.texts(args, 1, at)
	if err != nil {
		return arn, false, err
	}
	text := e.ev.symbols.Text(s[0])
	if arn, ok = e.ev.splitARN(text); ok {
		return arn, true, nil
	}
	if slices.ContainsFunc(e.ev.spellARNs(text).Symbols(), mayHoldColon) {
		e.doubtful()
		return arn, false, nil
	}
	e.fail(at.Range(), "the argument is not an ARN, which is arn and five more parts between colons")
	return arn, false, nil
}
