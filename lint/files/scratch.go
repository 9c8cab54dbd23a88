package files

import (
	"errors"
	"os"
	"sync"
	"time"
)

// Scratch are the temporary directories of a run. They go with what they are
// made for, and all of them where the run is interrupted. The zero value has
// none.
type Scratch struct {
	mu     sync.Mutex
	dirs   map[string]bool
	closed bool
}

var errClosed = errors.New("the run has ended")

// Dir makes a temporary directory.
func (s *Scratch) Dir() (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return "", errClosed
	}
	dir, err := os.MkdirTemp("", "boundlint-")
	if err != nil {
		return "", err
	}
	if s.dirs == nil {
		s.dirs = map[string]bool{}
	}
	s.dirs[dir] = true
	return dir, nil
}

// Remove removes a directory with all that is in it. One that stays harms
// nobody.
func (s *Scratch) Remove(dir string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.dirs, dir)
	_ = os.RemoveAll(dir)
}

// Close removes all directories, and makes no others. Whoever still writes into
// one is not waited for: it is removed again.
func (s *Scratch) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	const tries, pause = 100, 10 * time.Millisecond
	for dir := range s.dirs {
		for range tries {
			if os.RemoveAll(dir) == nil {
				break
			}
			time.Sleep(pause)
		}
	}
	s.dirs = nil
}
