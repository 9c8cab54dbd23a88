package escalation

import (
	"slices"
	"testing"
)

func setOf(n int, members ...int) set {
	s := newSet(n)
	s.addAll(members)
	return s
}

func (s set) list(n int) []int {
	var out []int
	s.each(n, func(i int) bool {
		out = append(out, i)
		return true
	})
	return out
}

// TestSets: what is in both, in either and in all of some sets, with sets of all
// among them, below a number that fills its last word and one that does not.
func TestSets(t *testing.T) {
	t.Parallel()
	all := set{all: true}
	for _, n := range []int{128, 130} {
		x, y := setOf(n, 1, 64, 127), setOf(n, 2, 64)
		for name, c := range map[string]struct {
			got  set
			want []int
		}{
			"either":            {x.or(y), []int{1, 2, 64, 127}},
			"one or all":        {x.or(all), all.clone(n).list(n)},
			"one or none":       {x.or(set{}), []int{1, 64, 127}},
			"none or one":       {set{}.or(x), []int{1, 64, 127}},
			"both":              {meet(n, []set{x, y}), []int{64}},
			"both of two":       {meet(n, []set{x, all}), []int{1, 64, 127}},
			"nothing in common": {meet(n, []set{setOf(n, 1), y}), nil},
			"one and none":      {meet(n, []set{x, {}}), nil},
		} {
			if got := c.got.list(n); !slices.Equal(got, c.want) {
				t.Errorf("%s of %d: %v, want %v", name, n, got, c.want)
			}
		}
		if got := all.clone(n).list(n + 64); len(got) != n {
			t.Errorf("%d of %d", len(got), n)
		}
		if !slices.Equal(x.list(n), []int{1, 64, 127}) || !slices.Equal(y.list(n), []int{2, 64}) {
			t.Errorf("sets of %d changed: %v, %v", n, x.list(n), y.list(n))
		}
	}
}
