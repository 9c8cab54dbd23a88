package account

import (
	"encoding/json"
	"net/url"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// document reads a policy document: an object, as the AWS CLI and the SDKs for
// Python give it, or a string, URL-encoded as IAM gives it or plain. One that
// the dump lacks is one of which nothing is known.
func (mk *maker) document(raw json.RawMessage, kind policy.Kind, attribute string) *iam.Document {
	source := plain(raw)
	if policy.ContainsToken(source) {
		mk.err = errToken
	}
	// Without symbols, so that nothing that is written as an escape counts as
	// one.
	text, syms := policy.Literal(source), (*policy.Symbols)(nil)
	if source == "" {
		syms = mk.options.Symbols
		text = policy.SymbolText(syms.Intern(policy.Symbol{
			Kind: policy.SymbolUnknown, Name: attribute + " of " + mk.arn, Scope: mk.options.Path,
		}))
		source = syms.Encode(text)
	}
	parsed, diagnostics := mk.parse(source, syms, kind)
	d := &iam.Document{Document: parsed, Text: text, Diagnostics: diagnostics, Location: mk.at(attribute)}
	if mk.place(attribute).Verbatim {
		d.Trace = tracing(d.Location)
	}
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
func (p *part) parse(source string, syms *policy.Symbols, kind policy.Kind) (*policy.Document, []policy.Diagnostic) {
	key := parsedText{source, kind}
	if known, ok := p.parsed[key]; ok {
		same := *known.document
		return &same, known.diagnostics
	}
	parsed, diagnostics := policy.Parse(source, syms, policy.ParseOptions{Kind: kind})
	if p.parsed == nil {
		p.parsed = map[parsedText]parsedDocument{}
	}
	p.parsed[key] = parsedDocument{parsed, diagnostics}
	return parsed, diagnostics
}

// plain is the text of a document, "" for none.
func plain(raw json.RawMessage) string {
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return ""
	case raw[0] != '"':
		v := jsontext.Value(raw)
		if err := v.Compact(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)); err != nil {
			return string(raw) // what is wrong with it is for the parser to say
		}
		return string(v)
	}
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		return string(raw)
	}
	if !strings.HasPrefix(strings.TrimSpace(s), "%") {
		return s
	}
	// IAM encodes by RFC 3986, in which a plus is a plus. Programs that have
	// decoded and encoded again may mean a blank.
	path, err := url.PathUnescape(s)
	if err == nil && !json.Valid([]byte(path)) {
		if query, err := url.QueryUnescape(s); err == nil && json.Valid([]byte(query)) {
			return query
		}
	}
	if err != nil {
		return s
	}
	return path
}
