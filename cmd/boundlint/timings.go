package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/boundlint/boundlint/lint"
)

// fewInputs is how many inputs the timings name.
const fewInputs = 10

// timings are how long the parts of a run took.
type timings struct {
	reading, judging, writing time.Duration
	// inputs are how long reading each of the paths took.
	inputs []timed
}

// timed is something and how long it took.
type timed struct {
	what string
	took time.Duration
}

// clock tells the time, for what takes some. Where the date of reports is fixed,
// so is the clock: equal runs give equal bytes.
func (p *program) clock() time.Time {
	if p.getenv("SOURCE_DATE_EPOCH") != "" {
		return p.now()
	}
	return time.Now()
}

// text tells where the time went: of the inputs those that took longest to read, and of
// the stages of judging each. Several inputs are judged side by side, so that the
// stages may add up to more than judging took.
func (t *timings) text(rep *lint.Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "timings: reading %s, judging %s, writing %s, together %s\n",
		short(t.reading), short(t.judging), short(t.writing), short(t.reading+t.judging+t.writing))
	inputs := slowest(t.inputs)
	for _, one := range inputs[:min(len(inputs), fewInputs)] {
		fmt.Fprintf(&b, "  reading %s: %s\n", one.what, short(one.took))
	}
	if left := len(inputs) - fewInputs; left > 0 {
		fmt.Fprintf(&b, "  reading %s: less than that each\n", counted(left, "other input"))
	}
	for _, one := range stages(rep.Took) {
		fmt.Fprintf(&b, "  %s: %s\n", one.what, short(one.took))
	}
	return b.String()
}

// stages are what each stage of judging took over all inputs.
func stages(list []lint.Took) []timed {
	byStage := map[string]time.Duration{}
	for _, one := range list {
		byStage[one.Stage] += one.Time
	}
	var out []timed
	for stage, took := range byStage {
		out = append(out, timed{stage, took})
	}
	return slowest(out)
}

// slowest sorts a list by time, the longest first.
func slowest(list []timed) []timed {
	slices.SortFunc(list, func(a, b timed) int { return cmp.Or(cmp.Compare(b.took, a.took), strings.Compare(a.what, b.what)) })
	return list
}

// short is a time in milliseconds, or in seconds where it is long.
func short(d time.Duration) string {
	if d >= 10*time.Second {
		return d.Round(100 * time.Millisecond).String()
	}
	return fmt.Sprintf("%.1fms", float64(d)/float64(time.Millisecond))
}
