package driver

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/compute"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/linttest/limit"
	"github.com/boundlint/boundlint/lint/policy"
)

// trustDump is a dump of an account whose roles trust accounts: one role for each.
func trustDump(t *testing.T, account string, trusts ...string) *iam.Model {
	t.Helper()
	m := &iam.Model{
		Input: iam.Input{Path: account + ".json", Kind: iam.InputAccount, Complete: true}, Symbols: &policy.Symbols{},
		Providers: []*iam.Provider{{Name: account, StateAccounts: []string{account}}},
	}
	for i, principal := range trusts {
		text := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + principal + `"},"Action":"sts:AssumeRole"}]}`
		d, diags := policy.Parse(text, nil, policy.ParseOptions{Kind: policy.TrustPolicy})
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		arn := fmt.Sprintf("arn:aws:iam::%s:role/r%d", account, i)
		m.Entities = append(m.Entities, &iam.Entity{
			Kind: iam.Role, Declared: iam.Declared{Address: arn, Provider: account}, ARN: policy.Literal(arn),
			Name: iam.Value{Text: policy.Literal(fmt.Sprintf("r%d", i)), Set: true}, Trust: &iam.Document{Document: d, Text: policy.Literal(text)},
		})
	}
	return m
}

// said are crossings as a test has them: which roles go on by steps, and what they and
// the accounts assume.
type saidCrossings struct {
	steps   map[string]bool
	assumes map[string][]string
}

func (c saidCrossings) Assumes(m *iam.Model) []policy.Text { return c.patterns(accountOf(m)) }

func (c saidCrossings) Onward(_ *iam.Model, role *iam.Entity) (steps bool, assumes []policy.Text) {
	return c.steps[role.Address], c.patterns(role.Address)
}

func (c saidCrossings) Forget(*iam.Model) {}

func (c saidCrossings) patterns(of string) []policy.Text {
	var out []policy.Text
	for _, p := range c.assumes[of] {
		out = append(out, policy.Literal(p))
	}
	return out
}

// TestNeighborhood: what matters of other accounts to one are the roles that both its
// principals and their trust policies name, what sessions of those go on to, and all of
// an account in which one of them may take other steps.
func TestNeighborhood(t *testing.T) {
	const a, b, c, d = "111111111111", "222222222222", "333333333333", "444444444444"
	roles := func(account string, numbers ...int) []string {
		var out []string
		for _, n := range numbers {
			out = append(out, fmt.Sprintf("arn:aws:iam::%s:role/r%d", account, n))
		}
		return out
	}
	role := func(account string, n int) string { return roles(account, n)[0] }
	all := []string{"*"}
	for name, x := range map[string]struct {
		b, c, d []string // what the roles of each account trust
		steps   []string
		assumes map[string][]string
		want    []string
	}{
		"nothing trusts it":              {b: []string{c}, assumes: map[string][]string{a: all}},
		"it assumes nothing":             {b: []string{a}},
		"it assumes another role":        {b: []string{a}, assumes: map[string][]string{a: {role(b, 7)}}},
		"a role that trusts the account": {b: []string{a, c}, assumes: map[string][]string{a: all}, want: roles(b, 0)},
		"its root user":                  {b: []string{"arn:aws:iam::" + a + ":root"}, assumes: map[string][]string{a: all}, want: roles(b, 0)},
		"a role of it":                   {b: []string{role(a, 0)}, assumes: map[string][]string{a: all}, want: roles(b, 0)},
		"a session":                      {b: []string{"arn:aws:sts::" + a + ":assumed-role/r0/s"}, assumes: map[string][]string{a: all}, want: roles(b, 0)},
		"everyone":                       {b: []string{"*"}, assumes: map[string][]string{a: all}, want: roles(b, 0)},
		"a unique id":                    {b: []string{"AROAIOSFODNN7EXAMPLE1"}, assumes: map[string][]string{a: all}, want: roles(b, 0)},
		"a pattern":                      {b: []string{a, a}, assumes: map[string][]string{a: {"arn:aws:iam::" + b + ":role/*1"}}, want: roles(b, 1)},
		"a variable":                     {b: []string{a}, assumes: map[string][]string{a: {"arn:aws:iam::${aws:PrincipalTag/a}:role/r0"}}, want: roles(b, 0)},
		"one step further":               {b: []string{a, c}, steps: roles(b, 0), assumes: map[string][]string{a: all}, want: roles(b, 0, 1)},
		"on to a third":                  {b: []string{a, a}, c: []string{b, b}, assumes: map[string][]string{a: {role(b, 0)}, role(b, 0): {role(c, 1)}}, want: slices.Concat(roles(b, 0), roles(c, 1))},
		"not on to a third":              {b: []string{a}, c: []string{b}, assumes: map[string][]string{a: all}, want: roles(b, 0)},
		"in the same account by name":    {b: []string{a, role(b, 0)}, assumes: map[string][]string{a: {role(b, 0)}}, want: roles(b, 0, 1)},
		"on from a whole account":        {b: []string{a}, c: []string{b}, steps: roles(b, 0), assumes: map[string][]string{a: all, b: all}, want: slices.Concat(roles(b, 0), roles(c, 0))},
		"round and back": {
			b: []string{a, d}, c: []string{b}, d: []string{c}, steps: slices.Concat(roles(b, 0), roles(c, 0)),
			assumes: map[string][]string{a: all, b: all, c: all, d: all}, want: slices.Concat(roles(b, 0, 1), roles(c, 0), roles(d, 0)),
		},
	} {
		t.Run(name, func(t *testing.T) {
			models := []*iam.Model{trustDump(t, a, "999999999999"), trustDump(t, b, x.b...), trustDump(t, c, x.c...), trustDump(t, d, x.d...)}
			for _, m := range models {
				m.Link(iam.Hints{})
			}
			said := saidCrossings{steps: map[string]bool{}, assumes: x.assumes}
			for _, r := range x.steps {
				said.steps[r] = true
			}
			for range 2 { // in both orders
				view, cut, err := newAccounts(models, said, nil, 0).neighborhood(models[slices.IndexFunc(models, func(m *iam.Model) bool { return accountOf(m) == a })])
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, e := range view.Neighbors.Entities {
					got = append(got, e.Address)
				}
				if !slices.Equal(got, x.want) || cut != "" {
					t.Errorf("got %q, want %q; cut %q", got, x.want, cut)
				}
				slices.Reverse(models)
			}
		})
	}
}

