package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestAccountsUnderDifferentConfiguration: a path into another account is found although
// that one is judged by a configuration of its own; each finding is the one that the
// account's own configuration makes of it, in both orders and in every shard.
func TestAccountsUnderDifferentConfiguration(t *testing.T) {
	m := makeOrganization(t, 3)
	from, to := m.accounts[1], m.accounts[2]
	start := actorOf(from, "start", to.admin("admin", fmt.Sprintf(lettingA, rootUserOf(from))))
	t.Chdir(t.TempDir())
	for dir, config := range map[string]string{"a": "rule \"escalation-path\" {\n  severity = \"warning\"\n}\n", "b": "rule \"boundary-missing\" {\n  severity = \"note\"\n}\n"} {
		a := from
		if dir == "b" {
			a = to
		}
		write(t, dir, map[string]string{"dump.json": string(a.printed()), ".boundlint.hcl": config})
	}
	for _, paths := range [][]string{{"a/dump.json", "b/dump.json"}, {"b/dump.json", "a/dump.json"}} {
		found := foundIn(t, paths...)
		if want := "escalation-path " + start + " " + from.id + " "; !slices.Contains(found, want) {
			t.Errorf("%v: %q", paths, found)
		}
		got := boundlint(t, "", nil, append([]string{"lint"}, paths...)...)
		if !strings.Contains(got.stdout, "warning  escalation-path  "+start) || !strings.Contains(got.stdout, "note     boundary-missing  arn:aws:iam::"+to.id) {
			t.Errorf("%v: %s %s", paths, got.stdout, got.stderr)
		}
		shards := 0
		for _, k := range []string{"1/3", "2/3", "3/3"} {
			got := boundlint(t, "", nil, append([]string{"lint", "--shard", k, "--format", "json"}, paths...)...)
			shards += strings.Count(got.stdout, `"rule": "escalation-path"`)
		}
		if shards == 0 {
			t.Errorf("%v: no shard has the path", paths)
		}
	}
}
