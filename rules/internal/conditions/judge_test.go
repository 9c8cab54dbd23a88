package conditions

import (
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// TestLikeStatements: what is judged once is what nothing tells apart.
func TestLikeStatements(t *testing.T) {
	t.Parallel()
	var syms policy.Symbols
	parse := func(statements string) *policy.Document {
		d, _ := policy.Parse(`{"Version":"2012-10-17","Statement":[`+statements+`]}`, &syms, policy.ParseOptions{Kind: policy.IdentityPolicy})
		return d
	}
	key := func(d *policy.Document) (string, bool) { return likeStatement(d, d.Statements[0]) }
	const (
		denied = `{"Effect":"Deny","Action":"iam:CreateRole","Resource":"*"}`
		more   = `{"Effect":"Deny","Action":"iam:CreateUser","Resource":"*"}`
		allows = `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`
	)
	base, known := key(parse(denied))
	if !known {
		t.Error("nothing is hidden in it")
	}
	if other, _ := key(parse(denied + "," + allows)); other != base {
		t.Error("what another statement allows is no matter to a Deny")
	}
	if other, _ := key(parse(denied + "," + more)); other == base {
		t.Error("another Deny may make up for it")
	}
	alone, _ := key(parse(allows))
	if other, _ := key(parse(allows + "," + denied)); other != alone {
		t.Error("a Deny is no matter to an Allow")
	}
	if old, _ := likeStatement(&policy.Document{Version: policy.Literal("2008-10-17"), Statements: parse(denied).Statements}, parse(denied).Statements[0]); old == base {
		t.Error("without variables it is another statement")
	}
	maybe := parse(denied)
	maybe.Statements[0].Maybe = &policy.Symbol{Name: "var.on"}
	if _, known := key(maybe); known {
		t.Error("whether there is such a statement is hidden")
	}
	hidden := parse(denied)
	hidden.Statements[0].Resource = []policy.Element{{Text: policy.SymbolText(&policy.Symbol{Name: "var.r"})}}
	if _, known := key(hidden); known {
		t.Error("its resource is hidden")
	}
}

// TestChoicesIn finds the choices of a condition, each once.
func TestChoicesIn(t *testing.T) {
	t.Parallel()
	choice := func(name string, of ...string) policy.Text {
		s := &policy.Symbol{Kind: policy.SymbolChoice, Name: name}
		for _, x := range of {
			s.Alternatives = append(s.Alternatives, policy.Literal(x))
		}
		return policy.SymbolText(s)
	}
	operator, value, empty := choice("op", "StringEquals", "StringLike"), choice("v", "a", "b"), choice("none")
	c := &policy.Condition{Operator: operator, Values: []policy.Element{
		{Text: value}, {Text: policy.Literal("x")}, {Text: value}, {Text: empty}, {Text: policy.SymbolText(&policy.Symbol{Name: "var.x"})},
	}}
	got := choicesIn(c)
	if len(got) != 2 || got[0].Name != "op" || got[1].Name != "v" {
		t.Errorf("%v", got)
	}
}

// TestCovers: which actions a statement speaks of, and which it names.
func TestCovers(t *testing.T) {
	t.Parallel()
	elements := func(names ...string) (list []policy.Element) {
		for _, n := range names {
			list = append(list, policy.Element{Text: policy.Literal(n)})
		}
		return list
	}
	hidden := []policy.Element{{Text: policy.SymbolText(&policy.Symbol{Name: "var.a"})}}
	for _, c := range []struct {
		action, notAction []policy.Element
		covers, names     bool
	}{
		{elements("iam:CreateRole"), nil, true, true},
		{elements("IAM:createrole"), nil, true, true},
		{elements("iam:Create*"), nil, true, true},
		{elements("iam:*"), nil, true, false},
		{elements("*"), nil, true, false},
		{elements("iam:??????????"), nil, true, false},
		{elements("iam:CreateUser"), nil, false, false},
		{hidden, nil, false, false},
		{nil, elements("iam:CreateUser"), true, false},
		{nil, elements("iam:Create*"), false, false},
	} {
		j := &conditionJudge{statement: &policy.Statement{Action: c.action, NotAction: c.notAction}}
		if covers, names := j.covers("iam:CreateRole"), j.names("iam:CreateRole"); covers != c.covers || names != c.names {
			t.Errorf("%v %v: covers %v, names %v", c.action, c.notAction, covers, names)
		}
	}
}
