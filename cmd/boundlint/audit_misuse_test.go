package main

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
)

// auditFixture copies the account of docs/audit.md to a directory of its own.
func auditFixture(t *testing.T) {
	t.Helper()
	fixtures := filepath.Join(repository(t), "fixtures")
	workspace(t, map[string]string{})
	err := os.CopyFS(".", os.DirFS(filepath.Join(fixtures, "audit")))
	if err := errors.Join(err, os.CopyFS("collected", os.DirFS(filepath.Join(fixtures, "organization", "collected")))); err != nil {
		t.Fatal(err)
	}
}

func packed(t *testing.T, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func replaceIn(t *testing.T, path string, change func([]byte) []byte) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, change(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

const trailFile = "account/trail/111122223333_CloudTrail_us-east-1_20261103T1005Z_aB3dE5.json"

// TestAuditMisuse: what is wrong with the command line or a file ends in one line that
// says so, with exit code 2 and nothing on standard output.
func TestAuditMisuse(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing of it runs at the same time as something else")
	}
	for name, c := range map[string]struct {
		args    string
		arrange func(t *testing.T)
		want    string
	}{
		"no argument":             {args: "", want: "needs a DIR"},
		"no such directory":       {args: "nowhere", want: "nowhere: "},
		"no dump in it":           {args: "account/trail", want: "there is no account dump"},
		"an unknown day":          {args: "account --catalog-since yesterday", want: "--catalog-since takes a day"},
		"a day that there is not": {args: "account --catalog-since 2026-02-30", want: "--catalog-since takes a day"},
		"an unknown format":       {args: "account --format sarif", want: "writes text, json or html"},
		"two to standard output":  {args: "account --format text --format json", want: "standard output"},
		"over an input":           {args: "account --format json=account/authorization-details.json", want: "would write over an input"},
		"over the last audit":     {args: "account --last october.json --format json=october.json", want: "would write over an input"},
		"over a state":            {args: "account --format json=account/terraform.tfstate", want: "would write over an input"},
		"over the configuration":  {args: "account --format json=.boundlint.hcl", want: "would write over an input"},
		"over a trail":            {args: "account --format json=" + trailFile, want: "would write over an input"},
		"into an organization": {
			args: "collected --format json=collected/aws/aws/organizations/o-example123/ous/r-ab12/metadata.json", want: "would write over an input",
		},
		"two to one file":          {args: "account --format json=o.x --format html=./o.x", want: "two formats would go to ./o.x"},
		"an unknown severity":      {args: "account --fail-on high", want: "--fail-on takes"},
		"a last audit that is not": {args: "account --last account/terraform.tfstate", want: "not the JSON of an audit"},
		"a missing one":            {args: "account --last gone.json", want: "gone.json: no such file"},
		"the audit of others": {
			args: "account --last october.json", want: "is the audit of other accounts",
			arrange: func(t *testing.T) {
				t.Helper()
				replaceIn(t, "october.json", func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("111122223333"), []byte("444455556666")) })
			},
		},
		"an audit of nothing": {
			args: "account --last empty.json", want: "is the audit of other accounts",
			arrange: func(t *testing.T) {
				t.Helper()
				if err := os.WriteFile("empty.json", []byte(`{"version":1,"date":"2026-10-30","accounts":[]}`), 0o600); err != nil {
					t.Fatal(err)
				}
			},
		},
		"two credential reports": {
			args: "account", want: "account/a.csv and account/credential-report.csv are credential reports of the same user arn:aws:iam::111122223333:root",
			arrange: func(t *testing.T) {
				t.Helper()
				if err := os.CopyFS("other", os.DirFS("account")); err != nil {
					t.Fatal(err)
				}
				if err := os.Rename("other/credential-report.csv", "account/a.csv"); err != nil {
					t.Fatal(err)
				}
			},
		},
		"a trail that is none": {args: "account --trail account/terraform.tfstate", want: "it has no records of CloudTrail"},
		"a table that lacks columns": {
			args: "account --trail table.csv", want: "table.csv: it is a table of events without eventid, useridentity, requestparameters",
			arrange: func(t *testing.T) {
				t.Helper()
				if err := os.WriteFile("table.csv", []byte("Event name,Event time,User name,Event source\nCreateRole,2026-11-03T10:00:12Z,carol,iam.amazonaws.com\n"), 0o600); err != nil {
					t.Fatal(err)
				}
			},
		},
		"a dump that is cut": {
			args: "account", want: "authorization-details.json",
			arrange: func(t *testing.T) {
				t.Helper()
				replaceIn(t, "account/authorization-details.json", func(b []byte) []byte { return b[:len(b)/2] })
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			auditFixture(t)
			if c.arrange != nil {
				c.arrange(t)
			}
			got := boundlint(t, "", nil, append([]string{"audit"}, strings.Fields(c.args)...)...)
			if got.code != exitFailure || got.stdout != "" || !strings.Contains(got.stderr, c.want) || strings.Count(got.stderr, "\n") != 1 {
				t.Errorf("exit code %d, %q, %.300s", got.code, got.stderr, got.stdout)
			}
		})
	}
}

