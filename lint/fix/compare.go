package fix

import (
	"fmt"

	"github.com/boundlint/boundlint/lint"
)

// weighed are the findings of a report, to be compared with those of another: lines and
// numbers change with the files.
type weighed map[string]weight

// weight is how many findings are of one rule at one resource, and how bad the worst is.
type weight struct{ findings, worst int }

// subject is what a finding is about, in a way that the change of another place keeps.
func subject(r *lint.Report, f *lint.Finding) string {
	in := &r.Inputs[f.Input]
	return fmt.Sprintf("%s\x00%s\x00%s\x00%s\x00%s", in.Path, in.Workspace, in.Tool, f.Rule, f.Address)
}

func weigh(r *lint.Report) weighed {
	out := weighed{}
	for i := range r.Findings {
		for _, f := range r.Findings[i].All() {
			w := out[subject(r, &f)]
			w.findings++
			badness := 2 * int(f.Severity)
			if f.Verdict == lint.Violation {
				badness++
			}
			w.worst = max(w.worst, badness)
			out[subject(r, &f)] = w
		}
	}
	return out
}

// isNew reports whether a report has a finding that another has not, or a worse one.
func (w weighed) isNew(before weighed) bool {
	for what, now := range w {
		if was := before[what]; now.findings > was.findings || now.worst > was.worst {
			return true
		}
	}
	return false
}

// faults counts what could not be read or judged.
func faults(r *lint.Report) int {
	n := len(r.Diagnostics)
	for i := range r.Inputs {
		if !r.Inputs[i].Complete {
			n++
		}
	}
	return n
}
