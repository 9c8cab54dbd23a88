package fix

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/files"
)

// TestDiffIsApplied: patch makes of a file what the diff says.
func TestDiffIsApplied(t *testing.T) {
	patch, err := exec.LookPath("patch")
	if err != nil {
		t.Skip(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	text := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteString(strings.Repeat("x", random.IntN(4)))
			b.WriteByte('\n')
		}
		return b.String()
	}
	for i := range 60 {
		before := text(random.IntN(30))
		lines := strings.SplitAfter(before, "\n")
		for range random.IntN(4) {
			at := random.IntN(len(lines))
			lines[at] = text(random.IntN(3))
		}
		after := strings.Join(lines, "")
		if i%5 == 0 {
			after = strings.TrimSuffix(after, "\n")
		}
		if before == after {
			continue
		}
		dir := t.TempDir()
		file := filepath.Join(dir, "main.tf")
		if err := os.WriteFile(file, []byte(before), 0o600); err != nil {
			t.Fatal(err)
		}
		r := &Result{
			Before: files.Overlay{file: []byte(before)}, After: files.Overlay{file: []byte(after)},
			Names: map[string]string{file: "main.tf"},
		}
		diff := r.Diff(func(string, []byte) bool { return true })
		c := exec.Command(patch, "-p1", "--no-backup-if-mismatch")
		c.Dir, c.Stdin = dir, strings.NewReader(diff)
		out, err := c.CombinedOutput()
		got, _ := os.ReadFile(file)
		if err != nil || string(got) != after {
			t.Fatalf("%v: %s\nfrom %q to %q, not %q\n%s", err, out, before, after, got, diff)
		}
	}
}
