package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
)

// generatedConfig is a configuration of a repository that turns off this and that.
func generatedConfig(r *rand.Rand) string {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	rule := func() string { return ruleIDs()[r.IntN(len(ruleIDs()))] }
	entity := func() string {
		return pick("*", "app-*", "module.*", "aws_iam_role.*", "aws_iam_user.*", "arn:aws:iam::*:role/*")
	}
	var b strings.Builder
	for _, line := range []string{
		"account_id = \"999988887777\"\n", "preset = \"default\"\n", "preset = \"audit\"\n", "exclude = [\"**\"]\n", "workspaces = [\"other\"]\n",
		"organization_policies = [\"deny.json\"]\n",
	} {
		key, _, _ := strings.Cut(line, " ")
		if r.IntN(3) == 0 && !strings.Contains(b.String(), key+" ") {
			b.WriteString(line)
		}
	}
	if r.IntN(2) == 0 {
		fmt.Fprintf(&b, "boundary \"b\" {\n  arns       = [%q]\n  references = [\"var.boundary\"]\n  document = \"deny.json\"\n}\n", pick("*", "arn:aws:iam::aws:policy/*", "arn:aws:iam::*:policy/boundary"))
	}
	for _, typ := range []string{"aws_iam_role", "aws_iam_user", "aws_iam_policy", "awscc_iam_role", "aws_iam_group"} {
		if r.IntN(3) == 0 {
			fmt.Fprintf(&b, "naming %q {\n  name = %q\n}\n", typ, pick("*", "none-*", "regex:.", "app-*"))
		}
	}
	for range r.IntN(3) {
		if name := entity(); !strings.Contains(b.String(), "trusted \""+name) {
			fmt.Fprintf(&b, "trusted %q {\n  reason = \"r\"\n}\n", name)
		}
	}
	for range r.IntN(4) {
		fmt.Fprintf(&b, "exempt %q {\n  rules  = [%q, %q]\n  reason = \"r\"\n%s}\n", entity(), rule(), rule(), pick("", "  until = \"2027-01-31\"\n"))
	}
	for _, id := range ruleIDs() {
		switch r.IntN(6) {
		case 0:
			fmt.Fprintf(&b, "rule %q {\n  enabled = %s\n}\n", id, pick("false", "false", "true"))
		case 1:
			fmt.Fprintf(&b, "rule %q {\n  severity = %q\n}\n", id, pick("note", "warning", "error"))
		}
	}
	return b.String()
}

// severities by what is found, at whatever place in the report.
func foundAt(t *testing.T, got result) map[string]lint.Severity {
	t.Helper()
	var r struct {
		Findings []struct {
			Rule, Severity, Verdict, Address, Attribute string
			Related                                     []struct{ Rule, Address string }
		}
	}
	if err := json.Unmarshal([]byte(got.stdout), &r); err != nil {
		t.Fatalf("%v: %.500s%s", err, got.stdout, got.stderr)
	}
	out := map[string]lint.Severity{}
	for _, f := range r.Findings {
		if f.Rule == lint.PolicyLoosened || f.Rule == lint.ExemptionUnused {
			continue
		}
		severity, _ := lint.ParseSeverity(f.Severity)
		key := f.Rule + " " + f.Address + " " + f.Verdict
		out[key] = max(out[key], severity)
		for _, related := range f.Related {
			if related.Rule != "" {
				key = related.Rule + " " + related.Address + " " + f.Verdict
				out[key] = max(out[key], lint.Note) // its own severity is not told
			}
		}
	}
	return out
}

// TestPolicyLocked: under a policy that locks everything no configuration of a
// repository takes a finding away, or makes it less severe.
func TestPolicyLocked(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes seconds, and many times that under the race detector, which other tests show as much")
	}
	root := repository(t)
	plans, err := filepath.Glob(filepath.Join(root, "fixtures/real/*/plan.json"))
	if err != nil || len(plans) < 10 {
		t.Fatal(plans, err)
	}
	workspace(t, map[string]string{"deny.json": `{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}`})
	const configurations = 6
	for p, plan := range plans {
		for seed := range configurations {
			r := rand.New(rand.NewPCG(uint64(p), uint64(seed)))
			policy := lockAll + []string{"", "boundary \"org\" {\n  arns = [\"arn:aws:iam::*:policy/*\"]\n}\n", "preset = \"audit\"\n", "naming \"aws_iam_role\" {\n  name = \"svc-*\"\n}\n"}[r.IntN(4)]
			own := generatedConfig(r)
			for name, text := range map[string]string{"org.hcl": policy, "own.hcl": own, "none.hcl": ""} {
				if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			before := foundAt(t, boundlint(t, "", nil, "lint", "--format", "json", "--policy", "org.hcl", "--config", "none.hcl", plan))
			after := foundAt(t, boundlint(t, "", nil, "lint", "--format", "json", "--policy", "org.hcl", "--config", "own.hcl", plan))
			var lost []string
			for key, severity := range before {
				if now, ok := after[key]; !ok || severity > now && severity > lint.Note {
					lost = append(lost, fmt.Sprintf("%s: %s", severity, key))
				}
			}
			if slices.Sort(lost); len(lost) > 0 {
				t.Errorf("%s, seed %d: lost\n%s\nunder\n%s\nby\n%s", filepath.Base(filepath.Dir(plan)), seed, strings.Join(lost, "\n"), policy, own)
			}
		}
	}
}

// TestPolicyLocksRule: a rule that is locked by itself keeps its findings, whatever the
// configuration does to the rules beside it.
func TestPolicyLocksRule(t *testing.T) {
	plans, err := filepath.Glob(filepath.Join(repository(t), "fixtures/real/*/plan.json"))
	if err != nil || len(plans) < 10 {
		t.Fatal(plans, err)
	}
	workspace(t, map[string]string{"deny.json": `{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}`})
	for p, plan := range plans {
		r := rand.New(rand.NewPCG(uint64(p), 99))
		// What else the policy leaves to repositories: see the table in docs/configuration.md.
		own := strings.NewReplacer("account_id", "#", "workspaces", "#").Replace(generatedConfig(r))
		policy := "rule \"boundary-missing\" {\n  locked = true\n}\nboundary \"org\" {\n  arns   = [\"arn:aws:iam::*:policy/*\"]\n  locked = true\n}\n"
		for name, text := range map[string]string{"org.hcl": policy, "own.hcl": own, "none.hcl": ""} {
			if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		before := foundAt(t, boundlint(t, "", nil, "lint", "--format", "json", "--policy", "org.hcl", "--config", "none.hcl", plan))
		after := foundAt(t, boundlint(t, "", nil, "lint", "--format", "json", "--policy", "org.hcl", "--config", "own.hcl", plan))
		for key := range before {
			if _, ok := after[key]; !ok && strings.HasPrefix(key, "boundary-missing ") {
				t.Errorf("%s: lost %s\nby\n%s", filepath.Base(filepath.Dir(plan)), key, own)
			}
		}
	}
}
