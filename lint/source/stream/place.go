package stream

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// next is the place of the value that is read next.
func next(dec *jsontext.Decoder) jsontext.Pointer {
	at := dec.StackPointer()
	if kind, n := dec.StackIndex(dec.StackDepth()); kind == '[' {
		if n > 0 {
			at = at.Parent()
		}
		at = at.AppendToken(strconv.FormatInt(n, 10))
	}
	return at
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
