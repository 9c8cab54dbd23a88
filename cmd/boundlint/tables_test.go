package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/report"
)

// twoReports are a report with a finding, one without, and one of an input that is
// not complete.
func twoReports(t *testing.T) {
	t.Helper()
	workspace(t, map[string]string{
		"bad.json": badPlan, "good.json": goodPlan, "half.json": strings.Replace(goodPlan, `"complete":true`, `"complete":false`, 1), "broken.json": `{"version": 1, "findings": [{]}`,
		"fine.json": goodPlan, "worse.json": badPlan,
	})
	for _, name := range []string{"bad", "worse", "good", "fine", "half"} {
		if got := boundlint(t, "", nil, name+".json", "--format", "json="+name+"-report.json"); got.code == exitFailure {
			t.Fatal(got.stderr)
		}
	}
}

// TestMergeTables: tables of many reports are the rows of each after the other,
// whatever else is written beside them, and the exit code is the same.
func TestMergeTables(t *testing.T) {
	twoReports(t)
	for _, reports := range []string{"bad good half", "half good bad", "good", "good fine", "half", "bad worse"} {
		var paths []string
		for name := range strings.FieldsSeq(reports) {
			paths = append(paths, name+"-report.json")
		}
		for _, name := range report.Names() {
			if !report.IsTable(name) {
				continue
			}
			want := ""
			if !report.IsBinary(name) {
				for _, path := range paths {
					want += boundlint(t, "", nil, "report", "merge", path, "--format", name).stdout
				}
			}
			alone := boundlint(t, "", nil, append([]string{"report", "merge", "--format", name + "=alone"}, paths...)...)
			beside := boundlint(t, "", nil, append([]string{"report", "merge", "--format", name + "=beside", "--format", "text"}, paths...)...)
			printed := boundlint(t, "", nil, append([]string{"report", "merge", "--format", name}, paths...)...)
			got := read(t, "alone")
			if got != read(t, "beside") || got != printed.stdout || want != "" && got != want {
				t.Errorf("%s of %s: it depends on how it is written", name, reports)
			}
			if alone.code != beside.code || alone.code != printed.code || alone.stdout != "" || alone.stderr+beside.stderr != "" || !strings.Contains(beside.stdout, "coverage") {
				t.Errorf("%s of %s: %+v\n%+v\n%+v", name, reports, alone, beside, printed)
			}
			for _, failOn := range []string{"error", "warning", "note", "none"} {
				few := boundlint(t, "", nil, append([]string{"report", "merge", "--fail-on", failOn, "--format", name + "=alone"}, paths...)...)
				all := boundlint(t, "", nil, append([]string{"report", "merge", "--fail-on", failOn}, paths...)...)
				if few.code != all.code {
					t.Errorf("%s of %s, --fail-on %s: %d, want %d", name, reports, failOn, few.code, all.code)
				}
			}
		}
	}
}

// TestMergeTablesBroken: where a report cannot be read or a file not written, what
// was there stays, and nothing is beside it.
func TestMergeTablesBroken(t *testing.T) {
	twoReports(t)
	t.Setenv("TMPDIR", t.TempDir())
	for _, args := range []string{
		"bad-report.json broken.json --format parquet=old --format ndjson=new", "bad-report.json gone.json --format ndjson=old",
		"bad-report.json broken.json --format parquet", "bad-report.json --format parquet=no/such/directory", "bad-report.json --format parquet=old --format ndjson=old",
		"bad-report.json --format parquet=bad-report.json",
	} {
		if err := os.WriteFile("old", []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
		got := boundlint(t, "", nil, append([]string{"report", "merge"}, strings.Fields(args)...)...)
		if got.code != exitFailure || got.stdout != "" || strings.Count(got.stderr, "\n") != 1 || read(t, "old") != "old" {
			t.Errorf("%s: %+v", args, got)
		}
		left, err := filepath.Glob(filepath.Join(os.TempDir(), "boundlint-*"))
		if err != nil || len(left) > 0 {
			t.Errorf("%s: %v is left, %v", args, left, err)
		}
		if _, err := os.Stat("new"); err == nil {
			t.Errorf("%s: a part was written", args)
		}
	}
}

// TestShardTables: the rows that the shards of a run write are those of the run, and
// so are those of their reports.
func TestShardTables(t *testing.T) {
	files := map[string]string{}
	var dumps []string
	for name, text := range months()["2026-12"] {
		if strings.HasSuffix(name, ".json") {
			files[name] = text
			dumps = append(dumps, name)
		}
	}
	slices.Sort(dumps)
	workspace(t, files)
	lint := func(args ...string) {
		t.Helper()
		if got := boundlint(t, "", nil, append(slices.Concat([]string{"lint"}, dumps), args...)...); got.code == exitFailure {
			t.Fatalf("%v: %s", args, got.stderr)
		}
	}
	sorted := func(parts ...string) string {
		var lines []string
		for _, part := range parts {
			lines = append(lines, strings.SplitAfter(part, "\n")...)
		}
		slices.Sort(lines)
		return strings.Join(lines, "")
	}
	for _, table := range []string{"ndjson", "ndjson-entities", "ndjson-inputs"} {
		lint("--format", table+"=whole")
		var parts, reports []string
		for k := 1; k <= 3; k++ {
			shard := fmt.Sprintf("%d/3", k)
			part, file := fmt.Sprintf("part%d", k), fmt.Sprintf("report%d.json", k)
			lint("--shard", shard, "--format", table+"="+part, "--format", "json="+file)
			parts, reports = append(parts, read(t, part)), append(reports, file)
		}
		if sorted(parts...) != sorted(read(t, "whole")) || read(t, "whole") == "" {
			t.Errorf("%s: the shards have\n%s\nwant\n%s", table, sorted(parts...), read(t, "whole"))
		}
		got := boundlint(t, "", nil, append([]string{"report", "merge", "--format", table}, reports...)...)
		if got.stdout != read(t, "whole") || got.stderr != "" {
			t.Errorf("%s: merged it is\n%s%s\nwant\n%s", table, got.stdout, got.stderr, read(t, "whole"))
		}
		if got := boundlint(t, "", nil, "report", "merge", "--format", table, reports[0], reports[2]); got.code != exitFailure || got.stdout != "" {
			t.Errorf("%s: a shard is missing: %+v", table, got)
		}
	}
}
