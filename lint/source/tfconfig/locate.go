package tfconfig

import (
	"bytes"
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// spot is a place in a file, in an instance of a module.
type spot struct {
	rng    hcl.Range
	module *moduleInstance
}

// location is a spot as the model has it: columns in bytes, and the call
// through which the module is reached.
func (ev *evaluator) location(s spot) iam.Location {
	l := iam.Location{Call: ev.callLocation(s.module)}
	if s.rng.Filename == "" || s.rng.Filename == hiddenFile {
		return l
	}
	l.File = ev.loader.tree.display(s.rng.Filename)
	if s.rng.Start.Line > 0 {
		src := ev.loader.files[s.rng.Filename]
		lines := ev.loader.lines(src)
		l.Range = policy.Range{Start: lines.bytePos(s.rng.Start), End: lines.bytePos(s.rng.End)}
	}
	return l
}

// place finds a place on demand, when what stands there has been evaluated and
// maybe from several goroutines: evaluating goes on underneath, so one at a
// time. Should it fail, or find no steps left, the place is where the attribute
// stands.
func (ev *evaluator) place(otherwise, find func() spot) (l iam.Location) {
	ev.loader.placing.Lock()
	defer ev.loader.placing.Unlock()
	defer ev.stepsForPlaces()()
	if ev.steps == 0 {
		return ev.location(otherwise())
	}
	defer func() {
		if recover() != nil {
			ev.reset()
			l = ev.location(otherwise())
		}
	}()
	return ev.location(find())
}

// lines tells places in a text apart by its lines. Looking for the begin of the
// line each time would take the square of its length.
type lines struct {
	starts []int // the bytes at which lines begin
	end    int
}

func linesOf(src []byte) lines {
	starts := []int{0}
	for i, c := range src {
		if c == '\n' {
			starts = append(starts, i+1)
		}
	}
	return lines{starts, len(src)}
}

// lines are those of a file's text, which are found once.
func (l *loader) lines(src []byte) lines {
	if len(src) == 0 {
		return linesOf(src)
	}
	l.indexing.Lock()
	defer l.indexing.Unlock()
	known, ok := l.index[&src[0]]
	if !ok || known.end != len(src) {
		known = linesOf(src)
		l.index[&src[0]] = known
	}
	return known
}

// at is the position of a byte.
func (l lines) at(b int) hcl.Pos {
	b = min(max(b, 0), l.end)
	line, exact := slices.BinarySearch(l.starts, b)
	if exact {
		line++
	}
	start := 0
	if line > 0 {
		start = l.starts[line-1]
	}
	return hcl.Pos{Byte: b, Line: line, Column: b - start + 1}
}

// bytePos is a position with its column in bytes: hcl counts characters.
func (l lines) bytePos(p hcl.Pos) policy.Pos {
	pos := policy.Pos{Byte: p.Byte, Line: p.Line, Column: p.Column}
	if p.Byte <= l.end && p.Byte > 0 {
		pos.Column = l.at(p.Byte).Column
	}
	return pos
}

// callLocation is the call of a module instance, nil for the root.
func (ev *evaluator) callLocation(m *moduleInstance) *iam.Location {
	if m == nil || m.parent == nil {
		return nil
	}
	l := ev.location(spot{m.call.rng, m.parent})
	l.Address = strings.TrimSuffix(m.path, ".")
	return &l
}

// locate is the place of an expression's value, or of a range in its text: the
// literal that has to change, where one can be found that gives the value.
func (e *env) locate(x hclsyntax.Expression, within policy.Range) spot {
	here := spot{x.Range(), e.module}
	t := e.trace(x)
	if t.document == nil && !t.certain && !e.sameValue(x, t) {
		t = traced{expr: x, env: e}
	}
	if s, ok := t.toChange().spot(within, 0); ok {
		return s
	}
	return here
}

// stepsForPlaces has steps taken from those that are there for places: some for
// each, however many evaluation took, but no more in all than evaluation may
// take. It returns what has them taken from those of evaluation again.
func (ev *evaluator) stepsForPlaces() (end func()) {
	evaluation := ev.steps
	more := min(max(maxSteps/100-ev.placing, 0), ev.spare)
	ev.spare -= more
	ev.steps, ev.least = ev.placing+more, -maxSteps
	return func() { ev.steps, ev.placing, ev.least = evaluation, max(ev.steps, 0), 0 }
}

func (e *env) sameValue(x hclsyntax.Expression, t traced) bool {
	a, _ := e.silent().eval(x).UnmarkDeep()
	b, _ := t.env.silent().eval(t.expr).UnmarkDeep()
	if a.RawEquals(b) {
		return true
	}
	converted, err := convertValue(b, a.Type())
	return err == nil && converted.RawEquals(a)
}

// spot is the place of a traced value, or of a range in its text.
func (t traced) spot(within policy.Range, depth int) (spot, bool) {
	if depth > maxTrace {
		return spot{}, false
	}
	if t.document != nil {
		return t.document.documentSpot(within, depth)
	}
	whole := spot{t.expr.Range(), t.env.module}
	if within == (policy.Range{}) {
		return whole, true
	}
	switch x := t.expr.(type) {
	case *hclsyntax.FunctionCallExpr:
		if s, ok := t.env.callSpot(x, within, depth); ok {
			return s, true
		}
	case *hclsyntax.TemplateExpr:
		return t.env.templateSpot(x, within, depth)
	}
	return whole, true
}

func (e *env) callSpot(x *hclsyntax.FunctionCallExpr, within policy.Range, depth int) (spot, bool) {
	if len(x.Args) == 0 {
		return spot{}, false
	}
	switch x.Name {
	case "jsonencode":
		text, ok := e.encode(x)
		if !ok {
			return spot{}, false
		}
		t := e.trace(x.Args[0])
		for _, step := range jsonPath(text, within.Start.Byte) {
			next, ok := t.member(step)
			if !ok || next.expr == nil {
				break
			}
			t = next
		}
		if t.expr == nil {
			return spot{}, false
		}
		t = t.toChange()
		return spot{t.expr.Range(), t.env.module}, true
	case "file", "templatefile":
		p, marks := e.silent().eval(x.Args[0]).Unmark()
		if !isText(p) || hasMark(marks, markSensitive) {
			return spot{}, false
		}
		return e.fileSpot(x, p.AsString(), within, depth)
	}
	return spot{}, false
}

// encodedText is what a call gave, if that is a text.
type encodedText struct {
	env    *env
	call   *hclsyntax.FunctionCallExpr
	text   string
	isText bool
}

// encode is the text that a call gives. It is for places only, which are looked
// up when the call has been evaluated.
func (e *env) encode(x *hclsyntax.FunctionCallExpr) (string, bool) {
	known := &e.ev.encoded
	if known.env != e || known.call != x {
		*known = encodedText{env: e, call: x}
		if v, _ := e.silent().eval(x).Unmark(); isText(v) {
			known.text, known.isText = v.AsString(), true
		}
	}
	return known.text, known.isText
}

func (e *env) fileSpot(x *hclsyntax.FunctionCallExpr, name string, within policy.Range, depth int) (spot, bool) {
	full, err := e.filePath(name)
	if err != nil {
		return spot{}, false
	}
	full = path.Clean(full)
	src, err := e.ev.loader.contents(full)
	if err != nil {
		return spot{}, false
	}
	if x.Name == "file" {
		lines := e.ev.loader.lines(src)
		rng := hcl.Range{Filename: full, Start: lines.at(within.Start.Byte), End: lines.at(within.End.Byte)}
		return spot{rng, e.module}, true
	}
	if len(x.Args) < 2 {
		return spot{}, false
	}
	template, err := parseTemplate(src, full)
	if err != nil {
		return spot{}, false
	}
	inner, ok := e.templateEnv(e.silent().eval(x.Args[1]), x.Range())
	if !ok {
		return spot{}, false
	}
	inner.names.origin = &origin{env: e, expr: x.Args[1], byName: true}
	return traced{expr: template, env: inner}.spot(within, depth+1)
}

// templateSpot maps a place in the text of a template to the part that made
// it: in a literal part the very place, in an interpolation what it is.
func (e *env) templateSpot(x *hclsyntax.TemplateExpr, within policy.Range, depth int) (spot, bool) {
	at := 0
	for _, part := range x.Parts {
		v, _ := e.silent().eval(part).Unmark()
		text, _ := e.silent().interpolate(v, part)
		if within.Start.Byte >= at+len(text) {
			at += len(text)
			continue
		}
		inside := policy.Range{Start: policy.Pos{Byte: within.Start.Byte - at}, End: policy.Pos{Byte: within.End.Byte - at}}
		if _, ok := part.(*hclsyntax.LiteralValueExpr); ok {
			return e.literalSpot(part, text, inside), true
		}
		if within.Start.Byte == at && within.End.Byte > at+len(text) {
			// It begins here and goes on: the interpolation is its start.
			return spot{part.Range(), e.module}, true
		}
		if loop, ok := part.(*hclsyntax.TemplateJoinExpr); ok {
			if s, ok := e.loopSpot(loop, inside, depth); ok {
				return s, true
			}
		}
		t := e.trace(part)
		if t.document == nil && !t.certain && !e.sameValue(part, t) {
			t = traced{expr: part, env: e}
		}
		if inside.Start.Byte == 0 && inside.End.Byte == 0 {
			inside.End.Byte = 1
		}
		if s, ok := t.toChange().spot(inside, depth+1); ok {
			return s, true
		}
		return spot{part.Range(), e.module}, true
	}
	return spot{x.Range(), e.module}, true
}

// loopSpot maps a place in what %{ for } makes to the body of the loop.
func (e *env) loopSpot(x *hclsyntax.TemplateJoinExpr, within policy.Range, depth int) (s spot, ok bool) {
	loop, isFor := x.Tuple.(*hclsyntax.ForExpr)
	if !isFor {
		return spot{}, false
	}
	at := 0
	e.eachRound(loop, func(inner *env, _ bool) bool {
		v, _ := inner.silent().eval(loop.ValExpr).Unmark()
		text, _ := inner.silent().interpolate(v, loop.ValExpr)
		if within.Start.Byte >= at+len(text) {
			at += len(text)
			return true
		}
		inside := policy.Range{Start: policy.Pos{Byte: within.Start.Byte - at}, End: policy.Pos{Byte: within.End.Byte - at}}
		s, ok = traced{expr: loop.ValExpr, env: inner}.spot(inside, depth+1)
		return false
	})
	return s, ok
}

// literalSpot maps a place in the text of a literal part. What ~} or <<- trims
// off the text is still in the part's range, at its start.
func (e *env) literalSpot(part hclsyntax.Expression, text string, within policy.Range) spot {
	rng := part.Range()
	src := e.ev.loader.files[rng.Filename]
	if rng.End.Byte > len(src) || rng.Start.Byte > rng.End.Byte {
		return spot{rng, e.module}
	}
	raw, lines := string(src[rng.Start.Byte:rng.End.Byte]), e.ev.loader.lines(src)
	if i := strings.LastIndex(raw, text); i >= 0 {
		start := rng.Start.Byte + i + within.Start.Byte
		end := rng.Start.Byte + i + min(within.End.Byte, len(text))
		return spot{hcl.Range{Filename: rng.Filename, Start: lines.at(start), End: lines.at(max(start, end))}, e.module}
	}
	// Escapes, and what <<- cuts off each line, make the text shorter than its
	// source: go by the line, and by what is left of it.
	before := text[:min(within.Start.Byte, len(text))]
	lead := func(s string) int {
		return strings.Count(s[:len(s)-len(strings.TrimLeft(s, " \t\r\n"))], "\n")
	}
	start := rng.Start.Byte
	for range max(lead(raw)-lead(text), 0) + strings.Count(before, "\n") {
		i := bytes.IndexByte(src[start:], '\n')
		if i < 0 {
			break
		}
		start += i + 1
	}
	line, _, _ := strings.Cut(text[strings.LastIndexByte(before, '\n')+1:], "\n")
	source, _, _ := bytes.Cut(src[start:], []byte{'\n'})
	if i := bytes.Index(source, []byte(line)); i >= 0 {
		start += i + len(before) - (strings.LastIndexByte(before, '\n') + 1)
	}
	p := lines.at(start)
	return spot{hcl.Range{Filename: rng.Filename, Start: p, End: p}, e.module}
}

// jsonPath is the path, in keys and indexes, of the innermost element of a JSON
// text that holds a byte.
func jsonPath(text string, at int) []cty.Value {
	s := jsonScanner{text: text}
	var steps []cty.Value
	s.element(func(path []cty.Value, start, end int) {
		if start <= at && at < end && len(path) >= len(steps) {
			steps = append([]cty.Value(nil), path...)
		}
	})
	return steps
}

// jsonRange is where the element at a path stands in a JSON text.
func jsonRange(text string, match func(path []cty.Value) bool) (rng policy.Range, ok bool) {
	s := jsonScanner{text: text}
	s.element(func(path []cty.Value, start, end int) {
		if !ok && match(path) {
			rng, ok = policy.Range{Start: policy.Pos{Byte: start}, End: policy.Pos{Byte: end}}, true
		}
	})
	return rng, ok
}

// jsonScanner walks over a JSON text and tells where each element stands. The
// text is known to parse.
type jsonScanner struct {
	text string
	pos  int
	path []cty.Value
}

func (s *jsonScanner) space() {
	for s.pos < len(s.text) && strings.IndexByte(" \t\r\n", s.text[s.pos]) >= 0 {
		s.pos++
	}
}

func (s *jsonScanner) peek() byte {
	s.space()
	if s.pos < len(s.text) {
		return s.text[s.pos]
	}
	return 0
}

func (s *jsonScanner) element(visit func(path []cty.Value, start, end int)) {
	c := s.peek()
	start := s.pos
	switch {
	case c == 0 || len(s.path) > maxNesting:
		s.pos = len(s.text)
	case c == '{', c == '[':
		s.pos++
		for n := 0; s.pos < len(s.text) && s.peek() != closing(c); n++ {
			key := cty.NumberIntVal(int64(n))
			if c == '{' {
				key = cty.StringVal(s.string())
				if s.peek() == ':' {
					s.pos++
				}
			}
			s.path = append(s.path, key)
			s.element(visit)
			s.path = s.path[:len(s.path)-1]
			if s.peek() == ',' {
				s.pos++
			}
		}
		s.pos++
	case c == '"':
		s.string()
	default:
		for s.pos < len(s.text) && strings.IndexByte(",]} \t\r\n:", s.text[s.pos]) < 0 {
			s.pos++
		}
		if s.pos == start { // no JSON after all
			s.pos++
		}
	}
	visit(s.path, start, min(s.pos, len(s.text)))
}

func closing(c byte) byte {
	if c == '{' {
		return '}'
	}
	return ']'
}

// string skips a string and gives its text.
func (s *jsonScanner) string() string {
	if s.peek() != '"' {
		s.pos++
		return ""
	}
	s.pos++
	start := s.pos
	for s.pos < len(s.text) && s.text[s.pos] != '"' {
		if s.text[s.pos] == '\\' {
			s.pos++
		}
		s.pos++
	}
	end := min(s.pos, len(s.text))
	s.pos++
	text := s.text[start:end]
	if strings.Contains(text, `\\`) {
		var decoded string
		if json.Unmarshal([]byte(`"`+text+`"`), &decoded) == nil {
			return decoded
		}
	}
	return text
}
