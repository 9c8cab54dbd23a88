//go:build unix

package source

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// TestPipe reads a plan from a named pipe.
func TestPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip("no named pipes here:", err)
	}
	content, err := os.ReadFile(filepath.Join(real, "users-and-groups/plan.json"))
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = os.WriteFile(path, content, 0o600) }()
	models, err := Read(context.Background(), path, Options{Symbols: &policy.Symbols{}})
	if err != nil {
		t.Fatal(err)
	}
	if got := names(models); got != "plan:aws_iam_user.admin plan:aws_iam_user.robot plan:aws_iam_user.steward" {
		t.Errorf("got %s", got)
	}
}
