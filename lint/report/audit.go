package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/phrase"
)

// audit is the content of the report that a security team files, before
// markdown or html lays it out. All strings are clean.
type audit struct {
	Tool, Date string
	Accounts   []string
	Summary    string
	Coverage   string
	InForce    []string
	Inputs     []auditInput
	Severities []auditSeverity
	Score      auditScore
	Entities   []auditEntity
	Graph      *graph
	Rules      []auditRule
	Unknown    []auditFinding
	NotChecked []string
	Unmanaged  []auditUnmanaged
	Suppressed []auditSuppressed
	Controls   []auditControl
}

type auditInput struct {
	Path, Kind, Account, Terraform, Complete string
	Entities                                 int
}

type auditSeverity struct {
	Severity                 string
	Violations, Undetermined int
}

// auditScore is the compliance score; Items is 0 where nothing was judged.
type auditScore struct {
	Percent, Good, Items int
}

// scoreFormula is what the reports say about the score.
const scoreFormula = "Compliance score = 100 × compliant items ÷ items, rounded down. " +
	"Items are the roles, users and permission sets that were judged, and every other resource at which an error was found. " +
	"An item is compliant if no finding of severity error, violation or undetermined, is at it or names it as related. " +
	"Suppressed findings do not count."

type auditEntity struct {
	Address, Kind, Name, NameState, Boundary string
	Input                                    string
	Bounded                                  lint.Bounded
	Worst                                    *auditWorst
}

type auditWorst struct {
	Severity, Rule string
	Number         int
}

// auditRule is a rule and what it found.
type auditRule struct {
	ID, Title, Page string
	Controls        []string
	Findings        []auditFinding
}

// auditFinding is a group of findings with one number.
type auditFinding struct {
	Number                           int
	Rule, Severity, Address, Message string
	Undetermined                     bool
	Input, Place                     string
	Others                           []string
	Related                          []string
	Principal, Proof                 string
	Steps                            []auditStep
	Remedy                           []block
	Excerpt                          string
	Fingerprints                     []string
}

type auditStep struct {
	// Number is that in the whole chain; Jumps tells that steps before it are
	// left out.
	Number int
	Jumps  bool
	Text   string
	Proof  []string
}

type auditSuppressed struct {
	Rule, Address, By, Reason, Place string
}

type auditControl struct {
	Name                     string
	Rules                    []string
	Violations, Undetermined int
}

// block is a paragraph, or lines of code.
type block struct {
	Code bool
	Text string
}

// newAudit gathers the content of a report.
func newAudit(r *lint.Report, o Options) *audit {
	a := &audit{
		Tool:    clean(strings.TrimSpace(r.Tool.Name + " " + r.Tool.Version)),
		Summary: sentence(clean(summaryLine(r))), Coverage: "Coverage: " + coverageOf(r.Coverage, r.Inputs, someNames),
	}
	for _, line := range inForceLines(&r.InForce, allNames) {
		a.InForce = append(a.InForce, sentence(line))
	}
	if !o.Now.IsZero() {
		a.Date = o.Now.UTC().Format("2006-01-02 15:04 UTC")
	}
	a.inputs(r)
	for _, s := range []lint.Severity{lint.Error, lint.Warning, lint.Note} {
		row := auditSeverity{Severity: s.String()}
		for i := range r.Findings {
			switch f := &r.Findings[i]; {
			case f.Severity != s:
			case f.Verdict == lint.Undetermined:
				row.Undetermined++
			default:
				row.Violations++
			}
		}
		a.Severities = append(a.Severities, row)
	}
	numbers := a.findings(r)
	named := namedBy(r)
	a.Score = score(r, named)
	a.entities(r, named, numbers)
	a.Graph = newGraph(r)
	a.notChecked(r)
	a.unmanaged(r)
	for i := range r.Suppressed {
		s := &r.Suppressed[i]
		a.Suppressed = append(a.Suppressed, auditSuppressed{
			Rule: clean(s.Finding.Rule), Address: clean(s.Finding.Address), By: clean(s.By), Reason: clean(s.Reason),
			Place: clean(Place(s.Location)),
		})
	}
	a.controls(r)
	return a
}

