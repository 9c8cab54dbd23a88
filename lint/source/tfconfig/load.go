package tfconfig

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/boundlint/boundlint/lint/budget"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/source/resource"
)

// configuration is one module directory as it is written: parsed once, and
// shared by all instances of the module.
type configuration struct {
	dir       string // in the tree
	variables map[string]*variableBlock
	locals    map[string]hclsyntax.Expression
	outputs   map[string]*hclsyntax.Block
	resources map[string]*resourceBlock // by aws_iam_role.x or data.aws_iam_policy_document.y
	calls     map[string]*callBlock
	providers map[string]*hclsyntax.Block // by aws or aws.west
	// sources are those in required_providers, by the local name.
	sources map[string]string
	// order of resources and calls as they are written.
	resourceOrder, callOrder []string
	// state is the backend or cloud block, which makes it a root module, whoever
	// calls it; nil for none.
	state *hclsyntax.Block
	// providerConstraint is the version constraint of the AWS provider, "" for
	// none.
	providerConstraint string
	// missing tells that the directory could not be read.
	missing bool
	// blocks counts the top-level blocks, of whatever type.
	blocks int
	// bodies are what the bodies of resources that do not stay are kept with.
	bodies  *bodies
	ignores []ignoreComment
	moves   []movedBlock
	// problems are what parsing found; they are reported once.
	problems []problem
}

type resourceBlock struct {
	address, typ, name string
	data               bool
	rng                hcl.Range // the header
	// parsed is the body; nil where it is parsed on demand, see body.
	parsed *hclsyntax.Body
	// text is that of the file, in which the block ends at the byte end; nil
	// where the body stays.
	text []byte
	end  int
	// bodies are what the body is kept with.
	bodies *bodies
	// sound tells that the body has been parsed, and nothing is wrong with it.
	sound bool
}

type callBlock struct {
	name string
	body *hclsyntax.Body
	rng  hcl.Range
}

// problem is a diagnostic at a place.
type problem struct {
	rng     hcl.Range
	message string
	// remark tells that nothing is lost.
	remark bool
}

func newConfiguration(dir string) *configuration {
	return &configuration{
		dir: dir, variables: map[string]*variableBlock{}, locals: map[string]hclsyntax.Expression{},
		outputs: map[string]*hclsyntax.Block{}, resources: map[string]*resourceBlock{},
		calls: map[string]*callBlock{}, providers: map[string]*hclsyntax.Block{}, sources: map[string]string{},
	}
}

// loader parses the directories of one tree, each once for each tool that
// reads other files of it.
type loader struct {
	tree *tree
	// loading guards the maps below it while directories are loaded side by side.
	loading sync.Mutex
	configs map[readBy]*configuration
	files   map[string][]byte
	mixed   map[string]bool // by directory, see isMixed
	// parsed has what was parsed before, nil for nothing.
	parsed *Parsed
	// parsing has a place for each file that may be parsed at one time.
	parsing chan struct{}
	// placing is held while places are looked up in an evaluated module.
	placing sync.Mutex
	search  searchLimits
	// index holds the lines of files by where their texts are in memory.
	index    map[*byte]lines
	indexing sync.Mutex
	// outlines lets files be parsed without the bodies of their resources once
	// so many bytes as are in whole have been read; source are all of them.
	outlines      bool
	source, whole int
	bodies        bodies
	// share is told of how much memory is going to be used.
	share *budget.Share
}

// usedOfSource is about how many bytes come to be in use for one of the source of
// roles and policies.
const usedOfSource = 30

func newLoader(t *tree) *loader {
	return &loader{
		tree: t, configs: map[readBy]*configuration{}, files: map[string][]byte{}, mixed: map[string]bool{},
		search: searchLimits{maxRoots, maxDirectories}, index: map[*byte]lines{}, parsing: make(chan struct{}, maxParsers),
		whole: wholeSource, bodies: bodies{most: keptSource},
	}
}

// contents reads a file that an expression names, once: places in it are
// looked up later, and templates may ask for it over and over.
func (l *loader) contents(p string) ([]byte, error) {
	p = path.Clean(p)
	if src, ok := l.files[p]; ok {
		return src, nil
	}
	src, err := l.tree.read(p)
	if err == nil {
		l.files[p] = src
	}
	return src, err
}

// tfBase is the name of a configuration file without its extension, "" for
// any other file.
func tfBase(name string) string {
	for _, ext := range []string{".tf", ".tofu", ".tf.json", ".tofu.json"} {
		if base, ok := strings.CutSuffix(name, ext); ok {
			return base
		}
	}
	return ""
}

