package report_test

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/report"
)

// TestInForceInEveryFormat: each format names the configuration files with their
// digests, and all that they switch off.
func TestInForceInEveryFormat(t *testing.T) {
	for _, name := range wholeReports() {
		got := string(render(t, name, sample(), report.Options{}))
		for _, want := range []string{
			".boundlint.hcl", strings.Repeat("0123456789abcdef", 4), "policies/workload.json", strings.Repeat("fedcba9876543210", 4), "mfa-not-required",
			"module.admin.*", "admin-attached", "2027-03-31", "aws_iam_role.old", "aws_iam_role.deployer", "workload", "examples/**", "trust-too-open", "old/**",
		} {
			if plain := strings.NewReplacer(`\*`, "*", `\_`, "_", `\-`, "-").Replace(got); !strings.Contains(plain, want) {
				t.Errorf("%s does not name %s", name, want)
			}
		}
	}
}

// TestInForceNothing: without a configuration there is nothing to say.
func TestInForceNothing(t *testing.T) {
	for _, name := range []string{"text", "compact", "markdown", "html", "junit", "github", "gitlab", "checkstyle", "asff", "ocsf"} {
		if got := string(render(t, name, spotless(), report.Options{})); strings.Contains(strings.ToLower(got), "configuration:") || strings.Contains(got, "sha256") {
			t.Errorf("%s speaks of one:\n%s", name, got)
		}
	}
}

// TestInForceMerged: the same file in several reports is one, and what it covers
// adds up; another content is another file.
func TestInForceMerged(t *testing.T) {
	a, b := sample(), sample()
	changed := sample()
	changed.InForce.Configurations = []lint.Configuration{{FileDigest: lint.FileDigest{File: ".boundlint.hcl", Digest: "other"}}}
	merged := report.Merge(a, b, changed).InForce
	if len(merged.Configurations) != 2 || len(merged.Ignores) != 1 || len(merged.Exclude) != 1 {
		t.Fatalf("%+v", merged)
	}
	if n := merged.Configurations[0].Exemptions[0].Findings; n != 2 {
		t.Errorf("the exemption covers %d findings", n)
	}
	if n := merged.Ignores[0].Findings; n != 6 {
		t.Errorf("the comment covers %d findings", n)
	}
	if a.InForce.Configurations[0].Exemptions[0].Findings != 1 {
		t.Error("a report was changed")
	}
}
