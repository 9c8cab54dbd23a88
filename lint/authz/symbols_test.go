package authz

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// world interns symbols and parses documents in which they stand as
// <name>.
type world struct {
	policy.Symbols
	tokens []string
}

func (w *world) symbol(s policy.Symbol) *policy.Symbol {
	p := w.Intern(s)
	w.tokens = append(w.tokens, "<"+s.Name+">", w.Token(p))
	return p
}

func (w *world) encode(s string) string { return strings.NewReplacer(w.tokens...).Replace(s) }

func (w *world) text(s string) policy.Text { return w.Text(w.encode(s)) }

func (w *world) policy(t *testing.T, src string) *Policy {
	t.Helper()
	doc, diags := policy.Parse(w.encode(src), &w.Symbols, policy.ParseOptions{Kind: policy.IdentityPolicy})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return Compile(doc)
}

// TestSymbols asks questions about policies of which parts are hidden.
func TestSymbols(t *testing.T) {
	var w world
	account := w.symbol(policy.Symbol{Kind: policy.SymbolAccount, Name: "account"})
	w.symbol(policy.Symbol{Kind: policy.SymbolReference, Name: "boundary", Address: "aws_iam_policy.boundary", Attribute: "arn"})
	w.symbol(policy.Symbol{Kind: policy.SymbolReference, Name: "other", Address: "aws_iam_policy.other", Attribute: "arn"})
	w.symbol(policy.Symbol{Kind: policy.SymbolReference, Name: "role", Address: "module.a[\"b.c\"].aws_iam_role.x", Attribute: "arn"})
	w.symbol(policy.Symbol{Kind: policy.SymbolVariable, Name: "var.boundary"})
	w.symbol(policy.Symbol{Kind: policy.SymbolUnknown, Name: "unknown"})
	w.symbol(policy.Symbol{Kind: policy.SymbolSpread, Name: "more"})
	w.symbol(policy.Symbol{Kind: policy.SymbolReference, Name: "random", Address: "random_id.x", Attribute: "hex"})
	w.symbol(policy.Symbol{Kind: policy.SymbolChoice, Name: "either", Alternatives: []policy.Text{
		policy.Literal("arn:aws:iam::111122223333:policy/Dev"), policy.Literal("arn:aws:iam::111122223333:policy/Ops"),
	}})
	create := func(condition string) string {
		return one(`{"Effect":"Allow","Action":"iam:CreateRole","Resource":"arn:aws:iam::111122223333:role/app-*"` + condition + `}`)
	}
	equals := func(value string) string {
		return create(`,"Condition":{"StringEquals":{"iam:PermissionsBoundary":` + value + `}}`)
	}
	for _, c := range []struct {
		name, policy, approved string
		want                   Verdict
	}{
		{"the approved reference", equals(`"<boundary>"`), "<boundary>", Denied},
		{"the approved reference by its composed ARN", equals(`"arn:aws:iam::<account>:policy/Dev"`), "arn:aws:iam::<account>:policy/Dev", Denied},
		{"a literal account for the unknown one", equals(`"arn:aws:iam::111122223333:policy/Dev"`), "arn:aws:iam::<account>:policy/Dev", Denied},
		{"another reference", equals(`"<other>"`), "<boundary>", Undetermined},
		{"a reference under an ARN operator", create(`,"Condition":{"ArnLike":{"iam:PermissionsBoundary":"<boundary>"}}`), "<boundary>", Denied},
		{"a variable that is approved, under an ARN operator", create(`,"Condition":{"ArnEquals":{"iam:PermissionsBoundary":"<var.boundary>"}}`), "<var.boundary>", Denied},
		{"a variable under an ARN operator", create(`,"Condition":{"ArnEquals":{"iam:PermissionsBoundary":"<var.boundary>"}}`), "<boundary>", Undetermined},
		{"an unknown value", equals(`"<unknown>"`), "<boundary>", Undetermined},
		{"an unknown value beside the approved one", equals(`["<boundary>","<unknown>"]`), "<boundary>", Undetermined},
		{"more values", equals(`["<boundary>","<more>"]`), "<boundary>", Undetermined},
		{"no condition beside a hidden one", create(``), "<boundary>", Allowed},
		{"an alternative that is not approved", equals(`"<either>"`), "arn:aws:iam::111122223333:policy/Dev", Undetermined},
		{"no alternative is approved", equals(`"<either>"`), "arn:aws:iam::111122223333:policy/Third", Allowed},
		{"a deny of all but the approved reference", one(`{"Effect":"Allow","Action":"iam:*","Resource":"*"},{"Effect":"Deny","Action":"iam:CreateRole","Resource":"*","Condition":{"StringNotEquals":{"iam:PermissionsBoundary":"<boundary>"}}}`), "<boundary>", Denied},
		{"a deny on a role of an unknown name", one(`{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*"},{"Effect":"Deny","Action":"iam:CreateRole","Resource":"arn:aws:iam::111122223333:role/prod-<random>"}`), "<boundary>", Allowed},
		{"a deny on an unknown resource", one(`{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*"},{"Effect":"Deny","Action":"iam:CreateRole","Resource":"<unknown>"}`), "<boundary>", Undetermined},
		{"a deny of unknown actions", one(`{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*"},{"Effect":"Deny","Action":["<unknown>"],"Resource":"*"}`), "<boundary>", Undetermined},
		{"a deny on a policy", one(`{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*"},{"Effect":"Deny","Action":"iam:*","Resource":"<boundary>"}`), "<boundary>", Allowed},
		{"a role of a partly unknown name", one(`{"Effect":"Allow","Action":"iam:CreateRole","Resource":"arn:aws:iam::111122223333:role/app-<random>"}`), "<boundary>", Allowed},
		{"a role that is a reference", one(`{"Effect":"Allow","Action":"iam:CreateRole","Resource":"<role>"}`), "<boundary>", Allowed},
		{"a role whose name is a reference", one(`{"Effect":"Allow","Action":"iam:CreateRole","Resource":"arn:aws:iam::111122223333:role/<random>"}`), "<boundary>", Allowed},
		{"two denies with one value each", one(`{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*"},{"Effect":"Deny","Action":"iam:CreateRole","Resource":"*","Condition":{"StringNotEquals":{"iam:PermissionsBoundary":"arn:aws:iam::111122223333:policy/A"}}},{"Effect":"Deny","Action":"iam:CreateRole","Resource":"*","Condition":{"StringNotEquals":{"iam:PermissionsBoundary":"arn:aws:iam::111122223333:policy/B"}}}`), "arn:aws:iam::111122223333:policy/<random>", Denied},
		{"an unknown resource", one(`{"Effect":"Allow","Action":"iam:CreateRole","Resource":"<unknown>"}`), "<boundary>", Undetermined},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &Principal{Kind: KindRole, ARN: w.text("arn:aws:iam::<account>:role/app-developer"), Identity: []*Policy{w.policy(t, c.policy)}}
			u := &Universe{Partition: policy.Literal("aws"), Account: policy.SymbolText(account), Approved: []Approved{{ARN: w.text(c.approved)}}}
			got := CanCreateWithoutBoundary(p, u, Role)
			if got.Verdict != c.want {
				t.Errorf("got %v, want %v; %v %v", got.Verdict, c.want, got.Witness, got.Reasons)
			}
			t.Log(got.Witness, got.Reasons, got.AssumedAccount)
		})
	}
}

