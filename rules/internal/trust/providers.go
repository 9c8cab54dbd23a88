package trust

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
)

// issuer says what a stranger's token of an OpenID Connect provider looks
// like.
type issuer struct {
	// name is how a message calls it, stranger who its tokens are for.
	name, stranger string
	// hosts are globs of the provider's address without scheme.
	hosts []string
	// subject begins every subject, up to the owner, who ends at a character
	// of ends; form is a glob of all of it. All are empty where subjects have
	// no such form.
	subject, ends, form string
	// public tells that everybody can be an owner, so that a pattern has to
	// pin the owner; else only a pattern that takes any subject is open.
	public bool
	// audience tells that the audience is an application of its own: the
	// token of a stranger has another.
	audience bool
	// claims are those of which everybody can have the subject made in place
	// of that form, and which do not say whose token it is; owned are those
	// that do. impossible are globs of subjects that no token has.
	claims, owned, impossible []string
}

// issuers are the providers of which that is known. The last takes the rest.
var issuers = []issuer{
	{
		name: "GitHub", stranger: "repository", hosts: []string{"token.actions.githubusercontent.com", "token.actions.githubusercontent.com/*"},
		subject: "repo:", ends: "/@", form: "repo:?*/?*:?*", public: true,
		// Every repository can choose the claims of its subjects (GitHub Docs,
		// OpenID Connect reference, customizing the subject claims).
		claims: []string{
			"environment", "ref", "ref_type", "ref_protected", "workflow", "event_name", "base_ref", "head_ref", "context", "runner_environment",
			"repository_visibility", "sha", "run_id", "run_number", "run_attempt",
		},
		owned: []string{
			"repo", "repository", "repository_owner", "repository_id", "repository_owner_id", "actor", "actor_id",
			"job_workflow_ref", "enterprise", "enterprise_id",
		},
		impossible: []string{"repo::*", "repo:*/:*"},
	},
	{
		name: "GitHub Enterprise", stranger: "repository", hosts: []string{"token.actions.*.ghe.com", "*/_services/token"}, subject: "repo:",
		form: "repo:" + strangerName + "/" + strangerName + ":*",
	},
	{
		name: "GitLab", stranger: "project", hosts: []string{"gitlab.com"}, subject: "project_path:", ends: "/", form: "project_path:?*/?*",
		public: true,
	},
	{
		name: "HCP Terraform", stranger: "organization", hosts: []string{"app.terraform.io", "app.eu.terraform.io"}, subject: "organization:",
		ends: ":", form: "organization:?*:project:?*", public: true,
	},
	{
		name: "Buildkite", stranger: "organization", hosts: []string{"agent.buildkite.com"}, subject: "organization:", ends: ":",
		form: "organization:?*:pipeline:?*", public: true,
	},
	{
		name: "Vercel", stranger: "team", hosts: []string{"oidc.vercel.com"}, subject: "owner:", ends: ":",
		form: "owner:?*:project:?*:environment:?*", public: true,
	},
	{
		name: "Codefresh", stranger: "account", hosts: []string{"oidc.codefresh.io"}, subject: "account:", ends: ":",
		form: "account:?*:pipeline:?*", public: true,
	},
	{
		name: "the cluster", stranger: "service account", hosts: []string{"oidc.eks.*.amazonaws.com*/id/*"}, subject: "system:serviceaccount:",
		form: "system:serviceaccount:" + strangerName + ":" + strangerName,
	},
	{name: "Amazon Cognito", stranger: "identity pool", hosts: []string{
		"cognito-identity.amazonaws.com", "cognito-identity-us-gov.*",
		"cognito-identity.*",
	}, audience: true},
	{name: "Google", stranger: "application", hosts: []string{"accounts.google.com"}, audience: true},
	{name: "Facebook", stranger: "application", hosts: []string{"graph.facebook.com"}, audience: true},
	{name: "Login with Amazon", stranger: "application", hosts: []string{"www.amazon.com"}, audience: true},
	{stranger: "subject", hosts: []string{"*"}},
}

// audienceClaims hold the application that a token was made for.
var audienceClaims = []string{"aud", "azp", "oaud", "app_id"}

