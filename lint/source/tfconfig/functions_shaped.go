package tfconfig

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"github.com/boundlint/boundlint/lint/policy"
)

// A function that looks into strings is decided where all symbols in its
// arguments have a shape: an account is twelve digits, a partition one of a
// few names. It is run on texts that the symbols may stand for. What the first
// run gives, with its text for each symbol taken for the symbol again, is the
// result if it is right for all other runs too. Their texts are chosen so that
// whatever parts of the other arguments can meet the text of a symbol do so in
// one of them, and do not in another.

// maxRuns bounds how often a function is run for one call.
const maxRuns = 600

// pattern is an argument that a function takes for a regular expression.
type pattern struct {
	arg        int
	expression string
}

// patternOf is the pattern that a function of that name looks for; nil where it
// looks for texts as they are.
func patternOf(name string, args []cty.Value) *pattern {
	text := func(i int) string {
		if i < len(args) {
			if u, _ := args[i].Unmark(); isText(u) {
				return u.AsString()
			}
		}
		return ""
	}
	switch name {
	case "regex", "regexall":
		return &pattern{0, text(0)}
	case "replace":
		if expression, ok := slashed(text(1)); ok {
			return &pattern{1, expression}
		}
	case "trim":
		var class strings.Builder
		for _, r := range text(1) {
			fmt.Fprintf(&class, `\x{%x}`, r)
		}
		return &pattern{1, "[" + class.String() + "]*"}
	}
	return nil
}

// onShapes calls a function whose arguments hold symbols; ok is false where the
// result depends on what they stand for.
func (ev *evaluator) onShapes(f function.Function, args []cty.Value, p *pattern) (v cty.Value, err error, ok bool) {
	plain := make([]cty.Value, len(args))
	var marks []cty.ValueMarks
	for i, a := range args {
		u, m := a.UnmarkDeep()
		if !u.IsWhollyKnown() {
			return cty.NilVal, nil, false
		}
		plain[i] = ev.spelled(u)
		marks = append(marks, m)
	}
	t := &trial{ev: ev, args: plain}
	if !t.collect() || !t.choose(p) {
		return cty.NilVal, nil, false
	}
	ev.steps -= t.runs() * cost(plain)
	v, err, ok = t.decide(f)
	if !ok || err != nil {
		return cty.NilVal, err, ok
	}
	for i, a := range plain {
		if v.RawEquals(a) { // unchanged: as it was written
			v, _ = args[i].UnmarkDeep()
		}
	}
	return v.WithMarks(withoutMaybe(marks)...), nil, true
}

// spelled is a value in which references to ARNs of declared resources are
// replaced by the ARNs that these will have.
func (ev *evaluator) spelled(v cty.Value) cty.Value {
	out, err := cty.Transform(v, func(_ cty.Path, x cty.Value) (cty.Value, error) {
		if isText(x) && policy.ContainsToken(x.AsString()) {
			return cty.StringVal(ev.symbols.Encode(ev.spellARNs(ev.decode(x)))), nil
		}
		return x, nil
	})
	if err != nil {
		return v
	}
	return out
}

// trial is a call that is tried with texts in place of symbols.
type trial struct {
	ev      *evaluator
	args    []cty.Value
	symbols []*policy.Symbol
	// strings are the strings in each argument, and holders the arguments that
	// each symbol stands in.
	strings [][]policy.Text
	holders map[*policy.Symbol][]int
	// texts are those that are tried for each symbol.
	texts [][]string
	// first are those of the first run, which stand nowhere else.
	first []string
}

// collect finds the symbols in the arguments, and the literal texts around
// them; false where one has no shape, or there is none.
func (t *trial) collect() bool {
	t.strings = make([][]policy.Text, len(t.args))
	t.holders = map[*policy.Symbol][]int{}
	for i, a := range t.args {
		err := cty.Walk(a, func(_ cty.Path, x cty.Value) (bool, error) {
			if keyed := x.Type().IsMapType() || x.Type().IsObjectType(); keyed && isDefinite(x) && x.CanIterateElements() {
				for it := x.ElementIterator(); it.Next(); {
					if k, _ := it.Element(); policy.ContainsToken(k.AsString()) {
						return false, errors.New("a symbol is a key")
					}
				}
			}
			if isText(x) {
				t.note(i, t.ev.decode(x))
			}
			return true, nil
		})
		if err != nil {
			return false
		}
	}
	return len(t.symbols) > 0 && !slices.ContainsFunc(t.symbols, func(s *policy.Symbol) bool { return shapeOf(s) == nil })
}

func (t *trial) note(arg int, x policy.Text) {
	t.strings[arg] = append(t.strings[arg], x)
	for _, s := range x.Symbols() {
		if !slices.Contains(t.symbols, s) {
			t.symbols = append(t.symbols, s)
		}
		if !slices.Contains(t.holders[s], arg) {
			t.holders[s] = append(t.holders[s], arg)
		}
	}
}

// choose chooses the texts; false where they would be too many, or could not
// tell all that a regular expression tells apart.
func (t *trial) choose(p *pattern) bool {
	for _, s := range t.symbols {
		shape := shapeOf(s)
		var patterns []string
		if shape.all == nil {
			var ok bool
			if patterns, ok = t.patterns(s, shape, p); !ok {
				return false
			}
		}
		texts := shape.samples(patterns)
		if texts == nil {
			return false
		}
		t.texts, t.first = append(t.texts, texts), append(t.first, t.unique(texts))
	}
	return t.runs() <= maxRuns
}

func (t *trial) runs() int {
	n := 1
	for _, list := range t.texts {
		n = min(n*len(list), maxRuns+1)
	}
	return n
}

