package tfconfig

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/boundlint/boundlint/lint/policy"
)

// TestMoved follows moved blocks in the root module and in each instance of another
// one, and passes over what Terraform refuses.
func TestMoved(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"main.tf": `
module "m" {
  source   = "./m"
  for_each = toset(["a", "b"])
}
moved {
  from = aws_iam_role.old
  to   = aws_iam_role.new["k"]
}
moved {
  from = module.gone[0]
  to   = module.m["a"]
}
moved {
  from = "aws_iam_role.text"
  to   = aws_iam_role.x
}
moved {
  to = aws_iam_role.y
}
`,
		"m/main.tf": "moved {\n  from = aws_iam_role.one\n  to   = aws_iam_role.two\n}\n",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	root, err := Evaluate(dir, Options{Symbols: &policy.Symbols{}})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		`aws_iam_role.new["k"]`:          "aws_iam_role.old",
		`module.m["a"]`:                  "module.gone[0]",
		`module.m["a"].aws_iam_role.two`: `module.m["a"].aws_iam_role.one`,
		`module.m["b"].aws_iam_role.two`: `module.m["b"].aws_iam_role.one`,
	}
	if !reflect.DeepEqual(root.Moved, want) {
		t.Errorf("%v, want %v", root.Moved, want)
	}
}
