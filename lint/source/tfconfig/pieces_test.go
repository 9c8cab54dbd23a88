package tfconfig

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// repeated is a text as often as it takes for several pieces.
func repeated(src string) []byte {
	src = strings.TrimSuffix(src, "\n") + "\n"
	return []byte(strings.Repeat(src, 1+4*pieceSize/len(src)))
}

// A file comes to the same, places included, in pieces and as a whole.
func TestParsePieces(t *testing.T) {
	files, err := filepath.Glob("../../../fixtures/*/*/*/*.tf")
	if err != nil || len(files) == 0 {
		t.Fatal(err, "no fixtures")
	}
	texts := map[string]string{
		"carriage returns": "a \"b\" {\r\n  x = 1\r\n}\r\n",
		"a heredoc":        "a \"b\" {\n  x = <<EOT\n}\n\na \"c\" {\n\nEOT\n}\n",
		"comments":         "/* {\n\n\n*/ a \"b\" { # }\n}\n// {\n\n",
		"characters":       "# ä\u0308 \U0001F469\u200D\U0001F680\na \"\u00e9\" {\n  x = \"\u1100\u1161\" \n}\n",
	}
	for _, f := range files {
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		texts[f] = string(src)
	}
	inPieces := 0
	for name, text := range texts {
		for _, src := range [][]byte{repeated(text), append([]byte("\ufeff"), repeated(text)...)} {
			shape, err := scanShape(src)
			if err != nil {
				continue
			}
			body, ok := parsePieces(src, "f.tf", cuts(src, shape.blocks))
			if !ok {
				continue
			}
			inPieces++
			parsed, diags := hclsyntax.ParseConfig(src, "f.tf", hcl.InitialPos)
			whole, isNative := parsed.Body.(*hclsyntax.Body)
			if !isNative || len(diags) > 0 || len(whole.Attributes) > 0 || !reflect.DeepEqual(body.Blocks, whole.Blocks) {
				t.Errorf("%s: the pieces are not the whole (%v)", name, diags)
			}
		}
	}
	if inPieces < len(texts) {
		t.Errorf("%d of %d texts came in pieces", inPieces, 2*len(texts))
	}
}

// What may come to something else in pieces is parsed as a whole.
func TestParseWhole(t *testing.T) {
	block := string(repeated("a \"b\" {\n  x = 1\n}\n"))
	for name, src := range map[string]string{
		"short":                       "a \"b\" {\n}\n",
		"attributes":                  block + "x = 1\n" + block + "x = 2\n",
		"a brace too many":            block + "}\n" + block,
		"a block without an end":      block + "a \"b\" {\n" + block,
		"a comment without an end":    block + "/* \n" + block,
		"a byte order mark in a file": block + "\ufeff" + block,
	} {
		shape, err := scanShape([]byte(src))
		if err != nil {
			t.Fatal(name, err)
		}
		if _, ok := parsePieces([]byte(src), "f.tf", cuts([]byte(src), shape.blocks)); ok {
			t.Errorf("%s: it is parsed in pieces", name)
		}
		body, diags := parseBody([]byte(src), "f.tf", shape.blocks)
		parsed, want := hclsyntax.ParseConfig([]byte(src), "f.tf", hcl.InitialPos)
		if !reflect.DeepEqual(body, parsed.Body) || !reflect.DeepEqual(diags, want) {
			t.Errorf("%s: %v, want %v", name, diags, want)
		}
	}
}
