package planfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/vmihailenco/msgpack/v5"
	"github.com/vmihailenco/msgpack/v5/msgpcode"

	"github.com/boundlint/boundlint/lint/source/stream"
)

// Bounds of the values of a plan.
const (
	// maxDepth is how deep they may be nested.
	maxDepth = 200
	// maxValues is how many of them a plan and its state may have, elements of
	// lists, members of objects, steps of paths and the changes themselves
	// included, of the resources that are asked for.
	maxValues = 2_000_000
)

// Values are encoded as github.com/zclconf/go-cty does it (cty/msgpack): as
// MessagePack, in which what is not known is an extension of type 0, or of type
// 12 with what is known of it nevertheless. Where the schema leaves the type
// open, a value is a list of two: its type, which is the only byte string that
// there ever is, and itself. An object and a map are encoded alike, and so are
// a list, a set and a tuple: like JSON, that needs no schema.

// unknown is a value that is known only after apply.
type unknown struct{}

// The types of the extensions.
const (
	extUnknown = 0
	extRefined = 12
)

// values decodes the values of one plan.
type values struct {
	left int // how many more there may be
}

// another counts a value.
func (vs *values) another() error {
	if vs.left--; vs.left < 0 {
		return stream.Errorf("the binary plan holds more than %d values", maxValues)
	}
	return nil
}

// count counts the values of a resource in a state.
func (vs *values) count(text []byte) error {
	d := jsontext.NewDecoder(bytes.NewReader(text))
	for {
		if _, err := d.ReadToken(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return errForm
		}
		if err := vs.another(); err != nil {
			return err
		}
	}
}

// decode decodes one value: nil, bool, json.Number, string, []any,
// map[string]any or unknown. place says whose it is, for errors.
func (vs *values) decode(encoded []byte, place string) (any, error) {
	d := decoder{values: vs, in: msgpack.NewDecoder(bytes.NewReader(encoded)), size: len(encoded), place: place}
	v, err := d.value(0)
	if err != nil {
		return nil, err
	}
	if _, err := d.in.PeekCode(); err == nil {
		return nil, d.damaged()
	}
	return v, nil
}

// decoder decodes one value.
type decoder struct {
	*values
	in    *msgpack.Decoder
	size  int // of what is decoded, in bytes
	place string
}

func (d *decoder) damaged() error {
	return stream.Errorf("the binary plan is damaged: a value of %s cannot be read", d.place)
}

func (d *decoder) value(depth int) (any, error) {
	if depth > maxDepth {
		return nil, stream.Errorf("the binary plan holds values that are nested more than %d levels deep", maxDepth)
	}
	if err := d.another(); err != nil {
		return nil, err
	}
	code, err := d.in.PeekCode()
	if err != nil {
		return nil, d.damaged()
	}
	switch {
	case code == msgpcode.Array16 || code == msgpcode.Array32 || msgpcode.IsFixedArray(code):
		return d.list(depth)
	case code == msgpcode.Map16 || code == msgpcode.Map32 || msgpcode.IsFixedMap(code):
		return d.object(depth)
	}
	v, err := d.scalar(code)
	if err != nil {
		return nil, d.damaged()
	}
	return v, nil
}

// scalar is a value without parts.
func (d *decoder) scalar(code byte) (any, error) {
	switch {
	case code == msgpcode.Nil:
		return nil, d.in.DecodeNil()
	case code == msgpcode.False || code == msgpcode.True:
		return d.in.DecodeBool()
	case msgpcode.IsString(code):
		return d.in.DecodeString()
	case code == msgpcode.Float || code == msgpcode.Double:
		f, err := d.in.DecodeFloat64()
		if math.IsInf(f, 0) || math.IsNaN(f) { // which JSON has not
			return nil, d.damaged()
		}
		return json.Number(strconv.FormatFloat(f, 'f', -1, 64)), err
	case code == msgpcode.Uint64:
		n, err := d.in.DecodeUint64()
		return json.Number(strconv.FormatUint(n, 10)), err
	case msgpcode.IsExt(code):
		typ, size, err := d.in.DecodeExtHeader()
		if err != nil || typ != extUnknown && typ != extRefined || size > d.size {
			return nil, d.damaged()
		}
		return unknown{}, d.in.ReadFull(make([]byte, size))
	}
	n, err := d.in.DecodeInt64()
	return json.Number(strconv.FormatInt(n, 10)), err
}

// list is a list, or a value with its type before it.
func (d *decoder) list(depth int) (any, error) {
	n, err := d.in.DecodeArrayLen()
	if err != nil || n < 0 || n > d.size {
		return nil, d.damaged()
	}
	if code, err := d.in.PeekCode(); err == nil && n == 2 && msgpcode.IsBin(code) {
		if _, err := d.in.DecodeBytes(); err != nil {
			return nil, d.damaged()
		}
		return d.value(depth + 1)
	}
	list := []any{}
	for range n {
		v, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}

func (d *decoder) object(depth int) (any, error) {
	n, err := d.in.DecodeMapLen()
	if err != nil || n < 0 || n > d.size {
		return nil, d.damaged()
	}
	object := map[string]any{}
	for range n {
		name, err := d.in.DecodeString()
		if err != nil {
			return nil, d.damaged()
		}
		if _, twice := object[name]; twice {
			return nil, d.damaged()
		}
		if object[name], err = d.value(depth + 1); err != nil {
			return nil, err
		}
	}
	return object, nil
}

// known is a value without what is not known of it: members are left out, and
// elements are null. It is false where nothing is known.
func known(v any) (any, bool) {
	switch v := v.(type) {
	case unknown:
		return nil, false
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i], _ = known(e)
		}
		return list, true
	case map[string]any:
		object := make(map[string]any, len(v))
		for name, e := range v {
			if e, ok := known(e); ok {
				object[name] = e
			}
		}
		return object, true
	}
	return v, true
}

// unknowns is the tree of marks of what is not known in a value, as
// terraform show -json prints it: of an object only the members that have any,
// of a list all elements.
func unknowns(v any) any {
	switch v := v.(type) {
	case unknown:
		return true
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = unknowns(e)
		}
		return list
	case map[string]any:
		object := map[string]any{}
		for name, e := range v {
			if m := unknowns(e); m != false {
				object[name] = m
			}
		}
		return object
	}
	return false
}
