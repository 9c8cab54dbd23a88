package validity

import (
	"fmt"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/rules/internal/awsmanaged"
)

// JudgeAttachments reports attachments of AWS-managed policies that AWS
// does not have: the apply fails at them.
func JudgeAttachments(p *lint.Pass) {
	for _, t := range p.Model.Attachments {
		if t.Change == iam.ChangeDelete || t.Change == iam.ChangeForget || !t.PolicyARN.Set || t.PolicyARN.Sensitive {
			continue
		}
		u, bad := awsmanaged.NotListed(p.Model, t.PolicyARN.Text)
		if !bad {
			continue
		}
		f := lint.Finding{Address: t.Address, Location: t.Location, Attribute: t.PolicyARN.Location.Attribute, Key: "unlisted " + u.Name}
		if t.PolicyARN.Location.Address != "" {
			f.Location = t.PolicyARN.Location
		}
		f.Verdict, f.Message, f.Remediation = u.Fault(t.PolicyARN.Text)
		severity := lint.Error
		if f.Verdict == lint.Undetermined {
			severity = lint.Warning
			f.Message += ", which is attached here. If there is none, the apply fails."
		} else {
			f.Message += ", which is attached here: the apply fails."
		}
		if f.Location.HasFile() {
			f.Cause = fmt.Sprintf("unlisted policy %s:%d:%d %s", f.Location.File, f.Location.Range.Start.Line, f.Location.Range.Start.Column, u.Name)
		}
		p.Report(f, lint.Exactly(severity))
	}
}
