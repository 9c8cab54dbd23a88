package policy

import "testing"

// TestTruth holds the tables of Kleene's three-valued logic.
func TestTruth(t *testing.T) {
	all := []Truth{False, Maybe, True}
	and := [3][3]Truth{{False, False, False}, {False, Maybe, Maybe}, {False, Maybe, True}}
	or := [3][3]Truth{{False, Maybe, True}, {Maybe, Maybe, True}, {True, True, True}}
	for i, x := range all {
		for j, y := range all {
			if x.And(y) != and[i][j] || x.Or(y) != or[i][j] {
				t.Errorf("%d and %d: and %d, or %d", x, y, x.And(y), x.Or(y))
			}
			if got := x.Not().Or(y.Not()).Not(); got != x.And(y) {
				t.Errorf("not (not %d or not %d) is %d", x, y, got)
			}
		}
	}
	if zero := Truth(0); zero != Maybe || TruthOf(true) != True || TruthOf(false) != False {
		t.Error("the values are not what they are called")
	}
}
