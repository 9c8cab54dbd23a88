package escalation

import (
	"strings"
	"sync"
)

// searchedWays are the ways that a search tries: those that end in acting as the
// target in whatever it may do. They are the same for every account.
type searchedWays struct {
	list []*Way
	// personal tells of a way whether it is one of the actor alone, see
	// isPersonalWay.
	personal map[*Way]bool
	// crossing tells whether it may be gone into another account, see crosses.
	crossing map[*Way]bool
	// actions are those that the ways take, in lower case, number their places by
	// the names in the catalogue, and lower by those in lower case.
	actions       []string
	number, lower map[string]int
	// required are, for each way, the actions of each of its steps that cannot be
	// left out, of which one must be allowed.
	required map[*Way][][]int
}

var searched = sync.OnceValue(func() *searchedWays {
	s := &searchedWays{
		personal: map[*Way]bool{}, crossing: map[*Way]bool{},
		number: map[string]int{}, lower: map[string]int{}, required: map[*Way][][]int{},
	}
	for _, w := range listedWays() { // the others are ReachSome
		if w.Reach != ReachAll {
			continue
		}
		s.list = append(s.list, w)
		s.personal[w], s.crossing[w] = isPersonalWay(w), crosses(w)
		for i := range w.Steps {
			numbers := s.numbers(&w.Steps[i])
			if !w.Steps[i].Optional {
				s.required[w] = append(s.required[w], numbers)
			}
		}
	}
	return s
})

// numbers are those of the actions that fulfil a requirement.
func (s *searchedWays) numbers(r *Requirement) []int {
	var out []int
	for _, action := range actionsOf(r) {
		n, ok := s.number[action]
		if !ok {
			n = len(s.actions)
			s.number[action] = n
			s.actions = append(s.actions, strings.ToLower(action))
			s.lower[s.actions[n]] = n
		}
		out = append(out, n)
	}
	return out
}
