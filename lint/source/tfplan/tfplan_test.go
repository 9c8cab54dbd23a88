package tfplan

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

func TestDump(t *testing.T) {
	for _, path := range append(func() []string { m, _ := filepath.Glob("../../../fixtures/real/*/plan*.json"); return m }(), "/tmp/exp1/plan.json") {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		p, err := Read(f, Options{Path: path, Symbols: &policy.Symbols{}})
		if err != nil {
			t.Fatal(path, err)
		}
		m := p.Model()
		fmt.Println("==", path, m.Input)
		for _, e := range m.Entities {
			fmt.Println("  E", e.Address, "name", e.Name, e.NamePrefix, "path", e.Path, "B", e.Boundary, e.Boundary.References, e.Change, "before", e.HasBefore, e.Before, e.Provider)
			if e.Trust != nil {
				fmt.Println("     trust", e.Trust.Text)
			}
		}
		for _, e := range m.Policies {
			fmt.Println("  P", e.Address, e.Name, e.Document.Text)
		}
		for _, e := range m.Inline {
			fmt.Println("  I", e.Address, e.Name, e.Holder, e.Document.Text, e.Document.Unknown)
		}
		for _, e := range m.Attachments {
			fmt.Println("  A", e.Address, e.Holder, e.PolicyARN, e.Route)
		}
		for _, e := range m.Memberships {
			fmt.Println("  M", e.Address, e.User, e.Group)
		}
		for _, e := range m.Documents {
			fmt.Println("  D", e.Location.Address, e.Text)
		}
		for _, e := range m.Providers {
			fmt.Printf("  Prov %+v\n", *e)
		}
	}
}
