package authz

import (
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

func TestMisses(t *testing.T) {
	who := parsePrincipal("arn:aws:iam::111122223333:role/app-developer")
	who.Identity = []*Policy{parsedText(t, tenStatements, policy.IdentityPolicy)}
	r := &Request{Principal: who, Action: "iam:CreateRole", Resource: policy.Literal("arn:aws:iam::111122223333:role/other")}
	got := Misses(r)
	if len(got) != 1 || !got[0].Resource || len(got[0].Conditions) != 1 || got[0].Layer != LayerIdentity || got[0].Statement != 7 {
		t.Fatalf("%+v", got)
	}
	if key := got[0].Conditions[0].Key.String(); key != "iam:PermissionsBoundary" {
		t.Errorf("the condition that fails is on %s", key)
	}
	r.ResourcePolicy = parsedText(t, `{"Version":"2012-10-17","Statement":[
{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/other"},"Action":"iam:*","Resource":"*"},
{"Effect":"Deny","Principal":"*","Action":"iam:*","Resource":"*"}]}`, policy.ResourcePolicy)
	got = Misses(r)
	if len(got) != 2 || got[0].Layer != LayerResource || !got[0].Principal || got[0].Resource {
		t.Errorf("%+v", got)
	}
}

// TestMissedPrincipals: a statement of a resource-based policy may miss a request
// by whom it names.
func TestMissedPrincipals(t *testing.T) {
	const other, who, account = `{"AWS":"arn:aws:iam::111122223333:role/other"}`, `{"AWS":"arn:aws:iam::111122223333:role/app"}`, `{"AWS":"111122223333"}`
	for _, c := range []struct {
		effect, principal string
		want              bool
	}{
		{"Allow", other, true},
		{"Allow", who, false},
		{"Allow", account, false},
		{"Allow", `"*"`, false},
		{"Deny", other, true},
		{"Deny", who, false},
		{"Deny", account, false},
		{"<var.x>", other, false},
	} {
		var w world
		w.symbol(policy.Symbol{Kind: policy.SymbolVariable, Name: "var.x"})
		src := w.encode(one(`{"Effect":"` + c.effect + `","Principal":` + c.principal + `,"Action":"s3:*","Resource":"arn:aws:s3:::elsewhere"}`))
		doc, _ := policy.Parse(src, &w.Symbols, policy.ParseOptions{Kind: policy.ResourcePolicy})
		p := parsePrincipal("arn:aws:iam::111122223333:role/app")
		got := Misses(&Request{Principal: p, Action: "s3:ListBucket", Resource: policy.Literal("arn:aws:s3:::here"), ResourcePolicy: Compile(doc)})
		if len(got) != 1 || !got[0].Resource || got[0].Principal != c.want {
			t.Errorf("%s %s: %+v", c.effect, c.principal, got)
		}
	}
}

func TestNames(t *testing.T) {
	document := parsedText(t, `{"Version":"2012-10-17","Statement":[
{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/app"},"Action":"s3:*","Resource":"*"},
{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"*"},
{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}]}`, policy.ResourcePolicy).Document
	who := parsePrincipal("arn:aws:iam::111122223333:role/app")
	want := []Naming{
		{Direct: Denied, Role: Allowed, Account: Denied, Denied: Allowed},
		{Direct: Denied, Role: Denied, Account: Allowed, Denied: Allowed},
		{Direct: Allowed, Role: Denied, Account: Denied, Denied: Allowed},
	}
	for i, s := range document.Statements {
		if got := Names(s, who); got != want[i] {
			t.Errorf("statement %d: %+v, want %+v", i, got, want[i])
		}
	}
	for action, want := range map[string]bool{"sts:AssumeRole": true, "KMS:Decrypt": true, "kms:ListKeys": false, "s3:GetObject": false} {
		if got := PolicyMustAllow(action); got != want {
			t.Errorf("%s: %v", action, got)
		}
	}
}
