package main

import (
	"strings"
	"testing"
)

// TestWriteAdded: an action is of the first release that has it, also where one in
// between lacks it; those of the earliest, and those that the current one lacks, are
// of none.
func TestWriteAdded(t *testing.T) {
	current := []sourceService{{prefix: "a", actions: []sourceAction{{Name: "Old"}, {Name: "New"}, {Name: "Newer"}}}}
	seen := map[string]bool{}
	var b strings.Builder
	for i, release := range []struct {
		version string
		names   map[string]bool
	}{
		{"0.2.202408313", map[string]bool{"a:old": true}},
		{"0.3.202409051", map[string]bool{"a:new": true, "a:withdrawn": true}},
		{"0.7.202410011", map[string]bool{"a:old": true, "a:new": true, "a:newer": true}},
	} {
		if err := writeAdded(&b, release.version, release.names, seen, i == 0, current); err != nil {
			t.Fatal(err)
		}
	}
	const want = "2024-08-31\n2024-09-05\n  a: New\n2024-10-01\n  a: Newer\n"
	if b.String() != want {
		t.Errorf("got  %q\nwant %q", b.String(), want)
	}
	if err := writeAdded(&b, "1.0.0", nil, seen, false, current); err == nil {
		t.Error("a version without a day has one")
	}
}
