package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/compute"
	"github.com/boundlint/boundlint/lint/driver"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/report"
	dump "github.com/boundlint/boundlint/lint/source/account"
	"github.com/boundlint/boundlint/lint/source/stream"
	"github.com/boundlint/boundlint/rules"
)

// madeAccount is an account of a made organization, as its dump tells it.
type madeAccount struct {
	id    string
	roles []madeRole
	users []map[string]any
	// managed are customer-managed policies.
	managed []map[string]any
	// functions are in no dump, and in the directories of iam-collect.
	functions []madeFunction
}

// madeFunction is a Lambda function by its name, its role and its policy.
type madeFunction struct{ name, role, policy string }

// give adds the functions of an account to its model.
func (a *madeAccount) give(tb testing.TB, m *iam.Model) {
	tb.Helper()
	for _, f := range a.functions {
		arn := "arn:aws:lambda:us-east-1:" + a.id + ":function:" + f.name
		d, diags := policy.Parse(f.policy, nil, policy.ParseOptions{Kind: policy.ResourcePolicy})
		if diags.HasErrors() {
			tb.Fatal(diags)
		}
		m.Compute = append(m.Compute, &iam.Compute{
			Address: arn, Provider: a.id, Kind: compute.Function, Type: "aws_lambda_function", ARN: policy.Literal(arn),
			Role: &iam.Value{Text: policy.Literal(f.role), Set: true},
		})
		m.ResourcePolicies = append(m.ResourcePolicies, &iam.ResourcePolicy{
			Address: arn, Provider: a.id, Type: "aws_lambda_permission", Service: "lambda", Resource: policy.Literal(arn),
			Document: &iam.Document{Document: d},
		})
	}
}

// made is a made organization.
type made struct {
	accounts []*madeAccount
	org      *iam.Organization
}

