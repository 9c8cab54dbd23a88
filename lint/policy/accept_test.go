package policy

import "testing"

// TestParseAccepts lists what looks odd and is taken by AWS: no diagnostic.
func TestParseAccepts(t *testing.T) {
	const star = `"Effect":"Allow","Action":"*","Resource":"*"`
	trust := func(principal string) string {
		return statement(`"Effect":"Allow","Action":"sts:AssumeRole","Principal":` + principal)
	}
	tests := []struct {
		src  string
		kind Kind
	}{
		{statement(star + `,"Condition":{}`), IdentityPolicy},
		{statement(star + `,"Sid":""`), IdentityPolicy},
		{`{"Statement":[{` + star + `,"Sid":""},{` + star + `,"Sid":""}]}`, IdentityPolicy},
		{statement(`"Effect":"Allow","Action":["IAM:createrole","s3:*","ec2:Describe?mages*"],"Resource":["arn:*:iam::*:role/aws-service-role/*","arn:aws-us-gov:s3:::b","arn:aws:iam::aws:policy/*","arn:aws:iam::111122223333:*","arn:aws:iam::111122223333:r*/x"]`), IdentityPolicy},
		{statement(`"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b/${aws:username, 'none'}/*"`), IdentityPolicy},
		{statement(star + `,"Condition":{"ForAnyValue:StringLikeIfExists":{"aws:PrincipalOrgPaths":["o-1/*"]},"IpAddress":{"aws:SourceIp":["10.0.0.0/8","2001:db8::/32","192.0.2.1"]},"DateLessThan":{"aws:CurrentTime":["2026-01-31T00:00:00Z","1769817600","2026-01-31"]},"Null":{"aws:TokenIssueTime":"true"},"NumericLessThan":{"s3:max-keys":"10"},"Bool":{"aws:SecureTransport":"${aws:x}"},"ArnLike":{"aws:SourceArn":"*"}}`), IdentityPolicy},
		{trust(`"*"`), TrustPolicy},
		{trust(`{"AWS":["*"]}`), TrustPolicy},
		{trust(`{"AWS":["111122223333","arn:aws:iam::111122223333:root","arn:aws:sts::111122223333:assumed-role/a/b","arn:aws:iam::111122223333:user/a/b","AROAEXAMPLEEXAMPLE123"],"Service":["ec2.amazonaws.com","pods.eks.amazonaws.com","ec2.amazonaws.com.cn"]}`), TrustPolicy},
		{trust(`{"Federated":["cognito-identity.amazonaws.com","arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com","arn:aws:iam::111122223333:saml-provider/x"]}`), TrustPolicy},
		{statement(`"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Sid":"With blanks, and more","Principal":{"AWS":"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"}`), ResourcePolicy},
		{statement(`"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Principal":{"CanonicalUser":"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}`), ResourcePolicy},
		{statement(`"Effect":"Allow","Action":"execute-api:Invoke","Resource":"execute-api:/*","Principal":"*"`), ResourcePolicy},
		{statement(`"Effect":"Allow","Action":"ecr:BatchGetImage","Principal":{"AWS":"111122223333"}`), ResourcePolicy},
		{statement(`"Effect":"Deny","Action":"s3:*","Resource":"*","Principal":"*"`), ResourceControlPolicy},
		{statement(star + `,"Principal":"*"`), ResourceControlPolicy},
		{statement(`"Effect":"Deny","NotAction":["iam:*"],"Resource":"*"`), ServiceControlPolicy},
		{`{"Version":"2012-10-17"}`, AnyPolicy},
		{statement(`"Effect":"Allow","Action":"sts:AssumeRole"`), AnyPolicy},
		{"\n\t" + statement(star) + " \r\n", IdentityPolicy},
	}
	for _, tt := range tests {
		if doc, diags := Parse(tt.src, nil, ParseOptions{Kind: tt.kind}); len(diags) > 0 || doc.Invalid {
			t.Errorf("%s: %+v", tt.src, diags)
		}
	}
}
