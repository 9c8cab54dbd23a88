package tfconfig

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/internal/lazy"
)

var (
	errTooLarge = refusal("the result is too large")
	errNumber   = refusal("a number is too large to be written out")
)

// resultTooLarge estimates, before a call, the result of the functions that
// multiply, and bounds what decoders recurse on.
func (l *limits) resultTooLarge(name string, args []cty.Value) error {
	switch name {
	case "indent":
		n, ok := 0, false
		if len(args) > 0 {
			n, ok = wholeNumber(args[0])
		}
		if ok && (n > l.text || n*(1+strings.Count(stringArgument(args, 1), "\n")) > l.text) {
			return errTooLarge
		}
	case "join":
		return l.joinedTooLarge(args)
	case "format", "formatlist":
		return l.formattedTooLarge(name, args)
	case "jsondecode", "csvdecode", "yamldecode":
		return l.encodedTooLarge(name, stringArgument(args, 0))
	case "concat", "flatten", "merge", "setproduct", "setunion", "zipmap":
		return l.collectedTooLarge(name, args)
	case "regex":
		return checkPattern(stringArgument(args, 0))
	case "regexall":
		return l.matchesTooLarge(stringArgument(args, 0), stringArgument(args, 1))
	}
	return nil
}

// collectedTooLarge bounds the elements of collections that are made of others.
func (l *limits) collectedTooLarge(name string, args []cty.Value) error {
	total := 0
	switch name {
	case "flatten":
		if len(args) > 0 {
			total = leaves(args[0], l.product)
		}
	case "setproduct":
		total = 1
		for _, a := range args {
			if total *= max(1, countArgument(a)); total > l.product/len(args) {
				return errTooLarge
			}
		}
	default:
		for _, a := range args {
			total += countArgument(a)
		}
	}
	if total > l.product || name == "setunion" && total > maxSet {
		return errTooLarge
	}
	return nil
}

// encodedTooLarge bounds a text before it is decoded.
func (l *limits) encodedTooLarge(name, text string) error {
	switch {
	case escapedToken().MatchString(text):
		return errToken
	case name == "jsondecode":
		return checkBrackets([]byte(text), l.nodes, l.nesting)
	case name == "yamldecode":
		return l.checkYAML(text)
	case strings.Count(text, "\n")+strings.Count(text, ",") > l.nodes:
		return errTooLarge
	}
	return nil
}

var repetition = lazy.Regexp(`\{(\d+)(?:,(\d*))?\}`)

// expressionSize is about how many instructions a regular expression compiles
// to.
func expressionSize(pattern string) int {
	total := len(pattern)
	for _, m := range repetition().FindAllStringSubmatch(pattern, -1) {
		for _, digits := range m[1:] {
			if n, err := strconv.Atoi(digits); err == nil {
				total += n
			}
		}
	}
	return total
}

// checkPattern bounds the program that a regular expression compiles to.
func checkPattern(pattern string) error {
	if expressionSize(pattern) > 16<<10 {
		return refusal("the regular expression is too large")
	}
	return nil
}

// matchesTooLarge bounds what regexall returns: a text for each group of each
// match.
func (l *limits) matchesTooLarge(pattern, text string) error {
	if err := checkPattern(pattern); err != nil {
		return err
	}
	groups := 1 + strings.Count(pattern, "(")
	if len(text) < l.nodes/groups {
		return nil
	}
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil //nolint:nilerr // the call says what is wrong
	}
	if most := l.nodes / groups; len(re.FindAllStringIndex(text, most+1)) > most {
		return errTooLarge
	}
	return nil
}

// leaves are the elements in lists inside one another that are none, somewhat
// more than most where there are more.
func leaves(v cty.Value, most int) int {
	v, _ = v.Unmark()
	if ty := v.Type(); !isDefinite(v) || !ty.IsListType() && !ty.IsSetType() && !ty.IsTupleType() {
		return 1
	}
	n := 0
	for it := v.ElementIterator(); it.Next() && n <= most; {
		_, x := it.Element()
		n += leaves(x, most)
	}
	return n
}

func stringArgument(args []cty.Value, i int) string {
	if i < len(args) {
		if v, _ := args[i].Unmark(); isText(v) {
			return v.AsString()
		}
	}
	return ""
}

func countArgument(v cty.Value) int {
	v, _ = v.Unmark()
	if isDefinite(v) && v.CanIterateElements() {
		return v.LengthInt()
	}
	return 0
}

func (l *limits) joinedTooLarge(args []cty.Value) error {
	total, separator := 0, len(stringArgument(args, 0))
	for _, a := range args[min(1, len(args)):] {
		u, _ := a.Unmark()
		if !isDefinite(u) || !u.CanIterateElements() {
			continue
		}
		for it := u.ElementIterator(); it.Next(); {
			_, x := it.Element()
			total += separator
			if x, _ = x.Unmark(); isText(x) {
				total += len(x.AsString())
			}
			if total > l.text {
				return errTooLarge
			}
		}
	}
	return nil
}

// formattedTooLarge bounds what the verbs of a format can make of their
// arguments: each verb may repeat one of them.
func (l *limits) formattedTooLarge(name string, args []cty.Value) error {
	most, format := 1, stringArgument(args, 0)
	if name == "formatlist" {
		most = longestArgument(args)
	}
	w := widest(format)
	if w > l.text || (w+len(format))*most > 4*l.text {
		return errTooLarge
	}
	verbs := strings.Count(format, "%")
	longest := 0
	for _, a := range args[min(1, len(args)):] {
		u, _ := a.UnmarkDeep()
		if isDefinite(u) && u.Type() == cty.Number && !printable(u) {
			return errNumber
		}
		if isText(u) {
			longest = max(longest, len(u.AsString()))
		} else if err := l.writable(u); err != nil {
			return err
		}
	}
	if verbs*longest*most > 4*l.text {
		return errTooLarge
	}
	return nil
}

var (
	formatWidth = lazy.Regexp(`%[^a-zA-Z%]*`)
	digits      = lazy.Regexp(`\d+`)
)

// widest is how long the verbs of a format are at least, together: the sum of
// their widths and precisions.
func widest(format string) int {
	total := 0
	for _, verb := range formatWidth().FindAllString(format, -1) {
		for _, text := range digits().FindAllString(verb, -1) {
			n, err := strconv.Atoi(text)
			if err != nil || n > maxString {
				return math.MaxInt
			}
			total += n
		}
	}
	return total
}

func (l *limits) replacedTooLarge(s []string) error {
	times := strings.Count(s[0], s[1])
	if _, re := slashed(s[1]); re {
		times = len(s[0]) + 1
		if err := checkPattern(s[1]); err != nil {
			return err
		}
		// A replacement like $1$1$1 repeats what matched.
		if n := strings.Count(s[2], "$"); n > 0 && len(s[0])*n > l.text {
			return errTooLarge
		}
		if len(s[2]) == 0 {
			return nil
		}
	}
	if len(s[2]) > 0 && times > (l.text*4)/len(s[2]) {
		return errTooLarge
	}
	return nil
}
