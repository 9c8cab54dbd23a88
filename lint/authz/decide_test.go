package authz

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// one makes a document of one statement.
func one(statement string) string {
	return `{"Version":"2012-10-17","Statement":[` + statement + `]}`
}

const (
	allowS3   = `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`
	allowLogs = `{"Effect":"Allow","Action":"logs:*","Resource":"*"}`
	devRole   = "arn:aws:iam::111122223333:role/Dev"
	devUser   = "arn:aws:iam::111122223333:user/dev"
	session   = "arn:aws:sts::111122223333:assumed-role/Dev/s"
)

// TestResourcePolicies decides requests with a resource-based policy: what it
// grants by itself, and what the boundary limits, depends on how it names the
// principal.
func TestResourcePolicies(t *testing.T) {
	grant := func(principal string) string {
		return one(`{"Effect":"Allow","Principal":` + principal + `,"Action":"*","Resource":"arn:aws:s3:::b/*"}`)
	}
	for name, c := range map[string]struct {
		principal                    string
		identity, boundary, resource string
		action, account              string
		want                         Verdict
		layer                        Layer
	}{
		"role ARN needs no identity policy":         {principal: session, resource: grant(`{"AWS":"` + devRole + `"}`), want: Allowed, layer: LayerResource},
		"role ARN stays inside the boundary":        {principal: session, resource: grant(`{"AWS":"` + devRole + `"}`), boundary: one(allowLogs), want: Denied, layer: LayerBoundary},
		"role ARN inside the boundary":              {principal: session, resource: grant(`{"AWS":"` + devRole + `"}`), boundary: one(allowS3), want: Allowed, layer: LayerResource},
		"session ARN passes the boundary":           {principal: session, resource: grant(`{"AWS":"` + session + `"}`), boundary: one(allowLogs), want: Allowed, layer: LayerResource},
		"another session":                           {principal: session, resource: grant(`{"AWS":"arn:aws:sts::111122223333:assumed-role/Dev/t"}`), want: Denied, layer: LayerIdentity},
		"user ARN passes the boundary":              {principal: devUser, resource: grant(`{"AWS":"` + devUser + `"}`), boundary: one(allowLogs), want: Allowed, layer: LayerResource},
		"anybody passes the boundary":               {principal: session, resource: grant(`"*"`), boundary: one(allowLogs), want: Allowed, layer: LayerResource},
		"account only delegates":                    {principal: session, resource: grant(`{"AWS":"111122223333"}`), want: Denied, layer: LayerIdentity},
		"account and identity":                      {principal: session, resource: grant(`{"AWS":"arn:aws:iam::111122223333:root"}`), identity: one(allowS3), want: Allowed, layer: LayerIdentity},
		"a deny in the boundary wins":               {principal: devUser, resource: grant(`{"AWS":"` + devUser + `"}`), boundary: one(`{"Effect":"Deny","Action":"s3:*","Resource":"*"}`), want: Denied, layer: LayerBoundary},
		"a deny of the resource wins":               {principal: session, identity: one(allowS3), resource: one(`{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}`), want: Denied, layer: LayerResource},
		"across accounts both sides":                {principal: session, resource: grant(`{"AWS":"` + session + `"}`), account: "999988887777", want: Denied, layer: LayerIdentity},
		"across accounts with both":                 {principal: session, resource: grant(`{"AWS":"111122223333"}`), identity: one(allowS3), account: "999988887777", want: Allowed, layer: LayerIdentity},
		"across accounts the boundary counts":       {principal: session, resource: grant(`{"AWS":"` + session + `"}`), identity: one(allowS3), boundary: one(allowLogs), account: "999988887777", want: Denied, layer: LayerBoundary},
		"across accounts without a resource policy": {principal: session, identity: one(allowS3), account: "999988887777", want: Denied, layer: LayerResource},
		"NotPrincipal hits whoever has a boundary":  {principal: session, identity: one(allowS3), boundary: one(allowS3), resource: one(`{"Effect":"Deny","NotPrincipal":{"AWS":["` + devRole + `","` + session + `","111122223333"]},"Action":"*","Resource":"*"}`), want: Denied, layer: LayerResource},
		"NotPrincipal spares whom it lists":         {principal: devUser, identity: one(allowS3), resource: one(`{"Effect":"Deny","NotPrincipal":{"AWS":["` + devUser + `","111122223333"]},"Action":"*","Resource":"*"}`), want: Allowed, layer: LayerIdentity},
		"NotPrincipal hits others":                  {principal: devUser, identity: one(allowS3), resource: one(`{"Effect":"Deny","NotPrincipal":{"AWS":"arn:aws:iam::111122223333:user/bob"},"Action":"*","Resource":"*"}`), want: Denied, layer: LayerResource},
		"NotPrincipal without the account":          {principal: devUser, identity: one(allowS3), resource: one(`{"Effect":"Deny","NotPrincipal":{"AWS":"` + devUser + `"},"Action":"*","Resource":"*"}`), want: Undetermined, layer: LayerResource},
		"a key policy must allow":                   {principal: session, action: "kms:Decrypt", identity: one(`{"Effect":"Allow","Action":"kms:*","Resource":"*"}`), resource: one(`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/Other"},"Action":"kms:*","Resource":"*"}`), want: Denied, layer: LayerResource},
		"a key policy delegates to the account":     {principal: session, action: "kms:Decrypt", identity: one(`{"Effect":"Allow","Action":"kms:*","Resource":"*"}`), resource: one(`{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"kms:*","Resource":"*"}`), want: Allowed, layer: LayerIdentity},
	} {
		t.Run(name, func(t *testing.T) {
			p := parsePrincipal(c.principal)
			if c.identity != "" {
				p.Identity = []*Policy{parsedText(t, c.identity, policy.IdentityPolicy)}
			}
			if c.boundary != "" {
				p.Boundary = parsedText(t, c.boundary, policy.IdentityPolicy)
			}
			r := &Request{Principal: p, Action: "s3:GetObject", Resource: policy.Literal("arn:aws:s3:::b/o"), ResourceAccount: c.account}
			if c.action != "" {
				r.Action, r.Resource = c.action, policy.Literal("arn:aws:kms:eu-west-1:111122223333:key/k")
			}
			if c.resource != "" {
				r.ResourcePolicy = parsedText(t, c.resource, policy.ResourcePolicy)
			}
			if d := Decide(r); d.Verdict != c.want || d.Layer != c.layer {
				t.Errorf("got %v by the %s, want %v by the %s", d.Verdict, d.Layer, c.want, c.layer)
			}
		})
	}
}

