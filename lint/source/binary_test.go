package source

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/realplan"
	"github.com/boundlint/boundlint/lint/source/sourcetest"
)

// sameAsShown compares the model of a binary plan with that of what terraform
// show -json prints of it, joined with the configuration in it.
func sameAsShown(t *testing.T, binary, shown []byte) {
	t.Helper()
	var said [2]string
	for i, content := range [][]byte{binary, shown} {
		t.Chdir(t.TempDir()) // paths are part of models
		for name, content := range map[string][]byte{"plan": content, "config": binary} {
			if err := os.WriteFile(name, content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		models, err := Read(context.Background(), "plan", Options{Symbols: &policy.Symbols{}, ConfigDir: "config"})
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, m := range models {
			b.WriteString(sourcetest.Dump(m))
			fmt.Fprintf(&b, "secrets %q\nempty %q\ntool %s\n", m.Secrets, m.Coverage.Empty, m.Input.TerraformVersion)
		}
		said[i] = plainProviders(b.String())
	}
	native, real := strings.Split(said[0], "\n"), strings.Split(said[1], "\n")
	for i := range min(len(native), len(real)) {
		if native[i] != real[i] {
			t.Fatalf("line %d: the binary plan says\n%s\nand terraform show -json\n%s", i, native[i], real[i])
		}
	}
	if len(native) != len(real) {
		t.Fatalf("the binary plan says %d lines and terraform show -json %d", len(native), len(real))
	}
}

// plainProviders leaves out what Terraform adds to the configuration of a plan:
// provider configurations with nothing in them, and one in a module that it has
// from the root module through a module that uses none. There it is the root
// module's.
func plainProviders(dump string) string {
	dump = regexp.MustCompile(`(?m)^provider \S+ region= partition= state=\[\] allowed=\[\] assume=\n`).ReplaceAllString(dump, "")
	return regexp.MustCompile(`\[module\.[\w.]+:aws\]`).ReplaceAllString(dump, "[aws]")
}

// TestBinary reads the binary plans of the fixtures.
func TestBinary(t *testing.T) {
	plans, err := filepath.Glob(filepath.Join(real, "*", "plan*.tfplan"))
	if err != nil || len(plans) < 4 {
		t.Fatalf("%d plans, %v", len(plans), err)
	}
	for _, file := range plans {
		binary, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		shown, err := os.ReadFile(strings.TrimSuffix(file, ".tfplan") + ".json")
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(filepath.Dir(file))+"/"+filepath.Base(file), func(t *testing.T) { sameAsShown(t, binary, shown) })
	}
}

// TestBinaryWithoutConfiguration reads a binary plan whose configuration is
// missing: that is told once, whatever it is joined with.
func TestBinaryWithoutConfiguration(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("tfplan")
	if err == nil {
		_, err = w.Write([]byte("\x08\x03"))
	}
	if err := errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	for name, content := range map[string][]byte{"plan": bytes.Clone(b.Bytes()), "c/main.tf": []byte("locals {}\n")} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, content, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	_, err = Read(context.Background(), "-", Options{Stdin: &b})
	if err == nil || !strings.Contains(err.Error(), "pass its path, or what terraform show -json prints of it") {
		t.Errorf("standard input: %v", err)
	}
	for _, config := range []string{"", "c"} {
		models, err := Read(context.Background(), "plan", Options{Symbols: &policy.Symbols{}, ConfigDir: config})
		if err != nil {
			t.Fatal(err)
		}
		const want = "the configuration inside plan is not used: it holds no configuration"
		if d := models[0].Diagnostics; len(d) != 1 || d[0].Summary != want {
			t.Errorf("%q: %+v", config, d)
		}
	}
}

// TestRealBinary reads binary plans that the real Terraform makes of the
// configurations against which the evaluation of configuration is compared.
func TestRealBinary(t *testing.T) {
	terraform, ok := realplan.FromEnvironment(os.Getenv)
	if !ok {
		t.Skip("set BOUNDLINT_TEST_TERRAFORM to a terraform program and BOUNDLINT_TEST_PLUGIN_DIR to a directory with the AWS provider")
	}
	groups, err := realplan.Load("../../fixtures/differential")
	if err != nil || len(groups) == 0 {
		t.Fatalf("%d groups, %v", len(groups), err)
	}
	for _, g := range groups {
		t.Run(g.Name, func(t *testing.T) {
			var packed []realplan.Case
			for _, c := range g.Cases {
				if !c.Root && !c.Fails {
					packed = append(packed, c)
				}
			}
			if len(packed) == 0 {
				t.Skip("all of its cases are root modules, or refused")
			}
			dir := t.TempDir()
			if err := realplan.Write(dir, packed); err != nil {
				t.Fatal(err)
			}
			shown, err := terraform.Plan(t.Context(), dir)
			if err != nil {
				t.Fatal(err)
			}
			binary, err := os.ReadFile(filepath.Join(dir, "plan.tfplan"))
			if err != nil {
				t.Fatal(err)
			}
			sameAsShown(t, binary, shown)
		})
	}
}
