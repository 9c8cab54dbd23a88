package authz

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// Three members of one organization, of which the place of the last is not known,
// and an account outside of it.
const (
	inTools, inProd, unplaced, outsider = "111122223333", "444455556666", "777788889999", "999988887777"
	orgID, rootPath                     = "o-a1b2c3d4e5", "o-a1b2c3d4e5/r-ab12/"
)

func someOrganization() *Organization {
	o := &Organization{Members: map[string]Member{}}
	for account, path := range map[string]string{
		"000011112222": rootPath, inTools: rootPath + "ou-ab12-11111111/", inProd: rootPath + "ou-ab12-22222222/ou-ab12-33333333/", unplaced: "",
	} {
		o.Members[account] = Member{ID: orgID, Management: "000011112222", Path: path}
	}
	return o
}

// plainly evaluates a condition as the IAM User Guide words it, without any code
// of the package: values is nil for an absent key, hidden for one that is not known.
func plainly(operator, value string, values []string, hidden bool) Verdict {
	if hidden {
		return Undetermined
	}
	verdict := func(b bool) Verdict {
		if b {
			return Allowed
		}
		return Denied
	}
	matches := func(x string) bool {
		if !strings.HasSuffix(operator, "Like") && !strings.HasSuffix(operator, "LikeIfExists") {
			return x == value
		}
		before, ok := strings.CutSuffix(value, "*")
		return ok && strings.HasPrefix(x, before) || x == value
	}
	switch {
	case strings.HasPrefix(operator, "ForAllValues:"):
		return verdict(!slices.ContainsFunc(values, func(x string) bool { return !matches(x) }))
	case strings.HasPrefix(operator, "ForAnyValue:"):
		return verdict(slices.ContainsFunc(values, matches))
	case strings.HasSuffix(operator, "IfExists") && values == nil:
		return Allowed
	case strings.HasPrefix(operator, "StringNot"):
		return verdict(values == nil || !slices.ContainsFunc(values, matches))
	}
	return verdict(slices.ContainsFunc(values, matches))
}

// TestOrganizationKeys: aws:PrincipalOrgID and its kin are decided where the
// organization is known, by Decide and by Search alike (IAM User Guide, AWS global
// condition context keys), over every combination of key, operator, value,
// principal and resource. Where the place of an account is not known, and where
// it is outside, the paths are not.
func TestOrganizationKeys(t *testing.T) {
	o := someOrganization()
	held := func(key, account string) (values []string, hidden bool) {
		of, member := o.Members[account]
		switch key {
		case "aws:PrincipalOrgID", "aws:ResourceOrgID":
			return []string{orgID}, !member
		case "aws:PrincipalOrgMasterAccountId":
			return []string{"000011112222"}, !member
		case "aws:PrincipalOrgPaths", "aws:ResourceOrgPaths":
			return []string{of.Path}, of.Path == ""
		}
		return []string{account}, false
	}
	accounts := []string{inTools, inProd, unplaced, outsider}
	values := map[string][]string{
		"aws:PrincipalOrgID": {orgID, "o-zzzzzzzzzz"}, "aws:ResourceOrgID": {orgID, "o-zzzzzzzzzz"},
		"aws:PrincipalOrgMasterAccountId": {"000011112222", inTools}, "aws:ResourceAccount": accounts, "aws:PrincipalAccount": accounts,
		"aws:PrincipalOrgPaths": {rootPath + "*", rootPath + "ou-ab12-11111111/*", rootPath + "ou-ab12-11111111/"},
		"aws:ResourceOrgPaths":  {rootPath + "*", rootPath + "ou-ab12-22222222/*", rootPath + "ou-ab12-22222222/"},
	}
	tried := 0
	for _, key := range sortedKeys(values) {
		operators := []string{"StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIfExists", "StringNotEqualsIfExists"}
		if strings.HasSuffix(key, "Paths") {
			operators = []string{"ForAnyValue:StringEquals", "ForAnyValue:StringLike", "ForAllValues:StringLike"}
		}
		for _, operator := range operators {
			for _, value := range values[key] {
				for _, from := range accounts {
					for _, to := range accounts {
						tried++
						condition := fmt.Sprintf(`"%s":{"%s":"%s"}`, operator, key, value)
						name := from + " on " + to + ": " + condition
						of := from
						if strings.HasPrefix(key, "aws:Resource") {
							of = to
						}
						want := plainly(operator, value, first(held(key, of)), second(held(key, of)))
						checkOrganization(t, name, condition, from, to, o, want)
					}
				}
			}
		}
	}
	if tried < 500 {
		t.Errorf("%d combinations were tried", tried)
	}
}

