package rules

import (
	"fmt"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/driver"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/rules/internal/bounds"
)

const (
	ownBoundary   = "arn:aws:iam::111122223333:policy/workload-boundary"
	otherBoundary = "arn:aws:iam::111122223333:policy/other-boundary"
)

func setTo(s string) iam.Value { return iam.Value{Text: policy.Literal(s), Set: s != ""} }

// boundaryCase is a model with one role to judge.
type boundaryCase struct {
	*iam.Model
	role *iam.Entity
}

func newBoundaryCase() *boundaryCase {
	e := &iam.Entity{Kind: iam.Role, Declared: iam.Declared{Address: "aws_iam_role.x", Provider: "aws"}, Type: "aws_iam_role", Name: setTo("app-x")}
	return &boundaryCase{&iam.Model{
		Input: iam.Input{Kind: iam.InputPlan, Complete: true}, Symbols: &policy.Symbols{}, Entities: []*iam.Entity{e},
	}, e}
}

func (c *boundaryCase) symbol(s policy.Symbol) iam.Value {
	return iam.Value{Text: policy.SymbolText(c.Symbols.Intern(s)), Set: true}
}

func (c *boundaryCase) unknown(name string) iam.Value {
	return c.symbol(policy.Symbol{Name: name, References: []string{name}})
}

func (c *boundaryCase) policy(name, document string) {
	d, _ := policy.Parse(document, c.Symbols, policy.ParseOptions{Kind: policy.IdentityPolicy})
	c.Policies = append(c.Policies, &iam.ManagedPolicy{
		Declared: iam.Declared{Address: "aws_iam_policy." + name, Provider: "aws"}, Name: setTo(name), Document: &iam.Document{Document: d, Text: c.Symbols.Text(document)},
	})
}

// judge runs the first leg and shows "severity verdict rule" of each finding
// at the role.
func (c *boundaryCase) judge(t *testing.T, s lint.Settings) (brief []string, findings []lint.Finding) {
	t.Helper()
	r, err := driver.Run([]*iam.Model{c.Model}, []*lint.Rule{BoundaryMissing, BoundaryNotApproved, BoundaryInvalid, BoundaryRemoved, BoundaryIgnored},
		&s, driver.Options{ManagedPolicy: catalog.ManagedPolicyARN})
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.Findings {
		for _, f := range r.Findings[i].All() {
			if f.Address == c.role.Address {
				brief = append(brief, fmt.Sprintf("%s %s %s", f.Severity, f.Verdict, strings.TrimPrefix(f.Rule, "boundary-")))
				findings = append(findings, f)
			}
		}
	}
	return brief, findings
}

