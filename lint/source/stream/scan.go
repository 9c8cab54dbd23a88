package stream

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math/bits"
)

// scanner finds out where each value of a JSON text ends, and whether the text is
// JSON (RFC 8259), in one pass over the bytes as they come. Strings need not be
// UTF-8, and a name may stand twice in an object.
type scanner struct {
	in *input
	// buf holds from pos up to end what has been read and not been passed over.
	// At end stands a byte that is part of no JSON, so that no loop has to look
	// for the end by itself, and after it is room for a word.
	buf      []byte
	pos, end int
	// keep is from where on in buf all stays that is passed over, -1 for nothing.
	keep int
	// base is how much of the text lies before buf.
	base int64
	// over tells that there is no more to read.
	over bool
	// levels are the objects and lists in the value that is passed over, of
	// those that have not been closed.
	levels []level
	// unique asks for whether a name stands twice in an object of the value;
	// isUnique tells that certainly none does. Then all of the value is kept.
	unique, isUnique bool
	// noted are the names of the open objects, by where they stand in the text.
	noted []span
	// closed is the object that was closed last.
	closed span
}

// level is an object or list that is being passed over.
type level struct {
	// open is the byte that opens it, at where it stands in the text.
	open byte
	at   int64
	// first is how many names there were before those of the object, sorted
	// tells that each name is greater than the one before it.
	first  int
	sorted bool
}

// span is a part of the text.
type span struct{ from, to int64 }

const (
	// firstBuffer is how much is read at first: many texts are small. A text that
	// is longer is read so much at a time as usualBuffer, and more where a value
	// that stays is larger.
	firstBuffer = 512
	usualBuffer = 128 << 10
	// word is how many bytes are looked at together.
	word = 8
	// emptyReads is after how many reads without a byte a reader has failed, as
	// for package bufio.
	emptyReads = 100
)

// broken is what is wrong with a text that is not JSON.
type broken struct {
	offset int64
	cause  error
}

func (b *broken) Error() string { return b.cause.Error() }

func (b *broken) Unwrap() error { return b.cause }

var (
	errSyntax = errors.New("invalid JSON")
	errDepth  = errors.New("JSON nested too deep")
)

// fault is what is wrong at a place in buf: nothing stands there that JSON could
// go on with, if it is not the end.
func (s *scanner) fault(at int) error {
	if at == s.end {
		return &broken{s.base + int64(at), io.ErrUnexpectedEOF}
	}
	return &broken{s.base + int64(at), errSyntax}
}

// more reads on, and returns where the byte at a place of buf stands then; false
// at the end of the text.
func (s *scanner) more(at int) (int, bool) {
	if s.over {
		return at, false
	}
	if len(s.buf)-word-s.end < len(s.buf)/4 {
		from := at
		if s.keep >= 0 {
			from = s.keep
			s.keep = 0
		}
		s.move(from)
		at -= from
	}
	for range emptyReads {
		n, err := s.in.Read(s.buf[s.end : len(s.buf)-word])
		s.end += n
		s.buf[s.end] = 0
		s.over = err != nil
		switch {
		case n > 0:
			return at, true
		case err != nil:
			return at, false
		}
	}
	s.in.err, s.over = io.ErrNoProgress, true
	return at, false
}

// move makes room, and drops what lies before a place in buf.
func (s *scanner) move(from int) {
	size := min(4*len(s.buf), usualBuffer)
	for size < 2*(s.end-from) {
		size *= 2
	}
	to := s.buf
	if size != len(to) {
		to = make([]byte, size)
	}
	copy(to, s.buf[from:s.end])
	s.buf, s.end, s.base = to, s.end-from, s.base+int64(from)
	s.buf[s.end] = 0
}

// space is the first place from one on where no white space stands.
func (s *scanner) space(at int) int {
	for {
		switch s.buf[at] {
		case ' ', '\n', '\t', '\r':
			at++
			continue
		}
		if at < s.end {
			return at
		}
		var ok bool
		if at, ok = s.more(at); !ok {
			return at
		}
	}
}