// openClaims are claims that do not say whose token it is: a stranger's can
// have what it likes there.
var openClaims = []string{
	"amr", "aud", "azp", "oaud", "exp", "iat", "nbf", "iss", "jti", "ref", "ref_type", "ref_path", "ref_protected", "sha", "head_ref",
	"base_ref",
	"environment", "environment_protected", "deployment_tier", "event_name", "workflow", "pipeline_source", "runner_environment", "run_id",
	"run_attempt", "terraform_run_phase",
}

const strangerName = "boundlint-stranger"

// JudgeProviders judges each identity provider that a statement names.
func JudgeProviders(a *holders.Account, p *lint.Pass, e *iam.Entity, s *policy.Statement) {
	if s.Principal == nil || s.Principal.Any {
		return
	}
	for _, entry := range s.Principal.Entries {
		if entry.Type != "Federated" {
			continue
		}
		host, ok := providerHost(entry.Text)
		if ok {
			judgeProvider(a, p, e, s, entry, host)
		}
	}
}

// providerHost is the address, without scheme, of the OpenID Connect provider
// that an entry under Federated names: empty where it is not known, false for
// a SAML provider.
func providerHost(x policy.Text) (policy.Text, bool) {
	arn, ok := policy.ParseARN(x)
	if !ok {
		if known, ok := x.Known(); ok {
			return x, strings.Contains(known, ".")
		}
		return policy.Text{}, true
	}
	const kind = "oidc-provider/"
	if !strings.HasPrefix(arn.Resource.Prefix(), kind) {
		return policy.Text{}, !arn.Resource.IsKnown() && !strings.HasPrefix(arn.Resource.Prefix(), "saml-provider")
	}
	parts := slices.Clone(arn.Resource.Parts())
	parts[0].Literal = strings.TrimPrefix(parts[0].Literal, kind)
	return policy.NewText(parts...), true
}

// issuerOf is what is known of the provider of that address. Of an address
// that is known at its start only it is certain where a cluster's is.
func issuerOf(host policy.Text) *issuer {
	known, ok := host.Known()
	if !ok {
		known = host.Prefix() + "." + host.Suffix()
	}
	for i := range issuers {
		for _, pattern := range issuers[i].hosts {
			if known != "" && (ok || strings.HasPrefix(known, "oidc.eks.")) && policy.GlobFold(pattern, known) {
				return &issuers[i]
			}
		}
	}
	return &issuers[len(issuers)-1]
}

func judgeProvider(a *holders.Account, p *lint.Pass, e *iam.Entity, s *policy.Statement, entry policy.Principal, host policy.Text) {
	by := issuerOf(host)
	ask := func(c *Caller) authz.Answer { return Ask(a, e, s, c) }
	answer := FirstAllowed(ask, by.strangers(e.Trust.Document, s, host, entry.Text))
	if !host.IsKnown() || host.IsEmpty() {
		answer = ofAnyIssuer(by, answer, func(other *issuer) authz.Answer {
			return FirstAllowed(ask, other.strangers(e.Trust.Document, s, host, entry.Text))
		}, entry.Text)
	}
	if answer.Verdict == authz.Denied {
		return
	}
	name := by.name
	if name == "" {
		name = host.String()
		if host.IsEmpty() {
			name = entry.Text.String()
		}
	}
	at, sub := claimRange(s, host, by.restricting())
	if at == (policy.Range{}) {
		at = entry.Range
	}
	f := Finding(e, s, at, answer, "a token of "+name)
	f.Key = "provider " + entry.Text.String()
	by.askClaim(&f, e, s, host)
	if f.Verdict == lint.Undetermined {
		f.Message = fmt.Sprintf("Whether any %s of %s can assume %s is not determined, because %s.", by.stranger, name, phrase.Entity(e),
			holders.Because(answer.Reasons))
		p.Report(f)
		return
	}
	switch {
	case !sub:
		f.Message = fmt.Sprintf("Any %s of %s can assume %s: no condition on %s says which.", by.stranger, name, phrase.Entity(e),
			by.claimName(host))
	default:
		f.Message = fmt.Sprintf("Any %s of %s can assume %s: its condition on %s takes strangers, such as %s.",
			by.stranger, name, phrase.Entity(e), by.claimName(host), strangersClaim(answer.Witness, by.restricting()))
	}
	p.Report(f)
}

