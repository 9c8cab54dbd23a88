package results

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/boundlint/boundlint/lint"
)

// lines writes NDJSON: an object a line, UTF-8 (https://github.com/ndjson/ndjson-spec).
type lines[Row any] struct {
	writer  *bufio.Writer
	options Options
	rows    rowsOf[Row]
	line    bytes.Buffer
	encoder *json.Encoder
}

func newLines[Row any](w io.Writer, o Options, rows rowsOf[Row]) *lines[Row] {
	l := &lines[Row]{writer: bufio.NewWriterSize(w, 1<<16), options: o, rows: rows}
	l.encoder = json.NewEncoder(&l.line)
	l.encoder.SetEscapeHTML(false)
	return l
}

func (l *lines[Row]) Add(r *lint.Report) error {
	for row := range l.rows(r, l.options) {
		l.line.Reset()
		if err := l.encoder.Encode(row); err != nil {
			return err
		}
		if err := l.write(l.line.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// write writes what a terminal or an editor would act on as an escape: it can
// only stand inside a string.
func (l *lines[Row]) write(line []byte) error {
	from := 0
	for i := 0; i < len(line); {
		if c := line[i]; c >= ' ' && c < 0x7f {
			i++ // nearly all there is
			continue
		}
		r, size := utf8.DecodeRune(line[i:])
		if r != '\n' && unprintable(r) {
			if _, err := l.writer.Write(line[from:i]); err != nil {
				return err
			}
			if err := l.escape(r); err != nil {
				return err
			}
			from = i + size
		}
		i += size
	}
	_, err := l.writer.Write(line[from:])
	return err
}

func (l *lines[Row]) escape(r rune) error {
	if high, low := utf16.EncodeRune(r); high != unicode.ReplacementChar {
		_, err := fmt.Fprintf(l.writer, `\u%04x\u%04x`, high, low)
		return err
	}
	_, err := fmt.Fprintf(l.writer, `\u%04x`, r)
	return err
}

// unprintable tells controls, invisible format characters (bidirectional
// overrides among them) and the line separators that are not a newline.
func unprintable(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs)
}

func (l *lines[Row]) Close() error { return l.writer.Flush() }
