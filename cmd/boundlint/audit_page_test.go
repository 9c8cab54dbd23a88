package main

import (
	"os"
	"path/filepath"
	"testing"
)

// TestAuditPage runs the commands of docs/audit.md, which show an account in November
// after the audit of October.
func TestAuditPage(t *testing.T) {
	checkPage(t, "docs/audit.md", 1, exitFindings)
}

// october is the day of the audit before, 2026-10-30.
const october = "1793318400"

// TestLastAudit: what the page compares with is what the program writes for the
// account as it was.
func TestLastAudit(t *testing.T) {
	t.Chdir(repository(t))
	got := boundlint(t, "", map[string]string{"SOURCE_DATE_EPOCH": october}, "audit", "--format", "json", "fixtures/audit/october")
	if got.code != exitClean || got.stderr != "" {
		t.Fatalf("exit code %d: %s", got.code, got.stderr)
	}
	golden := filepath.Join("fixtures", "audit", "october.json")
	want, err := os.ReadFile(golden)
	if err != nil && !*update {
		t.Fatal(err)
	}
	if string(want) == got.stdout {
		return
	}
	if !*update {
		t.Fatalf("%s is not what is written: %s", golden, got.stdout)
	}
	if err := os.WriteFile(golden, []byte(got.stdout), 0o644); err != nil {
		t.Fatal(err)
	}
}
