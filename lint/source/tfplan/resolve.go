package tfplan

import (
	"slices"
	"strconv"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/resource"
	"github.com/boundlint/boundlint/lint/source/schema"
	"github.com/boundlint/boundlint/lint/source/tfstate"
)

// resolver makes values of what a plan says, with symbols for what it does
// not know.
type resolver struct {
	rd     *reader
	syms   *policy.Symbols
	scope  string // of symbols: the input's path
	values tfstate.Converter
	// priorAddresses are the resources that only the prior state tells.
	priorAddresses map[string]bool
	// repeated are the addresses, without the last instance key, of the
	// resources and modules that have instance keys.
	repeated map[string]bool
	// sensitive tells that a constant came from a sensitive variable.
	sensitive bool
	// searching is how deep the outputs of modules are being searched.
	searching int
	// modules are the instance keys of a module call by its address.
	modules map[string][]string
	// instances are the instances of a resource by its address without the
	// last key, in the order of the plan.
	instances map[string][]*change
	// documents are the rebuilt documents by address, nil while one is made.
	documents map[string]*resource.Value
}

func newResolver(rd *reader) *resolver {
	res := &resolver{
		rd: rd, syms: rd.options.Symbols, scope: rd.options.Path,
		values:         tfstate.Converter{Symbols: rd.options.Symbols, Scope: rd.options.Path},
		priorAddresses: map[string]bool{}, repeated: map[string]bool{}, modules: map[string][]string{},
		instances: map[string][]*change{}, documents: map[string]*resource.Value{},
	}
	for _, p := range rd.prior {
		res.priorAddresses[p.Address] = true
		res.noteKeys(p.Address)
	}
	for _, c := range rd.order {
		res.noteKeys(c.Address)
		if key := keyOf(c.Address); key != "" {
			base := strings.TrimSuffix(c.Address, key)
			res.instances[base] = append(res.instances[base], c)
		}
	}
	return res
}

// noteKeys notes which steps of an address have instance keys. A plan's
// configuration does not always tell: a for_each without references is left
// out of it.
func (res *resolver) noteKeys(address string) {
	if !strings.Contains(address, "[") {
		return
	}
	steps := policy.SplitAddress(address)
	for i, step := range steps {
		if name, _, ok := strings.Cut(step, "["); ok {
			base := strings.Join(append(append([]string(nil), steps[:i]...), name), ".")
			res.repeated[base] = true
			if key := step[len(name):]; i%2 == 1 && steps[i-1] == "module" && !slices.Contains(res.modules[base], key) {
				res.modules[base] = append(res.modules[base], key)
			}
		}
	}
}

// after are the values of a resource after the plan is applied.
func (res *resolver) after(c *change, known *trees, b *block, sc *scope) map[string]resource.Value {
	after, _ := known.after.(map[string]any)
	out := make(map[string]resource.Value, len(after))
	o := origin{scope: sc, block: b, key: keyOf(c.Address)}
	if b != nil {
		o.forEach = b.forEach
	}
	for name, v := range after {
		marks := tfstate.Member(known.afterUnknown, name)
		out[name] = res.attributeValue(c, known, o, name, v, marks)
	}
	switch unknown := known.afterUnknown.(type) {
	case map[string]any:
		for name, marks := range unknown {
			if _, told := after[name]; !told && anyTrue(marks) && (b != nil || !isComputed(name)) {
				// What is computed unless it is set, nobody can tell without
				// the configuration: it is left out.
				out[name] = res.attributeValue(c, known, o, name, nil, marks)
			}
		}
	case bool:
		if unknown {
			res.whole(c, known, o, out)
		}
	}
	if c.isData() && c.Type == "aws_iam_policy_document" {
		if v := res.documentValue(c.Address); v != nil {
			out["json"] = *v
		}
	}
	for _, m := range c.oddAfter {
		out[m.Member] = res.values.Unusable(c.Address + "." + m.Member)
	}
	return out
}

