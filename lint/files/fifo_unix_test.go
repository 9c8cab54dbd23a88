//go:build unix

package files_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/boundlint/boundlint/lint/files"
)

// TestSpecial: what blocks its reader, or never ends, is not opened, and a file
// that takes the place of another meanwhile is not read.
func TestSpecial(t *testing.T) {
	dir := t.TempDir()
	fifo := filepath.Join(dir, "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Skipf("no FIFO here: %v", err)
	}
	socket, err := net.Listen("unix", filepath.Join(dir, "socket"))
	if err != nil {
		t.Skipf("no sockets here: %v", err)
	}
	defer socket.Close()
	link(t, "fifo", filepath.Join(dir, "link"))
	tree, err := files.OpenTree(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	for _, name := range []string{"fifo", "socket", "link"} {
		for how, read := range map[string]func() ([]byte, error){
			"in the tree": func() ([]byte, error) { return tree.Read(name, 100) },
			"named":       func() ([]byte, error) { return files.ReadNamed(filepath.Join(dir, name), 100) },
			"listed":      func() ([]byte, error) { _, err := tree.List(name); return nil, err },
		} {
			if src, err := read(); err == nil || !strings.Contains(err.Error(), "not a regular file") && !strings.Contains(err.Error(), "not a directory") {
				t.Errorf("%s %s: %q, %v", name, how, src, err)
			}
		}
	}
}

// TestSwapped: between the look at a file and its opening another may take its
// place. It is only ever one of the two that was regular and in the tree.
func TestSwapped(t *testing.T) {
	dir := write(t, map[string]string{"repo/a": "plain", "secret": "secret"})
	repo := filepath.Join(dir, "repo")
	fifo := filepath.Join(repo, "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Skipf("no FIFO here: %v", err)
	}
	link(t, "../secret", filepath.Join(repo, "out"))
	tree, err := files.OpenTree(repo)
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for i := 0; ; i++ {
			select {
			case <-done:
				return
			default:
			}
			from := []string{"a", "fifo", "out"}[i%3]
			_ = os.Remove(filepath.Join(repo, "tmp"))
			if from == "out" {
				_ = os.Symlink("../secret", filepath.Join(repo, "tmp"))
			} else {
				_ = os.Link(filepath.Join(repo, from), filepath.Join(repo, "tmp"))
			}
			_ = os.Rename(filepath.Join(repo, "tmp"), filepath.Join(repo, "swapped"))
		}
	}()
	for range 2000 {
		if src, err := tree.Read("swapped", 100); err == nil && string(src) != "plain" {
			t.Fatalf("read %q", src)
		}
	}
	close(done)
	<-stopped
}
