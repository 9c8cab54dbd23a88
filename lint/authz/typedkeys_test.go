package authz

import (
	"strings"
	"testing"
	"time"

	"github.com/boundlint/boundlint/lint/policy"
)

// TestTypedKeys asks for requests whose condition keys hold numbers, dates,
// addresses or truth values (IAM User Guide, global condition context keys, and
// the Service Authorization Reference): the value that is found is one of the
// type, of a time that is still to come, and of an address that requests from
// the internet have.
func TestTypedKeys(t *testing.T) {
	for _, c := range []struct {
		name, action, condition string
		want                    Verdict
		value                   string // that is found, or that it begins with
	}{
		{"a date between", "iam:CreateRole", `"DateGreaterThan":{"aws:CurrentTime":"2030-01-01T00:00:00Z"},"DateLessThan":{"aws:CurrentTime":"2030-01-01T00:00:02Z"}`, Allowed, "2030-01-01T00:00:01Z"},
		{"a date after", "iam:CreateRole", `"DateGreaterThan":{"aws:CurrentTime":"2030-01-01"}`, Allowed, "2099-01-01T00:00:00Z"},
		{"a date after all others", "iam:CreateRole", `"DateGreaterThan":{"aws:CurrentTime":"2150-01-01"}`, Allowed, "2150-01-01T00:00:01Z"},
		{"a date up to", "iam:CreateRole", `"DateLessThanEquals":{"aws:CurrentTime":"2030-01-01"}`, Allowed, "2029-12-31T23:59:59Z"},
		{"a date from now", "iam:CreateRole", `"DateLessThan":{"aws:CurrentTime":"2026-06-01T00:00:01Z"}`, Allowed, "2026-06-01T00:00:00Z"},
		{"now", "iam:CreateRole", `"DateLessThanEquals":{"aws:CurrentTime":"2026-06-01T00:00:00Z"}`, Allowed, "2026-06-01T00:00:00Z"},
		{"a date that has been", "iam:CreateRole", `"DateLessThan":{"aws:CurrentTime":"2026-06-01T00:00:00Z"}`, Denied, ""},
		{"a date and another", "iam:CreateRole", `"DateEquals":{"aws:CurrentTime":["2020-01-01","2031-01-01"]}`, Allowed, "2031-01-01T00:00:00Z"},
		{"no two dates", "iam:CreateRole", `"DateGreaterThan":{"aws:CurrentTime":"2031-01-01"},"DateLessThan":{"aws:CurrentTime":"2030-01-01"}`, Denied, ""},
		{"a year", "iam:CreateRole", `"StringLike":{"aws:CurrentTime":"2030-*"}`, Allowed, "2030-"},
		{"text in place of a date", "iam:CreateRole", `"StringLike":{"aws:CurrentTime":"soon*"}`, Denied, ""},
		{"seconds", "iam:CreateRole", `"NumericGreaterThan":{"aws:EpochTime":"1900000000"}`, Allowed, ""},
		{"seconds as a date", "iam:CreateRole", `"DateLessThan":{"aws:EpochTime":"1900000000"}`, Allowed, "1899999999"},

		{"a number between", "s3:ListBucket", `"NumericGreaterThan":{"s3:max-keys":"3"},"NumericLessThan":{"s3:max-keys":"5"}`, Allowed, "4"},
		{"a number below", "s3:ListBucket", `"NumericLessThan":{"s3:max-keys":"3"}`, Allowed, "2"},
		{"a number above", "s3:ListBucket", `"NumericGreaterThan":{"s3:max-keys":"3"}`, Allowed, "4"},
		{"no number", "s3:ListBucket", `"NumericGreaterThan":{"s3:max-keys":"5"},"NumericLessThanEquals":{"s3:max-keys":"5"}`, Denied, ""},
		{"digits", "s3:ListBucket", `"StringLike":{"s3:max-keys":"2*"}`, Allowed, "2"},
		{"a digit and another", "s3:ListBucket", `"StringLike":{"s3:max-keys":"2?"}`, Allowed, "21"},
		{"letters in place of a number", "s3:ListBucket", `"StringLike":{"s3:max-keys":"x*"}`, Denied, ""},
		{"a word in place of a number", "s3:ListBucket", `"StringEquals":{"s3:max-keys":"many"}`, Denied, ""},
		{"a number as text", "s3:ListBucket", `"StringEquals":{"s3:max-keys":"12"}`, Allowed, "12"},

		{"an address", "iam:CreateRole", `"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}`, Allowed, "203.0.113."},
		{"an address outside", "iam:CreateRole", `"NotIpAddress":{"aws:SourceIp":["0.0.0.0/1","::/0"]},"Null":{"aws:SourceIp":"false"}`, Allowed, "203.0.113.10"},
		{"no address", "iam:CreateRole", `"NotIpAddress":{"aws:SourceIp":["0.0.0.0/0","::/0"]},"Null":{"aws:SourceIp":"false"}`, Denied, ""},
		// aws:SourceIp is never a private address: such requests come through
		// an endpoint, and carry aws:VpcSourceIp.
		{"a private address", "iam:CreateRole", `"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}`, Denied, ""},
		{"a private address and more", "iam:CreateRole", `"IpAddress":{"aws:SourceIp":"10.0.0.0/7"}`, Allowed, "11."},
		{"digits of an address", "iam:CreateRole", `"StringLike":{"aws:SourceIp":"203.0.*"}`, Allowed, "203.0."},
		{"letters in place of an address", "iam:CreateRole", `"StringLike":{"aws:SourceIp":"x*"}`, Denied, ""},

		{"a truth", "iam:CreateRole", `"Bool":{"aws:SecureTransport":"false"}`, Allowed, "false"},
		{"neither", "iam:CreateRole", `"Bool":{"aws:SecureTransport":"false"},"StringEquals":{"aws:SecureTransport":"true"}`, Denied, ""},
		{"part of a truth", "iam:CreateRole", `"StringLike":{"aws:SecureTransport":"f*"}`, Allowed, "false"},
		{"letters in place of a truth", "iam:CreateRole", `"StringLike":{"aws:SecureTransport":"y*"}`, Denied, ""},
	} {
		p := parsePrincipal("arn:aws:iam::111122223333:role/holder")
		p.Identity = []*Policy{parsedText(t, one(`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{`+c.condition+`}}`), policy.IdentityPolicy)}
		u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333"), Now: time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)}
		got := Search(p, u, &Query{Actions: []string{c.action}})
		if got.Verdict != c.want {
			t.Errorf("%s: got %v, want %v; %v %v", c.name, got.Verdict, c.want, got.Witness, got.Reasons)
			continue
		}
		if c.want != Allowed {
			continue
		}
		if len(got.Witness.Context) == 0 {
			t.Errorf("%s: found %v", c.name, got.Witness)
			continue
		}
		if value := got.Witness.Context[0].Values[0].String(); !strings.HasPrefix(value, c.value) {
			t.Errorf("%s: found %s, want %s", c.name, value, c.value)
		}
	}
}

