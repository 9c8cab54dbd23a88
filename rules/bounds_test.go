package rules

import (
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/driver"
	"github.com/boundlint/boundlint/lint/iam"
)

// The tables of reports call bounded only what a boundary limits.
func TestBounded(t *testing.T) {
	t.Parallel()
	const (
		wide   = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
		halves = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"},{"Effect":"Allow","NotAction":"s3:*","Resource":"*"}]}`
		denies = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"iam:*","Resource":"*"}]}`
	)
	own := func(document string) func(*boundaryCase) {
		return func(c *boundaryCase) {
			c.policy("workload-boundary", document)
			c.role.Boundary = setTo(ownBoundary)
		}
	}
	literal := func(s string) func(*boundaryCase) {
		return func(c *boundaryCase) { c.role.Boundary = setTo(s) }
	}
	for name, tt := range map[string]struct {
		set  func(*boundaryCase)
		want lint.Bounded
	}{
		"none":                    {func(*boundaryCase) {}, lint.BoundedNo},
		"not in the input":        {literal(ownBoundary), lint.BoundedYes},
		"AdministratorAccess":     {literal("arn:aws:iam::aws:policy/AdministratorAccess"), lint.BoundedNo},
		"PowerUserAccess":         {literal("arn:aws:iam::aws:policy/PowerUserAccess"), lint.BoundedYes},
		"of no such AWS policy":   {literal("arn:aws:iam::aws:policy/PowerUserAcess"), lint.BoundedNo},
		"a name":                  {literal("workload-boundary"), lint.BoundedNo},
		"a role":                  {literal("arn:aws:iam::111122223333:role/x"), lint.BoundedNo},
		"of another account":      {func(c *boundaryCase) { c.role.Boundary = setTo("arn:aws:iam::999999999999:policy/x") }, lint.BoundedNo},
		"allows everything":       {own(wide), lint.BoundedNo},
		"everything in two parts": {own(halves), lint.BoundedNo},
		"everything but IAM":      {own(denies), lint.BoundedYes},
		"the document is hidden": {func(c *boundaryCase) {
			own("")(c)
			c.hideDocument()
		}, lint.BoundedUnknown},
		"unknown":     {func(c *boundaryCase) { c.role.Boundary = c.unknown("var.boundary") }, lint.BoundedUnknown},
		"may be null": {func(c *boundaryCase) { c.role.Boundary = setTo(ownBoundary); c.role.Boundary.Nullable = true }, lint.BoundedUnknown},
		"one of two, of which one is wide": {func(c *boundaryCase) {
			c.role.Boundary = c.choice(ownBoundary, "arn:aws:iam::aws:policy/AdministratorAccess")
		}, lint.BoundedUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newBoundaryCase()
			tt.set(c)
			r, err := driver.Run([]*iam.Model{c.Model}, []*lint.Rule{BoundaryMissing, BoundaryInvalid}, &lint.Settings{AccountID: "111122223333"},
				driver.Options{ManagedPolicy: catalog.ManagedPolicyARN})
			if err != nil {
				t.Fatal(err)
			}
			if got := r.Inputs[0].Entities[0].Bounded; got != tt.want {
				t.Errorf("bounded %q, not %q", got, tt.want)
			}
		})
	}
}
