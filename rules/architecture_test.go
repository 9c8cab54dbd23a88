package rules

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestArchitectureNamesFiles holds that docs/architecture.md names what is there.
func TestArchitectureNamesFiles(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`((?:lint|rules|cmd|fixtures)/?[^` ]*)`").FindAllStringSubmatch(string(page), -1)
	if len(named) < 40 {
		t.Fatalf("only %d paths are named", len(named))
	}
	for _, m := range named {
		path := strings.TrimSuffix(m[1], "/...")
		if strings.Contains(path, ".New") || strings.Contains(path, ".All()") || strings.Contains(path, ".Pass") || strings.Contains(path, ".Report") {
			continue // a name of Go
		}
		if found, err := filepath.Glob(filepath.Join("..", path)); err != nil || len(found) == 0 {
			t.Errorf("there is no %s", path)
		}
	}
}
