package stream

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/go-json-experiment/json/jsontext"
)

// FuzzScan: where a value ends, whether it is JSON, and if not whether it is cut
// off or broken, and where, is what a decoder makes of it, in whatever pieces the
// text comes; and where a name is told to be unique, a decoder finds none twice.
func FuzzScan(f *testing.F) {
	object := `{"id":"` + strings.Repeat("a", leastAgain) + `"}`
	for _, text := range []string{
		`{"a":1,"b":[true,{"c":null,"d":"x"}],"e":{},"f":[]} `, `[1,-0,0.5,1e5,1E-7,-1.25e+10]`, `[01]`, `[1.]`, `[1e]`, `[-]`, `"\u00e9\n\"\\\/"`,
		`"\u00g0"`, `"\x"`, "\"a\nb\"", "\"\xff\"", "{\"\xff\":1,\"\xfe\":2}", `{"a":1,}`, `[1,]`, `{,}`, `{"a" 1}`, `{"a":1]`, `[1}`, `{1:2}`, `[1 2]`, `tru`, `truth`, `nul`,
		`[[[[`, `{"a":{"a":{"a":1,"a":2}}}`, `{"b":1,"a":2,"b":3}`, `{"b":1,"a":2,"c":3}`, `{"\u0061":1,"a":2}`, ` `, ``, "\x00", "[\x00]", `{"before":` + object +
			`,"after":` + object + `}`, `[` + object + `,` + object + `,` + object[:10], `{"a":` + object + `,"b":` + object + `,"a":` + object + `}`,
		`"` + strings.Repeat("long ", 300) + `"`,
	} {
		f.Add([]byte(text), uint8(3))
	}
	f.Fuzz(func(t *testing.T, text []byte, piece uint8) {
		dec := jsontext.NewDecoder(struct{ io.Reader }{bytes.NewReader(text)}, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
		want, wantErr := dec.ReadValue()
		read := func(unique bool) (*Reader, []byte, error) {
			r := NewReader(&pieces{text, int(piece)%64 + 1})
			r.unique = unique
			raw, err := r.Raw()
			return r, raw, err
		}
		r, raw, err := read(true)
		if (err == nil) != (wantErr == nil) || err == nil && !bytes.Equal(raw, want) {
			t.Fatalf("got %q, %v, want %q, %v", raw, err, want, wantErr)
		}
		if _, _, err := read(false); message(err) != message(r.wrap(r.fail)) {
			t.Errorf("names make a difference: %v and %v", err, r.fail)
		}
		skipping := NewReader(&pieces{text, int(piece)%64 + 1})
		if got := skipping.Skip(); message(got) != message(err) || skipping.Offset() != r.Offset() {
			t.Errorf("skipped: %v at %d, read: %v at %d", got, skipping.Offset(), err, r.Offset())
		}
		if err == nil {
			if twice := Unique(raw, ""); r.isUnique && twice != nil {
				t.Errorf("told to be unique: %v", twice)
			}
			return
		}
		at, ok := errors.AsType[*broken](err)
		if !ok {
			t.Fatalf("got %v, want %v", err, wantErr)
		}
		if isCut := errors.Is(wantErr, io.ErrUnexpectedEOF) || errors.Is(wantErr, io.EOF); isCut {
			if !errors.Is(err, io.ErrUnexpectedEOF) || at.offset != int64(len(text)) {
				t.Errorf("got %v at %d, want %v", err, at.offset, wantErr)
			}
			return
		}
		syntax, told := errors.AsType[*jsontext.SyntacticError](wantErr)
		if !errors.Is(err, errSyntax) || !told || at.offset != syntax.ByteOffset {
			t.Errorf("got %v at %d, want %v", err, at.offset, wantErr)
		}
	})
}

// pieces is a reader that gives a few bytes at a time.
type pieces struct {
	text []byte
	most int
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.text) == 0 {
		return 0, io.EOF
	}
	n := copy(b[:min(len(b), p.most)], p.text)
	p.text = p.text[n:]
	return n, nil
}

// TestScanDepth: JSON nests as deep as a decoder takes it, and no deeper, by
// itself and inside of what is being read.
func TestScanDepth(t *testing.T) {
	nested := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	const told = "the JSON is nested more than 10000 levels deep (at byte 10000)"
	for name, c := range map[string]struct {
		read func(*Reader) error
		deep int
		want string
	}{
		"skipped":           {(*Reader).Skip, maxDepth, ""},
		"skipped, too deep": {(*Reader).Skip, maxDepth + 1, told},
		"inside": {
			func(r *Reader) error { return r.Array(r.Skip) }, maxDepth, "",
		},
		"inside, too deep": {
			func(r *Reader) error { return r.Array(r.Skip) }, maxDepth + 1, told,
		},
		"opened, too deep": {
			func(r *Reader) error {
				var inner func() error
				inner = func() error { return r.Array(inner) }
				return inner()
			}, maxDepth + 1, told,
		},
	} {
		text := nested(c.deep)
		err := c.read(NewReader(strings.NewReader(text)))
		if message(err) != c.want {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
		dec := jsontext.NewDecoder(struct{ io.Reader }{strings.NewReader(text)})
		if err := dec.SkipValue(); (err == nil) != (c.want == "") {
			t.Errorf("%s: a decoder says %v", name, err)
		}
	}
}

// TestScanMemory: what is skipped is not held, however long it is, and what was
// needed for a large value is given back.
func TestScanMemory(t *testing.T) {
	const long = 64 << 20
	r := NewReader(io.MultiReader(strings.NewReader(`["`), io.LimitReader(endless('x'), long), strings.NewReader(`",`),
		io.LimitReader(endless('7'), long), strings.NewReader(`,"`), io.LimitReader(endless('y'), 1<<20), strings.NewReader(`",`),
		io.LimitReader(endless(' '), long), strings.NewReader(`1]`)))
	n := 0
	err := r.Array(func() error {
		n++
		if n == 3 {
			raw, err := r.Raw()
			if len(raw) != 1<<20+2 || len(r.buf) < 1<<20 {
				t.Errorf("got %d bytes in %d", len(raw), len(r.buf))
			}
			return err
		}
		err := r.Skip()
		if len(r.buf) > usualBuffer {
			t.Errorf("value %d: %d bytes are held", n, len(r.buf))
		}
		return err
	})
	if err != nil || n != 4 {
		t.Errorf("got %d values, %v", n, err)
	}
}

// endless is a reader of one byte again and again.
type endless byte

func (e endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(e)
	}
	return len(b), nil
}

// TestScanReads: a reader may give nothing for a while, but not for ever, and its
// errors are told rather than that the JSON stops short.
func TestScanReads(t *testing.T) {
	for name, c := range map[string]struct {
		in   io.Reader
		want string
	}{
		"at its end with the last bytes": {iotest.DataErrReader(strings.NewReader(`{"a":[1]}`)), ""},
		"nothing for ever":               {silent{}, "it cannot be read to its end: multiple Read calls return no data or error"},
		"an error":                       {io.MultiReader(strings.NewReader(`{"a":`), iotest.ErrReader(io.ErrClosedPipe)), "it cannot be read to its end: io: read/write on closed pipe"},
		"an error after the end":         {io.MultiReader(strings.NewReader(`{}`), iotest.ErrReader(io.ErrClosedPipe)), "it cannot be read to its end: io: read/write on closed pipe"},
	} {
		r := NewReader(c.in)
		err := r.Skip()
		if err == nil {
			err = r.End()
		}
		if message(err) != c.want {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}

type silent struct{}

func (silent) Read([]byte) (int, error) { return 0, nil }
