package policy

import (
	"slices"
	"strings"
	"testing"
)

func TestParseWithSymbols(t *testing.T) {
	var syms Symbols
	unknown := syms.Intern(Symbol{Kind: SymbolUnknown, Name: "var.x"})
	tok := syms.Token(unknown)
	parse := func(src string, kind Kind) (*Document, Diagnostics) {
		return Parse(strings.ReplaceAll(src, "@", tok), &syms, ParseOptions{Kind: kind})
	}

	for _, src := range []string{
		"@", " @\n", `"@"`, `{"Statement":"@"}`, `{"Statement":@}`, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow"}],@}`,
		`{"@":1}`, `{"Statement":[{"Effect":"Allow" @`, `{"Statement":[]}@`, `{@}`, `@]}`, `{@: "x"}`,
	} {
		doc, diags := parse(src, IdentityPolicy)
		if doc.Unknown != unknown || len(doc.Statements) != 0 || doc.Invalid || len(diags) != 0 {
			t.Errorf("%s: %+v %+v", src, doc, diags)
		}
	}

	const allow = `"Effect":"Allow","Action":"*","Resource":"*"`
	t.Run("statements", func(t *testing.T) {
		for _, src := range []string{
			`{"Statement":[{` + allow + `},"@"]}`,
			`{"Statement":[{` + allow + `},@]}`,
			`{"Statement":[{` + allow + `}@]}`,
			`{"Statement":[{` + allow + `},{"@":"x"}]}`,
			`{"Statement":[{` + allow + `},{` + allow + `,@}]}`,
			`{"Statement":[{` + allow + `},{` + allow + ` @}]}`,
		} {
			doc, diags := parse(src, IdentityPolicy)
			if len(diags) > 0 || len(doc.Statements) != 2 {
				t.Errorf("%s: %+v", src, diags)
				continue
			}
			s := doc.Statements[1]
			if s.Unknown == nil || s.Effect != EffectUnknown || s.EffectText.Symbol() == nil || len(s.Action) != 1 || s.Action[0].Text.IsKnown() {
				t.Errorf("%s: %+v", src, s)
			}
		}
		doc, _ := parse(`{"Statement":["@"]}`, TrustPolicy)
		if s := doc.Statements[0]; s.Principal == nil || s.Principal.Unknown == nil || s.Resource != nil || s.Maybe != nil {
			t.Errorf("hidden trust statement: %+v", s)
		}
		doc, _ = parse(`{"Statement":[@ {`+allow+`}]}`, IdentityPolicy)
		if len(doc.Statements) != 2 || doc.Statements[0].Maybe == nil {
			t.Errorf("a template may bring statements of its own: %+v", doc)
		}
	})

	t.Run("elements", func(t *testing.T) {
		doc, diags := parse(`{"Version":"2012-10-17","Statement":[{"Effect":"@","Sid":"@","Action":"@","Resource":["arn:aws:iam::@:role/x", @, "@"],
			"Condition":{"@":{"aws:a":"b"},"StringEquals":@,"Bool":{"@:sub":"true","aws:b":@,"aws:c":[@]}}}]}`, IdentityPolicy)
		if len(diags) > 0 || doc.Unknown != nil {
			t.Fatalf("%+v %+v", doc, diags)
		}
		s := doc.Statements[0]
		if s.Effect != EffectUnknown || s.EffectText.Symbol() != unknown || s.Action[0].Text.Symbol() != unknown {
			t.Errorf("statement: %+v", s)
		}
		if got := s.Resource[0].Text.String(); got != "arn:aws:iam::<var.x>:role/x" {
			t.Errorf("resource: %s", got)
		}
		if got := s.Resource[1].Text.Symbol(); got.Kind != SymbolSpread {
			t.Errorf("a token outside of strings may be any number of entries: %+v", got)
		}
		if s.Resource[2].Text.Symbol() != unknown {
			t.Errorf("a token inside a string is that string: %+v", s.Resource[2])
		}
		if len(s.Condition) != 5 || s.Condition[1].Key.IsKnown() || s.Condition[2].Key.String() != "<var.x>:sub" || s.Condition[3].Values[0].Text.Symbol().Kind != SymbolSpread {
			t.Errorf("conditions: %+v", s.Condition)
		}
		doc, _ = parse(`{"Statement":[{`+allow+`,"Condition":"@"}]}`, IdentityPolicy)
		if c := doc.Statements[0].Condition; len(c) != 1 || c[0].Operator.IsKnown() || c[0].Key.IsKnown() {
			t.Errorf("hidden Condition: %+v", c)
		}
	})

	t.Run("members", func(t *testing.T) {
		// A template may bring the commas of what it brings.
		for src, want := range map[string]int{
			`{@ "aws:a":"true"}`: 2, `{@,"aws:a":"true"}`: 2, `{"aws:a":"true" @}`: 2, `{"aws:a":"true",@}`: 2, `{@}`: 1, `{@,}`: 1, `{@ @}`: 1,
		} {
			doc, diags := parse(`{"Statement":[{`+allow+`,"Condition":{"Bool":`+src+`}}]}`, IdentityPolicy)
			if c := doc.Statements[0].Condition; len(diags) > 0 || len(c) != want || c[0].Operator.String() != "Bool" || c[0].Key.IsKnown() {
				t.Errorf("%s: %+v %v", src, c, diags)
			}
		}
		for _, src := range []string{`{"aws:a":"true",}`, `{"aws:a":"true" "aws:b":"true"}`} {
			if _, diags := parse(`{"Statement":[{`+allow+`,"Condition":{"Bool":`+src+`}}]}`, IdentityPolicy); !diags.HasErrors() {
				t.Errorf("%s: no error", src)
			}
		}
	})

	t.Run("principals", func(t *testing.T) {
		for _, src := range []string{`"@"`, `@`, `{@}`, `{"@":"x"}`} {
			doc, diags := parse(`{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":`+src+`}}`, TrustPolicy)
			if len(diags) > 0 || doc.Statements[0].Principal.Unknown == nil {
				t.Errorf("%s: %+v %+v", src, doc.Statements[0].Principal, diags)
			}
		}
		doc, diags := parse(`{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":["@","arn:aws:iam::@:root"]}}}`, TrustPolicy)
		if len(diags) > 0 || len(doc.Statements[0].Principal.Entries) != 2 {
			t.Errorf("%+v %+v", doc.Statements[0].Principal, diags)
		}
	})

	t.Run("nobody spells a symbol", func(t *testing.T) {
		doc, _ := parse(`{"Statement":{"Effect":"Allow","Action":"\udbff\udffc0\udbff\udffd","Resource":"*"}}`, IdentityPolicy)
		if x := doc.Statements[0].Action[0].Text; !x.IsKnown() || ContainsToken(x.String()) {
			t.Errorf("an escape made the symbol %v", x)
		}
	})

	t.Run("start", func(t *testing.T) {
		doc, _ := Parse("{\n \"Statement\":{}}", nil, ParseOptions{Start: Pos{Byte: 100, Line: 10, Column: 5}})
		if got, want := doc.Range.Start, (Pos{100, 10, 5}); got != want {
			t.Errorf("got %+v", got)
		}
		if got, want := doc.Statements[0].Range.Start, (Pos{115, 11, 14}); got != want {
			t.Errorf("got %+v", got)
		}
	})
}

