package tfconfig

import (
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/document"
	"github.com/boundlint/boundlint/lint/source/resource"
)

// evaluatedDocument is a data.aws_iam_policy_document and where its statements
// come from.
type evaluatedDocument struct {
	document.Result
	// marks are those of the values that went in.
	marks cty.ValueMarks
}

// evaluated is the document, evaluated once.
func (i *instance) evaluated() *evaluatedDocument {
	if i.document != nil {
		return i.document
	}
	e := i.env()
	d := &evaluatedDocument{marks: cty.ValueMarks{}}
	blocks := e.nestedBlocks(i.block.body(), "statement")
	values := map[string]resource.Value{}
	for name, a := range i.block.body().Attributes {
		if metaArguments[name] {
			continue
		}
		v := e.eval(a.Expr)
		values[name] = e.withMaybe(e.resourceValue(v, a.Expr.Range(), ""))
		d.mark(v)
	}
	statements := resource.Value{Kind: resource.List}
	for _, b := range blocks {
		statements.List = append(statements.List, b.plainValue(d))
	}
	values["statement"] = statements
	d.Result = document.Evaluate(document.Input{
		Values: values, Symbols: i.module.ev.symbols, Scope: i.module.ev.scope, Address: i.address,
	})
	i.module.ev.steps -= 2 * len(d.JSON) / bytesPerStep // it was read, merged and written, indented and not
	for _, p := range d.Problems {
		rng := i.block.rng
		if a := i.block.body().Attributes[p.Origin.Attribute]; a != nil {
			rng = a.Expr.Range()
		} else if n := p.Origin.Statement; p.Origin.Source == document.OwnStatement && n >= 0 && n < len(blocks) {
			rng = blocks[n].block.DefRange()
		}
		i.module.ev.report(problem{rng: rng, message: p.Summary, remark: !p.Error})
	}
	// What was evaluated inside a cycle must not be remembered.
	if i.module.ev.lowest > i.module.ev.running {
		i.document = d
	}
	return d
}

// documentDefault is what an argument of data.aws_iam_policy_document, by its
// path, has where it is not set; false for what the data source computes.
func documentDefault(path string, ty cty.Type) (cty.Value, bool) {
	_, argument, nested := strings.Cut(path, "].")
	switch {
	case path == "version":
		return cty.StringVal("2012-10-17"), true
	case argument == "effect":
		return cty.StringVal("Allow"), true
	case argument == "sid":
		return cty.StringVal(""), true
	case nested && ty.IsSetType():
		return cty.SetValEmpty(ty.ElementType()), true
	case slices.Contains([]string{"policy_id", "source_json", "override_json", "source_policy_documents", "override_policy_documents"}, path):
		return cty.NullVal(ty), true
	}
	return cty.NilVal, false
}

func (d *evaluatedDocument) mark(v cty.Value) {
	_, marks := unmarkDeep(v)
	for _, rest := range withoutMaybe([]cty.ValueMarks{marks}) {
		maps.Copy(d.marks, rest)
	}
}

// withMaybe tells, of the text of a document that was evaluated here and of
// those in a list, which of their statements may not exist.
func (e *env) withMaybe(v resource.Value) resource.Value {
	for i := range v.List {
		v.List[i] = e.withMaybe(v.List[i])
	}
	if v.Kind == resource.Scalar {
		if maybe := e.ev.maybeStatements[e.ev.symbols.Encode(v.Text)]; maybe != nil {
			v.Document = &resource.DocumentSource{Maybe: maybe}
		}
	}
	return v
}

// plainValue is a nested block as an object, without places: those are found
// through the block.
func (b nested) plainValue(d *evaluatedDocument) resource.Value {
	e := b.env
	v := resource.Value{Kind: resource.Object, Object: map[string]resource.Value{}}
	for name, a := range b.block.Body.Attributes {
		x := e.eval(a.Expr)
		d.mark(x)
		v.Object[name] = e.resourceValue(x, a.Expr.Range(), "")
	}
	for _, typ := range blockTypes(b.block.Body) {
		list := resource.Value{Kind: resource.List}
		for _, inner := range e.nestedBlocks(b.block.Body, typ) {
			list.List = append(list.List, inner.plainValue(d))
		}
		v.Object[typ] = list
	}
	if b.may != nil {
		v.Maybe = b.may.why
	}
	return v
}

// policyDocument is the attribute json, or minified_json.
func (i *instance) policyDocument(name string) cty.Value {
	d := i.evaluated()
	text := d.JSON
	if name == "minified_json" {
		text = d.Minified
	}
	e := i.env()
	v := e.bounded(text, &hclsyntax.LiteralValueExpr{SrcRange: i.block.rng})
	if u, marks := v.Unmark(); !u.IsKnown() {
		return cty.StringVal(e.ev.symbols.Token(e.unknownAt(i.block.rng, "."+name, marks))).WithMarks(marks)
	}
	maybe := make([]*policy.Symbol, len(d.Origins))
	for n, o := range d.Origins {
		maybe[n] = o.Maybe
	}
	e.ev.noteMaybe(v.AsString(), maybe)
	if d.Sensitive {
		v = v.Mark(markSensitive)
	}
	return v.WithMarks(d.marks)
}

