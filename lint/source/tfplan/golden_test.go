package tfplan

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/sourcetest"
)

var update = flag.Bool("update", false, "write the golden files anew")

const real = "../../../fixtures/real"

func dump(t *testing.T, content []byte) string {
	t.Helper()
	p, err := Read(bytes.NewReader(content), Options{Path: "plan.json", Symbols: &policy.Symbols{}})
	if err != nil {
		t.Fatal(err)
	}
	return sourcetest.Dump(model(t, p))
}

// TestGolden reads plans that the real tools made, and compares the models
// with those of testdata. The plans made by OpenTofu give the same models as
// Terraform's.
func TestGolden(t *testing.T) {
	plans, err := filepath.Glob(real + "/*/plan*.json")
	if err != nil || len(plans) == 0 {
		t.Fatal("no plans in fixtures/real", err)
	}
	own, _ := filepath.Glob("testdata/*.json")
	for _, path := range append(plans, own...) {
		name := strings.TrimSuffix(filepath.Base(path), ".json")
		if strings.HasPrefix(path, real) {
			name = filepath.Base(filepath.Dir(path))
		}
		t.Run(strings.TrimPrefix(path, real+"/"), func(t *testing.T) {
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got := dump(t, content)
			golden := filepath.Join("testdata", name+".golden")
			if *update && !strings.Contains(path, "opentofu") {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("the model differs from %s (write it anew with -update):\n%s", golden, difference(string(want), got))
			}
		})
	}
}

// difference shows the first lines that differ.
func difference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			return "want " + w[i] + "\ngot  " + g[i]
		}
	}
	return "one is longer than the other"
}
