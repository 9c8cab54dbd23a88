package organization

import (
	"path"
	"strings"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/account"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// identityProvider is an OpenID Connect or SAML provider as iam-collect writes it: of the
// former with what GetOpenIDConnectProvider answers.
type identityProvider struct {
	kind      string
	ARN       string   `json:"arn"`
	URL       string   `json:"url"`
	Audiences []string `json:"audiences"`
	place     account.Place
}

var providerShape = stream.ObjectOf(members{"arn": text, "url": text, "audiences": texts})

// readProviders reads the identity providers of an account.
func (d *directory) readProviders(out *read) {
	for _, kind := range []string{iam.OIDCProvider, iam.SAMLProvider} {
		folder := path.Join("iam", kind)
		names, err := d.folders(path.Join(out.dir, folder))
		out.fails(err)
		for _, name := range names {
			if over := d.options.Share.Over(); over != nil {
				out.fails(over)
				return
			}
			p := identityProvider{kind: kind}
			f, err := d.decode(path.Join(out.dir, folder, name, "metadata.json"), providerShape, &p)
			out.fails(err)
			if f == nil || !strings.Contains(p.ARN, ":"+kind+"/") {
				out.odd = append(out.odd, path.Join(folder, name)+" does not tell the ARN of its provider")
				continue
			}
			p.place = account.Place{File: f.path}
			out.providers = append(out.providers, p)
		}
	}
}

// declared is the provider as a model has it.
func (p *identityProvider) declared(owner string) *iam.IdentityProvider {
	at := p.place.Location(p.ARN, "")
	value := func(s string) iam.Value { return iam.Value{Text: policy.Literal(s), Set: s != "", Location: at} }
	out := &iam.IdentityProvider{
		Declared: iam.Declared{Address: p.ARN, Provider: owner, Location: at}, Kind: p.kind, ARN: policy.Literal(p.ARN),
	}
	_, name, _ := strings.Cut(p.ARN, ":"+p.kind+"/")
	if p.kind == iam.SAMLProvider {
		out.Name = value(name)
		return out
	}
	out.URL = value("https://" + strings.TrimPrefix(p.URL, "https://"))
	if p.URL == "" {
		out.URL = value("https://" + name) // which its ARN has (IAM User Guide, IAM identifiers)
	}
	for _, id := range p.Audiences {
		out.ClientIDs = append(out.ClientIDs, value(id))
	}
	return out
}
