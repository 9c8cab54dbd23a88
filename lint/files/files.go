// Package files is the only place where boundlint opens a file to read it.
//
// Whoever writes the repository that is judged may have put anything in the
// place of a file: a link to a secret of the machine, a device that never ends,
// a FIFO that blocks its reader, a gigabyte. So there are two ways in. What the
// repository names, or what is looked for in it, is read through a [Tree], and
// has to be a regular file of it, of a bounded size. What the user names, on the
// command line or in the environment, is read with [OpenNamed] and [ReadNamed],
// and may lie anywhere.
package files

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Why a file is not read. They complete a sentence that names the file.
var (
	ErrDirectory = errors.New("it is a directory")
	ErrIrregular = errors.New("it is not a regular file")
	ErrOutside   = errors.New("it lies outside of the directory that is scanned")
	// ErrGit is a file of git itself: a CI job may keep the token there with which
	// it has fetched the repository.
	ErrGit = errors.New("it is a file of git itself")
)

// SizeError is a file that is larger than what is read.
type SizeError struct {
	// Limit is what may be read, in bytes.
	Limit int64
}

func (e *SizeError) Error() string { return fmt.Sprintf("it is larger than %d bytes", e.Limit) }

// IsMissing reports whether an error says that there is no such file: Terraform
// does not find it either.
func IsMissing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// StatNamed tells of a file that the user names.
func StatNamed(path string) (fs.FileInfo, error) { return os.Stat(path) }

// RealNamed is a path that the user names, with every link in it followed.
func RealNamed(path string) (string, error) { return filepath.EvalSymlinks(path) }

// OpenNamed opens a file that the user names. It may be a pipe, as a shell makes
// one for <(command); its kind is for the caller to judge.
func OpenNamed(path string) (*os.File, error) { return os.Open(path) }

// ReadNamed reads a file that the user names: a regular file of at most limit
// bytes.
func ReadNamed(path string, limit int64) ([]byte, error) {
	return readRegular(path, limit, os.Stat, func(p string) (*os.File, error) { return os.OpenFile(p, readOnly, 0) })
}

// readOnly opens a FIFO without waiting for who writes to it.
const readOnly = os.O_RDONLY | syscall.O_NONBLOCK

// readRegular looks at a file before it opens it, for opening is an act: it wakes
// whoever writes to a FIFO, and rewinds a tape. It looks again at what it has
// opened, for meanwhile another file may be in its place.
func readRegular(p string, limit int64, stat func(string) (fs.FileInfo, error), open func(string) (*os.File, error)) ([]byte, error) {
	info, err := stat(p)
	if err == nil {
		err = checkRegular(info, limit)
	}
	if err != nil {
		return nil, err
	}
	f, err := open(p)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err = f.Stat(); err == nil {
		err = checkRegular(info, limit)
	}
	if err != nil {
		return nil, err
	}
	var src bytes.Buffer
	src.Grow(int(info.Size()) + bytes.MinRead) // one that is as large as it says is read into one piece of memory
	_, err = src.ReadFrom(io.LimitReader(f, limit+1))
	if err == nil && int64(src.Len()) > limit {
		err = &SizeError{limit} // it grows
	}
	if err == nil {
		err = CheckSteady(f, info)
	}
	if err != nil {
		return nil, err
	}
	return src.Bytes(), nil
}

// ErrChanged is what is wrong with a file that was written while it was read:
// what was read is neither the old content nor the new.
var ErrChanged = errors.New("it changed while it was read: run again when nothing writes it")

// CheckSteady returns [ErrChanged] where an open file is no longer what it was
// before it was read. What is not a regular file, such as a pipe, has no state to
// compare.
func CheckSteady(f *os.File, before fs.FileInfo) error {
	if !before.Mode().IsRegular() {
		return nil
	}
	after, err := f.Stat()
	if err != nil {
		return err
	}
	if after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime()) {
		return ErrChanged
	}
	return nil
}

func checkRegular(info fs.FileInfo, limit int64) error {
	switch {
	case info.IsDir():
		return ErrDirectory
	case !info.Mode().IsRegular():
		return ErrIrregular
	case info.Size() > limit:
		return &SizeError{limit}
	}
	return nil
}

// Repository is the root of the repository that a directory belongs to: the
// nearest directory upwards with a .git, which is a file in a worktree. It is ""
// where there is none. Both are absolute.
func Repository(dir string) string {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	for {
		if IsRepository(dir) {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}

// IsRepository reports whether a directory is the root of a repository.
func IsRepository(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, ".git"))
	return err == nil
}

// Lies reports whether something lies at a path, if only a link that leads
// nowhere. Nothing of it is read.
func Lies(path string) (bool, error) {
	_, err := os.Lstat(path)
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return false, nil
	}
	return false, err
}
