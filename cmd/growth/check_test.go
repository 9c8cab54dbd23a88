package main

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/boundlint/boundlint/fixtures/bench/synthetic"
	"github.com/boundlint/boundlint/lint"
)

// steps is a clock that tells how many steps were counted.
type steps struct{ n int64 }

func (s *steps) now() time.Time { return time.Unix(0, s.n*int64(time.Microsecond)) }

// checkerOf judges by counted steps, of work and of memory alike.
func checkerOf(s *steps, out *strings.Builder) *checker {
	return &checker{
		out: out, rounds: 2, retries: 2, work: s.now, memory: func() time.Time { return time.Time{} },
		peak: func(run func() error) (int64, error) { return 0, run() },
	}
}

// planted is a subject with one stage that takes so many steps.
func planted(s *steps, of func(n int) int) *subject {
	return &subject{
		name: "planted", unit: "things", sizes: []int{1000, 3000, 9000},
		run: func(n int, clock func() time.Time) ([]lint.Took, error) {
			w := lint.NewStopwatch(clock)
			end := w.Stage("stage")
			s.n += int64(of(n))
			end()
			return w.Took(0), nil
		},
	}
}

// TestGrowth plants stages of known growth.
func TestGrowth(t *testing.T) {
	for name, c := range map[string]struct {
		of func(n int) int
		ok bool
	}{
		"linear":                   {func(n int) int { return 10 * n }, true},
		"linear after a start":     {func(n int) int { return 100_000 + 10*n }, true},
		"sorting":                  {func(n int) int { return n * int(10*math.Log2(float64(n))) }, true},
		"constant":                 {func(int) int { return 100_000 }, true},
		"quadratic":                {func(n int) int { return n * n / 100 }, false},
		"quadratic after a start":  {func(n int) int { return 20_000 + n*n/100 }, false},
		"with the power 1.5":       {func(n int) int { return int(math.Pow(float64(n), 1.5)) }, false},
		"quadratic and too little": {func(n int) int { return n * n / 10_000 }, true},
	} {
		t.Run(name, func(t *testing.T) {
			s, out := &steps{}, &strings.Builder{}
			ok, err := checkerOf(s, out).check(planted(s, c.of))
			if err != nil || ok != c.ok {
				t.Errorf("%v, %v, want %v: %s", ok, err, c.ok, out)
			}
			if !c.ok && !strings.Contains(out.String(), "stage: work grows with the power") {
				t.Errorf("got %s", out)
			}
		})
	}
}

// TestPlantedRule: a rule that compares each entity with each other one fails the check
// where it runs among all others, and one that looks at each once does not.
func TestPlantedRule(t *testing.T) {
	s := &steps{}
	rule := func(id string, of func(entities int) int) *lint.Rule {
		return &lint.Rule{ID: id, Run: func(p *lint.Pass) error { s.n += int64(of(len(p.Model.Entities))); return nil }}
	}
	engine := pipeline{[]*lint.Rule{
		rule("once-each", func(n int) int { return 1000 * n }),
		rule("each-with-each", func(n int) int { return 100 * n * n }),
	}}
	inputs := map[int]input{}
	subject := &subject{name: "planted", unit: "entities", sizes: []int{10, 30, 90}}
	shape, _ := synthetic.Named("dump/company")
	for _, n := range subject.sizes {
		in, _, err := makeIn(t.TempDir(), shape, n)
		if err != nil {
			t.Fatal(err)
		}
		inputs[n] = input{Input: in}
	}
	subject.run = func(n int, clock func() time.Time) ([]lint.Took, error) { return engine.run(inputs[n], clock) }
	out := &strings.Builder{}
	ok, err := checkerOf(s, out).check(subject)
	if err != nil || ok {
		t.Fatalf("%v, %v: %s", ok, err, out)
	}
	if got := out.String(); !strings.Contains(got, "each-with-each: work grows with the power 2.00") || strings.Contains(got, "once-each") {
		t.Errorf("got %s", got)
	}
}

// TestBusyMachine: rounds in which another program was in the way do not count, and a
// subject that fails is measured again.
func TestBusyMachine(t *testing.T) {
	s, runs := &steps{}, 0
	subject := planted(s, func(n int) int {
		runs++
		if n == 9000 && runs < 11 {
			return 100 * n
		}
		return 10 * n
	})
	out := &strings.Builder{}
	if ok, err := checkerOf(s, out).check(subject); err != nil || !ok {
		t.Errorf("%v, %v: %s", ok, err, out)
	}
	if runs != 1+3+2*2*3 {
		t.Errorf("%d runs", runs)
	}
}

// TestMemory: allocated bytes are judged as work is, and the live heap by its share.
func TestMemory(t *testing.T) {
	s, out := &steps{}, &strings.Builder{}
	c := checkerOf(s, out)
	c.work, c.memory = c.memory, func() time.Time { return time.Unix(0, s.n) }
	live := []int64{5 << 20, 11 << 20, 29 << 20} // 24 MiB for 8,000 things
	c.peak = func(run func() error) (int64, error) {
		now := live[0]
		live = live[1:]
		return now, run()
	}
	subject := planted(s, func(n int) int { return n * n })
	subject.share = 3
	ok, err := c.check(subject)
	if err != nil || ok {
		t.Fatalf("%v, %v", ok, err)
	}
	for _, want := range []string{"stage: allocated memory grows with the power 2.00", "the live heap takes 3.1 KiB for each of the things, more than 3.0"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("lacks %q: %s", want, out)
		}
	}
}

// TestFaults: an input that cannot be taken through ends the check.
func TestFaults(t *testing.T) {
	s := &steps{}
	subject := planted(s, func(n int) int { return n })
	subject.run = func(int, func() time.Time) ([]lint.Took, error) { return nil, fmt.Errorf("no") }
	if _, err := checkerOf(s, &strings.Builder{}).check(subject); err == nil {
		t.Error("there is no error")
	}
}

// TestPlans: every shape is measured, each once.
func TestPlans(t *testing.T) {
	var planned, all []string
	for _, p := range plans {
		planned = append(planned, p.shape)
	}
	for _, s := range synthetic.Shapes() {
		all = append(all, s.Name)
	}
	slices.Sort(planned)
	slices.Sort(all)
	if !slices.Equal(planned, all) {
		t.Errorf("measured are %q of %q", planned, all)
	}
}

// TestCounters: what is allocated is counted, and what is kept is the live heap.
func TestCounters(t *testing.T) {
	const size = 1 << 20
	before := allocated()
	var kept [][]byte
	peak, err := peakHeap(func() error {
		for range 64 {
			kept = append(kept, make([]byte, size))
		}
		return nil
	})
	if counted := allocated().Sub(before); err != nil || counted < 64*size || peak < 16*size { // the last cycles may come too late
		t.Errorf("%d bytes counted, peak %d, %v", counted, peak, err)
	}
	if len(kept) != 64 {
		t.Error("nothing is kept")
	}
	if processorTime().Before(time.Unix(0, 1)) {
		t.Error("no work is counted")
	}
}

// TestRun: a shape is named by a regular expression.
func TestRun(t *testing.T) {
	out := &strings.Builder{}
	if failed, err := run([]string{"-only", "^no such shape$"}, out, out); err != nil || failed > 0 || !strings.HasPrefix(out.String(), "0 of 0 shapes") {
		t.Errorf("%d, %v: %s", failed, err, out)
	}
	if _, err := run([]string{"-only", "("}, out, out); err == nil {
		t.Error("there is no error")
	}
}
