package config

import (
	_ "embed"
	"slices"
)

//go:embed template.hcl
var template []byte

// Template is a configuration file that says nothing: everything in it is a
// comment, and shows the defaults and what can be written.
func Template() []byte { return slices.Clone(template) }
