package iam

import "strings"

// FirstAddress follows moves back to the address that a resource had first.
// A move of a module moves what is in it.
func (m *Model) FirstAddress(address string) string {
	for range len(m.Moved) {
		before, moved := m.Moved[address]
		if !moved {
			before, moved = m.movedWithin(address)
		}
		if !moved || before == address {
			break
		}
		address = before
	}
	return address
}

// movedWithin is the former address of something in a module, or an instance
// of a resource, that was moved as a whole.
func (m *Model) movedWithin(address string) (before string, moved bool) {
	longest := 0
	for to, from := range m.Moved {
		rest, ok := strings.CutPrefix(address, to)
		if ok && len(to) > longest && strings.IndexAny(rest, ".[") == 0 {
			before, moved, longest = from+rest, true, len(to)
		}
	}
	return before, moved
}
