package inquiry

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// TestLiteralAccounts: every policy of a subject counts, its boundary and
// those of the organization too, and of each every ARN, once.
func TestLiteralAccounts(t *testing.T) {
	t.Parallel()
	with := func(statement string) *authz.Policy {
		d, _ := policy.Parse(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*",`+statement+`}]}`, nil, policy.ParseOptions{Kind: policy.IdentityPolicy})
		return authz.Compile(d)
	}
	on := func(account string) *authz.Policy { return with(`"Resource":"arn:aws:iam::` + account + `:role/x"`) }
	s := &Subject{Holder: &holders.Holder{Entity: &iam.Entity{}}, Known: &authz.Principal{
		Identity: []*authz.Policy{
			on("111111111111"), on("*"), on("aws"), with(`"Resource":["*","arn:aws:iam::111111111111:role/y"]`),
			{},
			with(`"NotResource":"arn:aws:iam::222222222222:role/x"`),
			with(`"Resource":"*","Condition":{"ArnEquals":{"aws:SourceArn":["x","arn:aws:iam::333333333333:role/x"]}}`),
		},
		SCPs:     [][]*authz.Policy{{on("444444444444")}, {on("555555555555")}},
		RCPs:     [][]*authz.Policy{{on("666666666666")}},
		Boundary: on("777777777777"),
	}}
	want := "111111111111 222222222222 333333333333 444444444444 555555555555 666666666666 777777777777"
	if got := strings.Join(s.LiteralAccounts(), " "); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	s.Known.Boundary = nil
	if got := s.LiteralAccounts(); len(got) != 6 {
		t.Errorf("without a boundary: %v", got)
	}
}
