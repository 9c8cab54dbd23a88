package tfconfig

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/files"
)

// TestParsed: a file is parsed once as long as its text is the same, and every change of it
// counts, also one that only an overlay has. What override files do is not kept.
func TestParsed(t *testing.T) {
	t.Parallel()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	role := func(name string) string { return "resource \"aws_iam_role\" \"a\" {\n  name = \"" + name + "\"\n}\n" }
	put := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("main.tf", role("one"))
	put("other.tf", "# boundlint:ignore x reason=\"y\"\nlocals {}\n")
	kept := &Parsed{}
	name := func(o files.Overlay) string {
		t.Helper()
		m, err := Load(dir, Options{Base: dir, Parsed: kept, Overlay: o})
		if err != nil || len(m.Entities) != 1 || len(m.Ignores) != 1 {
			t.Fatalf("%v %+v", err, m)
		}
		return m.Entities[0].Name.String()
	}
	main, other := dir+"\x00main.tf", dir+"\x00other.tf"
	if got := name(nil); got != "one" {
		t.Error(got)
	}
	first, second := kept.files[main].file, kept.files[other].file
	if got := name(nil); got != "one" || kept.files[main].file != first {
		t.Errorf("it is parsed again: %s", got)
	}
	if got := name(files.Overlay{filepath.Join(dir, "main.tf"): []byte(role("two"))}); got != "two" || kept.files[other].file != second {
		t.Errorf("it is not what the overlay has: %s", got)
	}
	put("main_override.tf", role("over"))
	if got := name(nil); got != "over" {
		t.Error(got)
	}
	if err := os.Remove(filepath.Join(dir, "main_override.tf")); err != nil {
		t.Fatal(err)
	}
	if got := name(nil); got != "one" {
		t.Errorf("what an override file did is kept: %s", got)
	}
	large := strings.Repeat("#", mostParsed/8+1)
	for range 9 {
		large += "#"
		kept.parse(dir, large[:8]+string(rune('a'+len(large)%9)), []byte(large), func() *parsedFile { return &parsedFile{} })
	}
	if kept.size > mostParsed || len(kept.files) > 8 {
		t.Errorf("it keeps %d bytes of %d files", kept.size, len(kept.files))
	}
}
