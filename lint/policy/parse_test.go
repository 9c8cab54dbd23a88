package policy

import (
	"slices"
	"strings"
	"testing"
)

func statement(body string) string {
	return `{"Version":"2012-10-17","Statement":[{` + body + `}]}`
}

func TestParseReadsWhatIAMReads(t *testing.T) {
	src := `{
  "Version": "2012-10-17",
  "Id": "x",
  "Statement": {
    "Sid": "A1",
    "Effect": "Deny",
    "NotAction": "iam:Get*",
    "Resource": ["*", "arn:aws:iam::111122223333:role/\u003ca\u003e"],
    "Condition": {"Bool": {"aws:MultiFactorAuthPresent": false}, "NumericLessThan": {"aws:MultiFactorAuthAge": [3600, 1e3]}}
  }
}`
	doc, diags := Parse(src, nil, ParseOptions{Kind: IdentityPolicy})
	if len(diags) != 0 || doc.Invalid {
		t.Fatalf("diagnostics: %+v", diags)
	}
	s := doc.Statements[0]
	if len(doc.Statements) != 1 || s.Effect != Deny || s.Sid.String() != "A1" || s.Action != nil || len(s.NotAction) != 1 {
		t.Fatalf("statement: %+v", s)
	}
	if got := s.Resource[1].Text.String(); got != "arn:aws:iam::111122223333:role/<a>" {
		t.Errorf("resource: %s", got)
	}
	if got := s.Resource[1].Range.Start; got.Line != 8 || got.Column != 23 || src[got.Byte] != '"' {
		t.Errorf("place of the second resource: %+v", got)
	}
	if got := s.Condition[1]; got.Values[1].Text.String() != "1e3" || got.Key.String() != "aws:MultiFactorAuthAge" {
		t.Errorf("condition: %+v", got)
	}
	if got := s.Condition[0].Values[0].Text; got.String() != "false" {
		t.Errorf("boolean: %v", got)
	}
}

