package authz

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
)

// syntax says which characters of a pattern stand for others.
type syntax uint8

const (
	// exactSyntax takes every character as itself.
	exactSyntax syntax = iota
	// globSyntax knows * and ?.
	globSyntax
	// arnSyntax is globSyntax in six parts divided by colons.
	arnSyntax
)

type pieceKind uint8

const (
	literalPiece pieceKind = iota
	starPiece
	onePiece
	symbolPiece
	variablePiece
)

// piece is a part of a pattern.
type piece struct {
	kind     pieceKind
	text     string // of a literalPiece
	symbol   *policy.Symbol
	variable *variable
}

// variable is a policy variable in a pattern.
type variable struct {
	key        contextKey
	name       string // the key as it is written
	fallback   policy.Text
	hasDefault bool
	// hidden is the symbol in the name of the key, if there is one.
	hidden *policy.Symbol
}

// pattern is an entry of Resource or a condition value, ready to be matched.
type pattern struct {
	source policy.Text
	syntax syntax
	pieces []piece
	// simple is the pattern as policy.Glob takes it, where isSimple is set:
	// no symbols, variables or escaped wildcards.
	simple   string
	isSimple bool
	// star is set for the pattern that is "*" and nothing else.
	star                             bool
	hasSymbol, hasVariable, hasGlob  bool
	variableEarly, runningStar, isAR bool
	// segments are the pieces between the first five colons, for arnSyntax.
	segments []segment
	// variables tells that ${...} is honoured.
	variables bool
	// choices tells that a SymbolChoice is among the symbols.
	choices bool
	// mayGlob tells that a symbol may hide wildcards: it is not an attribute of
	// a resource.
	mayGlob bool
	// wildType is as in [WildcardInType].
	wildType bool
	// spread is set where the pattern stands for any number of entries of its
	// list, and alternatives are what they may be; nil where that is not known.
	spread       *policy.Symbol
	alternatives []*pattern
}

const arnSegments = 6

// segment is one part of an ARN pattern; simple is as in pattern.
type segment struct {
	pieces   []piece
	simple   string
	isSimple bool
}

// newPattern compiles a text. variables tells whether ${...} is honoured
// (Version 2012-10-17; IAM User Guide, policy variables).
func newPattern(x policy.Text, syn syntax, variables bool) *pattern {
	p := &pattern{source: x, syntax: syn, variables: variables}
	if s := x.Symbol(); s != nil && s.Kind == policy.SymbolSpread {
		p.spread = s
		for _, alternative := range s.Alternatives {
			p.alternatives = append(p.alternatives, newPattern(alternative, syn, variables))
		}
	}
	escaped := false
	for _, part := range policy.ParseTemplate(x, variables).Parts {
		switch {
		case part.Symbol != nil:
			p.symbol(part.Symbol)
		case part.Variable != nil:
			p.hasVariable = true
			p.pieces = append(p.pieces, piece{kind: variablePiece, variable: newVariable(part.Variable)})
		case part.Exact != "":
			escaped = escaped || part.Exact != "$"
			p.literal(part.Exact)
		default:
			p.wild(part.Literal)
		}
	}
	if !p.hasSymbol && !p.hasVariable && !escaped {
		p.isSimple = true
		if s, known := x.Known(); known && !strings.Contains(s, "${") {
			p.simple = s
		} else {
			p.simple = spell(p.pieces)
		}
	}
	p.star = len(p.pieces) == 1 && p.pieces[0].kind == starPiece
	if syn == arnSyntax {
		p.split()
	}
	return p
}

func newVariable(v *policy.Variable) *variable {
	out := &variable{fallback: v.Default, hasDefault: v.HasDefault}
	name, known := v.Key.Known()
	if !known {
		out.hidden = v.Key.Symbols()[0]
		return out
	}
	out.key, out.name = newContextKey(name), name
	return out
}

func (p *pattern) symbol(s *policy.Symbol) {
	p.hasSymbol = true
	p.choices = p.choices || s.Kind == policy.SymbolChoice
	p.mayGlob = p.mayGlob || !isPlain(s)
	p.pieces = append(p.pieces, piece{kind: symbolPiece, symbol: s})
}

// plainAttributes are attributes of resources that identify something and so
// hold no wildcards.
var plainAttributes = []string{
	"arn", "id", "name", "unique_id", "account_id", "bucket", "function_name", "policy_arn", "hex", "dec", "b64_url", "result",
}

