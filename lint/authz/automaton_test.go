package authz

import (
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// TestSymbolInAWord: what is hidden in a word may be any text that such a thing
// can be. The id of an account is of digits (AWS Account Management Reference,
// view AWS account identifiers).
func TestSymbolInAWord(t *testing.T) {
	account := &policy.Symbol{Kind: policy.SymbolAccount, Name: "account"}
	region := &policy.Symbol{Kind: policy.SymbolRegion, Name: "region"}
	variable := &policy.Symbol{Kind: policy.SymbolVariable, Name: "var.x"}
	for _, c := range []struct {
		pattern string
		symbol  *policy.Symbol
		tail    string
		want    bool
	}{
		{"app-123", account, "", true},
		{"app-abc", account, "", false},
		{"app-12c", account, "", false},
		{"app-12c", account, "c", true},
		{"app-1*", account, "c", true},
		{"app-?c", account, "c", true},
		{"app-eu-west-1", region, "", true},
		{"app-EU", region, "", false},
		{"app-EU", variable, "", true},
		{"app-abc", variable, "d", false},
		{"lib-abc", variable, "", false},
	} {
		p := newPattern(policy.Literal(c.pattern), globSyntax, false)
		l := p.langOf([][]piece{p.pieces}, upper, false, &env{})[0].feed("app-")
		set := l.step(l.start, letter{s: c.symbol})
		for _, r := range c.tail {
			set = l.step(set, letter{r: r})
		}
		if got := l.accepts(set); got != c.want {
			t.Errorf("%s takes app-<%s>%s: %v", c.pattern, c.symbol.Name, c.tail, got)
		}
	}
}

// TestSymbolInAPattern: what is hidden in a pattern may be any text, and none.
func TestSymbolInAPattern(t *testing.T) {
	var w world
	w.symbol(policy.Symbol{Kind: policy.SymbolVariable, Name: "var.x"})
	w.symbol(policy.Symbol{Kind: policy.SymbolAccount, Name: "account"})
	for _, c := range []struct {
		pattern, value string
		want           policy.Truth
	}{
		{"<var.x>app", "app", policy.Maybe},
		{"<var.x>app", "my-app", policy.Maybe},
		{"<var.x>app", "apple", policy.False},
		{"app<var.x>", "app", policy.Maybe},
		{"*<var.x>b", "b", policy.Maybe},
		{"<account>-app", "123-app", policy.Maybe},
		{"<account>-app", "my-app", policy.False},
		{"<var.x>", "<var.x>", policy.True},
		{"app-<account>", "app-<var.x>", policy.Maybe},
	} {
		if got := newPattern(w.text(c.pattern), globSyntax, false).match(w.text(c.value), false, &env{}); got != c.want {
			t.Errorf("%s takes %s: %v, want %v", c.pattern, c.value, got, c.want)
		}
	}
}
