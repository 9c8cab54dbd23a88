package authz

import (
	"fmt"
	"slices"
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// tagging are policies by which holders may give tags to themselves, and that ask
// for them.
type tagging struct{ *roll }

func (r tagging) statement() jsonObject {
	st := jsonObject{
		"Effect": pick(r.roll, "Allow", "Allow", "Allow", "Deny"),
		"Action": some(r.roll, func() string {
			return pick(r.roll, "iam:CreateRole", "iam:TagRole", "iam:*", "iam:Tag*", "iam:PassRole")
		}),
		"Resource": some(r.roll, func() string {
			return pick(r.roll, "*", "arn:aws:iam::111122223333:role/app-*", "arn:aws:iam::111122223333:role/${aws:PrincipalTag/team}-*", "arn:aws:iam::111122223333:role/${aws:PrincipalTag/stage}")
		}),
	}
	if r.chance(50) {
		key := pick(r.roll, "aws:PrincipalTag/team", "aws:PrincipalTag/stage", "aws:RequestTag/team", "aws:TagKeys")
		st["Condition"] = jsonObject{pick(r.roll, "StringEquals", "StringNotEquals", "StringLike"): jsonObject{key: pick(r.roll, "a", "team", "${aws:PrincipalTag/team}", "app*")}}
	}
	return st
}

// TestTagMemory asks several questions about a holder, with what was found of its
// tags and without: the answers are the same.
func TestTagMemory(t *testing.T) {
	r := tagging{newRoll(23)}
	told := map[Verdict]int{}
	for range rounds(t, 300) {
		doc := jsonObject{"Version": "2012-10-17", "Statement": []any{r.statement(), r.statement(), r.statement()}}
		holder := parsePrincipal("arn:aws:iam::111122223333:role/app-holder")
		holder.Identity = []*Policy{compiledObject(t, doc)}
		with, without := delegationUniverse(), delegationUniverse()
		with.Memory = NewMemory()
		for _, action := range []string{"iam:CreateRole", "iam:PassRole", "iam:TagRole", "iam:CreateRole"} {
			q := &Query{Actions: []string{action}}
			got, want := Search(holder, with, q), Search(holder, without, q)
			told[want.Verdict]++
			if got.Verdict != want.Verdict || fmt.Sprint(got.Witness) != fmt.Sprint(want.Witness) {
				t.Fatalf("%s: %v by %v, and without what is remembered %v by %v\n%s", action, got.Verdict, got.Witness, want.Verdict, want.Witness,
					policy.Print(holder.Identity[0].Document, policy.PrintOptions{}))
			}
		}
	}
	if len(told) < 3 {
		t.Errorf("the answers were %v", told)
	}
}

// TestGrowthMemory asks the questions that count roles of a holder's own making, of which what
// is found out is remembered, and asks them again: the answers are those without a memory.
func TestGrowthMemory(t *testing.T) {
	r := delegations{newRoll(29)}
	told, grown := map[Verdict]int{}, 0
	closed := compiledObject(t, jsonObject{"Version": "2012-10-17", "Statement": []any{
		jsonObject{"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
	}})
	open := compiledObject(t, jsonObject{"Version": "2012-10-17", "Statement": []any{
		jsonObject{"Effect": "Allow", "Action": []any{"s3:*", "iam:*"}, "Resource": "*"},
	}})
	for i := range rounds(t, 200) {
		holder := parsePrincipal("arn:aws:iam::111122223333:role/app-holder")
		holder.Identity = []*Policy{compiledObject(t, r.document())}
		if i%3 == 0 {
			holder.Boundary = Hidden(nil)
		}
		with, without := delegationUniverse(), delegationUniverse()
		document := []*Policy{nil, closed, open}[r.IntN(3)]
		for _, u := range []*Universe{with, without} {
			u.Document = func(policy.Text) *Policy { return document }
		}
		with.Memory = NewMemory()
		for _, again := range []string{"", "again "} {
			for name, ask := range map[string]func(u *Universe) Answer{
				"remove of roles": func(u *Universe) Answer { return CanRemoveBoundary(holder, u, Role) },
				"remove of users": func(u *Universe) Answer { return CanRemoveBoundary(holder, u, User) },
				"edit": func(u *Universe) Answer {
					return CanEditPolicy(holder, u, policy.Literal("arn:aws:iam::111122223333:policy/Dev"))
				},
				"create": func(u *Universe) Answer { return CanCreateThroughGrown(holder, u, Role) },
			} {
				got, want := ask(with), ask(without)
				told[want.Verdict]++
				if want.Witness != nil && len(want.Witness.First) > 0 {
					grown++
				}
				if spelled(got) != spelled(want) {
					t.Fatalf("%s%s: %s\nand without what is remembered %s\n%s", again, name, spelled(got), spelled(want),
						policy.Print(holder.Identity[0].Document, policy.PrintOptions{}))
				}
			}
		}
	}
	if len(told) < 3 || grown == 0 {
		t.Errorf("the answers were %v, %d by roles of the holder's own making", told, grown)
	}
}

// spelled is all that an answer says, with what comes before its requests.
func spelled(a Answer) string {
	text := fmt.Sprint(a.Verdict, a.Reasons, a.AssumedAccount, a.Lacking)
	for _, w := range []*Witness{a.Witness, a.Perhaps} {
		text += fmt.Sprint(" by ", w)
		if w != nil {
			text += fmt.Sprint(" after ", w.First)
		}
	}
	return text
}

// TestMemoryOfPolicies asks about boundaries in an account of many policies, with what
// was found of them and without: the answers are the same, those of a copy of the
// universe with other policies too.
func TestMemoryOfPolicies(t *testing.T) {
	holder := parsePrincipal("arn:aws:iam::111122223333:user/eve")
	holder.Identity = []*Policy{compiledObject(t, jsonObject{"Version": "2012-10-17", "Statement": []any{jsonObject{
		"Effect": "Allow", "Action": []any{"iam:CreateRole", "iam:CreatePolicy"}, "Resource": "*",
		"Condition": jsonObject{"StringLike": jsonObject{policy.BoundaryKey: "arn:aws:iam::111122223333:policy/team-*"}},
	}}})}
	all := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333"), Closed: true, Memory: NewMemory()}
	for i := range 2 * longList {
		all.Policies = append(all.Policies, policy.Literal(fmt.Sprintf("arn:aws:iam::111122223333:policy/other-%d", i)))
	}
	one := *all
	one.Policies = append(slices.Clip(one.Policies), policy.Literal("arn:aws:iam::*:policy/team-a"))
	none := *all
	none.Policies = nil
	for _, c := range []struct {
		name string
		u    *Universe
		want Verdict
	}{{"without one that fits", all, Denied}, {"with one", &one, Allowed}, {"of none", &none, Denied}} {
		without := *c.u
		without.Memory = nil
		for range 2 {
			q := &Query{Actions: []string{"iam:CreateRole"}}
			got, fresh := Search(holder, c.u, q), Search(holder, &without, q)
			if got.Verdict != c.want || fresh.Verdict != c.want || fmt.Sprint(got.Witness) != fmt.Sprint(fresh.Witness) {
				t.Errorf("%s: %v by %v, and without what is remembered %v by %v; want %v", c.name, got.Verdict, got.Witness, fresh.Verdict,
					fresh.Witness, c.want)
			}
		}
	}
	if n := len(all.Memory.policies); n != 2 {
		t.Errorf("%d lists are remembered, want the two long ones", n)
	}
}

// TestKnownPolicies tells policies apart by their names, which are unique ignoring path
// and case.
func TestKnownPolicies(t *testing.T) {
	var u Universe
	for _, arn := range []string{
		"arn:aws:iam::111122223333:policy/a", "arn:aws:iam::111122223333:policy/path/Other", "arn:aws:iam::*:policy/a",
		"arn:aws:iam::444455556666:policy/elsewhere", "arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::111122223333:policy/team-*",
	} {
		u.Policies = append(u.Policies, policy.Literal(arn))
	}
	u.Approved = []Approved{{ARN: policy.Literal("arn:aws:iam::111122223333:policy/approved")}}
	known := u.knownPolicies(binding{accountText: "111122223333", partitionText: "aws"})
	if len(known.own) != 3 {
		t.Errorf("known are %v", known.own)
	}
	for _, c := range []struct {
		name, other string
		want        bool
	}{
		{"A", "", true},
		{"a", "arn:aws:iam::111122223333:policy/a", false},
		{"a", "arn:aws:iam::111122223333:policy/path/a", true},
		{"other", "arn:aws:iam::111122223333:policy/other", true},
		{"approved", "", true},
		{"elsewhere", "", false},
		{"ReadOnlyAccess", "", false},
	} {
		if got := known.hasNamed(c.name, c.other); got != c.want {
			t.Errorf("a policy %s other than %q: got %v", c.name, c.other, got)
		}
	}
}
