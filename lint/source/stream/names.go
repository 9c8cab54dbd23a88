package stream

import "slices"

// maxNames bounds the members of an object that is read member by member: no
// plan has as many variables, outputs or calls.
const maxNames = 100_000

// names are the names of the members of an object that have been read.
type names struct {
	few  [24]string
	n    int
	many map[string]bool
}

// add notes a name; it is false where the name has been noted before.
func (s *names) add(name string) bool {
	switch {
	case s.many != nil:
		if s.many[name] {
			return false
		}
		s.many[name] = true
	case slices.Contains(s.few[:s.n], name):
		return false
	case s.n < len(s.few):
		s.few[s.n] = name
		s.n++
	default:
		s.many = map[string]bool{name: true}
		for _, before := range s.few {
			s.many[before] = true
		}
	}
	return true
}

// clear forgets the names of another object.
func (s *names) clear() { s.n, s.many = 0, nil }

func (s *names) full() bool { return len(s.many) > maxNames }
