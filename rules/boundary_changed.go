package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/escalation"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
)

// BoundaryChanged reports plans that change what a boundary allows.
var BoundaryChanged = &lint.Rule{
	ID: "boundary-changed", Severity: lint.Warning, Leg: lint.ThirdLeg,
	Doc: lint.Doc{
		Title: "The plan changes what a permissions boundary allows",
		What: "The rule compares the document of a boundary before and after the plan by what they mean: which actions its holders gain and " +
			"which they lose in the worst case, where their own policies allow everything. A boundary that is written in another way and " +
			"allows the same is not reported. Where its holders gain something, the finding is a warning; where they only lose, a note.",
		Why: "A boundary caps every role and user that carries it. One line in its document changes what all of them can ever do, and the " +
			"diff does not show who they are.",
		Blind: "Only a plan knows what was there before. A boundary that an entity gets in place of another is boundary-removed's to report. " +
			"Only actions that this build knows are compared, and those that a document names.",
		Fix: "Review what is gained: `boundlint diff plan.json` lists every action with a request that is newly allowed, and what the " +
			"holders gain in fact. Exempt the policy until the change is applied if it is intended.",
		References: []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"},
		Security:   "5.0",
	},
	SeenIn: func(m *iam.Model) bool { return m.Input.Kind == iam.InputPlan },
	Run: func(p *lint.Pass) error {
		a, err := holders.Accounts.Of(p)
		if err != nil {
			return err
		}
		for _, m := range p.Model.Policies {
			p.Check()
			if m.Before != nil && !m.Gone() && m.Document != nil && m.Document.Document != nil && !m.Document.Text.Equal(m.Before.Text) &&
				(m.BoundaryUnknown != nil || a.ServesAsBoundary(m)) {
				judgeChange(a, p, m)
			}
		}
		return nil
	},
}

// judgeChange reports what the holders of a boundary gain and lose.
func judgeChange(a *holders.Account, p *lint.Pass, m *iam.ManagedPolicy) {
	f := lint.Finding{
		Address: m.Address, Attribute: "policy", Location: m.Document.Location,
		Remediation: "Review the change: boundlint diff lists what is newly allowed, each with a request.",
	}
	undetermined := func(what, because string) {
		f.Verdict, f.Because = lint.Undetermined, because
		f.Message = fmt.Sprintf("Whether %s is not determined, because %s.", what, because)
		p.Report(f)
	}
	if hidden := m.Document.Unknown; hidden != nil {
		f.HiddenBy = phrase.HiddenBy(hidden)
		undetermined("holders of the boundary "+m.Address+" gain something by its change", "its document depends on "+f.HiddenBy)
		return
	}
	c := changeOf(a, m)
	switch {
	case len(c.gained)+len(c.lost)+len(c.mayGain)+len(c.mayLose) == 0:
	case m.Document.Sensitive || m.Before.Sensitive:
		f.Message = fmt.Sprintf("The plan changes what the boundary %s allows, and its document is sensitive.", m.Address)
		p.Report(f)
	case !a.ServesAsBoundary(m):
		f.HiddenBy = phrase.HiddenBy(m.BoundaryUnknown)
		undetermined("the policy "+m.Address+", which the plan changes, is the boundary of an entity", "that depends on "+f.HiddenBy)
	case len(c.gained) > 0:
		f.Message = fmt.Sprintf("The plan changes the boundary %s: in the worst case its holders gain %s%s.", m.Address, actionsOf(c.gained),
			c.losing())
		for i := range c.gained {
			f.Parts = append(f.Parts, c.gained[i].Name)
		}
		f.Witness = (&holders.Holder{Address: m.Address, Principal: c.holder}).Witness(sensitiveFirst(c.gained)[0].Answer.Witness)
		p.Report(f)
	case len(c.mayGain) > 0:
		undetermined("holders of the boundary "+m.Address+" gain "+namesOf(c.mayGain)+" in the worst case, now that the plan changes it",
			holders.Because(c.mayGain[0].Answer.Reasons))
	case len(c.lost) > 0:
		f.Message = fmt.Sprintf("The plan changes the boundary %s: in the worst case its holders lose %s.", m.Address, actionsOf(c.lost))
		p.Report(f, lint.Exactly(lint.Note))
	default:
		undetermined("holders of the boundary "+m.Address+" lose "+namesOf(c.mayLose)+" in the worst case, now that the plan changes it",
			holders.Because(c.mayLose[0].Answer.Reasons))
	}
}

// boundaryChange is what holders of a boundary gain and lose in the worst case,
// for certain and perhaps.
type boundaryChange struct {
	holder                         *authz.Principal
	gained, mayGain, lost, mayLose []authz.Gain
}

func changeOf(a *holders.Account, m *iam.ManagedPolicy) boundaryChange {
	holder := func(document *authz.Policy) *authz.Principal {
		bearer := authz.Bearer(policy.Text{}, authz.KindRole, document)
		bearer.Account = m.Deployment.Account
		return bearer
	}
	before, after := holder(authz.Compile(m.Before.Document)), holder(a.Compile(m.Document, m.Address))
	c := boundaryChange{holder: after}
	c.gained, c.mayGain = byCertainty(authz.Gained(after, before, a.Universe(m.Deployment)))
	c.lost, c.mayLose = byCertainty(authz.Gained(before, after, a.Universe(m.Deployment)))
	return c
}

// byCertainty tells apart what is certain and what is not.
func byCertainty(gains []authz.Gain) (certain, perhaps []authz.Gain) {
	for _, g := range gains {
		if g.Answer.Verdict == authz.Allowed {
			certain = append(certain, g)
		} else {
			perhaps = append(perhaps, g)
		}
	}
	return certain, perhaps
}

// losing says what is lost besides; "" for nothing.
func (c *boundaryChange) losing() string {
	if len(c.lost) == 0 {
		return ""
	}
	return " and lose " + actionsOf(c.lost)
}

// fewActions is how many actions a message names.
const fewActions = 5

// actionsOf counts actions and names some: 7 actions (iam:PassRole, ...).
func actionsOf(gains []authz.Gain) string {
	return fmt.Sprintf("%s (%s)", phrase.Count(len(gains), "action", "actions"), namesOf(gains))
}

// namesOf names the first few actions, sensitive ones first.
func namesOf(gains []authz.Gain) string {
	var names []string
	for _, g := range sensitiveFirst(gains) {
		names = append(names, g.Name)
	}
	if len(names) > fewActions+1 {
		names = append(names[:fewActions], fmt.Sprintf("and %d more", len(names)-fewActions))
	}
	return strings.Join(names, ", ")
}

func sensitiveFirst(gains []authz.Gain) []authz.Gain {
	out := slices.Clone(gains)
	rank := func(g *authz.Gain) int {
		if escalation.IsSensitive(g) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(out, func(a, b authz.Gain) int { return rank(&a) - rank(&b) })
	return out
}
