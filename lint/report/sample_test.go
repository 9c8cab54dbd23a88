package report_test

import (
	"strings"
	"time"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// now is the date of all sample reports.
var now = time.Date(2026, 11, 22, 18, 4, 5, 0, time.UTC)

func at(file string, line, column, endLine, endColumn int) iam.Location {
	return iam.Location{File: file, Range: policy.Range{
		Start: policy.Pos{Line: line, Column: column},
		End:   policy.Pos{Line: endLine, Column: endColumn},
	}}
}

func calledAt(l, call iam.Location) iam.Location {
	l.Call = &call
	return l
}

var sampleRules = []*lint.Rule{
	{ID: "boundary-missing", Severity: lint.Error, Leg: lint.FirstLeg, Doc: lint.Doc{
		Title: "A role or user has no permissions boundary", What: "Reports roles and users without `permissions_boundary`.",
		Why: "Without one, nothing caps what the entity can do.", Blind: "Boundaries set outside of Terraform.",
		Fix: "Set `permissions_boundary`:\n\n    permissions_boundary = aws_iam_policy.boundary.arn\n", Security: "7.5",
		References: []string{"https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"},
		Controls:   []string{"CIS AWS Foundations 3.0 1.16", "SOC 2 CC6.1"},
	}},
	{ID: "delegation-without-boundary", Severity: lint.Error, Leg: lint.SecondLeg, Doc: lint.Doc{
		Title: "A holder can create a role or user without an approved boundary", What: "What.", Why: "Why.", Blind: "Blind.", Fix: "Fix.",
		Security: "8.8", Controls: []string{"SOC 2 CC6.1", "PCI DSS 4.0 7.2.2"},
	}},
	{ID: "escalation-path", Severity: lint.Error, Leg: lint.ThirdLeg, Topic: lint.EscalationTopic, Doc: lint.Doc{
		Title: "A holder can reach an unbounded or administrator entity", What: "What.", Why: "Why.", Blind: "Blind.", Fix: "Fix.", Security: "9.1",
	}},
	{ID: "name-prefix", Severity: lint.Error, Leg: lint.FirstLeg, Topic: lint.NamingTopic, Doc: lint.Doc{
		Title: "An entity is not named as configured", What: "What.", Why: "Why.", Blind: "Blind.", Fix: "Fix.", Security: "3.0",
	}},
	{ID: "wildcard-grant", Severity: lint.Warning, Leg: lint.Hygiene, Doc: lint.Doc{
		Title: "A grant of * on what can be scoped", What: "What.", Why: "Why.", Blind: "Blind.", Fix: "Fix.", Security: "5.0",
		Controls: []string{"PCI DSS 4.0 7.2.1"},
	}},
}

const (
	service = "modules/service-role/main.tf"
	fixture = "infra/fleet/"
)

func missing(key string) lint.Finding {
	address := `module.fleet["` + key + `"].aws_iam_role.this`
	return lint.Finding{
		Rule: "boundary-missing", Severity: lint.Error, Verdict: lint.Violation,
		Address: address, Attribute: "permissions_boundary",
		Message:     "The role app-" + key + " has no permissions boundary.",
		Remediation: "Set permissions_boundary to the ARN of an approved boundary:\n\n  permissions_boundary = \"arn:aws:iam::111122223333:policy/workload-boundary\"",
		Location:    calledAt(at(fixture+service, 12, 1, 12, 31), at(fixture+"main.tf", 18, 1, 18, 15)),
		Fingerprint: "f" + key,
	}
}

// sample is a report with everything that a report can have.
func sample() *lint.Report {
	findings := []lint.Finding{
		missing("svc00"), missing("svc03"), missing("svc06"), missing("svc09"),
		missing("svc12"), missing("svc15"), missing("svc18"), missing("svc21"),
		{
			Rule: "delegation-without-boundary", Severity: lint.Error, Verdict: lint.Violation, Address: "aws_iam_role.developer",
			Message:     "aws_iam_role.developer can create a role without an approved permissions boundary.",
			Remediation: "Require the boundary in the statement that allows iam:CreateRole.",
			Location:    at(fixture+"developer.tf", 31, 5, 38, 6),
			Related: []lint.Related{
				{Address: "aws_iam_user.dev[\"anna\"]", Message: "holds the same policy", Location: at(fixture+"users.tf", 3, 1, 3, 24)},
				{Address: "aws_iam_policy.delegation", Message: "the policy that grants it"},
			},
			Witness: &lint.Witness{
				Principal: "arn:aws:iam::111122223333:role/developer", Action: "iam:CreateRole",
				Resource: "arn:aws:iam::111122223333:role/app-x",
				Context:  map[string][]string{"aws:RequestedRegion": {"eu-west-1"}}, Absent: []string{"iam:PermissionsBoundary"},
			},
			Excerpt:     `{"Action":"iam:CreateRole","Effect":"Allow","Resource":"arn:aws:iam::111122223333:role/app-*","Sid":"Create<Roles>"}`,
			Fingerprint: "d1e1e9a7e0000001",
		},
		{
			Rule: "escalation-path", Severity: lint.Error, Verdict: lint.Violation, Address: "aws_iam_role.ci",
			Message:     "aws_iam_role.ci can become aws_iam_role.admin, an administrator, in 2 steps; 1 further way leads there.",
			Remediation: "Scope iam:PassRole to bounded roles.",
			Location:    at(fixture+"ci.tf", 9, 3, 14, 4),
			Steps: []lint.Step{
				{
					From: "aws_iam_role.ci", To: "aws_iam_role.deploy", Way: "lambda-001", Message: "passes the role to a new Lambda function and invokes it",
					Witness: []lint.Witness{
						{
							Principal: "arn:aws:iam::111122223333:role/app-ci", Action: "iam:PassRole", Resource: "arn:aws:iam::111122223333:role/deploy",
							Context: map[string][]string{"iam:PassedToService": {"lambda.amazonaws.com"}},
						},
						{
							Principal: "arn:aws:iam::111122223333:role/app-ci", Action: "lambda:CreateFunction",
							Resource: "arn:aws:lambda:eu-west-1:111122223333:function:x",
						},
					},
				},
				{
					From: "aws_iam_role.deploy", To: "aws_iam_role.admin", Way: "sts-001", Message: "assumes the role",
					Witness: []lint.Witness{{
						Principal: "arn:aws:iam::111122223333:role/deploy", Action: "sts:AssumeRole", Resource: "arn:aws:iam::111122223333:role/admin",
					}},
				},
			},
			Excerpt: `{"Action":["iam:PassRole","lambda:*"],"Effect":"Allow","Resource":"*"}`, Fingerprint: "e5ca1a7e00000001",
		},
		{
			Rule: "name-prefix", Severity: lint.Error, Verdict: lint.Undetermined, Address: "aws_iam_role.late_name", Attribute: "name",
			Message:     "The name of aws_iam_role.late_name depends on terraform_data.suffix.output, which is known after apply: whether it matches app-* cannot be said.",
			Remediation: "Begin the name with app- in the configuration.",
			Location:    at(fixture+"main.tf", 55, 3, 55, 60), Fingerprint: "0a7e0a7e00000001",
		},
		{
			Rule: "wildcard-grant", Severity: lint.Warning, Verdict: lint.Violation, Input: 1,
			Address: "aws_iam_policy.ops", Attribute: "policy", Message: "The statement allows s3:* on every resource.",
			Remediation: "Name the buckets.", Fingerprint: "3177c4a400000001",
			Related: []lint.Related{
				{Address: "aws_iam_role.ops[0]"},
				{Address: "aws_iam_role.ops[1]"},
				{Address: "aws_iam_role.ops[2]"},
				{Address: "aws_iam_role.ops[3]"},
				{Address: "aws_iam_role.ops[4]"},
				{Address: "aws_iam_role.ops[5]"},
				{Address: "aws_iam_role.ops[6]"},
			},
		},
		{
			// A name as hostile as input can make it.
			Rule: "name-prefix", Severity: lint.Note, Verdict: lint.Violation, Input: 1,
			Address:     "aws_iam_role.x[\"\x1b[2J\u202e</script><img src=x onerror=alert(1)>|`](https://evil.example/)\n::error::owned\"]",
			Message:     "The name \"<b>bold</b> & ]]> %0A \x00 \xff\" is not app-*, see [here](https://evil.example/).",
			Remediation: "Rename it.", Fingerprint: "4051 1e",
		},
	}
	return &lint.Report{
		Tool: lint.Tool{Name: "boundlint", Version: "1.2.3"},
		Inputs: []lint.InputSummary{
			{
				Path: fixture + "plan.json", Kind: iam.InputPlan, Root: "infra/fleet", Complete: true, Account: "111122223333", TerraformVersion: "1.11.4",
				Entities: []lint.EntitySummary{
					{Address: "aws_iam_role.admin", Name: "admin", ARN: "arn:aws:iam::111122223333:role/admin", Kind: iam.Role, Bounded: lint.BoundedNo},
					{
						Address: "aws_iam_role.ci", Name: "app-ci", ARN: "arn:aws:iam::111122223333:role/app-ci", Kind: iam.Role,
						Boundary: "arn:aws:iam::111122223333:policy/workload-boundary", Bounded: lint.BoundedYes, Location: at(fixture+"ci.tf", 1, 1, 1, 26),
					},
					{
						Address: "aws_iam_role.deploy", Name: "deploy", Kind: iam.Role, Boundary: "<aws_iam_policy.boundary.arn>",
						Location: at(fixture+"deploy.tf", 1, 1, 1, 30),
					},
					{Address: "aws_iam_role.developer", Name: "developer", Kind: iam.Role, Boundary: "arn:aws:iam::111122223333:policy/developer-boundary", Bounded: lint.BoundedYes},
					{Address: "aws_iam_role.late_name", Name: "app-late-<terraform_data.suffix.output>", Kind: iam.Role, Boundary: "arn:aws:iam::aws:policy/AdministratorAccess", Bounded: lint.BoundedNo},
					{Address: `module.fleet["svc00"].aws_iam_role.this`, Name: "app-svc00", Kind: iam.Role, Bounded: lint.BoundedNo},
					{Address: `module.fleet["svc01"].aws_iam_role.this`, Name: "app-svc01", Kind: iam.Role, Boundary: "arn:aws:iam::111122223333:policy/workload-boundary", Bounded: lint.BoundedYes},
					{Address: `aws_iam_user.dev["anna"]`, Name: "anna|<i>", Kind: iam.User, Boundary: "arn:aws:iam::111122223333:policy/developer-boundary", Bounded: lint.BoundedYes},
				},
				Coverage: lint.Coverage{
					Policies:   []string{"arn:aws:iam::111122223333:policy/of|<b>another</b>"},
					Boundaries: []string{"arn:aws:iam::111122223333:policy/developer-boundary", "arn:aws:iam::111122223333:policy/workload-boundary"},
				},
				Beyond: []string{"aws_iam_role.ci can pass roles to Glue, and the input contains no role that trusts Glue"},
			},
			{
				Path: "infra/ops/terraform.tfstate.json", Kind: iam.InputState, Root: "infra/ops", Complete: false,
				Reasons: []string{"the plan was made with -target"},
			},
		},
		Findings: findings,
		Suppressed: []lint.Suppressed{{
			Finding: lint.Finding{
				Rule: "boundary-missing", Severity: lint.Error, Verdict: lint.Violation, Address: "module.admin.aws_iam_role.this",
				Message: "The role app-break-glass has no permissions boundary.", Fingerprint: "ad317a", Location: at(fixture+service, 12, 1, 12, 31),
			},
			By: "exemption", Reason: "break-glass, reviewed in SEC-481", Location: at(".boundlint.hcl", 9, 1, 9, 20),
		}},
		Diagnostics: []lint.Diagnostic{
			{Severity: lint.Warning, Input: fixture + "plan.json", Message: "The module ./modules/gone is not there and was not checked.", Location: at(fixture+"main.tf", 70, 1, 70, 14)},
			{Severity: lint.Error, Input: "infra/ops/terraform.tfstate.json", Message: "The policy of aws_iam_policy.odd could not be read."},
		},
		Summary:  lint.Summary{Entities: 9, Policies: 12, Violations: 12, Undetermined: 1, Suppressed: 1, UnseenBoundaries: 2},
		Coverage: lint.CoverageSum{Policies: 1, Boundaries: 2},
		Rules:    sampleRules,
		InForce:  sampleInForce,
	}
}

// sampleInForce is a configuration that has something of everything.
var sampleInForce = lint.InForce{
	Configurations: []lint.Configuration{{
		FileDigest: lint.FileDigest{File: ".boundlint.hcl", Digest: strings.Repeat("0123456789abcdef", 4)},
		Documents:  []lint.FileDigest{{File: "policies/workload.json", Digest: strings.Repeat("fedcba9876543210", 4)}},
		Preset:     "audit", Off: []string{"mfa-not-required"}, Exclude: []string{"examples/**"},
		Lowered: []lint.Lowered{{Rule: "name-prefix", From: lint.Error, To: lint.Note}},
		Exemptions: []lint.ExemptionInForce{
			{Findings: 1, Exemption: lint.Exemption{
				Pattern: "module.admin.*", Rules: []string{"boundary-missing", "admin-attached"}, Reason: "break-glass, reviewed in SEC-481",
				Until: time.Date(2027, 3, 31, 0, 0, 0, 0, time.UTC), Location: at(".boundlint.hcl", 9, 1, 9, 20),
			}},
			{Expired: true, Exemption: lint.Exemption{
				Pattern: "aws_iam_role.old", Rules: []string{"boundary-missing"}, Reason: "<b>",
				Until: time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC), Location: at(".boundlint.hcl", 15, 1, 15, 20),
			}},
		},
		Trusted:    []lint.Trusted{{Pattern: "aws_iam_role.deployer", Reason: "the pipeline", Location: at(".boundlint.hcl", 21, 1, 21, 20)}},
		Boundaries: []lint.ApprovedBoundary{{Name: "workload", ARNs: []string{"arn:aws:iam::*:policy/workload-boundary"}, AppliesTo: []string{"app-*"}}},
		Naming:     []lint.Naming{{Type: "aws_iam_role", Name: "app-*", Path: "/teams/*"}, {Type: "aws_iam_user"}},
	}},
	Ignores: []lint.IgnoreInForce{
		{Rule: "trust-too-open", Reason: "SEC-99", Until: "2027-01-01", Findings: 2, Location: at(fixture+"main.tf", 3, 1, 3, 40)},
	},
	Exclude: []string{"old/**"},
}

// spotless is a report of one input without any finding.
func spotless() *lint.Report {
	return &lint.Report{
		Tool:    lint.Tool{Name: "boundlint", Version: "1.2.3"},
		Inputs:  []lint.InputSummary{{Path: "plan.json", Kind: iam.InputPlan, Root: ".", Complete: true, Account: "111122223333"}},
		Summary: lint.Summary{Policies: 1},
		Rules:   sampleRules,
	}
}
