package resource

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// The constructors below are the only place where sources make symbols, so
// that a plan and the configuration it came from make the same ones: symbols
// are equal only if kind, scope and name are.

// ReferenceSymbol stands for one attribute of one resource instance of the
// same input: scope is the input's path, address the full instance address
// (module.x.aws_iam_policy.boundary[0], data.aws_iam_role.ops). An attribute
// that the provider defines as another name for a second one (the id of an
// IAM object is its name or its ARN) becomes that one, so that both
// references are one symbol.
func ReferenceSymbol(syms *policy.Symbols, scope, address, attribute string) *policy.Symbol {
	attribute = CanonicalAttribute(policy.TypeOf(address), attribute)
	name := address + "." + attribute
	return syms.Intern(policy.Symbol{
		Kind: policy.SymbolReference, Name: name, Scope: scope,
		Address: address, Attribute: attribute, References: []string{name},
	})
}

// UnknownSymbol stands for a text of which nothing is known but the
// references that hide it. place is where it stands (address and attribute
// path): every unknown value is a symbol of its own, since two values that
// depend on the same reference need not be the same text.
func UnknownSymbol(syms *policy.Symbols, scope, place string, references []string, nullable bool) *policy.Symbol {
	return syms.Intern(policy.Symbol{
		Kind: policy.SymbolUnknown, Name: place, Scope: scope,
		References: references, Nullable: nullable,
	})
}

// SpreadSymbol stands, as an element of a list, for zero or more elements of
// which nothing is known but the references that hide them, and why boundlint
// does not know more where that is its own decision.
func SpreadSymbol(syms *policy.Symbols, scope, place string, references []string, reasons ...string) *policy.Symbol {
	return syms.Intern(policy.Symbol{
		Kind: policy.SymbolSpread, Name: place, Scope: scope, References: references, Reasons: reasons,
	})
}

// LiteralsSymbol stands, as an element of a list of policies, for zero or more
// literals beside the references that hide the list.
func LiteralsSymbol(syms *policy.Symbols, scope, place string, references []string) *policy.Symbol {
	return syms.Intern(policy.Symbol{
		Kind: policy.SymbolSpread, Name: place + " (literals)", Scope: scope, Attribute: iam.UnseenLiterals, References: references,
	})
}

// AccountSymbol stands for the account that a provider configuration ("aws",
// "aws.west") deploys to; iam.Model.Link replaces it where it finds out.
func AccountSymbol(syms *policy.Symbols, provider string) *policy.Symbol {
	return syms.Intern(policy.Symbol{Kind: policy.SymbolAccount, Name: "account", Scope: provider})
}

// PartitionSymbol stands for the partition that a provider deploys to.
func PartitionSymbol(syms *policy.Symbols, provider string) *policy.Symbol {
	return syms.Intern(policy.Symbol{Kind: policy.SymbolPartition, Name: "partition", Scope: provider})
}

// RegionSymbol stands for the region that a provider deploys to.
func RegionSymbol(syms *policy.Symbols, provider string) *policy.Symbol {
	return syms.Intern(policy.Symbol{Kind: policy.SymbolRegion, Name: "region", Scope: provider})
}

// LookupSymbol is the symbol for an attribute of a data source that tells
// where the input is deployed (aws_caller_identity, aws_partition,
// aws_region), and nil for any other.
func LookupSymbol(syms *policy.Symbols, typ, attribute, provider string) *policy.Symbol {
	switch typ + "." + attribute {
	case "aws_caller_identity.account_id", "aws_caller_identity.id":
		return AccountSymbol(syms, provider)
	case "aws_partition.partition", "aws_partition.id":
		return PartitionSymbol(syms, provider)
	case "aws_region.name", "aws_region.id", "aws_region.region":
		return RegionSymbol(syms, provider)
	}
	return nil
}

// aliases are the attributes that the provider documents as another name for
// a second attribute of the same object.
var aliases = map[string]map[string]string{
	"aws_iam_role":               {"id": "name"},
	"aws_iam_user":               {"id": "name"},
	"aws_iam_group":              {"id": "name"},
	"aws_iam_instance_profile":   {"id": "name"},
	"aws_iam_policy":             {"id": "arn"},
	"awscc_iam_role":             {"id": "role_name"},
	"awscc_iam_user":             {"id": "user_name"},
	"awscc_iam_group":            {"id": "group_name"},
	"awscc_iam_managed_policy":   {"id": "policy_arn"},
	"awscc_iam_instance_profile": {"id": "instance_profile_name"},
}

// dataAliases are the same for data sources, where the attributes that are
// the names of users and groups are called otherwise.
var dataAliases = map[string]map[string]string{
	"aws_iam_role":             {"id": "name"},
	"aws_iam_user":             {"user_name": "name"},
	"aws_iam_group":            {"group_name": "name"},
	"aws_iam_instance_profile": {},
	"aws_iam_policy":           {"id": "arn"},
}

// CanonicalAttribute is the name under which an attribute of a type is known:
// "data.TYPE" is the type of a data source.
func CanonicalAttribute(typ, attribute string) string {
	table := aliases
	if rest, ok := strings.CutPrefix(typ, "data."); ok {
		typ, table = rest, dataAliases
	}
	if c, ok := table[typ][attribute]; ok {
		return c
	}
	return attribute
}

// QuoteKey is a key of for_each as Terraform writes it in addresses: like a
// string in its configuration, so that a template is escaped.
func QuoteKey(key string) string {
	var b strings.Builder
	b.WriteString(`["`)
	for i, r := range key {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case (r == '$' || r == '%') && strings.HasPrefix(key[i+1:], "{"):
			b.WriteRune(r)
			b.WriteRune(r)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r < 1<<16:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteString(`"]`)
	return b.String()
}
