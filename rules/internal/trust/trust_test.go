package trust

import (
	"testing"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/policy"
)

// TestFirstAllowed: what one caller may is enough, and else the first that is
// undetermined tells why.
func TestFirstAllowed(t *testing.T) {
	open := func(why string) authz.Answer {
		return authz.Answer{Verdict: authz.Undetermined, Reasons: []authz.Reason{{Text: why}}}
	}
	denied, allowed := authz.Answer{Verdict: authz.Denied}, authz.Answer{Verdict: authz.Allowed}
	for _, c := range []struct {
		answers []authz.Answer
		want    authz.Verdict
		why     string
	}{
		{nil, authz.Denied, ""},
		{[]authz.Answer{denied, denied}, authz.Denied, ""},
		{[]authz.Answer{denied, open("a"), open("b"), denied}, authz.Undetermined, "a"},
		{[]authz.Answer{open("a"), allowed, open("b")}, authz.Allowed, ""},
	} {
		at := -1
		got := FirstAllowed(func(*Caller) authz.Answer { at++; return c.answers[at] }, make([]*Caller, len(c.answers)))
		why := ""
		if len(got.Reasons) > 0 {
			why = got.Reasons[0].Text
		}
		if got.Verdict != c.want || why != c.why {
			t.Errorf("got %v %q, want %v %q", got.Verdict, why, c.want, c.why)
		}
	}
}

// TestProviderCondition: the condition that is advised asks for the claim that
// tells whose token it is, as the provider writes it.
func TestProviderCondition(t *testing.T) {
	for host, want := range map[string]string{
		"token.actions.githubusercontent.com":               "StringEquals token.actions.githubusercontent.com:sub repo:my-org/my-repo:ref:refs/heads/main",
		"token.actions.githubusercontent.com/my-enterprise": "StringEquals token.actions.githubusercontent.com/my-enterprise:sub repo:my-org/my-repo:ref:refs/heads/main",
		"gitlab.com":          "StringEquals gitlab.com:sub project_path:my-group/my-project:ref_type:branch:ref:main",
		"app.terraform.io":    "StringEquals app.terraform.io:sub organization:my-org:project:my-project:workspace:my-workspace:run_phase:apply",
		"agent.buildkite.com": "StringLike agent.buildkite.com:sub organization:my-org:pipeline:my-pipeline:*",
		"oidc.vercel.com":     "StringEquals oidc.vercel.com:sub owner:my-team:project:my-project:environment:production",
		"oidc.codefresh.io":   "StringEquals oidc.codefresh.io:sub account:my-account-id:pipeline:my-pipeline-id",
		"oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE": "StringEquals oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE:sub system:serviceaccount:my-namespace:my-service-account",
		"cognito-identity.amazonaws.com":              "StringEquals cognito-identity.amazonaws.com:aud the id of your application",
		"accounts.google.com":                         "StringEquals accounts.google.com:aud the id of your application",
		"graph.facebook.com":                          "StringEquals graph.facebook.com:app_id the id of your application",
		"www.amazon.com":                              "StringEquals www.amazon.com:app_id the id of your application",
		"login.example.com":                           "StringEquals login.example.com:sub the subject that is meant",
		"":                                            "StringEquals <provider>:sub the subject that is meant",
	} {
		x := policy.Literal(host)
		c := issuerOf(x).condition(x)
		if got := c.Operator.String() + " " + c.Key.String() + " " + c.Values[0].Text.String(); got != want {
			t.Errorf("%s: got %q, want %q", host, got, want)
		}
	}
}

// TestProviderHost tells the address of an OpenID Connect provider.
func TestProviderHost(t *testing.T) {
	hidden := policy.SymbolText(&policy.Symbol{Name: "var.p"})
	for _, c := range []struct {
		entry policy.Text
		host  string
		ok    bool
	}{
		{policy.Literal("accounts.google.com"), "accounts.google.com", true},
		{policy.Literal("nobody"), "nobody", false},
		{policy.Literal("arn:aws:iam::111122223333:oidc-provider/gitlab.com"), "gitlab.com", true},
		{policy.Literal("arn:aws:iam::111122223333:saml-provider/x"), "", false},
		{hidden, "", true},
		{policy.Concat(policy.Literal("arn:aws:iam::111122223333:oidc-provider/"), hidden), "<var.p>", true},
		{policy.Concat(policy.Literal("arn:aws:iam::111122223333:"), hidden), "", true},
		{policy.Concat(policy.Literal("arn:aws:iam::111122223333:saml-provider/"), hidden), "", false},
	} {
		host, ok := providerHost(c.entry)
		if ok != c.ok || ok && host.String() != c.host {
			t.Errorf("%s: got %q %v", c.entry, host, ok)
		}
	}
}

// TestOwner: a value pins the owner where it writes out all of the name.
func TestOwner(t *testing.T) {
	hidden := policy.SymbolText(&policy.Symbol{Name: "var.org"})
	github := issuerOf(policy.Literal("token.actions.githubusercontent.com"))
	for _, c := range []struct {
		value policy.Text
		want  string // "" where it pins none
	}{
		{policy.Literal("repo:my-org/my-repo:*"), "repo:my-org/*"},
		{policy.Literal("repo:my-org/*"), "repo:my-org/*"},
		{policy.Literal("repo:my-org@1/my-repo:ref"), "repo:my-org@*"},
		{policy.Literal("repo:my-*/my-repo:ref"), ""},
		{policy.Literal("repo:my-?rg/my-repo:ref"), ""},
		{policy.Literal("repo:*"), ""},
		{policy.Literal("repo:my-org"), ""},
		{policy.Literal("environment:prod"), ""},
		{policy.Literal("*"), ""},
		{policy.Concat(policy.Literal("repo:"), hidden, policy.Literal("/my-repo:*")), "repo:<var.org>/*"},
		{policy.Concat(policy.Literal("repo:"), hidden), ""},
		{policy.Concat(policy.Literal("repo:my-"), hidden, policy.Literal("*/x")), ""},
	} {
		got, ok := github.owner(c.value)
		if ok != (c.want != "") || ok && got.String() != c.want {
			t.Errorf("%s: got %q %v, want %q", c.value, got, ok, c.want)
		}
	}
}

// TestClaimOf: the keys of a provider are its address and a claim; those of
// another one are claims that no token of this one has.
func TestClaimOf(t *testing.T) {
	hidden := policy.SymbolText(&policy.Symbol{Name: "var.p"})
	host := policy.Literal("gitlab.com")
	for _, c := range []struct {
		key  policy.Text
		want string
		ok   bool
	}{
		{policy.Literal("gitlab.com:sub"), "sub", true},
		{policy.Literal("GitLab.com:Aud"), "aud", true},
		{policy.Literal("aws:SourceIp"), "", false},
		{policy.Literal("nothing"), "", false},
		{policy.Literal("accounts.google.com:sub"), "of another provider", true},
		{policy.Concat(hidden, policy.Literal(":sub")), "sub", true},
		{hidden, "", false},
	} {
		if got, ok := claimOf(c.key, host); got != c.want || ok != c.ok {
			t.Errorf("%s: got %q %v, want %q %v", c.key, got, ok, c.want, c.ok)
		}
	}
}
