package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/boundlint/boundlint/lint"
)

// shown is how many addresses of a list text shows before it counts the rest.
const shown = 4

// text writes the report as a person reads it.
type text struct {
	w       *bufio.Writer
	options Options
	width   int
}

func reportText(w io.Writer, r *lint.Report, o Options) error {
	t := &text{w: bufio.NewWriter(w), options: o, width: o.Width}
	switch {
	case t.width == 0:
		t.width = 100
	case t.width < 40:
		t.width = 40
	}
	for i := range r.Inputs {
		findings := ofInput(r.Findings, i)
		if len(r.Inputs) > 1 && len(findings) > 0 {
			t.line(t.paint("1;4", inputTitle(&r.Inputs[i])))
			t.line("")
		}
		var open []lint.Finding
		if !o.Verbose && isAlone(r, i) {
			findings, open = splitOpen(findings)
		}
		for _, g := range groups(worstFirst(findings), true) {
			t.group(g)
			t.line("")
		}
		t.open(open, &r.Inputs[i])
	}
	for i := range r.Inputs {
		t.unmanaged(&r.Inputs[i])
	}
	t.beyond(r.Inputs)
	for i := range r.Diagnostics {
		t.diagnostic(&r.Diagnostics[i])
	}
	if len(r.Diagnostics) > 0 {
		t.line("")
	}
	color := "32"
	if r.Summary.Violations+r.Summary.Undetermined > 0 {
		color = "1"
	}
	names := someNames
	if o.Verbose {
		names = allNames
	}
	for _, line := range inForceLines(&r.InForce, names) {
		t.line(line)
	}
	t.line("coverage: " + coverageOf(r.Coverage, r.Inputs, names))
	// One line, however long: scripts take the last line of the output.
	t.line(t.paint(color, summaryLine(r)))
	return t.w.Flush()
}

// beyond names what the inputs do not contain through which somebody could get
// further. What the coverage names is not said twice.
func (t *text) beyond(inputs []lint.InputSummary) {
	var lines []string
	for i := range inputs {
		for _, b := range inputs[i].Beyond {
			if strings.HasPrefix(b, "the document of ") {
				continue
			}
			if len(inputs) > 1 {
				b = inputName(&inputs[i]) + ": " + b
			}
			lines = append(lines, b)
		}
	}
	limit := len(lines)
	if !t.options.Verbose && limit > shown+1 {
		limit = shown
	}
	for _, b := range lines[:limit] {
		t.wrapped("beyond the input: " + clean(b))
	}
	if rest := len(lines) - limit; rest > 0 {
		t.line(fmt.Sprintf("beyond the input: %d more", rest))
	}
}

// wrapped writes a sentence, its lines after the first indented.
func (t *text) wrapped(sentence string) {
	for i, line := range wrap(sentence, t.width-2) {
		if i > 0 {
			line = "  " + line
		}
		t.line(line)
	}
}

// line writes one line. Write errors stay in the writer until it is flushed.
func (t *text) line(s string) {
	_, _ = t.w.WriteString(strings.TrimRight(s, " "))
	_ = t.w.WriteByte('\n')
}

// paint colours a string with the parameters of an SGR sequence.
func (t *text) paint(sgr, s string) string {
	if !t.options.Color || s == "" {
		return s
	}
	return "\x1b[" + sgr + "m" + s + "\x1b[0m"
}

// inputTitle names an input, and what is known of it.
func inputTitle(in *lint.InputSummary) string {
	facts := []string{inputKind(in)}
	if in.Account != "" {
		facts = append(facts, "account "+clean(in.Account))
	}
	if !in.Complete {
		facts = append(facts, "not complete")
	}
	return inputName(in) + " (" + strings.Join(facts, ", ") + ")"
}

// inputKind is the kind of an input, and which of two tools reads it so.
func inputKind(in *lint.InputSummary) string {
	if in.Tool == "" {
		return string(in.Kind)
	}
	return string(in.Kind) + " as " + in.Tool.Name() + " reads it"
}

