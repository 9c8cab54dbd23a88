package policy

import (
	"slices"
	"strings"
)

// Template is a text with its policy variables found (IAM User Guide, policy
// variables). The zero value is the empty string.
type Template struct{ Parts []TemplatePart }

// TemplatePart is one piece of a template: exactly one of Literal, Exact,
// Symbol and Variable is set.
type TemplatePart struct {
	// Literal characters are as written: wildcards among them are wildcards
	// where the place of the text honours them.
	Literal string
	// Exact is a character that stands for itself everywhere: what ${*},
	// ${?} and ${$} yield.
	Exact    string
	Symbol   *Symbol
	Variable *Variable
}

// Variable is ${Key} or ${Key, 'Default'}.
type Variable struct {
	// Key is a condition key; case does not count.
	Key Text
	// Default takes the place of a key that the request lacks, where
	// HasDefault is set.
	Default    Text
	HasDefault bool
}

// Glob is the template with a star for each symbol, variable and escaped
// character.
func (t Template) Glob() string {
	var b strings.Builder
	for _, part := range t.Parts {
		if part.Literal != "" {
			b.WriteString(part.Literal)
		} else {
			b.WriteByte('*')
		}
	}
	return b.String()
}

// VariableGlob is the text as a glob with a star for each symbol and policy variable.
func VariableGlob(text Text) string {
	if !mayHaveVariable(text) {
		s, _ := text.Known()
		return s
	}
	return ParseTemplate(text, true).Glob()
}

// mayHaveVariable reports whether a policy variable may stand in a text.
func mayHaveVariable(text Text) bool {
	s, known := text.Known()
	return !known || strings.Contains(s, "${")
}

// ParseTemplate finds the policy variables in a text. With variables false,
// as in documents of version 2008-10-17, ${...} is plain text. A ${ that
// nothing closes is plain text too.
func ParseTemplate(text Text, variables bool) Template {
	var t Template
	if !variables || !mayHaveVariable(text) {
		for _, p := range text.Parts() {
			t.Parts = append(t.Parts, TemplatePart{Literal: p.Literal, Symbol: p.Symbol})
		}
		return t
	}
	rest := text.Parts()
	for len(rest) > 0 {
		p := rest[0]
		rest = rest[1:]
		if p.Symbol != nil {
			t.Parts = append(t.Parts, TemplatePart{Symbol: p.Symbol})
			continue
		}
		before, after, found := strings.Cut(p.Literal, "${")
		if !found {
			t.literal(p.Literal)
			continue
		}
		inside, tail, closed := cutBrace(after, rest)
		if !closed {
			t.literal(p.Literal)
			continue
		}
		t.literal(before)
		t.variable(inside)
		rest = tail
	}
	return t
}

// cutBrace splits what follows a ${ at the closing brace.
func cutBrace(after string, rest []Part) (inside Text, tail []Part, ok bool) {
	parts := []Part{{Literal: after}}
	parts = append(parts, rest...)
	for i, p := range parts {
		if p.Symbol != nil {
			continue
		}
		in, out, found := strings.Cut(p.Literal, "}")
		if !found {
			continue
		}
		inside = NewText(append(slices.Clone(parts[:i]), Part{Literal: in})...)
		if out != "" {
			tail = append(tail, Part{Literal: out})
		}
		return inside, append(tail, parts[i+1:]...), true
	}
	return Text{}, nil, false
}

func (t *Template) literal(s string) {
	switch n := len(t.Parts); {
	case s == "":
	case n > 0 && t.Parts[n-1].Literal != "":
		t.Parts[n-1].Literal += s
	default:
		t.Parts = append(t.Parts, TemplatePart{Literal: s})
	}
}

func (t *Template) variable(inside Text) {
	if s, ok := inside.Known(); ok {
		switch s {
		case "*", "?", "$":
			t.Parts = append(t.Parts, TemplatePart{Exact: s})
			return
		}
	}
	t.Parts = append(t.Parts, TemplatePart{Variable: parseVariable(inside)})
}

// parseVariable reads: key, or key, 'default'. Blanks around the two count
// for nothing.
func parseVariable(inside Text) *Variable {
	key, fallback, found := cutText(inside, ",")
	v := &Variable{Key: trimText(key)}
	if !found {
		return v
	}
	fallback = trimText(fallback)
	if !strings.HasPrefix(fallback.Prefix(), "'") || !strings.HasSuffix(fallback.Suffix(), "'") || isLiteral(fallback, "'") {
		// What stands after the comma is not a default; the whole is not a key
		// that any request has.
		return &Variable{Key: trimText(inside)}
	}
	parts := slices.Clone(fallback.Parts())
	if len(parts) == 0 {
		return v
	}
	first, last := &parts[0], &parts[len(parts)-1]
	first.Literal = strings.TrimPrefix(first.Literal, "'")
	last.Literal = strings.TrimSuffix(last.Literal, "'")
	v.Default, v.HasDefault = NewText(parts...), true
	return v
}

func cutText(x Text, sep string) (before, after Text, found bool) {
	for i, p := range x.Parts() {
		if p.Symbol != nil {
			continue
		}
		if l, r, ok := strings.Cut(p.Literal, sep); ok {
			before = NewText(append(slices.Clone(x.Parts()[:i]), Part{Literal: l})...)
			after = NewText(append([]Part{{Literal: r}}, x.Parts()[i+1:]...)...)
			return before, after, true
		}
	}
	return x, Text{}, false
}

func trimText(x Text) Text {
	parts := slices.Clone(x.Parts())
	if len(parts) == 0 {
		return x
	}
	if first := &parts[0]; first.Symbol == nil {
		first.Literal = strings.TrimLeft(first.Literal, " \t")
	}
	if last := &parts[len(parts)-1]; last.Symbol == nil {
		last.Literal = strings.TrimRight(last.Literal, " \t")
	}
	return NewText(parts...)
}
