package survey

import (
	"regexp"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
)

// Deployer is an entity that seems to run Terraform: an administrator that a
// provider assumes, that an identity provider of pipelines signs in to, or that
// is called after what deploys.
type Deployer struct {
	// Address and Root are the resource and its root module.
	Address, Root string
	// Because is what it was inferred from, as a phrase.
	Because string
	// Rules are those that report it now; the caller fills them.
	Rules []string
}

// words are those of a name: TerraformRole has two, ci-deploy has two.
var words = regexp.MustCompile(`[A-Z]+[a-z]*|[a-z]+`)

// deploying are words in names of what deploys.
var deploying = map[string]bool{
	"deploy": true, "deployer": true, "deployment": true, "terraform": true, "opentofu": true, "tofu": true, "atlantis": true,
	"spacelift": true, "pipeline": true, "ci": true, "cicd": true, "github": true, "gitlab": true, "jenkins": true,
}

// soundsDeploying reports whether one of the words of a name is such a word.
func soundsDeploying(name string) bool {
	return slices.ContainsFunc(words.FindAllString(name, -1), func(word string) bool { return deploying[strings.ToLower(word)] })
}

// deployer notes an entity that seems to deploy.
func (s *surveyor) deployer(m *iam.Model, account *holders.Account, e *iam.Entity) {
	h := account.ByEntity[e]
	if h == nil || account.IsAdministrator(h) != authz.Allowed || e.Name.Sensitive || s.secret(m, e.Address) {
		return
	}
	var because string
	switch {
	case assumed(m, e):
		because = "a provider assumes it"
	case signsInPipelines(e):
		because = "an OpenID Connect provider signs in to it"
	case soundsDeploying(e.NameText().Prefix()):
		because = "its name says so"
	default:
		return
	}
	because = "it is an administrator, and " + because
	s.out.Deployers = append(s.out.Deployers, Deployer{Address: e.Address, Root: m.Input.Path, Because: because})
}

// assumed reports whether a provider of the configuration assumes the role.
func assumed(m *iam.Model, e *iam.Entity) bool {
	return slices.ContainsFunc(m.Providers, func(p *iam.Provider) bool {
		return !p.Sensitive && !p.AssumeRole.IsEmpty() && p.AssumeRole.Equal(e.ARN)
	})
}

// signsInPipelines reports whether a web identity that is not a user's may
// assume the role, as those of GitHub Actions, GitLab and HCP Terraform.
func signsInPipelines(e *iam.Entity) bool {
	if e.Trust == nil || e.Trust.Document == nil {
		return false
	}
	for _, statement := range e.Trust.Statements {
		for _, action := range statement.Action {
			if name, known := action.Text.Known(); !known || !strings.EqualFold(name, "sts:AssumeRoleWithWebIdentity") {
				continue
			}
			if statement.Principal != nil && !statement.Principal.Any {
				return true
			}
		}
	}
	return false
}
