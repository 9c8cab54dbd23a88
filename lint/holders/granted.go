package holders

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/policy"
)

// Granted says on what the holder's policies and its boundary allow some actions: the
// parts (see [lint.Finding]) of a finding that stands for all that they allow. What a
// statement grants without a condition is more than what it grants under one.
func (h *Holder) Granted(actions ...string) []string {
	var out []string
	add := func(p *authz.Policy, under string) {
		if p == nil || p.Document == nil {
			return
		}
		for _, s := range p.Document.Statements {
			if s.Effect != policy.Deny {
				out = append(out, grantedBy(s, actions, under)...)
			}
		}
	}
	for _, g := range h.Grants {
		add(g.Policy, "")
	}
	add(h.Principal.Boundary, "under the boundary: ")
	slices.Sort(out)
	return slices.Compact(out)
}

// grantedBy are the parts of one statement.
func grantedBy(s *policy.Statement, actions []string, under string) []string {
	var out []string
	for _, action := range actions {
		if !namesAction(s, action) {
			continue
		}
		for _, e := range s.Resource {
			if address := PartOf(e.Text); address != shape(e.Text) {
				out = append(out, address)
			}
		}
		for _, on := range resourcesOf(s) {
			part := under + action + " on " + on
			out = append(out, part)
			if len(s.Condition) == 0 {
				out = append(out, part+" without a condition")
			}
		}
	}
	return out
}

// namesAction reports whether a statement is, or may be, about an action.
func namesAction(s *policy.Statement, action string) bool {
	if s.NotAction != nil {
		return !slices.ContainsFunc(s.NotAction, func(e policy.Element) bool {
			pattern, known := e.Text.Known()
			return known && policy.GlobFold(pattern, action)
		})
	}
	return slices.ContainsFunc(s.Action, func(e policy.Element) bool {
		pattern, known := e.Text.Known()
		return !known || policy.GlobFold(pattern, action)
	})
}

// resourcesOf is what a statement is about, one entry for each resource.
func resourcesOf(s *policy.Statement) []string {
	if s.NotResource != nil {
		return []string{"all but " + strings.Join(shapes(s.NotResource), " and ")}
	}
	return shapes(s.Resource)
}

func shapes(elements []policy.Element) []string {
	var out []string
	for _, e := range elements {
		out = append(out, shape(e.Text))
	}
	slices.Sort(out)
	return out
}

// PartOf is a text as a part of a finding (see [lint.Finding]): the address of the
// resource that it comes from as a whole, else its shape.
func PartOf(x policy.Text) string {
	if s := x.Symbol(); s != nil && s.Address != "" {
		return s.Address
	}
	return shape(x)
}

// shape is a text without the names of what is not known in it: a resource that moves
// has another one.
func shape(x policy.Text) string {
	var b strings.Builder
	for _, p := range x.Parts() {
		if p.Symbol != nil {
			b.WriteString("<>")
		} else {
			b.WriteString(p.Literal)
		}
	}
	return b.String()
}
