package tfconfig

import (
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/sourcetest"
)

// FuzzManifest: whatever stands in the list of modules of terraform init.
func FuzzManifest(f *testing.F) {
	const list = `{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"a","Source":"registry.terraform.io/example/m/aws","Version":"1.2.3","Dir":".terraform/modules/a"},` +
		`{"Key":"a.b","Source":"git::https://example.com/x.git?ref=v1","Dir":".terraform/modules/a.b/sub"},{"Key":"gone","Dir":"../../../../etc"}]}`
	const config = "module \"a\" {\n  source  = \"example/m/aws\"\n  version = \"~> 1.0\"\n}\nmodule \"gone\" {\n  source = \"./gone\"\n}\n"
	sourcetest.Seeds(func(edits []byte) {
		f.Add(edits, []byte(nil))
		f.Add([]byte(nil), edits)
	})
	dir := write(f, map[string]string{
		".terraform/modules/a/main.tf":       "module \"b\" {\n  source = \"git::https://example.com/x.git//sub?ref=v1\"\n}\n" + role("null"),
		".terraform/modules/a.b/sub/main.tf": role("null"),
	})
	f.Fuzz(func(t *testing.T, ofList, ofConfig []byte) {
		if len(ofList)+len(ofConfig) > sourcetest.MaxEdits {
			return
		}
		src := sourcetest.Edit(config, ofConfig)
		if forgesToken(src) {
			return
		}
		for name, text := range map[string]string{"main.tf": src, ".terraform/modules/modules.json": sourcetest.Edit(list, ofList)} {
			if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		models, err := LoadAll(dir, Options{Symbols: &policy.Symbols{}})
		if err != nil || len(models) == 0 {
			t.Fatalf("%d models, %v", len(models), err)
		}
	})
}

// FuzzFileset lists files by any pattern over any tree: nothing that is found
// lies outside of the tree, and each is there.
func FuzzFileset(f *testing.F) {
	for _, pattern := range []string{"*", "**", "**/*.json", "{a,b}/*", "[a-c]*", "../*", "a/../b/*", "\\*", "a/**/b", "{a,{b,c}}", "?", "[!a]", "**/../**", "/etc/*"} {
		f.Add(pattern, []byte("\x00\x01\x02\x13\x24\x35"))
		f.Add(pattern, []byte("\x40\x91\x52\x83\xf4"))
	}
	f.Fuzz(func(t *testing.T, pattern string, planted []byte) {
		if len(planted) > 24 || len(pattern) > 60 || forgesToken(pattern) {
			return
		}
		dir := t.TempDir()
		root := filepath.Join(dir, "root")
		if err := os.MkdirAll(filepath.Join(root, "d"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "secret.json"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		plant(root, planted)
		tree, err := openTree(root, root)
		if err != nil {
			t.Fatal(err)
		}
		defer tree.Close()
		s := newScan(tree, ".", Options{})
		s.loader.configs[readBy{".", iam.OpenTofu}] = newConfiguration(".")
		ev, err := s.newEvaluator(".", "fuzz", iam.OpenTofu, nil)
		if err != nil {
			t.Fatal(err)
		}
		v, err := ev.root.env().fileSet(".", cty.StringVal(pattern), &hclsyntax.LiteralValueExpr{})
		if err != nil {
			if strings.ContainsAny(err.Error(), "\r\n") && !strings.ContainsAny(pattern, "\r\n") {
				t.Errorf("more than one line: %q", err)
			}
			return
		}
		if v.IsNull() || !v.IsKnown() {
			return
		}
		for it := v.ElementIterator(); it.Next(); {
			_, name := it.Element()
			found := name.AsString()
			if p := path.Clean(found); isOutside(p) || path.IsAbs(p) || strings.Contains(found, "secret") {
				t.Errorf("%q finds %q", pattern, found)
			}
			if info, err := os.Stat(filepath.Join(root, filepath.FromSlash(found))); err != nil || !info.Mode().IsRegular() {
				t.Errorf("%q finds %q: %v", pattern, found, err)
			}
		}
	})
}

// plant makes files, directories and links as the bytes say. What cannot be
// made is left out.
func plant(root string, tree []byte) {
	names := []string{"a", "b", "c.json", "*", "d/e", "d/f.json", "a/g", "[x]"}
	for _, b := range tree {
		name := filepath.Join(root, filepath.FromSlash(names[int(b>>4)%len(names)]))
		other := names[int(b>>1)%len(names)]
		switch b % 6 {
		case 0:
			_ = os.WriteFile(name, nil, 0o600)
		case 1:
			_ = os.Mkdir(name, 0o700)
		case 2:
			_ = os.Symlink(filepath.FromSlash(other), name)
		case 3:
			_ = os.Symlink("..", name)
		case 4:
			_ = os.Symlink(filepath.FromSlash("../secret.json"), name)
		case 5:
			_ = os.Symlink(filepath.Join(root, "nowhere"), name)
		}
	}
}
