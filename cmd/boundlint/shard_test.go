package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/report"
)

// shardedFiles are dumps of accounts and a directory of root modules, some of which share
// a module, with exemptions of which one matches what one shard has, and one nothing.
func shardedFiles(t *testing.T) map[string]string {
	t.Helper()
	m, _, _ := plantedOrganization(t)
	files := map[string]string{
		".boundlint.hcl": `exempt "stray" {
  rules  = ["boundary-missing"]
  reason = "known"
}
exempt "nowhere" {
  rules  = ["boundary-missing"]
  reason = "known"
}
exempt "expired" {
  rules  = ["boundary-missing"]
  reason = "known"
  until  = "2020-01-01"
}
rule "name-prefix" {
  severity = "note"
}
`,
		"modules/role/main.tf": `variable "name" {}
resource "aws_iam_role" "this" {
  name               = var.name
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }] })
}
`,
		"live/broken/main.tf": "resource {\n",
	}
	for _, a := range m.accounts[:10] {
		files["dumps/"+a.id+".json"] = string(a.printed())
	}
	for i := range 9 {
		name := fmt.Sprintf("app-%d", i)
		if i == 5 {
			name = "stray"
		}
		text := fmt.Sprintf("resource \"aws_iam_role\" \"r\" {\n  # boundlint:ignore boundary-missing reason=\"why\"\n  name = %q\n  assume_role_policy = \"{}\"\n}\n", name)
		switch {
		case i < 4:
			text = fmt.Sprintf("module \"role\" {\n  source = \"../../modules/role\"\n  name   = %q\n}\n", name)
		case i == 5 || i == 6:
			text = strings.Replace(text, "  # boundlint:ignore boundary-missing reason=\"why\"\n", "", 1)
		case i == 7:
			text = strings.Replace(text, "boundary-missing", "name-prefix", 1)
		}
		files[fmt.Sprintf("live/root%d/main.tf", i)] = text
	}
	return files
}

// TestShards: what the jobs of a run in shards write is merged to what one run writes,
// byte for byte and with its exit code.
func TestShards(t *testing.T) {
	workspace(t, shardedFiles(t))
	paths := []string{"live"}
	entries, err := os.ReadDir("dumps")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		paths = append(paths, "dumps/"+e.Name())
	}
	whole := boundlint(t, "", nil, append([]string{"lint", "--format", "json"}, paths...)...)
	if err := os.WriteFile("whole.json", []byte(whole.stdout), 0o600); err != nil {
		t.Fatal(err)
	}
	var shards []string
	for k := 5; k >= 1; k-- {
		file := fmt.Sprintf("shard-%d.json", k)
		shards = append(shards, file)
		got := boundlint(t, "", nil, append([]string{"lint", "--shard", fmt.Sprintf("%d/5", k), "--format", "json=" + file}, paths...)...)
		if got.code != whole.code {
			t.Errorf("shard %d: exit code %d, %s", k, got.code, got.stderr)
		}
	}
	for _, format := range report.Names() {
		if format == "parquet" || strings.HasPrefix(format, "parquet-") {
			continue // it goes to a file
		}
		got := boundlint(t, "", nil, append([]string{"report", "merge", "--region", "us-east-1", "--format", format}, shards...)...)
		want := boundlint(t, "", nil, append([]string{"lint", "--region", "us-east-1", "--format", format}, paths...)...)
		if got.stdout != want.stdout || got.code != want.code {
			t.Errorf("%s: exit codes %d and %d: %s", format, got.code, want.code, firstDifference(got.stdout, want.stdout))
		}
	}
	for _, said := range []string{"nowhere", "name-prefix covers no finding"} {
		if !strings.Contains(whole.stdout, said) {
			t.Errorf("the run says nothing of %s", said)
		}
	}
	for k := 1; k <= 5; k++ {
		got := boundlint(t, "", nil, append([]string{"lint", "--shard", fmt.Sprintf("%d/5", k)}, paths...)...)
		if strings.Contains(got.stdout, "matches no finding") {
			t.Errorf("shard %d says by itself what matches nothing", k)
		}
	}
}