func isOverride(name string) bool {
	base := tfBase(name)
	return base == "override" || strings.HasSuffix(base, "_override")
}

// isConfigurationName reports whether the name of a file is one that Terraform
// or OpenTofu reads. Both pass over hidden files and what editors leave behind.
func isConfigurationName(name string) bool {
	return tfBase(name) != "" && !strings.HasPrefix(name, ".") && !strings.HasSuffix(name, "~")
}

// configurationFiles lists the files of a module directory that a tool reads,
// in the order in which they count: overrides last.
func (l *loader) configurationFiles(dir string, tool iam.Tool) ([]string, error) {
	entries, err := l.tree.List(dir)
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for _, e := range entries {
		names[e.Name()] = !e.IsDir()
	}
	var files, overrides []string
	for _, e := range entries {
		name := e.Name()
		switch {
		case e.IsDir() || !isConfigurationName(name) || !reads(tool, name, names):
		case isOverride(name):
			overrides = append(overrides, name)
		default:
			files = append(files, name)
		}
	}
	return append(files, overrides...), nil
}

// load parses a module directory. It never fails: a file that cannot be read
// or parsed costs that file, or the part that is broken.
func (l *loader) load(dir string, tool iam.Tool) *configuration {
	dir = path.Clean(dir)
	if !l.isMixed(dir) {
		tool = iam.OpenTofu
	}
	key := readBy{dir, tool}
	l.loading.Lock()
	known := l.configs[key]
	l.loading.Unlock()
	if known != nil {
		return known
	}
	c := l.read(dir, tool)
	l.loading.Lock()
	defer l.loading.Unlock()
	l.configs[key] = c
	return c
}

// loadAhead parses different directories side by side, so that they are there
// when they are loaded.
func (l *loader) loadAhead(dirs []string) {
	sideBySide(dirs, func(dir string) *configuration { return l.load(dir, iam.OpenTofu) })
}

// startsOver reports whether something is wrong with a file that was parsed in
// outline. All are parsed as a whole then, when they are loaded again.
func (l *loader) startsOver() bool {
	if !l.bodies.faulty {
		return false
	}
	l.outlines, l.bodies.faulty, l.configs = false, false, map[readBy]*configuration{}
	return true
}

// read parses the files of a directory side by side. What they say counts in
// their order.
func (l *loader) read(dir string, tool iam.Tool) *configuration {
	c := newConfiguration(dir)
	c.bodies = &l.bodies
	names, err := l.configurationFiles(dir, tool)
	if err != nil {
		c.missing = true
		c.fail(hcl.Range{}, "the directory %s of a module cannot be read: %s", l.tree.display(dir), plainError(err))
		return c
	}
	for _, part := range sideBySide(names, func(name string) *parsedFile { return l.parse(path.Join(dir, name)) }) {
		c.take(part)
	}
	for _, b := range c.resources {
		if resource.Reads(b.typ, b.data) {
			l.share.Expect(b.size() * usedOfSource)
		}
	}
	return c
}

// parsedFile is what one file of a configuration says.
type parsedFile struct {
	blocks   []*hclsyntax.Block
	ignores  []ignoreComment
	problems []problem
	// text is what the file holds where each body of its resources comes to the
	// same parsed by itself; nil where it may not.
	text []byte
	// override tells that its blocks change those of other files.
	override bool
}

// take takes what a file says into the configuration.
func (c *configuration) take(f *parsedFile) {
	c.problems = append(c.problems, f.problems...)
	c.ignores = append(c.ignores, f.ignores...)
	for _, b := range f.blocks {
		c.add(b, f)
	}
}

func (c *configuration) fail(rng hcl.Range, format string, args ...any) {
	c.problems = append(c.problems, problem{rng: rng, message: fmt.Sprintf(format, args...)})
}

func (f *parsedFile) fail(rng hcl.Range, format string, args ...any) {
	f.problems = append(f.problems, problem{rng: rng, message: fmt.Sprintf(format, args...)})
}

// parse parses a file, as much of it as can be read.
func (l *loader) parse(p string) *parsedFile {
	l.parsing <- struct{}{}
	defer func() { <-l.parsing }()
	src, err := l.tree.source(p)
	if err != nil {
		f := &parsedFile{}
		f.fail(startOf(p), "the file is skipped: %s", plainError(err))
		return f
	}
	l.loading.Lock()
	l.files[p] = src
	inOutline := l.outlines && l.isLarge()
	l.source += len(src)
	l.loading.Unlock()
	return l.parsed.parse(l.tree.Base(), p, src, func() *parsedFile {
		override := isOverride(path.Base(p))
		f := parseSource(p, src, inOutline && !override)
		f.override = override
		return f
	})
}

