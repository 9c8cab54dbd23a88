package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

const root = "../.."

func TestPagesAreCurrent(t *testing.T) {
	files, err := generate(root)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Errorf("%v; run go generate ./rules", err)
			continue
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is out of date; run go generate ./rules", name)
		}
	}
	stale, err := stalePages(root, files)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range stale {
		t.Errorf("%s is the page of a rule that does not exist; run go generate ./rules", path)
	}
}

func TestWithoutWants(t *testing.T) {
	got := withoutWants("a = 1 # want x-y:\"z\"\n  # want(+1) x-y:\"z\"\nb = <<EOT\n// wanted\n# what else\n")
	if want := "a = 1\nb = <<EOT\n// wanted\n# what else\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
