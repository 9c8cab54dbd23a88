package main

import (
	"fmt"
	"testing"

	"github.com/boundlint/boundlint/lint/linttest/limit"
)

// TestAuditedFiles: a directory with too many files is refused and not looked at in
// part.
func TestAuditedFiles(t *testing.T) {
	const few = 50
	limit.Try(t, "maxAudited", few, "it has more than 50 files: name a directory with fewer", func(t *testing.T, n int) string {
		t.Helper()
		files := map[string]string{}
		for i := range n {
			files[fmt.Sprintf("audited/%d/x.txt", i)] = "x"
		}
		workspace(t, files)
		err := (&audited{most: few}).take("audited")
		return fmt.Sprint(err)
	})
}
