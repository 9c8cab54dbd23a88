package main

import (
	"path/filepath"

	"github.com/boundlint/boundlint/lint/files"
)

// largestQuoted is the size of the largest file of which a line is quoted, in
// bytes. Configuration that is larger is not read either.
const largestQuoted = 4 << 20

// source returns the function that gives the content of a file which this run has
// read, and of no other: a place in a report may have come from anywhere. A file of
// the overlay holds what it has there.
func (in *inputs) source(overlay files.Overlay) func(file string) []byte {
	var read map[string]bool
	return func(file string) []byte {
		if read == nil {
			read = map[string]bool{}
			for _, f := range in.files {
				if real, err := realPath(f); err == nil {
					read[real] = true
				}
			}
		}
		real, err := realPath(filepath.FromSlash(file))
		if err != nil || !read[real] {
			return nil
		}
		if laid, ok := overlay[real]; ok {
			return laid
		}
		content, err := files.ReadNamed(real, largestQuoted)
		if err != nil {
			return nil
		}
		return content
	}
}

// realPath is the absolute path of a file, with every link in it followed.
func realPath(file string) (string, error) {
	absolute, err := filepath.Abs(file)
	if err != nil {
		return "", err
	}
	return files.RealNamed(absolute)
}
