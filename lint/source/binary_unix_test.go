//go:build unix

package source

import (
	"archive/zip"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// program puts a shell script in the place of terraform.
func program(t *testing.T, name, script string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+"/bin"+string(os.PathListSeparator)+"/usr/bin")
}

// futurePlan is the path of a binary plan of a version that is not known.
func futurePlan(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "plan.tfplan")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	w, err := z.Create("tfplan")
	if err == nil {
		_, err = w.Write([]byte("\x08\x04"))
	}
	if err := errors.Join(err, z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestShow(t *testing.T) {
	shown, err := filepath.Abs(filepath.Join(real, "fleet-module/plan.json"))
	if err != nil {
		t.Fatal(err)
	}
	plan := futurePlan(t)
	for name, c := range map[string]struct{ script, want string }{
		"shown":      {`test "$1 $2 $3" = "show -json -no-color" && cat ` + shown, ""},
		"failed":     {"echo; echo '│ Error: no plugins' >&2; exit 3", "terraform show -json failed in "},
		"says why":   {"echo '│ Error: no plugins' >&2; exit 3", ": Error: no plugins."},
		"warned":     {"echo 'There are some problems:' >&2; echo '│ Warning: old' >&2; printf '\\033[31m│\\033[0m \\033[1mError: no plugins\\033[0m\\n│\\n│ Found\\n│ none.\\n╵\\n╷\\n│ Error: two\\n' >&2; exit 3", ": Error: no plugins. Found none."},
		"silent":     {"exit 4", ": exit status 4"},
		"cut off":    {"head -c 5000 " + shown, "the JSON is cut off: it ends at byte 5000"},
		"not a plan": {"echo '[]'; yes | head -c 300000", "it is a JSON list"},
	} {
		t.Run(name, func(t *testing.T) {
			program(t, "terraform", c.script)
			models, err := Read(context.Background(), plan, Options{AllowExec: true})
			switch {
			case c.want == "" && err != nil:
				t.Fatal(err)
			case c.want == "" && len(models[0].Entities) != 28:
				t.Errorf("%d entities", len(models[0].Entities))
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	t.Run("not installed", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		if _, err := Read(context.Background(), plan, Options{AllowExec: true}); err == nil || !strings.Contains(err.Error(), "of terraform, which is not installed here") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("without permission", func(t *testing.T) {
		program(t, "terraform", "touch "+filepath.Join(t.TempDir(), "ran")+"; exit 9")
		if _, err := Read(context.Background(), plan, Options{}); err == nil || !strings.Contains(err.Error(), "the format of the binary plan has version 4, and boundlint reads version 3; run: terraform show -json "+plan+" > plan.json") {
			t.Errorf("got %v", err)
		}
	})
}
