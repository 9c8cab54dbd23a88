package report_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/report"
)

var update = flag.Bool("update", false, "write the golden files")

// extensions are those of the golden files; txt where a format has none.
var extensions = map[string]string{
	"json": "json", "sarif": "sarif", "junit": "xml", "markdown": "md", "html": "html", "asff": "json",
	"gitlab": "json", "checkstyle": "xml", "ocsf": "json",
	"ndjson": "ndjson", "ndjson-entities": "ndjson", "ndjson-inputs": "ndjson",
}

// wholeReports are the formats that tell of all that is in a report.
func wholeReports() []string { return slices.DeleteFunc(report.Names(), report.IsTable) }

// reports are the hand-made reports by name.
func reports() map[string]*lint.Report {
	return map[string]*lint.Report{"sample": sample(), "clean": spotless(), "empty": {Tool: lint.Tool{Name: "boundlint", Version: "1.2.3"}}}
}

func render(t *testing.T, name string, r *lint.Report, o report.Options) []byte {
	t.Helper()
	reporter, ok := report.ByName(name)
	if !ok {
		t.Fatalf("no reporter %s", name)
	}
	var b bytes.Buffer
	if err := reporter.Report(&b, r, o); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return b.Bytes()
}

func TestGolden(t *testing.T) {
	for kind, r := range reports() {
		for _, name := range report.Names() {
			t.Run(kind+"/"+name, func(t *testing.T) {
				o := report.Options{Now: now, FailOn: lint.Error, Account: "444455556666"}
				got := render(t, name, r, o)
				if again := render(t, name, r, o); !bytes.Equal(got, again) {
					t.Error("two equal reports gave different bytes")
				}
				if report.IsBinary(name) {
					return // TestTables reads it back
				}
				extension, ok := extensions[name]
				if !ok {
					extension = "txt"
				}
				path := filepath.Join("..", "..", "fixtures", "report", kind+"-"+name+"."+extension)
				if *update {
					if err := os.WriteFile(path, got, 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(got, want) {
					t.Errorf("%s differs; run go test ./lint/report -update and look at the diff\n%s", path, got)
				}
			})
		}
	}
}

func TestTrailingBlanks(t *testing.T) {
	for _, name := range []string{"text", "markdown"} {
		for i, line := range bytes.Split(render(t, name, sample(), report.Options{}), []byte("\n")) {
			if bytes.HasSuffix(line, []byte(" ")) {
				t.Errorf("%s: line %d ends in a blank: %q", name, i+1, line)
			}
		}
	}
}