// inputName is the path of an input as a person calls it.
func inputName(in *lint.InputSummary) string {
	if in.Path == "-" {
		return "standard input"
	}
	name := clean(in.Path)
	if in.Workspace != "" {
		name += " in the workspace " + clean(in.Workspace)
	}
	return name
}

func severityColor(s lint.Severity) string {
	switch s {
	case lint.Error:
		return "1;31"
	case lint.Warning:
		return "1;33"
	case lint.Note:
		return "1;36"
	}
	return "1"
}

func (t *text) group(g group) {
	f := &g[0]
	head := t.paint(severityColor(f.Severity), fmt.Sprintf("%-7s", f.Severity)) + "  " + clean(f.Rule)
	if f.Verdict == lint.Undetermined {
		head += " " + t.paint("35", "(undetermined)")
	}
	t.line(head + "  " + t.paint("1", clean(f.Address)))
	if where := Place(f.Location); where != "" {
		for _, call := range calls(f.Location) {
			where += ", called at " + call
		}
		t.line("  " + t.paint("2", clean(where)))
	}
	t.entry("", f.Message)
	if f.Witness != nil {
		label := "Proof: "
		if f.Witness.Principal != "" && f.Witness.Principal != f.Address {
			label += clean(f.Witness.Principal) + " may do "
		}
		t.entry(label, witnessSentence(f.Witness))
	}
	t.steps(f.Steps)
	if others := g.others(); len(others) > 0 {
		t.entry("The same at: ", t.list(others))
	}
	if rules := g.otherRules(); len(rules) > 0 {
		label := "From the same cause: "
		if f.Verdict == lint.Undetermined {
			label = "Not determined for the same reason: "
		}
		t.entry(label, enumerate(rules))
	}
	t.related(g.related())
	t.remedy(f.Remediation)
}

// entry writes a labelled sentence, wrapped and indented.
func (t *text) entry(label, sentence string) {
	hang := ""
	if label != "" {
		hang = "  "
	}
	t.hanging(hang, label+clean(sentence))
}

// hanging writes a sentence whose lines after the first have a further indent.
func (t *text) hanging(hang, sentence string) {
	if strings.TrimSpace(sentence) == "" {
		return
	}
	for i, line := range wrap(sentence, t.width-2-len(hang)) {
		if i > 0 {
			line = hang + line
		}
		t.line("  " + line)
	}
}

// list joins addresses, the ends of long lists as a count.
func (t *text) list(addresses []string) string {
	if t.options.Verbose || len(addresses) <= shown+1 {
		return enumerate(addresses)
	}
	return strings.Join(addresses[:shown], ", ") + fmt.Sprintf(" and %d more", len(addresses)-shown)
}

func (t *text) steps(steps []lint.Step) {
	for i := range steps {
		s := &steps[i]
		t.hanging("   ", fmt.Sprintf("%d. %s", i+1, clean(stepSentence(s))))
		for j := range s.Witness {
			t.hanging("  ", "   "+clean(witnessSentence(&s.Witness[j])))
		}
	}
}

// stepSentence says one step: who, to whom, by which way. The message stands
// in place of the names where it already tells both.
func stepSentence(s *lint.Step) string {
	way := ""
	if s.Way != "" {
		way = " (" + s.Way + ")"
	}
	if strings.Contains(s.Message, s.From) && strings.Contains(s.Message, s.To) {
		return s.Message + way
	}
	if s.Message == "" {
		return s.From + " -> " + s.To + way
	}
	return s.From + " -> " + s.To + way + ": " + s.Message
}

