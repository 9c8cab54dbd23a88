package tfconfig

import (
	"errors"
	"math/bits"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// What a call costs is taken before it is made: going over all that is in the
// arguments, and what the function does besides. A step pays for an element or
// for bytesPerStep bytes of text.

// dear are the functions that take more time for a text than to go over it, and
// how many times as much.
var dear = map[string]int{
	"base64gunzip": 4, "base64gzip": 8, "chomp": 4, "csvdecode": 8, "jsondecode": 4, "length": 8, "parseint": 16,
	"regexall": 4, "strrev": 8, "substr": 8, "title": 2, "yamldecode": 8,
}

// shallow are the functions that do not look at what is in the elements, looking
// those that only take one out, or count them, as an index does.
var (
	shallow = map[string]bool{"issensitive": true}
	looking = map[string]bool{"length": true, "lookup": true}
)

// An operator goes over its operands as fast as it can: elementsPerStep of them
// in a step. Whoever takes an element out of a list looks at its neighbours, too,
// and only whether each is certain to be there: elementsPerLook in a step.
const elementsPerStep, elementsPerLook = 4, 64

// goOver takes the steps of an operator over values.
func (e *env) goOver(rng func() hcl.Range, values ...cty.Value) bool {
	return e.charge(cost(values)/elementsPerStep, rng)
}

// meter takes the steps of a call; ok is false where there are too few left.
func (e *env) meter(name string, args []cty.Value, x *hclsyntax.FunctionCallExpr) bool {
	return e.charge(callSteps(name, args, e.ev.steps), x.Range)
}

// callSteps is how many steps a call takes; somewhat more than most where it is
// more than that.
func callSteps(name string, args []cty.Value, most int) int {
	w := work{most: most, dear: max(1, dear[name]), shallow: shallow[name], looking: looking[name]}
	w.steps += 1 + len(args)
	for _, a := range args {
		w.value(a)
	}
	if w.steps <= most {
		w.steps += besides(name, args, most)
	}
	return w.steps
}

// cost is how many steps it takes to go over the arguments.
func cost(args []cty.Value) int { return callSteps("", args, maxSteps) }

// work adds up the steps that it takes to go over values.
type work struct {
	steps, most, dear int
	shallow, looking  bool
}

func (w *work) value(v cty.Value) {
	v, _ = v.Unmark()
	switch {
	case w.steps > w.most:
	case isText(v):
		w.steps += len(v.AsString()) * w.dear / bytesPerStep
	case isDefinite(v) && v.CanIterateElements():
		w.elements(v)
	}
}

func (w *work) elements(v cty.Value) {
	n, ty := v.LengthInt(), v.Type()
	if w.looking && !ty.IsSetType() {
		w.steps += n / elementsPerLook
		return
	}
	w.steps += n
	if ty.IsSetType() { // the library puts it into order each time
		w.steps += n * bits.Len(uint(n)) //nolint:gosec // a length is not negative
	}
	if w.shallow || w.looking || w.steps > w.most || ty.IsCollectionType() &&
		(ty.ElementType() == cty.Number || ty.ElementType() == cty.Bool) {
		return
	}
	before := w.steps
	for it := v.ElementIterator(); it.Next() && w.steps <= w.most; {
		k, x := it.Element()
		if ty.IsMapType() || ty.IsObjectType() {
			w.value(k)
		}
		w.value(x)
		if !x.Type().IsPrimitiveType() {
			w.steps++
		}
	}
	if ty.IsSetType() { // by all that is in its elements
		const hashes = 4                                           // two for each comparison, of quoted texts
		w.steps += hashes * (w.steps - before) * bits.Len(uint(n)) //nolint:gosec // as above
	}
}

// besides are the steps for what a function does beside going over its
// arguments: what it makes of them, or one argument for each part of another.
func besides(name string, args []cty.Value, most int) int {
	size := func(i int) int { return len(stringArgument(args, i)) }
	switch name {
	case "regex", "regexall":
		return expressionSteps(stringArgument(args, 0), size(1))
	case "replace":
		if re, ok := slashed(stringArgument(args, 1)); ok {
			return expressionSteps(re, size(0))
		}
	case "trim": // each character is looked for among the others
		return ratio(size(0), size(1), bytesPerStep*bytesPerStep)
	case "split":
		if separator := stringArgument(args, 0); separator != "" {
			return strings.Count(stringArgument(args, 1), separator)
		}
		return utf8.RuneCountInString(stringArgument(args, 1))
	case "setproduct":
		return productSteps(args, most)
	case "formatlist":
		return ratio(longestArgument(args), size(0)+1, bytesPerStep)
	case "distinct", "matchkeys", "setintersection", "setsubtract", "setunion", "toset":
		return collisions(args, most)
	}
	return 0
}

// ratio is x*y/z, no more than what no budget pays.
func ratio(x, y, z int) int {
	if y > 0 && x > maxSteps*z/y {
		return maxSteps + 1
	}
	return x * y / z
}

// expressionSteps are those of a regular expression over a text: at worst each
// of its instructions sees each byte.
func expressionSteps(pattern string, text int) int {
	const instructionsPerStep = 64
	return ratio(text, expressionSize(pattern), instructionsPerStep)
}

// productSteps are those of setproduct: each element of an argument stands in
// as many tuples as those of the others make.
func productSteps(args []cty.Value, most int) int {
	total := 1
	for _, a := range args {
		total = min(total*max(1, countArgument(a)), maxProduct+1)
	}
	steps := 0
	for _, a := range args {
		w := work{most: most, dear: 1}
		w.value(a)
		steps += ratio(w.steps, total, max(1, countArgument(a)))
	}
	return min(steps, maxSteps+1)
}

func longestArgument(args []cty.Value) int {
	most := 1
	for _, a := range args[min(1, len(args)):] {
		most = max(most, countArgument(a))
	}
	return most
}

// collisions are the comparisons that it takes to put the elements of the
// arguments into a set. The library compares those of one hash with each other,
// and texts of one hash are easily made.
func collisions(args []cty.Value, most int) int {
	buckets := map[int][]cty.Value{}
	steps := 0
	for _, a := range args {
		a, _ = a.UnmarkDeep()
		if !isDefinite(a) || !a.CanIterateElements() {
			continue
		}
		for it := a.ElementIterator(); it.Next() && steps <= most; {
			_, x := it.Element()
			hash, known := x.Hash(), false
			for _, other := range buckets[hash] {
				steps++
				known = known || other.RawEquals(x)
			}
			if !known {
				buckets[hash] = append(buckets[hash], x)
			}
		}
	}
	return steps
}

// countParameters refuses a call with more or fewer arguments than a function
// takes: what is done before the call asks for those that there have to be.
func countParameters(f function.Function, args []cty.Value) error {
	switch n := len(f.Params()); {
	case len(args) < n:
		return errors.New("too few arguments")
	case len(args) > n && f.VarParam() == nil:
		return errors.New("too many arguments")
	}
	return nil
}