// documentValue is the text of the document with the places of its statements.
func (i *instance) documentValue() resource.Value {
	v := i.env().resourceValue(i.attribute("json"), i.block.rng, "")
	v.Document = i.documentSource()
	v.Locate = func(within policy.Range) iam.Location {
		return i.module.ev.place(i.spot, func() spot {
			if s, ok := i.documentSpot(within, 0); ok {
				return s
			}
			return i.spot()
		})
	}
	return v
}

// documentSource tells where the statements of the document stand.
func (i *instance) documentSource() *resource.DocumentSource {
	d := i.evaluated()
	source := &resource.DocumentSource{
		Address: i.address,
		Statement: func(index int, within policy.Range) iam.Location {
			return i.module.ev.place(i.spot, func() spot {
				if s, ok := i.statementSpot(index, within, 0); ok {
					return s
				}
				return i.spot()
			})
		},
	}
	for _, o := range d.Origins {
		source.Maybe = append(source.Maybe, o.Maybe)
	}
	return source
}

// documentSpot is the place of a range in the document's text.
func (i *instance) documentSpot(within policy.Range, depth int) (spot, bool) {
	if within == (policy.Range{}) {
		return i.spot(), true
	}
	path := jsonPath(i.evaluated().JSON, within.Start.Byte)
	if len(path) >= 2 {
		if index, ok := wholeNumber(path[1]); ok {
			return i.statementSpot(index, within, depth)
		}
	}
	return i.spot(), true
}

// statementSpot is the place of a statement, or of a range of the text that
// lies in it.
func (i *instance) statementSpot(index int, within policy.Range, depth int) (spot, bool) {
	d := i.evaluated()
	if index < 0 || index >= len(d.Origins) || depth > maxTrace {
		return spot{}, false
	}
	o := d.Origins[index]
	var inside []cty.Value // the path inside the statement
	if within != (policy.Range{}) {
		if path := jsonPath(d.JSON, within.Start.Byte); len(path) > 2 {
			inside = path[2:]
		}
	}
	text := elementText(d.JSON, within)
	if o.Source == document.OwnStatement {
		b, ok := i.statementBlock(o.Statement)
		if !ok {
			return spot{}, false
		}
		return b.elementSpot(inside, text), true
	}
	return i.sourceSpot(o, inside, text, depth)
}

// spot is where the block of the instance stands.
func (i *instance) spot() spot { return spot{i.block.rng, i.module} }

// statementBlocks are the statement blocks of a document.
type statementBlocks struct {
	of     *instance
	blocks []nested
}

// statementBlock is a statement block of the document, by its index. It is for
// places only, which are looked up when the document has been evaluated.
func (i *instance) statementBlock(index int) (b nested, ok bool) {
	known := &i.module.ev.statements
	if known.of != i {
		*known = statementBlocks{i, i.env().silent().nestedBlocks(i.block.body(), "statement")}
	}
	if index < 0 || index >= len(known.blocks) {
		return nested{}, false
	}
	return known.blocks[index], true
}

// elementText is the JSON of the element at a place.
func elementText(text string, within policy.Range) string {
	if within.End.Byte > len(text) || within.Start.Byte >= within.End.Byte {
		return ""
	}
	return text[within.Start.Byte:within.End.Byte]
}

// sourceSpot leads into a source or override document.
func (i *instance) sourceSpot(o document.Origin, inside []cty.Value, element string, depth int) (spot, bool) {
	a := i.block.body().Attributes[o.Attribute]
	if a == nil {
		return spot{}, false
	}
	e := i.env()
	whole := spot{a.Expr.Range(), i.module}
	t := e.trace(a.Expr)
	if o.Attribute == "source_policy_documents" || o.Attribute == "override_policy_documents" {
		member, ok := t.member(cty.NumberIntVal(int64(o.Document)))
		if !ok {
			return whole, true
		}
		t = member
	}
	if t.document != nil {
		return t.document.originSpot(o.Statement, inside, element, depth+1)
	}
	text, _ := t.env.silent().eval(t.expr).Unmark()
	if !isText(text) {
		return whole, true
	}
	// The same path in the source's own text: a lone statement may stand there
	// without a list.
	path := append([]cty.Value{cty.NumberIntVal(int64(o.Statement))}, inside...)
	for ; len(path) > 0; path = path[:len(path)-1] {
		rng, ok := jsonRange(text.AsString(), func(p []cty.Value) bool {
			if len(p) == 0 || !sameFold(p[0], "Statement") {
				return false
			}
			return slices.EqualFunc(p[1:], path, func(a, b cty.Value) bool { return a.RawEquals(b) })
		})
		if ok {
			if s, ok := t.spot(rng, depth+1); ok {
				return s, true
			}
		}
	}
	return spot{t.expr.Range(), t.env.module}, true
}

