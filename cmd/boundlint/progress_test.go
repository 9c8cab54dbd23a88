package main

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/boundlint/boundlint/lint"
)

// terminal keeps what is written to it.
type terminal struct {
	mu   sync.Mutex
	text strings.Builder
}

func (t *terminal) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.Write(b)
}

func (t *terminal) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}

func TestProgress(t *testing.T) {
	screen := &terminal{}
	p := newProgress(screen, 50, time.Millisecond)
	p.say("reading %s", "live\x1b[2J")
	for range 1000 {
		if screen.String() != "" {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	p.say("judging %s", strings.Repeat("x", 80))
	p.end()
	p.say("nothing")
	p.end()
	want := "\r\x1b[Kreading live\ufffd[2J ...\r\x1b[Kjudging " + strings.Repeat("x", 40) + "…\r\x1b[K"
	if got := screen.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestProgressSoon: what is done soon tells nothing, and neither does a run whose
// standard error is not a terminal.
func TestProgressSoon(t *testing.T) {
	screen := &terminal{}
	p := newProgress(screen, 0, time.Hour)
	p.say("reading")
	p.end()
	var none *progress
	none.say("reading")
	none.end()
	if got := screen.String(); got != "" {
		t.Errorf("got %q", got)
	}
	run := &program{stderr: screen, lookupEnv: nothingSet}
	if run.startProgress(); run.progress != nil {
		t.Error("it tells without a terminal")
	}
}

func TestTimings(t *testing.T) {
	workspace(t, map[string]string{"bad.json": badPlan, "good.json": goodPlan})
	got := boundlint(t, "", nil, "bad.json", "good.json", "--timings", "--format", "compact")
	// The date is fixed, and so is the clock.
	want := "timings: reading 0.0ms, judging 0.0ms, writing 0.0ms\n  reading bad.json: 0.0ms\n  reading good.json: 0.0ms\n  admin-attached: 0.0ms\n"
	if got.code != exitFindings || !strings.HasPrefix(got.stderr, want) || strings.Contains(got.stdout, "timings") {
		t.Errorf("%+v", got)
	}
	if got := boundlint(t, "", nil, "bad.json"); got.stderr != "" {
		t.Errorf("without the flag: %s", got.stderr)
	}
	rep := &lint.Report{Took: []lint.Took{
		{Rule: "a", Time: time.Millisecond}, {Rule: "b", Time: 2 * time.Millisecond}, {Input: 1, Rule: "a", Time: 4 * time.Millisecond}, {Time: 12 * time.Second},
	}}
	if got, want := (&timings{}).text(rep), "  linking: 12s\n  a: 5.0ms\n  b: 2.0ms\n"; !strings.HasSuffix(got, want) {
		t.Errorf("got %s", got)
	}
}
