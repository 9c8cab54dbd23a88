package rules

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// trusted is a model with one role of that trust policy, given by its
// statements; % stands for something hidden, # for the deployment's account, ~ for
// its partition, ^ for its organization.
func trusted(statements string) *iam.Model {
	var syms policy.Symbols
	src := strings.NewReplacer(
		"%", syms.Token(syms.Intern(policy.Symbol{Kind: policy.SymbolUnknown, Name: "var.x"})),
		"#", syms.Token(syms.Intern(policy.Symbol{Kind: policy.SymbolAccount, Name: "account", Scope: "aws"})),
		"^", syms.Token(syms.Intern(policy.Symbol{
			Kind: policy.SymbolReference, Name: "organization", Address: "data.aws_organizations_organization.own", Attribute: "id",
		})),
		"~", syms.Token(syms.Intern(policy.Symbol{Kind: policy.SymbolPartition, Name: "partition", Scope: "aws"})),
	).Replace(`{"Version":"2012-10-17","Statement":[` + statements + `]}`)
	m := &iam.Model{Symbols: &syms, Entities: []*iam.Entity{{
		Kind: iam.Role, Declared: iam.Declared{Address: "aws_iam_role.dev"}, Name: iam.Value{Set: true, Text: policy.Literal("dev")},
		Trust: written(src, "assume_role_policy", policy.TrustPolicy, &syms),
	}}}
	m.Link(iam.Hints{})
	return m
}

