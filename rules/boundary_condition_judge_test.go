package rules

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
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
		"sound":                               {allow(`["iam:CreateRole","iam:CreateUser"]`, own), ""},
		"sound, with attaching":               {allow(`["iam:CreateRole","iam:AttachRolePolicy","iam:PutRolePolicy"]`, own), ""},
		"if it exists":                        {allow(`"iam:CreateRole"`, strings.Replace(own, "StringEquals", "StringEqualsIfExists", 1)), "met by a request without the key"},
		"if it exists, for attaching":         {allow(`"iam:AttachRolePolicy"`, strings.Replace(own, "StringEquals", "StringEqualsIfExists", 1)), "met by a request without the key"},
		"if it exists, for a user":            {allow(`"iam:CreateUser"`, strings.Replace(own, "StringEquals", "StringEqualsIfExists", 1)), "met by a request without the key"},
		"if it exists, for a pattern":         {allow(`"iam:AttachRole*"`, strings.Replace(own, "StringEquals", "StringEqualsIfExists", 1)), "met by a request without the key"},
		"if it exists, for deleting":          {allow(`"iam:DeleteRolePolicy"`, strings.Replace(own, "StringEquals", "StringEqualsIfExists", 1)), "met by a request without the key"},
		"if it exists, for reading":           {allow(`"iam:Get*"`, strings.Replace(own, "StringEquals", "StringEqualsIfExists", 1)), ""},
		"if it exists, where it never does":   {allow(`"iam:Pass*"`, strings.Replace(own, "StringEquals", "StringEqualsIfExists", 1)), ""},
		"if it exists, for all but creating":  {strings.Replace(allow(`["iam:Create*","iam:Put*Boundary"]`, strings.Replace(own, "StringEquals", "StringEqualsIfExists", 1)), `"Action"`, `"NotAction"`, 1), "so that it allows iam:AttachRolePolicy"},
		"of another policy":                   {allow(`"iam:CreateRole"`, `"Condition":{"StringEquals":{"iam:PermissionsBoundary":"`+otherBoundary+`"}}`), "so that it allows"},
		"removal":                             {allow(`"iam:DeleteRolePermissionsBoundary"`, own), "the key holds the boundary that the entity has now"},
		"removal, of users":                   {allow(`"iam:DeleteUserPermissionsBoundary"`, own), "the key holds the boundary that the entity has now"},
		"removal beside creation":             {allow(`["iam:CreateRole","iam:DeleteRolePermissionsBoundary"]`, own), "the key holds the boundary that the entity has now"},
		"swapping":                            {allow(`"iam:PutRolePermissionsBoundary"`, own), ""},
		"an action without the key":           {allow(`"iam:PassRole"`, own), "iam:PassRole never carries the key, so that it is not allowed"},
		"two actions without the key":         {allow(`["iam:PassRole","iam:TagPolicy"]`, own), "never carry the key, so that they are not allowed"},
		"an action without it beside one":     {allow(`["iam:CreateRole","iam:PassRole"]`, own), "iam:PassRole never carries the key"},
		"absence wanted":                      {allow(`"iam:PassRole"`, `"Condition":{"Null":{"iam:PermissionsBoundary":"true"}}`), "it asks that no boundary be given"},
		"never met":                           {allow(`"iam:CreateRole"`, `"Condition":{"StringEquals":{"iam:PermissionsBoundary":"`+ownBoundary+`"},"Null":{"iam:PermissionsBoundary":"true"}}`), "boundary"},
		"some boundary":                       {allow(`"iam:CreateRole"`, `"Condition":{"Null":{"iam:PermissionsBoundary":"false"}}`), "it asks only that some boundary be given, whichever"},
		"none at all":                         {allow(`"iam:CreateRole"`, `"Condition":{"Null":{"iam:PermissionsBoundary":"true"}}`), "it asks that no boundary be given"},
		"some boundary or none":               {allow(`"iam:CreateRole"`, `"Condition":{"Null":{"iam:PermissionsBoundary":["false","true"]}}`), "it is met with a boundary and without one"},
		"some boundary is denied":             {everything + deny(`"iam:CreateRole"`, `"Condition":{"Null":{"iam:PermissionsBoundary":"false"}}`), "it asks that no boundary be given"},
		"none is denied":                      {everything + deny(`"iam:CreateRole"`, `"Condition":{"Null":{"iam:PermissionsBoundary":"true"}}`), "it asks only that some boundary be given, whichever"},
		"attaching is denied if one is given": {everything + deny(`"iam:AttachRolePolicy"`, `"Condition":{"ForAnyValue:StringNotEquals":{"iam:PermissionsBoundary":"`+ownBoundary+`"}}`), "so that it lets through iam:AttachRolePolicy"},
		"attaching is denied twice":           {everything + deny(`"iam:AttachRolePolicy"`, `"Condition":{"ForAnyValue:StringNotEquals":{"iam:PermissionsBoundary":"`+ownBoundary+`"}}`) + "," + deny(`"iam:AttachRolePolicy"`, noOwn), ""},
		"attaching is denied":                 {everything + deny(`"iam:AttachRolePolicy"`, noOwn), ""},
		"a pattern that is no pattern":        {allow(`"iam:CreateRole"`, `"Condition":{"StringEquals":{"iam:PermissionsBoundary":"arn:aws:iam::111122223333:policy/dev-*"}}`), "StringEquals takes the wildcard in arn:aws:iam::111122223333:policy/dev-* literally"},
		"a pattern of another account":        {allow(`"iam:CreateRole"`, `"Condition":{"ArnLike":{"iam:PermissionsBoundary":"arn:aws:iam::999988887777:policy/dev-*"}}`), "is of another account than 111122223333"},
		"the same, compared as text":          {allow(`"iam:CreateRole"`, `"Condition":{"StringLike":{"iam:PermissionsBoundary":"arn:aws:iam::999988887777:policy/dev-*"}}`), "is of another account than 111122223333"},
		"of another account":                  {allow(`"iam:CreateRole"`, `"Condition":{"StringEquals":{"iam:PermissionsBoundary":"arn:aws:iam::999988887777:policy/dev"}}`), "is of another account than 111122223333"},
		"of another partition":                {allow(`"iam:CreateRole"`, `"Condition":{"ArnEquals":{"iam:PermissionsBoundary":"arn:aws-cn:iam::111122223333:policy/dev"}}`), "is of another partition than aws"},
		"no operator":                         {allow(`"iam:CreateRole"`, `"Condition":{"StringIs":{"iam:PermissionsBoundary":"arn:aws:iam::111122223333:policy/dev-*"}}`), ""},
		"denied where it is not given":        {everything + deny(`["iam:CreateRole","iam:CreateUser"]`, noOwn), ""},
		"denied if it exists":                 {everything + deny(`["iam:CreateRole","iam:CreateUser"]`, strings.Replace(noOwn, "StringNotEquals", "StringNotEqualsIfExists", 1)), ""},
		"denied where it is another's":        {everything + deny(`"iam:CreateRole"`, `"Condition":{"StringNotEquals":{"iam:PermissionsBoundary":"`+otherBoundary+`"}}`), "boundary"},
		"denied where it is given":            {everything + deny(`"iam:CreateRole"`, own), "boundary"},
		"denied where it is given, for all":   {everything + deny(`"iam:CreateRole"`, `"Condition":{"ForAllValues:StringNotEquals":{"iam:PermissionsBoundary":"`+ownBoundary+`"}}`), ""},
		"denied where some other is given":    {everything + deny(`"iam:CreateRole"`, `"Condition":{"ForAnyValue:StringNotEquals":{"iam:PermissionsBoundary":"`+ownBoundary+`"}}`), "boundary"},
		"denied for an action without it":     {everything + deny(`"iam:CreatePolicyVersion"`, own), "iam:CreatePolicyVersion"},
		"two denials that leave no boundary":  {everything + deny(`"iam:CreateRole"`, noOwn) + "," + deny(`"iam:CreateRole"`, `"Condition":{"StringNotEquals":{"iam:PermissionsBoundary":"`+otherBoundary+`"}}`), "boundary"},
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

