package tfconfig

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"
)

// largeExpressions are calls over n elements, by what they are about.
func largeExpressions(n int) map[string]string {
	list := func(element string) string {
		return fmt.Sprintf("flatten([for i in range(%d) : [for j in range(100) : %s]])", n/100, element)
	}
	numbers, texts := list("i * 100 + j"), list(`"${i}-${j}"`)
	hidden := list(`"${var.s}-${i}-${j}"`)
	chosen := list(`var.s == "a" ? "${i}-${j}" : "b"`)
	return map[string]string{
		"a list":                  "length(" + numbers + ")",
		"a set":                   "length(toset(" + numbers + "))",
		"a set of hidden texts":   "length(toset(" + hidden + "))",
		"a set of choices":        "length(toset(" + chosen + "))",
		"sort":                    "length(sort(" + texts + "))",
		"sort of choices":         "length(sort(" + chosen + "))",
		"distinct":                "length(distinct(" + numbers + "))",
		"distinct of few":         "length(distinct(" + list("j") + "))",
		"distinct hidden texts":   "length(distinct(" + hidden + "))",
		"keys":                    "length(keys({ for k in " + texts + " : k => k }))",
		"hidden keys":             "length(keys({ for k in " + hidden + " : k => k }))",
		"merge with hidden keys":  "length(merge({ for k in " + hidden + " : k => k }, { a = 1 }))",
		"tomap":                   "length(tomap({ for k in " + texts + " : k => k }))",
		"matchkeys":               "length(matchkeys(" + numbers + ", " + numbers + ", " + numbers + "))",
		"index":                   "index(" + numbers + ", 50)",
		"setunion":                "length(setunion(" + texts + ", " + hidden + "))",
		"setsubtract":             "length(setsubtract(" + chosen + ", [\"a\"]))",
		"compact":                 "length(compact(" + hidden + "))",
		"coalescelist":            "length(coalescelist(" + hidden + ", []))",
		"a conditional of lists":  "length(var.s == \"a\" ? " + texts + " : " + list(`"${j}"`) + ")",
		"a conditional of maps":   "length(var.s == \"a\" ? { for k in " + texts + " : k => 1 } : { for k in " + hidden + " : k => 1 })",
		"a conditional of sets":   "length(var.s == \"a\" ? toset(" + texts + ") : toset(" + list(`"x${i}-${j}"`) + "))",
		"contains":                "contains(" + hidden + ", \"q\")",
		"zipmap with hidden keys": "length(zipmap(" + hidden + ", " + numbers + "))",
		"jsonencode":              "length(jsonencode(" + hidden + "))",
		"join":                    "length(join(\"\", " + hidden + "))",
		"chunklist":               "length(chunklist(" + numbers + ", 1))",
	}
}

// TestGrowth evaluates calls over more and more elements: what they take grows
// no faster than the number of elements and some, or is refused. Each measure
// is the best of a few, and only their ratio counts.
func TestGrowth(t *testing.T) {
	if testing.Short() {
		t.Skip("it measures")
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	dir := write(t, map[string]string{"main.tf": "variable \"s\" {\n  type = string\n}\n"})
	best := func(expression string, times int) time.Duration {
		var all []time.Duration
		for range times {
			ev := evaluate(t, dir, Options{})
			start := spent(t)
			consoleValue(ev, expression)
			all = append(all, spent(t)-start)
		}
		return slices.Min(all)
	}
	few, many := largeExpressions(400), largeExpressions(6400)
	for name := range few {
		// Sixteen times as many elements: 256 is quadratic growth, and with n log n it is 24.
		ratio := func(times int) float64 { return float64(best(many[name], times)) / float64(best(few[name], times)) }
		if ratio(1) > 100 {
			if again := ratio(5); again > 100 {
				t.Errorf("%s: sixteen times as many elements take %.0f times as long", name, again)
			}
		}
	}
}

// BenchmarkLarge tells what calls over many elements take.
func BenchmarkLarge(b *testing.B) {
	dir := write(b, map[string]string{"main.tf": "variable \"s\" {\n  type = string\n}\n"})
	for name, expression := range largeExpressions(40_000) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				consoleValue(evaluate(b, dir, Options{}), expression)
			}
		})
	}
}