// auditOf is the JSON of an audit, as far as tests look at it.
type auditOf struct {
	Trail *struct {
		Records int `json:"records"`
	} `json:"trail"`
	Boundaries []struct {
		WeakerSince string `json:"weakerSince"`
		Versions    []struct {
			By     string   `json:"by"`
			Gained []string `json:"gained"`
		} `json:"versions"`
	} `json:"boundaries"`
	Changes   []struct{ Entity, Event string } `json:"changes"`
	Refusals  []struct{ Action string }        `json:"refusals"`
	Unmanaged *[]string                        `json:"unmanaged"`
	Notes     []string                         `json:"notes"`
}

func auditJSON(t *testing.T, args ...string) (a auditOf, text string) {
	t.Helper()
	got := boundlint(t, "", nil, append([]string{"audit", "--format", "json"}, args...)...)
	if got.code != exitFindings || got.stderr != "" {
		t.Fatalf("exit code %d: %s", got.code, got.stderr)
	}
	if err := json.Unmarshal([]byte(got.stdout), &a); err != nil {
		t.Fatal(err)
	}
	return a, got.stdout
}

// TestAuditForms: the same files give the same audit, packed or not, found in the
// directory or named, in either order.
func TestAuditForms(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing of it runs at the same time as something else")
	}
	auditFixture(t)
	_, want := auditJSON(t, "account")
	replaceIn(t, trailFile, func(b []byte) []byte { return packed(t, b) })
	if _, got := auditJSON(t, "account"); got != want {
		t.Errorf("with a packed trail: %s", got)
	}
	inCLI := func(b []byte) []byte {
		printed, err := json.Marshal(map[string]string{"Content": base64.StdEncoding.EncodeToString(b), "ReportFormat": "text/csv"})
		if err != nil {
			t.Fatal(err)
		}
		return printed
	}
	replaceIn(t, "account/credential-report.csv", inCLI)
	if _, got := auditJSON(t, "account"); got != want {
		t.Errorf("with a credential report as the AWS CLI prints it: %s", got)
	}
	for _, path := range []string{"account/credential-report.csv", "account/terraform.tfstate", "account/authorization-details.json"} {
		replaceIn(t, path, func(b []byte) []byte { return packed(t, b) })
		if _, got := auditJSON(t, "account"); got != want {
			t.Errorf("with %s packed: %s", path, got)
		}
	}
	const (
		dump, report, state = "account/authorization-details.json", "account/credential-report.csv", "account/terraform.tfstate"
		trail               = "account/trail"
	)
	for _, args := range [][]string{
		{dump, "--credential-report", report, "--against", state, "--trail", trail},
		{"--trail", trail, "--against", state, dump, "--credential-report", report},
	} {
		if _, got := auditJSON(t, args...); got != want {
			t.Errorf("%s: %s", args, got)
		}
	}
}