func first(values []string, _ bool) []string { return values }

func second(_ []string, hidden bool) bool { return hidden }

// checkOrganization asks all that decide requests whether one is allowed under a
// condition in the trust policy, and in a policy of the principal's own.
func checkOrganization(t *testing.T, name, condition, from, to string, o *Organization, want Verdict) {
	t.Helper()
	role := policy.Literal("arn:aws:iam::" + to + ":role/target")
	allow := parsedText(t, one(`{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}`), policy.IdentityPolicy)
	under := parsedText(t, one(`{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*","Condition":{`+condition+`}}`), policy.IdentityPolicy)
	open := parsedText(t, one(`{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}`), policy.TrustPolicy)
	trust := parsedText(t, one(`{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole","Condition":{`+condition+`}}`), policy.TrustPolicy)
	u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal(from)}
	caller := func(p *Policy) *Principal {
		who := parsePrincipal("arn:aws:iam::" + from + ":role/caller")
		who.Identity, who.Organization = []*Policy{p}, o
		return who
	}
	request := func(p, trust *Policy) Verdict {
		return Decide(&Request{Principal: caller(p), Action: assumeRole, Resource: role, ResourcePolicy: trust}).Verdict
	}
	for what, got := range map[string]Verdict{
		"decided, in the trust policy":  request(allow, trust),
		"decided, in the caller's":      request(under, open),
		"searched, in the trust policy": Assume(caller(allow), u, role, trust).Verdict,
		"searched, in the caller's":     Assume(caller(under), u, role, open).Verdict,
	} {
		expected := want
		if from == to && strings.HasSuffix(what, "caller's") {
			// The open trust policy names everyone, and grants by itself.
			expected = Allowed
		}
		if got != expected {
			t.Errorf("%s, %s: got %v, want %v", name, what, got, expected)
		}
	}
}

// TestOrganizationUnknown: without an organization the keys are those of the
// request, as the caller gives them, and a search takes what will do.
func TestOrganizationUnknown(t *testing.T) {
	p := parsePrincipal(devRole)
	p.Identity = []*Policy{parsedText(t, one(`{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}}`), policy.IdentityPolicy)}
	r := &Request{Principal: p, Action: "s3:GetObject", Resource: policy.Literal("arn:aws:s3:::b/k")}
	if got := Decide(r).Verdict; got != Denied {
		t.Errorf("the request lacks the key: %v", got)
	}
	r.Context.Set("aws:PrincipalOrgID", orgID)
	if got := Decide(r).Verdict; got != Allowed {
		t.Errorf("the request has the key: %v", got)
	}
	service := &Principal{Kind: KindService, ARN: policy.Literal("ec2.amazonaws.com"), Organization: someOrganization(), Identity: p.Identity}
	if _, state, known := service.orgValue(orgPrincipalID, policy.Text{}); state != keyAbsent || !known {
		t.Error("a service is in no organization")
	}
}

