package policy

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// encoding/json keeps the last of two equal keys and forgets where anything
// stood; IAM refuses the first and people need the second. So documents are
// read by hand into nodes, which keep every member and every offset.

// maxDepth bounds how deep values may nest. A policy document needs six
// levels; what is deeper is not a policy, and must not exhaust the stack.
const maxDepth = 64

// JSONKind is the kind of a JSON value. It is an alias because a switch over
// it names the kinds that fit and refuses all others.
type JSONKind = byte

// The kinds of JSON values.
const (
	JSONNull JSONKind = iota
	JSONBool
	JSONNumber
	JSONString
	JSONArray
	JSONObject
	// JSONHidden is a symbol token that stands where a JSON value would,
	// outside of any string: what a template puts there is not known.
	JSONHidden
)

func kindName(k JSONKind) string {
	return [...]string{"null", "a boolean", "a number", "a string", "a list", "an object", "a hidden value"}[k]
}

// JSON is one JSON value and where it stands in its source.
type JSON struct {
	Kind       JSONKind
	Start, End int
	// Text is the decoded string, or the number or boolean as written.
	Text     string
	Members  []JSONMember
	Elements []JSON
	// Symbol hides the value (JSONHidden), or some members of the object.
	Symbol *Symbol
}

// JSONMember is a member of an object; objects keep those of equal names.
type JSONMember struct{ Name, Value JSON }

// ReadJSON reads a JSON text in which symbol tokens of syms may stand in
// strings; it is false where the text is none, or where only what a symbol
// hides can make it one.
func ReadJSON(src string, syms *Symbols) (JSON, bool) {
	r := &reader{src: src, syms: syms, control: -1, nodes: &nodes{}}
	v := r.value(0)
	r.space()
	return v, r.err == nil && r.off == len(src) && r.control < 0 && r.bare == nil
}

// syntaxError is why a source is not JSON, and where.
type syntaxError struct {
	off int
	msg string
}

type reader struct {
	src  string
	off  int
	syms *Symbols
	// bare is the first symbol seen outside of strings: with one of them
	// about, a syntax error may be the fault of what it hides.
	bare *Symbol
	// control is the offset of the first raw control character inside a
	// string, -1 for none. JSON refuses it; reading goes on.
	control int
	err     *syntaxError
	*nodes
}

// nodes is memory for the values of a JSON text.
type nodes struct {
	members  slab[JSONMember]
	elements slab[JSON]
}

// reset takes the memory back for the next text: nothing of what was read is used any more.
func (n *nodes) reset() {
	n.members.reset()
	n.elements.reset()
}

// slab is memory for lists, one inside of another, that are all dropped together.
type slab[T any] struct {
	whole, free []T
	// open are the entries, so far, of the lists that are being read.
	open []T
}

const (
	smallSlab = 16
	largeSlab = 1024 // as much as is kept for the next text
)

// list is what has been opened since there were so many entries.
func (s *slab[T]) list(before int) []T {
	entries := s.open[min(before, len(s.open)):]
	n := len(entries)
	if len(s.free) < n {
		s.whole = make([]T, max(n, 2*len(s.whole), smallSlab))
		s.free = s.whole
	}
	out := s.free[:n:n]
	copy(out, entries)
	s.free, s.open = s.free[n:], s.open[:len(s.open)-n]
	return out
}

func (s *slab[T]) reset() {
	if len(s.whole) > largeSlab || cap(s.open) > largeSlab {
		*s = slab[T]{}
	}
	s.free, s.open = s.whole, s.open[:0]
}

func (r *reader) fail(off int, format string, args ...any) {
	if r.err == nil {
		r.err = &syntaxError{off, fmt.Sprintf(format, args...)}
	}
}

func (r *reader) space() {
	for r.off < len(r.src) {
		switch r.src[r.off] {
		case ' ', '\t', '\n', '\r':
			r.off++
		default:
			return
		}
	}
}

// peek is the next byte, 0 at the end (a NUL byte is not JSON either).
func (r *reader) peek() byte {
	if r.off < len(r.src) {
		return r.src[r.off]
	}
	return 0
}

