package editor

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/report"
)

// Hover is what there is to say about a position, as Markdown, and the range that it is
// about: the proofs of findings, or else the statement of a policy and who has it, or else an
// entity and its boundary.
func (v *View) Hover(file string, at Position) (markdown string, over Range, ok bool) {
	found := v.FindingsIn(file, Range{at, at})
	if len(found) == 0 {
		if markdown, over, ok = v.hoverStatement(file, at); ok {
			return markdown, over, ok
		}
		return v.hoverEntity(file, at)
	}
	var proofs []string
	for i, f := range found {
		if place, placed := v.place(v.located(f.Location, f.Input)); placed && i == 0 {
			over = place.Range
		}
		// The same place may be found by several root modules that call its module.
		if proof := report.Proof(v.Report, f); !slices.Contains(proofs, proof) {
			proofs = append(proofs, proof)
		}
	}
	return strings.Join(proofs, "\n---\n\n"), over, true
}

// hoverStatement tells of the innermost statement at a position.
func (v *View) hoverStatement(file string, at Position) (markdown string, over Range, ok bool) {
	all := v.statements(func(f string) bool { return f == file })
	all = slices.DeleteFunc(all, func(s statement) bool { return !s.place.Range.Has(at) })
	if len(all) == 0 {
		return "", Range{}, false
	}
	slices.SortStableFunc(all, func(a, b statement) int { return compareSizes(a.place.Range, b.place.Range) })
	s := all[0]
	var b strings.Builder
	fmt.Fprintf(&b, "Statement %d of the policy in %s\n\n", s.index+1, report.CodeSpan(s.document.Address))
	fence := "```"
	text := v.Cover(s.model, s.text())
	for strings.Contains(text, fence) {
		fence += "`"
	}
	fmt.Fprintf(&b, "%sjson\n%s\n%s\n", fence, text, fence)
	for _, use := range v.uses(&s) {
		b.WriteString("\n" + use + "\n")
	}
	return b.String(), s.place.Range, true
}

// uses say who has the policy of a statement.
func (v *View) uses(s *statement) []string {
	var bound, held []string
	m := v.Models[s.model]
	for _, p := range m.Policies {
		if p.Document != s.document.Document {
			continue
		}
		for _, e := range p.BoundaryOf {
			bound = append(bound, report.CodeSpan(e.Address))
		}
		for _, e := range p.HeldBy {
			held = append(held, report.CodeSpan(e.Address))
		}
		for _, g := range p.HeldByGroups {
			held = append(held, report.CodeSpan(g.Address))
		}
	}
	for _, e := range m.Entities {
		if slices.ContainsFunc(e.Inline, func(p *iam.InlinePolicy) bool { return p.Document == s.document.Document }) {
			held = append(held, report.CodeSpan(e.Address))
		}
	}
	var out []string
	if len(bound) > 0 {
		out = append(out, "It is the permissions boundary of "+several(bound)+".")
	}
	if len(held) > 0 {
		out = append(out, "It is held by "+several(held)+".")
	}
	return out
}

// mostNamed is how many resources are named in one sentence.
const mostNamed = 5

func several(names []string) string {
	if rest := len(names) - mostNamed; rest > 0 {
		return strings.Join(names[:mostNamed], ", ") + fmt.Sprintf(" and %d more", rest)
	}
	return strings.Join(names, ", ")
}

// hoverEntity tells of the role or user that is declared at a position, or whose boundary
// is set there.
func (v *View) hoverEntity(file string, at Position) (markdown string, over Range, ok bool) {
	for i := range v.Report.Inputs {
		for j := range v.Report.Inputs[i].Entities {
			e := &v.Report.Inputs[i].Entities[j]
			if over, ok = v.holds(e.Location, file, at); ok {
				return entityText(e), over, true
			}
			if over, ok = v.boundaryAt(i, e.Address, file, at); ok {
				return entityText(e), over, true
			}
		}
	}
	return "", Range{}, false
}

// boundaryAt is the range of the boundary of an entity, if a position is in it.
func (v *View) boundaryAt(model int, address, file string, at Position) (Range, bool) {
	if model >= len(v.Models) {
		return Range{}, false
	}
	for _, e := range v.Models[model].Entities {
		if e.Address == address && e.Boundary.Set {
			return v.holds(e.Boundary.Location, file, at)
		}
	}
	return Range{}, false
}

func entityText(e *lint.EntitySummary) string {
	text := fmt.Sprintf("The %s %s", e.Kind, report.CodeSpan(e.Address))
	switch e.Bounded {
	case lint.BoundedYes:
		text += " is limited by a permissions boundary."
	case lint.BoundedNo:
		text += " is not limited by a permissions boundary."
	case lint.BoundedUnknown:
		text += ": whether a permissions boundary limits it is not determined."
	}
	if e.Boundary != "" {
		text += "\n\nBoundary: " + report.CodeSpan(e.Boundary)
	}
	return text + "\n"
}
