package source

import (
	"archive/zip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/boundlint/boundlint/lint/files"
)

// snapshot is the configuration that a binary plan carries, put where it can
// be evaluated: the files of its modules, and not those that file() and
// templatefile() read.
type snapshot struct {
	base, dir string // the temporary directory, and the root module in it
	// root is dir as seen from base, plan the directory of the plan.
	root, plan string
	scratch    *files.Scratch
}

// Bounds of what is unpacked. A plan comes from a stranger's pipeline, and a
// zip file of a few bytes can hold gigabytes.
const (
	maxSnapshotFile    = 16 << 20
	maxSnapshot        = 256 << 20
	maxSnapshotFiles   = 20_000
	maxSnapshotModules = 5_000
	maxSnapshotUp      = 32
)

var errNoSnapshot = errors.New("it holds no configuration")

// snapshotModule is one entry of the list of modules in a snapshot.
type snapshotModule struct {
	Key     string `json:"Key"`
	Source  string `json:"Source"`
	Version string `json:"Version"`
	Dir     string `json:"Dir"`
}

// openSnapshot unpacks the configuration in a binary plan into a temporary
// directory, which close removes.
func openSnapshot(file string, scratch *files.Scratch) (s *snapshot, err error) {
	f, err := files.OpenNamed(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	z, err := zip.NewReader(f, info.Size())
	if err != nil {
		if errors.Is(err, zip.ErrFormat) {
			err = errors.New("it is neither a directory nor a binary plan")
		}
		return nil, err
	}
	if len(z.File) > maxSnapshotFiles {
		return nil, fmt.Errorf("it holds more than %d files", maxSnapshotFiles)
	}
	modules, err := snapshotModules(z)
	if err != nil {
		return nil, err
	}
	base, err := scratch.Dir()
	if err != nil {
		return nil, err
	}
	s = &snapshot{base: base, plan: filepath.Dir(file), scratch: scratch}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	return s, s.unpack(z, modules)
}

// close removes the unpacked files.
func (s *snapshot) close() { s.scratch.Remove(s.base) }

// snapshotModules reads the list of modules.
func snapshotModules(z *zip.Reader) ([]snapshotModule, error) {
	for _, f := range z.File {
		if f.Name != "tfconfig/modules.json" {
			continue
		}
		content, err := readMember(f)
		if err != nil {
			return nil, err
		}
		var modules []snapshotModule
		if err := json.Unmarshal(content, &modules); err != nil {
			return nil, fmt.Errorf("its list of modules cannot be read: %w", err)
		}
		if len(modules) > maxSnapshotModules {
			return nil, fmt.Errorf("it holds more than %d modules", maxSnapshotModules)
		}
		return modules, nil
	}
	return nil, errNoSnapshot
}

func readMember(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	content, err := io.ReadAll(io.LimitReader(r, maxSnapshotFile+1))
	if err == nil && len(content) > maxSnapshotFile {
		err = fmt.Errorf("%s in it is larger than %d bytes", f.Name, maxSnapshotFile)
	}
	return content, err
}

// unpack puts the modules where they stood relative to the root module: their
// calls name each other so. A root module whose modules lie above it gets as
// many directories above it.
func (s *snapshot) unpack(z *zip.Reader, modules []snapshotModule) error {
	up := 0
	dirs := map[string]string{} // by key, relative to the root module
	for _, m := range modules {
		dir := path.Clean(filepath.ToSlash(m.Dir))
		if path.IsAbs(dir) || strings.Contains(dir, ":") {
			continue // called by an absolute path, which is not followed
		}
		dirs[m.Key] = dir
		n := strings.Count(dir+"/", "../")
		if n > maxSnapshotUp {
			return errors.New("its modules lie too far apart")
		}
		up = max(up, n)
	}
	s.root = strings.TrimSuffix(strings.Repeat("up/", up)+"root", "/")
	s.dir = filepath.Join(s.base, filepath.FromSlash(s.root))
	tree, err := os.OpenRoot(s.base)
	if err != nil {
		return err
	}
	defer tree.Close()
	if err := tree.MkdirAll(s.root, 0o700); err != nil {
		return err
	}
	found, total := false, 0
	for _, f := range z.File {
		key, name, ok := snapshotFile(f.Name)
		dir, known := dirs[key]
		if !ok || !known {
			continue
		}
		content, err := readMember(f)
		if err != nil {
			return err
		}
		if total += len(content); total > maxSnapshot {
			return fmt.Errorf("its configuration is larger than %d bytes", maxSnapshot)
		}
		to := path.Join(s.root, dir)
		if err := tree.MkdirAll(to, 0o700); err != nil {
			return err
		}
		if err := tree.WriteFile(path.Join(to, name), content, 0o600); err != nil {
			return err
		}
		found = true
	}
	if !found {
		return errNoSnapshot
	}
	return s.manifest(tree, modules, dirs)
}

// snapshotFile is the module and the name of a member that is a file of
// configuration: tfconfig/m-KEY/NAME.
func snapshotFile(member string) (key, name string, ok bool) {
	rest, ok := strings.CutPrefix(member, "tfconfig/m-")
	if !ok {
		return "", "", false
	}
	key, name, ok = strings.Cut(rest, "/")
	return key, name, ok && name == path.Base(name) && filepath.IsLocal(name) && isConfiguration(name)
}

// manifest writes the list of modules that terraform init writes.
func (s *snapshot) manifest(tree *os.Root, modules []snapshotModule, dirs map[string]string) error {
	var list struct {
		Modules []snapshotModule `json:"Modules"`
	}
	for _, m := range modules {
		if dir, ok := dirs[m.Key]; ok {
			m.Dir = dir
			list.Modules = append(list.Modules, m)
		}
	}
	content, err := json.Marshal(list)
	if err != nil {
		return err
	}
	dir := path.Join(s.root, ".terraform/modules")
	if err := tree.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return tree.WriteFile(path.Join(dir, "modules.json"), content, 0o600)
}

// isBeside reports whether a path leads to a regular file in the repository of
// the plan, or below the plan. The plan names it: of what lies elsewhere it must
// not learn whether it is there.
func (s *snapshot) isBeside(p string) bool {
	tree, _, err := files.OpenAround(s.plan)
	if err != nil {
		return false
	}
	defer func() { _ = tree.Close() }() // it has only been read
	inside, err := tree.Inside(p)
	if err != nil {
		return false
	}
	info, err := tree.Stat(inside)
	return err == nil && info.Mode().IsRegular()
}

// display is the path of a file as the plan has it, relative to its root
// module; as seen from here, where it lies beside the plan.
func (s *snapshot) display(p string) string {
	rel, err := filepath.Rel(filepath.FromSlash(s.root), filepath.FromSlash(p))
	if err != nil {
		return p
	}
	if here := filepath.Join(s.plan, rel); s.isBeside(here) {
		rel = here
	}
	return filepath.ToSlash(rel)
}
