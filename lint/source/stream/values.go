package stream

import (
	"encoding/json"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// Values decodes values of an input, in which the names of members repeat. The
// zero value is ready for use.
type Values struct {
	names map[string]string
	// recent are names by what tells them apart quickly, nil while there are few.
	recent *[maxRecent]string
	// unquoted is memory for texts with escapes.
	unquoted []byte
}

// Text is what a value says that is a string, else "".
func (v *Values) Text(raw json.RawMessage) string { return string(unquoteInto(&v.unquoted, raw)) }

// Decode makes what [encoding/json] makes of a value that has been split or held
// to a shape; at is its place.
func (v *Values) Decode(raw json.RawMessage, at jsontext.Pointer) (any, error) {
	c := &cursor{src: raw, checked: true}
	if out, ok := v.value(c); ok {
		return out, nil
	}
	var out any
	err := Decode(raw, at, &out)
	return out, err
}

// Decodable is the error that decoding a value, which has been split or held to
// a shape, would have; at is its place.
func Decodable(raw json.RawMessage, at jsontext.Pointer) error {
	c := &cursor{src: raw, checked: true}
	if c.isDecodable() {
		return nil
	}
	var v any
	return Decode(raw, at, &v)
}

func (c *cursor) isDecodable() bool {
	switch c.kind() {
	case '{':
		return c.object(func([]byte) bool { return c.isDecodable() })
	case '[':
		return c.list(c.isDecodable)
	case '0':
		_, err := strconv.ParseFloat(string(c.scalar()), 64)
		return err == nil
	}
	c.scalar()
	return true
}

// value is the value at the cursor. It is false where a number is too large.
func (v *Values) value(c *cursor) (any, bool) {
	switch c.kind() {
	case '{':
		out := map[string]any{}
		return out, c.object(func(name []byte) (ok bool) {
			out[v.Name(name)], ok = v.value(c)
			return ok
		})
	case '[':
		out := []any{}
		return out, c.list(func() bool {
			element, ok := v.value(c)
			out = append(out, element)
			return ok
		})
	case '"':
		return v.Text(c.scalar()), true
	case '0':
		number, err := strconv.ParseFloat(string(c.scalar()), 64)
		return number, err == nil
	case 't', 'f':
		return string(c.scalar()) == "true", true
	case 'n':
		c.literal()
		return nil, true
	}
	return nil, false
}

// maxRemembered bounds how many names are remembered; with manyNames of them it is
// worth to look first among recent ones.
const (
	maxRemembered = 4096
	manyNames     = 16
	maxRecent     = 256
)

// Name is a name, without new memory for one seen before.
func (v *Values) Name(name []byte) string {
	if v.recent == nil || len(name) == 0 {
		return v.remembered(name)
	}
	n := len(name) // in these names differ for the most part
	at := &v.recent[(n*7+int(name[0])+int(name[n/2])*3+int(name[n-1])*5)%maxRecent]
	if *at != string(name) {
		*at = v.remembered(name)
	}
	return *at
}

func (v *Values) remembered(name []byte) string {
	if s, ok := v.names[string(name)]; ok {
		return s
	}
	if v.names == nil {
		v.names = map[string]string{}
	}
	s := string(name)
	if len(v.names) < maxRemembered {
		v.names[s] = s
	}
	if len(v.names) == manyNames && v.recent == nil {
		v.recent = new([maxRecent]string)
	}
	return s
}