// TestHiddenConditions judges statements of which a part is hidden: what the rest
// lets through is certain, what only the hidden part may is not.
func TestHiddenConditions(t *testing.T) {
	t.Parallel()
	const (
		sound    = `"Condition":{"StringEquals":{"iam:PermissionsBoundary":"` + ownBoundary + `"}}`
		ifExists = `"Condition":{"StringEqualsIfExists":{"iam:PermissionsBoundary":"` + ownBoundary + `"}}`
	)
	statement := func(effect, action, resource, condition string) string {
		return `{"Effect":"` + effect + `","Action":` + action + `,"Resource":` + resource + `,` + condition + `}`
	}
	for name, c := range map[string]struct {
		statements, want string
		maybe            bool // the first statement may not be there
	}{
		"a hidden action beside one that is let through": {statement("Allow", `["iam:CreateRole","%"]`, `"*"`, ifExists), "warning violation ... iam:CreateRole", false},
		"a hidden action":              {statement("Allow", `["s3:GetObject","%"]`, `"*"`, ifExists), "warning violation ... allows s3:GetObject", false},
		"a hidden action, sound":       {statement("Allow", `["iam:CreateRole","%"]`, `"*"`, sound), "note undetermined ... because its action depends on var.x", false},
		"a hidden resource":            {statement("Allow", `"iam:CreateRole"`, `"%"`, ifExists), "note undetermined ... because its resource depends on var.x", false},
		"a hidden resource beside all": {statement("Allow", `"iam:CreateRole"`, `["%","*"]`, ifExists), "warning violation", false},
		"a hidden resource, sound":     {statement("Allow", `"iam:CreateRole"`, `"%"`, sound), "", false},
		"a hidden boundary":            {statement("Allow", `"iam:CreateRole"`, `"*"`, strings.Replace(ifExists, ownBoundary, "%", 1)), "warning violation", false},
		"a hidden boundary, sound":     {statement("Allow", `"iam:CreateRole"`, `"*"`, strings.Replace(sound, ownBoundary, "%", 1)), "", false},
		"perhaps no statement":         {statement("Allow", `"iam:CreateRole"`, `"*"`, ifExists), "note undetermined ... because whether there is such a statement depends on var.x", true},
		"perhaps no statement, sound":  {statement("Allow", `"iam:CreateRole"`, `"*"`, sound), "", true},
		"a choice of operators":        {statement("Allow", `"iam:CreateRole"`, `"*"`, strings.Replace(sound, "StringEquals", "&", 1)), "note undetermined ... because it depends on var.operator", false},
		"a choice of boundaries":       {statement("Allow", `"iam:CreateRole"`, `"*"`, strings.Replace(sound, ownBoundary, "@", 1)), "note undetermined ... because it depends on var.boundary", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var syms policy.Symbols
			choice := func(name string, of ...string) string {
				s := policy.Symbol{Kind: policy.SymbolChoice, Name: name}
				for _, x := range of {
					s.Alternatives = append(s.Alternatives, policy.Literal(x))
				}
				return syms.Token(syms.Intern(s))
			}
			hidden := syms.Intern(policy.Symbol{Kind: policy.SymbolVariable, Name: "var.x"})
			statements := strings.NewReplacer("%", syms.Token(hidden),
				"&", choice("var.operator", "StringEquals", "StringEqualsIfExists"), "@", choice("var.boundary", ownBoundary, otherBoundary)).Replace(c.statements)
			s := &lint.Settings{AccountID: "111122223333", Boundaries: []lint.ApprovedBoundary{{ARNs: []string{ownBoundary}}}}
			var want []string
			if c.want != "" {
				want = []string{c.want}
			}
			m := personOf(&syms, statements)
			if c.maybe {
				m.Inline[0].Document.Document.Statements[0].Maybe = hidden
			}
			allOf(t, judge(t, BoundaryConditionIneffective, m, s), want...)
		})
	}
}

