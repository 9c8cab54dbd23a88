package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/internal/npm"
	"github.com/boundlint/boundlint/lint/internal/pack"
)

// release writes a package as the registry would serve it and pins it.
func release(t *testing.T, dir, name string, files map[string]string) npm.Release {
	t.Helper()
	var data bytes.Buffer
	z := gzip.NewWriter(&data)
	w := tar.NewWriter(z)
	for path, content := range files {
		if err := w.WriteHeader(&tar.Header{Name: "package/" + path, Mode: 0o644, Size: int64(len(content))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	sum := sha512.Sum512(data.Bytes())
	s := npm.Release{Package: name, Version: "1.0.0", Integrity: "sha512-" + base64.StdEncoding.EncodeToString(sum[:])}
	if err := os.WriteFile(filepath.Join(dir, s.Archive()), data.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

func service() map[string]string {
	return map[string]string{
		"package.json":       `{"updatedAt":"2026-01-02T03:04:05Z"}`,
		"data/services.json": `["x"]`,
		"data/actions/x.json": `{"do":{"name":"Do","accessLevel":"Write","resourceTypes":[
			{"name":"thing","required":true,"conditionKeys":["x:A"],"dependentActions":[]}],"conditionKeys":["x:Tag/<key>"]}}`,
		"data/resourceTypes/x.json": `{"thing":{"key":"Thing","arn":"arn:${Partition}:x:::t/{Name}","conditionKeys":[]}}`,
		"data/conditionKeys/x.json": `{"x:a":{"key":"x:A","type":"ArrayOfString"},"x:tag/<key>":{"key":"x:Tag/<key>","type":"String"},
			"saml:b":{"key":"saml:b","type":"Bool"}}`,
	}
}

func TestPackServices(t *testing.T) {
	dir := t.TempDir()
	s := release(t, dir, "@scope/facts", service())
	files, err := npm.Fetcher{Dir: dir}.Files(s)
	if err != nil {
		t.Fatal(err)
	}
	services, date, err := readServices(files, []string{"x:Do"})
	if err != nil || date != "2026-01-02" {
		t.Fatalf("%v, %q", err, date)
	}
	data, err := packServices(services)
	if err != nil {
		t.Fatal(err)
	}
	f, err := pack.Open(string(data))
	if err != nil {
		t.Fatal(err)
	}
	text, _, err := f.Text("x")
	for _, part := range []string{"Do\n", "Thing\n", "t/${Name}\n", "x:Tag/${key}\n", "iam:PassRole\n"} {
		if err != nil || !strings.Contains(text, part) {
			t.Errorf("%v: %q lacks %q", err, text, part)
		}
	}
	if prefixes, _, err := f.Text(prefixesName); err != nil || prefixes != "saml\tx\n" {
		t.Errorf("%v: foreign prefixes %q", err, prefixes)
	}
}

// TestRefuses holds that what is not understood stops the generator: facts
// that are silently dropped would be wrong verdicts.
func TestRefuses(t *testing.T) {
	tests := map[string]struct{ file, old, new, want string }{
		"access level":   {"data/actions/x.json", "Write", "Destroy", "unknown access level"},
		"resource type":  {"data/actions/x.json", `"thing"`, `"nothing"`, "is not listed"},
		"condition key":  {"data/actions/x.json", "x:A", "x:B", "is not listed"},
		"key type":       {"data/conditionKeys/x.json", "ArrayOfString", "Float", "unknown type"},
		"odd characters": {"data/actions/x.json", `"Do"`, `"Dö"`, "printable"},
		"passrole":       {"data/actions/x.json", `"Do"`, `"Undo"`, "no such action"},
		"no JSON":        {"data/services.json", `["x"]`, `[`, "services.json"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			files := map[string][]byte{}
			for path, content := range service() {
				if path == tt.file {
					content = strings.Replace(content, tt.old, tt.new, 1)
				}
				files[path] = []byte(content)
			}
			passRole := []string{"x:Do"}
			if name == "odd characters" {
				passRole = nil
			}
			services, _, err := readServices(files, passRole)
			if err == nil {
				_, err = packServices(services)
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestPackPolicies(t *testing.T) {
	files := map[string][]byte{"dist/managedPolicies.json": []byte(`{"P":{"arn":"arn:aws:iam::aws:policy/path/P","latestVersionId":"v2",
		"versions":{"v1":{"createdDate":"2027-01-01","document":{}},"v2":{"createdDate":"2026-05-06T00:00:00Z","document":{"b": [1], "a": "<"}}}}}`)}
	documents, newest, err := readPolicies(files)
	if err != nil || newest != "2026-05-06" {
		t.Fatalf("%v, %q", err, newest)
	}
	data, err := packPolicies(documents)
	if err != nil {
		t.Fatal(err)
	}
	f, err := pack.Open(string(data))
	if err != nil {
		t.Fatal(err)
	}
	if text, ok, err := f.Text("path/P"); !ok || err != nil || text != `{"b":[1],"a":"<"}` {
		t.Errorf("%q, %v, %v", text, ok, err)
	}
	if _, _, err := readPolicies(nil); err == nil {
		t.Error("a missing file was accepted")
	}
}

func TestUnlistedActions(t *testing.T) {
	services := []sourceService{{prefix: "x", actions: []sourceAction{{Name: "GetIt"}, {Name: "Put"}}}}
	documents := map[string]string{
		"a": `{"Statement":{"Action":["x:getit","X:Get*","x:Missing","*"],"Resource":"*"}}`,
		"b": `{"Statement":[{"NotAction":"gone:*"},{"Action":["x:P?t","x:M*","x:Missing"]}]}`,
	}
	got, err := unlistedActions(services, documents)
	if want := []string{"gone:*", "x:m*", "x:missing"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	if _, err := unlistedActions(services, map[string]string{"a": `{"Statement":[{"Action":1}]}`}); err == nil {
		t.Error("a number was taken for an action")
	}
}

func TestIntegrity(t *testing.T) {
	dir := t.TempDir()
	s := release(t, dir, "facts", map[string]string{"a": "b"})
	s.Integrity = "sha512-AAAA"
	if _, err := (npm.Fetcher{Dir: dir}).Files(s); err == nil || !strings.Contains(err.Error(), "pinned") {
		t.Errorf("other bytes than the pinned ones were accepted: %v", err)
	}
}

func TestWritePackKeepsEqualContent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.pack")
	w := pack.NewWriter(10)
	w.Add("a", "text")
	data, err := w.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if err := writePack(path, data); err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, before.ModTime().Add(-1e9), before.ModTime().Add(-1e9)); err != nil {
		t.Fatal(err)
	}
	if err := writePack(path, data); err != nil {
		t.Fatal(err)
	}
	if after, err := os.Stat(path); err != nil || !after.ModTime().Before(before.ModTime()) {
		t.Errorf("an equal pack was written again: %v", err)
	}
}

func TestPlaceholders(t *testing.T) {
	for in, want := range map[string]string{
		"s3:ExistingObjectTag/<key>":          "s3:ExistingObjectTag/${key}",
		"ssm:resourceTag/tag-key":             "ssm:resourceTag/${TagKey}",
		"sagemaker:ResourceTag/":              "sagemaker:ResourceTag/${TagKey}",
		"aws:RequestTag/${TagKey}":            "aws:RequestTag/${TagKey}",
		"arn:x:${Name}-{Date-and-Time-Stamp}": "arn:x:${Name}-${Date-and-Time-Stamp}",
		"iam:PassedToService":                 "iam:PassedToService",
	} {
		if got := placeholders(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}
