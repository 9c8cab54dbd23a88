package main

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/escalation"
)

// TestTechniques: the page has every technique once, and says where to find each
// of its sources.
func TestTechniques(t *testing.T) {
	page := string(techniques())
	known := map[string]bool{derived: true}
	for _, c := range collections {
		known[c.name] = true
	}
	for _, w := range escalation.Ways() {
		if n := strings.Count(page, "\n| "+w.ID+" | "); n != 1 {
			t.Errorf("%s is there %d times", w.ID, n)
		}
		for _, reference := range w.References {
			name, _, _ := strings.Cut(reference, "#")
			if name, _, _ = strings.Cut(name, ":"); !known[name] {
				t.Errorf("%s: nothing says what %s is", w.ID, name)
			}
		}
	}
}
