package report

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/internal/lazy"
)

// markdown writes the report that a security team files as Markdown of
// GitHub's kind.
type markdown struct{ w *bufio.Writer }

func reportMarkdown(w io.Writer, r *lint.Report, o Options) error {
	m := &markdown{bufio.NewWriter(w)}
	a := newAudit(r, o)
	m.summary(a)
	m.entities(a)
	m.graph(a.Graph)
	m.findings(a)
	m.notChecked(a)
	m.unmanaged(a)
	m.suppressed(a)
	m.controls(a)
	return m.w.Flush()
}

func (m *markdown) line(format string, args ...any) {
	s := format
	if len(args) > 0 {
		s = fmt.Sprintf(format, args...)
	}
	_, _ = m.w.WriteString(strings.TrimRight(s, " ") + "\n")
}

// row writes a row of a table.
func (m *markdown) row(cells ...string) {
	m.line("%s", "| "+strings.Join(cells, " | ")+" |")
}

// special are the characters that Markdown or HTML could read as markup.
var special = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`,
	"#", `\#`, "|", `\|`, "~", `\~`, "!", `\!`, "$", `\$`, "<", "&lt;", ">", "&gt;", "&", "&amp;",
	// An address in prose would become a link, a name with @ would tell
	// somebody: the entity looks the same and is neither.
	"://", "&#58;//", "www.", "www&#46;", "@", "&#64;",
)

// innerUnderscore is an escaped underscore after a letter or digit: only one
// at the start of a word opens emphasis, and addresses are full of them.
var innerUnderscore = lazy.Regexp(`([A-Za-z0-9])\\_`)