// ofAnyIssuer is the answer for a provider whose address is not wholly known:
// what holds for one kind of providers and not for another is not determined.
func ofAnyIssuer(by *issuer, answer authz.Answer, of func(*issuer) authz.Answer, provider policy.Text) authz.Answer {
	if by != &issuers[len(issuers)-1] {
		return answer
	}
	for i := range issuers[:len(issuers)-1] {
		other := of(&issuers[i])
		if other.Verdict != answer.Verdict {
			hidden := authz.Reason{Text: "the provider " + provider.String() + " is not known"}
			return authz.Answer{Verdict: authz.Undetermined, Reasons: []authz.Reason{hidden}}
		}
	}
	return answer
}

// restricting is the claim that says whose token it is.
func (by *issuer) restricting() string {
	switch {
	case by.name == "Facebook" || by.name == "Login with Amazon":
		return "app_id"
	case by.audience:
		return "aud"
	}
	return "sub"
}

func (by *issuer) claimName(host policy.Text) string {
	if host.IsEmpty() {
		return "the subject"
	}
	return host.String() + ":" + by.restricting()
}

// askClaim asks for the claim that says whose token it is, in the place of what the
// statement asks of it now.
func (by *issuer) askClaim(f *lint.Finding, e *iam.Entity, s *policy.Statement, host policy.Text) {
	AskInTrust(f, e, s, "Ask for what is meant, in a condition", by.condition(host))
}

// AskInTrust has a finding about a trust policy fixed by a condition, in the
// place of what the statement asks of its key now.
func AskInTrust(f *lint.Finding, e *iam.Entity, s *policy.Statement, lead string, asked policy.Condition) {
	w := &phrase.StatementWriter{Form: e.Trust.Form, Reference: func(policy.Text) (string, bool) { return "", false }}
	f.Remediation = lead + ":\n\n" + w.ConditionOf(&asked)
	if !asked.Key.IsKnown() || strings.HasPrefix(asked.Key.String(), "<") {
		return
	}
	changed := *s
	changed.Condition = []policy.Condition{asked}
	for _, c := range s.Condition {
		if key, ok := c.Key.Known(); !ok || !strings.EqualFold(key, asked.Key.String()) {
			changed.Condition = append(changed.Condition, c)
		}
	}
	f.Fix = &lint.Fix{Address: e.Address, Replaced: s, Statements: []*policy.Statement{&changed}, Example: true}
}

// condition asks for the claim that says whose token it is, with an example of
// its value.
func (by *issuer) condition(host policy.Text) policy.Condition {
	key := policy.Literal("<provider>:sub")
	if !host.IsEmpty() {
		key = policy.Concat(host, policy.Literal(":"+by.restricting()))
	}
	example := map[string]string{
		"repo:": "repo:my-org/my-repo:ref:refs/heads/main", "project_path:": "project_path:my-group/my-project:ref_type:branch:ref:main",
		"organization:":          "organization:my-org:project:my-project:workspace:my-workspace:run_phase:apply",
		"owner:":                 "owner:my-team:project:my-project:environment:production",
		"account:":               "account:my-account-id:pipeline:my-pipeline-id",
		"system:serviceaccount:": "system:serviceaccount:my-namespace:my-service-account",
	}[by.subject]
	switch {
	case by.name == "Buildkite":
		example = "organization:my-org:pipeline:my-pipeline:*"
	case by.audience:
		example = "the id of your application"
	case example == "":
		example = "the subject that is meant"
	}
	operator := "StringEquals"
	if strings.HasSuffix(example, "*") {
		operator = "StringLike"
	}
	return policy.Condition{Operator: policy.Literal(operator), Key: key, Values: []policy.Element{{Text: policy.Literal(example)}}}
}

// strangersClaim is the claim in the token that was found.
func strangersClaim(w *authz.Witness, claim string) string {
	if w != nil {
		if v, ok := w.Value(claimKey + claim); ok {
			return v.String()
		}
	}
	return "any"
}

// claimOf is the claim that a condition key holds for a provider: of another
// provider's it is a claim that no token of this one has.
func claimOf(key, host policy.Text) (string, bool) {
	const foreign = "of another provider"
	known, ok := key.Known()
	if !ok {
		// <provider>:sub, with something hidden in the provider's address.
		tail := key.Suffix()
		if i := strings.LastIndexByte(tail, ':'); i >= 0 {
			return tail[i+1:], true
		}
		return "", false
	}
	if at, ok := host.Known(); ok && at != "" && len(known) > len(at)+1 && strings.EqualFold(known[:len(at)+1], at+":") {
		return strings.ToLower(known[len(at)+1:]), true
	}
	prefix, claim, found := strings.Cut(known, ":")
	if !found || !strings.Contains(prefix, ".") {
		return "", false
	}
	if _, ok := host.Known(); ok && !host.IsEmpty() {
		return foreign, true
	}
	return strings.ToLower(claim), true
}

