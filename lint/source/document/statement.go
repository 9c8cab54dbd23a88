package document

import (
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/resource"
)

// The provider's default version; with the older one &{ is refused.
const (
	version2012 = "2012-10-17"
	version2008 = "2008-10-17"
)

// own merges the statement blocks, the version and the id of the data source.
func (e *evaluator) own() {
	d := &doc{Version: e.string("version", e.Values["version"]), ID: e.string("policy_id", e.Values["policy_id"])}
	if d.Version == "" {
		d.Version = version2012
	}
	origin := Origin{Source: OwnStatement, Attribute: "statement"}
	blocks := e.Values["statement"]
	e.sensitive = e.sensitive || blocks.Sensitive
	if blocks.Kind == resource.Unknown {
		d.Statements = append(d.Statements, e.hidden(blocks.Symbol, origin))
	}
	sids := map[string]bool{}
	for i, block := range blocks.List {
		origin.Statement, origin.Maybe = i, block.Maybe
		s := e.statement(block, origin, d.Version == version2008)
		if s == nil {
			continue
		}
		if s.Sid != "" && sids[s.Sid] && block.Maybe == nil {
			e.problem(true, origin, "the Sid %s stands twice among the statement blocks, which the provider refuses", e.Symbols.Text(s.Sid))
		}
		sids[s.Sid] = sids[s.Sid] || block.Maybe == nil
		d.Statements = append(d.Statements, s)
	}
	e.merged.merge(d)
}

func (e *evaluator) statement(block resource.Value, origin Origin, old bool) *statement {
	switch block.Kind {
	case resource.Unknown:
		return e.hidden(block.Symbol, origin)
	case resource.Object:
	case resource.Null, resource.Scalar, resource.List:
		return nil
	}
	b := blockReader{e: e, block: block, place: place("statement", origin.Statement), origin: origin, old: old}
	s := &statement{origin: origin}
	s.statementFields = statementFields{
		Sid:          b.string("sid"),
		Effect:       b.string("effect"),
		Actions:      b.set("actions", false),
		NotActions:   b.set("not_actions", false),
		Resources:    b.set("resources", true),
		NotResources: b.set("not_resources", true),
	}
	if s.Effect == "" {
		s.Effect = "Allow"
	}
	s.Principals = b.principals("principals")
	s.NotPrincipals = b.principals("not_principals")
	s.Conditions = b.conditions()
	return s
}

// blockReader reads the arguments of one block.
type blockReader struct {
	e      *evaluator
	block  resource.Value
	place  string
	origin Origin
	// old tells that the document is of version 2008-10-17.
	old bool
}

func (b blockReader) value(name string) resource.Value {
	v := b.block.Object[name]
	b.e.sensitive = b.e.sensitive || v.Sensitive
	return v
}

func (b blockReader) string(name string) string {
	return b.e.string(b.place+"."+name, b.value(name))
}

func (e *evaluator) string(_ string, v resource.Value) string {
	e.sensitive = e.sensitive || v.Sensitive
	text, ok := v.AsText()
	if !ok {
		return ""
	}
	return e.Symbols.Encode(text)
}

// strings are the elements of a list or set of strings, as written.
func (b blockReader) strings(name string, v resource.Value) []string {
	switch v.Kind {
	case resource.Unknown:
		return []string{b.e.Symbols.Token(b.e.spread(v.Symbol, b.place+"."+name))}
	case resource.Scalar:
		// A single string where a list is asked for is one that some input
		// has collapsed.
		return []string{b.e.Symbols.Encode(v.Text)}
	case resource.List:
	case resource.Null, resource.Object:
		return nil
	}
	var out []string
	for _, x := range v.List {
		b.e.sensitive = b.e.sensitive || x.Sensitive
		if text, ok := x.AsText(); ok {
			out = append(out, b.e.maybe(b.e.Symbols.Encode(text), x.Maybe))
		}
	}
	return out
}

// maybe is an entry of a list that may not exist: a symbol for zero or more,
// of which it is known what it is where there is one.
func (e *evaluator) maybe(s string, why *policy.Symbol) string {
	text := e.Symbols.Text(s)
	if inner := text.Symbol(); why == nil || inner != nil && inner.Kind == policy.SymbolSpread {
		return s
	}
	return e.Symbols.Token(e.Symbols.Intern(policy.Symbol{
		Kind: policy.SymbolSpread, Name: text.String(), Scope: why.Scope + "|" + why.Name + "|" + s,
		Alternatives: []policy.Text{text}, References: why.References,
	}))
}

