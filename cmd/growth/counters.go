package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync/atomic"
	"time"
)

// alone has one processor do everything, so that what a stage takes is not counted
// for another one.
func alone() {
	runtime.GOMAXPROCS(1)
	debug.SetMemoryLimit(4 << 30) // where the collector is off
}

// withoutCollector runs something while garbage stays: what collecting takes depends
// on when it begins, and memory is judged by itself.
func withoutCollector(run func() error) error {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	return run()
}

// allocated is a clock that tells not time but the bytes that were allocated.
func allocated() time.Time { return time.Unix(0, metric("/gc/heap/allocs:bytes")) }

// metric reads one of the runtime's own.
func metric(name string) int64 {
	s := []metrics.Sample{{Name: name}}
	metrics.Read(s)
	return int64(s[0].Value.Uint64())
}

// peakHeap is by how many bytes the live heap grows while something runs. The
// collector tells it at the end of each of its cycles, which are many here.
func peakHeap(run func() error) (int64, error) {
	defer debug.SetGCPercent(debug.SetGCPercent(50))
	runtime.GC()
	before := metric("/gc/heap/live:bytes")
	var peak atomic.Int64
	var done atomic.Bool
	var look func(*[16]byte)
	look = func(*[16]byte) {
		if live := metric("/gc/heap/live:bytes"); live > peak.Load() {
			peak.Store(live)
		}
		if !done.Load() {
			runtime.SetFinalizer(new([16]byte), look) // to be called after the next cycle
		}
	}
	look(nil)
	err := run()
	done.Store(true)
	return peak.Load() - before, err
}
