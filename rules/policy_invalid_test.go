package rules

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// written is a document as a source would hand it over.
func written(src, address string, kind policy.Kind, syms *policy.Symbols) *iam.Document {
	doc, diags := policy.Parse(src, syms, policy.ParseOptions{Kind: kind})
	text := policy.Literal(src)
	if syms != nil {
		text = syms.Text(src)
	}
	return &iam.Document{Document: doc, Diagnostics: diags, Text: text, Location: iam.Location{Address: address, Attribute: "policy"}}
}

// judge runs one rule over a model and returns "severity verdict address: message".
func judge(t *testing.T, rule *lint.Rule, m *iam.Model, s *lint.Settings) []string {
	t.Helper()
	var out []string
	keys := map[string]bool{}
	pass := lint.NewPass(rule, m, s, nil, func(f lint.Filed) {
		if key := f.Address + " " + f.Key; keys[key] {
			t.Errorf("two findings with the key %s", key)
		} else {
			keys[key] = true
		}
		if f.Message == "" || f.Remediation == "" || f.Rule != rule.ID {
			t.Errorf("incomplete: %+v", f)
		}
		out = append(out, fmt.Sprintf("%s %s %s: %s", f.Severity, f.Verdict, f.Address, f.Message))
	})
	if err := rule.Run(pass); err != nil {
		t.Fatal(err)
	}
	return out
}

// allOf compares findings with the pieces that each must have.
func allOf(t *testing.T, got []string, want ...string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("got %d findings, want %d:\n%s", len(got), len(want), strings.Join(got, "\n"))
	}
	for i := range want {
		for piece := range strings.SplitSeq(want[i], " ... ") {
			if !strings.Contains(got[i], piece) {
				t.Errorf("%q is not in %q", piece, got[i])
			}
		}
	}
}

func oneStatement(body string) string {
	return `{"Version":"2012-10-17","Statement":[{` + body + `}]}`
}

