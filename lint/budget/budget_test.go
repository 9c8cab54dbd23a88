package budget

import (
	"errors"
	"runtime/debug"
	"testing"
	"time"
)

// world is a clock and a memory that stand still until they are moved.
type world struct {
	now   time.Time
	usage Usage
}

func (w *world) budget(l Limits) *Share {
	return newRun(l, func() time.Time { return w.now }, func() Usage { return w.usage })
}

func (w *world) pass(s *Share, d time.Duration) {
	w.now = w.now.Add(d)
	s.run.look()
}

func isOver(t *testing.T, name string, s *Share, want bool) {
	t.Helper()
	if got := s.Over() != nil; got != want {
		t.Errorf("%s: over is %v, want %v", name, got, want)
	}
}

func TestTime(t *testing.T) {
	w := &world{now: time.Unix(0, 0)}
	root := w.budget(Limits{Timeout: 100 * time.Second})
	first := root.Part(4, 4) // an eighth
	w.pass(root, 12400*time.Millisecond)
	isOver(t, "below its share", first, false)
	w.pass(root, 100*time.Millisecond)
	isOver(t, "at its share", first, true)
	if got := first.Over().Error(); got != "it took more than its share of --timeout 1m40s" {
		t.Error(got)
	}
	isOver(t, "the run", root, false)
	first.Close()

	second := root.Part(1, 0) // all that is left
	w.pass(root, 87400*time.Millisecond)
	isOver(t, "the last below the end", second, false)
	w.pass(root, 100*time.Millisecond)
	isOver(t, "the last at the end", second, true)
	isOver(t, "the run at its end", root, true)
	if got := second.Over().Error(); got != "the run took all of its --timeout 1m40s" {
		t.Error(got)
	}
	isOver(t, "whoever comes afterwards", root.Part(1, 0), true)
}

// What one does not take is there for the others, and each of very many gets a
// fiftieth at least.
func TestTimeOfMany(t *testing.T) {
	w := &world{now: time.Unix(0, 0)}
	root := w.budget(Limits{Timeout: 100 * time.Second})
	first := root.Part(10_000, 0)
	w.pass(root, 1999*time.Millisecond)
	isOver(t, "below a fiftieth", first, false)
	w.pass(root, time.Millisecond)
	isOver(t, "at a fiftieth", first, true)
	part := root.Part(2, 0)
	inner := part.Part(2, 0)
	w.pass(root, 24*time.Second)
	isOver(t, "a part of a part", inner, false)
	w.pass(root, time.Second)
	isOver(t, "a part of a part after a quarter", inner, true)
	isOver(t, "the part", part, false)
}

func TestMemory(t *testing.T) {
	const mib = 1 << 20
	w := &world{now: time.Unix(0, 0), usage: Usage{Held: 100 * mib, Live: 100 * mib}}
	root := w.budget(Limits{Memory: 1100 * mib})
	root.run.look()
	first := root.Part(2, 0) // half of what is left
	w.usage = Usage{Held: 1100 * mib, Live: 600 * mib}
	w.pass(root, 0)
	isOver(t, "at half of the rest", first, false)
	w.usage.Live++
	w.pass(root, 0)
	isOver(t, "above half of the rest", first, true)
	if got := first.Over().Error(); got != "it took more than its share of --max-memory 1100MiB" {
		t.Error(got)
	}
	first.Close()
	last := root.Part(1, 0)
	w.usage = Usage{Held: 1100 * mib, Live: 1100 * mib}
	w.pass(root, 0)
	isOver(t, "the last at the limit", last, false)
	w.usage.Held = 1100*mib + 1100*mib/slack + 1
	w.pass(root, 0)
	isOver(t, "what is held above the limit and its slack", last, true)
}

