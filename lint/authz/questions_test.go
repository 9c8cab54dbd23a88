package authz

import (
	"strings"
	"testing"
	"time"

	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/policy"
)

var time2026 = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// TestQuestions asks about delegations as teams write them.
func TestQuestions(t *testing.T) {
	const dev = "arn:aws:iam::111122223333:policy/DevBoundary"
	condition := func(op, value string) string {
		return `"Condition":{"` + op + `":{"iam:PermissionsBoundary":` + value + `}}`
	}
	create := func(op, value string) string {
		return `{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*",` + condition(op, value) + `}`
	}
	const anyPolicy = `{"Effect":"Allow","Action":"iam:CreatePolicy","Resource":"*"}`
	for _, c := range []struct {
		name, question, statements string
		approved                   []string
		want                       Verdict
	}{
		{"a glob that takes more", "create", create("ArnLike", `"arn:aws:iam::111122223333:policy/Dev*"`), nil, Undetermined},
		{"a glob under which policies can be created", "create", create("ArnLike", `"arn:aws:iam::111122223333:policy/Dev*"`) + "," + anyPolicy, nil, Allowed},
		{"a glob under which policies can be created elsewhere only", "create", create("ArnLike", `"arn:aws:iam::111122223333:policy/Dev*"`) + `,{"Effect":"Allow","Action":"iam:CreatePolicy","Resource":"arn:aws:iam::111122223333:policy/app-*"}`, nil, Undetermined},
		{"an approved glob", "create", create("ArnLike", `"arn:aws:iam::*:policy/dev-*"`), []string{"arn:aws:iam::*:policy/dev-*"}, Denied},
		{"an approved glob under which policies can be created", "create", create("ArnLike", `"arn:aws:iam::*:policy/dev-*"`) + "," + anyPolicy, []string{"arn:aws:iam::*:policy/dev-*"}, Allowed},
		{"the same, and a number", "create", `{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*","Condition":{"ArnLike":{"iam:PermissionsBoundary":"arn:aws:iam::*:policy/dev-*"},"NumericEquals":{"iam:PermissionsBoundary":"5"}}},` + anyPolicy, []string{"arn:aws:iam::*:policy/dev-*"}, Denied},
		{"the same, and no number", "create", `{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*","Condition":{"ArnLike":{"iam:PermissionsBoundary":"arn:aws:iam::*:policy/dev-*"},"NumericNotEquals":{"iam:PermissionsBoundary":"5"}}},` + anyPolicy, []string{"arn:aws:iam::*:policy/dev-*"}, Allowed},
		{"an approved glob under which policies can be created elsewhere only", "create", create("ArnLike", `"arn:aws:iam::*:policy/dev-*"`) + `,{"Effect":"Allow","Action":"iam:CreatePolicy","Resource":"arn:aws:iam::111122223333:policy/app-*"}`, []string{"arn:aws:iam::*:policy/dev-*"}, Denied},
		{"a string glob over accounts", "create", create("StringLike", `"arn:aws:iam::*:policy/DevBoundary"`) + "," + anyPolicy, nil, Denied},
		{"a value in other case", "create", create("StringEquals", `"arn:aws:iam::111122223333:policy/devboundary"`), nil, Denied},
		{"the name under another path", "create", create("ArnLike", `"arn:aws:iam::111122223333:policy/*/DevBoundary"`) + "," + anyPolicy, nil, Denied},
		{"another account", "create", create("StringEquals", `"arn:aws:iam::999988887777:policy/DevBoundary"`), nil, Denied},
		{"a policy that does not exist at AWS", "create", create("StringEquals", `"arn:aws:iam::aws:policy/NoSuchPolicy"`), nil, Denied},
		{"a variable in version 2008", "create", create("StringEquals", `"arn:aws:iam::${aws:PrincipalAccount}:policy/DevBoundary"`), nil, Denied},
		{"two denies with one value each", "create", `{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*"},{"Effect":"Deny","Action":"iam:CreateRole","Resource":"*",` + condition("StringNotEquals", `"`+dev+`"`) + `},{"Effect":"Deny","Action":"iam:CreateRole","Resource":"*",` + condition("StringNotEquals", `"arn:aws:iam::111122223333:policy/Ops"`) + `}`, nil, Denied},
		{"absent and wrong denied apart", "create", `{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*"},{"Effect":"Deny","Action":"iam:CreateRole","Resource":"*",` + condition("Null", `"true"`) + `},{"Effect":"Deny","Action":"iam:CreateRole","Resource":"*",` + condition("ForAnyValue:StringNotEquals", `"`+dev+`"`) + `}`, nil, Denied},
		{"a service wildcard", "create", `{"Effect":"Allow","Action":"*:CreateRole","Resource":"*"}`, nil, Undetermined},
		{"a blank in the action", "create", `{"Effect":"Allow","Action":"iam: CreateRole","Resource":"*"}`, nil, Denied},
		{"a user's ARN", "create", `{"Effect":"Allow","Action":"iam:CreateRole","Resource":"arn:aws:iam::111122223333:user/*"}`, nil, Denied},
		{"a reserved path", "create", `{"Effect":"Allow","Action":"iam:CreateRole","Resource":"arn:aws:iam::111122223333:role/aws-service-role/*"}`, nil, Denied},
		{"an expired grant", "create", `{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*","Condition":{"DateLessThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}}`, nil, Denied},
		{"the region of IAM", "create", `{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}}`, nil, Denied},
		{"a template beside the guarded grant", "create", create("StringEquals", `"`+dev+`"`) + `,{"Effect":"Allow","Action":"iam:PutRolePolicy","Resource":"*"}`, nil, Undetermined},
		{"a guarded grant of everything needed", "create", `{"Effect":"Allow","Action":["iam:CreateRole","iam:PutRolePolicy","iam:AttachRolePolicy"],"Resource":"*",` + condition("StringEquals", `"`+dev+`"`) + `}`, nil, Denied},
		{"odd case of the operator", "create", create("stringEquals", `"`+dev+`"`), nil, Denied},
		{"a deny in odd case", "create", `{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*"},{"Effect":"Deny","Action":"iam:CreateRole","Resource":"*",` + condition("stringNotEquals", `"`+dev+`"`) + `}`, nil, Undetermined},

		{"a tag that the listed ones leave out", "create", `{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*","Condition":{"StringEquals":{"aws:RequestTag/team":"dev"},"ForAllValues:StringEquals":{"aws:TagKeys":"owner"}}}`, nil, Denied},
		{"a tag among the listed ones", "create", `{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*","Condition":{"StringEquals":{"aws:RequestTag/team":"dev"},"ForAllValues:StringEquals":{"aws:TagKeys":["owner","Team"]}}}`, nil, Allowed},
		{"a listed tag that is not there", "create", `{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*","Condition":{"Null":{"aws:RequestTag/team":"true"},"ForAnyValue:StringEquals":{"aws:TagKeys":"team"}}}`, nil, Denied},
		{"a tag that a deny wants unlisted", "create", `{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*","Condition":{"StringLike":{"aws:RequestTag/team":"*"}}},{"Effect":"Deny","Action":"iam:CreateRole","Resource":"*","Condition":{"ForAnyValue:StringEqualsIgnoreCase":{"aws:TagKeys":["team"]}}}`, nil, Denied},
		{"a tag that a deny wants unlisted in one case", "create", `{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*","Condition":{"StringLike":{"aws:RequestTag/team":"*"}}},{"Effect":"Deny","Action":"iam:CreateRole","Resource":"*","Condition":{"ForAnyValue:StringEquals":{"aws:TagKeys":["team"]}}}`, nil, Allowed},
		{"a deny that lets exactly the removal through", "remove", `{"Effect":"Allow","Action":"iam:*","Resource":"*"},{"Effect":"Deny","Action":"iam:*PermissionsBoundary","Resource":"*",` + condition("StringNotEquals", `"`+dev+`"`) + `}`, nil, Allowed},
		{"removal of others only", "remove", `{"Effect":"Allow","Action":"iam:DeleteRolePermissionsBoundary","Resource":"*",` + condition("StringNotEquals", `"`+dev+`"`) + `}`, nil, Denied},
		{"a swap with IfExists", "remove", `{"Effect":"Allow","Action":"iam:PutRolePermissionsBoundary","Resource":"*",` + condition("StringEqualsIfExists", `"`+dev+`"`) + `}`, nil, Denied},
		{"a swap within a glob under which policies can be created", "remove", `{"Effect":"Allow","Action":"iam:PutRolePermissionsBoundary","Resource":"*",` + condition("ArnLike", `"arn:aws:iam::*:policy/dev-*"`) + `},` + anyPolicy, []string{"arn:aws:iam::*:policy/dev-*"}, Allowed},
		{"an unused right to create", "remove", `{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*",` + condition("StringEquals", `"`+dev+`"`) + `}`, nil, Denied},

		{"a new version", "edit", `{"Effect":"Allow","Action":"iam:*Version","Resource":"arn:aws:iam::*:policy/*"}`, nil, Allowed},
		{"an older version", "edit", `{"Effect":"Allow","Action":"iam:SetDefaultPolicyVersion","Resource":"*"}`, nil, Undetermined},
		{"deletion only", "edit", `{"Effect":"Allow","Action":"iam:DeletePolicy","Resource":"*"}`, nil, Denied},
		{"all but the boundary", "edit", `{"Effect":"Allow","Action":"iam:CreatePolicyVersion","NotResource":"` + dev + `"}`, nil, Denied},
		{"a dead condition", "edit", `{"Effect":"Allow","Action":"iam:CreatePolicyVersion","Resource":"*",` + condition("StringEquals", `"`+dev+`"`) + `}`, nil, Denied},
		{"a condition that is always true", "edit", `{"Effect":"Allow","Action":"iam:CreatePolicyVersion","Resource":"*",` + condition("StringEqualsIfExists", `"`+dev+`"`) + `}`, nil, Allowed},
	} {
		t.Run(c.question+": "+c.name, func(t *testing.T) {
			version := "2012-10-17"
			if strings.Contains(c.name, "2008") {
				version = "2008-10-17"
			}
			doc, _ := policy.Parse(`{"Version":"`+version+`","Statement":[`+c.statements+`]}`, nil, policy.ParseOptions{Kind: policy.IdentityPolicy})
			p := parsePrincipal(devRole)
			p.Identity = []*Policy{Compile(doc)}
			if c.approved == nil {
				c.approved = []string{dev}
			}
			u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333"), Now: time2026}
			for _, a := range c.approved {
				u.Approved = append(u.Approved, Approved{ARN: policy.Literal(a)})
			}
			var got Answer
			switch c.question {
			case "create":
				got = CanCreateWithoutBoundary(p, u, Role)
			case "remove":
				got = CanRemoveBoundary(p, u, Role)
			case "edit":
				got = CanEditPolicy(p, u, policy.Literal(dev))
			}
			if got.Verdict != c.want {
				t.Errorf("got %v, want %v; %v %v", got.Verdict, c.want, got.Witness, got.Reasons)
			}
		})
	}
}