// TestClosedElsewhere: what a condition leaves open matters where nothing else
// that its holders have closes it.
func TestClosedElsewhere(t *testing.T) {
	t.Parallel()
	const open = `{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*","Condition":{"StringEqualsIfExists":{"iam:PermissionsBoundary":"` + ownBoundary + `"}}}`
	for name, c := range map[string]struct{ denies, want string }{
		"open":           {`{"Effect":"Deny","Action":"s3:*","Resource":"*"}`, "warning violation ... so that it allows iam:CreateRole"},
		"closed":         {`{"Effect":"Deny","Action":"iam:CreateRole","Resource":"*"}`, ""},
		"perhaps closed": {`{"Effect":"Deny","Action":"iam:CreateRole","Resource":"%"}`, "note undetermined ... is not determined, because ... var.x"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var syms policy.Symbols
			m := personOf(&syms, open)
			denies := strings.Replace(c.denies, "%", syms.Token(syms.Intern(policy.Symbol{Kind: policy.SymbolVariable, Name: "var.x"})), 1)
			m.Inline = append(m.Inline, &iam.InlinePolicy{
				Declared: iam.Declared{Address: "aws_iam_user_policy.more"}, HolderKind: iam.HolderUser, Holder: setTo("me"), Name: setTo("more"),
				Document: written(`{"Version":"2012-10-17","Statement":[`+denies+`]}`, "aws_iam_user_policy.more", policy.IdentityPolicy, &syms),
			})
			m.Link(iam.Hints{Account: "111122223333"})
			var want []string
			if c.want != "" {
				want = []string{c.want}
			}
			s := &lint.Settings{AccountID: "111122223333", Boundaries: []lint.ApprovedBoundary{{ARNs: []string{ownBoundary}}}}
			allOf(t, judge(t, BoundaryConditionIneffective, m, s), want...)
		})
	}
}

