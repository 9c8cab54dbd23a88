package policy

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"
)

// Kind is what a document is used for: it decides which elements IAM asks
// for and which it refuses.
type Kind uint8

// The kinds. The zero value is a document whose use is not known, or one of
// which the rest may come from elsewhere: every element is optional in it.
const (
	AnyPolicy Kind = iota
	// IdentityPolicy is attached to users, groups, roles and permission sets,
	// or is a boundary or session policy.
	IdentityPolicy
	// TrustPolicy is a role's assume role policy.
	TrustPolicy
	// ResourcePolicy is attached to any other resource.
	ResourcePolicy
	// ServiceControlPolicy is an organization's limit for its accounts' users
	// and roles.
	ServiceControlPolicy
	// ResourceControlPolicy is an organization's limit for its accounts'
	// resources.
	ResourceControlPolicy
)

// OfOrganization reports whether documents of the kind are those of an
// organization.
func (k Kind) OfOrganization() bool { return k == ServiceControlPolicy || k == ResourceControlPolicy }

// ParseOptions say how to read a document.
type ParseOptions struct {
	Kind Kind
	// Start is where the source begins in its file; zero is the beginning.
	Start Pos
	// Common is shared by documents that are written alike, nil where there is one.
	Common *Common
}

// Parse reads a policy document. Symbol tokens of syms may stand in its
// strings, or where a whole JSON value would; a source that is one token gives
// a document of which nothing is known. syms may be nil where there are none.
//
// It reads what IAM reads: one statement without its list, a string for a
// list of one, numbers and booleans as condition values. What IAM refuses, by
// the IAM User Guide (policy grammar and element reference) or by the errors
// its API is known to give, is an error among the diagnostics and marks the
// document Invalid; every statement is kept all the same, so that the others
// can be looked at. Parse never panics and never returns nil.
func Parse(src string, syms *Symbols, opts ParseOptions) (*Document, Diagnostics) {
	if syms == nil {
		syms = &Symbols{}
	}
	p := &parser{reader: reader{src: src, syms: syms, control: -1, nodes: &nodes{}}, kind: opts.Kind, start: opts.Start, common: opts.Common}
	if p.common != nil {
		p.nodes = &p.common.nodes
		defer p.reset()
	}
	if p.start == (Pos{}) {
		p.start = Pos{Line: 1, Column: 1}
	}
	for i := range len(src) {
		if src[i] == '\n' {
			p.newlines = append(p.newlines, i)
		}
	}
	p.doc = &Document{Range: p.rng(0, len(src))}
	p.read()
	slices.SortStableFunc(p.diags, func(a, b Diagnostic) int {
		return cmp.Compare(a.Range.Start.Byte, b.Range.Start.Byte)
	})
	return p.doc, p.diags
}

type parser struct {
	reader
	kind     Kind
	start    Pos
	common   *Common
	newlines []int // offsets of the line feeds in src
	doc      *Document
	diags    Diagnostics
	// statement is the index of the one being read, -1 outside.
	statement int
}

func (p *parser) pos(off int) Pos {
	line := sort.SearchInts(p.newlines, off)
	at := Pos{Byte: p.start.Byte + off, Line: p.start.Line + line}
	if line == 0 {
		at.Column = p.start.Column + off
	} else {
		at.Column = off - p.newlines[line-1]
	}
	return at
}

func (p *parser) rng(start, end int) Range { return Range{p.pos(start), p.pos(end)} }

func (p *parser) at(n JSON) Range { return p.rng(n.Start, n.End) }

// text is a value as it is written.
func (p *parser) text(n JSON) string {
	end := min(n.End, len(p.src))
	return p.src[min(n.Start, end):end]
}

// refuse notes what IAM refuses.
func (p *parser) refuse(code DiagnosticCode, at Range, summary, detail string) {
	p.doc.Invalid = true
	p.note(code, true, at, summary, detail)
}

// remark notes what IAM takes, and what probably means something else than
// its author thinks.
func (p *parser) remark(code DiagnosticCode, at Range, summary, detail string) {
	p.note(code, false, at, summary, detail)
}

// maxDiagnostics bounds what is said of one document: a list of ten thousand
// numbers has a fault in each.
const maxDiagnostics = 100

func (p *parser) note(code DiagnosticCode, isError bool, at Range, summary, detail string) {
	if len(p.diags) >= maxDiagnostics {
		return
	}
	p.diags = append(p.diags, Diagnostic{
		Code: code, Error: isError, Summary: summary, Detail: detail, Statement: p.statement, Range: at,
	})
}

// refusesIf is refuse where strict, else remark.
func (p *parser) refusesIf(strict bool, code DiagnosticCode, at Range, summary, detail string) {
	if strict {
		p.refuse(code, at, summary, detail)
	} else {
		p.remark(code, at, summary, detail)
	}
}

// isIAM tells documents that IAM itself stores, whose API is strict, from
// those that other services store.
func (p *parser) isIAM() bool { return p.kind == IdentityPolicy || p.kind == TrustPolicy }

