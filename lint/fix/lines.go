package fix

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/files"
)

// hunk is a run of lines in the place of another: those from from up to to, counted from
// 0, become those from start up to end of the changed text.
type hunk struct{ from, to, start, end int }

// text are the lines that stand there then.
func (h hunk) text(changed []byte) string {
	return strings.Join(linesOf(changed)[h.start:h.end], "")
}

// linesOf are the lines of a text with their ends.
func linesOf(src []byte) []string {
	lines := strings.SplitAfter(string(src), "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// mostCompared bounds the work of comparing lines, by the square of their number: what is
// longer is one hunk.
const mostCompared = 4_000_000

// compareLines are the runs of lines in which two texts differ.
func compareLines(before, after []byte) []hunk {
	x, y := linesOf(before), linesOf(after)
	head := 0
	for head < min(len(x), len(y)) && x[head] == y[head] {
		head++
	}
	tail := 0
	for tail < min(len(x), len(y))-head && x[len(x)-1-tail] == y[len(y)-1-tail] {
		tail++
	}
	a, b := x[head:len(x)-tail], y[head:len(y)-tail]
	if len(a) == 0 && len(b) == 0 {
		return nil
	}
	if len(a)*len(b) > mostCompared {
		return []hunk{{head, head + len(a), head, head + len(b)}}
	}
	var out []hunk
	i, j := 0, 0
	for _, pair := range append(common(a, b), [2]int{len(a), len(b)}) {
		if i < pair[0] || j < pair[1] {
			out = append(out, hunk{head + i, head + pair[0], head + j, head + pair[1]})
		}
		i, j = pair[0]+1, pair[1]+1
	}
	return out
}

// common are the lines of a longest common subsequence, by their indexes.
func common(a, b []string) [][2]int {
	longest := make([][]int, len(a)+1)
	for i := range longest {
		longest[i] = make([]int, len(b)+1)
	}
	for i := range slices.Backward(a) {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				longest[i][j] = longest[i+1][j+1] + 1
			} else {
				longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			}
		}
	}
	var out [][2]int
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			out = append(out, [2]int{i, j})
			i, j = i+1, j+1
		case longest[i+1][j] >= longest[i][j+1]:
			i++
		default:
			j++
		}
	}
	return out
}

// changedFiles are the files that two trees hold otherwise, sorted.
func changedFiles(before, after files.Overlay) []string {
	var out []string
	for _, file := range slices.Sorted(maps.Keys(after)) {
		if string(before[file]) != string(after[file]) {
			out = append(out, file)
		}
	}
	return out
}

// context is how many lines of a unified diff stand before and after a change.
const context = 3

// Diff is the change of all files as a unified diff, which patch and git apply take. Of a
// file that shows refuses it says that it changes, and not how.
func (r *Result) Diff(shows func(file string, content []byte) bool) string {
	var b strings.Builder
	paths := changedFiles(r.Before, r.After)
	slices.SortFunc(paths, func(x, y string) int { return strings.Compare(r.Names[x], r.Names[y]) })
	for _, file := range paths {
		if !shows(r.Names[file], r.Before[file]) {
			fmt.Fprintf(&b, "# %s changes, which is not shown: something in it is sensitive\n", r.Names[file])
			continue
		}
		fmt.Fprintf(&b, "--- a/%s\n+++ b/%s\n", r.Names[file], r.Names[file])
		diff(&b, r.Before[file], r.After[file])
	}
	return b.String()
}

func diff(b *strings.Builder, before, after []byte) {
	x, y := linesOf(before), linesOf(after)
	hunks := compareLines(before, after)
	for len(hunks) > 0 {
		n := 1
		for n < len(hunks) && hunks[n].from-hunks[n-1].to <= 2*context {
			n++
		}
		from, to := max(hunks[0].from-context, 0), min(hunks[n-1].to+context, len(x))
		start, end := hunks[0].start-(hunks[0].from-from), hunks[n-1].end+(to-hunks[n-1].to)
		fmt.Fprintf(b, "@@ -%s +%s @@\n", span(from, to), span(start, end))
		at := from
		for _, h := range hunks[:n] {
			writeLines(b, " ", x[at:h.from])
			writeLines(b, "-", x[h.from:h.to])
			writeLines(b, "+", y[h.start:h.end])
			at = h.to
		}
		writeLines(b, " ", x[at:to])
		hunks = hunks[n:]
	}
}

// span is a run of lines as a unified diff counts it.
func span(from, to int) string {
	if from == to {
		return fmt.Sprintf("%d,0", from)
	}
	return fmt.Sprintf("%d,%d", from+1, to-from)
}

func writeLines(b *strings.Builder, mark string, lines []string) {
	for _, line := range lines {
		b.WriteString(mark + line)
		if !strings.HasSuffix(line, "\n") {
			b.WriteString("\n\\ No newline at end of file\n")
		}
	}
}
