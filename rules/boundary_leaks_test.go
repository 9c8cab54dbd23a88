package rules

import (
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// TestOriginInABoundary: of one who is allowed everything that its boundary
// allows, the boundary is at fault; of AWS's own ones nothing can be changed.
func TestOriginInABoundary(t *testing.T) {
	t.Parallel()
	const declared = "arn:aws:iam::111122223333:policy/boundary"
	everything := `{"Effect":"Allow","Action":"*","Resource":"*"}`
	leaking := `{"Effect":"Allow","Action":"iam:CreateUser","Resource":"*"`
	byTag := leaking + `,"Condition":{"StringEquals":{"aws:PrincipalTag/rank":"lead"}}}`
	byAccount := leaking + `,"Condition":{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}}`
	for name, c := range map[string]struct {
		boundary, document, own string
		rank                    string
		want                    []string // origins
	}{
		"it leaks":                {declared, leaking + `}`, everything, "", []string{"leak of aws_iam_policy.boundary"}},
		"it leaks in one account": {declared, byAccount, everything, "", []string{"leak of aws_iam_policy.boundary"}},
		"it leaks for a tag":      {declared, byTag, everything, "lead", []string{"leak of aws_iam_policy.boundary"}},
		"another has the tag":     {declared, byTag, everything, "dev", nil},
		"the grant is at fault":   {declared, leaking + `}`, leaking + `}`, "", []string{""}},
		"AWS's own":               {"arn:aws:iam::aws:policy/IAMFullAccess", "", everything, "", []string{""}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := person(c.own)
			user := &iam.Entity{Kind: iam.User, Declared: iam.Declared{Address: "aws_iam_user.me"}, Name: setTo("me"), Boundary: setTo(c.boundary)}
			if c.rank != "" {
				user.Tags.Values = []iam.Tag{{Key: "rank", Value: policy.Literal(c.rank)}}
			}
			m.Entities = []*iam.Entity{user}
			if c.document != "" {
				m.Policies = []*iam.ManagedPolicy{{
					Declared: iam.Declared{Address: "aws_iam_policy.boundary"}, Name: setTo("boundary"),
					Document: written(`{"Version":"2012-10-17","Statement":[`+c.document+`]}`, "aws_iam_policy.boundary", policy.IdentityPolicy, m.Symbols),
				}}
			}
			m.Link(iam.Hints{Account: "111122223333"})
			var got []string
			pass := lint.NewPass(DelegationWithoutBoundary, m, &lint.Settings{AccountID: "111122223333"}, nil, func(f lint.Filed) { got = append(got, f.Origin) })
			if err := DelegationWithoutBoundary.Run(pass); err != nil {
				t.Fatal(err)
			}
			allOf(t, got, c.want...)
			for i := range got {
				if got[i] != c.want[i] {
					t.Errorf("got the origin %q, want %q", got[i], c.want[i])
				}
			}
		})
	}
}

// TestNothingToStart: who starts tasks takes a cluster and a task definition,
// and without those over nothing.
func TestNothingToStart(t *testing.T) {
	t.Parallel()
	m := person(`{"Effect":"Allow","Action":"*","Resource":"*"}`)
	m.Entities = []*iam.Entity{{
		Kind: iam.User, Declared: iam.Declared{Address: "aws_iam_user.me"}, Name: setTo("me"), Boundary: setTo("arn:aws:iam::111122223333:policy/boundary"),
	}}
	m.Policies = []*iam.ManagedPolicy{{
		Declared: iam.Declared{Address: "aws_iam_policy.boundary"}, Name: setTo("boundary"),
		Document: written(oneStatement(`"Effect":"Allow","Action":["ecs:RunTask","ecs:StartTask","iam:PassRole"],"Resource":"*"`),
			"aws_iam_policy.boundary", policy.IdentityPolicy, m.Symbols),
	}}
	m.Link(iam.Hints{Account: "111122223333"})
	allOf(t, judge(t, BoundaryLeaks, m, &lint.Settings{AccountID: "111122223333"}))
}

// TestLeakOfAKind: what only users can is no leak of a role's boundary.
func TestLeakOfAKind(t *testing.T) {
	t.Parallel()
	for kind, want := range map[iam.EntityKind][]string{iam.User: {"can create users"}, iam.Role: nil} {
		m := person("")
		m.Inline = nil
		m.Entities = []*iam.Entity{{
			Kind: kind, Declared: iam.Declared{Address: "me"}, Name: setTo("me"), Boundary: setTo("arn:aws:iam::111122223333:policy/boundary"),
		}}
		m.Policies = []*iam.ManagedPolicy{{
			Declared: iam.Declared{Address: "aws_iam_policy.boundary"}, Name: setTo("boundary"),
			Document: written(oneStatement(`"Effect":"Allow","Action":"iam:CreateUser","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalType":"User"}}`),
				"aws_iam_policy.boundary", policy.IdentityPolicy, m.Symbols),
		}}
		m.Link(iam.Hints{Account: "111122223333"})
		allOf(t, judge(t, BoundaryLeaks, m, &lint.Settings{AccountID: "111122223333"}), want...)
	}
}
