package report_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/report"
)

func text(t *testing.T, r *lint.Report, o report.Options) string {
	t.Helper()
	return string(render(t, "text", r, o))
}

func lastLine(out string) string {
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	return lines[len(lines)-1]
}

func TestTextSummary(t *testing.T) {
	var findings []lint.Finding
	for i := range 12 {
		s := lint.Error
		if i >= 9 {
			s = lint.Warning
		}
		findings = append(findings, lint.Finding{Rule: "r", Severity: s, Verdict: lint.Violation, Address: fmt.Sprint("a", i)})
	}
	findings = append(findings, lint.Finding{Rule: "r", Severity: lint.Error, Verdict: lint.Undetermined, Address: "u"})
	one := []lint.InputSummary{{Path: "plan.json", Complete: true}}
	for _, c := range []struct {
		report *lint.Report
		want   string
	}{
		{
			&lint.Report{Inputs: one, Findings: findings, Summary: lint.Summary{Entities: 28, Policies: 12, Violations: 12, Undetermined: 1, Suppressed: 2}},
			"12 violations (9 errors, 3 warnings), 1 undetermined in 28 entities and 12 policies; 2 suppressed",
		},
		{&lint.Report{Inputs: one, Summary: lint.Summary{Entities: 1, Policies: 1}}, "no violations in 1 entity and 1 policy"},
		{
			&lint.Report{Inputs: []lint.InputSummary{{}}, Summary: lint.Summary{Undetermined: 2, UnseenBoundaries: 1}},
			"no violations, 2 undetermined in 0 entities and 0 policies; the input is not complete",
		},
	} {
		if got := lastLine(text(t, c.report, report.Options{})); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

func TestTextGroups(t *testing.T) {
	r := sample()
	r.InForce = lint.InForce{}
	out := text(t, r, report.Options{})
	if n := strings.Count(out, "boundary-missing"); n != 1 {
		t.Errorf("boundary-missing stands there %d times", n)
	}
	if !strings.Contains(strings.Join(strings.Fields(out), " "), `module.fleet["svc12"].aws_iam_role.this and 3 more`) {
		t.Errorf("the list is not shortened with a count:\n%s", out)
	}
	long := text(t, r, report.Options{Verbose: true})
	if !strings.Contains(long, `module.fleet["svc21"]`) || strings.Contains(long, " more") {
		t.Errorf("verbose is not all:\n%s", long)
	}
	// One cause is one group, whatever the addresses.
	same := &lint.Report{Inputs: []lint.InputSummary{{Complete: true}}, Findings: []lint.Finding{
		{Rule: "r", Address: "a", Cause: "c"},
		{Rule: "r", Address: "b"},
		{Rule: "r", Address: "d", Cause: "c"},
		{Rule: "r", Address: `m["x.y]"].b`},
		{Rule: "r", Address: `m["z\"]"].b`},
		{Rule: "r", Address: `m["z"].c`},
	}}
	got := regexp.MustCompile(`(?m)^note .*\n|The same at.*\n`).FindAllString(text(t, same, report.Options{}), -1)
	want := []string{"note     r  a\n", "The same at: d\n", "note     r  b\n", "note     r  m[\"x.y]\"].b\n", "The same at: m[\"z\\\"]\"].b\n", "note     r  m[\"z\"].c\n"}
	if strings.Join(got, "") != strings.Join(want, "") {
		t.Errorf("got %q", got)
	}
}

func TestTextColor(t *testing.T) {
	sgr := regexp.MustCompile("\x1b\\[[0-9;]*m")
	plain, colored := text(t, sample(), report.Options{}), text(t, sample(), report.Options{Color: true})
	if strings.Contains(plain, "\x1b") {
		t.Error("colour without leave")
	}
	if !sgr.MatchString(colored) || sgr.ReplaceAllString(colored, "") != plain {
		t.Error("colour changes more than colour")
	}
	if rest := sgr.ReplaceAllString(colored, ""); strings.Contains(rest, "\x1b") {
		t.Error("an escape of the input came through")
	}
}

func TestTextWraps(t *testing.T) {
	for _, width := range []int{1, 40, 72, 100, 200} {
		out := text(t, sample(), report.Options{Width: width})
		limit := max(width, 40)
		lines := strings.Split(out, "\n")
		for _, line := range lines[:len(lines)-2] {
			words := strings.Fields(line)
			// Addresses and examples stay whole, and so does a word.
			whole := strings.HasPrefix(line, "  aws_iam_role.x[") || strings.Contains(line, " = ")
			if utf8.RuneCountInString(line) > limit && len(words) > 2 && !whole {
				t.Errorf("width %d: %q", width, line)
			}
		}
	}
}

func TestWitnessSentence(t *testing.T) {
	for _, c := range []struct {
		witness lint.Witness
		want    string
	}{
		{
			lint.Witness{Action: "iam:CreateRole", Resource: "arn:aws:iam::111122223333:role/app-x", Absent: []string{"iam:PermissionsBoundary"}},
			"Proof: iam:CreateRole on arn:aws:iam::111122223333:role/app-x with no permissions boundary",
		},
		{
			lint.Witness{Action: "iam:CreateRole", Resource: "*", Context: map[string][]string{"iam:PermissionsBoundary": {"arn:b"}}},
			"Proof: iam:CreateRole with permissions boundary arn:b",
		},
		{
			lint.Witness{
				Principal: "arn:p", Action: "s3:GetObject", Resource: "arn:o",
				Context: map[string][]string{"z": {"1", "2"}, "aws:SourceIp": {}}, Absent: []string{"b", "a"},
			},
			"Proof: arn:p may do s3:GetObject on arn:o with aws:SourceIp empty, z = 1, 2, no a and no b",
		},
	} {
		r := &lint.Report{Inputs: []lint.InputSummary{{}}, Findings: []lint.Finding{{Rule: "r", Address: "a", Witness: &c.witness}}}
		if out := text(t, r, report.Options{Width: 200}); !strings.Contains(out, c.want+"\n") {
			t.Errorf("%q lacks %q", out, c.want)
		}
	}
}

func TestNames(t *testing.T) {
	for _, name := range report.Names() {
		if _, ok := report.ByName(name); !ok {
			t.Errorf("no reporter %s", name)
		}
	}
	if _, ok := report.ByName("yaml"); ok {
		t.Error("there is a reporter yaml")
	}
	if got := strings.Join(report.Names(), " "); got != "text compact json sarif github gitlab junit checkstyle markdown html asff ocsf "+
		"ndjson parquet ndjson-entities parquet-entities ndjson-inputs parquet-inputs" {
		t.Errorf("names %s", got)
	}
}
