package catalog

import (
	"slices"
	"strings"
	"sync"

	"github.com/boundlint/boundlint/lint/policy"
)

// verbs are the first words of actions that mean about the same. An action is
// never taken for one whose verb means something else: who writes Remove does
// not mean Put.
var verbs = [][]string{
	{"Delete", "Remove", "Detach", "Disassociate", "Deregister", "Unassign", "Untag", "Disable", "Revoke", "Drop", "Destroy"},
	{"Create", "Add", "Put", "Attach", "Associate", "Register", "Assign", "Tag", "Enable", "Set", "Make", "Upload"},
	{"Get", "Describe", "List", "Read", "View", "Show", "Fetch", "Lookup", "Search", "Batch"},
	{"Update", "Modify", "Change", "Edit", "Put", "Set"},
	{"Start", "Run", "Invoke", "Execute", "Launch"},
	{"Stop", "Terminate", "Cancel", "Abort", "Kill"},
}

// verb splits the name of an action into its first word and the rest.
func verb(name string) (first, rest string) {
	for i := 1; i < len(name); i++ {
		if c := name[i]; c >= 'A' && c <= 'Z' {
			return name[:i], name[i:]
		}
	}
	return name, ""
}

// sameVerb reports whether two first words mean about the same, or are one
// word misspelt.
func sameVerb(a, b string) bool {
	if strings.EqualFold(a, b) || len(a) > 3 && len(b) > 3 && policy.NearestWithin(a, []string{b}, 2) != "" {
		return true
	}
	return slices.ContainsFunc(verbs, func(class []string) bool {
		fold := func(v string) func(string) bool { return func(w string) bool { return strings.EqualFold(v, w) } }
		return slices.ContainsFunc(class, fold(a)) && slices.ContainsFunc(class, fold(b))
	})
}

// MeantActions returns the full names of the actions that an unlisted one of
// the service is probably meant to be, the likeliest first: one misspelt, the
// permissions of an operation that has several, or the same with another word
// for what is done. None of them does the opposite.
func (s *Service) MeantActions(name string) []string {
	var longer []string
	best, least := []string(nil), len(name)/3+1
	first, rest := verb(name)
	for a := range s.Actions() {
		if len(a.Name) > len(name) && compareFold(a.Name[:len(name)], name) == 0 {
			longer = append(longer, a.String())
			continue
		}
		v, r := verb(a.Name)
		if !sameVerb(first, v) {
			continue
		}
		d := distance(a.Name, name)
		if rest != "" && !strings.EqualFold(first, v) {
			// What the action is about has to be like it.
			d = 1 + distance(r, rest)
		}
		switch {
		case d < least:
			best, least = []string{a.String()}, d
		case d == least && len(best) > 0:
			best = append(best, a.String())
		}
	}
	if len(longer) > 0 && len(longer) <= 3 && (least > 1 || len(best) == 0) {
		return longer
	}
	if len(best) > 3 {
		return nil
	}
	return best
}

// distance is the number of letters in which two names differ, ignoring case;
// what is farther apart than a third of the letters counts as that.
func distance(a, b string) int {
	for n := 0; n <= len(b)/3; n++ {
		if policy.NearestWithin(b, []string{a}, n) != "" {
			return n
		}
	}
	return len(b)/3 + 1
}

// MisspeltAction returns the listed action of the service of which an unlisted
// name certainly is a misspelling: they differ by a letter or two.
func (s *Service) MisspeltAction(name string) (meant string, ok bool) {
	meantActions := s.MeantActions(name)
	if len(meantActions) == 0 {
		return "", false
	}
	_, near, _ := strings.Cut(meantActions[0], ":")
	return meantActions[0], distance(near, name) <= min(2, len(name)/3)
}

// owners are, by the name of an action in lower case, the services that have
// it. They are gathered only to advise.
var owners = sync.OnceValue(func() map[string][]string {
	out := map[string][]string{}
	for _, prefix := range Services() {
		s, _ := LookupService(prefix)
		for a := range s.Actions() {
			name := toLower(a.Name)
			out[name] = append(out[name], prefix)
		}
	}
	return out
})

// ServicesWith returns the prefixes of the services that have an action of that
// name, in any case, sorted.
func ServicesWith(name string) []string { return owners()[toLower(name)] }
