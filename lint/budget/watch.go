package budget

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// interval is how often is looked at clock and memory: memory grows by some
	// dozen megabytes meanwhile.
	interval = 20 * time.Millisecond
	// slack is the part of the limit by which the memory of the program may
	// lie above it: the garbage collector needs time to keep it, and the run to
	// end.
	slack = 8
	// little is how much memory any run may hold.
	little = 384 << 20
	// mostExpected bounds what is expected to be in use.
	mostExpected = 192 << 20
	// grace is how long the run may go on after its time is up, for the report
	// of what was judged.
	grace = 10 * time.Second
)

// Watch looks at clock and memory until stop is called. It sends why on the
// channel if the run goes on although its budget is used up, in which case
// nothing is left but to end the program. restore gives the garbage collector
// back as it was, for the end of the run: less patient than the watch, it would
// begin to collect what the program holds to write its report from.
func (s *Share) Watch() (ended <-chan *SpentError, stop, restore func()) {
	out, quit, quitted := make(chan *SpentError, 1), make(chan struct{}), make(chan struct{})
	before := debug.SetMemoryLimit(-1)
	collect := func(uint64) {}
	if s.memory > 0 {
		now := uint64(0)
		collect = func(live uint64) {
			if soft := softLimit(live, s.memory); soft > now+now/slack || soft < now-now/slack {
				now = soft
				debug.SetMemoryLimit(int64(soft))
			}
		}
	}
	collect(0)
	patience, lessPatient := s.run.limits.Patience, func() {}
	if patience == nil {
		patience = NewPatience(worthwhile)
		lessPatient = patience.End
	}
	go func() {
		tick := time.NewTicker(interval)
		defer tick.Stop()
		defer close(quitted)
		defer close(out)
		for {
			select {
			case <-quit:
				return
			case <-tick.C:
			}
			usage := s.run.look()
			collect(usage.Live)
			patience.look(usage.Live, min(s.run.expected.Load(), mostExpected))
			if over := s.run.lost(usage, s); over != nil {
				out <- over
				return
			}
		}
	}()
	stop = func() {
		close(quit)
		<-quitted
	}
	restore = func() {
		debug.SetMemoryLimit(before)
		lessPatient()
	}
	return out, stop, restore
}

// softLimit is up to where the garbage collector lets the memory grow without
// working harder.
func softLimit(live, limit uint64) uint64 { return min(limit, max(little, 2*live)) }

// lost reports why a run has to be ended from outside.
func (r *run) lost(u Usage, root *Share) *SpentError {
	switch {
	case !root.until.IsZero() && r.clock().After(root.until.Add(grace)):
		return r.outOfTime(true)
	case root.memory > 0 && u.Held > root.memory+2*root.memory/slack:
		return r.outOfMemory(true)
	}
	return nil
}

// Expect says of how many bytes it is known that they are going to be in use.
func (s *Share) Expect(bytes int) {
	if s != nil && bytes > 0 {
		s.run.expected.Add(uint64(bytes))
	}
}

// Forget is called after an input that was given up: what it held is garbage.
func (s *Share) Forget() {
	if s != nil && s.memory > 0 {
		runtime.GC()
		s.run.look()
	}
}

// usage reads the memory of the program.
func usage() Usage {
	samples := []metrics.Sample{
		{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}, {Name: "/gc/heap/live:bytes"},
	}
	metrics.Read(samples)
	for _, s := range samples {
		if s.Value.Kind() != metrics.KindUint64 {
			return Usage{} // a later runtime has no such figure
		}
	}
	return Usage{Held: samples[0].Value.Uint64() - samples[1].Value.Uint64(), Live: samples[2].Value.Uint64()}
}
