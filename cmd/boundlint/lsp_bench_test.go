package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/boundlint/boundlint/fixtures/bench/synthetic"
)

// BenchmarkLSPChange measures how long after a change the editor has its diagnostics: from the
// sending of the change to the coming of the list, the pause for the next change included. The
// roots have 150 roles each, the last one those of a delegation with holes besides.
//
//	go test ./cmd/boundlint -run '^$' -bench LSPChange -benchtime 100x
func BenchmarkLSPChange(b *testing.B) {
	hole, err := filepath.Abs("../../fixtures/real/weak-delegation")
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct{ name, shape, with string }{
		{"written", "config/written", ""},
		{"for-each", "config/for-each", ""},
		{"modules", "config/modules", ""},
		{"delegation", "config/written", hole},
	} {
		b.Run(c.name, func(b *testing.B) {
			shape, ok := synthetic.Named(c.shape)
			if !ok {
				b.Fatal(c.shape)
			}
			dir := b.TempDir()
			if _, err := shape.Make(dir, 150); err != nil {
				b.Fatal(err)
			}
			if err := os.Mkdir(filepath.Join(dir, ".git"), 0o700); err != nil {
				b.Fatal(err)
			}
			if c.with != "" {
				copyDelegation(b, c.with, dir)
			}
			b.Chdir(dir)
			changeOver(b, "main.tf")
		})
	}
}

// copyDelegation copies the configuration of a directory but its providers, which are there.
func copyDelegation(b *testing.B, from, to string) {
	b.Helper()
	names, err := filepath.Glob(filepath.Join(from, "*.tf"))
	if err != nil || len(names) == 0 {
		b.Fatal(names, err)
	}
	for _, name := range names {
		src, err := os.ReadFile(name)
		if err == nil && !strings.Contains(string(src), "required_providers") {
			err = os.WriteFile(filepath.Join(to, "delegation-"+filepath.Base(name)), src, 0o600)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

func changeOver(b *testing.B, file string) {
	b.Helper()
	e := openEditor(b)
	e.open(file)
	found := len(e.diagnostics(file))
	e.edit(file, lspTextEdit{NewText: "\n"})
	e.diagnostics(file)
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		role := fmt.Sprintf("resource \"aws_iam_role\" \"changed\" {\n  name               = \"app-changed%d\"\n  assume_role_policy = %s\n}\n", i, fixTrust)
		old := ""
		if i%2 == 1 {
			old, role = e.texts[file].String()[:strings.Index(e.texts[file].String(), "}\n")+2], ""
		}
		start := time.Now()
		e.change(file, old, role)
		if got := len(e.diagnostics(file)); got != found+1-i%2 {
			b.Fatalf("%d diagnostics, %d at first", got, found)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(0, "ns/op")
	for _, p := range []int{50, 95} {
		b.ReportMetric(float64(took[(len(took)-1)*p/100].Microseconds())/1000, fmt.Sprintf("ms-p%d", p))
	}
	if code := e.quit(); code != exitClean {
		b.Errorf("it ends with %d", code)
	}
}
