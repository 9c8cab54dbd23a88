package survey

import (
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// TestCommonNames: a pattern takes nine names of ten, by as few prefixes as do.
func TestCommonNames(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		prefixes map[string]int
		known    int
		want     string
		fitting  int
	}{
		"one prefix":                    {map[string]int{"app-": 10}, 10, "app-*", 10},
		"one of ten has another":        {map[string]int{"app-": 9, "x-": 1}, 10, "app-*", 9},
		"two prefixes":                  {map[string]int{"svc-": 6, "team.": 4}, 10, `regex:^(svc-|team\.)`, 10},
		"too many prefixes":             {map[string]int{"a-": 3, "b-": 3, "c-": 3, "d-": 3, "e-": 3}, 15, "*", 15},
		"prefixes of single names":      {map[string]int{"a-": 1, "b-": 1, "c-": 1}, 3, "*", 3},
		"names without a prefix":        {nil, 10, "*", 10},
		"too few names":                 {map[string]int{"app-": 2}, 2, "*", 2},
		"half of them without a prefix": {map[string]int{"app-": 5}, 10, "*", 10},
	} {
		n := nameCount{prefixes: c.prefixes, known: c.known}
		if got := n.common("aws_iam_role"); got.Pattern != c.want || got.Fitting != c.fitting {
			t.Errorf("%s: %s, which takes %d; want %s and %d", name, got.Pattern, got.Fitting, c.want, c.fitting)
		}
	}
}

// TestAnyAccount: a boundary is the same in every account, and of its own
// partition where that is known.
func TestAnyAccount(t *testing.T) {
	t.Parallel()
	var syms policy.Symbols
	account := syms.Token(syms.Intern(policy.Symbol{Kind: policy.SymbolAccount, Name: "account"}))
	for in, want := range map[string]string{
		"arn:aws:iam::111122223333:policy/b":          "arn:aws:iam::*:policy/b",
		"arn:aws:iam::" + account + ":policy/org/b":   "arn:aws:iam::*:policy/org/b",
		"arn:aws-cn:iam::111122223333:policy/b":       "arn:aws-cn:iam::*:policy/b",
		"arn:aws:iam::aws:policy/PowerUserAccess":     "arn:aws:iam::aws:policy/PowerUserAccess",
		"arn:aws:iam::111122223333:policy/" + account: "",
		"arn:aws:iam::111122223333:role/b":            "",
		account:                                       "",
	} {
		if got, _ := anyAccount(syms.Text(in)); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}

// TestDeploying: words that deploy stand by themselves.
func TestDeploying(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"ci-deploy": true, "TerraformRole": true, "terraform": true, "gitlab_runner": true, "x.ci": true, "payments-cicd": true,
		"city": false, "specialist": false, "app-pipelines": false,
	} {
		if got := soundsDeploying(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