// TestTextCanBe: a tag can have any value, so that it is no reason for doubt
// where something else is.
func TestTextCanBe(t *testing.T) {
	for _, condition := range []string{
		`"StringEquals":{"aws:RequestTag/team":"ac"}`,
		`"StringLike":{"aws:RequestTag/team":"ac*"}`,
		`"StringLike":{"aws:RequestTag/team":"a*c*"},"StringNotLike":{"aws:RequestTag/team":"*b*d"}`,
		`"StringLike":{"aws:RequestTag/team":"a*c*"},"StringLikeIfExists":{"aws:RequestTag/team":"*b*d"}`,
	} {
		var w world
		w.symbol(policy.Symbol{Kind: policy.SymbolVariable, Name: "var.x"})
		p := parsePrincipal("arn:aws:iam::111122223333:role/holder")
		p.Identity = []*Policy{w.policy(t, one(`{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*","Condition":{`+condition+`}},
			{"Effect":"Deny","Action":"iam:CreateRole","Resource":"<var.x>"}`))}
		u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333")}
		got := Search(p, u, &Query{Actions: []string{"iam:CreateRole"}})
		if got.Verdict != Undetermined {
			t.Errorf("%s: got %v %v", condition, got.Verdict, got.Witness)
		}
		for _, r := range got.Reasons {
			if strings.Contains(r.Text, "can exist") {
				t.Errorf("%s: a reason is: %s", condition, r.Text)
			}
		}
	}
}

// TestTagsOfAnyLetters: the value of a tag is made of letters of any alphabet
// (IAM User Guide, rules for tagging).
func TestTagsOfAnyLetters(t *testing.T) {
	p := parsePrincipal("arn:aws:iam::111122223333:role/holder")
	p.Identity = []*Policy{parsedText(t, one(`{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*","Condition":{"StringLike":{"aws:RequestTag/team":"ä*c*"}}},
		{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringNotLike":{"aws:RequestTag/team":"*b*ö"}}}`), policy.IdentityPolicy)}
	u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333")}
	got := Search(p, u, &Query{Actions: []string{"iam:CreateRole"}})
	if got.Verdict != Allowed {
		t.Fatalf("got %v %v", got.Verdict, got.Reasons)
	}
	if team, _ := got.Witness.Value("aws:RequestTag/team"); !strings.HasPrefix(team.String(), "ä") || !strings.HasSuffix(team.String(), "ö") {
		t.Errorf("found %s", team)
	}
}