// prose escapes clean text for a paragraph or a cell.
func prose(s string) string {
	s = innerUnderscore().ReplaceAllString(special.Replace(s), "${1}_")
	// At the start of a line these would begin a list.
	if strings.HasPrefix(s, "- ") || strings.HasPrefix(s, "+ ") {
		s = `\` + s
	}
	return s
}

// code is clean text as a code span, in a table or out of it.
func code(s string) string {
	if s == "" {
		return ""
	}
	fence := strings.Repeat("`", longestRun(s, '`')+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + s + fence
}

// cell is code inside a table, where a bar ends the cell even in a code span.
func cell(s string) string { return strings.ReplaceAll(code(s), "|", `\|`) }

// longestRun is the length of the longest run of a character.
func longestRun(s string, c rune) int {
	longest, run := 0, 0
	for _, r := range s {
		if r != c {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}

// fenced writes a block of code that its content cannot end.
func (m *markdown) fenced(language, content string) {
	fence := strings.Repeat("`", max(3, longestRun(content, '`')+1))
	m.line("%s", fence+language)
	for line := range strings.SplitSeq(content, "\n") {
		m.line("%s", line)
	}
	m.line("%s", fence)
	m.line("")
}

func (m *markdown) summary(a *audit) {
	m.line("# Permissions boundaries")
	m.line("")
	account := "Account not known"
	if len(a.Accounts) > 0 {
		account = "Account"
		if len(a.Accounts) > 1 {
			account = "Accounts"
		}
		account += " " + strings.Join(a.Accounts, ", ")
	}
	facts := []string{account}
	if a.Date != "" {
		facts = append(facts, a.Date)
	}
	m.line("%s", prose(strings.Join(append(facts, a.Tool), " · ")))
	m.line("")
	m.line("## Summary")
	m.line("")
	m.line("%s", prose(a.Summary)+".")
	m.line("")
	m.line("%s", prose(a.Coverage)+".")
	m.line("")
	for _, line := range a.InForce {
		m.line("%s", prose(line)+".")
		m.line("")
	}
	m.row("severity", "violations", "undetermined")
	m.row("---", "---:", "---:")
	for _, s := range a.Severities {
		m.row(s.Severity, fmt.Sprint(s.Violations), fmt.Sprint(s.Undetermined))
	}
	m.line("")
	if a.Score.Items > 0 {
		m.line("**Compliance score: %d %%** (%d of %d items)", a.Score.Percent, a.Score.Good, a.Score.Items)
		m.line("")
	}
	m.line("%s", prose(scoreFormula))
	m.line("")
	m.line("## Inputs")
	m.line("")
	m.row("input", "kind", "account", "Terraform", "entities", "complete")
	m.row("---", "---", "---", "---", "---:", "---")
	for _, in := range a.Inputs {
		m.row(cell(in.Path), prose(in.Kind), prose(in.Account), prose(in.Terraform), fmt.Sprint(in.Entities), in.Complete)
	}
	m.line("")
}

func (m *markdown) entities(a *audit) {
	m.line("## Roles, users and permission sets")
	m.line("")
	if len(a.Entities) == 0 {
		m.line("The report lists none.")
		m.line("")
		return
	}
	m.row("entity", "kind", "name", "bounded", "by", "worst finding")
	m.row("---", "---", "---", "---", "---", "---")
	for i := range a.Entities {
		e := &a.Entities[i]
		address := cell(e.Address)
		if e.Input != "" {
			address += " in " + cell(e.Input)
		}
		name := cell(e.Name)
		if e.NameState != "as configured" {
			name += " (" + e.NameState + ")"
		}
		bounded, worst := cmp.Or(string(e.Bounded), "not determined"), ""
		if e.Worst != nil {
			worst = fmt.Sprintf("%s: %s, no. %d", e.Worst.Severity, prose(e.Worst.Rule), e.Worst.Number)
		}
		m.row(address, e.Kind, name, bounded, cell(e.Boundary), worst)
	}
	m.line("")
}

// graph draws the escalations as a Mermaid diagram, which GitHub and GitLab
// show as a picture.
func (m *markdown) graph(g *graph) {
	if g == nil {
		return
	}
	m.line("## Escalation graph")
	m.line("")
	ids := map[*node]string{}
	lines := []string{"flowchart LR"}
	for i, n := range g.Nodes {
		ids[n] = fmt.Sprintf("n%d", i)
		line := fmt.Sprintf(`  n%d["%s"]`, i, mermaid(n.Label))
		if n.Target {
			line += ":::target"
		}
		lines = append(lines, line)
	}
	for _, e := range g.Edges {
		arrow := "-->"
		if e.Perhaps {
			arrow = "-.->"
		}
		if label := wayLabel(e); label != "" {
			arrow += `|"` + mermaid(label) + `"|`
		}
		lines = append(lines, "  "+ids[e.From]+" "+arrow+" "+ids[e.To])
	}
	m.fenced("mermaid", strings.Join(append(lines, "  classDef target stroke:#b3261e,stroke-width:2px"), "\n"))
	if g.Hidden > 0 {
		m.line("%d further findings are not drawn; they stand among the findings below.", g.Hidden)
		m.line("")
	}
}

// mermaid escapes a label: everything that is not a plain character of an
// address becomes an entity code.
func mermaid(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', strings.ContainsRune("._-/: +,*", r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "#%d;", r)
		}
	}
	return b.String()
}

func (m *markdown) findings(a *audit) {
	m.line("## Findings")
	m.line("")
	if len(a.Rules) == 0 {
		m.line("None.")
		m.line("")
	}
	for i := range a.Rules {
		rule := &a.Rules[i]
		m.line("### %s ([%s](%s))", prose(rule.Title), prose(rule.ID), rule.Page)
		m.line("")
		if len(rule.Controls) > 0 {
			m.line("%s", prose(strings.Join(rule.Controls, " · ")))
			m.line("")
		}
		for j := range rule.Findings {
			m.finding(&rule.Findings[j])
		}
	}
}

func (m *markdown) finding(f *auditFinding) {
	title := fmt.Sprintf("#### %d. %s: %s", f.Number, f.Severity, code(f.Address))
	if f.Undetermined {
		title += " (undetermined)"
	}
	m.line("%s", title)
	m.line("")
	m.about(f)
}

// about is a finding without its title.
func (m *markdown) about(f *auditFinding) {
	m.line("%s", prose(f.Message))
	m.line("")
	for _, step := range f.Steps {
		m.line("%d. %s", step.Number, prose(step.Text))
		for _, proof := range step.Proof {
			m.line("   - %s", code(proof))
		}
	}
	if len(f.Steps) > 0 {
		m.line("")
	}
	items := 0
	item := func(label, value string) {
		if value != "" {
			items++
			m.line("- %s: %s", label, value)
		}
	}
	item("Input", code(f.Input))
	item("Place", code(f.Place))
	proof := code(f.Proof)
	if proof != "" && f.Principal != "" {
		proof += " by " + code(f.Principal)
	}
	item("Proof", proof)
	others := make([]string, len(f.Others))
	for i, other := range f.Others {
		others[i] = code(other)
	}
	item("The same at", strings.Join(others, ", "))
	for _, related := range f.Related {
		item("Related", prose(related))
	}
	if items > 0 {
		m.line("")
	}
	if f.Excerpt != "" {
		m.fenced("json", f.Excerpt)
	}
	for i, b := range f.Remedy {
		if i == 0 {
			label := "**Remediation.**"
			if !b.Code {
				label += " " + prose(b.Text)
			}
			m.line("%s", label)
			m.line("")
		}
		switch {
		case b.Code:
			m.fenced("", b.Text)
		case i > 0:
			m.line("%s", prose(b.Text))
			m.line("")
		}
	}
}

func (m *markdown) notChecked(a *audit) {
	m.line("## Not determined and not checked")
	m.line("")
	for i := range a.Unknown {
		f := &a.Unknown[i]
		m.line("- Not determined: no. %d, %s: %s", f.Number, code(f.Address), prose(f.Message))
	}
	for _, text := range a.NotChecked {
		m.line("- %s", prose(text))
	}
	if len(a.Unknown)+len(a.NotChecked) == 0 {
		m.line("Nothing.")
	}
	m.line("")
}

func (m *markdown) suppressed(a *audit) {
	if len(a.Suppressed) == 0 {
		return
	}
	m.line("## Suppressed")
	m.line("")
	m.row("rule", "resource", "by", "reason", "written at")
	m.row("---", "---", "---", "---", "---")
	for _, s := range a.Suppressed {
		m.row(prose(s.Rule), cell(s.Address), prose(s.By), prose(s.Reason), cell(s.Place))
	}
	m.line("")
}

func (m *markdown) controls(a *audit) {
	if len(a.Controls) == 0 {
		return
	}
	m.line("## Compliance catalogues")
	m.line("")
	m.line("Only items that a rule certainly serves are listed. No finding does not mean that an item is fulfilled: it asks for more than a " +
		"rule can see.")
	m.line("")
	m.row("item", "rules that ran", "violations", "undetermined")
	m.row("---", "---", "---:", "---:")
	for _, c := range a.Controls {
		m.row(prose(c.Name), prose(strings.Join(c.Rules, ", ")), fmt.Sprint(c.Violations), fmt.Sprint(c.Undetermined))
	}
	m.line("")
}