// sentence begins a line of ASCII with a capital letter.
func sentence(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func (a *audit) inputs(r *lint.Report) {
	accounts := map[string]bool{}
	for i := range r.Inputs {
		in := &r.Inputs[i]
		row := auditInput{
			Path: inputName(in), Kind: inputKind(in), Account: clean(in.Account), Terraform: clean(in.TerraformVersion),
			Complete: "yes", Entities: len(in.Entities),
		}
		if !in.Complete {
			row.Complete = "no"
		}
		if row.Account == "" {
			row.Account = "not known"
		} else {
			accounts[row.Account] = true
		}
		a.Inputs = append(a.Inputs, row)
	}
	a.Accounts = slices.Sorted(maps.Keys(accounts))
}

// namedBy indexes the findings by the addresses that they are at or relate.
func namedBy(r *lint.Report) map[where][]*lint.Finding {
	named := map[where][]*lint.Finding{}
	home := homesOf(r)
	for i := range r.Findings {
		f := &r.Findings[i]
		seen := map[string]bool{}
		add := func(address string) {
			if address != "" && !seen[address] {
				seen[address] = true
				for _, input := range inputsOf(r, f) {
					place := home.of(r, input, address)
					named[place] = append(named[place], f)
				}
			}
		}
		add(f.Address)
		for j := range f.Related {
			add(f.Related[j].Address)
		}
	}
	return named
}

// inputsOf are the inputs that a finding is about: its own, and the other
// workspaces in which it holds.
func inputsOf(r *lint.Report, f *lint.Finding) []int {
	inputs := []int{f.Input}
	for i := range r.Inputs {
		in := &r.Inputs[i]
		if i != f.Input && len(f.Workspaces) > 1 && in.Path == r.Inputs[f.Input].Path && slices.Contains(f.Workspaces, in.Workspace) {
			inputs = append(inputs, i)
		}
	}
	return inputs
}

func hasError(findings []*lint.Finding) bool {
	return slices.ContainsFunc(findings, func(f *lint.Finding) bool { return f.Severity == lint.Error })
}

// score computes what scoreFormula says.
func score(r *lint.Report, named map[where][]*lint.Finding) auditScore {
	var s auditScore
	judged := map[where]bool{}
	for i := range r.Inputs {
		for j := range r.Inputs[i].Entities {
			item := where{i, r.Inputs[i].Entities[j].Address}
			if judged[item] {
				continue
			}
			judged[item] = true
			s.Items++
			if !hasError(named[item]) {
				s.Good++
			}
		}
	}
	for i := range r.Findings {
		item := where{r.Findings[i].Input, r.Findings[i].Address}
		if r.Findings[i].Severity == lint.Error && !judged[item] {
			judged[item] = true
			s.Items++
		}
	}
	if s.Items > 0 {
		s.Percent = 100 * s.Good / s.Items
	}
	return s
}

// findings numbers the groups of findings by rule, the worst rule first, and
// returns the number of each finding.
func (a *audit) findings(r *lint.Report) map[*lint.Finding]int {
	rules := rulesByID(r)
	at := map[string]int{}
	gathered := groups(worstFirst(r.Findings), false)
	var byRule [][]group
	for _, g := range gathered {
		n, known := at[g[0].Rule]
		if !known {
			n = len(byRule)
			at[g[0].Rule] = n
			byRule = append(byRule, nil)
		}
		byRule[n] = append(byRule[n], g)
	}
	slices.SortStableFunc(byRule, func(x, y []group) int {
		return cmp.Or(cmp.Compare(y[0][0].Severity, x[0][0].Severity), cmp.Compare(weight(rules[y[0][0].Rule]), weight(rules[x[0][0].Rule])))
	})
	keys := map[string]int{}
	number := 0
	for _, list := range byRule {
		id := list[0][0].Rule
		section := auditRule{ID: clean(id), Title: clean(id), Page: RulePage(clean(id))}
		if rule := rules[id]; rule != nil {
			section.Controls = cleanAll(rule.Doc.Controls)
			if rule.Doc.Title != "" {
				section.Title = clean(rule.Doc.Title)
			}
		}
		for _, g := range list {
			number++
			keys[groupKey(&g[0], false)] = number
			f := newAuditFinding(r, g, number)
			section.Findings = append(section.Findings, f)
			if f.Undetermined {
				a.Unknown = append(a.Unknown, f)
			}
		}
		a.Rules = append(a.Rules, section)
	}
	numbers := map[*lint.Finding]int{}
	for i := range r.Findings {
		numbers[&r.Findings[i]] = keys[groupKey(&r.Findings[i], false)]
	}
	return numbers
}

func newAuditFinding(r *lint.Report, g group, number int) auditFinding {
	f := &g[0]
	out := auditFinding{
		Number: number, Rule: clean(f.Rule), Severity: f.Severity.String(), Address: clean(f.Address), Message: clean(f.Message),
		Undetermined: f.Verdict == lint.Undetermined, Place: clean(Place(f.Location)), Others: cleanAll(g.others()),
		Remedy: blocks(f.Remediation), Excerpt: excerpt(f.Excerpt),
	}
	if len(r.Inputs) > 1 && f.Input < len(r.Inputs) {
		out.Input = inputName(&r.Inputs[f.Input])
	}
	for _, call := range calls(f.Location) {
		out.Place += clean(", called at " + call)
	}
	for _, rel := range g.related() {
		text := rel.Address
		if p := Place(rel.Location); p != "" {
			text += " (" + p + ")"
		}
		if rel.Message != "" {
			text += ": " + rel.Message
		}
		out.Related = append(out.Related, clean(text))
	}
	for _, rule := range g.otherRules() {
		out.Related = append(out.Related, "the same cause: "+clean(rule))
	}
	if f.Witness != nil {
		out.Principal, out.Proof = clean(f.Witness.Principal), clean(witnessSentence(f.Witness))
	}
	for i := range f.Steps {
		step := auditStep{Number: lint.Number(f.Steps, i), Jumps: i > 0 && f.Steps[i-1].Omitted > 0, Text: clean(stepSentence(&f.Steps[i]))}
		for j := range f.Steps[i].Witness {
			step.Proof = append(step.Proof, clean(witnessSentence(&f.Steps[i].Witness[j])))
		}
		out.Steps = append(out.Steps, step)
	}
	for i := range g {
		if g[i].Fingerprint != "" {
			out.Fingerprints = append(out.Fingerprints, clean(g[i].Fingerprint))
		}
	}
	return out
}

func cleanAll(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = clean(s)
	}
	return out
}