const (
	madeOrg  = "o-a1b2c3d4e5"
	madeRoot = "r-ab12"
	inOps    = "ou-ab12-11111111"
	inApps   = "ou-ab12-22222222"
	nothing  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"logs:DescribeLogGroups","Resource":"*"}]}`
	byEC2    = `{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}`
)

func statements(s ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(s, ",") + `]}`
}

// makeOrganization makes an organization of n accounts, half of them in one unit and
// half in another, each with roles that have nothing to do with one another.
func makeOrganization(tb testing.TB, n int) *made {
	tb.Helper()
	root := &iam.Unit{ID: madeRoot, Name: "Root"}
	ops, apps := &iam.Unit{ID: inOps, Name: "Ops", Parent: root}, &iam.Unit{ID: inApps, Name: "Apps", Parent: root}
	full := scpOf(tb, "p-FullAWSAccess", `{"Effect":"Allow","Action":"*","Resource":"*"}`)
	root.Policies, ops.Policies, apps.Policies = append(root.Policies, full), append(ops.Policies, full), append(apps.Policies, full)
	m := &made{org: &iam.Organization{
		ID: madeOrg, Root: root, Accounts: map[string]*iam.MemberAccount{}, ServiceControl: true, ResourceControl: true,
	}}
	for i := range n {
		id := fmt.Sprintf("1%011d", i)
		a := &madeAccount{id: id}
		unit := ops
		if i%2 == 1 {
			unit = apps
		}
		m.org.Accounts[id] = &iam.MemberAccount{ID: id, Name: fmt.Sprintf("account-%02d", i), Unit: unit, Policies: []*iam.OrganizationPolicy{full}}
		for k := range 3 {
			a.role(fmt.Sprintf("app-%d", k), statements(byEC2), nothing)
		}
		m.accounts = append(m.accounts, a)
	}
	m.org.Management = m.accounts[0].id
	return m
}

func scpOf(tb testing.TB, name, statement string) *iam.OrganizationPolicy {
	tb.Helper()
	d, diags := policy.Parse(statements(statement), nil, policy.ParseOptions{Kind: policy.ServiceControlPolicy})
	if diags.HasErrors() {
		tb.Fatal(diags)
	}
	return &iam.OrganizationPolicy{Declared: iam.Declared{Address: name}, Type: iam.ServiceControlPolicy, Document: &iam.Document{Document: d}}
}

// madeRole is a role as a dump has it.
type madeRole map[string]any

func (r madeRole) arn() string { return fmt.Sprint(r["Arn"]) }

// role adds a role with inline policies.
func (a *madeAccount) role(name, trust string, policies ...string) madeRole {
	r := madeRole{
		"Path": "/", "RoleName": name, "RoleId": "AROA" + strings.ToUpper(name), "Arn": "arn:aws:iam::" + a.id + ":role/" + name,
		"CreateDate": "2026-01-01T00:00:00Z", "AssumeRolePolicyDocument": json.RawMessage(trust), "InstanceProfileList": []any{},
		"RolePolicyList": inlines(policies), "AttachedManagedPolicies": []any{}, "Tags": []any{},
	}
	a.roles = append(a.roles, r)
	return r
}

func inlines(policies []string) []map[string]any {
	list := []map[string]any{}
	for i, p := range policies {
		list = append(list, map[string]any{"PolicyName": fmt.Sprintf("p%d", i), "PolicyDocument": json.RawMessage(p)})
	}
	return list
}

// policy adds a managed policy and returns its ARN.
func (a *madeAccount) policy(name, document string) string {
	arn := "arn:aws:iam::" + a.id + ":policy/" + name
	version := map[string]any{"Document": json.RawMessage(document), "VersionId": "v1", "IsDefaultVersion": true, "CreateDate": "2026-01-01T00:00:00Z"}
	a.managed = append(a.managed, map[string]any{
		"PolicyName": name, "PolicyId": "ANPA" + strings.ToUpper(name), "Arn": arn, "Path": "/", "DefaultVersionId": "v1", "AttachmentCount": 0,
		"PermissionsBoundaryUsageCount": 1, "IsAttachable": true, "CreateDate": "2026-01-01T00:00:00Z", "UpdateDate": "2026-01-01T00:00:00Z",
		"PolicyVersionList": []map[string]any{version},
	})
	return arn
}

// within gives a role a boundary.
func (r madeRole) within(boundary string) {
	r["PermissionsBoundary"] = map[string]any{"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": boundary}
}

// admin adds an administrator that a trust policy lets in.
func (a *madeAccount) admin(name string, trust ...string) string {
	r := a.role(name, statements(trust...))
	r["AttachedManagedPolicies"] = []map[string]any{{"PolicyName": "AdministratorAccess", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}}
	return r.arn()
}

// printed is what aws iam get-account-authorization-details prints.
func (a *madeAccount) printed() []byte {
	out, err := json.Marshal(map[string]any{
		"UserDetailList": append([]map[string]any{}, a.users...), "GroupDetailList": []any{}, "RoleDetailList": a.roles,
		"Policies": append([]map[string]any{}, a.managed...), "IsTruncated": false,
	})
	if err != nil {
		panic(err)
	}
	return out
}

// models reads the dumps of all accounts.
func (m *made) models(tb testing.TB) []*iam.Model {
	tb.Helper()
	return m.kept(tb, nil)
}

// kept reads the dumps of all accounts for a shard: of those that it does not judge
// there are outlines.
func (m *made) kept(tb testing.TB, outlines *driver.Outlines) []*iam.Model {
	tb.Helper()
	var out []*iam.Model
	symbols := &policy.Symbols{}
	for _, a := range m.accounts {
		text := a.printed()
		read := func() (*iam.Model, error) {
			models, err := dump.Read(stream.NewReader(bytes.NewReader(text)), nil, dump.Options{Path: "dumps/" + a.id + ".json", Symbols: symbols})
			if err != nil {
				return nil, err
			}
			one := models[0]
			if m.org != nil && m.org.Accounts[a.id] != nil {
				one.Organization = m.org
			}
			one.Input.Root = a.id
			a.give(tb, one)
			return one, nil
		}
		one, err := read()
		if err != nil {
			tb.Fatal(err)
		}
		if outlines != nil {
			one = outlines.Keep(one, read)
		}
		out = append(out, one)
	}
	return out
}

func (m *made) judge(tb testing.TB, shard *lint.Shard) *lint.Report {
	tb.Helper()
	var outlines *driver.Outlines
	if shard != nil {
		outlines = driver.NewOutlines(*shard)
		outlines.MostAtHand = 1 + shard.Index%2*10 // one account, and several
	}
	settings := &lint.Settings{Today: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)}
	r, err := driver.Run(m.kept(tb, outlines), rules.All(), settings, driver.Options{
		Tool: lint.Tool{Name: "boundlint", Version: "1"}, ManagedPolicy: catalog.ManagedPolicyARN, ConditionKey: isConditionKey,
		Crossings: newCrossings(settings), Shard: shard, Outlines: outlines,
	})
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// crossingsFound are the findings of escalation-path, by who they are about.
func crossingsFound(r *lint.Report) map[string]lint.Finding {
	out := map[string]lint.Finding{}
	for _, f := range r.Findings {
		if f.Rule == "escalation-path" {
			out[f.Address] = f
			for _, also := range f.Related {
				if also.Rule == "escalation-path" {
					out[also.Address] = f
				}
			}
		}
	}
	return out
}

const (
	toAssume = `{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"%s"}`
	lettingA = `{"Effect":"Allow","Principal":{"AWS":"%s"},"Action":"sts:AssumeRole"}`
	onlyIf   = `{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole","Condition":{%s}}`
)

