package tfconfig

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// sideBySide is what do makes of each element of a list, in their order. It runs
// on as many processors as there are. A panic of one call is that of the caller.
func sideBySide[T, U any](list []T, do func(T) U) []U {
	out := make([]U, len(list))
	var next atomic.Int64
	var fault atomic.Pointer[any]
	work := func() {
		defer func() {
			if r := recover(); r != nil {
				fault.CompareAndSwap(nil, &r)
			}
		}()
		for fault.Load() == nil {
			i := int(next.Add(1)) - 1
			if i >= len(list) || i >= len(out) {
				return
			}
			out[i] = do(list[i])
		}
	}
	var wg sync.WaitGroup
	for range min(len(list), runtime.GOMAXPROCS(0)) {
		wg.Go(work)
	}
	wg.Wait()
	if r := fault.Load(); r != nil {
		panic(*r)
	}
	return out
}
