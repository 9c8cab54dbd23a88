package policy

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzParse looks for panics, and for places that are not in the source.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`{"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Allow","Action":["iam:*"],"Resource":"*","Condition":{"Null":{"aws:a":true}}}]}`,
		`{"Statement":{"Effect":"Deny","NotAction":"*","Principal":{"AWS":"*"}}}`, "\uFEFF{}", `{"a":"\ud800\u0041"}`, `[1,-0.5e+3,null,`,
		`{"Statement":[` + tokenOpen + "0" + tokenClose + `]}`, strings.Repeat("[", 70), `{"Statement":{"Resource":"arn:aws:iam::${a:b}:x"}}`,
	} {
		f.Add(seed, uint8(IdentityPolicy))
		f.Add(seed, uint8(TrustPolicy))
	}
	f.Fuzz(func(t *testing.T, src string, kind uint8) {
		var syms Symbols
		syms.Intern(Symbol{Kind: SymbolUnknown, Name: "x"})
		doc, diags := Parse(src, &syms, ParseOptions{Kind: Kind(kind % 5)})
		inside := func(r Range) {
			if r.Start.Byte < 0 || r.End.Byte > len(src) || r.Start.Byte > r.End.Byte || r.Start.Line < 1 || r.Start.Column < 1 {
				t.Fatalf("range %+v is not in the source", r)
			}
		}
		for i, d := range diags {
			inside(d.Range)
			if d.Summary == "" || d.Error && !doc.Invalid || i > 0 && d.Range.Start.Byte < diags[i-1].Range.Start.Byte {
				t.Fatalf("%+v", d)
			}
		}
		for i, s := range doc.Statements {
			inside(s.Range)
			if s.Index != i {
				t.Fatalf("statement %d says it is %d", i, s.Index)
			}
		}
		if doc.Unknown == nil && !doc.Invalid && len(doc.Statements) == 0 && Kind(kind%5) != AnyPolicy {
			t.Fatal("a document without statements is accepted")
		}
	})
}

// FuzzPrint looks for documents that mean something else once printed.
func FuzzPrint(f *testing.F) {
	f.Add(`{"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Allow","Action":["iam:*"],"Resource":"*","Condition":{"Null":{"aws:a":true}}}]}`)
	f.Add(`{"Statement":[` + tokenOpen + "0" + tokenClose + `,{"Effect":"` + tokenOpen + "1" + tokenClose + `","NotAction":[],"Condition":{}}]}`)
	f.Add(`{"Statement":{"Effect":"Allow","Action":"\u0000\u2028","Principal":{"AWS":[],"Service":["a.b"]},"Condition":` + tokenOpen + "0" + tokenClose + `}}`)
	f.Fuzz(func(t *testing.T, src string) {
		var syms Symbols
		syms.Intern(Symbol{Kind: SymbolUnknown, Name: "x"})
		syms.Intern(Symbol{Kind: SymbolSpread, Name: "y"})
		doc, _ := Parse(src, &syms, ParseOptions{})
		if shown := Print(doc, PrintOptions{}); !utf8.ValidString(shown) {
			t.Fatalf("%q", shown)
		}
		if !doc.Invalid {
			roundTrip(t, doc, &syms, AnyPolicy)
		}
	})
}

// FuzzGlob compares with regular expressions.
func FuzzGlob(f *testing.F) {
	f.Add("arn:aws:iam::*:role/app-?", "arn:aws:iam::111122223333:role/app-x")
	f.Add("**?é", "aéé")
	f.Fuzz(func(t *testing.T, pattern, s string) {
		if !utf8.ValidString(pattern) || !utf8.ValidString(s) || len(pattern) > 60 {
			Glob(pattern, s)
			return
		}
		if got, want := Glob(pattern, s), globRegexp(pattern, "").MatchString(s); got != want {
			t.Fatalf("Glob(%q, %q) = %v", pattern, s, got)
		}
		if ascii(pattern) && ascii(s) {
			if got, want := GlobFold(pattern, s), globRegexp(pattern, "i").MatchString(s); got != want {
				t.Fatalf("GlobFold(%q, %q) = %v", pattern, s, got)
			}
		}
	})
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// FuzzARN checks what holds between the ways to match ARNs.
func FuzzARN(f *testing.F) {
	f.Add("arn:aws:iam::*:role/app-?", "arn:aws:iam::111122223333:role/app-x")
	f.Add("arn:aws:s3", "arn:aws:s3:::b")
	f.Add("arn:*:*:*:*:*:x", "arn:a:b:c:d:e:f:x")
	f.Fuzz(func(t *testing.T, pattern, arn string) {
		segments := MatchARNSegments(pattern, arn)
		bySegment, across := MatchResource(pattern, arn)
		if bySegment && !across {
			t.Fatal("a star that runs on can only match more")
		}
		if segments && strings.HasPrefix(pattern, "arn:") && !bySegment {
			t.Fatalf("ArnLike matches %q to %q, Resource does not", pattern, arn)
		}
		if ascii(arn) && across && strings.HasPrefix(pattern, "arn:") && arn != "*" && strings.Count(pattern, ":") >= 5 && !GlobFold(pattern, arn) {
			t.Fatalf("no reading matches more than one without parts: %q, %q", pattern, arn)
		}
		if a, ok := ParseARN(Literal(pattern)); ok && a.String() != pattern {
			t.Fatalf("%q became %q", pattern, a)
		}
		ParseTemplate(Literal(pattern), true)
	})
}

func BenchmarkParse(b *testing.B) {
	src := `{"Version":"2012-10-17","Statement":[` + strings.TrimSuffix(strings.Repeat(`{
    "Effect": "Allow",
    "Action": ["iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy"],
    "Resource": "arn:aws:iam::111122223333:role/app-*",
    "Condition": {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/boundary"}}
  },`, 10), ",") + `]}`
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		if doc, _ := Parse(src, nil, ParseOptions{Kind: IdentityPolicy}); doc.Invalid {
			b.Fatal("refused")
		}
	}
}