// whole fills in a resource of which the plan knows nothing at all: what the
// configuration sets, or, without a configuration, what makes the difference.
func (res *resolver) whole(c *change, known *trees, o origin, out map[string]resource.Value) {
	names := []string{
		"name", "permissions_boundary", "assume_role_policy", "policy", "policy_arn",
		"role", "user", "group", "roles", "users", "groups",
	}
	if o.block != nil {
		names = o.block.expressions.names()
	}
	for _, name := range names {
		if _, told := out[name]; !told {
			out[name] = res.attributeValue(c, known, o, name, nil, true)
		}
	}
}

// attributeValue is one attribute of a resource: v as far as it is known,
// with marks where it is not.
func (res *resolver) attributeValue(c *change, known *trees, o origin, name string, v, marks any) resource.Value {
	e := o.expressionOf(name, anyTrue(marks))
	hidden, _ := marks.(bool)
	if hidden && name == "name" {
		if after, _ := known.after.(map[string]any); text(after["name_prefix"]) != "" {
			// Only one of the two can be set: the name is generated.
			return resource.Value{}
		}
	}
	if hidden && e == nil && (o.block != nil || isComputed(name)) {
		// The configuration does not set it: the provider will compute it.
		return resource.Value{}
	}
	var out resource.Value
	if sensitive := tfstate.Member(known.afterSensitive, name); anyTrue(marks) {
		x := &unknowns{
			res: res, origin: o, place: c.Address + "." + name, position: positionOf(name), expression: e,
			body: nestedIn(c.body, name),
		}
		out = x.value(v, marks, sensitive)
	} else {
		out = res.values.Value(v, sensitive)
	}
	if e != nil {
		res.describe(&out, e, o, name)
	}
	return out
}

// expressionOf is the expression that the configuration has for an attribute, nil for none. Of
// constants it is asked for those that the plan does not know.
func (o origin) expressionOf(name string, isHidden bool) *tfjson.Expression {
	if o.block == nil || o.block.expressions.isConstant && !isHidden {
		return nil
	}
	return o.block.expressions.of(name)
}

// describe notes in a value what the configuration says of it.
func (res *resolver) describe(v *resource.Value, e *tfjson.Expression, o origin, name string) {
	if v.Document == nil && v.Kind == resource.Scalar && positionOf(name) == positionDocument {
		v.Document = res.documentSource(e, o)
	}
	v.Computed = e != nil && e.ExpressionData != nil && len(e.References) > 0
	if name == "permissions_boundary" {
		if s := res.source(e, o); s != "" {
			v.References = []string{s}
		}
	}
}

// computed are attributes that providers compute unless they are set; they
// are unknown in every plan that creates a resource.
var computed = map[string]bool{
	"arn": true, "id": true, "unique_id": true, "create_date": true, "tags_all": true,
	"name_prefix": true, "managed_policy_arns": true, "inline_policy": true,
	"policy_id": true, "attachment_count": true, "role_id": true,
}

func isComputed(name string) bool { return computed[name] }

// unknowns makes a value of one attribute, or of one argument in a block.
type unknowns struct {
	res        *resolver
	origin     origin
	place      string
	position   position
	expression *tfjson.Expression
	// body is what is known of the block that the value is, nil for nothing.
	body *schema.Block
}

// value is v with the values hidden by marks in their places.
func (x *unknowns) value(v, marks, sensitive any) resource.Value {
	if hidden, ok := marks.(bool); ok && hidden {
		out := x.hidden()
		out.Sensitive, _ = sensitive.(bool)
		return out
	}
	if !anyTrue(marks) {
		return x.res.values.Value(v, sensitive)
	}
	switch m := marks.(type) {
	case []any:
		return x.list(v, m, sensitive)
	case map[string]any:
		known, _ := v.(map[string]any)
		out := x.res.values.Value(v, sensitive)
		if out.Kind != resource.Object {
			out = resource.Value{Kind: resource.Object, Object: map[string]resource.Value{}}
		}
		for name, marks := range m {
			if anyTrue(marks) && !x.isComputed(name, marks) {
				out.Object[name] = x.member(name).value(known[name], marks, tfstate.Member(sensitive, name))
			}
		}
		return out
	}
	return x.res.values.Value(v, sensitive)
}

