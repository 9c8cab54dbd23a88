// Package unpack makes plain text of what is packed otherwise: it reads what has been
// compressed with gzip or Zstandard, bounds what comes out of it, and makes UTF-8 of UTF-16.
package unpack

import (
	"bufio"
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

// Input is one that has been opened, with what it is unpacked by.
type Input struct {
	*bufio.Reader
	unpacker io.ReadCloser // nil where nothing is compressed
}

// buffered is how much of an input can be looked at before it is read.
const buffered = 1 << 16

// Open is r, unpacked up to a limit of bytes where it is compressed. It is to be closed.
func Open(r io.Reader, limit int64) (*Input, error) {
	in := &Input{Reader: bufio.NewReaderSize(r, buffered)}
	start, err := in.Peek(len(zstdMagic))
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if !IsPacked(start) {
		return in, nil
	}
	unpacker, err := Reader(in.Reader, start, limit)
	if err != nil {
		return nil, err
	}
	return &Input{bufio.NewReaderSize(unpacker, buffered), unpacker}, nil
}

// IsPacked reports whether what was opened is compressed.
func (in *Input) IsPacked() bool { return in.unpacker != nil }

// Close lets go of what the input is unpacked by.
func (in *Input) Close() error {
	if in.unpacker == nil {
		return nil
	}
	return in.unpacker.Close()
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
