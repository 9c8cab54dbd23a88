package policy_test

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/policy"
)

// TestAWSWritesValidPolicies reads all policies that AWS itself maintains:
// IAM took each of them, so none may be refused.
func TestAWSWritesValidPolicies(t *testing.T) {
	arns := catalog.ManagedPolicyARNs()
	if len(arns) < 1000 {
		t.Fatalf("only %d policies", len(arns))
	}
	remarks := map[policy.DiagnosticCode]int{}
	for _, arn := range arns {
		src, ok := catalog.ManagedPolicy(arn)
		if !ok {
			t.Errorf("%s has no document", arn)
			continue
		}
		doc, diags := policy.Parse(src, nil, policy.ParseOptions{Kind: policy.IdentityPolicy})
		if doc.Invalid || len(doc.Statements) == 0 {
			t.Errorf("%s is refused: %+v", arn, diags)
		}
		for _, d := range diags {
			remarks[d.Code]++
			t.Logf("%s: %s: %s", arn[strings.LastIndexByte(arn, '/')+1:], d.Code, d.Summary)
		}
		again, _ := policy.Parse(policy.Print(doc, policy.PrintOptions{}), nil, policy.ParseOptions{Kind: policy.IdentityPolicy})
		if policy.Print(doc, policy.PrintOptions{}) != policy.Print(again, policy.PrintOptions{}) {
			t.Errorf("%s does not print as itself", arn)
		}
	}
	t.Log(remarks)
}
