package escalation

import (
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// usersWith is an account of two users who are both allowed an action.
func usersWith(t *testing.T, action string) *holders.Account {
	t.Helper()
	d, diags := policy.Parse(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"`+action+`","Resource":"*"}]}`, nil,
		policy.ParseOptions{Kind: policy.IdentityPolicy})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	m := &iam.Model{Symbols: &policy.Symbols{}}
	for _, name := range []string{"a", "b"} {
		known := iam.Value{Text: policy.Literal(name), Set: true}
		m.Entities = append(m.Entities, &iam.Entity{
			Declared: iam.Declared{Address: "aws_iam_user." + name}, Kind: iam.User, Name: known,
			ARN: policy.Literal("arn:aws:iam::111122223333:user/" + name),
		})
		m.Inline = append(m.Inline, &iam.InlinePolicy{
			Declared: iam.Declared{Address: "aws_iam_user_policy." + name}, HolderKind: iam.HolderUser, Holder: known, Name: known,
			Document: &iam.Document{Document: d},
		})
	}
	m.Link(iam.Hints{Account: "111122223333"})
	a, err := holders.Accounts.Of(lint.NewPass(&lint.Rule{}, m, nil, nil, nil))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestNobodyChanges: where nobody may change anything, nobody is followed as
// it would be after a change, which is most of the work of a small account.
func TestNobodyChanges(t *testing.T) {
	for action, changes := range map[string]bool{
		"s3:GetObject": false, "sts:AssumeRole": false, "iam:PutUserPolicy": true, "iam:DeleteUserPermissionsBoundary": true, "*": true,
	} {
		s := NewSearch(usersWith(t, action), Amendment{})
		s.Judge()
		if got := len(s.engine.grown) > 0; got != changes {
			t.Errorf("%s: somebody is followed after a change: %v, want %v", action, got, changes)
		}
	}
}
