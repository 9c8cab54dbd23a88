// Package conditions judges conditions on iam:PermissionsBoundary: what one that
// reads as if it enforced a boundary leaves open, or never lets through.
package conditions

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/rules/internal/delegation"
	"github.com/boundlint/boundlint/rules/internal/fix"
)

// Fault is what is wrong with a condition on the boundary.
type Fault struct {
	// Why follows a colon; "" for no fault.
	Why string
	// Fix is what to write.
	Fix conditionFix
	// Dead tells that the condition can never be met, hidden that something
	// hides whether it enforces, joint that it is at odds with another Deny.
	Dead, Hidden, Joint bool
	// Opens is what the condition fails to stop; nil where it stops too much.
	Opens *opening
}

// judgedConditions are the faults of statements with a boundary condition.
var judgedConditions = holders.Remembered[string, Fault]()

// Judge decides the statement of a condition by itself; for a Deny
// together with the other Denies of its document, which may make up for it.
// Like statements are judged once. closed names the openings that do not count.
func Judge(a *holders.Account, d *policy.Document, s *policy.Statement, c *policy.Condition, closed []string) Fault {
	key, known := likeStatement(d, s)
	key += strings.Join(closed, "\n")
	judged := judgedConditions.Of(a)
	if fault, ok := judged[key]; known && ok {
		return fault
	}
	fault := decideCondition(a, d, s, c, closed)
	if known {
		judged[key] = fault
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

func decideCondition(a *holders.Account, d *policy.Document, s *policy.Statement, c *policy.Condition, closed []string) Fault {
	judge := func(d *policy.Document, s *policy.Statement) Fault {
		j := conditionJudge{account: a, document: d, statement: s, condition: c, closed: closed}
		fault := Fault{Why: j.judge(), Dead: j.dead, Joint: j.joint, Opens: j.opens}
		if fault.Why != "" {
			fault.Fix = j.correction()
		}
		return fault
	}
	v := variantsOf(a, s)
	fault := judge(d, v.certain)
	if fault.Why != "" && s.Maybe == nil && (len(v.certain.Resource) > 0 || len(s.Resource) == 0) {
		return fault
	}
	hidden, possible := v.hidden, *d
	possible.Statements = make([]*policy.Statement, len(d.Statements))
	for i, other := range d.Statements {
		of := variantsOf(a, other)
		possible.Statements[i] = of.least
		if hidden == "" && other.Effect == policy.Deny && s.Effect == policy.Deny {
			hidden = of.hidden
		}
	}
	if hidden == "" {
		return faultOfChoice(a, d, s, c, closed, fault)
	}
	if fault = judge(&possible, v.most); fault.Why != "" {
		fault.Why, fault.Hidden = hidden, true
	}
	return faultOfChoice(a, d, s, c, closed, fault)
}

// maxChoices bounds the choices in a condition of which each combination is
// judged, and maxAlternatives the alternatives of each.
const maxChoices, maxAlternatives = 2, 8

// faultOfChoice is the fault of a condition that is one of several, where the
// given one is of none: one that any of them has is not certain.
func faultOfChoice(a *holders.Account, d *policy.Document, s *policy.Statement, c *policy.Condition, closed []string, fault Fault) Fault {
	at := slices.IndexFunc(s.Condition, func(x policy.Condition) bool { return x.Key.Equal(c.Key) && x.Operator.Equal(c.Operator) })
	choices := choicesIn(c)
	if fault.Why != "" || at < 0 || len(choices) == 0 || len(choices) > maxChoices || len(choices[0].Alternatives) > maxAlternatives {
		return fault
	}
	by := choices[0]
	for _, alternative := range by.Alternatives {
		in := func(t policy.Text) policy.Text {
			return t.Map(func(x *policy.Symbol) (policy.Text, bool) { return alternative, x == by })
		}
		chosen := *s
		chosen.Condition = slices.Clone(s.Condition)
		one := &chosen.Condition[at]
		one.Operator, one.Values = in(c.Operator), slices.Clone(c.Values)
		for i := range one.Values {
			one.Values[i].Text = in(one.Values[i].Text)
		}
		if found := decideCondition(a, d, &chosen, one, closed); found.Why != "" {
			found.Why, found.Hidden = "it depends on "+phrase.Symbol(by), true
			return found
		}
	}
	return fault
}

// choicesIn are the choices in the operator and the values of a condition.
func choicesIn(c *policy.Condition) (list []*policy.Symbol) {
	symbols := c.Operator.Symbols()
	for _, e := range c.Values {
		symbols = append(symbols, e.Text.Symbols()...)
	}
	for _, x := range symbols {
		if x.Kind == policy.SymbolChoice && len(x.Alternatives) > 0 && !slices.Contains(list, x) {
			list = append(list, x)
		}
	}
	return list
}

// variants are what a statement with hidden parts may be.
type variants struct {
	// certain is the statement without its hidden actions and resources, least
	// the same with some boundary for each hidden one, and most has besides
	// whatever is worst in the place of the hidden actions and resources.
	certain, least, most *policy.Statement
	// hidden follows "because"; it is "" where nothing is hidden.
	hidden string
}

func variantsOf(a *holders.Account, s *policy.Statement) variants {
	certain, most := *s, *s
	v := variants{}
	what := func(name string, x policy.Text) {
		v.hidden = "its " + name + " depends on " + phrase.Symbol(x.Symbols()[0])
	}
	for _, list := range []struct {
		name       string
		from       []policy.Element
		less, more *[]policy.Element
		worst      []string
	}{
		{"action", s.Action, &certain.Action, &most.Action, []string{"iam:CreateRole", "iam:CreateUser", "iam:PassRole"}},
		{"resource", s.Resource, &certain.Resource, &most.Resource, []string{"*"}},
	} {
		if !slices.ContainsFunc(list.from, holders.IsHidden) {
			continue
		}
		*list.less, *list.more = []policy.Element{}, []policy.Element{}
		for _, e := range list.from {
			if !holders.IsHidden(e) {
				*list.less, *list.more = append(*list.less, e), append(*list.more, e)
				continue
			}
			what(list.name, e.Text)
			for _, w := range list.worst {
				*list.more = append(*list.more, policy.Element{Text: policy.Literal(w), Range: e.Range})
			}
		}
	}
	least := certain
	least.Condition = slices.Clone(s.Condition)
	for i, c := range least.Condition {
		if !holders.IsBoundaryKey(c.Key) || !slices.ContainsFunc(c.Values, holders.IsHidden) {
			continue
		}
		least.Condition[i].Values = slices.Clone(c.Values)
		for k, e := range c.Values {
			if holders.IsHidden(e) {
				what("boundary", e.Text)
				least.Condition[i].Values[k].Text = someBoundary(a, e.Text)
			}
		}
	}
	most.Condition = least.Condition
	if s.Maybe != nil {
		v.hidden = "whether there is such a statement depends on " + phrase.Symbol(s.Maybe)
		certain.Maybe, least.Maybe, most.Maybe = nil, nil, nil
	}
	v.certain, v.least, v.most = &certain, &least, &most
	return v
}

// someBoundary is an ordinary boundary in the place of a hidden one: an
// approved one, or one of the same name for the same symbol.
func someBoundary(a *holders.Account, hidden policy.Text) policy.Text {
	for _, x := range a.ApprovedARNs() {
		if !holders.IsWildcard(x.ARN) {
			return x.ARN
		}
	}
	d := a.Model.Deployment
	name := regexp.MustCompile(`[^A-Za-z0-9]+`).ReplaceAllString(hidden.String(), "-")
	return policy.Concat(policy.Literal("arn:"), d.Partition, policy.Literal(":iam::"), d.Account,
		policy.Literal(":policy/"+strings.Trim(name, "-")))
}

// conditionJudge decides one statement.
type conditionJudge struct {
	account   *holders.Account
	document  *policy.Document
	statement *policy.Statement
	condition *policy.Condition
	// dead is set where the condition can never be met, never where that is so
	// because actions do not carry the key, removal where the condition is
	// on the removal of boundaries, and joint where two Denies are at odds.
	dead, never, removal, joint bool
	// opens is what the condition fails to stop, closed names what it need not
	// stop, because something else does.
	opens  *opening
	closed []string
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
	return &authz.Principal{Account: j.account.Model.Deployment.Account, Identity: []*authz.Policy{authz.Compile(d)}}
}

func (j *conditionJudge) universe() *authz.Universe {
	return j.account.Universe(j.account.Model.Deployment)
}

func (j *conditionJudge) judgeAllow() string {
	holder := j.holding(j.statement)
	for _, c := range delegation.Creations {
		for _, ask := range []func(authz.EntityKind) *opening{j.createsUnbounded, j.swapped} {
			if w := j.fails(holder, ask(c.Kind)); w != nil {
				return j.spelling() + ", so that it allows " + w.String()
			}
		}
	}
	if w := j.fails(holder, j.without(j.guarded())); w != nil {
		return j.spelling() + ", so that it allows " + w.String()
	}
	for _, c := range delegation.Creations {
		if w := j.fails(holder, j.removed(c.Kind)); w != nil {
			j.removal = true
			return "on " + w.Action + " the key holds the boundary that the entity has now, so that it allows " + w.String()
		}
	}
	return j.judgeDead(holder)
}

// guarded are the actions of the statement that a boundary condition is meant
// for, or that are named in full beside them. The removal of boundaries is a
// question of its own: there is nothing to remove where there is none.
func (j *conditionJudge) guarded() []string {
	var out []string
	for _, e := range j.statement.Action {
		name, ok := e.Text.Known()
		if !ok {
			continue
		}
		for action := range catalog.ActionsMatching(name) {
			named := !strings.ContainsAny(name, "*?")
			if strings.HasPrefix(action.Name, "Delete") && strings.HasSuffix(action.Name, "PermissionsBoundary") {
				continue
			}
			if named || action.Presence(policy.BoundaryKey) != catalog.PresentNever && !strings.HasPrefix(action.Name, "Get") {
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
	var never []string
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
		if known && action.Presence(policy.BoundaryKey) == catalog.PresentNever && j.statement.Resource != nil && !j.wantsAbsence() {
			never = append(never, action.String())
		}
	}
	switch {
	case len(never) > 0:
		j.dead, j.never = true, true
		verb, they := " never carries", "it is"
		if len(never) > 1 {
			verb, they = " never carry", "they are"
		}
		return strings.Join(never, ", ") + verb + " the key, so that " + they + " not allowed by this statement"
	case !alive && !j.elsewhereDead():
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
// conditions, which is not a fault of theirs.
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

// conditionFix is what to write instead of a condition: the lead says it in a
// sentence, and denied or condition are the code, if any.
type conditionFix struct {
	lead      string
	denied    *policy.Statement
	condition *policy.Condition
}

// correction is what to write instead.
func (j *conditionJudge) correction() conditionFix {
	values := j.named()
	switch {
	case j.removal:
		return conditionFix{
			lead:   "No condition makes the removal safe. Leave the two actions out of what is allowed, and deny them without a condition",
			denied: fix.Denying([]string{"iam:DeleteRolePermissionsBoundary", "iam:DeleteUserPermissionsBoundary"}),
		}
	case j.never && j.statement.Effect == policy.Deny:
		s := fix.Denying(fix.EditingActions)
		s.Resource = values
		return conditionFix{lead: "Deny these actions by their resources, without the condition", denied: s}
	case j.never:
		return conditionFix{lead: "Take the actions that do not carry the key into a statement of their own, limited by their resources, and " +
			"leave the condition on those that do (iam:CreateRole, iam:CreateUser, iam:Put*PermissionsBoundary, and attaching, writing and " +
			"deleting the policies of roles and users)."}
	}
	c := &policy.Condition{Operator: policy.Literal("StringEquals"), Key: policy.Literal(policy.BoundaryKey), Values: values}
	if j.statement.Effect == policy.Deny {
		c.Operator = policy.Literal("StringNotEquals")
		return conditionFix{
			lead:      "Write the Deny so that it also fires where no boundary is given, with all approved boundaries in one list",
			condition: c,
		}
	}
	return conditionFix{lead: "Require the boundary by its full ARN", condition: c}
}

// named are the boundaries that the document's conditions mean.
func (j *conditionJudge) named() []policy.Element {
	var out []policy.Element
	for _, x := range holders.NamedBoundaries(&iam.Document{Document: j.document}) {
		x = fix.Spelled(j.account, x)
		if !slices.ContainsFunc(out, func(e policy.Element) bool { return e.Text.Equal(x) }) {
			out = append(out, policy.Element{Text: x})
		}
	}
	if out == nil {
		return []policy.Element{{Text: fix.PlaceholderBoundary(j.account.Model.Deployment)}}
	}
	return out
}

// Write lays out what to write where the document stands, and says what of it
// is a change that can be made as it is.
func (m conditionFix) Write(a *holders.Account, d iam.PlacedDocument, s *policy.Statement, faulty *policy.Condition) (string, *lint.Fix) {
	at := fix.DocumentSite(a, holders.Grant{Address: d.Address, Document: d.Document})
	w := &phrase.StatementWriter{Form: at.Form, Reference: func(x policy.Text) (string, bool) { return fix.ReferenceTo(a, x, at) }}
	switch {
	case m.denied != nil:
		return m.lead + ":\n\n" + w.Statements([]*policy.Statement{m.denied}),
			fix.Adding(a, at, []*policy.Statement{m.denied})
	case m.condition == nil:
		return m.lead, nil
	}
	changed := *s
	changed.Condition = slices.Clone(s.Condition)
	for i := range s.Condition {
		if &s.Condition[i] == faulty {
			changed.Condition[i] = *m.condition
		}
	}
	changing := fix.Adding(a, at, []*policy.Statement{&changed})
	changing.Replaced = s
	return m.lead + ":\n\n" + w.ConditionOf(m.condition), changing
}
