package catalog

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"time"
)

//go:embed data/added.pack
var addedData string

// Appearance tells when an action appeared in AWS's lists: after one day, on which
// they did not have it, and by another, on which they did. Nothing tells the days
// between.
type Appearance struct{ After, By time.Time }

var added struct {
	once sync.Once
	// of are the appearances by the full names of actions, first is the day of the
	// earliest list.
	of    map[string]Appearance
	first time.Time
}

func loadAdded() {
	added.of = map[string]Appearance{}
	var at Appearance
	text, _ := mustText(mustOpen(addedData), "added")
	for line := range strings.Lines(text) {
		service, names, inside := strings.Cut(strings.TrimSpace(line), ": ")
		if inside {
			for name := range strings.FieldsSeq(names) {
				added.of[service+":"+name] = at
			}
			continue
		}
		day, err := time.Parse(time.DateOnly, service)
		if err != nil {
			panic("catalog: the embedded list of new actions is damaged: " + line)
		}
		at = Appearance{at.By, day}
		if added.first.IsZero() {
			added.first = day
		}
	}
}

// FirstSeen is the day from which on it is known when actions appeared.
func FirstSeen() time.Time {
	added.once.Do(loadAdded)
	return added.first
}

// Appeared tells when AWS added the action; known is false for one that was there
// on the day of [FirstSeen].
func (a *Action) Appeared() (when Appearance, known bool) {
	added.once.Do(loadAdded)
	when, known = added.of[a.String()]
	return when, known
}

// AddedSince are the actions that AWS may have added since a day, sorted by their
// full names: those that the last list up to that day does not have.
func AddedSince(day time.Time) []*Action {
	added.once.Do(loadAdded)
	var out []*Action
	for name, when := range added.of {
		if action, ok := LookupAction(name); ok && when.By.After(day) {
			out = append(out, action)
		}
	}
	slices.SortFunc(out, func(a, b *Action) int { return strings.Compare(a.String(), b.String()) })
	return out
}
