package files_test

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/boundlint/boundlint/lint/files"
)

// TestScratch removes directories one by one and all at once, also while
// somebody writes into one, and makes none afterwards.
func TestScratch(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	left := func() int {
		list, err := os.ReadDir(os.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	var s files.Scratch
	var dirs []string
	for range 3 {
		dir, err := s.Dir()
		if err != nil {
			t.Fatal(err)
		}
		dirs = append(dirs, dir)
	}
	s.Remove(dirs[0])
	if n := left(); n != 2 {
		t.Errorf("%d directories", n)
	}
	tree, err := os.OpenRoot(dirs[1])
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	begun, done := make(chan bool), make(chan bool)
	go func() {
		defer close(done)
		for i := 0; ; i++ {
			if tree.WriteFile("f"+strconv.Itoa(i), nil, 0o600) != nil {
				return
			}
			if i == 10 {
				close(begun)
			}
		}
	}()
	<-begun
	s.Close()
	<-done
	if n := left(); n != 0 {
		t.Errorf("%d directories are left", n)
	}
	if dir, err := s.Dir(); err == nil {
		t.Errorf("made %s after the end", filepath.Base(dir))
	}
}