// TestConditionReadings decides conditions by operator, values, and what the
// request has.
func TestConditionReadings(t *testing.T) {
	for _, c := range []struct {
		name, condition string
		context         map[string][]string
		want            Verdict
	}{
		{"equals takes wildcards literally", `"StringEquals":{"aws:RequestTag/t":"a*"}`, map[string][]string{"aws:RequestTag/t": {"ab"}}, Denied},
		{"like crosses colons and slashes", `"StringLike":{"aws:RequestTag/t":"a*z"}`, map[string][]string{"aws:RequestTag/t": {"a:/z"}}, Allowed},
		{"values differ by case", `"StringEquals":{"aws:RequestTag/t":"A"}`, map[string][]string{"aws:RequestTag/t": {"a"}}, Denied},
		{"ignore case", `"StringEqualsIgnoreCase":{"aws:RequestTag/t":"A"}`, map[string][]string{"aws:RequestTag/t": {"a"}}, Allowed},
		{"tag keys ignore case", `"StringEquals":{"aws:requesttag/T":"a"}`, map[string][]string{"aws:RequestTag/t": {"a"}}, Allowed},
		{"numbers and booleans are text", `"StringEquals":{"aws:RequestTag/t":[1,true]}`, map[string][]string{"aws:RequestTag/t": {"true"}}, Allowed},
		{"odd case of an operator", `"stringequals":{"aws:RequestTag/t":"a"}`, map[string][]string{"aws:RequestTag/t": {"a"}}, Undetermined},
		{"odd case that does not matter", `"stringequals":{"aws:RequestTag/t":"a"}`, map[string][]string{"aws:RequestTag/t": {"b"}}, Denied},
		{"Null of both", `"Null":{"aws:RequestTag/t":["true","false"]}`, nil, Allowed},
		{"ForAnyValue with IfExists on nothing", `"ForAnyValue:StringEqualsIfExists":{"aws:TagKeys":"a"}`, nil, Undetermined},
		{"ForAllValues with IfExists on nothing", `"ForAllValues:StringEqualsIfExists":{"aws:TagKeys":"a"}`, nil, Allowed},
		{"negated ForAnyValue on nothing", `"ForAnyValue:StringNotEquals":{"aws:TagKeys":"a"}`, nil, Denied},
		{"negated ForAnyValue: one other value", `"ForAnyValue:StringNotEquals":{"aws:TagKeys":"a"}`, map[string][]string{"aws:TagKeys": {"a", "b"}}, Allowed},
		{"several values without a set operator", `"StringEquals":{"aws:TagKeys":"a"}`, map[string][]string{"aws:TagKeys": {"a", "b"}}, Undetermined},
		{"several values without a set operator, none of which fits", `"StringEquals":{"aws:TagKeys":"c"}`, map[string][]string{"aws:TagKeys": {"a", "b"}}, Denied},
		{"a multi-valued key with one value", `"StringNotEquals":{"aws:TagKeys":"b"}`, map[string][]string{"aws:TagKeys": {"a"}}, Undetermined},
		{"a variable with a default", `"StringEquals":{"aws:RequestTag/t":"${aws:PrincipalTag/x, 'd'}"}`, map[string][]string{"aws:RequestTag/t": {"d"}}, Allowed},
		{"a variable without a value", `"StringEquals":{"aws:RequestTag/t":"${aws:PrincipalTag/x}"}`, map[string][]string{"aws:RequestTag/t": {""}}, Denied},
		{"a negated variable without a value", `"StringNotEquals":{"aws:RequestTag/t":"${aws:PrincipalTag/x}"}`, map[string][]string{"aws:RequestTag/t": {"a"}}, Allowed},
		{"an escaped star", `"StringLike":{"aws:RequestTag/t":"a${*}"}`, map[string][]string{"aws:RequestTag/t": {"ab"}}, Denied},
		{"an escaped star is a star", `"StringLike":{"aws:RequestTag/t":"a${*}"}`, map[string][]string{"aws:RequestTag/t": {"a*"}}, Allowed},
		{"a star in a variable", `"StringLike":{"aws:RequestTag/t":"${aws:PrincipalTag/x}"}`, map[string][]string{"aws:RequestTag/t": {"ab"}, "aws:PrincipalTag/x": {"a*"}}, Undetermined},
		{"a negated ARN operator on no ARN", `"ArnNotLike":{"aws:SourceArn":"arn:aws:s3:::b"}`, map[string][]string{"aws:SourceArn": {"b"}}, Undetermined},
		{"a positive ARN operator on no ARN", `"ArnLike":{"aws:SourceArn":"arn:*:*:*:*:*"}`, map[string][]string{"aws:SourceArn": {"b"}}, Denied},
		{"an ARN star stays in its part", `"ArnLike":{"aws:SourceArn":"arn:aws:*:role/x"}`, map[string][]string{"aws:SourceArn": {"arn:aws:iam::111122223333:role/x"}}, Undetermined},
		{"a date", `"DateGreaterThan":{"aws:CurrentTime":"2026-01-01"}`, map[string][]string{"aws:CurrentTime": {"2026-01-01T00:00:01Z"}}, Allowed},
		{"a date in seconds", `"DateLessThan":{"aws:EpochTime":"1767225600"}`, map[string][]string{"aws:EpochTime": {"1767225599"}}, Allowed},
		{"an address", `"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}`, map[string][]string{"aws:SourceIp": {"203.0.113.9"}}, Allowed},
		{"an address of the other family", `"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}`, map[string][]string{"aws:SourceIp": {"2001:db8::1"}}, Allowed},
		{"bytes", `"BinaryEquals":{"aws:RequestTag/t":"AQI="}`, map[string][]string{"aws:RequestTag/t": {"AQI="}}, Allowed},
	} {
		t.Run(c.name, func(t *testing.T) {
			src := one(`{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*","Condition":{` + c.condition + `}}`)
			p := parsePrincipal(session)
			doc, _ := policy.Parse(src, nil, policy.ParseOptions{Kind: policy.IdentityPolicy})
			p.Identity = []*Policy{Compile(doc)}
			r := &Request{Principal: p, Action: "iam:CreateRole", Resource: policy.Literal("arn:aws:iam::111122223333:role/x"), Context: newContext(c.context)}
			if x := Explain(r); x.Verdict != c.want {
				t.Errorf("got %v, want %v; %v", x.Verdict, c.want, x.Reasons)
			} else if x.Verdict == Undetermined && len(x.Reasons) == 0 {
				t.Error("no reason")
			}
		})
	}
}