// TestUnknownAccount takes a literal account for the holder's own.
func TestUnknownAccount(t *testing.T) {
	var w world
	account := w.symbol(policy.Symbol{Kind: policy.SymbolAccount, Name: "account"})
	p := &Principal{Kind: KindRole, ARN: w.text("arn:aws:iam::<account>:role/app-developer")}
	u := &Universe{Partition: policy.Literal("aws"), Account: policy.SymbolText(account)}
	p.Identity = []*Policy{w.policy(t, one(`{"Effect":"Allow","Action":"iam:CreateRole","Resource":"arn:aws:iam::444455556666:role/*"}`))}
	answer := Search(p, u, &Query{Actions: []string{"iam:CreateRole"}})
	if answer.Verdict != Allowed || answer.AssumedAccount != "444455556666" {
		t.Errorf("got %+v", answer)
	}
	p.Identity = []*Policy{w.policy(t, one(`{"Effect":"Allow","Action":"iam:CreateRole","Resource":"arn:aws:iam::<account>:role/app-*"}`))}
	answer = Search(p, u, &Query{Actions: []string{"iam:CreateRole"}})
	if answer.Verdict != Allowed || answer.AssumedAccount != "" {
		t.Fatalf("got %+v", answer)
	}
	if got := answer.Witness.Resource.String(); got != "arn:aws:iam::<account>:role/app-x" {
		t.Errorf("the witness acts on %s", got)
	}
}

// TestUnknownVersion: in a document of version 2008-10-17 a policy variable is
// plain text (IAM User Guide, JSON policy elements: Version).
func TestUnknownVersion(t *testing.T) {
	var w world
	w.symbol(policy.Symbol{Kind: policy.SymbolVariable, Name: "var.version"})
	const home = `"arn:aws:s3:::home/${aws:username}/*"`
	for _, c := range []struct {
		version, resource string
		want              Verdict
	}{
		{"2012-10-17", home, Allowed},
		{"<var.version>", home, Undetermined},
		{"<var.version>", `"arn:aws:s3:::home/*"`, Allowed},
	} {
		p := &Principal{Kind: KindUser, ARN: policy.Literal("arn:aws:iam::111122223333:user/dev")}
		p.Identity = []*Policy{w.policy(t, `{"Version":"`+c.version+`","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":`+c.resource+`}]}`)}
		u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333")}
		got := Search(p, u, &Query{Actions: []string{"s3:GetObject"}})
		if got.Verdict != c.want {
			t.Errorf("%s, %s: got %v %v, want %v", c.version, c.resource, got.Verdict, got.Reasons, c.want)
		}
		if got.Verdict == Undetermined && (got.Reasons[0].Symbol == nil || got.Reasons[0].Symbol.Name != "var.version") {
			t.Errorf("the reason is %+v", got.Reasons)
		}
	}
}
