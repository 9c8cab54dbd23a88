package authz

import (
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/boundlint/boundlint/lint/policy"
)

// letter is a character or a symbol, which counts as one character of its
// own.
type letter struct {
	r rune
	s *policy.Symbol
}

// place is a position in a pattern that takes one letter, or any run of them.
type place struct {
	kind pieceKind // never variablePiece
	letter
}

// matcher holds the room that matching with symbols and variables needs.
type matcher struct {
	pattern   []place
	value     []letter
	cur, next []bool
	// named tells that the value is an ARN of IAM: what its symbols stand for
	// are account ids, names and paths, and has no colon in it.
	named bool
}

var matchers = sync.Pool{New: func() any { return new(matcher) }}

// reading says how symbols are taken.
type reading uint8

const (
	// plainReading: a symbol is itself, and perhaps something else.
	plainReading reading = iota
	// apartReading: a text without symbols is never what a text with symbols
	// stands for. Search may take it so where it looks at the other case, the
	// text that is spelled with the symbol, by itself.
	apartReading
)

// env is where policy variables get their values, and how symbols are read.
type env struct {
	request *Request
	reading reading
	// named are symbols that stand for one text each although their kind
	// does not tell: the ARNs of approved boundaries.
	named namedSymbols
}

// match tells whether the pattern takes x as a whole. fold ignores case.
func (p *pattern) match(x policy.Text, fold bool, e *env) policy.Truth {
	if p.isSimple {
		if s, known := x.Known(); known {
			switch {
			case p.syntax == exactSyntax && fold:
				return policy.TruthOf(strings.EqualFold(p.simple, s))
			case p.syntax == exactSyntax:
				return policy.TruthOf(p.simple == s)
			case fold:
				return policy.TruthOf(policy.GlobFold(p.simple, s))
			}
			return policy.TruthOf(policy.Glob(p.simple, s))
		}
	}
	if p.isSpread() {
		return p.matchSpread(func(q *pattern) policy.Truth { return q.match(x, fold, e) })
	}
	if e.apart(p, x) {
		return policy.False
	}
	return p.matchPieces(p.pieces, x, fold, e)
}

// apart reports whether the reading keeps x and what p stands for apart.
func (e *env) apart(p *pattern, x policy.Text) bool {
	if e.reading != apartReading || !p.hasSymbol || !x.IsKnown() {
		return false
	}
	return p.syntax == exactSyntax || !p.mayGlob || e.allNamed(p)
}

func (e *env) allNamed(p *pattern) bool {
	for i := range p.pieces {
		if s := p.pieces[i].symbol; s != nil && !e.named.has(s) {
			return false
		}
	}
	return true
}

// matchPieces is match for patterns with symbols or variables in them.
func (p *pattern) matchPieces(pieces []piece, x policy.Text, fold bool, e *env) policy.Truth {
	m := matchers.Get().(*matcher) //nolint:errcheck // the pool holds nothing else
	defer matchers.Put(m)
	m.value = appendLetters(m.value[:0], x)
	m.named = !x.IsKnown() && isIAM(x.Prefix())
	var filled filling
	m.pattern, filled = appendPlaces(m.pattern[:0], pieces, p.syntax, e)
	if filled.missing {
		return policy.False
	}
	result := m.compare(p, x, fold)
	if filled.wildcards && result != policy.Maybe {
		// AWS does not say whether * in the value of a variable is a
		// wildcard: both readings must agree.
		for i := range m.pattern {
			switch m.pattern[i].r {
			case '*':
				m.pattern[i].kind = starPiece
			case '?':
				m.pattern[i].kind = onePiece
			}
		}
		if m.compare(p, x, fold) != result {
			return policy.Maybe
		}
	}
	if filled.hidden {
		return result.And(policy.Maybe)
	}
	return result
}

// isIAM reports whether an ARN of IAM begins like that.
func isIAM(prefix string) bool {
	return strings.HasPrefix(prefix, "arn:") && strings.Contains(prefix, ":iam:")
}

// filling says what became of the variables of a pattern.
type filling struct {
	missing   bool // one has neither value nor default
	hidden    bool // one may have none
	wildcards bool // one has * or ? in its value
}

func appendLetters(dst []letter, x policy.Text) []letter {
	if s, known := x.Known(); known {
		for _, r := range s {
			dst = append(dst, letter{r: r})
		}
		return dst
	}
	for _, part := range x.Parts() {
		if part.Symbol != nil {
			dst = append(dst, letter{s: part.Symbol})
			continue
		}
		for _, r := range part.Literal {
			dst = append(dst, letter{r: r})
		}
	}
	return dst
}

