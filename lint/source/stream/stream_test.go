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
		`{"type":"a"}`:                    "",
		`{}`:                              "",
		`null`:                            "",
		`[{"type":"a","mode":"managed"}]`: "",
		`{"type":7,"mode":null}`:          "",
	} {
		r := NewReader(strings.NewReader(text))
		f, err := r.Typed(want)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		got := ""
		if f != nil {
			b, err := json.Marshal(f)
			if err != nil {
				t.Fatal(err)
			}
			got = string(b)
		}
		if got != kept {
			t.Errorf("%s: got %s, want %s", text, got, kept)
		}
		if err := r.End(); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestShapes: a value of another shape than expected is passed over.
func TestShapes(t *testing.T) {
	r := NewReader(strings.NewReader(`{"object":[1],"array":{"a":[]},"string":5,"bool":"x","decode":{"a":"text"},"last":true}`))
	var seen []string
	err := r.Object(func(name string) error {
		seen = append(seen, name)
		switch name {
		case "object":
			return r.Object(func(string) error { t.Error("a list is no object"); return nil })
		case "array":
			return r.Array(func() error { t.Error("an object is no list"); return nil })
		case "string":
			s, err := r.String()
			if s != "" {
				t.Errorf("got %q", s)
			}
			return err
		case "bool":
			_, ok, err := r.Bool()
			if ok {
				t.Error("a string is no boolean")
			}
			return err
		case "decode":
			var v struct{ A int }
			return r.Decode(&v)
		}
		b, ok, err := r.Bool()
		if !b || !ok {
			t.Error("the last member was not read")
		}
		return err
	})
	if err != nil || strings.Join(seen, " ") != "object array string bool decode last" {
		t.Errorf("saw %v, %v", seen, err)
	}
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
		`{} {}`:      "something follows the end of the JSON (at byte 4)",
		`{} x`:       "the JSON is broken at byte 3",
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
