package main

import (
	"testing"
)

// TestSourceOrganization: a service assumes a role on behalf of a resource in the account of
// the role. A trust policy that asks for one in another organization or unit lets it in for
// nothing that a principal of the account makes (IAM User Guide, aws:SourceOrgID and
// aws:SourceOrgPaths).
func TestSourceOrganization(t *testing.T) {
	for name, c := range map[string]struct {
		condition string
		open      bool
	}{
		"without":                 {``, true},
		"its organization":        {`,"Condition":{"StringEquals":{"aws:SourceOrgID":"` + madeOrg + `"}}`, true},
		"its unit":                {`,"Condition":{"ForAnyValue:StringLike":{"aws:SourceOrgPaths":"` + madeOrg + "/" + madeRoot + "/" + inApps + `/*"}}`, true},
		"and one of its accounts": {`,"Condition":{"StringEquals":{"aws:SourceOrgID":"` + madeOrg + `","aws:SourceAccount":"100000000001"}}`, true},
		"another organization":    {`,"Condition":{"StringEquals":{"aws:SourceOrgID":"o-zzzzzzzzzz"}}`, false},
		"any but its own":         {`,"Condition":{"StringNotEquals":{"aws:SourceOrgID":"` + madeOrg + `"}}`, false},
		"another unit":            {`,"Condition":{"ForAnyValue:StringLike":{"aws:SourceOrgPaths":"` + madeOrg + "/" + madeRoot + "/" + inOps + `/*"}}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			m := makeOrganization(t, 3)
			a := m.accounts[1]
			a.admin("target", `{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"`+c.condition+`}`)
			passes := `{"Effect":"Allow","Action":["iam:PassRole","lambda:CreateFunction","lambda:InvokeFunction"],"Resource":"*"}`
			actor := a.role("actor", statements(byEC2), statements(passes)).arn()
			if f, found := crossingsFound(m.judge(t, nil))[actor]; found != c.open {
				t.Errorf("found %t: %s", found, f.Message)
			}
		})
	}
}