func TestBoundary(t *testing.T) {
	t.Parallel()
	approvedOwn := lint.Settings{Boundaries: []lint.ApprovedBoundary{{ARNs: []string{"arn:aws:iam::*:policy/workload-boundary"}}}}
	account := lint.Settings{AccountID: "111122223333"}
	const wide = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
	const narrow = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`
	by := func(references ...string) lint.Settings {
		return lint.Settings{Boundaries: []lint.ApprovedBoundary{{References: references}}}
	}
	const (
		missing     = "error violation missing"
		maybe       = "error undetermined missing"
		notApproved = "error violation not-approved"
		undecided   = "error undetermined not-approved"
		invalid     = "error violation invalid"
	)
	for name, tt := range map[string]struct {
		set      func(*boundaryCase)
		settings lint.Settings
		want     string
	}{
		"none":                  {func(*boundaryCase) {}, lint.Settings{}, missing},
		"literal":               {func(c *boundaryCase) { c.role.Boundary = setTo(ownBoundary) }, lint.Settings{}, ""},
		"gone":                  {func(c *boundaryCase) { c.role.Change = iam.ChangeDelete }, lint.Settings{}, ""},
		"forgotten":             {func(c *boundaryCase) { c.role.Change = iam.ChangeForget }, lint.Settings{}, ""},
		"service-linked":        {func(c *boundaryCase) { c.role.Path = setTo("/aws-service-role/x.amazonaws.com/") }, lint.Settings{}, ""},
		"of Identity Center":    {func(c *boundaryCase) { c.role.Path = setTo("/aws-reserved/sso.amazonaws.com/") }, lint.Settings{}, ""},
		"like a service-linked": {func(c *boundaryCase) { c.role.Path = setTo("/aws-service-roles/") }, lint.Settings{}, missing},
		"AdministratorAccess":   {func(c *boundaryCase) { c.role.Boundary = setTo("arn:aws:iam::aws:policy/AdministratorAccess") }, lint.Settings{}, notApproved},
		"PowerUserAccess":       {func(c *boundaryCase) { c.role.Boundary = setTo("arn:aws:iam::aws:policy/PowerUserAccess") }, lint.Settings{}, ""},
		"AWS-managed, path":     {func(c *boundaryCase) { c.role.Boundary = setTo("arn:aws:iam::aws:policy/job-function/ViewOnlyAccess") }, lint.Settings{}, ""},
		"wide policy":           {func(c *boundaryCase) { c.policy("workload-boundary", wide); c.role.Boundary = setTo(ownBoundary) }, lint.Settings{}, notApproved},
		"wide policy, approved": {func(c *boundaryCase) { c.policy("workload-boundary", wide); c.role.Boundary = setTo(ownBoundary) }, approvedOwn, ""},
		"narrow policy":         {func(c *boundaryCase) { c.policy("workload-boundary", narrow); c.role.Boundary = setTo(ownBoundary) }, lint.Settings{}, ""},
		"policy, document hides": {func(c *boundaryCase) {
			c.policy("workload-boundary", "")
			c.hideDocument()
			c.role.Boundary = setTo(ownBoundary)
		}, lint.Settings{}, undecided},
		"name of wide policy hides": {func(c *boundaryCase) {
			c.policy("workload-boundary", wide)
			c.Policies[0].Name = c.unknown("random_id.x.hex")
			c.role.Boundary = setTo(ownBoundary)
		}, lint.Settings{}, undecided},
		"name of narrow policy hides": {func(c *boundaryCase) {
			c.policy("workload-boundary", narrow)
			c.Policies[0].Name = c.unknown("random_id.x.hex")
			c.role.Boundary = setTo(ownBoundary)
		}, lint.Settings{}, ""},
		"generated name of wide policy": {func(c *boundaryCase) {
			c.policy("workload-boundary", wide)
			c.Policies[0].Name = iam.Value{}
			c.role.Boundary = c.symbol(policy.Symbol{Kind: policy.SymbolReference, Name: "r", Address: "aws_iam_policy.workload-boundary", Attribute: "arn"})
		}, lint.Settings{}, notApproved},
		"configured": {func(c *boundaryCase) { c.role.Boundary = setTo(ownBoundary) }, approvedOwn, ""},
		"another":    {func(c *boundaryCase) { c.role.Boundary = setTo(otherBoundary) }, approvedOwn, notApproved},
		"for others": {func(c *boundaryCase) { c.role.Boundary = setTo(ownBoundary) }, lint.Settings{Boundaries: []lint.ApprovedBoundary{
			{ARNs: []string{ownBoundary}, AppliesTo: []string{"svc-*"}},
		}}, notApproved},
		"for this": {func(c *boundaryCase) { c.role.Boundary = setTo(ownBoundary) }, lint.Settings{Boundaries: []lint.ApprovedBoundary{
			{ARNs: []string{otherBoundary}}, {ARNs: []string{ownBoundary}, AppliesTo: []string{"svc-*", "app-*"}},
		}}, ""},
		"for whom hides": {func(c *boundaryCase) {
			c.role.Boundary = setTo(ownBoundary)
			c.role.Name = c.unknown("local.name")
		}, lint.Settings{Boundaries: []lint.ApprovedBoundary{{ARNs: []string{ownBoundary}, AppliesTo: []string{"svc-*"}}}}, undecided},
		"unknown":                        {func(c *boundaryCase) { c.role.Boundary = c.unknown("var.b") }, lint.Settings{}, maybe + ", " + undecided},
		"unknown ARN":                    {func(c *boundaryCase) { c.role.Boundary = c.reference("aws_ssm_parameter.b", "arn") }, lint.Settings{}, undecided},
		"unknown, configured":            {func(c *boundaryCase) { c.role.Boundary = c.unknown("var.b") }, approvedOwn, maybe + ", " + undecided},
		"unknown, approved by reference": {func(c *boundaryCase) { c.role.Boundary = c.withReferences("var.b") }, by("var.b"), ""},
		"known, approved by reference": {func(c *boundaryCase) {
			c.role.Boundary = setTo(otherBoundary)
			c.role.Boundary.References = []string{"var.b"}
		}, by("var.b"), ""},
		"two references, one approved":    {func(c *boundaryCase) { c.role.Boundary = c.unknown("x") }, by("var.b"), maybe + ", " + undecided},
		"resource, approved by reference": {func(c *boundaryCase) { c.role.Boundary = c.reference("aws_iam_policy.b", "arn") }, by("aws_iam_policy.b"), ""},
		"resource in a module":            {func(c *boundaryCase) { c.role.Boundary = c.reference(`module.m["a.b"].aws_iam_policy.b[0]`, "arn") }, by("aws_iam_policy.b.arn"), ""},
		"literal of an approved resource": {func(c *boundaryCase) { c.policy("workload-boundary", narrow); c.role.Boundary = setTo(ownBoundary) }, by("aws_iam_policy.workload-boundary"), ""},
		"literal of an approved lookup": {func(c *boundaryCase) {
			c.lookup("PowerUserAccess")
			c.role.Boundary = setTo("arn:aws:iam::aws:policy/PowerUserAccess")
		}, by("data.aws_iam_policy.b"), ""},
		"another than the approved resource": {func(c *boundaryCase) { c.policy("other", narrow); c.role.Boundary = setTo(ownBoundary) }, by("aws_iam_policy.other"), notApproved},
		"resource of similar name":           {func(c *boundaryCase) { c.role.Boundary = c.reference("my_aws_iam_policy.b", "arn") }, by("aws_iam_policy.b"), undecided},
		"other attribute": {func(c *boundaryCase) {
			c.policy("b", narrow)
			c.role.Boundary = c.reference("aws_iam_policy.b", "policy")
		}, by("aws_iam_policy.b"), invalid},
		"data by name, approved by ARN": {func(c *boundaryCase) { c.lookup("workload-boundary") }, approvedOwn, ""},
		"data by name, not approved":    {func(c *boundaryCase) { c.lookup("other") }, approvedOwn, notApproved},
		"data by name, approved path": {func(c *boundaryCase) { c.lookup("workload-boundary") }, lint.Settings{Boundaries: []lint.ApprovedBoundary{
			{ARNs: []string{"arn:aws:iam::111122223333:policy/teams/workload-boundary"}},
		}}, ""},
		"data by name, approved glob of a path": {func(c *boundaryCase) { c.lookup("workload-boundary") }, lint.Settings{Boundaries: []lint.ApprovedBoundary{
			{ARNs: []string{"arn:aws:iam::111122223333:policy/teams/*"}},
		}}, undecided},
		"data of AWS's admin": {func(c *boundaryCase) { c.lookup("AdministratorAccess") }, lint.Settings{}, notApproved},
		"data of AWS's other": {func(c *boundaryCase) { c.lookup("PowerUserAccess") }, lint.Settings{}, ""},
		"choice with null": {func(c *boundaryCase) {
			c.role.Boundary = c.symbol(policy.Symbol{Kind: policy.SymbolChoice, Name: "c", Nullable: true, Alternatives: []policy.Text{policy.Literal(ownBoundary)}})
		}, lint.Settings{}, maybe},
		"choice of two good": {func(c *boundaryCase) { c.role.Boundary = c.choice(ownBoundary, otherBoundary) }, lint.Settings{}, ""},
		"choice of two bad":  {func(c *boundaryCase) { c.role.Boundary = c.choice(otherBoundary, otherBoundary+"2") }, approvedOwn, notApproved},
		"choice of both":     {func(c *boundaryCase) { c.role.Boundary = c.choice(ownBoundary, otherBoundary) }, approvedOwn, undecided},
		"document":           {func(c *boundaryCase) { c.role.Boundary = setTo(" \n" + narrow) }, lint.Settings{}, invalid},
		"unknown document": {func(c *boundaryCase) {
			c.role.Boundary = c.reference("data.aws_iam_policy_document.b", "json")
		}, lint.Settings{}, invalid},
		"name":              {func(c *boundaryCase) { c.role.Boundary = setTo("workload-boundary") }, lint.Settings{}, invalid},
		"arn of a role":     {func(c *boundaryCase) { c.role.Boundary = setTo("arn:aws:iam::111122223333:role/x") }, lint.Settings{}, invalid},
		"bucket":            {func(c *boundaryCase) { c.role.Boundary = setTo("arn:aws:s3:::policy/x") }, lint.Settings{}, invalid},
		"trailing slash":    {func(c *boundaryCase) { c.role.Boundary = setTo("arn:aws:iam::111122223333:policy/x/") }, lint.Settings{}, invalid},
		"blank":             {func(c *boundaryCase) { c.role.Boundary = setTo(ownBoundary + " ") }, lint.Settings{}, invalid},
		"wildcard":          {func(c *boundaryCase) { c.role.Boundary = setTo("arn:aws:iam::111122223333:policy/*") }, lint.Settings{}, invalid},
		"wildcard account":  {func(c *boundaryCase) { c.role.Boundary = setTo("arn:aws:iam::*:policy/x") }, lint.Settings{}, invalid},
		"no account":        {func(c *boundaryCase) { c.role.Boundary = setTo("arn:aws:iam:::policy/x") }, lint.Settings{}, invalid},
		"region":            {func(c *boundaryCase) { c.role.Boundary = setTo("arn:aws:iam:eu-west-1:111122223333:policy/x") }, lint.Settings{}, invalid},
		"another account":   {func(c *boundaryCase) { c.role.Boundary = setTo("arn:aws:iam::999988887777:policy/x") }, account, invalid},
		"own account":       {func(c *boundaryCase) { c.role.Boundary = setTo(ownBoundary) }, account, ""},
		"another partition": {func(c *boundaryCase) { c.role.Boundary = setTo("arn:aws-cn:iam::111122223333:policy/x") }, account, ""},
		"another partition, region given": {func(c *boundaryCase) {
			c.Providers = []*iam.Provider{{Name: "aws", Region: policy.Literal("eu-west-1")}}
			c.role.Boundary = setTo("arn:aws-cn:iam::111122223333:policy/x")
		}, account, invalid},
		"account of approved boundaries": {func(c *boundaryCase) {
			c.role.Boundary = setTo("arn:aws:iam::999988887777:policy/workload-boundary")
		}, lint.Settings{Boundaries: []lint.ApprovedBoundary{{ARNs: []string{ownBoundary}}}}, invalid},
		"account hides": {func(c *boundaryCase) {
			c.role.Boundary = c.symbol(policy.Symbol{Kind: policy.SymbolAccount, Name: "account", Scope: "aws"})
			c.role.Boundary.Text = policy.Concat(policy.Literal("arn:aws:iam::"), c.role.Boundary.Text, policy.Literal(":policy/workload-boundary"))
		}, lint.Settings{Boundaries: []lint.ApprovedBoundary{{ARNs: []string{ownBoundary}}}}, ""},
		"sensitive": {func(c *boundaryCase) {
			c.role.Boundary = setTo("hunter2")
			c.role.Boundary.Sensitive = true
		}, lint.Settings{}, invalid},
		"ignored": {func(c *boundaryCase) {
			c.role.Boundary, c.role.IgnoreChanges = setTo(ownBoundary), []string{"tags", "permissions_boundary"}
		}, lint.Settings{}, "warning violation ignored"},
		"all ignored": {func(c *boundaryCase) {
			c.role.Boundary, c.role.IgnoreChanges = setTo(ownBoundary), []string{"all"}
		}, lint.Settings{}, "warning violation ignored"},
		"others ignored": {func(c *boundaryCase) {
			c.role.Boundary, c.role.IgnoreChanges = setTo(ownBoundary), []string{"tags"}
		}, lint.Settings{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newBoundaryCase()
			tt.set(c)
			got, findings := c.judge(t, tt.settings)
			if joined := strings.Join(got, ", "); joined != tt.want {
				t.Errorf("got %q, want %q", joined, tt.want)
			}
			for _, f := range findings {
				if strings.Contains(f.Message+f.Remediation, "hunter2") {
					t.Errorf("a sensitive value is printed: %s", f.Message)
				}
				if f.Message == "" || f.Remediation == "" || !strings.HasSuffix(f.Message, ".") {
					t.Errorf("%+v", f)
				}
			}
		})
	}
}

func (c *boundaryCase) hideDocument() {
	s := c.Symbols.Intern(policy.Symbol{Name: "document"})
	c.Policies[0].Document = &iam.Document{Document: &policy.Document{Unknown: s}, Text: policy.SymbolText(s)}
}

func (c *boundaryCase) reference(address, attribute string) iam.Value {
	return c.symbol(policy.Symbol{
		Kind: policy.SymbolReference, Name: address + "." + attribute, Address: address, Attribute: attribute,
	})
}

func (c *boundaryCase) withReferences(name string) iam.Value {
	v := c.unknown(name)
	v.References = []string{name}
	return v
}

func (c *boundaryCase) lookup(name string) {
	c.Lookups = append(c.Lookups, &iam.Lookup{Declared: iam.Declared{Address: "data.aws_iam_policy.b"}, Type: "aws_iam_policy", Name: setTo(name)})
	c.role.Boundary = c.reference("data.aws_iam_policy.b", "arn")
}

func (c *boundaryCase) choice(texts ...string) iam.Value {
	s := policy.Symbol{Kind: policy.SymbolChoice, Name: strings.Join(texts, "|")}
	for _, x := range texts {
		s.Alternatives = append(s.Alternatives, policy.Literal(x))
	}
	return c.symbol(s)
}

func TestBoundaryRemoved(t *testing.T) {
	t.Parallel()
	const admin = "arn:aws:iam::aws:policy/AdministratorAccess"
	both := lint.Settings{Boundaries: []lint.ApprovedBoundary{{ARNs: []string{ownBoundary, otherBoundary}}}}
	off := false
	without := lint.Settings{Rules: []lint.RuleSetting{{ID: bounds.Removed, Enabled: &off}}}
	const removed = "error violation removed"
	drift := func(before, after string) *iam.Drift { return &iam.Drift{Before: setTo(before), After: setTo(after)} }
	for name, tt := range map[string]struct {
		before, after string
		hasBefore     bool
		drift         *iam.Drift
		change        iam.Change
		settings      lint.Settings
		want, message string
	}{
		"kept":                            {before: ownBoundary, after: ownBoundary, hasBefore: true, change: iam.ChangeNoOp},
		"dropped":                         {before: ownBoundary, hasBefore: true, change: iam.ChangeUpdate, want: removed, message: "takes"},
		"dropped by replacement":          {before: ownBoundary, hasBefore: true, change: iam.ChangeReplace, want: removed},
		"dropped, rule off":               {before: ownBoundary, hasBefore: true, change: iam.ChangeUpdate, settings: without, want: "error violation missing"},
		"never had one":                   {hasBefore: true, change: iam.ChangeUpdate, want: "error violation missing"},
		"gets one":                        {after: ownBoundary, hasBefore: true, change: iam.ChangeUpdate},
		"created":                         {after: ownBoundary, change: iam.ChangeCreate},
		"destroyed":                       {before: ownBoundary, hasBefore: true, change: iam.ChangeDelete},
		"forgotten":                       {before: ownBoundary, hasBefore: true, change: iam.ChangeForget},
		"swapped":                         {before: ownBoundary, after: otherBoundary, hasBefore: true, change: iam.ChangeUpdate, want: removed, message: "is not approved"},
		"swapped for an approved one":     {before: ownBoundary, after: otherBoundary, hasBefore: true, change: iam.ChangeUpdate, settings: both},
		"swapped for another":             {before: ownBoundary, after: ownBoundary + "-v2", hasBefore: true, change: iam.ChangeUpdate, settings: both, want: removed, message: "not approved"},
		"swapped for admin":               {before: ownBoundary, after: admin, hasBefore: true, change: iam.ChangeUpdate, want: removed},
		"fixed":                           {before: admin, after: ownBoundary, hasBefore: true, change: iam.ChangeUpdate},
		"still admin":                     {before: admin, after: admin, hasBefore: true, change: iam.ChangeNoOp, want: "error violation not-approved"},
		"swapped for nonsense":            {before: ownBoundary, after: "x", hasBefore: true, change: iam.ChangeUpdate, want: "error violation invalid"},
		"drift repaired":                  {before: "", after: ownBoundary, hasBefore: true, drift: drift(ownBoundary, ""), change: iam.ChangeUpdate, want: "note violation removed", message: "puts it right"},
		"swapping drift repaired":         {before: otherBoundary, after: ownBoundary, hasBefore: true, drift: drift(ownBoundary, otherBoundary), change: iam.ChangeUpdate, settings: both, want: "note violation removed"},
		"drift stands":                    {hasBefore: true, drift: drift(ownBoundary, ""), change: iam.ChangeNoOp, want: removed, message: "leaves it so"},
		"swapping drift stands":           {before: otherBoundary, after: otherBoundary, hasBefore: true, drift: drift(ownBoundary, otherBoundary), change: iam.ChangeNoOp, want: removed, message: "swapped for"},
		"swapping drift stands, approved": {before: otherBoundary, after: otherBoundary, hasBefore: true, drift: drift(ownBoundary, otherBoundary), change: iam.ChangeNoOp, settings: both},
		"drift in other attributes":       {before: ownBoundary, after: ownBoundary, hasBefore: true, drift: drift(ownBoundary, ownBoundary), change: iam.ChangeUpdate},
		"added by hand, taken off":        {before: ownBoundary, hasBefore: true, drift: drift("", ownBoundary), change: iam.ChangeUpdate, want: removed},
		"drift of what is destroyed":      {before: "", hasBefore: true, drift: drift(ownBoundary, ""), change: iam.ChangeDelete},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newBoundaryCase()
			c.role.Before, c.role.Boundary, c.role.HasBefore = setTo(tt.before), setTo(tt.after), tt.hasBefore
			c.role.Drift, c.role.Change = tt.drift, tt.change
			got, findings := c.judge(t, tt.settings)
			if joined := strings.Join(got, ", "); joined != tt.want {
				t.Errorf("got %q, want %q", joined, tt.want)
			}
			if tt.message != "" && (len(findings) == 0 || !strings.Contains(findings[0].Message, tt.message)) {
				t.Errorf("%+v", findings)
			}
		})
	}
	t.Run("swapped for something unknown", func(t *testing.T) {
		t.Parallel()
		c := newBoundaryCase()
		c.role.Before, c.role.Boundary, c.role.HasBefore = setTo(ownBoundary), c.unknown("var.b"), true
		if got, _ := c.judge(t, both); strings.Join(got, ", ") != "error undetermined removed" {
			t.Error(got)
		}
	})
	t.Run("the same by symbol", func(t *testing.T) {
		t.Parallel()
		c := newBoundaryCase()
		c.policy("workload-boundary", `{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}`)
		c.role.Before, c.role.HasBefore = setTo(ownBoundary), true
		c.role.Boundary = c.reference("aws_iam_policy.workload-boundary", "arn")
		if got, _ := c.judge(t, lint.Settings{}); len(got) != 0 {
			t.Error(got)
		}
	})
}

func TestWide(t *testing.T) {
	t.Parallel()
	allow := func(rest string) string { return `{"Effect":"Allow",` + rest + `}` }
	const all = `"Action":"*","Resource":"*"`
	for name, tt := range map[string]struct {
		statements string
		want       policy.Truth
	}{
		"everything":                   {allow(all), policy.True},
		"everything, spelt out":        {allow(`"Action":["s3:*","*:*"],"Resource":["arn:aws:s3:::x","*"]`), policy.True},
		"one service":                  {allow(`"Action":"s3:*","Resource":"*"`), policy.False},
		"one resource":                 {allow(`"Action":"*","Resource":"arn:aws:s3:::x"`), policy.False},
		"under a condition":            {allow(all + `,"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`), policy.False},
		"a deny":                       {allow(all) + `,{"Effect":"Deny","Action":"iam:*","Resource":"*"}`, policy.False},
		"NotAction alone":              {allow(`"NotAction":"iam:*","Resource":"*"`), policy.False},
		"NotAction and the rest":       {allow(`"NotAction":["iam:*","sts:AssumeRole"],"Resource":"*"`) + `,` + allow(`"Action":["IAM:*","sts:*"],"Resource":"*"`), policy.True},
		"NotAction and part of it":     {allow(`"NotAction":["iam:*"],"Resource":"*"`) + `,` + allow(`"Action":"iam:Get*","Resource":"*"`), policy.False},
		"hidden action":                {allow(`"Action":"@","Resource":"*"`), policy.Maybe},
		"hidden resource":              {allow(`"Action":"*","Resource":"@"`), policy.Maybe},
		"hidden part of a resource":    {allow(`"Action":"*","Resource":"arn:aws:s3:::@"`), policy.False},
		"hidden statement beside one":  {allow(all) + `,"@"`, policy.Maybe},
		"hidden statement":             {`"@"`, policy.Maybe},
		"hidden effect":                {`{"Effect":"@",` + all + `}`, policy.Maybe},
		"hidden effect of a narrowing": {allow(all) + `,{"Effect":"@","Action":"iam:*","Resource":"*"}`, policy.Maybe},
		"invalid":                      {`{"Effect":"Alow",` + all + `}`, policy.False},
	} {
		var syms policy.Symbols
		src := strings.ReplaceAll(`{"Version":"2012-10-17","Statement":[`+tt.statements+`]}`, "@", syms.Token(syms.Intern(policy.Symbol{Name: "x"})))
		d, _ := policy.Parse(src, &syms, policy.ParseOptions{Kind: policy.IdentityPolicy})
		if got := holders.IsWide(d); got != tt.want {
			t.Errorf("%s: got %d, want %d", name, got, tt.want)
		}
	}
	for name, want := range map[string]policy.Truth{
		"AdministratorAccess": policy.True, "PowerUserAccess": policy.False, "ReadOnlyAccess": policy.False, "NoSuchPolicy": policy.False,
	} {
		if got := holders.AWSWide("arn:aws:iam::aws:policy/" + name); got != want {
			t.Errorf("%s: %d", name, got)
		}
	}
}