// excerpt is a statement laid out over several lines.
func excerpt(canonical string) string {
	if canonical == "" {
		return ""
	}
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(canonical), "", "  "); err != nil {
		return clean(canonical)
	}
	return strings.Join(paragraphs(b.String()), "\n")
}

// blocks tells examples, which are indented, from prose.
func blocks(remediation string) []block {
	var out []block
	lines := paragraphs(remediation)
	for i, line := range lines {
		code := strings.HasPrefix(line, "  ")
		last := len(out) - 1
		switch {
		case line == "" && last >= 0 && out[last].Code && i+1 < len(lines) && strings.HasPrefix(lines[i+1], "  "):
			out[last].Text += "\n"
		case line == "":
			if last >= 0 && out[last].Text != "" && !out[last].Code {
				out = append(out, block{})
			}
		case last >= 0 && out[last].Code && code:
			out[last].Text += "\n" + line
		case last >= 0 && !out[last].Code && !code:
			out[last].Text = strings.TrimSpace(out[last].Text + " " + line)
		default:
			out = append(out, block{Code: code, Text: line})
		}
	}
	out = slices.DeleteFunc(out, func(b block) bool { return b.Text == "" })
	for i := range out {
		if out[i].Code {
			out[i].Text = dedent(out[i].Text)
		}
	}
	return out
}