// plant is one way from an account into another: it makes the role, and says who may
// take the way.
type plant struct {
	name string
	// make is given the two accounts.
	make func(tb testing.TB, m *made, from, to *madeAccount) (actor string)
}

// actorOf adds a role that may assume another one.
func actorOf(from *madeAccount, name, role string) string {
	return from.role(name, statements(byEC2), statements(fmt.Sprintf(toAssume, role))).arn()
}

func rootUserOf(a *madeAccount) string { return "arn:aws:iam::" + a.id + ":root" }

func pathOf(m *made, a *madeAccount) string {
	path, _ := m.org.Path(a.id)
	return path
}

// trustedBy makes a plant in which a role that is assumed directly is an administrator,
// whose trust policy a condition of the accounts decides.
func trustedBy(name string, trust func(m *made, from, to *madeAccount, actor string) string) plant {
	return plant{name, func(_ testing.TB, m *made, from, to *madeAccount) string {
		actor := "arn:aws:iam::" + from.id + ":role/" + name
		return actorOf(from, name, to.admin("target-"+name, trust(m, from, to, actor)))
	}}
}

func under(condition string) func(*made, *madeAccount, *madeAccount, string) string {
	return func(*made, *madeAccount, *madeAccount, string) string { return fmt.Sprintf(onlyIf, condition) }
}

// stepping makes a plant in which the role that is assumed goes on by a step of its own.
func stepping(name string, grants ...string) plant {
	return plant{name, func(_ testing.TB, _ *made, from, to *madeAccount) string {
		to.admin("admin-"+name, byEC2, `{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}`)
		trust := statements(fmt.Sprintf(lettingA, rootUserOf(from)))
		return actorOf(from, name, to.role("step-"+name, trust, statements(grants...)).arn())
	}}
}