func TestPolicyInvalid(t *testing.T) {
	tests := []struct {
		name, src string
		kind      policy.Kind
		want      []string
	}{
		{"fine", oneStatement(`"Effect":"Allow","Action":["iam:createrole","S3:Get*","*"],"Resource":"*","Condition":{"StringEquals":{"AWS:requesttag/Team":"a"}}`), policy.IdentityPolicy, nil},
		{"grammar", oneStatement(`"Effect":"allow","Action":"*","Resource":"*"`), policy.IdentityPolicy, []string{`error violation a.b: The Effect "allow"`}},
		{"remark", oneStatement(`"effect":"Allow","Action":"*","Resource":"*"`), policy.IdentityPolicy, []string{`warning violation a.b: "effect"`}},
		{"statement named", `{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Sid":"Two","Effect":"Allow","Action":"x","Resource":"*"}]}`, policy.IdentityPolicy, []string{`In statement 2 (Two), the action "x" names no service.`}},
		{"typo in an Allow", oneStatement(`"Effect":"Allow","Action":"iam:CreateRoles","Resource":"*"`), policy.IdentityPolicy, []string{`error ... iam has no action "CreateRoles": the Allow of "iam:CreateRoles" grants nothing.`}},
		{"typo in a Deny", oneStatement(`"Effect":"Deny","Action":"iam:DeleteRolePermissionBoundary","Resource":"*"`), policy.IdentityPolicy, []string{`error ... the Deny of "iam:DeleteRolePermissionBoundary" stops nothing`}},
		{"newer than the data", oneStatement(`"Effect":"Allow","Action":"iam:TeleportQuantumly","Resource":"*"`), policy.IdentityPolicy, []string{`warning undetermined ... has no iam:TeleportQuantumly`}},
		{"unknown in a Deny", oneStatement(`"Effect":"Deny","Action":"iam:TeleportQuantumly","Resource":"*"`), policy.IdentityPolicy, []string{`warning undetermined ... stops nothing`}},
		{"wildcard of nothing", oneStatement(`"Effect":"Allow","Action":"iam:Zz*","Resource":"*"`), policy.IdentityPolicy, []string{`warning undetermined ... o action that AWS lists ... matches "iam:Zz*"`}},
		{"service", oneStatement(`"Effect":"Allow","Action":"lambada:Invoke*","Resource":"*"`), policy.IdentityPolicy, []string{`error ... AWS has no service "lambada"`}},
		{"NotAction", oneStatement(`"Effect":"Deny","NotAction":"iam:GetRolle","Resource":"*"`), policy.IdentityPolicy, []string{`exempts nothing from the Deny`}},
		{"unknown key", oneStatement(`"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{"iam:PassToService":"a"}}`), policy.IdentityPolicy, []string{`error ... no condition key "iam:PassToService" ... never holds`}},
		{"unknown key, negated", oneStatement(`"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{"StringNotEquals":{"iam:Passtoservice":"a"}}`), policy.IdentityPolicy, []string{`always holds`}},
		{"key of another action", oneStatement(`"Effect":"Allow","Action":["iam:CreateRole","iam:GetRole"],"Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":"a"}}`), policy.IdentityPolicy, []string{`warning ... o action of the statement supplies ... never holds`}},
		{"IfExists", oneStatement(`"Effect":"Allow","Action":["iam:CreateRole"],"Resource":"*","Condition":{"StringEqualsIfExists":{"iam:PassedToService":"a"}}`), policy.IdentityPolicy, []string{`always holds`}},
		{"key of one action", oneStatement(`"Effect":"Allow","Action":["iam:CreateRole","iam:PassRole"],"Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":"a"}}`), policy.IdentityPolicy, nil},
		{"key of the scheme", oneStatement(`"Effect":"Allow","Action":["iam:TagRole"],"Resource":"*","Condition":{"StringEquals":{"iam:PermissionsBoundary":"a"}}`), policy.IdentityPolicy, nil},
		{"keys spelt in lists", oneStatement(`"Effect":"Allow","Action":["s3:GetObject"],"Resource":"*","Condition":{"StringEquals":{"s3:ExistingObjectTag/team":"a"}}`), policy.IdentityPolicy, nil},
		{"provider", oneStatement(`"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},"Condition":{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"},"StringLike":{"token.actions.githubusercontent.com:sub":"repo:a/b:*"}}`), policy.TrustPolicy, nil},
		{"external id", oneStatement(`"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"111122223333"},"Condition":{"StringEquals":{"sts:ExternalId":"x"}}`), policy.TrustPolicy, nil},
		{"bucket", oneStatement(`"Effect":"Deny","Action":"s3:*","Principal":"*","Resource":"arn:aws:s3:::b/*","Condition":{"Bool":{"aws:SecureTransport":"false"}}`), policy.ResourcePolicy, nil},
		{"an operation of two permissions", oneStatement(`"Effect":"Allow","Action":"kms:ReEncrypt","Resource":"*"`), policy.IdentityPolicy, []string{`error violation ... kms has no action "ReEncrypt"`}},
		{"wildcards of nothing", oneStatement(`"Effect":"Allow","Action":["acm:View*","acm:Check*","s3:GetObject"],"Resource":"*"`), policy.IdentityPolicy, []string{`warning undetermined ... matches "acm:View*", "acm:Check*".`}},
		{"newer key", oneStatement(`"Effect":"Allow","Action":"iam:CreateRole","Resource":"*","Condition":{"ArnLike":{"aws:SignInSessionArn":"arn:aws:signin:*:*:*"}}`), policy.IdentityPolicy, []string{`warning undetermined ... has no "aws:SignInSessionArn"`}},
		{"key with a scheme", oneStatement(`"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/gitlab.com"},"Condition":{"StringEquals":{"https://gitlab.com:sub":"a"}}`), policy.TrustPolicy, []string{`error violation ... no condition key "https://gitlab.com:sub"`}},
		{"claim of another provider", oneStatement(`"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/gitlab.com"},"Condition":{"StringEquals":{"token.actions.githubusercontent.com:sub":"a"}}`), policy.TrustPolicy, []string{`error violation ... is a claim of another identity provider than gitlab.com`}},
		{"web identity by AssumeRole", oneStatement(`"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/gitlab.com"}`), policy.TrustPolicy, []string{`error violation ... assumes roles by sts:AssumeRoleWithWebIdentity`}},
		{"service by web identity", oneStatement(`"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Service":"ec2.amazonaws.com"}`), policy.TrustPolicy, []string{`assumes roles by sts:AssumeRole,`}},
		{"tags beside", oneStatement(`"Effect":"Allow","Action":"sts:TagSession","Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/gitlab.com"}`), policy.TrustPolicy, nil},
		{"set operator", oneStatement(`"Effect":"Allow","Action":"iam:CreateRole","Resource":"*","Condition":{"StringEquals":{"aws:TagKeys":"team"}}`), policy.IdentityPolicy, []string{`warning undetermined ... several values of aws:TagKeys`}},
		{"operator of another type", oneStatement(`"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"IpAddress":{"aws:SecureTransport":"203.0.113.0/24"}}`), policy.IdentityPolicy, []string{`warning violation ... IpAddress does not read the values of aws:SecureTransport ... never holds`}},
		{"private address", oneStatement(`"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":["10.0.0.0/8","192.168.1.1"]}}`), policy.IdentityPolicy, []string{`never a private one: the condition never holds`}},
		{"private address, negated", oneStatement(`"Effect":"Deny","Action":"s3:GetObject","Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`), policy.IdentityPolicy, []string{`the condition always holds`}},
		{"private address beside a public one", oneStatement(`"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":["10.0.0.0/8","203.0.113.0/24"]}}`), policy.IdentityPolicy, nil},
		{"private address of the VPC", oneStatement(`"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"IpAddress":{"aws:VpcSourceIp":"10.0.0.0/8"}}`), policy.IdentityPolicy, nil},
		{"range as text", oneStatement(`"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"aws:SourceIp":"203.0.113.0/24"}}`), policy.IdentityPolicy, []string{`o request has such a value of aws:SourceIp`}},
		{"word as truth value", oneStatement(`"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"yes"}}`), policy.IdentityPolicy, []string{`Bool cannot read the value "yes"`}},
		{"star under equals", oneStatement(`"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity","Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/gitlab.com"},"Condition":{"StringEquals":{"gitlab.com:sub":"project_path:a/*"}}`), policy.TrustPolicy, []string{`StringEquals takes the wildcard in "project_path:a/*"`}},
		{"star of a tag", oneStatement(`"Effect":"Allow","Action":"iam:CreateRole","Resource":"*","Condition":{"StringEquals":{"aws:RequestTag/team":"a*"}}`), policy.IdentityPolicy, nil},
		{"boundary on a Deny that lacks it", oneStatement(`"Effect":"Deny","Action":"iam:PassRole","Resource":"*","Condition":{"StringNotEquals":{"iam:PermissionsBoundary":"arn:aws:iam::111122223333:policy/b"}}`), policy.IdentityPolicy, []string{`supplies the condition key "iam:PermissionsBoundary" ... always holds`}},
		{"no account", oneStatement(`"Effect":"Deny","Action":"iam:DeleteRole","Resource":"arn:aws:iam:::role/*"`), policy.IdentityPolicy, []string{`has no account ... the Deny stops nothing there`}},
		{"an account too many", oneStatement(`"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3::111122223333:bucket/*"`), policy.IdentityPolicy, []string{`has the account 111122223333`}},
		{"documents of AWS", oneStatement(`"Effect":"Allow","Action":"ssm:SendCommand","Resource":"arn:aws:ssm:*::document/AWS-*"`), policy.IdentityPolicy, nil},
		{"service in capitals", oneStatement(`"Effect":"Allow","Action":"iam:GetRole","Resource":"arn:aws:IAM::111122223333:role/a"`), policy.IdentityPolicy, []string{`has the service in capitals`}},
		{"wildcard in the type", oneStatement(`"Effect":"Deny","Action":"iam:DeleteRole","Resource":"arn:aws:iam::111122223333:r*"`), policy.IdentityPolicy, []string{`warning undetermined ... wildcard in the part that names the type`}},
		{"any type", oneStatement(`"Effect":"Deny","Action":"iam:DeleteRole","Resource":["arn:aws:iam::111122223333:*","arn:aws:iam::*:*/app-*"]`), policy.IdentityPolicy, nil},
		{"resource of no action", oneStatement(`"Effect":"Deny","Action":"iam:DeleteRolePermissionsBoundary","Resource":"arn:aws:iam::*:policy/b"`), policy.IdentityPolicy, []string{`does not act on "arn:aws:iam::*:policy/b": the Deny stops nothing there`}},
		{"resource of one action", oneStatement(`"Effect":"Deny","Action":["iam:DeleteRole","iam:DeletePolicy"],"Resource":["arn:aws:iam::*:policy/b","arn:aws:iam::*:role/b"]`), policy.IdentityPolicy, nil},
		{"objects' action on a bucket", oneStatement(`"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b"`), policy.IdentityPolicy, []string{`The action s3:GetObject does not act on "arn:aws:s3:::b": it matches nothing`}},
		{"queue's action on a topic", oneStatement(`"Effect":"Allow","Action":"sqs:SendMessage","Resource":"arn:aws:sns:eu-west-1:111122223333:t"`), policy.IdentityPolicy, []string{`does not act on`}},
		{"bucket beside its objects", oneStatement(`"Effect":"Allow","Action":"s3:GetObject","Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"]`), policy.IdentityPolicy, nil},
		{"action of buckets beside one of objects", oneStatement(`"Effect":"Allow","Action":["s3:GetObject","s3:ListBucket"],"Resource":"arn:aws:s3:::b"`), policy.IdentityPolicy, nil},
		{"all buckets for what acts on none", oneStatement(`"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"arn:aws:s3:::*"`), policy.IdentityPolicy, nil},
		{"principal of a service control policy", oneStatement(`"Effect":"Deny","Action":"iam:*","Resource":"*","Principal":"*"`), policy.ServiceControlPolicy, []string{`service control policy names no principals`}},
		{"account in a resource control policy", oneStatement(`"Effect":"Deny","Action":"s3:*","Resource":"*","Principal":{"AWS":"111122223333"}`), policy.ResourceControlPolicy, []string{`no Principal other than "*"`}},
		{"resource control policy without principal", oneStatement(`"Effect":"Deny","Action":"s3:*","Resource":"*"`), policy.ResourceControlPolicy, []string{`has no Principal`}},
		{"resource control policy", oneStatement(`"Effect":"Deny","Action":"s3:*","Resource":"*","Principal":{"AWS":"*"}`), policy.ResourceControlPolicy, nil},
		{"resource control policy of every action", oneStatement(`"Effect":"Deny","Action":"*","Resource":"*","Principal":"*"`), policy.ResourceControlPolicy, []string{`cannot deny the action "*"`}},
		{"resource control policy of all others", oneStatement(`"Effect":"Deny","NotAction":"s3:*","Resource":"*","Principal":"*"`), policy.ResourceControlPolicy, []string{`cannot have NotAction`}},
		{"resource control policy that allows", oneStatement(`"Effect":"Allow","Action":"s3:*","Resource":"*","Principal":"*"`), policy.ResourceControlPolicy, []string{`cannot allow`}},
		{"RCPFullAWSAccess", oneStatement(`"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"`), policy.ResourceControlPolicy, nil},
		{"fragment", `{"Version":"2012-10-17"}`, policy.AnyPolicy, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := written(tt.src, "a.b", tt.kind, nil)
			m := &iam.Model{}
			switch tt.kind {
			case policy.TrustPolicy:
				m.Entities = []*iam.Entity{{Declared: iam.Declared{Address: "a.b"}, Trust: d}}
			case policy.ResourcePolicy:
				m.ResourcePolicies = []*iam.ResourcePolicy{{Address: "a.b", Document: d}}
			case policy.AnyPolicy:
				m.Documents = []*iam.Document{d}
			case policy.ServiceControlPolicy:
				m.OrganizationPolicies = []*iam.OrganizationPolicy{{Declared: iam.Declared{Address: "a.b"}, Document: d, Type: iam.ServiceControlPolicy}}
			case policy.ResourceControlPolicy:
				m.OrganizationPolicies = []*iam.OrganizationPolicy{{Declared: iam.Declared{Address: "a.b"}, Document: d, Type: iam.ResourceControlPolicy}}
			case policy.IdentityPolicy:
				m.Policies = []*iam.ManagedPolicy{{Declared: iam.Declared{Address: "a.b"}, Document: d}}
			}
			allOf(t, judge(t, PolicyInvalid, m, nil), tt.want...)
		})
	}
}

