package source

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestKindOfFile: a file is told by its content whatever its name, packed too, and
// what is none of the kinds is not taken for one.
func TestKindOfFile(t *testing.T) {
	const (
		report = "user,arn,user_creation_time\n<root_account>,arn:aws:iam::111122223333:root,2020-01-01T00:00:00+00:00\n"
		record = `{"eventVersion":"1.11","eventTime":"2026-11-03T10:00:12Z"}`
	)
	encoded := base64.StdEncoding.EncodeToString([]byte(report))
	for name, c := range map[string]struct {
		content string
		want    FileKind
	}{
		"a dump":                  {`{"UserDetailList":[],"RoleDetailList":[]}`, DumpFile},
		"a dump, policies first":  {`{"Policies":[{"Arn":"a","PolicyVersionList":[{"Document":"` + strings.Repeat("x", 70000) + `"}]}],"RoleDetailList":[]}`, DumpFile},
		"pages in a list":         {`[{"UserDetailList":[]}]`, DumpFile},
		"a state":                 {`{"version":4,"terraform_version":"1.13.4","serial":1,"lineage":"x","resources":[]}`, StateFile},
		"a state that was shown":  {`{"format_version":"1.0","terraform_version":"1.13.4"}`, StateFile},
		"a trail":                 {`{"Records":[` + record + `]}`, TrailFile},
		"an empty trail":          {` { "Records" : [] }`, TrailFile},
		"events looked up":        {`{"Events":[{"EventId":"1","CloudTrailEvent":"{}"}]}`, TrailFile},
		"records in lines":        {record + "\n" + record + "\n", TrailFile},
		"a credential report":     {report, CredentialReportFile},
		"with a mark":             {"\xEF\xBB\xBF" + report, CredentialReportFile},
		"encoded":                 {encoded, CredentialReportFile},
		"as the AWS CLI prints":   {"{\n    \"Content\": \"" + encoded + "\",\n    \"ReportFormat\": \"text/csv\"\n}", CredentialReportFile},
		"and with its date first": {`{"GeneratedTime":"2026-11-22T00:00:00+00:00","Content":"` + encoded + `"}`, CredentialReportFile},
		"an audit":                {`{"version":1,"tool":"boundlint","date":"2026-10-30","accounts":[]}`, OtherFile},
		"a policy document":       {`{"Version":"2012-10-17","Statement":[]}`, OtherFile},
		"events of Athena":        {"\"eventversion\",\"useridentity\",\"eventtime\",\"eventsource\",\"eventname\"\n", TrailFile},
		"of the console":          {"\xEF\xBB\xBFEvent name,Event time,User name\r\n", TrailFile},
		"another table":           {"user,email\nann,ann@example.com\n", OtherFile},
		"text":                    {"notes about \"eventTime\": none\n", OtherFile},
		"nothing":                 {"", OtherFile},
		"packed, damaged":         {"\x1f\x8bxxxxxxxx", OtherFile},
	} {
		t.Run(name, func(t *testing.T) {
			var packed bytes.Buffer
			w := gzip.NewWriter(&packed)
			if _, err := w.Write([]byte(c.content)); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			for form, content := range map[string]string{"plain": c.content, "packed": packed.String()} {
				path := filepath.Join(t.TempDir(), "notes.txt")
				if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
				if got, err := KindOfFile(path); got != c.want || err != nil {
					t.Errorf("%s: %d, not %d (%v)", form, got, c.want, err)
				}
			}
		})
	}
	if _, err := KindOfFile(filepath.Join(t.TempDir(), "gone")); err == nil {
		t.Error("a file that there is not is of a kind")
	}
	if got, err := KindOfFile(t.TempDir()); got != OtherFile || err != nil {
		t.Errorf("a directory: %d, %v", got, err)
	}
}
