package catalog_test

import (
	"strings"
	"testing"
	"time"

	"github.com/boundlint/boundlint/lint/catalog"
)

func date(t *testing.T, s string) time.Time {
	t.Helper()
	out, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestAppeared: an action is told with the days between which AWS added it; one of
// the earliest list has none. account:PutAccountName is of April 2025 (AWS What's
// New, account management).
func TestAppeared(t *testing.T) {
	appeared := func(name string) (catalog.Appearance, bool) {
		a, ok := catalog.LookupAction(name)
		if !ok {
			t.Fatal(name)
		}
		return a.Appeared()
	}
	if when, known := appeared("account:PutAccountName"); !known || when.After != date(t, "2025-02-13") || when.By != date(t, "2025-11-27") {
		t.Error(when, known)
	}
	if when, known := appeared("iam:CreateRole"); known {
		t.Error(when)
	}
	if got := catalog.FirstSeen(); got != date(t, "2024-08-31") {
		t.Error(got)
	}
}

// TestAddedSince: what the last list before the day lacks, and no action of it.
func TestAddedSince(t *testing.T) {
	names := func(day string) string {
		var b strings.Builder
		for _, a := range catalog.AddedSince(date(t, day)) {
			b.WriteString(a.String() + " ")
		}
		return b.String()
	}
	for day, want := range map[string]bool{"2020-01-01": true, "2025-02-13": true, "2025-04-01": true, "2025-11-27": false, "2026-01-01": false} {
		if got := strings.Contains(names(day), "account:PutAccountName "); got != want {
			t.Errorf("since %s: %t", day, got)
		}
	}
	if got := names("2026-09-26"); got != "" {
		t.Error(got)
	}
	all := catalog.AddedSince(time.Time{})
	for i, a := range all[1:] {
		if all[i].String() >= a.String() {
			t.Fatal(all[i], a)
		}
	}
	if n := len(all); n < 1000 {
		t.Error(n)
	}
}
