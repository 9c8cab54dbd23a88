package escalation

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// rolesAllowed is an account of roles that trust the account, each allowed an action on
// some resources.
func rolesAllowed(t *testing.T, allowed map[string]string) *holders.Account {
	t.Helper()
	parse := func(kind policy.Kind, statement string) *iam.Document {
		d, diags := policy.Parse(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow",`+statement+`}]}`, nil, policy.ParseOptions{Kind: kind})
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		return &iam.Document{Document: d}
	}
	m := &iam.Model{Symbols: &policy.Symbols{}}
	for _, name := range slices.Sorted(maps.Keys(allowed)) {
		known := iam.Value{Text: policy.Literal(name), Set: true}
		m.Entities = append(m.Entities, &iam.Entity{
			Declared: iam.Declared{Address: "aws_iam_role." + name}, Kind: iam.Role, Name: known,
			ARN:   policy.Literal("arn:aws:iam::111122223333:role/" + name),
			Trust: parse(policy.TrustPolicy, `"Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"`),
		})
		m.Inline = append(m.Inline, &iam.InlinePolicy{
			Declared: iam.Declared{Address: "aws_iam_role_policy." + name}, HolderKind: iam.HolderRole, Holder: known, Name: known,
			Document: parse(policy.IdentityPolicy, allowed[name]),
		})
	}
	m.Link(iam.Hints{Account: "111122223333"})
	a, err := holders.Accounts.Of(lint.NewPass(&lint.Rule{}, m, nil, nil, nil))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestLongChain finds every way of a chain of roles at its length, and those of one who
// may act as many besides.
func TestLongChain(t *testing.T) {
	const length = 30
	assume := func(names ...string) string {
		return `"Action":"sts:AssumeRole","Resource":["arn:aws:iam::111122223333:role/` + strings.Join(names, `","arn:aws:iam::111122223333:role/`) + `"]`
	}
	allowed := map[string]string{"admin": `"Action":"*","Resource":"*"`, "wide": assume("leaf-*", "link-10")}
	want := map[string]int{}
	for i := range length {
		name, next := fmt.Sprintf("link-%d", i), "admin"
		if i > 0 {
			next = fmt.Sprintf("link-%d", i-1)
		}
		allowed[name], want[name] = assume(next), i+1
	}
	want["wide"] = want["link-10"] + 1
	for i := range 2 * fewHolders {
		allowed[fmt.Sprintf("leaf-%d", i)] = `"Action":"s3:GetObject","Resource":"*"`
	}
	s := NewSearch(rolesAllowed(t, allowed), Amendment{})
	got := map[string]int{}
	for _, p := range s.Judge().Paths {
		if len(p.Steps) > 2*shownAtEach || p.Steps[len(p.Steps)-1].To.Entity.Address != "aws_iam_role.admin" {
			t.Errorf("%s: %d steps are kept", p.Actor.Name(), len(p.Steps))
		}
		_, name, _ := strings.Cut(p.Actor.Entity.Address, ".")
		got[name] = p.Length()
		if n := s.engine.declared[s.engine.index[p.Actor.Entity]]; n.dist[ofUnbounded] != want[name] {
			t.Errorf("%s: what is certain is found in round %d, want %d", name, n.dist[ofUnbounded], want[name])
		}
	}
	for name, n := range want {
		if got[name] != n {
			t.Errorf("%s: a path of %d steps, want %d", name, got[name], n)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d have paths, want %d", len(got), len(want))
	}
}