// TestShardsMissing: a set of shards that is not one run is an error, whichever it lacks.
func TestShardsMissing(t *testing.T) {
	workspace(t, map[string]string{
		"a/main.tf": "resource \"aws_iam_role\" \"a\" {\n  name = \"app-a\"\n  assume_role_policy = \"{}\"\n}\n",
		"b/main.tf": "resource \"aws_iam_role\" \"b\" {\n  name = \"app-b\"\n  assume_role_policy = \"{}\"\n}\n",
	})
	for file, args := range map[string][]string{
		"1.json": {"--shard", "1/2", "a", "b"}, "copy.json": {"--shard", "1/2", "a", "b"}, "2.json": {"--shard", "2/2", "a", "b"}, "other.json": {"--shard", "2/2", "a"},
		"third.json": {"--shard", "2/3", "a", "b"}, "only.json": {"--shard", "1/1", "a", "b"}, "whole.json": {"a"},
	} {
		if got := boundlint(t, "", nil, append([]string{"lint", "--fail-on", "none", "--format", "json=" + file}, args...)...); got.code != exitClean {
			t.Fatalf("%s: %s", file, got.stderr)
		}
	}
	for _, c := range []struct {
		files string
		says  string
	}{
		{"1.json 2.json", ""},
		{"2.json 1.json whole.json", ""},
		{"only.json", ""},
		{"1.json", "the reports of the shards 2/2 are missing"},
		{"1.json copy.json", "the shard 1/2 is there twice"},
		{"1.json other.json", "were given different inputs"},
		{"1.json third.json", "shards of different runs"},
	} {
		got := boundlint(t, "", nil, append([]string{"report", "merge", "--fail-on", "none"}, strings.Fields(c.files)...)...)
		if (c.says == "") != (got.code == exitClean) || !strings.Contains(got.stderr, c.says) {
			t.Errorf("%s: exit code %d: %s", c.files, got.code, got.stderr)
		}
	}
	for args, says := range map[string]string{
		"--shard 3 a": "a shard is written K/N", "--shard 0/2 a": "a shard is written K/N", "--shard 1/2 --same-account a b": "--same-account",
		"--shard 1/2 --fix a": "--fix", "--shard 1/2 --baseline x a": "--baseline", "--shard 1/2 --changed-from HEAD a": "--changed-from",
	} {
		if got := boundlint(t, "", nil, append([]string{"lint"}, strings.Fields(args)...)...); got.code != exitFailure || !strings.Contains(got.stderr, says) {
			t.Errorf("%s: exit code %d: %s", args, got.code, got.stderr)
		}
	}
}

// TestMergeRequireCoverage: reports that --require-coverage failed come to the exit code of
// the run that they are of, and say once what was not looked at.
func TestMergeRequireCoverage(t *testing.T) {
	files := shardedFiles(t)
	delete(files, "live/broken/main.tf")
	files["live/root0/old/main.tf"] = "locals {}\n"
	workspace(t, files)
	lint := func(more ...string) result {
		return boundlint(t, "", nil, append(append([]string{"lint", "--require-coverage", "--fail-on", "none"}, more...), "live/root0", "live/root1", "live/root2")...)
	}
	whole := lint("--format", "json=whole.json")
	if whole.code != 1 {
		t.Fatalf("exit code %d\n%s%s", whole.code, whole.stdout, whole.stderr)
	}
	for k := 1; k <= 2; k++ {
		lint("--shard", fmt.Sprintf("%d/2", k), "--format", fmt.Sprintf("json=shard-%d.json", k))
	}
	const lacks = "error: not everything was looked at, as --require-coverage asks: 5 directories with configuration, 1 not judged " +
		"(live/root0/old); 3 root modules judged; 3 module calls followed entities:"
	for name, reports := range map[string][]string{"shards": {"shard-2.json", "shard-1.json"}, "a report": {"whole.json"}} {
		got := boundlint(t, "", nil, append([]string{"report", "merge", "--fail-on", "none"}, reports...)...)
		told := strings.Join(strings.Fields(got.stdout), " ")
		if got.code != 1 || strings.Count(told, "not everything was looked at") != 1 || !strings.Contains(told, lacks) {
			t.Errorf("%s: exit code %d\n%s%s", name, got.code, got.stdout, got.stderr)
		}
		got = boundlint(t, "", nil, append([]string{"report", "merge", "--fail-on", "none", "--format", "ndjson=out.ndjson"}, reports...)...)
		if got.code != 1 {
			t.Errorf("%s as a table: exit code %d, %s", name, got.code, got.stderr)
		}
	}
}

// TestShardsOfOtherConfiguration: shards of which a configuration file differs, or is not
// there, are not of one run.
func TestShardsOfOtherConfiguration(t *testing.T) {
	files := shardedFiles(t)
	files["other.hcl"] = "rule \"name-prefix\" {\n  enabled = false\n}\n"
	files["live/root1/.boundlint.hcl"] = "rule \"name-prefix\" {\n  severity = \"note\"\n}\n"
	workspace(t, files)
	shard := func(k int, file string, more ...string) {
		boundlint(t, "", nil, append(append([]string{"lint", "--shard", fmt.Sprintf("%d/2", k), "--format", "json=" + file}, more...), "live/root0", "live/root1")...)
	}
	shard(1, "1.json")
	shard(2, "2.json")
	shard(2, "2-other.json", "--config", "other.hcl")
	shard(2, "2-excluded.json", "--exclude", "live/root1/x")
	if got := boundlint(t, "", nil, "report", "merge", "1.json", "2.json"); got.code != 1 || got.stderr != "" {
		t.Errorf("exit code %d, %s", got.code, got.stderr)
	}
	for _, other := range []string{"2-other.json", "2-excluded.json"} {
		got := boundlint(t, "", nil, "report", "merge", "1.json", other)
		if got.code != 2 || !strings.Contains(got.stderr, "the shards 1/2 and 2/2 were judged under different configurations: .boundlint.hcl (") {
			t.Errorf("%s: exit code %d, %s", other, got.code, got.stderr)
		}
	}
}