// TestResourceReadings decides entries of Resource and NotResource.
func TestResourceReadings(t *testing.T) {
	for _, c := range []struct {
		name, statement, action, resource string
		want                              Verdict
	}{
		{"slashes mean nothing", `"Resource":"arn:aws:iam::111122223333:role/app-*"`, "iam:CreateRole", "arn:aws:iam::111122223333:role/app-x/y", Allowed},
		{"case counts in the resource part", `"Resource":"arn:aws:iam::111122223333:role/App-*"`, "iam:CreateRole", "arn:aws:iam::111122223333:role/app-x", Denied},
		{"a short ARN", `"Resource":"arn:aws:iam::111122223333"`, "iam:CreateRole", "arn:aws:iam::111122223333:role/x", Undetermined},
		{"a star past the colon", `"Resource":"arn:aws:logs:*:111122223333:log-group:x"`, "logs:CreateLogGroup", "arn:aws:logs:eu-west-1:111122223333:log-group:a:111122223333:log-group:x", Undetermined},
		{"a star that need not run", `"Resource":"arn:aws:iam::*:role/x"`, "iam:CreateRole", "arn:aws:iam::111122223333:role/x", Allowed},
		{"a variable before the fifth colon", `"Resource":"arn:aws:iam::${aws:PrincipalAccount}:role/x"`, "iam:CreateRole", "arn:aws:iam::111122223333:role/x", Denied},
		{"a variable after it", `"Resource":"arn:aws:iam::111122223333:role/${aws:PrincipalAccount}"`, "iam:CreateRole", "arn:aws:iam::111122223333:role/111122223333", Allowed},
		{"no resource type, star", `"Resource":"*"`, "s3:ListAllMyBuckets", "*", Allowed},
		{"no resource type, ARN", `"Resource":"arn:aws:s3:::*"`, "s3:ListAllMyBuckets", "*", Denied},
		{"no resource type, whatever is asked", `"Resource":"arn:aws:s3:::*"`, "s3:ListAllMyBuckets", "arn:aws:s3:::b", Denied},
		{"NotResource of none", `"NotResource":["arn:aws:iam::111122223333:role/a","arn:aws:iam::111122223333:role/b"]`, "iam:CreateRole", "arn:aws:iam::111122223333:role/c", Allowed},
		{"NotResource of one", `"NotResource":["arn:aws:iam::111122223333:role/a","arn:aws:iam::111122223333:role/b"]`, "iam:CreateRole", "arn:aws:iam::111122223333:role/b", Denied},
		{"NotResource without a value", `"NotResource":"arn:aws:iam::111122223333:role/${aws:username}"`, "iam:CreateRole", "arn:aws:iam::111122223333:role/b", Undetermined},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := parsePrincipal(session)
			p.Identity = []*Policy{parsedText(t, one(`{"Effect":"Allow","Action":"*",`+c.statement+`}`), policy.IdentityPolicy)}
			r := &Request{Principal: p, Action: c.action, Resource: policy.Literal(c.resource)}
			if x := Explain(r); x.Verdict != c.want {
				t.Errorf("got %v, want %v; %v", x.Verdict, c.want, x.Reasons)
			}
		})
	}
}

