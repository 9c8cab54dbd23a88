package tfconfig

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

func TestSideBySide(t *testing.T) {
	for _, n := range []int{0, 1, 2, 1000} {
		var list, want []int
		for i := range n {
			list, want = append(list, i), append(want, 2*i)
		}
		var calls atomic.Int64
		got := sideBySide(list, func(i int) int { calls.Add(1); return 2 * i })
		if !slices.Equal(got, want) || int(calls.Load()) != n {
			t.Errorf("of %d: %d calls, which make %v", n, calls.Load(), got)
		}
		fault := func() (fault any) {
			defer func() { fault = recover() }()
			sideBySide(list, func(int) int { panic("a fault") })
			return nil
		}()
		if n > 0 && fault != "a fault" {
			t.Errorf("of %d: %v", n, fault)
		}
	}
}

// TestManyFiles: what files say counts in their order, although they are parsed
// side by side.
func TestManyFiles(t *testing.T) {
	files := map[string]string{}
	for i := range 40 {
		files[fmt.Sprintf("f%02d.tf", i)] = fmt.Sprintf(`# boundlint:ignore boundary-missing reason="%d"
resource "aws_iam_user" "twice" {
  name = "u%[1]d"
}
broken = {
`, i)
	}
	dir := write(t, files)
	var before string
	for range 5 {
		m := loadModel(t, dir)
		if got := fmt.Sprint(m.Diagnostics, m.Ignores); before == "" {
			before = got
		} else if got != before {
			t.Fatalf("it is not always the same:\n%s\n%s", before, got)
		}
		if len(m.Entities) != 1 || m.Entities[0].Name.String() != "u0" || strings.Count(before, "declared twice") != 39 {
			t.Fatalf("%v\n%s", m.Entities, before)
		}
	}
}
