// Package budget bounds what a run takes of time and of memory. A run has one
// budget; each input gets a share of it, so that one that is hostile takes
// nothing from the others.
//
// Nothing is interrupted: who works on an input looks at its share now and
// then. A nil *Share is one without bounds.
package budget

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Limits are what a run may take.
type Limits struct {
	// Timeout bounds the time by the clock, 0 for no bound.
	Timeout time.Duration
	// Memory bounds the bytes, 0 for no bound.
	Memory uint64
	// Patience is what the run has in common with others; nil gives it one of its own.
	Patience *Patience
}

// least is the part of a share that each of its parts gets at least, however
// many they are: most inputs take next to nothing, and one that is larger than
// the others is to be judged all the same.
const least = 50

// SpentError is why a share is used up. It is the value of the panic of
// [Share.Check].
type SpentError struct {
	// Flag is the one that raises the limit, Limit its value.
	Flag, Limit string
	// Whole tells that the whole run has used it up, and not one input, Memory
	// that it is memory and not time.
	Whole, Memory bool
	// Stopped tells that nothing was used up: [Share.Stop] has ended the run.
	Stopped bool
}

// Error says it without its subject: "it took more than ...".
func (o *SpentError) Error() string {
	if o.Stopped {
		return "the run was stopped"
	}
	if o.Whole {
		return fmt.Sprintf("the run took all of its %s %s", o.Flag, o.Limit)
	}
	return fmt.Sprintf("it took more than its share of %s %s", o.Flag, o.Limit)
}

func (r *run) outOfTime(whole bool) *SpentError {
	return &SpentError{Flag: "--timeout", Limit: r.limits.Timeout.String(), Whole: whole}
}

func (r *run) outOfMemory(whole bool) *SpentError {
	return &SpentError{Flag: "--max-memory", Limit: Size(r.limits.Memory), Whole: whole, Memory: true}
}

// Usage is the memory that the program has at one moment, in bytes.
type Usage struct {
	// Held is what it has from the system, Live what of it is known to be in
	// use.
	Held, Live uint64
}

// Share is what one input, or the run, may take.
type Share struct {
	run    *run
	parent *Share
	// begun and until are its time; until is zero without a bound.
	begun, until time.Time
	// memory is up to where the memory of the program may grow, 0 without a
	// bound.
	memory uint64
	over   atomic.Pointer[SpentError]
	done   chan struct{}
}

// run is what all shares of one run have in common.
type run struct {
	limits Limits
	clock  func() time.Time
	usage  func() Usage
	// expected is how many bytes are going to be in use.
	expected atomic.Uint64
	// step is called by each Check where the clock counts these, nil elsewhere.
	step func()

	mu     sync.Mutex
	shares map[*Share]bool
	// stopped tells that the answer of the run is not needed any more.
	stopped bool
	// last is the usage when somebody last looked.
	last Usage
}

// New is the budget of a run that begins now.
func New(limits Limits) *Share { return newRun(limits, time.Now, usage) }

// NewSteps is a budget whose time passes with the calls of [Share.Check] only,
// a millisecond each: for tests, which must not depend on the clock.
func NewSteps(limits Limits) *Share {
	var steps atomic.Int64
	root := newRun(limits, func() time.Time { return time.UnixMilli(steps.Load()) }, func() Usage { return Usage{} })
	root.run.step = func() {
		steps.Add(1)
		root.run.look()
	}
	return root
}

func newRun(limits Limits, clock func() time.Time, usage func() Usage) *Share {
	r := &run{limits: limits, clock: clock, usage: usage, shares: map[*Share]bool{}}
	root := &Share{run: r, begun: clock(), memory: limits.Memory, done: make(chan struct{})}
	if limits.Timeout > 0 {
		root.until = root.begun.Add(limits.Timeout)
	}
	r.shares[root] = true
	return root
}

// Part is the share of one of several inputs that are still to come, left of
// them with it: an equal part of the time that is left, and half of the memory,
// or all of it for the last. later is how many shares of the time are for what
// comes after all of them. Whoever gets it calls Close.
func (s *Share) Part(left, later int) *Share {
	if s == nil {
		return nil
	}
	r := s.run
	p := &Share{run: r, parent: s, begun: r.clock(), until: s.until, memory: s.memory, done: make(chan struct{})}
	if parts := left + later; !s.until.IsZero() && parts > 1 {
		rest := s.until.Sub(p.begun)
		p.until = p.begun.Add(min(rest, max(rest/time.Duration(parts), s.until.Sub(s.begun)/least)))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if s.memory > 0 && left > 1 {
		p.memory = s.memory - (s.memory-min(r.last.Live, s.memory))/2
	}
	r.shares[p] = true
	r.judge(p, p.begun)
	return p
}

// Close ends a share. What was used up stays so.
func (s *Share) Close() {
	if s == nil {
		return
	}
	s.run.mu.Lock()
	defer s.run.mu.Unlock()
	delete(s.run.shares, s)
}

// Stop ends the run, all of its shares, as if they were used up. It is for a run whose
// answer is not needed any more.
func (s *Share) Stop() {
	if s == nil {
		return
	}
	r := s.run
	now := r.clock()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stopped = true
	for share := range r.shares {
		r.judge(share, now)
	}
}

// Over is why the share is used up, nil as long as it is not.
func (s *Share) Over() *SpentError {
	if s == nil {
		return nil
	}
	if s.run.step != nil {
		s.run.step()
	}
	return s.over.Load()
}

// Check panics with an *SpentError once the share is used up: what searches is many
// calls deep, and has no other way to end early.
func (s *Share) Check() {
	if over := s.Over(); over != nil {
		panic(over)
	}
}

// Done is closed once the share is used up; nil for a share without bounds.
func (s *Share) Done() <-chan struct{} {
	if s == nil {
		return nil
	}
	return s.done
}

// look finds the shares that are used up.
func (r *run) look() Usage {
	now, usage := r.clock(), r.usage()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = usage
	for s := range r.shares {
		r.judge(s, now)
	}
	return usage
}

// judge tells whether a share is used up. r.mu is held.
func (r *run) judge(s *Share, now time.Time) {
	switch {
	case s.over.Load() != nil:
	case r.stopped:
		r.end(s, &SpentError{Whole: true, Stopped: true})
	case !s.until.IsZero() && !now.Before(s.until):
		r.end(s, r.outOfTime(!now.Before(s.root().until)))
	case s.memory > 0 && (r.last.Live > s.memory || r.last.Held > r.limits.Memory+r.limits.Memory/slack):
		r.end(s, r.outOfMemory(s.parent == nil))
	}
}

// root is the budget of the whole run.
func (s *Share) root() *Share {
	for s.parent != nil {
		s = s.parent
	}
	return s
}

func (r *run) end(s *Share, over *SpentError) {
	if s.over.CompareAndSwap(nil, over) {
		close(s.done)
	}
}

// patience is how long is waited for who works on an input to notice that its
// share is used up: the longest step in between takes less.
const patience = 3 * time.Second

// Run calls f, which recovers its own panics. It is false where f did not end
// although the share is used up: what it works on is then not to be touched
// again, for f goes on as long as the program does.
func (s *Share) Run(f func()) bool {
	if s == nil {
		f()
		return true
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		f()
	}()
	select {
	case <-ended:
		return true
	case <-s.done:
	}
	select {
	case <-ended:
		return true
	case <-time.After(patience):
		return false
	}
}