// TestLayers decides by the layers of one account.
func TestLayers(t *testing.T) {
	everything := AllowAll()
	deny := parsedText(t, one(`{"Effect":"Deny","Action":"s3:*","Resource":"*"}`), policy.IdentityPolicy)
	s3 := parsedText(t, one(allowS3), policy.IdentityPolicy)
	logs := parsedText(t, one(allowLogs), policy.IdentityPolicy)
	for name, c := range map[string]struct {
		p     Principal
		want  Verdict
		layer Layer
	}{
		"nothing":                     {Principal{}, Denied, LayerIdentity},
		"identity":                    {Principal{Identity: []*Policy{logs, s3}}, Allowed, LayerIdentity},
		"boundary allows nothing":     {Principal{Identity: []*Policy{s3}, Boundary: deny}, Denied, LayerBoundary},
		"boundary allows other":       {Principal{Identity: []*Policy{s3}, Boundary: logs}, Denied, LayerBoundary},
		"session allows other":        {Principal{Identity: []*Policy{s3}, SessionPolicies: []*Policy{logs}}, Denied, LayerSession},
		"each level must allow":       {Principal{Identity: []*Policy{s3}, SCPs: [][]*Policy{{everything}, {logs}}}, Denied, LayerOrganization},
		"levels allow":                {Principal{Identity: []*Policy{s3}, SCPs: [][]*Policy{{everything}, {logs, s3}}}, Allowed, LayerIdentity},
		"a resource control policy":   {Principal{Identity: []*Policy{s3}, RCPs: [][]*Policy{{everything, deny}}}, Denied, LayerResourceOrg},
		"a policy for other services": {Principal{Identity: []*Policy{everything}, RCPs: [][]*Policy{{logs}}}, Denied, LayerResourceOrg},
		"a hidden boundary":           {Principal{Identity: []*Policy{s3}, Boundary: Hidden(nil)}, Undetermined, LayerBoundary},
		"a hidden boundary, no grant": {Principal{Identity: []*Policy{logs}, Boundary: Hidden(nil)}, Denied, LayerIdentity},
		"root":                        {Principal{Kind: KindRoot, ARN: policy.Literal("arn:aws:iam::111122223333:root")}, Allowed, LayerIdentity},
	} {
		t.Run(name, func(t *testing.T) {
			if c.p.Kind == KindUnknown {
				c.p.Kind, c.p.ARN = KindRole, policy.Literal(devRole)
			}
			r := &Request{Principal: &c.p, Action: "s3:GetObject", Resource: policy.Literal("arn:aws:s3:::b/o")}
			if d := Decide(r); d.Verdict != c.want || d.Layer != c.layer {
				t.Errorf("got %v by the %s, want %v by the %s", d.Verdict, d.Layer, c.want, c.layer)
			}
		})
	}
}

