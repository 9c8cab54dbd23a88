package report_test

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/report"
)

func TestExcerpt(t *testing.T) {
	long := strings.Repeat("x", 60) + " = " + strings.Repeat("y", 60)
	for name, c := range map[string]struct {
		source string
		at     iam.Location
		width  int
		want   string
	}{
		"a value": {
			"  permissions_boundary = null", at("main.tf", 12, 26, 12, 30), 0,
			"    12 | permissions_boundary = null\n       |                        ^^^^\n",
		},
		"several lines": {
			"\tpolicy = jsonencode({ ", at("main.tf", 3, 11, 9, 3), 0,
			"    3 | policy = jsonencode({\n      |          ^^^^^^^^^^^^\n",
		},
		"lines": {
			"\t  {\n\t    \"Effect\": \"Allow\",\n  odd\r\n\t  }", at("main.tf", 8, 3, 12, 4), 0,
			"     8 | {\n     9 |   \"Effect\": \"Allow\",\n    10 |   odd\n    11 | }\n",
		},
		"no column":        {"  a = 1", at("main.tf", 3, 0, 0, 0), 0, "    3 | a = 1\n"},
		"a column too far": {"a = 1", at("main.tf", 3, 30, 3, 40), 0, "    3 | a = 1\n"},
		"in the indent":    {"    }", at("main.tf", 3, 2, 3, 6), 0, "    3 | }\n      | ^\n"},
		"nothing":          {"   ", at("main.tf", 3, 1, 3, 2), 0, ""},
		"not known":        {"", at("main.tf", 3, 1, 3, 2), 0, ""},
		"no file":          {"a = 1", iam.Location{}, 0, ""},
		"hostile": {
			"a = \"\x1b[2J\u202e\" # \r", at("main.tf", 3, 5, 3, 14), 0,
			"    3 | a = \"\\x1b[2J\\u{202e}\" #\n      |     ^^^^^^^^^^^^^^^^^\n",
		},
		"long, at its end": {
			long, at("main.tf", 3, 64, 3, 124), 60,
			"    3 | …xxxxxxxxx = yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…\n      |              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n",
		},
		"long, at its beginning": {
			long, at("main.tf", 3, 1, 3, 11), 60,
			"    3 | xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…\n      | ^^^^^^^^^^\n",
		},
	} {
		f := lint.Finding{Rule: "r", Address: "a", Message: "MESSAGE", Source: c.source, Location: c.at}
		got := text(t, &lint.Report{Inputs: []lint.InputSummary{{}}, Findings: []lint.Finding{f}}, report.Options{Width: c.width})
		got, _, _ = strings.Cut(got, "  MESSAGE\n")
		if at := strings.Index(got, "    "); c.want != "" && at >= 0 {
			_, got, _ = strings.Cut(got, "main.tf:")
			_, got, _ = strings.Cut(got, "\n")
		} else if c.want == "" && !strings.Contains(got, " | ") {
			got = ""
		}
		if got != c.want {
			t.Errorf("%s: got\n%q\nwant\n%q", name, got, c.want)
		}
	}
}

// TestCodeWraps: what is to be copied is broken where HCL and JSON allow it, and
// says the same.
func TestCodeWraps(t *testing.T) {
	const code = `  actions = ["iam:PutRolePolicy", "iam:AttachRolePolicy, really", "iam:DetachRolePolicy", "iam:DeleteRolePolicy", "iam:UpdateAssumeRolePolicy"]`
	f := lint.Finding{Rule: "r", Address: "a", Message: "m", Remediation: "Write:\n\n" + code + "\n  end = true"}
	got := text(t, &lint.Report{Inputs: []lint.InputSummary{{}}, Findings: []lint.Finding{f}}, report.Options{Width: 72})
	_, got, _ = strings.Cut(got, "Fix: Write:\n\n")
	got, _, _ = strings.Cut(got, "\n\n")
	want := `      actions = ["iam:PutRolePolicy", "iam:AttachRolePolicy, really",
          "iam:DetachRolePolicy", "iam:DeleteRolePolicy",
          "iam:UpdateAssumeRolePolicy"]
      end = true`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestHeaviestFirst: text begins with what weighs most, of whatever input.
func TestHeaviestFirst(t *testing.T) {
	finding := func(rule string, input int, severity lint.Severity, verdict lint.Verdict) lint.Finding {
		return lint.Finding{Rule: rule, Input: input, Severity: severity, Verdict: verdict, Address: "a", Message: "m"}
	}
	r := &lint.Report{Rules: sampleRules, Inputs: []lint.InputSummary{{Path: "one"}, {Path: "two"}}, Findings: []lint.Finding{
		finding("name-prefix", 0, lint.Note, lint.Violation), finding("name-prefix", 0, lint.Error, lint.Undetermined),
		finding("name-prefix", 0, lint.Error, lint.Violation), finding("escalation-path", 1, lint.Error, lint.Violation),
	}}
	var got []string
	for line := range strings.Lines(text(t, r, report.Options{})) {
		if strings.HasSuffix(line, "  a\n") {
			got = append(got, strings.Join(strings.Fields(line), " "))
		}
	}
	if want := "error escalation-path a, error name-prefix a, error name-prefix (undetermined) a, note name-prefix a"; strings.Join(got, ", ") != want {
		t.Errorf("got %q", got)
	}
	if out := text(t, r, report.Options{}); !strings.Contains(out, "  two (, not complete)\n") {
		t.Errorf("the input is not named:\n%s", out)
	}
}

// TestJudged: text counts roles and users, and the findings of delegations.
func TestJudged(t *testing.T) {
	entities := []lint.EntitySummary{
		{Kind: iam.Role, Bounded: lint.BoundedYes}, {Kind: iam.User, Bounded: lint.BoundedNo}, {Kind: iam.Role}, {Kind: iam.PermissionSet},
	}
	r := &lint.Report{
		Rules: sampleRules, Inputs: []lint.InputSummary{{Entities: entities}, {Entities: entities[:1]}},
		Findings: []lint.Finding{{Rule: "delegation-without-boundary"}, {Rule: "name-prefix"}},
	}
	if got := text(t, r, report.Options{}); !strings.Contains(got, "\nentities: 2 limited by a boundary, 1 not, 1 not determined\ndelegations: 1 delegation-without-boundary\n") {
		t.Errorf("got\n%s", got)
	}
	r.Findings = nil
	if got := text(t, r, report.Options{}); !strings.Contains(got, "\ndelegations: no findings\n") {
		t.Errorf("got\n%s", got)
	}
	r.Rules = nil
	if got := text(t, r, report.Options{}); strings.Contains(got, "delegations") {
		t.Errorf("no rule of delegations ran:\n%s", got)
	}
	r.Inputs = nil
	if got := text(t, r, report.Options{}); strings.Contains(got, "entities: ") {
		t.Errorf("nothing was judged:\n%s", got)
	}
}
