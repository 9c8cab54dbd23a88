package stream

import (
	"bytes"
	"encoding/json"
)

// Wanted are the objects with type and mode that are wanted.
type Wanted struct {
	Type func(typ string, data bool) bool
	// Address refuses more of them, by the member address where it is a text; nil
	// where all addresses are wanted.
	Address func(address []byte) bool
}

// Typed reads an object that has the members type and mode, as the resources
// of plans and states have. Where it is not wanted nothing of it is kept
// and the result is nil; the members that come before the type are few and
// small, whatever the size of the object. An object without type and mode is
// an error: it cannot be told what it is. So is one, if it is wanted, in which
// a name stands twice. What is returned is valid until the next read.
func (r *Reader) Typed(want Wanted) (Fields, error) {
	t := &r.typed
	t.begin()
	if err := r.expect('{'); err != nil {
		return nil, err
	}
	r.keep, r.unique = r.pos, true
	err := r.Object(func(name string) error { return t.member(r, name, want) })
	r.keep, r.unique = -1, false
	if err != nil {
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
	for _, m := range t.members {
		t.fields[m.name] = json.RawMessage(r.part(m.value))
	}
	return t.fields, nil
}

// typed is an object that is being read.
type typed struct {
	typ, mode string
	refused   bool
	// members are its members, by where they stand in the text.
	members []member
	fields  Fields
}

// member is a member of an object.
type member struct {
	name  string
	value span
}

// maxFields is for how many members memory is kept for the next object.
const maxFields = 64

func (t *typed) begin() {
	if t.fields == nil || len(t.fields) > maxFields {
		t.members, t.fields = nil, Fields{}
	}
	clear(t.fields)
	t.typ, t.mode, t.refused, t.members = "", "", false, t.members[:0]
}

func (t *typed) member(r *Reader, name string, want Wanted) error {
	if t.refused {
		return r.Skip()
	}
	isKey := name == "type" || name == "mode"
	if isKey {
		if err := r.expect('"'); err != nil {
			return err
		}
	}
	raw, err := r.Raw()
	if err != nil {
		return err
	}
	if !r.isUnique {
		if err := Unique(raw, r.At()); err != nil {
			return err
		}
	}
	t.members = append(t.members, member{name, span{r.last - int64(len(raw)), r.last}})
	switch name {
	case "type":
		t.typ = r.names.Name(unquote(raw))
	case "mode":
		t.mode = r.names.Name(unquote(raw))
	}
	if t.typ == "" || t.mode == "" {
		return nil
	}
	t.refused = isKey && !want.Type(t.typ, t.mode == "data") || want.Address != nil && (isKey || name == "address") && t.isElsewhere(r, want)
	if t.refused {
		r.keep, r.unique = -1, false
	}
	return nil
}

// isElsewhere reports whether the address of the object is not wanted.
func (t *typed) isElsewhere(r *Reader, want Wanted) bool {
	for _, m := range t.members {
		if m.name == "address" {
			raw := r.part(m.value)
			return bytes.HasPrefix(raw, []byte{'"'}) && !want.Address(unquote(raw))
		}
	}
	return false
}