// TestAuditEncodings: nor does the encoding of a file change the audit: a credential
// report in Base64, and any file in UTF-16.
func TestAuditEncodings(t *testing.T) {
	if testing.Short() {
		t.Skip("nothing of it runs at the same time as something else")
	}
	auditFixture(t)
	_, want := auditJSON(t, "account")
	plain, err := os.ReadFile("account/credential-report.csv")
	if err != nil {
		t.Fatal(err)
	}
	replaceIn(t, "account/credential-report.csv", func(b []byte) []byte { return []byte(base64.StdEncoding.EncodeToString(b)) })
	if _, got := auditJSON(t, "account"); got != want {
		t.Errorf("with a credential report in Base64: %s", got)
	}
	replaceIn(t, "account/credential-report.csv", func([]byte) []byte { return plain })
	for _, path := range []string{"account/credential-report.csv", "account/terraform.tfstate", "account/authorization-details.json", trailFile} {
		replaceIn(t, path, func(b []byte) []byte {
			wide := []byte("\xFF\xFE") // as PowerShell redirects it
			for _, unit := range utf16.Encode([]rune(string(b))) {
				wide = binary.LittleEndian.AppendUint16(wide, unit)
			}
			return wide
		})
		if _, got := auditJSON(t, "account"); got != want {
			t.Errorf("with %s in UTF-16: %s", path, got)
		}
		replaceIn(t, path, func(b []byte) []byte { return packed(t, b) })
		if _, got := auditJSON(t, "account"); got != want {
			t.Errorf("with %s in UTF-16, packed: %s", path, got)
		}
	}
}

// TestFilesOfSeveralNames: a file counts once, under whichever names it is found and
// named, and a link that leads out of the directory is not followed.
func TestFilesOfSeveralNames(t *testing.T) {
	auditFixture(t)
	a, want := auditJSON(t, "account")
	const report = "account/credential-report.csv"
	if _, got := auditJSON(t, "account", "--credential-report", "./"+report, "--against", "account/terraform.tfstate", "--trail", "account/trail"); got != want {
		t.Errorf("named and found: %s", got)
	}
	for _, link := range [][2]string{
		{"authorization-details.json", "account/dump.json"},
		{"credential-report.csv", "account/report.csv"},
		{"trail", "account/trails"},
		{"terraform.tfstate", "account/state.tfstate"},
		{"../october.json", "account/outside.json"},
		{"gone.json", "account/nowhere.json"},
	} {
		if err := os.Symlink(link[0], link[1]); err != nil {
			t.Skip("links cannot be made here: ", err)
		}
	}
	b, _ := auditJSON(t, "account", "--trail", trailFile)
	if len(b.Changes) != len(a.Changes) || b.Trail.Records != a.Trail.Records || len(*b.Unmanaged) != len(*a.Unmanaged) {
		t.Errorf("%+v", b)
	}
	if notes := strings.Join(b.Notes, "\n"); strings.Count(notes, "is not followed") != 3 || !strings.Contains(notes, "outside.json is a link") {
		t.Errorf("%q", notes)
	}
	if err := errors.Join(os.Rename("account/authorization-details.json", "account/kept"), os.Remove("account/dump.json"), os.Symlink("kept", "account/dump.json")); err != nil {
		t.Fatal(err)
	}
	if b, _ := auditJSON(t, "account"); len(b.Boundaries) != 1 {
		t.Errorf("%+v", b)
	}
}

// TestBadFileAmongOthers: a file of the directory that cannot be read, or only looks like
// one that is, is told and ends in exit code 2, and the rest is audited.
func TestBadFileAmongOthers(t *testing.T) {
	half := func(b []byte) []byte { return b[:len(b)/2] }
	for name, c := range map[string]struct {
		path   string
		change func([]byte) []byte
		want   string
	}{
		"a trail that is torn": {trailFile, func(b []byte) []byte { p := packed(t, b); return p[:len(p)-30] }, "it is compressed, and"},
		"a trail that is cut":  {trailFile, half, trailFile},
		"notifications of S3": {trailFile, func([]byte) []byte {
			return []byte(`{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","eventTime":"2026-11-01T00:00:00Z"}]}`)
		}, "it has no records"},
		"what looks like a state":        {"account/terraform.tfstate", func([]byte) []byte { return []byte(`{"format_version":"1.0","valid":true,"diagnostics":[]}`) }, "account/terraform.tfstate"},
		"a state that is cut":            {"account/terraform.tfstate", half, "account/terraform.tfstate"},
		"what begins like a report":      {"account/credential-report.csv", func([]byte) []byte { return []byte("user,arn,x\nann,none,1\n") }, "has no arn"},
		"a report that is torn":          {"account/credential-report.csv", func(b []byte) []byte { p := packed(t, b); return p[:len(p)-30] }, "it is compressed, and"},
		"a dump that is cut, beside one": {"account/second.json", func([]byte) []byte { return []byte(`{"UserDetailList":[{"UserName":"u"`) }, "account/second.json"},
	} {
		t.Run(name, func(t *testing.T) {
			auditFixture(t)
			content, err := os.ReadFile(c.path)
			if err != nil && c.path != "account/second.json" {
				t.Fatal(err)
			}
			if err := os.WriteFile(c.path, c.change(content), 0o600); err != nil {
				t.Fatal(err)
			}
			got := boundlint(t, "", nil, "audit", "account", "--format", "json")
			var a auditOf
			if err := json.Unmarshal([]byte(got.stdout), &a); err != nil {
				t.Fatal(err, got.stderr)
			}
			notes := strings.Join(a.Notes, "\n")
			if got.code != exitFailure || !strings.Contains(got.stderr, c.want) || strings.Count(got.stderr, "\n") != 1 || !strings.Contains(notes, c.want) || len(a.Boundaries) == 0 {
				t.Errorf("exit code %d, %q, %q", got.code, got.stderr, notes)
			}
		})
	}
}

