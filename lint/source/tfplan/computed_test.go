package tfplan

import (
	"testing"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/boundlint/boundlint/lint/source/schema"
)

// TestComputedInBlocks holds that an argument of a block which the
// configuration does not set is computed only where the provider computes it:
// a dynamic block is not in a plan's configuration either.
func TestComputedInBlocks(t *testing.T) {
	set := map[string]*tfjson.Expression{"id": {}}
	for _, c := range []struct {
		typ, block, name string
		marks            any
		want             bool
	}{
		{"aws_autoscaling_group", "launch_template", "version", true, true},
		{"aws_autoscaling_group", "launch_template", "id", true, false},
		{"aws_autoscaling_group", "launch_template", "version", false, false},
		{"aws_ssoadmin_permissions_boundary_attachment", "permissions_boundary", "customer_managed_policy_reference", true, false},
		{"other_thing", "launch_template", "version", true, false},
	} {
		x := &unknowns{expression: one(set), body: nestedIn(schema.Resource(c.typ), c.block)}
		if got := x.isComputed(c.name, c.marks); got != c.want {
			t.Errorf("%s of %s: %v", c.name, c.typ, got)
		}
	}
	dynamic := &unknowns{body: nestedIn(schema.Resource("aws_autoscaling_group"), "launch_template")}
	if dynamic.isComputed("version", true) {
		t.Error("nothing tells whether a dynamic block sets it")
	}
}
