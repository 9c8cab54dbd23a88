package driver

import (
	"slices"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

func textValue(text policy.Text) iam.Value { return iam.Value{Text: text, Set: true} }

func literalValue(text string) iam.Value { return textValue(policy.Literal(text)) }

// TestUnseenDocuments: what a policy of another repository allows, or one whose
// document is hidden, is not judged, and the report names each once.
func TestUnseenDocuments(t *testing.T) {
	symbols := &policy.Symbols{}
	symbol := func(name string) policy.Text {
		return policy.SymbolText(symbols.Intern(policy.Symbol{Kind: policy.SymbolVariable, Name: name}))
	}
	const foreign, read = "arn:aws:iam::111111111111:policy/foreign", "arn:aws:iam::111111111111:policy/read"
	attached := func(v iam.Value) *iam.Attachment { return &iam.Attachment{PolicyARN: v} }
	known := &iam.Document{Document: &policy.Document{}}
	hidden := &iam.Document{Document: &policy.Document{Unknown: &policy.Symbol{}}}
	declared := &iam.ManagedPolicy{Declared: iam.Declared{Address: "aws_iam_policy.declared"}, Document: known}
	bounded := &iam.Entity{Boundary: textValue(symbol("x"))}
	boundary := &iam.ManagedPolicy{Declared: iam.Declared{Address: "aws_iam_policy.boundary"}, Document: hidden, BoundaryOf: []*iam.Entity{bounded}}
	bounded.BoundaryPolicy = boundary
	secret := literalValue("arn:aws:iam::111111111111:policy/secret")
	secret.Sensitive = true
	m := &iam.Model{
		Entities: []*iam.Entity{
			{Attached: []*iam.Attachment{
				attached(literalValue(foreign)), attached(literalValue("arn:aws:iam::aws:policy/ReadOnlyAccess")), attached(literalValue("arn:aws:iam::aws:policy/Newer")),
				{PolicyARN: textValue(symbol("aws_iam_policy.declared.arn")), Policy: declared},
				attached(iam.Value{}),
			}},
			{Attached: []*iam.Attachment{attached(literalValue(read)), attached(textValue(symbol("var.policy")))}},
			{Declared: iam.Declared{Change: iam.ChangeDelete}, Attached: []*iam.Attachment{attached(literalValue("arn:aws:iam::111111111111:policy/gone"))}},
			{Boundary: literalValue("arn:aws:iam::111111111111:policy/given")},
			{Boundary: literalValue("arn:aws:iam::aws:policy/ReadOnlyAccess")},
			{Boundary: iam.Value{Text: symbol("var.boundary"), Set: true, References: []string{"var.boundary"}}},
			{Boundary: iam.Value{Text: symbol("data.aws_iam_policy.b.arn"), Set: true, References: []string{"data.aws_iam_policy.b.arn"}}},
			{Boundary: literalValue("not an ARN")},
			bounded,
		},
		PermissionSets: []*iam.Entity{{Boundary: literalValue(foreign)}, {Boundary: secret}},
		Groups:         []*iam.Group{{Attached: []*iam.Attachment{attached(literalValue(foreign))}}},
		Policies:       []*iam.ManagedPolicy{declared, boundary, {Declared: iam.Declared{Address: "aws_iam_policy.late"}, Document: hidden}},
		Inline:         []*iam.InlinePolicy{{Declared: iam.Declared{Address: "aws_iam_role_policy.late"}, Document: hidden}, {Declared: iam.Declared{Address: "aws_iam_role_policy.x"}, Document: known}},
		Lookups:        []*iam.Lookup{{Found: policy.Literal(read), Document: known}},
	}
	r := &run{
		settings: &lint.Settings{Boundaries: []lint.ApprovedBoundary{
			{ARNs: []string{"arn:aws:iam::*:policy/given"}, Document: known},
			{References: []string{"data.aws_iam_policy.b"}, Document: known},
			{ARNs: []string{"*"}},
		}},
		opts: Options{ManagedPolicy: func(name string) (string, bool) { return "", name == "ReadOnlyAccess" }},
	}
	if got, want := r.unseenPolicies(m), []string{"<var.policy>", foreign, "arn:aws:iam::aws:policy/Newer", "aws_iam_policy.late", "aws_iam_role_policy.late"}; !slices.Equal(got, want) {
		t.Errorf("policies %q, want %q", got, want)
	}
	if got, want := r.unseenBoundaries(m), []string{"(sensitive)", "<var.boundary>", foreign, "aws_iam_policy.boundary"}; !slices.Equal(got, want) {
		t.Errorf("boundaries %q, want %q", got, want)
	}
}

// TestReadings: what both tools' readings show is said once, and what one of
// them shows, for which.
func TestReadings(t *testing.T) {
	input := func(tool iam.Tool) *iam.Model {
		return &iam.Model{Input: iam.Input{Path: "live", Root: "live", Kind: iam.InputConfig, Tool: tool, Complete: true}, Symbols: &policy.Symbols{}}
	}
	r := &run{models: []*iam.Model{{Input: iam.Input{Path: "other"}}, input(iam.Terraform), input(iam.OpenTofu)}}
	at := func(input int, address, message string) lint.Finding {
		return lint.Finding{Rule: "r", Input: input, Address: address, Message: message, Verdict: lint.Violation, Severity: lint.Error}
	}
	var got []string
	for _, f := range r.mergeReadings([]lint.Finding{
		at(0, "a", "Elsewhere."), at(1, "a", "Both."), at(1, "b", "One."), at(2, "a", "Both."), at(2, "c", "Other."), at(2, "b", "Else."),
	}) {
		got = append(got, f.Address+" "+f.Message)
	}
	want := []string{
		"a Elsewhere.", "a Both.", "b One. This holds as Terraform reads the configuration, and not as OpenTofu does.",
		"c Other. This holds as OpenTofu reads the configuration, and not as Terraform does.",
		"b Else. This holds as OpenTofu reads the configuration, and not as Terraform does.",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}
