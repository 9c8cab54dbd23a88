package rules

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/rules/internal/conditions"
	"github.com/boundlint/boundlint/rules/internal/fix"
)

// TestConditionVerdicts judges statements with a condition on the boundary: the
// rule says of each what is wrong, or nothing.
func TestConditionVerdicts(t *testing.T) {
	t.Parallel()
	const (
		own   = `"Condition":{"StringEquals":{"iam:PermissionsBoundary":"` + ownBoundary + `"}}`
		noOwn = `"Condition":{"StringNotEquals":{"iam:PermissionsBoundary":"` + ownBoundary + `"}}`
	)
	allow := func(action, condition string) string {
		return `{"Effect":"Allow","Action":` + action + `,"Resource":"*",` + condition + `}`
	}
	deny := func(action, condition string) string {
		return `{"Effect":"Deny","Action":` + action + `,"Resource":"*",` + condition + `}`
	}
	everything := `{"Effect":"Allow","Action":"*","Resource":"*"},`
	for name, c := range map[string]struct{ statements, want string }{
		"sound":                              {allow(`["iam:CreateRole","iam:CreateUser"]`, own), ""},
		"sound, with attaching":              {allow(`["iam:CreateRole","iam:AttachRolePolicy","iam:PutRolePolicy"]`, own), ""},
		"if it exists":                       {allow(`"iam:CreateRole"`, strings.Replace(own, "StringEquals", "StringEqualsIfExists", 1)), "met by a request without the key"},
		"if it exists, for attaching":        {allow(`"iam:AttachRolePolicy"`, strings.Replace(own, "StringEquals", "StringEqualsIfExists", 1)), "met by a request without the key"},
		"if it exists, for a user":           {allow(`"iam:CreateUser"`, strings.Replace(own, "StringEquals", "StringEqualsIfExists", 1)), "met by a request without the key"},
		"of another policy":                  {allow(`"iam:CreateRole"`, `"Condition":{"StringEquals":{"iam:PermissionsBoundary":"`+otherBoundary+`"}}`), "so that it allows"},
		"removal":                            {allow(`"iam:DeleteRolePermissionsBoundary"`, own), "the key holds the boundary that the entity has now"},
		"removal, of users":                  {allow(`"iam:DeleteUserPermissionsBoundary"`, own), "the key holds the boundary that the entity has now"},
		"removal beside creation":            {allow(`["iam:CreateRole","iam:DeleteRolePermissionsBoundary"]`, own), "the key holds the boundary that the entity has now"},
		"swapping":                           {allow(`"iam:PutRolePermissionsBoundary"`, own), ""},
		"an action without the key":          {allow(`"iam:PassRole"`, own), "iam:PassRole never carries the key, so that it is not allowed"},
		"two actions without the key":        {allow(`["iam:PassRole","iam:TagPolicy"]`, own), "never carry the key, so that they are not allowed"},
		"an action without it beside one":    {allow(`["iam:CreateRole","iam:PassRole"]`, own), "iam:PassRole never carries the key"},
		"absence wanted":                     {allow(`"iam:PassRole"`, `"Condition":{"Null":{"iam:PermissionsBoundary":"true"}}`), "it asks that no boundary be given"},
		"never met":                          {allow(`"iam:CreateRole"`, `"Condition":{"StringEquals":{"iam:PermissionsBoundary":"`+ownBoundary+`"},"Null":{"iam:PermissionsBoundary":"true"}}`), "boundary"},
		"denied where it is not given":       {everything + deny(`["iam:CreateRole","iam:CreateUser"]`, noOwn), ""},
		"denied if it exists":                {everything + deny(`["iam:CreateRole","iam:CreateUser"]`, strings.Replace(noOwn, "StringNotEquals", "StringNotEqualsIfExists", 1)), ""},
		"denied where it is another's":       {everything + deny(`"iam:CreateRole"`, `"Condition":{"StringNotEquals":{"iam:PermissionsBoundary":"`+otherBoundary+`"}}`), "boundary"},
		"denied where it is given":           {everything + deny(`"iam:CreateRole"`, own), "boundary"},
		"denied where it is given, for all":  {everything + deny(`"iam:CreateRole"`, `"Condition":{"ForAllValues:StringNotEquals":{"iam:PermissionsBoundary":"`+ownBoundary+`"}}`), ""},
		"denied where some other is given":   {everything + deny(`"iam:CreateRole"`, `"Condition":{"ForAnyValue:StringNotEquals":{"iam:PermissionsBoundary":"`+ownBoundary+`"}}`), "boundary"},
		"denied for an action without it":    {everything + deny(`"iam:CreatePolicyVersion"`, own), "iam:CreatePolicyVersion"},
		"two denials that leave no boundary": {everything + deny(`"iam:CreateRole"`, noOwn) + "," + deny(`"iam:CreateRole"`, `"Condition":{"StringNotEquals":{"iam:PermissionsBoundary":"`+otherBoundary+`"}}`), "boundary"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &lint.Settings{AccountID: "111122223333", Boundaries: []lint.ApprovedBoundary{{ARNs: []string{ownBoundary}}}}
			got := judge(t, BoundaryConditionIneffective, person(c.statements), s)
			if all := strings.Join(got, "\n"); (c.want == "") != (all == "") || !strings.Contains(all, c.want) {
				t.Errorf("got %q, want %q", all, c.want)
			}
		})
	}
}

