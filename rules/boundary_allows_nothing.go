package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
)

// BoundaryAllowsNothing reports boundaries under which nothing is permitted.
var BoundaryAllowsNothing = &lint.Rule{
	ID:       "boundary-allows-nothing",
	Severity: lint.Warning,
	Leg:      lint.ThirdLeg,
	Doc: lint.Doc{
		Title: "A permissions boundary under which nothing is allowed",
		What: `The document of a boundary has nothing but Deny statements, or its Allow statements can never match: their actions do not ` +
			`exist or do not go with their resources, their conditions cannot be met, or a Deny without condition takes back all that they give. ` +
			`A policy is a boundary where an entity of the input has it as such or a boundary block of the configuration names it; documents ` +
			`given in the configuration are judged too.`,
		Why: `A boundary is the most that its holder may do, so what it does not allow is refused, whatever else is attached. A ` +
			`document of Deny statements alone looks like a list of exceptions and stops everything. It is found out in production, and then the ` +
			`boundary is taken off in a hurry.`,
		Blind: `Only what can never match is reported: a boundary that allows something useless is not. Actions that AWS does not list ` +
			`may be new and count as existing. A document that is known only after apply is reported as undetermined.`,
		Fix:        `Add a statement that allows what the holders need, or Allow * and keep the Deny statements as the exceptions to it.`,
		References: []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"},
		Security:   "3.0",
	},
	Run: func(p *lint.Pass) error {
		boundaries, err := holders.BoundaryDocuments(p)
		if err != nil {
			return err
		}
		for _, b := range boundaries {
			judgeBoundary(p, b)
		}
		judgePerhapsBoundaries(p)
		return nil
	},
}

// judgePerhapsBoundaries looks at policies that no principal holds and no principal has as
// boundary, where the boundary of some entity is hidden and may be any of
// them: one without an Allow can serve for nothing else.
func judgePerhapsBoundaries(p *lint.Pass) {
	var hidden *policy.Symbol
	for e := range p.Entities() {
		if s := e.Boundary.Text.Symbol(); e.Boundary.Set && s != nil && s.Kind == policy.SymbolUnknown {
			hidden = s
		}
	}
	if hidden == nil {
		return
	}
	for _, m := range p.Model.Policies {
		if m.Document == nil || m.Document.Document == nil || m.Gone() || len(m.BoundaryOf)+len(m.HeldBy)+len(m.HeldByGroups) > 0 {
			continue
		}
		d := m.Document.Document
		if d.Unknown != nil || d.Invalid || slices.ContainsFunc(d.Statements, func(s *policy.Statement) bool {
			l, _ := statementLife(d, s, p.Settings.Today)
			return s.Effect != policy.Deny && l != dead
		}) {
			continue
		}
		p.Report(lint.Finding{
			Verdict: lint.Undetermined, Address: m.Address, Attribute: m.Document.Location.Attribute, Location: m.Document.Location,
			Message: fmt.Sprintf("The policy allows nothing, and whether it is the boundary of an entity depends on %s.",
				phrase.HiddenBy(hidden)),
			Remediation: "Add an Allow statement if the policy is to be a boundary.",
		})
	}
}

// life says whether an Allow can ever match.
type life uint8

const (
	dead life = iota
	uncertain
	alive
)

func judgeBoundary(p *lint.Pass, b iam.PlacedDocument) {
	f := lint.Finding{Address: b.Address, Attribute: b.Location.Attribute, Location: b.Location}
	if b.Unknown != nil {
		f.Verdict = lint.Undetermined
		f.Message = fmt.Sprintf("The document of the boundary depends on %s: whether it allows anything cannot be said.",
			phrase.HiddenBy(b.Unknown))
		f.Remediation = "Give the document in the configuration, or lint the plan after what it depends on is known."
		p.Report(f)
		return
	}
	if b.Invalid {
		// policy-invalid says why; what such a document allows is not known.
		return
	}
	var reasons []string
	allows, best := 0, dead
	var hidden *policy.Symbol
	for _, s := range b.Statements {
		if s.Effect == policy.Deny {
			continue
		}
		allows++
		l, why := statementLife(b.Document.Document, s, p.Settings.Today)
		if s.Effect == policy.EffectUnknown || s.Maybe != nil {
			l = min(l, uncertain)
			hidden = s.EffectText.Symbol()
			if hidden == nil {
				hidden = s.Maybe
			}
		}
		best = max(best, l)
		if l == dead {
			reasons = append(reasons, phrase.Statement(s)+" "+why)
		}
	}
	switch {
	case best == alive:
		return
	case best == uncertain:
		f.Verdict = lint.Undetermined
		f.Message = fmt.Sprintf("Whether the boundary allows anything depends on %s.", phrase.HiddenBy(hidden))
		f.Remediation = "Write at least one Allow statement whose effect, actions and resources are known."
	case allows == 0:
		f.Message = "The boundary allows nothing: it has no Allow statement, and a Deny grants nothing."
		f.Remediation = `Add a statement with Effect Allow, Action "*" and Resource "*", to which the Deny statements are exceptions.`
	default:
		f.Message = fmt.Sprintf("The boundary allows nothing: %s.", strings.Join(reasons, "; "))
		f.Remediation = "Write an Allow statement that can match."
		f.Location = b.StatementLocation(firstAllow(b.Statements).Index, policy.Range{})
	}
	p.Report(f)
}

func firstAllow(list []*policy.Statement) *policy.Statement {
	return list[slices.IndexFunc(list, func(s *policy.Statement) bool { return s.Effect != policy.Deny })]
}

