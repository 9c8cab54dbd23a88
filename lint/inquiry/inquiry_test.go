package inquiry_test

import (
	"context"
	"iter"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/inquiry"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source"
)

// realSubjects are the first subjects of each real plan, by its path: fleets are
// alike.
func realSubjects(t *testing.T, most int) iter.Seq2[string, *inquiry.Subject] {
	t.Helper()
	plans, err := filepath.Glob("../../fixtures/real/*/plan.json")
	if err != nil || len(plans) == 0 {
		t.Fatal("no plans", err)
	}
	return func(yield func(string, *inquiry.Subject) bool) {
		for _, path := range plans {
			models, err := source.Read(context.Background(), path, source.Options{Symbols: &policy.Symbols{}})
			if err != nil {
				t.Fatal(err)
			}
			q, err := inquiry.New(&lint.Settings{}, models...)
			if err != nil {
				t.Fatal(err)
			}
			entities := q.Entities()
			for _, e := range entities[:min(most, len(entities))] {
				if !yield(path, q.Subject(e)) {
					return
				}
			}
		}
	}
}

// What Ask answers holds when it is decided by itself, and Abilities say the
// same as Ask.
func TestInquiryAgrees(t *testing.T) {
	actions := []string{
		"iam:CreateRole", "iam:AttachRolePolicy", "iam:PassRole", "iam:DeleteRolePermissionsBoundary", "iam:CreatePolicyVersion",
		"sts:AssumeRole", "s3:GetObject", "s3:ListBucket", "kms:Decrypt", "ec2:RunInstances", "lambda:InvokeFunction", "sqs:SendMessage",
	}
	allowed := 0
	for path, s := range realSubjects(t, 5) {
		e := s.Entity
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
	if allowed < 10 {
		t.Errorf("%d requests were allowed", allowed)
	}
}

// TestAbilitiesAreDecided: what a subject is said to be able to do everywhere
// is allowed when one request for it is decided, and what it is not said to be
// able to do is denied.
func TestAbilitiesAreDecided(t *testing.T) {
	count := map[authz.Verdict]int{}
	for path, s := range realSubjects(t, 4) {
		e := s.Entity
		scopes := map[string]authz.Scope{}
		for _, a := range s.Abilities() {
			scopes[a.Action.String()] = a.Scope
		}
		for _, service := range []string{"iam", "s3", "sts", "lambda", "sqs", "ec2"} {
			for action := range catalog.ActionsMatching(service + ":*") {
				name := action.String()
				request, _ := s.Request(name, anyResource(action, s.Known.Account))
				request.Principal, request.ResourcePolicy = s.Known, nil
				if _, fixed := authz.FixedDecision(name, request.Resource); fixed || authz.PolicyMustAllow(name) {
					continue
				}
				verdict := authz.Decide(request).Verdict
				count[verdict]++
				switch scope := scopes[name]; {
				case scope == authz.ScopeAll && verdict != authz.Allowed:
					t.Errorf("%s: %s: %s is allowed everywhere, and %s on %s", path, e.Address, name, verdict, request.Resource)
				case scope == authz.ScopeNone && verdict != authz.Denied:
					t.Errorf("%s: %s: %s is not allowed anywhere, and %s on %s", path, e.Address, name, verdict, request.Resource)
				}
			}
		}
	}
	if count[authz.Allowed] < 100 || count[authz.Denied] < 100 {
		t.Errorf("decided %v", count)
	}
}

var placeholders = regexp.MustCompile(`\$\{[A-Za-z]+\}|\*`)

// anyResource is a resource of the account that the action may be asked for.
func anyResource(a *catalog.Action, account policy.Text) policy.Text {
	if a.TakesNoResource() {
		return policy.Literal("*")
	}
	arn := strings.NewReplacer("${Partition}", "aws", "${Region}", "eu-west-1").Replace(a.ResourceTypes[0].Type.ARN)
	before, after, found := strings.Cut(arn, "${Account}")
	text := policy.Literal(placeholders.ReplaceAllString(before, "any"))
	if found {
		text = policy.Concat(text, account)
	}
	return policy.Concat(text, policy.Literal(placeholders.ReplaceAllString(after, "any")))
}
