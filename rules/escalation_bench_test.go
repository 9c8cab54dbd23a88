package rules

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// webOf is an account of many roles with five policies each, of which each
// trusts the account or dozens of others, and may assume whoever is called
// like that. One in fifty has no boundary, one in a hundred is an
// administrator.
func webOf(tb testing.TB, entities int) *iam.Model {
	tb.Helper()
	random := rand.New(rand.NewPCG(1, uint64(entities))) //nolint:gosec // equal runs
	m := &iam.Model{Symbols: &policy.Symbols{}, Input: iam.Input{Kind: iam.InputAccount, Complete: true}}
	arn := func(rest string) string { return "arn:aws:iam::" + workedAccount + ":" + rest }
	document := func(src, address string, kind policy.Kind) *iam.Document {
		return written(src, address, kind, m.Symbols)
	}
	managed := func(name, statements string) {
		address := "aws_iam_policy." + name
		m.Policies = append(m.Policies, &iam.ManagedPolicy{
			Declared: iam.Declared{Address: address}, Name: given(name),
			Document: document(`{"Version":"2012-10-17","Statement":[`+statements+`]}`, address, policy.IdentityPolicy),
		})
	}
	managed("boundary", `{"Effect":"Allow","Action":["s3:*","sqs:*","sts:AssumeRole","lambda:*","iam:PassRole"],"Resource":"*"}`)
	policies := entities / 5
	for i := range policies {
		var statements []string
		switch i % 10 {
		case 0:
			statements = append(statements, fmt.Sprintf(`{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"%s"}`, arn(fmt.Sprintf("role/app-%d*", i%97))))
		case 1:
			statements = append(statements, fmt.Sprintf(`{"Effect":"Allow","Action":["iam:PassRole","lambda:CreateFunction"],"Resource":"%s"}`, arn(fmt.Sprintf("role/app-%d", i))))
		case 2:
			statements = append(statements, fmt.Sprintf(`{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"%s","Condition":{"StringEquals":{"aws:PrincipalTag/team":"t%d"}}}`, arn("role/*"), i%7))
		}
		statements = append(statements, fmt.Sprintf(`{"Effect":"Allow","Action":["s3:GetObject","sqs:SendMessage"],"Resource":"arn:aws:s3:::bucket-%d/*"}`, i))
		managed(fmt.Sprintf("p%d", i), strings.Join(statements, ","))
	}
	trusts := []*iam.Document{
		document(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"`+arn("root")+`"}}]}`, "trust", policy.TrustPolicy),
		document(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"lambda.amazonaws.com"}}]}`, "trust", policy.TrustPolicy),
	}
	for i := range entities {
		e := &iam.Entity{
			Kind: iam.Role, Type: "aws_iam_role", Declared: iam.Declared{Address: fmt.Sprintf("aws_iam_role.r%d", i)}, Name: given(fmt.Sprintf("app-%d", i)),
			Boundary: given(arn("policy/boundary")),
		}
		switch {
		case i%50 == 0:
			e.Boundary = iam.Value{}
		case i%3 == 0:
			var others []string
			for range 40 {
				others = append(others, `"`+arn(fmt.Sprintf("role/app-%d", random.IntN(entities)))+`"`)
			}
			e.Trust = document(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":[`+strings.Join(others, ",")+`]}}]}`, e.Address, policy.TrustPolicy)
		}
		if e.Trust == nil {
			e.Trust = trusts[i%2]
		}
		m.Entities = append(m.Entities, e)
		for j := range 5 {
			p := arn(fmt.Sprintf("policy/p%d", random.IntN(policies)))
			if i%100 == 0 && j == 0 {
				p = "arn:aws:iam::aws:policy/AdministratorAccess"
			}
			m.Attachments = append(m.Attachments, &iam.Attachment{
				Declared: iam.Declared{Address: fmt.Sprintf("aws_iam_role_policy_attachment.a%d_%d", i, j)}, HolderKind: iam.HolderRole, Holder: e.Name, PolicyARN: given(p),
			})
		}
	}
	m.Link(iam.Hints{Account: workedAccount})
	return m
}

