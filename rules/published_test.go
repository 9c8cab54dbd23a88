package rules

import (
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// Arrangements for delegated administration as they are published, in guides
// and repositories, told in our own words. What is right about each is what
// its authors claim, or did not see.

// arrangement is an account with one holder and its boundary.
type arrangement struct {
	name string
	kind iam.EntityKind
	// boundary is the holder's own, by its name among policies; "" for none.
	boundary string
	// policies are declared; identity are the holder's, inline.
	policies map[string]string
	identity []string
	approved []string
	// unbounded adds an administrator without boundary, also a role of that
	// name under the holder's.
	unbounded bool
	also      string
	want      []string
}

const noRemoval = `{"Effect":"Deny","Action":["iam:DeleteRolePermissionsBoundary","iam:DeleteUserPermissionsBoundary"],"Resource":"*"}`

func noEdit(arn string) string {
	return `{"Effect":"Deny","Action":["iam:CreatePolicyVersion","iam:DeletePolicy","iam:DeletePolicyVersion","iam:SetDefaultPolicyVersion"],"Resource":"` + arn + `"}`
}

func policyARN(name string) string { return "arn:aws:iam::" + workedAccount + ":policy/" + name }

func onlyUnder(operator, value string) string {
	return `"Condition":{"` + operator + `":{"iam:PermissionsBoundary":"` + value + `"}}`
}

func arrangements() []arrangement {
	const all = `{"Effect":"Allow","Action":"*","Resource":"*"}`
	creating := `"Action":["iam:CreateUser","iam:CreateRole","iam:PutRolePermissionsBoundary","iam:PutUserPermissionsBoundary"],"Resource":"*"`
	everythingBut := func(boundary string) string {
		return all + `,{"Effect":"Deny",` + creating + `,` + onlyUnder("StringNotEquals", policyARN(boundary)) + `},` + noEdit(policyARN(boundary)) + `,` + noRemoval
	}
	companyUsers := `{"Effect":"Allow","Action":["s3:*","cloudwatch:*","ec2:*","dynamodb:*"],"Resource":"*"},
		{"Effect":"Allow","Action":["iam:ListUsers","iam:GetAccountPasswordPolicy"],"Resource":"*"},
		{"Effect":"Allow","Action":["iam:*AccessKey*","iam:ChangePassword","iam:GetUser","iam:*ServiceSpecificCredential*","iam:*SigningCertificate*"],
		 "Resource":"arn:aws:iam::*:user/${aws:username}"}`
	delegatedUsers := `{"Effect":"Allow","Action":["iam:AttachUserPolicy","iam:CreateUser","iam:DeleteUserPolicy","iam:DetachUserPolicy","iam:PutUserPermissionsBoundary","iam:PutUserPolicy"],
		 "Resource":"*",` + onlyUnder("StringEquals", policyARN("XCompanyBoundaries")) + `},
		{"Effect":"Allow","Action":["cloudwatch:*","iam:CreateAccessKey","iam:CreateGroup","iam:CreateLoginProfile","iam:CreatePolicy","iam:DeleteGroup","iam:DeletePolicy",
		 "iam:DeletePolicyVersion","iam:DeleteUser","iam:Get*","iam:List*","iam:SetDefaultPolicyVersion","iam:SimulateCustomPolicy","iam:UpdateGroup","iam:UpdateLoginProfile","iam:UpdateUser"],"Resource":"*"},` +
		noEdit(policyARN("XCompanyBoundaries")) + `,` + noEdit(policyARN("DelegatedUserBoundary")) + `,
		{"Effect":"Deny","Action":"iam:DeleteUserPermissionsBoundary","Resource":"*"}`
	return []arrangement{
		{
			// The example of the IAM User Guide. It holds; any user name will do.
			name: "delegated user administrator", kind: iam.User, boundary: "DelegatedUserBoundary",
			policies: map[string]string{"XCompanyBoundaries": companyUsers, "DelegatedUserBoundary": delegatedUsers},
			identity: []string{`{"Effect":"Allow","Action":["iam:*","cloudwatch:*"],"Resource":"*"}`},
			want:     []string{"delegation-outside-prefix warning violation", "boundary-leaks note violation"},
		},
		{
			// The same with one letter less in the condition.
			name: "delegated user administrator, if exists", kind: iam.User, boundary: "DelegatedUserBoundary",
			policies: map[string]string{
				"XCompanyBoundaries":    companyUsers,
				"DelegatedUserBoundary": strings.Replace(delegatedUsers, `"StringEquals"`, `"StringEqualsIfExists"`, 1),
			},
			identity: []string{`{"Effect":"Allow","Action":["iam:*","cloudwatch:*"],"Resource":"*"}`},
			want: []string{
				"delegation-without-boundary error violation", "delegation-outside-prefix warning violation",
				"boundary-condition-ineffective warning violation", "boundary-leaks error violation",
				"boundary-leaks note violation", // what has a role elsewhere
			},
		},
		{
			// The developer boundary of deployment tools: everything, but with
			// the boundary on whatever is created.
			name: "everything under itself", kind: iam.Role, boundary: "developer-policy",
			policies: map[string]string{"developer-policy": everythingBut("developer-policy")},
			identity: []string{all},
			want: []string{
				"delegation-outside-prefix warning violation", "self-policy-editable note violation", "boundary-leaks note violation",
			},
		},
		{
			// It says nothing about entities that have no boundary. That its holder
			// edits itself adds nothing to that: the note stays one.
			name: "everything under itself beside an administrator", kind: iam.Role, boundary: "developer-policy", unbounded: true,
			policies: map[string]string{"developer-policy": everythingBut("developer-policy")},
			identity: []string{all},
			want: []string{
				"delegation-outside-prefix warning violation", "self-policy-editable note violation", "boundary-leaks error violation",
			},
		},
		{
			// The boundary of another name is protected, this one is not.
			name: "protects the wrong policy", kind: iam.Role, boundary: "developer-policy",
			policies: map[string]string{
				"developer-policy": strings.Replace(everythingBut("developer-policy"), noEdit(policyARN("developer-policy")), noEdit(policyARN("boundary/developer-policy")), 1),
			},
			identity: []string{all},
			want: []string{
				"delegation-outside-prefix warning violation", "boundary-leaks error violation", "boundary-editable error violation", "self-policy-editable error violation",
			},
		},
		{
			// A pattern for boundary names, and the right to make policies.
			name: "names by pattern", kind: iam.Role, boundary: "team-boundary",
			policies: map[string]string{"team-boundary": `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`},
			identity: []string{`{"Effect":"Allow","Action":["iam:CreateRole","iam:CreatePolicy"],"Resource":"*"},
				{"Effect":"Deny","Action":"iam:CreateRole","Resource":"*",` + onlyUnder("StringNotLike", "arn:aws:iam::*:policy/*-boundary") + `}`},
			// Its own boundary allows nothing of IAM, and the statement by itself
			// gives no right to make policies.
			want: nil,
		},
		{
			name: "names by pattern, unbounded", kind: iam.Role,
			identity: []string{`{"Effect":"Allow","Action":["iam:CreateRole","iam:CreatePolicy"],"Resource":"arn:aws:iam::*:*/app-*"},
				{"Effect":"Deny","Action":"iam:CreateRole","Resource":"*",` + onlyUnder("ArnNotLike", "arn:aws:iam::*:policy/app-*") + `}`},
			want: []string{"delegation-without-boundary error violation"},
		},
		{
			// Role actions that are denied on the ARN of a user are not denied.
			name: "deny on the wrong type", kind: iam.Role,
			identity: []string{
				`{"Effect":"Allow","Action":["iam:CreateRole","iam:DeleteRolePermissionsBoundary"],"Resource":"arn:aws:iam::*:role/app-*"}`,
				`{"Effect":"Deny","Action":["iam:CreateRole","iam:DeleteRolePermissionsBoundary"],"Resource":"arn:aws:iam::*:user/*"}`,
			},
			want: []string{"delegation-without-boundary error violation", "boundary-removable error violation"},
		},
		{
			// The removal is denied unless the boundary is the right one, which
			// is when it must not be removed.
			name: "removal among the guarded actions", kind: iam.Role,
			identity: []string{`{"Effect":"Allow","Action":["iam:CreateRole","iam:DeleteRolePermissionsBoundary"],"Resource":"arn:aws:iam::*:role/app-*"},
				{"Effect":"Deny","Action":["iam:CreateRole","iam:DeleteRolePermissionsBoundary"],"Resource":"*",` + onlyUnder("StringNotEquals", policyARN("DevBoundary")) + `}`},
			approved: []string{policyARN("DevBoundary")},
			want:     []string{"boundary-condition-ineffective warning violation", "boundary-removable error violation"},
		},
		{
			// Deployment tools protect the boundary of those who have it, and of
			// nobody else: that is enough.
			name: "removal denied of the boundary", kind: iam.Role, boundary: "developer-policy",
			policies: map[string]string{"developer-policy": strings.Replace(everythingBut("developer-policy"), noRemoval,
				strings.TrimSuffix(noRemoval, "}")+","+onlyUnder("StringEquals", policyARN("developer-policy"))+"}", 1)},
			identity: []string{all},
			want: []string{
				"delegation-outside-prefix warning violation", "self-policy-editable note violation", "boundary-leaks note violation",
			},
		},
		{
			// Whoever is named like the pipelines is spared, and whoever has the
			// boundary can make a role of such a name and be it.
			name: "spares names that its holder can give", kind: iam.Role, boundary: "developer-policy",
			policies: map[string]string{"developer-policy": strings.Replace(everythingBut("developer-policy"), `"Condition":{`,
				`"Condition":{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/ci-*"},`, 1)},
			identity: []string{all},
			want: []string{
				"delegation-outside-prefix warning violation", "self-policy-editable error violation", "boundary-leaks error violation",
			},
		},
		{
			// One role that is there already, or AWS's own, nobody can make.
			name: "spares those who are named in full", kind: iam.Role, boundary: "developer-policy",
			policies: map[string]string{"developer-policy": strings.Replace(everythingBut("developer-policy"), `"Condition":{`,
				`"Condition":{"ArnNotLike":{"aws:PrincipalArn":["arn:aws:iam::*:role/break-glass","arn:aws:iam::*:role/aws-reserved/sso.amazonaws.com/*"]},`, 1)},
			identity: []string{all},
			want: []string{
				"delegation-outside-prefix warning violation", "self-policy-editable note violation", "boundary-leaks note violation",
			},
		},
		{
			// One of those who have the boundary is spared by name: the boundary
			// does not bind it. The holder's own way out is none.
			name: "spares one of its bearers", kind: iam.Role, boundary: "developer-policy", also: "app-pipeline",
			policies: map[string]string{"developer-policy": strings.Replace(everythingBut("developer-policy"), `"Condition":{`,
				`"Condition":{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/app-pipeline"},`, 1)},
			identity: []string{`{"Effect":"Allow","Action":"s3:*","Resource":"*"}`},
			want:     []string{"boundary-leaks error violation"},
		},
		{
			// The condition fails, and the boundary of the only one who has it
			// lets nothing of IAM through.
			name: "closed by its own boundary", kind: iam.Role, boundary: "s3",
			policies: map[string]string{"s3": `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`},
			identity: []string{`{"Effect":"Allow","Action":"iam:CreateRole","Resource":"arn:aws:iam::*:role/app-*",` + onlyUnder("StringEqualsIfExists", policyARN("DevBoundary")) + `}`},
		},
		{
			// A Deny of one bad boundary beside the Allow of the good one.
			name: "one boundary too many denied", kind: iam.Role,
			identity: []string{`{"Effect":"Allow","Action":"iam:CreateRole","Resource":"arn:aws:iam::*:role/app-*",` + onlyUnder("StringEquals", policyARN("DevBoundary")) + `},
				{"Effect":"Deny","Action":"iam:CreateRole","Resource":"*",` + onlyUnder("StringEquals", "arn:aws:iam::aws:policy/AdministratorAccess") + `}`},
		},
		{
			// Whoever may remove any boundary but the approved one removes none.
			name: "removal of others", kind: iam.Role, approved: []string{policyARN("DevBoundary")},
			identity: []string{`{"Effect":"Allow","Action":"iam:DeleteRolePermissionsBoundary","Resource":"arn:aws:iam::*:role/app-*",` + onlyUnder("StringNotEquals", policyARN("DevBoundary")) + `}`},
		},
		{
			// It is approved in every account, and so it is protected in this one.
			name: "editable in every account", kind: iam.Role, approved: []string{"arn:aws:iam::*:policy/teams/boundary"},
			identity: []string{`{"Effect":"Allow","Action":"iam:CreatePolicyVersion","Resource":"arn:aws:iam::*:policy/teams/*"}`},
			want:     []string{"boundary-editable error violation"},
		},
		{
			// Guard by paths: entities and boundaries of developers have their own.
			name: "paths", kind: iam.Role,
			identity: []string{`{"Effect":"Allow","Action":["iam:CreateRole","iam:AttachRolePolicy","iam:PutRolePermissionsBoundary"],"Resource":"arn:aws:iam::*:role/dev/app-*",` +
				onlyUnder("ArnLike", "arn:aws:iam::*:policy/boundary/*") + `},
				{"Effect":"Allow","Action":["iam:CreatePolicy","iam:CreatePolicyVersion"],"Resource":"arn:aws:iam::*:policy/dev/*"}`},
			approved: []string{"arn:aws:iam::*:policy/boundary/*"},
			// The boundaries are nowhere named in full, so that none of them is
			// asked what a role under it could do.
			want: nil,
		},
	}
}

// model is the input of an arrangement.
func (x *arrangement) model(t *testing.T) (*iam.Model, *lint.Settings) {
	t.Helper()
	doc := func(statements, address string) *iam.Document {
		src := compactJSON(t, []byte(`{"Version":"2012-10-17","Statement":[`+statements+`]}`))
		d := written(src, address, policy.IdentityPolicy, nil)
		if d.Diagnostics.HasErrors() {
			t.Fatalf("%s: %v", src, d.Diagnostics)
		}
		return d
	}
	holder := &iam.Entity{Kind: x.kind, Declared: iam.Declared{Address: "aws_iam_" + string(x.kind) + ".dev"}, Name: given("app-dev")}
	if x.boundary != "" {
		holder.Boundary = given(policyARN(x.boundary))
	}
	m := &iam.Model{Symbols: &policy.Symbols{}, Entities: []*iam.Entity{holder}}
	if x.unbounded {
		trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + workedAccount + `:root"},"Action":"sts:AssumeRole"}]}`
		m.Entities = append(m.Entities, &iam.Entity{
			Kind: iam.Role, Declared: iam.Declared{Address: "aws_iam_role.ops"}, Name: given("ops"), Trust: written(trust, "aws_iam_role.ops", policy.TrustPolicy, nil),
		})
		m.Attachments = append(m.Attachments, &iam.Attachment{
			Declared: iam.Declared{Address: "aws_iam_role_policy_attachment.ops"}, HolderKind: iam.HolderRole, Holder: given("ops"), PolicyARN: given("arn:aws:iam::aws:policy/AdministratorAccess"),
		})
	}
	if x.also != "" {
		m.Entities = append(m.Entities, &iam.Entity{Kind: iam.Role, Declared: iam.Declared{Address: "aws_iam_role.also"}, Name: given(x.also), Boundary: holder.Boundary})
	}
	for name, statements := range x.policies {
		address := "aws_iam_policy." + name
		m.Policies = append(m.Policies, &iam.ManagedPolicy{Declared: iam.Declared{Address: address}, Name: given(name), Document: doc(statements, address)})
	}
	for i, statements := range x.identity {
		address := "aws_iam_policy.inline" + string(rune('0'+i))
		m.Inline = append(m.Inline, &iam.InlinePolicy{
			Declared: iam.Declared{Address: address}, HolderKind: iam.HolderKind(x.kind), Holder: given("app-dev"), Name: given(address), Document: doc(statements, address),
		})
	}
	settings := &lint.Settings{AccountID: workedAccount}
	if x.approved != nil {
		settings.Boundaries = []lint.ApprovedBoundary{{Name: "approved", ARNs: x.approved}}
	}
	m.Link(settings.Hints())
	return m, settings
}

func TestPublished(t *testing.T) {
	for _, x := range arrangements() {
		t.Run(x.name, func(t *testing.T) {
			m, s := x.model(t)
			var got []string
			for _, f := range findings(t, m, s, DelegationWithoutBoundary, BoundaryConditionIneffective, DelegationOutsidePrefix,
				BoundaryLeaks, BoundaryRemovable, BoundaryEditable, SelfPolicyEditable) {
				if line := f.Rule + " " + f.Severity.String() + " " + string(f.Verdict); !slices.Contains(got, line) {
					got = append(got, line)
				}
				t.Logf("%s %s %s %s: %s", f.Severity, f.Verdict, f.Rule, f.Address, f.Message)
			}
			slices.Sort(got)
			slices.Sort(x.want)
			if !slices.Equal(got, x.want) {
				t.Errorf("got  %q\nwant %q", got, x.want)
			}
		})
	}
}
