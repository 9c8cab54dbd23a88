package holders

import (
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

const (
	ownBoundary   = "arn:aws:iam::111122223333:policy/workload-boundary"
	otherBoundary = "arn:aws:iam::111122223333:policy/other-boundary"
)

// setTo is the value of an attribute that is set.
func setTo(s string) iam.Value { return iam.Value{Text: policy.Literal(s), Set: true} }

// hereARN is the ARN of a resource in the deployment's own account, which
// nobody knows.
func hereARN(resource string) policy.Text {
	account := &policy.Symbol{Kind: policy.SymbolAccount, Name: "account", Scope: "aws"}
	return policy.Concat(policy.Literal("arn:aws:iam::"), policy.SymbolText(account), policy.Literal(":"+resource))
}

// unseen is the ARN of a policy that is looked up by its name.
func unseen(name string) policy.Text {
	path := &policy.Symbol{Kind: policy.SymbolReference, Name: "path", Attribute: iam.UnseenPath}
	return policy.Concat(policy.Literal("arn:aws:iam::111122223333:policy"), policy.SymbolText(path), policy.Literal(name))
}

// TestInAccountOf: an account that is not known is the one that an approved
// ARN names, and never one that it leaves open.
func TestInAccountOf(t *testing.T) {
	for _, c := range []struct {
		pattern string
		arn     policy.Text
		want    string // "" where nothing is put in
	}{
		{ownBoundary, hereARN("policy/x"), "arn:aws:iam::111122223333:policy/x"},
		{"arn:aws:iam::999988887777:policy/*", hereARN("policy/x"), "arn:aws:iam::999988887777:policy/x"},
		{"arn:aws:iam::*:policy/workload-boundary", hereARN("policy/x"), ""},
		{"arn:aws:iam::11112222????:policy/workload-boundary", hereARN("policy/x"), ""},
		{"workload-boundary", hereARN("policy/x"), ""},
		{ownBoundary, policy.Literal(otherBoundary), ""},
		{ownBoundary, policy.SymbolText(&policy.Symbol{Kind: policy.SymbolVariable, Name: "b"}), ""},
	} {
		got, ok := inAccountOf(c.pattern, c.arn)
		if ok != (c.want != "") || ok && got.String() != c.want {
			t.Errorf("%s in the account of %s: %s %v, want %q", c.arn, c.pattern, got, ok, c.want)
		}
	}
}

// TestAtPathOf: a path that is not seen is the one that a pattern spells out.
func TestAtPathOf(t *testing.T) {
	for _, c := range []struct{ pattern, want string }{
		{"arn:aws:iam::111122223333:policy/x", "arn:aws:iam::111122223333:policy/x"},
		{"arn:aws:iam::111122223333:policy/a/b/x", "arn:aws:iam::111122223333:policy/a/b/x"},
		{"arn:aws:iam::111122223333:policy/a/*", ""},
		{"arn:aws:iam::111122223333:policy/a?/x", ""},
		{"arn:aws:iam::111122223333:policy", ""},
		{"policy/x", ""},
	} {
		got, ok := atPathOf(c.pattern, unseen("x"))
		if ok != (c.want != "") || ok && got.String() != c.want {
			t.Errorf("at the path of %s: %s %v, want %q", c.pattern, got, ok, c.want)
		}
	}
	if got, ok := atPathOf(ownBoundary, policy.Literal(ownBoundary)); ok {
		t.Errorf("nothing is unseen in %s", got)
	}
}

// TestRefersTo: what a block lists is the resource, its ARN, its id, in any
// module and whatever the instance, or a variable by name.
func TestRefersTo(t *testing.T) {
	for _, c := range []struct {
		listed, reference, attribute string
		want                         bool
	}{
		{"aws_iam_policy.b", "aws_iam_policy.b", "arn", true},
		{"aws_iam_policy.b", "aws_iam_policy.b", "id", true},
		{"aws_iam_policy.b", "aws_iam_policy.b", "", true},
		{"aws_iam_policy.b.arn", "aws_iam_policy.b", "arn", true},
		{"aws_iam_policy.b.arn", "aws_iam_policy.b", "id", false},
		{"aws_iam_policy.b.arn", "aws_iam_policy.b", "", false},
		{"aws_iam_policy.b", "aws_iam_policy.b", "name", false},
		{"aws_iam_policy.b", "aws_iam_policy.bb", "arn", false},
		{"aws_iam_policy.b", `aws_iam_policy.b["x.y"]`, "arn", true},
		{`aws_iam_policy.b["k"]`, "aws_iam_policy.b[0]", "arn", true},
		{"aws_iam_policy.b", "module.m.aws_iam_policy.b", "arn", true},
		{"aws_iam_policy.b", `module.m["a]\"b"].module.n[0].aws_iam_policy.b[0]`, "arn", true},
		{"aws_iam_policy.b", "data.aws_iam_policy.b", "arn", false},
		{"module.m.aws_iam_policy.b", "aws_iam_policy.b", "arn", false},
		{"module.m.aws_iam_policy.b", "module.n.aws_iam_policy.b", "arn", false},
		{"var.b", "var.b", "", true},
		{"var.b", "var.bb", "", false},
		{"var.b", "local.b", "", false},
	} {
		b := &ApprovedBlock{ApprovedBoundary: lint.ApprovedBoundary{References: []string{"local.other", c.listed}}}
		if got := b.lists(c.reference, c.attribute); got != c.want {
			t.Errorf("%s lists %s %s: %v", c.listed, c.reference, c.attribute, got)
		}
	}
	b := &ApprovedBlock{ApprovedBoundary: lint.ApprovedBoundary{References: []string{"var.b", "aws_iam_policy.b"}}}
	variable := func(name string) policy.Text {
		return policy.SymbolText(&policy.Symbol{Kind: policy.SymbolVariable, Name: name})
	}
	reference := func(address, attribute string) policy.Text {
		return policy.SymbolText(&policy.Symbol{Kind: policy.SymbolReference, Name: address, Address: address, Attribute: attribute})
	}
	for name, c := range map[string]struct {
		value iam.Value
		want  bool
	}{
		"nothing":                       {iam.Value{}, false},
		"a text":                        {setTo(ownBoundary), false},
		"a listed reference":            {iam.Value{References: []string{"var.a", "var.b"}}, true},
		"another reference":             {iam.Value{References: []string{"var.a"}}, false},
		"a listed variable":             {iam.Value{Text: variable("var.b")}, true},
		"another variable":              {iam.Value{Text: variable("var.a")}, false},
		"a listed variable, as written": {iam.Value{Written: variable("var.b"), Text: policy.Literal(ownBoundary)}, true},
		"a listed resource":             {iam.Value{Text: reference("aws_iam_policy.b", "arn")}, true},
		"another attribute":             {iam.Value{Text: reference("aws_iam_policy.b", "name")}, false},
		"another resource":              {iam.Value{Text: reference("aws_iam_policy.a", "arn")}, false},
		"a resource named like one":     {iam.Value{Text: reference("var.b", "x")}, false},
		"part of a text":                {iam.Value{Text: policy.Concat(variable("var.b"), policy.Literal("x"))}, false},
	} {
		if got := b.refersTo(c.value); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestSamePolicy compares ARNs of which the account or the partition may be
// the deployment's own.
func TestSamePolicy(t *testing.T) {
	partition := &policy.Symbol{Kind: policy.SymbolPartition, Name: "partition", Scope: "aws"}
	own := policy.Concat(policy.Literal("arn:"), policy.SymbolText(partition), policy.Literal(":iam::111122223333:policy/x"))
	unknown := policy.SymbolText(&policy.Symbol{Name: "var.b"})
	ending := policy.Concat(policy.Literal("arn:aws:iam::111122223333:policy/"), unknown)
	for _, c := range []struct {
		x, y policy.Text
		want policy.Truth
	}{
		{policy.Literal(ownBoundary), policy.Literal(ownBoundary), policy.True},
		{policy.Literal(ownBoundary), policy.Literal(otherBoundary), policy.False},
		{hereARN("policy/x"), policy.Literal("arn:aws:iam::111122223333:policy/x"), policy.True},
		{policy.Literal("arn:aws:iam::111122223333:policy/x"), hereARN("policy/x"), policy.True},
		{hereARN("policy/y"), policy.Literal("arn:aws:iam::111122223333:policy/x"), policy.False},
		{own, policy.Literal("arn:aws-cn:iam::111122223333:policy/x"), policy.True},
		{policy.Literal("arn:aws-cn:iam::111122223333:policy/x"), own, policy.True},
		{own, policy.Literal("arn:aws-cn:iam::111122223333:policy/y"), policy.False},
		{own, policy.Literal("arn:aws-cn:iam::999988887777:policy/x"), policy.False},
		{ending, policy.Literal("arn:aws:iam::111122223333:policy/x"), policy.Maybe},
		{ending, hereARN("policy/x"), policy.Maybe},
		{unknown, policy.Literal(ownBoundary), policy.Maybe},
		{policy.Literal(ownBoundary), unknown, policy.Maybe},
	} {
		if got := SamePolicy(c.x, c.y); got != c.want {
			t.Errorf("%s and %s: %v, want %v", c.x, c.y, got, c.want)
		}
	}
}

// TestPolicyResource tells the ARNs of managed policies from others.
func TestPolicyResource(t *testing.T) {
	service := policy.SymbolText(&policy.Symbol{Name: "var.s"})
	name := policy.SymbolText(&policy.Symbol{Name: "var.n"})
	for _, c := range []struct {
		service, resource policy.Text
		want              policy.Truth
	}{
		{policy.Literal("iam"), policy.Literal("policy/x"), policy.True},
		{policy.Literal("s3"), policy.Literal("policy/x"), policy.False},
		{service, policy.Literal("policy/x"), policy.Maybe},
		{service, policy.Literal("role/x"), policy.False},
		{policy.Literal("iam"), policy.Literal("role/x"), policy.False},
		{policy.Literal("iam"), policy.Literal("policy"), policy.False},
		{policy.Literal("iam"), policy.Literal("pol"), policy.False},
		{policy.Literal("iam"), policy.Concat(policy.Literal("pol"), name), policy.Maybe},
		{policy.Literal("iam"), policy.Concat(policy.Literal("policy"), name), policy.Maybe},
		{policy.Literal("iam"), policy.Concat(policy.Literal("policy/"), name), policy.True},
		{policy.Literal("iam"), policy.Concat(policy.Literal("policies"), name), policy.False},
		{policy.Literal("iam"), name, policy.Maybe},
	} {
		if got := PolicyResource(policy.ARN{Service: c.service, Resource: c.resource}); got != c.want {
			t.Errorf("%s %s: %v, want %v", c.service, c.resource, got, c.want)
		}
	}
}

// TestByDefault: without a configuration every managed policy is approved that
// is not as wide as AdministratorAccess.
func TestByDefault(t *testing.T) {
	symbol := func(s policy.Symbol) policy.Text { return policy.SymbolText(&s) }
	name, account := symbol(policy.Symbol{Name: "var.n"}), symbol(policy.Symbol{Kind: policy.SymbolVariable, Name: "var.account"})
	document := func(statement string) *iam.Document {
		d, _ := policy.Parse(`{"Version":"2012-10-17","Statement":[`+statement+`]}`, nil, policy.ParseOptions{Kind: policy.IdentityPolicy})
		return &iam.Document{Document: d}
	}
	managed := func(name, statement string) *iam.ManagedPolicy {
		return &iam.ManagedPolicy{Declared: iam.Declared{Address: "aws_iam_policy." + name}, Name: setTo(name), Document: document(statement)}
	}
	m := &iam.Model{Symbols: &policy.Symbols{}, Policies: []*iam.ManagedPolicy{
		managed("wide", `{"Effect":"Allow","Action":"*","Resource":"*"}`), managed("narrow", `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`),
		{Declared: iam.Declared{Address: "aws_iam_policy.unseen"}, Name: setTo("unseen")},
	}}
	m.Link(iam.Hints{Account: "111122223333"})
	a := &ApprovedSet{model: m}
	const own = "arn:aws:iam::111122223333:policy/"
	for _, c := range []struct {
		arn  policy.Text
		want policy.Truth
	}{
		{policy.Literal(own + "narrow"), policy.True},
		{policy.Literal(own + "wide"), policy.False},
		{policy.Literal(own + "unseen"), policy.True},
		{policy.Literal(own + "elsewhere"), policy.True},
		{policy.Literal("arn:aws:iam::aws:policy/AdministratorAccess"), policy.False},
		{policy.Literal("arn:aws-cn:iam::aws:policy/AdministratorAccess"), policy.False},
		{policy.Literal("arn:aws:iam::aws:policy/PowerUserAccess"), policy.True},
		{policy.Literal("arn:aws:iam::aws:policy/OfTomorrow"), policy.True},
		{policy.Literal("arn:aws:iam::111122223333:role/x"), policy.False},
		{policy.Literal("narrow"), policy.False},
		{name, policy.Maybe},
		{policy.Concat(policy.Literal("arn:aws:iam::aws:policy/"), name), policy.Maybe},
		{policy.Concat(policy.Literal("arn:aws:iam::111122223333:"), name), policy.Maybe},
		{policy.Concat(policy.Literal(own), name), policy.Maybe},
		{policy.Concat(policy.Literal(own+"n"), name), policy.True},
		{policy.Concat(policy.Literal("arn:"), name, policy.Literal(":iam::aws:policy/PowerUserAccess")), policy.True},
		{policy.Concat(policy.Literal("arn:"), name, policy.Literal(":iam::aws:policy/AdministratorAccess")), policy.False},
		// An account that is not known may be that of AWS.
		{policy.Concat(policy.Literal("arn:aws:iam::"), account, policy.Literal(":policy/AdministratorAccess")), policy.Maybe},
		{policy.Concat(policy.Literal("arn:aws:iam::"), account, policy.Literal(":policy/narrow")), policy.True},
		{hereARN("policy/AdministratorAccess"), policy.True},
	} {
		if got := a.byDefault(c.arn); got != c.want {
			t.Errorf("%s: got %v, want %v", c.arn, got, c.want)
		}
	}
}