// delegationOf is an account of many bounded roles, one in ten of which may
// create and change the others under the boundary, as it should be. Nobody
// gets out; with leaky, everybody can, by a role of its own making.
func delegationOf(tb testing.TB, entities int, leaky bool) *iam.Model {
	tb.Helper()
	m := &iam.Model{Symbols: &policy.Symbols{}, Input: iam.Input{Kind: iam.InputAccount, Complete: true}}
	arn := func(rest string) string { return "arn:aws:iam::" + workedAccount + ":" + rest }
	address := "aws_iam_policy.boundary"
	key := `"Condition":{"StringEquals":{"iam:PermissionsBoundary":"` + arn("policy/boundary") + `"}}`
	grants := `{"Effect":"Allow","Action":["iam:CreateRole","iam:PutRolePolicy","iam:AttachRolePolicy","iam:UpdateAssumeRolePolicy"],"Resource":"` + arn("role/app-*") + `",` + key + `}`
	capped := grants
	if leaky {
		capped += `,{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}`
	}
	m.Policies = append(m.Policies, &iam.ManagedPolicy{Declared: iam.Declared{Address: address}, Name: given("boundary"), Document: written(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*","sqs:*"],"Resource":"*"},`+capped+`]}`, address, policy.IdentityPolicy, m.Symbols)})
	trust := written(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"`+arn("root")+`"}}]}`, "trust", policy.TrustPolicy, m.Symbols)
	for i := range entities {
		e := &iam.Entity{
			Kind: iam.Role, Type: "aws_iam_role", Declared: iam.Declared{Address: fmt.Sprintf("aws_iam_role.r%d", i)}, Name: given(fmt.Sprintf("app-%d", i)),
			Boundary: given(arn("policy/boundary")), Trust: trust,
		}
		if i%100 == 99 {
			e.Boundary = iam.Value{}
		}
		m.Entities = append(m.Entities, e)
		statements := fmt.Sprintf(`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::bucket-%d/*"}`, i)
		if i%10 == 0 {
			statements += "," + grants
		}
		inline := fmt.Sprintf("aws_iam_role_policy.p%d", i)
		m.Inline = append(m.Inline, &iam.InlinePolicy{
			Declared: iam.Declared{Address: inline}, HolderKind: iam.HolderRole, Holder: e.Name, Name: given("p"),
			Document: written(`{"Version":"2012-10-17","Statement":[`+statements+`]}`, inline, policy.IdentityPolicy, m.Symbols),
		})
	}
	m.Link(iam.Hints{Account: workedAccount})
	return m
}

// BenchmarkEscalationDelegated measures it where those who may change others
// are many.
func BenchmarkEscalationDelegated(b *testing.B) {
	for _, n := range []int{1000, 3000, 10000} {
		for _, leaky := range []bool{false, true} {
			b.Run(fmt.Sprintf("%d/leaky=%v", n, leaky), func(b *testing.B) { judgeEscalations(b, delegationOf(b, n, leaky)) })
		}
	}
}

// BenchmarkEscalation measures the search for ways in an account of that many
// roles, with five times as many attachments and a dense web of trust.
func BenchmarkEscalation(b *testing.B) {
	for _, n := range []int{1000, 3000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			judgeEscalations(b, webOf(b, n))
		})
	}
}

// judgeEscalations runs the rule, and says what it keeps in memory.
func judgeEscalations(b *testing.B, m *iam.Model) {
	b.Helper()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range b.N {
		found := 0
		shared := &lint.Shared{}
		p := lint.NewPass(EscalationPath, m, &lint.Settings{AccountID: workedAccount}, shared, func(lint.Filed) { found++ })
		if err := EscalationPath.Run(p); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(found), "findings")
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB-held")
		runtime.KeepAlive(shared)
	}
}

// hiddenOf is the first plan of a configuration: many roles under one wide
// boundary, each with a policy of its own that is known after apply. One in a
// hundred has no boundary.
func hiddenOf(tb testing.TB, entities int) *iam.Model {
	tb.Helper()
	m := &iam.Model{Symbols: &policy.Symbols{}, Input: iam.Input{Kind: iam.InputPlan, Complete: true}}
	address := "aws_iam_policy.boundary"
	m.Policies = append(m.Policies, &iam.ManagedPolicy{Declared: iam.Declared{Address: address}, Name: given("boundary"), Document: written(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:*","sqs:*","iam:*","sts:*","lambda:*"],"Resource":"*"}]}`, address, policy.IdentityPolicy, m.Symbols)})
	trust := written(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"lambda.amazonaws.com"}}]}`, "trust", policy.TrustPolicy, m.Symbols)
	for i := range entities {
		e := &iam.Entity{
			Kind: iam.Role, Type: "aws_iam_role", Declared: iam.Declared{Address: fmt.Sprintf("aws_iam_role.r%d", i)}, Name: given(fmt.Sprintf("app-%d", i)),
			Boundary: given("arn:aws:iam::" + workedAccount + ":policy/boundary"), Trust: trust,
		}
		if i%100 == 99 {
			e.Boundary = iam.Value{}
		}
		m.Entities = append(m.Entities, e)
		inline := fmt.Sprintf("aws_iam_role_policy.p%d", i)
		later := &policy.Symbol{Kind: policy.SymbolUnknown, Name: inline + ".policy"}
		m.Inline = append(m.Inline, &iam.InlinePolicy{
			Declared: iam.Declared{Address: inline}, HolderKind: iam.HolderRole, Holder: e.Name, Name: given("p"),
			Document: &iam.Document{
				Document: &policy.Document{Unknown: later}, Text: policy.SymbolText(later), Location: iam.Location{Address: inline, Attribute: "policy"},
			},
		})
	}
	m.Link(iam.Hints{Account: workedAccount})
	return m
}

// BenchmarkEscalationHidden measures it where nothing is known of anybody's
// policies.
func BenchmarkEscalationHidden(b *testing.B) {
	for _, n := range []int{100, 300, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) { judgeEscalations(b, hiddenOf(b, n)) })
	}
}
