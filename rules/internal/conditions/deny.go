package conditions

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/rules/internal/delegation"
)

// judgeDeny asks what the Denies of the document let through, of all that this
// one covers, to a principal that is allowed everything.
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
	for _, c := range delegation.Creations {
		for _, ask := range []struct {
			action string
			of     func(authz.EntityKind) *opening
		}{
			{"iam:Create" + string(c.Kind), j.createsUnbounded},
			{"iam:Put" + string(c.Kind) + "PermissionsBoundary", j.swapped},
		} {
			o := ask.of(c.Kind)
			if !j.covers(ask.action) || o.ask(together).Witness == nil {
				continue
			}
			if w := j.fails(alone, o); w != nil {
				return j.spelling() + ", so that it lets through " + w.String()
			}
		}
	}
	attaching := slices.DeleteFunc(slices.Clone(attachingActions), func(action string) bool { return !j.covers(action) })
	if w := j.without(attaching).ask(alone).Witness; w != nil {
		if again := j.fails(together, j.without([]string{w.Action})); again != nil {
			return j.spelling() + ", so that it lets through " + again.String()
		}
	}
	if why := j.deniesAll(allow, alone, together); why != "" {
		return why
	}
	for _, c := range delegation.Creations {
		if !j.names("iam:Delete" + string(c.Kind) + "PermissionsBoundary") {
			continue
		}
		if w := j.fails(together, j.removed(c.Kind)); w != nil {
			j.removal = true
			return "on " + w.Action + " the key holds the boundary that the entity has now, so that it lets through " + w.String()
		}
	}
	return j.deniesNothing(alone)
}

// deniesNothing finds a Deny that never fires, because the actions that it
// names never carry the key.
func (j *conditionJudge) deniesNothing(alone *authz.Principal) string {
	var never []string
	for _, e := range j.statement.Action {
		name, known := e.Text.Known()
		action, ok := catalog.LookupAction(name)
		if known && ok && action.Presence(policy.BoundaryKey) == catalog.PresentNever {
			never = append(never, action.String())
		}
	}
	if len(never) == 0 {
		return ""
	}
	w := j.fails(alone, j.opening("spared ", authz.Query{Actions: never}))
	if w == nil {
		return ""
	}
	j.never = true
	verb := " never carries"
	if len(never) > 1 {
		verb = " never carry"
	}
	return strings.Join(never, ", ") + verb + " the key, so that it lets through " + w.String()
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
	for _, c := range delegation.Creations {
		action := "iam:Create" + string(c.Kind)
		create := &authz.Query{Actions: []string{action}}
		allowed := func(holder *authz.Principal) authz.Verdict { return authz.Search(holder, j.universe(), create).Verdict }
		if !j.covers(action) || allowed(j.holding(allow)) != authz.Allowed {
			continue
		}
		if allowed(alone) == authz.Denied {
			return "it denies " + action + " whatever boundary is asked for" + j.whyNone()
		}
		plain := []*policy.Statement{allow}
		for _, s := range j.denies() {
			if BoundaryCondition(s) == nil {
				plain = append(plain, s)
			}
		}
		if allowed(j.holding(plain...)) == authz.Allowed && allowed(together) == authz.Denied {
			j.joint = true
			return "together with the other Deny of this policy it denies " + action + " whatever boundary is asked for; the boundaries have to " +
				"be named in one"
		}
	}
	return ""
}