// TestSplitARN splits texts in which symbols and literals alternate in every
// way, and puts them together again.
func TestSplitARN(t *testing.T) {
	a, b := &Symbol{Name: "a"}, &Symbol{Name: "b"}
	pieces := []Part{{Symbol: a}, {Symbol: b}, {Literal: ":"}, {Literal: "x"}, {Literal: "arn:aws:iam::"}, {Literal: ":role/x"}, {Literal: "${aws:u}"}}
	count := len(pieces)
	for n := range count * count * count * count {
		var x Text
		for range 4 {
			x = Concat(x, NewText(pieces[n%count]))
			n /= count
		}
		parts := SplitARN(x)
		again := parts[0]
		for i, p := range parts[1:] {
			again = Concat(again, Literal(":"), p)
			if before := parts[i].Parts(); slices.ContainsFunc(before, func(p Part) bool { return p.Symbol == nil && colon(p.Literal) >= 0 }) {
				t.Fatalf("%s: a colon is left in %s", x, parts[i])
			}
		}
		last := parts[len(parts)-1].Parts()
		colons := slices.ContainsFunc(last, func(p Part) bool { return p.Symbol == nil && colon(p.Literal) >= 0 })
		if !again.Equal(x) || len(parts) > arnParts || colons && len(parts) < arnParts {
			t.Fatalf("%s: %q", x, parts)
		}
	}
}

// TestSymbolsAs gives two readings their symbols in common, but for choices
// between other texts.
func TestSymbolsAs(t *testing.T) {
	var syms Symbols
	choice := func(scope string, of ...Text) *Symbol {
		return syms.Intern(Symbol{Kind: SymbolChoice, Name: "x", Scope: scope, Alternatives: of})
	}
	variable := func(scope string) *Symbol {
		return syms.Intern(Symbol{Kind: SymbolVariable, Name: "var.x", Scope: scope})
	}
	first, which := variable("after"), choice("after", Literal("a"), Literal("b"))
	if variable("before") == first {
		t.Error("two inputs have a variable in common")
	}
	syms.As(func(_ SymbolKind, scope string) string { return strings.Replace(scope, "before", "after", 1) })
	if variable("before") != first || choice("before", Literal("a"), Literal("b")) != which {
		t.Error("two readings have nothing in common")
	}
	if choice("before", Literal("a"), Literal("c")) == which {
		t.Error("a choice between other texts is the same")
	}
}
