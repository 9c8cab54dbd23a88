package stream

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// At is the place of the value that was read last.
func (r *Reader) At() jsontext.Pointer {
	var few [64]byte
	at := few[:0]
	for i := range r.frames {
		f := &r.frames[i]
		if f.n == 0 {
			break // nothing of it has been read
		}
		at = append(at, '/')
		if f.kind == '[' {
			at = strconv.AppendInt(at, int64(f.n-1), 10)
		} else {
			at = appendToken(at, f.name)
		}
	}
	return jsontext.Pointer(at)
}

// appendToken appends a step of a pointer (RFC 6901, section 3).
func appendToken(at []byte, name string) []byte {
	for i := range len(name) {
		switch name[i] {
		case '~':
			at = append(at, "~0"...)
		case '/':
			at = append(at, "~1"...)
		default:
			at = append(at, name[i])
		}
	}
	return at
}

// next is the place of the value that is read next.
func (r *Reader) next() jsontext.Pointer {
	f := r.inner()
	if f == nil || f.kind != '[' {
		return r.At()
	}
	f.n++
	defer func() { f.n-- }()
	return r.At()
}

// Place is a pointer as a person reads it: resource_changes[3].change.
func Place(at jsontext.Pointer) string {
	var b strings.Builder
	for step := range at.Tokens() {
		switch {
		case isDigits(step):
			fmt.Fprintf(&b, "[%s]", step)
		case !isIdentifier(step):
			fmt.Fprintf(&b, "[%.80q]", step)
		case b.Len() > 0:
			b.WriteString("." + step)
		default:
			b.WriteString(step)
		}
	}
	if b.Len() == 0 {
		return "the document"
	}
	return b.String()
}

func isDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func isIdentifier(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool {
		return r != '_' && r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}) < 0
}

// errTwice tells that an object has a name twice.
func errTwice(at jsontext.Pointer) error {
	return Errorf("%s: it stands twice", Place(at))
}
