package expect

import (
	"strings"
	"testing"
)

func value(parts ...Part) Value { return Value{Parts: parts} }

func literal(text string) Value { return value(Part{Literal: text}) }

func TestValueString(t *testing.T) {
	t.Parallel()
	v := value(Part{Literal: "arn:aws:s3:::"}, Part{Entity: "name"}, Part{Literal: "/"}, Part{Boundary: "workload"})
	if got := v.String(); got != "arn:aws:s3:::${entity.name}/${boundary.workload}" {
		t.Error(got)
	}
}

// The accounts of a file are those in its ARNs, wherever they stand, each once.
func TestAccounts(t *testing.T) {
	t.Parallel()
	on := func(account string) Value { return literal("arn:aws:iam::" + account + ":role/x") }
	keys := func(account string) []Key { return []Key{{Values: []Value{on(account), literal("x")}}, {Absent: true}} }
	f := &File{Tests: []*Test{
		{As: []Word{{Text: "x"}, {Text: "arn:aws:iam::111111111111:role/x"}}, Expectations: []*Expectation{
			{What: Word{Text: "iam:CreateRole"}, Resources: []Value{on("222222222222"), on("*")}, NotResources: []Value{on("333333333333")}},
			{With: keys("444444444444"), Unless: [][]Key{keys("555555555555"), keys("111111111111")}},
			{Kind: CannotReach, What: Word{Text: "arn:aws:iam::666666666666:role/x"}},
		}},
	}}
	want := "111111111111 222222222222 333333333333 444444444444 555555555555 666666666666"
	if got := strings.Join(f.Accounts(), " "); got != want {
		t.Errorf("%s, not %s", got, want)
	}
}
