package tfconfig

import (
	"errors"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/source/resource"
)

var errEmpty = errors.New("it holds no Terraform configuration")

// Root is what the configuration of one root module says, before it becomes a
// model: a plan may be joined with it.
type Root struct {
	Resources   []resource.Resource
	Providers   []*iam.Provider
	Diagnostics []iam.Diagnostic
	Ignores     []iam.Ignore
	// Moved is as in [iam.Model].
	Moved map[string]string
	// Missing are the modules that could not be followed.
	Missing []iam.Unchecked
	// Secrets are as in [iam.Model].
	Secrets []string
	// Coverage says what was looked at.
	Coverage iam.Coverage
	// WorkspaceUnknown is as in [iam.Input].
	WorkspaceUnknown bool
	// Files are those that were read.
	Files []string

	input iam.Input
	// builder takes the resources as they are evaluated; nil where Resources has
	// them.
	builder *resource.Builder
	// module is what was evaluated.
	module *moduleInstance
	// reads are the directories that it is made of, as paths in the tree with
	// every link followed.
	reads []string
	// unreadable tells that a file of it could not be read or parsed.
	unreadable bool
}

// configured is the tool as which a directory is read; the error tells that it has
// no configuration.
func (s *scan) configured() (iam.Tool, error) {
	tool := s.tool()
	files, err := s.loader.configurationFiles(s.dir, tool)
	if err == nil && len(files) == 0 {
		err = errEmpty
	}
	return tool, err
}

// Evaluate evaluates the root module in dir. What is wrong with the
// configuration itself is in the Diagnostics; the error tells that dir cannot
// be used.
func Evaluate(dir string, o Options) (*Root, error) {
	s, err := open(dir, o)
	if err != nil {
		return nil, err
	}
	defer s.close()
	tool, err := s.configured()
	if err != nil {
		return nil, err
	}
	workspaces, err := s.workspaces(s.loader.load(s.dir, tool), dir)
	if err != nil {
		return nil, err
	}
	if len(workspaces) == 0 {
		// A plan is made in one of them, and does not tell in which.
		workspaces = s.listedWorkspaces(dir)
	}
	root, err := s.evaluate(s.dir, dir, tool, workspaces, false)
	if err != nil {
		return nil, err
	}
	root.WorkspaceUnknown = root.input.WorkspaceUnknown
	root.Files = sortedKeys(s.loader.tree.files)
	return root, nil
}

// builder starts the model of a root module.
func (s *scan) builder(in iam.Input) *resource.Builder {
	b := resource.NewBuilder(in, s.options.Symbols)
	if s.options.KeepPlanned != nil && s.options.KeepPlanned(in.Path) {
		b.KeepPlanned()
	}
	return b
}

// add takes a resource that was evaluated.
func (r *Root) add(x resource.Resource) {
	if r.builder != nil {
		r.builder.Add(x)
	} else {
		r.Resources = append(r.Resources, x)
	}
}

// model makes the model of the root module. It is not linked.
func (s *scan) model(r *Root) *iam.Model {
	b := r.builder
	if b == nil {
		b = s.builder(r.input)
		for _, p := range r.Providers {
			*b.Provider(p.Name) = *p
		}
		for _, x := range r.Resources {
			b.Add(x)
		}
	}
	for _, u := range r.Missing {
		b.Unchecked(u)
	}
	for _, i := range r.Ignores {
		b.Ignore(i)
	}
	for _, d := range r.Diagnostics {
		b.Diagnose(d)
	}
	for to, from := range r.Moved {
		b.Moved(to, from)
	}
	if s.loader.isLarge() {
		r.forget()
	}
	m := b.Model()
	m.Input, m.Coverage, m.Secrets = r.input, r.Coverage, r.Secrets
	if !r.input.Nothing {
		m.Coverage.Roots = 1
	}
	return m
}

// forget forgets the values of resources, when the model is made of them: what
// a place depends on is evaluated again.
func (r *Root) forget() {
	r.module.walk(func(m *moduleInstance) {
		for _, all := range m.resources {
			for _, i := range all.list {
				i.memos, i.whole, i.document = nil, nil, nil
			}
		}
	})
}

// Provider is the provider configuration of that name, made if need be.
func (r *Root) Provider(name string) *iam.Provider {
	if r.builder != nil {
		return r.builder.Provider(name)
	}
	for _, p := range r.Providers {
		if p.Name == name {
			return p
		}
	}
	p := &iam.Provider{Name: name}
	r.Providers = append(r.Providers, p)
	return p
}
