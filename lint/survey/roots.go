package survey

import (
	"path"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/files"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/internal/lazy"
)

// Root is a root module.
type Root struct {
	// Path is its directory as it was found.
	Path string
	// Entities counts its roles and users.
	Entities int
	// AsksWorkspace tells that it uses terraform.workspace.
	AsksWorkspace bool
	// VarFiles are the variable files that Terraform does not read by itself,
	// in its directory and one below, and Workspaces what seem to be the names
	// of its workspaces: those that it compares with, and those of the variable
	// files.
	VarFiles, Workspaces []string
}

func (s *surveyor) root(m *iam.Model) {
	if s.roots[m.Input.Path] != nil {
		return
	}
	r := &Root{Path: m.Input.Path, Entities: len(m.Entities), AsksWorkspace: m.Input.WorkspaceUnknown || m.Input.Workspace != ""}
	s.roots[m.Input.Path] = r
	if m.Input.Kind != iam.InputConfig {
		return
	}
	tree, inside, err := files.OpenAround(r.Path)
	if err != nil {
		return // it was read, and says nothing about workspaces
	}
	defer func() { _ = tree.Close() }() // it has only been read
	r.look(tree, inside, "")
	entries, err := tree.List(inside)
	if err != nil {
		return
	}
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			r.look(tree, path.Join(inside, e.Name()), e.Name())
		}
	}
	slices.Sort(r.Workspaces)
	r.Workspaces = slices.Compact(r.Workspaces)
}

// maxRead bounds how much of a file is searched for names of workspaces.
const maxRead = 1 << 20

// compared are the workspaces that configuration compares with.
var compared = lazy.Regexp(`terraform\.workspace\s*[!=]=\s*"([A-Za-z0-9_-]+)"`)

// look takes the variable files of a directory, which is below the root module
// where it has a name, and what the root module's files compare with.
func (r *Root) look(tree *files.Tree, dir, name string) {
	entries, err := tree.List(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		file := e.Name()
		workspace, isVars := strings.CutSuffix(strings.TrimSuffix(file, ".json"), ".tfvars")
		switch {
		case isVars && workspace != "terraform" && !strings.HasSuffix(workspace, ".auto"):
			r.VarFiles = append(r.VarFiles, path.Join(name, file))
			if iam.ValidWorkspace(workspace) {
				r.Workspaces = append(r.Workspaces, workspace)
			}
		case name == "" && strings.HasSuffix(file, ".tf"):
			text, err := tree.Read(path.Join(dir, file), maxRead)
			if err != nil {
				continue
			}
			for _, m := range compared().FindAllSubmatch(text, -1) {
				r.Workspaces = append(r.Workspaces, string(m[1]))
			}
		}
	}
}
