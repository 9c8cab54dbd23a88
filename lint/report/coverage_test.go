package report_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/report"
)

// covered are three root modules, of which one is read by each tool, and a
// plan.
func covered() []lint.InputSummary {
	return []lint.InputSummary{
		{Path: "live/a", Kind: iam.InputConfig, Complete: true, Coverage: lint.Coverage{
			Roots: 1, Directories: []string{"live/a", "modules/m"}, Unread: []string{"live/b", "live/c", "old/1", "old/2", "old/3", "old/4", "old/5"},
			Calls: 2, Unfollowed: []string{"module.gone"}, Empty: []string{"module.off"}, Boundaries: []string{"arn:aws:iam::111122223333:policy/b"},
		}},
		{Path: "live/b", Kind: iam.InputConfig, Tool: iam.Terraform, Complete: true, Coverage: lint.Coverage{
			Roots: 1, Directories: []string{"live/b", "modules/m"}, Calls: 1, Stacks: []string{"aws_cloudformation_stack.s"},
		}},
		{Path: "live/b", Kind: iam.InputConfig, Tool: iam.OpenTofu, Complete: true, Coverage: lint.Coverage{
			Roots: 1, Directories: []string{"live/b", "modules/m"}, Calls: 1, Stacks: []string{"aws_cloudformation_stack.s"},
		}},
		{Path: "plan.json", Kind: iam.InputPlan, Complete: true, Coverage: lint.Coverage{
			Policies: []string{"<var.policy>"}, Boundaries: []string{"arn:aws:iam::111122223333:policy/b"},
		}},
	}
}

func TestCoverageLine(t *testing.T) {
	for name, c := range map[string]struct {
		inputs []lint.InputSummary
		want   string
	}{
		"nothing": {nil, "coverage: nothing judged"},
		"a plan":  {spotless().Inputs, "coverage: 1 plan judged"},
		"a root": {
			[]lint.InputSummary{{Path: ".", Kind: iam.InputConfig, Coverage: lint.Coverage{Roots: 1, Directories: []string{"."}}}},
			"coverage: 1 directory with configuration; 1 root module judged",
		},
		"names of one input": {
			covered()[:1],
			"coverage: 9 directories with configuration, 7 not judged (live/b, live/c, old/1, old/2 and 3 more); 1 root module judged; 2 module calls followed, 1 not (module.gone); " +
				"1 block with no instance; 1 boundary (arn:aws:iam::111122223333:policy/b) without a known document",
		},
		"all": {
			covered(),
			"coverage: 9 directories with configuration, 6 not judged (live/c, old/1, old/2, old/3 and 2 more); 2 root modules and 1 plan judged; 3 module calls followed, 1 not (live/a: module.gone); " +
				"1 CloudFormation stack not looked into (live/b: aws_cloudformation_stack.s); 1 block with no instance; " +
				"1 policy (<var.policy>) and 1 boundary (arn:aws:iam::111122223333:policy/b) without a known document",
		},
	} {
		r := &lint.Report{Inputs: c.inputs}
		r.Cover()
		if got := report.CoverageLine(r); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, c.want)
		}
	}
}

// TestCoverageInEveryFormat: each format says what was looked at. ASFF is a
// list of findings, and says it with each.
func TestCoverageInEveryFormat(t *testing.T) {
	r := sample()
	r.Inputs[0] = covered()[0]
	r.Cover()
	for _, name := range wholeReports() {
		got := string(render(t, name, r, report.Options{}))
		if !strings.Contains(strings.ToLower(got), "coverage") {
			t.Errorf("%s has no line about the coverage", name)
		}
	}
}

// TestCoverageMerged: the numbers of several runs add up, for each has its own
// directories, whatever they are called.
func TestCoverageMerged(t *testing.T) {
	a, b := &lint.Report{Inputs: covered()}, &lint.Report{Inputs: covered()}
	a.Cover()
	b.Cover()
	merged := report.Merge(a, b)
	if merged.Coverage.Roots != 2*a.Coverage.Roots || merged.Coverage.Directories != 2*a.Coverage.Directories || merged.Coverage.Complete() {
		t.Errorf("%+v of twice %+v", merged.Coverage, a.Coverage)
	}
	back, err := report.Decode(bytes.NewReader(render(t, "json", merged, report.Options{})))
	if err != nil || back.Coverage != merged.Coverage {
		t.Errorf("read back: %+v, %v", back.Coverage, err)
	}
}
