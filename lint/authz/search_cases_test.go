package authz

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// TestSearches asks for one action whether some request is allowed, and looks
// at what the request is that is found.
func TestSearches(t *testing.T) {
	allow := func(resource string) string {
		return `{"Effect":"Allow","Action":"*","Resource":"` + resource + `"}`
	}
	deny := func(resource string) string {
		return `,{"Effect":"Deny","Action":"*","Resource":"` + resource + `"}`
	}
	isBase64 := func(w *Witness) bool {
		s, _ := w.Context[0].Values[0].Known()
		_, err := base64.StdEncoding.DecodeString(s)
		return err == nil
	}
	const (
		role  = "arn:aws:iam::111122223333:role/"
		queue = ":111122223333:jobs"
	)
	for _, c := range []struct {
		name, action, statements string
		want                     Verdict
		resource                 string // begins the resource that is found
		also                     func(*Witness) bool
	}{
		{
			name: "a name that only a symbol begins", action: "iam:CreateRole", want: Allowed, resource: role + "<random>-y",
			statements: allow(role+"<random>-*") + deny(role+"*-") + deny(role+"*x"),
		},
		{
			// What the symbol stands for may begin with what is denied.
			name: "a name that a symbol begins, beside one that it does not", action: "iam:CreateRole", want: Allowed, resource: role + "dev-<random>-",
			statements: allow(role+"<random>-*") + "," + allow(role+"dev-<random>-*") + deny(role+"prod*"),
		},
		{
			name: "a name that a symbol begins, in one statement", action: "iam:CreateRole", want: Allowed, resource: role + "dev-<random>-",
			statements: `{"Effect":"Allow","Action":"*","Resource":["` + role + `<random>-*","` + role + `dev-<random>-*"]}` + deny(role+"prod*"),
		},
		{
			// A role's name may be no text with this symbol in it.
			name: "a name of the symbol alone, denied", action: "iam:CreateRole", want: Denied,
			statements: allow(role+"<random>*") + deny(role+"<random>*"),
		},
		// A wildcard in the type of a resource is not allowed (IAM User Guide,
		// identify AWS resources with ARNs), and what IAM makes of it is not
		// documented.
		{name: "a wildcard in the type", action: "iam:CreateRole", statements: allow("arn:aws:iam::111122223333:r*"), want: Undetermined},
		{name: "a deny with a wildcard in the type", action: "iam:CreateRole", statements: allow("*") + deny("arn:aws:iam::111122223333:r*"), want: Undetermined},
		// Resources of one action are in all regions (service authorization
		// reference): a policy tells some of them apart.
		{
			name: "the other regions", action: "sqs:SendMessage", want: Allowed, resource: "arn:aws:sqs:eu-west-1:",
			statements: allow("*") + deny("arn:aws:sqs:us-*:*:*"),
		},
		{
			name: "the other regions of a continent", action: "sqs:SendMessage", want: Allowed, resource: "arn:aws:sqs:eu-central-1:",
			statements: allow("arn:aws:sqs:eu-*"+queue) + deny("arn:aws:sqs:eu-west-*:*:*"),
		},
		{
			name: "one region, denied", action: "sqs:SendMessage", want: Denied,
			statements: allow("arn:aws:sqs:eu-west-1"+queue) + deny("arn:aws:sqs:eu-*:*:*"),
		},
		{
			name: "one region of those that are denied but for it", action: "sqs:SendMessage", want: Allowed, resource: "arn:aws:sqs:eu-west-3:",
			statements: allow("*") + `,{"Effect":"Deny","Action":"*","NotResource":"arn:aws:sqs:eu-west-3` + queue + `"}`,
		},
		// Operators of several types on one key: a value that is of all of them.
		{
			name: "a number by its digits", action: "iam:CreateRole", want: Allowed,
			statements: `{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"NumericGreaterThan":{"aws:RequestTag/n":"3"},"StringLike":{"aws:RequestTag/n":"4*"}}}`,
		},
		{
			name: "a number that is spelled out", action: "iam:CreateRole", want: Allowed,
			statements: `{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"NumericGreaterThan":{"aws:RequestTag/n":"3"},"StringEquals":{"aws:RequestTag/n":"44"}}}`,
		},
		{
			name: "a word and a number", action: "iam:CreateRole", want: Denied,
			statements: `{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"NumericGreaterThan":{"aws:RequestTag/n":"3"},"StringEquals":{"aws:RequestTag/n":"many"}}}`,
		},
		// Without ForAnyValue or ForAllValues, what an operator does with several
		// values is not documented.
		{
			name: "a list without a set operator", action: "iam:CreateRole", want: Undetermined,
			statements: `{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringLike":{"aws:TagKeys":"team*"}}}`,
		},
		{
			name: "a deny of a list without a set operator", action: "iam:CreateRole", want: Allowed,
			statements: allow("*") + `,{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringLike":{"aws:TagKeys":"team*"}}}`,
		},
		{
			name: "a deny of all lists without a set operator", action: "iam:CreateRole", want: Undetermined,
			statements: allow("*") + `,{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringLike":{"aws:TagKeys":"team*"}}},{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"ForAllValues:StringNotLike":{"aws:TagKeys":"team*"}}}`,
		},
		// An ARN with fewer than six parts may mean any of the missing ones; what
		// is no ARN means itself.
		{name: "a short ARN", action: "iam:CreateRole", want: Undetermined, statements: allow("arn:aws")},
		{name: "no ARN", action: "iam:CreateRole", want: Denied, statements: allow("arn")},
		{
			name: "both kinds of resources", action: "iam:CreateRole", want: Undetermined,
			statements: `{"Effect":"Allow","Action":"*","Resource":"*","NotResource":"arn:aws:iam::111122223333:role/x"}`,
		},
		{
			name: "more resources, of which one may be it", action: "iam:CreateRole", want: Undetermined,
			statements: `{"Effect":"Allow","Action":"*","Resource":["arn:aws:s3:::b","<more roles>"]}`,
		},
		{
			name: "more resources, of which none is", action: "iam:CreateRole", want: Denied,
			statements: `{"Effect":"Allow","Action":"*","Resource":["arn:aws:s3:::b","<more buckets>"]}`,
		},
		{
			name: "a deny of more resources", action: "iam:CreateRole", want: Undetermined,
			statements: allow(role+"x") + `,{"Effect":"Deny","Action":"*","Resource":"<more roles>"}`,
		},
		{
			name: "a truth by a variable", action: "iam:CreateRole", want: Undetermined,
			statements: `{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"${aws:PrincipalTag/secure}"}}}`,
		},
		{
			// Binary values are base64 (IAM User Guide, binary condition operators).
			name: "binary data", action: "iam:CreateRole", want: Allowed, also: isBase64,
			statements: `{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"BinaryEquals":{"aws:RequestTag/seal":"QmluYXJ5"}}}`,
		},
		{
			name: "text other than the binary data that is denied", action: "iam:CreateRole", want: Allowed,
			statements: `{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Null":{"aws:RequestTag/seal":"false"}}},{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"BinaryEquals":{"aws:RequestTag/seal":"QmluYXJ5"}}}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var w world
			w.symbol(policy.Symbol{Kind: policy.SymbolReference, Name: "random", Address: "random_id.x", Attribute: "hex"})
			w.symbol(policy.Symbol{Kind: policy.SymbolSpread, Name: "more roles", Alternatives: []policy.Text{policy.Literal(role + "x")}})
			w.symbol(policy.Symbol{Kind: policy.SymbolSpread, Name: "more buckets", Alternatives: []policy.Text{policy.Literal("arn:aws:s3:::c")}})
			p := parsePrincipal("arn:aws:iam::111122223333:role/holder")
			doc, _ := policy.Parse(w.encode(one(c.statements)), &w.Symbols, policy.ParseOptions{Kind: policy.IdentityPolicy})
			p.Identity = []*Policy{Compile(doc)}
			u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333")}
			got := Search(p, u, &Query{Actions: []string{c.action}})
			if got.Verdict != c.want {
				t.Fatalf("got %v (%v, %v), want %v", got.Verdict, got.Reasons, got.Witness, c.want)
			}
			if c.resource != "" && !strings.HasPrefix(got.Witness.Resource.String(), c.resource) {
				t.Errorf("found a request on %v", got.Witness.Resource)
			}
			if c.also != nil && !c.also(got.Witness) {
				t.Errorf("found %v", got.Witness)
			}
		})
	}
}
