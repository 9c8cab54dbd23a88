package lint_test

import (
	"testing"

	"github.com/boundlint/boundlint/lint"
)

func TestValidate(t *testing.T) {
	t.Parallel()
	doc := lint.Doc{Title: "t", What: "w", Why: "y", Blind: "b", Fix: "f", Security: "1.0"}
	good := &lint.Rule{ID: "a-b", Doc: doc, Run: func(*lint.Pass) error { return nil }}
	if err := lint.Validate([]*lint.Rule{good}); err != nil {
		t.Error(err)
	}
	for _, bad := range [][]*lint.Rule{
		{good, good},
		{{ID: "A", Doc: doc, Run: good.Run}},
		{{ID: "a", Run: good.Run}},
		{{ID: "a", Doc: doc}},
	} {
		if lint.Validate(bad) == nil {
			t.Errorf("%s is taken", bad[0].ID)
		}
	}
}
