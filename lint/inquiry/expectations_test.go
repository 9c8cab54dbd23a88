package inquiry_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/expect"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/inquiry"
	"github.com/boundlint/boundlint/lint/policy"
)

const (
	ofAccount = "arn:aws:iam::111122223333:"
	dev, ops  = ofAccount + "policy/Dev", ofAccount + "policy/Ops"
)

// The alphabets of small accounts: all requests that there are can be tried.
var (
	smallActions   = []string{"iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:AttachRolePolicy"}
	smallResources = []string{ofAccount + "role/app-x", ofAccount + "role/ops"}
	smallValues    = []string{"", dev, ops} // "" is a request without the key
)

func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

func smallStatement(r *rand.Rand) map[string]any {
	out := map[string]any{
		"Effect": pick(r, "Allow", "Allow", "Deny"), "Action": pick(r, "iam:*", "iam:Create*", "iam:*Role*", smallActions[0], smallActions[1]),
		"Resource": pick(r, "*", ofAccount+"role/app-*", smallResources[0], smallResources[1]),
	}
	if r.IntN(4) == 0 {
		out["NotAction"] = out["Action"]
		delete(out, "Action")
	}
	switch r.IntN(4) {
	case 0:
		op := pick(r, "StringEquals", "StringNotEquals", "StringEqualsIfExists", "ArnLike", "ForAllValues:StringEquals")
		out["Condition"] = map[string]any{op: map[string]any{policy.BoundaryKey: pick(r, dev, ops, ofAccount+"policy/*")}}
	case 1:
		out["Condition"] = map[string]any{"Null": map[string]any{policy.BoundaryKey: pick(r, "true", "false")}}
	}
	return out
}

func smallDocument(t *testing.T, r *rand.Rand) *iam.Document {
	t.Helper()
	statements := make([]any, 1+r.IntN(3))
	for i := range statements {
		statements[i] = smallStatement(r)
	}
	text, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": statements})
	if err != nil {
		t.Fatal(err)
	}
	return document(string(text))
}

func document(text string) *iam.Document {
	d, diags := policy.Parse(text, nil, policy.ParseOptions{Kind: policy.IdentityPolicy})
	return &iam.Document{Document: d, Text: policy.Literal(text), Diagnostics: diags}
}

func set(text string) iam.Value { return iam.Value{Text: policy.Literal(text), Set: true} }

// smallAccount is a user with a policy or two, and with a boundary or none.
func smallAccount(t *testing.T, r *rand.Rand) *iam.Model {
	t.Helper()
	at := func(address string) iam.Declared { return iam.Declared{Address: address} }
	user := &iam.Entity{Declared: at("aws_iam_user.u"), Kind: iam.User, Type: "aws_iam_user", Name: set("u"), Path: set("/")}
	m := &iam.Model{
		Providers: []*iam.Provider{{Name: "aws", AllowedAccounts: []string{"111122223333"}}},
		Entities:  []*iam.Entity{user},
	}
	for i := range 1 + r.IntN(2) {
		m.Inline = append(m.Inline, &iam.InlinePolicy{
			Declared: at(fmt.Sprintf("aws_iam_user_policy.p%d", i)), HolderKind: iam.HolderUser, Holder: set("u"), Name: set("p"),
			Document: smallDocument(t, r),
		})
	}
	for _, name := range []string{"Dev", "Ops"} {
		m.Policies = append(m.Policies, &iam.ManagedPolicy{
			Declared: at("aws_iam_policy." + strings.ToLower(name)), Name: set(name), Path: set("/"), Document: smallDocument(t, r),
		})
	}
	if r.IntN(2) == 0 {
		user.Boundary = set(dev)
	}
	return m
}

func valueOf(list ...string) []expect.Value {
	var out []expect.Value
	for _, s := range list {
		out = append(out, expect.Value{Parts: []expect.Part{{Literal: s}}})
	}
	return out
}