// hiddenValue stands for the value of a variable of which nothing is known.
var hiddenValue = &policy.Symbol{Name: "policy variable"}

func appendPlaces(dst []place, pieces []piece, syn syntax, e *env) ([]place, filling) {
	var f filling
	for i := range pieces {
		q := &pieces[i]
		switch q.kind {
		case literalPiece:
			for _, r := range q.text {
				dst = append(dst, place{literalPiece, letter{r: r}})
			}
		case variablePiece:
			dst = q.variable.appendPlaces(dst, syn, e, &f)
		case symbolPiece:
			dst = append(dst, place{symbolPiece, letter{s: q.symbol}})
		case starPiece, onePiece:
			dst = append(dst, place{kind: q.kind})
		}
	}
	return dst, f
}

func (v *variable) appendPlaces(dst []place, syn syntax, e *env, f *filling) []place {
	if v.hidden != nil || e.request == nil {
		f.hidden = true
		return append(dst, place{symbolPiece, letter{s: hiddenValue}})
	}
	var one [1]policy.Text
	values, state := e.request.lookup(&v.key, &one)
	x := v.fallback
	switch {
	case state == keyHidden, len(values) > 1:
		// Variables are for single-valued keys.
		f.hidden = true
		return append(dst, place{symbolPiece, letter{s: hiddenValue}})
	case state == keyPresent:
		x = values[0]
	case !v.hasDefault:
		f.missing = true
		return dst
	}
	for _, part := range x.Parts() {
		if part.Symbol != nil {
			dst = append(dst, place{symbolPiece, letter{s: part.Symbol}})
			continue
		}
		for _, r := range part.Literal {
			f.wildcards = f.wildcards || syn != exactSyntax && (r == '*' || r == '?')
			dst = append(dst, place{literalPiece, letter{r: r}})
		}
	}
	return dst
}

// maxChoices bounds how many ways of deciding conditionals are tried.
const maxChoices = 32

// compare matches what is in m. Alternatives of undecided conditionals are
// all tried, the same in pattern and value.
func (m *matcher) compare(p *pattern, x policy.Text, fold bool) policy.Truth {
	if m.rigid(fold) {
		return policy.True
	}
	if !hasChoice(x) && !p.choices {
		return m.relaxed(fold)
	}
	result, first, left := policy.False, true, maxChoices
	var try func(pattern []place, value []letter)
	try = func(pattern []place, value []letter) {
		if left == 0 {
			return
		}
		if s := choiceIn(pattern, value); s != nil {
			for _, alternative := range s.Alternatives {
				try(p.replacePlaces(pattern, s, alternative), replaceLetters(value, s, alternative))
			}
			if s.Nullable && left > 0 {
				left--
				result = blend(result, policy.False, &first)
			}
			return
		}
		left--
		one := matcher{pattern: pattern, value: value}
		t := policy.True
		if !one.rigid(fold) {
			t = one.relaxed(fold)
		}
		result = blend(result, t, &first)
	}
	try(slices.Clone(m.pattern), slices.Clone(m.value))
	if left == 0 || first {
		return policy.Maybe
	}
	return result
}

// blend joins the outcomes of alternatives: they must agree.
func blend(sum, t policy.Truth, first *bool) policy.Truth {
	if *first {
		*first = false
		return t
	}
	if sum != t {
		return policy.Maybe
	}
	return sum
}

func hasChoice(x policy.Text) bool {
	if x.IsKnown() {
		return false
	}
	return slices.ContainsFunc(x.Parts(), func(p policy.Part) bool {
		return p.Symbol != nil && p.Symbol.Kind == policy.SymbolChoice
	})
}

func choiceIn(pattern []place, value []letter) *policy.Symbol {
	for i := range pattern {
		if s := pattern[i].s; s != nil && s.Kind == policy.SymbolChoice && len(s.Alternatives) > 0 {
			return s
		}
	}
	for i := range value {
		if s := value[i].s; s != nil && s.Kind == policy.SymbolChoice && len(s.Alternatives) > 0 {
			return s
		}
	}
	return nil
}

// replacePlaces puts an alternative where a symbol stands. A policy variable in
// it may have any value, and none.
func (p *pattern) replacePlaces(pattern []place, s *policy.Symbol, x policy.Text) []place {
	var out []place
	for _, q := range pattern {
		if q.s != s {
			out = append(out, q)
			continue
		}
		compiled := newPattern(x, p.syntax, p.variables)
		out, _ = appendPlaces(out, compiled.pieces, p.syntax, &env{})
	}
	return out
}