func TestPolicyInvalidOnEveryDocument(t *testing.T) {
	bad := func(address string) *iam.Document { return written(`{"Statement":1}`, address, policy.AnyPolicy, nil) }
	m := &iam.Model{
		Entities:             []*iam.Entity{{Declared: iam.Declared{Address: "trust"}, Trust: bad("trust")}, {Declared: iam.Declared{Address: "gone", Change: iam.ChangeDelete}, Trust: bad("gone")}},
		Policies:             []*iam.ManagedPolicy{{Declared: iam.Declared{Address: "managed"}, Document: bad("managed")}, {Declared: iam.Declared{Address: "unset"}}},
		Inline:               []*iam.InlinePolicy{{Declared: iam.Declared{Address: "inline"}, Document: bad("inline")}},
		ResourcePolicies:     []*iam.ResourcePolicy{{Address: "resource", Document: bad("resource")}},
		OrganizationPolicies: []*iam.OrganizationPolicy{{Declared: iam.Declared{Address: "scp"}, Document: bad("scp")}},
		Documents:            []*iam.Document{bad("data")},
		Lookups:              []*iam.Lookup{{Declared: iam.Declared{Address: "lookup"}, Document: bad("lookup")}},
	}
	s := &lint.Settings{
		Boundaries:           []lint.ApprovedBoundary{{Name: "b", Document: bad("")}, {Name: "c"}},
		OrganizationPolicies: []*iam.OrganizationPolicy{{Declared: iam.Declared{Address: "scp/a.json"}, Document: bad("")}},
	}
	allOf(t, judge(t, PolicyInvalid, m, s), " trust:", " managed:", " inline:", " resource:", " scp:", " data:", " boundary.b:", " scp/a.json:")
}

