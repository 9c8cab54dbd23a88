package source

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// FuzzRead: whatever comes in by standard input, there are models or one line
// that says what is wrong.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"boundary-removed/plan.json", "boundary-removed/state.json", "boundary-removed/prior.tfstate", "gov-partition/plan.json"} {
		content, err := os.ReadFile(filepath.Join(real, name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	for _, s := range []string{"", "{", "[]", "\xFF\xFE{\x00", "\x00{", "\xEF\xBB\xBF{}", "PK\x03\x04", `{"serial":1,"lineage":"x","resources":[]}`, `{"format_version":"1.0"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		models, err := Read(context.Background(), "-", Options{Stdin: bytes.NewReader(content), Symbols: &policy.Symbols{}})
		if err == nil {
			if len(models) == 0 {
				t.Fatal("neither models nor an error")
			}
			return
		}
		if _, ok := errors.AsType[*InputError](err); !ok {
			t.Fatalf("an error of another kind: %v", err)
		}
		if strings.ContainsAny(err.Error(), "\r\n") {
			t.Fatalf("more than one line: %q", err)
		}
	})
}
