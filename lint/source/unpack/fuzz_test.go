package unpack

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/source/sourcetest"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// FuzzOpen: whatever is compressed or looks so, no more comes out than the limit, and
// what has been compressed comes out as it was.
func FuzzOpen(f *testing.F) {
	const limit = 1 << 16
	for _, text := range [][]byte{
		nil, []byte("{}"), gzipped(f, []byte("{}")), zstandard(f, []byte("{}")), gzipped(f, make([]byte, limit+1)), zstandard(f, make([]byte, limit+1)),
		gzipped(f, gzipped(f, []byte("[]"))), []byte(gzipMagic), []byte(zstdMagic), []byte("\xFF\xFE{\x00}\x00"), []byte("\x00{\x00}"),
		[]byte("\xEF\xBB\xBF{}"), append(gzipped(f, []byte("{}")), gzipped(f, []byte("[]"))...),
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if sourcetest.TooLong(len(text)) {
			return
		}
		_, _ = TextOf(text) // no text is too strange for it
		fault := func(err error) {
			t.Helper()
			if err == nil {
				return
			}
			if _, ok := errors.AsType[*stream.Error](err); !ok || strings.ContainsAny(err.Error(), "\r\n") {
				t.Fatalf("an error of another kind: %q", err)
			}
		}
		all, err := All(text, limit)
		whole := err == nil
		fault(err)
		if IsPacked(text) && len(all) > limit || !IsPacked(text) && !bytes.Equal(all, text) {
			t.Fatalf("%d bytes", len(all))
		}
		in, err := Open(bytes.NewReader(text), limit)
		fault(err)
		if err == nil {
			out, wrong := io.ReadAll(in)
			fault(wrong)
			if in.IsPacked() != IsPacked(text) || (wrong == nil) != whole || whole && !bytes.Equal(out, all) {
				t.Fatalf("%d bytes at once, and %d in parts, %v", len(all), len(out), wrong)
			}
			in.Close()
		}
		if IsPacked(text) || len(text) > limit {
			return
		}
		for name, packed := range map[string][]byte{"gzip": gzipped(t, text), "Zstandard": zstandard(t, text)} {
			if out, err := All(packed, limit); err != nil || !bytes.Equal(out, text) {
				t.Fatalf("%s: %d bytes, %v", name, len(out), err)
			}
		}
	})
}
