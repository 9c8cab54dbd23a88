package rules

import (
	"fmt"
	"slices"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/rules/internal/conditions"
	"github.com/boundlint/boundlint/rules/internal/delegation"
)

// BoundaryConditionIneffective reports conditions on iam:PermissionsBoundary
// that read as if they enforced a boundary and do not.
var BoundaryConditionIneffective = &lint.Rule{
	ID: "boundary-condition-ineffective", Severity: lint.Warning, Leg: lint.SecondLeg,
	Doc: lint.Doc{
		Title: "A condition on iam:PermissionsBoundary does not enforce what it seems to",
		What: "Each statement with a condition on `iam:PermissionsBoundary`, or on a key that looks like a misspelling of it, is decided by " +
			"itself. In an Allow: does it also allow a request without a boundary, or with one that is not approved? Can it be met at all, by " +
			"the actions that it stands on, and by the tags of who has it or of the entities that the statement names, where it asks for those? " +
			"In a Deny, taken together with the other Denies of the policy: does it let such a request through, or deny whatever boundary is " +
			"asked for? On the two Delete actions the key holds the boundary that the entity has, so that a condition permits exactly the " +
			"removal it was meant to prevent.",
		Why: "These conditions pass review because they look right: `IfExists` and `ForAllValues` are met by a request without the key, " +
			"`Null` takes any boundary, `StringEquals` takes a wildcard literally, and actions such as `iam:CreatePolicyVersion` never carry " +
			"the key.",
		Blind: "Where everybody of the input who has the policy is stopped by something else, a Deny or its own boundary, nothing is said, " +
			"nor of a boundary that denies in one statement what another leaves open. A pattern under which only the holder's other rights " +
			"decide is the matter of delegation-without-boundary.",
		Fix: "Write `StringEquals` (or `ArnEquals`) with the full ARN of the boundary, on actions that carry the key; in a Deny " +
			"`StringNotEquals` with the same ARN.",
		References: []string{
			"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_multi-value-conditions.html",
			"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html",
		},
		Security: "6.0",
	},
	Run: func(p *lint.Pass) error {
		a, err := holders.Accounts.Of(p)
		if err != nil {
			return err
		}
		seen := map[*policy.Document]bool{}
		for d := range p.Model.AllDocuments() {
			if d.Gone || d.Kind != policy.IdentityPolicy && !d.Kind.OfOrganization() || d.Document.Document == nil || seen[d.Document.Document] {
				continue
			}
			seen[d.Document.Document] = true
			judgeConditions(a, p, d)
		}
		for i := range p.Settings.Boundaries {
			if b := &p.Settings.Boundaries[i]; b.Document != nil && b.Document.Document != nil {
				judgeConditions(a, p, iam.PlacedDocument{Document: b.Document, Kind: policy.IdentityPolicy, Address: "boundary." + b.Name})
			}
		}
		return nil
	},
}

// judgeConditions judges each statement of a document that has a condition
// on the boundary.
func judgeConditions(a *holders.Account, p *lint.Pass, d iam.PlacedDocument) {
	if d.Invalid {
		// policy-invalid says why; IAM takes no such document.
		return
	}
	var joint *lint.Finding
	var found []faulty
	for _, s := range d.Statements {
		c := conditions.BoundaryCondition(s)
		if c == nil {
			continue
		}
		fault := openFault(a, d, s, c)
		if fault.Why == "" {
			fault = conditions.DeadByTags(a, d.Document.Document, s)
		}
		if fault.Why == "" {
			fault = conditions.DeadOnResources(a, d.Document.Document, s)
		}
		if fault.Why == "" {
			continue
		}
		f := conditionFinding(a, d, s, c, fault)
		if fault.Joint && joint != nil {
			joint.Related = append(joint.Related, lint.Related{Address: f.Address, Location: f.Location, Message: f.Message})
			continue
		}
		if fault.Joint {
			joint = f
		}
		found = append(found, faulty{f, s.Index + 1, sameFault{f.Verdict, c.Operator.String(), f.Remediation, fault.Dead}})
	}
	for _, f := range together(found) {
		p.Report(*f)
	}
}

// faulty is what is found of a statement, with its number in the document.
type faulty struct {
	*lint.Finding
	number int
	fault  sameFault
}

// sameFault is equal for conditions that are written in the same way, and fixed in
// the same way.
type sameFault struct {
	verdict               lint.Verdict
	operator, remediation string
	dead                  bool
}

// mostApart is how many conditions of one document with the same fault are found one by
// one. More of them were written, and are fixed, in one go.
const mostApart = 10

