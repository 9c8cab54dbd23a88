package policy

import (
	"regexp"
	"strings"
	"testing"
)

// globRegexp is the other way to match a glob, for comparison.
func globRegexp(pattern string, flags string) *regexp.Regexp {
	var b strings.Builder
	for _, c := range pattern {
		switch c {
		case '*':
			b.WriteString(`(?:.*)`)
		case '?':
			b.WriteString(`.`)
		default:
			b.WriteString(regexp.QuoteMeta(string(c)))
		}
	}
	return regexp.MustCompile(`^(?s` + flags + `:` + b.String() + `)$`)
}

func TestGlob(t *testing.T) {
	tests := []struct {
		pattern, s string
		want, fold bool
	}{
		{"", "", true, true},
		{"", "a", false, false},
		{"*", "", true, true},
		{"?", "", false, false},
		{"?", "é", true, true},
		{"a?c", "aüc", true, true},
		{"??", "ü", false, false},
		{"*é", "aéé", true, true},
		{"role/dev*", "role/dev/x", true, true},
		{"iam:*Role", "iam:CreateRole", true, true},
		{"IAM:createrole", "iam:CreateRole", false, true},
		// Of letters alone case may not count: A to Z, and none beside them.
		{"iam:AZ", "IAM:az", false, true},
		{"@[`{", "`{@[", false, false},
		{"a*b*c", "axxbyyc", true, true},
		{"a*b*c", "axxbyycd", false, false},
		{"**a**", "bab", true, true},
		{"[a-z]", "[a-z]", true, true},
		{"a\\*", "a\\b", true, true},
	}
	for _, tt := range tests {
		if got := Glob(tt.pattern, tt.s); got != tt.want {
			t.Errorf("Glob(%q, %q) = %v", tt.pattern, tt.s, got)
		}
		if got := GlobFold(tt.pattern, tt.s); got != tt.fold {
			t.Errorf("GlobFold(%q, %q) = %v", tt.pattern, tt.s, got)
		}
	}
	if n := testing.AllocsPerRun(10, func() { Glob("arn:aws:iam::*:role/app-*", "arn:aws:iam::111122223333:role/app-x") }); n > 0 {
		t.Errorf("Glob allocates %v times", n)
	}
}

// Where matching is exponential, this test has no end.
func TestGlobIsNotExponential(t *testing.T) {
	if Glob(strings.Repeat("*a", 500)+"b", strings.Repeat("a", 4000)) {
		t.Error("matches")
	}
	if matchRunningStars(strings.Repeat("*:", 500)+"b", strings.Repeat("a:", 2000)) {
		t.Error("matches")
	}
}

func TestMatchARNSegments(t *testing.T) {
	tests := []struct {
		pattern, arn string
		want         bool
	}{
		{"arn:aws:iam::111122223333:role/x", "arn:aws:iam::111122223333:role/x", true},
		{"arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:role/a/b", true},
		{"arn:aws:iam::*", "arn:aws:iam::111122223333:role/x", false},
		{"arn:*:role/x", "arn:aws:iam::111122223333:role/x", false},
		{"*", "arn:aws:iam::111122223333:role/x", false},
		{"arn:aws:iam::1111?2223333:role/x", "arn:aws:iam::111122223333:role/x", true},
		{"arn:aws:iam::111122223333:ROLE/x", "arn:aws:iam::111122223333:role/x", false},
		{"arn:aws:sns:*:*:a:*", "arn:aws:sns:eu-west-1:111122223333:a:b:c", true},
		{"arn:aws:sns:*:*:*", "arn:aws:sns:eu-west-1:111122223333:a:b:c", true},
		{"arn:aws:iam::111122223333:role/x", "role/x", false},
	}
	for _, tt := range tests {
		if got := MatchARNSegments(tt.pattern, tt.arn); got != tt.want {
			t.Errorf("MatchARNSegments(%q, %q) = %v", tt.pattern, tt.arn, got)
		}
	}
}