// holes are ways into another account that are open.
var holes = []plant{
	trustedBy("the-account", func(_ *made, from, _ *madeAccount, _ string) string { return fmt.Sprintf(lettingA, rootUserOf(from)) }),
	trustedBy("the-account-id", func(_ *made, from, _ *madeAccount, _ string) string { return fmt.Sprintf(lettingA, from.id) }),
	trustedBy("the-role", func(_ *made, _, _ *madeAccount, actor string) string { return fmt.Sprintf(lettingA, actor) }),
	trustedBy("a-session", func(_ *made, from, _ *madeAccount, _ string) string {
		return fmt.Sprintf(lettingA, "arn:aws:sts::"+from.id+":assumed-role/a-session/s")
	}),
	trustedBy("organization-id", under(`"StringEquals":{"aws:PrincipalOrgID":"`+madeOrg+`"}`)),
	trustedBy("organization-path", func(m *made, from, _ *madeAccount, _ string) string {
		return fmt.Sprintf(onlyIf, `"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"`+pathOf(m, from)+`*"}`)
	}),
	trustedBy("principal-account", func(_ *made, from, _ *madeAccount, _ string) string {
		return fmt.Sprintf(onlyIf, `"StringEquals":{"aws:PrincipalAccount":"`+from.id+`"}`)
	}),
	trustedBy("principal-arn", func(_ *made, _, _ *madeAccount, actor string) string {
		return fmt.Sprintf(onlyIf, `"ArnLike":{"aws:PrincipalArn":"`+actor+`"}`)
	}),
	trustedBy("external-id", func(_ *made, from, _ *madeAccount, _ string) string {
		return `{"Effect":"Allow","Principal":{"AWS":"` + rootUserOf(from) + `"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"chosen"}}}`
	}),
	stepping("puts-its-policy", `{"Effect":"Allow","Action":"iam:PutRolePolicy","Resource":"*"}`),
	stepping("passes-a-role", `{"Effect":"Allow","Action":["iam:PassRole","lambda:CreateFunction","lambda:InvokeFunction"],"Resource":"*"}`),
	stepping("edits-trust", `{"Effect":"Allow","Action":["iam:UpdateAssumeRolePolicy","sts:AssumeRole"],"Resource":"arn:aws:iam::*:role/admin-*"}`),
	{"over-a-third", func(_ testing.TB, m *made, from, to *madeAccount) string {
		third := m.accounts[(slices.Index(m.accounts, to)+5)%len(m.accounts)]
		last := third.admin("last", fmt.Sprintf(lettingA, rootUserOf(to)))
		jump := to.role("jump", statements(fmt.Sprintf(lettingA, rootUserOf(from))), statements(fmt.Sprintf(toAssume, last)))
		return actorOf(from, "over-a-third", jump.arn())
	}},
	{"a-user", func(_ testing.TB, _ *made, from, to *madeAccount) string {
		arn := "arn:aws:iam::" + from.id + ":user/a-user"
		role := to.admin("target-a-user", fmt.Sprintf(lettingA, arn))
		from.users = append(from.users, map[string]any{
			"Path": "/", "UserName": "a-user", "UserId": "AIDAUSER", "Arn": arn, "CreateDate": "2026-01-01T00:00:00Z", "GroupList": []any{},
			"AttachedManagedPolicies": []any{}, "Tags": []any{}, "UserPolicyList": inlines([]string{statements(fmt.Sprintf(toAssume, role))}),
		})
		return arn
	}},
	{"grants-itself", func(_ testing.TB, _ *made, from, to *madeAccount) string {
		to.admin("target-grants-itself", fmt.Sprintf(lettingA, rootUserOf(from)))
		own := `{"Effect":"Allow","Action":"iam:PutRolePolicy","Resource":"arn:aws:iam::*:role/grants-itself"}`
		r := from.role("grants-itself", statements(byEC2), statements(own))
		r.within(from.policy("may-grant", statements(`{"Effect":"Allow","Action":["iam:PutRolePolicy","sts:AssumeRole"],"Resource":"*"}`)))
		return r.arn()
	}},
	{"grants-itself-midway", func(_ testing.TB, m *made, from, to *madeAccount) string {
		third := m.accounts[(slices.Index(m.accounts, to)+5)%len(m.accounts)]
		third.admin("target-midway", fmt.Sprintf(lettingA, rootUserOf(to)))
		jump := to.role("jump", statements(fmt.Sprintf(lettingA, rootUserOf(from))),
			statements(`{"Effect":"Allow","Action":"iam:AttachRolePolicy","Resource":"arn:aws:iam::*:role/jump"}`))
		jump.within(to.policy("may-attach", statements(`{"Effect":"Allow","Action":["iam:AttachRolePolicy","sts:AssumeRole"],"Resource":"*"}`)))
		return actorOf(from, "grants-itself-midway", jump.arn())
	}},
	{"a-shared-function", func(_ testing.TB, _ *made, from, to *madeAccount) string {
		role := to.admin("target-shared", `{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}`)
		function := "arn:aws:lambda:us-east-1:" + to.id + ":function:shared"
		letting := `{"Effect":"Allow","Principal":{"AWS":"` + rootUserOf(from) + `"},"Action":"lambda:*","Resource":"` + function + `"}`
		to.functions = append(to.functions, madeFunction{"shared", role, statements(letting)})
		grant := `{"Effect":"Allow","Action":"lambda:UpdateFunctionCode","Resource":"` + function + `"}`
		return from.role("a-shared-function", statements(byEC2), statements(grant)).arn()
	}},
	{"other-things-denied", func(tb testing.TB, m *made, from, to *madeAccount) string {
		tb.Helper()
		deny := scpOf(tb, "p-other", `{"Effect":"Deny","Action":"organizations:LeaveOrganization","Resource":"*"}`)
		for _, a := range []*madeAccount{from, to} {
			m.org.Accounts[a.id].Policies = append(m.org.Accounts[a.id].Policies, deny)
		}
		return actorOf(from, "other-things-denied", to.admin("target-odd", fmt.Sprintf(lettingA, rootUserOf(from))))
	}},
}