// smallShape is a random expectation, and whether it is about a request.
func smallShape(r *rand.Rand, kind expect.Kind) (x *expect.Expectation, about func(action, resource, value string) bool) {
	key := expect.Word{Text: policy.BoundaryKey}
	action := pick(r, smallActions...)
	resources := smallResources[r.IntN(2):]
	x = &expect.Expectation{Kind: kind, What: expect.Word{Text: action}, Resources: valueOf(resources...)}
	values := pick(r, []string{dev}, []string{ops}, []string{dev, ops}, []string{""})
	with := expect.Key{Name: key, Values: valueOf(values...)}
	if values[0] == "" {
		with = expect.Key{Name: key, Absent: true}
	}
	x.With = []expect.Key{with}
	unless := ""
	if len(values) == 2 && r.IntN(2) == 0 {
		unless = pick(r, dev, ops)
		x.Unless = [][]expect.Key{{{Name: key, Values: valueOf(unless)}}}
	}
	return x, func(a, on, value string) bool {
		return a == action && slices.Contains(resources, on) && slices.Contains(values, value) && (value != unless || value == "")
	}
}

// TestExpectationsAreEnumeration: for random small accounts deny passes exactly
// where no request of the shape is allowed when they are decided one by one,
// allow where one is, and allow every where all are.
func TestExpectationsAreEnumeration(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 1)) //nolint:gosec // the same accounts in every run
	seen := map[inquiry.Status]map[expect.Kind]int{inquiry.Passed: {}, inquiry.Failed: {}, inquiry.Undecided: {}}
	for round := range 400 {
		tests, err := inquiry.NewTests(&lint.Settings{}, &expect.File{}, smallAccount(t, r))
		if err != nil {
			t.Fatal(err)
		}
		s := tests.Subject(tests.Entities()[0])
		for range 6 {
			kind := pick(r, expect.Deny, expect.Allow, expect.AllowEvery)
			x, about := smallShape(r, kind)
			out, err := tests.Check(x, s)
			if err != nil {
				t.Fatal(err)
			}
			if out.Empty != "" {
				if x.What.Text != "iam:PutRolePermissionsBoundary" || !x.With[0].Absent {
					t.Errorf("round %d: %s", round, out.Empty)
				}
				continue
			}
			seen[out.Status][kind]++
			if want := enumerated(s, kind, about); out.Status != want && out.Status != inquiry.Undecided {
				t.Errorf("round %d: %v is %s, and %s when all requests are tried: %v %v", round, x, out.Status, want, out.Answer.Witness,
					out.Query)
			}
		}
	}
	for _, kind := range []expect.Kind{expect.Deny, expect.Allow, expect.AllowEvery} {
		passed, failed, undecided := seen[inquiry.Passed][kind], seen[inquiry.Failed][kind], seen[inquiry.Undecided][kind]
		if passed < 50 || failed < 50 || undecided > (passed+failed)/20 {
			t.Errorf("%d: %d passed, %d failed, %d were undetermined", kind, passed, failed, undecided)
		}
	}
}

// enumerated is what an expectation comes to when every request is decided.
func enumerated(s *inquiry.Subject, kind expect.Kind, about func(action, resource, value string) bool) inquiry.Status {
	some, all := false, true
	for _, action := range smallActions {
		for _, resource := range smallResources {
			for _, value := range smallValues {
				if !about(action, resource, value) {
					continue
				}
				request := &authz.Request{Principal: s.Whole, Action: action, Resource: policy.Literal(resource)}
				if request.Context.SetAbsent(policy.BoundaryKey); value != "" {
					request.Context.SetTexts(policy.BoundaryKey, policy.Literal(value))
				}
				allowed := authz.Decide(request).Verdict == authz.Allowed
				some, all = some || allowed, all && allowed
			}
		}
	}
	if kind == expect.Deny && !some || kind == expect.Allow && some || kind == expect.AllowEvery && all {
		return inquiry.Passed
	}
	return inquiry.Failed
}
