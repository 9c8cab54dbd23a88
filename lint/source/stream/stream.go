// Package stream reads JSON of any size without holding it: objects member by
// member, arrays element by element, and what is not wanted not at all.
package stream

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	jsonv2 "github.com/go-json-experiment/json"
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
	in    *input
	dec   *jsontext.Decoder
	names Values
	// typed is the object with a type that was read last.
	typed typed
	// open are the names of the members of the objects that are being read, by
	// how deep those lie.
	open []*names
}

// NewReader reads JSON from r. In what is skipped duplicate names are not
// looked for, which would hold every name of every object.
func NewReader(r io.Reader) *Reader {
	in := &input{r: r}
	return &Reader{
		in: in,
		dec: jsontext.NewDecoder(in, jsontext.AllowDuplicateNames(true),
			jsontext.AllowInvalidUTF8(true)),
	}
}

// input remembers that reading failed: what the decoder then says of JSON that
// stops short is not what is wrong.
type input struct {
	r   io.Reader
	err error
}

func (in *input) Read(b []byte) (int, error) {
	n, err := in.r.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		in.err = err
	}
	return n, err
}

// Kind is the kind of the next value: '{', '[', '"', '0', 't', 'f', 'n', or 0
// if there is none or it is not JSON.
func (r *Reader) Kind() byte { return byte(r.dec.PeekKind()) }

// Offset is the number of bytes read.
func (r *Reader) Offset() int64 { return r.dec.InputOffset() }

// name reads the name of a member.
func (r *Reader) name() (string, error) {
	v, err := r.dec.ReadValue()
	if err != nil {
		return "", r.wrap(err)
	}
	return r.names.Name(unquote(v)), nil
}

// Object reads an object; f is called for each member and must read its
// value. A value of another type is an error.
func (r *Reader) Object(f func(name string) error) error {
	if err := r.expect('{'); err != nil {
		return err
	}
	if err := r.Open(); err != nil {
		return err
	}
	return r.Members(f)
}

// Members reads the rest of an object whose opening brace has been read. A
// name that stands twice is an error: which of the two counts, readers of JSON
// do not agree about.
func (r *Reader) Members(f func(name string) error) error {
	seen := r.seen()
	if r.dec.StackDepth() > 1 {
		seen.clear()
	}
	for {
		name, more, err := r.next(seen)
		if err != nil || !more {
			return err
		}
		if err := f(name); err != nil {
			return err
		}
	}
}

// Open reads the opening brace of an object.
func (r *Reader) Open() error {
	if r.dec.StackDepth() == 0 {
		r.seen().clear()
	}
	_, err := r.dec.ReadToken()
	return r.wrap(err)
}

// seen are the names of the object that is being read.
func (r *Reader) seen() *names {
	depth := max(r.dec.StackDepth()-1, 0)
	for len(r.open) <= depth {
		r.open = append(r.open, &names{})
	}
	return r.open[depth]
}

// Next reads the name of the next member of the object that is the document;
// false at the end of the object, whose closing brace is then read.
func (r *Reader) Next() (string, bool, error) { return r.next(r.seen()) }

func (r *Reader) next(seen *names) (string, bool, error) {
	if r.dec.PeekKind() != '"' {
		_, err := r.dec.ReadToken()
		return "", false, r.wrap(err)
	}
	name, err := r.name()
	switch {
	case err != nil:
		return "", false, err
	case !seen.add(name):
		return "", false, errTwice(r.dec.StackPointer())
	case seen.full():
		return "", false, Errorf("%s: an object with more than %d members", Place(r.dec.StackPointer().Parent()), maxNames)
	}
	return name, true, nil
}

// Array reads a list; f is called for each element and must read it. A value
// of another type is an error.
func (r *Reader) Array(f func() error) error {
	if err := r.expect('['); err != nil {
		return err
	}
	if _, err := r.dec.ReadToken(); err != nil {
		return r.wrap(err)
	}
	for {
		switch r.dec.PeekKind() {
		case ']', jsontext.KindInvalid:
			_, err := r.dec.ReadToken()
			return r.wrap(err)
		}
		if err := f(); err != nil {
			return err
		}
	}
}

// expect refuses a next value that is of no wanted type, and tells its place.
func (r *Reader) expect(kinds ...jsontext.Kind) error {
	kind := r.dec.PeekKind()
	if kind == jsontext.KindInvalid || slices.Contains(kinds, kind) {
		return nil // what is not JSON is for the one who reads it to say
	}
	return Errorf("%s: %s, found %s", Place(next(r.dec)), (&Shape{kinds: kinds}).wanted(), kindName(kind))
}

