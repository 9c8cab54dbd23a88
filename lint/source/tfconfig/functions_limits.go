package tfconfig

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/zclconf/go-cty/cty"
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
		return l.formattedTooLarge(args)
	case "jsondecode", "csvdecode", "yamldecode":
		return l.encodedTooLarge(name, stringArgument(args, 0))
	case "concat", "flatten", "setunion", "merge", "zipmap":
		total := 0
		for _, a := range args {
			total += countArgument(a)
		}
		if total > l.product || name == "setunion" && total > maxSet {
			return errTooLarge
		}
	case "setproduct":
		total := 1
		for _, a := range args {
			if total *= max(1, countArgument(a)); total > l.product {
				return errTooLarge
			}
		}
	case "regex", "regexall":
		return checkPattern(stringArgument(args, 0))
	}
	return nil
}

// encodedTooLarge bounds a text before it is decoded.
func (l *limits) encodedTooLarge(name, text string) error {
	switch {
	case escapedToken.MatchString(text):
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

var repetition = regexp.MustCompile(`\{(\d+)(?:,(\d*))?\}`)

// checkPattern bounds the program that a regular expression compiles to.
func checkPattern(pattern string) error {
	total := len(pattern)
	for _, m := range repetition.FindAllStringSubmatch(pattern, -1) {
		for _, digits := range m[1:] {
			if n, err := strconv.Atoi(digits); err == nil {
				total += n
			}
		}
	}
	if total > 16<<10 {
		return refusal("the regular expression is too large")
	}
	return nil
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
func (l *limits) formattedTooLarge(args []cty.Value) error {
	most := 1
	for _, a := range args[min(1, len(args)):] {
		most = max(most, countArgument(a)) // of formatlist
	}
	if w := widest(stringArgument(args, 0)); w > l.text || w*most > 4*l.text {
		return errTooLarge
	}
	verbs := strings.Count(stringArgument(args, 0), "%")
	longest := 0
	for _, a := range args {
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
	if verbs*longest > 4*l.text {
		return errTooLarge
	}
	return nil
}

var (
	formatWidth = regexp.MustCompile(`%[^a-zA-Z%]*`)
	digits      = regexp.MustCompile(`\d+`)
)

// widest is how long the verbs of a format are at least, together: the sum of
// their widths and precisions.
func widest(format string) int {
	total := 0
	for _, verb := range formatWidth.FindAllString(format, -1) {
		for _, text := range digits.FindAllString(verb, -1) {
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