// related lists related places: those that have something to say on lines of
// their own, the others together.
func (t *text) related(related []lint.Related) {
	var speaking, silent []string
	for i := range related {
		sentence := related[i].Address
		if where := Place(related[i].Location); where != "" {
			sentence += " (" + where + ")"
		}
		if related[i].Message == "" {
			silent = append(silent, sentence)
			continue
		}
		speaking = append(speaking, sentence+": "+related[i].Message)
	}
	limit := len(speaking)
	if !t.options.Verbose && limit > shown+1 {
		limit = shown
	}
	for _, sentence := range speaking[:limit] {
		t.entry("Related: ", sentence)
	}
	if rest := len(speaking) - limit; rest > 0 {
		t.entry("", fmt.Sprintf("Related: %d more", rest))
	}
	if len(silent) > 0 {
		t.entry("Related: ", t.list(silent))
	}
}

func (t *text) remedy(remediation string) {
	for i, line := range paragraphs(remediation) {
		if i == 0 {
			line = "Fix: " + line
		}
		if strings.HasPrefix(line, " ") { // to be copied as it is
			t.line("    " + line)
			continue
		}
		for j, piece := range wrap(line, t.width-4) {
			if i == 0 && j == 0 {
				t.line("  " + t.paint("32", "Fix:") + strings.TrimPrefix(piece, "Fix:"))
				continue
			}
			t.line("    " + piece)
		}
	}
}

func (t *text) diagnostic(d *lint.Diagnostic) {
	where := Place(d.Location)
	if where == "" {
		where = d.Input
	}
	sentence := d.Message
	if where != "" && !strings.HasPrefix(d.Message, where) {
		sentence = where + ": " + d.Message
	}
	label := d.Severity.String()
	for i, line := range wrap(label+": "+clean(sentence), t.width) {
		if i == 0 {
			line = t.paint(severityColor(d.Severity), label) + strings.TrimPrefix(line, label)
		} else {
			line = "  " + line
		}
		t.line(line)
	}
}

// counts are findings by severity.
type counts struct{ errors, warnings, notes int }

func (c *counts) add(s lint.Severity) {
	switch s {
	case lint.Error:
		c.errors++
	case lint.Warning:
		c.warnings++
	case lint.Note:
		c.notes++
	}
}

func (c counts) String() string {
	var parts []string
	if c.errors > 0 {
		parts = append(parts, plural(c.errors, "error", "errors"))
	}
	if c.warnings > 0 {
		parts = append(parts, plural(c.warnings, "warning", "warnings"))
	}
	if c.notes > 0 {
		parts = append(parts, plural(c.notes, "note", "notes"))
	}
	return strings.Join(parts, ", ")
}

// count counts the violations, or what is undetermined.
func count(findings []lint.Finding, v lint.Verdict) (c counts) {
	for i := range findings {
		if findings[i].Verdict == v && findings[i].Counted() {
			c.add(findings[i].Severity)
		}
	}
	return c
}

// summaryLine sums a report up in one sentence.
func summaryLine(r *lint.Report) string {
	s := r.Summary
	line := "no violations"
	if s.Violations > 0 {
		line = plural(s.Violations, "violation", "violations")
		if c := count(r.Findings, lint.Violation).String(); c != "" {
			line += " (" + c + ")"
		}
	}
	if s.Undetermined > 0 {
		line += fmt.Sprintf(", %d undetermined", s.Undetermined)
	}
	line += " in " + plural(s.Entities, "entity", "entities") + " and " + plural(s.Policies, "policy", "policies")
	if len(r.Inputs) > 1 {
		line += " of " + plural(len(r.Inputs), "input", "inputs")
	}
	if s.Suppressed > 0 {
		line += fmt.Sprintf("; %d suppressed", s.Suppressed)
	}
	if s.Baselined > 0 {
		line += fmt.Sprintf(" (%d by the baseline)", s.Baselined)
	}
	incomplete := 0
	for i := range r.Inputs {
		if !r.Inputs[i].Complete {
			incomplete++
		}
	}
	switch {
	case incomplete == 0:
	case len(r.Inputs) == 1:
		line += "; the input is not complete"
	default:
		line += fmt.Sprintf("; %d of the inputs not complete", incomplete)
	}
	return line
}
