package tfconfig

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
)

func TestSideBySide(t *testing.T) {
	for _, n := range []int{0, 1, 2, 1000} {
		calls := make([]atomic.Int64, n)
		sideBySide(n, func(i int) { calls[i].Add(1) })
		for i := range calls {
			if got := calls[i].Load(); got != 1 {
				t.Errorf("of %d: %d calls for %d", n, got, i)
			}
		}
	}
	for _, n := range []int{1, 1000} {
		got := func() (fault any) {
			defer func() { fault = recover() }()
			sideBySide(n, func(int) { panic("a fault") })
			return nil
		}()
		if got != "a fault" {
			t.Errorf("of %d: %v", n, got)
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