// dedent takes away the indentation that all lines have.
func dedent(s string) string {
	lines := strings.Split(s, "\n")
	indent := -1
	for _, line := range lines {
		if n := len(line) - len(strings.TrimLeft(line, " ")); line != "" && (indent < 0 || n < indent) {
			indent = n
		}
	}
	for i, line := range lines {
		if line != "" {
			lines[i] = line[indent:]
		}
	}
	return strings.Join(lines, "\n")
}

func (a *audit) entities(r *lint.Report, named map[where][]*lint.Finding, numbers map[*lint.Finding]int) {
	rules := rulesByID(r)
	for i := range r.Inputs {
		in := &r.Inputs[i]
		for j := range in.Entities {
			e := &in.Entities[j]
			row := auditEntity{
				Address: clean(e.Address), Kind: string(e.Kind), Name: clean(e.Name), NameState: "as configured",
				Boundary: clean(e.Boundary), Bounded: e.Bounded,
			}
			if len(r.Inputs) > 1 {
				row.Input = inputName(in)
			}
			findings := named[where{i, e.Address}]
			if worst := worstOf(findings); worst != nil {
				row.Worst = &auditWorst{Severity: worst.Severity.String(), Rule: clean(worst.Rule), Number: numbers[worst]}
			}
			row.NameState = nameState(rules, findings, e.Address)
			a.Entities = append(a.Entities, row)
		}
	}
}

// worstOf is the first finding of the highest severity, one at the entity
// itself before one that only relates it.
func worstOf(findings []*lint.Finding) *lint.Finding {
	var worst *lint.Finding
	for _, f := range findings {
		if worst == nil || f.Severity > worst.Severity {
			worst = f
		}
	}
	return worst
}

// nameState says what the rules for names found at an entity.
func nameState(rules map[string]*lint.Rule, findings []*lint.Finding, address string) string {
	state := "as configured"
	for _, f := range findings {
		if rule := rules[f.Rule]; f.Address != address || rule == nil || rule.Topic != lint.NamingTopic {
			continue
		}
		if f.Verdict == lint.Violation {
			return "not as configured"
		}
		state = "not determined"
	}
	return state
}

func (a *audit) notChecked(r *lint.Report) {
	for i := range r.Inputs {
		in := &r.Inputs[i]
		if !in.Complete {
			text := inputName(in) + " is not complete"
			if len(in.Reasons) > 0 {
				text += ": " + clean(strings.Join(in.Reasons, "; "))
			}
			a.NotChecked = append(a.NotChecked, text)
		}
	}
	for i := range r.Diagnostics {
		d := &r.Diagnostics[i]
		text := diagnosticText(d)
		if p := Place(d.Location); p != "" {
			text += " (" + clean(p) + ")"
		}
		a.NotChecked = append(a.NotChecked, text)
	}
	for i := range r.Inputs {
		for _, b := range r.Inputs[i].Beyond {
			text := clean(b)
			if len(r.Inputs) > 1 {
				text = inputName(&r.Inputs[i]) + ": " + text
			}
			a.NotChecked = append(a.NotChecked, text)
		}
	}
	if n := r.Summary.UnseenBoundaries; n > 0 {
		a.NotChecked = append(a.NotChecked, fmt.Sprintf(
			"%s in use: the document is neither in the input nor in the configuration, so what it permits was not judged",
			phrase.Count(n, "boundary", "boundaries")))
	}
}

func (a *audit) controls(r *lint.Report) {
	byName := map[string]*auditControl{}
	for _, rule := range r.Rules {
		for _, name := range rule.Doc.Controls {
			c := byName[name]
			if c == nil {
				c = &auditControl{Name: clean(name)}
				byName[name] = c
			}
			c.Rules = append(c.Rules, clean(rule.ID))
			for i := range r.Findings {
				switch f := &r.Findings[i]; {
				case !slices.ContainsFunc(f.All(), func(one lint.Finding) bool { return one.Rule == rule.ID }):
				case f.Verdict == lint.Undetermined:
					c.Undetermined++
				default:
					c.Violations++
				}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		a.Controls = append(a.Controls, *byName[name])
	}
}
