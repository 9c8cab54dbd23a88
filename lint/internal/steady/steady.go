// Package steady tells whether a file stayed as it was while it was read.
package steady

import (
	"errors"
	"io/fs"
	"os"
)

// ErrChanged is what is wrong with a file that was written while it was read:
// what was read is neither the old content nor the new.
var ErrChanged = errors.New("it changed while it was read: run again when nothing writes it")

// Check returns [ErrChanged] where an open file is no longer what it was
// before it was read. What is no regular file, such as a pipe, has no state
// to compare.
func Check(f *os.File, before fs.FileInfo) error {
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
