package tfplan

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/boundlint/boundlint/fixtures/bench/synthetic"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/sourcetest"
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
		of := func(isPlain bool) string {
			in, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer in.Close()
			p, err := Read(in, Options{Path: "plan.json", Symbols: &policy.Symbols{}})
			if err != nil {
				return err.Error()
			}
			for _, c := range p.resolver.rd.order {
				if c.isPlain {
					plainly++
				}
				c.isPlain = c.isPlain && isPlain
			}
			m, err := p.Model()
			if err != nil {
				return err.Error()
			}
			return sourcetest.Dump(m)
		}
		if got, want := of(true), of(false); got != want {
			t.Errorf("%s: made of text\n%s\nmade of trees\n%s", path, got, want)
		}
	}
	if len(plans) < 50 || plainly < 1000 {
		t.Errorf("%d plans with %d plain changes were tried", len(plans), plainly)
	}
}
