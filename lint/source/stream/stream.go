// Package stream reads JSON of any size without holding it: objects member by
// member, arrays element by element, and what is not wanted not at all.
package stream

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// maxDepth is how deep JSON may nest for jsontext. Plans nest their modules
// and values a few dozen levels deep; more is an attack on the stack.
const maxDepth = 10000

// Error is why an input cannot be read: one line for a person, without any of
// the input's values.
type Error struct {
	Problem string
	Err     error
}

func (e *Error) Error() string { return e.Problem }

func (e *Error) Unwrap() error { return e.Err }

// Errorf is an Error without a cause.
func Errorf(format string, args ...any) *Error { return &Error{Problem: fmt.Sprintf(format, args...)} }

// Reader reads one JSON text.
type Reader struct {
	dec *jsontext.Decoder
	// names interns the names of members, which repeat.
	names map[string]string
	// scratch holds the members of an object until its type is known.
	scratch []byte
}

// NewReader reads JSON from r. Duplicate names are taken as they come: to
// look for them would hold every name of every object.
func NewReader(r io.Reader) *Reader {
	return &Reader{
		dec: jsontext.NewDecoder(r, jsontext.AllowDuplicateNames(true),
			jsontext.AllowInvalidUTF8(true)),
		names: map[string]string{},
	}
}

// Kind is the kind of the next value: '{', '[', '"', '0', 't', 'f', 'n', or 0
// if there is none or it is no JSON.
func (r *Reader) Kind() byte { return byte(r.dec.PeekKind()) }

// Offset is the number of bytes read.
func (r *Reader) Offset() int64 { return r.dec.InputOffset() }

// name reads the name of a member.
func (r *Reader) name() (string, error) {
	v, err := r.dec.ReadValue()
	if err != nil {
		return "", r.wrap(err)
	}
	if s, ok := r.names[string(v)]; ok {
		return s, nil
	}
	var s string
	if err := json.Unmarshal(v, &s); err != nil {
		return "", r.wrap(err)
	}
	if len(r.names) < 4096 {
		r.names[string(v)] = s
	}
	return s, nil
}

// Object reads an object; f is called for each member and must read its
// value. A value of another kind is skipped: what is null or has another
// shape than expected says nothing.
func (r *Reader) Object(f func(name string) error) error {
	if r.dec.PeekKind() != '{' {
		return r.Skip()
	}
	if _, err := r.dec.ReadToken(); err != nil {
		return r.wrap(err)
	}
	return r.Members(f)
}

// Members reads the rest of an object whose opening brace has been read.
func (r *Reader) Members(f func(name string) error) error {
	for {
		switch r.dec.PeekKind() {
		case '}':
			_, err := r.dec.ReadToken()
			return r.wrap(err)
		case '"':
			name, err := r.name()
			if err != nil {
				return err
			}
			if err := f(name); err != nil {
				return err
			}
		default:
			_, err := r.dec.ReadToken()
			return r.wrap(err)
		}
	}
}

// Open reads the opening brace of an object.
func (r *Reader) Open() error {
	_, err := r.dec.ReadToken()
	return r.wrap(err)
}

// Next reads the name of the next member; false at the end of the object,
// whose closing brace is then read.
func (r *Reader) Next() (string, bool, error) {
	if r.dec.PeekKind() != '"' {
		_, err := r.dec.ReadToken()
		return "", false, r.wrap(err)
	}
	name, err := r.name()
	return name, err == nil, err
}

// Array reads an array; f is called for each element and must read it. A
// value of another kind is skipped.
func (r *Reader) Array(f func() error) error {
	if r.dec.PeekKind() != '[' {
		return r.Skip()
	}
	if _, err := r.dec.ReadToken(); err != nil {
		return r.wrap(err)
	}
	for {
		switch r.dec.PeekKind() {
		case ']', 0:
			_, err := r.dec.ReadToken()
			return r.wrap(err)
		}
		if err := f(); err != nil {
			return err
		}
	}
}

// Skip passes over the next value.
func (r *Reader) Skip() error { return r.wrap(r.dec.SkipValue()) }

// Raw reads the next value as it stands; it is valid until the next read.
func (r *Reader) Raw() (json.RawMessage, error) {
	v, err := r.dec.ReadValue()
	return json.RawMessage(v), r.wrap(err)
}

// String reads a string; any other kind is skipped and gives "".
func (r *Reader) String() (string, error) {
	if r.dec.PeekKind() != '"' {
		return "", r.Skip()
	}
	t, err := r.dec.ReadToken()
	if err != nil {
		return "", r.wrap(err)
	}
	return t.String(), nil
}

// Bool reads a boolean; ok is false for any other kind, which is skipped.
func (r *Reader) Bool() (value, ok bool, err error) {
	switch r.dec.PeekKind() {
	case 't', 'f':
	default:
		return false, false, r.Skip()
	}
	t, err := r.dec.ReadToken()
	if err != nil {
		return false, false, r.wrap(err)
	}
	return t.Bool(), true, nil
}

