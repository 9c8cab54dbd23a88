package rules

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/policy"
)

// mostExcepted bounds how many exceptions a sentence has.
const mostExcepted = 3

// allowance completes "allows it ..." for policies that make an administrator:
// everything, all but something, or whole services.
func allowance(policies ...*authz.Policy) string {
	r := newReach(policies)
	if !slices.ContainsFunc(r.allow, func(s sweep) bool { return s.except || slices.Contains(s.entries, "*") }) {
		return "whole services by the dozen, IAM among them"
	}
	var but []string
	add := func(text string) {
		if !slices.Contains(but, text) {
			but = append(but, text)
		}
	}
	denies, everywhere, always := false, false, false
	for _, p := range policies {
		if p.Document == nil {
			continue
		}
		for _, s := range p.Document.Statements {
			_, sweeping := sweepOf(s, s.Effect == policy.Allow && conditionsByCircumstance(s) || len(s.Condition) == 0)
			switch {
			case s.Effect == policy.Deny && sweeping && s.NotAction == nil:
				eachKnown(s.Action, add)
			case s.Effect == policy.Deny:
				denies = true
			default:
				if sweeping && (s.NotAction != nil || slices.ContainsFunc(s.Action, isStar)) {
					everywhere, always = everywhere || s.NotResource == nil, always || len(s.Condition) == 0
				}
				eachKnown(s.NotAction, func(entry string) {
					if !r.holdsEach(entry) {
						add(entry)
					}
				})
			}
		}
	}
	if len(but) > mostExcepted {
		but = append(but[:mostExcepted], "more")
	}
	if denies {
		but = append(but, "what is denied")
	}
	if !everywhere {
		but = append(but, "some resources")
	}
	text := "everything"
	if len(but) > 0 {
		text = "all but " + conjoin(but)
	}
	if !always {
		text += " under a condition"
	}
	return text
}

// eachKnown visits the entries of a list that are known.
func eachKnown(list []policy.Element, visit func(string)) {
	for _, e := range list {
		if text, known := e.Text.Known(); known {
			visit(text)
		}
	}
}

// holdsEach reports whether the layer allows all that an entry of NotAction
// takes out, by other statements.
func (r *reach) holdsEach(entry string) bool {
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
