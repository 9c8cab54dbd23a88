package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// BoundaryConditionIneffective reports conditions on iam:PermissionsBoundary
// that read as if they enforced a boundary and do not.
var BoundaryConditionIneffective = &lint.Rule{
	ID: "boundary-condition-ineffective", Severity: lint.Warning, Leg: lint.SecondLeg,
	Doc: lint.Doc{
		Title: "A condition on iam:PermissionsBoundary does not enforce what it seems to",
		What: "Each statement with a condition on `iam:PermissionsBoundary`, or on a key that looks like a misspelling of it, is decided by itself. In an Allow: " +
			"does it also allow a request without a boundary, or with one that is not approved? Can it be met at all, by the actions that it stands on? In a " +
			"Deny: does it let such a request through, or deny whatever boundary is asked for? On the two Delete actions the key holds the boundary that the " +
			"entity has, so that a condition permits exactly the removal it was meant to prevent.",
		Why: "These conditions pass review because they look right: `IfExists` and `ForAllValues` are met by a request without the key, `Null` takes any " +
			"boundary, `StringEquals` takes a wildcard literally, and actions such as `iam:CreatePolicyVersion` never carry the key.",
		Blind: "Whether another statement makes up for it is the matter of delegation-without-boundary, which judges all that a holder has. A pattern " +
			"under which only the holder's other rights decide is judged there too.",
		Fix:        "Write `StringEquals` (or `ArnEquals`) with the full ARN of the boundary, on actions that carry the key; in a Deny `StringNotEquals` with the same ARN.",
		References: []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_multi-value-conditions.html", "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html"},
		Security:   "6.0",
	},
	Run: func(p *lint.Pass) error {
		a, err := accountOf(p)
		if err != nil {
			return err
		}
		seen := map[*policy.Document]bool{}
		for d := range p.Model.AllDocuments() {
			if d.Gone || d.Kind != policy.IdentityPolicy || d.Document == nil || d.Document.Document == nil || seen[d.Document.Document] {
				continue
			}
			seen[d.Document.Document] = true
			a.judgeConditions(p, d)
		}
		for i := range p.Settings.Boundaries {
			if b := &p.Settings.Boundaries[i]; b.Document != nil && b.Document.Document != nil {
				a.judgeConditions(p, iam.PlacedDocument{Document: b.Document, Kind: policy.IdentityPolicy, Address: "boundary." + b.Name})
			}
		}
		return nil
	},
}

// judgeConditions judges each statement of a document that has a condition
// on the boundary.
func (a *account) judgeConditions(p *lint.Pass, d iam.PlacedDocument) {
	for _, s := range d.Document.Document.Statements {
		c := boundaryCondition(s)
		if c == nil || s.Maybe != nil {
			continue
		}
		j := conditionJudge{account: a, document: d.Document.Document, statement: s, condition: c}
		fault := j.judge()
		if fault == "" {
			continue
		}
		at := d.StatementLocation(s.Index, c.Range)
		f := lint.Finding{
			Address: d.Address, Location: at, Key: fmt.Sprintf("%s %s", c.Operator, statementKey(s)),
			Message:     fmt.Sprintf("The condition %s on %s does not enforce a boundary: %s.", c.Operator, c.Key, fault),
			Remediation: j.mend(),
		}
		if !d.Sensitive {
			f.Excerpt = policy.PrintStatement(s, policy.PrintOptions{})
		}
		if j.dead {
			f.Message = fmt.Sprintf("The condition %s on %s can never be met: %s.", c.Operator, c.Key, fault)
		}
		f.Related = a.causedBy(d.Document.Document, s)
		p.Report(f)
	}
}

// statementKey names a statement in fingerprints: by its Sid, else its place.
func statementKey(s *policy.Statement) string {
	if sid, ok := s.Sid.Known(); ok && sid != "" {
		return sid
	}
	return fmt.Sprint(s.Index)
}

// holdersOf are those that are judged and have the document.
func (a *account) holdersOf(d *policy.Document) []*holder {
	if len(a.having) == 0 {
		for _, h := range slices.Concat(a.actors(), a.alone) {
			for _, g := range h.grants {
				if g.document != nil {
					a.having[g.document.Document] = append(a.having[g.document.Document], h)
				}
			}
		}
	}
	return a.having[d]
}

