package authz

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// TestChoices decides requests by policies in which a text is one of two, as
// of an undecided conditional of Terraform. The answer is known where both
// give the same. In one of them, * and ? are wildcards and a policy variable
// is a variable, which may have any value or none (IAM User Guide, policy
// variables), unless the version of the policy knows none.
func TestChoices(t *testing.T) {
	for _, c := range []struct {
		name, first, second string
		resource            string
		want                Verdict
	}{
		{"both", "e*", "ev?", "eve", Allowed},
		{"the first", "eve", "b*", "eve", Undetermined},
		{"the second", "b*", "eve", "eve", Undetermined},
		{"none", "b*", "eve/*", "eve", Denied},
		{"a variable", "${aws:username}", "bob", "eve", Undetermined},
		{"a variable, within what does not match", "${aws:username}/x", "bob", "eve", Denied},
		{"a variable, within what matches", "${aws:username}/x", "eve/*", "eve/x", Undetermined},
		{"the text of a variable in version 2008", "${aws:username}", "bob", "eve", Denied},
		{"a text with the same letters in version 2008", "${aws:username}", "$*", "${aws:username}", Allowed},
	} {
		t.Run(c.name, func(t *testing.T) {
			var w world
			w.symbol(policy.Symbol{Kind: policy.SymbolChoice, Name: "either", Alternatives: []policy.Text{policy.Literal(c.first), policy.Literal(c.second)}})
			p := parsePrincipal("arn:aws:iam::111122223333:user/eve")
			for _, src := range []string{
				one(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::homes/<either>"}`),
				one(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"},{"Effect":"Deny","Action":"s3:GetObject","NotResource":"arn:aws:s3:::homes/<either>"}`),
			} {
				if strings.HasSuffix(c.name, "2008") {
					src = strings.Replace(src, "2012-10-17", "2008-10-17", 1)
				}
				p.Identity = []*Policy{w.policy(t, src)}
				r := &Request{Principal: p, Action: "s3:GetObject", Resource: policy.Literal("arn:aws:s3:::homes/" + c.resource)}
				if got := Decide(r); got.Verdict != c.want {
					t.Errorf("%s: got %v, want %v", src, got.Verdict, c.want)
				}
			}
		})
	}
}

// TestChosenResources decides requests on a resource of which the name is one
// of two: the answer is known where it is the same for both, and the same text
// in the policy is the same one.
func TestChosenResources(t *testing.T) {
	for _, c := range []struct {
		name, pattern string
		first, second string
		want          Verdict
	}{
		{"both", "e*", "eve", "eva", Allowed},
		{"the first", "eve", "eve", "bob", Undetermined},
		{"the second", "eve", "bob", "eve", Undetermined},
		{"none", "alice", "bob", "eve", Denied},
		{"the same", "<either>", "bob", "eve", Allowed},
		{"the same and more", "<either>/*", "bob", "eve", Denied},
		{"the same or more", "<either>*", "bob", "eve", Allowed},
		{"what it may be the beginning of", "*<either>", "b", "bb", Allowed},
	} {
		t.Run(c.name, func(t *testing.T) {
			var w world
			w.symbol(policy.Symbol{Kind: policy.SymbolChoice, Name: "either", Alternatives: []policy.Text{policy.Literal(c.first), policy.Literal(c.second)}})
			p := parsePrincipal("arn:aws:iam::111122223333:user/eve")
			p.Identity = []*Policy{w.policy(t, one(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::homes/`+c.pattern+`"}`))}
			r := &Request{Principal: p, Action: "s3:GetObject", Resource: w.text("arn:aws:s3:::homes/<either>")}
			if got := Decide(r); got.Verdict != c.want {
				t.Errorf("got %v, want %v", got.Verdict, c.want)
			}
		})
	}
}

// TestManyChoices: of many undecided texts at once not all readings are tried,
// and then the answer is open.
func TestManyChoices(t *testing.T) {
	for n, want := range map[int]Verdict{1: Denied, 4: Denied, 6: Undetermined} {
		var w world
		pattern := "arn:aws:s3:::homes/"
		for i := range n {
			name := string(rune('a' + i))
			w.symbol(policy.Symbol{Kind: policy.SymbolChoice, Name: name, Alternatives: []policy.Text{policy.Literal("x"), policy.Literal("y")}})
			pattern += "<" + name + ">"
		}
		p := parsePrincipal("arn:aws:iam::111122223333:user/eve")
		p.Identity = []*Policy{w.policy(t, one(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"`+pattern+`-"}`))}
		r := &Request{Principal: p, Action: "s3:GetObject", Resource: policy.Literal("arn:aws:s3:::homes/zz-")}
		if got := Decide(r); got.Verdict != want {
			t.Errorf("%d choices: got %v, want %v", n, got.Verdict, want)
		}
	}
}
