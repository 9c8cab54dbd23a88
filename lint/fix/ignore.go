package fix

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/boundlint/boundlint/lint"
)

// IgnoreReason is what a comment of [Ignore] gives for its reason, for a person to replace.
const IgnoreReason = "say why"

// Ignore is the edit that puts a comment which ignores a rule over the line of a byte: over
// the line itself where a comment can stand there, and else over the attribute or block that
// the byte is in. It is false for a file that has no such place: one that is not in native
// syntax, or not valid.
func Ignore(file string, src []byte, at int, rule string) (lint.Edit, bool) {
	if !isNative(file) || at < 0 || at >= len(src) {
		return lint.Edit{}, false
	}
	body := parse(src)
	if body == nil {
		return lint.Edit{}, false
	}
	starts := []int{lineStart(src, at)}
	for _, n := range slices.Backward(around(body, at)) {
		switch n.(type) {
		case *hclsyntax.Attribute, *hclsyntax.Block:
			starts = append(starts, lineStart(src, rangeOf(n).Start.Byte))
		}
	}
	for _, start := range starts {
		end := "\n"
		if stop := lineEnd(src, start); stop < len(src) && src[stop] == '\r' {
			end = "\r\n"
		}
		comment := fmt.Sprintf("# boundlint:ignore %s reason=%q", rule, IgnoreReason)
		text := indentAt(src, start) + comment + end
		if isComment(slices.Concat(src[:start], []byte(text), src[start:]), start+len(indentAt(src, start)), comment) {
			line := 1 + bytes.Count(src[:start], []byte("\n"))
			return lint.Edit{File: file, From: line, To: line, Text: text}, true
		}
	}
	return lint.Edit{}, false
}

// isComment reports whether a file is valid in which a text stands at a byte, and the text is
// a comment there: in a text of several lines it is a part of that.
func isComment(src []byte, at int, text string) bool {
	tokens, _ := hclsyntax.LexConfig(src, "", hcl.InitialPos)
	return parse(src) != nil && slices.ContainsFunc(tokens, func(t hclsyntax.Token) bool {
		return t.Type == hclsyntax.TokenComment && t.Range.Start.Byte == at && bytes.HasPrefix(t.Bytes, []byte(text))
	})
}
