package policy

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// FuzzCommon: documents that are read one after the other into what they have in common come to the
// same as each by itself, whatever has been read before.
func FuzzCommon(f *testing.F) {
	for _, seed := range []string{
		`{"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::b","arn:aws:s3:::b/*"],` +
			`"Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}`,
		`{"Statement":[{"Effect":"Allow","Action":["iam:Get*","nothing"],"Action":["s3:*"],"Resource":"*","Condition":{},"Condition":{"Null":{"aws:a":true}}}]}`,
		"{\n\"Statement\":{\"Effect\":\"Allow\",\n\"Principal\":{\"AWS\":[\"1\"]},\"NotAction\":\"*\",\"Condition\":{\"Odd\":{\"x\":\"y\"}}}}",
		`{"Statement":{"Effect":"Allow","NotPrincipal":null,"Action":` + tokenOpen + "0" + tokenClose + `,"Condition":` + tokenOpen + "0" + tokenClose + `}}`,
	} {
		f.Add(seed, uint8(ResourcePolicy))
		f.Add(seed, uint8(TrustPolicy))
	}
	f.Fuzz(func(t *testing.T, src string, kind uint8) {
		var syms Symbols
		syms.Intern(Symbol{Kind: SymbolUnknown, Name: "x"})
		var common Common
		for _, other := range []string{src, src, strings.Replace(src, `"a"`, `"ab"`, 1), strings.Replace(src, "s3", "s4", 1), src[:len(src)/2], src} {
			for k := range Kind(6) {
				doc, diags := Parse(other, &syms, ParseOptions{Kind: (Kind(kind) + k) % 6, Common: &common})
				alone, said := Parse(other, &syms, ParseOptions{Kind: (Kind(kind) + k) % 6})
				if !reflect.DeepEqual(doc, alone) || !reflect.DeepEqual(diags, said) {
					t.Fatalf("%q\n%+v %+v, want\n%+v %+v", other, doc, diags, alone, said)
				}
			}
		}
	})
}

// TestCommonIsBounded: of many documents that have nothing in common only some are remembered, and
// what they are made of stays right.
func TestCommonIsBounded(t *testing.T) {
	var common Common
	for i := range 3 * maxCommon {
		action := fmt.Sprintf("s3:Get%d", i)
		doc, _ := Parse(`{"Statement":[{"Effect":"Allow","Action":"`+action+`","Resource":"*"}]}`, nil, ParseOptions{Kind: IdentityPolicy, Common: &common})
		if got := doc.Statements[0].Action; len(got) != 1 || got[0].Text.String() != action {
			t.Fatalf("%s: got %v", action, got)
		}
	}
	if n := len(common.elements); n > maxCommon {
		t.Errorf("%d elements are remembered", n)
	}
}
