package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
)

// kinds are the kinds of inputs that are judged as one, besides directories,
// in the order in which they are counted, with what one and several are called.
var kinds = []struct {
	kind      iam.InputKind
	one, many string
}{
	{iam.InputPlan, "plan", "plans"},
	{iam.InputState, "state", "states"},
	{iam.InputAccount, "account", "accounts"},
}

// The names of what was not looked at that a sentence has: up to so many of
// each kind, all of them, or none.
const (
	someNames naming = shown
	allNames  naming = -1
	noNames   naming = 0
)

// CoverageLine says in one line what was looked at in the inputs of a report,
// and names what was not.
func CoverageLine(r *lint.Report) string {
	return "coverage: " + coverageOf(r.Coverage, r.Inputs, someNames)
}

func coverageOf(c lint.CoverageSum, inputs []lint.InputSummary, n naming) string {
	var parts []string
	if c.Directories > 0 {
		part := phrase.Count(c.Directories, "directory", "directories") + " with configuration"
		if c.Unread > 0 {
			part += fmt.Sprintf(", %d not judged", c.Unread) + n.of(inputs, false, func(c *lint.Coverage) []string { return c.Unread })
		}
		parts = append(parts, part)
	}
	parts = append(parts, judged(c.Roots, inputs)+" judged")
	if c.Calls > 0 {
		part := phrase.Count(c.Calls-c.Unfollowed, "module call", "module calls") + " followed"
		if c.Unfollowed > 0 {
			part += fmt.Sprintf(", %d not", c.Unfollowed) + n.of(inputs, true, func(c *lint.Coverage) []string { return c.Unfollowed })
		}
		parts = append(parts, part)
	}
	if c.Stacks > 0 {
		part := phrase.Count(c.Stacks, "CloudFormation stack", "CloudFormation stacks") + " not looked into"
		parts = append(parts, part+n.of(inputs, true, func(c *lint.Coverage) []string { return c.Stacks }))
	}
	if c.Empty > 0 {
		parts = append(parts, phrase.Count(c.Empty, "block", "blocks")+" with no instance")
	}
	var unseen []string
	if c.Policies > 0 {
		unseen = append(unseen, phrase.Count(c.Policies, "policy", "policies")+
			n.of(inputs, false, func(c *lint.Coverage) []string { return c.Policies }))
	}
	if c.Boundaries > 0 {
		unseen = append(unseen, phrase.Count(c.Boundaries, "boundary", "boundaries")+
			n.of(inputs, false, func(c *lint.Coverage) []string { return c.Boundaries }))
	}
	if len(unseen) > 0 {
		parts = append(parts, strings.Join(unseen, " and ")+" without a known document")
	}
	return clean(strings.Join(parts, "; "))
}

// judged counts what was judged, by its kind.
func judged(roots int, inputs []lint.InputSummary) string {
	var counts []string
	if roots > 0 {
		counts = append(counts, phrase.Count(roots, "root module", "root modules"))
	}
	for _, k := range kinds {
		n := 0
		for i := range inputs {
			if inputs[i].Kind == k.kind {
				n++
			}
		}
		if n > 0 {
			counts = append(counts, phrase.Count(n, k.one, k.many))
		}
	}
	if len(counts) == 0 {
		return "nothing"
	}
	return enumerate(counts)
}

// naming is how many names of a list are written.
type naming int

// of writes the names of a list of all inputs, each once; those that are
// addresses after the path of their input, where there are several.
func (n naming) of(inputs []lint.InputSummary, addresses bool, list func(*lint.Coverage) []string) string {
	if n == noNames {
		return ""
	}
	var names []string
	for i := range inputs {
		for _, name := range list(&inputs[i].Coverage) {
			if addresses && len(inputs) > 1 {
				name = inputs[i].Path + ": " + name
			}
			names = append(names, name)
		}
	}
	names = slices.Compact(slices.Sorted(slices.Values(names)))
	if len(names) == 0 { // a report of an earlier version
		return ""
	}
	return " (" + n.some(names) + ")"
}

// jsonCoverage is what was looked at: of one input by name, of the report in
// numbers.
type (
	jsonCoverage struct {
		Roots           int      `json:"roots"`
		Directories     []string `json:"directories"`
		NotJudged       []string `json:"directoriesNotJudged"`
		ModuleCalls     int      `json:"moduleCalls"`
		NotFollowed     []string `json:"moduleCallsNotFollowed"`
		Stacks          []string `json:"stacksNotFollowed"`
		WithoutInstance []string `json:"blocksWithoutInstance"`
		Policies        []string `json:"policiesWithoutDocument"`
		Boundaries      []string `json:"boundariesWithoutDocument"`
	}
	jsonCoverageSum struct {
		Roots           int  `json:"roots"`
		Directories     int  `json:"directories"`
		NotJudged       int  `json:"directoriesNotJudged"`
		ModuleCalls     int  `json:"moduleCalls"`
		NotFollowed     int  `json:"moduleCallsNotFollowed"`
		Stacks          int  `json:"stacksNotFollowed"`
		WithoutInstance int  `json:"blocksWithoutInstance"`
		Policies        int  `json:"policiesWithoutDocument"`
		Boundaries      int  `json:"boundariesWithoutDocument"`
		Complete        bool `json:"complete"`
	}
)

func encodeCoverage(c *lint.Coverage) *jsonCoverage {
	list := func(names []string) []string { return append([]string{}, names...) }
	return &jsonCoverage{
		Roots: c.Roots, Directories: list(c.Directories), NotJudged: list(c.Unread),
		ModuleCalls: c.Calls, NotFollowed: list(c.Unfollowed), Stacks: list(c.Stacks), WithoutInstance: list(c.Empty),
		Policies: list(c.Policies), Boundaries: list(c.Boundaries),
	}
}

// decodeCoverage is the inverse; a report of an earlier version has none.
func decodeCoverage(c *jsonCoverage) lint.Coverage {
	if c == nil {
		return lint.Coverage{}
	}
	return lint.Coverage{
		Roots: c.Roots, Directories: c.Directories, Unread: c.NotJudged, Calls: c.ModuleCalls, Unfollowed: c.NotFollowed,
		Stacks: c.Stacks, Empty: c.WithoutInstance, Policies: c.Policies, Boundaries: c.Boundaries,
	}
}

func encodeSum(c lint.CoverageSum) *jsonCoverageSum {
	return &jsonCoverageSum{
		Roots: c.Roots, Directories: c.Directories, NotJudged: c.Unread,
		ModuleCalls: c.Calls, NotFollowed: c.Unfollowed, Stacks: c.Stacks, WithoutInstance: c.Empty,
		Policies: c.Policies, Boundaries: c.Boundaries, Complete: c.Complete(),
	}
}

func decodeSum(c *jsonCoverageSum) lint.CoverageSum {
	if c == nil {
		return lint.CoverageSum{}
	}
	return lint.CoverageSum{
		Roots: c.Roots, Directories: c.Directories, Unread: c.NotJudged, Calls: c.ModuleCalls, Unfollowed: c.NotFollowed,
		Stacks: c.Stacks, Empty: c.WithoutInstance, Policies: c.Policies, Boundaries: c.Boundaries,
	}
}
