package tfconfig

import (
	"strings"
	"testing"
	"time"

	"github.com/boundlint/boundlint/lint/budget"
)

// A root module that takes more steps than its share allows is unknown from
// there on and says so, and takes nothing from the others.
func TestShareOfRoots(t *testing.T) {
	role := "resource \"aws_iam_role\" \"r\" {\n  name = \"r\"\n}\n"
	dir := write(t, map[string]string{
		"a/main.tf": "provider \"aws\" {}\nlocals {\n  many = [for i in range(1000) : [for j in range(100) : i]]\n}\n" +
			"resource \"aws_iam_role\" \"r\" {\n  name = \"r${length(flatten(local.many))}\"\n}\n",
		"b/main.tf": "provider \"aws\" {}\n" + role,
		"c/main.tf": "provider \"aws\" {}\n" + role,
	})
	models, err := LoadAll(dir, Options{Base: dir, Share: budget.NewSteps(budget.Limits{Timeout: 30 * time.Second})})
	if err != nil || len(models) != 3 {
		t.Fatal(len(models), err)
	}
	for i, m := range models {
		if len(m.Entities) != 1 {
			t.Fatalf("%s: %d roles", m.Input.Path, len(m.Entities))
		}
		name, known := m.Entities[0].Name.Known()
		hostile := i == 0
		if known == hostile || !hostile && name != "r" {
			t.Errorf("%s: %q, %v", m.Input.Path, name, known)
		}
		told := len(m.Diagnostics) == 1 && m.Diagnostics[0].Error && strings.Contains(m.Diagnostics[0].Summary, "its share of --timeout 30s; what is left is treated as unknown")
		if told != hostile {
			t.Errorf("%s: %v", m.Input.Path, m.Diagnostics)
		}
	}
}

// A root module for which nothing is left is named.
func TestNothingLeftForARoot(t *testing.T) {
	dir := write(t, map[string]string{"a/main.tf": "provider \"aws\" {}\n", "b/main.tf": "provider \"aws\" {}\n"})
	share := budget.NewSteps(budget.Limits{Timeout: 1})
	share.Over() // one step, and it is
	models, err := LoadAll(dir, Options{Base: dir, Share: share})
	if err != nil || len(models) != 2 {
		t.Fatal(len(models), err)
	}
	for _, m := range models {
		if len(m.Diagnostics) != 1 || !m.Diagnostics[0].Error || m.Diagnostics[0].Summary != "not judged: the run took all of its --timeout 1ns" || len(m.Coverage.Unread) != 1 {
			t.Errorf("%s: %v, %v", m.Input.Path, m.Diagnostics, m.Coverage)
		}
	}
}