// parseSource parses a text that symbols cannot be mistaken in, in outline where
// that is asked for and does.
func parseSource(p string, src []byte, inOutline bool) *parsedFile {
	f := &parsedFile{}
	if strings.HasSuffix(p, ".json") {
		f.blocks, f.problems = parseJSON(src, p)
		f.ignore(jsonIgnores(src, p))
		return f
	}
	shape, err := scanShape(src)
	if err != nil {
		f.fail(shapeRange(p, err), "the file is skipped: %s", err)
		return f
	}
	if inOutline && !mayHaveIgnores(src) {
		if blocks, ok := outline(src, p, shape.blocks); ok {
			f.blocks, f.text = blocks, src
			return f
		}
	}
	// hclsyntax recovers from errors: what it could parse is used.
	body, diags := parseBody(src, p, shape.blocks)
	for _, d := range diags {
		rng := startOf(p)
		if d.Subject != nil {
			rng = *d.Subject
		}
		f.fail(rng, "%s: %s", d.Summary, d.Detail)
	}
	if body != nil {
		f.ignore(lexIgnores(src, p, body))
		f.blocks = body.Blocks
	}
	if len(diags) == 0 {
		f.text = src
	}
	return f
}

// startOf is the place of what concerns a file as a whole: its first line, for
// a place without a line is not shown.
func startOf(p string) hcl.Range {
	return hcl.Range{Filename: p, Start: hcl.InitialPos, End: hcl.InitialPos}
}

func shapeRange(p string, err error) hcl.Range {
	rng := startOf(p)
	if shape, ok := errors.AsType[*shapeError](err); ok {
		rng.Start = hcl.Pos{Line: shape.line, Column: 1}
		rng.End = rng.Start
	}
	return rng
}

// plainError is an error without the operation and path that os puts before
// it: the place is told apart.
func plainError(err error) string {
	if cause := errors.Unwrap(err); cause != nil {
		return plainError(cause)
	}
	return err.Error()
}

func (c *configuration) addLocals(b *hclsyntax.Block, override bool) {
	for name, a := range b.Body.Attributes {
		if c.locals[name] != nil && !override {
			c.fail(a.NameRange, "local.%s is declared twice", name)
		}
		c.locals[name] = a.Expr
	}
}

// add takes one top-level block of a file into the configuration.
func (c *configuration) add(b *hclsyntax.Block, f *parsedFile) {
	c.blocks++
	override := f.override
	switch {
	case b.Type == "variable" && len(b.Labels) == 1:
		c.addVariable(b.Labels[0], b, override)
	case b.Type == "locals":
		c.addLocals(b, override)
	case b.Type == "output" && len(b.Labels) == 1:
		name := b.Labels[0]
		c.outputs[name] = c.overridden("output "+name, c.outputs[name], b, override)
	case isResource(b):
		c.addResource(b.Labels[0], b.Labels[1], b, f)
	case b.Type == "module" && len(b.Labels) == 1:
		c.addCall(b.Labels[0], b, override)
	case b.Type == "provider" && len(b.Labels) == 1:
		c.addProvider(b.Labels[0], b, override)
	case b.Type == "moved":
		c.addMove(b)
	case b.Type == "terraform":
		for _, inner := range b.Body.Blocks {
			if inner.Type == "backend" || inner.Type == "cloud" {
				c.state = inner
			}
		}
		c.addSources(b)
		if text := constraint(b.Body); text != "" {
			c.providerConstraint = text
		}
	}
}

// overridden is a block, merged into the one that was there where it stands in
// an override file.
func (c *configuration) overridden(what string, old, b *hclsyntax.Block, override bool) *hclsyntax.Block {
	switch {
	case old == nil:
		return b
	case !override:
		c.fail(b.DefRange(), "%s is declared twice", what)
		return b
	}
	merged := *old
	merged.Body = mergeBody(old.Body, b.Body)
	return &merged
}

func (c *configuration) addVariable(name string, b *hclsyntax.Block, override bool) {
	switch v := c.variables[name]; {
	case v == nil:
	case override:
		*v = variableBlock{name: v.name, body: mergeBody(v.body, b.Body), rng: v.rng}
		return
	default:
		c.fail(b.DefRange(), "var.%s is declared twice", name)
	}
	c.variables[name] = &variableBlock{name: name, body: b.Body, rng: b.DefRange()}
}