// lookAlikes are such ways that something closes.
var lookAlikes = []plant{
	// What is attached to an account counts for all in it: these come first, where no hole ends.
	{"denied-to-the-caller", func(tb testing.TB, m *made, from, to *madeAccount) string {
		tb.Helper()
		at := m.org.Accounts[from.id]
		at.Policies = append(at.Policies, scpOf(tb, "p-no-assuming", `{"Effect":"Deny","Action":"sts:AssumeRole","Resource":"*"}`))
		return actorOf(from, "denied-to-the-caller", to.admin("target-denied", fmt.Sprintf(lettingA, rootUserOf(from))))
	}},
	{"nothing-attached", func(_ testing.TB, m *made, from, to *madeAccount) string {
		m.org.Accounts[from.id].Policies = nil
		return actorOf(from, "nothing-attached", to.admin("target-nothing", fmt.Sprintf(lettingA, rootUserOf(from))))
	}},
	trustedBy("another-organization", under(`"StringEquals":{"aws:PrincipalOrgID":"o-zzzzzzzzzz"}`)),
	trustedBy("another-unit", under(`"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"`+madeOrg+"/"+madeRoot+`/ou-ab12-99999999/*"}`)),
	trustedBy("another-account", func(m *made, from, _ *madeAccount, _ string) string {
		return fmt.Sprintf(lettingA, rootUserOf(m.accounts[(slices.Index(m.accounts, from)+3)%len(m.accounts)]))
	}),
	trustedBy("another-principal-account", under(`"StringEquals":{"aws:PrincipalAccount":"999988887777"}`)),
	trustedBy("denied-by-trust", func(_ *made, from, _ *madeAccount, actor string) string {
		return fmt.Sprintf(lettingA, rootUserOf(from)) + `,{"Effect":"Deny","Principal":{"AWS":"` + actor + `"},"Action":"sts:AssumeRole"}`
	}),
	stepping("step-denied", `{"Effect":"Allow","Action":"iam:PutRolePolicy","Resource":"*"}`, `{"Effect":"Deny","Action":"iam:*","Resource":"*"}`),
	{"no-grant", func(_ testing.TB, _ *made, from, to *madeAccount) string {
		actor := "arn:aws:iam::" + from.id + ":role/no-grant"
		to.admin("target-no-grant", fmt.Sprintf(lettingA, actor))
		return from.role("no-grant", statements(byEC2), nothing).arn()
	}},
	{"external-id-fixed", func(_ testing.TB, _ *made, from, to *madeAccount) string {
		role := to.admin("target-fixed", `{"Effect":"Allow","Principal":{"AWS":"`+rootUserOf(from)+`"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"theirs"}}}`)
		grant := `{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"` + role + `","Condition":{"StringEquals":{"sts:ExternalId":"ours"}}}`
		return from.role("external-id-fixed", statements(byEC2), statements(grant)).arn()
	}},
	{"resource-elsewhere", func(_ testing.TB, _ *made, from, to *madeAccount) string {
		role := to.admin("target-elsewhere", fmt.Sprintf(lettingA, rootUserOf(from)))
		grant := `{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"` + role + `","Condition":{"StringEquals":{"aws:ResourceAccount":"` + from.id + `"}}}`
		return from.role("resource-elsewhere", statements(byEC2), statements(grant)).arn()
	}},
	{"boundary", func(_ testing.TB, _ *made, from, to *madeAccount) string {
		role := to.admin("target-boundary", fmt.Sprintf(lettingA, rootUserOf(from)))
		r := from.role("boundary", statements(byEC2), statements(fmt.Sprintf(toAssume, role)))
		r.within(from.policy("only-logs", nothing))
		return r.arn()
	}},
	{"denied-by-the-owner", func(tb testing.TB, m *made, from, to *madeAccount) string {
		tb.Helper()
		rcp := scpOf(tb, "p-none-from-outside", `{"Effect":"Deny","Action":"sts:AssumeRole","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalAccount":"`+to.id+`"}}}`)
		rcp.Type = iam.ResourceControlPolicy
		m.org.Accounts[to.id].Policies = append(m.org.Accounts[to.id].Policies, rcp)
		return actorOf(from, "denied-by-the-owner", to.admin("target-owner", fmt.Sprintf(lettingA, rootUserOf(from))))
	}},
}