// set is a set of strings as the provider writes it: nothing if it is empty,
// one string alone, several in reverse order.
func (b blockReader) set(name string, variables bool) any {
	list := unique(b.strings(name, b.value(name)))
	if variables {
		b.substitute(list, name)
	}
	switch len(list) {
	case 0:
		return nil
	case 1:
		return list[0]
	}
	reverse(list)
	return list
}

// substitute writes &{ as ${, which is how policy variables are spelt where
// ${ is Terraform's own. The provider refuses it under the old version, in
// which there are no variables.
func (b blockReader) substitute(list []string, name string) {
	for i, s := range list {
		if !strings.Contains(s, "&{") {
			continue
		}
		if b.old {
			b.e.problem(true, b.origin, "%s: the provider refuses &{ in a document of version %s", name, version2008)
			continue
		}
		list[i] = strings.ReplaceAll(s, "&{", "${")
	}
}

func (b blockReader) principals(name string) principalSet {
	v := b.value(name)
	if v.Kind == resource.Unknown {
		return principalSet{{hidden: b.e.Symbols.Token(v.Symbol)}}
	}
	var blocks []hashed[principal]
	for _, x := range v.List {
		switch x.Kind {
		case resource.Unknown:
			return principalSet{{hidden: b.e.Symbols.Token(x.Symbol)}}
		case resource.Object:
		case resource.Null, resource.Scalar, resource.List:
			continue
		}
		inner := blockReader{e: b.e, block: x, place: b.place + "." + name, origin: b.origin, old: b.old}
		p := principal{Type: inner.string("type")}
		list := unique(inner.strings("identifiers", inner.value("identifiers")))
		for i := range list {
			list[i] = b.e.maybe(list[i], x.Maybe)
		}
		code := principalHash(p.Type, list)
		inner.substitute(list, "identifiers")
		switch len(list) {
		case 0:
			p.Identifiers = []string{}
		case 1:
			p.Identifiers = list[0]
		default:
			reverse(list)
			p.Identifiers = list
		}
		blocks = append(blocks, hashed[principal]{code, p})
	}
	return principalSet(inHashOrder(blocks))
}

// mayBeMissing makes of a condition block that may not exist one that may hold
// or not. Where another block certainly asks the same, its values are more
// values of that.
func (b blockReader) mayBeMissing(c *condition, list []string, why *policy.Symbol, all resource.Value) {
	for _, x := range all.List {
		other := blockReader{e: b.e, block: x, place: b.place + ".condition", origin: b.origin, old: b.old}
		if x.Kind == resource.Object && x.Maybe == nil && other.string("test") == c.Test && other.string("variable") == c.Variable {
			for i := range list {
				list[i] = b.e.maybe(list[i], why)
			}
			return
		}
	}
	c.Test = b.e.Symbols.Token(b.e.Symbols.Intern(policy.Symbol{
		Kind: policy.SymbolUnknown, Name: why.Name, Scope: why.Scope + "|" + c.Test, References: why.References,
	}))
}

func (b blockReader) conditions() conditionSet {
	v := b.value("condition")
	if v.Kind == resource.Unknown {
		return conditionSet{{hidden: b.e.Symbols.Token(v.Symbol)}}
	}
	var blocks []hashed[condition]
	for _, x := range v.List {
		switch x.Kind {
		case resource.Unknown:
			return conditionSet{{hidden: b.e.Symbols.Token(x.Symbol)}}
		case resource.Object:
		case resource.Null, resource.Scalar, resource.List:
			continue
		}
		inner := blockReader{e: b.e, block: x, place: b.place + ".condition", origin: b.origin, old: b.old}
		c := condition{Test: inner.string("test"), Variable: inner.string("variable")}
		list := inner.strings("values", inner.value("values"))
		if x.Maybe != nil {
			b.mayBeMissing(&c, list, x.Maybe, v)
		}
		code := conditionHash(c.Test, c.Variable, list)
		inner.substitute(list, "values")
		switch len(list) {
		case 0:
			c.Values = []string{}
		case 1:
			c.Values = list[0]
		default:
			c.Values = list
		}
		blocks = append(blocks, hashed[condition]{code, c})
	}
	return conditionSet(inHashOrder(blocks))
}
