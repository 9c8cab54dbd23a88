// Package unpack makes plain text of what is packed otherwise: it reads what has been
// compressed with gzip or Zstandard, bounds what comes out of it, and makes UTF-8 of UTF-16.
package unpack

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/boundlint/boundlint/lint/source/stream"
)

const (
	// MaxUnpacked bounds the bytes of an input once it is unpacked.
	MaxUnpacked = 4 << 30
	// maxWindow bounds the memory that unpacking takes: what zstd --ultra and --long
	// ask for at most without being told to.
	maxWindow = 128 << 20
)

// Magic is how many bytes of the start tell whether something is compressed.
const Magic = len(zstdMagic)

const gzipMagic, zstdMagic = "\x1f\x8b", "\x28\xb5\x2f\xfd"

// IsPacked reports whether a text begins like one that has been compressed.
func IsPacked(start []byte) bool {
	return bytes.HasPrefix(start, []byte(gzipMagic)) || bytes.HasPrefix(start, []byte(zstdMagic))
}

// Reader unpacks r, which begins with start, up to a limit of bytes. What goes wrong is
// a *[stream.Error] of its Read.
func Reader(r io.Reader, start []byte, limit int64) (io.ReadCloser, error) {
	var in io.ReadCloser
	var err error
	if bytes.HasPrefix(start, []byte(gzipMagic)) {
		in, err = gzip.NewReader(r)
	} else {
		var z *zstd.Decoder
		z, err = zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err == nil {
			in = z.IOReadCloser()
		}
	}
	if err != nil {
		return nil, broken(err)
	}
	return &bounded{in, limit, limit}, nil
}

// All is the text of src, unpacked where it is compressed.
func All(src []byte, limit int64) ([]byte, error) {
	if !IsPacked(src) {
		return src, nil
	}
	r, err := Reader(bytes.NewReader(src), src, limit)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

func broken(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return &stream.Error{Problem: "it is compressed, and cut off", Err: err}
	}
	return &stream.Error{Problem: "it is compressed, and cannot be unpacked", Err: err}
}

// bounded is a reader that ends in an error after limit bytes.
type bounded struct {
	io.ReadCloser
	left, limit int64
}

// Read reads what is unpacked.
func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left+1)])
	if b.left -= int64(n); b.left < 0 {
		return 0, stream.Errorf("unpacked it is larger than %d bytes", b.limit)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = broken(err)
	}
	return n, err
}
