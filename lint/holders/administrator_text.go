package holders

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/policy"
)

// mostExcepted bounds how many exceptions a sentence has.
const mostExcepted = 3

// Allowance completes "allows it ..." for policies that make an administrator:
// everything, all but something, or whole services.
func Allowance(policies ...*authz.Policy) string {
	r := NewReach(policies)
	if !slices.ContainsFunc(r.allow, sweep.isWide) {
		return "whole services by the dozen, IAM among them"
	}
	x := exceptions{reach: r}
	for _, p := range policies {
		if p.Document == nil {
			continue
		}
		for _, s := range p.Document.Statements {
			x.read(s)
		}
	}
	return x.text()
}

// isWide reports whether a statement is about all actions, or all but some.
func (s sweep) isWide() bool { return s.except || slices.Contains(s.entries, "*") }

// exceptions are what policies that allow nearly everything leave out.
type exceptions struct {
	reach *Reach
	// but are the actions; denied tells that something else is denied.
	but    []string
	denied bool
	// everywhere tells that a statement allows all or nearly all actions on
	// every resource, always that one does without a condition.
	everywhere, always bool
}

func (x *exceptions) read(s *policy.Statement) {
	if s.Effect == policy.Deny {
		if _, sweeping := sweepOf(s, len(s.Condition) == 0); !sweeping || s.NotAction != nil {
			x.denied = true
			return
		}
		x.add(s.Action, func(string) bool { return true })
		return
	}
	if w, sweeping := sweepOf(s, conditionsByCircumstance(s)); sweeping && w.isWide() {
		x.everywhere, x.always = x.everywhere || s.NotResource == nil, x.always || len(s.Condition) == 0
	}
	x.add(s.NotAction, func(entry string) bool { return !x.reach.holdsEach(entry) })
}

func (x *exceptions) add(list []policy.Element, counts func(string) bool) {
	for _, e := range list {
		if text, known := e.Text.Known(); known && !slices.Contains(x.but, text) && counts(text) {
			x.but = append(x.but, text)
		}
	}
}

func (x *exceptions) text() string {
	but := x.but
	if len(but) > mostExcepted {
		but = append(slices.Clone(but[:mostExcepted]), "more")
	}
	if x.denied {
		but = append(but, "what is denied")
	}
	if !x.everywhere {
		but = append(but, "some resources")
	}
	text := "everything"
	if len(but) > 0 {
		text = "all but " + conjoin(but)
	}
	if !x.always {
		text += " under a condition"
	}
	return text
}

// holdsEach reports whether the layer allows all that an entry of NotAction
// takes out, by other statements.
func (r *Reach) holdsEach(entry string) bool {
	service, _, ok := strings.Cut(entry, ":")
	if ok && strings.HasSuffix(entry, ":*") && !strings.ContainsAny(service, "*?") {
		certainly, _ := r.holds(strings.ToLower(service) + newAction)
		return certainly
	}
	for action := range catalog.ActionsMatching(entry) {
		if certainly, _ := r.holds(strings.ToLower(action.String())); !certainly {
			return false
		}
	}
	return true
}

// conjoin is a list in a sentence.
func conjoin(list []string) string {
	if len(list) == 1 {
		return list[0]
	}
	return strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
}
