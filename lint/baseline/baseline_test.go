package baseline_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/baseline"
	"github.com/boundlint/boundlint/lint/iam"
)

func finding(root, address, rule string, n byte) lint.Baselined {
	return lint.Baselined{
		Fingerprint: strings.Repeat("0", 31) + string(n), Rule: rule, Severity: lint.Error, Verdict: lint.Violation,
		Input: iam.InputConfig, Root: root, Address: address, Message: "The role has none.",
	}
}

// TestFormat: a line a finding, sorted, and equal bytes whatever the order.
func TestFormat(t *testing.T) {
	t.Parallel()
	late, mid, early := finding("b", "aws_iam_role.a", "boundary-missing", '1'), finding("a", "aws_iam_role.a[10]", "name-prefix", '2'), finding("a", "aws_iam_role.a[9]", "name-prefix", '3')
	mid.Severity, mid.Verdict, mid.Input, mid.Workspace, mid.Tool = lint.Note, lint.Undetermined, iam.InputPlan, "dev", iam.OpenTofu
	early.Message, early.Parts = "<&> \u202e\x1b[2J \U000e0001 é", []string{"one", "two"}
	const want = `{
"version": 1,
"findings": [
{"fingerprint": "00000000000000000000000000000003", "rule": "name-prefix", "severity": "error", "verdict": "violation", "input": "config", "root": "a", "address": "aws_iam_role.a[9]", "message": "<&> \u202e\u001b[2J \udb40\udc01 é", "parts": ["one", "two"]},
{"fingerprint": "00000000000000000000000000000002", "rule": "name-prefix", "severity": "note", "verdict": "undetermined", "input": "plan", "root": "a", "workspace": "dev", "tool": "opentofu", "address": "aws_iam_role.a[10]", "message": "The role has none."},
{"fingerprint": "00000000000000000000000000000001", "rule": "boundary-missing", "severity": "error", "verdict": "violation", "input": "config", "root": "b", "address": "aws_iam_role.a", "message": "The role has none."}
]
}
`
	for _, list := range [][]lint.Baselined{{late, mid, early}, {early, late, mid}} {
		got, err := baseline.Format(&lint.Baseline{Findings: list})
		if err != nil || string(got) != want {
			t.Fatalf("%v\n%s", err, got)
		}
	}
	for name, text := range map[string]string{
		"as written": want, "with CRLF": strings.ReplaceAll(want, "\n", "\r\n"), "with a mark": "\xef\xbb\xbf" + want,
		"indented": strings.ReplaceAll(want, `, "rule"`, ",\t\"rule\""),
	} {
		read, err := baseline.Parse([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for i, f := range []lint.Baselined{early, mid, late} {
			if f.Line = i + 4; !reflect.DeepEqual(read.Findings[i], f) {
				t.Errorf("%s: %+v, want %+v", name, read.Findings[i], f)
			}
		}
	}
}

// TestEmpty: a repository without findings has a baseline, too.
func TestEmpty(t *testing.T) {
	t.Parallel()
	text, err := baseline.Format(&lint.Baseline{})
	if err != nil || string(text) != "{\n\"version\": 1,\n\"findings\": [\n]\n}\n" {
		t.Fatalf("%v\n%s", err, text)
	}
	if b, err := baseline.Parse(text); err != nil || len(b.Findings) != 0 || len(b.Digest) != 64 {
		t.Errorf("%v %v", b, err)
	}
}

// FuzzParse: what is not a baseline is one line.
func FuzzParse(f *testing.F) {
	text, err := baseline.Format(&lint.Baseline{Reason: "r", Until: time.Date(2027, 2, 28, 0, 0, 0, 0, time.UTC), Findings: []lint.Baselined{finding("a", "b", "c", '1')}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"version": 1, "findings": [7]}`))
	f.Fuzz(func(t *testing.T, src []byte) {
		b, err := baseline.Parse(src)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\n\r") {
				t.Errorf("%q", err)
			}
			return
		}
		again, err := baseline.Format(b)
		if err != nil {
			t.Fatal(err)
		}
		if same, err := baseline.Parse(again); err != nil || len(same.Findings) != len(b.Findings) || same.Reason != b.Reason || !same.Until.Equal(b.Until) {
			t.Errorf("%v\n%s\n%s", err, src, again)
		}
	})
}