// TestParseRefuses lists one document for each thing that IAM refuses or that
// deserves a remark; at is the source that the range covers.
func TestParseRefuses(t *testing.T) {
	const star = `"Effect":"Allow","Action":"*","Resource":"*"`
	tests := []struct {
		name, src string
		kind      Kind
		code      DiagnosticCode
		isError   bool
		at        string
		detail    string
	}{
		{"empty", ``, IdentityPolicy, CodeNotJSON, true, ``, ""},
		{"no JSON", `{"Statement": [}`, IdentityPolicy, CodeNotJSON, true, ``, ""},
		{"a name without quotes", `{Version:"2012-10-17"}`, IdentityPolicy, CodeNotJSON, true, ``, "a name in double quotes is expected here"},
		{"a name without a colon", `{"Version"}`, IdentityPolicy, CodeNotJSON, true, ``, "a colon is expected after the name"},
		{"trailing comma", `{"Version":"2012-10-17","Statement":[{` + star + `},]}`, IdentityPolicy, CodeNotJSON, true, ``, ""},
		{"trailing data", statement(star) + "}", IdentityPolicy, CodeTrailingData, true, `}`, ""},
		{"twice", `"{\"Statement\":[]}"`, IdentityPolicy, CodeEncodedTwice, true, `"{\"Statement\":[]}"`, "jsonencode"},
		{"list at the top", `[]`, IdentityPolicy, CodeWrongType, true, `[]`, ""},
		{"quotes of a word processor", statement(`"Sid":"","Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::“"`), IdentityPolicy, CodeCharacters, true, "“", ""},
		{"byte order mark", "\uFEFF" + statement(star), IdentityPolicy, CodeCharacters, true, "\uFEFF", ""},
		{"line feed in a string", statement(`"Effect":"Allow","Action":"*","Resource":"*","Sid":"a` + "\n" + `"`), AnyPolicy, CodeNotJSON, true, "\n", ""},
		{"Effect twice", statement(star + `,"Effect":"Deny"`), IdentityPolicy, CodeDuplicateKey, true, `"Effect"`, ""},
		{"effect in another case too", statement(star + `,"effect":"Deny"`), IdentityPolicy, CodeDuplicateKey, true, `"effect"`, ""},
		{"a letter of an escape", statement(`"Effect":"Allow","Action":"*","Resource":"\x"`), IdentityPolicy, CodeNotJSON, true, ``, "JSON knows no escape"},
		{"operator twice", statement(star + `,"Condition":{"Bool":{"aws:a":"true"},"Bool":{"aws:b":"true"}}`), IdentityPolicy, CodeDuplicateKey, true, `"Bool"`, ""},
		{"key twice", statement(star + `,"Condition":{"Bool":{"aws:a":"true","AWS:A":"true"}}`), IdentityPolicy, CodeDuplicateKey, true, `"AWS:A"`, ""},
		{"unknown top-level element", `{"Versions":"2012-10-17","Statement":[{` + star + `}]}`, IdentityPolicy, CodeUnknownElement, true, `"Versions"`, "Version"},
		{"unknown element", statement(star + `,"Resources":"*"`), IdentityPolicy, CodeUnknownElement, true, `"Resources"`, "Resource"},
		{"lower case", statement(`"effect":"Allow","Action":"*","Resource":"*"`), IdentityPolicy, CodeElementCase, false, `"effect"`, "Effect"},
		{"version", `{"Version":"2012-10-18","Statement":[{` + star + `}]}`, IdentityPolicy, CodeVersion, true, `"2012-10-18"`, "2012-10-17"},
		{"version number", `{"Version":2012,"Statement":[{` + star + `}]}`, IdentityPolicy, CodeWrongType, true, `2012`, ""},
		{"no statement", `{"Version":"2012-10-17"}`, IdentityPolicy, CodeMissingStatement, true, `{"Version":"2012-10-17"}`, ""},
		{"empty statement list", `{"Statement":[]}`, IdentityPolicy, CodeMissingStatement, true, `[]`, ""},
		{"text as statement", `{"Statement":["x"]}`, IdentityPolicy, CodeWrongType, true, `"x"`, ""},
		{"no effect", statement(`"Action":"*","Resource":"*"`), IdentityPolicy, CodeEffect, true, `{"Action":"*","Resource":"*"}`, ""},
		{"effect in lower case", statement(`"Effect":"allow","Action":"*","Resource":"*"`), IdentityPolicy, CodeEffect, true, `"allow"`, "Allow"},
		{"Sid with a hyphen", statement(star + `,"Sid":"a-b c"`), IdentityPolicy, CodeSid, true, `"a-b c"`, `"abc"`},
		{"equal Sids", `{"Statement":[{"Sid":"a",` + star + `},{"Sid":"a", ` + star + `}]}`, IdentityPolicy, CodeDuplicateSid, true, `"a"`, ""},
		{"Action and NotAction", statement(star + `,"NotAction":"iam:*"`), IdentityPolicy, CodeAction, true, ``, ""},
		{"no action", statement(`"Effect":"Allow","Resource":"*"`), IdentityPolicy, CodeMissingAction, true, ``, ""},
		{"empty Action", statement(`"Effect":"Allow","Action":[],"Resource":"*"`), IdentityPolicy, CodeEmpty, false, ``, ""},
		{"no service", statement(`"Effect":"Allow","Action":["CreateRole"],"Resource":"*"`), IdentityPolicy, CodeAction, true, `"CreateRole"`, "iam:CreateRole"},
		{"service wildcard", statement(`"Effect":"Allow","Action":"i*:CreateRole","Resource":"*"`), IdentityPolicy, CodeActionService, true, `"i*:CreateRole"`, ""},
		{"any service", statement(`"Effect":"Allow","Action":"*:*","Resource":"*"`), IdentityPolicy, CodeActionForm, false, `"*:*"`, `"*"`},
		{"two in one", statement(`"Effect":"Allow","Action":"iam:GetRole, iam:GetUser","Resource":"*"`), IdentityPolicy, CodeActionForm, false, `"iam:GetRole, iam:GetUser"`, ""},
		{"nested list", statement(`"Effect":"Allow","Action":[["*"]],"Resource":"*"`), IdentityPolicy, CodeWrongType, true, `["*"]`, "Flatten"},
		{"no resource", statement(`"Effect":"Allow","Action":"*"`), IdentityPolicy, CodeMissingResource, true, ``, ""},
		{"both resources", statement(star + `,"NotResource":"*"`), IdentityPolicy, CodeResource, true, ``, ""},
		{"a name as resource", statement(`"Effect":"Allow","Action":"*","Resource":"my-bucket"`), IdentityPolicy, CodeResourceARN, true, `"my-bucket"`, ""},
		{"no partition", statement(`"Effect":"Allow","Action":"*","Resource":"arn::iam::111122223333:role/x"`), IdentityPolicy, CodeResourceARN, true, ``, ""},
		{"service of an ARN", statement(`"Effect":"Allow","Action":"*","Resource":"arn:aws:*:eu-west-1:111122223333:*"`), IdentityPolicy, CodeResourceARN, true, ``, ""},
		{"short", statement(`"Effect":"Allow","Action":"*","Resource":"arn:aws:s3"`), IdentityPolicy, CodeShortARN, false, ``, ""},
		// What it lacks is one remark: the last part may be incomplete, too.
		{"short, in no partition", statement(`"Effect":"Allow","Action":"*","Resource":"arn:amazon"`), IdentityPolicy, CodeShortARN, false, ``, ""},
		{"short, of several services", statement(`"Effect":"Allow","Action":"*","Resource":"arn:aws:s*"`), IdentityPolicy, CodeShortARN, false, ``, ""},
		{"short in an SCP", statement(`"Effect":"Allow","Action":"*","Resource":"arn:aws:s3"`), ServiceControlPolicy, CodeShortARN, true, ``, ""},
		{"account", statement(`"Effect":"Allow","Action":"*","Resource":"arn:aws:iam::1111:role/x"`), IdentityPolicy, CodeResourceNever, false, ``, ""},
		{"region of IAM", statement(`"Effect":"Allow","Action":"*","Resource":"arn:aws:iam:eu-west-1:111122223333:role/x"`), IdentityPolicy, CodeResourceNever, false, ``, ""},
		{"type of IAM", statement(`"Effect":"Allow","Action":"*","Resource":"arn:aws:iam::111122223333:roles/x"`), IdentityPolicy, CodeResourceNever, false, ``, "role/"},
		{"variable in the account", statement(`"Effect":"Allow","Action":"*","Resource":"arn:aws:iam::${aws:PrincipalAccount}:role/x"`), IdentityPolicy, CodeVariable, false, ``, ""},
		{"variable without an end", statement(`"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::b/${aws:username"`), IdentityPolicy, CodeVariable, false, `"arn:aws:s3:::b/${aws:username"`, "}"},
		{"variable without a key", statement(`"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::b/${username}/*"`), IdentityPolicy, CodeVariable, false, ``, "${aws:username}"},
		{"variable with a blank", statement(`"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::b/${aws:user name}"`), IdentityPolicy, CodeVariable, false, ``, "${aws:username}"},
		{"variable without a quote", statement(`"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::b/${aws:username, 'x}"`), IdentityPolicy, CodeVariable, false, ``, "${aws:username}"},
		{"variable under 2008", `{"Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:iam::111122223333:user/${aws:username}"}}`, IdentityPolicy, CodeVariable, false, `"arn:aws:iam::111122223333:user/${aws:username}"`, "2012-10-17"},
		{"Principal of an identity policy", statement(star + `,"Principal":"*"`), IdentityPolicy, CodeUnsupportedElement, true, `"*"`, ""},
		{"Resource of a trust policy", statement(star + `,"Principal":"*"`), TrustPolicy, CodeUnsupportedElement, true, ``, ""},
		{"trust in nobody", statement(`"Effect":"Allow","Action":"sts:AssumeRole"`), TrustPolicy, CodeMissingPrincipal, true, ``, ""},
		{"bare principal", statement(`"Effect":"Allow","Action":"sts:AssumeRole","Principal":"111122223333"`), TrustPolicy, CodePrincipal, true, `"111122223333"`, "AWS"},
		{"principal type", statement(`"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Services":"ec2.amazonaws.com"}`), TrustPolicy, CodeUnknownElement, true, `"Services"`, "Service"},
		{"principal wildcard", statement(`"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::111122223333:role/*"}`), TrustPolicy, CodePrincipalWildcard, true, `"arn:aws:iam::111122223333:role/*"`, "aws:PrincipalArn"},
		{"group", statement(`"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::111122223333:group/x"}`), TrustPolicy, CodePrincipal, true, ``, ""},
		{"short account", statement(`"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"11112222333"}`), TrustPolicy, CodePrincipal, true, ``, ""},
		{"short service", statement(`"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"lambda"}`), TrustPolicy, CodePrincipal, true, ``, "lambda.amazonaws.com"},
		{"provider", statement(`"Effect":"Allow","Action":"sts:AssumeRoleWithSAML","Principal":{"Federated":"arn:aws:iam::111122223333:role/x"}`), TrustPolicy, CodePrincipal, true, ``, "saml-provider"},
		{"trust action", statement(`"Effect":"Allow","Action":["STS:AssumeRole","s3:GetObject"],"Principal":{"AWS":"*"}`), TrustPolicy, CodeTrustAction, true, `"s3:GetObject"`, ""},
		{"principal of an SCP", statement(`"Effect":"Deny","Action":"*","Resource":"*","Principal":"*"`), ServiceControlPolicy, CodeUnsupportedElement, true, ``, ""},
		{"NotPrincipal", statement(`"Effect":"Allow","Action":"s3:*","Resource":"*","NotPrincipal":{"AWS":"111122223333"}`), ResourcePolicy, CodeNotPrincipalAllow, false, ``, ""},
		{"operator", statement(star + `,"Condition":{"StringEqual":{"aws:a":"b"}}`), IdentityPolicy, CodeOperator, true, `"StringEqual"`, ""},
		{"operator in lower case", statement(star + `,"Condition":{"stringEquals":{"aws:a":"b"}}`), IdentityPolicy, CodeOperatorCase, false, `"stringEquals"`, "StringEquals"},
		{"Null with IfExists", statement(star + `,"Condition":{"NullIfExists":{"aws:a":"true"}}`), IdentityPolicy, CodeOperator, true, `"NullIfExists"`, ""},
		{"condition list", statement(star + `,"Condition":[]`), IdentityPolicy, CodeWrongType, true, `[]`, ""},
		{"key without service", statement(star + `,"Condition":{"StringEquals":{"PrincipalArn":"b"}}`), IdentityPolicy, CodeConditionKey, true, `"PrincipalArn"`, ""},
		{"no values", statement(star + `,"Condition":{"StringEquals":{"aws:a":[]}}`), IdentityPolicy, CodeEmpty, false, `[]`, ""},
		{"object as value", statement(star + `,"Condition":{"StringEquals":{"aws:a":{"aws:b":"c"}}}`), IdentityPolicy, CodeWrongType, true, `{"aws:b":"c"}`, ""},
		{"no CIDR", statement(star + `,"Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/33"}}`), IdentityPolicy, CodeConditionValue, false, `"10.0.0.0/33"`, ""},
		{"null", statement(star + `,"Condition":null`), IdentityPolicy, CodeNull, false, `null`, ""},
		{"an RCP that allows", statement(`"Effect":"Allow","Action":"s3:*","Resource":"*","Principal":"*"`), ResourceControlPolicy, CodeUnsupportedElement, true, `"Allow"`, "RCPFullAWSAccess"},
		{"an RCP that allows on condition", statement(star + `,"Principal":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}`), ResourceControlPolicy, CodeUnsupportedElement, true, `"Allow"`, "RCPFullAWSAccess"},
		{"an RCP that denies all", statement(`"Effect":"Deny","Action":"*","Resource":"*","Principal":"*"`), ResourceControlPolicy, CodeAction, true, `"*"`, "s3:*"},
		{"an RCP with NotAction", statement(`"Effect":"Deny","NotAction":"s3:*","Resource":"*","Principal":"*"`), ResourceControlPolicy, CodeUnsupportedElement, true, `"s3:*"`, "Action"},
		{"operator of no object", statement(star + `,"Condition":{"Bool":"x"}`), IdentityPolicy, CodeWrongType, true, `"x"`, "Bool"},
		{"operator without keys", statement(star + `,"Condition":{"Bool":{}}`), IdentityPolicy, CodeEmpty, false, `{}`, "Bool"},
		{"key of null", statement(star + `,"Condition":{"Bool":{"aws:a":null}}`), IdentityPolicy, CodeNull, false, `null`, "aws:a"},
		{"action without a name", statement(`"Effect":"Allow","Action":"iam:","Resource":"*"`), IdentityPolicy, CodeAction, true, `"iam:"`, "iam:*"},
		{"half an escape", statement(`"Effect":"Allow","Action":"*","Resource":"\u00g0"`), IdentityPolicy, CodeNotJSON, true, ``, "hexadecimal"},
		{"list of principals", statement(`"Effect":"Allow","Action":"sts:AssumeRole","Principal":["*"]`), TrustPolicy, CodeWrongType, true, `["*"]`, "AWS"},
		{"too deep", strings.Repeat(`[`, 100000), IdentityPolicy, CodeNotJSON, true, ``, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc, diags := Parse(tt.src, nil, ParseOptions{Kind: tt.kind})
			if len(diags) != 1 {
				t.Fatalf("want one diagnostic, got %d: %+v", len(diags), diags)
			}
			d := diags[0]
			if d.Code != tt.code || d.Error != tt.isError {
				t.Errorf("got %s (error %v): %s", d.Code, d.Error, d.Summary)
			}
			if tt.isError && !doc.Invalid {
				t.Error("the document is not marked invalid")
			}
			if got := tt.src[d.Range.Start.Byte:d.Range.End.Byte]; tt.at != "" && got != tt.at {
				t.Errorf("place: %s, want %s", got, tt.at)
			}
			if !strings.Contains(d.Detail+d.Summary, tt.detail) {
				t.Errorf("%q is not in %q", tt.detail, d.Summary+" "+d.Detail)
			}
		})
	}
}

