// Package tfconfig evaluates raw Terraform and OpenTofu configuration, without
// init, providers or network, into the same IAM model that its plan gives.
//
// What cannot be known offline is a symbol or unknown, never a guess. The
// package is an interpreter of its own over the hclsyntax tree, with cty as
// the domain of values: lazy, remembered per node, and bounded in every
// direction, since configuration may come from strangers. Nothing outside of
// the scanned directory is read.
package tfconfig

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/budget"
	"github.com/boundlint/boundlint/lint/files"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/resource"
)

// Options say how configuration is evaluated.
type Options struct {
	// Symbols is shared by all inputs of a run; nil makes new ones.
	Symbols *policy.Symbols
	// Base is the directory that may be read: the repository. "" takes the one
	// that Base finds for the root module.
	Base string
	// Scope tells the symbols of this input from those of others; "" takes the
	// path of the root module.
	Scope string
	// Given are values for the variables of the root module in the order of the
	// command line: the last one counts. They come after the root module's own
	// tfvars files and what the environment says.
	Given []Given
	// LookupEnv finds a variable of the environment: those that Terraform reads
	// (TF_VAR_NAME, TF_CLI_ARGS, TF_WORKSPACE, TF_DATA_DIR) count as for it. nil
	// stands for an empty environment.
	LookupEnv func(name string) (value string, set bool)
	// Variables, where it is not nil, are all the values of the root module's
	// variables, as JSON decodes them: those of a plan. No file is read for
	// values then.
	Variables map[string]any
	// Planned, where it is not nil, is what a plan of the configuration knows
	// and the configuration alone does not.
	Planned *Planned
	// Display turns a path in the tree, slash-separated and relative to Base,
	// into one for people; nil shows it as seen from the working directory.
	Display func(path string) string
	// Workspace is terraform.workspace; "" takes the one that TF_WORKSPACE, the
	// configuration or .terraform/environment names.
	Workspace string
	// Workspaces are the workspaces of a root module, by its path for people,
	// of which each is evaluated where nothing names one; nil, or none, leaves
	// terraform.workspace a symbol then.
	Workspaces func(root string) []string
	// WorkspacesFirst lets Workspaces count before .terraform/environment, which
	// whoever writes the configuration may write too.
	WorkspacesFirst bool
	// Exclude are globs of directories in which no root module is looked for.
	Exclude []string
	// Recursive looks for root modules below a directory even if it has
	// configuration of its own.
	Recursive bool
	// Also are the other directories of the run, of which is not said that
	// nothing judges them. Partial says it of no directory: a hook judges what
	// has changed.
	Also    []string
	Partial bool
	// Tool is whose files Evaluate reads; "" for those of OpenTofu, which reads
	// what Terraform reads where there is nothing else.
	Tool iam.Tool
	// KeepPlanned tells of a root module, by its path for people, whether the model
	// keeps what is planned (see [resource.Builder]); nil for none.
	KeepPlanned func(root string) bool
	// Share bounds the time and the memory of the reading; nil for no bound.
	Share *budget.Share
	// Overlay is what files are read as in the place of what they hold; nil for none.
	Overlay files.Overlay
	// Parsed keeps what is parsed for the next reading; nil keeps nothing.
	Parsed *Parsed
}

func (o *Options) lookupEnv(name string) (string, bool) {
	if o.LookupEnv == nil {
		return "", false
	}
	return o.LookupEnv(name)
}

// Base is the directory that the configuration in dir may read: the nearest
// one above it that is a repository, else the working directory if dir lies
// in it, else dir itself.
func Base(dir string) string {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return dir
	}
	if repository := files.Repository(abs); repository != "" {
		return repository
	}
	if wd, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(wd, abs); err == nil && filepath.IsLocal(rel) {
			return wd
		}
	}
	return abs
}

// Load evaluates the root module in dir, or the one that a file belongs to, in
// the first of its workspaces and as the first of the tools that read it
// differently. What is wrong with the configuration itself is
// in the model's Diagnostics; the error tells that dir, or a value on the
// command line, cannot be used.
func Load(dir string, o Options) (*iam.Model, error) {
	s, err := open(dir, o)
	if err != nil {
		return nil, err
	}
	defer s.close()
	s.loader.outlines = o.Parsed == nil
	models, _, err := s.load(s.dir, dir)
	if err != nil {
		return nil, err
	}
	if len(models) == 0 {
		return s.nothing(dir), nil
	}
	return models[0], nil
}

