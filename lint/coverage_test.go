package lint_test

import (
	"slices"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
)

// TestCover: a root module in several workspaces is one, a block has no instance
// only where it has none in any of them, and a directory that one input leaves
// out may be judged with another.
func TestCover(t *testing.T) {
	in := func(path, workspace string, tool iam.Tool, calls int, empty ...string) lint.InputSummary {
		return lint.InputSummary{Path: path, Workspace: workspace, Tool: tool, Kind: iam.InputConfig, Coverage: lint.Coverage{
			Roots: 1, Directories: []string{path}, Calls: calls, Unfollowed: []string{"module.gone"}, Empty: empty, Policies: []string{"p"},
		}}
	}
	r := &lint.Report{Inputs: []lint.InputSummary{
		in("a", "dev", "", 1, "module.x", "module.y"), in("a", "prod", "", 2, "module.y"),
		in("b", "", iam.Terraform, 1, "module.t"), in("b", "", iam.OpenTofu, 1, "module.o"),
		{Path: "c", Kind: iam.InputConfig, Coverage: lint.Coverage{Unread: []string{"a", "d"}}},
	}}
	r.Cover()
	want := lint.CoverageSum{Roots: 2, Directories: 3, Unread: 1, Calls: 5, Unfollowed: 2, Empty: 3, Policies: 1}
	if r.Coverage != want || r.Coverage.Complete() {
		t.Errorf("got  %+v\nwant %+v", r.Coverage, want)
	}
	if got := r.Inputs[4].Coverage.Unread; !slices.Equal(got, []string{"d"}) {
		t.Errorf("unread %q", got)
	}
	sum := r.Coverage
	if sum.Add(want); sum.Roots != 4 || sum.Calls != 10 || sum.Directories != 6 {
		t.Errorf("added %+v", sum)
	}
}
