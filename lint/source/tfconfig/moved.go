package tfconfig

import (
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// movedBlock is a moved block: the address that something has, and the one that it had
// before, in the module in which the block stands.
type movedBlock struct{ to, from string }

// addMove takes a moved block. One that Terraform would refuse says nothing.
func (c *configuration) addMove(b *hclsyntax.Block) {
	to, ok := movedAddress(b.Body.Attributes["to"])
	from, fromOK := movedAddress(b.Body.Attributes["from"])
	if ok && fromOK {
		c.moves = append(c.moves, movedBlock{to, from})
	}
}

// movedAddress is the address that an attribute of a moved block names.
func movedAddress(a *hclsyntax.Attribute) (string, bool) {
	if a == nil {
		return "", false
	}
	traversal, diags := hcl.AbsTraversalForExpr(a.Expr)
	if diags.HasErrors() {
		return "", false
	}
	return strings.Join(steps(traversal), ""), true
}

// addMoves tells of the moves in all instances of modules.
func (ev *evaluator) addMoves(b *Root) {
	b.Moved = map[string]string{}
	ev.root.walk(func(m *moduleInstance) {
		for _, moved := range m.config.moves {
			b.Moved[m.path+moved.to] = m.path + moved.from
		}
	})
}
