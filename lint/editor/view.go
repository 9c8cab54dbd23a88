package editor

import (
	"cmp"
	"path/filepath"
	"slices"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// View is what was judged, as an editor asks about it. Questions and answers call files by
// their real paths.
type View struct {
	Report *lint.Report
	// Models are the inputs of the report, in its order.
	Models []*iam.Model
	// Real is the real path of a file that a location names, "" for one that is not known.
	Real func(name string) string
	// Text is what a file held when it was judged, by its real path; nil for one that is not
	// known.
	Text func(file string) *Text
	// Cover is a text of a model without what is sensitive in it.
	Cover func(model int, text string) string
}

// Problem is a finding, or a fault of the input, in a file.
type Problem struct {
	File     string
	Range    Range
	Severity lint.Severity
	Message  string
	// Finding is nil for a fault of the input.
	Finding *lint.Finding
	Related []Place
}

// Place is a range of a file, and what there is to say about it.
type Place struct {
	File    string
	Range   Range
	Message string
}

// Problems are all that there is to say, in the order of the report: what has no place in a
// file stands at the begin of its input.
func (v *View) Problems() []Problem {
	var out []Problem
	for i := range v.Report.Findings {
		f := &v.Report.Findings[i]
		at, ok := v.place(v.located(f.Location, f.Input))
		if !ok {
			continue
		}
		p := Problem{File: at.File, Range: at.Range, Severity: f.Severity, Message: f.Message, Finding: f}
		if f.Verdict == lint.Undetermined {
			p.Message = "Undetermined: " + f.Message
		}
		for call := f.Location.Call; call != nil; call = call.Call {
			p.Related = v.add(p.Related, *call, "called here")
		}
		for _, r := range f.Related {
			message := r.Message
			if message == "" {
				message = r.Address
			}
			p.Related = v.add(p.Related, r.Location, message)
		}
		out = append(out, p)
	}
	for _, d := range v.Report.Diagnostics {
		input := slices.IndexFunc(v.Report.Inputs, func(in lint.InputSummary) bool { return in.Path == d.Input })
		if at, ok := v.place(v.located(d.Location, input)); ok {
			out = append(out, Problem{File: at.File, Range: at.Range, Severity: d.Severity, Message: d.Message})
		}
	}
	return out
}

func (v *View) add(list []Place, l iam.Location, message string) []Place {
	at, ok := v.place(l)
	if at.Message = message; !ok || slices.Contains(list, at) {
		return list
	}
	return append(list, at)
}

// located is a location with a file, if only the first of its input.
func (v *View) located(l iam.Location, input int) iam.Location {
	if l.HasFile() || input < 0 || input >= len(v.Models) {
		return l
	}
	in := &v.Models[input].Input
	for _, file := range in.Files {
		if filepath.Dir(v.Real(file)) == v.Real(in.Path) {
			return iam.Location{File: file, Range: policy.Range{Start: policy.Pos{Line: 1}, End: policy.Pos{Line: 1}}}
		}
	}
	return l
}

// place is a location in the text of its file.
func (v *View) place(l iam.Location) (Place, bool) {
	if !l.HasFile() {
		return Place{}, false
	}
	file := v.Real(l.File)
	t := v.Text(file)
	if t == nil {
		return Place{}, false
	}
	return Place{File: file, Range: t.Range(l.Range)}, true
}

// holds reports whether a location is in a file and has a position.
func (v *View) holds(l iam.Location, file string, at Position) (Range, bool) {
	p, ok := v.place(l)
	return p.Range, ok && p.File == file && p.Range.Has(at)
}

// FindingsIn are the findings that a range of a file meets, the narrowest first.
func (v *View) FindingsIn(file string, r Range) []*lint.Finding {
	var met []Problem
	for _, p := range v.Problems() {
		if p.Finding != nil && p.File == file && p.Range.Meets(r) {
			met = append(met, p)
		}
	}
	slices.SortStableFunc(met, func(a, b Problem) int { return compareSizes(a.Range, b.Range) })
	out := make([]*lint.Finding, len(met))
	for i := range met {
		out[i] = met[i].Finding
	}
	return out
}

// compareSizes orders ranges of which one is within the other: the inner one first.
func compareSizes(a, b Range) int {
	return cmp.Or(cmp.Compare(a.End.Line-a.Start.Line, b.End.Line-b.Start.Line),
		cmp.Compare(a.End.Character-a.Start.Character, b.End.Character-b.Start.Character))
}

// statement is one of a policy document, where it is written.
type statement struct {
	document iam.PlacedDocument
	model    int
	index    int
	place    Place
}

// statements are those of all documents that may be shown and have a place, in files that
// the filter takes.
func (v *View) statements(in func(file string) bool) []statement {
	var out []statement
	for i, m := range v.Models {
		for d := range m.AllDocuments() {
			if d.Sensitive || d.Document.Document == nil || d.Gone {
				continue
			}
			for n := range d.Statements {
				l := d.StatementLocation(n, policy.Range{})
				if !in(v.Real(l.File)) {
					continue
				}
				if at, ok := v.place(l); ok {
					out = append(out, statement{d, i, n, at})
				}
			}
		}
	}
	return out
}

func (s *statement) text() string {
	return policy.PrintStatement(s.document.Statements[s.index], policy.PrintOptions{})
}
