package policy

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// PrintOptions say how a document is written.
type PrintOptions struct {
	// Symbols encodes symbols as tokens, so that what is printed can be
	// parsed again. Nil shows each symbol as <name>, for people.
	Symbols *Symbols
	// Indent is what one level is indented by; "" prints one line without
	// blanks.
	Indent string
}

// Print writes a document in canonical JSON: elements in the order in which
// IAM shows them, operators and keys sorted, a list of one as its entry.
// Parsing what is printed gives a document of the same meaning, unless the
// document is Invalid: what IAM refuses is not all kept.
func Print(d *Document, opts PrintOptions) string {
	p := printer{opts: opts}
	p.document(d)
	return p.b.String()
}

// PrintStatement writes one statement as Print does, for excerpts.
func PrintStatement(s *Statement, opts PrintOptions) string {
	p := printer{opts: opts}
	p.statement(s)
	return p.b.String()
}

type printer struct {
	opts  PrintOptions
	b     strings.Builder
	depth int
	// first tells that nothing stands yet in the object or list being written.
	first bool
}

func (p *printer) line() {
	if p.opts.Indent == "" {
		return
	}
	p.b.WriteByte('\n')
	for range p.depth {
		p.b.WriteString(p.opts.Indent)
	}
}

func (p *printer) open(c byte) {
	p.b.WriteByte(c)
	p.depth++
	p.first = true
}

func (p *printer) close(c byte) {
	p.depth--
	if !p.first {
		p.line()
	}
	p.b.WriteByte(c)
	p.first = false
}

// next begins an entry of the object or list.
func (p *printer) next() {
	if !p.first {
		p.b.WriteByte(',')
	}
	p.first = false
	p.line()
}

func (p *printer) key(x Text) {
	p.next()
	p.text(x)
	p.b.WriteByte(':')
	if p.opts.Indent != "" {
		p.b.WriteByte(' ')
	}
}

func (p *printer) name(name string) { p.key(Literal(name)) }

// text writes a JSON string. Only what JSON asks for is escaped, so that
// people can read it.
func (p *printer) text(x Text) {
	s := x.String()
	if p.opts.Symbols != nil {
		s = p.opts.Symbols.Encode(x)
	}
	p.b.WriteByte('"')
	from := 0
	for i, c := range s {
		if c >= ' ' && c != '"' && c != '\\' && c != 0x7F && (c != utf8.RuneError || strings.HasPrefix(s[i:], "\uFFFD")) {
			continue
		}
		p.b.WriteString(s[from:i])
		from = i + 1
		switch c {
		case '"', '\\':
			p.b.WriteByte('\\')
			p.b.WriteRune(c)
		case '\n':
			p.b.WriteString(`\n`)
		case '\r':
			p.b.WriteString(`\r`)
		case '\t':
			p.b.WriteString(`\t`)
		case utf8.RuneError:
			p.b.WriteString(`\ufffd`)
		default:
			const hex = "0123456789abcdef"
			p.b.WriteString(`\u00`)
			p.b.WriteByte(hex[c>>4])
			p.b.WriteByte(hex[c&15])
		}
	}
	p.b.WriteString(s[from:])
	p.b.WriteByte('"')
}

func (p *printer) document(d *Document) {
	if d.Unknown != nil {
		p.text(SymbolText(d.Unknown))
		return
	}
	p.open('{')
	if !d.Version.IsEmpty() {
		p.name("Version")
		p.text(d.Version)
	}
	if !d.ID.IsEmpty() {
		p.name("Id")
		p.text(d.ID)
	}
	p.name("Statement")
	p.open('[')
	for _, s := range d.Statements {
		p.next()
		p.statement(s)
	}
	p.close(']')
	p.close('}')
}

func (p *printer) statement(s *Statement) {
	if s.Unknown != nil {
		p.text(SymbolText(s.Unknown))
		return
	}
	p.open('{')
	if !s.Sid.IsEmpty() {
		p.name("Sid")
		p.text(s.Sid)
	}
	switch s.Effect {
	case Allow:
		p.name("Effect")
		p.text(Literal("Allow"))
	case Deny:
		p.name("Effect")
		p.text(Literal("Deny"))
	case EffectUnknown:
		if !s.EffectText.IsEmpty() {
			p.name("Effect")
			p.text(s.EffectText)
		}
	}
	p.principals("Principal", s.Principal)
	p.principals("NotPrincipal", s.NotPrincipal)
	p.elements("Action", s.Action)
	p.elements("NotAction", s.NotAction)
	p.elements("Resource", s.Resource)
	p.elements("NotResource", s.NotResource)
	p.condition(s.Condition)
	p.close('}')
}

func (p *printer) elements(name string, list []Element) {
	if list == nil {
		return
	}
	p.name(name)
	p.list(list)
}

func (p *printer) list(list []Element) {
	if len(list) == 1 {
		p.text(list[0].Text)
		return
	}
	p.open('[')
	for _, e := range list {
		p.next()
		p.text(e.Text)
	}
	p.close(']')
}

func (p *printer) principals(name string, ps *Principals) {
	if ps == nil {
		return
	}
	p.name(name)
	switch {
	case ps.Unknown != nil:
		p.text(SymbolText(ps.Unknown))
		return
	case ps.Any:
		p.text(Literal("*"))
		return
	}
	p.open('{')
	var types []string
	for _, e := range ps.Entries {
		if !slices.Contains(types, e.Type) {
			types = append(types, e.Type)
		}
	}
	for _, typ := range types {
		var list []Element
		for _, e := range ps.Entries {
			if e.Type == typ {
				list = append(list, e.Element)
			}
		}
		p.name(typ)
		p.list(list)
	}
	p.close('}')
}

// condition groups the flat list by operator again.
func (p *printer) condition(list []Condition) {
	if list == nil {
		return
	}
	type entry struct {
		operator, key string
		c             *Condition
	}
	entries := make([]entry, len(list))
	for i := range list {
		entries[i] = entry{list[i].Operator.String(), list[i].Key.String(), &list[i]}
	}
	slices.SortStableFunc(entries, func(a, b entry) int {
		if c := strings.Compare(a.operator, b.operator); c != 0 {
			return c
		}
		return strings.Compare(a.key, b.key)
	})
	p.name("Condition")
	p.open('{')
	for i, e := range entries {
		begins := i == 0 || !e.c.Operator.Equal(entries[i-1].c.Operator)
		if begins && i > 0 {
			p.close('}')
		}
		if begins {
			p.key(e.c.Operator)
			p.open('{')
		}
		p.key(e.c.Key)
		p.list(e.c.Values)
	}
	if len(entries) > 0 {
		p.close('}')
	}
	p.close('}')
}
