package policy

import (
	"strings"
	"testing"
)

func TestParseOperator(t *testing.T) {
	tests := []struct {
		name string
		want Operator
	}{
		{"StringEquals", Operator{}},
		{"StringNotEqualsIgnoreCase", Operator{Compare: EqualsIgnoreCase, Negated: true}},
		{"StringLikeIfExists", Operator{Compare: Like, IfExists: true}},
		{"ArnEquals", Operator{Family: FamilyArn, Compare: Like}},
		{"ArnNotLike", Operator{Family: FamilyArn, Compare: Like, Negated: true}},
		{"ForAllValues:StringNotLikeIfExists", Operator{Set: ForAllValues, Compare: Like, Negated: true, IfExists: true}},
		{"ForAnyValue:NumericLessThanEquals", Operator{Set: ForAnyValue, Family: FamilyNumeric, Compare: LessEquals}},
		{"DateGreaterThan", Operator{Family: FamilyDate, Compare: Greater}},
		{"NotIpAddress", Operator{Family: FamilyIP, Negated: true}},
		{"BinaryEquals", Operator{Family: FamilyBinary}},
		{"Bool", Operator{Family: FamilyBool}},
		{"Null", Operator{Family: FamilyNull}},
		{"stringequals", Operator{OddCase: true}},
		{"forAnyValue:StringEquals", Operator{Set: ForAnyValue, OddCase: true}},
		{"StringEqualsIfexists", Operator{IfExists: true, OddCase: true}},
	}
	for _, tt := range tests {
		got, err := ParseOperator(tt.name)
		if err != nil || got != tt.want {
			t.Errorf("%s: %+v, %v", tt.name, got, err)
		}
	}
	for name, hint := range map[string]string{
		"StringEqual": "StringEquals", "ForAllValues:StringEqualIfExists": "ForAllValues:StringEqualsIfExists", "": "", "IfExists": "",
		"ForAnyValue:": "", "NullIfExists": "write Null", "ForAnyValue:NullIfExists": "", "StringLikes": "StringLike", "IPAddres": "IpAddress",
		"BinaryNotEquals": "", "StringEqualsIfExistsIfExists": "", "ForAllValues:ForAnyValue:Bool": "",
	} {
		if _, err := ParseOperator(name); err == nil || !strings.Contains(err.Error(), hint) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOperatorString(t *testing.T) {
	for _, known := range operators {
		for _, set := range []string{"", "ForAllValues:", "ForAnyValue:"} {
			for _, tail := range []string{"", "IfExists"} {
				op, err := ParseOperator(set + known.name + tail)
				if err != nil {
					continue
				}
				if again, err := ParseOperator(op.String()); err != nil || again != op {
					t.Errorf("%s reads %s: %+v, %v", set+known.name+tail, op, again, err)
				}
			}
		}
	}
}
