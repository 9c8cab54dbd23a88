package rules

import (
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
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

// TestGeneratedNames: the AWS provider appends the time to a prefix, from the
// year on (Terraform, github.com/hashicorp/terraform-plugin-sdk, helper/id).
func TestGeneratedNames(t *testing.T) {
	rest := policy.SymbolText(&policy.Symbol{Name: "rest"})
	generated := policy.Concat(policy.Literal("app-"), rest)
	for name, c := range map[string]struct {
		n    nameable
		want string
	}{
		"generated":           {nameable{resourceType: "aws_iam_role", text: generated}, "app-20<rest>"},
		"by another provider": {nameable{resourceType: "awscc_iam_role", text: generated}, "app-<rest>"},
		"given":               {nameable{resourceType: "aws_iam_role", name: iam.Value{Text: generated, Set: true}, text: generated}, "app-<rest>"},
		"known":               {nameable{resourceType: "aws_iam_role", text: policy.Literal("app-x")}, "app-x"},
		"none":                {nameable{resourceType: "aws_iam_role"}, ""},
	} {
		if got := c.n.matched().String(); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
