package driver

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
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
				Kind: iam.Role, Declared: iam.Declared{Address: "arn:aws:iam::" + account + ":role/r", Provider: account}, ARN: policy.Literal("arn:aws:iam::" + account + ":role/r"),
				Name: iam.Value{Text: policy.Literal("r"), Set: true},
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
	var inputs []string
	for _, in := range report.Inputs {
		inputs = append(inputs, fmt.Sprintf("%s %s %d", in.Path, in.Account, len(in.Entities)))
	}
	if got := strings.Join(inputs, ", "); got != "a.json 111122223333 1, b.json 999988887777 1, s.json 111122223333 1" || report.Summary.Entities != 3 {
		t.Errorf("inputs %s; %d entities", got, report.Summary.Entities)
	}
}

// TestDumpsKeepTheirFindings: what is found in joint dumps is in the account
// that it is about, and is the same whatever other accounts are in the run.
func TestDumpsKeepTheirFindings(t *testing.T) {
	dump := func(account string, complete bool) *iam.Model {
		arn := "arn:aws:iam::" + account + ":role/r"
		return &iam.Model{
			Input: iam.Input{Path: "dumps/" + account + ".json", Root: account, Kind: iam.InputAccount, Complete: complete}, Symbols: &policy.Symbols{},
			Entities: []*iam.Entity{{
				Kind: iam.Role, Declared: iam.Declared{Address: arn, Provider: account}, ARN: policy.Literal(arn), Name: iam.Value{Text: policy.Literal("r"), Set: true},
			}},
			Providers: []*iam.Provider{{Name: account, StateAccounts: []string{account}}},
		}
	}
	everybody := &lint.Rule{ID: "everybody", Severity: lint.Error, Doc: lint.Doc{Title: "A", What: "w", Why: "w", Fix: "f"}, Run: func(p *lint.Pass) error {
		for e := range p.Entities() {
			p.Report(lint.Finding{Address: e.Address, Message: "Here."})
			p.Beyond("something of " + e.Address)
		}
		return nil
	}}
	incomplete := &lint.Rule{ID: lint.InputIncomplete, Severity: lint.Warning, Doc: everybody.Doc, Leg: lint.TheRun}
	judge := func(models ...*iam.Model) *lint.Report {
		report, err := Run(models, []*lint.Rule{everybody, incomplete}, nil, Options{})
		if err != nil {
			t.Fatal(err)
		}
		return report
	}
	alone := judge(dump("222222222222", false))
	again := dump("222222222222", true)
	again.Entities, again.Input.More = nil, true
	joint := judge(dump("111111111111", true), dump("222222222222", false), again)
	var got []string
	for _, f := range joint.Findings {
		in := &joint.Inputs[f.Input]
		got = append(got, fmt.Sprintf("%s %s %s", in.Account, f.Rule, f.Address))
	}
	want := []string{
		"111111111111 everybody arn:aws:iam::111111111111:role/r", "222222222222 input-incomplete 222222222222.json",
		"222222222222 everybody arn:aws:iam::222222222222:role/r",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if joint.Findings[2].Fingerprint != alone.Findings[1].Fingerprint {
		t.Error("the fingerprint depends on the other account")
	}
	if b := joint.Inputs[1].Beyond; len(b) == 0 || !strings.Contains(b[0], "222222222222") {
		t.Errorf("beyond %q", b)
	}
}

// TestPagesInSeveralFiles: what one page lacks another may have, and the last
// page says whether there are further ones.
func TestPagesInSeveralFiles(t *testing.T) {
	page := func(path string, more bool, lacks ...string) *iam.Model {
		m := &iam.Model{
			Input: iam.Input{Path: path, Kind: iam.InputAccount, More: more, Lacks: lacks}, Symbols: &policy.Symbols{},
			Providers: []*iam.Provider{{Name: "111111111111", StateAccounts: []string{"111111111111"}}},
		}
		m.Input.JudgeDump()
		return m
	}
	complete := func(pages ...*iam.Model) string {
		report, err := Run(pages, nil, nil, Options{})
		if err != nil {
			t.Fatal(err)
		}
		in := &report.Inputs[0]
		return fmt.Sprintf("%d %s %t %s", len(report.Inputs), in.Path, in.Complete, strings.Join(in.Reasons, "; "))
	}
	first := func() *iam.Model {
		return page("1.json", true, iam.LackingPolicy+"arn:aws:iam::111111111111:policy/p", iam.LackingGroup+"ops")
	}
	last := page("2.json", false)
	last.Groups = []*iam.Group{{Name: iam.Value{Text: policy.Literal("Ops"), Set: true}, Declared: iam.Declared{Provider: "111111111111"}}}
	last.Policies = []*iam.ManagedPolicy{{
		Name: iam.Value{Text: policy.Literal("p"), Set: true}, ARN: policy.Literal("arn:aws:iam::111111111111:policy/p"), Declared: iam.Declared{Provider: "111111111111"},
	}}
	if got := complete(first(), last); got != "1 1.json, 2.json true " {
		t.Errorf("all pages: %s", got)
	}
	if got := complete(first(), page("2.json", false)); got != "1 1.json, 2.json false it has not the policy arn:aws:iam::111111111111:policy/p, the group ops, which an entity in it has" {
		t.Errorf("a page without them: %s", got)
	}
	if got := complete(page("1.json", false), page("2.json", true)); !strings.Contains(got, "false its last page") {
		t.Errorf("cut off: %s", got)
	}
}
