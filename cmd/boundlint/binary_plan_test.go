package main

import (
	"strings"
	"testing"
)

// TestBinaryPlan lints binary plans, and what terraform show -json printed of
// them: what is found is the same, byte for byte.
func TestBinaryPlan(t *testing.T) {
	for _, name := range []string{"fleet-module", "boundary-removed", "clean-delegation"} {
		dir := "../../fixtures/real/" + name
		binary, shown := read(t, dir+"/plan.tfplan"), read(t, dir+"/plan.json")
		t.Run(name, func(t *testing.T) {
			var said [2]result
			for i, plan := range []string{binary, shown} {
				workspace(t, map[string]string{"plan": plan, "config": binary, ".boundlint.hcl": "preset = \"audit\"\n"})
				said[i] = boundlint(t, "", nil, "lint", "--format", "json", "--config-dir", "config", "plan")
			}
			if said[0] != said[1] {
				t.Errorf("the binary plan:\n%v\nwhat is shown of it:\n%v", said[0], said[1])
			}
			if !strings.Contains(said[0].stdout, `"rule": `) {
				t.Errorf("nothing is found: %v", said[0])
			}
		})
	}
	workspace(t, map[string]string{"plan": binaryPlanOf("\x08\x04")})
	got := boundlint(t, "", nil, "plan")
	const want = "boundlint: plan: the format of the binary plan has version 4, and boundlint reads version 3; run: terraform show -json plan > plan.json " +
		"(and pass plan.json, or let boundlint do it with --allow-exec)\n"
	if got.code != exitFailure || got.stderr != want {
		t.Errorf("got %d %s", got.code, got.stderr)
	}
}
