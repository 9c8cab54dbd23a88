package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/expect"
	"github.com/boundlint/boundlint/lint/iam"
)

func loadTests(t *testing.T, text string) (*TestFile, error) {
	t.Helper()
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.WriteFile(filepath.Join(dir, "it.boundlint-test.hcl"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return LoadTests("it.boundlint-test.hcl", true)
}

// What a file says arrives in the order in which it stands there, with its places.
func TestLoadTests(t *testing.T) {
	_, err := loadTests(t, `entity "é" {}
`)
	if err == nil || !strings.Contains(err.Error(), `it.boundlint-test.hcl:1:8: "é" is not a name for a role or user`) {
		t.Error(err)
	}
	f, err := loadTests(t, "\xef\xbb\xbf"+`entity "dev" {
  kind     = "user"
  path     = "/x/"
  tags     = { team = "a" }
  policies = [jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] }), "ReadOnlyAccess"]
  boundary = boundary["work load"]
}
test "first" {
  as           = ["dev", "ann"]
  undetermined = "pass"
  allow "s3:*" {
    every        = true
    undetermined = "fail"
  }
  cannot_reach = ["administrator"]
  deny "iam:*" {
    resource     = ["arn:aws:iam::*:role/${entity.name}-*", entity.arn]
    not_resource = "x"
    with         = { "aws:MultiFactorAuthPresent" = true, "s3:max-keys" = [1, 2], "aws:SourceIp" = null }
    unless       = [{ "a:b" = boundary.x, "a:c" = "1" }, { "a:d" = "2" }]
  }
  allow "s3:GetObject" { every = false }
  cannot_reach "iam:CreateRole" { unless = { "a:b" = "c" } }
}
`)
	if err != nil {
		t.Fatal(err)
	}
	dev := f.Entities[0]
	if dev.Kind != iam.User || dev.Path != "/x/" || dev.Tags["team"] != "a" || dev.Policies[0].Document == nil ||
		dev.Policies[1].Name.String() != "ReadOnlyAccess" || dev.Boundary.Name.Parts[0].Boundary != "work load" || dev.Address() != "entity.dev" {
		t.Errorf("%+v", dev)
	}
	var got []string
	for _, x := range f.Tests[0].Expectations {
		got = append(got, x.What.Text)
	}
	if all := strings.Join(got, " "); all != "s3:* administrator iam:* s3:GetObject iam:CreateRole" {
		t.Error(all)
	}
	x := f.Tests[0].Expectations
	if x[0].Kind != expect.AllowEvery || x[0].UndeterminedPasses || !x[1].UndeterminedPasses || x[3].Kind != expect.Allow || x[4].Kind != expect.CannotReach {
		t.Errorf("%+v %+v %+v", x[0], x[1], x[3])
	}
	deny := x[2]
	if deny.Resources[0].String() != "arn:aws:iam::*:role/${entity.name}-*" || deny.Resources[1].Parts[0].Entity != "arn" || deny.NotResources[0].String() != "x" {
		t.Errorf("%v %v", deny.Resources, deny.NotResources)
	}
	if k := deny.With; k[0].Values[0].String() != "true" || k[1].Values[1].String() != "2" || !k[2].Absent {
		t.Errorf("%+v", k)
	}
	if u := deny.Unless; len(u) != 2 || len(u[0]) != 2 || u[0][0].Values[0].Parts[0].Boundary != "x" {
		t.Errorf("%+v", u)
	}
	if at := deny.At.Range.Start; at.Line != 16 || at.Column != 3 || deny.At.File != "it.boundlint-test.hcl" {
		t.Errorf("%+v", at)
	}
	fault, ok := errors.AsType[*Error](f.Fault(deny.Resources[1].At, "nobody is so called"))
	if !ok {
		t.Fatal("it is another error")
	}
	if text := fault.Text(); !strings.HasPrefix(text, "it.boundlint-test.hcl:17:61: nobody is so called\n") || !strings.HasSuffix(text, "^^^^^^^^^^\n") {
		t.Error(text)
	}
}

// All faults of a file are told at once.
func TestFaultsOfTestFile(t *testing.T) {
	_, err := loadTests(t, `test "" {
  as = []
  deny "x" { with = { "a:b" = [], "a:b" = "c", "d" = "e" } }
}
test "it" {
  as = null
  allow "iam:*" { resource = boundary }
  allow "iam:*" { resource = [for x in ["a"] : x] }
  allow "iam:*" { resource = "" }
}
test "it" { as = "x" }
entity "x" {
  policies = [jsonencode(x)]
  tags     = { a = null }
}
`)
	if err == nil {
		t.Fatal("it is read")
	}
	for _, want := range []string{
		":1:1: the test has no name", ":2:8: the list is empty", `:3:8: "x" is not the full name of an action`, ":3:31: the list is empty",
		`:3:48: "d" is not a condition key`, ":6:8: null is not text", ":7:30: this leads nowhere", ":8:30: this is none of the values of a test",
		":9:30: the text is empty", `:11:1: test "it" stands in line 5 already`, `:11:1: test "it" expects nothing`, ":13:26: Variables not allowed",
		":14:20: null is not text",
	} {
		if !strings.Contains(err.Error(), "it.boundlint-test.hcl"+want) {
			t.Errorf("%s is not told:\n%s", want, err)
		}
	}
}

// FuzzTests: whatever a file holds, it is read or refused, and every fault has its
// place.
func FuzzTests(f *testing.F) {
	for _, text := range []string{
		"test \"it\" {\n  as = \"x\"\n  deny \"iam:*\" { unless = [{ \"a:b\" = boundary[\"x\"] }, { \"a:c\" = null }] }\n}\n",
		"entity \"x\" {\n  policies = [jsonencode({ Statement = [] }), \"{}\", \"x.json\", (boundary.x)]\n  tags = { (a) = \"b\" }\n}\n",
		"test \"it\" {\n  as = [\"${entity.name}\", <<-EOT\n    x\n  EOT\n  ]\n  cannot_reach = [for x in [1] : x]\n  cannot_reach \"x\" { with = { a = 1 } }\n}\n",
	} {
		f.Add(text)
	}
	dir := f.TempDir()
	path := filepath.Join(dir, "it.boundlint-test.hcl")
	f.Fuzz(func(t *testing.T, text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		file, err := LoadTests(path, true)
		if err != nil {
			if faults, ok := errors.AsType[*Error](err); ok && (faults.Text() == "" || !strings.Contains(err.Error(), "boundlint-test.hcl:")) {
				t.Errorf("%q", err)
			}
			return
		}
		for _, test := range file.Tests {
			for _, x := range test.Expectations {
				if text := file.Fault(x.What.At, "x").Error(); !strings.HasSuffix(text, ": x") {
					t.Errorf("%q", text)
				}
			}
		}
	})
}