// nestedIn is the body of the blocks of a name; nil where there are none.
func nestedIn(body *schema.Block, name string) *schema.Block {
	if body == nil || body.Nested(name) == nil {
		return nil
	}
	return body.Nested(name).Block()
}

// isComputed reports whether an argument of a block is unknown for no other
// reason than that the provider will compute it: the configuration does not
// set it. A plan's configuration lacks dynamic blocks, too.
func (x *unknowns) isComputed(name string, marks any) bool {
	if x.body == nil || x.body.Attribute(name) == nil || x.body.Attribute(name).Unset().IsKnown() {
		return false
	}
	whole, _ := marks.(bool)
	if !whole || x.expression == nil || x.expression.ExpressionData == nil || len(x.expression.NestedBlocks) != 1 {
		return false
	}
	return x.expression.NestedBlocks[0][name] == nil
}

// member is the argument of that name in a block.
func (x *unknowns) member(name string) *unknowns {
	y := *x
	y.place += "." + name
	y.expression = nil
	y.body = nestedIn(x.body, name)
	if p := positionOf(name); p != positionOther {
		y.position = p
	}
	if x.expression != nil && x.expression.ExpressionData != nil {
		if len(x.expression.NestedBlocks) == 1 {
			y.expression = x.expression.NestedBlocks[0][name]
		} else if len(x.expression.NestedBlocks) == 0 {
			y.expression = x.expression
		}
	}
	return &y
}

// list is a list of which some elements, or parts of them, are hidden.
func (x *unknowns) list(v any, marks []any, sensitive any) resource.Value {
	known, _ := v.([]any)
	out := resource.Value{Kind: resource.List}
	out.Sensitive, _ = sensitive.(bool)
	var hidden []int
	for i := range max(len(known), len(marks)) {
		var e, m any
		if i < len(known) {
			e = known[i]
		}
		if i < len(marks) {
			m = marks[i]
		}
		if whole, ok := m.(bool); ok && whole {
			hidden = append(hidden, i)
			out.List = append(out.List, resource.Value{})
			continue
		}
		y := *x
		y.place += "[" + strconv.Itoa(i) + "]"
		y.expression = x.blockFor(i, len(known), e)
		out.List = append(out.List, y.value(e, m, tfstate.Child(sensitive, i)))
	}
	for n, y := range x.elements(hidden) {
		y.Sensitive, _ = tfstate.Child(sensitive, hidden[n]).(bool)
		out.List[hidden[n]] = y
	}
	return out
}

// blockFor is the configuration of the i-th of n blocks, nil where it is not
// certain which one it is: dynamic blocks are not in a plan, and blocks that
// are a set come in another order. What a block's configuration says outright
// must agree with the block.
func (x *unknowns) blockFor(i, n int, known any) *tfjson.Expression {
	if x.expression == nil || x.expression.ExpressionData == nil {
		return nil
	}
	blocks := x.expression.NestedBlocks
	if len(blocks) == 0 {
		return x.expression
	}
	if len(blocks) == n && agrees(blocks[i], known) && unorderedOnce(blocks, known) {
		return one(blocks[i])
	}
	var found map[string]*tfjson.Expression
	for _, b := range blocks {
		if agrees(b, known) {
			if found != nil {
				return nil
			}
			found = b
		}
	}
	if found == nil {
		return nil
	}
	return one(found)
}

func one(b map[string]*tfjson.Expression) *tfjson.Expression {
	return &tfjson.Expression{ExpressionData: &tfjson.ExpressionData{NestedBlocks: []map[string]*tfjson.Expression{b}}}
}

