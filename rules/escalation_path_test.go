package rules

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/fixtures/escalation/waycases"
	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/escalation"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/tfconfig"
	"github.com/boundlint/boundlint/rules/internal/leaks"
	"github.com/boundlint/boundlint/rules/internal/paths"
)

// configured is the account of a configuration.
func configured(t *testing.T, hcl string, settings *lint.Settings) *holders.Account {
	t.Helper()
	if settings == nil {
		settings = &lint.Settings{}
	}
	settings.AccountID = "111122223333"
	return placed(t, hcl, settings)
}

// placed is configured without an account that is given.
func placed(t *testing.T, hcl string, settings *lint.Settings) *holders.Account {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(hcl), 0o600); err != nil {
		t.Fatal(err)
	}
	models, err := tfconfig.LoadAll(dir, tfconfig.Options{Symbols: &policy.Symbols{}})
	if err != nil || len(models) != 1 {
		t.Fatalf("%d models, %v", len(models), err)
	}
	return accountIn(t, models[0], settings)
}

// accountIn is what the rules make of a model.
func accountIn(t *testing.T, m *iam.Model, settings *lint.Settings) *holders.Account {
	t.Helper()
	h := settings.Hints()
	h.ManagedPolicy = catalog.ManagedPolicyARN
	m.Link(h)
	a, err := holders.Accounts.Of(lint.NewPass(EscalationPath, m, settings, nil, nil))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// chain is a path as a line: actor, steps with their ways, and the end.
func chain(p *escalation.Path) string {
	var b strings.Builder
	if p.Verdict != authz.Allowed {
		b.WriteString("perhaps ")
	}
	b.WriteString(short(p.Actor.Entity.Address))
	for _, s := range p.Steps {
		b.WriteString(" -" + s.Way.ID + "-> " + short(paths.NodeAddress(s.To)))
	}
	switch p.End {
	case escalation.EndAdministrator:
		b.WriteString(" (administrator)")
	case escalation.EndControlled:
		b.WriteString(" (controlled)")
	case escalation.EndUnbounded:
		b.WriteString(" (unbounded)")
	}
	return b.String()
}

func short(address string) string {
	return strings.TrimPrefix(strings.TrimPrefix(address, "aws_iam_role."), "aws_iam_user.")
}

// chains are those of one actor; open takes it that there may be further entities.
func chains(a *holders.Account, open bool) []string {
	search := escalation.NewSearch(a, escalation.Amendment{})
	if open {
		search.Open()
	}
	var out []string
	for _, p := range search.Judge().Paths {
		out = append(out, chain(p))
	}
	return out
}

const (
	accountTrust = `jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::111122223333:root" } }] })`
	lambdaTrust  = `jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }] })`
	nobodyTrust  = `jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })`
)

// caseInventory is what the words of a case's inventory declare.
var caseInventory = map[string]string{
	"62": roleOf("ci-admin", lambdaTrust) + administratorOf("ci-admin"),
	"64": roleOf("admin", accountTrust),
	"80": roleOf("ci", nobodyTrust),
	"82": roleOf("ci-admin", lambdaTrust),
	"86": roleOf("ops-admin", trusting("arn:aws:iam::111122223333:user/dev")),
	"87": roleOf("ops-admin", trusting("arn:aws:iam::111122223333:role/Dev")),
	"93": `
		resource "aws_iam_group" "admins" { name = "admins" }
		resource "aws_iam_group_policy_attachment" "admins" {
			group      = "admins"
			policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
		}`,
	"96": `resource "aws_iam_user" "admin-dev" { name = "admin-dev" }`,
}

func roleOf(name, trust string) string {
	return `
	resource "aws_iam_role" "` + name + `" {
		name               = "` + name + `"
		assume_role_policy = ` + trust + `
	}
	`
}

func administratorOf(name string) string {
	return `
	resource "aws_iam_role_policy_attachment" "` + name + `" {
		role       = "` + name + `"
		policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
	}
	`
}

func trusting(arn string) string {
	return `jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "` + arn + `" } }] })`
}

// TestWorkedEscalations asks the fourth question of the worked cases, and the
// sixth as far as it is about becoming somebody else, with an inventory that
// may not be complete.
func TestWorkedEscalations(t *testing.T) {
	users := []string{"86", "93", "96"}
	for _, c := range workedCases(t) {
		if c.Question != "Q4" && c.Question != "Q6" {
			continue
		}
		kinds := []string{"role"}
		switch {
		case slices.Contains(users, c.ID):
			kinds = []string{"user"}
		case c.ID == "95":
			kinds = []string{"role", "user"}
		}
		for _, kind := range kinds {
			t.Run(c.ID+" "+c.Title+" "+kind, func(t *testing.T) {
				boundary := ""
				hcl := ""
				if len(c.Boundary) > 0 {
					boundary = "permissions_boundary = aws_iam_policy.own.arn"
					hcl = "resource \"aws_iam_policy\" \"own\" {\n name = \"OwnBoundary\"\n policy = <<EOT\n" + compactJSON(t, c.Boundary) + "\nEOT\n}\n"
				}
				if kind == "role" {
					hcl += "resource \"aws_iam_role\" \"holder\" {\n name = \"Dev\"\n" + boundary + "\n assume_role_policy = " + accountTrust + "\n}\n" +
						"resource \"aws_iam_role_policy\" \"holder\" {\n role = \"Dev\"\n"
				} else {
					hcl += "resource \"aws_iam_user\" \"holder\" {\n name = \"dev\"\n" + boundary + "\n}\n" +
						"resource \"aws_iam_user_policy\" \"holder\" {\n user = \"dev\"\n"
				}
				hcl += " name = \"p\"\n policy = <<EOT\n" + strings.ReplaceAll(compactJSON(t, c.Policy), "${", "$${") + "\nEOT\n}\n" + caseInventory[c.ID]
				a := configured(t, hcl, &lint.Settings{Boundaries: []lint.ApprovedBoundary{{Name: "dev", ARNs: []string{"arn:aws:iam::111122223333:policy/DevBoundary"}}}})
				var got string
				for _, line := range chains(a, true) {
					if strings.Contains(line, "holder") && (strings.HasPrefix(line, "holder") || strings.HasPrefix(line, "perhaps holder")) {
						got = line
					}
				}
				verdict := "escapes"
				switch {
				case got == "":
					verdict = "enforced"
				case strings.HasPrefix(got, "perhaps"):
					verdict = "undecidable"
				}
				if verdict != c.Verdict {
					t.Errorf("got %s (%s), want %s", verdict, got, c.Verdict)
				} else {
					t.Log(got)
				}
				// Without an open inventory the rule says nothing of roles that
				// the input does not have.
				if verdict == "undecidable" {
					for _, line := range chains(a, false) {
						t.Errorf("with a closed inventory: %s", line)
					}
				}
			})
		}
	}
}

// TestWays goes every known way where it is open, and fails to where its
// control closes it, whether the account is known or not.
func TestWays(t *testing.T) {
	for _, c := range waycases.Cases() {
		name := c.Name() + "/closed"
		if c.Open {
			name = c.Name() + "/open"
		}
		t.Run(name, func(t *testing.T) {
			for _, a := range []*holders.Account{configured(t, c.HCL, nil), placed(t, c.HCL, &lint.Settings{})} {
				got := chains(a, false)
				switch {
				case !c.Open && len(got) > 0:
					t.Errorf("found %v in\n%s", got, c.HCL)
				case c.Open && (len(got) != 1 || !strings.Contains(got[0], "actor -"+c.Found+"->") || strings.HasPrefix(got[0], "perhaps") != c.Perhaps):
					t.Errorf("found %v in\n%s", got, c.HCL)
				}
			}
		})
	}
}

// TestTakeOver asks whom the holder of a boundary takes over.
func TestTakeOver(t *testing.T) {
	bounded := func(allow string) string {
		return `
		resource "aws_iam_policy" "boundary" {
			name   = "boundary"
			policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ` + allow + `, Resource = "*" }] })
		}
		resource "aws_iam_role" "bearer" {
			name                 = "bearer"
			permissions_boundary = aws_iam_policy.boundary.arn
			assume_role_policy   = ` + nobodyTrust + `
		}
		`
	}
	tests := []struct{ name, hcl, want string }{
		{"assume", bounded(`["sts:AssumeRole"]`) + roleOf("admin", accountTrust), "error: act as the role admin, which has no permissions boundary (sts-001: assume a role that trusts it)"},
		{"assume what names it", bounded(`["sts:AssumeRole"]`) + roleOf("admin", trusting("arn:aws:iam::111122223333:role/bearer")), "error: act as the role admin, which has no permissions boundary (sts-001: assume a role that trusts it)"},
		{"named by the session", bounded(`["s3:GetObject"]`) + roleOf("admin", trusting("arn:aws:sts::111122223333:assumed-role/bearer/x")), ""},
		{"pass", bounded(`["iam:PassRole", "lambda:*"]`) + roleOf("admin", lambdaTrust) + administratorOf("admin"), "error: act as the role admin, an administrator (lambda-001: run code of its own in a new Lambda function with a role)"},
		{"edit", bounded(`["iam:PutRolePolicy"]`) + roleOf("other", nobodyTrust), "error: give the role other, which has no permissions boundary, any permissions (x-edit-role-inline: write an inline policy into another role)"},
		{"nobody here", bounded(`["sts:AssumeRole"]`), "note: take over any role without a permissions boundary that can be assumed, if there is one outside of the input"},
		{"nothing", bounded(`["s3:*"]`) + roleOf("admin", accountTrust), ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := configured(t, test.hcl, nil)
			var got []string
			for _, m := range a.Model.Policies {
				for _, l := range leaks.ByTakeOver(a, leaks.Bearer(a, iam.PlacedDocument{Document: m.Document, Kind: policy.IdentityPolicy, Address: m.Address})) {
					got = append(got, l.Severity.String()+": "+l.What)
				}
			}
			if strings.Join(got, "\n") != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestBeyond asks what the report says of ways through what is not in the
// input.
func TestBeyond(t *testing.T) {
	may := func(statement string) string {
		return `
		resource "aws_iam_user" "dev" { name = "dev" }
		resource "aws_iam_user_policy" "dev" {
			name   = "dev"
			user   = aws_iam_user.dev.name
			policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", ` + statement + ` }] })
		}
		`
	}
	function := `
		resource "aws_lambda_function" "own" {
			function_name = "own"
			role          = aws_iam_role.worker.arn
		}
	` + roleOf("worker", lambdaTrust)
	for name, test := range map[string]struct{ hcl, want string }{
		"code of functions":      {may(`Action = "lambda:UpdateFunctionCode", Resource = "*"`), "any Lambda function whose role has no permissions boundary: the user dev could use it (lambda-003)"},
		"the one that is here":   {may(`Action = "lambda:UpdateFunctionCode", Resource = "arn:aws:lambda:eu-west-1:111122223333:function:own"`) + function, ""},
		"others besides":         {may(`Action = "lambda:UpdateFunctionCode", Resource = "arn:aws:lambda:eu-west-1:111122223333:function:*"`) + function, "any Lambda function whose role has no permissions boundary: the user dev could use it (lambda-003)"},
		"commands":               {may(`Action = "ssm:SendCommand", Resource = "*"`), "any EC2 instance whose role has no permissions boundary: the user dev could use it (ssm-002)"},
		"documents alone":        {may(`Action = "ssm:SendCommand", Resource = "arn:aws:ssm:*:*:document/*"`), ""},
		"half of a way":          {may(`Action = "ec2:CreateLaunchTemplateVersion", Resource = "*", Condition = { StringEquals = { "ec2:Region" = "none" } }`), "any launch template of which the latest version is launched: the user dev could use it (x-ec2-template-latest)"},
		"another account":        {may(`Action = "lambda:UpdateFunctionCode", Resource = "arn:aws:lambda:eu-west-1:444455556666:function:f"`), ""},
		"root users by wildcard": {may(`Action = "sts:*", Resource = "*", Condition = { StringLike = { "sts:TaskPolicyArn" = "*" } }`), "any member account whose root user this account manages: the user dev could use it (x-sts-assumeroot)"},
		"nothing":                {may(`Action = "s3:*", Resource = "*"`), ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := configured(t, test.hcl, nil)
			got := paths.Beyond(escalation.NewSearch(a, escalation.Amendment{}).Judge().Outside)
			if strings.Join(got, "\n") != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