// TestConditionAdvice: what is advised on a condition that does nothing depends
// on why.
func TestConditionAdvice(t *testing.T) {
	t.Parallel()
	const own = `"Condition":{"StringEquals":{"iam:PermissionsBoundary":"` + ownBoundary + `"}}`
	statement := func(effect, action, condition string) string {
		return `{"Effect":"` + effect + `","Action":` + action + `,"Resource":"*",` + condition + `}`
	}
	everything := `{"Effect":"Allow","Action":"*","Resource":"*"},`
	for statements, want := range map[string]string{
		statement("Allow", `"iam:PassRole"`, own):                                                   "Take the actions that do not carry the key into a statement of their own",
		statement("Allow", `"iam:DeleteRolePermissionsBoundary"`, own):                              "No condition makes the removal safe.",
		everything + statement("Deny", `"iam:CreatePolicyVersion"`, own):                            "Deny these actions by their resources, without the condition",
		everything + statement("Deny", `["iam:CreatePolicyVersion","iam:DeletePolicy"]`, own):       "Deny these actions by their resources, without the condition",
		statement("Allow", `"iam:CreateRole"`, strings.Replace(own, "Equals", "EqualsIfExists", 1)): "StringEquals",
	} {
		told := false
		pass := lint.NewPass(BoundaryConditionIneffective, person(statements), &lint.Settings{AccountID: "111122223333", Boundaries: []lint.ApprovedBoundary{{ARNs: []string{ownBoundary}}}}, nil,
			func(f lint.Filed) {
				told = true
				if !strings.Contains(f.Remediation, want) {
					t.Errorf("%s: got %q, want %q", statements, f.Remediation, want)
				}
			})
		if err := BoundaryConditionIneffective.Run(pass); err != nil || !told {
			t.Errorf("%s: %v, nothing told", statements, err)
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
