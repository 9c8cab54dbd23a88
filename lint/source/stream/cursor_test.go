package stream

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

// FuzzCursor: what a cursor makes of JSON is what a decoder makes of it, token
// by token, errors and their places included.
func FuzzCursor(f *testing.F) {
	for _, text := range []string{
		`{"a":1,"b":[true,{"c":null,"d":"x"}],"actions":["create",""],"index":-1.5e3}`,
		`{"a":1,"\u0061":2}`, `{"x":{"a":1,"\u0061":2}}`, `[{"a":{"b":[1,{"c":1,"c":2}]}}]`, `{"Actions":[],"\u0041ctions":1,"Known":2}`,
		` { "a" : [ 1 , 2 ] , "b\\" : "\"\\" , "c" : "\\\"" } `, "{\"a\xff\":1,\"a\xfe\":\"\xff\"}", `{"n":1e400}`, `"\ud800"`, `[]`, `{}`, `1`, `""`,
	} {
		f.Add([]byte(text))
	}
	marks := Mutual(func(self *Shape) *Shape { return Boolean.Or(ListOf(self)).Or(MapOf(self)) })
	shape := ObjectOf(map[string]*Shape{
		"actions": ListOf(Name).Filled(), "before": MapOf(Any).OrNull(), "index": Text.Or(Number), "marks": marks,
		"known": ObjectOf(map[string]*Shape{"Case": Text}, "Case", "a"), "a": Object,
	}, "actions").OrNull()
	f.Fuzz(func(t *testing.T, text []byte) {
		raw := json.RawMessage(bytes.TrimSpace(text))
		if !jsontext.Value(raw).IsValid(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)) {
			c := &cursor{src: raw} // it comes to an end
			c.skip()
			return
		}
		r := &reference{at: "/r/3", dec: decoder(raw)}
		var wanted []Mismatch
		err := r.value(shape)
		if err != nil {
			err = r.fault(err)
		} else {
			wanted = r.found
		}
		found, got := shape.Mismatches(raw, "/r/3")
		if message(got) != message(err) || !reflect.DeepEqual(found, wanted) {
			t.Errorf("mismatches: got %v, %v, want %v, %v", found, got, wanted, err)
		}
		if raw[0] == '{' {
			members, parts := Fields{}, Fields{}
			err := (&reference{at: "/r/3", dec: decoder(raw)}).each(raw, func(name string, value json.RawMessage) { members[name] = value })
			got := Each(raw, "/r/3", func(name []byte, value json.RawMessage) { parts[string(name)] = value })
			if message(got) != message(err) || err == nil && !maps.EqualFunc(members, parts, slices.Equal) {
				t.Errorf("got %s, %v, want %s, %v", parts, got, members, err)
			}
		}
		var value any
		err = Decode(raw, "/r/3", &value)
		decoded, got := new(Values).Decode(raw, "/r/3")
		if Unique(raw, "/r/3") != nil {
			return // no name stands twice in what is decoded
		}
		if message(Decodable(raw, "/r/3")) != message(err) {
			t.Errorf("decodable: %v, want %v", Decodable(raw, "/r/3"), err)
		}
		if message(got) != message(err) || err == nil && !reflect.DeepEqual(decoded, value) {
			t.Errorf("got %v, %v, want %v, %v", decoded, got, value, err)
		}
	})
}

// next is the place of the value that is read next.
func next(dec *jsontext.Decoder) jsontext.Pointer {
	at := dec.StackPointer()
	if kind, n := dec.StackIndex(dec.StackDepth()); kind == '[' {
		if n > 0 {
			at = at.Parent()
		}
		at = at.AppendToken(strconv.FormatInt(n, 10))
	}
	return at
}

func decoder(raw json.RawMessage) *jsontext.Decoder {
	return jsontext.NewDecoder(bytes.NewBuffer(raw), jsontext.AllowInvalidUTF8(true))
}

// reference holds a value to a shape token by token, as a decoder reads it.
type reference struct {
	at    jsontext.Pointer
	dec   *jsontext.Decoder
	found []Mismatch
}