func replaceLetters(value []letter, s *policy.Symbol, x policy.Text) []letter {
	var out []letter
	for _, l := range value {
		if l.s != s {
			out = append(out, l)
			continue
		}
		out = appendLetters(out, x)
	}
	return out
}

// rigid reports whether the pattern takes the value with every symbol being
// itself and nothing else: then it does whatever the symbols stand for.
func (m *matcher) rigid(fold bool) bool {
	m.start()
	for _, l := range m.value {
		clear(m.next)
		for i := range m.pattern {
			if !m.cur[i] {
				continue
			}
			switch q := &m.pattern[i]; q.kind {
			case starPiece:
				m.next[i] = true
			case onePiece:
				m.next[i+1] = m.next[i+1] || l.s == nil
			case literalPiece, symbolPiece:
				m.next[i+1] = m.next[i+1] || sameLetter(q.letter, l, fold)
			case variablePiece:
			}
		}
		m.advance(func(i int) bool { return m.pattern[i].kind == starPiece })
	}
	return m.cur[len(m.pattern)]
}

// relaxed reports, as maybe or no, whether there is anything that the symbols
// could stand for so that the pattern takes the value.
func (m *matcher) relaxed(fold bool) policy.Truth {
	optional := func(i int) bool { return m.pattern[i].kind == starPiece || m.pattern[i].kind == symbolPiece }
	symbols := false
	m.start()
	m.closure(optional)
	for _, l := range m.value {
		clear(m.next)
		if l.s != nil {
			symbols = true
			m.skip(l.s)
			m.cur, m.next = m.next, m.cur
			continue
		}
		for i := range m.pattern {
			if !m.cur[i] {
				continue
			}
			switch q := &m.pattern[i]; q.kind {
			case starPiece:
				m.next[i] = true
			case symbolPiece:
				symbols = true
				m.next[i] = m.next[i] || mayHold(q.s, l.r)
			case onePiece:
				m.next[i+1] = true
			case literalPiece:
				m.next[i+1] = m.next[i+1] || sameLetter(q.letter, l, fold)
			case variablePiece:
			}
		}
		m.advance(optional)
	}
	if !m.cur[len(m.pattern)] {
		return policy.False
	}
	if !symbols && !slices.ContainsFunc(m.pattern, func(q place) bool { return q.kind == symbolPiece }) {
		return policy.True
	}
	return policy.Maybe
}

// skip lets a symbol of the value be any text it can be: every later place
// that such a text leads to is reached.
func (m *matcher) skip(s *policy.Symbol) {
	for i := range m.cur {
		if m.cur[i] {
			m.next[i] = true
		}
	}
	for i := range m.pattern {
		if !m.next[i] {
			continue
		}
		if q := &m.pattern[i]; q.kind != literalPiece || mayHold(s, q.r) && (q.r != ':' || !m.named) {
			m.next[i+1] = true
		}
	}
}

func (m *matcher) start() {
	n := len(m.pattern) + 1
	m.cur, m.next = slices.Grow(m.cur[:0], n)[:n], slices.Grow(m.next[:0], n)[:n]
	clear(m.cur)
	m.cur[0] = true
	m.closure(func(i int) bool { return m.pattern[i].kind == starPiece })
}

// advance makes next the current positions.
func (m *matcher) advance(optional func(int) bool) {
	m.cur, m.next = m.next, m.cur
	m.closure(optional)
}

// closure passes by the places that may take nothing.
func (m *matcher) closure(optional func(int) bool) {
	for i := range m.pattern {
		if m.cur[i] && optional(i) {
			m.cur[i+1] = true
		}
	}
}

func sameLetter(a, b letter, fold bool) bool {
	if a == b {
		return true
	}
	return fold && a.s == nil && b.s == nil && unicode.ToLower(a.r) == unicode.ToLower(b.r)
}

// mayHold reports whether the text of a symbol can have the character in it.
func mayHold(s *policy.Symbol, r rune) bool {
	switch s.Kind {
	case policy.SymbolAccount:
		return r >= '0' && r <= '9'
	case policy.SymbolPartition, policy.SymbolRegion:
		return r == '-' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9'
	case policy.SymbolUnknown, policy.SymbolReference, policy.SymbolVariable, policy.SymbolDerived,
		policy.SymbolChoice, policy.SymbolSpread:
	}
	return true
}
