package fix

import (
	"strings"
	"testing"
)

// TestIgnore: the comment goes over the line that says what is ignored, or over the
// attribute or block around it where a comment on that line would be part of a text.
func TestIgnore(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ src, at, want string }{
		"block": {
			"resource \"aws_iam_role\" \"a\" {\n  name = \"a\"\n}\n", "resource",
			"# IT\nresource \"aws_iam_role\" \"a\" {\n  name = \"a\"\n}\n",
		},
		"attribute": {"locals {\n  name = \"a\"\n}\n", "name", "locals {\n  # IT\n  name = \"a\"\n}\n"},
		"windows":   {"locals {\r\n  name = \"a\"\r\n}\r\n", "name", "locals {\r\n  # IT\r\n  name = \"a\"\r\n}\r\n"},
		"in an object": {
			"locals {\n  a = jsonencode({\n    x = [\n      {\n        y = 1\n      }]\n  })\n}\n", "{\n        y",
			"locals {\n  a = jsonencode({\n    x = [\n      # IT\n      {\n        y = 1\n      }]\n  })\n}\n",
		},
		"in a text": {
			"locals {\n  a = <<-E\n    one\n    two\n  E\n}\n", "two",
			"locals {\n  # IT\n  a = <<-E\n    one\n    two\n  E\n}\n",
		},
		"without a last newline": {"locals { a = 1 }", "a = 1", "# IT\nlocals { a = 1 }"},
	} {
		edit, ok := Ignore("main.tf", []byte(c.src), strings.Index(c.src, c.at), "boundary-missing")
		if !ok {
			t.Errorf("%s: there is no place", name)
			continue
		}
		lines := linesOf([]byte(c.src))
		got := strings.Join(lines[:edit.From-1], "") + edit.Text + strings.Join(lines[edit.To-1:], "")
		want := strings.Replace(c.want, "# IT", `# boundlint:ignore boundary-missing reason="say why"`, 1)
		if got != want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
	}
	for name, c := range map[string]struct {
		file, src string
		at        int
	}{
		"JSON": {"main.tf.json", "{}", 0}, "invalid": {"main.tf", "locals {", 0}, "beyond": {"main.tf", "locals {}", 9}, "before": {"main.tf", "locals {}", -1},
	} {
		if edit, ok := Ignore(c.file, []byte(c.src), c.at, "x"); ok {
			t.Errorf("%s: %v", name, edit)
		}
	}
}
