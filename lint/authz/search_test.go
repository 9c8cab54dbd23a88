package authz

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/policy"
)

// TestLimits builds policies that make the product of automata, and the
// choice among conditions, as large as it gets: the answer comes soon, and
// says at which bound it stopped.
func TestLimits(t *testing.T) {
	u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333")}
	var entries, denies []string
	letters := "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.+=,@/"
	for i := range 200 {
		// Every order of letters is denied pair by pair, so that a word must
		// be tracked by the set of its letters.
		entries = append(entries, fmt.Sprintf(`"arn:aws:iam::111122223333:role/*%c*%c*"`, letters[i%26], letters[(i+1+i/26)%26]))
	}
	for _, c := range letters[26:] {
		entries = append(entries, fmt.Sprintf(`"arn:aws:iam::111122223333:role/*%c*"`, c))
	}
	for _, c := range letters[:26] {
		denies = append(denies, fmt.Sprintf(`"arn:aws:iam::111122223333:role/*%c"`, c))
	}
	product := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*"},
		{"Effect":"Deny","Action":"iam:CreateRole","Resource":[` + strings.Join(append(entries, denies...), ",") + `]}]}`

	// Each deny can be avoided by each of two keys that the others forbid.
	var pairs []string
	for i := range 200 {
		pairs = append(pairs, fmt.Sprintf(`{"Effect":"Deny","Action":"iam:CreateRole","Resource":"*","Condition":{
			"StringNotLike":{"aws:RequestTag/a":"*%d*"},"StringLike":{"aws:RequestTag/b":"*%d*"}}}`, i, i/2))
	}
	pairs = append(pairs, `{"Effect":"Deny","Action":"iam:CreateRole","Resource":"*","Condition":{"StringNotLike":{"aws:RequestTag/b":["*1*","*2*"]},"StringLike":{"aws:RequestTag/a":"*"}}}`,
		`{"Effect":"Deny","Action":"iam:CreateRole","Resource":"*","Condition":{"Null":{"aws:RequestTag/b":"true"}}}`,
		`{"Effect":"Deny","Action":"iam:CreateRole","Resource":"*","Condition":{"Null":{"aws:RequestTag/a":"true"}}}`)
	branches := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*"},` + strings.Join(pairs, ",") + `]}`

	for name, src := range map[string]string{"product": product, "branches": branches} {
		t.Run(name, func(t *testing.T) {
			p := parsePrincipal("arn:aws:iam::111122223333:role/holder")
			p.Identity = []*Policy{parsedText(t, src, policy.IdentityPolicy)}
			answer := Search(p, u, &Query{Actions: []string{"iam:CreateRole"}})
			if answer.Verdict == Undetermined && !strings.Contains(answer.Reasons[0].Text, "more than") {
				t.Errorf("undetermined because of %v", answer.Reasons)
			}
		})
	}
}

// TestRegionOfQuestion asks for resources of a region that no policy names.
func TestRegionOfQuestion(t *testing.T) {
	p := parsePrincipal("arn:aws:iam::111122223333:role/holder")
	p.Identity = []*Policy{parsedText(t, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"lambda:*","Resource":"*"}}`, policy.IdentityPolicy)}
	u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333")}
	for _, region := range []string{"us-east-1", "eu-west-1", "eu-south-2", "*"} {
		q := &Query{
			Actions:   []string{"lambda:UpdateFunctionCode"},
			Resources: []policy.Text{policy.Literal("arn:aws:lambda:" + region + ":111122223333:function:app-*")},
		}
		if answer := Search(p, u, q); answer.Verdict != Allowed {
			t.Errorf("%s: %v", region, answer.Verdict)
		}
	}
}

// TestKeysAsDocumented: whatever the spelling of a policy, a request has the
// keys as AWS documents them, and a tag as the policy spells it.
func TestKeysAsDocumented(t *testing.T) {
	u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333")}
	for written, want := range map[string]string{
		"AWS:USERAGENT": "aws:UserAgent", "aws:useragent": "aws:UserAgent", "aws:requesttag/Team": "aws:requesttag/Team",
	} {
		p := parsePrincipal("arn:aws:iam::111122223333:role/holder")
		p.Identity = []*Policy{parsedText(t, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*",
			"Condition":{"StringEquals":{"`+written+`":"x"}}}}`, policy.IdentityPolicy)}
		answer := Search(p, u, &Query{Actions: []string{"iam:CreateRole"}})
		if answer.Verdict != Allowed || len(answer.Witness.Context) != 1 || answer.Witness.Context[0].Key != want {
			t.Errorf("%s: %v %+v", written, answer.Verdict, answer.Witness)
		}
	}
}