// token reads a symbol token at the current offset.
func (r *reader) token() *Symbol {
	rest, ok := strings.CutPrefix(r.src[r.off:], tokenOpen)
	if !ok {
		return nil
	}
	digits, _, ok := strings.Cut(rest, tokenClose)
	if !ok {
		return nil
	}
	sym := r.syms.byID(digits)
	if sym == nil {
		return nil
	}
	r.off += len(tokenOpen) + len(digits) + len(tokenClose)
	if r.bare == nil {
		r.bare = sym
	}
	return sym
}

func (r *reader) value(depth int) JSON {
	r.space()
	start := r.off
	if depth > maxDepth {
		r.fail(start, "values are nested more than %d levels deep", maxDepth)
		return JSON{Start: start, End: start}
	}
	switch c := r.peek(); {
	case c == '{':
		return r.object(depth)
	case c == '[':
		return r.array(depth)
	case c == '"':
		return r.str()
	case c == '-' || c >= '0' && c <= '9':
		return r.number()
	case c == tokenOpen[0]:
		if sym := r.token(); sym != nil {
			return JSON{Kind: JSONHidden, Symbol: sym, Start: start, End: r.off}
		}
	default:
		for _, w := range [...]struct {
			word string
			kind JSONKind
		}{{"true", JSONBool}, {"false", JSONBool}, {"null", JSONNull}} {
			if strings.HasPrefix(r.src[r.off:], w.word) {
				r.off += len(w.word)
				return JSON{Kind: w.kind, Text: w.word, Start: start, End: r.off}
			}
		}
	}
	r.fail(start, "a value is expected here, not %s", r.found())
	return JSON{Start: start, End: start}
}

// found names what stands at the current offset, for messages.
func (r *reader) found() string {
	if r.off >= len(r.src) {
		return "the end of the document"
	}
	c, _ := utf8.DecodeRuneInString(r.src[r.off:])
	return strconv.QuoteRune(c)
}

func (r *reader) array(depth int) JSON {
	n, from := JSON{Kind: JSONArray, Start: r.off}, len(r.elements.open)
	r.off++
	hidden := false
	for r.err == nil {
		r.space()
		if r.peek() == ']' {
			r.off++
			break
		}
		v := r.value(depth + 1)
		if r.err != nil {
			break
		}
		r.elements.open = append(r.elements.open, v)
		hidden = hidden || v.Kind == JSONHidden
		r.separator(']', hidden)
	}
	n.Elements, n.End = r.elements.list(from), r.off
	return n
}

// separator reads the comma after an entry of a list or object. A token
// outside of strings may bring its own commas, so beside one they are optional.
func (r *reader) separator(closing byte, hidden bool) {
	if r.err != nil {
		return
	}
	r.space()
	switch c := r.peek(); {
	case c == closing:
	case c == ',':
		comma := r.off
		r.off++
		r.space()
		if r.peek() == closing && !hidden {
			r.fail(comma, "a comma stands before the closing %q", string(closing))
		}
	case hidden || c == tokenOpen[0]:
	default:
		r.fail(r.off, "a comma or %q is expected here, not %s", string(closing), r.found())
	}
}

func (r *reader) object(depth int) JSON {
	n, from := JSON{Kind: JSONObject, Start: r.off}, len(r.members.open)
	r.off++
	for r.err == nil {
		r.space()
		if r.peek() == '}' {
			r.off++
			break
		}
		if sym := r.token(); sym != nil {
			if n.Symbol == nil {
				n.Symbol = sym
			}
			r.separator('}', true)
			continue
		}
		if r.peek() != '"' {
			r.fail(r.off, "a name in double quotes is expected here, not %s", r.found())
			break
		}
		key := r.str()
		r.space()
		if r.err == nil && r.peek() != ':' {
			r.fail(r.off, "a colon is expected after the name, not %s", r.found())
		}
		if r.err != nil {
			break
		}
		r.off++
		v := r.value(depth + 1)
		if r.err != nil {
			break
		}
		r.members.open = append(r.members.open, JSONMember{key, v})
		r.separator('}', n.Symbol != nil || v.Kind == JSONHidden)
	}
	n.Members, n.End = r.members.list(from), r.off
	return n
}