// plantedOrganization is an organization of 64 accounts with every hole and every look-alike, each
// in accounts of its own, and who may take which way.
func plantedOrganization(tb testing.TB) (m *made, open, closed map[string]string) {
	tb.Helper()
	m = makeOrganization(tb, 64)
	open, closed = map[string]string{}, map[string]string{}
	at := 1
	for i, p := range slices.Concat(holes, lookAlikes) {
		from, to := m.accounts[at], m.accounts[at+32]
		at++
		if i < len(holes) {
			open[p.make(tb, m, from, to)] = p.name
		} else {
			closed[p.make(tb, m, from, to)] = p.name
		}
	}
	return m, open, closed
}

// TestPlantedCrossings: of an organization of 64 accounts every planted way into
// another account is found, at the account in which it begins and with its path, and
// none of those that something closes.
func TestPlantedCrossings(t *testing.T) {
	m, open, closed := plantedOrganization(t)
	r := m.judge(t, nil)
	found := crossingsFound(r)
	for arn, name := range open {
		f, ok := found[arn]
		if !ok {
			t.Errorf("the way %s of %s is not found", name, arn)
			continue
		}
		end := f.Steps[len(f.Steps)-1].To
		if account := accountNamed(end); !strings.Contains(f.Message, " in the account "+m.org.Accounts[account].Name+" ("+account+")") {
			t.Errorf("the way %s does not name the account of %s: %s", name, end, f.Message)
		}
		if f.Verdict != lint.Violation || len(f.Steps) == 0 {
			t.Errorf("the way %s: %s, %d steps: %s", name, f.Verdict, len(f.Steps), f.Message)
		}
		if account := r.Inputs[f.Input].Account; !strings.Contains(arn, account) {
			t.Errorf("the way %s of %s is told of the account %s", name, arn, account)
		}
	}
	for arn, name := range closed {
		if f, ok := found[arn]; ok {
			t.Errorf("the way %s is closed: %s", name, f.Message)
		}
	}
	for arn, f := range found {
		// Within the account of a hole's end there are ways that belong to it.
		for _, step := range f.Steps {
			if accountNamed(step.From) != accountNamed(step.To) && open[arn] == "" && !strings.HasSuffix(arn, ":role/jump") {
				t.Errorf("a way that nothing planted: %s: %s", arn, f.Message)
			}
		}
	}
	if len(open) < 12 || len(r.Inputs) != 64 {
		t.Errorf("%d ways in %d accounts", len(open), len(r.Inputs))
	}
}

