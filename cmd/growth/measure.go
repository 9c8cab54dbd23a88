package main

import (
	"runtime"
	"time"

	"github.com/boundlint/boundlint/lint"
)

// subject is what is measured.
type subject struct {
	name string
	// unit is what the sizes count.
	unit  string
	sizes []int
	// each is how many bytes of the largest input one unit is.
	each float64
	// share is how many KiB of live heap each unit may take; 0 for no bound.
	share float64
	// run goes through the subject in one of its sizes, and returns what a clock
	// counted for each stage.
	run func(size int, clock func() time.Time) ([]lint.Took, error)
}

// together is the stage that all are.
const together = "together"

// costs are what each stage took at least, by size.
type costs map[string][]float64

// round runs every size of a subject once, and keeps what is less than before.
func (c costs) round(s *subject, clock func() time.Time) error {
	for i, size := range s.sizes {
		runtime.GC() // the garbage of another size is no work of this one
		took, err := s.run(size, clock)
		if err != nil {
			return err
		}
		sums := map[string]float64{}
		for _, t := range took {
			sums[t.Stage] += float64(t.Time)
			sums[together] += float64(t.Time)
		}
		for stage, sum := range sums {
			if c[stage] == nil {
				c[stage] = make([]float64, len(s.sizes))
			}
			if c[stage][i] == 0 || sum < c[stage][i] {
				c[stage][i] = sum
			}
		}
	}
	return nil
}

// tooFast are the stages that grow too fast. A stage that costs less than the floor
// in the largest size is not judged: what it takes is chance.
func (c costs) tooFast(s *subject, floor float64) map[string]float64 {
	out := map[string]float64{}
	for stage, list := range c {
		if e := exponent(s.sizes, list); e > limit && list[len(list)-1] >= floor {
			out[stage] = e
		}
	}
	return out
}
