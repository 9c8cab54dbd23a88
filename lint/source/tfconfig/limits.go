package tfconfig

import (
	"bytes"
	"errors"
	"strings"

	"github.com/boundlint/boundlint/lint/internal/lazy"
	"github.com/boundlint/boundlint/lint/policy"
)

// Limits on what one root module may cost. Configuration comes from strangers
// (a fork's pull request), and a Go stack overflow cannot be recovered from:
// everything that recurses is bounded before it starts.
const (
	// maxFileSize is the largest file that is read, in bytes.
	maxFileSize = 4 << 20
	// maxNesting bounds brackets, blocks, quotes and template directives
	// inside one another, in HCL, JSON and YAML.
	maxNesting = 200
	// maxChain bounds operators in a row ("a ? b : c ? d : ...", "1+1+1..."),
	// which are as deep as they are long once parsed.
	maxChain = 2000
	// maxTokens bounds, roughly, the tokens of one file, lines and comments
	// among them: the lexer takes a few hundred bytes for each.
	maxTokens = 600_000
	// maxParsers bounds the files that are parsed at one time, each of which may
	// take 150 MB for its tokens.
	maxParsers = 4
	// maxJSON bounds the elements of a file of configuration or values in
	// JSON: each may be a template.
	maxJSON = 100_000
	// maxIgnores bounds the ignore comments of one file.
	maxIgnores = 5000
	// maxDepth bounds how deep evaluation recurses.
	maxDepth = 8000
	// maxSteps is the number of evaluation steps for one root module. Real
	// modules use under 70,000; a thousand roles with the longest policies that
	// IAM takes use 1,100,000. Each instance that a block makes comes with
	// stepsPerInstance more, of which a role with its document uses a third.
	maxSteps, stepsPerInstance = 1_200_000, 100
	// maxTotalSteps is the number of steps for all root modules of a PATH
	// together, which is some fifteen thousand roles with their documents;
	// leastSteps are left to each root module when they are used up.
	maxTotalSteps, leastSteps = 6_000_000, 10_000
	// bytesPerStep is how many bytes of string one step pays for.
	bytesPerStep = 32
	// maxString is the longest string, in bytes.
	maxString = 1 << 20
	// maxSymbols bounds the symbols in one string: each takes as much as a dozen
	// letters.
	maxSymbols = 1000
	// maxNodes is the largest value, in elements; shared parts count as often
	// as they occur.
	maxNodes = 200_000
	// maxInstances bounds the instances of one block: of one that makes more,
	// fewInstances are looked at. As many roles with a policy each take 2 GiB, all
	// that a run may have. maxTotalInstances bounds those of one root module.
	maxInstances, fewInstances, maxTotalInstances = 50_000, 5000, 150_000
	// maxBlocks bounds the nested blocks of one type in a body.
	maxBlocks = 5000
	// maxModuleDepth bounds module calls inside one another.
	maxModuleDepth = 16
	// maxTemplateDepth bounds templates inside templates.
	maxTemplateDepth = 8
	// maxYAML is the longest YAML text, in bytes: its decoder is slow.
	maxYAML = 256 << 10
	// maxProduct bounds the elements of what setproduct and the like return.
	maxProduct = 100_000
	// maxMatches bounds the files that fileset looks at.
	maxMatches = 20_000
	// maxPath bounds a path or pattern that an expression names, in bytes: no
	// system takes a longer one, and each step in it is looked at.
	maxPath = 4096
	// maxProblems bounds what is reported about one root module.
	maxProblems = 200
	// maxRoots and maxDirectories bound the search for root modules.
	maxRoots, maxDirectories = 20_000, 200_000
	// maxHidden bounds how many hidden directories are looked into.
	maxHidden = 5000
	// maxAliases bounds the paths by which links lead to one file, maxLinks
	// those that lead through one another.
	maxAliases, maxLinks = 1000, 8
)

// searchLimits are those of the search for root modules.
type searchLimits struct{ roots, directories int }

// limits are those of the limits that evaluation keeps. What goes beyond one
// is refused: see refusal.
type limits struct {
	depth, steps, text, nodes, product, nesting, yaml, templates, matches int
}

var usualLimits = limits{
	depth: maxDepth, steps: maxSteps, text: maxString, nodes: maxNodes, product: maxProduct,
	nesting: maxNesting, yaml: maxYAML, templates: maxTemplateDepth, matches: maxMatches,
}

var (
	errNested = refused("nested more than %d deep", maxNesting)
	errChain  = refused("more than %d operators in a row", maxChain)
	errTokens = refused("more than %d tokens", maxTokens)
	errToken  = refusal("it contains the characters U+10FFFC or U+10FFFD, which stand for symbols here")
)

// escapedToken is one of the runes that encode symbols as an escape: HCL's and
// YAML's, and JSON's surrogates.
var escapedToken = lazy.Regexp(`(?i)\\U0010FFF[CD]|\\udbff\\udff[cd]`)

