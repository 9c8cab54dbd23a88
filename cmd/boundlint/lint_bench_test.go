package main

import (
	"bytes"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/fixtures/bench/synthetic"
)

// BenchmarkLint lints inputs of the shapes that users have, about as often as they have them. Its
// profile is default.pgo, by which the compiler optimizes the program
// (https://go.dev/doc/pgo); CONTRIBUTING.md tells how it is made.
func BenchmarkLint(b *testing.B) {
	for _, in := range []struct {
		shape string
		n     int
	}{
		{"plan/company", 8000},
		{"plan/instances", 3000},
		{"plan/iam", 2000},
		{"plan/bystanders", 8000},
		{"state/company", 2000},
		{"dump/company", 500},
		{"pattern/selfown", 200},
		{"pattern/delegates", 50},
		{"config/written", 1000},
		{"config/modules", 500},
		{"config/roots", 100},
		{"joined/written", 200},
	} {
		b.Run(in.shape, func(b *testing.B) {
			shape, ok := synthetic.Named(in.shape)
			if !ok {
				b.Fatal("there is no such shape")
			}
			made, err := shape.Make(b.TempDir(), in.n)
			if err != nil {
				b.Fatal(err)
			}
			args := []string{"lint", "--format", "json", made.Path}
			if made.ConfigDir != "" {
				args = append(args, "--config-dir", made.ConfigDir)
			}
			for b.Loop() {
				var stderr bytes.Buffer
				if code := run(args, strings.NewReader(""), io.Discard, &stderr, os.LookupEnv); code > 1 {
					b.Fatal(stderr.String())
				}
			}
		})
	}
}