// TestTokensOfNobody: without symbols, what looks like the token of one is text.
func TestTokensOfNobody(t *testing.T) {
	token := (&Symbols{}).Token(&Symbol{})
	doc, diags := Parse(statement(`"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::`+token+`"`), nil, ParseOptions{Kind: IdentityPolicy})
	if x := doc.Statements[0].Resource[0].Text; diags.HasErrors() || !isLiteral(x, "arn:aws:s3:::"+token) {
		t.Errorf("got %v, %v", x, diags)
	}
}

// TestNulls: an element of null is read as absent, with a remark, since IAM
// documents nowhere how it reads it.
func TestNulls(t *testing.T) {
	for src, want := range map[string]DiagnosticCode{
		`{"Version":"2012-10-17","Statement":null}`:                                                    CodeMissingStatement,
		statement(`"Effect":"Allow","Action":"sts:AssumeRole","Principal":null`):                       CodeMissingPrincipal,
		statement(`"Effect":"Allow","Action":null,"Principal":{"AWS":"*"}`):                            CodeMissingAction,
		statement(`"Effect":null,"Action":"sts:AssumeRole","Principal":{"AWS":"*"}`):                   "",
		statement(`"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"*","Service":null}`): "",
	} {
		_, diags := Parse(src, nil, ParseOptions{Kind: TrustPolicy})
		var codes []DiagnosticCode
		for _, d := range diags {
			codes = append(codes, d.Code)
		}
		if !slices.Contains(codes, CodeNull) || want != "" && !slices.Contains(codes, want) || len(codes) > 2 {
			t.Errorf("%s: got %v, want %s", src, codes, want)
		}
	}
}

