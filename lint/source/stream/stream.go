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

// maxDepth is how deep JSON may nest, as for jsontext. Plans nest their modules
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
	scanner
	names Values
	// frames are the objects and lists that are being read, the innermost last.
	frames []frame
	// began tells that a value of the document's level has been begun, due that
	// the delimiter before the next token has been passed over.
	began, due bool
	// last is where the token or value ends that was read last.
	last int64
	// fail is what is wrong with the next token, if it has been looked at.
	fail error
	// typed is the object with a type that was read last.
	typed typed
}

// frame is an object or list that is being read.
type frame struct {
	kind jsontext.Kind
	// n is how many members or elements have been begun, name the name of the
	// last member, pending that its value has not been read.
	n       int
	name    string
	pending bool
	// seen are the names of the members.
	seen names
}

// NewReader reads JSON from r. In what is skipped duplicate names are not
// looked for, which would hold every name of every object.
func NewReader(r io.Reader) *Reader {
	return &Reader{scanner: scanner{in: &input{r: r}, buf: make([]byte, firstBuffer), keep: -1}}
}

// input remembers that reading failed: what is then wrong is not that the JSON
// stops short.
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

// inner is the object or list that is being read, nil outside of any.
func (r *Reader) inner() *frame {
	if len(r.frames) == 0 {
		return nil
	}
	return &r.frames[len(r.frames)-1]
}

// peek passes over what is before the next token, and is its first byte; 0 where
// there is none, or where it cannot stand there.
func (r *Reader) peek() byte {
	if r.fail != nil {
		return 0
	}
	if r.pos = r.space(r.pos); r.pos == r.end {
		r.fail = r.ended()
		return 0
	}
	c, f := r.buf[r.pos], r.inner()
	switch {
	case r.due || f == nil || f.pending:
	case c == byte(f.kind)+2:
		return c
	case f.n > 0:
		if c != ',' {
			r.fail = r.fault(r.pos)
			return 0
		}
		comma := r.base + int64(r.pos)
		if r.pos = r.space(r.pos + 1); r.pos == r.end {
			r.fail = r.ended()
			return 0
		}
		if c = r.buf[r.pos]; c == '}' || c == ']' {
			r.fail = &broken{comma, errSyntax}
			return 0
		}
	}
	r.due = true
	if f != nil && f.kind == '{' && !f.pending && c != '"' || !begins(c) {
		r.fail = r.fault(r.pos)
		return 0
	}
	return c
}

// begins reports whether a value can begin with a byte.
func begins(c byte) bool {
	switch c {
	case '{', '[', '"', 't', 'f', 'n', '-':
		return true
	}
	return c >= '0' && c <= '9'
}

// ended is the error of a text that has no further token.
func (r *Reader) ended() error {
	if r.began && len(r.frames) == 0 {
		return io.EOF
	}
	return r.fault(r.pos)
}

// begin notes that the next value is read.
func (r *Reader) begin() {
	r.due = false
	if f := r.inner(); f == nil {
		r.began = true
	} else if f.kind == '[' {
		f.n++
	} else {
		f.pending = false
	}
}

// Kind is the kind of the next value: '{', '[', '"', '0', 't', 'f', 'n', or 0
// if there is none or it is not JSON.
func (r *Reader) Kind() byte { return byte(kindOf(r.peek())) }

// Offset is the number of bytes read.
func (r *Reader) Offset() int64 { return r.last }

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
	for {
		name, more, err := r.Next()
		if err != nil || !more {
			return err
		}
		if err := f(name); err != nil {
			return err
		}
	}
}

// Open reads the opening brace of an object.
func (r *Reader) Open() error { return r.wrap(r.open('{')) }

// open reads what opens an object or a list.
func (r *Reader) open(kind byte) error {
	c := r.peek()
	switch {
	case r.fail != nil:
		return r.fail
	case c != kind:
		return r.fault(r.pos)
	case len(r.frames) >= maxDepth:
		return &broken{r.base + int64(r.pos), errDepth}
	}
	r.begin()
	r.passed(r.pos + 1)
	n := len(r.frames)
	r.frames = slices.Grow(r.frames, 1)[:n+1]
	f := &r.frames[n]
	f.kind, f.n, f.name, f.pending = jsontext.Kind(kind), 0, "", false
	f.seen.clear()
	return nil
}

// passed notes that all up to a place of buf has been read.
func (r *Reader) passed(at int) { r.pos, r.last = at, r.base+int64(at) }

// close reads what closes the object or list that is being read.
func (r *Reader) close() {
	r.frames = r.frames[:len(r.frames)-1]
	r.passed(r.pos + 1)
}

// Next reads the name of the next member of the object that is being read; false
// at the end of the object, whose closing brace is then read.
func (r *Reader) Next() (string, bool, error) {
	c := r.peek()
	f := r.inner()
	switch {
	case r.fail != nil:
		return "", false, r.wrap(r.fail)
	case c == '}':
		r.close()
		return "", false, nil
	}
	quoted, err := r.raw((*scanner).text)
	if err != nil {
		return "", false, err
	}
	name := r.names.Name(unquote(quoted))
	f.n++
	f.name, f.pending, r.due = name, true, false
	switch {
	case !f.seen.add(name):
		return "", false, errTwice(r.At())
	case f.seen.full():
		return "", false, Errorf("%s: an object with more than %d members", Place(r.At().Parent()), maxNames)
	}
	if r.pos = r.space(r.pos); r.buf[r.pos] != ':' {
		r.fail = r.fault(r.pos)
		return "", false, r.wrap(r.fail)
	}
	r.pos++
	return name, true, nil
}