func (p *parser) hide(sym *Symbol) {
	p.doc.Unknown, p.doc.Statements, p.doc.Invalid = sym, nil, false
	p.doc.Version, p.doc.ID = Text{}, Text{}
	p.diags = nil
}

const byteOrderMark = "\uFEFF"

func (p *parser) read() {
	p.statement = -1
	if sym := p.syms.Text(strings.TrimSpace(p.src)).Symbol(); sym != nil {
		p.hide(sym)
		return
	}
	if strings.HasPrefix(p.src, byteOrderMark) {
		p.off = len(byteOrderMark)
	}
	p.characters()
	root := p.value(0)
	if p.err == nil {
		if p.space(); p.off < len(p.src) {
			if sym := p.token(); sym != nil {
				root = JSON{Kind: JSONHidden}
			} else {
				p.refuse(CodeTrailingData, p.rng(p.off, len(p.src)),
					"something follows the end of the policy document: "+p.found(), "Remove what stands after the closing brace.")
			}
		}
	}
	switch {
	case p.bare != nil && (p.err != nil || p.off < len(p.src) || root.Kind == JSONHidden):
		// A template puts text here that is not known, and it may be what
		// makes the rest JSON.
		p.hide(p.bare)
		return
	case p.err != nil && strings.TrimSpace(p.src) == "":
		p.refuse(CodeNotJSON, p.rng(0, len(p.src)), "the policy document is empty", "Write a JSON object with Version and Statement.")
		return
	case p.err != nil:
		p.refuse(CodeNotJSON, p.rng(p.err.off, p.err.off), "the policy document is not JSON: "+p.err.msg,
			"Write the document with jsonencode or with the data source aws_iam_policy_document.")
	}
	if p.control >= 0 {
		p.refuse(CodeNotJSON, p.rng(p.control, p.control+1), "the policy document is not JSON: a control character stands inside a string",
			`Write \n or \t for a line feed or tab inside a string.`)
	}
	p.document(root)
}

// characters checks that the source is made of what the API takes: tab, line
// feed, carriage return and U+0020 to U+00FF (IAM API, policyDocumentType).
func (p *parser) characters() {
	if p.kind != IdentityPolicy && p.kind != TrustPolicy {
		return
	}
	for i := 0; i < len(p.src); {
		if p.src[i] < utf8.RuneSelf {
			i++
			continue
		}
		c, n := utf8.DecodeRuneInString(p.src[i:])
		if c > 0xFF {
			if rest := p.src[i:]; strings.HasPrefix(rest, tokenOpen) {
				if end := strings.Index(rest, tokenClose); end > 0 {
					i += end + len(tokenClose)
					continue
				}
			}
			what := fmt.Sprintf("the character %q (%U)", c, c)
			if c == '\uFEFF' {
				what = "a byte order mark (U+FEFF)"
			}
			p.refuse(CodeCharacters, p.rng(i, i+n), "the policy document holds "+what+", which IAM does not take",
				"Use characters up to U+00FF only; typographic quotes and dashes come from a word processor.")
			return
		}
		i += n
	}
}

// typed reports whether the value has the kind that is wanted. Null is read
// as absent, since jsonencode writes it for what is not set.
func (p *parser) typed(n JSON, want JSONKind, element string) bool {
	switch n.Kind {
	case want:
		return true
	case JSONNull:
		p.remark(CodeNull, p.at(n), element+" is null, which IAM documents nowhere; it is read as absent",
			"Leave "+element+" out instead.")
	default:
		p.refuse(CodeWrongType, p.at(n), fmt.Sprintf("%s must be %s, not %s", element, kindName(want), kindName(n.Kind)), "")
	}
	return false
}

// string reads a text, in which symbols may stand.
func (p *parser) string(n JSON, element string) Text {
	switch {
	case n.Kind == JSONHidden:
		return SymbolText(n.Symbol)
	case p.typed(n, JSONString, element):
		return p.syms.Text(n.Text)
	default:
		return Text{}
	}
}

// spread is a symbol for zero or more values that are hidden behind sym: what
// equals sym's text need not equal them.
func (p *parser) spread(sym *Symbol) *Symbol {
	if sym.Kind == SymbolSpread {
		return sym
	}
	return p.syms.Intern(Symbol{Kind: SymbolSpread, Name: sym.Name, Scope: sym.Scope, References: sym.References, Reasons: sym.Reasons})
}

