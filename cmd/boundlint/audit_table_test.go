package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// exported are the columns of the query that docs/audit.md has.
var exported = []string{
	"eventid", "eventtime", "eventsource", "eventname", "useridentity", "requestparameters", "responseelements", "errorcode", "errormessage",
	"recipientaccountid", "sharedeventid", "sourceipaddress",
}

// recordsIn are the records of the files of a trail.
func recordsIn(t *testing.T, dir string) []map[string]any {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(names) == 0 {
		t.Fatal("no files", err)
	}
	var out []map[string]any
	for _, name := range names {
		var file struct {
			Records []map[string]any
			Events  []struct{ CloudTrailEvent string }
		}
		content, err := os.ReadFile(name)
		if err == nil {
			err = json.Unmarshal(content, &file)
		}
		for _, e := range file.Events {
			var record map[string]any
			if err == nil {
				err = json.Unmarshal([]byte(e.CloudTrailEvent), &record)
			}
			file.Records = append(file.Records, record)
		}
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, file.Records...)
	}
	return out
}

// printedAs is a value as Athena prints that of a column: rows as {a=b}, texts as they are.
func printedAs(column string, value any) string {
	switch value := value.(type) {
	case nil:
		return ""
	case string:
		return value
	case map[string]any:
		if column != "useridentity" {
			text, _ := json.Marshal(value) // it came from JSON
			return string(text)
		}
		var fields []string
		for _, name := range slices.Sorted(maps.Keys(value)) {
			fields = append(fields, strings.ToLower(name)+"="+printedAs(column, value[name]))
		}
		return "{" + strings.Join(fields, ", ") + "}"
	}
	return fmt.Sprint(value)
}

// TestAuditOfTable: an audit with the table that Athena makes of a trail says what the one
// with the files of the trail says.
func TestAuditOfTable(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(repository(t), "docs", "audit.md"))
	if err != nil {
		t.Fatal(err)
	}
	if query := strings.Join(exported, ", "); !strings.Contains(strings.Join(strings.Fields(string(page)), " "), query) {
		t.Errorf("docs/audit.md has no query of %s", query)
	}
	auditFixture(t)
	files := regexp.MustCompile(`"files": \d+`)
	audit := func() string {
		t.Helper()
		got := boundlint(t, "", nil, "audit", "account", "--last", "october.json", "--format", "json")
		if got.code != exitFindings || got.stderr != "" {
			t.Fatalf("exit code %d: %s", got.code, got.stderr)
		}
		return files.ReplaceAllString(got.stdout, "")
	}
	want := audit()
	records := recordsIn(t, filepath.Join("account", "trail"))
	if err := os.RemoveAll(filepath.Join("account", "trail")); err != nil {
		t.Fatal(err)
	}
	table, err := os.Create(filepath.Join("account", "events.csv"))
	if err != nil {
		t.Fatal(err)
	}
	w := csv.NewWriter(table)
	rows := [][]string{exported}
	for _, record := range records {
		lower := map[string]any{}
		for name, value := range record {
			lower[strings.ToLower(name)] = value
		}
		row := make([]string, 0, len(exported))
		for _, name := range exported {
			row = append(row, printedAs(name, lower[name]))
		}
		rows = append(rows, row)
	}
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	if err := table.Close(); err != nil {
		t.Fatal(err)
	}
	if got := audit(); got != want {
		t.Errorf("with the table:\n%s\nwith the files:\n%s", got, want)
	}
}
