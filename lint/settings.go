package lint

import (
	"time"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// Settings are the house rules: what .boundlint.hcl says. The zero value and
// nil are the defaults.
type Settings struct {
	// File is the configuration file, "" for none.
	File      string
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
	// Exclude are globs of directories that are not searched for roots.
	Exclude []string
	// Strict keeps the severity of undetermined findings.
	Strict bool
	// Today is the day exemptions are judged by.
	Today time.Time
}

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
	Location  iam.Location
}

// Naming is a naming block for one resource type.
type Naming struct {
	Type string
	// Name and Path are a glob, or regex: and a regular expression; "" where
	// nothing is asked.
	Name, Path string
	Location   iam.Location
}

// Trusted is a trusted block: an entity that is not judged as an actor.
type Trusted struct {
	Pattern, Reason string
	Location        iam.Location
}

// RuleSetting is a rule block.
type RuleSetting struct {
	ID       string
	Enabled  *bool
	Severity *Severity
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

// NamingFor returns what is asked of the names of a resource type.
func (s *Settings) NamingFor(resourceType string) (Naming, bool) {
	for _, n := range s.Naming {
		if n.Type == resourceType {
			return n, true
		}
	}
	for _, n := range DefaultNaming {
		if n.Type == resourceType {
			return n, true
		}
	}
	return Naming{}, false
}

// IsTrusted reports whether a trusted block names the entity by address, ARN
// or name.
func (s *Settings) IsTrusted(e *iam.Entity) bool {
	for _, t := range s.Trusted {
		if MatchesEntity(t.Pattern, e) {
			return true
		}
	}
	return false
}

// MatchesEntity reports whether the pattern, globs allowed, is the entity's
// address, its ARN or its name.
func MatchesEntity(pattern string, e *iam.Entity) bool {
	if policy.Glob(pattern, e.Address) {
		return true
	}
	if arn, ok := e.ARN.Known(); ok && arn != "" && policy.Glob(pattern, arn) {
		return true
	}
	name, ok := e.Name.Known()
	return ok && policy.Glob(pattern, name)
}
