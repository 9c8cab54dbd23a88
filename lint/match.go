package lint

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"

	"github.com/boundlint/boundlint/lint/policy"
)

// Pattern is a glob ('*' any run of characters, '?' one), or "regex:" and a
// regular expression in RE2's syntax that has to be found somewhere in the
// text. It judges texts with symbols exactly: each symbol may be any string.
type Pattern struct {
	source string
	prog   *syntax.Prog
	re     *regexp.Regexp
	glob   bool
}

// maxMatchStates bounds the sets of automaton states that are looked at for
// one text; beyond it the answer is policy.Maybe.
const maxMatchStates = 2000

const regexPrefix = "regex:"

// ParsePattern reads a pattern; only a regular expression can be wrong.
func ParsePattern(source string) (*Pattern, error) {
	p := &Pattern{source: source}
	expr, isRegex := strings.CutPrefix(source, regexPrefix)
	if !isRegex {
		p.glob = true
		expr = globExpression(source)
	}
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil, fmt.Errorf("pattern %q: %w", source, err)
	}
	p.prog, err = syntax.Compile(tree.Simplify())
	if err != nil {
		return nil, fmt.Errorf("pattern %q: %w", source, err)
	}
	if p.re, err = regexp.Compile(expr); err != nil {
		return nil, fmt.Errorf("pattern %q: %w", source, err)
	}
	return p, nil
}

// globExpression is the regular expression of a glob.
func globExpression(glob string) string {
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	for _, c := range glob {
		switch c {
		case '*':
			b.WriteString(`.*`)
		case '?':
			b.WriteString(`.`)
		default:
			b.WriteString(regexp.QuoteMeta(string(c)))
		}
	}
	b.WriteString(`\z`)
	return b.String()
}

// String is the pattern as it was written.
func (p *Pattern) String() string { return p.source }

// Matches judges a text that is wholly known.
func (p *Pattern) Matches(s string) bool {
	if p.glob {
		return policy.Glob(p.source, s)
	}
	return p.re.MatchString(s)
}

// Match judges a text with symbols in it.
func (p *Pattern) Match(x policy.Text) policy.Truth {
	if s, ok := x.Known(); ok {
		if p.Matches(s) {
			return policy.True
		}
		return policy.False
	}
	if len(x.Parts()) > maxParts {
		return policy.Maybe
	}
	texts := expandChoices(x)
	answer := p.matchOne(texts[0])
	for _, y := range texts[1:] {
		if p.matchOne(y) != answer {
			return policy.Maybe
		}
	}
	return answer
}

// maxParts bounds the parts of a text: none of IAM's names is long enough for so
// many.
const maxParts = 200

// maxChoices bounds the texts that a text with choices is expanded to.
const maxChoices = 64

// expandChoices replaces each symbol that stands for one of several texts by
// each of them.
func expandChoices(x policy.Text) []policy.Text {
	for _, s := range x.Symbols() {
		if s.Kind != policy.SymbolChoice || len(s.Alternatives) == 0 {
			continue
		}
		var out []policy.Text
		for _, a := range s.Alternatives {
			replaced := x.Map(func(t *policy.Symbol) (policy.Text, bool) { return a, t == s })
			out = append(out, expandChoices(replaced)...)
			if len(out) > maxChoices {
				return []policy.Text{x}
			}
		}
		return out
	}
	return []policy.Text{x}
}

// matchOne follows every set of states of the automaton that some value of
// the symbols leads to. A symbol that stands twice is taken to stand for two
// strings: that can only turn an answer into policy.Maybe.
func (p *Pattern) matchOne(x policy.Text) policy.Truth {
	if p.looksAround() {
		return policy.Maybe
	}
	alphabet := p.alphabet()
	sets := []stateSet{p.start()}
	for _, part := range x.Parts() {
		var ok bool
		if part.Symbol == nil {
			for i, s := range sets {
				for _, c := range part.Literal {
					s = p.step(s, c)
				}
				sets[i] = s
			}
			continue
		}
		if sets, ok = p.closure(sets, alphabet); !ok {
			return policy.Maybe
		}
	}
	matching := 0
	for _, s := range sets {
		if p.accepts(s) {
			matching++
		}
	}
	switch matching {
	case len(sets):
		return policy.True
	case 0:
		return policy.False
	}
	return policy.Maybe
}

