package config

import (
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/gohcl"

	"github.com/boundlint/boundlint/lint"
)

// locked reads an attribute that a policy alone has.
func (c *checker) locked(a *hcl.Attribute) bool {
	if a == nil {
		return false
	}
	if !c.policy {
		c.errorf(a.NameRange, "locked stands in an organisation's policy, which --policy names, and not in a configuration")
		return false
	}
	var locked bool
	if diags := gohcl.DecodeExpression(a.Expr, nil, &locked); diags.HasErrors() {
		c.errorf(a.Expr.Range(), "locked is true or false")
	}
	return locked
}

// maxDays bounds max_days: what is longer is for ever.
const maxDays = 3660

func (c *checker) allowance(b *allowBlock) {
	if !c.policy {
		c.errorf(b.At, "allow_exempt stands in an organisation's policy, which --policy names, and not in a configuration")
		return
	}
	c.once("allow_exempt", b.Rule, b.At)
	c.oneOf(entry{b.Rule, b.LabelAt}, "rule", slices.Concat(c.rules, []string{lint.EveryRule}))
	out := lint.Allowance{Rule: b.Rule, Location: c.location(b.At)}
	if b.MaxDays != nil {
		diags := gohcl.DecodeExpression(b.MaxDays.Expr, nil, &out.MaxDays)
		if diags.HasErrors() || out.MaxDays < 1 || out.MaxDays > maxDays {
			c.errorf(b.MaxDays.Expr.Range(), "max_days is a number of days from 1 to %d", maxDays)
		}
	}
	if e, ok := c.text(b.Require); ok {
		c.regex(e)
		out.Require = e.text
	}
	for _, e := range c.list(b.Entities) {
		out.Entities = append(out.Entities, e.text)
	}
	if b.Entities != nil && len(out.Entities) == 0 {
		c.errorf(b.Entities.Expr.Range(), "entities names none: leave it out for all")
	}
	c.settings.Allowed = append(c.settings.Allowed, out)
}
