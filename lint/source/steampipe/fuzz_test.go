package steampipe

import (
	"errors"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/source/account"
	"github.com/boundlint/boundlint/lint/source/sourcetest"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// FuzzEdits: whatever stands in rows, there are models that can be linked, or one line
// that says what is wrong.
func FuzzEdits(f *testing.F) {
	texts := []string{"[" + role + "," + user + "," + group + "," + policy + "]", `{"columns":[{"name":"arn"}],"rows":[` + role + "," + policy + `]}`}
	sourcetest.Seeds(func(edits []byte) {
		for which := range texts {
			f.Add(byte(which), edits)
		}
	})
	f.Fuzz(func(t *testing.T, which byte, edits []byte) {
		if len(edits) > sourcetest.MaxEdits {
			return
		}
		text := sourcetest.Edit(texts[int(which)%len(texts)], edits)
		IsRows([]byte(text))
		models, err := Read(stream.NewReader(strings.NewReader(text)), account.Options{Path: "rows.json"})
		if err != nil {
			if _, ok := errors.AsType[*stream.Error](err); !ok || strings.ContainsAny(err.Error(), "\r\n") {
				t.Fatalf("an error of another kind: %q", err)
			}
			return
		}
		if len(models) == 0 {
			t.Fatal("neither models nor an error")
		}
		for _, m := range models {
			m.Link(iam.Hints{})
		}
	})
}
