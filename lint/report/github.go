package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/boundlint/boundlint/lint"
)

// maxAnnotations is how many annotations of each level GitHub shows of one
// step; further ones stand only in the log.
const maxAnnotations = 10

// githubAnnotation is one annotation before it is written.
type githubAnnotation struct {
	severity   lint.Severity
	properties []property
	text       string
}

// reportGitHub writes the workflow commands that GitHub Actions turns into
// annotations, the worst first, because it shows only the first of each level.
func reportGitHub(w io.Writer, r *lint.Report, o Options) error {
	out := bufio.NewWriter(w)
	all := annotations(r, o)
	var c counts
	for i := range all {
		c.add(all[i].severity)
	}
	hidden := max(0, c.errors-maxAnnotations) + max(0, c.warnings-maxAnnotations) + max(0, c.notes-maxAnnotations)
	notices, summed := 0, hidden == 0
	for i := range all {
		if all[i].severity == lint.Note {
			// The sum is a notice too, and has to be among those shown.
			if !summed && notices == maxAnnotations-1 {
				annotateSum(out, r, hidden)
				summed = true
			}
			notices++
		}
		command(out, level(all[i].severity), all[i].properties, all[i].text)
	}
	if !summed {
		annotateSum(out, r, hidden)
	}
	// The title of a group stands in the log and makes no annotation.
	command(out, "group", nil, CoverageLine(r))
	command(out, "endgroup", nil, "")
	for _, line := range inForceLines(&r.InForce, allNames) {
		command(out, "group", nil, line)
		command(out, "endgroup", nil, "")
	}
	return out.Flush()
}

// annotations lists what there is to annotate, the worst first: what could
// not be read, by severity, violations before what is undetermined, and among
// those the rules that weigh more.
func annotations(r *lint.Report, o Options) []githubAnnotation {
	var out []githubAnnotation
	for i := range r.Diagnostics {
		d := &r.Diagnostics[i]
		start, end := d.Location.Range.Start, d.Location.Range.End
		properties := fileProperties(o, d.Location.File, d.Location.HasFile(), start.Line, end.Line, start.Column, end.Column)
		out = append(out, githubAnnotation{d.Severity, append(properties, property{"title", "boundlint"}), diagnosticText(d)})
	}
	rules := rulesByID(r)
	findings := slices.Clone(r.Findings)
	slices.SortStableFunc(findings, func(a, b lint.Finding) int {
		return cmp.Or(cmp.Compare(undetermined(&a), undetermined(&b)), cmp.Compare(weight(rules[b.Rule]), weight(rules[a.Rule])))
	})
	for i := range findings {
		f := &findings[i]
		start, end := f.Location.Range.Start, f.Location.Range.End
		properties := fileProperties(o, f.Location.File, f.Location.HasFile(), start.Line, end.Line, start.Column, end.Column)
		title := clean(f.Rule)
		if f.Verdict == lint.Undetermined {
			title += " (undetermined)"
		}
		out = append(out, githubAnnotation{f.Severity, append(properties, property{"title", title}), annotation(f)})
	}
	slices.SortStableFunc(out, func(a, b githubAnnotation) int { return cmp.Compare(b.severity, a.severity) })
	return out
}

// undetermined is 1 for a finding that is undetermined, else 0.
func undetermined(f *lint.Finding) int {
	if f.Verdict == lint.Undetermined {
		return 1
	}
	return 0
}

// weight is the security-severity of a rule, 0 where it is not known.
func weight(rule *lint.Rule) float64 {
	if rule == nil {
		return 0
	}
	w, err := strconv.ParseFloat(rule.Doc.Security, 64)
	if err != nil {
		return 0
	}
	return w
}

func annotateSum(out *bufio.Writer, r *lint.Report, hidden int) {
	message := fmt.Sprintf("%s. GitHub shows ten annotations of a kind, so some stand only in the log of this step: %d at least.",
		summaryLine(r), hidden)
	command(out, "notice", []property{{"title", "boundlint"}}, message)
}

func diagnosticText(d *lint.Diagnostic) string {
	if d.Input == "" {
		return clean(d.Message)
	}
	return clean(d.Input) + ": " + clean(d.Message)
}

// level is a severity as a workflow command.
func level(s lint.Severity) string {
	switch s {
	case lint.Error:
		return "error"
	case lint.Warning:
		return "warning"
	case lint.Note:
		return "notice"
	}
	return "notice"
}

// annotation is the text of a finding: what, where, the proof, how to fix it.
func annotation(f *lint.Finding) string {
	var b strings.Builder
	b.WriteString(clean(f.Message))
	if !strings.Contains(f.Message, f.Address) {
		b.WriteString("\nResource: " + clean(f.Address))
	}
	merged := group{*f}
	if others := merged.others(); len(others) > 0 {
		b.WriteString("\nThe same at: " + clean(few(others)))
	}
	if rules := merged.otherRules(); len(rules) > 0 {
		b.WriteString("\nThe same cause: " + clean(strings.Join(rules, "; ")))
	}
	if f.Witness != nil {
		b.WriteString("\nProof: " + clean(witnessSentence(f.Witness)))
	}
	for i := range f.Steps {
		fmt.Fprintf(&b, "\n%s %s", stepNumber(f.Steps, i), clean(stepSentence(&f.Steps[i])))
	}
	if lines := paragraphs(f.Remediation); len(lines) > 0 {
		b.WriteString("\nFix: " + strings.Join(lines, "\n"))
	}
	return b.String()
}

// property is one of a workflow command.
type property struct{ name, value string }

// fileProperties are the place of an annotation; none without a file in the
// repository. GitHub refuses columns where the lines differ.
func fileProperties(o Options, name string, known bool, line, endLine, column, endColumn int) []property {
	file, ok := o.relative(name)
	if !ok || !known {
		return nil
	}
	endLine = max(line, endLine)
	out := []property{{"file", clean(file)}, {"line", fmt.Sprint(line)}, {"endLine", fmt.Sprint(endLine)}}
	if endLine == line && column > 0 {
		out = append(out, property{"col", fmt.Sprint(column)})
		if endColumn > column {
			out = append(out, property{"endColumn", fmt.Sprint(endColumn)})
		}
	}
	return out
}

// command writes a workflow command with its values escaped as the runner
// unescapes them.
func command(out *bufio.Writer, name string, properties []property, message string) {
	_, _ = out.WriteString("::" + name)
	for i, p := range properties {
		separator := ","
		if i == 0 {
			separator = " "
		}
		_, _ = out.WriteString(separator + p.name + "=" + propertyEscapes.Replace(p.value))
	}
	_, _ = out.WriteString("::" + dataEscapes.Replace(message) + "\n")
}

var (
	dataEscapes     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
