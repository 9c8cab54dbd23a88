package authz

import (
	"fmt"
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
		with.Tags = NewTagMemory()
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
