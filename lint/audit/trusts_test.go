package audit

import (
	"fmt"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
)

// trusting is a trust policy that lets principals assume the role; condition is "" for
// none.
func trusting(principal, condition string) string {
	if condition != "" {
		condition = `,"Condition":` + condition
	}
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":` + principal + `,"Action":"sts:AssumeRole"` + condition + `}]}`
}

// TestTrustChanges: a role that newly trusts someone is weaker, whether the events or the
// audit before tell whom it trusted; where nothing tells, and where only conditions may
// differ, it is not known (IAM User Guide, AWS JSON policy elements: Principal).
func TestTrustChanges(t *testing.T) {
	const (
		ec2, lambda = `{"Service":"ec2.amazonaws.com"}`, `{"Service":"lambda.amazonaws.com"}`
		ann, bob    = `{"AWS":"arn:aws:iam::111122223333:user/ann"}`, `{"AWS":"arn:aws:iam::111122223333:user/bob"}`
		own, other  = `{"AWS":"arn:aws:iam::111122223333:root"}`, `{"AWS":"444455556666"}`
		provider    = `{"Federated":"arn:aws:iam::111122223333:saml-provider/idp"}`
		external    = `{"StringEquals":{"sts:ExternalId":"e"}}`
	)
	made := func(principal, condition string) string {
		return anEvent("made", "2026-11-01T00:00:00Z", "CreateRole",
			`{"roleName":"a","permissionsBoundary":"`+boundaryARN("app")+`","assumeRolePolicyDocument":`+quoted(t, trusting(principal, condition))+`}`, "null")
	}
	changed := func(principal, condition string) string {
		return anEvent("e", "2026-11-02T00:00:00Z", "UpdateAssumeRolePolicy",
			`{"roleName":"a","policyDocument":`+quoted(t, trusting(principal, condition))+`}`, "null")
	}
	for name, c := range map[string]struct {
		events []string
		// last are those whom the role trusted by the audit before.
		last []string
		day  string // of the audit before
		want string
	}{
		"someone else":               {events: []string{made(ec2, ""), changed(`{"Service":["ec2.amazonaws.com","lambda.amazonaws.com"]}`, "")}, want: "! lambda.amazonaws.com"},
		"the same":                   {events: []string{made(ec2, ""), changed(`{"Service":["ec2.amazonaws.com"]}`, "")}, want: " "},
		"fewer":                      {events: []string{made(own, ""), changed(ann, "")}, want: " "},
		"the account of a user":      {events: []string{made(ann, ""), changed(own, "")}, want: "! arn:aws:iam::111122223333:root"},
		"everyone":                   {events: []string{made(ec2, ""), changed(`"*"`, "")}, want: "! *"},
		"another account":            {events: []string{made(own, ""), changed(other, "")}, want: "! 444455556666"},
		"a condition less":           {events: []string{made(other, external), changed(other, "")}, want: "! 444455556666"},
		"a condition more":           {events: []string{made(other, ""), changed(other, external)}, want: " "},
		"twice":                      {events: []string{made(ec2, ""), strings.Replace(changed(lambda, ""), `"e"`, `"f"`, 1), changed(lambda, "")}, want: "! lambda.amazonaws.com;  "},
		"nothing tells":              {events: []string{changed(ann, "")}, want: "? arn:aws:iam::111122223333:user/ann"},
		"not a policy":               {events: []string{made(ec2, ""), anEvent("e", "2026-11-02T00:00:00Z", "UpdateAssumeRolePolicy", `{"roleName":"a","policyDocument":"{"}`, "null")}, want: "? "},
		"after what is not a policy": {events: []string{anEvent("e", "2026-11-01T00:00:00Z", "UpdateAssumeRolePolicy", `{"roleName":"a","policyDocument":""}`, "null"), strings.Replace(changed(ann, ""), `"e"`, `"f"`, 1)}, last: []string{"ec2.amazonaws.com"}, want: "? ; ? arn:aws:iam::111122223333:user/ann"},
		"by the last audit":          {events: []string{changed(bob, "")}, last: []string{"arn:aws:iam::111122223333:user/ann"}, want: "! arn:aws:iam::111122223333:user/bob"},
		"named by the last audit":    {events: []string{changed(ann, "")}, last: []string{"arn:aws:iam::111122223333:user/ann"}, want: "? "},
		"whose account is named":     {events: []string{changed(ann, "")}, last: []string{"arn:aws:iam::111122223333:root"}, want: "? "},
		"of an account by number":    {events: []string{changed(ann, "")}, last: []string{"111122223333"}, want: "? "},
		"everyone was named":         {events: []string{changed(ann, "")}, last: []string{"*"}, want: "? "},
		"a provider of the account":  {events: []string{changed(provider, "")}, last: []string{"arn:aws:iam::111122223333:root"}, want: "! arn:aws:iam::111122223333:saml-provider/idp"},
		"on the day of the audit":    {events: []string{changed(bob, "")}, last: []string{"arn:aws:iam::111122223333:user/ann"}, day: "2026-11-02", want: "? arn:aws:iam::111122223333:user/bob"},
		"made again since the audit": {events: []string{made(bob, ""), changed(bob, "")}, last: []string{"arn:aws:iam::111122223333:user/ann"}, want: " "},
	} {
		t.Run(name, func(t *testing.T) {
			s := &Source{Report: reportOf(bounded("a", "app")), Today: today, Events: events(t, c.events...)}
			if c.last != nil {
				s.Last = &Audit{Version: Version, Date: "2026-10-30", Accounts: []Account{{ID: account, Entities: []Entity{
					{Address: "arn:aws:iam::" + account + ":role/team/a", Kind: "role", Trusts: c.last},
				}}}}
				if c.day != "" {
					s.Last.Date = c.day
				}
			}
			var got []string
			for _, change := range Make(s).Changes {
				if change.Kind == "trust-put" {
					got = append(got, change.mark()+" "+strings.Join(change.Trusts, " "))
				}
			}
			if text := strings.Join(got, "; "); strings.TrimSpace(text) != strings.TrimSpace(c.want) {
				t.Errorf("got %q, want %q", text, c.want)
			}
		})
	}
}

