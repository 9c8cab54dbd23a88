package planfile

import (
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/boundlint/boundlint/lint/source/stream"
)

// message is an encoded message of protocol buffers; name is what it is, for
// errors.
type message struct {
	name    string
	content []byte
}

// field is one field of a message: a number, or bytes.
type field struct {
	message string
	number  int
	wire    protowire.Type
	value   uint64
	content []byte
}

// fields calls f for every field of the message, in the order in which they
// stand.
func (m message) fields(f func(field) error) error {
	rest := m.content
	for len(rest) > 0 {
		number, wire, n := protowire.ConsumeTag(rest)
		if n < 0 {
			return m.damaged()
		}
		rest = rest[n:]
		x := field{message: m.name, number: int(number), wire: wire}
		switch wire {
		case protowire.VarintType:
			x.value, n = protowire.ConsumeVarint(rest)
		case protowire.BytesType:
			x.content, n = protowire.ConsumeBytes(rest)
		case protowire.Fixed32Type, protowire.Fixed64Type, protowire.StartGroupType, protowire.EndGroupType:
			n = protowire.ConsumeFieldValue(number, wire, rest)
		default:
			n = -1
		}
		if n < 0 {
			return m.damaged()
		}
		rest = rest[n:]
		if err := f(x); err != nil {
			return err
		}
	}
	return nil
}

func (m message) damaged() error {
	return stream.Errorf("the binary plan is damaged: %s in it cannot be read", m.name)
}

// once takes the content of a field that a message has once at most. A program
// that reads the plan would take the last one, or merge them.
func (x field) once(into *[]byte) error {
	switch {
	case x.wire != protowire.BytesType:
		return x.mistyped()
	case *into != nil:
		return stream.Errorf("the binary plan is damaged: %s in it has field %d twice", x.message, x.number)
	}
	*into = append([]byte{}, x.content...)
	return nil
}

// text is once for a field that is a text.
func (x field) text(into *string) error {
	var content []byte
	if *into != "" {
		content = []byte(*into)
	}
	if err := x.once(&content); err != nil {
		return err
	}
	*into = string(content)
	return nil
}

// numeric takes a field that is a number.
func (x field) numeric(into *uint64) error {
	if x.wire != protowire.VarintType {
		return x.mistyped()
	}
	*into = x.value
	return nil
}

// inner is a field that is a message.
func (x field) inner(name string) (message, error) {
	if x.wire != protowire.BytesType {
		return message{}, x.mistyped()
	}
	return message{name, x.content}, nil
}

func (x field) mistyped() error {
	return stream.Errorf("the binary plan is damaged: field %d of %s in it is of another type", x.number, x.message)
}

// flag takes a field that is true or false.
func (x field) flag(into *bool) error {
	var n uint64
	err := x.numeric(&n)
	*into = n != 0
	return err
}