func (r *reader) number() JSON {
	n := JSON{Kind: JSONNumber, Start: r.off}
	digits := func() bool {
		from := r.off
		for c := r.peek(); c >= '0' && c <= '9'; c = r.peek() {
			r.off++
		}
		return r.off > from
	}
	if r.peek() == '-' {
		r.off++
	}
	leadingZero := r.peek() == '0'
	from := r.off
	ok := digits() && (!leadingZero || r.off == from+1)
	if ok && r.peek() == '.' {
		r.off++
		ok = digits()
	}
	if c := r.peek(); ok && (c == 'e' || c == 'E') {
		r.off++
		if c := r.peek(); c == '+' || c == '-' {
			r.off++
		}
		ok = digits()
	}
	if !ok {
		r.fail(n.Start, "this is not a number as JSON writes it")
	}
	n.End = r.off
	n.Text = r.src[n.Start:n.End]
	return n
}

// str reads a string. The common one has no escapes and is a slice of the
// source.
func (r *reader) str() JSON {
	n := JSON{Kind: JSONString, Start: r.off}
	r.off++
	from := r.off
	for r.off < len(r.src) {
		switch c := r.src[r.off]; {
		case c == '"':
			n.Text = strings.ToValidUTF8(r.src[from:r.off], "\uFFFD")
			r.off++
			n.End = r.off
			return n
		case c == '\\':
			return r.escaped(n, from)
		case c < ' ':
			r.noteControl()
		}
		r.off++
	}
	r.fail(n.Start, "the string that starts here has no end")
	n.End = r.off
	return n
}

func (r *reader) noteControl() {
	if r.control < 0 {
		r.control = r.off
	}
}

func (r *reader) escaped(n JSON, from int) JSON {
	var b strings.Builder
	b.WriteString(r.src[from:r.off])
	for r.off < len(r.src) {
		c := r.src[r.off]
		switch {
		case c == '"':
			n.Text = strings.ToValidUTF8(b.String(), "\uFFFD")
			r.off++
			n.End = r.off
			return n
		case c == '\\':
			r.escape(&b)
			if r.err != nil {
				n.End = r.off
				return n
			}
			continue
		case c < ' ':
			r.noteControl()
		}
		b.WriteByte(c)
		r.off++
	}
	r.fail(n.Start, "the string that starts here has no end")
	n.End = r.off
	return n
}

const simpleEscapes = `"\/bfnrt`

// escape reads one escape sequence.
func (r *reader) escape(b *strings.Builder) {
	at := r.off
	r.off++
	c := r.peek()
	if i := strings.IndexByte(simpleEscapes, c); i >= 0 {
		b.WriteByte("\"\\/\b\f\n\r\t"[i])
		r.off++
		return
	}
	if c != 'u' {
		r.fail(at, "JSON knows no escape \\%s", strings.Trim(r.found(), "'"))
		return
	}
	u := r.unit()
	if r.err == nil && utf16.IsSurrogate(u) && strings.HasPrefix(r.src[r.off:], `\u`) {
		back := r.off
		r.off++
		if pair := utf16.DecodeRune(u, r.unit()); pair != utf8.RuneError {
			u = pair
		} else {
			r.off = back
		}
	}
	// Nobody may spell a symbol: tokens come from the sources alone.
	if t := string(u); t == tokenOpen || t == tokenClose {
		u = utf8.RuneError
	}
	b.WriteRune(u)
}

// unit reads the u and the four digits of a Unicode escape.
func (r *reader) unit() rune {
	if len(r.src)-r.off < 5 {
		r.fail(r.off, "\\u needs four hexadecimal digits")
		return utf8.RuneError
	}
	u, err := strconv.ParseUint(r.src[r.off+1:r.off+5], 16, 16)
	if err != nil {
		r.fail(r.off, "\\u needs four hexadecimal digits")
		return utf8.RuneError
	}
	r.off += 5
	return rune(u)
}