// Decode reads the next value into v. A value that does not fit leaves v as
// far as it got: an input is not refused for one odd member.
func (r *Reader) Decode(v any) error {
	raw, err := r.Raw()
	if err != nil {
		return err
	}
	var mistyped *json.UnmarshalTypeError
	if err := json.Unmarshal(raw, v); err != nil && !errors.As(err, &mistyped) {
		return &Error{Problem: fmt.Sprintf("the value that ends at byte %d cannot be read", r.Offset()), Err: err}
	}
	return nil
}

// End checks that nothing but white space follows.
func (r *Reader) End() error {
	_, err := r.dec.ReadToken()
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return r.wrap(err)
	}
	return Errorf("something follows the end of the JSON (at byte %d)", r.Offset())
}

// Fields are members of an object as they stand.
type Fields map[string]json.RawMessage

// Decode reads the member into v; one that is missing or does not fit leaves
// v as far as it got.
func (f Fields) Decode(name string, v any) {
	if raw, ok := f[name]; ok {
		// The text has been read as JSON before, so all that can go wrong
		// is that it does not fit.
		_ = json.Unmarshal(raw, v)
	}
}

// String is a member that is a string, else "".
func (f Fields) String(name string) string {
	var s string
	f.Decode(name, &s)
	return s
}

// Typed reads an object that has the members type and mode, as the resources
// of plans and states have. Where want refuses its type nothing of it is kept
// and the result is nil; the members that come before the type are few and
// small, whatever the size of the object.
func (r *Reader) Typed(want func(typ string, data bool) bool) (Fields, error) {
	if r.dec.PeekKind() != '{' {
		return nil, r.Skip()
	}
	t := typed{r: r}
	r.scratch = r.scratch[:0]
	err := r.Object(func(name string) error { return t.member(name, want) })
	if err != nil || !t.decided() || !t.wanted(want) {
		return nil, err
	}
	t.keep()
	return t.fields, nil
}

type typed struct {
	r       *Reader
	typ     string
	mode    string
	early   []early
	fields  Fields
	refused bool
}

// early is a member read before the type was known; it lies in the scratch.
type early struct {
	name       string
	start, end int
}

func (t *typed) decided() bool { return t.typ != "" && t.mode != "" }

func (t *typed) wanted(want func(string, bool) bool) bool {
	return !t.refused && want(t.typ, t.mode == "data")
}

func (t *typed) member(name string, want func(string, bool) bool) error {
	if t.refused {
		return t.r.Skip()
	}
	raw, err := t.r.Raw()
	if err != nil {
		return err
	}
	if t.fields != nil {
		t.fields[name] = append(json.RawMessage(nil), raw...)
		return nil
	}
	switch name {
	case "type":
		t.typ = t.unquote(raw)
	case "mode":
		t.mode = t.unquote(raw)
	default:
		start := len(t.r.scratch)
		t.r.scratch = append(t.r.scratch, raw...)
		t.early = append(t.early, early{name, start, len(t.r.scratch)})
	}
	if t.decided() {
		if !want(t.typ, t.mode == "data") {
			t.refused = true
			return nil
		}
		t.keep()
	}
	return nil
}

// keep moves the early members out of the scratch.
func (t *typed) keep() {
	if t.fields != nil {
		return
	}
	t.fields = Fields{}
	for _, e := range t.early {
		t.fields[e.name] = append(json.RawMessage(nil), t.r.scratch[e.start:e.end]...)
	}
	typ, _ := json.Marshal(t.typ)
	mode, _ := json.Marshal(t.mode)
	t.fields["type"], t.fields["mode"] = typ, mode
}

// unquote is a string without new memory for those seen before.
func (t *typed) unquote(raw json.RawMessage) string {
	if s, ok := t.r.names[string(raw)]; ok {
		return s
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	if len(t.r.names) < 4096 {
		t.r.names[string(raw)] = s
	}
	return s
}

// wrap says for a person what is wrong with the JSON, and where.
func (r *Reader) wrap(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*Error](err); ok {
		return err
	}
	var syntax *jsontext.SyntacticError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return &Error{Problem: fmt.Sprintf("the JSON is cut off: it ends at byte %d, in the middle of a value", r.end(syntax, err)), Err: err}
	case errors.As(err, &syntax):
		if syntax.ByteOffset > 0 && isDepth(syntax.Err) {
			return &Error{Problem: fmt.Sprintf("the JSON is nested more than %d levels deep (at byte %d)", maxDepth, syntax.ByteOffset), Err: err}
		}
		return &Error{Problem: fmt.Sprintf("the JSON is broken at byte %d", syntax.ByteOffset), Err: err}
	}
	return &Error{Problem: "it cannot be read: " + err.Error(), Err: err}
}

// end is the offset at which the input ends.
func (r *Reader) end(syntax *jsontext.SyntacticError, err error) int64 {
	if errors.As(err, &syntax) && syntax.ByteOffset > r.dec.InputOffset() {
		return syntax.ByteOffset
	}
	return r.dec.InputOffset() + int64(len(r.dec.UnreadBuffer()))
}

func isDepth(err error) bool {
	return err != nil && err.Error() == "exceeded max depth"
}