// together makes one finding of many of one document with the same fault.
func together(found []faulty) []*lint.Finding {
	alike := map[sameFault][]faulty{}
	for _, f := range found {
		alike[f.fault] = append(alike[f.fault], f)
	}
	var out []*lint.Finding
	for _, f := range found {
		all := alike[f.fault]
		switch {
		case len(all) <= mostApart:
			out = append(out, f.Finding)
		case f.Finding == all[0].Finding:
			out = append(out, standingFor(f.Finding, all[1:]))
		}
	}
	return out
}

// standingFor is a finding with the places of others with the same fault.
func standingFor(f *lint.Finding, others []faulty) *lint.Finding {
	one := *f
	one.Related = slices.Clone(f.Related)
	one.Parts = []string{f.Key}
	if f.Fix != nil {
		fix := *f.Fix
		one.Fix = &fix
	}
	for i, other := range others {
		if one.Fix != nil && other.Fix != nil {
			one.Fix.Also = append(one.Fix.Also, other.Fix)
		}
		one.Parts = append(one.Parts, other.Key)
		if i < mostApart {
			one.Related = append(one.Related, lint.Related{
				Address: other.Address, Location: other.Location, Message: fmt.Sprintf("statement %d has the same fault", other.number),
			})
		}
	}
	if more := len(others) - mostApart; more > 0 {
		message := phrase.Count(more, "further statement has", "further statements have") + " the same fault"
		one.Related = append(one.Related, lint.Related{Address: f.Address, Location: f.Location, Message: message})
	}
	one.Remediation += fmt.Sprintf("\n\nDo the same in the %d other statements.", len(others))
	return &one
}

// openFault is the first fault of a condition that matters: where everybody
// who has the document is stopped by something else, the next one may count.
func openFault(a *holders.Account, d iam.PlacedDocument, s *policy.Statement, c *policy.Condition) conditions.Fault {
	var closed []string
	for {
		fault := conditions.Judge(a, d.Document.Document, s, c, closed)
		if fault.Why == "" {
			return fault
		}
		open := conditions.OpensFor(a, d, fault.Opens)
		if open.Verdict == authz.Denied {
			closed = append(closed, fault.Opens.Name)
			continue
		}
		if open.Verdict == authz.Undetermined && !fault.Hidden {
			fault.Why, fault.Hidden = holders.Because(open.Reasons), true
		}
		return fault
	}
}

// conditionFinding tells of one condition.
func conditionFinding(a *holders.Account, d iam.PlacedDocument, s *policy.Statement, c *policy.Condition,
	fault conditions.Fault,
) *lint.Finding {
	f := &lint.Finding{
		Address: d.Address, Location: d.StatementLocation(s.Index, c.Range), Key: fmt.Sprintf("%s %s", c.Operator, d.StatementKey(s)),
		Message: fmt.Sprintf("The condition %s on %s does not enforce a boundary: %s.", c.Operator, c.Key, fault.Why),
	}
	f.Remediation, f.Fix = fault.Fix.Write(a, d, s, c)
	if !d.Sensitive {
		f.Excerpt = policy.PrintStatement(s, policy.PrintOptions{})
	}
	switch {
	case fault.Hidden:
		f.Verdict = lint.Undetermined
		f.Message = fmt.Sprintf("Whether the condition %s on %s enforces a boundary is not determined, because %s.", c.Operator, c.Key, fault.Why)
	case fault.Dead:
		f.Message = fmt.Sprintf("The condition %s on %s can never be met: %s.", c.Operator, c.Key, fault.Why)
	}
	f.Related = causedBy(a, d.Document.Document, s)
	return f
}

// mostCaused bounds the holders that are linked to one condition.
const mostCaused = 10

// causedBy links the holders who can create without a boundary because of the
// statement: an Allow that grants it, or a Deny that does not stop it.
func causedBy(a *holders.Account, d *policy.Document, s *policy.Statement) []lint.Related {
	var out []lint.Related
	for _, h := range holders.HavingDocument.Of(a)[d] {
		for _, c := range delegation.Creations {
			answer := delegation.CanCreateUnbounded(a, h, c.Kind)
			g, by, ok := h.Granting(answer.Witness)
			if answer.Witness == nil || s.Effect == policy.Allow && (!ok || g.Document == nil || g.Document.Document != d || by.Index != s.Index) {
				continue
			}
			if len(out) == mostCaused {
				return out
			}
			out = append(out, lint.Related{
				Address: h.Address, Location: h.Location,
				Message: fmt.Sprintf("So %s can create %s without an approved boundary (delegation-without-boundary).", phrase.Uncapital(h.Name()),
					c.Plural),
			})
		}
	}
	return out
}
