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
}

// Decode makes of a value what [encoding/json] makes of it; at is its place.
func (v *Values) Decode(raw json.RawMessage, at jsontext.Pointer) (any, error) {
	c := &cursor{src: raw}
	if out, ok := v.value(c); ok {
		return out, nil
	}
	var out any
	err := Decode(raw, at, &out)
	return out, err
}

// value is the value at the cursor. It is false where a name stands twice, or
// where a number is too large.
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
		return string(unquote(c.scalar())), true
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

// maxRemembered bounds how many names are remembered.
const maxRemembered = 4096

// Name is a name, without new memory for one seen before.
func (v *Values) Name(name []byte) string {
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
	return s
}