// LoadAll evaluates every root module in a directory, in each of its
// workspaces, and as each of the tools that read different files of it: the
// directory itself if it has configuration that makes anything, unless
// o.Recursive is set, and else those below it as well.
func LoadAll(dir string, o Options) ([]*iam.Model, error) {
	s, err := open(dir, o)
	if err != nil {
		return nil, err
	}
	defer s.close()
	s.loader.outlines = o.Parsed == nil
	models, err := s.loadAll(dir)
	files := sortedKeys(s.loader.tree.files)
	for _, m := range models {
		m.Input.Files = files
	}
	return models, err
}

func (s *scan) loadAll(dir string) (models []*iam.Model, err error) {
	files, err := s.loader.configurationFiles(s.dir, iam.OpenTofu)
	if err != nil {
		return nil, err
	}
	whole := len(files) > 0 && !s.options.Recursive && s.makes(s.dir)
	if !whole || !s.options.Partial {
		if s.found, err = s.loader.survey(s.dir, s.options.Exclude); err != nil && (!whole || !isTooMany(err)) {
			return nil, err
		}
	}
	var silent []string
	if whole {
		models, _, err = s.load(s.dir, dir)
	} else {
		models, silent, err = s.loadBelow(dir)
	}
	if err != nil {
		return models, err
	}
	if len(models) == 0 {
		models = append(models, s.nothing(dir))
	}
	first := models[0]
	first.Coverage.Read = append(first.Coverage.Read, silent...)
	s.tellUnread(models, first)
	return models, nil
}

// makes reports whether the configuration in a directory makes anything.
func (s *scan) makes(dir string) bool {
	return slices.ContainsFunc(s.configurations(dir), func(c *configuration) bool {
		return len(c.resources)+len(c.calls)+len(c.problems) > 0
	})
}

// configurations are those of a directory, one for each tool that reads other
// files of it.
func (s *scan) configurations(dir string) []*configuration {
	out := []*configuration{s.loader.load(dir, iam.OpenTofu)}
	if s.loader.isMixed(dir) {
		out = append(out, s.loader.load(dir, iam.Terraform))
	}
	return out
}

// stated is the one of the configurations of a directory that says where state
// is kept, if there is one.
func (s *scan) stated(dir string) *configuration {
	all := s.configurations(dir)
	if i := slices.IndexFunc(all, func(c *configuration) bool { return c.state != nil }); i >= 0 {
		return all[i]
	}
	return all[0]
}

// loadBelow evaluates the root modules in and below the directory; shown is its
// path for people. silent are the directories that were read and of which there
// is nothing to say.
func (s *scan) loadBelow(shown string) (models []*iam.Model, silent []string, err error) {
	type judged struct {
		root   string
		models []*iam.Model
	}
	var roots []judged
	err = s.eachRoot(s.found.modules, func(root string, left int) ([]string, error) {
		at := filepath.ToSlash(filepath.Join(shown, filepath.FromSlash(below(s.dir, root))))
		s.share = s.options.Share.Part(left, 0)
		defer s.share.Close()
		if over := s.share.Over(); over != nil {
			s.unread = append(s.unread, root)
			roots = append(roots, judged{root, []*iam.Model{s.unreadRoot(root, at, over)}})
			return nil, nil
		}
		models, reads, err := s.load(root, at)
		switch {
		case err != nil, len(models) == 0:
		case models[0].Input.Nothing || s.isStore(root, models):
			silent = append(silent, models[0].Coverage.Read...)
		default:
			roots = append(roots, judged{root, models})
		}
		return reads, err
	})
	slices.SortFunc(roots, func(a, b judged) int { return strings.Compare(a.root, b.root) })
	for _, r := range roots {
		models = append(models, r.models...)
	}
	return models, silent, err
}

// nothing is the model of a directory without configuration: a report says
// that nothing was checked, or a path that is wrong would pass as clean.
func (s *scan) nothing(shown string) *iam.Model {
	m := resource.NewBuilder(iam.Input{
		Path: shown, Kind: iam.InputConfig, Root: s.dir, Complete: true, Nothing: true,
	}, s.options.Symbols).Model()
	summary := "there is no Terraform configuration in it or below it: nothing was checked (JSON files are read where they are named)"
	if len(s.found.modules) > 0 {
		summary = "the files of configuration in it and below it hold no block: nothing was checked"
	}
	m.Diagnostics = append(m.Diagnostics, iam.Diagnostic{Summary: summary})
	return m
}

