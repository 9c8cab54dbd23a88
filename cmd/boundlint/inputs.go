package main

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"sync"

	"github.com/urfave/cli/v2"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/budget"
	"github.com/boundlint/boundlint/lint/config"
	"github.com/boundlint/boundlint/lint/driver"
	"github.com/boundlint/boundlint/lint/files"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source"
	"github.com/boundlint/boundlint/rules"
)

// inputs is what was read for one run.
type inputs struct {
	paths   []string
	batches []batch
	// files are what was read, which no report may be written over.
	files []string
	// faults are what is wrong with inputs that could not be read; remarks are
	// what is to be said besides.
	faults  []error
	remarks []lint.Diagnostic
}

// batch is what is judged by the same configuration.
type batch struct {
	settings *lint.Settings
	models   []*iam.Model
}

// read reads all inputs of the command line. An input that cannot be read
// does not keep the others from being judged; a faulty configuration does.
func (p *program) read(c *cli.Context) (*inputs, error) { return p.readPaths(c, c.Args().Slice()) }

// readPaths is read for a command that has other arguments as well.
func (p *program) readPaths(c *cli.Context, paths []string) (*inputs, error) {
	in, err := named(c, paths)
	if err != nil {
		return nil, err
	}
	if p.share == nil {
		if err := p.startBudget(c); err != nil {
			return nil, err
		}
	}
	find := p.settings(c)
	options, err := p.sourceOptions(c, find)
	if err != nil {
		return nil, err
	}
	if c.Bool("changed") {
		if err := in.changed(c, options, find); err != nil {
			return nil, err
		}
	}
	options.Also = in.paths
	p.startProgress()
	start := p.clock()
	for i, path := range in.paths {
		if err := p.mistakenCommand(c, i, path); err != nil {
			return nil, err
		}
		p.progress.say("reading %s (%d of %d)", path, i+1, len(in.paths))
		began := p.clock()
		// As much is for what is judged afterwards.
		options.Share = p.share.Part(len(in.paths)-i, len(in.paths))
		if err := in.read(path, options, find); err != nil {
			return nil, err
		}
		p.timings.inputs = append(p.timings.inputs, timed{path, p.clock().Sub(began)})
	}
	if err := p.findDeployers(c, in, options); err != nil {
		return nil, err
	}
	driver.ShareOrganizations(in.models())
	p.timings.reading = p.clock().Sub(start)
	in.reads(c.String("credential-report"), c.String("config-dir"))
	for _, g := range p.given {
		in.reads(g.File)
	}
	in.checkCredentialReport(c.String("credential-report"))
	if !options.Partial {
		in.checkGiven()
	}
	if c.Bool("same-account") {
		return in, in.checkSameAccount()
	}
	return in, nil
}

// sourceOptions say how inputs are read.
func (p *program) sourceOptions(c *cli.Context, find func(string) (*lint.Settings, error)) (source.Options, error) {
	o := source.Options{
		Stdin:            p.stdin,
		Symbols:          cmp.Or(p.symbols, &policy.Symbols{}),
		Before:           p.before,
		KeepForgotten:    p.keepForgotten,
		AllowExec:        c.Bool("allow-exec"),
		ConfigDir:        c.String("config-dir"),
		Given:            p.given,
		LookupEnv:        p.lookupEnv,
		Workspace:        c.String("workspace"),
		Exclude:          c.StringSlice("exclude"),
		Recursive:        recursive(c) && !p.roots,
		CredentialReport: c.String("credential-report"),
		Scratch:          &scratch,
		Overlay:          p.overlay,
		Parsed:           p.parsed,
		Partial:          c.Bool("partial") || c.Bool("changed") || p.roots,
	}
	if p.outlines != nil {
		o.Keep = p.outlines.Keep
	}
	if c.IsSet("workspace") && !iam.ValidWorkspace(o.Workspace) {
		return o, usagef("--workspace takes the name of a workspace, not %q", o.Workspace)
	}
	policies, err := p.policies(c)
	if err != nil {
		return o, err
	}
	o.WorkspacesFirst = slices.ContainsFunc(policies, func(s *lint.Settings) bool { return len(s.Workspaces) > 0 })
	o.Workspaces = func(root string) []string {
		settings, err := find(root)
		if err != nil {
			return nil // it is reported where the root module is judged
		}
		return settings.Workspaces
	}
	o.KeepPlanned = func(path string) bool {
		settings, err := find(path)
		return err == nil && len(settings.Deployers) > 0
	}
	return o, nil
}

