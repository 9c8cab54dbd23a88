package policy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// SymbolKind says what a [Symbol] stands for.
type SymbolKind uint8

// The kinds of symbols. The zero value is the one of which least is known.
const (
	// SymbolUnknown stands for text of which nothing is known but what it
	// depends on.
	SymbolUnknown SymbolKind = iota
	// SymbolReference stands for one attribute of one resource that the same
	// input declares or reads: Address and Attribute say which.
	SymbolReference
	// SymbolVariable stands for an input variable without a value.
	SymbolVariable
	// SymbolAccount, SymbolPartition and SymbolRegion stand for where a
	// configuration is deployed. Scope tells provider aliases apart.
	SymbolAccount
	SymbolPartition
	SymbolRegion
	// SymbolDerived stands for a function of other symbols: equal names are
	// equal text.
	SymbolDerived
	// SymbolChoice stands for one of its Alternatives: an undecided
	// conditional. Where Nullable is set, null is one of them.
	SymbolChoice
	// SymbolSpread stands, as an element of a list, for zero or more elements.
	SymbolSpread
)

// Symbol is text that an input identifies without spelling it out. Symbols
// are interned by [Symbols]: two symbols are the same text if and only if
// they are the same pointer. Different symbols may still stand for the same
// text; that is not known.
type Symbol struct {
	Kind SymbolKind
	// Name is what a person calls it: aws_iam_policy.boundary.arn,
	// var.team, account. Together with Kind and Scope it is its identity.
	Name string
	// Scope tells inputs, modules and provider aliases apart where Name
	// alone does not.
	Scope string
	// Address and Attribute name the resource attribute that a
	// SymbolReference stands for.
	Address, Attribute string
	// Alternatives are what a SymbolChoice may be, and what each of the
	// elements is that a SymbolSpread stands for; none where that is not known.
	Alternatives []Text
	// Nullable tells that null is among what a SymbolChoice or an unknown
	// value may be: the attribute may end up unset.
	Nullable bool
	// NotNull tells that null is not among what a SymbolVariable may be.
	NotNull bool
	// References are the references that hide the text, for messages.
	References []string
	// Reasons say why the text is not known where that is a decision of
	// boundlint's own (a file that it does not read, a limit that it keeps),
	// for messages; nil where only Terraform or AWS can know the text.
	Reasons []string

	id int
	// alone is the text that is the symbol, of which there are many.
	alone *pieces
}

// Symbols interns the symbols of one run and encodes them in strings, so that
// functions on strings carry them along unharmed. It is safe for concurrent
// use. The zero value is ready.
type Symbols struct {
	mu    sync.RWMutex
	byKey map[symbolKey]*Symbol
	list  []*Symbol
	// rescope gives symbols of what comes from outside another scope.
	rescope func(kind SymbolKind, scope string) string
}

// As gives the symbols that are interned from now on the scopes that f makes of
// theirs, so that two readings of one configuration have symbols in common. A
// choice stays its own where its alternatives are not the same. As must not be
// called while inputs are read.
func (t *Symbols) As(f func(kind SymbolKind, scope string) string) { t.rescope = f }

type symbolKey struct {
	kind        SymbolKind
	scope, name string
}

// A symbol in a string is its id in decimal digits between these two
// private-use runes of plane 16. Sources refuse input that already contains
// one of them (ContainsToken).
const (
	tokenOpen  = "\U0010FFFC"
	tokenClose = "\U0010FFFD"
)

