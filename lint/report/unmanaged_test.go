package report

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
)

func TestUnmanaged(t *testing.T) {
	const byHand = "arn:aws:iam::111122223333:role/by-hand"
	r := &lint.Report{Inputs: []lint.InputSummary{
		{Path: "dump.json", Kind: iam.InputAccount, Complete: true, Entities: []lint.EntitySummary{{Address: byHand, Kind: iam.Role}, {Address: "x", Kind: iam.User}}, Unmanaged: []string{byHand}},
		{Path: "other.json", Kind: iam.InputAccount, Complete: true, Entities: []lint.EntitySummary{{Address: "y", Kind: iam.Role}}, Unmanaged: []string{}},
		{Path: "plan.json", Kind: iam.InputPlan, Complete: true},
	}}
	render := func(format string, r *lint.Report) string {
		reporter, _ := ByName(format)
		var b bytes.Buffer
		if err := reporter.Report(&b, r, Options{}); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	for _, format := range []string{"text", "markdown", "html"} {
		got := render(format, r)
		for _, want := range []string{"no Terraform state given manages 1 of the 2 roles and users.", byHand, "other.json: the Terraform states given manage every role and user."} {
			if !strings.Contains(got, want) {
				t.Errorf("%s lacks %q:\n%s", format, want, got)
			}
		}
		if strings.Contains(got, "plan.json: ") {
			t.Errorf("%s speaks of the plan, which was not compared", format)
		}
	}
	decoded, err := Decode(strings.NewReader(render("json", r)))
	if err != nil {
		t.Fatal(err)
	}
	merged := Merge(decoded)
	for i, in := range merged.Inputs {
		if want := r.Inputs[i].Unmanaged; !slices.Equal(in.Unmanaged, want) || (in.Unmanaged == nil) != (want == nil) {
			t.Errorf("%s: %q after reading back, want %q", in.Path, in.Unmanaged, want)
		}
	}
	many := &lint.Report{Inputs: []lint.InputSummary{{Path: "dump.json", Kind: iam.InputAccount, Unmanaged: slices.Repeat([]string{byHand}, 50)}}}
	if got := render("text", many); strings.Count(got, byHand) != fewUnmanaged || !strings.Contains(got, "and 30 more") {
		t.Errorf("text lists\n%s", got)
	}
}