// TestGrowth asks of roles that the holder can create.
func TestGrowth(t *testing.T) {
	const dev = "arn:aws:iam::111122223333:policy/DevBoundary"
	holder := parsePrincipal(devRole)
	holder.Identity = []*Policy{parsedText(t, one(`{"Effect":"Allow","Action":["iam:CreateRole","iam:PutRolePolicy","iam:PutRolePermissionsBoundary"],"Resource":"arn:aws:iam::111122223333:role/dev-*",
		"Condition":{"StringEquals":{"iam:PermissionsBoundary":"`+dev+`"}}}`), policy.IdentityPolicy)}
	for name, c := range map[string]struct {
		document string
		want     Verdict
	}{
		"unknown":        {"", Undetermined},
		"harmless":       {one(allowS3), Denied},
		"removes":        {one(`{"Effect":"Allow","Action":"iam:DeleteRolePermissionsBoundary","Resource":"*"}`), Allowed},
		"removes itself": {one(`{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"iam:*PermissionsBoundary","Resource":"*"}`), Denied},
	} {
		t.Run(name, func(t *testing.T) {
			u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333"), Approved: []Approved{{ARN: policy.Literal(dev)}}}
			if c.document != "" {
				document := parsedText(t, c.document, policy.IdentityPolicy)
				u.Document = func(policy.Text) *Policy { return document }
			}
			got := CanRemoveBoundary(holder, u, Role)
			if got.Verdict != c.want {
				t.Errorf("got %v, want %v; %v %v", got.Verdict, c.want, got.Witness, got.Reasons)
			}
		})
	}
}

