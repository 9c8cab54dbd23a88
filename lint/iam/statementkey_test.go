package iam

import (
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// TestStatementKey names statements by what they grant where they have no Sid, in
// whatever order, and by their place where that must not be told.
func TestStatementKey(t *testing.T) {
	t.Parallel()
	keys := func(text string, sensitive bool) map[string]bool {
		doc, _ := policy.Parse(text, nil, policy.ParseOptions{Kind: policy.IdentityPolicy})
		d := &Document{Document: doc, Sensitive: sensitive}
		out := map[string]bool{}
		for _, s := range doc.Statements {
			out[d.StatementKey(s)] = true
		}
		return out
	}
	const sid, one, other = `{"Sid":"A","Effect":"Allow","Action":"s3:*","Resource":"*"}`,
		`{"Effect":"Allow","Action":["s3:GetObject","sqs:*"],"Resource":"*"}`, `{"Effect":"Deny","NotAction":"s3:*","Resource":"*"}`
	const swapped = `{"Effect":"Allow","Action":["sqs:*","s3:GetObject"],"Resource":"arn:aws:s3:::x"}`
	for list, want := range map[string][]string{
		"[" + sid + "," + one + "," + other + "]":     {"A", "Allow [s3:GetObject sqs:*] []", "Deny [] [s3:*]"},
		"[" + other + "," + swapped + "," + sid + "]": {"A", "Allow [s3:GetObject sqs:*] []", "Deny [] [s3:*]"},
		"[" + one + "," + swapped + "]":               {"Allow [s3:GetObject sqs:*] []", "Allow [s3:GetObject sqs:*] [] #1"},
	} {
		got := keys(`{"Version":"2012-10-17","Statement":`+list+`}`, false)
		for _, key := range want {
			if !got[key] {
				t.Errorf("%s: %v has no %q", list, got, key)
			}
		}
	}
	if got := keys(`{"Statement":[`+one+`,`+other+`]}`, true); !got["0"] || !got["1"] {
		t.Errorf("a sensitive document tells what it grants: %v", got)
	}
}
