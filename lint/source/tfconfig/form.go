package tfconfig

import (
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"
)

// form is what is certain of a text: either it is one of some values, or it
// has certain parts in their order, with anything before, between and after.
type form struct {
	finite bool
	values []string // if finite
	// literals stand one after the other with any text between two of them:
	// the first begins the text and the last ends it, where they are not
	// empty. There are at least two.
	literals []string
}

var (
	anyText = form{literals: []string{"", ""}}
	noText  = form{finite: true}
)

func only(values ...string) form {
	s := form{finite: true}
	for _, v := range values {
		if !slices.Contains(s.values, v) {
			s.values = append(s.values, v)
		}
	}
	return s
}

// isAnything reports whether neither start nor end of the text is certain.
func (s form) isAnything() bool {
	return !s.finite && s.prefix() == "" && s.suffix() == ""
}

func (s form) prefix() string {
	if len(s.literals) == 0 {
		return ""
	}
	return s.literals[0]
}

func (s form) suffix() string {
	if len(s.literals) == 0 {
		return ""
	}
	return s.literals[len(s.literals)-1]
}

// middle are the literals between the first and the last.
func (s form) middle() []string {
	if len(s.literals) < 2 {
		return nil
	}
	return s.literals[1 : len(s.literals)-1]
}

// and is what holds of a text of which both hold.
func (s form) and(t form) form {
	switch {
	case s.finite && t.finite:
		return only(slices.DeleteFunc(slices.Clone(s.values), func(v string) bool { return !slices.Contains(t.values, v) })...)
	case s.finite:
		return only(slices.DeleteFunc(slices.Clone(s.values), func(v string) bool { return !t.takes(v) })...)
	case t.finite:
		return t.and(s)
	}
	prefix, ok := longer(s.prefix(), t.prefix(), strings.HasPrefix)
	suffix, alike := longer(s.suffix(), t.suffix(), strings.HasSuffix)
	switch {
	case !ok || !alike:
		return noText
	case s.prefix() == prefix && s.suffix() == suffix:
		return s
	case t.prefix() == prefix && t.suffix() == suffix:
		return t
	case overlap(prefix, suffix): // the text may be shorter than both together
		return s
	}
	return form{literals: []string{prefix, suffix}}
}

// longer is the longer one of two starts, or ends, of one text; ok is false
// where no text has both.
func longer(a, b string, has func(s, part string) bool) (s string, ok bool) {
	if len(a) < len(b) {
		a, b = b, a
	}
	return a, has(a, b)
}

// overlap reports whether a text can begin with the one and end with the other
// and be shorter than both together.
func overlap(prefix, suffix string) bool {
	for n := 1; n <= min(len(prefix), len(suffix)); n++ {
		if prefix[len(prefix)-n:] == suffix[:n] {
			return true
		}
	}
	return false
}

// takes reports whether a value can be the text.
func (s form) takes(v string) bool {
	if s.finite {
		return slices.Contains(s.values, v)
	}
	rest, ok := strings.CutPrefix(v, s.prefix())
	if !ok {
		return false
	}
	for _, literal := range s.middle() {
		_, after, found := strings.Cut(rest, literal)
		if !found {
			return false
		}
		rest = after
	}
	return strings.HasSuffix(rest, s.suffix())
}

// or is what holds of a text of which one of both holds.
func (s form) or(t form) form {
	switch {
	case s.finite && t.finite:
		return only(append(slices.Clone(s.values), t.values...)...)
	case s.finite && len(s.values) == 0:
		return t
	case t.finite && len(t.values) == 0:
		return s
	}
	return s.general().common(t.general())
}

// general is a form without the values themselves: what they begin and end
// with.
func (s form) general() form {
	if !s.finite {
		return s
	}
	if len(s.values) == 0 {
		return anyText
	}
	prefix, suffix := s.values[0], s.values[0]
	for _, v := range s.values[1:] {
		prefix, suffix = commonPrefix(prefix, v), commonSuffix(suffix, v)
	}
	for _, v := range s.values {
		if len(v) < len(prefix)+len(suffix) {
			suffix = ""
		}
	}
	return form{literals: []string{prefix, suffix}}
}

func (s form) common(t form) form {
	if slices.Equal(s.literals, t.literals) {
		return s
	}
	return form{literals: []string{commonPrefix(s.prefix(), t.prefix()), commonSuffix(s.suffix(), t.suffix())}}
}

func commonPrefix(a, b string) string {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	for n > 0 && n < len(a) && !utf8.RuneStart(a[n]) {
		n--
	}
	return a[:n]
}

func commonSuffix(a, b string) string {
	n := 0
	for n < min(len(a), len(b)) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	for n > 0 && !utf8.RuneStart(a[len(a)-n]) {
		n--
	}
	return a[len(a)-n:]
}