// Intern returns the one symbol of that kind, scope and name. The other
// fields count when it is seen for the first time.
func (t *Symbols) Intern(s Symbol) *Symbol {
	if t.rescope != nil {
		t.share(&s)
	}
	key := symbolKey{s.Kind, s.Scope, s.Name}
	t.mu.RLock()
	known := t.byKey[key]
	t.mu.RUnlock()
	if known != nil {
		return known
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if known := t.byKey[key]; known != nil {
		return known
	}
	if t.byKey == nil {
		t.byKey = map[symbolKey]*Symbol{}
	}
	s.id = len(t.list)
	p := &s
	p.alone = &pieces{[]Part{{Symbol: p}}}
	t.list = append(t.list, p)
	t.byKey[key] = p
	return p
}

// share gives a symbol the scope of the other reading.
func (t *Symbols) share(s *Symbol) {
	own := s.Scope
	s.Scope = t.rescope(s.Kind, own)
	t.mu.RLock()
	defer t.mu.RUnlock()
	known := t.byKey[symbolKey{s.Kind, s.Scope, s.Name}]
	if known != nil && !slices.EqualFunc(known.Alternatives, s.Alternatives, Text.Equal) {
		s.Scope = own
	}
}

// Token is s as it stands inside a string.
func (t *Symbols) Token(s *Symbol) string {
	return tokenOpen + strconv.Itoa(s.id) + tokenClose
}

// ContainsToken reports whether s holds a rune that encodes symbols.
func ContainsToken(s string) bool {
	return strings.Contains(s, tokenOpen) || strings.Contains(s, tokenClose)
}

// CountTokens is how many symbols are encoded in s.
func CountTokens(s string) int { return strings.Count(s, tokenOpen) }

// Text decodes the tokens in s. A malformed or foreign token stays literal.
func (t *Symbols) Text(s string) Text {
	if !strings.Contains(s, tokenOpen) {
		return Literal(s)
	}
	parts := make([]Part, 0, 2*CountTokens(s)+1)
	for s != "" {
		lit, rest, found := strings.Cut(s, tokenOpen)
		if lit != "" {
			parts = append(parts, Part{Literal: lit})
		}
		if !found {
			break
		}
		digits, after, closed := strings.Cut(rest, tokenClose)
		sym := t.byID(digits)
		if !closed || sym == nil {
			parts = append(parts, Part{Literal: tokenOpen})
			s = rest
			continue
		}
		parts = append(parts, Part{Symbol: sym})
		s = after
	}
	return ownText(parts)
}

func (t *Symbols) byID(digits string) *Symbol {
	id, err := strconv.Atoi(digits)
	if err != nil || id < 0 {
		return nil
	}
	t.mu.RLock()
	defer t.mu.RUnlock()
	if id >= len(t.list) {
		return nil
	}
	return t.list[id]
}

// Encode is the inverse of Text.
func (t *Symbols) Encode(x Text) string {
	if x.with == nil {
		return x.lit
	}
	var b strings.Builder
	for _, p := range x.parts() {
		if p.Symbol != nil {
			b.WriteString(t.Token(p.Symbol))
		} else {
			b.WriteString(p.Literal)
		}
	}
	return b.String()
}

// Part is a run of literal characters or one symbol, never both.
type Part struct {
	Literal string
	Symbol  *Symbol
}

// Text is a string in which symbols stand for what is not known. The zero
// value is the empty string.
type Text struct {
	lit string
	// with are the parts of a text with symbols, nil if it is all literal: most
	// are, and a model has many.
	with *pieces
}

// pieces are the parts of a text of which one at least is a symbol.
type pieces struct{ parts []Part }

// textOf is the text of parts of which one at least is a symbol.
func textOf(parts []Part) Text {
	if len(parts) == 1 {
		return SymbolText(parts[0].Symbol)
	}
	return Text{with: &pieces{parts}}
}

// parts are the parts of a text with symbols, nil for any other.
func (x Text) parts() []Part {
	if x.with == nil {
		return nil
	}
	return x.with.parts
}

// Literal is the text of known characters.
func Literal(s string) Text { return Text{lit: s} }

// SymbolText is the text that is one symbol.
func SymbolText(s *Symbol) Text {
	if s != nil {
		if x := (Text{with: s.alone}); x.Symbol() == s { // it is no copy
			return x
		}
	}
	return Text{with: &pieces{[]Part{{Symbol: s}}}}
}

// NewText joins parts, merging neighbouring literals.
func NewText(parts ...Part) Text {
	merged := make([]Part, 0, len(parts))
	symbolic := false
	for len(parts) > 0 {
		n := slices.IndexFunc(parts, func(p Part) bool { return p.Symbol != nil })
		if n < 0 {
			n = len(parts)
		}
		if text := literal(parts[:n]); text != "" {
			merged = append(merged, Part{Literal: text})
		}
		if parts = parts[n:]; len(parts) > 0 {
			symbolic = true
			merged = append(merged, Part{Symbol: parts[0].Symbol})
			parts = parts[1:]
		}
	}
	if !symbolic {
		if len(merged) == 0 {
			return Text{}
		}
		return Text{lit: merged[0].Literal}
	}
	return textOf(merged)
}

// ownText is the text of parts that nobody else has: texts of thousands of
// symbols are not copied.
func ownText(parts []Part) Text {
	symbolic := false
	for i, p := range parts {
		if p.Symbol == nil && (p.Literal == "" || i > 0 && parts[i-1].Symbol == nil) { //mutate:work NewText gives the same, in memory of its own
			return NewText(parts...)
		}
		symbolic = symbolic || p.Symbol != nil
	}
	if !symbolic {
		return NewText(parts...)
	}
	return textOf(parts)
}

// literal is literals one after the other, copied only where there are several.
func literal(parts []Part) string {
	text, several := "", false
	for _, p := range parts {
		several = several || text != "" && p.Literal != ""
		if text == "" {
			text = p.Literal
		}
	}
	if !several {
		return text
	}
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.Literal)
	}
	return b.String()
}

