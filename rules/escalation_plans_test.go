package rules

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/fixtures/escalation/waycases"
	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source"
)

// TestWayFixtures goes the published ways in their fixtures: the configuration
// and its plan by the real Terraform, alone and joined. A plan alone may leave
// open what the others decide, and never decides otherwise.
func TestWayFixtures(t *testing.T) {
	const dir = "../fixtures/escalation/ways"
	for _, c := range waycases.Cases() {
		if !c.Listed() {
			continue
		}
		t.Run(c.Folder(), func(t *testing.T) {
			folder := filepath.Join(dir, filepath.FromSlash(c.Folder()))
			if text, err := os.ReadFile(filepath.Join(folder, "main.tf")); err != nil || string(text) != c.HCL {
				t.Fatalf("main.tf is not that of the catalogue (%v): run go run ./fixtures/escalation", err)
			}
			written := chainsIn(t, folder, "")
			found := len(written) == 1 && strings.Contains(written[0], "actor -"+c.Found+"->")
			if c.Open && !found || !c.Open && len(written) > 0 {
				t.Errorf("the configuration gives %v", written)
			}
			if !c.Plannable {
				return
			}
			plan := filepath.Join(folder, "plan.json")
			if joined := chainsIn(t, plan, folder); !slices.Equal(joined, written) {
				t.Errorf("the plan with the configuration gives %v, and the configuration %v", joined, written)
			}
			if alone := chainsIn(t, plan, ""); !slices.Equal(alone, written) {
				for _, path := range alone {
					if !strings.HasPrefix(path, "perhaps ") {
						t.Errorf("the plan gives %v, and the configuration %v", alone, written)
					}
				}
				if c.Open && len(alone) == 0 {
					t.Errorf("the plan gives nothing, and the configuration %v", written)
				}
			}
		})
	}
}

// chainsIn are the chains of one input.
func chainsIn(t *testing.T, path, configuration string) []string {
	t.Helper()
	models, err := source.Read(context.Background(), path, source.Options{Symbols: &policy.Symbols{}, ConfigDir: configuration})
	if err != nil || len(models) != 1 {
		t.Fatalf("%d models, %v", len(models), err)
	}
	return chains(accountIn(t, models[0], &lint.Settings{}), false)
}