func (c *configuration) addCall(name string, b *hclsyntax.Block, override bool) {
	call := c.calls[name]
	switch {
	case call == nil:
		c.calls[name] = &callBlock{name: name, body: b.Body, rng: b.DefRange()}
		c.callOrder = append(c.callOrder, name)
	case override:
		call.body = mergeBody(call.body, b.Body)
	default:
		c.fail(b.DefRange(), "module %q is declared twice", name)
	}
}

func (c *configuration) addResource(typ, name string, b *hclsyntax.Block, f *parsedFile) {
	address := typ + "." + name
	if b.Type == "data" {
		address = "data." + address
	}
	if r := c.resources[address]; r != nil {
		if f.override {
			r.parsed, r.text = mergeBody(r.body(), b.Body), nil
		} else {
			c.fail(b.DefRange(), "%s is declared twice", address)
		}
		return
	}
	c.resources[address] = &resourceBlock{
		address: address, typ: typ, name: name, data: b.Type == "data",
		rng: b.DefRange(), parsed: b.Body, text: f.text, end: b.CloseBraceRange.End.Byte, bodies: c.bodies,
	}
	c.resourceOrder = append(c.resourceOrder, address)
}

func (c *configuration) addProvider(name string, b *hclsyntax.Block, override bool) {
	key := name
	if alias := b.Body.Attributes["alias"]; alias != nil {
		if v, diags := alias.Expr.Value(nil); !diags.HasErrors() && isText(v) {
			key += "." + v.AsString()
		}
	}
	c.providers[key] = c.overridden("provider "+key, c.providers[key], b, override)
}

// addSources takes the sources out of a terraform block.
func (c *configuration) addSources(b *hclsyntax.Block) {
	for _, inner := range b.Body.Blocks {
		if inner.Type != "required_providers" {
			continue
		}
		for local, a := range inner.Body.Attributes {
			object, ok := a.Expr.(*hclsyntax.ObjectConsExpr)
			if !ok {
				continue // a version, as before Terraform 0.13
			}
			for _, item := range object.Items {
				k, _ := item.KeyExpr.Value(nil)
				v, diags := item.ValueExpr.Value(nil)
				if isText(k) && k.AsString() == "source" && !diags.HasErrors() && isText(v) {
					c.sources[local] = v.AsString()
				}
			}
		}
	}
}

// providerType is the type of a provider by its local name in the module: the
// last part of its source, or the name itself.
func (c *configuration) providerType(local string) string {
	source := cmp.Or(c.sources[local], local)
	return source[strings.LastIndexByte(source, '/')+1:]
}

// mergeBody is what an override file does to a block: attributes one by one;
// a type of nested block that the override has replaces all blocks of that
// type, and a dynamic block counts as the type it makes.
func mergeBody(base, over *hclsyntax.Body) *hclsyntax.Body {
	merged := *base
	merged.Attributes = hclsyntax.Attributes{}
	for _, attributes := range []hclsyntax.Attributes{base.Attributes, over.Attributes} {
		maps.Copy(merged.Attributes, attributes)
	}
	// count and for_each exclude each other: the override's wins.
	for _, pair := range [][2]string{{"count", "for_each"}, {"for_each", "count"}} {
		if over.Attributes[pair[0]] != nil && over.Attributes[pair[1]] == nil {
			delete(merged.Attributes, pair[1])
		}
	}
	replaced := map[string]bool{}
	for _, b := range over.Blocks {
		replaced[blockType(b)] = true
	}
	added := slices.Clone(over.Blocks)
	merged.Blocks = slices.DeleteFunc(slices.Clone(base.Blocks), func(b *hclsyntax.Block) bool { return replaced[blockType(b)] })
	for i, b := range added {
		if b.Type != "lifecycle" { // the one block that merges by attribute
			continue
		}
		for _, old := range base.Blocks {
			if old.Type == "lifecycle" {
				both := *b
				both.Body = mergeBody(old.Body, b.Body)
				added[i] = &both
			}
		}
	}
	merged.Blocks = append(merged.Blocks, added...)
	return &merged
}

// blockType is the type of a nested block, of a dynamic block the type it
// makes.
func blockType(b *hclsyntax.Block) string {
	if b.Type == "dynamic" && len(b.Labels) == 1 {
		return b.Labels[0]
	}
	return b.Type
}
