package source

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// FuzzRead: whatever comes in by standard input, there are models or one line
// that says what is wrong.
func FuzzRead(f *testing.F) {
	// Short ones: the readers' own targets have long ones.
	for _, s := range []string{
		"", "{", "[]", "\xFF\xFE{\x00", "\x00{", "\xEF\xBB\xBF{}", "PK\x03\x04", `{"serial":1,"lineage":"x","resources":[]}`, `{"format_version":"1.0"}`,
		`{"format_version":"1.0","resource_changes":[{"address":"aws_iam_role.r","mode":"managed","type":"aws_iam_role","change":{"actions":["create"],"after":{"name":"r"}}}]}`,
		`{"RoleDetailList":[{"RoleName":"r","Arn":"arn:aws:iam::111122223333:role/r"}]}`,
	} {
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