// TestShardsAreOneRun: the reports of 8 shards, written as JSON, read again and merged in
// any order, print in every format what one run prints, byte for byte.
func TestShardsAreOneRun(t *testing.T) {
	m, _, _ := plantedOrganization(t)
	whole := throughJSON(t, m.judge(t, nil))
	var shards []*lint.Report
	judged := 0
	for k := range 8 {
		r := m.judge(t, &lint.Shard{Index: k + 1, Of: 8})
		for i := range r.Inputs {
			if !r.Inputs[i].Elsewhere {
				judged++
			}
		}
		shards = append([]*lint.Report{throughJSON(t, r)}, shards...)
	}
	if judged != 64 {
		t.Errorf("%d accounts were judged", judged)
	}
	merged, err := report.MergeShards(shards)
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range report.Names() {
		if got, want := printed(t, format, merged), printed(t, format, whole); got != want {
			t.Errorf("%s differs: %s", format, firstDifference(got, want))
		}
	}
	if _, err := report.MergeShards(shards[1:]); err == nil || !strings.Contains(err.Error(), "8/8") {
		t.Errorf("a shard is missing: %v", err)
	}
	if _, err := report.MergeShards(append(slices.Clone(shards), shards[0])); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("a shard is there twice: %v", err)
	}
}

// accountNamed is the account of an ARN; "" for what is none.
func accountNamed(arn string) string {
	parts := strings.Split(arn, ":")
	if len(parts) < 6 {
		return ""
	}
	return parts[4]
}

func throughJSON(t *testing.T, r *lint.Report) *lint.Report {
	t.Helper()
	out, err := report.Decode(strings.NewReader(printed(t, "json", r)))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func printed(t *testing.T, format string, r *lint.Report) string {
	t.Helper()
	reporter, _ := report.ByName(format)
	var b bytes.Buffer
	if err := reporter.Report(&b, r, report.Options{Region: "us-east-1"}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func firstDifference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d: %q, want %q", i+1, a[i], b[i])
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(a), len(b))
}

// TestNeighborhoods: of an account the findings are the same whether what of others
// matters to it is taken along, or all of them are; and what is taken along is little.
func TestNeighborhoods(t *testing.T) {
	m, _, _ := plantedOrganization(t)
	near := crossingsFound(m.judge(t, nil))
	all := *m
	settings := &lint.Settings{Today: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)}
	r, err := driver.Run(all.models(t), rules.All(), settings, driver.Options{ManagedPolicy: catalog.ManagedPolicyARN})
	if err != nil {
		t.Fatal(err)
	}
	far := crossingsFound(r)
	if a, b := slices.Sorted(maps.Keys(near)), slices.Sorted(maps.Keys(far)); !slices.Equal(a, b) {
		t.Errorf("with what matters %v, with everything %v", a, b)
	}
	for arn, f := range near {
		if other := far[arn]; f.Message != other.Message || f.Fingerprint != other.Fingerprint && f.Address == other.Address {
			t.Errorf("%s: %s, and with everything %s", arn, f.Message, other.Message)
		}
	}
}
