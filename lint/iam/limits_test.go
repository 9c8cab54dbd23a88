package iam

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/linttest/limit"
	"github.com/boundlint/boundlint/lint/policy"
)

func TestLimits(t *testing.T) {
	limit.Try(t, "TrustPolicyRaised", TrustPolicyRaised, "over IAM's quota of 8192", func(_ *testing.T, n int) string {
		const begins, ends = `{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"`, `"}}}`
		w := newWorld()
		role := w.role("r", lit("r"), Value{})
		role.Trust = w.document(begins + strings.Repeat("s", n-len(begins+ends)) + ends)
		w.HideOverQuota()
		if hidden := role.Trust.Unknown; hidden != nil {
			return hidden.Name
		}
		return "known"
	})
	limit.Try(t, "maxResolved", maxResolved, "stays unknown", func(_ *testing.T, n int) string {
		w := newWorld()
		parts := make([]policy.Text, n)
		for i := range parts {
			parts[i] = w.hidden("var.name").Text
		}
		w.role("r", Value{Text: policy.Concat(parts...), Set: true}, Value{})
		referring := w.user("u", w.ref("aws_iam_role.r", "name"))
		w.Link(Hints{})
		if len(referring.Name.Text.Parts()) == n {
			return "resolved"
		}
		return "stays unknown"
	})
}