func TestLost(t *testing.T) {
	const mib = 1 << 20
	w := &world{now: time.Unix(0, 0)}
	root := w.budget(Limits{Timeout: time.Minute, Memory: 800 * mib})
	lost := func(want string) {
		t.Helper()
		over, got := root.run.lost(w.usage, root), ""
		if over != nil {
			got = over.Error()
		}
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	w.usage.Held = 1000 * mib
	lost("")
	w.usage.Held++
	lost("the run took all of its --max-memory 800MiB")
	w.usage.Held = 0
	w.pass(root, time.Minute+grace)
	lost("")
	w.pass(root, 1)
	lost("the run took all of its --timeout 1m0s")
}

func TestCheck(t *testing.T) {
	root := NewSteps(Limits{Timeout: 3 * time.Millisecond})
	defer func() {
		var over *SpentError
		if err, ok := recover().(error); !ok || !errors.As(err, &over) {
			t.Error("no end")
		}
	}()
	for n := range 10 {
		if root.Check(); n > 1 {
			t.Fatal("three steps take three milliseconds")
		}
	}
}

func TestRun(t *testing.T) {
	w := &world{now: time.Unix(0, 0)}
	root := w.budget(Limits{Timeout: time.Second})
	if !root.Run(func() {}) {
		t.Error("what ends was given up")
	}
	var none *Share
	ran := false
	if !none.Run(func() { ran = true }) || !ran || none.Over() != nil || none.Part(1, 1) != nil || none.Done() != nil {
		t.Error("no bounds")
	}
	none.Check()
	none.Forget()
	none.Close()
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]uint64{"64MiB": 64 << 20, "2GiB": 2 << 30, "2 gib": 2 << 30, "512m": 512 << 20, "2G": 2 << 30, "100000000": 100_000_000, "65536KiB": 64 << 20} {
		if got, err := ParseSize(text); got != want || err != nil {
			t.Errorf("%s: %d, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "x", "63MiB", "0", "-1GiB", "1.5GiB", "99999999999GiB", "2GiBGiB", "67108863"} {
		if got, err := ParseSize(text); err == nil {
			t.Errorf("%s: %d", text, got)
		}
	}
	for bytes, want := range map[uint64]string{2 << 30: "2GiB", 1536 << 20: "1536MiB", 3 << 10: "3KiB", 1001: "1001"} {
		if got := Size(bytes); got != want {
			t.Errorf("%d: %s", bytes, got)
		}
	}
	for text, want := range map[string]uint64{"max\n": 2 << 30, "1073741824\n": 512 << 20, "9223372036854771712": 2 << 30, "1000": 64 << 20} {
		if got := memoryIn(text); got != want {
			t.Errorf("%s: %d", text, got)
		}
	}
}

// Garbage of less than 32 MiB is not worth a collection, and where much is in
// use garbage is to be half of that at most.
func TestPercent(t *testing.T) {
	const mib = 1 << 20
	for live, want := range map[uint64]int{0: 800, 4 * mib: 800, 8 * mib: 400, 32 * mib: 100, 64 * mib: 100, 128 * mib: 50, 1024 * mib: 50} {
		if got := percentOf(live, worthwhile, 0); got != want {
			t.Errorf("%d MiB in use: %d, want %d", live/mib, got, want)
		}
	}
	// What is expected to be in use is not collected on the way there.
	for live, want := range map[uint64]int{0: 2400, 25 * mib: 300, 64 * mib: 100, 100 * mib: 64, 200 * mib: 50} {
		if got := percentOf(live, worthwhile, 100*mib); got != want {
			t.Errorf("%d MiB of 100 in use: %d, want %d", live/mib, got, want)
		}
	}
}

// What the environment says of the collection of garbage stays, and what a watch
// changes is as before once that is asked for: until then nothing is collected
// for the report.
func TestWatchRestores(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(usualPercent))
	for set, during := range map[int]int{usualPercent: percentOf(0, worthwhile, 0), 50: 50, -1: -1} {
		debug.SetGCPercent(set)
		_, stop, restore := New(Limits{}).Watch()
		if got := debug.SetGCPercent(during); got != during {
			t.Errorf("of %d percent: %d during the watch, want %d", set, got, during)
		}
		stop()
		if got := debug.SetGCPercent(during); got != during {
			t.Errorf("of %d percent: %d after the watch, want %d", set, got, during)
		}
		restore()
		if got := debug.SetGCPercent(set); got != set {
			t.Errorf("of %d percent: %d in the end", set, got)
		}
	}
}

// TestPatienceOfSeveral: what several runs have in common is not restored by the end of one of
// them, and takes what is in use into account.
func TestPatienceOfSeveral(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(usualPercent))
	const kept = 3 * worthwhile
	common := NewPatience(kept)
	for range 2 {
		_, stop, restore := New(Limits{Patience: common}).Watch()
		stop()
		restore()
		common.look(kept/2, 0)
		if got := debug.SetGCPercent(2 * usualPercent); got != 2*usualPercent {
			t.Errorf("%d percent between two runs, want %d", got, 2*usualPercent)
		}
	}
	common.look(100*kept, 0)
	if got := debug.SetGCPercent(leastPercent); got != leastPercent {
		t.Errorf("%d percent with much in use, want %d", got, leastPercent)
	}
	common.End()
	if got := debug.SetGCPercent(usualPercent); got != usualPercent {
		t.Errorf("%d percent in the end", got)
	}
}

// TestStop: a run that is stopped ends in all of its shares, those that are made later, too.
func TestStop(t *testing.T) {
	t.Parallel()
	var none *Share
	none.Stop()
	root := New(Limits{})
	part := root.Part(1, 0)
	defer part.Close()
	if root.Over() != nil || part.Over() != nil {
		t.Fatal("it is over before it was stopped")
	}
	root.Stop()
	later := root.Part(1, 0)
	defer later.Close()
	for _, s := range []*Share{root, part, later} {
		if over := s.Over(); over == nil || !over.Stopped || over.Error() != "the run was stopped" {
			t.Errorf("%v", over)
		}
		select {
		case <-s.Done():
		default:
			t.Error("it is not done")
		}
	}
}
