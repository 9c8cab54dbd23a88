package tfplan

import (
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// TestBefore reads what was there before a plan: with all of its attributes, and
// under the address that it will have.
func TestBefore(t *testing.T) {
	moved := strings.Replace(role("moved", `"no-op"`, was, was, `{}`), `"mode":`, `"previous_address":"aws_iam_role.old","mode":`, 1)
	plan := `{"format_version":"1.2","terraform_version":"1.11.4","resource_changes":[` + strings.Join([]string{
		role("updated", `"update"`, was, is, `{}`), role("created", `"create"`, `null`, is, `{}`), role("gone", `"delete"`, was, `null`, `{}`), moved,
	}, ",") + `],"prior_state":{"format_version":"1.0","values":{"root_module":{"resources":[` +
		`{"address":"aws_iam_role.old","mode":"managed","type":"aws_iam_role","name":"old","values":` + was + `},` +
		`{"address":"aws_iam_role.untouched","mode":"managed","type":"aws_iam_role","name":"untouched","values":` + was + `}]}}}}`
	p, err := Read(strings.NewReader(plan), Options{Path: "plan.json", Symbols: &policy.Symbols{}, Before: true})
	if err != nil {
		t.Fatal(err)
	}
	m := model(t, p)
	if m.Input.Kind != iam.InputState {
		t.Error(m.Input.Kind)
	}
	var got []string
	for _, e := range m.Entities {
		boundary, _ := e.Boundary.Known()
		got = append(got, e.Address)
		if boundary != "arn:aws:iam::111122223333:policy/b" || e.Trust == nil || e.Gone() {
			t.Errorf("%s: %q, %v, %s", e.Address, boundary, e.Trust, e.Change)
		}
	}
	slices.Sort(got)
	want := []string{"aws_iam_role.gone", "aws_iam_role.moved", "aws_iam_role.untouched", "aws_iam_role.updated"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
