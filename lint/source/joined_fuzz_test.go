package source

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/sourcetest"
)

// onlyTold fails a test where an error is not one line about an input.
func onlyTold(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	if _, ok := errors.AsType[*InputError](err); !ok || strings.ContainsAny(err.Error(), "\r\n") {
		t.Fatalf("an error of another kind: %q", err)
	}
}

// FuzzJoined: whatever a plan and its configuration say against each other.
func FuzzJoined(f *testing.F) {
	const name = "weak-delegation"
	plan, err := os.ReadFile(filepath.Join(real, name, "plan.json"))
	if err != nil {
		f.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(real, name, "*.tf"))
	if err != nil || len(files) == 0 {
		f.Fatalf("no configuration: %v", err)
	}
	var config []byte
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		config = append(append(config, src...), '\n')
	}
	sourcetest.Seeds(func(edits []byte) {
		f.Add(edits, []byte(nil))
		f.Add([]byte(nil), edits)
		f.Add(edits, edits)
	})
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, ofPlan, ofConfig []byte) {
		if len(ofPlan)+len(ofConfig) > sourcetest.MaxEdits {
			return
		}
		if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(sourcetest.Edit(string(config), ofConfig)), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Read(context.Background(), "-", Options{
			Stdin: strings.NewReader(sourcetest.Edit(string(plan), ofPlan)), Symbols: &policy.Symbols{}, ConfigDir: dir,
		})
		onlyTold(t, err)
	})
}

// FuzzBinary: whatever stands in the configuration that a binary plan carries,
// and wherever its bytes are damaged, nothing is written that is not of a
// module, and nothing is left behind.
func FuzzBinary(f *testing.F) {
	const list = `[{"Key":"","Source":"","Dir":"."},{"Key":"m","Source":"./m","Dir":"m"},{"Key":"up","Source":"../up","Dir":"../up"}]`
	const main = "module \"m\" {\n  source = \"./m\"\n}\nmodule \"up\" {\n  source = \"../up\"\n}\nresource \"aws_iam_role\" \"r\" {\n  name = \"r\"\n}\n"
	const plan = `{"format_version":"1.2","terraform_version":"1.11.0","complete":true,"errored":false,"resource_changes":[{"address":"aws_iam_role.r","mode":"managed",` +
		`"type":"aws_iam_role","name":"r","provider_name":"registry.terraform.io/hashicorp/aws","change":{"actions":["create"],"before":null,"after":{"name":"r","assume_role_policy":"{}"},` +
		`"after_unknown":{"arn":true}}}],"configuration":{"root_module":{}}}`
	sourcetest.Seeds(func(edits []byte) {
		f.Add(edits, []byte(nil), uint16(0), byte(0))
		f.Add([]byte(nil), edits, uint16(0), byte(0))
		f.Add([]byte(nil), []byte(nil), uint16(len(edits)*97), byte(len(edits)+1))
	})
	parent := f.TempDir()
	f.Setenv("TMPDIR", parent)
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, ofList, ofMain []byte, damaged uint16, by byte) {
		if len(ofList)+len(ofMain) > sourcetest.MaxEdits {
			return
		}
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, member := range [][2]string{
			{"tfplan", "\x08\x03"}, // its version
			{"tfconfig/modules.json", sourcetest.Edit(list, ofList)},
			{"tfconfig/m-/main.tf", sourcetest.Edit(main, ofMain)},
			{"tfconfig/m-m/main.tf", "resource \"aws_iam_user\" \"u\" {\n  name = \"u\"\n}\n"},
			{"tfconfig/m-up/main.tf", "output \"x\" {\n  value = 1\n}\n"},
		} {
			w, err := z.Create(member[0])
			if err == nil {
				_, err = io.WriteString(w, member[1])
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		content := b.Bytes()
		content[int(damaged)%len(content)] ^= by
		file := filepath.Join(dir, "plan.tfplan")
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Read(context.Background(), file, Options{Symbols: &policy.Symbols{}})
		onlyTold(t, err)
		_, err = Read(context.Background(), "-", Options{Stdin: strings.NewReader(plan), Symbols: &policy.Symbols{}, ConfigDir: file})
		onlyTold(t, err)
		left, err := os.ReadDir(parent)
		left = slices.DeleteFunc(left, func(e os.DirEntry) bool { return !strings.HasPrefix(e.Name(), "boundlint-") })
		if err != nil || len(left) > 0 {
			t.Fatalf("left behind: %v %v", left, err)
		}
	})
}
