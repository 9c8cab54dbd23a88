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
	// Missing are the modules that could not be followed.
	Missing []iam.Unchecked
	// WorkspaceUnknown is as in [iam.Input].
	WorkspaceUnknown bool
	// Files are those that were read.
	Files []string
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
	files, err := s.loader.configurationFiles(s.dir)
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, errEmpty
	}
	scope := o.Scope
	if scope == "" {
		scope = dir
	}
	workspaces, err := s.workspaces(s.loader.load(s.dir))
	if err != nil {
		return nil, err
	}
	if len(workspaces) == 0 {
		// A plan is made in one of them, and does not tell in which.
		workspaces = s.listedWorkspaces(scope)
	}
	ev, err := s.newEvaluator(s.dir, scope, workspaces)
	if err != nil {
		return nil, err
	}
	root := &Root{}
	ev.build(root)
	root.WorkspaceUnknown = ev.asksWorkspace && len(workspaces) != 1
	root.Files = sortedKeys(s.loader.tree.files)
	return root, nil
}

// Add keeps a resource.
func (r *Root) Add(x resource.Resource) { r.Resources = append(r.Resources, x) }

// Unchecked keeps what could not be followed.
func (r *Root) Unchecked(u iam.Unchecked) { r.Missing = append(r.Missing, u) }

// Diagnose keeps what is to be said about the configuration.
func (r *Root) Diagnose(d iam.Diagnostic) { r.Diagnostics = append(r.Diagnostics, d) }

// Ignore keeps an inline suppression comment.
func (r *Root) Ignore(i iam.Ignore) { r.Ignores = append(r.Ignores, i) }

// Provider is the provider configuration of that name, made if need be.
func (r *Root) Provider(name string) *iam.Provider {
	for _, p := range r.Providers {
		if p.Name == name {
			return p
		}
	}
	p := &iam.Provider{Name: name}
	r.Providers = append(r.Providers, p)
	return p
}
