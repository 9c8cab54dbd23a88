package linttest

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
)

// onlyPlanned are the rules that only a plan can break.
var onlyPlanned = []string{"boundary-removed", "boundary-changed", "input-incomplete"}

// checkJoined holds a plan that is joined with its configuration to what the
// configuration alone gives: the same verdicts on the same lines, but for what
// only a plan can know.
func checkJoined(t *testing.T, c Case, e *exceptions, hcl, joined *lint.Report) {
	t.Helper()
	here, there := verdicts(hcl), verdicts(joined)
	for _, v := range ordered(there) {
		if !here[v] && !slices.Contains(onlyPlanned, v.rule) && !e.only[Joined][v] {
			t.Errorf("the plan joined with the configuration gives what the configuration does not: %s", v)
		}
	}
	for _, v := range ordered(here) {
		if !there[v] && !standsIn(there, v) {
			t.Errorf("the plan joined with the configuration does not give what the configuration does: %s", v)
		}
	}
	places := map[verdictOf][]string{}
	for _, f := range all(hcl) {
		v := verdictOf{f.Rule, f.Address, f.Verdict}
		places[v] = append(places[v], placeIn(c, f.Location))
	}
	for _, f := range all(joined) {
		v := verdictOf{f.Rule, f.Address, f.Verdict}
		place := placeIn(c, f.Location)
		if here[v] && !slices.Contains(places[v], place) {
			t.Errorf("the plan joined with the configuration shows %s at %q, and the configuration at %s", v, place, strings.Join(places[v], ", "))
		}
		if place == "" && !slices.Contains(onlyPlanned, v.rule) && !here[v] {
			t.Errorf("the plan joined with the configuration does not show where %s is", v)
		}
	}
}

// standsIn reports whether boundary-removed stands in for a verdict.
func standsIn(there map[verdictOf]bool, v verdictOf) bool {
	return (v.rule == "boundary-missing" || v.rule == "boundary-not-approved") &&
		there[verdictOf{"boundary-removed", v.address, lint.Violation}]
}

func ordered(set map[verdictOf]bool) []verdictOf {
	return slices.SortedFunc(maps.Keys(set), func(a, b verdictOf) int { return strings.Compare(a.String(), b.String()) })
}
