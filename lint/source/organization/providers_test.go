package organization_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/source/organization"
)

const (
	oidc = account + "iam/oidc-provider/token.actions.githubusercontent.com/metadata.json"
	saml = account + "iam/saml-provider/corp/metadata.json"
)

// TestIdentityProviders reads providers as iam-collect writes them: of an OpenID Connect
// provider the URL without its scheme, as GetOpenIDConnectProvider answers it.
func TestIdentityProviders(t *testing.T) {
	files := maps.Clone(minimal)
	files[oidc] = `{"arn":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com","audiences":["sts.amazonaws.com"],
		"thumbprints":["6938fd4d98bab03faadb97b34396831e3780aea1"],"url":"token.actions.githubusercontent.com"}`
	files[account+"iam/oidc-provider/eks/metadata.json"] = `{"arn":"arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AB"}`
	files[saml] = `{"arn":"arn:aws:iam::111122223333:saml-provider/corp","audiences":null}`
	models, err := organization.Read(organization.Options{Path: write(t, files)})
	if err != nil || len(models) != 1 || !models[0].Input.Complete {
		t.Fatalf("%d models, %v", len(models), err)
	}
	models[0].Link(iam.Hints{})
	var got []string
	for _, p := range models[0].IdentityProviders {
		url, _ := p.URL.Known()
		name, _ := p.Name.Known()
		text := p.Kind + " " + p.ARN.String() + " " + url + name
		for _, id := range p.ClientIDs {
			text += " for " + id.String()
		}
		got = append(got, text)
		if p.Location.File == "" || p.Address != p.ARN.String() || p.Provider != "111122223333" {
			t.Errorf("%+v", p.Declared)
		}
	}
	want := "oidc-provider arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/AB https://oidc.eks.eu-west-1.amazonaws.com/id/AB|" +
		"oidc-provider arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com https://token.actions.githubusercontent.com for sts.amazonaws.com|" +
		"saml-provider arn:aws:iam::111122223333:saml-provider/corp corp"
	if strings.Join(got, "|") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "|"), want)
	}
}

// TestIdentityProviderFaults: a provider that cannot be read is named, makes the account
// incomplete, and hides nothing else.
func TestIdentityProviderFaults(t *testing.T) {
	for name, c := range map[string]struct{ text, fault string }{
		"nothing":              {"", "it is empty"},
		"text":                 {"corp", saml},
		"a list":               {"[]", saml},
		"a number for an ARN":  {`{"arn":7}`, "arn"},
		"no ARN":               {`{"name":"corp"}`, ""},
		"null":                 {`null`, "found null"},
		"of something else":    {`{"arn":"arn:aws:iam::111122223333:role/corp"}`, ""},
		"of the other kind":    {`{"arn":"arn:aws:iam::111122223333:oidc-provider/corp"}`, ""},
		"audiences of numbers": {`{"arn":"arn:aws:iam::111122223333:saml-provider/corp","audiences":[1]}`, "audiences"},
	} {
		t.Run(name, func(t *testing.T) {
			files := maps.Clone(minimal)
			files[saml] = c.text
			models, err := organization.Read(organization.Options{Path: write(t, files)})
			if (err != nil) != (c.fault != "") || err != nil && !strings.Contains(err.Error(), c.fault) {
				t.Errorf("the error is %v", err)
			}
			if len(models) != 1 {
				t.Fatalf("%d models", len(models))
			}
			in := models[0].Input
			if in.Complete || !strings.Contains(strings.Join(in.Reasons, " "), "iam/saml-provider/corp does not tell the ARN of its provider") {
				t.Errorf("%+v", in)
			}
			if len(models[0].IdentityProviders) != 0 || len(models[0].Entities) == 0 {
				t.Errorf("%d providers, %d entities", len(models[0].IdentityProviders), len(models[0].Entities))
			}
		})
	}
}
