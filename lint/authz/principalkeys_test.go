package authz

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// TestPrincipalKeys: what a request carries of its principal (IAM User Guide,
// global condition context keys, properties of the principal; what a policy
// variable holds for each kind of principal stands in "IAM policy elements:
// variables").
func TestPrincipalKeys(t *testing.T) {
	var w world
	w.symbol(policy.Symbol{Kind: policy.SymbolAccount, Name: "account"})
	w.symbol(policy.Symbol{Kind: policy.SymbolReference, Name: "random", Address: "random_id.x", Attribute: "hex"})
	w.symbol(policy.Symbol{Kind: policy.SymbolReference, Name: "user", Address: "aws_iam_user.x", Attribute: "arn"})
	w.symbol(policy.Symbol{Kind: policy.SymbolDerived, Name: "name of user"})
	const own = "arn:aws:iam::111122223333:"
	who := map[string]*Principal{
		"role":          parsePrincipal(own + "role/team/app"),
		"user":          parsePrincipal(own + "user/team/eve"),
		"root":          parsePrincipal(own + "root"),
		"federated":     {Kind: KindFederatedUser, Session: "eve", Account: policy.Literal("111122223333")},
		"service":       parsePrincipal("ec2.amazonaws.com"),
		"unknown":       {Account: policy.Literal("111122223333")},
		"generated":     {Kind: KindUser, ARN: w.text("arn:aws:iam::<account>:user/eve-<random>-x")},
		"hidden":        {Kind: KindUser, ARN: w.text("arn:aws:iam::<account>:user/<random>")},
		"declared user": {Kind: KindUser, ARN: w.text("<user>")},
		"below a path":  {Kind: KindUser, ARN: w.text("arn:aws:iam::<account>:user/<random>/eve")},
		"derived":       {Kind: KindUser, ARN: w.text("arn:aws:iam::<account>:user/eve/<name of user>")},
	}
	equals := func(key, value string) string { return `"StringEquals":{"` + key + `":"` + value + `"}` }
	null := func(key, is string) string { return `"Null":{"` + key + `":"` + is + `"}` }
	for _, c := range []struct {
		principal, condition string
		want                 Verdict
	}{
		{"role", equals("aws:PrincipalType", "AssumedRole"), Allowed},
		{"user", equals("aws:PrincipalType", "User"), Allowed},
		{"root", equals("aws:PrincipalType", "Account"), Allowed},
		{"federated", equals("aws:PrincipalType", "FederatedUser"), Allowed},
		{"role", equals("aws:PrincipalType", "User"), Denied},
		{"unknown", equals("aws:PrincipalType", "User"), Undetermined},

		{"user", equals("aws:username", "eve"), Allowed},
		{"user", equals("aws:username", "team/eve"), Denied},
		{"role", null("aws:username", "true"), Allowed},
		{"federated", null("aws:username", "true"), Allowed},
		{"root", null("aws:username", "true"), Allowed},
		{"unknown", null("aws:username", "true"), Undetermined},
		{"generated", `"StringLike":{"aws:username":"eve-*-x"}`, Allowed},
		{"generated", equals("aws:username", "eve-<random>-x"), Allowed},
		{"generated", `"StringLike":{"aws:username":"bob-*"}`, Denied},
		{"below a path", equals("aws:username", "eve"), Allowed},
		{"below a path", equals("aws:username", "bob"), Denied},
		{"hidden", equals("aws:username", "eve"), Undetermined},
		{"hidden", null("aws:username", "false"), Undetermined},
		{"declared user", equals("aws:username", "eve"), Undetermined},
		{"derived", `"StringLike":{"aws:username":"eve*"}`, Undetermined},
		{"derived", equals("aws:username", "<name of user>"), Allowed},

		{"root", equals("aws:userid", "111122223333"), Allowed},
		{"federated", equals("aws:userid", "111122223333:eve"), Allowed},
		{"federated", equals("aws:userid", "111122223333:bob"), Denied},
		{"user", `"StringLike":{"aws:userid":"AIDA*"}`, Allowed},
		{"user", `"StringLike":{"aws:userid":"AROA*"}`, Denied},
		{"role", `"StringLike":{"aws:userid":"AROA*:*"}`, Allowed},
		{"unknown", `"StringLike":{"aws:userid":"AROA*"}`, Undetermined},

		{"user", equals("aws:PrincipalAccount", "111122223333"), Allowed},
		{"federated", equals("aws:PrincipalAccount", "111122223333"), Allowed},
		{"user", equals("aws:PrincipalAccount", "444455556666"), Denied},
		{"generated", equals("aws:PrincipalAccount", "<account>"), Allowed},
		{"generated", equals("aws:PrincipalAccount", "111122223333"), Undetermined},
		{"declared user", equals("aws:PrincipalAccount", "111122223333"), Undetermined},
		{"role", equals("aws:PrincipalArn", own+"role/team/app"), Allowed},
		{"federated", equals("aws:PrincipalArn", own+"user/eve"), Undetermined},
		{"role", `"Bool":{"aws:PrincipalIsAWSService":"false"}`, Allowed},
		{"role", `"Bool":{"aws:PrincipalIsAWSService":"true"}`, Denied},
	} {
		p := *who[c.principal]
		p.Identity = []*Policy{w.policy(t, one(`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{`+c.condition+`}}`))}
		if p.Kind == KindRoot {
			// Nothing but the policies of the organization limits a root user.
			p.SCPs = [][]*Policy{p.Identity}
		}
		r := &Request{Principal: &p, Action: "iam:CreateRole", Resource: w.text("arn:aws:iam::111122223333:role/x")}
		if p.Account.IsEmpty() && c.principal == "generated" || c.principal == "derived" || c.principal == "below a path" || c.principal == "hidden" {
			r.Resource = w.text("arn:aws:iam::<account>:role/x")
		}
		if got := Explain(r); got.Verdict != c.want {
			t.Errorf("%s, %s: got %v %v, want %v", c.principal, c.condition, got.Verdict, got.Reasons, c.want)
		}
	}
}

