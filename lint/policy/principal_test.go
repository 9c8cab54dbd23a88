package policy

import (
	"strings"
	"testing"
)

// TestAWSPrincipal tells what can act from what cannot, and why.
func TestAWSPrincipal(t *testing.T) {
	for text, want := range map[string]string{
		"111122223333":                                     "",
		"AIDACKCEVSQ6C2EXAMPLE":                            "",
		"AIDA" + strings.Repeat("A", 12):                   "",
		"AIDA" + strings.Repeat("A", 11):                   "is neither",
		"AROA" + strings.Repeat("A", 124):                  "",
		"AROA" + strings.Repeat("A", 125):                  "is neither",
		"AKIACKCEVSQ6C2EXAMPLE":                            "is neither",
		"AIDACKCEVSQ6C2-EXAMPL":                            "is neither",
		"somebody":                                         "is neither",
		"arn:aws:iam::111122223333:role/r":                 "",
		"arn:aws:iam::111122223333:user/u":                 "",
		"arn:aws:iam::111122223333:root":                   "",
		"arn:aws:sts::111122223333:assumed-role/r/s":       "",
		"arn:aws:sts::111122223333:federated-user/u":       "",
		"arn:aws:sts::111122223333:self":                   "",
		"arn:aws:iam::111122223333:self":                   "cannot act",
		"arn:aws:sts::111122223333:root":                   "cannot act",
		"arn:aws:sts::111122223333:role/r":                 "cannot act",
		"arn:aws:sts::111122223333:user/u":                 "cannot act",
		"arn:aws:iam::111122223333:assumed-role/r/s":       "cannot act",
		"arn:aws:iam::111122223333:federated-user/u":       "cannot act",
		"arn:aws:iam::111122223333:group/g":                "is a group",
		"arn:aws:sts::111122223333:group/g":                "cannot act",
		"arn:aws:iam::111122223333:saml-provider/p":        "belongs under Federated",
		"arn:aws:iam::111122223333:oidc-provider/p":        "belongs under Federated",
		"arn:aws:sts::111122223333:oidc-provider/p":        "cannot act",
		"arn:aws:iam::111122223333:instance-profile/p":     "is an instance profile",
		"arn:aws:sts::111122223333:instance-profile/p":     "cannot act",
		"arn:aws:iam::111122223333:policy/p":               "cannot act",
		"arn:aws:lambda:eu-west-1:111122223333:function:f": "cannot act",
	} {
		if got := awsPrincipal(text); (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

// TestSids: one that IAM refuses is told wherever the letter stands.
func TestSids(t *testing.T) {
	for sid, refused := range map[string]bool{"": false, "a": false, "A1": false, "-a": true, "a-": true, "a b": true, " ": true, "ä": true} {
		_, diags := Parse(`{"Version":"2012-10-17","Statement":[{"Sid":"`+sid+`","Effect":"Allow","Action":"s3:*","Resource":"*"}]}`, nil, ParseOptions{Kind: IdentityPolicy})
		found := false
		for _, d := range diags {
			found = found || d.Code == CodeSid
		}
		if found != refused {
			t.Errorf("%q: %v", sid, diags)
		}
	}
}

// TestUnknownPrincipalType: a type that IAM does not have is refused, and stays
// as it is written.
func TestUnknownPrincipalType(t *testing.T) {
	doc, diags := Parse(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Services":"ec2.amazonaws.com","aws":"*"}}]}`, nil, ParseOptions{Kind: TrustPolicy})
	if len(diags) != 2 || diags[0].Code != CodeUnknownElement || diags[1].Code != CodeElementCase {
		t.Errorf("got %v", diags)
	}
	for i, want := range []string{"Services ec2.amazonaws.com", "AWS *"} {
		if e := doc.Statements[0].Principal.Entries[i]; e.Type+" "+e.Text.String() != want {
			t.Errorf("got %s %s, want %s", e.Type, e.Text, want)
		}
	}
}
