package organization

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/linttest/limit"
)

func TestLimits(t *testing.T) {
	limit.Try(t, "maxUnits", maxUnits, "not known", func(_ *testing.T, n int) string {
		tree := newTree("o-11111111")
		parent := "r-dh2e"
		for i := range n {
			unit := fmt.Sprintf("ou-dh2e-%08d", i)
			if err := tree.put(unit, parent); err != nil {
				return err.Error()
			}
			parent = unit
		}
		if err := tree.put("111122223333", parent); err != nil {
			return err.Error()
		}
		tree.link()
		if _, known := tree.Path("111122223333"); !known {
			return "not known"
		}
		return ""
	})
	const few = 1000
	limit.Try(t, "maxFile", few, "larger than", func(t *testing.T, n int) string {
		t.Helper()
		dir := t.TempDir()
		const empty = `{"Accounts":[],"x":""}`
		text := strings.Replace(empty, `""`, `"`+strings.Repeat("x", n-len(empty))+`"`, 1)
		if err := os.WriteFile(filepath.Join(dir, "list-accounts.json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		d, err := openDirectory(Options{Path: dir})
		if err != nil {
			t.Fatal(err)
		}
		defer d.tree.Close()
		d.limit = few
		if _, err = d.answers(); err != nil {
			return err.Error()
		}
		return ""
	})
}
