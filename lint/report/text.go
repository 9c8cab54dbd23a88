package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

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
	open := make([][]lint.Finding, len(r.Inputs))
	var told []lint.Finding
	for i := range r.Inputs {
		findings := ofInput(r.Findings, i)
		if !o.Verbose && isAlone(r, i) {
			findings, open[i] = splitOpen(findings)
		}
		told = append(told, findings...)
	}
	for _, g := range groups(heaviestFirst(told, rulesByID(r)), true) {
		t.group(g, r.Inputs)
		t.line("")
	}
	for i := range r.Inputs {
		t.open(open[i], &r.Inputs[i])
		t.unmanaged(&r.Inputs[i])
	}
	t.beyond(r.Inputs)
	for i := range r.Diagnostics {
		t.diagnostic(&r.Diagnostics[i])
	}
	if len(r.Diagnostics) > 0 {
		t.line("")
	}
	for _, line := range append(judgedLines(r), decidedLines(r, o)...) {
		t.wrapped(line)
	}
	t.end(r)
	return t.w.Flush()
}

// heaviestFirst orders findings by severity, violations before what is
// undetermined, and rules that weigh more before others.
func heaviestFirst(findings []lint.Finding, rules map[string]*lint.Rule) []lint.Finding {
	slices.SortStableFunc(findings, func(a, b lint.Finding) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(undetermined(&a), undetermined(&b)),
			cmp.Compare(weight(rules[b.Rule]), weight(rules[a.Rule])))
	})
	return findings
}

// end writes the last line. It is one line, for scripts take the last line of the
// output, but on a terminal that is not wide enough.
func (t *text) end(r *lint.Report) {
	lines := []string{summaryLine(r)}
	if t.options.Width > 0 {
		lines = wrap(lines[0], t.width-2)
	}
	color := "32"
	if r.Summary.Violations+r.Summary.Undetermined > 0 {
		color = "1"
	}
	for i, line := range lines {
		if i > 0 {
			line = "  " + line
		}
		t.line(t.paint(color, line))
	}
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

func (t *text) group(g group, inputs []lint.InputSummary) {
	f := &g[0]
	t.head(f)
	t.place(f, inputs)
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

// head names the rule and the resource, on two lines where one is too narrow.
func (t *text) head(f *lint.Finding) {
	severity, doubt := fmt.Sprintf("%-7s", f.Severity), ""
	head := t.paint(severityColor(f.Severity), severity) + "  " + clean(f.Rule)
	if f.Verdict == lint.Undetermined {
		doubt = "(undetermined)"
		head += " " + t.paint("35", doubt)
	}
	address := clean(f.Address)
	if len(severity)+len(f.Rule)+len(doubt)+utf8.RuneCountInString(address)+5 > t.width {
		t.line(head)
		t.line("  " + t.paint("1", address))
		return
	}
	t.line(head + "  " + t.paint("1", address))
}

// place writes where a finding is, and shows the line. Where there is no file, the
// input stands in its place, if there are several.
func (t *text) place(f *lint.Finding, inputs []lint.InputSummary) {
	where := clean(Place(f.Location))
	for _, call := range calls(f.Location) {
		where += ", called at " + clean(call)
	}
	if where == "" && len(inputs) > 1 {
		where = inputTitle(&inputs[f.Input])
	}
	if where == "" {
		return
	}
	for _, line := range wrap(where, t.width-4) {
		t.line("  " + t.paint("2", line))
	}
	t.excerpt(f.Source, f.Location)
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
		t.hanging("   ", fmt.Sprintf("%s %s", stepNumber(steps, i), clean(stepSentence(s))))
		for j := range s.Witness {
			t.hanging("  ", "   "+clean(witnessSentence(&s.Witness[j])))
		}
	}
}

// stepNumber is the number of a step in a chain with a point, and a mark for those
// that are left out.
func stepNumber(steps []lint.Step, i int) string {
	if steps[i].Omitted > 0 {
		return "..."
	}
	return fmt.Sprintf("%d.", lint.Number(steps, i))
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
		if strings.HasPrefix(line, " ") { // to be copied
			for _, piece := range wrapCode(line, t.width-4) {
				t.line("    " + piece)
			}
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
