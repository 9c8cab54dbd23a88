package rules

import (
	"fmt"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/escalation"
	"github.com/boundlint/boundlint/rules/internal/paths"
)

// inTurn is a bounded user dev that starts with one statement, the role admin, and
// what both are about.
func inTurn(boundary, may string, more ...string) string {
	return `
	resource "aws_iam_policy" "boundary" {
		name   = "boundary"
		policy = ` + statementsOf(`{ Effect = "Allow", Action = "*", Resource = "*" }`, boundary) + `
	}
	resource "aws_iam_user" "dev" {
		name                 = "dev"
		permissions_boundary = aws_iam_policy.boundary.arn
	}
	resource "aws_iam_user_policy" "dev" {
		name   = "start"
		user   = aws_iam_user.dev.name
		policy = ` + statementsOf(may) + `
	}
	` + roleOf("admin", lambdaTrust) + administratorOf("admin") + strings.Join(more, "")
}

func statementsOf(statements ...string) string {
	return `jsonencode({ Version = "2012-10-17", Statement = [` + strings.Join(statements, ", ") + `] })`
}

func allowing(actions, resource string) string {
	return fmt.Sprintf(`{ Effect = "Allow", Action = [%s], Resource = %q }`, actions, resource)
}

func denying(actions string) string {
	return fmt.Sprintf(`{ Effect = "Deny", Action = [%s], Resource = "*" }`, actions)
}

// letAttach lets dev attach some managed policies to itself.
func letAttach(names ...string) string {
	var arns []string
	for _, name := range names {
		arns = append(arns, fmt.Sprintf("%q", "arn:aws:iam::"+name))
	}
	return `{ Effect = "Allow", Action = "iam:AttachUserPolicy", Resource = "arn:aws:iam::111122223333:user/dev",
		Condition = { ArnEquals = { "iam:PolicyARN" = [` + strings.Join(arns, ", ") + `] } } }`
}

func groupWith(name string, statements ...string) string {
	return `
	resource "aws_iam_group" "` + name + `" { name = "` + name + `" }
	resource "aws_iam_group_policy" "` + name + `" {
		name   = "` + name + `"
		group  = aws_iam_group.` + name + `.name
		policy = ` + statementsOf(statements...) + `
	}
	`
}

func customerManaged(name string, statements ...string) string {
	return `
	resource "aws_iam_policy" "` + name + `" {
		name   = "` + name + `"
		policy = ` + statementsOf(statements...) + `
	}
	`
}