func TestTrustTooOpenToAnybody(t *testing.T) {
	allow := func(condition string) string {
		if condition != "" {
			condition = `,"Condition":` + condition
		}
		return `{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"` + condition + `}`
	}
	const anyone, weak, maybe = "error violation aws_iam_role.dev: Anyone at all", "warning violation aws_iam_role.dev: Any AWS account", "note undetermined"
	tests := []struct{ name, statements, want string }{
		{"bare star", `{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}`, anyone},
		{"star", allow(""), anyone},
		{"star among others", `{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111122223333:root","*"]},"Action":["sts:AssumeRole","sts:TagSession"]}`, anyone},
		{"all of sts", `{"Effect":"Allow","Principal":"*","Action":"sts:*"}`, anyone},
		{"an account", `{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}`, ""},
		{"a service", `{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}`, ""},
		{"another action", `{"Effect":"Allow","Principal":"*","Action":"sts:TagSession"}`, ""},
		{"organization", allow(`{"StringEquals":{"aws:PrincipalOrgID":"o-abc"}}`), ""},
		{"any organization", allow(`{"StringLike":{"aws:PrincipalOrgID":"o-*"}}`), anyone},
		{"organization if any", allow(`{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-abc"}}`), anyone},
		{"not this organization", allow(`{"StringNotEquals":{"aws:PrincipalOrgID":"o-abc"}}`), anyone},
		{"organization of the role", allow(`{"StringEquals":{"aws:PrincipalOrgID":"${aws:ResourceOrgID}"}}`), ""},
		{"the role in its organization", allow(`{"StringEquals":{"aws:ResourceOrgID":"^"}}`), anyone},
		{"own organization", allow(`{"StringEquals":{"aws:PrincipalOrgID":"^"}}`), ""},
		{"account", allow(`{"StringEquals":{"aws:PrincipalAccount":"111122223333"}}`), ""},
		{"own account", allow(`{"StringEquals":{"aws:PrincipalAccount":"#"}}`), ""},
		{"account of the role", allow(`{"StringEquals":{"aws:ResourceAccount":"${aws:PrincipalAccount}"}}`), ""},
		{"accounts by paths", allow(`{"ForAnyValue:StringLike":{"aws:PrincipalOrgPaths":"o-abc/r-x/*"}}`), ""},
		{"accounts by all paths", allow(`{"ForAllValues:StringLike":{"aws:PrincipalOrgPaths":"o-abc/r-x/*"}}`), anyone},
		{"roles", allow(`{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/ci-*"}}`), ""},
		{"roles of the partition", allow(`{"ArnLike":{"aws:PrincipalArn":"arn:~:iam::*:role/ci-*"}}`), anyone},
		{"roles of any account", allow(`{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/ci-*"}}`), anyone},
		{"roles of the own account", allow(`{"StringLike":{"aws:PrincipalArn":"arn:aws:iam::#:role/*"}}`), ""},
		{"tag", allow(`{"StringEquals":{"aws:PrincipalTag/team":"a"}}`), anyone},
		{"MFA", allow(`{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`), anyone},
		{"session name", allow(`{"StringLike":{"sts:RoleSessionName":"ci-*"}}`), anyone},
		{"external id", allow(`{"StringEquals":{"sts:ExternalId":"secret"}}`), weak},
		{"any external id", allow(`{"StringLike":{"sts:ExternalId":"*"}}`), anyone},
		{"external id if any", allow(`{"StringEqualsIfExists":{"sts:ExternalId":"secret"}}`), anyone},
		{"network", allow(`{"IpAddress":{"aws:SourceIp":"198.51.100.0/24"}}`), weak},
		{"every network", allow(`{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}`), anyone},
		{"endpoint", allow(`{"StringEquals":{"aws:SourceVpce":"vpce-1"}}`), weak},
		{"account of a source", allow(`{"StringEquals":{"aws:SourceAccount":"111122223333"}}`), ""},
		{"user name", allow(`{"StringEquals":{"aws:username":"me"}}`), anyone},
		{"user id", allow(`{"StringLike":{"aws:userid":"AROAEXAMPLE:*"}}`), ""},
		{"type", allow(`{"StringEquals":{"aws:PrincipalType":"User"}}`), anyone},
		{"denied outside of the organization", allow("") + `,{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole","Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-abc"}}}`, ""},
		{"denied outside of the organization if any", allow("") + `,{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"*","Condition":{"StringNotEqualsIfExists":{"aws:PrincipalOrgID":"o-abc"}}}`, ""},
		{"denied in another organization only", allow("") + `,{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole","Condition":{"ForAnyValue:StringNotEquals":{"aws:PrincipalOrgID":"o-abc"}}}`, anyone},
		{"denied to some", allow("") + `,{"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::111122223333:user/x"},"Action":"sts:AssumeRole"}`, anyone},
		{"denied to all but some", allow("") + `,{"Effect":"Deny","NotPrincipal":{"AWS":"arn:aws:iam::111122223333:user/x"},"Action":"sts:AssumeRole"}`, ""},
		{"hidden organization", allow(`{"StringEquals":{"aws:PrincipalOrgID":"%"}}`), ""},
		{"hidden roles", allow(`{"ArnLike":{"aws:PrincipalArn":"%"}}`), maybe},
		{"hidden principal", `{"Effect":"Allow","Principal":{"AWS":"%"},"Action":"sts:AssumeRole"}`, maybe},
		{"hidden account", `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::%:root"},"Action":"sts:AssumeRole"}`, ""},
		{"own account as principal", `{"Effect":"Allow","Principal":{"AWS":"#"},"Action":"sts:AssumeRole"}`, ""},
		{"hidden document", `"%"`, "note undetermined"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var want []string
			if tt.want != "" {
				want = []string{tt.want}
			}
			allOf(t, judge(t, TrustTooOpen, trusted(tt.statements), nil), want...)
		})
	}
}

// TestTrustTooOpenInItsAccount: aws:ResourceAccount is the account of the role
// (IAM User Guide, global condition context keys), so that to ask for it keeps
// nobody out.
func TestTrustTooOpenInItsAccount(t *testing.T) {
	for account, want := range map[string]int{"111122223333": 1, "444455556666": 0} {
		m := trusted(`{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:ResourceAccount":"` + account + `"}}}`)
		m.Link(iam.Hints{Account: "111122223333"})
		if got := judge(t, TrustTooOpen, m, nil); len(got) != want {
			t.Errorf("in %s: %v", account, got)
		}
	}
}

