package lint

import (
	"slices"
	"strings"
	"time"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// Settings are the configuration: what .boundlint.hcl says. The zero value and
// nil are the defaults.
type Settings struct {
	// File is the configuration file, "" for none; Digest is the SHA-256 of its
	// content, in hexadecimal.
	File, Digest string
	// Documents are the files that the configuration names, in the order of
	// their names there.
	Documents []FileDigest
	AccountID string
	// Preset is "default" or "audit".
	Preset     string
	Boundaries []ApprovedBoundary
	Naming     []Naming
	Trusted    []Trusted
	Rules      []RuleSetting
	Exemptions []Exemption
	// OrganizationPolicies are the documents of organization_policies.
	OrganizationPolicies []*iam.OrganizationPolicy
	// Deployers are who applies the configurations, and DeployersFrom the models
	// in which those are looked for that the configuration names alone, beside
	// the input itself.
	Deployers     []Deployer
	DeployersFrom []*iam.Model
	// Exclude are globs of directories that are not searched for roots.
	Exclude []string
	// Workspaces are those that root modules are judged in, each by itself,
	// where nothing else names one.
	Workspaces []string
	// Strict keeps the severity of undetermined findings.
	Strict bool
	// Today is the day exemptions are judged by.
	Today time.Time

	// At are the places of the attributes at the top, by their names.
	At map[string]iam.Location
	// Locked and Allowed are what an organisation's policy says of the
	// configurations of repositories: whether they may loosen anything, and what
	// they may leave out.
	Locked  bool
	Allowed []Allowance
	// Policies are the policies that hold beside the configuration, Own is the
	// configuration as it is written, and Refused is what it tries although a policy
	// forbids it. They are set where there are policies.
	Policies []*Settings
	Own      *Settings
	Refused  []Loosening
	// StandIns are the rules that say nothing where another one reports, by that
	// one.
	StandIns map[string][]string
	// Topics are those of the rules that have one, by rule. They are set where there are
	// policies.
	Topics map[string]Topic
}

// Written is the configuration as it is written, without policies.
func (s *Settings) Written() *Settings {
	if s.Own != nil {
		return s.Own
	}
	return s
}

// IsOfPolicy reports whether a place is in a policy and not in the configuration.
func (s *Settings) IsOfPolicy(at iam.Location) bool {
	return slices.ContainsFunc(s.Policies, func(p *Settings) bool { return p.File == at.File })
}

// FileDigest is a file that was read and the SHA-256 of its content.
type FileDigest struct{ File, Digest string }

// ApprovedBoundary is a boundary block: what is approved, and for whom.
type ApprovedBoundary struct {
	Name string
	// ARNs are exact or glob patterns of ARNs; References are references as
	// they stand in configuration: aws_iam_policy.boundary.
	ARNs, References []string
	// Document is the boundary's document where it is managed elsewhere.
	Document *iam.Document
	// AppliesTo are globs of entity names; empty for all.
	AppliesTo []string
	// Locked is set in a policy where repositories may approve no other, nor loosen
	// the rules of [BoundaryTopic].
	Locked   bool
	Location iam.Location
}

// Naming is a naming block for one resource type.
type Naming struct {
	Type string
	// Name and Path are a glob, or regex: and a regular expression; "" where
	// nothing is asked.
	Name, Path string
	// Locked is set in a policy where repositories may ask for nothing else, nor loosen
	// the rules of [NamingTopic].
	Locked   bool
	Location iam.Location
}

// Trusted is a trusted block: an entity that is not judged as an actor.
type Trusted struct {
	Pattern, Reason string
	Location        iam.Location
}

// Deployer is a deployer block: who applies the configuration.
type Deployer struct {
	// Name is its ARN, or the address, ARN or name of an entity of the input.
	Name string
	// Policies are its identity-based policies, ManagedPolicies those of AWS's
	// among them, by ARN. Where there are none of either, it is an entity that an
	// input declares, with the policies that it has there.
	Policies        []*iam.Document
	ManagedPolicies []string
	// Boundary is its permissions boundary, ManagedBoundary the ARN of one of
	// AWS's that is; nil and "" for none.
	Boundary        *iam.Document
	ManagedBoundary string
	// Providers are the provider configurations for which it applies ("aws",
	// "aws.west"); none where it applies for all that no other one does.
	Providers []string
	Location  iam.Location
}

// IsDescribed reports whether the configuration gives its policies.
func (d *Deployer) IsDescribed() bool { return len(d.Policies)+len(d.ManagedPolicies) > 0 }

// FloorOf is the least severity that findings of a rule have.
func (s *Settings) FloorOf(id string) (Severity, bool) {
	for _, set := range s.Rules {
		if set.ID == id && set.Floor != nil {
			return *set.Floor, true
		}
	}
	return Note, false
}

// RuleSetting is a rule block.
type RuleSetting struct {
	ID       string
	Enabled  *bool
	Severity *Severity
	// Floor is the least severity of its findings, where a repository raises that of
	// a policy; nil for none.
	Floor *Severity
	// Locked is set in a policy where repositories may neither turn the rule off
	// nor lower its severity.
	Locked   bool
	Location iam.Location
}

// Exemption is an exempt block.
type Exemption struct {
	Pattern string
	Rules   []string
	Reason  string
	// Until is the last day on which it holds; zero for ever.
	Until    time.Time
	Location iam.Location
}

// DefaultNaming holds where the configuration has no naming block for a type.
var DefaultNaming = []Naming{{Type: "aws_iam_role", Name: "app-*"}, {Type: "aws_iam_user", Name: "app-*"}}

// NamingFor returns what is asked of the names of a resource type. A block
// takes the place of the default, and what it leaves out is not asked for.
func (s *Settings) NamingFor(resourceType string) (Naming, bool) {
	byDefault := slices.IndexFunc(DefaultNaming, func(n Naming) bool { return n.Type == resourceType })
	for _, n := range s.Naming {
		if n.Type == resourceType {
			return n, true
		}
	}
	if byDefault >= 0 {
		return DefaultNaming[byDefault], true
	}
	return Naming{}, false
}

// EnabledByDefault reports whether a rule is to run where no block says
// otherwise.
func (s *Settings) EnabledByDefault(r *Rule) bool { return !r.OffByDefault || s.Preset == AuditPreset }

// Enabled reports whether a rule is to run.
func (s *Settings) Enabled(r *Rule) bool {
	on := s.EnabledByDefault(r)
	for _, set := range s.Rules {
		if set.ID == r.ID && set.Enabled != nil {
			on = *set.Enabled
		}
	}
	return on
}

// AuditPreset turns on the rules that are off by default.
const AuditPreset = "audit"

// SeverityOf is the severity that the configuration gives a rule.
func (s *Settings) SeverityOf(id string) (Severity, bool) {
	for _, set := range s.Rules {
		if set.ID == id && set.Severity != nil {
			return *set.Severity, true
		}
	}
	return Note, false
}

// Hints are what the settings say about where an input is deployed.
func (s *Settings) Hints() iam.Hints {
	h := iam.Hints{Account: s.AccountID}
	for _, b := range s.Boundaries {
		h.Boundaries = append(h.Boundaries, b.ARNs...)
	}
	return h
}

// IsTrusted reports whether a trusted block names the entity by address, ARN
// or name.
func (s *Settings) IsTrusted(e *iam.Entity) bool {
	return slices.ContainsFunc(s.Trusted, func(t Trusted) bool {
		if !MatchesEntity(t.Pattern, e) {
			return false
		}
		_, refused := s.RefusesTrust(&t, e)
		return !refused
	})
}

// RefusesTrust reports whether a policy forbids that an entity is trusted.
func (s *Settings) RefusesTrust(t *Trusted, e *iam.Entity) (Refusal, bool) {
	if len(s.Policies) == 0 || s.IsOfPolicy(t.Location) {
		return Refusal{}, false
	}
	arn, _ := e.ARN.Known()
	name, _ := e.Name.Known()
	return s.Refuses(Exception{Rule: EveryRule, Reason: t.Reason}, &Subject{e.Address, arn, name})
}

// MatchesEntity reports whether the pattern, globs allowed, is the entity's
// address, its ARN or its name. A permission set also goes by the name of the role that
// it is in an account, and that role by the name of the set.
func MatchesEntity(pattern string, e *iam.Entity) bool {
	arn, _ := e.ARN.Known()
	name, _ := e.Name.Known()
	if MatchesSubject(pattern, e.Address, arn, name) {
		return true
	}
	if set, ok := e.ProvisionedSet(); ok {
		return MatchesSubject(pattern, e.Address, arn, set)
	}
	return e.Kind == iam.PermissionSet && arn != "" && MatchesSubject(pattern, e.Address, arn, arn[strings.LastIndexByte(arn, '/')+1:])
}

// MatchesSubject compares a pattern with what a resource is called by. The
// address of a module or of a resource with several instances also stands for
// all that is in it, as in terraform's -target.
func MatchesSubject(pattern, address, arn, name string) bool {
	switch {
	case policy.Glob(pattern, address), policy.Glob(pattern+".*", address), policy.Glob(pattern+"[*", address):
		return address != ""
	case arn != "" && policy.Glob(pattern, arn):
		return true
	}
	return name != "" && policy.Glob(pattern, name)
}
