package main

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/rules"
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

// TestTimings: every stage of the run and every rule has its line. The date is
// fixed, and so is the clock.
func TestTimings(t *testing.T) {
	workspace(t, map[string]string{"bad.json": badPlan, "good.json": goodPlan})
	got := boundlint(t, "", nil, "bad.json", "good.json", "--timings", "--format", "compact")
	want := "timings: reading 0.0ms, judging 0.0ms, writing 0.0ms, together 0.0ms\n  reading bad.json: 0.0ms\n  reading good.json: 0.0ms\n"
	if got.code != exitFindings || !strings.HasPrefix(got.stderr, want) || strings.Contains(got.stdout, "timings") {
		t.Errorf("%+v", got)
	}
	stages := []string{lint.Linking, lint.Holding, lint.EscalationSearch, lint.Exempting, lint.Identifying, lint.Merging, lint.Summing}
	for _, rule := range rules.All() {
		if !rule.OffByDefault {
			stages = append(stages, rule.ID)
		}
	}
	for _, stage := range stages {
		if n := strings.Count(got.stderr, "\n  "+stage+": 0.0ms\n"); n != 1 {
			t.Errorf("%d lines about %s", n, stage)
		}
	}
	if got := boundlint(t, "", nil, "bad.json"); got.stderr != "" {
		t.Errorf("without the flag: %s", got.stderr)
	}
}

// TestTimingsText: stages are added up over the inputs, the slowest come first, and of
// many inputs those that took longest are named.
func TestTimingsText(t *testing.T) {
	rep := &lint.Report{Took: []lint.Took{
		{Stage: "a", Time: time.Millisecond},
		{Stage: "b", Time: 2 * time.Millisecond},
		{Input: 1, Stage: "a", Time: 4 * time.Millisecond},
		{Input: -1, Stage: "c", Time: 12 * time.Second},
	}}
	took := &timings{reading: time.Millisecond, judging: 20 * time.Second, writing: time.Second}
	for i := range fewInputs + 2 {
		took.inputs = append(took.inputs, timed{fmt.Sprint("input", i), time.Duration(i) * time.Millisecond})
	}
	got := took.text(rep)
	const first = "timings: reading 1.0ms, judging 20s, writing 1000.0ms, together 21s\n  reading input11: 11.0ms\n"
	const last = "  reading input2: 2.0ms\n  reading 2 other inputs: less than that each\n  c: 12s\n  a: 5.0ms\n  b: 2.0ms\n"
	if !strings.HasPrefix(got, first) || !strings.HasSuffix(got, last) {
		t.Errorf("got %s", got)
	}
}
