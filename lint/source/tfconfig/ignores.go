package tfconfig

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"unicode"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/internal/lazy"
	"github.com/boundlint/boundlint/lint/policy"
)

// ignoreComment is an inline suppression comment and what it stands on.
type ignoreComment struct {
	rule, reason, until string
	// nearMiss tells that it is probably meant to be one, and is not read so.
	nearMiss bool
	rng      hcl.Range // the comment
	// from and to are the lines that it covers.
	from, to int
	// resource and call are the addresses, inside the module, of the block it
	// stands on; "" where it stands on neither.
	resource, call string
	// place names what it stands on: see [IgnoreComment].
	place string
}

// An ignore comment: boundlint:ignore RULE reason="..." until=YYYY-MM-DD.
// Several rules are separated by commas, blanks or both. A near miss begins a
// comment with the name of the program and a word for ignoring, written
// otherwise.
var (
	ignorePattern  = lazy.Regexp(`(?s)boundlint:ignore(?:\s(.*))?$`)
	ignoredRules   = lazy.Regexp(`^(?:[\s,]*[a-z*][a-z0-9*-]*(?:[\s,]|$))*`)
	ignoreArgument = lazy.Regexp(`(reason|until)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^\s"']+))`)
	nearIgnore     = lazy.Regexp(`(?i)^(?:#|//|/\*)*\s*boundlint[\s:_-]*(?:ignore|disable|skip|suppress|nolint)\b`)
)

// parseIgnore reads what a comment says; there is one for each rule. A
// comment without a rule, and a near miss, are kept to be reported.
func parseIgnore(comment string) []ignoreComment {
	comment = strings.TrimSuffix(comment, "*/")
	m := ignorePattern().FindStringSubmatch(comment)
	if m == nil {
		if nearIgnore().MatchString(comment) {
			return []ignoreComment{{nearMiss: true}}
		}
		return nil
	}
	// What stands before an argument is its name and no rule: it has an equals
	// sign behind it, and not a separator.
	names := ignoredRules().FindString(m[1])
	var c ignoreComment
	for _, arg := range ignoreArgument().FindAllStringSubmatch(strings.TrimPrefix(m[1], names), -1) {
		value := arg[3] + arg[4]
		if arg[2] != "" {
			value = strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(arg[2])
		}
		if arg[1] == "reason" {
			c.reason = value
		} else {
			c.until = value
		}
	}
	var list []ignoreComment
	for rule := range strings.FieldsFuncSeq(names, func(r rune) bool { return r == ',' || unicode.IsSpace(r) }) {
		c.rule = rule
		list = append(list, c)
	}
	if list == nil {
		list = append(list, c)
	}
	return list
}

// ignore takes the ignore comments of the file. Its readers stop at the first
// that is one too many, which is told.
func (f *parsedFile) ignore(list []ignoreComment) {
	if len(list) > maxIgnores {
		f.fail(list[maxIgnores].rng, "more than %d ignore comments: this one and those after it have no effect", maxIgnores)
		list = list[:maxIgnores]
	}
	f.ignores = list
}

// mayHaveIgnores is false for most files.
func mayHaveIgnores(src []byte) bool { return bytes.Contains(bytes.ToLower(src), []byte("boundlint")) }

// lexIgnores finds the ignore comments of a file in native syntax. Lexing,
// and not searching, tells a comment from a string that looks like one.
func lexIgnores(src []byte, file string, body *hclsyntax.Body) []ignoreComment {
	if !mayHaveIgnores(src) {
		return nil
	}
	tokens, _ := hclsyntax.LexConfig(src, file, hcl.InitialPos)
	var list []ignoreComment
	next := codeLines(tokens)
	for i, t := range tokens {
		if t.Type != hclsyntax.TokenComment || len(list) > maxIgnores {
			continue
		}
		found := parseIgnore(string(t.Bytes))
		if len(found) == 0 {
			continue
		}
		line := t.Range.Start.Line
		if standsAlone(tokens, i) {
			line = max(line, next[i])
		}
		for _, c := range found {
			c.rng, c.from, c.to = t.Range, t.Range.Start.Line, line
			if c.rng.End.Column == 1 && c.rng.End.Line > c.rng.Start.Line { // without its newline
				c.rng.End = hcl.Pos{
					Line: c.rng.Start.Line, Byte: c.rng.End.Byte - 1,
					Column: c.rng.Start.Column + len(bytes.TrimRight(t.Bytes, "\r\n")),
				}
			}
			c.cover(body, line)
			c.place = placeOf(body, line)
			list = append(list, c)
		}
	}
	return list
}

// standsAlone reports whether nothing but the comment is on its line.
func standsAlone(tokens hclsyntax.Tokens, i int) bool {
	if i == 0 {
		return true
	}
	before := tokens[i-1]
	return before.Type == hclsyntax.TokenNewline || before.Type == hclsyntax.TokenComment ||
		before.Range.End.Line < tokens[i].Range.Start.Line
}

// codeLines are, for each token, the line of the first code after it; 0 where
// there is none.
func codeLines(tokens hclsyntax.Tokens) []int {
	lines := make([]int, len(tokens))
	line := 0
	for i, t := range slices.Backward(tokens) {
		lines[i] = line
		switch t.Type {
		case hclsyntax.TokenComment, hclsyntax.TokenNewline, hclsyntax.TokenEOF:
		default:
			line = t.Range.Start.Line
		}
	}
	return lines
}

