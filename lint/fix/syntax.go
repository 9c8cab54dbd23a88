package fix

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// parse reads a file in native syntax; it is nil where that is faulty.
func parse(src []byte) *hclsyntax.Body {
	f, diagnostics := hclsyntax.ParseConfig(src, "", hcl.InitialPos)
	if diagnostics.HasErrors() {
		return nil
	}
	body, ok := f.Body.(*hclsyntax.Body)
	if !ok {
		return nil
	}
	return body
}

// around are the nodes that hold a byte, the outermost first.
func around(body *hclsyntax.Body, at int) []hclsyntax.Node {
	v := &visitor{at: at}
	_ = hclsyntax.Walk(body, v) // it has no faults of its own
	return v.found
}

type visitor struct {
	at    int
	found []hclsyntax.Node
}

// Enter implements hclsyntax.Walker.
func (v *visitor) Enter(n hclsyntax.Node) hcl.Diagnostics {
	if rng := rangeOf(n); rng.Start.Byte <= v.at && v.at < rng.End.Byte {
		v.found = append(v.found, n)
	}
	return nil
}

// Exit implements hclsyntax.Walker.
func (*visitor) Exit(hclsyntax.Node) hcl.Diagnostics { return nil }

// rangeOf is the range of a node with all that belongs to it: that of a block ends
// with its brace.
func rangeOf(n hclsyntax.Node) hcl.Range {
	if b, ok := n.(*hclsyntax.Block); ok {
		return hcl.RangeBetween(b.TypeRange, b.CloseBraceRange)
	}
	return n.Range()
}

// innermost is the last of the nodes that is of a type.
func innermost[T hclsyntax.Node](nodes []hclsyntax.Node) (found T, index int) {
	for i, n := range slices.Backward(nodes) {
		if n, ok := n.(T); ok {
			return n, i
		}
	}
	return found, -1
}

// indentAt is the blank space with which the line of a byte begins.
func indentAt(src []byte, at int) string {
	line := string(src[lineStart(src, at):])
	return line[:len(line)-len(strings.TrimLeft(line, " \t"))]
}

// lineStart is the byte at which the line of a byte begins.
func lineStart(src []byte, at int) int {
	for at > 0 && src[at-1] != '\n' {
		at--
	}
	return at
}

// lineEnd is the byte of the newline that ends the line of a byte, or the end.
func lineEnd(src []byte, at int) int {
	for at < len(src) && src[at] != '\n' {
		at++
	}
	if at > 0 && at <= len(src) && src[at-1] == '\r' {
		at--
	}
	return at
}

// indented is a text of several lines, those after the first with an indent.
func indented(text, indent string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\n", "\n"+indent), "\n"+indent+"\n", "\n\n")
}