func TestPolicyInvalidKeepsSecrets(t *testing.T) {
	d := written(oneStatement(`"Effect":"hunter2","Action":"iam:hunter2","Resource":"*"`), "a", policy.IdentityPolicy, nil)
	d.Sensitive = true
	pass := lint.NewPass(PolicyInvalid, &iam.Model{Policies: []*iam.ManagedPolicy{{Declared: iam.Declared{Address: "a"}, Document: d}}}, nil, nil, func(f lint.Filed) {
		if strings.Contains(fmt.Sprintf("%+v", f), "hunter2") {
			t.Errorf("%+v", f)
		}
	})
	if err := PolicyInvalid.Run(pass); err != nil {
		t.Fatal(err)
	}
}

// TestPolicyInvalidIsQuietOnAWS judges what AWS itself writes: errors are for
// slips, and it makes none. Warnings are for keys that AWS lists nowhere.
func TestPolicyInvalidIsQuietOnAWS(t *testing.T) {
	m := &iam.Model{}
	for _, arn := range catalog.ManagedPolicyARNs() {
		src, _ := catalog.ManagedPolicy(arn)
		m.Policies = append(m.Policies, &iam.ManagedPolicy{Declared: iam.Declared{Address: arn}, Document: written(src, arn, policy.IdentityPolicy, nil)})
	}
	errors, warnings := 0, 0
	for _, f := range judge(t, PolicyInvalid, m, nil) {
		if strings.HasPrefix(f, "error") {
			errors++
			t.Log(f)
		} else {
			warnings++
		}
	}
	if errors > 0 || warnings > 60 {
		t.Errorf("%d errors and %d warnings on %d policies", errors, warnings, len(m.Policies))
	}
}

