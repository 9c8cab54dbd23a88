package unpack

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/boundlint/boundlint/lint/linttest/limit"
	"github.com/boundlint/boundlint/lint/source/stream"
)

func gzipped(tb testing.TB, text []byte) []byte {
	tb.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(text)
	if err := errors.Join(err, w.Close()); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func zstandard(tb testing.TB, text []byte, options ...zstd.EOption) []byte {
	tb.Helper()
	w, err := zstd.NewWriter(nil, options...)
	if err != nil {
		tb.Fatal(err)
	}
	return w.EncodeAll(text, nil)
}

func TestAll(t *testing.T) {
	text := []byte(strings.Repeat("a text of some length\n", 100))
	long := bytes.Repeat(text, 100)
	for name, c := range map[string]struct {
		src  []byte
		want string
		err  string
	}{
		"plain":             {text, string(text), ""},
		"gzip":              {gzipped(t, text), string(text), ""},
		"zstd":              {zstandard(t, text), string(text), ""},
		"two members":       {append(gzipped(t, text), gzipped(t, text)...), string(text) + string(text), ""},
		"two frames":        {append(zstandard(t, text), zstandard(t, text)...), string(text) + string(text), ""},
		"empty gzip":        {gzipped(t, nil), "", ""},
		"gzip cut off":      {gzipped(t, text)[:20], "", "it is compressed, and cut off"},
		"zstd cut off":      {zstandard(t, text)[:10], "", "it is compressed, and cut off"},
		"gzip broken":       {append(gzipped(t, text)[:30], "xxxxxxxxxxxxxxxxxxxxx"...), "", "it is compressed, and cannot be unpacked"},
		"zstd broken":       {append([]byte(zstdMagic), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), "", "it is compressed, and cannot be unpacked"},
		"text after gzip":   {append(gzipped(t, text), "{}"...), "", "it is compressed, and c"},
		"a bomb, gzip":      {gzipped(t, long), "", "unpacked it is larger than 100000 bytes"},
		"a bomb, zstd":      {zstandard(t, long), "", "unpacked it is larger than 100000 bytes"},
		"a window too wide": {append([]byte(zstdMagic), 0x00, 0x98, 0x01, 0x00, 0x00), "", "it is compressed, and cannot be unpacked"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := All(c.src, 100_000)
			if c.err == "" && (err != nil || string(got) != c.want) {
				t.Errorf("%d bytes, %v", len(got), err)
			}
			if told, ok := errors.AsType[*stream.Error](err); c.err != "" && (!ok || !strings.Contains(told.Problem, c.err)) {
				t.Errorf("%v, want %s", err, c.err)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	const few = 1000
	limit.Try(t, "MaxUnpacked", few, "unpacked it is larger than", func(t *testing.T, n int) string {
		t.Helper()
		src := gzipped(t, bytes.Repeat([]byte("x"), n))
		r, err := Reader(bytes.NewReader(src), src, few)
		if err == nil {
			_, err = io.Copy(io.Discard, r)
		}
		if err != nil {
			return err.Error()
		}
		return ""
	})
}