// TestResourceControlOfTheOwner: resource control policies bind the resources of
// the account that they are attached to, whoever asks; service control policies
// bind the principals of theirs (AWS Organizations User Guide, resource control
// policies).
func TestResourceControlOfTheOwner(t *testing.T) {
	all := parsedText(t, one(`{"Effect":"Allow","Action":"*","Resource":"*"}`), policy.IdentityPolicy)
	deny := parsedText(t, one(`{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole","Resource":"*"}`), policy.AnyPolicy)
	trust := parsedText(t, one(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::`+inTools+`:root"},"Action":"sts:AssumeRole"}`), policy.TrustPolicy)
	for name, c := range map[string]struct {
		own, others [][]*Policy
		to          string
		want        Verdict
	}{
		"none":                                {nil, nil, inProd, Allowed},
		"of the role's account":               {nil, [][]*Policy{{all, deny}}, inProd, Denied},
		"of the caller's, the role elsewhere": {[][]*Policy{{all, deny}}, nil, inProd, Allowed},
		"of the caller's, the role there":     {[][]*Policy{{all, deny}}, nil, inTools, Denied},
		"of another, the role in the own":     {nil, [][]*Policy{{all, deny}}, inTools, Allowed},
		"a level that is not known":           {nil, [][]*Policy{{Hidden(nil)}}, inProd, Undetermined},
	} {
		t.Run(name, func(t *testing.T) {
			o := someOrganization()
			o.ResourceControl = func(account string) [][]*Policy {
				if account == inProd {
					return c.others
				}
				return c.own
			}
			p := parsePrincipal("arn:aws:iam::" + inTools + ":role/caller")
			p.Identity, p.RCPs, p.Organization = []*Policy{all}, c.own, o
			role := policy.Literal("arn:aws:iam::" + c.to + ":role/target")
			u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal(inTools)}
			r := &Request{Principal: p, Action: assumeRole, Resource: role, ResourcePolicy: trust}
			if got := Decide(r).Verdict; got != c.want {
				t.Errorf("decided: %v, want %v", got, c.want)
			}
			if got := Explain(r).Verdict; got != c.want {
				t.Errorf("explained: %v, want %v", got, c.want)
			}
			if got := Assume(p, u, role, trust).Verdict; got != c.want {
				t.Errorf("searched: %v, want %v", got, c.want)
			}
			other := policy.Literal("arn:aws:iam::" + inTools + ":role/other")
			both := Search(p, u, &Query{Actions: []string{assumeRole}, Resources: []policy.Text{role, other}})
			if want := c.own == nil; (both.Verdict == Allowed) != want {
				t.Errorf("roles of both accounts: %v", both.Verdict)
			}
		})
	}
}

// TestOutsideOfOrganizations: an account that is not among all members of an
// organization has nothing of it in keys about organizations, and of others it is not
// known; where not all members are known nothing is.
func TestOutsideOfOrganizations(t *testing.T) {
	for _, c := range []struct {
		condition          string
		complete, in, open Verdict // for an outsider and a member of complete ones, and for an outsider of others
	}{
		{`"StringEquals":{"aws:PrincipalOrgID":"` + orgID + `"}`, Denied, Allowed, Undetermined},
		{`"StringLike":{"aws:PrincipalOrgID":"` + orgID + `"}`, Denied, Allowed, Undetermined},
		{`"StringLike":{"aws:PrincipalOrgID":"o-*"}`, Undetermined, Allowed, Undetermined},
		{`"StringNotEquals":{"aws:PrincipalOrgID":"` + orgID + `"}`, Allowed, Denied, Undetermined},
		{`"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"` + orgID + `"}`, Allowed, Denied, Undetermined},
		{`"StringEquals":{"aws:PrincipalOrgID":["` + orgID + `","o-zzzzzzzzzz"]}`, Undetermined, Allowed, Undetermined},
		{`"StringEquals":{"aws:PrincipalOrgMasterAccountId":"000011112222"}`, Denied, Allowed, Undetermined},
		{`"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"` + rootPath + `*"}`, Denied, Allowed, Undetermined},
		{`"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-zzzzzzzzzz/*"}`, Undetermined, Denied, Undetermined},
		{`"Null":{"aws:PrincipalOrgID":"true"}`, Undetermined, Denied, Undetermined},
	} {
		o := someOrganization()
		checkOrganization(t, "open: "+c.condition, c.condition, outsider, inProd, o, c.open)
		o.Complete = []string{orgID, "000011112222"}
		checkOrganization(t, "outside: "+c.condition, c.condition, outsider, inProd, o, c.complete)
		checkOrganization(t, "inside: "+c.condition, c.condition, inTools, inProd, o, c.in)
	}
}
