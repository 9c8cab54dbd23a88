package config

import "github.com/hashicorp/hcl/v2"

// The types below are the syntax of the file, for gohcl. Attributes are kept
// as such rather than decoded, because every fault in a value is reported at
// the value.

type file struct {
	AccountID            *hcl.Attribute `hcl:"account_id,optional"`
	Preset               *hcl.Attribute `hcl:"preset,optional"`
	Exclude              *hcl.Attribute `hcl:"exclude,optional"`
	OrganizationPolicies *hcl.Attribute `hcl:"organization_policies,optional"`
	Workspaces           *hcl.Attribute `hcl:"workspaces,optional"`

	Boundaries []boundaryBlock `hcl:"boundary,block"`
	Naming     []namingBlock   `hcl:"naming,block"`
	Trusted    []trustedBlock  `hcl:"trusted,block"`
	Deployers  []deployerBlock `hcl:"deployer,block"`
	Rules      []ruleBlock     `hcl:"rule,block"`
	Exemptions []exemptBlock   `hcl:"exempt,block"`

	// These two stand in a policy alone.
	Locked  *hcl.Attribute `hcl:"locked,optional"`
	Allowed []allowBlock   `hcl:"allow_exempt,block"`
}

type allowBlock struct {
	Rule     string         `hcl:"rule,label"`
	At       hcl.Range      `hcl:",def_range"`
	LabelAt  hcl.Range      `hcl:"rule,label_range"`
	MaxDays  *hcl.Attribute `hcl:"max_days,optional"`
	Require  *hcl.Attribute `hcl:"require,optional"`
	Entities *hcl.Attribute `hcl:"entities,optional"`
}

type boundaryBlock struct {
	Name      string         `hcl:"name,label"`
	At        hcl.Range      `hcl:",def_range"`
	ARNs      *hcl.Attribute `hcl:"arns,optional"`
	Refs      *hcl.Attribute `hcl:"references,optional"`
	Document  *hcl.Attribute `hcl:"document,optional"`
	AppliesTo *hcl.Attribute `hcl:"applies_to,optional"`
	Locked    *hcl.Attribute `hcl:"locked,optional"`
}

type namingBlock struct {
	Type    string         `hcl:"type,label"`
	At      hcl.Range      `hcl:",def_range"`
	LabelAt hcl.Range      `hcl:"type,label_range"`
	Name    *hcl.Attribute `hcl:"name,optional"`
	Path    *hcl.Attribute `hcl:"path,optional"`
	Locked  *hcl.Attribute `hcl:"locked,optional"`
}

type trustedBlock struct {
	Pattern string         `hcl:"pattern,label"`
	At      hcl.Range      `hcl:",def_range"`
	Reason  *hcl.Attribute `hcl:"reason,optional"`
}

type deployerBlock struct {
	Name      string         `hcl:"name,label"`
	At        hcl.Range      `hcl:",def_range"`
	LabelAt   hcl.Range      `hcl:"name,label_range"`
	Policies  *hcl.Attribute `hcl:"policies,optional"`
	Boundary  *hcl.Attribute `hcl:"boundary,optional"`
	Providers *hcl.Attribute `hcl:"providers,optional"`
}

type ruleBlock struct {
	ID       string         `hcl:"id,label"`
	At       hcl.Range      `hcl:",def_range"`
	LabelAt  hcl.Range      `hcl:"id,label_range"`
	Enabled  *hcl.Attribute `hcl:"enabled,optional"`
	Severity *hcl.Attribute `hcl:"severity,optional"`
	Locked   *hcl.Attribute `hcl:"locked,optional"`
}

type exemptBlock struct {
	Pattern string         `hcl:"pattern,label"`
	At      hcl.Range      `hcl:",def_range"`
	Rules   *hcl.Attribute `hcl:"rules,optional"`
	Reason  *hcl.Attribute `hcl:"reason,optional"`
	Until   *hcl.Attribute `hcl:"until,optional"`
}
