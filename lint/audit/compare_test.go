package audit

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
)

// TestCompare: findings are told apart by their fingerprints, entities by their
// addresses, controls by their ids; nothing differs between an audit and itself.
func TestCompare(t *testing.T) {
	finding := func(fingerprint string) lint.Finding {
		return lint.Finding{Rule: "boundary-missing", Verdict: lint.Violation, Severity: lint.Error, Fingerprint: fingerprint, Address: "a"}
	}
	rules := []*lint.Rule{{ID: "boundary-missing", Leg: lint.FirstLeg}}
	before := reportOf(bounded("stays", "app"), bounded("goes", "app"), bounded("loses", "app"), bounded("swaps", "app"))
	before.Rules, before.Findings = rules, []lint.Finding{finding("old"), finding("both")}
	now := reportOf(bounded("stays", "app"), bounded("comes", ""), bounded("loses", ""), bounded("swaps", "other"))
	now.Rules, now.Findings = rules, []lint.Finding{finding("both"), finding("new"), finding("newer")}
	last := Make(&Source{Report: before, Today: today.AddDate(0, -1, 0)})
	c := Make(&Source{Report: now, Today: today, Last: last}).Last
	if c.Date != "2026-10-30" || len(c.NewFindings) != 2 || len(c.FixedFindings) != 1 || c.Unchanged != 1 || c.FixedFindings[0].Fingerprint != "old" {
		t.Errorf("%+v", c)
	}
	const at = "arn:aws:iam::" + account + ":role/"
	if !reflect.DeepEqual(c.Came, []string{at + "comes"}) || !reflect.DeepEqual(c.Went, []string{at + "goes"}) {
		t.Errorf("came %q, went %q", c.Came, c.Went)
	}
	if want := []SwappedEntry{{at + "loses", boundaryARN("app"), ""}, {at + "swaps", boundaryARN("app"), boundaryARN("other")}}; !reflect.DeepEqual(c.Swapped, want) {
		t.Errorf("%+v", c.Swapped)
	}

	now.Findings = nil
	if c := Make(&Source{Report: now, Today: today, Last: last}).Last; len(c.Controls) != 1 || c.Controls[0].ID != "leg-1" || c.Controls[0].Before != Failed || c.Controls[0].Now != Passed {
		t.Errorf("%+v", c.Controls)
	}
	same := Make(&Source{Report: before, Today: today, Last: last}).Last
	if n := len(same.NewFindings) + len(same.FixedFindings) + len(same.Came) + len(same.Went) + len(same.Swapped) + len(same.Controls) + len(same.AccountsCame) + len(same.AccountsWent); n > 0 {
		t.Errorf("%+v", same)
	}
}

// TestAccountsCompared: an account that only one of two audits has came or went.
func TestAccountsCompared(t *testing.T) {
	other := reportOf()
	other.Inputs[0].Account = "444455556666"
	last := Make(&Source{Report: other, Today: today})
	a := Make(&Source{Report: reportOf(), Today: today, Last: last})
	if c := a.Last; !reflect.DeepEqual(c.AccountsCame, []string{account}) || !reflect.DeepEqual(c.AccountsWent, []string{"444455556666"}) {
		t.Errorf("%+v", c)
	}
	if a.SameAccounts(last) || !a.SameAccounts(a) {
		t.Error("which accounts two audits share is told wrongly")
	}
}

// TestCommonAccountsCompared: what an account has that only one of two audits has is
// neither new nor fixed, and no control changes by it.
func TestCommonAccountsCompared(t *testing.T) {
	const other = "444455556666"
	found := func(input int, fingerprint string) lint.Finding {
		return lint.Finding{Rule: "r", Verdict: lint.Violation, Severity: lint.Error, Fingerprint: fingerprint, Address: fingerprint, Input: input}
	}
	both := reportOf(bounded("a", "app"))
	both.Rules = []*lint.Rule{{ID: "r", Leg: lint.FirstLeg}}
	both.Inputs = append(both.Inputs, both.Inputs[0])
	both.Inputs[1].Account, both.Inputs[1].Entities = other, []lint.EntitySummary{{Address: "arn:aws:iam::" + other + ":role/x"}}
	both.Findings = []lint.Finding{found(1, "of the other")}
	one := reportOf(bounded("a", "app"))
	one.Rules = both.Rules
	for name, c := range map[string]*Comparison{
		"an account goes":  Make(&Source{Report: one, Today: today, Last: Make(&Source{Report: both, Today: today})}).Last,
		"an account comes": Make(&Source{Report: both, Today: today, Last: Make(&Source{Report: one, Today: today})}).Last,
	} {
		if len(c.NewFindings)+len(c.FixedFindings)+c.Unchanged+len(c.Came)+len(c.Went)+len(c.Controls) > 0 || len(c.AccountsCame)+len(c.AccountsWent) != 1 {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

// TestRead: an audit is read as it was written, and what is not one is refused.
func TestRead(t *testing.T) {
	a := Make(&Source{Report: reportOf(bounded("a", "app")), Today: today})
	text, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	read, err := Read(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := json.Marshal(read); !bytes.Equal(again, text) {
		t.Errorf("written %s\nread    %s", text, again)
	}
	for name, c := range map[string]struct{ text, want string }{
		"nothing":    {"", "not the JSON of an audit"},
		"a report":   {`{"version":1,"findings":[]}`, "not the JSON of an audit"},
		"a list":     {"[]", "not the JSON of an audit"},
		"cut off":    {string(text[:len(text)/2]), "not the JSON of an audit"},
		"newer":      {`{"version":2,"date":"2027-01-01"}`, "newer version"},
		"negative":   {`{"version":-1,"date":"2026-01-01"}`, "not the JSON of an audit"},
		"no day":     {`{"version":1,"date":"yesterday"}`, "not a day"},
		"two":        {string(text) + string(text), "something follows"},
		"wrong type": {`{"version":"1","date":7}`, "not the JSON of an audit"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Read(strings.NewReader(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}
