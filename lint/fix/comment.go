package fix

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/boundlint/boundlint/lint/internal/lazy"
)

// ignoredRules are the rules that an ignore comment names, one or several.
var ignoredRules = lazy.Regexp(`boundlint:ignore[ \t]+([a-z*][a-z0-9*-]*(?:[ \t]*[, \t][ \t]*[a-z*][a-z0-9*-]*)*)(?:[ \t]|\*/|$)`)

// comment takes an ignore comment out that covers nothing, or its rule out of those that
// the comment names.
func (p *planner) comment() []change {
	rule, ok := strings.CutPrefix(p.finding.Key, "ignore ")
	file, src, found := p.files.read(p.finding.Location.File)
	start, end := p.finding.Location.Range.Start.Byte, p.finding.Location.Range.End.Byte
	if !ok || !found || !isNative(file) || start >= end || end > len(src) {
		return nil
	}
	text := src[start:end]
	named := ignoredRules().FindSubmatchIndex(text)
	if named == nil || !bytes.HasPrefix(text, []byte("#")) && !bytes.HasPrefix(text, []byte("//")) {
		return nil
	}
	list := string(text[named[2]:named[3]])
	if list == rule {
		return []change{without(file, src, start, end)}
	}
	// What stands between two names goes with one of them.
	gone := regexp.MustCompile(`^` + regexp.QuoteMeta(rule) + `[ \t]*[, \t][ \t]*|[ \t]*[, \t][ \t]*` + regexp.QuoteMeta(rule) + `\b`)
	at := gone.FindStringIndex(list)
	if at == nil {
		return nil
	}
	return []change{{{file, start + named[2] + at[0], start + named[2] + at[1], ""}}}
}

// without takes out a comment, with its line where nothing else stands there, and else with
// the blanks before it.
func without(file string, src []byte, start, end int) change {
	line := lineStart(src, start)
	if len(bytes.TrimLeft(src[line:start], " \t")) == 0 {
		next := lineEnd(src, end)
		if i := bytes.IndexByte(src[next:], '\n'); i >= 0 {
			next += i + 1
		}
		return change{{file, line, next, ""}}
	}
	return change{{file, start - len(src[line:start]) + len(bytes.TrimRight(src[line:start], " \t")), end, ""}}
}
