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

// Prune is an object that has been split or held to a shape with none but the
// members to keep.
func Prune(raw json.RawMessage, keep func(name []byte) bool) json.RawMessage {
	return AppendPruned(nil, raw, keep)
}

// PruneBy is Prune by the values, too.
func PruneBy(raw json.RawMessage, keep func(name []byte, value json.RawMessage) bool) json.RawMessage {
	return appendPruned(nil, raw, keep)
}

// AppendPruned appends what [Prune] makes.
func AppendPruned(to []byte, raw json.RawMessage, keep func(name []byte) bool) []byte {
	return appendPruned(to, raw, func(name []byte, _ json.RawMessage) bool { return keep(name) })
}

func appendPruned(to []byte, raw json.RawMessage, keep func(name []byte, value json.RawMessage) bool) []byte {
	to = append(to, '{')
	start := len(to)
	Members(raw, func(name []byte, value json.RawMessage) {
		if !keep(name, value) {
			return
		}
		if len(to) > start {
			to = append(to, ',')
		}
		to, _ = jsontext.AppendQuote(to, name) // it is UTF-8
		to = append(append(to, ':'), value...)
	})
	return append(to, '}')
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
	var before []byte
	c.object(func(name []byte) bool {
		start := c.pos
		if len(before) >= leastAgain && bytes.HasPrefix(raw[start:], before) {
			c.pos += len(before) // as scanner.again has it
		} else {
			c.skip()
		}
		value := c.since(start)
		if before = nil; c.isObject(start) {
			before = value
		}
		f(name, value)
		return true
	})
}

// Member is the member of that name of an object that has been split or held to a shape, a part
// of raw; nil where there is none, or no object.
func Member(raw json.RawMessage, name string) json.RawMessage {
	var found json.RawMessage
	if KindOf(raw) == '{' {
		Members(raw, func(member []byte, value json.RawMessage) {
			if string(member) == name {
				found = value
			}
		})
	}
	return found
}

// KindOf is the kind of a value that has been read; 0 where there is none.
func KindOf(raw json.RawMessage) jsontext.Kind { return (&cursor{src: raw, checked: true}).kind() }

// Elements calls f for every element of a list that has been split or held to a shape;
// the value is a part of raw.
func Elements(raw json.RawMessage, f func(value json.RawMessage)) {
	c := &cursor{src: raw, checked: true}
	c.list(func() bool {
		start := c.pos
		c.skip()
		f(c.since(start))
		return true
	})
}

// IsLone reports whether a value that has been read is an object whose only member
// has this name, which has no character to escape; false where that takes a longer
// look.
func IsLone(raw json.RawMessage, name string) bool {
	if len(raw) < len(name)+len(`{"":0}`) || string(raw[:2]) != `{"` || string(raw[2:len(name)+2]) != name ||
		string(raw[len(name)+2:len(name)+4]) != `":` {
		return false
	}
	c := &cursor{src: raw, pos: len(name) + len(`{"":`), checked: true}
	c.skip()
	return c.pos == len(raw)-1
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