// Concat is the texts one after the other.
func Concat(texts ...Text) Text {
	n := 0
	for _, x := range texts {
		n += max(1, len(x.parts()))
	}
	parts := make([]Part, 0, n)
	for _, x := range texts {
		parts = append(parts, x.Parts()...)
	}
	return ownText(parts)
}

// Known returns the characters, and whether all of them are known.
func (x Text) Known() (string, bool) { return x.lit, x.with == nil }

// IsKnown reports whether no symbol stands in the text.
func (x Text) IsKnown() bool { return x.with == nil }

// IsEmpty reports whether the text is known to be the empty string.
func (x Text) IsEmpty() bool { return x.with == nil && x.lit == "" }

// Parts returns the text in pieces; the caller must not change them.
func (x Text) Parts() []Part {
	if x.with != nil || x.lit == "" {
		return x.parts()
	}
	return []Part{{Literal: x.lit}}
}

// Symbol returns the symbol if the text is exactly one, else nil.
func (x Text) Symbol() *Symbol {
	if parts := x.parts(); len(parts) == 1 {
		return parts[0].Symbol
	}
	return nil
}

// Symbols returns the distinct symbols in the text in order.
func (x Text) Symbols() []*Symbol {
	var out []*Symbol
	for _, p := range x.parts() {
		if p.Symbol != nil && !slices.Contains(out, p.Symbol) {
			out = append(out, p.Symbol)
		}
	}
	return out
}

// Prefix is the literal start of the text that is certain.
func (x Text) Prefix() string {
	if parts := x.parts(); len(parts) > 0 {
		return parts[0].Literal
	}
	return x.lit
}

// Suffix is the literal end of the text that is certain.
func (x Text) Suffix() string {
	if parts := x.parts(); len(parts) > 0 {
		return parts[len(parts)-1].Literal
	}
	return x.lit
}

// Equal reports whether both texts are certainly the same: the same
// characters and symbols in the same order. False does not mean that they
// differ; see [Text.Differs].
func (x Text) Equal(y Text) bool {
	if x.with == nil || y.with == nil {
		return x.with == nil && y.with == nil && x.lit == y.lit
	}
	return slices.Equal(x.parts(), y.parts())
}

// Differs reports whether the texts are certainly different, whatever the
// symbols in them stand for: what is certain at their starts or ends clashes.
func (x Text) Differs(y Text) bool {
	if x.with == nil && y.with == nil {
		return x.lit != y.lit
	}
	a, b := x.Parts(), y.Parts()
	same := 0 // symbols at the start
	for same < min(len(a), len(b)) && a[same] == b[same] && a[same].Symbol != nil {
		same++
	}
	u, v := NewText(a[same:]...), NewText(b[same:]...)
	p, q := u.Prefix(), v.Prefix()
	s, t := u.Suffix(), v.Suffix()
	samePrefix := strings.HasPrefix(p, q) || strings.HasPrefix(q, p)
	sameSuffix := strings.HasSuffix(s, t) || strings.HasSuffix(t, s)
	return !samePrefix || !sameSuffix
}

// Map replaces every symbol for which f answers true by the text f gives.
// What f gives is not mapped again.
func (x Text) Map(f func(*Symbol) (Text, bool)) Text {
	if x.with == nil {
		return x
	}
	parts := make([]Part, 0, len(x.parts()))
	changed := false
	for _, p := range x.parts() {
		if p.Symbol != nil {
			if y, ok := f(p.Symbol); ok {
				parts = append(parts, y.Parts()...)
				changed = true
				continue
			}
		}
		parts = append(parts, p)
	}
	if !changed {
		return x
	}
	return ownText(parts)
}

// String is the text for people: each symbol as its name in angle brackets.
func (x Text) String() string {
	if x.with == nil {
		return x.lit
	}
	var b strings.Builder
	for _, p := range x.parts() {
		if p.Symbol == nil {
			b.WriteString(p.Literal)
			continue
		}
		b.WriteString("<" + p.Symbol.Name + ">")
	}
	return b.String()
}

// Key is equal for equal texts and for no others, within one run: it tells
// symbols apart by what they are, not by their names.
func (x Text) Key() string {
	if x.with == nil {
		return x.lit
	}
	var b strings.Builder
	for _, p := range x.parts() {
		if p.Symbol != nil {
			fmt.Fprintf(&b, "\x00%p", p.Symbol)
		} else {
			b.WriteString(p.Literal)
		}
	}
	return b.String()
}