// matchForm is what is certain of a text in which a regular expression
// matches. Terraform's regular expressions are Go's (Terraform, regex
// function).
func matchForm(pattern string) form {
	if checkPattern(pattern) != nil {
		return anyText
	}
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return noText
	}
	found := anyText
	for i, branch := range branches(re) {
		if s := branchForm(branch); i == 0 {
			found = s
		} else {
			found = found.or(s)
		}
	}
	return found
}

// branches are the alternatives of an expression, each with its own anchors.
func branches(re *syntax.Regexp) []*syntax.Regexp {
	switch re.Op { //nolint:exhaustive // the others are one branch
	case syntax.OpCapture:
		return branches(re.Sub[0])
	case syntax.OpAlternate:
		var list []*syntax.Regexp
		for _, sub := range re.Sub {
			list = append(list, branches(sub)...)
		}
		return list
	}
	return []*syntax.Regexp{re}
}

// branchForm is matchForm of one alternative.
func branchForm(re *syntax.Regexp) form {
	parts := flatConcat(re, nil)
	begins, ends := false, false
	for len(parts) > 0 && parts[0].Op == syntax.OpBeginText {
		begins, parts = true, parts[1:]
	}
	for len(parts) > 0 && parts[len(parts)-1].Op == syntax.OpEndText {
		ends, parts = true, parts[:len(parts)-1]
	}
	if begins && ends {
		if values, ok := spellAll(parts); ok {
			return only(values...)
		}
	}
	literals := []string{""}
	open := func() {
		if literals[len(literals)-1] != "" || len(literals) == 1 {
			literals = append(literals, "")
		}
	}
	if !begins {
		open()
	}
	for _, part := range parts {
		if values, ok := spell(part); ok && len(values) == 1 {
			literals[len(literals)-1] += values[0]
			continue
		}
		open()
	}
	if !ends || len(literals) == 1 {
		open()
	}
	return form{literals: literals}
}

// flatConcat is a concatenation as a list. A group around a part of it makes
// no difference.
func flatConcat(re *syntax.Regexp, list []*syntax.Regexp) []*syntax.Regexp {
	switch re.Op { //nolint:exhaustive // the others are one part
	case syntax.OpConcat, syntax.OpCapture:
		for _, sub := range re.Sub {
			list = flatConcat(sub, list)
		}
		return list
	}
	return append(list, re)
}

// spellAll are the texts that a concatenation matches.
func spellAll(parts []*syntax.Regexp) (values []string, ok bool) {
	values = []string{""}
	for _, part := range parts {
		tails, ok := spell(part)
		if !ok || len(values)*len(tails) > maxAlternatives {
			return nil, false
		}
		var next []string
		for _, head := range values {
			for _, tail := range tails {
				next = append(next, head+tail)
			}
		}
		values = next
	}
	return values, true
}

// spell are the texts that an expression matches; ok is false where they are
// too many, or depend on what stands around.
func spell(re *syntax.Regexp) (values []string, ok bool) {
	switch re.Op { //nolint:exhaustive // the others match too many texts
	case syntax.OpEmptyMatch:
		return []string{""}, true
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase != 0 && strings.ToLower(string(re.Rune)) != strings.ToUpper(string(re.Rune)) {
			return nil, false
		}
		return []string{string(re.Rune)}, true
	case syntax.OpCharClass:
		for i := 0; i+1 < len(re.Rune); i += 2 {
			for r := re.Rune[i]; r <= re.Rune[i+1]; r++ {
				if values = append(values, string(r)); len(values) > maxAlternatives {
					return nil, false
				}
			}
		}
		return values, true
	case syntax.OpCapture, syntax.OpConcat:
		return spellAll(re.Sub)
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			more, ok := spell(sub)
			if !ok || len(values)+len(more) > maxAlternatives {
				return nil, false
			}
			values = append(values, more...)
		}
		return values, true
	case syntax.OpQuest:
		more, ok := spell(re.Sub[0])
		return append([]string{""}, more...), ok
	case syntax.OpRepeat:
		if re.Max < 0 || re.Max > maxAlternatives {
			return nil, false
		}
		return spellRepeat(re)
	}
	return nil, false
}

func spellRepeat(re *syntax.Regexp) (values []string, ok bool) {
	var parts []*syntax.Regexp
	for n := 0; n <= re.Max; n++ {
		if n >= re.Min {
			more, ok := spellAll(parts)
			if !ok || len(values)+len(more) > maxAlternatives {
				return nil, false
			}
			values = append(values, more...)
		}
		parts = append(parts, re.Sub[0])
	}
	return values, true
}
