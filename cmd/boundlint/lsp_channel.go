package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/creachadair/jrpc2"
)

// The limits of a message of an editor. A text of 4 MiB, more than is read of any file, fits
// in one with every character escaped.
const (
	maxMessage = 32 << 20
	maxHeader  = 4 << 10
)

// lspChannel frames messages as the base protocol of the Language Server Protocol has it:
// header lines, an empty line, and Content-Length bytes. The framings of the library take
// whatever length a header says, so that one line would have all memory allocated.
type lspChannel struct {
	in  *bufio.Reader
	out io.Writer
	// sending keeps messages whole, closing is what ends the input.
	sending sync.Mutex
	close   func() error
}

func newLSPChannel(in io.Reader, out io.Writer) *lspChannel {
	c := &lspChannel{in: bufio.NewReaderSize(in, maxHeader), out: out, close: func() error { return nil }}
	if closer, ok := in.(io.Closer); ok {
		c.close = closer.Close
	}
	return c
}

// The library answers a request that is cancelled before its handler begins with a code of its
// own, in the place of the protocol's. In a text its quotes would be escaped.
var (
	libraryCancelled  = fmt.Appendf(nil, `"error":{"code":%d,`, jrpc2.Cancelled)
	protocolCancelled = fmt.Appendf(nil, `"error":{"code":%d,`, lspCancelled)
)

// Send writes a message.
func (c *lspChannel) Send(message []byte) error {
	message = bytes.Replace(message, libraryCancelled, protocolCancelled, 1)
	c.sending.Lock()
	defer c.sending.Unlock()
	_, err := c.out.Write(append(fmt.Appendf(nil, "Content-Length: %d\r\n\r\n", len(message)), message...))
	return err
}

// Recv reads a message. The error is io.EOF at the end of the input; after any other, where
// the next message begins is not known. In the place of a message over the limit there is one
// that tells the server of which document it would have been.
func (c *lspChannel) Recv() ([]byte, error) {
	length, err := c.header()
	if err != nil {
		return nil, err
	}
	if length > maxMessage {
		return c.skip(length)
	}
	// It grows with what comes, and not with what is announced.
	message, err := io.ReadAll(io.LimitReader(c.in, length))
	if err == nil && int64(len(message)) < length {
		err = io.ErrUnexpectedEOF
	}
	return message, err
}

// header reads the lines before a message, and returns its length.
func (c *lspChannel) header() (int64, error) {
	length := int64(-1)
	for size := 0; ; {
		line, err := c.in.ReadSlice('\n')
		if size += len(line); size > maxHeader || errors.Is(err, bufio.ErrBufferFull) {
			return 0, fmt.Errorf("the header of a message has more than %d bytes", maxHeader)
		}
		switch {
		case errors.Is(err, io.EOF) && size == 0:
			return 0, io.EOF
		case errors.Is(err, io.EOF):
			return 0, io.ErrUnexpectedEOF
		case err != nil:
			return 0, err
		}
		text := strings.TrimRight(string(line), "\r\n")
		if text == "" {
			if length < 0 {
				return 0, errors.New("a message has no Content-Length")
			}
			return length, nil
		}
		name, value, ok := strings.Cut(text, ":")
		if !ok {
			return 0, errors.New("a line before a message is not a header")
		}
		if !strings.EqualFold(strings.TrimSpace(name), "Content-Length") {
			continue
		}
		n, err := strconv.ParseUint(strings.TrimSpace(value), 10, 63)
		if err != nil {
			return 0, errors.New("the Content-Length of a message is not a number of bytes")
		}
		length = int64(n)
	}
}

// Close ends the input, so that nobody waits for the next message.
func (c *lspChannel) Close() error { return c.close() }
