package inquiry_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/config"
	"github.com/boundlint/boundlint/lint/expect"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/inquiry"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source"
)

// statuses are what all expectations of a file come to, by their place and whom they
// are about; those that mean nothing in the model are left out.
func statuses(t *testing.T, file *expect.File, models []*iam.Model) map[string]inquiry.Status {
	t.Helper()
	out := map[string]inquiry.Status{}
	tests, err := inquiry.NewTests(&lint.Settings{}, file, models...)
	if err != nil {
		return out
	}
	for _, test := range file.Tests {
		subjects, err := tests.Subjects(test)
		if err != nil {
			continue
		}
		for _, x := range test.Expectations {
			for _, s := range subjects {
				if o, err := tests.Check(x, s); err == nil && o.Empty == "" {
					out[fmt.Sprint(x.At.Range.Start.Line, " ", x.What.Text, " ", s.Entity.Address)] = o.Status
				}
			}
		}
	}
	return out
}

// TestHiddenTurnsNothing: with any value or document of an input hidden, an
// expectation is met or not met as before, or it is undetermined, and never the
// opposite.
func TestHiddenTurnsNothing(t *testing.T) {
	t.Parallel()
	for dir, tests := range map[string]string{"clean-delegation": "sandbox", "self-service-users": "people"} {
		file, err := config.LoadTests("../../fixtures/real/"+dir+"/"+tests+expect.FileSuffix, false)
		if err != nil {
			t.Fatal(err)
		}
		before := statuses(t, file.File, readPlan(t, dir, &policy.Symbols{}))
		undecided, hidden := 0, 0
		for hidden = 0; ; hidden++ {
			symbols := &policy.Symbols{}
			models := readPlan(t, dir, symbols)
			if !hide(models[0], symbols, hidden) {
				break
			}
			for key, status := range statuses(t, file.File, models) {
				was, ok := before[key]
				switch {
				case !ok || status == was:
				case status == inquiry.Undecided:
					undecided++
				default:
					t.Errorf("%s: with %d hidden, %s is %s and was %s", dir, hidden, key, status, was)
				}
			}
		}
		if hidden < 8 || undecided < 5 {
			t.Errorf("%s: %d values were hidden, %d expectations were undetermined then", dir, hidden, undecided)
		}
	}
}

func readPlan(t *testing.T, dir string, symbols *policy.Symbols) []*iam.Model {
	t.Helper()
	models, err := source.Read(context.Background(), "../../fixtures/real/"+dir+"/plan.json", source.Options{Symbols: symbols})
	if err != nil {
		t.Fatal(err)
	}
	return models
}

// hide hides the value or document of a number; false where there are not so many.
func hide(m *iam.Model, symbols *policy.Symbols, number int) bool {
	unknown := policy.NewText(policy.Part{Symbol: symbols.Intern(policy.Symbol{Kind: policy.SymbolUnknown, Name: fmt.Sprint("hidden ", number)})})
	for v := range m.Values() {
		if !v.Set {
			continue
		}
		if number == 0 {
			v.Text = unknown
			return true
		}
		number--
	}
	documents := []*iam.Document{}
	for _, p := range m.Policies {
		documents = append(documents, p.Document)
	}
	for _, p := range m.Inline {
		documents = append(documents, p.Document)
	}
	if number >= len(documents) {
		return false
	}
	d := documents[number]
	d.Text = unknown
	d.Document, d.Diagnostics = policy.Parse(symbols.Encode(unknown), symbols, policy.ParseOptions{Kind: policy.IdentityPolicy})
	return true
}
