package tfplan

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/sourcetest"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// FuzzRead: whatever the bytes, there is a model or an error that says what
// is wrong, and the same each time.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"format_version":"1.0","resource_changes":[{"address":"aws_iam_role.r","mode":"managed","type":"aws_iam_role","change":{"actions":["create"],"after":{"name":"r"}}}]}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		if !sourcetest.TooLong(len(content)) {
			readTwice(t, content)
		}
	})
}

// FuzzEdits: whatever stands where in a plan of Terraform.
func FuzzEdits(f *testing.F) {
	small, err := filepath.Glob(real + "/*/plan.json")
	if err != nil {
		f.Fatal(err)
	}
	own, _ := filepath.Glob("testdata/*.json")
	var plans []string
	for _, path := range append(own, small...) {
		content, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		if len(content) < 16_000 {
			plans = append(plans, string(content))
		}
	}
	if len(plans) == 0 {
		f.Fatal("there are no plans")
	}
	n := byte(0)
	sourcetest.Seeds(func(edits []byte) {
		f.Add(n, edits)
		n++
	})
	f.Fuzz(func(t *testing.T, which byte, edits []byte) {
		if len(edits) > sourcetest.MaxEdits {
			return
		}
		content := []byte(sourcetest.Edit(plans[int(which)%len(plans)], edits))
		readTwice(t, content)
	})
}

// readTwice reads a plan, which gives the same each time, and the same where values are made of
// trees that can be made of text. It returns how many changes are such ones.
func readTwice(t *testing.T, content []byte) (plain int) {
	t.Helper()
	read := func(isPlain bool) string {
		p, err := Read(bytes.NewReader(content), Options{Path: "plan.json", Symbols: &policy.Symbols{}})
		var m *iam.Model
		if err == nil {
			plain = 0
			for _, c := range p.resolver.rd.order {
				if c.isPlain {
					plain++
				}
				c.isPlain = c.isPlain && isPlain
			}
			m, err = p.Model()
		}
		if err != nil {
			if _, ok := errors.AsType[*stream.Error](err); !ok {
				t.Fatalf("an error of another kind: %v", err)
			}
			return err.Error()
		}
		return sourcetest.Dump(m)
	}
	first := read(true)
	if second := read(true); first != second {
		t.Errorf("read twice, not the same: %s", difference(first, second))
	}
	if second := read(false); first != second {
		t.Errorf("of text and of trees, not the same: %s", difference(first, second))
	}
	return plain
}
