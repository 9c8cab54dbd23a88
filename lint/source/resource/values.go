package resource

import (
	"slices"
	"strconv"
	"strings"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// at is the place of an attribute: in a file where the source knows it.
func (r *Resource) at(attribute string, v Value, within policy.Range) iam.Location {
	if v.Locate == nil {
		return iam.Location{Address: r.Address, Attribute: attribute}
	}
	return located(v.Locate(within), r.Address, attribute)
}

// located is a place, with the attribute at which it is where the source does not
// tell another.
func located(l iam.Location, address, attribute string) iam.Location {
	if l.Address == "" {
		l.Address = address
	}
	if l.Attribute == "" {
		l.Attribute = attribute
	}
	return l
}

// value is an attribute as the model has it. The provider treats "" as not
// set wherever the model asks: permissions_boundary (semantics.md section 8),
// names and prefixes are all sent only if they are not empty.
func (r *Resource) value(attribute string) iam.Value {
	return r.convert(attribute, r.Values[attribute])
}

func (r *Resource) convert(attribute string, v Value) iam.Value {
	out := iam.Value{Sensitive: v.Sensitive, Computed: v.Computed, References: v.References, Location: r.at(attribute, v, policy.Range{})}
	text, ok := v.AsText()
	if !ok || text.IsEmpty() {
		return out
	}
	out.Text, out.Set, out.Nullable = text, true, v.Nullable
	if s := text.Symbol(); s != nil {
		out.Nullable = out.Nullable || s.Nullable
		if isSet := notEmpty(s.Alternatives); len(isSet) < len(s.Alternatives) {
			out.Nullable = true
			if len(isSet) == 1 {
				out.Text = isSet[0]
			}
		}
	}
	return out
}

// notEmpty are the texts that are not known to be empty.
func notEmpty(texts []policy.Text) []policy.Text {
	return slices.DeleteFunc(slices.Clone(texts), policy.Text.IsEmpty)
}

// path is the path attribute: "/" unless it is set.
func (r *Resource) path() iam.Value {
	v := r.value("path")
	if !v.Set {
		v.Set, v.Text = true, policy.Literal("/")
	}
	return v
}

// arn is the ARN where the input tells it; what is known after apply is
// composed by Link.
func (r *Resource) arn() policy.Text {
	if v := r.Values["arn"]; v.Kind == Scalar {
		return v.Text
	}
	return policy.Text{}
}

// element is an element of a list as the model has it.
type element struct {
	iam.Value
	// in is the resource, which may not exist where the element may not.
	in Resource
}

// elements are the elements of a list as the model has them, with their
// places. One that is hidden as a whole is one element that is a spread.
func (r *Resource) elements(b *Builder, attribute string) []element {
	v := r.Values[attribute]
	switch v.Kind {
	case List:
	case Unknown:
		return []element{{r.convert(attribute, UnknownValue(b.spread(r, attribute, v.Symbol))), *r}}
	case Null, Scalar, Object:
		return nil
	}
	var out []element
	for i, e := range v.List {
		e.Sensitive = e.Sensitive || v.Sensitive
		if e.Locate == nil {
			e.Locate = v.Locate
		}
		if x := r.convert(attribute+"["+strconv.Itoa(i)+"]", e); x.Set {
			out = append(out, element{x, r.with(e)})
		}
	}
	return out
}

// spread is the symbol for a list that is hidden as a whole. A list that is
// exactly one reference's, or that a source calls a spread, keeps its symbol.
func (b *Builder) spread(r *Resource, attribute string, s *policy.Symbol) *policy.Symbol {
	if s.Kind == policy.SymbolSpread {
		return s
	}
	return SpreadSymbol(b.syms, b.model.Input.Path, r.Address+"."+attribute, s.References, s.Reasons...)
}

// document reads an attribute that holds a policy document; it is nil where
// the attribute is not set.
func (b *Builder) document(r *Resource, attribute string, v Value, kind policy.Kind) *iam.Document {
	text, ok := v.AsText()
	if !ok || text.IsEmpty() {
		return nil
	}
	parsed, diagnostics := b.parse(text, kind, v)
	if s := text.Symbol(); s != nil && s.Kind == policy.SymbolChoice {
		parsed, diagnostics = b.oneOf(s, v.Document, kind, parsed), nil
	}
	d := &iam.Document{
		Document:    parsed,
		Text:        text,
		Diagnostics: diagnostics,
		Sensitive:   v.Sensitive,
		Form:        v.Form,
		Location:    r.at(attribute, v, policy.Range{}),
	}
	if src := v.Document; src != nil {
		d.Source = src.Address
		if src.Address != "" {
			d.Form = iam.FormBlock
		}
		for i, s := range parsed.Statements {
			if i < len(src.Maybe) && src.Maybe[i] != nil {
				s.Maybe = src.Maybe[i]
			}
		}
	}
	d.Trace = r.trace(attribute, v, parsed)
	b.held = append(b.held, d)
	return d
}

// parsedText is a text of a document, and what kind of document it is.
type parsedText struct {
	text string
	kind policy.Kind
}

type parsedDocument struct {
	document    *policy.Document
	diagnostics []policy.Diagnostic
}

// parse reads the text of a document. Documents of the same text have their
// statements in common, by which is seen later that they say the same.
func (b *Builder) parse(text policy.Text, kind policy.Kind, v Value) (*policy.Document, []policy.Diagnostic) {
	key := parsedText{b.syms.Encode(text), kind}
	if known := b.parsed[key]; known != nil && v.Document == nil {
		same := *known.document
		return &same, known.diagnostics
	}
	parsed, diagnostics := policy.Parse(key.text, b.syms, policy.ParseOptions{Kind: kind, Common: &b.common})
	if v.Document == nil {
		b.parsed[key] = &parsedDocument{parsed, diagnostics}
	}
	return parsed, diagnostics
}

// trace leads from a place in a document to the place in a file.
func (r *Resource) trace(attribute string, v Value, d *policy.Document) func(int, policy.Range) iam.Location {
	switch {
	case v.Document != nil && v.Document.Statement != nil:
		return v.Document.Statement
	case v.Locate != nil:
		// The function is kept as long as the model, and the resource is not.
		locate, address := v.Locate, r.Address
		return func(statement int, within policy.Range) iam.Location {
			if within == (policy.Range{}) && statement >= 0 && statement < len(d.Statements) {
				within = d.Statements[statement].Range
			}
			return located(locate(within), address, attribute)
		}
	}
	return nil
}

// maybe reports whether it is uncertain that the resource, or the block, exists.
func (r *Resource) maybe(v Value) bool { return r.MayNotExist || v.Maybe != nil }

// with is the resource as far as it has a block or an element.
func (r *Resource) with(v Value) Resource {
	out := *r
	if v.Maybe != nil {
		out.MayNotExist, out.Maybe = true, append(slices.Clip(r.Maybe), v.Maybe)
	}
	return out
}

// tags are what the resource is tagged with, as far as that can be seen.
func (r *Resource) tags() iam.Tags {
	v, own := r.Values["tags_all"], false
	if v.Kind != Object {
		v, own = r.Values["tags"], true
	}
	out := iam.Tags{Own: own, Hidden: v.Open || v.Kind != Object && v.Kind != Null}
	if v.Kind != Object || len(v.Object) == 0 {
		return out
	}
	var few [8]iam.Tag
	tags := few[:0]
	for k, e := range v.Object {
		if text, ok := e.AsText(); ok && !e.Sensitive && !v.Sensitive && e.Maybe == nil && !e.Nullable {
			tags = append(tags, iam.Tag{Key: k, Value: text})
		} else {
			out.Hidden = out.Hidden || e.Kind != Null
		}
	}
	slices.SortFunc(tags, func(x, y iam.Tag) int { return strings.Compare(x.Key, y.Key) })
	out.Values = slices.Clone(tags)
	return out
}