// forgesToken reports whether a text holds, or would make, runes that encode
// symbols.
func forgesToken(s string) bool {
	return policy.ContainsToken(s) || strings.Contains(s, "\\") && escapedToken().MatchString(s)
}

// shapeError is a text whose shape would overwhelm a parser.
type shapeError struct {
	line int
	err  error
}

func (e *shapeError) Error() string { return e.err.Error() }
func (e *shapeError) Unwrap() error { return e.err }

// shapeKind is what a shape scanner is inside of.
type shapeKind uint8

const (
	inBody     shapeKind = iota // the top level or braces: a newline ends an item
	inBrackets                  // ( or [
	inInterpolation
	inQuotes
	inHeredoc
)

type shapeFrame struct {
	kind       shapeKind
	chain      int
	directives int    // open %{ if } and %{ for }
	marker     string // of a heredoc; "" for a template file, which does not end
}

// shapeScanner bounds the nesting and the operator chains of native HCL
// syntax by looking at its bytes, before the lexer or the parser see them:
// both are too expensive to be asked first.
type shapeScanner struct {
	src    []byte
	pos    int
	line   int
	tokens int
	depth  int // directives open in all frames
	frames []shapeFrame
	// blocks are those of the top level; see outline and pieces.
	blocks    []outlined
	lineStart int // of a line that begins outside of all blocks
}

// checkShape bounds the shape of a configuration file.
func checkShape(src []byte) error {
	_, err := scanShape(src)
	return err
}

// scanShape bounds the shape of a configuration file, and tells where its blocks
// stand.
func scanShape(src []byte) (*shapeScanner, error) {
	s := &shapeScanner{src: src, line: 1, frames: []shapeFrame{{kind: inBody}}}
	return s, s.scan()
}

// checkTemplateShape bounds the shape of a template.
func checkTemplateShape(src []byte) error {
	return (&shapeScanner{src: src, line: 1, frames: []shapeFrame{{kind: inHeredoc}}}).scan()
}

func (s *shapeScanner) scan() error {
	for s.pos < len(s.src) {
		var err error
		switch s.top().kind {
		case inQuotes:
			err = s.quoted()
		case inHeredoc:
			err = s.heredoc()
		case inBody, inBrackets, inInterpolation:
			err = s.code()
		}
		if err != nil {
			return &shapeError{s.line, err}
		}
	}
	return nil
}

func (s *shapeScanner) top() *shapeFrame { return &s.frames[len(s.frames)-1] }

func (s *shapeScanner) at(prefix string) bool {
	return bytes.HasPrefix(s.src[s.pos:], []byte(prefix))
}

func (s *shapeScanner) push(f shapeFrame) error {
	s.frames = append(s.frames, f)
	if len(s.frames)+s.depth > maxNesting {
		return errNested
	}
	return nil
}

func (s *shapeScanner) pop() {
	if len(s.frames) > 1 {
		s.depth -= s.top().directives
		s.frames = s.frames[:len(s.frames)-1]
	}
}

// sequence handles ${ and %{ inside a template; ok is false where there is
// none at this place.
func (s *shapeScanner) sequence() (ok bool, err error) {
	switch {
	case s.at("$${") || s.at("%%{"):
		s.pos += 3
		return true, nil
	case s.at("%{"):
		err = s.directive()
	case !s.at("${"):
		return false, nil
	}
	if err != nil {
		return true, err
	}
	s.pos += 2
	s.tokens++
	return true, s.push(shapeFrame{kind: inInterpolation})
}

// directive counts the %{ if } and %{ for } that are open.
func (s *shapeScanner) directive() error {
	rest := bytes.TrimPrefix(s.src[s.pos:], []byte("%{"))
	word := bytes.TrimLeft(bytes.TrimPrefix(rest[:min(len(rest), 38)], []byte("~")), " \t\r\n")
	f := s.top()
	switch {
	case bytes.HasPrefix(word, []byte("end")):
		if f.directives > 0 {
			f.directives--
			s.depth--
		}
	case bytes.HasPrefix(word, []byte("if")), bytes.HasPrefix(word, []byte("for")):
		f.directives++
		s.depth++
		if len(s.frames)+s.depth > maxNesting {
			return errNested
		}
	}
	return nil
}

func (s *shapeScanner) quoted() error {
	if ok, err := s.sequence(); ok {
		return err
	}
	switch s.src[s.pos] {
	case '\\':
		s.pos++
	case '"', '\n': // a newline cannot stand in quotes: the file is broken anyway
		if s.src[s.pos] == '\n' {
			s.line++
		}
		s.pop()
	}
	s.pos++
	return nil
}

func (s *shapeScanner) heredoc() error {
	if ok, err := s.sequence(); ok {
		return err
	}
	if s.src[s.pos] != '\n' {
		s.pos++
		return nil
	}
	s.line++
	s.pos++
	if err := s.token(); err != nil {
		return err
	}
	if marker := s.top().marker; marker != "" {
		rest := s.src[s.pos:]
		line, _, _ := bytes.Cut(rest[:min(len(rest), 1000)], []byte("\n"))
		if string(bytes.TrimSpace(line)) == marker {
			s.pos += len(line)
			s.pop()
		}
	}
	return nil
}