// originSpot is the place of a statement of a document by its index there.
func (i *instance) originSpot(index int, inside []cty.Value, element string, depth int) (spot, bool) {
	d := i.evaluated()
	if index < 0 || index >= len(d.Origins) || depth > maxTrace {
		return i.spot(), true
	}
	o := d.Origins[index]
	if o.Source != document.OwnStatement {
		return i.sourceSpot(o, inside, element, depth)
	}
	b, ok := i.statementBlock(o.Statement)
	if !ok {
		return i.spot(), true
	}
	return b.elementSpot(inside, element), true
}

func sameFold(v cty.Value, name string) bool {
	k, ok := keyText(v)
	return ok && (k == name || k == "statement")
}

// statementArguments are the arguments that make the elements of a statement.
var statementArguments = map[string]string{
	"Sid": "sid", "Effect": "effect", "Action": "actions", "NotAction": "not_actions",
	"Resource": "resources", "NotResource": "not_resources",
}

// elementSpot is the place of an element of a statement block: the literal of
// one action, the block of one condition. text is the element's JSON, "" where
// it is not at hand.
func (b nested) elementSpot(inside []cty.Value, text string) spot {
	whole := spot{b.block.DefRange(), b.env.module}
	if len(inside) == 0 {
		return whole
	}
	element, _ := keyText(inside[0])
	if argument := statementArguments[element]; argument != "" {
		a := b.block.Body.Attributes[argument]
		if a == nil {
			return whole
		}
		if s, ok := b.env.literalOf(a.Expr, text); ok {
			return s
		}
		return b.env.locate(a.Expr, policy.Range{})
	}
	switch element {
	case "Principal":
		return b.innerSpot("principals", "type", inside, text)
	case "NotPrincipal":
		return b.innerSpot("not_principals", "type", inside, text)
	case "Condition":
		return b.innerSpot("condition", "test", inside, text)
	}
	return whole
}

// innerSpot is the place of a principals or condition block by its type or
// test, and, for a condition, its variable.
func (b nested) innerSpot(typ, by string, inside []cty.Value, text string) spot {
	list := b.env.nestedBlocks(b.block.Body, typ)
	for _, inner := range list {
		if len(inside) > 1 && !inner.has(by, inside[1]) || typ == "condition" && len(inside) > 2 && !inner.has("variable", inside[2]) {
			continue
		}
		argument := "identifiers"
		if typ == "condition" {
			argument = "values"
		}
		if a := inner.block.Body.Attributes[argument]; a != nil && len(inside) > 1 {
			if s, ok := inner.env.literalOf(a.Expr, text); ok {
				return s
			}
			if typ == "condition" && len(inside) > 3 || typ != "condition" && len(inside) > 2 {
				return inner.env.locate(a.Expr, policy.Range{})
			}
		}
		return spot{inner.block.DefRange(), inner.env.module}
	}
	return spot{b.block.DefRange(), b.env.module}
}

func (b nested) has(argument string, want cty.Value) bool {
	a := b.block.Body.Attributes[argument]
	if a == nil {
		return false
	}
	v, _ := b.env.silent().eval(a.Expr).Unmark()
	got, ok := keyText(v)
	wanted, _ := keyText(want)
	return ok && got == wanted
}

// literalOf finds the element of a list whose text is that of a JSON string.
func (e *env) literalOf(x hclsyntax.Expression, text string) (spot, bool) {
	if len(text) < 2 || text[0] != '"' {
		return spot{}, false
	}
	s := jsonScanner{text: text}
	want := s.string()
	list, _ := e.silent().eval(x).UnmarkDeep()
	if !isDefinite(list) || !list.CanIterateElements() {
		return spot{}, false
	}
	n := 0
	for it := list.ElementIterator(); it.Next(); n++ {
		_, v := it.Element()
		if got, ok := keyText(v); !ok || got != want && substituted(got) != want {
			continue
		}
		key := cty.NumberIntVal(int64(n))
		if list.Type().IsSetType() {
			key = v
		}
		if t, ok := e.trace(x).member(key); ok && t.expr != nil {
			t = t.toChange()
			return spot{t.expr.Range(), t.env.module}, true
		}
		return spot{}, false
	}
	return spot{}, false
}

// substituted is a text with policy variables as the provider writes them.
func substituted(s string) string { return strings.ReplaceAll(s, "&{", "${") }