// TestDefaultApproval asks without any approved boundary.
func TestDefaultApproval(t *testing.T) {
	for name, c := range map[string]struct {
		value string
		want  Verdict
	}{
		"pinned":         {`"StringEquals":{"iam:PermissionsBoundary":"arn:aws:iam::111122223333:policy/Any"}`, Denied},
		"pinned at AWS":  {`"StringEquals":{"iam:PermissionsBoundary":"arn:aws:iam::aws:policy/PowerUserAccess"}`, Denied},
		"administrator":  {`"StringEquals":{"iam:PermissionsBoundary":"arn:aws:iam::aws:policy/AdministratorAccess"}`, Allowed},
		"any":            {`"Null":{"iam:PermissionsBoundary":"false"}`, Allowed},
		"all of AWS":     {`"ArnLike":{"iam:PermissionsBoundary":"arn:aws:iam::aws:policy/*"}`, Allowed},
		"all of account": {`"ArnLike":{"iam:PermissionsBoundary":"arn:aws:iam::111122223333:policy/*"}`, Undetermined},
		// Every request carries the account of its principal (IAM User Guide,
		// global condition keys), so the value names one policy.
		"pinned in its own account": {`"StringEquals":{"iam:PermissionsBoundary":"arn:aws:iam::${aws:PrincipalAccount}:policy/Any"}`, Denied},
		"pinned by a user's name":   {`"StringEquals":{"iam:PermissionsBoundary":"arn:aws:iam::111122223333:policy/${aws:username}"}`, Denied}, // a role has none
		"pinned by a tag":           {`"StringEquals":{"iam:PermissionsBoundary":"arn:aws:iam::111122223333:policy/${aws:PrincipalTag/team}"}`, Undetermined},
		// What is not a number matches no comparison of numbers (IAM User Guide,
		// numeric condition operators), and so with the other types.
		"a number":           {`"NumericEquals":{"iam:PermissionsBoundary":"5"}`, Denied},
		"a number or absent": {`"NumericEqualsIfExists":{"iam:PermissionsBoundary":"5"}`, Allowed},
		"no number":          {`"NumericNotEquals":{"iam:PermissionsBoundary":"5"},"Null":{"iam:PermissionsBoundary":"false"}`, Allowed},
		"a truth":            {`"Bool":{"iam:PermissionsBoundary":"true"}`, Denied},
		"a date":             {`"DateLessThan":{"iam:PermissionsBoundary":"2020-01-01"}`, Denied},
		"an address":         {`"IpAddress":{"iam:PermissionsBoundary":"0.0.0.0/0"}`, Denied},
		"binary data":        {`"BinaryEquals":{"iam:PermissionsBoundary":"YXJu"}`, Denied},
		"pinned, and more":   {`"StringEquals":{"iam:PermissionsBoundary":["arn:aws:iam::111122223333:policy/Any","<more>"]}`, Undetermined},
	} {
		t.Run(name, func(t *testing.T) {
			var w world
			w.symbol(policy.Symbol{Kind: policy.SymbolSpread, Name: "more"})
			p := parsePrincipal(devRole)
			p.Identity = []*Policy{w.policy(t, one(`{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*","Condition":{`+c.value+`}}`))}
			u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333")}
			if got := CanCreateWithoutBoundary(p, u, Role); got.Verdict != c.want {
				t.Errorf("got %v, want %v; %v %v", got.Verdict, c.want, got.Witness, got.Reasons)
			}
		})
	}
}

