// Package rules holds what boundlint checks: one rule a file, each data and
// one function over a lint.Pass. [All] lists them; none registers itself.
// The pages beside the files are made of the rules' documentation and of
// their fixtures.
package rules

//go:generate go run ../cmd/rulepages -root ..
