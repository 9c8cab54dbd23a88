package report

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
)

// inTwoWorkspaces is the report of a root module that is judged in two
// workspaces: one finding holds in both, one in the second.
func inTwoWorkspaces() *lint.Report {
	input := func(workspace string) lint.InputSummary {
		return lint.InputSummary{Path: "live", Root: "live", Kind: iam.InputConfig, Complete: true, Workspace: workspace, Entities: []lint.EntitySummary{
			{Address: "aws_iam_role.a", Name: "app-a", Kind: iam.Role}, {Address: "aws_iam_role.b", Name: "app-b", Kind: iam.Role},
		}}
	}
	finding := func(input int, address string, workspaces ...string) lint.Finding {
		return lint.Finding{
			Rule: "boundary-missing", Severity: lint.Error, Verdict: lint.Violation, Input: input, Address: address,
			Message: "It has none. This holds in " + strings.Join(workspaces, " and ") + ".", Fingerprint: address, Workspaces: workspaces,
		}
	}
	r := &lint.Report{
		Tool:     lint.Tool{Name: "boundlint"},
		Inputs:   []lint.InputSummary{input("dev"), input("prod")},
		Findings: []lint.Finding{finding(0, "aws_iam_role.a", "dev", "prod"), finding(1, "aws_iam_role.b", "prod")},
	}
	r.Count()
	return r
}

func TestWorkspaces(t *testing.T) {
	r := inTwoWorkspaces()
	var b bytes.Buffer
	if err := reportJSON(&b, r, Options{}); err != nil {
		t.Fatal(err)
	}
	again, err := Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	if again.Inputs[1].Workspace != "prod" || !reflect.DeepEqual(again.Findings[0].Workspaces, []string{"dev", "prod"}) {
		t.Errorf("%+v", again)
	}
	// Of the four roles three have the fault, one of them by the finding of the
	// other workspace.
	if s := score(r, namedBy(r)); s.Items != 4 || s.Good != 1 {
		t.Errorf("%+v", s)
	}
	for _, name := range Names() {
		reporter, _ := ByName(name)
		var out bytes.Buffer
		if err := reporter.Report(&out, r, Options{}); err != nil {
			t.Fatal(name, err)
		}
		if !strings.Contains(out.String(), "prod") {
			t.Errorf("%s does not name the workspace:\n%s", name, out.String())
		}
	}
}