// TestNumbers reads numbers as JSON has them (RFC 8259, numbers), and keeps how
// they are written.
func TestNumbers(t *testing.T) {
	for text, valid := range map[string]bool{
		"0": true, "-0": true, "10": true, "-1": true, "0.5": true, "1.50": true, "1e5": true, "1E+5": true, "1.5e-10": true, "0e0": true,
		"01": false, "-": false, "+1": false, "1.": false, ".5": false, "1.e5": false, "1e": false, "1e+": false, "-01": false, "1-": false, "1.x": false,
	} {
		doc, diags := Parse(statement(`"Effect":"Allow","Action":"*","Resource":"*","Condition":{"NumericEquals":{"s3:max-keys":`+text+`}}`), nil, ParseOptions{Kind: IdentityPolicy})
		if diags.HasErrors() == valid {
			t.Errorf("%s: %v", text, diags)
		}
		if valid && doc.Statements[0].Condition[0].Values[0].Text.String() != text {
			t.Errorf("%s: read as %s", text, doc.Statements[0].Condition[0].Values[0].Text)
		}
	}
}

// TestRepeatedNames: each name that stands in an object again is told once.
func TestRepeatedNames(t *testing.T) {
	_, diags := Parse(statement(`"Effect":"Allow","Action":"*","Resource":"*","Effect":"Deny","effect":"Deny"`), nil, ParseOptions{Kind: IdentityPolicy})
	told := 0
	for _, d := range diags {
		if d.Code == CodeDuplicateKey {
			told++
		}
	}
	if told != 2 {
		t.Errorf("got %v", diags)
	}
}

// TestPlacesOfStatements: a diagnostic names its statement, and one of the whole
// document none.
func TestPlacesOfStatements(t *testing.T) {
	const star = `"Effect":"Allow","Action":"*","Resource":"*"`
	for src, want := range map[string]int{
		`{"Version":"2012-10-18","Statement":[{` + star + `}]}`:                            -1,
		`{"Statement":[{` + star + `}],"Version":"2012-10-18"}`:                            -1,
		`{"Statement":[{` + star + `},{"Effect":"Allow","Action":"*"}]}`:                   1,
		`{"Statement":[{"Sid":"a",` + star + `},{` + star + `},{"Sid":"a",` + star + `}]}`: 2,
		`{"Statement":[]}`: -1,
	} {
		_, diags := Parse(src, nil, ParseOptions{Kind: IdentityPolicy})
		if len(diags) != 1 || diags[0].Statement != want {
			t.Errorf("%s: got %+v, want %d", src, diags, want)
		}
	}
}
