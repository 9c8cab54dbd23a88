package rules

import (
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
)

// TestNamesOfWhatGoes: what is deleted or let go needs no other name.
func TestNamesOfWhatGoes(t *testing.T) {
	for change, want := range map[iam.Change]bool{iam.ChangeNone: true, iam.ChangeDelete: false, iam.ChangeForget: false} {
		declared := func(address string) iam.Declared { return iam.Declared{Address: address, Change: change} }
		seen := map[string]bool{}
		m := &iam.Model{
			Entities: []*iam.Entity{{Kind: iam.Role, Declared: declared("aws_iam_role.x")}},
			Policies: []*iam.ManagedPolicy{{Declared: declared("aws_iam_policy.x")}},
			Groups:   []*iam.Group{{Declared: declared("aws_iam_group.x")}},
			Profiles: []*iam.InstanceProfile{{Declared: declared("aws_iam_instance_profile.x")}},
		}
		nameables(lint.NewPass(NamePrefix, m, &lint.Settings{}, nil, nil), func(n nameable) { seen[n.kind] = true })
		for _, kind := range []string{"role", "policy", "group", "instance profile"} {
			if seen[kind] != want {
				t.Errorf("change %v: a %s is named: %v", change, kind, seen[kind])
			}
		}
	}
}