// causedBy links the holders who can create without a boundary because of the
// statement.
func (a *account) causedBy(d *policy.Document, s *policy.Statement) []lint.Related {
	var out []lint.Related
	for _, h := range a.holdersOf(d) {
		for _, c := range creations {
			answer := a.canCreateUnbounded(h, c.kind)
			if _, by, ok := h.granting(answer.Witness); ok && by == s {
				out = append(out, lint.Related{
					Address: h.address, Location: h.location,
					Message: fmt.Sprintf("So %s can create %s without an approved boundary (delegation-without-boundary).", uncapital(h.name()), c.plural),
				})
			}
		}
	}
	return out
}

// boundaryCondition is the first condition of a statement on the boundary, or
// on what was probably meant to be it.
func boundaryCondition(s *policy.Statement) *policy.Condition {
	for i := range s.Condition {
		c := &s.Condition[i]
		if isBoundaryKey(c.Key) || misspelt(c.Key) {
			return c
		}
	}
	return nil
}

// misspelt reports whether a key was probably meant to be the boundary's.
func misspelt(key policy.Text) bool {
	s, ok := key.Known()
	if !ok || strings.EqualFold(s, boundaryConditionKey) {
		return false
	}
	lowered := strings.ToLower(s)
	return strings.HasPrefix(lowered, "iam:perm") && strings.Contains(lowered, "bound") ||
		policy.NearestWithin(lowered, []string{strings.ToLower(boundaryConditionKey)}, 3) != ""
}

// conditionJudge decides one statement by itself.
type conditionJudge struct {
	account   *account
	document  *policy.Document
	statement *policy.Statement
	condition *policy.Condition
	// dead is set where the condition can never be met.
	dead bool
}

// judge says what is wrong with the condition; "" for nothing.
func (j *conditionJudge) judge() string {
	switch j.statement.Effect {
	case policy.Allow:
		return j.judgeAllow()
	case policy.Deny:
		return j.judgeDeny()
	case policy.EffectUnknown:
	}
	return ""
}

// alone is a holder who has nothing but the given statements.
func (j *conditionJudge) alone(statements ...*policy.Statement) *authz.Principal {
	d := &policy.Document{Version: j.document.Version, Statements: statements}
	return &authz.Principal{Account: j.account.model.Deployment.Account, Identity: []*authz.Policy{authz.Compile(d)}}
}

func (j *conditionJudge) universe() *authz.Universe {
	return j.account.universe(j.account.model.Deployment)
}

func (j *conditionJudge) judgeAllow() string {
	holder := j.alone(j.statement)
	u := j.universe()
	for _, kind := range []authz.EntityKind{authz.Role, authz.User} {
		if answer := authz.CanCreateWithoutBoundary(holder, u, kind); answer.Verdict == authz.Allowed {
			return j.spelling() + ", so that it allows " + answer.Witness.String()
		}
	}
	if without := authz.Search(holder, u, &authz.Query{Actions: j.guarded(), Keys: []authz.KeyConstraint{{Key: boundaryConditionKey, Absent: true}}}); without.Verdict == authz.Allowed {
		return j.spelling() + ", so that it allows " + without.Witness.String()
	}
	for _, kind := range []authz.EntityKind{authz.Role, authz.User} {
		if answer := authz.Search(holder, u, &authz.Query{Actions: []string{"iam:Delete" + string(kind) + "PermissionsBoundary"}}); answer.Verdict == authz.Allowed {
			return "on " + answer.Witness.Action + " the key holds the boundary that the entity has now, so that it allows " + answer.Witness.String()
		}
	}
	return j.judgeDead(holder)
}

// guarded are the actions of the statement that a boundary condition is meant
// for, or that are named in full beside them.
func (j *conditionJudge) guarded() []string {
	var out []string
	for _, e := range j.statement.Action {
		name, ok := e.Text.Known()
		if !ok {
			continue
		}
		for action := range catalog.ActionsMatching(name) {
			named := !strings.ContainsAny(name, "*?")
			if named || action.Presence(boundaryConditionKey) != catalog.PresentNever && !strings.HasPrefix(action.Name, "Get") {
				out = append(out, action.String())
			}
		}
	}
	for range j.statement.NotAction[:min(1, len(j.statement.NotAction))] {
		out = append(out, "iam:CreateRole", "iam:CreateUser", "iam:AttachRolePolicy", "iam:AttachUserPolicy", "iam:PutRolePolicy", "iam:PutUserPolicy")
	}
	return out
}

