package survey

import (
	"maps"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/internal/lazy"
	"github.com/boundlint/boundlint/lint/policy"
)

// Deployer is what seems to run Terraform: administrators that a provider
// assumes, that an identity provider of pipelines signs in to, or that are called
// after what deploys. Instances of one resource, and what has the same address in
// several root modules, are one.
type Deployer struct {
	// Pattern is the address, which without an instance key stands for all
	// instances.
	Pattern string
	// Roots are the root modules that have it.
	Roots []string
	// Because is what it was inferred from, as a phrase.
	Because string
	// Shared tells that the pattern also names what does not seem to deploy, or
	// may do so, so that it is not proposed.
	Shared bool
	// Rules are those that report it now; the caller fills them.
	Rules []string
}

// candidate is an entity, and why it seems to deploy, "" where it does not.
type candidate struct {
	address, root, arn, name string
	because                  string
}

// words are those of a name: TerraformRole has two, ci-deploy has two.
var words = lazy.Regexp(`[A-Z]+[a-z]*|[a-z]+`)

// deploying are words in names of what deploys.
var deploying = map[string]bool{
	"deploy": true, "deployer": true, "deployment": true, "terraform": true, "opentofu": true, "tofu": true, "atlantis": true,
	"spacelift": true, "pipeline": true, "ci": true, "cicd": true, "github": true, "gitlab": true, "jenkins": true,
}

// soundsDeploying reports whether one of the words of a name is such a word.
func soundsDeploying(name string) bool {
	return slices.ContainsFunc(words().FindAllString(name, -1), func(word string) bool { return deploying[strings.ToLower(word)] })
}

// candidate notes whether an entity seems to deploy.
func (s *surveyor) candidate(m *iam.Model, account *holders.Account, e *iam.Entity) {
	arn, _ := e.ARN.Known()
	name, _ := e.NameText().Known()
	s.candidates = append(s.candidates, candidate{e.Address, m.Input.Path, arn, name, s.because(m, account, e)})
}

// because is why an entity seems to deploy, as a phrase, "" where it does not.
func (s *surveyor) because(m *iam.Model, account *holders.Account, e *iam.Entity) string {
	h := account.ByEntity[e]
	switch {
	case h == nil || account.IsAdministrator(h) != authz.Allowed || e.Name.Sensitive || s.secret(m, e.Address):
		return ""
	case assumed(m, e):
		return "a provider assumes it"
	case signsInPipelines(e):
		return "an OpenID Connect provider signs in to it"
	case soundsDeploying(e.NameText().Prefix()):
		return "its name says so"
	}
	return ""
}

// deployers makes one of the candidates of each pattern, in the order of their
// patterns.
func (s *surveyor) deployers() []Deployer {
	byPattern := map[string]*Deployer{}
	reasons := map[string][]string{}
	for _, c := range s.candidates {
		if c.because == "" {
			continue
		}
		pattern, shared := s.pattern(c.address)
		d := byPattern[pattern]
		if d == nil {
			d = &Deployer{Pattern: pattern, Shared: shared}
			byPattern[pattern] = d
		}
		d.Roots = append(d.Roots, c.root)
		reasons[pattern] = append(reasons[pattern], c.because)
	}
	var out []Deployer
	for _, pattern := range slices.Sorted(maps.Keys(byPattern)) {
		d := byPattern[pattern]
		d.Roots, reasons[pattern] = sortedOnce(d.Roots), sortedOnce(reasons[pattern])
		d.Because = "it is an administrator, and " + strings.Join(reasons[pattern], ", and ")
		out = append(out, *d)
	}
	return out
}

// pattern names the resource of a deployer, or else the one instance where other
// instances do not seem to deploy. It is shared where another root module gives
// the address to what does not, or where an instance key would be read as a glob.
func (s *surveyor) pattern(address string) (pattern string, shared bool) {
	for _, pattern := range []string{withoutKey(address), address} {
		if !strings.ContainsAny(pattern, "*?") && !s.namesOthers(pattern) {
			return pattern, false
		}
	}
	return address, true
}

func (s *surveyor) namesOthers(pattern string) bool {
	return slices.ContainsFunc(s.candidates, func(c candidate) bool {
		return c.because == "" && lint.MatchesSubject(pattern, c.address, c.arn, c.name)
	})
}

// withoutKey is the address of a resource without the key of an instance; the
// modules keep theirs.
func withoutKey(address string) string {
	steps := policy.SplitAddress(address)
	last := len(steps) - 1
	steps[last], _, _ = strings.Cut(steps[last], "[")
	return strings.Join(steps, ".")
}

func sortedOnce(texts []string) []string {
	slices.Sort(texts)
	return slices.Compact(texts)
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
