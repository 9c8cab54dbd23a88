package authz

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// said writes how a statement names a principal: by itself ("direct"), as its
// role, or as its account, and with a question mark where that is open.
func said(n Naming) string {
	var out []string
	for _, way := range []struct {
		name string
		v    Verdict
	}{{"direct", n.Direct}, {"role", n.Role}, {"account", n.Account}, {"denied", n.Denied}} {
		switch way.v {
		case Allowed:
			out = append(out, way.name)
		case Undetermined:
			out = append(out, way.name+"?")
		case Denied:
		}
	}
	return strings.Join(out, " ")
}

// TestPrincipalElements tells how each kind of principal is named (IAM User
// Guide, AWS JSON policy elements: Principal, and NotPrincipal; which grants a
// boundary limits depends on it).
func TestPrincipalElements(t *testing.T) {
	var w world
	w.symbol(policy.Symbol{Kind: policy.SymbolAccount, Name: "account"})
	w.symbol(policy.Symbol{Kind: policy.SymbolVariable, Name: "var.x"})
	w.symbol(policy.Symbol{Kind: policy.SymbolReference, Name: "caller", Address: "data.aws_caller_identity.me", Attribute: "arn"})
	w.symbol(policy.Symbol{Kind: policy.SymbolReference, Name: "inner caller", Address: "module.a.data.aws_caller_identity.me", Attribute: "arn"})
	w.symbol(policy.Symbol{Kind: policy.SymbolReference, Name: "caller id", Address: "data.aws_caller_identity.me", Attribute: "user_id"})
	w.symbol(policy.Symbol{Kind: policy.SymbolReference, Name: "role", Address: "aws_iam_role.app", Attribute: "arn"})
	w.symbol(policy.Symbol{Kind: policy.SymbolReference, Name: "user", Address: "aws_iam_user.eve", Attribute: "arn"})
	const own = "arn:aws:iam::111122223333:"
	bounded := &Principal{Kind: KindRole, ARN: w.text(own + "role/app"), Boundary: AllowAll()}
	who := map[string]*Principal{
		"role":          parsePrincipal(own + "role/team/app"),
		"session":       parsePrincipal("arn:aws:sts::111122223333:assumed-role/app/s"),
		"user":          parsePrincipal(own + "user/eve"),
		"root":          parsePrincipal(own + "root"),
		"federated":     {Kind: KindFederatedUser, Session: "eve", Account: policy.Literal("111122223333")},
		"eve federated": {Kind: KindFederatedUser, ARN: policy.Literal(own + "user/eve"), Session: "eve"},
		"service":       parsePrincipal("ec2.amazonaws.com"),
		"provider":      {Kind: KindFederated, ARN: policy.Literal(own + "saml-provider/p")},
		"unknown":       {Account: policy.Literal("111122223333")},
		"hidden":        {Kind: KindRole, ARN: w.text("arn:aws:iam::<account>:role/<var.x>")},
		"declared role": {Kind: KindRole, ARN: w.text("<role>")},
		"declared user": {Kind: KindUser, ARN: w.text("<user>")},
		"bounded":       bounded,
	}
	aws := func(x string) string { return `"Principal":{"AWS":"` + x + `"}` }
	not := func(list string) string { return `"NotPrincipal":{"AWS":[` + list + `]}` }
	for _, c := range []struct{ element, principal, want string }{
		{`"Principal":"*"`, "role", "direct denied"},
		{aws("*"), "user", "direct denied"},
		{aws("*"), "service", "direct denied"},

		{aws("111122223333"), "role", "account denied"},
		{aws(own + "root"), "user", "account denied"},
		{aws(own + "root"), "root", "direct denied"},
		{aws("111122223333"), "root", "direct denied"},
		{aws("444455556666"), "root", ""},
		{aws("444455556666"), "role", ""},
		{aws("111122223333"), "service", ""},
		{aws("111122223333"), "provider", ""},
		{aws("111122223333"), "hidden", "account? denied?"},
		{aws("111122223333"), "declared role", "account? denied?"},
		{aws("arn:aws:iam::<account>:root"), "hidden", "account denied"},

		{aws(own + "role/team/app"), "role", "role denied"},
		{aws(own + "role/app"), "role", ""},
		{aws(own + "user/app"), "role", ""},
		{aws(own + "role/team/app"), "user", ""},
		{aws(own + "role/team/app"), "service", ""},
		{aws(own + "role/team/app"), "unknown", "direct? denied?"},
		{aws(own + "group/app"), "role", ""},
		{aws("<role>"), "declared role", "role denied"},
		{aws("<user>"), "declared user", "direct denied"},
		{aws("<role>"), "declared user", "direct? denied?"},
		{aws("<var.x>"), "role", "direct? denied?"},
		{aws("<var.x>"), "service", ""},
		{aws(own + "<var.x>"), "role", "direct? denied?"},
		{aws(own + "<var.x>"), "user", "direct? denied?"},
		{aws("arn:aws:iam::111122223333:group/<var.x>"), "user", ""},
		{aws("somebody"), "role", ""},
		// Who runs Terraform is there before what it declares.
		{aws("<caller>"), "declared role", ""},
		{aws("<inner caller>"), "declared role", ""},
		{aws("<caller id>"), "declared role", "direct? denied?"},

		{aws("arn:aws:sts::111122223333:assumed-role/app/s"), "session", "direct denied"},
		{aws("arn:aws:sts::111122223333:assumed-role/app/t"), "session", ""},
		{aws("arn:aws:sts::444455556666:assumed-role/app/s"), "session", ""},
		{aws("arn:aws:sts::111122223333:assumed-role/other/s"), "session", ""},
		{aws("arn:aws:sts::111122223333:assumed-role/app/s"), "role", "direct? denied?"},
		{aws("arn:aws:sts::111122223333:assumed-role/other/s"), "role", ""},
		{aws("arn:aws:sts::111122223333:assumed-role/app/<var.x>"), "session", "direct? denied?"},
		{aws("arn:aws:sts::111122223333:assumed-role/app/s"), "user", ""},

		{aws(own + "user/eve"), "user", "direct denied"},
		{aws(own + "user/bob"), "user", ""},
		{aws(own + "user/eve"), "eve federated", "role denied"},
		{aws(own + "user/bob"), "eve federated", ""},
		{aws(own + "user/eve"), "federated", "role? denied?"},
		{aws("arn:aws:sts::111122223333:federated-user/eve"), "federated", "direct denied"},
		{aws("arn:aws:sts::111122223333:federated-user/bob"), "federated", ""},
		{aws("arn:aws:sts::444455556666:federated-user/eve"), "federated", ""},
		{aws("arn:aws:sts::111122223333:federated-user/<var.x>"), "federated", "direct? denied?"},
		{aws("arn:aws:sts::111122223333:federated-user/eve"), "user", ""},

		// The unique id of one that was deleted (IAM identifiers).
		{aws("AIDACKCEVSQ6C2EXAMPLE"), "user", "direct? denied?"},
		{aws("AIDACKCEVSQ6C2EXAMPLE"), "role", ""},
		{aws("AROACKCEVSQ6C2EXAMPLE"), "role", "role? denied?"},
		{aws("AROACKCEVSQ6C2EXAMPLE"), "user", ""},

		{`"Principal":{"Service":"ec2.amazonaws.com"}`, "service", "direct denied"},
		{`"Principal":{"Service":"ecs.amazonaws.com"}`, "service", ""},
		{`"Principal":{"Service":"ec2.amazonaws.com"}`, "role", ""},
		{`"Principal":{"Federated":"` + own + `saml-provider/p"}`, "provider", "direct denied"},
		{`"Principal":{"Federated":"` + own + `saml-provider/q"}`, "provider", ""},
		{`"Principal":{"Federated":"` + own + `saml-provider/p"}`, "role", ""},
		{`"Principal":{"CanonicalUser":"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}`, "role", "account? denied?"},
		{`"Principal":{"CanonicalUser":"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}`, "service", ""},
		{`"Principal":{"Somebody":"*"}`, "role", "direct? denied?"},
		{`"Principal":{"Somebody":"x"}`, "role", ""},
		{`"Principal":{"Somebody":"<var.x>"}`, "role", "direct? denied?"},
		{`"Principal":"<var.x>"`, "role", "direct? denied?"},
		{`"Sid":"a"`, "role", "direct? denied?"},

		{not(`"` + own + `role/team/app","111122223333"`), "role", ""},
		{not(`"` + own + `role/team/app"`), "role", "denied?"},
		{not(`"111122223333"`), "role", "denied?"},
		{not(`"444455556666"`), "role", "direct? denied"},
		{not(`"` + own + `role/app","111122223333"`), "bounded", "denied"},
		{`"NotPrincipal":{"Service":"ec2.amazonaws.com"}`, "service", ""},
		{`"NotPrincipal":{"Service":"ecs.amazonaws.com"}`, "service", "direct? denied"},
		{`"NotPrincipal":{"Federated":"` + own + `saml-provider/q"}`, "provider", "direct? denied"},
	} {
		src := w.encode(one(`{"Effect":"Deny",` + c.element + `,"Action":"s3:*","Resource":"*"}`))
		doc, _ := policy.Parse(src, &w.Symbols, policy.ParseOptions{Kind: policy.ResourcePolicy})
		if got := said(Names(doc.Statements[0], who[c.principal])); got != c.want {
			t.Errorf("%s, %s: got %q, want %q", c.element, c.principal, got, c.want)
		}
	}
}
