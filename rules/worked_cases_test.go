package rules

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// workedCase is one of the worked cases of package authz, as far as the rules
// are asked.
type workedCase struct {
	ID, Title, Verdict string
	Question           string          `json:"q"`
	Policy             json.RawMessage `json:"pol"`
	Boundary           json.RawMessage `json:"pb"`
	Approved           []string        `json:"approved"`
	Partition          string          `json:"partition"`
}

const workedAccount = "111122223333"

func workedCases(t *testing.T) []workedCase {
	t.Helper()
	var cases []workedCase
	for _, name := range []string{"cases.json", "more-cases.json"} {
		data, err := os.ReadFile("../lint/authz/testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		var list []workedCase
		if err := json.Unmarshal(data, &list); err != nil {
			t.Fatal(err)
		}
		cases = append(cases, list...)
	}
	return cases
}

// model is the input of a case: the role Dev with the policy inline.
func (w *workedCase) model(t *testing.T) (*iam.Model, *lint.Settings) {
	t.Helper()
	m := &iam.Model{Symbols: &policy.Symbols{}, Entities: []*iam.Entity{
		{Kind: iam.Role, Declared: iam.Declared{Address: "aws_iam_role.dev", Provider: "aws"}, Type: "aws_iam_role", Name: given("Dev")},
	}}
	if w.Partition != "" {
		m.Providers = []*iam.Provider{{Name: "aws", Partition: w.Partition}}
	}
	m.Inline = []*iam.InlinePolicy{{
		Declared: iam.Declared{Address: "aws_iam_role_policy.dev", Provider: "aws"}, HolderKind: iam.HolderRole, Holder: given("Dev"), Name: given("dev"), Document: written(compactJSON(t, w.Policy), "aws_iam_role_policy.dev", policy.IdentityPolicy, m.Symbols),
	}}
	if len(w.Boundary) > 0 {
		m.Policies = []*iam.ManagedPolicy{{
			Declared: iam.Declared{Address: "aws_iam_policy.own", Provider: "aws"}, Name: given("own"), Document: written(compactJSON(t, w.Boundary), "aws_iam_policy.own", policy.IdentityPolicy, m.Symbols),
		}}
		m.Entities[0].Boundary = given("arn:aws:iam::" + workedAccount + ":policy/own")
	}
	approved := w.Approved
	if approved == nil {
		approved = []string{"arn:aws:iam::" + workedAccount + ":policy/DevBoundary"}
	}
	m.Link(iam.Hints{Account: workedAccount})
	return m, &lint.Settings{AccountID: workedAccount, Boundaries: []lint.ApprovedBoundary{{Name: "approved", ARNs: approved}}}
}

func given(s string) iam.Value { return iam.Value{Text: policy.Literal(s), Set: true} }

func compactJSON(t *testing.T, src []byte) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, src); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// findings runs rules over one model.
func findings(t *testing.T, m *iam.Model, s *lint.Settings, list ...*lint.Rule) []lint.Finding {
	t.Helper()
	var out []lint.Finding
	shared := &lint.Shared{}
	for _, r := range list {
		if err := r.Run(lint.NewPass(r, m, s, shared, func(f lint.Filed) { out = append(out, f.Finding) })); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// TestWorkedCases asks the rules what the worked cases ask: a case that
// escapes is a violation of the question's rule, one that is enforced is
// silent, one that cannot be decided is undetermined.
func TestWorkedCases(t *testing.T) {
	rule := map[string]*lint.Rule{"Q1": DelegationWithoutBoundary, "Q2": BoundaryRemovable, "Q3": BoundaryEditable}
	want := map[string]lint.Verdict{"escapes": lint.Violation, "enforced": "", "undecidable": lint.Undetermined}
	asked := 0
	for _, w := range workedCases(t) {
		r := rule[w.Question]
		if r == nil {
			continue
		}
		asked++
		m, s := w.model(t)
		found := findings(t, m, s, r)
		var got lint.Verdict
		for _, f := range found {
			if got != lint.Violation {
				got = f.Verdict
			}
			if f.Verdict == lint.Violation && (f.Witness == nil || f.Excerpt == "") {
				t.Errorf("case %s: no witness or statement: %+v", w.ID, f)
			}
			if f.Remediation == "" || !strings.HasSuffix(f.Message, ".") || strings.Contains(f.Message, "\n") {
				t.Errorf("case %s: %q, fix with %q", w.ID, f.Message, f.Remediation)
			}
			t.Logf("%s %s: %s", w.ID, f.Verdict, f.Message)
		}
		if got != want[w.Verdict] {
			t.Errorf("case %s (%s): %s gives %q, want %s", w.ID, w.Title, r.ID, got, w.Verdict)
		}
		// The conditions that are said not to enforce must be at fault.
		for _, f := range findings(t, m, s, BoundaryConditionIneffective) {
			t.Logf("%s %s %s %s: %s", w.ID, w.Verdict, f.Severity, f.Verdict, f.Message)
		}
	}
	if asked < 40 {
		t.Errorf("only %d cases asked", asked)
	}
}

// TestWorkedBoundaries are the cases of Q5: does the attribute, or the
// document, put a limit in force?
func TestWorkedBoundaries(t *testing.T) {
	const document = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`
	var syms policy.Symbols
	unknown := iam.Value{Set: true, Nullable: true, Text: policy.SymbolText(syms.Intern(policy.Symbol{Name: "var.boundary_arn", Nullable: true}))}
	tests := []struct {
		id       string
		boundary iam.Value
		want     []string
	}{
		{"97", given(document), []string{"violation boundary-invalid"}},
		{"99", given("arn:aws:iam::999988887777:policy/DevBoundary"), []string{"violation boundary-invalid"}},
		{"101", unknown, []string{"undetermined boundary-missing", "undetermined boundary-not-approved"}},
	}
	for _, tt := range tests {
		for _, kind := range []iam.EntityKind{iam.Role, iam.User} {
			m := &iam.Model{Symbols: &syms, Entities: []*iam.Entity{{
				Kind: kind, Declared: iam.Declared{Address: "aws_iam_" + string(kind) + ".dev"}, Type: "aws_iam_" + string(kind), Name: given("app-dev"), Boundary: tt.boundary,
			}}}
			m.Link(iam.Hints{Account: workedAccount})
			var got []string
			for _, f := range findings(t, m, &lint.Settings{}, BoundaryMissing, BoundaryNotApproved, BoundaryInvalid) {
				got = append(got, string(f.Verdict)+" "+f.Rule)
			}
			slices.Sort(got)
			if !slices.Equal(got, tt.want) {
				t.Errorf("case %s, %s: %q, want %q", tt.id, kind, got, tt.want)
			}
		}
	}
}

// TestWorkedLeak is case 103: a boundary that excepts iam alone leaves ways to
// other principals open. They are notes as long as the input has none.
func TestWorkedLeak(t *testing.T) {
	const document = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":["iam:*","organizations:*"],"Resource":"*"}]}`
	for _, admin := range []bool{false, true} {
		m := &iam.Model{Symbols: &policy.Symbols{}, Policies: []*iam.ManagedPolicy{{
			Declared: iam.Declared{Address: "aws_iam_policy.boundary"}, Name: given("boundary"), Document: written(document, "aws_iam_policy.boundary", policy.IdentityPolicy, nil),
		}}, Entities: []*iam.Entity{{
			Kind: iam.Role, Declared: iam.Declared{Address: "aws_iam_role.dev"}, Name: given("app-dev"), Boundary: given("arn:aws:iam::" + workedAccount + ":policy/boundary"),
		}}}
		if admin {
			trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + workedAccount + `:root"},"Action":"sts:AssumeRole"}]}`
			m.Entities = append(m.Entities, &iam.Entity{
				Kind: iam.Role, Declared: iam.Declared{Address: "aws_iam_role.ops"}, Name: given("ops"), Trust: written(trust, "aws_iam_role.ops", policy.TrustPolicy, nil),
			})
		}
		m.Link(iam.Hints{Account: workedAccount})
		found := findings(t, m, &lint.Settings{}, BoundaryLeaks)
		want := lint.Note
		if admin {
			want = lint.Error
		}
		if len(found) == 0 || found[0].Verdict != lint.Violation || found[0].Severity != want {
			t.Errorf("with an unbounded role %v: %+v", admin, found)
		}
		for _, f := range found {
			t.Logf("%v %s %s: %s", admin, f.Severity, f.Verdict, f.Message)
		}
	}
}
