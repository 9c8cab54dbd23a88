package calls_test

import (
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/calls"
	"github.com/boundlint/boundlint/lint/source/schema"
)

// TestPassing holds the attributes of the table to the provider's schema.
func TestPassing(t *testing.T) {
	for _, typ := range calls.Passing() {
		block := schema.Resource(typ)
		if block == nil {
			t.Errorf("the provider has no %s", typ)
			continue
		}
		for _, path := range calls.Of(typ).Attributes() {
			if !has(block, strings.Split(strings.TrimSuffix(path, ".*"), ".")) {
				t.Errorf("%s has no %s", typ, path)
			}
		}
	}
}

// has reports whether a block has an attribute at a path.
func has(b *schema.Block, path []string) bool {
	if len(path) == 1 {
		return b.Attribute(path[0]) != nil
	}
	nested := b.Nested(path[0])
	return nested != nil && has(nested.Block(), path[1:])
}
