package authz

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// FuzzProduct finds words of products of globs and checks them against the
// glob matcher: what is found fulfils the constraints, and where nothing is
// found no short word does.
func FuzzProduct(f *testing.F) {
	f.Add("app-*", "*x", "*-b*", "ab-x")
	f.Add("*", "?", "a", "ab")
	f.Add("a*b*c", "*bb*", "??", "abc")
	f.Add("**a?", "a*", "*a", "?")
	f.Fuzz(func(t *testing.T, in, also, out, alphabet string) {
		for _, s := range []string{in, also, out, alphabet} {
			if len(s) > 8 || policy.ContainsToken(s) || strings.ContainsAny(s, "\ufffd") {
				t.Skip()
			}
		}
		compiled := func(glob string) []*lang {
			p := newPattern(policy.Literal(glob), globSyntax, false)
			return p.langOf([][]piece{p.pieces}, lower, false, &env{})
		}
		fulfils := func(s string) bool { return policy.Glob(in, s) && policy.Glob(also, s) && !policy.Glob(out, s) }
		atoms := []wordAtom{{langs: compiled(in), in: true}, {langs: compiled(also), in: true}, {langs: compiled(out)}}
		word, outcome := newProduct(atoms, nil, 5000).shortest(false)
		switch outcome {
		case foundWord:
			var b strings.Builder
			for _, l := range word {
				b.WriteRune(l.r)
			}
			if !fulfils(b.String()) {
				t.Fatalf("%q fulfils not: in %q, %q, not in %q", b.String(), in, also, out)
			}
		case noWord:
			letters := []rune(alphabet + "x")
			if len(letters) > 4 {
				letters = letters[:4]
			}
			var try func(prefix string, left int)
			try = func(prefix string, left int) {
				if fulfils(prefix) {
					t.Fatalf("%q was overlooked: in %q, %q, not in %q", prefix, in, also, out)
				}
				if left == 0 {
					return
				}
				for _, r := range letters {
					try(prefix+string(r), left-1)
				}
			}
			try("", 4)
		case tooManyStates:
		}
	})
}

// FuzzSearch searches any document for any action: it ends, and what it finds
// is allowed when it is decided.
func FuzzSearch(f *testing.F) {
	for _, w := range workedCases(f) {
		if w.Question == "Q1" || w.Question == "Q2" {
			f.Add(string(w.Policy), "iam:CreateRole")
		}
	}
	f.Add(tenStatements, "iam:PassRole")
	f.Add(developerBoundary, "lambda:CreateFunction")
	u := delegationUniverse()
	f.Fuzz(func(t *testing.T, src, action string) {
		if len(src) > 4096 || len(action) > 64 || strings.ContainsAny(action, "*?") {
			t.Skip()
		}
		doc, _ := policy.Parse(src, nil, policy.ParseOptions{Kind: policy.IdentityPolicy})
		p := parsePrincipal("arn:aws:iam::111122223333:role/app-holder")
		p.Identity = []*Policy{Compile(doc)}
		answer := Search(p, u, &Query{Actions: []string{action}})
		switch answer.Verdict {
		case Allowed:
			if d := Decide(answer.Witness.Request(p)); d.Verdict != Allowed {
				t.Fatalf("%v is %v", answer.Witness, d)
			}
		case Undetermined:
			if len(answer.Reasons) == 0 {
				t.Fatal("undetermined without a reason")
			}
			for _, r := range answer.Reasons {
				if strings.Contains(r.Text, "does not hold up") {
					t.Fatalf("search and evaluator differ: %v", answer)
				}
			}
		case Denied:
		}
	})
}
