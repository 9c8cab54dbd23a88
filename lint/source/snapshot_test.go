package source

import (
	"archive/zip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/files"
	"github.com/boundlint/boundlint/lint/policy"
)

// TestSnapshot joins a plan with the configuration inside the binary plan
// beside it: the lines are those of the configuration itself.
func TestSnapshot(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	dir := filepath.Join(real, "fleet-module")
	read := func(config string) string {
		models, err := Read(context.Background(), filepath.Join(dir, "plan.json"), Options{Symbols: &policy.Symbols{}, ConfigDir: config})
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, e := range models[0].Entities {
			l := e.Boundary.Location
			fmt.Fprintf(&b, "%s %s:%d:%d\n", e.Address, l.File, l.Range.Start.Line, l.Range.Start.Column)
		}
		return b.String()
	}
	want := read(dir)
	if !strings.Contains(want, "fleet-module/modules/service-role/main.tf:") {
		t.Fatalf("got %s", want)
	}
	if got := read(filepath.Join(dir, "plan.tfplan")); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestSnapshotFiles: nothing is written but what belongs to a module, and
// nowhere else.
func TestSnapshotFiles(t *testing.T) {
	const list = `[{"Key":"","Dir":"."},{"Key":"up","Source":"../../up","Dir":"../../up"},{"Key":"abs","Dir":"/etc"},{"Key":"far","Dir":"x/../../y"}]`
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"modules above": {map[string]string{
			"tfconfig/modules.json": list, "tfconfig/m-/main.tf": "a", "tfconfig/m-up/main.tf": "b", "tfconfig/m-far/main.tf": "c",
		}, "up/up/main.tf up/up/root/main.tf up/up/y/main.tf"},
		"names that lead out": {map[string]string{
			"tfconfig/modules.json": list, "tfconfig/m-/main.tf": "a", "tfconfig/m-/../../evil.tf": "b",
			"tfconfig/m-/..": "c", "tfconfig/m-/a/b.tf": "d", "tfconfig/m-/run.sh": "e", "tfconfig/m-abs/passwd.tf": "f", "tfconfig/m-none/x.tf": "g",
		}, "up/up/root/main.tf"},
		"no configuration":   {map[string]string{"tfplan": "x"}, "error: it holds no configuration"},
		"no files":           {map[string]string{"tfconfig/modules.json": list}, "error: it holds no configuration"},
		"a broken list":      {map[string]string{"tfconfig/modules.json": "["}, "error: its list of modules cannot be read: unexpected end of JSON input"},
		"far apart":          {map[string]string{"tfconfig/modules.json": `[{"Key":"","Dir":"` + strings.Repeat("../", 40) + `x"}]`, "tfconfig/m-/a.tf": ""}, "error: its modules lie too far apart"},
		"a file beyond size": {map[string]string{"tfconfig/modules.json": list, "tfconfig/m-/a.tf": strings.Repeat("#", maxSnapshotFile+1)}, "error: tfconfig/m-/a.tf in it is larger than 16777216 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("TMPDIR", t.TempDir())
			file := filepath.Join(t.TempDir(), "p")
			f, err := os.Create(file)
			if err != nil {
				t.Fatal(err)
			}
			z := zip.NewWriter(f)
			for name, content := range c.files {
				w, err := z.Create(name)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := w.Write([]byte(content)); err != nil {
					t.Fatal(err)
				}
			}
			if err := z.Close(); err != nil {
				t.Fatal(err)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
			got := ""
			s, err := openSnapshot(file, &files.Scratch{})
			if err != nil {
				got = "error: " + err.Error()
			} else {
				var found []string
				if err := filepath.WalkDir(s.base, func(p string, d os.DirEntry, err error) error {
					if err == nil && !d.IsDir() && d.Name() != "modules.json" {
						rel, relErr := filepath.Rel(s.base, p)
						found, err = append(found, filepath.ToSlash(rel)), relErr
					}
					return err
				}); err != nil {
					t.Fatal(err)
				}
				got = strings.Join(found, " ")
				s.close()
			}
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}