// value passes over the value that begins at a place, around which lie so many
// objects and lists. It returns where the value ends.
func (s *scanner) value(at, depth int) (_ int, err error) {
	s.levels, s.noted, s.isUnique, s.closed = s.levels[:0], s.noted[:0], true, span{}
	for {
		at = s.space(at)
		switch c := s.buf[at]; c {
		case '{', '[':
			if depth+len(s.levels) >= maxDepth {
				return at, &broken{s.base + int64(at), errDepth}
			}
			if end, ok := s.again(at); ok {
				at = end
				break
			}
			start := s.base + int64(at)
			if at = s.space(at + 1); s.buf[at] == c+2 {
				at++ // it is empty
				break
			}
			s.levels = append(s.levels, level{open: c, at: start, first: len(s.noted), sorted: true})
			if c == '{' {
				if at, err = s.name(at); err != nil {
					return at, err
				}
			}
			continue
		default:
			if at, err = s.scalar(at); err != nil {
				return at, err
			}
		}
		for {
			n := len(s.levels)
			if n == 0 {
				return at, nil
			}
			if s.buf[at] <= ' ' {
				at = s.space(at)
			}
			c, l := s.buf[at], &s.levels[n-1]
			if c == l.open+2 { // the brace or bracket that closes it
				at++
				if c == '}' {
					s.noted = s.noted[:l.first]
					s.closed = span{l.at, s.base + int64(at)}
				}
				s.levels = s.levels[:n-1]
				continue
			}
			if c != ',' {
				return at, s.fault(at)
			}
			at++
			if l.open == '{' {
				if at, err = s.name(s.space(at)); err != nil {
					return at, err
				}
			}
			break
		}
	}
}

// again is where the object at a place ends, if the one that was closed last is
// still there and is the same, byte for byte: a plan has most of what it says
// twice, one after the other.
func (s *scanner) again(at int) (int, bool) {
	from, to := s.closed.from-s.base, s.closed.to-s.base
	size := int(to - from)
	if size < leastAgain || from < 0 || at+size > s.end || !bytes.Equal(s.part(s.closed), s.buf[at:at+size]) {
		return at, false
	}
	return at + size, true
}

// leastAgain is the size of objects for which it is worth to look whether they
// come again.
const leastAgain = 32

// name passes over the name of a member, and the colon after it.
func (s *scanner) name(at int) (_ int, err error) {
	if s.buf[at] != '"' {
		return at, s.fault(at)
	}
	from := s.base + int64(at+1)
	if at, err = s.text(at); err != nil {
		return at, err
	}
	if s.unique && s.isUnique {
		s.isUnique = s.note(span{from, s.base + int64(at-1)})
	}
	if s.buf[at] != ':' {
		if at = s.space(at); s.buf[at] != ':' {
			return at, s.fault(at)
		}
	}
	return at + 1, nil
}

// note notes a name of the innermost object. It is false where it is not certain,
// without a longer look, that the object has not had the name.
func (s *scanner) note(name span) bool {
	n := len(s.levels)
	if n == 0 || !isPlain(s.part(name)) {
		return false
	}
	l := &s.levels[n-1]
	before := s.noted[l.first:]
	if l.sorted && len(before) > 0 {
		l.sorted = bytes.Compare(s.part(before[len(before)-1]), s.part(name)) < 0
	}
	if len(before) >= maxSorted || !l.sorted && len(before) >= maxFew {
		return false
	}
	if !l.sorted {
		for _, other := range before {
			if bytes.Equal(s.part(other), s.part(name)) {
				return false
			}
		}
	}
	s.noted = append(s.noted, name)
	return true
}

// maxSorted is how many names of an object are noted, where each is greater than
// the one before it.
const maxSorted = 1024

// part is a part of the text that has been kept.
func (s *scanner) part(of span) []byte { return s.buf[of.from-s.base : of.to-s.base] }

// isPlain reports whether a string stands for itself: no byte of it is escaped,
// or part of what may be no UTF-8.
func isPlain(text []byte) bool {
	for _, c := range text {
		if c == '\\' || c >= 0x80 {
			return false
		}
	}
	return true
}

