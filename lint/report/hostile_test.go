package report_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/report"
)

// hostile is what an input may have in any name.
var hostile = []string{
	"<script>alert(1)</script>",
	`"><img src=x onerror=alert(1)>`,
	"'\"--></style></title></svg>",
	"a|b\n| c | d |",
	"```\n# owned\n```",
	"`a``b`",
	"[x](javascript:alert(1))",
	"](https://evil.example)",
	"\x1b]0;owned\x07\x1b[31m",
	"\u202egnp.exe\u2066",
	"\u0085\u009b2J\u200e\u200f\u061c\u2028\u2029\ufeff\U000e0001",
	"\r\n::error::owned",
	"]]><failure/>",
	"\x00\x01\xff\xfe\uffff",
	"{{.Tool}} ${{ secrets.TOKEN }}",
	"@everyone ![](https://evil.example/x.png)",
	"%0A%25 , : =",
	`n0["x"] --> n1; click n0 "https://evil.example"`,
}

// infected has one string in every place that can come from an input.
func infected(s string) *lint.Report {
	l := at(s, 3, 1, 4, 2)
	call := at(s, 1, 1, 1, 2)
	l.Call = &call
	w := lint.Witness{Principal: s, Action: s, Resource: s, Context: map[string][]string{s: {s, s}}, Absent: []string{s}}
	f := lint.Finding{
		Rule: "escalation-path", Severity: lint.Error, Verdict: lint.Violation, Address: s, Attribute: s, Message: s,
		Location: l, Related: []lint.Related{{Address: s + "2", Message: s, Location: l}}, Witness: &w,
		Steps:   []lint.Step{{From: s, To: s + "2", Way: s, Message: s, Witness: []lint.Witness{w}}},
		Excerpt: s, Cause: s, Fingerprint: s,
	}
	// A remediation may have several lines: they are the rule's own.
	f.Remediation = strings.ReplaceAll(s, "\n", " ") + "\n  " + strings.ReplaceAll(s, "\n", " ")
	unknown := f
	unknown.Rule, unknown.Verdict, unknown.Steps = "name-prefix", lint.Undetermined, nil
	return &lint.Report{
		Tool: lint.Tool{Name: "boundlint", Version: s},
		Inputs: []lint.InputSummary{{
			Path: s, Kind: iam.InputPlan, Root: s, Reasons: []string{s}, TerraformVersion: s, Account: "111122223333",
			Entities: []lint.EntitySummary{{Address: s, Name: s, ARN: s, Kind: iam.Role, Boundary: s, Location: l}},
			Beyond:   []string{s},
		}},
		Findings:    []lint.Finding{f, unknown},
		Suppressed:  []lint.Suppressed{{Finding: f, By: "ignore", Reason: s, Location: l}},
		Diagnostics: []lint.Diagnostic{{Severity: lint.Warning, Input: s, Message: s, Location: l}, {Input: "other", Message: s}},
		Rules:       sampleRules,
		InForce: lint.InForce{
			Configurations: []lint.Configuration{{
				FileDigest: lint.FileDigest{File: s, Digest: s}, Documents: []lint.FileDigest{{File: s, Digest: s}}, Preset: s, Off: []string{s}, Exclude: []string{s},
				Lowered:    []lint.Lowered{{Rule: s, From: lint.Error, To: lint.Note}},
				Exemptions: []lint.ExemptionInForce{{Exemption: lint.Exemption{Pattern: s, Rules: []string{s}, Reason: s, Location: l}}},
				Trusted:    []lint.Trusted{{Pattern: s, Reason: s, Location: l}},
				Boundaries: []lint.ApprovedBoundary{{Name: s, ARNs: []string{s}, References: []string{s}, AppliesTo: []string{s}}},
				Naming:     []lint.Naming{{Type: s, Name: s, Path: s}},
			}},
			Ignores: []lint.IgnoreInForce{{Rule: s, Reason: s, Until: s, Location: l}},
			Exclude: []string{s},
		},
	}
}

func TestHostileInput(t *testing.T) {
	// What the reports for people look like without anything hostile: no
	// string may add an element, a line of a table or a command.
	shape := map[string]string{}
	for _, name := range []string{"html", "markdown", "github"} {
		shape[name] = structure(t, name, render(t, name, infected("plain"), report.Options{}))
	}
	for _, s := range hostile {
		r := infected(s)
		for _, name := range report.Names() {
			if report.IsBinary(name) {
				continue // it holds texts as they are
			}
			out := render(t, name, r, report.Options{Suppressed: true})
			for _, c := range string(out) {
				if c != '\n' && unicode.IsControl(c) || unicode.Is(unicode.Cf, c) || c == 0x2028 || c == 0x2029 {
					t.Errorf("%s of %q holds %U", name, s, c)
				}
			}
			if want := shape[name]; want != "" {
				if got := structure(t, name, out); got != want {
					t.Errorf("%s of %q is built otherwise:\n%s\nwant\n%s", name, s, got, want)
				}
			}
			switch name {
			case "json", "sarif", "asff", "gitlab", "ocsf":
				if !json.Valid(out) {
					t.Errorf("%s of %q is not JSON", name, s)
				}
			case "junit", "checkstyle":
				if err := xml.Unmarshal(out, new(any)); err != nil && !errors.Is(err, io.EOF) {
					t.Errorf("%s of %q: %v", name, s, err)
				}
			}
		}
	}
}

var (
	tag     = regexp.MustCompile(`<(/?[a-zA-Z][a-zA-Z0-9]*)((?:"[^"]*"|[^>"])*)>`)
	quoted  = regexp.MustCompile(`"[^"]*"`)
	heading = regexp.MustCompile(`^(#{1,6} |\| |[0-9]+\. |- |\x60{3})`)
)

// structure is what is left of a report without its text: the elements with
// the names of their attributes, the kinds of lines, the commands.
func structure(t *testing.T, name string, out []byte) string {
	t.Helper()
	var b strings.Builder
	if name == "html" {
		for _, m := range tag.FindAllStringSubmatch(string(out), -1) {
			if m[1] == "text" || m[1] == "/text" {
				continue // a long label has several lines
			}
			b.WriteString(m[1] + quoted.ReplaceAllString(m[2], `""`) + "\n")
		}
		return b.String()
	}
	fence := ""
	for line := range strings.Lines(string(out)) {
		line = strings.TrimSpace(line)
		switch {
		case fence != "":
			if line == fence {
				fence = ""
			}
		case strings.HasPrefix(line, "```"):
			fence = line[:len(line)-len(strings.TrimLeft(line, "`"))]
			b.WriteString("code\n")
		case name == "github":
			level, _, _ := strings.Cut(strings.TrimPrefix(line, "::"), " ")
			b.WriteString(level + "\n")
		default:
			kind := heading.FindString(line)
			if kind == "| " {
				kind += strings.Repeat("|", strings.Count(unescapedBars(line), "|"))
			}
			b.WriteString(kind + "\n")
		}
	}
	return b.String()
}

// unescapedBars removes the bars of a row that do not end a cell.
func unescapedBars(row string) string {
	return strings.ReplaceAll(strings.ReplaceAll(row, `\\`, ""), `\|`, "")
}