// TestBoundaryLine: the line that is advised where a boundary is missing names
// one that is approved for that entity, as the others write it.
func TestBoundaryLine(t *testing.T) {
	const ops = "arn:aws:iam::111122223333:policy/ops-boundary"
	type approved = lint.ApprovedBoundary
	other := func(name string, boundary iam.Value) func(*boundaryCase) {
		return func(c *boundaryCase) {
			c.Entities = append(c.Entities, &iam.Entity{
				Kind: iam.Role, Declared: iam.Declared{Address: "aws_iam_role." + name, Provider: "aws"}, Type: "aws_iam_role", Name: setTo(name), Boundary: boundary,
			})
		}
	}
	all := func(sets ...func(*boundaryCase)) func(*boundaryCase) {
		return func(c *boundaryCase) {
			for _, set := range sets {
				set(c)
			}
		}
	}
	declared := func(c *boundaryCase) {
		c.policy("workload-boundary", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`)
	}
	for name, tt := range map[string]struct {
		set        func(*boundaryCase)
		boundaries []approved
		want       string // the expression, "" for none
	}{
		"nothing is known":                 {all(), nil, ""},
		"what another one has":             {other("a", setTo(ownBoundary)), nil, `"` + ownBoundary + `"`},
		"what most have":                   {all(other("a", setTo(ops)), other("b", setTo(ownBoundary)), other("c", setTo(ownBoundary))), nil, `"` + ownBoundary + `"`},
		"the first of what some have":      {all(other("b", setTo(ownBoundary)), other("a", setTo(ops))), nil, `"` + ops + `"`},
		"what is declared":                 {all(declared, other("a", setTo(ownBoundary))), nil, "aws_iam_policy.workload-boundary.arn"},
		"what is not a policy":             {other("a", setTo("workload-boundary")), nil, ""},
		"the administrator's":              {other("a", setTo("arn:aws:iam::aws:policy/AdministratorAccess")), nil, ""},
		"the approved one":                 {all(), []approved{{ARNs: []string{ownBoundary}}}, `"` + ownBoundary + `"`},
		"the approved one of any account":  {all(), []approved{{ARNs: []string{"arn:*:iam::*:policy/workload-boundary"}}}, `"` + ownBoundary + `"`},
		"an approved pattern":              {all(), []approved{{ARNs: []string{"arn:aws:iam::*:policy/dev-*"}}}, ""},
		"the one for its name":             {all(), []approved{{ARNs: []string{ops}, AppliesTo: []string{"ops-*"}}, {ARNs: []string{ownBoundary}, AppliesTo: []string{"app-*"}}}, `"` + ownBoundary + `"`},
		"none for its name":                {all(), []approved{{ARNs: []string{ops}, AppliesTo: []string{"ops-*"}}}, ""},
		"the first that can be written":    {all(), []approved{{ARNs: []string{"arn:aws:iam::*:policy/dev-*"}}, {ARNs: []string{ops}}}, `"` + ops + `"`},
		"an approved variable":             {all(), []approved{{References: []string{"var.boundary"}}}, "var.boundary"},
		"an approved local":                {all(), []approved{{References: []string{"local.boundary"}}}, "local.boundary"},
		"an approved resource":             {all(), []approved{{References: []string{"aws_iam_policy.b"}}}, "aws_iam_policy.b.arn"},
		"an approved attribute":            {all(), []approved{{References: []string{"aws_iam_policy.b.arn"}}}, "aws_iam_policy.b.arn"},
		"an ARN rather than its reference": {all(), []approved{{References: []string{"var.boundary"}, ARNs: []string{ops}}}, `"` + ops + `"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newBoundaryCase()
			tt.set(c)
			brief, findings := c.judge(t, lint.Settings{AccountID: "111122223333", Boundaries: tt.boundaries})
			if len(findings) != 1 || findings[0].Rule != "boundary-missing" {
				t.Fatalf("got %v", brief)
			}
			f := findings[0]
			expression := ""
			if f.Fix != nil {
				expression = f.Fix.Expression
			}
			if expression != tt.want || tt.want != "" && !strings.HasSuffix(f.Remediation, "permissions_boundary = "+tt.want) {
				t.Errorf("got %q, %q, want %q", expression, f.Remediation, tt.want)
			}
		})
	}
}

// TestBoundaryTopic: a policy that locks a boundary block locks what judges boundaries.
func TestBoundaryTopic(t *testing.T) {
	for _, r := range All() {
		if r.Leg == lint.FirstLeg && r.Topic != lint.BoundaryTopic && r.Topic != lint.NamingTopic {
			t.Errorf("%s judges neither boundaries nor names", r.ID)
		}
	}
}
