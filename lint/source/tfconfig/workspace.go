package tfconfig

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// workspaceName is how messages call terraform.workspace, which OpenTofu also
// spells tofu.workspace.
const workspaceName = "terraform.workspace"

// workspaces are the names that terraform.workspace may have in a root module,
// none where nothing tells, or where the listed ones count. A workspace is chosen outside of the configuration
// (State: Workspaces), so that there is no name by default.
func (s *scan) workspaces(config *configuration, shown string) ([]string, error) {
	if s.options.Workspace != "" {
		return []string{s.options.Workspace}, nil
	}
	name, _ := s.options.lookupEnv("TF_WORKSPACE")
	if name != "" && !iam.ValidWorkspace(name) {
		return nil, fmt.Errorf("TF_WORKSPACE in the environment is not the name of a workspace: %q", name)
	}
	if name == "" {
		name = config.onlyWorkspace()
	}
	if name == "" && (!s.options.WorkspacesFirst || len(s.listedWorkspaces(shown)) == 0) {
		name = s.selectedWorkspace(config.dir)
	}
	if names := config.remoteWorkspaces(name); names != nil {
		return names, nil
	}
	if name == "" {
		return nil, nil
	}
	return []string{name}, nil
}

// listedWorkspaces are those of the configuration of a root module.
func (s *scan) listedWorkspaces(shown string) []string {
	if s.options.Workspaces == nil {
		return nil
	}
	return s.options.Workspaces(shown)
}

// selectedWorkspace is the one that terraform workspace select left in the
// data directory of a root module, "" where nothing was selected.
func (s *scan) selectedWorkspace(dir string) string {
	src, err := s.dataFile(dir, "environment")
	if err != nil || policy.ContainsToken(string(src)) {
		return ""
	}
	if name := strings.TrimSpace(string(src)); name != "" {
		return name
	}
	return "default"
}

// dataFile reads a file of the data directory of a root module: .terraform, or
// what TF_DATA_DIR names (Environment Variables, "TF_DATA_DIR").
func (s *scan) dataFile(dir, name string) ([]byte, error) {
	data, _ := s.options.lookupEnv("TF_DATA_DIR")
	if data == "" {
		data = ".terraform"
	}
	file, read := s.loader.tree.from(dir, filepath.Join(data, filepath.FromSlash(name)))
	return read(file)
}

// onlyWorkspace is the name of the workspace where the configuration leaves no
// choice: that of a cloud block, which is selected by terraform init, and the
// one of a backend without workspaces (Backend Type: http).
func (c *configuration) onlyWorkspace() string {
	switch {
	case c.state == nil:
	case c.state.Type == "cloud":
		return c.stateWorkspaces("name")
	case slices.Equal(c.state.Labels, []string{"http"}):
		return "default"
	}
	return ""
}

// remoteWorkspaces are the names that a backend "remote" leaves open: it runs
// Terraform here, or there under the full name of the workspace (State:
// Workspaces, and Backend Type: remote). selected is the one chosen here. It
// is nil for any other backend.
func (c *configuration) remoteWorkspaces(selected string) []string {
	if c.state == nil || c.state.Type != "backend" || !slices.Equal(c.state.Labels, []string{"remote"}) {
		return nil
	}
	if name := c.stateWorkspaces("name"); name != "" {
		return slices.Compact([]string{"default", name})
	}
	if prefix := c.stateWorkspaces("prefix"); prefix != "" && selected != "" {
		return []string{selected, prefix + selected}
	}
	return nil
}

// stateWorkspaces is an attribute of the workspaces block in the block that
// says where state is kept, "" where it is not plain text.
func (c *configuration) stateWorkspaces(name string) string {
	for _, b := range c.state.Body.Blocks {
		if a := b.Body.Attributes[name]; b.Type == "workspaces" && a != nil {
			if v, diags := a.Expr.Value(nil); !diags.HasErrors() && isText(v) {
				return v.AsString()
			}
		}
	}
	return ""
}

// setWorkspace has the evaluator know terraform.workspace by the names that it
// may have: one of several is undecided, and without any it is a symbol, as a
// variable without a value is. What is made of it is then not known because of
// it, however many locals it goes through.
func (ev *evaluator) setWorkspace(names []string) {
	s := policy.Symbol{Kind: policy.SymbolVariable, Name: workspaceName, NotNull: true, References: []string{workspaceName}}
	switch {
	case len(names) == 1:
		ev.workspace = cty.StringVal(names[0])
		return
	case len(names) > 1 && len(names) <= maxAlternatives:
		s.Kind, s.Name = policy.SymbolChoice, strings.Join(names, "|")
		for _, name := range names {
			s.Alternatives = append(s.Alternatives, policy.Literal(name))
		}
	}
	ev.workspace = ev.symbol(s).Mark(ev.refusal(workspaceName + " is not known"))
}
