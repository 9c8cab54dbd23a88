package stream

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/go-json-experiment/json/jsontext"
)

// Split takes an object apart; at is its place. Like a value of another type a
// name that stands twice is an error.
func Split(raw json.RawMessage, at jsontext.Pointer) (Fields, error) {
	if err := Object.Check(raw, at); err != nil {
		return nil, err
	}
	out := Fields{}
	return out, Each(raw, at, func(name []byte, value json.RawMessage) { out[string(name)] = value })
}

// Prune takes out of a member that is an object all members but those to keep.
// A member of another type stays as it is. The object has been split.
func (f Fields) Prune(member string, keep func(name []byte) bool) {
	if Object.fits(f[member]) {
		f[member] = Prune(f[member], keep)
	}
}

// Prune is an object that has been split or held to a shape with none but the
// members to keep.
func Prune(raw json.RawMessage, keep func(name []byte) bool) json.RawMessage {
	out := json.RawMessage("{")
	Members(raw, func(name []byte, value json.RawMessage) {
		if !keep(name) {
			return
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out, _ = jsontext.AppendQuote(out, name) // it is UTF-8
		out = append(append(out, ':'), value...)
	})
	return append(out, '}')
}

// Each calls f for every member of an object, whose value is a part of raw; at
// is the place of the object. A name that stands twice in any object is an
// error.
func Each(raw json.RawMessage, at jsontext.Pointer, f func(name []byte, value json.RawMessage)) error {
	c := &cursor{src: raw}
	if !c.object(func(name []byte) bool {
		start := c.pos
		ok := c.skip()
		f(name, c.since(start))
		return ok
	}) {
		return twice(raw, at)
	}
	return nil
}

// Members calls f for every member of an object that has been split or held to a
// shape; the value is a part of raw.
func Members(raw json.RawMessage, f func(name []byte, value json.RawMessage)) {
	c := &cursor{src: raw, checked: true}
	c.object(func(name []byte) bool {
		start := c.pos
		c.skip()
		f(name, c.since(start))
		return true
	})
}

// Unique is the error of a value in which an object has a name twice; at is its
// place.
func Unique(raw json.RawMessage, at jsontext.Pointer) error {
	if c := (&cursor{src: raw}); !c.skip() {
		return twice(raw, at)
	}
	return nil
}

// twice is the error of a value in which an object has a name twice.
func twice(raw json.RawMessage, at jsontext.Pointer) error {
	dec := jsontext.NewDecoder(bytes.NewReader(raw), jsontext.AllowInvalidUTF8(true))
	_, err := dec.ReadValue()
	if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok && errors.Is(err, jsontext.ErrDuplicateName) {
		return errTwice(at + syntax.JSONPointer)
	}
	return &Error{Problem: Place(at) + ": it cannot be read as JSON", Err: err}
}
