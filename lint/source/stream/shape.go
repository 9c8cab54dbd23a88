package stream

import (
	"encoding/json"
	"slices"
	"strconv"
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
	// cased tells that a member's name has capital letters.
	cased bool
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
	s := &Shape{kinds: []jsontext.Kind{'{'}, members: members, needed: needed}
	for name := range members {
		s.cased = s.cased || !isLower([]byte(name))
	}
	return s
}

// Or is a value of either shape. The two have no type in common.
func (s *Shape) Or(other *Shape) *Shape {
	out := *s
	out.kinds = slices.Concat(s.kinds, other.kinds)
	out.filled, out.opaque = s.filled || other.filled, s.opaque || other.opaque
	if out.members == nil && out.member == nil {
		out.members, out.needed, out.member, out.cased = other.members, other.needed, other.member, other.cased
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
func (s *Shape) like(name []byte) string {
	if _, own := s.members[string(name)]; own || !s.cased && isLower(name) {
		return ""
	}
	for member := range s.members {
		if strings.EqualFold(member, string(name)) {
			return member
		}
	}
	return ""
}

// isLower reports whether folding leaves a text as it is.
func isLower(text []byte) bool {
	for _, b := range text {
		if b >= 0x80 || b >= 'A' && b <= 'Z' {
			return false
		}
	}
	return true
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
	return s.mismatches(raw, at, false)
}

func (s *Shape) mismatches(raw json.RawMessage, at jsontext.Pointer, checked bool) ([]Mismatch, error) {
	if s.fits(raw) {
		return nil, nil
	}
	c := &checker{cursor: cursor{src: raw, checked: checked}, at: at}
	if !c.value(s) {
		return nil, twice(raw, at)
	}
	return c.found, nil
}

// fits reports whether a value is of the shape for which looking at how it
// begins is enough: of the members of objects that is most.
func (s *Shape) fits(raw json.RawMessage) bool {
	if len(raw) == 0 || raw[0] == '[' || raw[0] == '{' && (s == nil || !s.opaque) {
		return false
	}
	return s == nil || len(s.kinds) == 0 || slices.Contains(s.kinds, kindOf(raw[0])) && (!s.filled || len(raw) > len(`""`))
}

// MismatchesTyped is Mismatches for a part of what [Reader.Typed] returned: no
// name stands twice in it. The value is a member of an object at a place.
func (s *Shape) MismatchesTyped(raw json.RawMessage, at jsontext.Pointer, member string) []Mismatch {
	found, _ := s.mismatches(raw, "", true)
	if found != nil {
		found, _ = s.mismatches(raw, at.AppendToken(member), true)
	}
	return found
}

// CheckTyped is Check for a part of what [Reader.Typed] returned, a member of an
// object at a place.
func (s *Shape) CheckTyped(raw json.RawMessage, at jsontext.Pointer, member string) error {
	if s.check(raw, "", true) == nil {
		return nil
	}
	return s.check(raw, at.AppendToken(member), true)
}

// Check is the first mismatch as an error, nil where there is none.
func (s *Shape) Check(raw json.RawMessage, at jsontext.Pointer) error { return s.check(raw, at, false) }

func (s *Shape) check(raw json.RawMessage, at jsontext.Pointer, checked bool) error {
	found, err := s.mismatches(raw, at, checked)
	if err != nil || len(found) == 0 {
		return err
	}
	return Errorf("%s", found[0])
}

// checker holds a value to a shape. Its methods are false where a name stands
// twice.
type checker struct {
	cursor
	at    jsontext.Pointer
	path  []step
	found []Mismatch
}

// step leads to a member, or to an element of a list.
type step struct {
	name  []byte
	index int
}

// miss notes a mismatch at the place of the value that is checked.
func (c *checker) miss(problem string, absent bool) {
	if len(c.found) >= maxMismatches {
		return
	}
	var rest jsontext.Pointer
	for _, s := range c.path {
		if s.name == nil {
			s.name = strconv.AppendInt(nil, int64(s.index), 10)
		}
		rest = rest.AppendToken(string(s.name))
	}
	m := Mismatch{Path: rest, Place: Place(c.at + rest), Problem: problem, Absent: absent}
	for m.Member = range rest.Tokens() {
		break
	}
	c.found = append(c.found, m)
}

// missing is the problem of what is not there.
const missing = "it is missing"

func (c *checker) value(s *Shape) bool {
	if s == nil || len(s.kinds) == 0 {
		return c.skip()
	}
	kind := c.kind()
	if !slices.Contains(s.kinds, kind) {
		c.miss(s.wanted()+", found "+kindName(kind), kind == 'n')
		return c.skip()
	}
	switch kind {
	case '{':
		return c.object(s)
	case '[':
		return c.list(s)
	}
	if text := c.scalar(); s.filled && string(text) == `""` {
		c.miss(s.wanted()+", found an empty text", false)
	}
	return true
}

func (c *checker) object(s *Shape) bool {
	var few [8]bool
	there := append(few[:0], make([]bool, len(s.needed))...)
	depth := len(c.path)
	ok := c.cursor.object(func(name []byte) bool {
		for i, n := range s.needed {
			if n == string(name) {
				there[i] = true
			}
		}
		c.path = append(c.path[:depth], step{name: name})
		if like := s.like(name); like != "" {
			// Decoders take the one for the other.
			c.miss("want the name "+like, false)
		}
		return c.value(s.Of(string(name)))
	})
	for i, name := range s.needed {
		if !there[i] {
			c.path = append(c.path[:depth], step{name: []byte(name)})
			c.miss(missing, true)
		}
	}
	c.path = c.path[:depth]
	return ok
}

func (c *checker) list(s *Shape) bool {
	depth, index := len(c.path), 0
	ok := c.cursor.list(func() bool {
		c.path = append(c.path[:depth], step{index: index})
		index++
		return c.value(s.element)
	})
	c.path = c.path[:depth]
	if s.filled && index == 0 {
		c.miss(s.wanted()+", found an empty list", false)
	}
	return ok
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