// judgeDead finds the actions, of those named in full, that the condition
// never lets through.
func (j *conditionJudge) judgeDead(holder *authz.Principal) string {
	var dead, never []string
	alive := false
	for _, e := range j.statement.Action {
		name, ok := e.Text.Known()
		if !ok {
			return ""
		}
		if authz.Search(holder, j.universe(), &authz.Query{Actions: []string{name}}).Verdict != authz.Denied {
			alive = true
			continue
		}
		action, known := catalog.LookupAction(name)
		switch {
		case known && action.Presence(boundaryConditionKey) == catalog.PresentNever:
			never = append(never, action.String())
		case known || strings.ContainsAny(name, "*?"):
			dead = append(dead, name)
		}
	}
	switch {
	case len(never) > 0:
		j.dead = true
		return strings.Join(never, ", ") + carry(len(never)) + " the key, so that " + these(len(never)) + " not allowed by this statement"
	case len(dead) > 0 && !alive:
		j.dead = true
		return j.whyDead()
	}
	return ""
}

func carry(n int) string {
	if n == 1 {
		return " never carries"
	}
	return " never carry"
}

func these(n int) string {
	if n == 1 {
		return "it is"
	}
	return "they are"
}

// judgeDeny asks what the Deny lets through, of all that it covers, to
// somebody who is allowed everything.
func (j *conditionJudge) judgeDeny() string {
	everything := []policy.Element{{Text: policy.Literal("*")}}
	allow := &policy.Statement{Effect: policy.Allow, Action: everything, Resource: everything}
	if j.statement.Resource != nil {
		allow.Resource = j.statement.Resource
	}
	if len(j.statement.Action) > 0 {
		allow.Action = j.statement.Action
	}
	holder := j.alone(allow, j.statement)
	u := j.universe()
	judged := false
	for _, kind := range []authz.EntityKind{authz.Role, authz.User} {
		create := &authz.Query{Actions: []string{"iam:Create" + string(kind)}}
		if authz.Search(j.alone(allow), u, create).Verdict != authz.Allowed || !j.covers("iam:Create"+string(kind)) {
			continue
		}
		judged = true
		if answer := authz.CanCreateWithoutBoundary(holder, u, kind); answer.Verdict == authz.Allowed {
			return j.spelling() + ", so that it lets through " + answer.Witness.String()
		}
		if authz.Search(holder, u, create).Verdict == authz.Denied {
			return "it denies iam:Create" + string(kind) + " whatever boundary is asked for"
		}
	}
	if judged {
		return ""
	}
	return j.wrongWayRound(holder, u)
}

// covers reports whether the statement speaks of an action.
func (j *conditionJudge) covers(action string) bool {
	match := func(list []policy.Element) bool {
		return slices.ContainsFunc(list, func(e policy.Element) bool {
			s, ok := e.Text.Known()
			return ok && policy.GlobFold(s, action)
		})
	}
	if j.statement.NotAction != nil {
		return !match(j.statement.NotAction)
	}
	return match(j.statement.Action)
}

// wrongWayRound finds a Deny of the Delete actions that lets the removal of an
// approved boundary through.
func (j *conditionJudge) wrongWayRound(holder *authz.Principal, u *authz.Universe) string {
	for _, kind := range []authz.EntityKind{authz.Role, authz.User} {
		action := "iam:Delete" + string(kind) + "PermissionsBoundary"
		if !j.covers(action) {
			continue
		}
		if answer := authz.Search(holder, u, &authz.Query{Actions: []string{action}}); answer.Verdict == authz.Allowed {
			return "on " + answer.Witness.Action + " the key holds the boundary that the entity has now, so that it lets through " + answer.Witness.String()
		}
	}
	return ""
}

// mend is what to write instead.
func (j *conditionJudge) mend() string {
	boundary := j.account.iamPrefix(&holder{deployment: j.account.model.Deployment}) + "policy/<boundary>"
	for _, x := range namedBoundaries(&iam.Document{Document: j.document}) {
		boundary = x.String()
	}
	if j.statement.Effect == policy.Deny {
		return fmt.Sprintf("Write the Deny so that it also fires where no boundary is given:\n\n  \"Condition\": { \"StringNotEquals\": { \"iam:PermissionsBoundary\": %q } }", boundary)
	}
	if j.dead {
		return "Take the actions that do not carry the key into a statement of their own, limited by their resources, and leave the condition on those that do " +
			"(iam:CreateRole, iam:CreateUser, iam:Put*PermissionsBoundary, and attaching, writing and deleting the policies of roles and users)."
	}
	return fmt.Sprintf("Require the boundary by its full ARN:\n\n  \"Condition\": { \"StringEquals\": { \"iam:PermissionsBoundary\": %q } }", boundary)
}