// TestSharedNeighborhood: of another account that shares what runs with a role, that is taken
// along with its policy and its role, and all of what is there where that goes on by steps.
func TestSharedNeighborhood(t *testing.T) {
	const a, b = "111111111111", "222222222222"
	role := func(n int) string { return fmt.Sprintf("arn:aws:iam::%s:role/r%d", b, n) }
	function := func(n int) string { return fmt.Sprintf("arn:aws:lambda:us-east-1:%s:function:f%d", b, n) }
	letting := func(principal, action string) string {
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":` + principal + `,"Action":"` + action + `","Resource":"*"}]}`
	}
	all := []string{"*"}
	own := `{"AWS":"` + a + `"}`
	for name, x := range map[string]struct {
		policies []string // of the functions f0, f1 ... with the roles r0, r1 ...; "" for none
		steps    []string
		may      []string
		want     []string // the roles, then the functions
	}{
		"the account":       {policies: []string{letting(own, "lambda:UpdateFunctionCode")}, may: all, want: []string{role(0), function(0)}},
		"any action":        {policies: []string{letting(own, "*")}, may: all, want: []string{role(0), function(0)}},
		"everyone":          {policies: []string{"", letting(`"*"`, "lambda:Update*")}, may: all, want: []string{role(1), function(1)}},
		"by its ARN":        {policies: []string{letting(own, "lambda:*"), letting(own, "lambda:*")}, may: []string{function(1)}, want: []string{role(1), function(1)}},
		"and goes on":       {policies: []string{letting(own, "lambda:*"), ""}, may: all, steps: []string{role(0)}, want: []string{role(0), role(1), function(0), function(1)}},
		"a hidden policy":   {policies: []string{"hidden"}, may: all, want: []string{role(0), function(0)}},
		"to invoke it":      {policies: []string{letting(own, "lambda:InvokeFunction")}, may: all},
		"a service":         {policies: []string{letting(`{"Service":"s3.amazonaws.com"}`, "lambda:*")}, may: all},
		"another account":   {policies: []string{letting(`{"AWS":"333333333333"}`, "lambda:*")}, may: all},
		"nothing allows it": {policies: []string{letting(own, "lambda:*")}, may: []string{"arn:aws:iam::*:role/*"}},
		"no policy":         {policies: []string{""}, may: all},
	} {
		t.Run(name, func(t *testing.T) {
			other := trustDump(t, b, slices.Repeat([]string{"999999999999"}, len(x.policies))...)
			for i, text := range x.policies {
				arn := policy.Literal(function(i))
				other.Compute = append(other.Compute, &iam.Compute{
					Address: function(i), Provider: b, Kind: compute.Function, ARN: arn, Role: &iam.Value{Text: policy.Literal(role(i)), Set: true},
				})
				d := &policy.Document{Unknown: &policy.Symbol{Name: "it"}}
				if text != "hidden" {
					d, _ = policy.Parse(text, nil, policy.ParseOptions{Kind: policy.ResourcePolicy})
				}
				if text != "" {
					other.ResourcePolicies = append(other.ResourcePolicies, &iam.ResourcePolicy{
						Address: function(i), Provider: b, Service: "lambda", Resource: arn, Document: &iam.Document{Document: d},
					})
				}
			}
			models := []*iam.Model{trustDump(t, a, "999999999999"), other}
			for _, m := range models {
				m.Link(iam.Hints{})
			}
			said := saidCrossings{steps: map[string]bool{}, assumes: map[string][]string{a: x.may}}
			for _, r := range x.steps {
				said.steps[r] = true
			}
			own := models[0]
			for range 2 { // in both orders
				view, _, err := newAccounts(models, said, nil, 0).neighborhood(own)
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, e := range view.Neighbors.Entities {
					got = append(got, e.Address)
				}
				for _, c := range view.Neighbors.Compute {
					got = append(got, c.Address)
				}
				if !slices.Equal(got, x.want) || len(x.steps) == 0 && len(view.Neighbors.ResourcePolicies) != len(x.want)/2 {
					t.Errorf("got %q and %d policies, want %q", got, len(view.Neighbors.ResourcePolicies), x.want)
				}
				slices.Reverse(models)
			}
		})
	}
}

