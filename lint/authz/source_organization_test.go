package authz

import (
	"fmt"
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// TestSourceOrganizationKeys: aws:SourceOrgID and aws:SourceOrgPaths come with requests that a
// service makes by itself on behalf of a resource in an account of an organization, and hold
// what the organization of that account is (IAM User Guide, AWS global condition context keys).
// They are decided where the request tells the account and the input the organization.
func TestSourceOrganizationKeys(t *testing.T) {
	known := someOrganization()
	complete := *known
	complete.Complete = []string{orgID}
	const inOrg, elsewhere = `"StringEquals":{"aws:SourceOrgID":"` + orgID + `"}`, `"StringEquals":{"aws:SourceOrgID":"o-zzzzzzzzzz"}`
	under := func(unit string) string {
		return `"ForAnyValue:StringLike":{"aws:SourceOrgPaths":"` + rootPath + unit + `*"}`
	}
	of := func(account string) map[string]string { return map[string]string{"aws:SourceAccount": account} }
	by := map[string]string{"aws:SourceArn": "arn:aws:sns:us-east-1:" + inProd + ":topic"}
	for name, c := range map[string]struct {
		condition string
		context   map[string]string
		of        *Organization
		user      bool // an IAM principal asks
		want      Verdict
	}{
		"a member":                      {condition: inOrg, context: of(inProd), of: known, want: Allowed},
		"a member by its ARN":           {condition: inOrg, context: by, of: known, want: Allowed},
		"another organization":          {condition: elsewhere, context: of(inProd), of: known, want: Denied},
		"its unit":                      {condition: under("ou-ab12-22222222/"), context: of(inProd), of: known, want: Allowed},
		"another unit":                  {condition: under("ou-ab12-11111111/"), context: of(inProd), of: known, want: Denied},
		"an unknown place":              {condition: under("ou-ab12-11111111/"), context: of(unplaced), of: known, want: Undetermined},
		"outside, perhaps a member":     {condition: inOrg, context: of(outsider), of: known, want: Undetermined},
		"outside":                       {condition: inOrg, context: of(outsider), of: &complete, want: Denied},
		"outside, perhaps in another":   {condition: elsewhere, context: of(outsider), of: &complete, want: Undetermined},
		"outside of its paths":          {condition: under(""), context: of(outsider), of: &complete, want: Denied},
		"nobody's behalf":               {condition: inOrg, of: known, want: Denied},
		"nobody's behalf, if there":     {condition: `"StringEqualsIfExists":{"aws:SourceOrgID":"o-zzzzzzzzzz"}`, of: known, want: Allowed},
		"no organization is known":      {condition: inOrg, context: of(inProd), want: Denied},
		"as the request has it":         {condition: elsewhere, context: map[string]string{"aws:SourceAccount": inProd, "aws:SourceOrgID": "o-zzzzzzzzzz"}, of: known, want: Allowed},
		"a principal has it not":        {condition: inOrg, context: of(inProd), of: known, user: true, want: Denied},
		"a principal, which must not":   {condition: `"Null":{"aws:SourceOrgID":"true"}`, of: known, user: true, want: Allowed},
		"a service, which must have it": {condition: `"Null":{"aws:SourceOrgID":"false"}`, context: of(inProd), of: known, want: Allowed},
	} {
		t.Run(name, func(t *testing.T) {
			p := &Principal{Kind: KindService, ARN: policy.Literal("sns.amazonaws.com"), Organization: c.of}
			if c.user {
				p = parsePrincipal("arn:aws:iam::" + inProd + ":role/caller")
				p.Organization = c.of
			}
			trust := fmt.Sprintf(`{"Effect":"Allow","Principal":{"AWS":"*","Service":"sns.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"*","Condition":{%s}}`, c.condition)
			r := &Request{
				Principal: p, Action: "lambda:InvokeFunction", Resource: policy.Literal("arn:aws:lambda:us-east-1:" + inProd + ":function:f"),
				ResourcePolicy: parsedText(t, one(trust), policy.ResourcePolicy),
			}
			for key, value := range c.context {
				r.Context.Set(key, value)
			}
			if got := Decide(r).Verdict; got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

// TestForSourceIn: what a statement says of the organization of a resource is decided, what it
// asks besides is taken to be met, and nothing is certain where nothing tells the organization.
func TestForSourceIn(t *testing.T) {
	account := policy.Literal(inProd)
	for condition, want := range map[string]policy.Truth{
		`"StringEquals":{"aws:SourceOrgID":"` + orgID + `"}`:                                                 policy.True,
		`"StringEquals":{"aws:SourceOrgID":"o-zzzzzzzzzz"}`:                                                  policy.False,
		`"StringNotEquals":{"aws:SourceOrgID":"` + orgID + `"}`:                                              policy.False,
		`"StringEquals":{"aws:SourceAccount":"999999999999"}`:                                                policy.True,
		`"StringEquals":{"aws:SourceOrgID":"` + orgID + `","aws:SourceVpc":"vpc-1"}`:                         policy.True,
		`"ForAnyValue:StringLike":{"aws:SourceOrgPaths":"` + rootPath + `ou-ab12-11111111/*"}`:               policy.False,
		`"ForAnyValue:StringLike":{"aws:SourceOrgPaths":"` + rootPath + `ou-ab12-22222222/*"}`:               policy.True,
		`"StringLike":{"aws:SourceOrgID":"` + orgID + `"},"StringEquals":{"aws:SourceOrgID":"o-zzzzzzzzzz"}`: policy.False,
	} {
		p := parsedText(t, one(`{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{`+condition+`}}`), policy.TrustPolicy)
		if got := p.ForSourceIn(0, account, someOrganization()); got != want {
			t.Errorf("%s: got %v, want %v", condition, got, want)
		}
		if p.ForSourceIn(0, account, nil) != policy.Maybe || p.ForSourceIn(0, policy.Text{}, someOrganization()) != policy.Maybe {
			t.Errorf("%s: it is certain", condition)
		}
	}
	if Hidden(nil).ForSourceIn(0, account, someOrganization()) != policy.Maybe {
		t.Error("a hidden policy is certain")
	}
}
