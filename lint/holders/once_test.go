package holders_test

import (
	"testing"

	"github.com/boundlint/boundlint/lint/authz"
)

// TestOnceAbout asks a question once for all users that have the same policies about an
// action, and of each of those whose policies about it depend on their names. A boundary
// that says nothing of the action makes a difference, and so does a region that another
// policy names.
func TestOnceAbout(t *testing.T) {
	t.Parallel()
	a := configured(t, `
		resource "aws_iam_policy" "s3" {
			name   = "s3"
			policy = `+allowS3+`
		}
		resource "aws_iam_policy" "boundary" {
			name   = "boundary"
			policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sqs:*", Resource = "*" }] })
		}
		resource "aws_iam_policy" "own" {
			name   = "own"
			policy = jsonencode({ Version = "2012-10-17", Statement = [{
				Effect = "Allow", Action = ["iam:GetUser", "sns:Publish"], Resource = "*"
				Condition = { StringEquals = { "aws:PrincipalTag/team" = "a" } }
			}] })
		}
		resource "aws_iam_user" "each" {
			for_each             = toset(["a", "b", "bounded", "far"])
			name                 = each.key
			permissions_boundary = each.key == "bounded" ? aws_iam_policy.boundary.arn : null
		}
		resource "aws_iam_user_policy" "far" {
			user   = aws_iam_user.each["far"].name
			policy = jsonencode({ Version = "2012-10-17", Statement = [{
				Effect = "Allow", Action = "sqs:SendMessage", Resource = "arn:aws:sqs:eu-west-3:111122223333:q"
			}] })
		}
		resource "aws_iam_user_policy_attachment" "s3" {
			for_each   = aws_iam_user.each
			user       = each.value.name
			policy_arn = aws_iam_policy.s3.arn
		}
		resource "aws_iam_user_policy_attachment" "own" {
			for_each   = aws_iam_user.each
			user       = each.value.name
			policy_arn = aws_iam_policy.own.arn
		}`)
	for action, want := range map[string]int{"s3:GetObject": 3, "S3:PutObject": 3, "sns:Publish": 4, "iam:GetUser": 4, "iam:CreateUser": 4} {
		asked := 0
		for _, h := range a.Holders {
			a.OnceAbout(h, action, "is it", func() authz.Answer {
				asked++
				return authz.Answer{}
			})
		}
		if asked != want {
			t.Errorf("%s is asked about %d times of %d users, want %d", action, asked, len(a.Holders), want)
		}
	}
}