// unorderedOnce reports whether only one of the blocks agrees with what is
// known of it: then its place in the order does not matter.
func unorderedOnce(blocks []map[string]*tfjson.Expression, known any) bool {
	n := 0
	for _, b := range blocks {
		if agrees(b, known) {
			n++
		}
	}
	return n == 1
}

// agrees reports whether a block can be the one that gave the values: its
// constants are among them.
func agrees(b map[string]*tfjson.Expression, known any) bool {
	values, ok := known.(map[string]any)
	if !ok {
		return true
	}
	for name, e := range b {
		if e == nil || e.ExpressionData == nil || len(e.References) > 0 || e.ConstantValue == nil || len(e.NestedBlocks) > 0 {
			continue
		}
		v, told := values[name]
		if !told || !sameConstant(e.ConstantValue, v) {
			return false
		}
	}
	return true
}

// sameConstant compares a constant of the configuration with a value; lists
// may be sets, and so are compared without order.
func sameConstant(constant, v any) bool {
	list, ok := constant.([]any)
	if !ok {
		return constant == v || text(constant) == text(v)
	}
	values, ok := v.([]any)
	if !ok {
		return false
	}
	seen := map[string]bool{}
	for _, e := range values {
		seen[text(e)] = true
	}
	for _, e := range list {
		if !seen[text(e)] {
			return false
		}
	}
	return true
}

func text(v any) string {
	var c tfstate.Converter
	s, _ := c.Value(v, nil).AsText()
	lit, _ := s.Known()
	return lit
}

// leaves are the references that hide the value.
func (x *unknowns) leaves() *leaves {
	return x.res.leaves(references(x.expression), x.origin)
}

// hidden is the value that is hidden as a whole.
func (x *unknowns) hidden() resource.Value {
	if v, ok := x.res.constantValue(x.expression); ok {
		// The provider treats an empty list as not set, and so as computed.
		return v
	}
	l := x.leaves()
	if x.position.isSet() {
		return x.set(l)
	}
	if len(l.list) == 1 {
		if v, ok := x.res.referenced(x.res.only(l.list[0], x.position), x.position); ok {
			return v
		}
	}
	return x.undetermined(x.place, l)
}

// constantValue is the value of an expression that is a constant.
func (res *resolver) constantValue(e *tfjson.Expression) (resource.Value, bool) {
	if e == nil || e.ExpressionData == nil || len(references(e)) > 0 {
		return resource.Value{}, false
	}
	if e.NestedBlocks == nil {
		return res.values.Value(e.ConstantValue, nil), e.ConstantValue != nil
	}
	out := resource.Value{Kind: resource.List}
	for _, b := range e.NestedBlocks {
		block := resource.Value{Kind: resource.Object, Object: map[string]resource.Value{}}
		for name, x := range b {
			v, ok := res.constantValue(x)
			if !ok {
				return resource.Value{}, false
			}
			block.Object[name] = v
		}
		out.List = append(out.List, block)
	}
	return out, true
}

// undetermined is a value of which nothing is known but what hides it.
func (x *unknowns) undetermined(place string, l *leaves) resource.Value {
	names := l.names()
	// Where two references hide a value it may be a condition that chooses,
	// and then null may be what it chooses.
	nullable := len(l.list) > 1
	for _, leaf := range l.list {
		nullable = nullable || leaf.nullable
	}
	if len(names) == 0 {
		names = x.named()
	}
	if len(names) == 0 {
		// A dynamic block, which a plan does not show, or a function such as
		// timestamp.
		names = []string{place}
	}
	s := resource.UnknownSymbol(x.res.syms, x.res.scope, place, names, nullable)
	return resource.Value{Kind: resource.Unknown, Symbol: s, Nullable: nullable}
}

// named are the references as they stand, for messages, where none of them
// hides the value for certain.
func (x *unknowns) named() []string {
	var out []string
	for _, ref := range longest(references(x.expression)) {
		if x.origin.scope != nil {
			ref = x.origin.scope.full(ref)
		}
		out = append(out, ref)
	}
	return out
}

