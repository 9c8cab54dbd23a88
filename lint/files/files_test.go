package files_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/boundlint/boundlint/lint/files"
)

// write makes files in a new directory.
func write(t *testing.T, content map[string]string) string {
	t.Helper()
	tree := fstest.MapFS{}
	for name, text := range content {
		tree[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, tree); err != nil {
		t.Fatal(err)
	}
	return dir
}

func link(t *testing.T, target, name string) {
	t.Helper()
	if err := os.Symlink(target, name); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
}

func TestTree(t *testing.T) {
	dir := write(t, map[string]string{"secret": "secret", "repo/a": "plain", "repo/sub/b": "below", "repo/.git/config": "token", "repo/large": strings.Repeat("x", 101)})
	repo := filepath.Join(dir, "repo")
	for name, target := range map[string]string{
		"in": "sub/b", "chain": "in", "folder": "sub", "absolute": filepath.Join(repo, "sub", "b"),
		"out": "../secret", "absolute-out": filepath.Join(dir, "secret"), "device": os.DevNull, "nowhere": "nothing", "loop": "loop",
		"around": "../repo/a", "git": ".git/config", "git-folder": ".git",
	} {
		link(t, target, filepath.Join(repo, name))
	}
	tree, err := files.OpenTree(repo)
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	for p, want := range map[string]string{
		"a": "plain", "sub/../a": "plain", "in": "below", "chain": "below", "folder/b": "below", "absolute": "below",
		"out": "outside", "absolute-out": "outside", "device": "outside", "../secret": "outside", "around": "plain",
		"sub": "a directory", "folder": "a directory", ".": "a directory", "large": "larger than 100 bytes", "nowhere": "no such file", "nothing": "no such file",
		"loop": "too many", "git": "of git itself", ".git/config": "of git itself", "sub/../.GIT/config": "of git itself", "git-folder/config": "of git itself",
	} {
		src, err := tree.Read(p, 100)
		got := string(src)
		if err != nil {
			got += err.Error()
		}
		if !strings.Contains(got, want) || err != nil && len(src) > 0 {
			t.Errorf("%s: got %q, want %q", p, got, want)
		}
	}
	if src, err := tree.Read("large", 101); err != nil || len(src) != 101 {
		t.Errorf("at the limit: %d bytes, %v", len(src), err)
	}
	if _, err := tree.FS(".").Open("a"); err == nil {
		t.Error("a walk opens a file")
	}
	if err := os.Remove(filepath.Join(repo, "a")); err != nil {
		t.Fatal(err)
	}
	if got := tree.Real("folder/b"); got != "sub/b" {
		t.Errorf("folder/b leads to %s", got)
	}
}

func TestReadNamed(t *testing.T) {
	dir := write(t, map[string]string{"a": "plain", "large": strings.Repeat("x", 101)})
	link(t, filepath.Join(dir, "a"), filepath.Join(dir, "link"))
	for name, want := range map[string]string{
		"a": "plain", "link": "plain", "large": "larger than 100 bytes", ".": "a directory", "nothing": "no such file",
	} {
		src, err := files.ReadNamed(filepath.Join(dir, name), 100)
		got := string(src)
		if err != nil {
			got += err.Error()
		}
		if !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if _, err := files.ReadNamed(os.DevNull, 100); err == nil {
		t.Error("a device is read")
	}
}

func TestRepository(t *testing.T) {
	dir := write(t, map[string]string{"repo/.git/HEAD": "", "repo/a/b/c": "", "worktree/.git": "gitdir: elsewhere", "worktree/a/b": ""})
	for from, want := range map[string]string{"repo/a/b": "repo", "repo": "repo", "worktree/a": "worktree"} {
		if got := files.Repository(filepath.Join(dir, from)); got != filepath.Join(dir, want) {
			t.Errorf("%s belongs to %q, not to %s", from, got, want)
		}
	}
	link(t, filepath.Join(dir, "worktree", "a"), filepath.Join(dir, "repo", "other"))
	tree, inside, err := files.OpenAround(filepath.Join(dir, "repo", "other"))
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	if inside != "a" || filepath.Base(tree.Base()) != "worktree" {
		t.Errorf("a link that the user names leads to %s in %s", inside, tree.Base())
	}
}