func (c *reference) fault(err error) error {
	syntax, ok := errors.AsType[*jsontext.SyntacticError](err)
	switch {
	case ok && errors.Is(err, jsontext.ErrDuplicateName):
		return errTwice(c.at + syntax.JSONPointer)
	case errors.Is(err, io.EOF):
		err = io.ErrUnexpectedEOF
	}
	return &Error{Problem: Place(c.at) + ": it cannot be read as JSON", Err: err}
}

// miss notes a mismatch at a place in the value.
func (c *reference) miss(rest jsontext.Pointer, problem string, absent bool) {
	if len(c.found) >= maxMismatches {
		return
	}
	m := Mismatch{Path: rest, Place: Place(c.at + rest), Problem: problem, Absent: absent}
	for m.Member = range rest.Tokens() {
		break
	}
	c.found = append(c.found, m)
}

func (c *reference) value(s *Shape) error {
	kind := c.dec.PeekKind()
	if kind == jsontext.KindInvalid || s == nil || len(s.kinds) == 0 {
		return c.dec.SkipValue()
	}
	if !slices.Contains(s.kinds, kind) {
		c.miss(next(c.dec), s.wanted()+", found "+kindName(kind), kind == 'n')
		return c.dec.SkipValue()
	}
	switch kind {
	case '{':
		return c.object(s)
	case '[':
		return c.list(s)
	case '"':
		at := next(c.dec)
		token, err := c.dec.ReadToken()
		if err == nil && s.filled && token.String() == "" {
			c.miss(at, s.wanted()+", found an empty text", false)
		}
		return err
	}
	return c.dec.SkipValue()
}

func (c *reference) object(s *Shape) error {
	at := next(c.dec)
	if _, err := c.dec.ReadToken(); err != nil {
		return err
	}
	needed := slices.Clone(s.needed)
	for c.dec.PeekKind() == '"' {
		token, err := c.dec.ReadToken()
		if err != nil {
			return err
		}
		name := token.String()
		needed = slices.DeleteFunc(needed, func(n string) bool { return n == name })
		if like := s.like([]byte(name)); like != "" {
			// Decoders take the one for the other.
			c.miss(next(c.dec), "want the name "+like, false)
		}
		if err := c.value(s.Of(name)); err != nil {
			return err
		}
	}
	for _, name := range needed {
		c.miss(at.AppendToken(name), missing, true)
	}
	_, err := c.dec.ReadToken()
	return err
}

func (c *reference) list(s *Shape) error {
	at := next(c.dec)
	if _, err := c.dec.ReadToken(); err != nil {
		return err
	}
	if s.filled && c.dec.PeekKind() == ']' {
		c.miss(at, s.wanted()+", found an empty list", false)
	}
	for {
		switch c.dec.PeekKind() {
		case ']', jsontext.KindInvalid:
			_, err := c.dec.ReadToken()
			return err
		}
		if err := c.value(s.element); err != nil {
			return err
		}
	}
}

func (c *reference) each(raw json.RawMessage, f func(name string, value json.RawMessage)) error {
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

// TestSum: two values have one sum if they are the same.
func TestSum(t *testing.T) {
	sums := map[uint64]string{}
	for _, same := range [][]string{
		{`{"a":1,"b":[true,null,"x"]}`, ` {"b":[ true,null,"\u0078"], "\u0061":1.0 } `, `{"a":10e-1,"b":[true,null,"x"]}`},
		{`[]`},
		{`{}`},
		{`""`},
		{`"[]"`},
		{`[[]]`},
		{`[{}]`},
		{`[1,2]`},
		{`[2,1]`},
		{`[[1],2]`},
		{`{"a":"b"}`},
		{`{"b":"a"}`},
		{`{"a":{"b":1}}`},
		{`true`},
		{`false`},
		{`null`},
		{`"true"`},
		{`0`, `0.0`, `-0`},
		{`1`},
		{`"1"`},
		{`[0]`},
		{`[null]`},
		{`{"a":null}`},
		{`{"a":1,"b":2}`},
		{`{"a":2,"b":1}`},
	} {
		for _, text := range same {
			sum := Sum(json.RawMessage(strings.TrimSpace(text)))
			if before, known := sums[sum]; known && before != same[0] {
				t.Errorf("%s and %s have one sum", before, text)
			}
			sums[sum] = same[0]
			if sum != Sum(json.RawMessage(same[0])) {
				t.Errorf("%s and %s have two sums", same[0], text)
			}
		}
	}
}
