package tfplan

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/boundlint/boundlint/fixtures/bench/synthetic"
)

// TestPlain: the model of a plan is the same whether the values of its resources are made of
// text or of trees.
func TestPlain(t *testing.T) {
	plans, err := filepath.Glob("../../../fixtures/*/*/plan.json")
	if err != nil {
		t.Fatal(err)
	}
	deeper, err := filepath.Glob("../../../fixtures/*/*/*/plan.json")
	if err != nil {
		t.Fatal(err)
	}
	plans = append(plans, deeper...)
	for _, name := range []string{"plan/company", "plan/instances", "plan/iam"} {
		shape, _ := synthetic.Named(name)
		made, err := shape.Make(t.TempDir(), 300)
		if err != nil {
			t.Fatal(err)
		}
		plans = append(plans, made.Path)
	}
	plainly := 0
	for _, path := range plans {
		t.Run(path, func(t *testing.T) {
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			plainly += readTwice(t, content)
		})
	}
	if len(plans) < 50 || plainly < 1000 {
		t.Errorf("%d plans with %d plain changes were tried", len(plans), plainly)
	}
}
