package stream

import (
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Shape says what a JSON value must be: which types it may have, and of what
// shape its parts must be. The zero value is any value at all. Readers hold
// what they decode to a shape first, so that decoding cannot meet a value of
// another type.
type Shape struct {
	// kinds are the types that the value may have, none for any type.
	kinds []jsontext.Kind
	// members are the shapes of the members of an object that have one of
	// their own, needed the members that it must have.
	members map[string]*Shape
	needed  []string
	// member is the shape of all other members of an object, element that of
	// the elements of a list; nil for any.
	member, element *Shape
	// filled tells that a text or list must not be empty, opaque that an
	// object is held to a shape of its own by who reads it.
	filled, opaque bool
}

// The simple shapes. A Name is a text that is not empty; an Object is one into
// which only who reads it looks.
var (
	Any     = &Shape{}
	Text    = &Shape{kinds: []jsontext.Kind{'"'}}
	Name    = &Shape{kinds: []jsontext.Kind{'"'}, filled: true}
	Boolean = &Shape{kinds: []jsontext.Kind{'t', 'f'}}
	Number  = &Shape{kinds: []jsontext.Kind{'0'}}
	Object  = &Shape{kinds: []jsontext.Kind{'{'}, opaque: true}
)

// ListOf is a list of elements of one shape.
func ListOf(element *Shape) *Shape {
	return &Shape{kinds: []jsontext.Kind{'['}, element: element}
}

// Filled is a list, or text, of the shape that is not empty.
func (s *Shape) Filled() *Shape {
	out := *s
	out.filled = true
	return &out
}

// MapOf is an object with any members, all of one shape.
func MapOf(member *Shape) *Shape {
	return &Shape{kinds: []jsontext.Kind{'{'}, member: member}
}

// ObjectOf is an object whose members have these shapes if they are there;
// the needed ones must be. It may have others: formats gain members.
func ObjectOf(members map[string]*Shape, needed ...string) *Shape {
	return &Shape{kinds: []jsontext.Kind{'{'}, members: members, needed: needed}
}

// Or is a value of either shape. The two have no type in common.
func (s *Shape) Or(other *Shape) *Shape {
	out := *s
	out.kinds = slices.Concat(s.kinds, other.kinds)
	out.filled, out.opaque = s.filled || other.filled, s.opaque || other.opaque
	if out.members == nil && out.member == nil {
		out.members, out.needed, out.member = other.members, other.needed, other.member
	}
	if out.element == nil {
		out.element = other.element
	}
	return &out
}

// Of is the shape of the member of that name.
func (s *Shape) Of(name string) *Shape {
	if of, own := s.members[name]; own {
		return of
	}
	return s.member
}

// like is the member whose name differs from this one in its case only, ""
// for none.
func (s *Shape) like(name string) string {
	if _, own := s.members[name]; own {
		return ""
	}
	for member := range s.members {
		if strings.EqualFold(member, name) {
			return member
		}
	}
	return ""
}

// OrNull is a value of the shape, or null.
func (s *Shape) OrNull() *Shape { return s.Or(&Shape{kinds: []jsontext.Kind{'n'}}) }

// Mutual makes a shape that its own parts may have: of gets the shape that it
// returns.
func Mutual(of func(self *Shape) *Shape) *Shape {
	self := &Shape{}
	*self = *of(self)
	return self
}

// Mismatch is a part of a value that is not of the shape that it must have.
type Mismatch struct {
	// Path is the part's place in the checked value; Member is its first step,
	// "" for the value itself.
	Path   jsontext.Pointer
	Member string
	// Place is the part: its JSON path from the root of the document.
	Place string
	// Problem says what is wanted and what is there.
	Problem string
	// Absent tells that the part is missing, or null.
	Absent bool
}

func (m Mismatch) String() string { return m.Place + ": " + m.Problem }

// maxMismatches bounds how many parts of one value are told.
const maxMismatches = 16

// Mismatches are the parts of a value that are not of the shape, the first
// ones if there are many. at is the place of the value. The error tells that
// an object in it has a name twice: which of the two counts, readers do not
// agree about.
func (s *Shape) Mismatches(raw json.RawMessage, at jsontext.Pointer) ([]Mismatch, error) {
	if s.fits(raw) {
		return nil, nil
	}
	c := &checker{at: at, dec: decoder(raw)}
	if err := c.value(s); err != nil {
		return nil, c.fault(err)
	}
	return c.found, nil
}

// fits reports whether a value is of the shape for which looking at how it
// begins is enough: of the members of objects that is most.
func (s *Shape) fits(raw json.RawMessage) bool {
	if len(raw) == 0 || raw[0] == '[' || raw[0] == '{' && (s == nil || !s.opaque) {
		return false
	}
	kind := jsontext.Kind(raw[0])
	if kind == '-' || kind >= '1' && kind <= '9' {
		kind = '0'
	}
	return s == nil || len(s.kinds) == 0 || slices.Contains(s.kinds, kind) && (!s.filled || len(raw) > len(`""`))
}

// Check is the first mismatch as an error, nil where there is none.
func (s *Shape) Check(raw json.RawMessage, at jsontext.Pointer) error {
	found, err := s.Mismatches(raw, at)
	if err != nil || len(found) == 0 {
		return err
	}
	return Errorf("%s", found[0])
}

type checker struct {
	at    jsontext.Pointer
	dec   *jsontext.Decoder
	found []Mismatch
}

func (c *checker) fault(err error) error {
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
func (c *checker) miss(rest jsontext.Pointer, problem string, absent bool) {
	if len(c.found) >= maxMismatches {
		return
	}
	m := Mismatch{Path: rest, Place: Place(c.at + rest), Problem: problem, Absent: absent}
	for m.Member = range rest.Tokens() {
		break
	}
	c.found = append(c.found, m)
}

// missing is the problem of what is not there.
const missing = "it is missing"

func (c *checker) value(s *Shape) error {
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

func (c *checker) object(s *Shape) error {
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
		if like := s.like(name); like != "" {
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

func (c *checker) list(s *Shape) error {
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

// wanted names what a value of the shape is.
func (s *Shape) wanted() string {
	var names []string
	for _, kind := range s.kinds {
		name := kindName(kind)
		if s.filled && (kind == '"' || kind == '[') {
			name += " that is not empty"
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return "want " + strings.Join(names, " or ")
}

// kindName is a JSON type as a person calls it.
func kindName(kind jsontext.Kind) string {
	switch kind {
	case '{':
		return "an object"
	case '[':
		return "a list"
	case '"':
		return "a text"
	case '0':
		return "a number"
	case 't', 'f':
		return "true or false"
	case 'n':
		return "null"
	}
	return "something else"
}