func TestMatchResource(t *testing.T) {
	const role = "arn:aws:iam::111122223333:role/app-x"
	tests := []struct {
		pattern, arn    string
		segment, across bool
	}{
		{"*", role, true, true},
		{"*", "*", true, true},
		{"arn:aws:iam::*:role/*", "*", false, false},
		{"arn:*", role, true, true},
		{"arn:aws:iam", role, true, true},
		{"arn:aws:iam::111122223333", role, true, true},
		{"arn:aws:ia", role, false, false},
		{"arn:aws:i*", role, true, true},
		{"ARN:aws:iam::*:role/*", role, false, false},
		{"arn:AWS:IAM::*:role/app-*", role, true, true},
		{"arn:aws:iam::*:role/APP-*", role, false, false},
		{"arn:aws:iam::*:role/app-?", role, true, true},
		{"arn:aws:iam::*:role/app-?", role + "y", false, false},
		// The role's path holds a colon: the star of the account may take it.
		{"arn:aws:iam::*:x/app", "arn:aws:iam::111122223333:role/a:x/app", false, true},
		{"arn:aws:iam::1*3:x/app", "arn:aws:iam::111122223333:role/a:x/app", false, false},
		{"arn:aws:iam::*:role/app-x", role, true, true},
		{"arn:aws:*:role/app-x", role, false, true},
		{"arn:aws:*:*:role/app-x", role, false, true},
		{"arn:aws:i*m:*:role/app-x", role, false, true},
		{"arn:aws:*m:role/app-x", role, false, false},
		{"arn:aws:s3:::b/*:c", "arn:aws:s3:::b/a:b:c", true, true},
		{"execute-api:/*", "execute-api:/prod", true, true},
	}
	for _, tt := range tests {
		segment, across := MatchResource(tt.pattern, tt.arn)
		if segment != tt.segment || across != tt.across {
			t.Errorf("MatchResource(%q, %q) = %v, %v", tt.pattern, tt.arn, segment, across)
		}
	}
	if n := testing.AllocsPerRun(10, func() { MatchResource("arn:aws:iam::*:role/app-*", role) }); n > 0 {
		t.Errorf("a match allocates %v times", n)
	}
}

func TestParseARN(t *testing.T) {
	var syms Symbols
	account := Part{Symbol: syms.Intern(Symbol{Kind: SymbolAccount, Name: "account"})}
	name := Part{Symbol: syms.Intern(Symbol{Kind: SymbolVariable, Name: "var.name"})}
	x := NewText(Part{Literal: "arn:aws:iam::"}, account, Part{Literal: ":policy/a:"}, name, Part{Literal: ":b"})
	a, ok := ParseARN(x)
	if !ok || a.Account.Symbol() != account.Symbol || a.Resource.String() != "policy/a:<var.name>:b" || a.Service.String() != "iam" || !a.Region.IsEmpty() {
		t.Fatalf("%+v %v", a, ok)
	}
	if !a.Text().Equal(x) || a.ResourceType() != "policy" {
		t.Errorf("%s, %s", a, a.ResourceType())
	}
	a, ok = ParseARN(Literal("arn:aws:iam::${aws:PrincipalAccount}:role/${aws:username}"))
	if !ok || a.Account.String() != "${aws:PrincipalAccount}" || a.Resource.String() != "role/${aws:username}" {
		t.Errorf("%+v %v", a, ok)
	}
	for _, bad := range []Text{Literal("arn:aws:iam"), Literal(""), Literal("xrn:a:b:c:d:e"), SymbolText(account.Symbol), NewText(name, Part{Literal: ":aws:iam::1:x"})} {
		if _, ok := ParseARN(bad); ok {
			t.Errorf("%s is not an ARN", bad)
		}
	}
	if got := len(SplitARN(Literal("arn:aws:iam::${aws:x:role"))); got != 6 {
		t.Errorf("an unclosed variable hides no colons: %d parts", got)
	}
}

func TestSize(t *testing.T) {
	var syms Symbols
	n, exact := Size(Literal("{ \"a\":\t\"é b\"\r\n}"))
	if n != 10 || !exact {
		t.Errorf("%d, %v", n, exact)
	}
	n, exact = Size(NewText(Part{Literal: "ab "}, Part{Symbol: syms.Intern(Symbol{Name: "x"})}, Part{Literal: "c"}))
	if n != 3 || exact {
		t.Errorf("%d, %v", n, exact)
	}
}

func TestGlobsMeet(t *testing.T) {
	tests := []struct {
		a, b string
		want bool
	}{
		{"", "", true},
		{"", "*", true},
		{"", "?", false},
		{"*", "*", true},
		{"a*", "*b", true},
		{"a*", "b*", false},
		{"arn:*:s3:::*/*", "arn:aws:s3:::bucket", false},
		{"arn:*:s3:::*/*", "arn:aws:s3:::bucket*", true},
		{"a?c", "abc", true},
		{"a?c", "ac", false},
		{"*a*b", "ab*", true},
		{"**", "", true},
		{"x*y*z", "x?z", true},
		{"x*y*z", "xz", false},
		{"x*y*z", "x*?z", true},
	}
	for _, tt := range tests {
		if GlobsMeet(tt.a, tt.b) != tt.want || GlobsMeet(tt.b, tt.a) != tt.want {
			t.Errorf("GlobsMeet(%q, %q) is not %v", tt.a, tt.b, tt.want)
		}
	}
}
