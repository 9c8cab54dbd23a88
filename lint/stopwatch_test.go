package lint_test

import (
	"slices"
	"testing"
	"time"

	"github.com/boundlint/boundlint/lint"
)

// TestStopwatch: a stage within another one counts for itself only, and one that
// begins again is the same stage.
func TestStopwatch(t *testing.T) {
	now := time.Unix(0, 0)
	w := lint.NewStopwatch(func() time.Time { now = now.Add(time.Second); return now })
	outer := w.Stage("outer")
	inner := w.Stage("inner")
	inner()
	outer()
	w.Stage("inner")()
	want := []lint.Took{{Input: 3, Stage: "outer", Time: 2 * time.Second}, {Input: 3, Stage: "inner", Time: 2 * time.Second}}
	if got := w.Took(3); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestNoStopwatch(t *testing.T) {
	w := lint.NewStopwatch(nil)
	w.Stage("nothing")()
	if got := w.Took(0); got != nil {
		t.Errorf("got %v", got)
	}
}
