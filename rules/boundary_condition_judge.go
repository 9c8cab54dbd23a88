package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// conditionFault is what is wrong with a condition on the boundary.
type conditionFault struct {
	// why follows a colon; "" for no fault. mend is what to write.
	why, mend string
	// dead tells that the condition can never be met, hidden that something
	// hides whether it enforces.
	dead, hidden bool
}

// judgeCondition decides the statement of a condition by itself; for a Deny
// together with the other Denies of its document, which may make up for it.
// Like statements are judged once.
func (a *account) judgeCondition(d *policy.Document, s *policy.Statement, c *policy.Condition) conditionFault {
	key, known := likeStatement(d, s)
	if fault, ok := a.conditions[key]; known && ok {
		return fault
	}
	fault := a.decideCondition(d, s, c)
	if known {
		a.conditions[key] = fault
	}
	return fault
}

// likeStatement is equal for statements that are judged alike, and false where
// something in them is hidden.
func likeStatement(d *policy.Document, s *policy.Statement) (string, bool) {
	var b strings.Builder
	fmt.Fprintf(&b, "%v", d.Variables())
	add := func(s *policy.Statement) { b.WriteString(policy.PrintStatement(s, policy.PrintOptions{})) }
	add(s)
	for _, other := range d.Statements {
		if s.Effect == policy.Deny && other.Effect == policy.Deny && other != s {
			add(other)
		}
	}
	return b.String(), !strings.Contains(b.String(), "<") && s.Maybe == nil
}

func (a *account) decideCondition(d *policy.Document, s *policy.Statement, c *policy.Condition) conditionFault {
	judge := func(s *policy.Statement) conditionFault {
		j := conditionJudge{account: a, document: d, statement: s, condition: c}
		fault := conditionFault{why: j.judge(), dead: j.dead}
		if fault.why != "" {
			fault.mend = j.mend()
		}
		return fault
	}
	certain, possible, hidden := unmasked(s)
	fault := judge(certain)
	switch {
	case hidden == "":
		return fault
	case fault.why == "" || len(certain.Resource) == 0 && len(s.Resource) > 0 || s.Maybe != nil:
		if fault = judge(possible); fault.why != "" {
			fault.why, fault.hidden = hidden, true
		}
	}
	return fault
}

// unmasked are a statement without its hidden actions and resources, and one
// that has in their place whatever is worst; hidden follows "because" and is ""
// where nothing is hidden.
func unmasked(s *policy.Statement) (certain, possible *policy.Statement, hidden string) {
	least, most := *s, *s
	what := func(name string, x policy.Text) { hidden = "its " + name + " hangs on " + symbolName(x.Symbols()[0]) }
	for _, list := range []struct {
		name        string
		from        []policy.Element
		least, most *[]policy.Element
		worst       []string
	}{
		{"action", s.Action, &least.Action, &most.Action, []string{"iam:CreateRole", "iam:PassRole"}},
		{"resource", s.Resource, &least.Resource, &most.Resource, []string{"*"}},
	} {
		if !slices.ContainsFunc(list.from, func(e policy.Element) bool { return isHidden(e) }) {
			continue
		}
		*list.least, *list.most = []policy.Element{}, []policy.Element{}
		for _, e := range list.from {
			if !isHidden(e) {
				*list.least, *list.most = append(*list.least, e), append(*list.most, e)
				continue
			}
			what(list.name, e.Text)
			for _, w := range list.worst {
				*list.most = append(*list.most, policy.Element{Text: policy.Literal(w), Range: e.Range})
			}
		}
	}
	if s.Maybe != nil {
		hidden = "whether there is such a statement hangs on " + symbolName(s.Maybe)
		least.Maybe, most.Maybe = nil, nil
	}
	return &least, &most, hidden
}

// conditionJudge decides one statement.
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

// holding is a holder who has nothing but the given statements.
func (j *conditionJudge) holding(statements ...*policy.Statement) *authz.Principal {
	d := &policy.Document{Version: j.document.Version, Statements: statements}
	return &authz.Principal{Account: j.account.model.Deployment.Account, Identity: []*authz.Policy{authz.Compile(d)}}
}

func (j *conditionJudge) universe() *authz.Universe {
	return j.account.universe(j.account.model.Deployment)
}

// createsUnbounded is a request of the holder that creates an entity without
// an approved boundary; nil if there is none for certain.
func (j *conditionJudge) createsUnbounded(holder *authz.Principal, kind authz.EntityKind) *authz.Witness {
	return authz.CanCreateWithoutBoundary(holder, j.universe(), kind).Witness
}

