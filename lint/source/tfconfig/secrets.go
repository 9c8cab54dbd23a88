package tfconfig

import (
	"maps"
	"slices"

	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/policy"
)

// hideTexts remembers the texts in a sensitive value: wherever they stand in
// what is reported, they are covered.
func (ev *evaluator) hideTexts(v cty.Value) {
	for _, s := range textsIn(v) {
		if _, released := ev.secrets[s]; !released {
			ev.secrets[s] = true
		}
	}
}

// releaseTexts takes the texts that nonsensitive passes on for what they are:
// nothing is to be covered of them.
func (ev *evaluator) releaseTexts(v cty.Value) {
	for _, s := range textsIn(v) {
		ev.secrets[s] = false
	}
}

// hiddenFile stands for the file of a template whose text, or whose path, is
// sensitive: no place in it is told, nothing of it is quoted, and what is wrong
// in it is not told apart.
const hiddenFile = "\x00sensitive"

// shownFile is the file of a template, or what stands for it.
func (e *env) shownFile(file string, marks ...cty.ValueMarks) string {
	if anyMark(marks, markSensitive) {
		return hiddenFile
	}
	return file
}

// secretTexts are the texts to cover, in order.
func (ev *evaluator) secretTexts() []string {
	var out []string
	for _, s := range slices.Sorted(maps.Keys(ev.secrets)) {
		if ev.secrets[s] {
			out = append(out, s)
		}
	}
	return out
}

// textsIn are the known texts in a value, keys of maps included.
func textsIn(v cty.Value) []string {
	plain, _ := v.UnmarkDeep()
	var out []string
	add := func(v cty.Value) {
		if isText(v) && v.AsString() != "" && !policy.ContainsToken(v.AsString()) {
			out = append(out, v.AsString())
		}
	}
	_ = cty.Walk(plain, func(path cty.Path, x cty.Value) (bool, error) {
		if n := len(path); n > 0 {
			if step, ok := path[n-1].(cty.IndexStep); ok {
				add(step.Key)
			}
		}
		add(x)
		return true, nil
	})
	return out
}
