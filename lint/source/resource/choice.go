package resource

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
)

// oneOf is the document that is one of several: what all of them say is
// certain, and every other statement may not exist. hidden is the document of
// which nothing is known, for where one of them cannot be read.
func (b *Builder) oneOf(s *policy.Symbol, source *DocumentSource, kind policy.Kind, hidden *policy.Document) *policy.Document {
	var all []*policy.Document
	for _, alternative := range s.Alternatives {
		src := b.syms.Encode(alternative)
		d, _ := policy.Parse(src, b.syms, policy.ParseOptions{Kind: kind})
		if d.Unknown != nil || d.Invalid {
			return hidden
		}
		if source != nil {
			for i, statement := range d.Statements {
				if maybe := source.MaybeOf[src]; i < len(maybe) && maybe[i] != nil {
					statement.Maybe = maybe[i]
				}
			}
		}
		all = append(all, d)
		b.merged = append(b.merged, src)
	}
	if len(all) == 0 {
		return hidden
	}
	out := &policy.Document{Version: all[0].Version}
	seen := map[string]bool{}
	for _, d := range all {
		if !d.Version.Equal(out.Version) {
			out.Version = policy.SymbolText(s)
		}
		for _, statement := range d.Statements {
			text := said(statement)
			certain := !s.Nullable && !slices.ContainsFunc(all, func(other *policy.Document) bool {
				return !slices.ContainsFunc(other.Statements, func(x *policy.Statement) bool {
					return x.Maybe == nil && said(x) == text
				})
			})
			if seen[text] {
				continue
			}
			seen[text] = true
			one := *statement
			// The places are those in the text of one of them.
			one.Index, one.Range, one.SidRange, one.EffectRange = len(out.Statements), policy.Range{}, policy.Range{}, policy.Range{}
			if !certain && one.Maybe == nil {
				one.Maybe = s
			}
			out.Statements = append(out.Statements, &one)
		}
	}
	return out
}

// said is equal for statements that say the same.
func said(s *policy.Statement) string {
	var b strings.Builder
	add := func(name string, list []policy.Element) {
		if list == nil {
			return
		}
		b.WriteString("|" + name)
		for _, e := range list {
			fmt.Fprintf(&b, " %q", e.Text.Key())
		}
	}
	principals := func(name string, p *policy.Principals) {
		if p == nil {
			return
		}
		fmt.Fprintf(&b, "|%s %t %p", name, p.Any, p.Unknown)
		for _, e := range p.Entries {
			fmt.Fprintf(&b, " %s:%q", e.Type, e.Text.Key())
		}
	}
	fmt.Fprintf(&b, "%q %q %p", s.Sid.Key(), s.EffectText.Key(), s.Unknown)
	principals("principal", s.Principal)
	principals("not principal", s.NotPrincipal)
	add("action", s.Action)
	add("not action", s.NotAction)
	add("resource", s.Resource)
	add("not resource", s.NotResource)
	for _, c := range s.Condition {
		add(fmt.Sprintf("condition %q %q", c.Operator.Key(), c.Key.Key()), c.Values)
	}
	return b.String()
}
