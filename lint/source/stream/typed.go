package stream

import (
	"encoding/json"

	"github.com/go-json-experiment/json/jsontext"
)

// Typed reads an object that has the members type and mode, as the resources
// of plans and states have. Where want refuses its type nothing of it is kept
// and the result is nil; the members that come before the type are few and
// small, whatever the size of the object. An object without type and mode is
// an error: it cannot be told what it is. What is returned is valid until the
// next one is read.
func (r *Reader) Typed(want func(typ string, data bool) bool) (Fields, error) {
	t := &r.typed
	t.begin()
	if err := r.Object(func(name string) error { return t.member(r, name, want) }); err != nil {
		return nil, err
	}
	switch {
	case t.typ == "":
		return nil, Errorf("%s: %s", Place(r.At().AppendToken("type")), missing)
	case t.mode == "":
		return nil, Errorf("%s: %s", Place(r.At().AppendToken("mode")), missing)
	case t.refused:
		return nil, nil
	}
	return t.fields, nil
}

// At is the place of the value that was read last.
func (r *Reader) At() jsontext.Pointer { return r.dec.StackPointer() }

// typed is an object that is being read.
type typed struct {
	typ     string
	mode    string
	fields  Fields
	refused bool
	// copied holds the members.
	copied []byte
}

// maxCopied and maxFields are how much memory for members is kept for the next
// object.
const (
	maxCopied = 1 << 20
	maxFields = 64
)

func (t *typed) begin() {
	if t.fields == nil || cap(t.copied) > maxCopied || len(t.fields) > maxFields {
		t.copied, t.fields = nil, Fields{}
	}
	clear(t.fields)
	t.typ, t.mode, t.refused, t.copied = "", "", false, t.copied[:0]
}

func (t *typed) member(r *Reader, name string, want func(string, bool) bool) error {
	if t.refused {
		return r.Skip()
	}
	if name == "type" || name == "mode" {
		if err := r.expect('"'); err != nil {
			return err
		}
	}
	raw, err := r.Raw()
	if err != nil {
		return err
	}
	start := len(t.copied)
	t.copied = append(t.copied, raw...)
	t.fields[name] = json.RawMessage(t.copied[start:len(t.copied):len(t.copied)])
	switch name {
	case "type":
		t.typ = r.names.Name(unquote(raw))
	case "mode":
		t.mode = r.names.Name(unquote(raw))
	default:
		return nil
	}
	t.refused = t.typ != "" && t.mode != "" && !want(t.typ, t.mode == "data")
	return nil
}
