package tfconfig

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/boundlint/boundlint/lint/files"
)

// SameSurroundings reports whether two copies of a configuration differ in
// nothing but blocks of resources and comments outside of blocks: an expression
// in a resource that is written alike has then the same value in both, even
// where it cannot be evaluated. read are the files that were read of one copy,
// and other is where a file is in the other one; ok is false for a file that
// belongs to neither.
func SameSurroundings(read []string, other func(file string) (there string, ok bool)) bool {
	dirs := map[string]string{}
	for _, file := range read {
		there, ok := other(file)
		if !ok {
			continue
		}
		if !sameBesideResources(file, there) {
			return false
		}
		if isSyntax(file) {
			dirs[filepath.Dir(file)] = filepath.Dir(there)
		}
	}
	for here, there := range dirs {
		for _, name := range namesIn(there) {
			// One that the other copy alone has.
			if isSyntax(name) && !slices.Contains(read, filepath.Join(here, name)) && !sameBesideResources("", filepath.Join(there, name)) {
				return false
			}
		}
	}
	return true
}

func isSyntax(file string) bool {
	return strings.HasSuffix(file, ".tf") || strings.HasSuffix(file, ".tofu")
}

// namesIn are the names of the files in a directory; none where it cannot be
// read.
func namesIn(dir string) []string {
	t, err := files.OpenTree(dir)
	if err != nil {
		return nil
	}
	defer func() { _ = t.Close() }() // it has only been read
	entries, err := t.List(".")
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

// maxSurroundings bounds what is read of a file, in bytes.
const maxSurroundings = 8 << 20

// sameBesideResources compares two files; one that is not there is empty.
func sameBesideResources(file, there string) bool {
	read := func(name string) []byte {
		src, err := files.ReadNamed(name, maxSurroundings)
		if err != nil {
			return nil
		}
		return src
	}
	a, b := read(file), read(there)
	if bytes.Equal(a, b) {
		return true
	}
	return isSyntax(there) && bytes.Equal(besideResources(a), besideResources(b))
}

// besideResources are the blocks of a file that are not resources, one after the
// other; the whole file where it is not valid.
func besideResources(src []byte) []byte {
	parsed, diags := hclsyntax.ParseConfig(src, "", hcl.InitialPos)
	body, ok := parsed.Body.(*hclsyntax.Body)
	if diags.HasErrors() || !ok {
		return src
	}
	var out []byte
	for _, block := range body.Blocks {
		if block.Type != "resource" {
			out = append(append(out, block.Range().SliceBytes(src)...), '\n')
		}
	}
	return out
}
