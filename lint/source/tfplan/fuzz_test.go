package tfplan

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/sourcetest"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// FuzzRead: whatever the bytes, there is a model or an error that says what
// is wrong, and the same each time.
func FuzzRead(f *testing.F) {
	small, err := filepath.Glob(real + "/*/plan.json")
	if err != nil {
		f.Fatal(err)
	}
	own, _ := filepath.Glob("testdata/*.json")
	for _, path := range append(small, own...) {
		content, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		if len(content) < 40000 {
			f.Add(content)
		}
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		read := func() string {
			p, err := Read(bytes.NewReader(content), Options{Path: "plan.json", Symbols: &policy.Symbols{}})
			if err != nil {
				if _, ok := errors.AsType[*stream.Error](err); !ok {
					t.Fatalf("an error of another kind: %v", err)
				}
				return err.Error()
			}
			return sourcetest.Dump(p.Model())
		}
		if first, second := read(), read(); first != second {
			t.Errorf("read twice, not the same: %s", difference(first, second))
		}
	})
}