func (s *shapeScanner) code() error {
	c := s.src[s.pos]
	s.pos++
	switch c {
	case ' ', '\t', '\r', '.', '=', '~':
		return nil
	case '\n':
		s.line++
		if f := s.top(); f.kind == inBody {
			f.chain = 0
		}
		if len(s.frames) == 1 {
			s.lineStart = s.pos
		}
		return s.token()
	case ',':
		s.top().chain = 0
		return s.token()
	case '"':
		return errors.Join(s.token(), s.push(shapeFrame{kind: inQuotes}))
	case '{', '[', '(':
		return s.open(c)
	case '}', ']', ')':
		if s.pop(); len(s.frames) == 1 {
			s.closed()
		}
		return s.token()
	case '#':
		s.comment("\n")
		return s.token()
	case '/':
		if s.at("/") {
			s.comment("\n")
			return s.token()
		}
		if s.at("*") {
			s.comment("*/")
			return s.token()
		}
		return s.operator()
	case '<':
		if s.at("<") {
			return s.openHeredoc()
		}
		return s.operator()
	case '+', '-', '*', '%', '>', '!', '&', '|', '?', ':':
		return s.operator()
	}
	for s.pos < len(s.src) && wordByte(s.src[s.pos]) {
		s.pos++
	}
	return s.token()
}

func wordByte(c byte) bool {
	return c == '_' || c == '-' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

func (s *shapeScanner) token() error {
	s.tokens++
	if s.tokens > maxTokens {
		return errTokens
	}
	return nil
}

func (s *shapeScanner) operator() error {
	s.top().chain++
	if s.top().chain > maxChain {
		return errChain
	}
	return s.token()
}

func (s *shapeScanner) open(c byte) error {
	// x[0][0][0]... is as deep as it is long.
	if err := s.operator(); err != nil {
		return err
	}
	kind := inBrackets
	if c == '{' {
		kind = inBody
		if len(s.frames) == 1 {
			s.opened()
		}
	}
	return s.push(shapeFrame{kind: kind})
}

// comment skips to the end of a comment; a newline that ends it stays.
func (s *shapeScanner) comment(end string) {
	i := bytes.Index(s.src[s.pos:], []byte(end))
	if i < 0 {
		s.pos = len(s.src)
		return
	}
	s.line += bytes.Count(s.src[s.pos:s.pos+i], []byte("\n"))
	s.pos += i
	if end != "\n" {
		s.pos += len(end)
	}
}

// openHeredoc stands on the second < of what may begin a heredoc.
func (s *shapeScanner) openHeredoc() error {
	rest := bytes.TrimPrefix(s.src[s.pos:], []byte("<"))
	line, _, found := bytes.Cut(rest[:min(len(rest), 1000)], []byte("\n"))
	marker := strings.TrimSpace(strings.TrimPrefix(string(line), "-"))
	if !found || marker == "" || strings.ContainsFunc(marker, func(r rune) bool { return r < 0x80 && !wordByte(byte(r)) }) {
		return s.operator()
	}
	s.pos += 1 + len(line) // the newline is the heredoc's first
	return errors.Join(s.token(), s.push(shapeFrame{kind: inHeredoc, marker: marker}))
}

// checkJSON bounds a file of configuration or of values in JSON.
func checkJSON(src []byte, elements int) error { return checkBrackets(src, elements, maxNesting) }

// checkBrackets bounds the nesting of brackets outside double quotes, which is
// what the JSON and YAML parsers recurse on, and the number of elements.
func checkBrackets(src []byte, limit, nesting int) error {
	depth, quoted, line, elements := 0, false, 1, 0
	for i := 0; i < len(src); i++ {
		switch c := src[i]; {
		case c == '\n':
			line++
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			depth++
			if depth > nesting {
				return &shapeError{line, refused("nested more than %d deep", nesting)}
			}
		case c == ']' || c == '}':
			depth--
		case c == ',':
			if elements++; elements > limit {
				return &shapeError{line, refused("more than %d elements", limit)}
			}
		}
	}
	return nil
}

// checkYAML bounds what its decoder, which expands aliases and recurses on
// dashes, would make of a text.
func (l *limits) checkYAML(src string) error {
	switch {
	case len(src) > l.yaml:
		return refused("more than %d bytes of YAML", l.yaml)
	case strings.Contains(src, "&") && strings.Count(src, "*") > 50:
		return refusal("more than 50 aliases")
	}
	for line := range strings.Lines(src) {
		if strings.Count(line, "- ")+strings.Count(line, "? ") > l.nesting {
			return refused("nested more than %d deep", l.nesting)
		}
	}
	// An apostrophe or a lone quote makes quoting in YAML hard to follow, so
	// brackets count wherever they stand.
	return checkBrackets([]byte(strings.ReplaceAll(src, `"`, " ")), l.nodes, l.nesting)
}