// Array reads a list; f is called for each element and must read it. A value
// of another type is an error.
func (r *Reader) Array(f func() error) error {
	if err := r.expect('['); err != nil {
		return err
	}
	if err := r.open('['); err != nil {
		return r.wrap(err)
	}
	for {
		c := r.peek()
		switch {
		case r.fail != nil:
			return r.wrap(r.fail)
		case c == ']':
			r.close()
			return nil
		}
		if err := f(); err != nil {
			return err
		}
	}
}

// expect refuses a next value that is of no wanted type, and tells its place.
func (r *Reader) expect(kinds ...jsontext.Kind) error {
	kind := jsontext.Kind(r.Kind())
	if kind == jsontext.KindInvalid || slices.Contains(kinds, kind) {
		return nil // what is not JSON is for the one who reads it to say
	}
	return Errorf("%s: %s, found %s", Place(r.next()), (&Shape{kinds: kinds}).wanted(), kindName(kind))
}

// Skip passes over the next value.
func (r *Reader) Skip() error {
	if r.peek(); r.fail != nil {
		return r.wrap(r.fail)
	}
	at, err := r.value(r.pos, len(r.frames))
	if r.fail = err; err != nil {
		return r.wrap(err)
	}
	r.begin()
	r.passed(at)
	return nil
}

// Raw reads the next value as it stands; it is valid until the next read.
func (r *Reader) Raw() (json.RawMessage, error) {
	if r.peek(); r.fail != nil {
		return nil, r.wrap(r.fail)
	}
	raw, err := r.raw(func(s *scanner, at int) (int, error) { return s.value(at, len(r.frames)) })
	if err == nil {
		r.begin()
	}
	return raw, err
}

// raw is what pass passes over.
func (r *Reader) raw(pass func(s *scanner, at int) (int, error)) (json.RawMessage, error) {
	begin := r.base + int64(r.pos)
	kept := r.keep >= 0
	if !kept {
		r.keep = r.pos
	}
	at, err := pass(&r.scanner, r.pos)
	if !kept {
		r.keep = -1
	}
	if r.fail = err; err != nil {
		return nil, r.wrap(err)
	}
	r.passed(at)
	return json.RawMessage(r.buf[begin-r.base : at : at]), nil
}

// String reads a string; any other type is an error.
func (r *Reader) String() (string, error) {
	if err := r.expect('"'); err != nil {
		return "", err
	}
	raw, err := r.Raw()
	return string(unquote(raw)), err
}

// Bool reads a boolean; any other type is an error.
func (r *Reader) Bool() (bool, error) {
	if err := r.expect('t', 'f'); err != nil {
		return false, err
	}
	raw, err := r.Raw()
	return string(raw) == "true", err
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
	kind := r.Kind()
	switch at := r.Offset(); {
	case kind != 0:
		return Errorf("a second JSON document follows the first (after byte %d): pass each in a file of its own", at)
	case errors.Is(r.fail, errSyntax):
		return Errorf("text follows the end of the JSON (after byte %d): pass only what is JSON", at)
	case r.in.err == nil && errors.Is(r.fail, io.EOF):
		return nil
	}
	return r.wrap(r.fail)
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
func (f Fields) Check(shape *Shape, at jsontext.Pointer) error { return f.check(shape, at, false) }

// CheckTyped is Check for what [Reader.Typed] returned, or a part of it.
func (f Fields) CheckTyped(shape *Shape, at jsontext.Pointer) error { return f.check(shape, at, true) }

func (f Fields) check(shape *Shape, at jsontext.Pointer, checked bool) error {
	for _, name := range shape.needed {
		if _, ok := f[name]; !ok {
			return Errorf("%s: %s", Place(at.AppendToken(name)), missing)
		}
	}
	var odd []string
	for name, raw := range f {
		if of := shape.Of(name); !of.fits(raw) && of.check(raw, "", checked) != nil {
			odd = append(odd, name)
		}
	}
	if len(odd) == 0 {
		return nil
	}
	first := slices.Min(odd)
	return shape.Of(first).check(f[first], at.AppendToken(first), checked)
}

// String is a member that is a string, else "".
func (f Fields) String(name string) string {
	return string(Unquote(f[name]))
}

// Unquote is what a value says that is a string, else nothing; it may be a part of
// the value.
func Unquote(raw json.RawMessage) []byte { return unquote(raw) }

// wrap says for a person what is wrong with the JSON, and where.
func (r *Reader) wrap(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*Error](err); ok {
		return err
	}
	at := r.base + int64(r.end)
	if b, ok := errors.AsType[*broken](err); ok {
		at = b.offset
	}
	switch {
	case r.in.err != nil:
		return &Error{Problem: "it cannot be read to its end: " + plain(r.in.err), Err: r.in.err}
	case errors.Is(err, errDepth):
		return &Error{Problem: fmt.Sprintf("the JSON is nested more than %d levels deep (at byte %d)", maxDepth, at), Err: err}
	case errors.Is(err, errSyntax):
		return &Error{Problem: fmt.Sprintf("the JSON is broken at byte %d", at), Err: err}
	}
	return &Error{Problem: fmt.Sprintf("the JSON is cut off: it ends at byte %d, in the middle of a value", at), Err: err}
}

// plain is an error without the operation and the path of the file: the input
// is named already.
func plain(err error) string {
	if at, ok := errors.AsType[*fs.PathError](err); ok {
		err = at.Err
	}
	return err.Error()
}
