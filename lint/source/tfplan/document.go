package tfplan

import (
	"strconv"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/document"
	"github.com/boundlint/boundlint/lint/source/resource"
	"github.com/boundlint/boundlint/lint/source/tfstate"
)

// A data source that waits for apply stands in the plan with what is known of
// its arguments. Its document is evaluated from them, with symbols in the
// places that are not known.

// documentOf is the document in an attribute of a resource; false where the
// attribute holds none, or is not known.
func (res *resolver) documentOf(address, typ, attribute string) (resource.Value, bool) {
	if typ == "data.aws_iam_policy_document" {
		if attribute != "json" && attribute != "minified_json" {
			return resource.Value{}, false
		}
		v := res.documentValue(address)
		if v == nil {
			return resource.Value{}, false
		}
		return *v, true
	}
	return res.forwarded(address, attribute, positionDocument)
}

// documentValue is the evaluated document of a data source that waits for
// apply, nil where the plan has no such data source.
func (res *resolver) documentValue(address string) *resource.Value {
	if v, ok := res.documents[address]; ok {
		return v
	}
	c := res.rd.changes[address]
	if c == nil || !c.isData() || c.Type != "aws_iam_policy_document" {
		return nil
	}
	res.documents[address] = nil // a document cannot be its own source
	v := res.evaluate(c)
	res.documents[address] = &v
	return &v
}

// documentSource is the data source that a known document comes from, nil
// where it is not exactly one.
func (res *resolver) documentSource(e *tfjson.Expression, o origin) *resource.DocumentSource {
	refs := longest(references(e))
	if o.scope == nil || len(refs) == 0 || len(refs) > 2 || len(refs) == 2 && !isKey(refs[1]) {
		return nil
	}
	steps := policy.SplitAddress(refs[0])
	if len(steps) < 3 || steps[0] != "data" || policy.WithoutKeys(steps[1]) != "aws_iam_policy_document" {
		return nil
	}
	return &resource.DocumentSource{Address: o.scope.full(strings.Join(steps[:3], "."))}
}

func (res *resolver) evaluate(c *change) resource.Value {
	known := res.rd.trees(c)
	after, ok := known.after.(map[string]any)
	if s, isString := after["json"].(string); isString && s != "" {
		return res.values.Value(s, tfstate.Member(known.afterSensitive, "json"))
	}
	b, sc := res.block(c.Address)
	o := origin{scope: sc, block: b, key: keyOf(c.Address)}
	if b != nil {
		o.forEach = b.forEach
	}
	if !ok || len(c.oddAfter) > 0 {
		// Not even the statements are known.
		x := &unknowns{res: res, origin: o, place: c.Address + ".json", expression: wholeBlock(b)}
		return x.undetermined(x.place, x.leaves())
	}
	values := map[string]resource.Value{}
	for name, v := range after {
		marks := tfstate.Member(known.afterUnknown, name)
		values[name] = res.argument(c, o, name, v, marks)
	}
	if unknown, ok := known.afterUnknown.(map[string]any); ok {
		for name, marks := range unknown {
			if _, told := after[name]; !told && anyTrue(marks) && isArgument(name) {
				values[name] = res.argument(c, o, name, nil, marks)
			}
		}
	}
	result := document.Evaluate(document.Input{Values: values, Symbols: res.syms, Scope: res.scope, Address: c.Address})
	out := resource.Value{Kind: resource.Scalar, Text: res.syms.Text(result.JSON), Sensitive: result.Sensitive}
	source := &resource.DocumentSource{Address: c.Address}
	for _, origin := range result.Origins {
		source.Maybe = append(source.Maybe, origin.Maybe)
	}
	out.Document = source
	return out
}

func isArgument(name string) bool {
	switch name {
	case "version", "policy_id", "statement", "source_json", "override_json",
		"source_policy_documents", "override_policy_documents":
		return true
	}
	return false
}

// wholeBlock is all of a block as one expression.
func wholeBlock(b *block) *tfjson.Expression {
	if b == nil {
		return nil
	}
	return one(b.expressions.all())
}

func (res *resolver) argument(c *change, o origin, name string, v, marks any) resource.Value {
	if name == "statement" {
		return res.statements(c, o, v, marks)
	}
	var e *tfjson.Expression
	if o.block != nil {
		e = o.block.expressions.of(name)
	}
	x := &unknowns{res: res, origin: o, place: c.Address + "." + name, position: positionOf(name), expression: e}
	return x.value(v, marks, tfstate.Member(res.rd.trees(c).afterSensitive, name))
}

