package authz

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

type reasonCase struct {
	statement string
	context   map[string][]string
	want      string // of the last reason, "" for a decision
	symbol    string
}

// reasons is how many there are: that the document is refused is one more.
func (c reasonCase) reasons() int {
	if strings.Contains(c.want, "no condition operator") || strings.Contains(c.want, "not documented") {
		return 2
	}
	return 1
}

// TestReasons: whatever leaves a decision open is told, with the symbol that
// hides it, and nothing else is.
func TestReasons(t *testing.T) {
	hidden := &policy.Symbols{}
	token := func(name string) string {
		return hidden.Token(hidden.Intern(policy.Symbol{Name: name, References: []string{name}}))
	}
	for name, c := range map[string]reasonCase{
		"nothing":               {`"Action":"iam:CreateRole","Resource":"*"`, nil, "", ""},
		"an action":             {`"Action":["s3:*","` + token("var.action") + `"],"Resource":"*"`, nil, "an action is not known", "var.action"},
		"an action beside":      {`"Action":["iam:CreateRole","` + token("var.action") + `"],"Resource":"*"`, nil, "", ""},
		"an excepted action":    {`"NotAction":["s3:*","` + token("var.action") + `"],"Resource":"*"`, nil, "an action is not known", "var.action"},
		"a pattern of services": {`"Action":"ia?:CreateRole","Resource":"*"`, nil, "it is not documented what the action ia?:createrole matches", ""},
		"a resource":            {`"Action":"*","Resource":["arn:aws:s3:::b","arn:aws:iam::111122223333:role/` + token("var.role") + `"]`, nil, "the resource arn:aws:iam::111122223333:role/<var.role> is not known", "var.role"},
		"a resource beside":     {`"Action":"*","Resource":["*","arn:aws:iam::111122223333:role/` + token("var.role") + `"]`, nil, "", ""},
		"a short ARN":           {`"Action":"*","Resource":"arn:aws:iam::111122223333"`, nil, "AWS does not document whether arn:aws:iam::111122223333 matches", ""},
		"a variable of nothing": {`"Action":"*","NotResource":"arn:aws:iam::111122223333:role/${aws:username}"`, nil, "a policy variable of NotResource has no value", ""},
		"a condition's key":     {`"Action":"*","Resource":"*","Condition":{"StringEquals":{"` + token("var.key") + `":"x"}}`, nil, "a condition is not known", "var.key"},
		"a condition's operator": {
			`"Action":"*","Resource":"*","Condition":{"` + token("var.operator") + `":{"aws:RequestTag/t":"x"}}`, nil, "a condition is not known", "var.operator",
		},
		"no operator":          {`"Action":"*","Resource":"*","Condition":{"StringsEqual":{"aws:RequestTag/t":"x"}}`, nil, "there is no condition operator StringsEqual", ""},
		"a condition's value":  {`"Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:RequestTag/t":["y","` + token("var.value") + `"]}}`, map[string][]string{"aws:RequestTag/t": {"x"}}, "a value for aws:RequestTag/t is not known", "var.value"},
		"a value that is met":  {`"Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:RequestTag/t":["x","` + token("var.value") + `"]}}`, map[string][]string{"aws:RequestTag/t": {"x"}}, "", ""},
		"several values":       {`"Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:TagKeys":"a"}}`, map[string][]string{"aws:TagKeys": {"a", "b"}}, "aws:TagKeys holds several values, and AWS does not document what StringEquals does", ""},
		"a star in a variable": {`"Action":"*","Resource":"*","Condition":{"StringLike":{"aws:RequestTag/t":"${aws:PrincipalTag/x}"}}`, map[string][]string{"aws:RequestTag/t": {"ab"}, "aws:PrincipalTag/x": {"a*"}}, "the value of a policy variable for aws:RequestTag/t is not known", ""},
		"no ARN":               {`"Action":"*","Resource":"*","Condition":{"ArnNotLike":{"aws:SourceArn":"arn:aws:s3:::b"}}`, map[string][]string{"aws:SourceArn": {"b"}}, "AWS does not document how ArnNotLike on aws:SourceArn is read here", ""},
		"two doubts of a kind": {`"Action":["` + token("var.action") + `","` + token("var.action") + `"],"Resource":"*"`, nil, "an action is not known", "var.action"},
	} {
		doc, _ := policy.Parse(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow",`+c.statement+`}]}`, hidden, policy.ParseOptions{Kind: policy.IdentityPolicy})
		p := parsePrincipal("arn:aws:iam::111122223333:role/holder")
		p.Identity = []*Policy{Compile(doc)}
		x := Explain(&Request{Principal: p, Action: "iam:CreateRole", Resource: policy.Literal("arn:aws:iam::111122223333:role/x"), Context: newContext(c.context)})
		if c.want == "" {
			if x.Verdict == Undetermined || len(x.Reasons) > 0 {
				t.Errorf("%s: %v because of %v", name, x.Verdict, x.Reasons)
			}
			continue
		}
		if x.Verdict != Undetermined || !strings.Contains(x.Reasons[len(x.Reasons)-1].Text, c.want) || len(x.Reasons) != c.reasons() {
			t.Errorf("%s: %v because of %v, want %s", name, x.Verdict, x.Reasons, c.want)
			continue
		}
		if s := x.Reasons[len(x.Reasons)-1].Symbol; (c.symbol == "") != (s == nil) || s != nil && s.Name != c.symbol {
			t.Errorf("%s: the symbol is %v, want %q", name, s, c.symbol)
		}
	}
}

// TestNamingReasons: where it is open whom a resource-based policy names, the
// reason says so.
func TestNamingReasons(t *testing.T) {
	var w world
	w.symbol(policy.Symbol{Kind: policy.SymbolVariable, Name: "var.reader"})
	for principal, want := range map[string]Verdict{
		`"*"`: Allowed, `{"AWS":"<var.reader>"}`: Undetermined, `{"AWS":"arn:aws:iam::111122223333:role/other"}`: Denied,
		`{"AWS":["<var.reader>","*"]}`: Allowed,
	} {
		doc, diags := policy.Parse(w.encode(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":`+principal+`,"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}`),
			&w.Symbols, policy.ParseOptions{Kind: policy.ResourcePolicy})
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		x := Explain(&Request{
			Principal: parsePrincipal("arn:aws:iam::111122223333:role/holder"), Action: "s3:GetObject",
			Resource: policy.Literal("arn:aws:s3:::b/x"), ResourcePolicy: Compile(doc),
		})
		told := len(x.Reasons) == 1 && x.Reasons[0].Text == "it is not certain that its principal element names the caller"
		if x.Verdict != want || told != (want == Undetermined) {
			t.Errorf("%s: %v because of %v, want %v", principal, x.Verdict, x.Reasons, want)
		}
	}
}

// TestExplainedLayers: each layer is there in its order, with the statements
// that apply.
func TestExplainedLayers(t *testing.T) {
	p := parsePrincipal("arn:aws:iam::111122223333:role/holder")
	allows := parsedText(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"Allow","Action":"iam:*","Resource":"*"}]}`, policy.IdentityPolicy)
	denies := parsedText(t, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"iam:Create*","Resource":"*"}]}`, policy.IdentityPolicy)
	p.SCPs = [][]*Policy{{allows}, {denies}}
	p.Identity = []*Policy{allows, {hidden: &policy.Symbol{Name: "var.policy"}}}
	p.Boundary = allows
	x := Explain(&Request{Principal: p, Action: "iam:CreateRole", Resource: policy.Literal("arn:aws:iam::111122223333:role/x")})
	var got []string
	for _, l := range x.Layers {
		line := string(l.Layer) + " " + l.Allow.String() + " " + l.Deny.String()
		for _, s := range l.Statements {
			line += " " + string(rune('1'+s.Statement))
			if !s.Certain {
				line += "?"
			}
		}
		got = append(got, line)
	}
	want := "service control policy allowed denied 2\nservice control policy allowed allowed 1 2\nidentity-based policy allowed undetermined 2 0?\npermissions boundary allowed denied 2"
	if all := strings.Join(got, "\n"); x.Verdict != Denied || all != want {
		t.Errorf("%v\n%s\nwant\n%s", x.Verdict, all, want)
	}
}
