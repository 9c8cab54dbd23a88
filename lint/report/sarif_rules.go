package report

import (
	"strings"

	"github.com/boundlint/boundlint/lint"
)

// describeRules describes the rules that ran, and those that only findings
// name.
func (s *sarifWriter) describeRules() {
	s.rules = []sarifRule{}
	for _, rule := range s.report.Rules {
		s.describe(rule)
	}
	for i := range s.report.Findings {
		f := &s.report.Findings[i]
		s.describe(&lint.Rule{ID: f.Rule, Severity: f.Severity})
	}
	for i := range s.report.Suppressed {
		f := &s.report.Suppressed[i].Finding
		s.describe(&lint.Rule{ID: f.Rule, Severity: f.Severity})
	}
}

func (s *sarifWriter) describe(rule *lint.Rule) {
	if _, known := s.index[rule.ID]; known {
		return
	}
	s.index[rule.ID] = len(s.rules)
	title := rule.Doc.Title
	if title == "" {
		title = rule.ID
	}
	full := rule.Doc.What
	if full == "" {
		full = title
	}
	s.rules = append(s.rules, sarifRule{
		ID:                   rule.ID,
		Name:                 pascal(rule.ID),
		ShortDescription:     sarifMessage{Text: title},
		FullDescription:      sarifMessage{Text: full},
		Help:                 ruleHelp(rule, title),
		HelpURI:              RulePage(rule.ID),
		DefaultConfiguration: sarifConfiguration{Level: rule.Severity.String()},
		Properties: sarifRuleProps{
			Tags:             ruleTags(rule),
			Precision:        precision(rule),
			ProblemSeverity:  problemSeverity(rule.Severity),
			SecuritySeverity: rule.Doc.Security,
			Controls:         rule.Doc.Controls,
		},
	})
}

// pascal is boundary-missing as BoundaryMissing, which is how SARIF wants
// names.
func pascal(id string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(id, "-") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}

// ruleHelp is the documentation of a rule as plain text and as Markdown.
func ruleHelp(rule *lint.Rule, title string) sarifMessage {
	text, markdown := title+".", "# "+title
	for _, section := range []struct{ title, body string }{
		{"", rule.Doc.What},
		{"Why", rule.Doc.Why},
		{"How to fix", rule.Doc.Fix},
		{"What it does not see", rule.Doc.Blind},
	} {
		body := strings.TrimSpace(section.body)
		switch {
		case body == "":
		case section.title == "":
			text += "\n\n" + body
			markdown += "\n\n" + body
		default:
			text += "\n\n" + section.title + ": " + body
			markdown += "\n\n## " + section.title + "\n\n" + body
		}
	}
	if len(rule.Doc.References) > 0 {
		text += "\n\nReferences: " + strings.Join(rule.Doc.References, " ")
		markdown += "\n\n## References\n"
		for _, link := range rule.Doc.References {
			markdown += "\n- <" + link + ">"
		}
	}
	return sarifMessage{Text: text, Markdown: markdown + "\n"}
}

// ruleTags are what GitHub can filter alerts by. The tag security has it show
// the security-severity.
func ruleTags(rule *lint.Rule) []string {
	tags := []string{"security", "aws", "iam", "terraform"}
	if rule.Leg != "" {
		tags = append(tags, strings.ReplaceAll(string(rule.Leg), " ", "-"))
	}
	for _, control := range rule.Doc.Controls {
		if len(tags) == maxTags {
			break
		}
		tags = append(tags, control)
	}
	return tags
}

// precision tells GitHub how often a rule is right. The first leg reads one
// attribute; the others decide policies and replay their witness.
func precision(rule *lint.Rule) string {
	switch rule.Leg {
	case lint.FirstLeg, lint.TheRun:
		return "very-high"
	case lint.SecondLeg, lint.ThirdLeg, lint.Hygiene:
		return "high"
	}
	return "high"
}

func problemSeverity(s lint.Severity) string {
	switch s {
	case lint.Error:
		return "error"
	case lint.Warning:
		return "warning"
	case lint.Note:
		return "recommendation"
	}
	return "recommendation"
}