// statements are the statement blocks with what is hidden in them.
func (res *resolver) statements(c *change, o origin, v, marks any) resource.Value {
	var e *tfjson.Expression
	if o.block != nil {
		e = o.block.expressions.of("statement")
	}
	place := c.Address + ".statement"
	sensitive := tfstate.Member(res.rd.trees(c).afterSensitive, "statement")
	x := &unknowns{res: res, origin: o, place: place, expression: e, position: positionText}
	blocks, ok := v.([]any)
	if !ok {
		return x.value(v, marks, sensitive)
	}
	out := resource.Value{Kind: resource.List}
	for i, block := range blocks {
		m := tfstate.Child(marks, i)
		if whole, ok := m.(bool); ok && whole {
			out.List = append(out.List, x.undetermined(place+"["+strconv.Itoa(i)+"]", x.leaves()))
			continue
		}
		s := &unknowns{
			res: res, origin: o, place: place + "[" + strconv.Itoa(i) + "]",
			position: positionPattern, expression: x.statementFor(i, blocks),
		}
		out.List = append(out.List, s.statement(block, m, tfstate.Child(sensitive, i)))
	}
	return out
}

// statementFor is the configuration of the i-th statement. Statements keep
// their order; dynamic ones, which a plan's configuration does not have, may
// stand between the others, and then one must be told by what it says.
func (x *unknowns) statementFor(i int, blocks []any) *tfjson.Expression {
	if x.expression == nil || x.expression.ExpressionData == nil {
		return nil
	}
	configured := x.expression.NestedBlocks
	if len(configured) == len(blocks) {
		return one(configured[i])
	}
	var found map[string]*tfjson.Expression
	for _, b := range configured {
		if !agrees(b, blocks[i]) {
			continue
		}
		// The block must be the only one that fits, and the statement the
		// only one that fits the block.
		n := 0
		for _, other := range blocks {
			if agrees(b, other) {
				n++
			}
		}
		if found != nil || n != 1 {
			return nil
		}
		found = b
	}
	if found == nil {
		return nil
	}
	return one(found)
}

// statement is one statement block.
func (x *unknowns) statement(v, marks, sensitive any) resource.Value {
	known, _ := v.(map[string]any)
	out := x.res.values.Value(v, sensitive)
	unknown, ok := marks.(map[string]any)
	if out.Kind != resource.Object || !ok {
		return out
	}
	for name, m := range unknown {
		if !anyTrue(m) {
			continue
		}
		y := x.member(name)
		s := tfstate.Member(sensitive, name)
		switch name {
		case "condition":
			out.Object[name] = y.blocks(known[name], m, s, (*unknowns).condition)
		case "principals", "not_principals":
			out.Object[name] = y.blocks(known[name], m, s, (*unknowns).principals)
		case "sid", "effect":
			y.position = positionText
			out.Object[name] = y.value(known[name], m, s)
		default:
			y.position = positionPattern
			out.Object[name] = y.value(known[name], m, s)
		}
	}
	return out
}

// blocks are nested blocks of one type, which are a set.
func (x *unknowns) blocks(v, marks, sensitive any, read func(*unknowns, any, any, any) resource.Value) resource.Value {
	list, ok := v.([]any)
	if !ok {
		return x.value(v, marks, sensitive)
	}
	out := resource.Value{Kind: resource.List}
	for i, block := range list {
		y := *x
		y.place += "[" + strconv.Itoa(i) + "]"
		m := tfstate.Child(marks, i)
		if whole, ok := m.(bool); ok && whole {
			out.List = append(out.List, y.undetermined(y.place, y.leaves()))
			continue
		}
		y.expression = x.blockFor(i, len(list), block)
		out.List = append(out.List, read(&y, block, m, tfstate.Child(sensitive, i)))
	}
	return out
}

// condition is one condition block. A reference is taken for a whole value
// only under an operator that compares whole values: in a pattern there may
// be more around it.
func (x *unknowns) condition(v, marks, sensitive any) resource.Value {
	known, _ := v.(map[string]any)
	test, _ := known["test"].(string)
	key, _ := known["variable"].(string)
	p := positionPattern
	if op, err := policy.ParseOperator(test); err == nil && isExact(op) {
		p = positionExact
		if isARNKey(key) {
			p = positionARN
		}
	}
	return x.object(v, marks, sensitive, func(name string) position {
		if name == "values" {
			return p
		}
		return positionText
	})
}

// isARNKey reports whether a condition key holds ARNs: a reference to
// anything else under it is a part of the value.
func isARNKey(key string) bool {
	switch strings.ToLower(key) {
	case "iam:permissionsboundary", "iam:policyarn", "aws:principalarn", "aws:sourcearn", "iam:associatedresourcearn":
		return true
	}
	return false
}

func isExact(op policy.Operator) bool {
	return op.Compare != policy.Like
}

func (x *unknowns) principals(v, marks, sensitive any) resource.Value {
	return x.object(v, marks, sensitive, func(name string) position {
		if name == "identifiers" {
			return positionPrincipal
		}
		return positionText
	})
}

// object is a block whose arguments have positions of their own.
func (x *unknowns) object(v, marks, sensitive any, of func(name string) position) resource.Value {
	known, _ := v.(map[string]any)
	out := x.res.values.Value(v, sensitive)
	unknown, ok := marks.(map[string]any)
	if out.Kind != resource.Object || !ok {
		return out
	}
	for name, m := range unknown {
		if !anyTrue(m) {
			continue
		}
		y := x.member(name)
		y.position = of(name)
		out.Object[name] = y.value(known[name], m, tfstate.Member(sensitive, name))
	}
	return out
}
