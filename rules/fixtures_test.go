package rules_test

import (
	"flag"
	"testing"

	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/driver"
	"github.com/boundlint/boundlint/lint/linttest"
	"github.com/boundlint/boundlint/rules"
)

var (
	update = flag.Bool("update", false, "write the goldens of the fixtures anew")
	masked = flag.Int("masked", 16, "how many values of each fixture to hide, one at a time; 0 for all of all inputs")
)

func harness() *linttest.Harness {
	return &linttest.Harness{
		Root:    "../fixtures",
		Rules:   rules.All(),
		Options: driver.Options{ManagedPolicy: catalog.ManagedPolicyARN},
		Update:  *update,
		Masked:  *masked,
	}
}

func TestFixtures(t *testing.T) { harness().Run(t) }

func TestFixturesMasked(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	harness().Mask(t)
}