// TestUnknownParts decides requests of which something is not known: the policy
// of the resource, whether the resource is in another account, and who asks.
func TestUnknownParts(t *testing.T) {
	var w world
	w.symbol(policy.Symbol{Kind: policy.SymbolVariable, Name: "var.account"})
	s3, logs := parsedText(t, one(allowS3), policy.IdentityPolicy), parsedText(t, one(allowLogs), policy.IdentityPolicy)
	named := parsedText(t, one(`{"Effect":"Allow","Principal":{"AWS":"`+devRole+`"},"Action":"s3:*","Resource":"*"}`), policy.ResourcePolicy)
	for name, c := range map[string]struct {
		identity, resource *Policy
		at                 string
		want               Verdict
	}{
		"a policy that may deny":                    {s3, Hidden(nil), "arn:aws:s3:::b/o", Undetermined},
		"a policy that may allow":                   {logs, Hidden(nil), "arn:aws:s3:::b/o", Undetermined},
		"an account that may be another":            {s3, nil, "arn:aws:s3:eu-west-1:<var.account>:accesspoint/a/object/o", Undetermined},
		"an account that may be another, both":      {s3, named, "arn:aws:s3:eu-west-1:<var.account>:accesspoint/a/object/o", Allowed},
		"an account that may be another, one":       {logs, named, "arn:aws:s3:eu-west-1:<var.account>:accesspoint/a/object/o", Undetermined},
		"an account that may be another, no policy": {logs, nil, "arn:aws:s3:eu-west-1:<var.account>:accesspoint/a/object/o", Denied},
	} {
		p := parsePrincipal(devRole)
		p.Identity = []*Policy{c.identity}
		got := Explain(&Request{Principal: p, Action: "s3:GetObject", Resource: w.text(c.at), ResourcePolicy: c.resource})
		if got.Verdict != c.want {
			t.Errorf("%s: got %v, want %v", name, got.Verdict, c.want)
		}
		reason := "it is not known whether " + c.at + " is in the account of the principal"
		if told := len(got.Reasons) == 1 && got.Reasons[0].Text == reason; strings.HasPrefix(name, "an account") && told != (c.want == Undetermined) {
			t.Errorf("%s: because of %v", name, got.Reasons)
		}
	}
	if got := Decide(&Request{Action: "s3:GetObject", Resource: policy.Literal("arn:aws:s3:::b/o")}); got.Verdict != Denied {
		t.Errorf("without a principal: %v", got.Verdict)
	}
}

// TestGrantingStatement: where a resource-based policy names a principal in
// several ways, what it is allowed by is the way that nothing limits.
func TestGrantingStatement(t *testing.T) {
	grant := func(principal string) string {
		return `{"Effect":"Allow","Principal":` + principal + `,"Action":"s3:*","Resource":"*"}`
	}
	role, everybody, account := grant(`{"AWS":"`+devRole+`"}`), grant(`"*"`), grant(`{"AWS":"111122223333"}`)
	for _, c := range []struct {
		statements []string
		want       int
	}{
		{[]string{role, everybody}, 1}, {[]string{everybody, role}, 0}, {[]string{account, everybody}, 1}, {[]string{everybody, account, role}, 0},
	} {
		p := parsePrincipal(devRole)
		p.Boundary = parsedText(t, one(allowLogs), policy.IdentityPolicy)
		resource := parsedText(t, one(strings.Join(c.statements, ",")), policy.ResourcePolicy)
		got := Decide(&Request{Principal: p, Action: "s3:GetObject", Resource: policy.Literal("arn:aws:s3:::b/o"), ResourcePolicy: resource})
		if got.Verdict != Allowed || got.Layer != LayerResource || got.By.Policy != resource || got.By.Statement != c.want {
			t.Errorf("%q: got %v by %s, statement %d", c.statements, got.Verdict, got.Layer, got.By.Statement)
		}
	}
}