// TestTrustCompared: two audits tell which of their roles trusts someone new, without
// events; an audit of an earlier version, which does not say whom roles trust, tells
// nothing.
func TestTrustCompared(t *testing.T) {
	role := func(principal string) string {
		return fmt.Sprintf(`{"RoleName":"a","Arn":"arn:aws:iam::%s:role/a","AssumeRolePolicyDocument":%s}`, account, trusting(principal, ""))
	}
	of := func(principal string) *Audit {
		return Make(&Source{Report: reportOf(bounded("a", "app")), Today: today, Models: read(t, dumpOf("", role(principal), ""), "")})
	}
	before := of(`{"AWS":"arn:aws:iam::111122223333:root"}`)
	now := of(`{"AWS":["arn:aws:iam::111122223333:user/ann","arn:aws:iam::444455556666:root"],"Service":"ec2.amazonaws.com"}`)
	got := compare(before, now).Trusting
	if len(got) != 1 || strings.Join(got[0].Trusts, " ") != "arn:aws:iam::444455556666:root ec2.amazonaws.com" {
		t.Errorf("%+v", got)
	}
	if text := now.Text(false); strings.Contains(text, "newly trusts") {
		t.Error(text)
	}
	now.Last = compare(before, now)
	if text := now.Text(false); !strings.Contains(text, "trust changed: arn:aws:iam::111122223333:role/a newly trusts arn:aws:iam::444455556666:root, ec2.amazonaws.com\n") {
		t.Error(text)
	}
	before.Accounts[0].Entities[0].Trusts = nil
	if got := compare(before, now).Trusting; len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

// TestPermissionSets: the boundary of a permission set is put and removed by calls of IAM
// Identity Center; which one it was tell earlier events, as of roles and users.
func TestPermissionSets(t *testing.T) {
	event := func(id, day, name, boundary string) string {
		r := anEvent(id, "2026-11-"+day+"T00:00:00Z", name, `{"permissionSetArn":"arn:aws:sso:::permissionSet/ssoins-1/ps-1"`+boundary+`}`, "null")
		return strings.Replace(r, "iam.amazonaws.com", "sso.amazonaws.com", 1)
	}
	a := Make(&Source{Report: &lint.Report{Inputs: reportOf().Inputs}, Today: today, Events: events(t,
		event("e1", "01", "PutPermissionsBoundaryToPermissionSet", `,"permissionsBoundary":{"managedPolicyArn":"arn:aws:iam::aws:policy/ReadOnlyAccess"}`),
		event("e2", "02", "PutPermissionsBoundaryToPermissionSet", `,"permissionsBoundary":{"managedPolicyArn":"arn:aws:iam::aws:policy/PowerUserAccess"}`),
		event("e3", "03", "DeletePermissionsBoundaryFromPermissionSet", ""),
	)})
	var got []string
	for i := range a.Changes {
		got = append(got, a.Changes[i].mark()+" "+a.Changes[i].Sentence())
	}
	want := "? permissionSet/ps-1 was given the boundary arn:aws:iam::aws:policy/ReadOnlyAccess; " +
		"! permissionSet/ps-1 was given the boundary arn:aws:iam::aws:policy/PowerUserAccess; ! permissionSet/ps-1 lost its boundary"
	if strings.Join(got, "; ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "; "), want)
	}
}