// TestTrustFindings: roles that are trusted by one text have one fault, and a
// finding that is undetermined tells what hides the answer.
func TestTrustFindings(t *testing.T) {
	filed := func(statements ...string) (out []lint.Filed) {
		for _, s := range statements {
			pass := lint.NewPass(TrustTooOpen, trusted(s), &lint.Settings{}, nil, func(f lint.Filed) { out = append(out, f) })
			if err := TrustTooOpen.Run(pass); err != nil {
				t.Fatal(err)
			}
		}
		return out
	}
	const (
		all  = `{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}`
		more = `{"Effect":"Allow","Principal":"*","Action":"sts:*"}`
	)
	same := filed(all, all, more)
	if len(same) != 3 || same[0].Cause == "" || same[0].Cause != same[1].Cause || same[0].Cause == same[2].Cause {
		t.Errorf("got %+v", same)
	}
	hidden := filed(`{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Condition":{"ArnLike":{"aws:PrincipalArn":"%"}}}`)
	if len(hidden) != 1 || hidden[0].HiddenBy != "var.x" {
		t.Errorf("got %+v", hidden)
	}
}

func TestTrustTooOpenToProviders(t *testing.T) {
	const (
		github    = "token.actions.githubusercontent.com"
		open      = "warning violation"
		maybe     = "note undetermined"
		eks       = "oidc.eks.eu-west-1.amazonaws.com/id/ABC"
		terraform = "app.terraform.io"
		own       = "login.example.com"
		cognito   = "cognito-identity.amazonaws.com"
	)
	tests := []struct{ name, host, condition, want string }{
		{"GitHub without condition", github, `{}`, open + " aws_iam_role.dev: Any repository of GitHub can assume the role dev: no condition on token.actions.githubusercontent.com:sub says which"},
		{"GitHub audience", github, `{"StringEquals":{"$:aud":"sts.amazonaws.com"}}`, open},
		{"GitHub repository", github, `{"StringEquals":{"$:aud":"sts.amazonaws.com","$:sub":"repo:my-org/my-repo:ref:refs/heads/main"}}`, ""},
		{"GitHub organization", github, `{"StringLike":{"$:sub":"repo:my-org/*"}}`, ""},
		{"GitHub organizations", github, `{"StringLike":{"$:sub":["repo:my-org/*","repo:other/x:*"]}}`, ""},
		{"GitHub owner with id", github, `{"StringLike":{"$:sub":"repo:my-org@123/my-repo@456:*"}}`, ""},
		{"GitHub all", github, `{"StringLike":{"$:sub":"repo:*"}}`, open + " aws_iam_role.dev: ... such as repo:"},
		{"GitHub star", github, `{"StringLike":{"$:sub":"*"}}`, open},
		{"GitHub organization's prefix", github, `{"StringLike":{"$:sub":"repo:my-org*"}}`, open},
		{"GitHub organization's tail", github, `{"StringLike":{"$:sub":"*my-org/my-repo:*"}}`, open},
		{"GitHub any owner's repository", github, `{"StringLike":{"$:sub":"repo:*/my-repo:*"}}`, open},
		{"GitHub any environment", github, `{"StringLike":{"$:sub":"repo:*:environment:prod"}}`, open},
		{"GitHub star under StringEquals", github, `{"StringEquals":{"$:sub":"repo:my-org/*"}}`, ""},
		{"GitHub not this one", github, `{"StringNotLike":{"$:sub":"repo:my-org/*"}}`, open},
		{"GitHub one of several open", github, `{"StringLike":{"$:sub":["repo:my-org/*","repo:*/x:*"]}}`, open},
		{"GitHub for all values", github, `{"ForAllValues:StringLike":{"$:sub":"repo:my-org/*"}}`, ""},
		{"GitHub subject if it exists", github, `{"StringLikeIfExists":{"$:sub":"repo:my-org/*"}}`, ""},
		{"GitHub repository claim", github, `{"StringEquals":{"$:repository":"my-org/my-repo"}}`, ""},
		{"GitHub repository claim if it exists", github, `{"StringEqualsIfExists":{"$:repository":"my-org/my-repo"}}`, open},
		{"GitHub branch", github, `{"StringEquals":{"$:ref":"refs/heads/main"}}`, open},
		{"GitHub key in another case", strings.ToUpper(github), `{"StringLike":{"token.actions.githubusercontent.com:SUB":"repo:my-org/*"}}`, ""},
		{"GitHub hidden subject", github, `{"StringLike":{"$:sub":"%"}}`, maybe},
		{"GitHub hidden repository", github, `{"StringLike":{"$:sub":"repo:my-org/%:*"}}`, ""},
		{"GitHub claim that everybody chooses", github, `{"StringEquals":{"$:sub":"environment:prod"}}`, open},
		{"GitHub claim that is the owner's", github, `{"StringEquals":{"$:sub":"repository_owner:my-org:environment:prod"}}`, ""},
		{"GitLab group", "gitlab.com", `{"StringLike":{"$:sub":"project_path:my-group/*"}}`, ""},
		{"GitLab audience", "gitlab.com", `{"StringEquals":{"$:aud":"https://gitlab.com"}}`, open},
		{"GitLab all", "gitlab.com", `{"StringLike":{"$:sub":"project_path:*:ref_type:branch:ref:main"}}`, open},
		{"Terraform audience", terraform, `{"StringEquals":{"$:aud":"aws.workload.identity"}}`, open},
		{"Terraform organization", terraform, `{"StringLike":{"$:sub":"organization:my-org:project:*:workspace:*:run_phase:*"}}`, ""},
		{"Terraform all", terraform, `{"StringLike":{"$:sub":"organization:*:workspace:prod:*"}}`, open},
		{"GitHub repository in any case", github, `{"StringEqualsIgnoreCase":{"$:sub":"repo:my-org/my-repo:ref:refs/heads/main"}}`, ""},
		{"Buildkite organization", "agent.buildkite.com", `{"StringLike":{"$:sub":"organization:my-org:pipeline:*"}}`, ""},
		{"Buildkite all", "agent.buildkite.com", `{"StringLike":{"$:sub":"organization:*:pipeline:deploy:*"}}`, open},
		{"own issuer, tokens without audience", own, `{"Null":{"$:aud":"true"}}`, ""},
		{"own issuer, tokens with audience", own, `{"Null":{"$:aud":"false"}}`, open},
		{"Vercel team", "oidc.vercel.com", `{"StringLike":{"$:sub":"owner:my-team:project:*"}}`, ""},
		{"Vercel all", "oidc.vercel.com", `{"StringLike":{"$:sub":"owner:*:project:*:environment:production"}}`, open},
		{"own issuer at Vercel", "oidc.vercel.com/my-team", `{"StringLike":{"$:sub":"owner:*:environment:production"}}`, ""},
		{"cluster", eks, `{"StringEquals":{"$:aud":"sts.amazonaws.com"}}`, open + " aws_iam_role.dev: Any service account of the cluster"},
		{"service account", eks, `{"StringEquals":{"$:sub":"system:serviceaccount:a:b"}}`, ""},
		{"namespace", eks, `{"StringLike":{"$:sub":"system:serviceaccount:a:*"}}`, ""},
		{"any service account", eks, `{"StringLike":{"$:sub":"system:serviceaccount:*:*"}}`, open},
		{"hidden cluster", eks + "%", `{"StringEquals":{"$:sub":"system:serviceaccount:a:b"}}`, ""},
		{"hidden cluster, no subject", eks + "%", `{"StringEquals":{"$:aud":"sts.amazonaws.com"}}`, open},
		{"Cognito pool", cognito, `{"StringEquals":{"$:aud":"eu-west-1:pool"},"ForAnyValue:StringLike":{"$:amr":"authenticated"}}`, ""},
		{"Cognito without pool", cognito, `{"ForAnyValue:StringLike":{"$:amr":"authenticated"}}`, open},
		{"Google application", "accounts.google.com", `{"StringEquals":{"$:aud":"123"}}`, ""},
		{"Amazon application", "www.amazon.com", `{"StringEquals":{"$:app_id":"amzn1"}}`, ""},
		{"Facebook", "graph.facebook.com", `{}`, open},
		{"own provider", own, `{"StringEquals":{"$:aud":"client"}}`, open + " aws_iam_role.dev: Any subject of login.example.com"},
		{"own provider's subject", own, `{"StringLike":{"$:sub":"user-*"}}`, ""},
		{"another provider's subject", own, `{"StringEquals":{"token.actions.githubusercontent.com:sub":"repo:my-org/x"}}`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			federated := tt.host
			if !strings.HasPrefix(federated, "cognito") && !strings.HasPrefix(federated, "graph") && !strings.HasPrefix(federated, "www") && !strings.HasPrefix(federated, "accounts") {
				federated = "arn:aws:iam::111122223333:oidc-provider/" + federated
			}
			m := trusted(`{"Effect":"Allow","Principal":{"Federated":"` + federated + `"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":` +
				strings.ReplaceAll(tt.condition, "$", tt.host) + `}`)
			var want []string
			if tt.want != "" {
				want = []string{tt.want}
			}
			allOf(t, judge(t, TrustTooOpen, m, nil), want...)
		})
	}
}

