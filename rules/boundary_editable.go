package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/rules/internal/delegation"
	"github.com/boundlint/boundlint/rules/internal/fix"
	"github.com/boundlint/boundlint/rules/internal/leaks"
)

// BoundaryEditable reports holders who can change what a boundary says.
var BoundaryEditable = &lint.Rule{
	ID: "boundary-editable", Severity: lint.Error, Leg: lint.ThirdLeg,
	Doc: lint.Doc{
		Title: "A holder can change the document of a boundary",
		What: "A boundary is a managed policy, and a principal that can give it a new version, make another version the default one, or " +
			"delete and re-create it, decides what it allows. The rule asks that for every approved boundary; where no boundary block names " +
			"them, for those that the input uses or that conditions on `iam:PermissionsBoundary` name. AWS's own policies cannot be edited.",
		Why: "One `iam:CreatePolicyVersion` lifts the cap of everybody that the boundary binds, and no condition key can stop it: the action " +
			"carries none.",
		Blind: "Whether an older version of the policy allows more only an account dump shows, so `iam:SetDefaultPolicyVersion` alone is " +
			"undetermined elsewhere. So is deleting and creating anew, which works only while nothing uses the policy.",
		Fix: "Take the four actions out of the holder's policies, or deny them on the boundary's full ARN, its path included:\n\n" +
			"    { \"Effect\": \"Deny\", \"Action\": [\"iam:CreatePolicyVersion\", \"iam:SetDefaultPolicyVersion\", \"iam:DeletePolicyVersion\", " +
			"\"iam:DeletePolicy\"],\n" +
			"      \"Resource\": \"arn:aws:iam::111122223333:policy/<boundary>\" }",
		References: []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"},
		Security:   "9.0",
	},
	Run: func(p *lint.Pass) error {
		a, err := holders.Accounts.Of(p)
		if err != nil {
			return err
		}
		for _, h := range a.Actors() {
			judgeEditing(a, p, h, p.Rule.Severity)
		}
		for _, h := range a.UnattachedActors() {
			judgeEditing(a, p, h, p.Rule.Severity.Down())
		}
		return nil
	},
}

// judgeEditing asks for every boundary. What one statement allows on several
// is one finding, and what is certain stands in for what is not.
func judgeEditing(a *holders.Account, p *lint.Pass, h *holders.Holder, severity lint.Severity) {
	byCause := map[string]*lint.Finding{}
	var order []*lint.Finding
	on, answers := map[*lint.Finding][]policy.Text{}, map[*lint.Finding]authz.Answer{}
	certain := false
	for _, b := range leaks.InReach(a, h, editableBoundaries.Of(a), func(b editable) policy.Text { return b.arn }) {
		arn := b.arn
		answer := canEdit(a, h, arn)
		if b.doubt != "" && answer.Verdict == authz.Allowed {
			answer = authz.Answer{
				Verdict: authz.Undetermined, Perhaps: answer.Witness, AssumedAccount: answer.AssumedAccount, Reasons: []authz.Reason{{Text: b.doubt}},
			}
		}
		if answer.Verdict == authz.Denied || delegation.IsGrown(answer) {
			continue
		}
		f := h.Finding(answer)
		f.Key = arn.String()
		if f.Verdict == lint.Undetermined {
			f.Message = fmt.Sprintf("Whether %s can change the document of %s is not determined, because %s%s.",
				phrase.Uncapital(h.Name()), b.name(), holders.Because(answer.Reasons), delegation.Assumed(answer))
		} else {
			certain = true
			f.Message = fmt.Sprintf("%s can change the document of %s%s%s.", h.Name(), b.name(), holders.Before(answer.Witness),
				delegation.Assumed(answer))
		}
		key := string(f.Verdict) + f.Cause
		if f.Cause != "" && byCause[key] != nil {
			on[byCause[key]] = append(on[byCause[key]], b.shown())
			byCause[key].Related = append(byCause[key].Related, lint.Related{
				Address: h.Address, Message: "The same statement allows it on " + arn.String() + ".", Location: f.Location,
			})
			continue
		}
		byCause[key] = &f
		order = append(order, &f)
		on[&f], answers[&f] = []policy.Text{b.shown()}, answer
	}
	for _, f := range order {
		if f.Verdict == lint.Undetermined && certain {
			continue
		}
		if f.Cause != "" && f.Verdict != lint.Undetermined {
			f.Cause += " on " + inOrder(on[f])
		}
		f.Parts = h.Granted(fix.EditingActions...)
		for _, x := range on[f] {
			f.Parts = append(f.Parts, holders.PartOf(x))
		}
		fix.Deny(a, h, f, holders.Request(answers[f]), "Deny it on the boundary, its path included"+fix.LeaveOut,
			fix.Denying(fix.EditingActions, on[f]...))
		fix.GiveDocument(a, h, answers[f], f)
		f.Origin = cmp.Or(f.Origin, leaks.Origin(a, h, f))
		p.Report(*f, lint.StartingAt(severity))
	}
}

