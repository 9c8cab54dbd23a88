package unpack

import (
	"bufio"
	"bytes"
	"io"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Text makes UTF-8 of what begins with start, which has not been read: PowerShell
// redirection writes UTF-16 with a byte order mark, some editors a mark before UTF-8.
func Text(r *bufio.Reader, start []byte) *bufio.Reader {
	order := unicode.LittleEndian
	switch {
	case bytes.HasPrefix(start, []byte("\xEF\xBB\xBF")):
		_, _ = r.Discard(3) // they have been peeked at
		return r
	case bytes.HasPrefix(start, []byte("\xFF\xFE")), len(start) > 3 && isOpening(start[0]) && start[1] == 0 && start[3] == 0:
	case bytes.HasPrefix(start, []byte("\xFE\xFF")), len(start) > 3 && start[0] == 0 && isOpening(start[1]) && start[2] == 0:
		order = unicode.BigEndian
	default:
		return r
	}
	utf16 := unicode.UTF16(order, unicode.UseBOM)
	return bufio.NewReaderSize(transform.NewReader(r, utf16.NewDecoder()), 1<<16)
}

// isOpening reports whether JSON that is an object or a list begins so.
func isOpening(c byte) bool { return c == '{' || c == '[' }

// TextOf is [Text] of a file that has been read.
func TextOf(src []byte) ([]byte, error) {
	const mark = 4
	if len(src) < mark || src[0] != 0 && src[1] != 0 && src[0] < 0x80 {
		return src, nil // most files: nothing is copied
	}
	return io.ReadAll(Text(bufio.NewReader(bytes.NewReader(src)), src[:mark]))
}
