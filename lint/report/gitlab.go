package report

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"io"
	"strings"

	"github.com/boundlint/boundlint/lint"
)

// gitlabIssue is one entry of a Code Quality report. GitLab documents its keys
// on the page "Code Quality" under "Code Quality report format"; it shows the
// description alone and takes no notice of the content, which is that of the
// Code Climate specification.
type (
	gitlabIssue struct {
		Description string         `json:"description"`
		CheckName   string         `json:"check_name"`
		Fingerprint string         `json:"fingerprint"`
		Severity    string         `json:"severity"`
		Location    gitlabLocation `json:"location"`
		Content     gitlabContent  `json:"content"`
	}
	gitlabLocation struct {
		Path  string      `json:"path"`
		Lines gitlabLines `json:"lines"`
	}
	gitlabLines struct {
		Begin int `json:"begin"`
	}
	gitlabContent struct {
		Body string `json:"body"`
	}
)

// reportGitLab writes a report of GitLab's Code Quality.
func reportGitLab(w io.Writer, r *lint.Report, o Options) error {
	decided := strings.Join(decidedLines(r, o), "\n")
	rules := rulesByID(r)
	issues := make([]gitlabIssue, 0, len(r.Findings)+len(r.Diagnostics))
	prints := fingerprints{}
	for i := range r.Diagnostics {
		d := &r.Diagnostics[i]
		text := diagnosticText(d)
		issue := gitlabIssue{
			Description: text, CheckName: "input", Fingerprint: prints.of("", "input", text),
			Severity: gitlabSeverity(d.Severity, nil),
		}
		issue.Location.Path, issue.Location.Lines.Begin, _ = o.filePlace(r, inputNamed(r, d.Input), d.Location)
		issue.Content.Body = decided
		issues = append(issues, issue)
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		issue := gitlabIssue{
			Description: described(f), CheckName: clean(f.Rule), Fingerprint: prints.of(clean(f.Fingerprint), f.Rule, f.Address+"\x00"+f.Message),
			Severity: gitlabSeverity(f.Severity, rules[f.Rule]),
		}
		issue.Location.Path, issue.Location.Lines.Begin, _ = o.filePlace(r, f.Input, f.Location)
		issue.Content.Body = annotation(f) + "\n" + decided
		issues = append(issues, issue)
	}
	return JSON(w, issues)
}

// described is the message of a finding, with the resource where it does not
// name it: what there is but one line for.
func described(f *lint.Finding) string {
	if strings.Contains(f.Message, f.Address) {
		return clean(f.Message)
	}
	return clean(f.Address + ": " + f.Message)
}

// gitlabSeverity is a severity in GitLab's words; an error of a rule whose
// security-severity is at least 9 blocks.
func gitlabSeverity(s lint.Severity, rule *lint.Rule) string {
	switch s {
	case lint.Error:
		if weight(rule) >= 9 {
			return "blocker"
		}
		return "critical"
	case lint.Warning:
		return "major"
	case lint.Note:
		return "minor"
	}
	return "info"
}

// fingerprints counts those that were given: GitLab shows one issue for all of
// a file with the same.
type fingerprints map[string]int

// of is a fingerprint that no other entry of the report has. A plan and a state
// of one root have findings with the same one; the second is numbered.
func (p fingerprints) of(known, rule, text string) string {
	key := cmp.Or(known, fmt.Sprintf("%x", sha256.Sum256([]byte(rule+"\x00"+text)))[:16])
	p[key]++
	if n := p[key]; n > 1 {
		return fmt.Sprintf("%s/%d", key, n)
	}
	return key
}
