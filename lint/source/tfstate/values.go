package tfstate

import (
	"encoding/json"
	"strconv"

	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/resource"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// Converter makes values of what encoding/json gives.
type Converter struct {
	// Symbols and Scope, the path of the input, are for values that cannot be
	// used.
	Symbols *policy.Symbols
	Scope   string
	// Err is set once a string has held one of the characters that stand for
	// symbols inside boundlint: it cannot be told from a symbol.
	Err error
}

// Value converts a value of which everything is known. sensitive is the tree
// that plans and states have beside it: true, or an object or list of the
// same shape.
func (c *Converter) Value(v, sensitive any) resource.Value {
	hidden, _ := sensitive.(bool)
	out := resource.Value{Sensitive: hidden}
	switch x := v.(type) {
	case string:
		c.check(x)
		out.Kind, out.Text = resource.Scalar, policy.Literal(x)
	case bool:
		out.Kind, out.Text, out.NotString = resource.Scalar, policy.Literal(strconv.FormatBool(x)), true
	case float64:
		out.Kind, out.Text, out.NotString = resource.Scalar, policy.Literal(strconv.FormatFloat(x, 'f', -1, 64)), true
	case json.Number:
		out.Kind, out.Text, out.NotString = resource.Scalar, policy.Literal(x.String()), true
	case []any:
		out.Kind = resource.List
		out.List = make([]resource.Value, len(x))
		for i, e := range x {
			out.List[i] = c.Value(e, Child(sensitive, i))
		}
	case map[string]any:
		out.Kind = resource.Object
		out.Object = c.Object(x, sensitive)
	}
	return out
}

// Attributes converts the attributes of a resource. Those that are not of the
// type that the provider gives them are unknown.
func (c *Converter) Attributes(address string, values map[string]any, sensitive any, mistyped []stream.Mismatch) map[string]resource.Value {
	out := c.Object(values, sensitive)
	for _, m := range mistyped {
		if m.Member != "" {
			out[m.Member] = c.Unusable(address + "." + m.Member)
		}
	}
	return out
}

// Unusable is a value of which nothing is known because it is not what it has
// to be; place is its address and attribute.
func (c *Converter) Unusable(place string) resource.Value {
	return resource.UnknownValue(resource.UnknownSymbol(c.Symbols, c.Scope, place, []string{place}, true))
}

// Object converts the members of an object.
func (c *Converter) Object(values map[string]any, sensitive any) map[string]resource.Value {
	out := make(map[string]resource.Value, len(values))
	for name, v := range values {
		out[name] = c.Value(v, Member(sensitive, name))
	}
	return out
}

// Text converts a value that is given as text, which has been read before and can be decoded:
// as Value does, without a sensitive part. names are those of the input.
func (c *Converter) Text(raw json.RawMessage, names *stream.Values) resource.Value {
	switch stream.KindOf(raw) {
	case '{':
		return resource.Value{Kind: resource.Object, Object: c.Members(raw, names)}
	case '[':
		list := []resource.Value{}
		stream.Elements(raw, func(value json.RawMessage) { list = append(list, c.Text(value, names)) })
		return resource.Value{Kind: resource.List, List: list}
	case '"':
		s := names.Text(raw)
		c.check(s)
		return resource.Value{Kind: resource.Scalar, Text: policy.Literal(s)}
	case 't', 'f':
		return resource.Value{Kind: resource.Scalar, Text: policy.Literal(string(raw)), NotString: true}
	case '0':
		number, _ := strconv.ParseFloat(string(raw), 64) // it can be decoded
		return c.Value(number, nil)
	}
	return resource.Value{}
}

// Members converts the members of an object that is given as text.
func (c *Converter) Members(raw json.RawMessage, names *stream.Values) map[string]resource.Value {
	out := map[string]resource.Value{}
	stream.Members(raw, func(name []byte, value json.RawMessage) { out[names.Name(name)] = c.Text(value, names) })
	return out
}

func (c *Converter) check(s string) {
	if c.Err == nil && policy.ContainsToken(s) {
		c.Err = stream.Errorf("it holds one of the private-use characters U+10FFFC and U+10FFFD, which boundlint needs for itself")
	}
}

// Child is the part of a tree of marks that belongs to an element of a list.
// A mark on the list is one on each element.
func Child(marks any, i int) any {
	switch x := marks.(type) {
	case bool:
		return x
	case []any:
		if i < len(x) {
			return x[i]
		}
	}
	return nil
}

// Member is the part of a tree of marks that belongs to a member of an object.
func Member(marks any, name string) any {
	switch x := marks.(type) {
	case bool:
		return x
	case map[string]any:
		return x[name]
	}
	return nil
}