// isPlain reports whether the text of a symbol certainly has no wildcards in
// it. A variable may hold a pattern, and so may what some resource computes.
func isPlain(s *policy.Symbol) bool {
	switch s.Kind {
	case policy.SymbolAccount, policy.SymbolPartition, policy.SymbolRegion:
		return true
	case policy.SymbolReference:
		return slices.Contains(plainAttributes, s.Attribute)
	case policy.SymbolUnknown, policy.SymbolVariable, policy.SymbolDerived, policy.SymbolChoice, policy.SymbolSpread:
	}
	return false
}

func (p *pattern) literal(s string) {
	if s == "" {
		return
	}
	if n := len(p.pieces); n > 0 && p.pieces[n-1].kind == literalPiece {
		p.pieces[n-1].text += s
		return
	}
	p.pieces = append(p.pieces, piece{kind: literalPiece, text: s})
}

// wild adds characters of which * and ? may be wildcards.
func (p *pattern) wild(s string) {
	if p.syntax == exactSyntax {
		p.literal(s)
		return
	}
	for s != "" {
		i := strings.IndexAny(s, "*?")
		if i < 0 {
			p.literal(s)
			return
		}
		p.literal(s[:i])
		p.hasGlob = true
		kind := starPiece
		if s[i] == '?' {
			kind = onePiece
		}
		if n := len(p.pieces); kind == onePiece || n == 0 || p.pieces[n-1].kind != starPiece {
			p.pieces = append(p.pieces, piece{kind: kind})
		}
		s = s[i+1:]
	}
}

// spell writes literal pieces and wildcards.
func spell(pieces []piece) string {
	var b strings.Builder
	for _, q := range pieces {
		switch q.kind {
		case literalPiece:
			b.WriteString(q.text)
		case starPiece:
			b.WriteByte('*')
		case onePiece:
			b.WriteByte('?')
		case symbolPiece, variablePiece:
		}
	}
	return b.String()
}

// newSegment tells whether the pieces can be spelled as a glob.
func newSegment(pieces []piece) segment {
	s := segment{pieces: pieces, isSimple: true}
	for _, q := range pieces {
		if q.kind == symbolPiece || q.kind == variablePiece || q.kind == literalPiece && strings.ContainsAny(q.text, "*?") {
			s.isSimple = false
		}
	}
	if s.isSimple {
		s.simple = spell(pieces)
	}
	return s
}

// split divides the pieces at the first five colons. Symbols and variables
// are taken to hide none.
func (p *pattern) split() {
	var current []piece
	for _, q := range p.pieces {
		for q.kind == literalPiece && len(p.segments) < arnSegments-1 {
			before, after, found := strings.Cut(q.text, ":")
			if !found {
				break
			}
			if before != "" {
				current = append(current, piece{kind: literalPiece, text: before})
			}
			p.segments = append(p.segments, newSegment(current))
			current, q.text = nil, after
		}
		if q.kind != literalPiece || q.text != "" {
			current = append(current, q)
		}
	}
	p.segments = append(p.segments, newSegment(current))
	p.isAR = len(p.segments) > 1 && p.segments[0].isSimple && p.segments[0].simple == "arn"
	for i, s := range p.segments {
		if i == arnSegments-1 {
			break
		}
		for _, q := range s.pieces {
			p.variableEarly = p.variableEarly || q.kind == variablePiece
		}
		if n := len(s.pieces); n > 0 && i < len(p.segments)-1 && s.pieces[n-1].kind == starPiece {
			p.runningStar = true
		}
	}
}

// parts are the pieces of the segments.
func (p *pattern) parts() [][]piece {
	out := make([][]piece, len(p.segments))
	for i := range p.segments {
		out[i] = p.segments[i].pieces
	}
	return out
}

// isExact reports whether the pattern stands for one string only, whatever
// that is.
func (p *pattern) isExact() bool { return !p.hasGlob && !p.hasVariable }

// isSpread reports whether the pattern stands for any number of entries of
// its list.
func (p *pattern) isSpread() bool { return p.spread != nil }

// matchSpread is match for a pattern that stands for any number of entries:
// one of them may match where one of what they may be does.
func (p *pattern) matchSpread(match func(*pattern) policy.Truth) policy.Truth {
	if p.alternatives == nil {
		return policy.Maybe
	}
	result := policy.False
	for _, alternative := range p.alternatives {
		result = result.Or(match(alternative))
	}
	return result.And(policy.Maybe)
}

// spreadLangs are the languages of what a pattern that stands for any number
// of entries may take; it certainly takes nothing.
func (p *pattern) spreadLangs(side bound, langs func(*pattern) []*lang) []*lang {
	switch {
	case side == lower:
		return nil
	case p.alternatives == nil:
		return []*lang{anything()}
	}
	var out []*lang
	for _, alternative := range p.alternatives {
		out = append(out, langs(alternative)...)
	}
	return out
}
