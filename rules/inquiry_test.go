package rules_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source"
	"github.com/boundlint/boundlint/rules"
)

// What Ask answers holds when it is decided by itself, and Abilities say the
// same as Ask.
func TestInquiryAgrees(t *testing.T) {
	plans, err := filepath.Glob("../fixtures/real/*/plan.json")
	if err != nil || len(plans) == 0 {
		t.Fatal("no plans", err)
	}
	actions := []string{
		"iam:CreateRole", "iam:AttachRolePolicy", "iam:PassRole", "iam:DeleteRolePermissionsBoundary", "iam:CreatePolicyVersion",
		"sts:AssumeRole", "s3:GetObject", "s3:ListBucket", "kms:Decrypt", "ec2:RunInstances", "lambda:InvokeFunction", "sqs:SendMessage",
	}
	allowed := 0
	for _, path := range plans {
		models, err := source.Read(context.Background(), path, source.Options{Symbols: &policy.Symbols{}})
		if err != nil {
			t.Fatal(err)
		}
		q, err := rules.NewInquiry(&lint.Settings{}, models...)
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range q.Entities() {
			if i == 5 {
				break // fleets are alike
			}
			s := q.Subject(e)
			scopes := map[string]authz.Scope{}
			for _, a := range s.Abilities() {
				scopes[a.Action.String()] = a.Scope
			}
			for _, action := range actions {
				answer := s.Ask(&authz.Query{Actions: []string{action}})
				if answer.Verdict == authz.Allowed {
					allowed++
					if d := authz.Decide(s.Replay(answer.Witness)); d.Verdict != authz.Allowed && answer.AssumedAccount == "" {
						t.Errorf("%s: %s: %s is %s when it is decided", path, e.Address, answer.Witness, d.Verdict)
					}
				}
				whole := len(s.Unseen) == 0 && !authz.PolicyMustAllow(action)
				if scope := scopes[action]; whole && scope >= authz.ScopeSome && answer.Verdict == authz.Denied {
					t.Errorf("%s: %s: %s is among its abilities, and Ask says no", path, e.Address, action)
				}
			}
		}
	}
	if allowed < 10 {
		t.Errorf("%d requests were allowed", allowed)
	}
}