// TestInTurn asks what a user reaches by several changes to itself that together
// allow what none of them does alone.
func TestInTurn(t *testing.T) {
	const (
		anyGroup  = "arn:aws:iam::111122223333:group/*"
		groupA    = "arn:aws:iam::111122223333:group/a"
		groupB    = "arn:aws:iam::111122223333:group/b"
		managed   = "arn:aws:iam::111122223333:policy/managed"
		join      = `"iam:AddUserToGroup"`
		keep      = `"iam:DeleteUserPermissionsBoundary", "iam:PutUserPermissionsBoundary"`
		found     = "dev -iam-013-> dev -iam-013-> dev -lambda-001-> admin (administrator)"
		bothLegs  = "dev -iam-008-> dev -iam-008-> dev -lambda-001-> admin (administrator)"
		ownPolicy = "111122223333:policy/"
	)
	bounds, pass := denying(keep), allowing(`"iam:PassRole"`, "arn:aws:iam::111122223333:role/admin")
	run := allowing(`"lambda:CreateFunction", "lambda:InvokeFunction"`, "*")
	inGroupA := `
	resource "aws_iam_user_group_membership" "dev" {
		user   = aws_iam_user.dev.name
		groups = [aws_iam_group.a.name]
	}
	`
	attached := func(to string) string {
		return `
		resource "aws_iam_group_policy_attachment" "` + to + `" {
			group      = aws_iam_group.` + to + `.name
			policy_arn = aws_iam_policy.managed.arn
		}
		`
	}
	harmless := customerManaged("managed", allowing(`"s3:ListAllMyBuckets"`, "*"))
	for name, test := range map[string]struct{ hcl, want string }{
		"two groups":       {inTurn(bounds, allowing(join, anyGroup), groupWith("a", pass), groupWith("b", run)), found},
		"one by the other": {inTurn(bounds, allowing(join, groupA), groupWith("a", pass, allowing(join, groupB)), groupWith("b", run)), found},
		"others besides": {
			inTurn(bounds, allowing(join, anyGroup), groupWith("a", pass), groupWith("aa", allowing(`"s3:*"`, "*")), groupWith("b", run)), found,
		},
		"one that denies, last": {
			inTurn(bounds, allowing(join, groupA), groupWith("a", pass, allowing(join, groupB)), groupWith("b", run, denying(join))), found,
		},
		"one denies the other":   {inTurn(bounds, allowing(join, anyGroup), groupWith("a", pass), groupWith("b", run, denying(`"iam:PassRole"`))), ""},
		"both deny the other":    {inTurn(bounds, allowing(join, anyGroup), groupWith("a", pass, denying(`"lambda:*"`)), groupWith("b", run, denying(`"iam:PassRole"`))), ""},
		"the boundary denies":    {inTurn(denying(keep+`, "iam:PassRole"`), allowing(join, anyGroup), groupWith("a", pass), groupWith("b", run)), ""},
		"only one may be joined": {inTurn(bounds, allowing(join, groupA), groupWith("a", pass), groupWith("b", run)), ""},
		"two policies": {
			inTurn(bounds, letAttach(ownPolicy+"pass", ownPolicy+"run"), customerManaged("pass", pass), customerManaged("run", run)), bothLegs,
		},
		"one of AWS's": {
			inTurn(bounds, letAttach(ownPolicy+"pass", "aws:policy/AWSLambda_FullAccess"), customerManaged("pass", pass)), bothLegs,
		},
		"only one may be attached": {inTurn(bounds, letAttach(ownPolicy+"pass"), customerManaged("pass", pass), customerManaged("run", run)), ""},
		"a group and a policy": {
			inTurn(bounds, allowing(join, groupA), groupWith("a", pass, letAttach(ownPolicy+"run")), customerManaged("run", run)),
			"dev -iam-013-> dev -iam-008-> dev -lambda-001-> admin (administrator)",
		},
		"a group that it then edits": {
			inTurn(bounds, allowing(join, groupA), groupWith("a", allowing(`"iam:PutGroupPolicy"`, groupA))),
			"dev -iam-013-> dev -iam-011-> dev (administrator)",
		},
		"a group that it is not in": {
			inTurn(bounds, allowing(join, groupA), groupWith("a", allowing(`"iam:PutGroupPolicy"`, groupB)), groupWith("b", run)), "",
		},
		"a policy of a group that it joins": {
			inTurn(bounds, allowing(join, groupA), groupWith("a", run, allowing(`"iam:CreatePolicyVersion"`, managed)), harmless, attached("a")),
			"dev -iam-013-> dev -iam-001-> dev (administrator)",
		},
		"a policy of a group that it is in": {
			inTurn(bounds, allowing(`"iam:CreatePolicyVersion"`, managed), groupWith("a", run), harmless, attached("a"), inGroupA),
			"dev -iam-001-> dev (administrator)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if got := strings.Join(chains(configured(t, test.hcl, nil), false), "\n"); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestManyDeny asks for an account in which a user may join more groups that deny
// something than their combinations can be followed.
func TestManyDeny(t *testing.T) {
	may := allowing(`"iam:AddUserToGroup"`, "arn:aws:iam::111122223333:group/*")
	for n, cut := range map[int]bool{3: false, 12: true} {
		var groups []string
		for i := range n {
			groups = append(groups, groupWith(fmt.Sprintf("g%d", i), allowing(`"s3:*"`, "*"), denying(fmt.Sprintf(`"ec2:Run%d*"`, i))))
		}
		a := configured(t, inTurn(denying(`"iam:*"`), may, groups...), nil)
		if got := escalation.NewSearch(a, escalation.Amendment{}).Judge().Cut; got {
			t.Errorf("of %d groups that only the boundary keeps out, not all is followed", n)
		}
		a = configured(t, inTurn(denying(`"iam:DeleteUserPermissionsBoundary"`), may, groups...), nil)
		if got := escalation.NewSearch(a, escalation.Amendment{}).Judge().Cut; got != cut {
			t.Errorf("of %d groups: cut is %v, want %v", n, got, cut)
		}
	}
}

// TestLongPath: of a path of many steps the first and the last ten are shown, and
// those between them are counted.
func TestLongPath(t *testing.T) {
	for n, want := range map[int]int{20: 20, 21: 21, 60: 21} {
		var hcl strings.Builder
		for i := range n {
			fmt.Fprintf(&hcl, `
			resource "aws_iam_role_policy" "r%[1]d" {
				name   = "next"
				role   = "r%[1]d"
				policy = %[2]s
			}
			`, i, statementsOf(allowing(`"sts:AssumeRole"`, fmt.Sprintf("arn:aws:iam::111122223333:role/r%d", i+1))))
			hcl.WriteString(roleOf(fmt.Sprintf("r%d", i), accountTrust))
		}
		name := fmt.Sprintf("r%d", n)
		a := configured(t, hcl.String()+roleOf(name, accountTrust)+administratorOf(name), nil)
		for _, path := range escalation.NewSearch(a, escalation.Amendment{}).Judge().Paths {
			if path.Actor.Address != "aws_iam_role.r0" {
				continue
			}
			steps := paths.Steps(path)
			if path.Length() != n || len(steps) != want || lint.Number(steps, len(steps)-1) != n || steps[len(steps)-1].To != "aws_iam_role."+name {
				t.Errorf("of %d steps, %d are shown, up to %s", n, len(steps), steps[len(steps)-1].To)
			}
			if said := strings.Count(paths.Ways(path), "sts-001"); said != min(n, 20) {
				t.Errorf("of %d steps, the message names %d", n, said)
			}
		}
	}
}