// patterns are the literal texts that a function may look for in an argument
// with the symbol: those of the other arguments.
func (t *trial) patterns(s *policy.Symbol, shape *shape, p *pattern) (patterns []string, ok bool) {
	for i, list := range t.strings {
		if len(t.holders[s]) == 1 && t.holders[s][0] == i {
			continue
		}
		if p == nil || i != p.arg {
			for _, x := range list {
				patterns = append(patterns, literals(x)...)
			}
			continue
		}
		if policy.ContainsToken(p.expression) {
			return nil, false
		}
		found, even := patternLiterals(p.expression, shape.alphabet)
		if !even || meeting(found, shape.alphabet) > 1 {
			// What two of them need together, the texts may not have.
			return nil, false
		}
		patterns = append(patterns, found...)
	}
	return patterns, true
}

// literals are the literal pieces of a text, with each text that a symbol of
// few may stand for.
func literals(x policy.Text) []string {
	texts := []policy.Text{x}
	for _, s := range x.Symbols() {
		shape := shapeOf(s)
		if shape.all == nil || len(texts)*len(shape.all) > maxSamples {
			continue
		}
		var next []policy.Text
		for _, x := range texts {
			for _, known := range shape.all {
				next = append(next, x.Map(func(other *policy.Symbol) (policy.Text, bool) {
					return policy.Literal(known), other == s
				}))
			}
		}
		texts = next
	}
	var out []string
	for _, x := range texts {
		for _, p := range x.Parts() {
			if p.Symbol == nil && !slices.Contains(out, p.Literal) {
				out = append(out, p.Literal)
			}
		}
	}
	return out
}

// meeting counts the texts that begin or end with a character of an alphabet.
func meeting(list []string, alphabet string) int {
	n := 0
	for _, s := range list {
		if strings.Trim(s, alphabet) != s {
			n++
		}
	}
	return n
}

// unique is one of the texts that stands in no argument and holds no text that
// was chosen before, nor is held by one; where there is none, a character that
// stands nowhere.
func (t *trial) unique(texts []string) string {
	// The longest first: aws is a part of all the others.
	texts = slices.SortedStableFunc(slices.Values(texts), func(a, b string) int { return len(b) - len(a) })
	for _, text := range texts {
		taken := slices.ContainsFunc(t.first, func(s string) bool { return strings.Contains(s, text) || strings.Contains(text, s) })
		for _, list := range t.strings {
			taken = taken || slices.ContainsFunc(list, func(x policy.Text) bool { return strings.Contains(x.Key(), text) })
		}
		if !taken {
			return text
		}
	}
	return string(rune(0xE000 + len(t.first)))
}

// decide runs the function; ok is false where the runs do not agree.
func (t *trial) decide(f function.Function) (v cty.Value, err error, ok bool) {
	v, err = t.run(f, t.first)
	if err == nil {
		v = t.abstract(v)
	}
	chosen := make([]string, len(t.texts))
	var try func(n int) bool
	try = func(n int) bool {
		if n < len(t.texts) {
			for _, text := range t.texts[n] {
				if chosen[n] = text; !try(n + 1) {
					return false
				}
			}
			return true
		}
		got, failed := t.run(f, chosen)
		if failed != nil || err != nil {
			return failed != nil && err != nil
		}
		return got.RawEquals(t.put(v, chosen))
	}
	if !try(0) {
		return cty.NilVal, nil, false
	}
	if err != nil {
		err = errors.New(t.symbolsIn(err.Error()))
	}
	return v, err, true
}

// run calls the function with texts in place of the symbols.
func (t *trial) run(f function.Function, texts []string) (cty.Value, error) {
	args := make([]cty.Value, len(t.args))
	for i, a := range t.args {
		args[i] = t.put(a, texts)
	}
	return callConverted(f, args)
}

// put replaces the symbols in a value by texts.
func (t *trial) put(v cty.Value, texts []string) cty.Value {
	return mapTexts(v, func(s string) string {
		if !policy.ContainsToken(s) {
			return s
		}
		known, _ := t.ev.symbols.Text(s).Map(func(s *policy.Symbol) (policy.Text, bool) {
			i := slices.Index(t.symbols, s)
			if i < 0 {
				return policy.Text{}, false
			}
			return policy.Literal(texts[i]), true
		}).Known()
		return known
	})
}

// abstract replaces the texts of the first run in its result by the symbols.
func (t *trial) abstract(v cty.Value) cty.Value { return mapTexts(v, t.symbolsIn) }

func (t *trial) symbolsIn(s string) string {
	for i, text := range t.first {
		s = strings.ReplaceAll(s, text, t.ev.symbols.Token(t.symbols[i]))
	}
	return s
}

// mapTexts maps the strings in a value. Keys of maps and objects stay.
func mapTexts(v cty.Value, f func(string) string) cty.Value {
	if isText(v) {
		return cty.StringVal(f(v.AsString()))
	}
	out, err := cty.Transform(v, func(_ cty.Path, x cty.Value) (cty.Value, error) {
		if isText(x) {
			return cty.StringVal(f(x.AsString())), nil
		}
		return x, nil
	})
	if err != nil {
		return v
	}
	return out
}

func callConverted(f function.Function, args []cty.Value) (cty.Value, error) {
	params := f.Params()
	for i := range args {
		var ty cty.Type
		switch {
		case i < len(params):
			ty = params[i].Type
		case f.VarParam() != nil:
			ty = f.VarParam().Type
		default:
			continue
		}
		v, err := convertValue(args[i], ty)
		if err != nil {
			return cty.NilVal, err
		}
		args[i] = v
	}
	return f.Call(args)
}