// TestPolicyInvalidIsQuietOnRealPlans reads every text in the real plans that
// is a policy document: people wrote them, and AWS took them.
func TestPolicyInvalidIsQuietOnRealPlans(t *testing.T) {
	files, err := filepath.Glob("../fixtures/real/*/plan.json")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	m := &iam.Model{}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var plan any
		if err := json.Unmarshal(src, &plan); err != nil {
			t.Fatal(err)
		}
		texts(plan, func(text string) {
			if strings.HasPrefix(strings.TrimSpace(text), "{") && strings.Contains(text, `"Statement"`) {
				address := fmt.Sprintf("%s#%d", file, len(m.Policies))
				m.Policies = append(m.Policies, &iam.ManagedPolicy{Declared: iam.Declared{Address: address}, Document: written(text, address, policy.AnyPolicy, nil)})
			}
		})
	}
	if len(m.Policies) < 20 {
		t.Errorf("only %d documents", len(m.Policies))
	}
	// A boundary of the project pipelines does name actions that iam lacks,
	// and splats has a misspelt one to be found.
	m.Policies = slices.DeleteFunc(m.Policies, func(p *iam.ManagedPolicy) bool {
		text := p.Document.Text.String()
		return strings.Contains(text, "iam:Describe*") || strings.Contains(text, "s3:GetObjet")
	})
	allOf(t, judge(t, PolicyInvalid, m, nil))
}

// texts visits every string of a JSON value.
func texts(v any, visit func(string)) {
	switch v := v.(type) {
	case string:
		visit(v)
	case []any:
		for _, e := range v {
			texts(e, visit)
		}
	case map[string]any:
		for _, e := range v {
			texts(e, visit)
		}
	}
}
