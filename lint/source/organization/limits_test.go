package organization

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/linttest/limit"
)

func TestLimits(t *testing.T) {
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
