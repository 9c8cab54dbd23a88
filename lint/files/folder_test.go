package files

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestFolder: a folder reads what its tree reads, links and refusals included.
func TestFolder(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	for name, content := range map[string]string{
		"a/b/plain": "p", "a/other": "o", ".git/config": "secret", "a/b/large": "12345678901",
	} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(outside, "secret"), []byte("s"), 0o600); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{
		"a/b/inside": "../other", "a/b/outside": filepath.Join(outside, "secret"), "a/b/git": "../../.git/config", "linked": "a/b",
		"hidden": ".git", "away": outside,
	} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Skip("links cannot be made here")
		}
	}
	tree, err := OpenTree(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	top, err := tree.Folder(".")
	if err != nil {
		t.Fatal(err)
	}
	defer top.Close()
	for _, c := range []struct{ folder, name, want string }{
		{"a/b", "plain", "p"},
		{"a/b", "inside", "o"},
		{"linked", "plain", "p"},
		{"a/b", "outside", ""},
		{"a/b", "git", ""},
		{"a/b", "missing", ""},
		{"a/b", "large", ""},
		{"a", "b", ""},
		{"hidden", "config", ""},
		{".git", "config", ""},
		{"away", "secret", ""},
		{"missing", "plain", ""},
	} {
		whole, wantErr := tree.Read(c.folder+"/"+c.name, 10)
		for way, open := range map[string]func(string) (*Folder, error){"tree": tree.Folder, "folder": top.Folder} {
			got, err := []byte(nil), error(nil)
			f, err := open(c.folder)
			if err == nil {
				got, err = f.Read(c.name, 10)
				_ = f.Close()
			}
			if string(got) != c.want || string(whole) != c.want || (err == nil) != (wantErr == nil) || IsMissing(err) != IsMissing(wantErr) {
				t.Errorf("%s of %s by the %s: %q, %v; the tree says %q, %v", c.name, c.folder, way, got, err, whole, wantErr)
			}
		}
	}
}