// TestWidePolicies finds no policy of AWS as wide as AdministratorAccess
// under another name: the default approval knows that one only.
func TestWidePolicies(t *testing.T) {
	for _, arn := range catalog.ManagedPolicyARNs() {
		src, ok := catalog.ManagedPolicy(arn)
		if !ok {
			t.Fatal(arn)
		}
		doc, _ := policy.Parse(src, nil, policy.ParseOptions{Kind: policy.AnyPolicy})
		if wide := AllowsEverything(Compile(doc)); wide != (arn == "arn:aws:iam::aws:policy/AdministratorAccess") {
			t.Errorf("%s allows everything: %v", arn, wide)
		}
	}
}

// TestEdits asks whether a policy can be changed: by making an older version the
// default one, which matters where it allows more, and by deleting it and
// creating it anew, which IAM refuses while it is attached (IAM API Reference,
// SetDefaultPolicyVersion and DeletePolicy).
func TestEdits(t *testing.T) {
	const (
		dev      = "arn:aws:iam::111122223333:policy/DevBoundary"
		defaults = `{"Effect":"Allow","Action":"iam:SetDefaultPolicyVersion","Resource":"*"}`
		anew     = `{"Effect":"Allow","Action":["iam:DeletePolicy","iam:CreatePolicy"],"Resource":"*"}`
	)
	answer := func(v Verdict) func(policy.Text) Verdict { return func(policy.Text) Verdict { return v } }
	for name, c := range map[string]struct {
		statements   string
		wider, inUse func(policy.Text) Verdict
		arn          string
		want         Verdict
		first        string // what has to be done before
	}{
		"an older version":                          {statements: defaults, want: Undetermined},
		"an older version that allows more":         {statements: defaults, wider: answer(Allowed), want: Allowed},
		"an older version that allows no more":      {statements: defaults, wider: answer(Denied), want: Denied},
		"no right to change the default":            {statements: anew, wider: answer(Allowed), inUse: answer(Allowed), want: Denied},
		"anew":                                      {statements: anew, want: Undetermined},
		"anew, of one in use":                       {statements: anew, inUse: answer(Allowed), want: Denied},
		"anew, of one that nobody uses":             {statements: anew, inUse: answer(Denied), want: Allowed, first: "iam:DeletePolicy"},
		"anew, without the right to create":         {statements: `{"Effect":"Allow","Action":"iam:DeletePolicy","Resource":"*"}`, inUse: answer(Denied), want: Denied},
		"anew, without the right to delete":         {statements: `{"Effect":"Allow","Action":"iam:CreatePolicy","Resource":"*"}`, inUse: answer(Denied), want: Denied},
		"one of AWS":                                {statements: `{"Effect":"Allow","Action":"*","Resource":"*"}`, arn: "arn:aws:iam::aws:policy/ReadOnlyAccess", want: Denied},
		"one of any account":                        {statements: `{"Effect":"Allow","Action":"iam:CreatePolicyVersion","Resource":"` + dev + `"}`, arn: "arn:aws:iam::*:policy/DevBoundary", want: Allowed},
		"one of any account, rights in another one": {statements: `{"Effect":"Allow","Action":"iam:CreatePolicyVersion","Resource":"arn:aws:iam::444455556666:policy/*"}`, arn: "arn:aws:iam::*:policy/DevBoundary", want: Denied},
	} {
		t.Run(name, func(t *testing.T) {
			p := parsePrincipal(devRole)
			p.Identity = []*Policy{parsedText(t, one(c.statements), policy.IdentityPolicy)}
			u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333"), Wider: c.wider, InUse: c.inUse}
			arn := policy.Literal(dev)
			if c.arn != "" {
				arn = policy.Literal(c.arn)
			}
			got := CanEditPolicy(p, u, arn)
			if got.Verdict != c.want {
				t.Fatalf("got %v %v, want %v", got.Verdict, got.Reasons, c.want)
			}
			if got.Witness != nil && got.Witness.Resource.String() != dev {
				t.Errorf("got %v", got.Witness)
			}
			if c.first != "" && (len(got.Witness.First) != 1 || got.Witness.First[0].Action != c.first) {
				t.Errorf("got %v after %v", got.Witness, got.Witness.First)
			}
		})
	}
}