// Skip passes over the next value.
func (r *Reader) Skip() error { return r.wrap(r.dec.SkipValue()) }

// Raw reads the next value as it stands; it is valid until the next read.
func (r *Reader) Raw() (json.RawMessage, error) {
	v, err := r.dec.ReadValue()
	return json.RawMessage(v), r.wrap(err)
}

// String reads a string; any other type is an error.
func (r *Reader) String() (string, error) {
	if err := r.expect('"'); err != nil {
		return "", err
	}
	t, err := r.dec.ReadToken()
	if err != nil {
		return "", r.wrap(err)
	}
	return t.String(), nil
}

// Bool reads a boolean; any other type is an error.
func (r *Reader) Bool() (bool, error) {
	if err := r.expect('t', 'f'); err != nil {
		return false, err
	}
	t, err := r.dec.ReadToken()
	if err != nil {
		return false, r.wrap(err)
	}
	return t.Bool(), nil
}

// Decode reads the next value into v. One that is not of the shape is an
// error; v must be able to take all that are.
func (r *Reader) Decode(shape *Shape, v any) error {
	raw, err := r.Raw()
	if err != nil {
		return err
	}
	if err := shape.Check(raw, r.At()); err != nil {
		return err
	}
	return Decode(raw, r.At(), v)
}

// Decode decodes a value, which has been held to a shape all of whose values v
// can take; at is its place.
func Decode(raw json.RawMessage, at jsontext.Pointer, v any) error {
	if err := jsonv2.Unmarshal(raw, v, jsontext.AllowInvalidUTF8(true)); err != nil {
		return &Error{Problem: Place(at) + ": it cannot be read", Err: err}
	}
	return nil
}

// End checks that nothing but white space follows.
func (r *Reader) End() error {
	kind := r.dec.PeekKind()
	at := r.Offset()
	if kind != jsontext.KindInvalid {
		return Errorf("a second JSON document follows the first (after byte %d): pass each in a file of its own", at)
	}
	switch _, err := r.dec.ReadToken(); {
	case errors.Is(err, io.EOF):
		return nil
	case isSyntax(err):
		return Errorf("text follows the end of the JSON (after byte %d): pass only what is JSON", at)
	default:
		return r.wrap(err)
	}
}

func isSyntax(err error) bool {
	_, ok := errors.AsType[*jsontext.SyntacticError](err)
	return ok
}

// Fields are members of an object as they stand.
type Fields map[string]json.RawMessage

// Decode reads the member into v; one that is missing leaves v as it is. The
// members have been held to a shape all of whose values v can take; at is the
// place of their object.
func (f Fields) Decode(name string, at jsontext.Pointer, v any) error {
	raw, ok := f[name]
	if !ok {
		return nil
	}
	return Decode(raw, at.AppendToken(name), v)
}

// Check holds the members to the shape of their object; at is its place.
func (f Fields) Check(shape *Shape, at jsontext.Pointer) error {
	for _, name := range shape.needed {
		if _, ok := f[name]; !ok {
			return Errorf("%s: %s", Place(at.AppendToken(name)), missing)
		}
	}
	var odd []string
	for name, raw := range f {
		if of := shape.Of(name); !of.fits(raw) && of.Check(raw, "") != nil {
			odd = append(odd, name)
		}
	}
	if len(odd) == 0 {
		return nil
	}
	first := slices.Min(odd)
	return shape.Of(first).Check(f[first], at.AppendToken(first))
}

// Mismatches are those of a member of an object that has been split; at is the
// place of the object.
func (f Fields) Mismatches(shape *Shape, member string, at jsontext.Pointer) []Mismatch {
	found, _ := shape.mismatches(f[member], "", true) // no name stands twice
	if found != nil {
		found, _ = shape.mismatches(f[member], at.AppendToken(member), true)
	}
	return found
}

// String is a member that is a string, else "".
func (f Fields) String(name string) string {
	raw := f[name]
	if len(raw) == 0 || raw[0] != '"' {
		return ""
	}
	text, err := jsontext.AppendUnquote(nil, raw)
	if err != nil {
		return "" // it has been read before
	}
	return string(text)
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
	case r.in.err != nil:
		return &Error{Problem: "it cannot be read to its end: " + plain(r.in.err), Err: r.in.err}
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

// plain is an error without the operation and the path of the file: the input
// is named already.
func plain(err error) string {
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		err = at.Err
	}
	return err.Error()
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
