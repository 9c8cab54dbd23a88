package policy

import (
	"fmt"
	"strings"
	"testing"
)

// show writes a template with {variables}, [exact] characters and symbols.
func show(t Template) string {
	var b strings.Builder
	for _, p := range t.Parts {
		switch {
		case p.Variable != nil && p.Variable.HasDefault:
			fmt.Fprintf(&b, "{%s|%s}", p.Variable.Key, p.Variable.Default)
		case p.Variable != nil:
			fmt.Fprintf(&b, "{%s}", p.Variable.Key)
		case p.Exact != "":
			b.WriteString("[" + p.Exact + "]")
		case p.Symbol != nil:
			b.WriteString("<" + p.Symbol.Name + ">")
		default:
			b.WriteString(p.Literal)
		}
	}
	return b.String()
}

func TestParseTemplate(t *testing.T) {
	var syms Symbols
	tok := syms.Token(syms.Intern(Symbol{Kind: SymbolVariable, Name: "v"}))
	tests := []struct{ src, want string }{
		{"", ""},
		{"role/x", "role/x"},
		{"user/${aws:username}", "user/{aws:username}"},
		{"${aws:PrincipalTag/team, 'none'}/*", "{aws:PrincipalTag/team|none}/*"},
		{"${aws:x,''}", "{aws:x|}"},
		{"${aws:x, 'a,b'}", "{aws:x|a,b}"},
		{"${aws:x, none}", "{aws:x, none}"},
		{"${aws:x, '}", "{aws:x, '}"},
		{"a${*}${?}${$}{b}", "a[*][?][$]{b}"},
		{"a${aws:x", "a${aws:x"},
		{"$${aws:x}", "${aws:x}"},
		{"${}", "{}"},
		{"@/${aws:x}@", "<v>/{aws:x}<v>"},
		{"${aws:PrincipalTag/@}@}", "{aws:PrincipalTag/<v>}<v>}"},
		{"${aws:x, '@'}", "{aws:x|<v>}"},
		{"a@${b", "a<v>${b"},
	}
	for _, tt := range tests {
		x := syms.Text(strings.ReplaceAll(tt.src, "@", tok))
		got := ParseTemplate(x, true)
		if show(got) != tt.want {
			t.Errorf("%s: %s, want %s", tt.src, show(got), tt.want)
		}
		if plain := ParseTemplate(x, false); show(plain) != x.String() {
			t.Errorf("%s under version 2008: %s", tt.src, show(plain))
		}
	}
}

// TestTemplateGlob: what is not known yet may be any text.
func TestTemplateGlob(t *testing.T) {
	var syms Symbols
	tok := syms.Token(syms.Intern(Symbol{Kind: SymbolVariable, Name: "v"}))
	for src, want := range map[string]string{
		"role/x": "role/x", "role/*": "role/*", "user/${aws:username}/x": "user/*/x", "@-x": "*-x", "a${*}b": "a*b", "": "",
	} {
		if got := ParseTemplate(syms.Text(strings.ReplaceAll(src, "@", tok)), true).Glob(); got != want {
			t.Errorf("%s: got %s, want %s", src, got, want)
		}
	}
}
