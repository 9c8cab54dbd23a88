package config

import "github.com/hashicorp/hcl/v2"

// The types below are the syntax of a file of policy tests.

type testFile struct {
	Tests    []testBlock   `hcl:"test,block"`
	Entities []entityBlock `hcl:"entity,block"`
}

type testBlock struct {
	Name         string             `hcl:"name,label"`
	At           hcl.Range          `hcl:",def_range"`
	As           *hcl.Attribute     `hcl:"as,optional"`
	Undetermined *hcl.Attribute     `hcl:"undetermined,optional"`
	CannotReach  *hcl.Attribute     `hcl:"cannot_reach,optional"`
	Deny         []expectationBlock `hcl:"deny,block"`
	Allow        []expectationBlock `hcl:"allow,block"`
	Reach        []expectationBlock `hcl:"cannot_reach,block"`
}

type expectationBlock struct {
	Action       string         `hcl:"action,label"`
	At           hcl.Range      `hcl:",def_range"`
	LabelAt      hcl.Range      `hcl:"action,label_range"`
	Resource     *hcl.Attribute `hcl:"resource,optional"`
	NotResource  *hcl.Attribute `hcl:"not_resource,optional"`
	With         *hcl.Attribute `hcl:"with,optional"`
	Unless       *hcl.Attribute `hcl:"unless,optional"`
	Every        *hcl.Attribute `hcl:"every,optional"`
	Undetermined *hcl.Attribute `hcl:"undetermined,optional"`
}

type entityBlock struct {
	Name     string         `hcl:"name,label"`
	At       hcl.Range      `hcl:",def_range"`
	LabelAt  hcl.Range      `hcl:"name,label_range"`
	Kind     *hcl.Attribute `hcl:"kind,optional"`
	Path     *hcl.Attribute `hcl:"path,optional"`
	Tags     *hcl.Attribute `hcl:"tags,optional"`
	Policies *hcl.Attribute `hcl:"policies,optional"`
	Boundary *hcl.Attribute `hcl:"boundary,optional"`
}
