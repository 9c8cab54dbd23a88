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
type expressions []namedExpression

type namedExpression struct {
	name       string
	expression *tfjson.Expression
}

// of is the expression of that name, nil for none.
func (e expressions) of(name string) *tfjson.Expression {
	i := slices.IndexFunc(e, func(n namedExpression) bool { return n.name == name })
	if i < 0 {
		return nil
	}
	return e[i].expression
}

// all are the expressions as terraform-json has them.
func (e expressions) all() map[string]*tfjson.Expression {
	out := make(map[string]*tfjson.Expression, len(e))
	for _, n := range e {
		out[n.name] = n.expression
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

// expressions decodes the expressions of a block. Where wanted is not nil they
// are those of another service's resource, of which nobody asks for a constant
// that is none of its parts.
func (rd *reader) expressions(raw json.RawMessage, at jsontext.Pointer, wanted *resource.Parts) (expressions, error) {
	if raw == nil {
		return nil, nil
	}
	var out expressions
	var fault error
	stream.Members(raw, func(name []byte, value json.RawMessage) {
		if fault != nil || wanted != nil && wanted.Of(string(name)) == nil && !mayRefer(value) {
			return
		}
		var e *tfjson.Expression
		e, fault = rd.expression(value, at)
		out = append(out, namedExpression{rd.values.Name(name), e})
	})
	return slices.Clip(out), fault
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
