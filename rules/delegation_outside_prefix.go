package rules

import (
	"fmt"
	"regexp/syntax"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/rules/internal/delegation"
	"github.com/boundlint/boundlint/rules/internal/fix"
)

// DelegationOutsidePrefix reports holders who can create roles or users under
// names that are not theirs.
var DelegationOutsidePrefix = &lint.Rule{
	ID: "delegation-outside-prefix", Severity: lint.Warning, Leg: lint.SecondLeg,
	Doc: lint.Doc{
		Title: "A holder can create roles or users outside the required names",
		What: "The names that the naming blocks ask for (`app-*` by default) mark who owns a role or user. This rule asks whether a holder " +
			"can create one under another name, with a boundary or without. A resource such as `role/app-*` or `role/teams/app-*` counts as " +
			"inside.",
		Why: "What is created under the name of another team is taken for that team's: grants, trust policies and clean-up by name pattern " +
			"then cover it, and nothing shows that developers made it.",
		Blind: "IAM's wildcard also takes slashes: `role/app-*` covers a role of any name under the path `app-x/`. That is counted as " +
			"inside. Of a name that is asked for by a regular expression only its literal start is judged.",
		Fix: "Limit the resource of the statement that allows `iam:CreateRole` or `iam:CreateUser` to the names that the holder owns, such as " +
			"`arn:aws:iam::111122223333:role/app-*`.",
		References: []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html"},
		Security:   "4.0",
	},
	Run: func(p *lint.Pass) error {
		a, err := holders.Accounts.Of(p)
		if err != nil {
			return err
		}
		for _, h := range a.Actors() {
			judgePrefix(a, p, h, p.Rule.Severity)
		}
		for _, h := range a.UnattachedActors() {
			judgePrefix(a, p, h, p.Rule.Severity.Down())
		}
		return nil
	},
}

// judgePrefix asks for both kinds, and makes one finding of what one statement
// allows.
func judgePrefix(a *holders.Account, p *lint.Pass, h *holders.Holder, severity lint.Severity) {
	type fault struct {
		finding lint.Finding
		answer  authz.Answer
		kinds   string
		of      []authz.EntityKind
		denial  *policy.Statement
	}
	var faults []*fault
	for _, c := range delegation.Creations {
		lowered := strings.ToLower(string(c.Kind))
		naming, ok := a.Settings.NamingFor("aws_iam_" + lowered)
		start := certainStart(naming.Name)
		if !ok || start == "" {
			continue
		}
		answer := a.AskDelegate(h, "name "+string(c.Kind), func() authz.Answer {
			return authz.Search(h.Lenient(), a.Universe(h.Deployment), &authz.Query{
				Actions: []string{"iam:Create" + string(c.Kind)},
				NotResources: []policy.Text{
					policy.Literal("arn:*:iam::*:" + lowered + "/" + start),
					policy.Literal("arn:*:iam::*:" + lowered + "/*/" + start),
				},
			})
		})
		if answer.Verdict == authz.Denied {
			continue
		}
		f := h.Finding(answer)
		name := policy.Concat(policy.Literal("arn:"), h.Deployment.Partition, policy.Literal(":iam::"), h.Deployment.Account,
			policy.Literal(":"+lowered+"/"+start))
		f.Message = fmt.Sprintf("%s can create %s that are not named %s%s.", h.Name(), c.Plural, naming.Name, delegation.Assumed(answer))
		if f.Verdict == lint.Undetermined {
			f.Message = fmt.Sprintf("Whether %s can create %s that are not named %s is not determined, because %s%s.",
				phrase.Uncapital(h.Name()), c.Plural, naming.Name, holders.Because(answer.Reasons), delegation.Assumed(answer))
		}
		f.Key = c.Plural
		denial := fix.Denying([]string{"iam:Create" + string(c.Kind)})
		denial.Resource, denial.NotResource = nil, []policy.Element{{Text: name}}
		if n := len(faults); n > 0 && faults[n-1].finding.Cause == f.Cause && faults[n-1].finding.Verdict == f.Verdict {
			last := faults[n-1]
			last.finding.Message = strings.Replace(last.finding.Message, last.kinds, last.kinds+" and "+c.Plural, 1)
			last.of = append(last.of, c.Kind)
			last.finding.Key += " and " + c.Plural
			last.denial.Action = append(last.denial.Action, denial.Action...)
			last.denial.NotResource = append(last.denial.NotResource, denial.NotResource...)
			continue
		}
		faults = append(faults, &fault{f, answer, c.Plural, []authz.EntityKind{c.Kind}, denial})
	}
	for _, x := range faults {
		x.finding.Parts = h.Granted(delegation.Creating(x.of)...)
		fix.Deny(a, h, &x.finding, holders.Request(x.answer), "Deny it on all names but those that are asked for", x.denial)
		p.Report(x.finding, lint.StartingAt(severity))
	}
}

// certainStart is a glob for the names that a naming rule takes: the rule
// itself, or the literal start of a regular expression; "" where it says
// nothing about the start.
func certainStart(name string) string {
	expression, ok := strings.CutPrefix(name, "regex:")
	if !ok {
		return name
	}
	re, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return ""
	}
	start := literalStart(re.Simplify())
	if start == "" {
		return ""
	}
	return start + "*"
}

// literalStart is what every match that is anchored at the start begins with.
func literalStart(re *syntax.Regexp) string {
	if re.Op != syntax.OpConcat || len(re.Sub) < 2 || re.Sub[0].Op != syntax.OpBeginText && re.Sub[0].Op != syntax.OpBeginLine {
		return ""
	}
	var b strings.Builder
	for _, sub := range re.Sub[1:] {
		if sub.Op != syntax.OpLiteral || sub.Flags&syntax.FoldCase != 0 {
			break
		}
		b.WriteString(string(sub.Rune))
	}
	return b.String()
}