// unreadRoot is the model of a root module for which nothing of the budget is left.
func (s *scan) unreadRoot(root, shown string, over *budget.SpentError) *iam.Model {
	m := resource.NewBuilder(iam.Input{Path: shown, Kind: iam.InputConfig, Root: root, Complete: true}, s.options.Symbols).Model()
	m.Coverage.Unread = []string{s.loader.tree.display(root)}
	m.Diagnostics = append(m.Diagnostics, iam.Diagnostic{Error: true, Summary: "not judged: " + over.Error()})
	return m
}

// scan is one tree that is being read.
type scan struct {
	options Options
	loader  *loader
	dir     string // the directory that was named, in the tree
	// found is what is in and below it; empty where that was not looked for.
	found *survey
	// share is that of the root module that is being evaluated, unread are the
	// root modules for which nothing was left.
	share  *budget.Share
	unread []string
	// steps are those of evaluation that are left for all root modules together,
	// and leastSteps what each of them has in any case.
	steps, leastSteps int
}

func open(dir string, o Options) (*scan, error) {
	if info, err := files.StatNamed(dir); err != nil {
		return nil, err
	} else if !info.IsDir() {
		dir = filepath.Dir(dir)
	}
	t, inTree, err := openNamed(dir, o)
	if err != nil {
		return nil, err
	}
	if o.Display != nil {
		t.display = o.Display
	}
	return newScan(t, inTree, o), nil
}

func newScan(t *tree, dir string, o Options) *scan {
	if o.Symbols == nil {
		o.Symbols = &policy.Symbols{}
	}
	t.Lay(o.Overlay)
	l := newLoader(t)
	l.parsed, l.share = o.Parsed, o.Share
	return &scan{options: o, loader: l, dir: dir, found: &survey{}, share: o.Share, steps: maxTotalSteps, leastSteps: leastSteps}
}

// openNamed opens the tree around a directory, and tells where in it the
// directory is. Links inside of a tree do not lead out of it, but the one that
// the user names does: the tree is then the one that it leads to.
func openNamed(dir string, o Options) (*tree, string, error) {
	base := o.Base
	if base == "" {
		base = Base(dir)
	}
	t, err := openTree(base, dir)
	if err != nil {
		return nil, "", err
	}
	inTree, err := t.Inside(dir)
	if err == nil && (o.Base != "" || t.IsDir(inTree)) {
		return t, inTree, nil
	}
	_ = t.Close() // it has only been read
	if err != nil {
		return nil, "", err
	}
	target, err := files.RealNamed(dir)
	if err != nil {
		return nil, "", err
	}
	if t, err = openTree(Base(target), target); err != nil {
		return nil, "", err
	}
	if inTree, err = t.Inside(target); err != nil {
		_ = t.Close()
		return nil, "", err
	}
	// What lies in the directory is shown by the name that the user knows.
	plain := t.display
	t.display = func(p string) string {
		if rel, err := filepath.Rel(filepath.FromSlash(inTree), filepath.FromSlash(p)); err == nil && filepath.IsLocal(rel) {
			return filepath.ToSlash(filepath.Join(dir, rel))
		}
		return plain(p)
	}
	return t, inTree, nil
}

// close lets go of the tree. Places are found on demand, and may still read
// what was not read before: they then fall back to the attribute.
func (s *scan) close() {
	s.loader.letGo()
	_ = s.loader.tree.Close()
}

