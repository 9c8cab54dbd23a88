package tfconfig

import (
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"

	"github.com/boundlint/boundlint/lint/policy"
)

// shape is what the text of a symbol can be, where that is known.
type shape struct {
	// all are the texts where there are few enough to try each.
	all []string
	// Of the others some are typical, is tells which texts belong to the
	// shape, and alphabet has every character of them.
	some     []string
	is       func(string) bool
	alphabet string
	// fill are what makes a text of the shape out of a piece of one: before
	// the piece, after it, and between two pieces.
	before, after, between []string
}

// digitRuns are runs of one digit, of every length that an account has.
func digitRuns() []string {
	runs := []string{""}
	for _, digit := range []string{"0", "7"} {
		for n := range 12 {
			runs = append(runs, strings.Repeat(digit, n+1))
		}
	}
	return runs
}

var accountShape = &shape{
	some: []string{"123456789012", "907856341209", "000000000000", "999999999999"},
	is:   policy.IsAccount, alphabet: "0123456789",
	before: digitRuns(), after: digitRuns(), between: digitRuns(),
}

var regionShape = &shape{
	some: []string{
		"us-east-1", "eu-central-1", "ap-southeast-2", "us-gov-west-1", "cn-northwest-1", "us-isob-east-1",
		"eusc-de-east-1", "il-central-1", "mx-west-12", "cn-north-1", "qq-q-9", "qq-qqqqqqqqqqqqqqqqqqqq-99",
	},
	is: policy.IsRegion, alphabet: "abcdefghijklmnopqrstuvwxyz0123456789-",
	before:  []string{"", "z", "zz", "zz-", "zz-z", "zz-zz-", "zz-zz-8", "qq-q"},
	after:   []string{"", "z", "z-z-8", "-z-8", "-8", "8", "zz-8", "q-qq-99"},
	between: []string{"", "-", "z", "-z", "z-", "-z-", "z-z"},
}

var partitionShape = &shape{all: partitionNames(), alphabet: "abcdefghijklmnopqrstuvwxyz-"}

func partitionNames() []string {
	var names []string
	for _, p := range policy.Partitions() {
		names = append(names, p.Name)
	}
	return names
}

// shapeOf is the shape of a symbol's text, nil where nothing is known of it.
func shapeOf(s *policy.Symbol) *shape {
	switch s.Kind {
	case policy.SymbolAccount:
		return accountShape
	case policy.SymbolPartition:
		return partitionShape
	case policy.SymbolRegion:
		return regionShape
	case policy.SymbolChoice:
		if all := knownAlternatives(s); len(all) > 0 {
			return &shape{all: all, alphabet: strings.Join(all, "")}
		}
	case policy.SymbolUnknown, policy.SymbolReference, policy.SymbolVariable, policy.SymbolDerived, policy.SymbolSpread:
	}
	return nil
}

// maxSamples bounds how many texts are tried for one symbol.
const maxSamples = 160

// samples are texts of the shape in which every piece of the patterns that may
// meet the text of the symbol stands at each place where it may: at the start,
// at the end and inside. It is nil where they would be too many.
func (s *shape) samples(patterns []string) []string {
	if s.all != nil {
		return s.all
	}
	list := slices.Clone(s.some)
	var heads, tails, inner []string
	for _, p := range patterns {
		head, tail, in := s.pieces(p)
		heads, tails, inner = append(heads, head...), append(tails, tail...), append(inner, in...)
		if len(heads)+len(tails)+len(inner) > maxSamples {
			return nil
		}
	}
	add := func(parts ...string) {
		if text := strings.Join(parts, ""); s.is(text) && !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	for _, head := range heads {
		for _, fill := range s.after {
			add(head, fill)
		}
		for _, tail := range tails {
			for _, fill := range s.between {
				add(head, fill, tail)
			}
		}
	}
	for _, tail := range tails {
		for _, fill := range s.before {
			add(fill, tail)
		}
	}
	for _, piece := range inner {
		for _, before := range s.before {
			for _, after := range s.after {
				add(before, piece, after)
			}
		}
		if len(list) > maxSamples {
			return nil
		}
	}
	return list
}

// pieces are the parts of a pattern that can meet the text of a symbol: the
// ends of the pattern meet its start, the starts its end, and runs of its
// characters stand inside or hold all of it.
func (s *shape) pieces(pattern string) (heads, tails, inner []string) {
	rest := strings.TrimRight(pattern, s.alphabet)
	for n := len(rest); n < len(pattern); n++ {
		heads = append(heads, pattern[n:])
	}
	rest = strings.TrimLeft(pattern, s.alphabet)
	for n := range len(pattern) - len(rest) {
		tails = append(tails, pattern[:n+1])
	}
	outside := func(r rune) bool { return !strings.ContainsRune(s.alphabet, r) }
	for _, run := range strings.FieldsFunc(pattern, outside) {
		if run == pattern {
			inner = append(inner, run)
		}
		for from := range run {
			for to := from + 1; to <= len(run); to++ {
				if s.is(run[from:to]) {
					inner = append(inner, run[from:to])
				}
			}
		}
	}
	return heads, tails, inner
}

// patternLiterals are the literal texts in a regular expression. It is false
// where the expression tells some characters of the alphabet from others in
// another way: by a class such as [1-5], or a text that is repeated.
func patternLiterals(expression, alphabet string) (literals []string, ok bool) {
	re, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return []string{expression}, true // an error whatever the symbols are
	}
	ok = true
	var walk func(re *syntax.Regexp, repeated bool)
	walk = func(re *syntax.Regexp, repeated bool) {
		repeated = repeated || re.Op == syntax.OpStar || re.Op == syntax.OpPlus || re.Op == syntax.OpRepeat
		if re.Op == syntax.OpCharClass && !evenClass(re.Rune, alphabet) {
			ok = false
		}
		if re.Op == syntax.OpLiteral {
			literal := string(re.Rune)
			if re.Flags&syntax.FoldCase != 0 {
				literal = strings.ToLower(literal)
			}
			literals = append(literals, literal)
			if repeated && strings.ContainsAny(literal, alphabet) {
				ok = false
			}
		}
		for _, sub := range re.Sub {
			walk(sub, repeated)
		}
	}
	walk(re, false)
	return literals, ok
}

// evenClass reports whether a class of characters, given by the ends of its
// ranges, treats all letters of an alphabet alike, and all its digits.
func evenClass(ranges []rune, alphabet string) bool {
	in := func(r rune) bool {
		for i := 0; i+1 < len(ranges); i += 2 {
			if ranges[i] <= r && r <= ranges[i+1] {
				return true
			}
		}
		return false
	}
	for _, kind := range []func(rune) bool{unicode.IsDigit, unicode.IsLetter} {
		held, seen := 0, 0
		for _, r := range alphabet {
			if kind(r) {
				seen++
				if in(r) {
					held++
				}
			}
		}
		if held != 0 && held != seen {
			return false
		}
	}
	return true
}
