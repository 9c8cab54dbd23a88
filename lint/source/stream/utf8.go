package stream

import (
	"bufio"
	"bytes"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// UTF8 makes UTF-8 of what a file holds, which begins with start: PowerShell
// redirection writes UTF-16 with a byte order mark, some editors a mark before UTF-8.
// Without a mark, UTF-16 is told by how JSON and credential reports begin.
func UTF8(r *bufio.Reader, start []byte) *bufio.Reader {
	begins := func(at, zero int) bool {
		return len(start) > 3 && strings.IndexByte("{[u", start[at]) >= 0 && start[zero] == 0 && start[zero+2] == 0
	}
	order := unicode.LittleEndian
	switch {
	case bytes.HasPrefix(start, []byte("\xEF\xBB\xBF")):
		_, _ = r.Discard(3) // they have been peeked at
		return r
	case bytes.HasPrefix(start, []byte("\xFF\xFE")), begins(0, 1):
	case bytes.HasPrefix(start, []byte("\xFE\xFF")), begins(1, 0):
		order = unicode.BigEndian
	default:
		return r
	}
	utf16 := unicode.UTF16(order, unicode.UseBOM)
	return bufio.NewReaderSize(transform.NewReader(r, utf16.NewDecoder()), 1<<16)
}