// newEvaluator prepares the evaluation of a root module, as a tool reads it, in
// a workspace whose name is one of those given, unknown where there is none.
func (s *scan) newEvaluator(dir, scope string, tool iam.Tool, workspaces []string) (*evaluator, error) {
	given := min(maxSteps, max(s.steps, s.leastSteps))
	ev := &evaluator{
		loader: s.loader, symbols: s.options.Symbols, scope: scope, rootDir: dir, tool: tool,
		secrets: map[string]bool{}, specials: specials, templates: map[string]parsedTemplate{}, maybeStatements: map[string][]*policy.Symbol{},
		tokenized: map[*policy.Symbol]cty.Value{}, behind: map[expressionAt][]variableAt{},
		reported: map[string]bool{}, limits: usualLimits, refusals: map[refusal]bool{}, steps: given, shortened: given < maxSteps,
		spare: maxSteps, lowest: math.MaxInt,
		referenced: map[*policy.Symbol]*instance{}, types: map[*policy.Symbol]cty.Type{}, openings: map[*policy.Symbol]opening{},
		planned: s.options.Planned,
		share:   s.share,
	}
	ev.setWorkspace(workspaces)
	ev.manifest = s.manifest(dir)
	config := s.loader.load(dir, tool)
	if err := ev.givenVariables(config, s.options); err != nil {
		return nil, err
	}
	ev.markDefaults = s.loader.reusable(config, s.options)
	ev.provider = s.loader.providerVersion(dir, config)
	ev.root = newModule(ev, config, nil, nil)
	return ev, nil
}

// load evaluates one root module; shown is its path for people, and reads are
// the directories that it is made of. Where nothing names the workspace and the
// root module asks for it, it is evaluated in each of those that are listed.
func (s *scan) load(dir, shown string) (models []*iam.Model, reads []string, err error) {
	names, err := s.workspaces(s.stated(dir), shown)
	if err != nil {
		return nil, nil, err
	}
	choices := [][]string{names}
	if listed := s.listedWorkspaces(shown); len(names) == 0 && len(listed) > 0 {
		choices = nil
		for _, name := range listed {
			choices = append(choices, []string{name})
		}
	}
	for _, workspaces := range choices {
		roots, err := s.loadIn(dir, shown, workspaces)
		if err != nil {
			return nil, nil, err
		}
		same := true
		for _, r := range roots {
			models = append(models, s.model(r))
			reads = append(reads, r.reads...)
			same = same && r.input.Workspace == ""
		}
		if same {
			break // it is the same in every other
		}
	}
	return models, reads, nil
}

// loadIn evaluates a root module in a workspace of one of the names, as each of
// the tools that read it differently.
func (s *scan) loadIn(dir, shown string, workspaces []string) ([]*Root, error) {
	steps := s.steps
	root, err := s.evaluate(dir, shown, iam.OpenTofu, workspaces, !s.loader.isMixed(dir))
	if err != nil || !s.isReadByBoth(dir, root.reads) {
		return []*Root{root}, err
	}
	if root.builder != nil { // a module is read differently: again, to compare the resources
		s.steps = steps
		if root, err = s.evaluate(dir, shown, iam.OpenTofu, workspaces, false); err != nil {
			return nil, err
		}
	}
	other, err := s.evaluate(dir, shown, iam.Terraform, workspaces, false)
	if err != nil {
		return nil, err
	}
	return s.readings(other, root), nil
}

// evaluate evaluates a root module as a tool reads it, in a workspace of one of
// the names. Its resources go straight into the model that is made of it, where
// nobody asks for them.
func (s *scan) evaluate(dir, shown string, tool iam.Tool, workspaces []string, straight bool) (*Root, error) {
	in := iam.Input{Path: s.options.Scope, Kind: iam.InputConfig, Root: dir, Complete: true}
	if in.Path == "" {
		in.Path = shown
	}
	ev, err := s.newEvaluator(dir, in.Path, tool, workspaces)
	if err != nil {
		return nil, err
	}
	in.ReusableModule = ev.markDefaults
	in.Undeclared = s.options.undeclared(ev.root.config)
	root := &Root{input: in, module: ev.root}
	if straight {
		root.builder = s.builder(in)
	}
	given := ev.steps
	ev.build(root)
	if s.loader.startsOver() {
		return s.evaluate(dir, shown, tool, workspaces, straight)
	}
	s.steps -= max(given-max(ev.steps, 0), 0) // instances may have come with more than they took
	if ev.asksWorkspace && len(workspaces) == 1 {
		root.input.Workspace = workspaces[0]
	}
	root.input.WorkspaceUnknown = ev.asksWorkspace && len(workspaces) != 1
	return root, nil
}

