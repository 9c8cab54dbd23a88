package linttest

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
)

// verdictOf is what has to be the same from every input of a case.
type verdictOf struct {
	rule, address string
	verdict       lint.Verdict
}

func (v verdictOf) String() string {
	return v.rule + " " + v.address + " " + string(v.verdict)
}

// verdicts are those of a report, of all that merged findings stand for.
func verdicts(report *lint.Report) map[verdictOf]bool {
	out := map[verdictOf]bool{}
	for _, f := range all(report) {
		out[verdictOf{f.Rule, f.Address, f.Verdict}] = true
	}
	return out
}

// all are the findings of a report, one by one: as they were before those of
// one cause were merged.
func all(report *lint.Report) []lint.Finding {
	var out []lint.Finding
	for i := range report.Findings {
		out = append(out, report.Findings[i].All()...)
	}
	return out
}

// exceptions are the verdicts that only one input of a case gives, with the
// reason for it. exceptions.txt has a line for each,
//
//	plan boundary-removed aws_iam_role.dropped violation  # only a plan can know
//
// and "skip state  # reason" leaves an input out of the comparison. The input
// "mask" is for verdicts that may vanish once something else is hidden. A line
// that is of no use is an error.
type exceptions struct {
	only map[Input]map[verdictOf]bool
	skip map[Input]bool
	used map[string]bool
}

func loadExceptions(c Case) (*exceptions, error) {
	e := &exceptions{only: map[Input]map[verdictOf]bool{}, skip: map[Input]bool{}, used: map[string]bool{}}
	src, err := os.ReadFile(filepath.Join(c.Dir, "exceptions.txt"))
	if errors.Is(err, fs.ErrNotExist) {
		return e, nil
	}
	if err != nil {
		return nil, err
	}
	for i, text := range strings.Split(string(src), "\n") {
		text = strings.TrimSpace(text)
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		text, reason, _ := strings.Cut(text, "  # ")
		words := strings.Fields(text)
		switch {
		case reason == "":
			return nil, fmt.Errorf("exceptions.txt:%d: no reason", i+1)
		case len(words) == 2 && words[0] == "skip":
			e.skip[Input(words[1])] = true
		case len(words) >= 4:
			// Addresses may hold blanks, in the keys of instances.
			in, last := Input(words[0]), len(words)-1
			v := verdictOf{words[1], strings.Join(words[2:last], " "), lint.Verdict(words[last])}
			if e.only[in] == nil {
				e.only[in] = map[verdictOf]bool{}
			}
			e.only[in][v] = true
		default:
			return nil, fmt.Errorf("exceptions.txt:%d: not of the form INPUT RULE ADDRESS VERDICT  # reason", i+1)
		}
	}
	return e, nil
}

// masked, in exceptions, is no input but the masking property.
const masked Input = "mask"

// Joined is a plan joined with its configuration, which has to give what the
// configuration gives.
const Joined Input = "joined"

// checkSame proves that all inputs of a case give the same verdicts.
func (h *Harness) checkSame(t *testing.T, c Case, found map[Input]*lint.Report) {
	t.Helper()
	e, err := loadExceptions(c)
	if err != nil {
		t.Fatal(err)
	}
	if c.Has(HCL) && c.Has(Plan) {
		if models := h.LoadJoined(t, c); isJoined(models) {
			found[Joined] = h.Lint(t, c, models)
		}
	}
	if found[Joined] != nil && !e.skip[Joined] {
		checkJoined(t, c, e, found[HCL], found[Joined])
	}
	all := map[verdictOf]bool{}
	var inputs []Input
	for _, in := range slices.Sorted(maps.Keys(found)) {
		if e.skip[in] {
			continue
		}
		inputs = append(inputs, in)
		maps.Copy(all, verdicts(found[in]))
	}
	for _, in := range inputs {
		got := verdicts(found[in])
		for _, v := range slices.SortedFunc(maps.Keys(all), func(a, b verdictOf) int { return strings.Compare(a.String(), b.String()) }) {
			if got[v] || e.excuses(v, in, inputs) {
				continue
			}
			t.Errorf("%s does not give what another input gives: %s", in, v)
		}
	}
	for in, list := range e.only {
		if in == masked {
			continue
		}
		for v := range list {
			if report := found[in]; report == nil || !verdicts(report)[v] {
				t.Errorf("exceptions.txt: %s does not give %s", in, v)
			}
		}
	}
}

// isJoined reports whether plans know the lines of their configuration.
func isJoined(models []*iam.Model) bool {
	return slices.ContainsFunc(models, func(m *iam.Model) bool {
		return slices.ContainsFunc(m.Entities, func(e *iam.Entity) bool { return e.Location.HasFile() })
	})
}

// excuses reports whether a verdict is listed for some other input and not
// for this one.
func (e *exceptions) excuses(v verdictOf, in Input, inputs []Input) bool {
	if e.only[in][v] {
		return false
	}
	return slices.ContainsFunc(inputs, func(other Input) bool { return e.only[other][v] })
}
