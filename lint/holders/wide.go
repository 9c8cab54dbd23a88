package holders

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
)

// IsWide says whether a document allows everything, as AdministratorAccess
// does: as a boundary it limits nothing. What is denied anywhere in it makes
// it narrower.
func IsWide(d *policy.Document) policy.Truth {
	switch {
	case d == nil || d.Invalid:
		return policy.False
	case d.Unknown != nil:
		return policy.Maybe
	case allowsEverything(d, false):
		return policy.True
	case allowsEverything(d, true):
		return policy.Maybe
	}
	return policy.False
}

// allowsEverything answers for the worst that the hidden parts may be, or for
// the best.
func allowsEverything(d *policy.Document, worst bool) bool {
	for _, s := range d.Statements {
		if mayDeny := s.Effect != policy.Allow; mayDeny && (!isHiddenStatement(s) || !worst) {
			return false
		}
	}
	var actions []string
	var except [][]string
	for _, s := range d.Statements {
		if !allowsOnAll(s, worst) {
			continue
		}
		if s.NotAction != nil {
			except = append(except, literals(s.NotAction, worst))
		}
		for _, a := range s.Action {
			if IsEverything(a.Text, worst) {
				return true
			}
			if known, ok := a.Text.Known(); ok {
				actions = append(actions, known)
			}
		}
	}
	// NotAction leaves out what another statement may allow again.
	covered := func(action string) bool {
		return slices.ContainsFunc(actions, func(p string) bool { return policy.GlobFold(p, action) })
	}
	return slices.ContainsFunc(except, func(list []string) bool {
		return !slices.ContainsFunc(list, func(action string) bool { return !covered(action) })
	})
}

func isHiddenStatement(s *policy.Statement) bool {
	return s.Maybe != nil || s.Unknown != nil || s.Effect == policy.EffectUnknown
}

// allowsOnAll reports whether a statement allows its actions on every
// resource under no condition.
func allowsOnAll(s *policy.Statement, worst bool) bool {
	switch {
	case s.Effect == policy.Deny, isHiddenStatement(s) && !worst:
		return false
	case len(s.Condition) > 0 && (!worst || s.Unknown == nil):
		// Conditions that are hidden as a whole may be none.
		return false
	}
	return slices.ContainsFunc(s.Resource, func(e policy.Element) bool { return IsEverything(e.Text, worst) })
}

// literals are the entries of a list; hidden ones are left out for the worst,
// and else stand for something that nothing covers.
func literals(list []policy.Element, worst bool) []string {
	var out []string
	for _, e := range list {
		known, ok := e.Text.Known()
		if ok || !worst {
			out = append(out, known)
		}
	}
	return out
}

// IsEverything reports whether an entry of Action or Resource is a wildcard
// for all there is.
func IsEverything(x policy.Text, worst bool) bool {
	for _, p := range x.Parts() {
		if p.Symbol != nil && !worst || strings.Trim(p.Literal, "*:") != "" {
			return false
		}
	}
	return !x.IsEmpty()
}

// IsStar reports whether an entry takes in everything.
func IsStar(e policy.Element) bool {
	text, known := e.Text.Known()
	return known && text != "" && (strings.Trim(text, "*") == "" || text == "*:*")
}

// IsHidden reports whether nothing of an entry is known. An entry with a
// symbol inside is taken to be what it looks like.
func IsHidden(e policy.Element) bool {
	s := e.Text.Symbol()
	return s != nil && s.Kind != policy.SymbolReference
}
