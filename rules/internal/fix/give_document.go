package fix

import (
	"cmp"
	"fmt"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
)

// GiveDocument is the advice on an answer that is undetermined because no principal
// has the document of a boundary: to give it comes first, for if the boundary
// forbids the request no policy has to change.
func GiveDocument(a *holders.Account, h *holders.Holder, answer authz.Answer, f *lint.Finding) {
	arn, ok := h.LackingDocument(answer)
	if !ok {
		return
	}
	f.Remediation, f.Fix = documentFirst(a, arn, f.Remediation), nil
}

func documentFirst(a *holders.Account, arn policy.Text, otherwise string) string {
	name := cmp.Or(policyName(arn), "workload")
	shown := cmp.Or(arn.String(), "<ARN of the boundary>")
	// An account that is not known is any.
	pattern, _ := arn.Map(func(*policy.Symbol) (policy.Text, bool) { return policy.Literal("*"), true }).Known()
	pattern = cmp.Or(pattern, shown)
	for i := range a.Approved.Blocks {
		if b := &a.Approved.Blocks[i]; b.Has(arn) == policy.True {
			return fmt.Sprintf("Give the document of the boundary %s in the boundary block %q of .boundlint.hcl:\n\n  document = "+
				"\"policies/%s.json\"\n\n"+
				"If the boundary allows it: %s", shown, b.Name, name, phrase.Uncapital(otherwise))
		}
	}
	return fmt.Sprintf("Give the document of the boundary %s in .boundlint.hcl:\n\n  boundary %q {\n    arns     = [%q]\n    document = "+
		"\"policies/%s.json\"\n  }\n\n"+
		"If the boundary allows it: %s", shown, name, pattern, name, phrase.Uncapital(otherwise))
}

// policyName is the name in the ARN of a policy; "" where it is not known.
func policyName(arn policy.Text) string {
	parts, ok := policy.ParseARN(arn)
	if !ok {
		return ""
	}
	name, _ := iam.LastSegment(parts.Resource).Known()
	return name
}
