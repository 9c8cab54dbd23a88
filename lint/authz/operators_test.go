package authz

import (
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// TestReadTyped reads values as their operators do. What cannot be read
// matches nothing, whatever it is compared with.
func TestReadTyped(t *testing.T) {
	for _, c := range []struct {
		family policy.Family
		text   string
		want   typedValue // without the prefix
		prefix string     // "" for none
	}{
		{family: policy.FamilyNumeric, text: "12", want: typedValue{valid: true, number: 12}},
		{family: policy.FamilyNumeric, text: " -1.5 ", want: typedValue{valid: true, number: -1.5}},
		{family: policy.FamilyNumeric, text: "NaN"},
		{family: policy.FamilyNumeric, text: "Inf"},
		{family: policy.FamilyNumeric, text: "-Inf"},
		{family: policy.FamilyNumeric, text: "twelve"},
		{family: policy.FamilyNumeric, text: ""},

		{family: policy.FamilyDate, text: "1970", want: typedValue{valid: true}},
		{family: policy.FamilyDate, text: "1971", want: typedValue{valid: true, number: 31536000}},
		{family: policy.FamilyDate, text: "19710", want: typedValue{valid: true, number: 19710}},
		{family: policy.FamilyDate, text: "100000000000", want: typedValue{valid: true, number: 100000000000}},
		{family: policy.FamilyDate, text: "100000000001", want: typedValue{valid: true, number: 100000000.001}},
		{family: policy.FamilyDate, text: "-100000000001", want: typedValue{valid: true, number: -100000000.001}},
		{family: policy.FamilyDate, text: "1970-01-02T00:00:00.5Z", want: typedValue{valid: true, number: 86400.5}},
		{family: policy.FamilyDate, text: "1970-01-02T00:00Z", want: typedValue{valid: true, number: 86400}},
		{family: policy.FamilyDate, text: "1970-01-02T01:00:00+0100", want: typedValue{valid: true, number: 86400}},
		{family: policy.FamilyDate, text: "1970-01-02T00:00:01", want: typedValue{valid: true, number: 86401}},
		{family: policy.FamilyDate, text: "19700102T000000Z", want: typedValue{valid: true, number: 86400}},
		{family: policy.FamilyDate, text: "1970-01-02", want: typedValue{valid: true, number: 86400}},
		{family: policy.FamilyDate, text: "1970-02", want: typedValue{valid: true, number: 2678400}},
		{family: policy.FamilyDate, text: "tomorrow"},
		{family: policy.FamilyDate, text: "soon"},

		{family: policy.FamilyIP, text: "10.1.2.3/8", want: typedValue{valid: true}, prefix: "10.0.0.0/8"},
		{family: policy.FamilyIP, text: "10.1.2.3", want: typedValue{valid: true}, prefix: "10.1.2.3/32"},
		{family: policy.FamilyIP, text: "2001:db8::1", want: typedValue{valid: true}, prefix: "2001:db8::1/128"},
		{family: policy.FamilyIP, text: "2001:db8::1/32", want: typedValue{valid: true}, prefix: "2001:db8::/32"},
		// An IPv4 address that is written as an IPv6 one is that address.
		{family: policy.FamilyIP, text: "::ffff:10.1.2.3", want: typedValue{valid: true}, prefix: "10.1.2.3/32"},
		{family: policy.FamilyIP, text: "::ffff:10.1.2.3/104", want: typedValue{valid: true}, prefix: "10.0.0.0/8"},
		{family: policy.FamilyIP, text: "::ffff:10.1.2.3/96", want: typedValue{valid: true}, prefix: "0.0.0.0/0"},
		{family: policy.FamilyIP, text: "::ffff:10.1.2.3/95", want: typedValue{valid: true}, prefix: "::fffe:0:0/95"},
		{family: policy.FamilyIP, text: "10.1.2.3/33"},
		{family: policy.FamilyIP, text: "10.1.2/24"},
		{family: policy.FamilyIP, text: "10.1.2"},
		{family: policy.FamilyIP, text: "fe80::1%eth0"},
		{family: policy.FamilyIP, text: "everywhere"},
		{family: policy.FamilyIP, text: ""},

		{family: policy.FamilyBool, text: "true", want: typedValue{valid: true, truth: true}},
		{family: policy.FamilyBool, text: "TRUE", want: typedValue{valid: true, truth: true}},
		{family: policy.FamilyBool, text: "False", want: typedValue{valid: true}},
		{family: policy.FamilyBool, text: "1"},
		{family: policy.FamilyBool, text: "yes"},
		{family: policy.FamilyBool, text: ""},
		{family: policy.FamilyNull, text: "true", want: typedValue{valid: true, truth: true}},
		{family: policy.FamilyNull, text: "null"},

		{family: policy.FamilyBinary, text: "QQ==", want: typedValue{valid: true, bytes: "A"}},
		{family: policy.FamilyBinary, text: "QQ"},
		{family: policy.FamilyString, text: "true"},
		{family: policy.FamilyArn, text: "12"},
	} {
		got := readTyped(c.family, c.text)
		prefix := ""
		if got.prefix.IsValid() {
			prefix = got.prefix.String()
		}
		got.prefix = c.want.prefix
		if !got.valid {
			got.bytes = "" // what was read before the fault
		}
		if got != c.want || prefix != c.prefix {
			t.Errorf("%v %q: got %+v and %q, want %+v and %q", c.family, c.text, got, prefix, c.want, c.prefix)
		}
	}
}

// TestTypedMatches compares values that can be read.
func TestTypedMatches(t *testing.T) {
	number := func(c policy.Compare) policy.Operator {
		return policy.Operator{Family: policy.FamilyNumeric, Compare: c}
	}
	of := func(f policy.Family) policy.Operator { return policy.Operator{Family: f} }
	for _, c := range []struct {
		op        policy.Operator
		want, got string
		matches   bool
	}{
		{number(policy.Equals), "5", "5", true},
		{number(policy.Equals), "5", "4", false},
		{number(policy.Less), "5", "4", true},
		{number(policy.Less), "5", "5", false},
		{number(policy.LessEquals), "5", "5", true},
		{number(policy.LessEquals), "5", "6", false},
		{number(policy.Greater), "5", "6", true},
		{number(policy.Greater), "5", "5", false},
		{number(policy.GreaterEquals), "5", "5", true},
		{number(policy.GreaterEquals), "5", "4", false},
		{of(policy.FamilyIP), "10.0.0.0/8", "10.1.2.3", true},
		{of(policy.FamilyIP), "10.0.0.0/8", "10.1.0.0/16", true},
		{of(policy.FamilyIP), "10.0.0.0/8", "10.0.0.0/8", true},
		{of(policy.FamilyIP), "10.0.0.0/8", "10.0.0.0/7", false},
		{of(policy.FamilyIP), "10.0.0.0/8", "11.0.0.1", false},
		{of(policy.FamilyIP), "10.0.0.0/8", "::ffff:10.1.2.3", true},
		{of(policy.FamilyIP), "0.0.0.0/0", "2001:db8::1", false},
		{of(policy.FamilyBool), "true", "TRUE", true},
		{of(policy.FamilyBool), "true", "false", false},
		{of(policy.FamilyBinary), "QQ==", "QQ==", true},
		{of(policy.FamilyBinary), "QQ==", "Qg==", false},
	} {
		want, got := readTyped(c.op.Family, c.want), readTyped(c.op.Family, c.got)
		if m := want.matches(c.op, &got); !want.valid || !got.valid || m != c.matches {
			t.Errorf("%v: %s against %s: %v, want %v", c.op, c.got, c.want, m, c.matches)
		}
	}
	for _, f := range []policy.Family{policy.FamilyNull, policy.FamilyString, policy.FamilyArn} {
		if (&typedValue{}).matches(of(f), &typedValue{}) {
			t.Errorf("%v compares nothing that is typed", f)
		}
	}
}

// TestOddOperators: whether AWS takes an operator in another case than it is
// documented in is not known, so that a condition with it is never certain.
func TestOddOperators(t *testing.T) {
	for operator, want := range map[string]Verdict{"StringEquals": Allowed, "stringequals": Undetermined} {
		p := parsePrincipal("arn:aws:iam::111122223333:role/holder")
		p.Identity = []*Policy{parsedText(t, one(`{"Effect":"Allow","Action":"iam:CreateRole","Resource":"*","Condition":{"`+operator+`":{"aws:RequestTag/team":"a"}}}`), policy.IdentityPolicy)}
		u := &Universe{Partition: policy.Literal("aws"), Account: policy.Literal("111122223333")}
		if got := Search(p, u, &Query{Actions: []string{"iam:CreateRole"}}); got.Verdict != want {
			t.Errorf("%s: %v %v", operator, got.Verdict, got.Reasons)
		}
	}
}
