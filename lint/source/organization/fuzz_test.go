package organization_test

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/source/organization"
	"github.com/boundlint/boundlint/lint/source/sourcetest"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// fuzzed edits one file of a directory, and asks what its accounts are bound by.
func fuzzed(f *testing.F, files map[string]string) {
	f.Helper()
	names := slices.Sorted(maps.Keys(files))
	dir := f.TempDir()
	save := func(name, content string) error {
		path := filepath.Join(dir, filepath.FromSlash(name))
		return errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o600))
	}
	for _, name := range names {
		if err := save(name, files[name]); err != nil {
			f.Fatal(err)
		}
	}
	which := 0
	sourcetest.Seeds(func(edits []byte) {
		f.Add(byte(which), edits)
		which++
	})
	f.Fuzz(func(t *testing.T, which byte, edits []byte) {
		if len(edits) > sourcetest.MaxEdits {
			return
		}
		name := names[int(which)%len(names)]
		if err := save(name, sourcetest.Edit(files[name], edits)); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := save(name, files[name]); err != nil {
				t.Error(err)
			}
		}()
		models, err := organization.Read(organization.Options{Path: dir})
		if err != nil {
			if _, ok := errors.AsType[*stream.Error](err); !ok || strings.Contains(err.Error(), "\n\n") {
				t.Fatalf("an error of another kind: %q", err)
			}
		} else if len(models) == 0 {
			t.Fatal("neither models nor an error")
		}
		for _, m := range models {
			m.Link(iam.Hints{})
			if m.Organization == nil {
				continue
			}
			for _, kind := range []string{iam.ServiceControlPolicy, iam.ResourceControlPolicy} {
				levels, _ := m.Organization.Levels(m.Input.Root, kind)
				for _, level := range levels {
					for _, p := range level {
						_ = p.Kind()
					}
				}
			}
			m.Organization.Path(m.Input.Root)
		}
	})
}

// FuzzAnswers: whatever one of the answers of the AWS CLI, or of the tables of Steampipe,
// says against the others.
func FuzzAnswers(f *testing.F) {
	files := maps.Clone(answered)
	for name, content := range queried {
		if strings.HasPrefix(name, "aws_") {
			files[name] = content
		}
	}
	fuzzed(f, files)
}

// FuzzCollected: whatever one of the files of iam-collect says against the others.
func FuzzCollected(f *testing.F) {
	files := maps.Clone(minimal)
	const root = "../../../fixtures/organization/collected"
	err := filepath.WalkDir(root, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.Contains(path, "100000000002") {
			return err
		}
		content, err := os.ReadFile(path)
		inside, _ := filepath.Rel(root, path)
		files[filepath.ToSlash(inside)] = string(content)
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	files[saml] = `{"arn":"arn:aws:iam::111122223333:saml-provider/corp"}`
	files[oidc] = `{"arn":"arn:aws:iam::111122223333:oidc-provider/example.com","audiences":["a"],"url":"example.com"}`
	fuzzed(f, files)
}
