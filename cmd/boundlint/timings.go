package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/boundlint/boundlint/lint"
)

// fewRules is how many rules the timings name.
const fewRules = 10

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

// text tells where the time went. Rules of several inputs run side by side, so
// that what they took may add up to more than judging did.
func (t *timings) text(rep *lint.Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "timings: reading %s, judging %s, writing %s\n", short(t.reading), short(t.judging), short(t.writing))
	for _, one := range slowest(t.inputs) {
		fmt.Fprintf(&b, "  reading %s: %s\n", one.what, short(one.took))
	}
	byRule := map[string]time.Duration{}
	for _, one := range rep.Took {
		byRule[cmp.Or(one.Rule, "linking")] += one.Time
	}
	var rules []timed
	for rule, took := range byRule {
		rules = append(rules, timed{rule, took})
	}
	for _, one := range slowest(rules) {
		fmt.Fprintf(&b, "  %s: %s\n", one.what, short(one.took))
	}
	return b.String()
}

// slowest are the first of a list by time.
func slowest(list []timed) []timed {
	slices.SortFunc(list, func(a, b timed) int { return cmp.Or(cmp.Compare(b.took, a.took), strings.Compare(a.what, b.what)) })
	return list[:min(len(list), fewRules)]
}

// short is a time in milliseconds, or in seconds where it is long.
func short(d time.Duration) string {
	if d >= 10*time.Second {
		return d.Round(100 * time.Millisecond).String()
	}
	return fmt.Sprintf("%.1fms", float64(d)/float64(time.Millisecond))
}