// recursive reports whether root modules are looked for below a directory that has
// configuration of its own: where the flag says so, and where what is judged must not
// depend on a file that a pull request adds at the top.
func recursive(c *cli.Context) bool {
	return c.Bool("recursive") || len(c.StringSlice("policy")) > 0 || c.IsSet("config-from") || c.IsSet("changed-from") ||
		c.IsSet("git")
}

// read reads one input.
func (in *inputs) read(path string, o source.Options, find func(string) (*lint.Settings, error)) error {
	settings, err := find(path)
	if err != nil {
		return err
	}
	o.Exclude = slices.Concat(settings.Exclude, o.Exclude)
	models, err := readInput(path, o)
	if over := o.Share.Over(); over != nil && over.Memory {
		o.Share.Forget()
	}
	o.Share.Close()
	if err != nil {
		in.faults = append(in.faults, err)
	}
	in.reads(path)
	in.reads(filesOf(settings)...)
	if len(models) > 0 {
		in.reads(models[0].Input.Files...) // all have the same
	}
	for _, m := range models {
		// Each root module below a directory has its own way upwards, the
		// same as when it is named by itself.
		own := settings
		if m.Input.Kind == iam.InputConfig && filepath.Clean(m.Input.Path) != path {
			if own, err = find(m.Input.Path); err != nil {
				return err
			}
			in.reads(filesOf(own)...)
		}
		in.add(own, m)
	}
	return nil
}

// named are the inputs that the command line names, each once.
func named(c *cli.Context, paths []string) (*inputs, error) {
	in := &inputs{}
	for _, glob := range c.StringSlice("exclude") {
		if err := source.CheckExclude(glob); err != nil {
			return nil, usagef("--exclude %s %s", glob, err)
		}
	}
	for _, path := range paths {
		if path == "" {
			return nil, usagef("a PATH is empty")
		}
		path = filepath.Clean(path)
		switch {
		case filepath.Base(path) == config.FileName:
			// The configuration stands for what it rules.
			path = filepath.Dir(path)
		case !c.Bool("changed") && source.IsConfiguration(path):
			// The files of a directory are one root module, however many of
			// them are named.
			path = filepath.Dir(path)
		}
		if !slices.Contains(in.paths, path) {
			in.paths = append(in.paths, path)
		}
	}
	if len(in.paths) == 0 {
		in.paths = []string{"."}
	}
	return in, nil
}

// changed puts the root modules in the place of the files that changed, which
// a hook names.
func (in *inputs) changed(c *cli.Context, options source.Options, find func(string) (*lint.Settings, error)) error {
	bySettings := map[*lint.Settings][]string{}
	var order []*lint.Settings
	for _, path := range in.paths {
		settings, err := find(path)
		if err != nil {
			return err
		}
		if bySettings[settings] == nil {
			order = append(order, settings)
		}
		if isNamedIn(settings, path) {
			path = filepath.Dir(settings.File)
		}
		bySettings[settings] = append(bySettings[settings], path)
	}
	in.paths = nil
	for _, settings := range order {
		options.Exclude = slices.Concat(settings.Exclude, c.StringSlice("exclude"))
		paths, err := source.Changed(bySettings[settings], options)
		if err != nil {
			return err
		}
		for _, path := range paths {
			if !slices.Contains(in.paths, path) {
				in.paths = append(in.paths, path)
			}
		}
	}
	return nil
}

// isNamedIn reports whether the configuration names a file: a boundary's document,
// a policy of a deployer or one of the organization.
func isNamedIn(settings *lint.Settings, path string) bool {
	path = filepath.ToSlash(path)
	return slices.ContainsFunc(settings.Boundaries, func(b lint.ApprovedBoundary) bool {
		return b.Document != nil && b.Document.Location.File == path
	}) || slices.ContainsFunc(settings.Deployers, func(d lint.Deployer) bool {
		return slices.ContainsFunc(append(slices.Clone(d.Policies), d.Boundary), func(x *iam.Document) bool {
			return x != nil && x.Location.File == path
		})
	}) || slices.ContainsFunc(settings.OrganizationPolicies, func(p *iam.OrganizationPolicy) bool { return p.Location.File == path })
}

// readInput reads one input. A fault of this program in the reading of one
// does not hide what the others show, and neither does one that goes on and on.
func readInput(path string, o source.Options) ([]*iam.Model, error) {
	var models []*iam.Model
	var err error
	read := func() {
		defer func() {
			switch fault := recover().(type) {
			case nil:
			case *budget.SpentError:
				models, err = nil, source.NotJudged(path, fault)
			default:
				models, err = nil, &source.InputError{Path: path, Problem: internalError(fault)}
			}
		}()
		models, err = source.Read(context.Background(), path, o)
	}
	if !o.Share.Run(read) {
		return nil, source.NotJudged(path, o.Share.Over())
	}
	return models, err
}

