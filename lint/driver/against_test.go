package driver

import (
	"slices"
	"testing"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

func TestUnmanaged(t *testing.T) {
	entity := func(kind iam.EntityKind, arn, name, path, account string) *iam.Entity {
		e := &iam.Entity{Kind: kind, Declared: iam.Declared{Address: arn}, ARN: policy.Literal(arn)}
		e.Name = iam.Value{Set: true, Text: policy.Literal(name)}
		e.Path = iam.Value{Set: true, Text: policy.Literal(path)}
		e.Deployment.Account = policy.Literal(account)
		return e
	}
	const prefix = "arn:aws:iam::111122223333:"
	dump := &iam.Model{Input: iam.Input{Kind: iam.InputAccount}, Entities: []*iam.Entity{
		entity(iam.Role, prefix+"role/app-managed", "app-managed", "/", "111122223333"),
		entity(iam.Role, prefix+"role/app-by-name", "app-by-name", "/", "111122223333"),
		entity(iam.Role, prefix+"role/by-hand", "by-hand", "/", "111122223333"),
		entity(iam.Role, prefix+"role/aws-service-role/x.amazonaws.com/linked", "linked", "/aws-service-role/x.amazonaws.com/", "111122223333"),
		entity(iam.User, prefix+"user/app-managed", "app-managed", "/", "111122223333"),
		entity(iam.Role, prefix+"role/elsewhere", "elsewhere", "/", "111122223333"),
		entity(iam.Role, prefix+"role/going", "going", "/", "111122223333"),
	}}
	byName := entity(iam.Role, "", "APP-by-name", "/", "111122223333")
	going := entity(iam.Role, prefix+"role/going", "going", "/", "111122223333")
	going.Change = iam.ChangeForget
	state := &iam.Model{Input: iam.Input{Kind: iam.InputState}, Entities: []*iam.Entity{
		entity(iam.Role, prefix+"role/app-managed", "app-managed", "/", "111122223333"), byName, going,
		entity(iam.Role, "arn:aws:iam::444455556666:role/elsewhere", "elsewhere", "/", "444455556666"),
	}}
	want := []string{prefix + "role/by-hand", prefix + "user/app-managed", prefix + "role/elsewhere", prefix + "role/going"}
	if got := unmanaged(dump, []*iam.Model{{}, state}); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := unmanaged(dump, nil); got != nil {
		t.Errorf("not asked for: %q", got)
	}
	if got := unmanaged(state, []*iam.Model{state}); got != nil {
		t.Errorf("no dump: %q", got)
	}
	if got := unmanaged(&iam.Model{Input: dump.Input}, []*iam.Model{state}); got == nil {
		t.Error("asked for, and nothing found")
	}
}