// TestMostNeighbors: an account that is too large to be taken along as a whole is named,
// and the roles of it that are reached are there.
func TestMostNeighbors(t *testing.T) {
	const few = 40
	limit.Try(t, "MostNeighbors", few, "the accounts 222222222222 were not followed as a whole", func(t *testing.T, n int) string {
		t.Helper()
		trusts := slices.Repeat([]string{"111111111111"}, n)
		report, err := Run([]*iam.Model{trustDump(t, "111111111111", "222222222222"), trustDump(t, "222222222222", trusts...)}, nil, nil, Options{
			MostNeighbors: few, Shard: &lint.Shard{Index: 1, Of: 1},
		})
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, d := range report.Diagnostics {
			if d.Severity != lint.Warning || !d.Judging {
				t.Errorf("%v %t", d.Severity, d.Judging)
			}
			out = append(out, d.Message)
		}
		return strings.Join(out, "\n")
	})
}

// TestAssign: roots that share a directory are in one shard, an account stays in its own
// whatever else is in the run, and every model is in one.
func TestAssign(t *testing.T) {
	root := func(name string, dirs ...string) *iam.Model {
		return &iam.Model{Input: iam.Input{Path: name, Root: name, Kind: iam.InputConfig}, Coverage: iam.Coverage{Read: append([]string{name}, dirs...)}}
	}
	models := []*iam.Model{
		trustDump(t, "111111111111"), root("live/a", "modules/x"), root("live/b", "modules/x", "modules/y"), root("live/c", "modules/y"), root("live/d"),
		trustDump(t, "222222222222"),
	}
	in := func(list []*iam.Model, k int) []bool {
		r := &run{models: list, opts: Options{Shard: &lint.Shard{Index: k, Of: 7}}}
		r.assign()
		return r.elsewhere
	}
	counts, together := make([]int, len(models)), 0
	for k := 1; k <= 7; k++ {
		elsewhere := in(models, k)
		for i, e := range elsewhere {
			if !e {
				counts[i]++
			}
		}
		if !elsewhere[1] && !elsewhere[2] && !elsewhere[3] {
			together++
		}
		if alone := in(models[5:], k); alone[0] != elsewhere[5] {
			t.Errorf("shard %d: the account depends on what else is in the run", k)
		}
		reversed := slices.Clone(models)
		slices.Reverse(reversed)
		back := in(reversed, k)
		slices.Reverse(back)
		if !slices.Equal(back, elsewhere) {
			t.Errorf("shard %d: it depends on the order: %v and %v", k, back, elsewhere)
		}
	}
	if !slices.Equal(counts, []int{1, 1, 1, 1, 1, 1}) || together != 1 {
		t.Errorf("in how many shards: %v; those that share a directory together in %d", counts, together)
	}
}

// TestPartitionsApart: an account id may be in several partitions, which are several
// accounts, and no principal of one partition reaches into another, whatever the trust
// policies say. Such accounts are in shards of their own.
func TestPartitionsApart(t *testing.T) {
	const a, b = "111111111111", "222222222222"
	in := func(partition string, m *iam.Model) *iam.Model {
		m.Providers[0].Partition = partition
		return m
	}
	models := []*iam.Model{
		in("aws", trustDump(t, a, b)), in("aws-cn", trustDump(t, a, b)), in("aws-cn", trustDump(t, b, a, "*")), in("", trustDump(t, b, a)),
	}
	r := &run{settings: &lint.Settings{}, opts: Options{}}
	units := map[string]bool{}
	var err error
	if r.models, err = r.joinDumps(models); err != nil {
		t.Fatal(err)
	}
	besides([]*run{r})
	joined := r.models
	for _, m := range joined {
		units[unitOf(m)] = true
		view, _, err := r.accountsOf(m).neighborhood(m)
		if err != nil {
			t.Fatal(err)
		}
		other := joined[3]
		switch m {
		case joined[3]:
			other = joined[0]
		case joined[1]:
			other = joined[2]
		case joined[2]:
			other = joined[1]
		}
		if !slices.Equal(view.Neighbors.Entities, other.Entities) {
			t.Errorf("%s %s: %d neighbors", partitionOf(m), accountOf(m), len(view.Neighbors.Entities))
		}
	}
	if len(joined) != 4 || len(units) != 4 {
		t.Errorf("%d accounts in %d units", len(joined), len(units))
	}
}