func configName(s *lint.Settings) string {
	if s.File == "" {
		return "none"
	}
	return s.File
}

func (in *inputs) add(settings *lint.Settings, m *iam.Model) {
	for i := range in.batches {
		if in.batches[i].settings == settings {
			in.batches[i].models = append(in.batches[i].models, m)
			return
		}
	}
	in.batches = append(in.batches, batch{settings, []*iam.Model{m}})
}

// mistakenCommand tells of a first argument that is not a path but close to the
// name of a command.
func (p *program) mistakenCommand(c *cli.Context, i int, path string) error {
	if i > 0 || path == "-" || commandNamed(c.App.Commands, path) != nil {
		return nil
	}
	if _, err := files.StatNamed(path); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if hint := suggestCommand(c.App.Commands, path); hint != "" {
		return usagef("there is neither a command nor a file %s%s", path, hint)
	}
	return nil
}

// settings returns the function that finds the configuration for an input.
// Inputs with the same configuration file share its settings.
func (p *program) settings(c *cli.Context) func(path string) (*lint.Settings, error) {
	byFile := map[string]*lint.Settings{}
	var mu sync.Mutex // an input that was given up may still ask
	load := func(file string, read settingsReader) (*lint.Settings, error) {
		mu.Lock()
		defer mu.Unlock()
		if s := byFile[file]; s != nil {
			return s, nil
		}
		s := &lint.Settings{}
		if file != "" {
			loaded, err := read(file, ruleIDs())
			if err != nil {
				return nil, err
			}
			s = loaded
		}
		deployers, err := namedDeployers(c)
		if err != nil {
			return nil, err
		}
		s.Deployers = append(s.Deployers, deployers...)
		s.Strict = c.Bool("strict")
		s.Today = p.now()
		policies, err := p.policies(c)
		if err == nil {
			s, err = config.Layer(policies, s, rules.All())
		}
		if err != nil {
			return nil, err
		}
		byFile[file] = s
		return s, nil
	}
	return func(path string) (*lint.Settings, error) {
		named := c.String("config")
		if c.IsSet("config") && named == "" {
			return nil, usagef("--config names no file")
		}
		tree, err := p.configFrom(c)
		switch {
		case err != nil:
			return nil, err
		case named != "":
			file, read, err := namedConfiguration(named, tree)
			if err != nil {
				return nil, err
			}
			return load(file, read)
		}
		for _, dir := range searchedFrom(path, c.String("config-dir")) {
			if tree != nil {
				inside, ok := tree.in(dir)
				if !ok {
					continue
				}
				dir = inside
			}
			file, err := config.Find(dir)
			switch {
			case err != nil:
				return nil, err
			case file != "" && tree != nil:
				return load(file, tree.load)
			case file != "":
				return load(relative(file), p.loadFound)
			}
		}
		return load("", nil)
	}
}

// namedConfiguration is the file that the command line names, in the tree if there is
// one, and what reads it.
func namedConfiguration(named string, tree *configTree) (file string, read settingsReader, err error) {
	if tree != nil {
		file, ok := tree.in(named)
		if !ok {
			return "", nil, usagef("--config-from takes %s from the revision, and it is not in the repository", named)
		}
		return file, tree.load, nil
	}
	file = filepath.Clean(named)
	if inside := relative(file); filepath.IsLocal(inside) {
		file = inside
	}
	return file, config.Load, nil
}

// loadFound reads a configuration that was looked for, as the overlay has it.
func (p *program) loadFound(file string, rules []string) (*lint.Settings, error) {
	return config.LoadLaid(file, rules, p.overlay)
}

// settingsReader reads a configuration file, given the ids of the rules.
type settingsReader func(file string, rules []string) (*lint.Settings, error)

// searchedFrom are the directories from which the configuration of an input
// is looked for upwards: that of the input, then the one it is joined with,
// for a plan is often written outside of its repository.
func searchedFrom(path, configDir string) []string {
	var dirs []string
	switch info, err := files.StatNamed(path); {
	case path == "-":
		dirs = []string{"."}
	case err == nil && info.IsDir():
		dirs = []string{path}
	default:
		dirs = []string{filepath.Dir(path)}
	}
	if configDir != "" {
		if info, err := files.StatNamed(configDir); err == nil && !info.IsDir() {
			configDir = filepath.Dir(configDir) // a binary plan
		}
		dirs = append(dirs, configDir)
	}
	return dirs
}

// relative is a path as seen from the working directory, where there is a way.
func relative(path string) string {
	if !filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	if rel, err := filepath.Rel(workingDirectory(), path); err == nil {
		return rel
	}
	return path
}