// inOrder is what a finding is about, in an order that does not depend on whose
// the finding is.
func inOrder(of []policy.Text) string {
	var out []string
	for _, x := range of {
		out = append(out, x.String())
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// editable is a policy that no principal may edit because it is a boundary, or
// because it may be one.
type editable struct {
	arn   policy.Text
	doubt string
	// pattern is the one that approves boundaries of which the input has none;
	// arn is then of any name that fits it.
	pattern policy.Text
}

// name is what a message calls it.
func (b editable) name() string {
	if !b.pattern.IsEmpty() {
		return "any boundary " + b.pattern.String()
	}
	return "the boundary " + b.arn.String()
}

// shown is its ARN as a remediation names it.
func (b editable) shown() policy.Text {
	if !b.pattern.IsEmpty() {
		return b.pattern
	}
	return b.arn
}

// editableBoundaries are the protected boundaries, and the policies of the
// input that may be the boundary of an entity where that is hidden.
var editableBoundaries = holders.NewDerived(findEditable)

func findEditable(a *holders.Account) []editable {
	var out []editable
	seen := map[string]bool{}
	for _, arn := range a.ProtectedBoundaries() {
		out = append(out, editable{arn: arn})
		seen[arn.Key()] = true
	}
	out = append(out, editablePatterns(a)...)
	for _, h := range a.Holders {
		if h.Boundary != holders.BoundedHidden {
			continue
		}
		hidden := h.Entity.Boundary.Text.Symbols()
		for _, p := range h.Entity.BoundaryMaybe {
			if key := p.ARN.Key(); !seen[key] && p.UseUnknown != nil && len(hidden) > 0 && hidden[0].Kind != policy.SymbolVariable {
				seen[key] = true
				out = append(out, editable{
					arn: p.ARN, doubt: "whether it is the boundary of " + phrase.Entity(h.Entity) + " depends on " + phrase.Symbol(hidden[0]),
				})
			}
		}
	}
	return out
}

// editablePatterns are the patterns that approve boundaries of which none is in
// the input. Who can edit a policy of any name that fits can edit those that
// there are.
func editablePatterns(a *holders.Account) []editable {
	var out []editable
	for _, x := range a.ApprovedARNs() {
		pattern := a.Deployed(x.ARN)
		arn, ok := policy.ParseARN(pattern)
		resource, known := arn.Resource.Known()
		if !ok || !known || !strings.ContainsAny(resource, "*?") || !strings.HasPrefix(resource, "policy/") ||
			holders.IsText(arn.Account, "aws") || holders.IsWildcard(arn.Account) {
			continue
		}
		in := func(b policy.Text) bool {
			parts, _ := policy.ParseARN(b)
			other, known := parts.Resource.Known()
			return !known || policy.Glob(resource, other)
		}
		if slices.ContainsFunc(a.ProtectedBoundaries(), in) {
			continue
		}
		arn.Resource = policy.Literal(strings.NewReplacer("*", "any-name-at-all", "?", "x").Replace(resource))
		out = append(out, editable{arn: arn.Text(), pattern: pattern})
	}
	return out
}

func canEdit(a *holders.Account, h *holders.Holder, arn policy.Text) authz.Answer {
	return a.AskDelegate(h, "edit "+arn.String(), func() authz.Answer {
		return authz.CanEditPolicy(h.Strict(), a.Universe(h.Deployment), arn)
	})
}
