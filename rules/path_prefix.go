package rules

import (
	"fmt"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
)

// PathPrefix reports entities below a path other than the configured one.
var PathPrefix = &lint.Rule{
	ID: "path-prefix", Severity: lint.Error, Leg: lint.FirstLeg, Topic: lint.NamingTopic,
	Doc: lint.Doc{
		Title: "An IAM path is none of those configured",
		What: "Where a `naming` block asks for a `path`, the resource has to be below it. A resource without a path is at `/`. Without such a " +
			"block the rule is silent.",
		Why: "Policies of a delegation may be scoped by path (`role/teams/a/*`): what stands elsewhere is out of that scope, or in " +
			"another one.",
		Blind:      "Users and roles of the same name under two paths are one name to IAM; that they clash is not reported here.",
		Fix:        "Set `path`; IAM cannot move a role, so that Terraform replaces it.",
		References: []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html"},
		Security:   "4.0",
	},
	Run: func(p *lint.Pass) error {
		return judgeNames(p, func(n lint.Naming) string { return n.Path }, judgePath)
	},
}

func judgePath(p *lint.Pass, n nameable, pattern *lint.Pattern) {
	path := policy.Literal("/")
	location := n.location
	if n.path.Set {
		path = n.path.Text
		if n.path.Location.HasFile() {
			location = n.path.Location
		}
	}
	f := lint.Finding{Address: n.address, Attribute: "path", Location: location}
	f.Remediation, f.Fix = moving(n, pattern)
	name, known := n.text.Known()
	if !known || n.name.Sensitive {
		name = n.address
	}
	switch pattern.Match(path) {
	case policy.True:
		return
	case policy.False:
		f.Message = fmt.Sprintf("the %s %s is at the path %s, which is not %s", n.kind, name, path, patternName(pattern))
		if n.path.Sensitive {
			f.Message = fmt.Sprintf("the %s %s is at a path which is not %s", n.kind, name, patternName(pattern))
		}
	case policy.Maybe:
		f.Verdict, f.HiddenBy = lint.Undetermined, phrase.HiddenIn(n.path)
		f.Message = fmt.Sprintf("whether the path of the %s %s is %s depends on %s", n.kind, name, patternName(pattern), phrase.HiddenIn(n.path))
	}
	f.Message = phrase.Sentence(f.Message)
	p.Report(f)
}

// moving is the line to write, with its data where the pattern tells it.
func moving(n nameable, pattern *lint.Pattern) (string, *lint.Fix) {
	what := fmt.Sprintf("Set a path that is %s, and mind that this replaces the %s", patternName(pattern), n.kind)
	start, rest, _ := strings.Cut(pattern.String(), "*")
	if rest != "" || strings.ContainsAny(start, "?:") || !strings.HasPrefix(start, "/") || !strings.HasSuffix(start, "/") {
		return what + ".", nil
	}
	expression := fmt.Sprintf("%q", start)
	return phrase.WithCode(what, "path = "+expression), &lint.Fix{Address: n.address, Attribute: "path", Expression: expression}
}
