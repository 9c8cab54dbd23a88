package tfconfig

import (
	"slices"
	"testing"
)

// TestIgnoreComments: a comment is told apart by what it says and what it stands on, in
// either syntax.
func TestIgnoreComments(t *testing.T) {
	for name, c := range map[string]struct {
		file, src string
		want      []IgnoreComment
	}{
		"a block": {"main.tf", "\n# boundlint:ignore a, b reason=\"r\"\n# More.\nresource \"x\" \"y\" {\n}\n", []IgnoreComment{
			{2, "boundlint:ignore a, b reason=\"r\"", "resource x y#1"},
		}},
		"an attribute": {"main.tf", "resource \"x\" \"y\" {\n  s {}\n  s {\n    a = [\n      1, /* boundlint:ignore a */\n    ]\n  }\n}\n", []IgnoreComment{
			{5, "boundlint:ignore a", "resource x y#1/s#2/a+1"},
		}},
		"nothing":     {"main.tf", "resource \"x\" \"y\" {}\n# boundlint:ignore a\n", []IgnoreComment{{2, "boundlint:ignore a", ""}}},
		"a near miss": {"main.tf", "# boundlint: ignore a\nresource \"x\" \"y\" {}\n", nil},
		"JSON": {"main.tf.json", "{\"resource\": {\"x\": {\"y\": {\n\"//\": \"boundlint:ignore a\"}}}}", []IgnoreComment{
			{2, "boundlint:ignore a\"", "resource\x00x\x00y"},
		}},
		"no syntax": {"main.tf", "{{{", nil},
	} {
		if got := IgnoreComments([]byte(c.src), c.file); !slices.Equal(got, c.want) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
