package tfplan

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/go-json-experiment/json/jsontext"
	tfjson "github.com/hashicorp/terraform-json"

	"github.com/boundlint/boundlint/lint/source/resource"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// expressions are the expressions of a block by name. Most blocks have few.
type expressions struct {
	decoded []namedExpression
	// text is the object that holds them where few are asked for: in the many
	// blocks of other services, and where all are constants.
	text json.RawMessage
	// isConstant tells that none of them has references, isWhole that all are asked
	// for: whether the configuration sets an attribute.
	isConstant, isWhole bool
}

type namedExpression struct {
	name       string
	expression *tfjson.Expression
}

// of is the expression of that name, nil for none.
func (e *expressions) of(name string) *tfjson.Expression {
	if raw := stream.Member(e.text, name); raw != nil {
		return decodable(raw)
	}
	i := slices.IndexFunc(e.decoded, func(n namedExpression) bool { return n.name == name })
	if i < 0 {
		return nil
	}
	return e.decoded[i].expression
}

// decodable is an expression that has been found to be one.
func decodable(raw json.RawMessage) *tfjson.Expression {
	v, err := new(stream.Values).Decode(raw, "")
	if err != nil {
		return nil
	}
	return expressionOf(v)
}

// names are the names of all.
func (e *expressions) names() []string {
	var out []string
	for _, n := range e.decoded {
		out = append(out, n.name)
	}
	if e.text != nil {
		stream.Members(e.text, func(name []byte, _ json.RawMessage) { out = append(out, string(name)) })
	}
	return out
}

// all are the expressions as terraform-json has them.
func (e *expressions) all() map[string]*tfjson.Expression {
	out := map[string]*tfjson.Expression{}
	for _, name := range e.names() {
		out[name] = e.of(name)
	}
	return out
}

// nextExpression reads an expression.
func (rd *reader) nextExpression() (*tfjson.Expression, error) {
	raw, err := rd.r.Raw()
	if err != nil {
		return nil, err
	}
	at := rd.r.At()
	if err := expression.Check(raw, at); err != nil {
		return nil, err
	}
	return rd.expression(raw, at)
}

// expression decodes what has the shape of an expression.
func (rd *reader) expression(raw json.RawMessage, at jsontext.Pointer) (*tfjson.Expression, error) {
	v, err := rd.values.Decode(raw, at)
	return expressionOf(v), err
}

// expressions reads the expressions of a block.
func (rd *reader) expressions(raw json.RawMessage, at jsontext.Pointer) (expressions, error) {
	if raw == nil {
		return expressions{}, nil
	}
	var out []namedExpression
	var fault error
	stream.Members(raw, func(name []byte, value json.RawMessage) {
		if fault == nil {
			var e *tfjson.Expression
			e, fault = rd.expression(value, at)
			out = append(out, namedExpression{rd.values.Name(name), e})
		}
	})
	return expressions{decoded: slices.Clip(out)}, fault
}

// expressionsAsText reads and keeps the expressions of another service's resource,
// of which nobody asks for a constant that is none of its parts. at is the place of its
// block.
func (rd *reader) expressionsAsText(raw json.RawMessage, at jsontext.Pointer, wanted *resource.Parts) (expressions, error) {
	text, isConstant, fault := json.RawMessage("{"), true, error(nil)
	within := func() jsontext.Pointer { return at.AppendToken("expressions") }
	stream.Members(raw, func(name []byte, value json.RawMessage) {
		refers := false
		if fault == nil && !stream.IsLone(value, "constant_value") {
			refers = mayRefer(value)
			if expression.CheckTyped(value, "", string(name)) != nil {
				fault = expression.CheckTyped(value, within(), string(name))
			}
		}
		if fault != nil || !wanted.Has(name) && !refers {
			return
		}
		isConstant = isConstant && !refers
		if len(text) > 1 {
			text = append(text, ',')
		}
		text, _ = jsontext.AppendQuote(text, name) // it has been read before
		text = append(append(text, ':'), value...)
		if stream.Decodable(value, "") != nil {
			fault = stream.Decodable(value, within())
		}
	})
	if len(text) == 1 {
		return expressions{isConstant: true}, fault
	}
	return expressions{text: bytes.Clone(append(text, '}')), isConstant: isConstant}, fault
}

// areConstant reports whether no expression of a block has references.
func areConstant(raw json.RawMessage) bool {
	constant := true
	stream.Members(raw, func(_ []byte, value json.RawMessage) { constant = constant && stream.IsLone(value, "constant_value") })
	return constant
}

// constantsAsText keeps the expressions of a block at a place, which have been held to their
// shape and have no references.
func constantsAsText(raw json.RawMessage, at jsontext.Pointer) (expressions, error) {
	if stream.Decodable(raw, "") != nil {
		return expressions{}, stream.Decodable(raw, at.AppendToken("expressions"))
	}
	return expressions{text: bytes.Clone(raw), isConstant: true, isWhole: true}, nil
}

// readOf are the parts of another service's resource that are read, nil for
// all of it.
func readOf(f stream.Fields) *resource.Parts {
	typ, isData := f.String("type"), f.String("mode") == string(tfjson.DataResourceMode)
	if isData || !resource.OfService(typ) {
		return nil
	}
	return resource.PartsOf(typ, false)
}

// mayRefer reports whether an expression may have references: their name may
// be written with escapes, too.
func mayRefer(raw json.RawMessage) bool {
	return bytes.Contains(raw, []byte("references")) || bytes.Contains(raw, []byte(`\u`))
}

// expressionOf makes an expression of a decoded one, as terraform-json does.
func expressionOf(v any) *tfjson.Expression {
	var data tfjson.ExpressionData
	switch v := v.(type) {
	case []any:
		for _, block := range v {
			of, _ := block.(map[string]any)
			expressions := make(map[string]*tfjson.Expression, len(of))
			for name, e := range of {
				expressions[name] = expressionOf(e)
			}
			data.NestedBlocks = append(data.NestedBlocks, expressions)
		}
	case map[string]any:
		data.ConstantValue = v["constant_value"]
		list, _ := v["references"].([]any)
		for _, ref := range list {
			if s, ok := ref.(string); ok {
				data.References = append(data.References, s)
			}
		}
		if len(data.References) > 0 {
			data.ConstantValue = tfjson.UnknownConstantValue
		}
	}
	return &tfjson.Expression{ExpressionData: &data}
}
