package organization_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/source/organization"
	"github.com/boundlint/boundlint/lint/source/organization/orgtest"
)

// TestGenerated reads a generated organization, under every name that its directory
// may be called by.
func TestGenerated(t *testing.T) {
	dir := t.TempDir()
	base := filepath.Join(dir, "data")
	o := orgtest.Organization{Accounts: 4, Entities: 20, Policies: []orgtest.Policy{
		{
			ID: "p-Guard", Document: `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"iam:*","Resource":"*"}]}`,
			Targets: []string{orgtest.Organization{}.Unit(0)},
		},
		{ID: "p-loose", Document: `{"Version":"2012-10-17","Statement":[]}`},
	}}
	if err := o.Write(base); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{dir, base, filepath.Join(base, "aws"), filepath.Join(base, "aws", "aws")} {
		if organization.Recognise(path) != organization.Collected {
			t.Errorf("%s is not recognised", path)
		}
		models, err := organization.Read(organization.Options{Path: path})
		if err != nil || len(models) != 4 {
			t.Fatalf("%s: %d models, %v", path, len(models), err)
		}
		for i, m := range models {
			if m.Input.Root != orgtest.AccountID(i) || len(m.Entities) != 15 || len(m.Policies) != 5 || !m.Input.Complete {
				t.Errorf("%s: %d entities, %d policies, %+v", m.Input.Root, len(m.Entities), len(m.Policies), m.Input)
			}
			levels, known := m.Organization.Levels(m.Input.Root, iam.ServiceControlPolicy)
			if !known || (len(levels) == 0) != (i == 0) {
				t.Errorf("%s: %d levels", m.Input.Root, len(levels))
			}
		}
	}
	if err := os.WriteFile(filepath.Join(base, "main.tf"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if organization.Recognise(base) != organization.None {
		t.Error("a directory of Terraform is taken for an organization")
	}
}

// BenchmarkCollected reads 50 accounts of 300 entities.
func BenchmarkCollected(b *testing.B) {
	dir := b.TempDir()
	if err := (orgtest.Organization{Accounts: 50, Entities: 300}).Write(dir); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		start := time.Now()
		models, err := organization.Read(organization.Options{Path: dir})
		if err != nil || len(models) != 50 {
			b.Fatal(len(models), err)
		}
		b.ReportMetric(time.Since(start).Seconds(), "s")
	}
}

// TestCollectedBesideMany: as many directories as there may be are looked into.
func TestCollectedBesideMany(t *testing.T) {
	files := map[string]string{}
	for name, content := range minimal {
		files["zz/"+name] = content
	}
	for i := range 150 {
		files[fmt.Sprintf("a%03d/notes.md", i)] = "not read"
		files[fmt.Sprintf("zz/aws/aws/accounts/%012d/notes.md", i)] = "not read"
		files[fmt.Sprintf("zz/"+account+"iam/role/a%03d/notes.md", i)] = "not read"
	}
	delete(files, "zz/"+account+"organization.json")
	dir := write(t, files)
	if form := organization.Recognise(dir); form != organization.Collected {
		t.Fatalf("it is taken for %d", form)
	}
	if models, err := organization.Read(organization.Options{Path: dir}); err != nil || len(models) == 0 {
		t.Errorf("%d models, %v", len(models), err)
	}
}

// TestCollectedOtherwise: what is called otherwise or compressed is read, or named.
func TestCollectedOtherwise(t *testing.T) {
	files := maps.Clone(minimal)
	inline := account + "iam/role/app%2fdeploy/inline-policies.json"
	files[inline+".gz"] = gzipped(files[inline])
	delete(files, inline)
	files["aws/aws/accounts/production/organization.json"] = `{}`
	files["aws/aws/accounts/notes/readme.md"] = "not an account"
	models, err := organization.Read(organization.Options{Path: write(t, files)})
	if err != nil || len(models) != 1 {
		t.Fatalf("%d models, %v", len(models), err)
	}
	if m := models[0]; len(m.Inline) != 2 || len(m.Diagnostics) != 1 || !strings.Contains(m.Diagnostics[0].Summary, "production is not the id of an account") {
		t.Errorf("%d inline policies, %+v", len(m.Inline), m.Diagnostics)
	}
	files[inline+".gz"] = "\x1f\x8b\x08"
	if _, err := organization.Read(organization.Options{Path: write(t, files)}); err == nil || !strings.Contains(err.Error(), "it is compressed, and cut off") {
		t.Error(err)
	}
}