// name resolves the name of an element, to "" where there is none of that name.
// Case is forgiven with a remark, since no source says that IAM refuses it.
func (p *parser) name(key JSON, known []string, where string) string {
	if slices.Contains(known, key.Text) {
		return key.Text
	}
	for _, k := range known {
		if strings.EqualFold(k, key.Text) {
			if at := p.at(key); !slices.ContainsFunc(p.diags, func(d Diagnostic) bool { return d.Range == at }) {
				p.remark(CodeElementCase, at, fmt.Sprintf("%q is not how IAM writes %s; whether it takes this is not documented", key.Text, k),
					"Write "+k+".")
			}
			return k
		}
	}
	detail := "IAM knows " + strings.Join(known, ", ") + " here."
	if near := Nearest(key.Text, known); near != "" {
		detail = "Write " + near + "."
	}
	p.refuse(CodeUnknownElement, p.at(key), fmt.Sprintf("%s has no element %q", where, key.Text), detail)
	return ""
}

// duplicates refuses names that stand twice in one object; no two may differ
// in case alone either (IAM User Guide, policy grammar; Access Analyzer,
// duplicate keys with different case).
func (p *parser) duplicates(n JSON, where string) {
	for i := range n.Members {
		key := &n.Members[i].Name
		for j := range i {
			if first := &n.Members[j].Name; strings.EqualFold(first.Text, key.Text) {
				line := p.pos(first.Start).Line
				p.refuse(CodeDuplicateKey, p.at(*key), fmt.Sprintf("%s has %q twice, first in line %d of the document", where, p.syms.Text(key.Text),
					line-p.start.Line+1),
					"Merge the two: JSON readers keep only one of them.")
				break
			}
		}
	}
}

var documentElements = []string{"Version", "Id", "Statement"}

func (p *parser) document(root JSON) {
	if root.Kind == JSONString {
		x := p.syms.Text(root.Text)
		if sym := x.Symbol(); sym != nil {
			p.hide(sym)
			return
		}
		if strings.HasPrefix(strings.TrimSpace(x.Prefix()), "{") {
			p.refuse(CodeEncodedTwice, p.at(root), "the policy document is encoded twice: it is JSON inside a JSON string",
				"Drop the outer jsonencode.")
			return
		}
	}
	if root.Kind != JSONObject {
		if p.err == nil {
			p.refuse(CodeWrongType, p.at(root), "a policy document must be an object, not "+kindName(root.Kind), "")
		}
		return
	}
	if root.Symbol != nil {
		p.hide(root.Symbol)
		return
	}
	p.duplicates(root, "the policy document")
	found := false
	for _, m := range root.Members {
		if sym := p.syms.Text(m.Name.Text).Symbols(); sym != nil {
			p.hide(sym[0])
			return
		}
		switch p.name(m.Name, documentElements, "a policy document") {
		case "Version":
			p.version(m.Value)
		case "Id":
			p.doc.ID = p.string(m.Value, "Id")
		case "Statement":
			found = found || m.Value.Kind != JSONNull
			p.statements(m.Value)
			p.statement = -1
		}
		if p.doc.Unknown != nil {
			return
		}
	}
	if !found && p.err == nil && p.kind != AnyPolicy {
		p.refuse(CodeMissingStatement, p.at(root), "the policy document has no Statement", "Add a Statement with at least one statement.")
	}
	p.sids()
	p.variables()
}

var versions = []string{"2012-10-17", "2008-10-17"}

func (p *parser) version(n JSON) {
	p.doc.Version = p.string(n, "Version")
	v, known := p.doc.Version.Known()
	if n.Kind != JSONString || !known || slices.Contains(versions, v) {
		return
	}
	p.refuse(CodeVersion, p.at(n), fmt.Sprintf("%q is not a version of the policy language", v),
		"Write 2012-10-17: the version is not the date of the policy.")
}

func (p *parser) statements(n JSON) {
	switch n.Kind {
	case JSONArray:
		for i := range n.Elements {
			p.oneStatement(n.Elements[i])
		}
		if len(n.Elements) == 0 && p.kind != AnyPolicy {
			p.refuse(CodeMissingStatement, p.at(n), "the list of statements is empty", "Add a statement, or remove the policy.")
		}
	case JSONNull:
		p.remark(CodeNull, p.at(n), "Statement is null", "Write a list of statements.")
	case JSONObject:
		p.oneStatement(n)
	default:
		if sym := p.hidden(n); sym != nil {
			p.hide(sym)
			return
		}
		p.oneStatement(n)
	}
}

// hidden is the symbol that hides the whole value, nil if none does.
func (p *parser) hidden(n JSON) *Symbol {
	switch n.Kind {
	case JSONHidden:
		return n.Symbol
	case JSONString:
		return p.syms.Text(n.Text).Symbol()
	default:
		return nil
	}
}

// sids checks that statements are told apart by their ids.
func (p *parser) sids() {
	seen := map[string]int{}
	for i, s := range p.doc.Statements {
		sid, known := s.Sid.Known()
		if !known || sid == "" {
			continue
		}
		first, again := seen[sid]
		if !again {
			seen[sid] = i
			continue
		}
		p.statement = i
		p.refuse(CodeDuplicateSid, s.SidRange, fmt.Sprintf("two statements have the Sid %q: statement %d is the first", sid, first+1),
			"Give each statement its own Sid, or none.")
	}
}