// TestSessionKeys: which keys a session carries depends on how it began (IAM
// User Guide, global condition context keys, properties of the role session).
func TestSessionKeys(t *testing.T) {
	names := map[Origins]string{FromService: "service", FromUser: "user", FromRole: "role", FromWebIdentity: "web", FromSAML: "saml", FromInstance | FromService: "instance", FromHidden: "hidden"}
	for key, carried := range map[string]map[string]Verdict{
		"aws:MultiFactorAuthPresent":              {"user": Allowed, "role": Undetermined, "hidden": Undetermined},
		"aws:MultiFactorAuthAge":                  {"user": Allowed, "role": Undetermined, "hidden": Undetermined},
		"aws:FederatedProvider":                   {"web": Allowed, "saml": Allowed, "role": Undetermined, "hidden": Undetermined},
		"ec2:RoleDelivery":                        {"instance": Allowed, "role": Undetermined, "hidden": Undetermined},
		"saml:sub":                                {"role": Undetermined, "hidden": Undetermined},
		"token.actions.githubusercontent.com:sub": {"role": Undetermined, "hidden": Undetermined},
		"aws:SourceIdentity":                      {"hidden": Undetermined},
	} {
		for origin, name := range names {
			if (name == "web" || name == "saml") && !strings.HasPrefix(key, "aws:") && !strings.HasPrefix(key, "ec2:") {
				continue // what of the provider's keys a session keeps is another question
			}
			p := parsePrincipal(devRole)
			p.Origins = origin
			condition := `"Null":{"` + key + `":"false"}`
			if key == "aws:MultiFactorAuthPresent" {
				// Without a device it may be there, and false.
				condition = `"Bool":{"` + key + `":"true"}`
			}
			p.Identity = []*Policy{parsedText(t, one(`{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*","Condition":{`+condition+`}}`), policy.IdentityPolicy)}
			u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333")}
			want := Denied
			if v, ok := carried[name]; ok {
				want = v
			}
			if got := Search(p, u, &Query{Actions: []string{"iam:CreateRole"}}); got.Verdict != want {
				t.Errorf("%s of a session from %s: got %v %v, want %v", key, name, got.Verdict, got.Reasons, want)
			}
		}
	}
}

// TestOwn: a principal's own name and tags are told where they are certain. Roles
// have no user name, and a session may bring tags along.
func TestOwn(t *testing.T) {
	const own = "arn:aws:iam::111122223333:"
	tagged := func(p *Principal, known bool) *Principal {
		p.Tags, p.TagsKnown = map[string]policy.Text{"Team": policy.Literal("blue")}, known
		return p
	}
	for _, c := range []struct {
		who        *Principal
		key, value string
		has, ok    bool
	}{
		{parsePrincipal(own + "user/team/eve"), "aws:UserName", "eve", true, true},
		{parsePrincipal(own + "role/eve"), "aws:username", "", false, true},
		{&Principal{Account: policy.Literal("111122223333")}, "aws:username", "", false, false},
		{tagged(parsePrincipal(own+"role/a"), false), "aws:PrincipalTag/team", "blue", true, true},
		{tagged(parsePrincipal(own+"role/a"), false), "aws:PrincipalTag/cost", "", false, false},
		{tagged(parsePrincipal(own+"role/a"), true), "aws:PrincipalTag/cost", "", false, true},
		{parsePrincipal(own + "user/eve"), "aws:SourceIp", "", false, false},
	} {
		value, has, ok := c.who.Own(c.key)
		if value.String() != c.value || has != c.has || ok != c.ok {
			t.Errorf("%s of %s: %s, %t, %t", c.key, c.who.ARN, value, has, ok)
		}
	}
}
