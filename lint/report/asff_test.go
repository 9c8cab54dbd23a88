package report_test

import (
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

func TestASFFAccount(t *testing.T) {
	for _, c := range []struct{ address, input, option, want string }{
		{"aws_iam_role.a", "", "", "000000000000"},
		{"aws_iam_role.a", "", "444455556666", "444455556666"},
		{"aws_iam_role.a", "111122223333", "444455556666", "111122223333"},
		{"arn:aws:iam::777788889999:role/a", "111122223333", "", "777788889999"},
		{"arn:aws:iam::aws:policy/AdministratorAccess", "<account>", "4444", "000000000000"},
	} {
		r := &lint.Report{
			Inputs:   []lint.InputSummary{{Path: "plan.json", Account: c.input}},
			Findings: []lint.Finding{{Rule: "r", Address: c.address}},
		}
		var got []struct {
			AwsAccountID  string            `json:"AwsAccountId"`
			ProductArn    string            `json:"ProductArn"`
			ProductFields map[string]string `json:"ProductFields"`
		}
		if err := json.Unmarshal(render(t, "asff", r, report.Options{Account: c.option}), &got); err != nil {
			t.Fatal(err)
		}
		if got[0].AwsAccountID != c.want || got[0].ProductArn != "arn:aws:securityhub:us-east-1:"+c.want+":product/"+c.want+"/default" {
			t.Errorf("%+v: %+v", c, got[0])
		}
		if _, told := got[0].ProductFields["boundlint/account"]; told != (c.want == "000000000000") {
			t.Errorf("%+v: fields %v", c, got[0].ProductFields)
		}
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

// BatchImportFindings takes findings of the partition and region that is
// called and of no other.
func TestASFFPlace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ address, partition, region, option, want string }{
		{"aws_iam_role.a", "", "", "", "aws:us-east-1"},
		{"aws_iam_role.a", "aws", "eu-west-1", "", "aws:eu-west-1"},
		{"aws_iam_role.a", "aws", "eu-west-1", "eu-central-1", "aws:eu-west-1"},
		{"aws_iam_role.a", "aws", "", "eu-central-1", "aws:eu-central-1"},
		{"aws_iam_role.a", "", "", "cn-northwest-1", "aws-cn:cn-northwest-1"},
		{"aws_iam_role.a", "aws-us-gov", "", "", "aws-us-gov:us-gov-west-1"},
		{"aws_iam_role.a", "aws-us-gov", "", "eu-central-1", "aws-us-gov:us-gov-west-1"},
		{"aws_iam_role.a", "aws-iso-b", "us-isob-east-1", "", "aws-iso-b:us-isob-east-1"},
		{"arn:aws-cn:iam::111122223333:role/a", "", "", "", "aws-cn:cn-north-1"},
	} {
		r := &lint.Report{
			Inputs:   []lint.InputSummary{{Path: "plan.json", Account: "111122223333", Partition: c.partition, Region: c.region}},
			Findings: []lint.Finding{{Rule: "r", Address: c.address}},
		}
		var got []struct {
			ProductArn string
			Region     string
			Resources  []struct{ Partition, Region string }
		}
		if err := json.Unmarshal(render(t, "asff", r, report.Options{Region: c.option}), &got); err != nil {
			t.Fatal(err)
		}
		partition, region, _ := strings.Cut(c.want, ":")
		f := got[0]
		if f.ProductArn != "arn:"+partition+":securityhub:"+region+":111122223333:product/111122223333/default" || f.Region != region ||
			f.Resources[0].Partition != partition || f.Resources[0].Region != region {
			t.Errorf("%+v: %+v", c, f)
		}
	}
}
