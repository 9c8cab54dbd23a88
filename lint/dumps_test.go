package lint

import (
	"testing"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// TestDumpsAreJudgedTogether: trusts cross accounts.
func TestDumpsAreJudgedTogether(t *testing.T) {
	syms := &policy.Symbols{}
	dump := func(path, account string, kind iam.InputKind) *iam.Model {
		return &iam.Model{
			Input: iam.Input{Path: path, Kind: kind, Complete: true}, Symbols: syms,
			Entities: []*iam.Entity{{
				Kind: iam.Role, Address: "arn:aws:iam::" + account + ":role/r", ARN: policy.Literal("arn:aws:iam::" + account + ":role/r"),
				Name: iam.Value{Text: policy.Literal("r"), Set: true}, Provider: account,
			}},
			Providers: []*iam.Provider{{Name: account, StateAccounts: []string{account}}},
		}
	}
	report, err := Run([]*iam.Model{
		dump("a.json", "111122223333", iam.InputAccount), dump("s.json", "111122223333", iam.InputState), dump("b.json", "999988887777", iam.InputAccount),
	}, nil, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, in := range report.Inputs {
		paths = append(paths, in.Path)
	}
	if len(paths) != 2 || paths[0] != "a.json, b.json" || paths[1] != "s.json" || report.Summary.Entities != 3 {
		t.Errorf("inputs %q, %d entities", paths, report.Summary.Entities)
	}
}
