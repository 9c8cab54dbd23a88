package stream

import (
	"bytes"
	"encoding/json"

	"github.com/go-json-experiment/json/jsontext"
)

// Split takes an object apart; at is its place. Like a value of another type a
// name that stands twice is an error.
func Split(raw json.RawMessage, at jsontext.Pointer) (Fields, error) {
	if err := Object.Check(raw, at); err != nil {
		return nil, err
	}
	out := Fields{}
	return out, Each(raw, at, func(name string, value json.RawMessage) { out[name] = value })
}

// Prune takes out of a member that is an object all members but those to keep.
// A member of another type stays as it is; at is the place of the object that
// has it.
func (f Fields) Prune(member string, at jsontext.Pointer, keep func(name string) bool) error {
	if !Object.fits(f[member]) {
		return nil
	}
	out := json.RawMessage("{")
	err := Each(f[member], at.AppendToken(member), func(name string, value json.RawMessage) {
		if !keep(name) {
			return
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out, _ = jsontext.AppendQuote(out, name) // what is not UTF-8 is replaced
		out = append(append(out, ':'), value...)
	})
	f[member] = append(out, '}')
	return err
}

// decoder reads JSON without another copy of it.
func decoder(raw json.RawMessage) *jsontext.Decoder {
	return jsontext.NewDecoder(bytes.NewBuffer(raw), jsontext.AllowInvalidUTF8(true))
}

// Each calls f for every member of an object, whose value is a part of raw; at
// is the place of the object. A name that stands twice is an error.
func Each(raw json.RawMessage, at jsontext.Pointer, f func(name string, value json.RawMessage)) error {
	c := &checker{at: at, dec: decoder(raw)}
	if _, err := c.dec.ReadToken(); err != nil {
		return c.fault(err)
	}
	for c.dec.PeekKind() == '"' {
		token, err := c.dec.ReadToken()
		if err != nil {
			return c.fault(err)
		}
		name := token.String()
		value, err := c.dec.ReadValue()
		if err != nil {
			return c.fault(err)
		}
		end := int(c.dec.InputOffset())
		f(name, raw[end-len(value):end:end])
	}
	return nil
}