// TestApprovedForNames: a boundary may be approved for entities of some names
// only.
func TestApprovedForNames(t *testing.T) {
	const dev, ops = "arn:aws:iam::111122223333:policy/Dev", "arn:aws:iam::111122223333:policy/Ops"
	create := func(resource, boundary string) string {
		return `{"Effect":"Allow","Action":"iam:CreateRole","Resource":"arn:aws:iam::111122223333:role/` + resource + `","Condition":{"StringEquals":{"iam:PermissionsBoundary":"` + boundary + `"}}}`
	}
	for name, c := range map[string]struct {
		statement string
		want      Verdict
	}{
		"its names":              {create("dev-*", dev), Denied},
		"its names under a path": {create("team/dev-*", dev), Denied},
		"other names":            {create("ops-*", dev), Allowed},
		"all names":              {create("*", dev), Allowed},
		"of no names":            {create("*", ops), Denied},
	} {
		p := parsePrincipal(devRole)
		p.Identity = []*Policy{parsedText(t, one(c.statement), policy.IdentityPolicy)}
		u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333"), Approved: []Approved{
			{ARN: policy.Literal(dev), Names: []string{"dev-*"}}, {ARN: policy.Literal(ops)},
		}}
		if got := CanCreateWithoutBoundary(p, u, Role); got.Verdict != c.want {
			t.Errorf("%s: got %v %v, want %v", name, got.Verdict, got.Witness, c.want)
		}
	}
}

