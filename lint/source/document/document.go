// Package document evaluates data.aws_iam_policy_document as the AWS provider
// does, byte for byte where everything is known, and with symbols in the
// places that are not. Plan, state and configuration readers share it: the
// first to rebuild a document that waits for apply, the last to evaluate it
// without a provider.
package document

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/resource"
)

// Source tells which argument a statement comes from.
type Source uint8

// The sources, in the order in which the provider merges them.
const (
	SourceDocument   Source = iota // source_json, source_policy_documents
	OwnStatement                   // statement blocks
	OverrideDocument               // override_policy_documents, override_json
)

// Origin is where a statement of the result comes from.
type Origin struct {
	Source Source
	// Attribute is the argument: source_policy_documents, source_json,
	// statement, override_policy_documents or override_json.
	Attribute string
	// Document is the index in a list of documents, from 0; 0 for own
	// statements and for the single documents.
	Document int
	// Statement is the index of the statement block, or of the statement in
	// its document.
	Statement int
	// Maybe is set where the statement may turn out not to exist.
	Maybe *policy.Symbol
}

// Problem is what the provider would refuse, or what it does behind the
// author's back.
type Problem struct {
	// Error tells that the provider refuses the data source.
	Error   bool
	Summary string
	// Origin is the place; its Statement is -1 where it is the whole argument.
	Origin Origin
}

// Result is an evaluated document.
type Result struct {
	// JSON is the attribute json, with the tokens of symbols inside; Minified
	// is minified_json.
	JSON, Minified string
	// Origins has one entry for each statement of JSON.
	Origins  []Origin
	Problems []Problem
	// Sensitive tells that a sensitive value went into the document.
	Sensitive bool
}

// Input is one data source to evaluate.
type Input struct {
	// Values are the arguments of the data source: version, policy_id,
	// statement and the source and override documents. A block type is a
	// List of Objects.
	Values map[string]resource.Value
	// Symbols encodes the symbols of Values and interns new ones.
	Symbols *policy.Symbols
	// Scope is the input's path and Address the data source's, for the names
	// of symbols.
	Scope, Address string
}

// Evaluate merges the documents and statements of a data source.
//
// The order and the rules of merging are the provider's
// (aws_iam_policy_document, "source_policy_documents" and
// "override_policy_documents"): sources in their order, own statements,
// overrides in their order; a statement with a Sid takes the place of the one
// before it with that Sid.
func Evaluate(in Input) Result {
	e := &evaluator{Input: in, merged: &doc{}}
	sids := map[string]bool{}
	e.documents("source_json", SourceDocument, sids)
	e.documents("source_policy_documents", SourceDocument, sids)
	e.own()
	e.documents("override_policy_documents", OverrideDocument, nil)
	e.documents("override_json", OverrideDocument, nil)
	return e.result()
}

type evaluator struct {
	Input
	merged    *doc
	problems  []Problem
	sensitive bool
}

func (e *evaluator) problem(isError bool, at Origin, format string, args ...any) {
	e.problems = append(e.problems, Problem{Error: isError, Summary: fmt.Sprintf(format, args...), Origin: at})
}

func (e *evaluator) result() Result {
	out := Result{Problems: e.problems, Sensitive: e.sensitive}
	// Neither call can fail: the tree is made of strings, lists and maps,
	// and of what json.Unmarshal gave.
	pretty, err := json.MarshalIndent(e.merged, "", "  ")
	if err != nil {
		e.problem(true, Origin{Statement: -1}, "the document cannot be written: %v", err)
		return out
	}
	plain, _ := json.Marshal(e.merged)
	out.JSON, out.Minified = string(pretty), string(plain)
	for _, s := range e.merged.Statements {
		out.Origins = append(out.Origins, s.origin)
	}
	out.Problems = e.problems
	return out
}

// documents merges the documents of one argument: a list of JSON texts, or
// one. sids, if it is not nil, are those that other sources have used.
func (e *evaluator) documents(attribute string, source Source, sids map[string]bool) {
	v := e.Values[attribute]
	e.sensitive = e.sensitive || v.Sensitive
	origin := Origin{Source: source, Attribute: attribute}
	switch v.Kind {
	case resource.Null, resource.Object:
	case resource.Unknown:
		// Nobody knows how many documents there are, or what they say.
		e.merged.merge(&doc{Statements: []*statement{e.hidden(v.Symbol, origin)}})
	case resource.Scalar:
		e.document(v, origin, sids)
	case resource.List:
		for i, x := range v.List {
			e.sensitive = e.sensitive || x.Sensitive
			origin.Document, origin.Maybe = i, x.Maybe
			e.document(x, origin, sids)
		}
	}
}

// document merges one JSON text.
func (e *evaluator) document(v resource.Value, origin Origin, sids map[string]bool) {
	text, ok := v.AsText()
	if !ok || text.IsEmpty() {
		return
	}
	if s := text.Symbol(); s != nil {
		e.merged.merge(&doc{Statements: []*statement{e.hidden(s, origin)}})
		return
	}
	src := e.Symbols.Encode(text)
	d := &doc{}
	if err := json.Unmarshal([]byte(src), d); err != nil {
		if symbols := text.Symbols(); len(symbols) > 0 {
			// A template in which a symbol stands where JSON would: what it
			// hides may be what makes it JSON.
			e.merged.merge(&doc{Statements: []*statement{e.hidden(symbols[0], origin)}})
			return
		}
		origin.Statement = -1
		e.problem(true, origin, "%s holds no policy document that the provider can read: %s", origin.Attribute, reason(err))
		return
	}
	for i, s := range d.Statements {
		if s == nil {
			continue
		}
		s.origin = origin
		s.origin.Statement = i
		if v.Document != nil && i < len(v.Document.Maybe) && s.origin.Maybe == nil {
			s.origin.Maybe = v.Document.Maybe[i]
		}
		if s.dropped != "" {
			e.problem(false, s.origin, "the provider drops the numeric values of the condition key %s: write them as strings",
				e.Symbols.Text(s.dropped))
		}
		if sids == nil || s.Sid == "" || s.origin.Maybe != nil {
			continue
		}
		if sids[s.Sid] {
			e.problem(true, s.origin, "the Sid %s stands twice in the source documents, which the provider refuses", e.Symbols.Text(s.Sid))
		}
		sids[s.Sid] = true
	}
	e.merged.merge(d)
}

// hidden is a statement that stands for zero or more statements of which
// nothing is known.
func (e *evaluator) hidden(s *policy.Symbol, origin Origin) *statement {
	return &statement{hidden: e.Symbols.Token(e.spread(s, origin.Attribute)), origin: origin}
}

// spread is a symbol for zero or more elements that s hides.
func (e *evaluator) spread(s *policy.Symbol, place string) *policy.Symbol {
	if s.Kind == policy.SymbolSpread {
		return s
	}
	name := e.Address + "." + place
	if s.Kind == policy.SymbolReference {
		name = s.Name
	}
	return resource.SpreadSymbol(e.Symbols, e.Scope, name, s.References, s.Reasons...)
}

// reason is why a text is not a document, without a word of the text itself: it
// may be sensitive.
func reason(err error) string {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Sprintf("it is not JSON (at byte %d)", syntax.Offset)
	}
	if shape, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && shape.Field != "" {
		kind, _, _ := strings.Cut(shape.Value, " ")
		return fmt.Sprintf("%s must not be %s", shape.Field, kind)
	}
	return "it is not JSON of the expected shape"
}
