package policy

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// bare strips every place from a document, and sorts conditions as the
// printer does: what is left is its meaning.
func bare(d *Document) *Document {
	out := *d
	out.Range = Range{}
	out.Statements = nil
	for _, s := range d.Statements {
		c := *s
		c.Range, c.SidRange, c.EffectRange = Range{}, Range{}, Range{}
		strip := func(list []Element) []Element {
			list = slices.Clone(list)
			for i := range list {
				list[i].Range = Range{}
			}
			return list
		}
		c.Action, c.NotAction = strip(s.Action), strip(s.NotAction)
		c.Resource, c.NotResource = strip(s.Resource), strip(s.NotResource)
		who := func(ps *Principals) *Principals {
			if ps == nil {
				return nil
			}
			out := *ps
			out.Range = Range{}
			out.Entries = slices.Clone(ps.Entries)
			for i := range out.Entries {
				out.Entries[i].Range = Range{}
			}
			slices.SortStableFunc(out.Entries, func(a, b Principal) int { return strings.Compare(a.Type, b.Type) })
			return &out
		}
		c.Principal, c.NotPrincipal = who(s.Principal), who(s.NotPrincipal)
		c.Condition = slices.Clone(s.Condition)
		for i := range c.Condition {
			x := &c.Condition[i]
			x.Range, x.OperatorRange, x.KeyRange = Range{}, Range{}, Range{}
			x.Values = strip(x.Values)
		}
		slices.SortStableFunc(c.Condition, func(a, b Condition) int {
			if n := strings.Compare(a.Operator.String(), b.Operator.String()); n != 0 {
				return n
			}
			return strings.Compare(a.Key.String(), b.Key.String())
		})
		out.Statements = append(out.Statements, &c)
	}
	return &out
}

// roundTrip prints and parses again, in both layouts.
func roundTrip(t *testing.T, doc *Document, syms *Symbols, kind Kind) {
	t.Helper()
	for _, indent := range []string{"", "  "} {
		printed := Print(doc, PrintOptions{Symbols: syms, Indent: indent})
		again, diags := Parse(printed, syms, ParseOptions{Kind: kind})
		if again.Invalid {
			t.Fatalf("what is printed is refused: %+v\n%s", diags, printed)
		}
		if want, got := bare(doc), bare(again); !reflect.DeepEqual(want, got) {
			t.Fatalf("the meaning changed:\n%s\nwant %+v\ngot  %+v", printed, want, got)
		}
		if twice := Print(again, PrintOptions{Symbols: syms, Indent: indent}); twice != printed {
			t.Fatalf("printing is not canonical:\n%s\n%s", printed, twice)
		}
	}
}

func TestPrint(t *testing.T) {
	var syms Symbols
	boundary := syms.Token(syms.Intern(Symbol{Kind: SymbolReference, Name: "aws_iam_policy.boundary.arn"}))
	src := `{"Statement":{"Condition":{"StringLike":{"aws:x":["b","a"]},"StringEquals":{"iam:PermissionsBoundary":"` + boundary + `"}},
		"Resource":["arn:aws:iam::111122223333:role/\u003e\"\\\u0007"],"Action":["iam:CreateRole","iam:GetRole"],"Effect":"Allow","Sid":"One"},"Version":"2012-10-17"}`
	doc, diags := Parse(src, &syms, ParseOptions{Kind: IdentityPolicy})
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	const want = `{"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Allow","Action":["iam:CreateRole","iam:GetRole"],` +
		`"Resource":"arn:aws:iam::111122223333:role/>\"\\\u0007","Condition":{"StringEquals":{"iam:PermissionsBoundary":"<aws_iam_policy.boundary.arn>"},"StringLike":{"aws:x":["b","a"]}}}]}`
	if got := Print(doc, PrintOptions{}); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	const excerpt = "{\n  \"Effect\": \"Deny\",\n  \"NotAction\": [],\n  \"Resource\": \"*\"\n}"
	if got := PrintStatement(&Statement{Effect: Deny, NotAction: []Element{}, Resource: []Element{{Text: Literal("*")}}}, PrintOptions{Indent: "  "}); got != excerpt {
		t.Errorf("got  %s\nwant %s", got, excerpt)
	}
	roundTrip(t, doc, &syms, IdentityPolicy)
}

// randomDocument draws a document of all elements, symbols included.
func randomDocument(r *rand.Rand, syms *Symbols) string {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	words := []string{
		"*", "iam:Get*", "s3:*", "arn:aws:iam::111122223333:role/app-*", "a\\\"b", "${aws:username}", "\\u00e9\\n", "",
		syms.Token(syms.Intern(Symbol{Kind: SymbolUnknown, Name: "x"})), "a" + syms.Token(syms.Intern(Symbol{Kind: SymbolAccount, Name: "account"})) + "b",
		syms.Token(syms.Intern(Symbol{Kind: SymbolSpread, Name: "many"})),
	}
	word := func() string { return `"` + pick(words...) + `"` }
	list := func() string {
		switch r.IntN(5) {
		case 0:
			return word()
		case 1:
			return "[]"
		default:
			return "[" + word() + strings.Repeat(" , "+word(), r.IntN(3)) + "]"
		}
	}
	var b strings.Builder
	b.WriteString(pick(`{`, `{"Version":"2012-10-17",`, `{"Version":"2008-10-17","Id":"i",`) + `"Statement":[`)
	for i := range r.IntN(4) {
		if i > 0 {
			b.WriteString(",")
		}
		if r.IntN(8) == 0 {
			b.WriteString(pick(`"`+words[8]+`"`, `"`+words[10]+`"`, words[8]))
			continue
		}
		b.WriteString(`{"Effect":` + pick(`"Allow"`, `"Deny"`, `"`+words[8]+`"`) + `,"` + pick("Action", "NotAction") + `":` + list())
		if r.IntN(3) > 0 {
			b.WriteString(`,"` + pick("Resource", "NotResource") + `":` + list())
		}
		if r.IntN(2) > 0 {
			b.WriteString(`,"` + pick("Principal", "NotPrincipal") + `":` + pick(`"*"`, words[8], `{"AWS":`+list()+`,"Service":`+list()+`}`))
		}
		if r.IntN(2) > 0 {
			b.WriteString(`,"Condition":{"StringLike":{"aws:z":` + list() + `,"` + words[8] + `:sub":12},"ForAllValues:ArnLikeIfExists":{"aws:a":` + list() + `}` +
				pick("", `,"Null":{"aws:b":[true,false]}`, `,"Bool":`+words[8], words[8]) + `}`)
		}
		b.WriteString(`}`)
	}
	b.WriteString(`]}`)
	return b.String()
}

func TestPrintKeepsTheMeaning(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var syms Symbols
	valid := 0
	for range 20000 {
		src := randomDocument(r, &syms)
		doc, _ := Parse(src, &syms, ParseOptions{})
		if doc.Invalid {
			continue
		}
		valid++
		roundTrip(t, doc, &syms, AnyPolicy)
	}
	if valid < 2000 {
		t.Errorf("only %d documents were valid", valid)
	}
}
