package rules

import (
	"fmt"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/rules/internal/leaks"
)

// TestBoundaryEditable asks who may write the documents of boundaries: of the
// approved ones, of one among many, and of any that a pattern approves.
func TestBoundaryEditable(t *testing.T) {
	t.Parallel()
	many := []string{}
	for i := range leaks.ManyBoundaries + 5 {
		many = append(many, fmt.Sprintf("arn:aws:iam::111122223333:policy/team-%02d", i))
	}
	edit := func(resource string) string {
		return `{"Effect":"Allow","Action":"iam:CreatePolicyVersion","Resource":"` + resource + `"}`
	}
	for name, c := range map[string]struct {
		approved   []string
		statements string
		want       string // of the one finding, "" for none
	}{
		"nothing":                    {[]string{ownBoundary}, `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`, ""},
		"any policy":                 {[]string{ownBoundary}, edit("*"), "can change the document of the boundary " + ownBoundary},
		"this one":                   {[]string{ownBoundary}, edit(ownBoundary), "the boundary " + ownBoundary},
		"another":                    {[]string{ownBoundary}, edit(otherBoundary), ""},
		"by another default version": {[]string{ownBoundary}, strings.Replace(edit("*"), "CreatePolicyVersion", "SetDefaultPolicyVersion", 1), "the boundary " + ownBoundary},
		"denied":                     {[]string{ownBoundary}, edit("*") + "," + strings.Replace(edit(ownBoundary), "Allow", "Deny", 1), ""},
		"one of two":                 {[]string{ownBoundary, otherBoundary}, edit(otherBoundary), "the boundary " + otherBoundary},
		"the last of many":           {many, edit(many[len(many)-1]), "the boundary " + many[len(many)-1]},
		"the first of many":          {many, edit(many[0]), "the boundary " + many[0]},
		"none of many":               {many, edit(ownBoundary), ""},
		"any of a pattern":           {[]string{"arn:aws:iam::111122223333:policy/boundary-*"}, edit("arn:aws:iam::111122223333:policy/*"), "any boundary arn:aws:iam::111122223333:policy/boundary-*"},
		"some of a pattern":          {[]string{"arn:aws:iam::111122223333:policy/boundary-*"}, edit("arn:aws:iam::111122223333:policy/boundary-x"), ""},
		"none of a pattern":          {[]string{"arn:aws:iam::111122223333:policy/boundary-*"}, edit("arn:aws:iam::111122223333:policy/other-*"), ""},
		"any of a letter":            {[]string{"arn:aws:iam::111122223333:policy/boundary-?"}, edit("*"), "any boundary arn:aws:iam::111122223333:policy/boundary-?"},
		"a pattern that one fits":    {[]string{"arn:aws:iam::111122223333:policy/workload-*", ownBoundary}, edit("*"), "the boundary " + ownBoundary},
		"a pattern of AWS's own":     {[]string{"arn:aws:iam::aws:policy/*"}, edit("*"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &lint.Settings{AccountID: "111122223333", Boundaries: []lint.ApprovedBoundary{{ARNs: c.approved}}}
			got := judge(t, BoundaryEditable, person(c.statements), s)
			if (c.want == "") != (len(got) == 0) || len(got) > 1 || !strings.Contains(strings.Join(got, "\n"), c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestInOrder(t *testing.T) {
	t.Parallel()
	if got := inOrder([]policy.Text{policy.Literal("b"), policy.Literal("a")}); got != "a b" {
		t.Errorf("got %q", got)
	}
}
