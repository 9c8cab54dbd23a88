package tfconfig

import (
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// Looking up a place takes no steps of evaluation. It is looked up to its end
// once there is a step for it, and what it asks for first is not left unknown.
func TestStepsForPlaces(t *testing.T) {
	dir := write(t, map[string]string{"main.tf": "locals {\n  b = lower(\"ARN:B\")\n}\n" + role("local.b")})
	for spare, line := range map[int]int{0: 6, 1: 2} {
		ev := evaluate(t, dir, Options{})
		ev.spare = spare
		i := ev.root.resource("aws_iam_role.r").list[0]
		x := i.block.body().Attributes["permissions_boundary"].Expr
		steps := ev.steps
		l := ev.place(func() spot { return spot{x.Range(), ev.root} }, func() spot {
			for range 5 {
				ev.root.env().charge(1, x.Range)
			}
			return i.env().locate(x, policy.Range{})
		})
		if l.Range.Start.Line != line {
			t.Errorf("of %d steps: line %d, want %d", spare, l.Range.Start.Line, line)
		}
		if ev.steps != steps || len(ev.problems) > 0 {
			t.Errorf("of %d steps: %d were taken of evaluation, and it says %v", spare, steps-ev.steps, ev.problems)
		}
		if v := i.attribute("permissions_boundary"); !isText(v) || v.AsString() != "arn:b" {
			t.Errorf("of %d steps: the boundary is %#v", spare, v)
		}
	}
}
