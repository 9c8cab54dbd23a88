package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/creachadair/jrpc2"
)

// methodSkipped is what the server is told in the place of a message that was skipped, so that
// it learns of it in the order of messages.
const methodSkipped = "$/boundlint/skipped"

// lspSkipped is what is known of such a message.
type lspSkipped struct {
	ID           json.RawMessage `json:"-"`
	TextDocument struct {
		URI string `json:"uri"`
	} `json:"textDocument"`
}

// skip reads over a message that is too long, and answers it with an error.
func (c *lspChannel) skip(length int64) ([]byte, error) {
	head := make([]byte, maxHeader)
	if _, err := io.ReadFull(c.in, head); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	skipped := skimmed(head)
	answer, err := json.Marshal(map[string]any{
		"jsonrpc": "2.0", "id": skipped.ID, "error": jrpc2.Errorf(jrpc2.InvalidRequest, "a message has more than %d bytes", maxMessage),
	})
	if err != nil {
		return nil, err
	}
	if err := c.Send(answer); err != nil {
		return nil, err
	}
	if _, err := io.CopyN(io.Discard, c.in, length-int64(len(head))); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	return json.Marshal(map[string]any{"jsonrpc": "2.0", "method": methodSkipped, "params": skipped})
}

// skimmed is what the begin of a message tells of it. The answer to one whose id is not there has
// the id null, as JSON-RPC has it ("Response object").
func skimmed(head []byte) lspSkipped {
	out := lspSkipped{}
	d := json.NewDecoder(bytes.NewReader(head))
	_ = members(d, func(name string) error { // the message ends early, which is an error at some place
		switch name {
		case "id":
			return d.Decode(&out.ID)
		case "params":
			return members(d, func(name string) error {
				if name == "textDocument" {
					return members(d, func(name string) error {
						if name == "uri" {
							return d.Decode(&out.TextDocument.URI)
						}
						return d.Decode(new(json.RawMessage))
					})
				}
				return d.Decode(new(json.RawMessage))
			})
		}
		return d.Decode(new(json.RawMessage))
	})
	return out
}

// members reads an object, and has take read the value of each of its members.
func members(d *json.Decoder, take func(name string) error) error {
	if begin, err := d.Token(); err != nil || begin != json.Delim('{') {
		return errors.Join(err, errors.New("not an object"))
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		if err := take(fmt.Sprint(name)); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

// skipped forgets the document of a message that was skipped, for what is open there is not
// known any more: it counts as closed until it is opened again. Where the message does not
// tell which document that is, it may be any.
func (s *lspServer) skipped(_ context.Context, p *lspSkipped) (*lspNone, error) {
	what := "all files count"
	s.mu.Lock()
	for key, open := range s.documents {
		if p.TextDocument.URI == "" || key == lspNamed(p.TextDocument.URI) {
			delete(s.documents, key)
			s.changed(open.path)
		}
	}
	s.mu.Unlock()
	if p.TextDocument.URI != "" {
		what = filepath.Base(lspNamed(p.TextDocument.URI)) + " counts"
	}
	s.tell("window/showMessage", lspMessage{lspError, printable(fmt.Sprintf(
		"boundlint: a message of the editor has more than %d bytes: %s as closed until opened again", maxMessage, what))})
	return nil, nil
}
