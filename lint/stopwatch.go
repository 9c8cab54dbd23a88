package lint

import "time"

// The stages of a run beside its rules, as [Took] names them.
const (
	// Linking resolves what the resources of a model refer to.
	Linking = "linking"
	// Holding finds out who holds which policies under which boundary.
	Holding = "holders"
	// EscalationSearch follows the ways of escalation from holder to holder.
	EscalationSearch = "escalation search"
	// Exempting applies exemptions, ignore comments and the baseline.
	Exempting = "exemptions and ignores"
	// Identifying finds what is secret, and gives findings their fingerprints.
	Identifying = "fingerprints and secrets"
	// Merging makes one finding of those of one cause, and sorts them.
	Merging = "causes"
	// Summing counts what was looked at.
	Summing = "coverage"
)

// Stopwatch measures how long each stage of a run takes. A stage within another
// one counts for itself only. A nil Stopwatch measures nothing. It is not safe
// for concurrent use.
type Stopwatch struct {
	clock func() time.Time
	// last is when the clock was looked at last.
	last time.Time
	// open are the stages that go on, the innermost last.
	open []int
	took []Took
	// place is where a stage stands in took.
	place map[string]int
}

// NewStopwatch makes one of a clock; nil where there is none.
func NewStopwatch(clock func() time.Time) *Stopwatch {
	if clock == nil {
		return nil
	}
	return &Stopwatch{clock: clock, place: map[string]int{}}
}

// Stage begins a stage, and returns the function that ends it.
func (w *Stopwatch) Stage(name string) (end func()) {
	if w == nil {
		return func() {}
	}
	w.look()
	place, ok := w.place[name]
	if !ok {
		place = len(w.took)
		w.place[name] = place
		w.took = append(w.took, Took{Stage: name})
	}
	depth := len(w.open)
	w.open = append(w.open, place)
	return func() {
		w.look()
		w.open = w.open[:depth]
	}
}

// look gives the innermost stage the time since the last look.
func (w *Stopwatch) look() {
	now := w.clock()
	if n := len(w.open); n > 0 {
		w.took[w.open[n-1]].Time += now.Sub(w.last)
	}
	w.last = now
}

// Took is what the stages took over an input, in the order in which they began.
func (w *Stopwatch) Took(input int) []Took {
	if w == nil {
		return nil
	}
	for i := range w.took {
		w.took[i].Input = input
	}
	return w.took
}