// TestPresence asks for requests whose keys are there and are not: what every
// request has is never absent, of actions that nobody knows either, and what is
// absent has no values.
func TestPresence(t *testing.T) {
	u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333")}
	for name, c := range map[string]struct {
		action, condition string
		want              Verdict
	}{
		"always there":                       {"iam:CreateRole", `"Null":{"aws:SecureTransport":"false"}`, Allowed},
		"never absent":                       {"iam:CreateRole", `"Null":{"aws:SecureTransport":"true"}`, Denied},
		"always there, of an unknown action": {"iam:CreateSomethingNew", `"Null":{"aws:SecureTransport":"false"}`, Allowed},
		"never absent, of an unknown action": {"iam:CreateSomethingNew", `"Null":{"aws:SecureTransport":"true"}`, Denied},
		"a tag that is there":                {"iam:CreateRole", `"Null":{"aws:RequestTag/t":"false"}`, Allowed},
		"a tag that is absent":               {"iam:CreateRole", `"Null":{"aws:RequestTag/t":"true"}`, Allowed},
		"a tag that is both":                 {"iam:CreateRole", `"Null":{"aws:RequestTag/t":["true","false"]}`, Allowed},
		"absent, with a value":               {"iam:CreateRole", `"Null":{"aws:RequestTag/t":"true"},"StringEquals":{"aws:RequestTag/t":"x"}`, Denied},
		"values that are there":              {"iam:CreateRole", `"Null":{"aws:TagKeys":"false"},"ForAnyValue:StringEquals":{"aws:TagKeys":"a"}`, Allowed},
		"absent, with some value":            {"iam:CreateRole", `"Null":{"aws:TagKeys":"true"},"ForAnyValue:StringEquals":{"aws:TagKeys":"a"}`, Denied},
		"absent, with values of one kind":    {"iam:CreateRole", `"Null":{"aws:TagKeys":"true"},"ForAllValues:StringEquals":{"aws:TagKeys":"a"}`, Allowed},
		"some value, and all of another":     {"iam:CreateRole", `"ForAnyValue:StringEquals":{"aws:TagKeys":"a"},"ForAllValues:StringEquals":{"aws:TagKeys":"b"}`, Denied},
		"some value, and all like it":        {"iam:CreateRole", `"ForAnyValue:StringEquals":{"aws:TagKeys":"ab"},"ForAllValues:StringLike":{"aws:TagKeys":"a*"}`, Allowed},
		"some value, none of them":           {"iam:CreateRole", `"ForAnyValue:StringEquals":{"aws:TagKeys":"a"},"ForAllValues:StringNotEquals":{"aws:TagKeys":"a"}`, Denied},
	} {
		p := parsePrincipal("arn:aws:iam::111122223333:role/holder")
		p.Identity = []*Policy{parsedText(t, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{`+c.condition+`}}}`, policy.IdentityPolicy)}
		if answer := Search(p, u, &Query{Actions: []string{c.action}}); answer.Verdict != c.want {
			t.Errorf("%s: %v, want %v; %v", name, answer.Verdict, c.want, answer.Reasons)
		}
	}
}

// TestUnknownActions asks for whatever can be done to something that no action
// of the catalog acts on: to all that there is belong actions that the catalog
// does not know.
func TestUnknownActions(t *testing.T) {
	var services []string
	for a := range catalog.ActionsMatching("*") {
		if s := `"` + a.Service + `:*"`; !slices.Contains(services, s) {
			services = append(services, s)
		}
	}
	for _, c := range []struct {
		allows, asked string
		want          Verdict
	}{
		{`"Action":"newservice:Do"`, "newservice:Do", Allowed},
		{`"Action":"iam:*"`, "iam:*", Allowed},
		{`"Action":"sqs:*"`, "sqs:Send*", Denied},
		{`"NotAction":[` + strings.Join(services, ",") + `]`, "*", Allowed},
		{`"NotAction":[` + strings.Join(services, ",") + `]`, "iam:*", Denied},
	} {
		p := parsePrincipal("arn:aws:iam::111122223333:role/holder")
		p.Identity = []*Policy{parsedText(t, one(`{"Effect":"Allow",`+c.allows+`,"Resource":"*"}`), policy.IdentityPolicy)}
		u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333")}
		q := &Query{Actions: []string{c.asked}, Resources: []policy.Text{policy.Literal("arn:aws:newservice:eu-west-1:111122223333:thing/x")}}
		if got := Search(p, u, q); got.Verdict != c.want {
			t.Errorf("%s, %s: got %v %v, want %v", c.allows, c.asked, got.Verdict, got.Witness, c.want)
		}
	}
}