// TestAuditLacks: an audit of a dump alone says what it lacks, and nothing for it.
func TestAuditLacks(t *testing.T) {
	auditFixture(t)
	a, _ := auditJSON(t, "account/authorization-details.json")
	if a.Trail != nil || a.Unmanaged != nil || len(a.Changes)+len(a.Refusals) > 0 || len(a.Notes) != 3 {
		t.Errorf("%+v", a)
	}
	// The dump has both versions, with their days.
	if b := a.Boundaries[0]; b.WeakerSince != "2026-11-03T10:00:12Z" || b.Versions[1].By != "" || len(b.Versions[1].Gained) == 0 {
		t.Errorf("%+v", b)
	}
}

// TestPlantedEvents: each event that is planted in the trail is found once, though one
// of them is in two files, and none is made up.
func TestPlantedEvents(t *testing.T) {
	auditFixture(t)
	a, _ := auditJSON(t, "account")
	var got []string
	for _, c := range a.Changes {
		got = append(got, strings.TrimPrefix(c.Event, "10000000-0000-4000-8000-00000000000"))
	}
	if strings.Join(got, " ") != "1 2 3 9 4" || len(a.Refusals) != 2 || a.Trail.Records != 9 {
		t.Errorf("%s, %+v, %+v", got, a.Refusals, a.Trail)
	}
	if v := a.Boundaries[0].Versions; len(v) != 2 || v[1].By != "arn:aws:iam::111122223333:role/platform/ci" {
		t.Errorf("%+v", v)
	}
}

// TestTrailOfOthers: events of an account that is not audited are told, and not counted.
func TestTrailOfOthers(t *testing.T) {
	auditFixture(t)
	const told = "Of the trail, 3 events are of accounts that are not audited (444455556666): not counted."
	if a, _ := auditJSON(t, "account"); strings.Contains(strings.Join(a.Notes, " "), "not audited") {
		t.Errorf("%q", a.Notes)
	}
	replaceIn(t, trailFile, func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("111122223333"), []byte("444455556666")) })
	if a, _ := auditJSON(t, "account"); strings.Join(a.Notes, " ") != told || len(a.Changes) != 2 {
		t.Errorf("%q, %+v", a.Notes, a.Changes)
	}
}

// TestHostileTrail: what a record holds cannot break out of the page, nor move the
// cursor of a terminal.
func TestHostileTrail(t *testing.T) {
	auditFixture(t)
	replaceIn(t, trailFile, func(b []byte) []byte {
		return bytes.ReplaceAll(b, []byte(`"app-legacy"`), []byte(`"<script>alert(1)</script>\u001b[2J"`))
	})
	for _, format := range []string{"html", "text"} {
		got := boundlint(t, "", nil, "audit", "account", "--verbose", "--format", format)
		if got.code != exitFindings || got.stderr != "" || !strings.Contains(got.stdout, "alert(1)") {
			t.Errorf("%s: exit code %d, %s", format, got.code, got.stderr)
		}
		if strings.Contains(got.stdout, "\x1b") || format == "html" && strings.Contains(got.stdout, "<script>") {
			t.Errorf("%s: it is printed as it stands", format)
		}
	}
}
