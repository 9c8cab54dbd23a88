package editor

import (
	"slices"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// Definition are the places that decide what stands at a position: the policy that is the
// boundary there, the document of the policy that is attached there, and the statements by
// which a finding there is decided.
func (v *View) Definition(file string, at Position) []Place {
	var out []Place
	for _, m := range v.Models {
		for _, e := range m.Entities {
			if _, ok := v.holds(e.Boundary.Location, file, at); ok && e.BoundaryPolicy != nil {
				out = v.add(out, e.BoundaryPolicy.Location, "")
			}
		}
		for _, a := range m.Attachments {
			if _, ok := v.holds(a.PolicyARN.Location, file, at); ok && a.Policy != nil {
				out = v.add(out, document(a.Policy), "")
			}
		}
	}
	for _, f := range v.FindingsIn(file, Range{at, at}) {
		if f.Excerpt != "" {
			for _, s := range v.statements(func(string) bool { return true }) {
				if s.model == f.Input && v.Cover(s.model, s.text()) == f.Excerpt && !slices.Contains(out, s.place) {
					out = append(out, s.place)
				}
			}
		}
		for _, r := range f.Related {
			out = v.add(out, r.Location, "")
		}
	}
	// Who stands there already is not led there.
	return slices.DeleteFunc(out, func(p Place) bool { return p.File == file && p.Range.Has(at) && len(out) > 1 })
}

// document is where a policy says what it allows, or else where it is declared.
func document(p *iam.ManagedPolicy) iam.Location {
	if p.Document != nil && p.Document.Document != nil && len(p.Document.Statements) > 0 {
		if first := p.Document.StatementLocation(0, policy.Range{}); first.HasFile() {
			return first
		}
	}
	return p.Location
}