// TestSearchedLayers: what is found is allowed by session policies and by the
// policies of the organization, too (IAM User Guide, policy evaluation logic).
func TestSearchedLayers(t *testing.T) {
	s3, logs := parsedText(t, one(allowS3), policy.IdentityPolicy), parsedText(t, one(allowLogs), policy.IdentityPolicy)
	deny := parsedText(t, one(`{"Effect":"Deny","Action":"s3:*","Resource":"*"}`), policy.IdentityPolicy)
	for name, c := range map[string]struct {
		p    Principal
		want Verdict
	}{
		"none":                         {Principal{}, Allowed},
		"a session":                    {Principal{SessionPolicies: []*Policy{logs, s3}}, Allowed},
		"a session for others":         {Principal{SessionPolicies: []*Policy{logs}}, Denied},
		"levels":                       {Principal{SCPs: [][]*Policy{{s3}, {logs, s3}}}, Allowed},
		"a level for others":           {Principal{SCPs: [][]*Policy{{s3}, {logs}}}, Denied},
		"resource control":             {Principal{RCPs: [][]*Policy{{AllowAll()}}}, Allowed},
		"resource control that denies": {Principal{RCPs: [][]*Policy{{AllowAll(), deny}}}, Denied},
	} {
		holder := c.p
		holder.Kind, holder.ARN, holder.Identity = KindRole, policy.Literal(devRole), []*Policy{s3}
		u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333")}
		if got := Search(&holder, u, &Query{Actions: []string{"s3:GetObject"}}); got.Verdict != c.want {
			t.Errorf("%s: got %v %v, want %v", name, got.Verdict, got.Reasons, c.want)
		}
	}
}

// TestPerhapsGrowth: a role that the holder perhaps can create is of use to it
// only where it can give it a policy, too.
func TestPerhapsGrowth(t *testing.T) {
	const dev = "arn:aws:iam::111122223333:policy/DevBoundary"
	guarded := func(action, resource string) string {
		return `{"Effect":"Allow","Action":"` + action + `","Resource":"` + resource + `","Condition":{"StringEquals":{"iam:PermissionsBoundary":"` + dev + `"}}}`
	}
	for statements, want := range map[string]Verdict{
		guarded("iam:CreateRole", "*") + "," + guarded("iam:PutRolePolicy", "*"):           Allowed,
		guarded("iam:CreateRole", "<hidden>") + "," + guarded("iam:PutRolePolicy", "*"):    Undetermined,
		guarded("iam:CreateRole", "*") + "," + guarded("iam:AttachRolePolicy", "<hidden>"): Undetermined,
		guarded("iam:CreateRole", "<hidden>"):                                              Denied,
		guarded("iam:CreateRole", "<hidden>") + "," + guarded("iam:PutUserPolicy", "*"):    Denied,
		guarded("iam:PutRolePolicy", "*"):                                                  Denied,
	} {
		var w world
		w.symbol(policy.Symbol{Kind: policy.SymbolVariable, Name: "hidden"})
		p := parsePrincipal(devRole)
		p.Identity = []*Policy{w.policy(t, one(statements))}
		document := parsedText(t, one(`{"Effect":"Allow","Action":"iam:DeleteRolePermissionsBoundary","Resource":"*"}`), policy.IdentityPolicy)
		u := &Universe{
			Partition: policy.Literal("aws"), Account: policy.Literal("111122223333"), Approved: []Approved{{ARN: policy.Literal(dev)}},
			Document: func(policy.Text) *Policy { return document },
		}
		if got := CanRemoveBoundary(p, u, Role); got.Verdict != want {
			t.Errorf("%s: got %v %v, want %v", statements, got.Verdict, got.Reasons, want)
		}
	}
}