// without is a request for one of the actions that goes without boundary.
func (j *conditionJudge) without(holder *authz.Principal, actions []string) *authz.Witness {
	return authz.Search(holder, j.universe(), &authz.Query{Actions: actions, Keys: []authz.KeyConstraint{{Key: boundaryConditionKey, Absent: true}}}).Witness
}

// swapped is a request that puts AdministratorAccess in the place of a
// boundary.
func (j *conditionJudge) swapped(holder *authz.Principal, kind authz.EntityKind) *authz.Witness {
	wide := policy.Literal("arn:*:iam::aws:policy/AdministratorAccess")
	return authz.Search(holder, j.universe(), &authz.Query{
		Actions: []string{"iam:Put" + string(kind) + "PermissionsBoundary"},
		Keys:    []authz.KeyConstraint{{Key: boundaryConditionKey, In: []policy.Text{wide}}},
	}).Witness
}

// removed is a request that takes a boundary off.
func (j *conditionJudge) removed(holder *authz.Principal, kind authz.EntityKind) *authz.Witness {
	return authz.Search(holder, j.universe(), &authz.Query{Actions: []string{"iam:Delete" + string(kind) + "PermissionsBoundary"}}).Witness
}

func (j *conditionJudge) judgeAllow() string {
	holder := j.holding(j.statement)
	for _, c := range creations {
		for _, ask := range []func(*authz.Principal, authz.EntityKind) *authz.Witness{j.createsUnbounded, j.swapped} {
			if w := ask(holder, c.kind); w != nil {
				return j.spelling() + ", so that it allows " + w.String()
			}
		}
	}
	if w := j.without(holder, j.guarded()); w != nil {
		return j.spelling() + ", so that it allows " + w.String()
	}
	for _, c := range creations {
		if w := j.removed(holder, c.kind); w != nil {
			return "on " + w.Action + " the key holds the boundary that the entity has now, so that it allows " + w.String()
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
	if j.statement.NotAction != nil {
		out = append(out, attachingActions...)
	}
	return out
}

// attachingActions give policies to entities; the key holds the boundary that
// the entity has.
var attachingActions = []string{"iam:AttachRolePolicy", "iam:PutRolePolicy", "iam:AttachUserPolicy", "iam:PutUserPolicy"}

// judgeDead finds the actions, of those named in full, that the condition
// never lets through.
func (j *conditionJudge) judgeDead(holder *authz.Principal) string {
	var dead, never []string
	alive := j.statement.NotAction != nil
	for _, e := range j.statement.Action {
		name, ok := e.Text.Known()
		if !ok {
			alive = true
			continue
		}
		if authz.Search(holder, j.universe(), &authz.Query{Actions: []string{name}}).Verdict != authz.Denied {
			alive = true
			continue
		}
		action, known := catalog.LookupAction(name)
		switch {
		case known && action.Presence(boundaryConditionKey) == catalog.PresentNever && j.statement.Resource != nil && !j.wantsAbsence():
			never = append(never, action.String())
		case known || strings.ContainsAny(name, "*?"):
			dead = append(dead, name)
		}
	}
	switch {
	case len(never) > 0:
		j.dead = true
		verb, they := " never carries", "it is"
		if len(never) > 1 {
			verb, they = " never carry", "they are"
		}
		return strings.Join(never, ", ") + verb + " the key, so that " + they + " not allowed by this statement"
	case len(dead) > 0 && !alive && !j.elsewhereDead():
		j.dead = true
		return j.whyDead()
	}
	return ""
}

// wantsAbsence reports whether the condition is met by requests without the
// key, so that something else stops them.
func (j *conditionJudge) wantsAbsence() bool {
	c := *j.statement
	c.Action = []policy.Element{{Text: policy.Literal("iam:PassRole")}}
	c.Resource, c.NotResource = []policy.Element{{Text: policy.Literal("*")}}, nil
	return authz.Search(j.holding(&c), j.universe(), &authz.Query{Actions: []string{"iam:PassRole"}}).Verdict != authz.Denied
}

// elsewhereDead reports whether the statement matches nothing even without its
// conditions, which is no fault of theirs.
func (j *conditionJudge) elsewhereDead() bool {
	c := *j.statement
	c.Condition = nil
	var actions []string
	for _, e := range c.Action {
		if name, ok := e.Text.Known(); ok {
			actions = append(actions, name)
		}
	}
	return authz.Search(j.holding(&c), j.universe(), &authz.Query{Actions: actions}).Verdict == authz.Denied
}

// judgeDeny asks what the Denies of the document let through, of all that this
// one covers, to somebody who is allowed everything.
func (j *conditionJudge) judgeDeny() string {
	everything := []policy.Element{{Text: policy.Literal("*")}}
	allow := &policy.Statement{Effect: policy.Allow, Action: everything, Resource: everything}
	if j.statement.Resource != nil || j.statement.NotResource != nil {
		allow.Resource, allow.NotResource = j.statement.Resource, j.statement.NotResource
	}
	if len(j.statement.Action) > 0 {
		allow.Action = j.statement.Action
	}
	alone := j.holding(allow, j.statement)
	together := j.holding(append([]*policy.Statement{allow}, j.denies()...)...)
	for _, c := range creations {
		for _, ask := range []struct {
			action string
			of     func(*authz.Principal, authz.EntityKind) *authz.Witness
		}{
			{"iam:Create" + string(c.kind), j.createsUnbounded},
			{"iam:Put" + string(c.kind) + "PermissionsBoundary", j.swapped},
		} {
			if !j.covers(ask.action) || ask.of(together, c.kind) == nil {
				continue
			}
			if w := ask.of(alone, c.kind); w != nil {
				return j.spelling() + ", so that it lets through " + w.String()
			}
		}
	}
	if w := j.without(alone, slices.DeleteFunc(slices.Clone(attachingActions), func(action string) bool { return !j.covers(action) })); w != nil {
		if again := j.without(together, []string{w.Action}); again != nil {
			return j.spelling() + ", so that it lets through " + again.String()
		}
	}
	if why := j.deniesAll(allow, alone, together); why != "" {
		return why
	}
	for _, c := range creations {
		if !j.names("iam:Delete" + string(c.kind) + "PermissionsBoundary") {
			continue
		}
		if w := j.removed(together, c.kind); w != nil {
			return "on " + w.Action + " the key holds the boundary that the entity has now, so that it lets through " + w.String()
		}
	}
	return ""
}

// denies are all Denies of the document; this one as it is judged.
func (j *conditionJudge) denies() []*policy.Statement {
	out := []*policy.Statement{j.statement}
	for _, s := range j.document.Statements {
		if s.Effect == policy.Deny && s.Index != j.statement.Index {
			out = append(out, s)
		}
	}
	return out
}

// deniesAll finds a Deny that leaves no boundary to ask for: by itself, or
// with another one that names other boundaries. A Deny without a condition on
// the boundary is meant to refuse.
func (j *conditionJudge) deniesAll(allow *policy.Statement, alone, together *authz.Principal) string {
	for _, c := range creations {
		action := "iam:Create" + string(c.kind)
		create := &authz.Query{Actions: []string{action}}
		allowed := func(holder *authz.Principal) authz.Verdict { return authz.Search(holder, j.universe(), create).Verdict }
		if !j.covers(action) || allowed(j.holding(allow)) != authz.Allowed {
			continue
		}
		if allowed(alone) == authz.Denied {
			return "it denies " + action + " whatever boundary is asked for"
		}
		plain := []*policy.Statement{allow}
		for _, s := range j.denies() {
			if boundaryCondition(s) == nil {
				plain = append(plain, s)
			}
		}
		if allowed(j.holding(plain...)) == authz.Allowed && allowed(together) == authz.Denied {
			return "together with the other Deny of this policy it denies " + action + " whatever boundary is asked for; the boundaries have to be named in one"
		}
	}
	return ""
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

// names reports whether the statement lists an action, by itself or with
// others of its kind, rather than all that there is.
func (j *conditionJudge) names(action string) bool {
	return slices.ContainsFunc(j.statement.Action, func(e policy.Element) bool {
		s, ok := e.Text.Known()
		_, name, _ := strings.Cut(s, ":")
		return ok && strings.Trim(name, "*?") != "" && policy.GlobFold(s, action)
	})
}

// mend is what to write instead.
func (j *conditionJudge) mend() string {
	boundary := j.account.iamPrefix(&holder{deployment: j.account.model.Deployment}) + "policy/<boundary>"
	for _, x := range namedBoundaries(&iam.Document{Document: j.document}) {
		boundary = x.String()
	}
	if j.statement.Effect == policy.Deny {
		return fmt.Sprintf("Write the Deny so that it also fires where no boundary is given, with all approved boundaries in one list:\n\n"+
			"  \"Condition\": { \"StringNotEquals\": { \"iam:PermissionsBoundary\": %q } }", boundary)
	}
	if j.dead {
		return "Take the actions that do not carry the key into a statement of their own, limited by their resources, and leave the condition on those that do " +
			"(iam:CreateRole, iam:CreateUser, iam:Put*PermissionsBoundary, and attaching, writing and deleting the policies of roles and users)."
	}
	return fmt.Sprintf("Require the boundary by its full ARN:\n\n  \"Condition\": { \"StringEquals\": { \"iam:PermissionsBoundary\": %q } }", boundary)
}
