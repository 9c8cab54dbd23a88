package phrase

import (
	"strconv"
	"strings"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// StatementWriter writes statements in the language of the place where they go.
type StatementWriter struct {
	Form iam.Form
	// Reference is how a text is referred to there; false where it is not.
	Reference func(policy.Text) (string, bool)
	// Template tells of JSON that it is a template of HCL, such as a heredoc, in which a
	// text is referred to as well.
	Template bool
}

// Statements writes them one after the other, each line indented as code of a
// remediation is.
func (w *StatementWriter) Statements(list []*policy.Statement) string {
	separator := ",\n"
	if w.Form == iam.FormBlock {
		separator = "\n\n"
	}
	var out []string
	for _, s := range list {
		out = append(out, w.Statement(s))
	}
	text := strings.Join(out, separator)
	return "  " + strings.ReplaceAll(strings.ReplaceAll(text, "\n", "\n  "), "\n  \n", "\n\n")
}

// Statement writes one, its lines indented as if it began a line.
func (w *StatementWriter) Statement(s *policy.Statement) string {
	effect := "Deny"
	if s.Effect == policy.Allow {
		effect = "Allow"
	}
	var rows [][2]string
	add := func(name, block string, list []policy.Element, inCondition bool) {
		if list == nil {
			return
		}
		if w.Form == iam.FormBlock {
			name = block
		}
		rows = append(rows, [2]string{name, w.list(list, inCondition)})
	}
	name := "Effect"
	if w.Form == iam.FormBlock {
		name = "effect"
	}
	rows = append(rows, [2]string{name, strconv.Quote(effect)})
	add("Action", "actions", s.Action, false)
	add("Resource", "resources", s.Resource, false)
	add("NotResource", "not_resources", s.NotResource, false)
	if w.Form == iam.FormBlock {
		return "statement {\n" + aligned(rows, " = ", "") + w.conditionBlocks(s) + "\n}"
	}
	if len(s.Condition) > 0 {
		rows = append(rows, [2]string{"Condition", w.condition(s)})
	}
	if w.Form == iam.FormObject {
		return "{\n" + aligned(rows, " = ", "") + "\n}"
	}
	for i := range rows {
		rows[i][0] = strconv.Quote(rows[i][0]) + ": "
	}
	lines := make([]string, len(rows))
	for i, row := range rows {
		lines[i] = "  " + row[0] + row[1]
	}
	return "{\n" + strings.Join(lines, ",\n") + "\n}"
}

// aligned writes rows as terraform fmt does.
func aligned(rows [][2]string, equals, indent string) string {
	longest := 0
	for _, row := range rows {
		longest = max(longest, len(row[0]))
	}
	lines := make([]string, len(rows))
	for i, row := range rows {
		lines[i] = indent + "  " + row[0] + strings.Repeat(" ", longest-len(row[0])) + equals + row[1]
	}
	return strings.Join(lines, "\n")
}

func (w *StatementWriter) condition(s *policy.Statement) string {
	equals := ": "
	key := strconv.Quote
	operator := strconv.Quote
	if w.Form == iam.FormObject {
		equals, operator = " = ", func(s string) string { return s }
	}
	var parts []string
	for _, c := range s.Condition {
		parts = append(parts, operator(c.Operator.String())+equals+"{ "+key(c.Key.String())+equals+w.list(c.Values, true)+" }")
	}
	return "{ " + strings.Join(parts, ", ") + " }"
}

// ConditionOf writes the condition of a statement by itself, indented as code of
// a remediation is.
func (w *StatementWriter) ConditionOf(c *policy.Condition) string {
	s := &policy.Statement{Condition: []policy.Condition{*c}}
	switch w.Form {
	case iam.FormBlock:
		return strings.TrimLeft(w.conditionBlocks(s), "\n")
	case iam.FormObject:
		return "  Condition = " + w.condition(s)
	case iam.FormJSON:
	}
	return `  "Condition": ` + w.condition(s)
}

func (w *StatementWriter) conditionBlocks(s *policy.Statement) string {
	var b strings.Builder
	for _, c := range s.Condition {
		b.WriteString("\n\n  condition {\n" + aligned([][2]string{
			{"test", strconv.Quote(c.Operator.String())},
			{"variable", strconv.Quote(c.Key.String())},
			{"values", w.list(c.Values, true)},
		}, " = ", "  ") + "\n  }")
	}
	return b.String()
}

// Values writes the values of a condition.
func (w *StatementWriter) Values(list []policy.Element) string { return w.list(list, true) }

// list writes one entry as it is where the language takes that, and several as
// a list.
func (w *StatementWriter) list(list []policy.Element, inCondition bool) string {
	texts := make([]string, len(list))
	for i, e := range list {
		texts[i] = w.text(e.Text, inCondition)
	}
	if len(texts) == 1 && w.Form != iam.FormBlock {
		return texts[0]
	}
	return "[" + strings.Join(texts, ", ") + "]"
}

// text writes a text: by what it is referred to, else with something in the
// place of what is not known. IAM takes a policy variable for the account in a
// condition, and in a resource a wildcard, as it does for the region.
func (w *StatementWriter) text(x policy.Text, inCondition bool) string {
	if w.refers() {
		if reference, ok := w.Reference(x); ok && w.Form == iam.FormJSON {
			return `"${` + reference + `}"`
		} else if ok {
			return reference
		}
	}
	var b strings.Builder
	for _, p := range x.Parts() {
		switch s := p.Symbol; {
		case s == nil:
			b.WriteString(w.escaped(p.Literal))
		case s.Kind == policy.SymbolPartition:
			b.WriteString("aws")
		case s.Kind == policy.SymbolAccount && inCondition:
			b.WriteString(w.escaped("${aws:PrincipalAccount}"))
		case s.Kind == policy.SymbolAccount, s.Kind == policy.SymbolRegion:
			b.WriteString("*")
		default:
			b.WriteString(w.symbol(s))
		}
	}
	return `"` + b.String() + `"`
}

// symbol writes what is known only after apply: by a reference in HCL.
func (w *StatementWriter) symbol(s *policy.Symbol) string {
	if w.refers() && s.Kind == policy.SymbolReference && s.Attribute != "" {
		if reference, ok := w.Reference(policy.SymbolText(s)); ok {
			return "${" + reference + "}"
		}
	}
	return policy.SymbolText(s).String()
}

// escaped is literal text inside quotes. HCL would take "${" for a template of
// its own, and aws_iam_policy_document writes policy variables with "&".
func (w *StatementWriter) escaped(s string) string {
	s = strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s)
	switch w.Form {
	case iam.FormObject:
		return strings.ReplaceAll(s, "${", "$${")
	case iam.FormBlock:
		return strings.ReplaceAll(s, "${", "&{")
	case iam.FormJSON:
		if w.Template {
			return strings.ReplaceAll(s, "${", "$${")
		}
	}
	return s
}

// refers reports whether the language of the place has references.
func (w *StatementWriter) refers() bool { return w.Form != iam.FormJSON || w.Template }