// scalar passes over a value that is neither an object nor a list.
func (s *scanner) scalar(at int) (int, error) {
	switch c := s.buf[at]; c {
	case '"':
		return s.text(at)
	case 't':
		return s.literal(at, "true")
	case 'f':
		return s.literal(at, "false")
	case 'n':
		return s.literal(at, "null")
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return s.number(at)
	}
	return at, s.fault(at)
}

// text passes over a string.
func (s *scanner) text(at int) (_ int, err error) {
	for at++; ; {
		at = special(s.buf, at)
		switch {
		case s.buf[at] == '"':
			return at + 1, nil
		case s.buf[at] == '\\':
			if at, err = s.escape(at); err != nil {
				return at, err
			}
		case at < s.end:
			return at, s.fault(at) // a control character
		default:
			var ok bool
			if at, ok = s.more(at); !ok {
				return at, s.fault(at)
			}
		}
	}
}

// The same byte in all bytes of a word.
const (
	ones  = 0x0101010101010101
	highs = 0x80 * ones
)

// special is the first place from one on where a quote, a backslash or a control
// character stands. There is one, with a word of room after it.
func special(b []byte, at int) int {
	for {
		x := binary.LittleEndian.Uint64(b[at:])
		// The lowest byte that has its high bit set is the first that is 0 in x,
		// that is less than a space or that is the character
		// (https://graphics.stanford.edu/~seander/bithacks.html#HasLessInWord).
		quote, slash := x^'"'*ones, x^'\\'*ones
		found := ((x - ' '*ones) &^ x) | ((quote - ones) &^ quote) | ((slash - ones) &^ slash)
		if found &= highs; found != 0 {
			return at + bits.TrailingZeros64(found)/word
		}
		at += word
	}
}

// escape passes over what a backslash begins.
func (s *scanner) escape(at int) (int, error) {
	at, ok := s.need(at, 2)
	if !ok {
		return s.end, s.fault(s.end)
	}
	switch s.buf[at+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return at + 2, nil
	case 'u':
		const length = len(`\u0000`)
		at, ok = s.need(at, length)
		for _, c := range s.buf[at+2 : min(at+length, s.end)] {
			if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') {
				return at, s.fault(at)
			}
		}
		if !ok {
			return s.end, s.fault(s.end)
		}
		return at + length, nil
	}
	return at, s.fault(at)
}

// need has so many bytes from a place on in buf; false where the text ends before.
func (s *scanner) need(at, n int) (int, bool) {
	for s.end-at < n {
		var ok bool
		if at, ok = s.more(at); !ok {
			return at, false
		}
	}
	return at, true
}

// literal passes over true, false or null.
func (s *scanner) literal(at int, text string) (int, error) {
	at, _ = s.need(at, len(text))
	for i := range len(text) {
		if s.buf[at+i] != text[i] { // at the end, too
			return at + i, s.fault(at + i)
		}
	}
	return at + len(text), nil
}

// number passes over a number.
func (s *scanner) number(at int) (int, error) {
	if s.buf[at] == '-' {
		at = s.on(at)
	}
	var ok bool
	if s.buf[at] == '0' {
		at = s.on(at)
	} else if at, ok = s.digits(at); !ok {
		return at, s.fault(at)
	}
	if s.buf[at] == '.' {
		if at, ok = s.digits(s.on(at)); !ok {
			return at, s.fault(at)
		}
	}
	if s.buf[at] == 'e' || s.buf[at] == 'E' {
		at = s.on(at)
		if s.buf[at] == '+' || s.buf[at] == '-' {
			at = s.on(at)
		}
		if at, ok = s.digits(at); !ok {
			return at, s.fault(at)
		}
	}
	return at, nil
}

// digits passes over the digits at a place; false where there is none.
func (s *scanner) digits(at int) (int, bool) {
	found := false
	for s.buf[at] >= '0' && s.buf[at] <= '9' {
		at = s.on(at)
		found = true
	}
	return at, found
}

// on is the place after one, where a byte is unless the text is over.
func (s *scanner) on(at int) int {
	at++
	if at == s.end {
		at, _ = s.more(at)
	}
	return at
}