// looksAround reports whether the pattern has assertions other than those for
// the beginning and the end of the text.
func (p *Pattern) looksAround() bool {
	const ends = syntax.EmptyBeginText | syntax.EmptyEndText
	for _, in := range p.prog.Inst {
		if in.Op == syntax.InstEmptyWidth && syntax.EmptyOp(in.Arg)&^ends != 0 {
			return true
		}
	}
	return false
}

// stateSet is the set of places in the program that may be next, sorted, and
// whether a match has been found already. An expression that does not begin
// at the beginning of the text may begin anywhere.
type stateSet struct {
	at      []uint32
	matched bool
}

func (s stateSet) key() string {
	var b strings.Builder
	for _, pc := range s.at {
		b.WriteByte(byte(pc))
		b.WriteByte(byte(pc >> 8))
	}
	if s.matched {
		b.WriteByte('!')
	}
	return b.String()
}

func (p *Pattern) start() stateSet {
	return p.follow([]uint32{uint32(p.prog.Start)}, syntax.EmptyBeginText, false)
}

// follow takes all steps that consume nothing.
func (p *Pattern) follow(from []uint32, flags syntax.EmptyOp, matched bool) stateSet {
	seen := make(map[uint32]bool, len(from))
	var visit func(pc uint32)
	visit = func(pc uint32) {
		if seen[pc] {
			return
		}
		seen[pc] = true
		switch in := &p.prog.Inst[pc]; in.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			visit(in.Out)
			visit(in.Arg)
		case syntax.InstCapture, syntax.InstNop:
			visit(in.Out)
		case syntax.InstEmptyWidth:
			// Whether this is the end is not known yet: accepts asks again.
			if syntax.EmptyOp(in.Arg)&^flags == 0 {
				visit(in.Out)
			}
		case syntax.InstMatch:
			matched = true
		case syntax.InstFail, syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
		}
	}
	for _, pc := range from {
		visit(pc)
	}
	at := make([]uint32, 0, len(seen))
	for pc := range seen {
		switch p.prog.Inst[pc].Op {
		case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL, syntax.InstEmptyWidth:
			at = append(at, pc)
		case syntax.InstAlt, syntax.InstAltMatch, syntax.InstCapture, syntax.InstNop, syntax.InstMatch, syntax.InstFail:
		}
	}
	slices.Sort(at)
	return stateSet{at, matched}
}

func (p *Pattern) step(s stateSet, c rune) stateSet {
	var next []uint32
	for _, pc := range s.at {
		in := &p.prog.Inst[pc]
		if in.Op != syntax.InstEmptyWidth && in.MatchRune(c) {
			next = append(next, in.Out)
		}
	}
	next = append(next, uint32(p.prog.Start))
	return p.follow(next, 0, s.matched)
}

// accepts reports whether the text may end here.
func (p *Pattern) accepts(s stateSet) bool {
	return s.matched || p.follow(s.at, syntax.EmptyEndText, false).matched
}

// closure is every set that some string leads to from one of the sets.
func (p *Pattern) closure(sets []stateSet, alphabet []rune) ([]stateSet, bool) {
	seen := map[string]bool{}
	var out []stateSet
	add := func(s stateSet) {
		if k := s.key(); !seen[k] {
			seen[k] = true
			out = append(out, s)
		}
	}
	for _, s := range sets {
		add(s)
	}
	for i := 0; i < len(out); i++ {
		if len(out) > maxMatchStates {
			return nil, false
		}
		for _, c := range alphabet {
			add(p.step(out[i], c))
		}
	}
	return out, true
}

// alphabet has a character of every kind that the pattern tells apart.
func (p *Pattern) alphabet() []rune {
	edges := []rune{0, '\n', '\n' + 1}
	for _, in := range p.prog.Inst {
		switch in.Op {
		case syntax.InstRune, syntax.InstRune1:
			for _, r := range in.Rune {
				for _, c := range []rune{r, unicode.ToLower(r), unicode.ToUpper(r)} {
					edges = append(edges, c, c+1)
				}
			}
		case syntax.InstAlt, syntax.InstAltMatch, syntax.InstCapture, syntax.InstNop, syntax.InstEmptyWidth,
			syntax.InstMatch, syntax.InstFail, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
		}
	}
	slices.Sort(edges)
	return slices.Compact(edges)
}