// cover extends a comment to the attribute or block that begins on a line.
func (c *ignoreComment) cover(body *hclsyntax.Body, line int) {
	for _, b := range body.Blocks {
		if b.TypeRange.Start.Line == line {
			c.to = max(c.to, b.CloseBraceRange.End.Line)
			c.on(b)
			return
		}
		if b.TypeRange.Start.Line < line && line <= b.CloseBraceRange.End.Line {
			c.cover(b.Body, line)
			return
		}
	}
	for _, a := range body.Attributes {
		if a.NameRange.Start.Line == line {
			c.to = max(c.to, a.SrcRange.End.Line)
		}
	}
}

// on notes the address of the block that the comment stands on.
func (c *ignoreComment) on(b *hclsyntax.Block) {
	switch {
	case b.Type == "resource" && len(b.Labels) == 2:
		c.resource = strings.Join(b.Labels, ".")
	case b.Type == "data" && len(b.Labels) == 2:
		c.resource = "data." + strings.Join(b.Labels, ".")
	case b.Type == "module" && len(b.Labels) == 1:
		c.call = b.Labels[0]
	}
}

// jsonIgnores finds the ignore comments of JSON configuration: values of the
// key "//", which cover the object that they stand in; at the top, the file.
func jsonIgnores(src []byte, file string) []ignoreComment {
	text := string(src)
	if !strings.Contains(strings.ToLower(text), "boundlint") || !json.Valid(src) {
		return nil
	}
	var list []ignoreComment
	open := map[string][]int{} // comments by the path of their object, which ends after them
	lines := linesOf(src)
	s := jsonScanner{text: text}
	s.element(func(path []cty.Value, start, end int) {
		keys := make([]string, len(path))
		for i, step := range path {
			keys[i], _ = keyText(step)
		}
		joined := strings.Join(keys, "\x00")
		for _, i := range open[joined] {
			list[i].from, list[i].to = lines.at(start).Line, lines.at(end).Line
		}
		delete(open, joined)
		comment := slices.Index(keys, jsonComment)
		if comment < 0 || text[start] != '"' || len(list) > maxIgnores {
			return
		}
		var value string
		if json.Unmarshal([]byte(text[start:end]), &value) != nil {
			return
		}
		for _, c := range parseIgnore(value) {
			c.rng = hcl.Range{Filename: file, Start: lines.at(start), End: lines.at(end)}
			c.onJSON(path[:comment])
			object := strings.Join(keys[:comment], "\x00")
			c.place = object
			open[object] = append(open[object], len(list))
			list = append(list, c)
		}
	})
	return list
}

// onJSON notes the address of the block at a path.
func (c *ignoreComment) onJSON(path []cty.Value) {
	var names []string
	for _, step := range path {
		if k, ok := keyText(step); ok && step.Type() == cty.String {
			names = append(names, k)
		}
	}
	switch {
	case len(names) == 3 && names[0] == "resource":
		c.resource = names[1] + "." + names[2]
	case len(names) == 3 && names[0] == "data":
		c.resource = strings.Join(names, ".")
	case len(names) == 2 && names[0] == "module":
		c.call = names[1]
	}
}

// addresses are the addresses, globs among them, of what a comment in a module
// covers: path is the module path without instance keys but with a star in
// their place.
func (c *ignoreComment) addresses(path string) []string {
	switch {
	case c.resource != "":
		return []string{path + c.resource, path + c.resource + "[*]"}
	case c.call != "":
		return []string{path + "module." + c.call + ".*", path + "module." + c.call + "[*].*"}
	}
	return nil
}

// globKeys is a module path with a star in the place of each instance key.
func globKeys(path string) string {
	if !strings.Contains(path, "[") {
		return path
	}
	steps := policy.SplitAddress(path)
	for i, s := range steps {
		if name, _, keyed := strings.Cut(s, "["); keyed {
			steps[i] = name + "[*]"
		}
	}
	return strings.Join(steps, ".") + "."
}

// addIgnores gives the ignore comments of all modules to the builder, each
// once, with the addresses that it covers in this root module.
func (ev *evaluator) addIgnores(b *Root) {
	type place struct {
		rng  hcl.Range
		rule string
	}
	byPlace := map[place]*iam.Ignore{}
	var order []place
	ev.root.walk(func(m *moduleInstance) {
		for _, c := range m.config.ignores {
			at := place{c.rng, c.rule}
			ignore := byPlace[at]
			if ignore == nil {
				l := ev.location(spot{rng: c.rng})
				ignore = &iam.Ignore{
					Rule: c.rule, Reason: c.reason, Until: c.until, NearMiss: c.nearMiss,
					File: l.File, From: c.from, To: c.to, Location: l,
				}
				byPlace[at] = ignore
				order = append(order, at)
			}
			for _, address := range c.addresses(globKeys(m.path)) {
				if !slices.Contains(ignore.Addresses, address) {
					ignore.Addresses = append(ignore.Addresses, address)
				}
			}
		}
	})
	slices.SortStableFunc(order, func(x, y place) int {
		return cmp.Or(strings.Compare(x.rng.Filename, y.rng.Filename), cmp.Compare(x.rng.Start.Byte, y.rng.Start.Byte))
	})
	for _, at := range order {
		b.Ignores = append(b.Ignores, *byPlace[at])
	}
}
