package fix

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// node is an element of a JSON text and where it stands.
type node struct {
	kind       byte // '{', '[', '"', or 0 for any other literal
	start, end int
	members    []member
	elements   []*node
}

type member struct {
	name       string
	start, end int // of the name with its quotes
	value      *node
}

// member is the value of a member; nil where it is not there, or there twice.
func (n *node) member(name string) *node {
	if n == nil {
		return nil
	}
	var found *node
	for i := range n.members {
		if n.members[i].name == name {
			if found != nil {
				return nil
			}
			found = n.members[i].value
		}
	}
	return found
}

// parseJSON reads a part of a text as JSON; it is nil where that is not JSON.
func parseJSON(src []byte, start, end int) *node {
	if !json.Valid(src[start:end]) {
		return nil
	}
	r := &jsonReader{src: src[:end], at: start}
	return r.element()
}

// jsonReader walks over JSON that is known to be valid.
type jsonReader struct {
	src []byte
	at  int
}

func (r *jsonReader) peek() byte {
	for r.at < len(r.src) && bytes.IndexByte([]byte(" \t\r\n,:"), r.src[r.at]) >= 0 {
		r.at++
	}
	if r.at == len(r.src) {
		return 0
	}
	return r.src[r.at]
}

func (r *jsonReader) element() *node {
	n := &node{kind: r.peek(), start: r.at}
	switch n.kind {
	case '{':
		for r.at++; r.peek() != '}'; {
			m := member{start: r.at}
			r.string()
			m.end = r.at
			_ = json.Unmarshal(r.src[m.start:m.end], &m.name) // it is valid
			m.value = r.element()
			n.members = append(n.members, m)
		}
		r.at++
	case '[':
		for r.at++; r.peek() != ']'; {
			n.elements = append(n.elements, r.element())
		}
		r.at++
	case '"':
		r.string()
	default:
		n.kind = 0
		for r.at < len(r.src) && !strings.ContainsRune(" \t\r\n,:]}", rune(r.src[r.at])) {
			r.at++
		}
	}
	n.end = r.at
	return n
}

func (r *jsonReader) string() {
	for r.at++; r.src[r.at] != '"'; r.at++ {
		if r.src[r.at] == '\\' {
			r.at++
		}
	}
	r.at++
}

// heredoc is where the text of a template begins and ends in its file; false for one in
// quotes, where JSON stands with its quotes escaped.
func heredoc(src []byte, x *hclsyntax.TemplateExpr) (start, end int, ok bool) {
	if !bytes.HasPrefix(src[x.SrcRange.Start.Byte:], []byte("<<")) || len(x.Parts) == 0 {
		return 0, 0, false
	}
	for _, part := range x.Parts {
		switch part.(type) {
		case *hclsyntax.LiteralValueExpr, *hclsyntax.ScopeTraversalExpr, *hclsyntax.RelativeTraversalExpr, *hclsyntax.IndexExpr,
			*hclsyntax.FunctionCallExpr:
		default:
			return 0, 0, false // directives make another text than they are
		}
	}
	body := src[x.SrcRange.Start.Byte:x.SrcRange.End.Byte]
	start = x.SrcRange.Start.Byte + bytes.IndexByte(body, '\n') + 1
	end = x.SrcRange.Start.Byte + len(bytes.TrimRight(body, " \t\r\n"))
	if last := lineStart(src, end); last > start {
		end = last // the line of the marker
	}
	return start, end, true
}

// masked is a file in which the interpolations of a template are letters or, where they
// stand for a value, digits: what is left of a template of JSON is JSON.
func masked(src []byte, x *hclsyntax.TemplateExpr) []byte {
	out := slices.Clone(src)
	for _, part := range x.Parts {
		if _, ok := part.(*hclsyntax.LiteralValueExpr); ok {
			continue
		}
		rng := part.Range()
		start, end := bytes.LastIndex(src[:rng.Start.Byte], []byte("${")), bytes.IndexByte(src[rng.End.Byte:], '}')
		if start < 0 || end < 0 {
			continue
		}
		for i := start; i <= rng.End.Byte+end; i++ {
			out[i] = '1'
		}
	}
	return out
}