// TestTrustDeniedToOtherOwners: a deny of everybody but an owner pins that
// owner as an allow does.
func TestTrustDeniedToOtherOwners(t *testing.T) {
	const statement = `{"Effect":"%","Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"},` +
		`"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"&":{"token.actions.githubusercontent.com:sub":"$"}}}`
	write := func(effect, operator, subject string) string {
		return strings.NewReplacer("%", effect, "&", operator, "$", subject).Replace(statement)
	}
	allow := write("Allow", "StringLike", "repo:*")
	allOf(t, judge(t, TrustTooOpen, trusted(allow+","+write("Deny", "StringNotLike", "repo:my-org/*")), nil))
	allOf(t, judge(t, TrustTooOpen, trusted(allow+","+write("Deny", "StringLike", "repo:my-org/*")), nil), "warning violation aws_iam_role.dev: Any repository of GitHub")
	allOf(t, judge(t, TrustTooOpen, trusted(allow+","+write("Allow", "StringLike", "repo:my-org/*")), nil), "warning violation aws_iam_role.dev: Any repository of GitHub")
}

// TestOfResources: an attribute of a resource or data source of AWS is no "*";
// what a variable or another provider gives may be.
func TestOfResources(t *testing.T) {
	for _, c := range []struct {
		references []string
		want       bool
	}{
		{nil, false},
		{[]string{"aws_iam_role.x.arn"}, true},
		{[]string{"data.aws_iam_role.x.arn"}, true},
		{[]string{"awscc_iam_role.x.arn"}, true},
		{[]string{"module.m.aws_iam_role.x.arn"}, true},
		{[]string{"module.m.module.n.data.aws_iam_role.x.arn"}, true},
		{[]string{"var.x"}, false},
		{[]string{"module.m.var.x"}, false},
		{[]string{"data.external.x.result"}, false},
		{[]string{"aws_iam_role.x.arn", "var.x"}, false},
		{[]string{"aws_iam_role.x.arn", "aws_iam_user.y.arn"}, true},
	} {
		if got := ofResources(&policy.Symbol{References: c.references}); got != c.want {
			t.Errorf("%q: got %v", c.references, got)
		}
	}
}