// build gives the evaluated root module to a root.
func (ev *evaluator) build(b *Root) {
	configs := map[*configuration]bool{}
	ev.root.walk(func(m *moduleInstance) {
		configs[m.config] = true
		m.describeProviders(b)
		parsed, end := m.config.parseAhead()
		defer end()
		for _, address := range m.config.resourceOrder {
			block := m.config.resources[address]
			parsed(block)
			if resource.Reads(block.typ, block.data) {
				for _, i := range m.resource(address).list {
					b.add(i.guarded())
					ev.spare += stepsPerInstance // for its places
				}
			}
		}
	})
	b.reads = ev.reads()
	b.Secrets = ev.secretTexts()
	b.Coverage = ev.cover(b.reads)
	ev.addUnchecked(b)
	ev.addIgnores(b)
	ev.addMoves(b)
	blocks := 0
	for config := range configs {
		blocks += config.blocks + len(config.problems)
		b.unreadable = b.unreadable || len(config.problems) > 0
		for _, p := range config.problems {
			ev.report(p)
		}
	}
	b.input.Nothing = blocks == 0
	ev.placing += max(ev.steps, 0) // which evaluation leaves
	ev.sortProblems()
	for _, p := range ev.problems {
		b.Diagnostics = append(b.Diagnostics, iam.Diagnostic{Error: !p.remark, Summary: p.message, Location: ev.location(spot{rng: p.rng})})
	}
}

// guarded is the instance as the builder wants it. Should evaluating it fail in
// a way that nobody foresaw, what it sets is unknown, and the run goes on.
func (i *instance) guarded() (r resource.Resource) {
	ev := i.module.ev
	defer func() {
		if cause := recover(); cause != nil {
			ev.reset()
			ev.report(problem{rng: i.block.rng, message: fmt.Sprintf("%s cannot be evaluated, which is a fault of boundlint: %v", i.address, cause)})
			r = i.bare()
			r.Values = i.hidden()
		}
	}()
	r = i.resource()
	return r
}

// hidden are the attributes and blocks of the instance as unknown values.
func (i *instance) hidden() map[string]resource.Value {
	values := map[string]resource.Value{}
	e, parts := i.env(), i.parts()
	for name, a := range i.block.body().Attributes {
		if parts.Of(name) != nil && !metaArguments[name] {
			values[name] = resource.UnknownValue(e.unknownAt(a.Expr.Range(), ""))
		}
	}
	for _, typ := range blockTypes(i.block.body()) {
		if parts.Of(typ) == nil {
			continue
		}
		values[typ] = resource.UnknownValue(e.unknownAt(i.block.rng, "."+typ))
	}
	return values
}

// bare is the instance without its values.
func (i *instance) bare() resource.Resource {
	ev := i.module.ev
	location := ev.location(i.spot())
	location.Address = i.address
	return resource.Resource{
		Address: i.address, Module: strings.TrimSuffix(i.module.path, "."),
		Type: i.block.typ, Data: i.block.data, Provider: i.provider(), MayNotExist: len(i.maybe) > 0, Existence: i.existence(), Maybe: i.maybe,
		Location: location,
	}
}

// resource is the instance as the builder wants it.
func (i *instance) resource() resource.Resource {
	ev := i.module.ev
	r := i.bare()
	r.Values = i.values()
	for _, b := range i.block.body().Blocks {
		if a := b.Body.Attributes["ignore_changes"]; b.Type == "lifecycle" && a != nil {
			r.IgnoreChanges = ignoredChanges(a.Expr)
			r.IgnoreChangesAt = ev.location(spot{a.SrcRange, i.module})
			r.IgnoreChangesAt.Address = i.address
			r.IgnoreChangesAt.Attribute = "lifecycle.ignore_changes"
		}
	}
	return r
}

// addUnchecked tells of the module calls that could not be followed, each
// once.
func (ev *evaluator) addUnchecked(b *Root) {
	seen := map[hcl.Range]bool{}
	for _, missing := range ev.missing {
		if seen[missing.call.rng] {
			continue
		}
		seen[missing.call.rng] = true
		l := ev.location(spot{missing.call.rng, missing.parent})
		l.Address = missing.parent.path + "module." + missing.call.name
		b.Missing = append(b.Missing, iam.Unchecked{
			Kind: iam.UncheckedModule, Location: l, Source: missing.source,
			Message: fmt.Sprintf("the module %s is not checked: %s", missing.call.name, missing.message), Fix: missing.fix,
		})
	}
}
