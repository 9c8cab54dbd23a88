package resource

import (
	"github.com/boundlint/boundlint/lint/iam"
)

// identityProvider reads an OpenID Connect or SAML provider, or the data
// source that finds one.
func identityProvider(of string) kind {
	return kind{parts: []string{"url", "name", "client_id_list"}, read: func(b *Builder, r Resource) {
		p := &iam.IdentityProvider{
			Declared: r.declared(), Kind: of, URL: r.value("url"), Name: r.value("name"), ARN: r.arn(),
		}
		if of == iam.OIDCProvider {
			p.Name = iam.Value{}
			for _, id := range r.elements(b, "client_id_list") {
				p.ClientIDs = append(p.ClientIDs, id.Value)
			}
		}
		b.model.IdentityProviders = append(b.model.IdentityProviders, p)
	}}
}