// claimRange is where a statement asks for the claim.
func claimRange(s *policy.Statement, host policy.Text, claim string) (policy.Range, bool) {
	for _, c := range s.Condition {
		if of, ok := claimOf(c.Key, host); ok && of == claim {
			return c.Range, true
		}
	}
	return policy.Range{}, false
}

// strangers are holders of tokens that the provider gives to a principal that
// the statement does not name: with the claims that it may leave out, and
// without.
func (by *issuer) strangers(trust *policy.Document, s *policy.Statement, host, provider policy.Text) []*Caller {
	base := []authz.KeyConstraint{by.subjects(trust, host)}
	var optional []string
	for _, c := range s.Condition {
		claim, ok := claimOf(c.Key, host)
		switch {
		case !ok || claim == "sub" || slices.Contains(optional, claim):
		case slices.Contains(audienceClaims, claim) && by.audience:
			base = append(base, Only(claimKey+claim, strangerName))
		case claim == "aud":
			base = append(base, authz.KeyConstraint{Key: claimKey + claim, Present: true})
		case claim == "of another provider":
			base = append(base, Absent(claimKey+claim))
		case !slices.Contains(openClaims, claim):
			optional = append(optional, claim)
		}
	}
	variants := [][]authz.KeyConstraint{base}
	if len(optional) > 0 {
		with, without := slices.Clone(base), slices.Clone(base)
		for _, claim := range optional {
			with = append(with, Only(claimKey+claim, strangerName))
			without = append(without, Absent(claimKey+claim))
		}
		variants = [][]authz.KeyConstraint{with, without}
	}
	var out []*Caller
	for _, v := range variants {
		out = append(out, &Caller{
			Kind: authz.KindFederated, Action: "sts:AssumeRoleWithWebIdentity", Account: OutsideAccount, Keys: v,
			Named: func(p policy.Principal) bool { return p.Type == "Federated" && p.Text.Equal(provider) },
			claim: func(key policy.Text) (string, bool) { return claimOf(key, host) },
		})
	}
	return out
}

// subjects are those of strangers: of owners whom no statement of the trust
// policy names, be it an allow or a deny of all others.
func (by *issuer) subjects(trust *policy.Document, host policy.Text) authz.KeyConstraint {
	if by.form == "" {
		return Only(claimKey+"sub", strangerName)
	}
	k := Only(claimKey+"sub", by.form)
	if !by.public {
		return k
	}
	for _, claim := range by.claims {
		k.In = append(k.In, policy.Literal(claim+":?*"))
	}
	for _, claim := range by.owned {
		k.NotIn = append(k.NotIn, policy.Literal("*:"+claim+":*"))
	}
	for _, subject := range by.impossible {
		k.NotIn = append(k.NotIn, policy.Literal(subject))
	}
	for _, s := range trust.Statements {
		for _, c := range s.Condition {
			if claim, ok := claimOf(c.Key, host); !ok || claim != "sub" {
				continue
			}
			for _, v := range c.Values {
				if owner, ok := by.owner(v.Text); ok {
					k.NotIn = append(k.NotIn, owner)
				}
			}
		}
	}
	return k
}

// owner is the pattern of all subjects of the owner that a value pins; false
// where it pins none.
func (by *issuer) owner(x policy.Text) (policy.Text, bool) {
	if !strings.HasPrefix(x.Prefix(), by.subject) {
		return policy.Text{}, false
	}
	var parts []policy.Part
	for i, part := range x.Parts() {
		if part.Symbol != nil {
			parts = append(parts, part)
			continue
		}
		literal, from := part.Literal, 0
		if i == 0 {
			from = len(by.subject)
		}
		end := strings.IndexAny(literal[from:], by.ends)
		if end >= 0 {
			literal = literal[:from+end+1]
		}
		if strings.ContainsAny(literal, "*?") {
			return policy.Text{}, false
		}
		parts = append(parts, policy.Part{Literal: literal})
		if end >= 0 {
			return policy.NewText(append(parts, policy.Part{Literal: "*"})...), true
		}
	}
	return policy.Text{}, false
}
