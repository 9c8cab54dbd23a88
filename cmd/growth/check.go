package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// What a stage has to cost in the largest size to be judged.
const (
	leastWork   = float64(10 * time.Millisecond)
	leastMemory = 8 << 20
)

// checker judges subjects.
type checker struct {
	out             io.Writer
	rounds, retries int
	verbose         bool
	// work counts what processors did, memory what was allocated, in nanoseconds and
	// bytes; nil for those of this process.
	work, memory func() time.Time
	// peak tells the largest live heap of a run; nil for that of this process.
	peak func(run func() error) (int64, error)
}

// result is what was measured of a subject.
type result struct {
	work, memory costs
	// peak is the largest live heap, by size.
	peak []float64
	// faults are what is wrong, a line each.
	faults []string
}

// check measures a subject, again where it fails, and tells whether it is well.
func (c *checker) check(s *subject) (ok bool, err error) {
	c.defaults()
	r := &result{work: costs{}, memory: costs{}}
	// The first run unpacks the catalog and the like.
	if _, err := s.run(s.sizes[0], nil); err != nil {
		return false, err
	}
	if err := c.measureMemory(s, r); err != nil {
		return false, err
	}
	for try := 0; try == 0 || try <= c.retries && len(r.work.tooFast(s, leastWork)) > 0; try++ {
		for range c.rounds {
			if err := withoutCollector(func() error { return r.work.round(s, c.work) }); err != nil {
				return false, err
			}
		}
	}
	r.judge(s)
	c.tell(s, r)
	return len(r.faults) == 0, nil
}

func (c *checker) defaults() {
	if c.work == nil {
		c.work, c.memory, c.peak = processorTime, allocated, peakHeap
	}
}

// measureMemory runs every size once: what is allocated hardly depends on chance.
func (c *checker) measureMemory(s *subject, r *result) error {
	r.peak = make([]float64, len(s.sizes))
	for i := range s.sizes {
		one := *s
		one.sizes = s.sizes[i : i+1]
		took := costs{}
		peak, err := c.peak(func() error { return took.round(&one, c.memory) })
		if err != nil {
			return err
		}
		r.peak[i] = float64(peak)
		for stage, list := range took {
			if r.memory[stage] == nil {
				r.memory[stage] = make([]float64, len(s.sizes))
			}
			r.memory[stage][i] = list[0]
		}
	}
	return nil
}

// judge notes what is wrong.
func (r *result) judge(s *subject) {
	note := func(what string, of costs, floor float64, show func(float64) string) {
		found := of.tooFast(s, floor)
		for _, stage := range slices.Sorted(maps.Keys(found)) {
			r.faults = append(r.faults, fmt.Sprintf("%s: %s grows with the power %.2f: %s", stage, what, found[stage], shown(of[stage], show)))
		}
	}
	note("work", r.work, leastWork, seconds)
	note("allocated memory", r.memory, leastMemory, mebi)
	if used := r.each(s); s.share > 0 && used > s.share {
		r.faults = append(r.faults, fmt.Sprintf("the live heap takes %.1f KiB for each of the %s, more than %.1f: %s",
			used, s.unit, s.share, shown(r.peak, mebi)))
	}
}

// each is by how many KiB the live heap grows with each further unit. What every input
// takes, such as the catalog, is left out.
func (r *result) each(s *subject) float64 {
	last := len(s.sizes) - 1
	return (r.peak[last] - r.peak[0]) / float64(s.sizes[last]-s.sizes[0]) / (1 << 10)
}

// tell prints what was measured.
func (c *checker) tell(s *subject, r *result) {
	verdict := "ok"
	if len(r.faults) > 0 {
		verdict = "FAIL"
	}
	fmt.Fprintf(c.out, "%-4s %s: %s %s of %s; work %s, power %.2f; live heap %s, %.1f KiB each\n", verdict, s.name, numbers(s.sizes), s.unit,
		kibi(s.each), shown(r.work[together], seconds), exponent(s.sizes, r.work[together]), shown(r.peak, mebi), r.each(s))
	for _, fault := range r.faults {
		fmt.Fprintf(c.out, "     %s\n", fault)
	}
	if !c.verbose {
		return
	}
	for _, stage := range slices.Sorted(maps.Keys(r.work)) {
		fmt.Fprintf(c.out, "     %-34s work %.2f: %-30s allocated %.2f: %s\n", stage,
			exponent(s.sizes, r.work[stage]), shown(r.work[stage], seconds), exponent(s.sizes, r.memory[stage]), shown(r.memory[stage], mebi))
	}
}

func numbers(list []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(list), " ", ", "), "[]")
}

func shown(list []float64, one func(float64) string) string {
	var out []string
	for _, v := range list {
		out = append(out, one(v))
	}
	return strings.Join(out, ", ")
}

func seconds(ns float64) string { return fmt.Sprintf("%.3f s", ns/1e9) }

func kibi(bytes float64) string { return fmt.Sprintf("%.1f KiB", bytes/(1<<10)) }

func mebi(bytes float64) string { return fmt.Sprintf("%.1f MiB", bytes/(1<<20)) }
