package resource

import (
	"github.com/boundlint/boundlint/lint/iam"
)

// identityProvider reads an OpenID Connect or SAML provider, or the data
// source that finds one.
func identityProvider(kind string) reader {
	return func(b *Builder, r Resource) {
		p := &iam.IdentityProvider{
			Address: r.Address, Kind: kind, URL: r.value("url"), Name: r.value("name"), ARN: r.arn(),
			Change: r.Change, Provider: r.Provider, Location: r.Location,
		}
		if kind == iam.OIDCProvider {
			p.Name = iam.Value{}
			p.ClientIDs = r.elements(b, "client_id_list")
		}
		b.model.IdentityProviders = append(b.model.IdentityProviders, p)
	}
}
