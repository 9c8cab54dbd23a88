package report_test

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/report"
)

func TestASFFShape(t *testing.T) {
	schema := compile(t, filepath.Join("testdata", "asff-schema.json"), nil)
	all := reports()
	all["extreme"] = extreme()
	for name, r := range all {
		for _, o := range []report.Options{{Account: "444455556666"}, {Account: "444455556666", Now: now, Region: "us-gov-west-1"}} {
			t.Run(name, func(t *testing.T) { validate(t, schema, render(t, "asff", r, o)) })
		}
	}
}

// extreme has what is too long, too many, empty or blank for the format.
func extreme() *lint.Report {
	long := strings.Repeat("é ", 3000)
	f := lint.Finding{
		Rule: "boundary-missing", Severity: lint.Error, Verdict: lint.Undetermined, Address: long, Attribute: " ",
		Message: long, Remediation: long, Fingerprint: long, Witness: &lint.Witness{Action: long},
	}
	for i := range 100 {
		f.Related = append(f.Related, lint.Related{Address: strings.Repeat("x", i)})
	}
	rule := *sampleRules[0]
	rule.Doc.Title, rule.Doc.Controls = long, append(strings.Split(strings.Repeat("c,", 40), ","), " ")
	return &lint.Report{
		Inputs:   []lint.InputSummary{{Path: "p"}},
		Findings: []lint.Finding{f, {Rule: " ", Message: "\t", Remediation: "\n"}},
		Rules:    []*lint.Rule{&rule},
	}
}

func TestASFFNeedsAnAccount(t *testing.T) {
	reporter, _ := report.ByName("asff")
	r := &lint.Report{Inputs: []lint.InputSummary{{Path: "plan.json"}}}
	if err := reporter.Report(&bytes.Buffer{}, r, report.Options{}); err != nil {
		t.Errorf("without findings: %v", err)
	}
	r.Findings = []lint.Finding{{Rule: "r", Address: "aws_iam_role.a"}}
	err := reporter.Report(&bytes.Buffer{}, r, report.Options{})
	if err == nil || !strings.Contains(err.Error(), "the account of plan.json is not known") {
		t.Errorf("got %v", err)
	}
	r.Findings[0].Address = "arn:aws:iam::777788889999:role/a"
	r.Inputs[0].Account = "111122223333"
	var got []struct {
		ProductArn string `json:"ProductArn"`
	}
	if err := json.Unmarshal(render(t, "asff", r, report.Options{}), &got); err != nil {
		t.Fatal(err)
	}
	if want := "arn:aws:securityhub:us-east-1:777788889999:product/777788889999/default"; got[0].ProductArn != want {
		t.Errorf("product %s, want %s", got[0].ProductArn, want)
	}
}

func TestASFFResources(t *testing.T) {
	r := &lint.Report{Inputs: []lint.InputSummary{{Path: "p", Account: "111122223333", Entities: []lint.EntitySummary{
		{Address: "module.a.aws_iam_role.x", ARN: "arn:aws:iam::111122223333:role/x", Kind: iam.Role},
		{Address: "awscc_iam_user.y", Kind: iam.User, Boundary: "b"},
	}}}}
	for _, c := range []struct{ address, kind, id string }{
		{"module.a.aws_iam_role.x", "AwsIamRole", "arn:aws:iam::111122223333:role/x"},
		{"awscc_iam_user.y", "AwsIamUser", "awscc_iam_user.y"},
		{`module.m["a.aws_iam_role."].aws_iam_policy.p[0]`, "AwsIamPolicy", `module.m["a.aws_iam_role."].aws_iam_policy.p[0]`},
		{"aws_iam_role_policy.p", "Other", "aws_iam_role_policy.p"},
		{"arn:aws:iam::111122223333:policy/p", "AwsIamPolicy", "arn:aws:iam::111122223333:policy/p"},
		{"boundary.workload", "Other", "boundary.workload"},
	} {
		r.Findings = []lint.Finding{{Rule: "r", Address: c.address}}
		var got []struct {
			Resources []struct {
				Type string `json:"Type"`
				ID   string `json:"Id"`
			} `json:"Resources"`
		}
		if err := json.Unmarshal(render(t, "asff", r, report.Options{}), &got); err != nil {
			t.Fatal(err)
		}
		if x := got[0].Resources[0]; x.Type != c.kind || x.ID != c.id {
			t.Errorf("%s: %+v", c.address, x)
		}
	}
}
