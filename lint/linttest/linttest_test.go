package linttest

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
)

func TestWants(t *testing.T) {
	t.Parallel()
	got, err := wantsIn("main.tf", strings.Join([]string{
		`a = 1 # want one:"x" two:"a \"quoted\" text"`,
		`# want(+2) three:"below"`,
		`# we want: nothing here`,
		`b = 2 // want four:""`,
	}, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []*want{
		{file: "main.tf", line: 1, rule: "one", text: "x"},
		{file: "main.tf", line: 1, rule: "two", text: `a "quoted" text`},
		{file: "main.tf", line: 4, rule: "three", text: "below"},
		{file: "main.tf", line: 4, rule: "four"},
	}
	if !reflect.DeepEqual(got, want) {
		for _, w := range got {
			t.Logf("%+v", *w)
		}
		t.Error("the wants are not those of the comments")
	}
	for _, bad := range []string{`# want one`, `# want one:text`, `# want One:"x"`} {
		if _, err := wantsIn("main.tf", bad); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}

func TestExceptions(t *testing.T) {
	t.Parallel()
	read := func(text string) (*exceptions, error) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "exceptions.txt"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return loadExceptions(Case{Dir: dir})
	}
	e, err := read("# a comment\n\nskip state  # another state\nplan r module.x[\"a b\"].y violation  # because\n")
	if err != nil {
		t.Fatal(err)
	}
	v := verdictOf{"r", `module.x["a b"].y`, lint.Violation}
	if !e.skip[State] || !e.only[Plan][v] {
		t.Errorf("%+v", e)
	}
	if !e.excuses(v, HCL, []Input{HCL, Plan}) || e.excuses(v, Plan, []Input{HCL, Plan}) || e.excuses(v, HCL, []Input{HCL}) {
		t.Error("only the other inputs are excused")
	}
	for _, bad := range []string{"plan r a violation", "skip  # reason", "plan r  # reason"} {
		if _, err := read(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestComparison(t *testing.T) {
	t.Parallel()
	report := func(findings ...lint.Finding) *lint.Report { return &lint.Report{Findings: findings} }
	violation := func(rule, address string) lint.Finding {
		return lint.Finding{Rule: rule, Address: address, Verdict: lint.Violation}
	}
	undetermined := func(rule, address string) lint.Finding {
		return lint.Finding{Rule: rule, Address: address, Verdict: lint.Undetermined}
	}
	c := comparison{legs: map[string]lint.Leg{"r": lint.FirstLeg, "q": lint.FirstLeg, "s": lint.SecondLeg}}
	for name, tt := range map[string]struct {
		base, hidden *lint.Report
		faults       int
	}{
		"as it was":                        {report(violation("r", "a")), report(violation("r", "a")), 0},
		"undetermined":                     {report(violation("r", "a")), report(undetermined("r", "a")), 0},
		"undetermined by another rule":     {report(violation("r", "a")), report(undetermined("s", "a")), 0},
		"undetermined elsewhere":           {report(violation("r", "a")), report(undetermined("q", "b")), 0},
		"undetermined in another leg":      {report(violation("r", "a")), report(undetermined("s", "b")), 1},
		"vanished":                         {report(violation("r", "a")), report(), 1},
		"appeared":                         {report(), report(violation("r", "a")), 1},
		"undetermined appeared":            {report(), report(undetermined("r", "a")), 0},
		"undetermined became a violation":  {report(undetermined("r", "a")), report(violation("r", "a")), 1},
		"related now stands for itself":    {report(lint.Finding{Rule: "r", Address: "a", Verdict: lint.Violation, Related: []lint.Related{{Address: "b"}}}), report(violation("r", "a"), violation("r", "b")), 0},
		"what is said of exemptions alone": {report(violation(lint.ExemptionUnused, "a")), report(), 0},
	} {
		if got := c.faults(tt.base, tt.hidden); len(got) != tt.faults {
			t.Errorf("%s: %q", name, got)
		}
	}
}