// statementLife judges an Allow. It calls a statement dead only where that is
// certain; why then says so, to follow the statement's name.
func statementLife(d *policy.Document, s *policy.Statement, now time.Time) (l life, why string) {
	switch {
	case s.Unknown != nil:
		return uncertain, ""
	case s.NotAction == nil && len(s.Action) == 0:
		return dead, "names no action"
	case s.NotResource == nil && len(s.Resource) == 0:
		return dead, "names no resource"
	case slices.ContainsFunc(s.NotAction, holders.IsStar):
		return dead, "exempts every action"
	case slices.ContainsFunc(s.NotResource, holders.IsStar):
		return dead, "exempts every resource"
	}
	if key, never := authz.NeverMet(s.Condition, d.Variables(), now); never {
		return dead, "asks of " + key + " what no request fulfils"
	}
	hidden := slices.ContainsFunc(slices.Concat(s.Action, s.NotAction, s.Resource, s.NotResource), holders.IsHidden)
	switch {
	case deniesAll(d):
		return dead, "is taken back by a Deny of everything"
	case hidden && (!slices.ContainsFunc(s.Action, holders.IsStar) || !slices.ContainsFunc(s.Resource, holders.IsStar)):
		return uncertain, ""
	case s.NotAction != nil || slices.ContainsFunc(s.Action, holders.IsStar):
		return alive, ""
	}
	return actionsLife(d, s)
}

// actionsLife judges an Allow by the actions that it lists.
func actionsLife(d *policy.Document, s *policy.Statement) (l life, why string) {
	for _, e := range s.Action {
		text, known := e.Text.Known()
		if !known {
			return alive, ""
		}
		if strings.ContainsAny(text, " \t\n\r,") {
			continue
		}
		found := false
		for a := range catalog.ActionsMatching(text) {
			found = true
			reason := actionDead(d, s, a)
			if reason == "" {
				return alive, ""
			}
			if why == "" {
				why = reason
			}
		}
		if !found && !strings.ContainsAny(text, "*?") {
			// It may be newer than the catalog.
			return alive, ""
		}
	}
	if why == "" {
		why = "names actions that do not exist"
	}
	return dead, why
}

// actionDead says why no request of the action is allowed by the statement;
// "" where one may be.
func actionDead(d *policy.Document, s *policy.Statement, a *catalog.Action) string {
	if s.NotResource == nil && !slices.ContainsFunc(s.Resource, func(e policy.Element) bool { return takes(a, e) }) {
		return fmt.Sprintf("names resources that %s is not authorised on", a)
	}
	for i := range s.Condition {
		if key, never := neverMet(&s.Condition[i], a); never {
			return fmt.Sprintf("asks for %s, which no request of %s carries", key, a)
		}
	}
	for _, deny := range d.Statements {
		if deniesAction(deny, s, a) {
			return fmt.Sprintf("is taken back by the Deny in %s", phrase.Statement(deny))
		}
	}
	return ""
}

// takes reports whether some resource of the action may match the entry.
func takes(a *catalog.Action, e policy.Element) bool {
	if holders.IsStar(e) {
		return true
	}
	if a.TakesNoResource() {
		return false
	}
	entry := strings.ToLower(entryGlob(e.Text))
	for _, r := range a.ResourceTypes {
		for _, pattern := range r.Type.Patterns() {
			if policy.GlobsMeet(entry, strings.ToLower(pattern)) {
				return true
			}
		}
	}
	return false
}

// entryGlob is an entry with a star for each symbol and each variable, and
// for the tail of an ARN that is too short.
func entryGlob(x policy.Text) string {
	glob := policy.ParseTemplate(x, true).Glob()
	if strings.Count(glob, ":") < 5 {
		glob += "*"
	}
	return glob
}

// neverMet reports whether a condition cannot hold for any request of the
// action, because its key never comes with it.
func neverMet(c *policy.Condition, a *catalog.Action) (key string, never bool) {
	name, known := c.Operator.Known()
	key, knownKey := c.Key.Known()
	if !known || !knownKey {
		return "", false
	}
	op, err := policy.ParseOperator(name)
	if err != nil || op.OddCase || op.IfExists || op.Set == policy.ForAllValues || op.Negated && op.Set != policy.ForAnyValue {
		return "", false
	}
	if op.Family == policy.FamilyNull && slices.ContainsFunc(c.Values, func(e policy.Element) bool {
		v, known := e.Text.Known()
		return !known || !strings.EqualFold(v, "false")
	}) {
		return "", false
	}
	if _, listed := catalog.LookupKey(key); !listed {
		return "", false
	}
	return key, a.Presence(key) == catalog.PresentNever
}

// deniesAll reports whether a statement certainly refuses every request.
func deniesAll(d *policy.Document) bool {
	return slices.ContainsFunc(d.Statements, func(s *policy.Statement) bool {
		return certainDeny(s) && slices.ContainsFunc(s.Action, holders.IsStar) && slices.ContainsFunc(s.Resource, holders.IsStar)
	})
}

// certainDeny reports whether a statement is a Deny without conditions.
func certainDeny(s *policy.Statement) bool {
	return s.Effect == policy.Deny && s.Maybe == nil && s.Unknown == nil && len(s.Condition) == 0
}

// deniesAction reports whether deny certainly refuses every request of the
// action that allow allows.
func deniesAction(deny, allow *policy.Statement, a *catalog.Action) bool {
	if !certainDeny(deny) || !slices.ContainsFunc(deny.Action, func(e policy.Element) bool {
		text, known := e.Text.Known()
		return known && policy.GlobFold(text, a.String())
	}) {
		return false
	}
	if slices.ContainsFunc(deny.Resource, holders.IsStar) {
		return true
	}
	return len(allow.Resource) > 0 && !slices.ContainsFunc(allow.Resource, func(e policy.Element) bool {
		return !slices.ContainsFunc(deny.Resource, func(d policy.Element) bool { return d.Text.Equal(e.Text) })
	})
}