// set is a list that is hidden as a whole. Providers hide a set of which one
// element is unknown; every reference in it is an element then.
func (x *unknowns) set(l *leaves) resource.Value {
	var out resource.Value
	if len(l.list) == 1 || len(l.list) > 1 && !l.mixed {
		out.Kind = resource.List
		for _, leaf := range x.res.spreadOut(l.list, x.position.element()) {
			v, ok := x.res.referenced(leaf, x.position.element())
			if !ok {
				out.List = nil
				break
			}
			out.List = append(out.List, v)
		}
		if out.List != nil {
			if x.position == positionARNs {
				// Literals beside a reference are not in the plan, and those of
				// AWS's own policies are what stands there.
				out.List = append(out.List, resource.UnknownValue(resource.LiteralsSymbol(x.res.syms, x.res.scope, x.place, l.names())))
			}
			return out
		}
	}
	names := l.names()
	if len(names) == 0 {
		names = x.named()
	}
	return resource.UnknownValue(resource.SpreadSymbol(x.res.syms, x.res.scope, x.place, names))
}

// elements are the values of the hidden elements of a list: one reference for
// each, or else undetermined.
func (x *unknowns) elements(hidden []int) []resource.Value {
	l := x.leaves()
	n := len(hidden)
	var out []resource.Value
	if n > 0 && n == len(l.list) && (n == 1 || !l.mixed) {
		for _, leaf := range x.res.spreadOut(l.list, x.position.element()) {
			v, ok := x.res.referenced(leaf, x.position.element())
			if !ok {
				break
			}
			out = append(out, v)
		}
		if len(out) == n {
			return out
		}
	}
	out = nil
	for _, i := range hidden {
		out = append(out, x.undetermined(x.place+"["+strconv.Itoa(i)+"]", l))
	}
	return out
}

// referenced is the value of a reference where that kind of value is asked
// for; it is false where the reference cannot be the whole value.
func (res *resolver) referenced(l leaf, p position) (resource.Value, bool) {
	if l.address == "" {
		return resource.Value{}, false
	}
	typ := policy.TypeOf(l.address)
	attribute := l.attribute
	if attribute == "" {
		attribute = p.natural(typ)
		if attribute == "" {
			return resource.Value{}, false
		}
	}
	if p == positionDocument {
		return res.documentOf(l.address, typ, attribute)
	}
	if v, ok := res.forwarded(l.address, attribute, p); ok {
		return v, true
	}
	if !p.accepts(typ, attribute) {
		return resource.Value{}, false
	}
	if name, ok := strings.CutPrefix(typ, "data."); ok {
		b, _ := res.block(l.address)
		provider := "aws"
		if b != nil && b.provider != "" {
			provider = b.provider
		}
		if s := resource.LookupSymbol(res.syms, name, attribute, provider); s != nil && !b.asksForRegion() {
			return resource.UnknownValue(s), true
		}
	}
	return resource.UnknownValue(resource.ReferenceSymbol(res.syms, res.scope, l.address, attribute)), true
}

// forwarded follows a reference to an attribute that the configuration of
// another resource sets, such as the role of an attachment. Names, ids and
// ARNs are symbols of their own.
func (res *resolver) forwarded(address, attribute string, p position) (resource.Value, bool) {
	switch attribute {
	case "name", "arn", "id":
		return resource.Value{}, false
	}
	b, sc := res.block(address)
	if b == nil || b.expressions.of(attribute) == nil {
		return resource.Value{}, false
	}
	l := res.leaves(references(b.expressions.of(attribute)), origin{scope: sc, block: b, key: keyOf(address), forEach: b.forEach})
	if len(l.list) != 1 || l.list[0].address == address {
		return resource.Value{}, false
	}
	return res.referenced(l.list[0], p)
}
