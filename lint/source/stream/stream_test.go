package stream

import (
	"encoding/json"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// TestTyped: of an object whose type is not wanted nothing is kept, whatever
// the order of its members.
func TestTyped(t *testing.T) {
	want := func(typ string, data bool) bool { return typ == "a" && !data }
	for text, kept := range map[string]string{
		`{"address":"x","mode":"managed","type":"a","change":{"n":1}}`: `{"address":"x","change":{"n":1},"mode":"managed","type":"a"}`,
		`{"change":{"n":1},"type":"a","mode":"managed"}`:               `{"change":{"n":1},"mode":"managed","type":"a"}`,
		`{"address":"x","mode":"managed","type":"b","change":{"n":1}}`: "",
		`{"change":[1,2],"type":"a","mode":"data"}`:                    "",
		`{"type":"a"}`:                    "mode: it is missing",
		`{}`:                              "type: it is missing",
		`null`:                            "the document: want an object, found null",
		`[{"type":"a","mode":"managed"}]`: "the document: want an object, found a list",
		`{"mode":null}`:                   "mode: want a text, found null",
		`{"x":1,"type":7}`:                "type: want a text, found a number",
		`{"type":"a","mode":"managed","type":"b"}`:    "type: it stands twice",
		`{"type":"b","mode":"managed","x":1,"x":1}`:   "x: it stands twice",
		`{"type":"","mode":"managed"}`:                "type: it is missing",
		`{"type":"a","mode":"managed","\u0078":1}`:    `{"mode":"managed","type":"a","x":1}`,
		`{"type":"a","mode":"managed","\u0074ype":1}`: "type: it stands twice",
	} {
		r := NewReader(strings.NewReader(text))
		f, err := r.Typed(Wanted{Type: want})
		got := ""
		switch {
		case err != nil:
			got = err.Error()
		case f != nil:
			b, err := json.Marshal(f)
			if err != nil {
				t.Fatal(err)
			}
			got = string(b)
		}
		if got != kept {
			t.Errorf("%s: got %s, want %s", text, got, kept)
		}
		if err == nil {
			if err := r.End(); err != nil {
				t.Errorf("%s: %v", text, err)
			}
		}
	}
}

// TestTypes: a value of another type than expected is an error that tells its
// place.
func TestTypes(t *testing.T) {
	for text, want := range map[string]string{
		`{"object":{"list":["x",true]}}`:     "",
		`{"object":[1]}`:                     "object: want an object, found a list",
		`{"object":{"list":{}}}`:             "object.list: want a list, found an object",
		`{"object":{"list":[7]}}`:            "object.list[0]: want a text, found a number",
		`{"object":{"list":["x",null]}}`:     "object.list[1]: want true or false, found null",
		`{"object":{"a b":1}}`:               `object["a b"]: want an object, found a number`,
		`{"object":{"list":[]},"object":{}}`: "object: it stands twice",
	} {
		r := NewReader(strings.NewReader(text))
		err := r.Object(func(string) error {
			return r.Object(func(name string) error {
				if name != "list" {
					return r.Object(nil)
				}
				read := func() error { _, err := r.String(); return err }
				return r.Array(func() error {
					err := read()
					read = func() error { _, err := r.Bool(); return err }
					return err
				})
			})
		})
		if got := message(err); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// TestErrors says where the JSON breaks off, and passes on what the system
// has to say.
func TestErrors(t *testing.T) {
	skip := func(in io.Reader) error {
		r := NewReader(in)
		if err := r.Skip(); err != nil {
			return err
		}
		return r.End()
	}
	for text, want := range map[string]string{
		`{"a":[1,2`:  "the JSON is cut off: it ends at byte 9, in the middle of a value",
		`{"a":"text`: "the JSON is cut off: it ends at byte 10, in the middle of a value",
		`{"a" 1}`:    "the JSON is broken at byte 5",
		`{} {}`:      "a second JSON document follows the first (after byte 2): pass each in a file of its own",
		`{} x`:       "text follows the end of the JSON (after byte 2): pass only what is JSON",
	} {
		for name, in := range map[string]io.Reader{
			"at once":      strings.NewReader(text),
			"byte by byte": iotest.OneByteReader(strings.NewReader(text)),
		} {
			if err := skip(in); err == nil || err.Error() != want {
				t.Errorf("%s, %s: got %v, want %s", text, name, err, want)
			}
		}
	}
	err := skip(iotest.ErrReader(io.ErrClosedPipe))
	if err == nil || !strings.Contains(err.Error(), "closed pipe") {
		t.Errorf("got %v", err)
	}
}