// TestLikeStatements: what is judged once is what nothing tells apart.
func TestLikeStatements(t *testing.T) {
	t.Parallel()
	var syms policy.Symbols
	parse := func(statements string) *policy.Document {
		d, _ := policy.Parse(`{"Version":"2012-10-17","Statement":[`+statements+`]}`, &syms, policy.ParseOptions{Kind: policy.IdentityPolicy})
		return d
	}
	key := func(d *policy.Document) (string, bool) { return conditions.LikeStatement(d, d.Statements[0]) }
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
	if old, _ := conditions.LikeStatement(&policy.Document{Version: policy.Literal("2008-10-17"), Statements: parse(denied).Statements}, parse(denied).Statements[0]); old == base {
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
	got := conditions.ChoicesIn(c)
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
		j := &conditions.ConditionJudge{Statement: &policy.Statement{Action: c.action, NotAction: c.notAction}}
		if covers, names := j.Covers("iam:CreateRole"), j.Names("iam:CreateRole"); covers != c.covers || names != c.names {
			t.Errorf("%v %v: covers %v, names %v", c.action, c.notAction, covers, names)
		}
	}
}

// TestSpelled: a boundary is meant by its name, as it is written where it is
// known, and only in its own account and partition.
func TestSpelled(t *testing.T) {
	t.Parallel()
	s := &lint.Settings{Boundaries: []lint.ApprovedBoundary{{ARNs: []string{
		"arn:aws:iam::111122223333:policy/teams/Workload-Boundary", "arn:aws:iam::111122223333:policy/glob-*",
	}}}}
	m := newBoundaryCase()
	m.policy("declared", `{"Version":"2012-10-17","Statement":[]}`)
	m.policy("gone", `{"Version":"2012-10-17","Statement":[]}`)
	m.Policies[0].ARN = policy.Literal("arn:aws:iam::111122223333:policy/a/declared")
	m.Policies[1].ARN, m.Policies[1].Change = policy.Literal("arn:aws:iam::111122223333:policy/a/gone"), iam.ChangeDelete
	a, err := holders.Accounts.Of(lint.NewPass(&lint.Rule{}, m.Model, s, nil, nil))
	if err != nil {
		t.Fatal(err)
	}
	for from, want := range map[string]string{
		"arn:aws:iam::111122223333:policy/workload-boundary":       "arn:aws:iam::111122223333:policy/teams/Workload-Boundary",
		"arn:aws:iam::111122223333:policy/x/workload-boundary":     "arn:aws:iam::111122223333:policy/teams/Workload-Boundary",
		"arn:aws:iam::111122223333:policy/teams/Workload-Boundary": "arn:aws:iam::111122223333:policy/teams/Workload-Boundary",
		"arn:aws:iam::999988887777:policy/workload-boundary":       "arn:aws:iam::999988887777:policy/workload-boundary",
		"arn:aws-cn:iam::111122223333:policy/workload-boundary":    "arn:aws-cn:iam::111122223333:policy/workload-boundary",
		"arn:aws:iam::111122223333:policy/declared":                "arn:aws:iam::111122223333:policy/a/declared",
		"arn:aws:iam::111122223333:policy/gone":                    "arn:aws:iam::111122223333:policy/gone",
		"arn:aws:iam::111122223333:policy/other":                   "arn:aws:iam::111122223333:policy/other",
		"arn:aws:iam::111122223333:policy/glob-*":                  "arn:aws:iam::111122223333:policy/glob-*",
	} {
		if got := fix.Spelled(a, policy.Literal(from)); got.String() != want {
			t.Errorf("%s: %s, want %s", from, got, want)
		}
	}
}
