package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDocumentedCommands: each command line in a block of the documentation has a
// command and flags that there are.
func TestDocumentedCommands(t *testing.T) {
	t.Parallel()
	root := repository(t)
	pages, err := filepath.Glob(filepath.Join(root, "docs/*.md"))
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, page := range append(pages, filepath.Join(root, "README.md"), filepath.Join(root, "CONTRIBUTING.md")) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		fenced := false
		for n, line := range strings.Split(string(text), "\n") {
			if strings.HasPrefix(line, "```") {
				fenced = !fenced
				continue
			}
			if !fenced && !strings.HasPrefix(line, "    ") {
				continue
			}
			args, ok := commandLine(line)
			if !ok {
				continue
			}
			found++
			p := &program{lookupEnv: func(string) (string, bool) { return "", false }}
			if _, err := p.orderArguments(p.app(), args); err != nil {
				t.Errorf("%s:%d: %v: %s", filepath.Base(page), n+1, err, line)
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d command lines were found", found)
	}
}

// commandLine is the arguments of boundlint in a line of a shell, as far as they
// are flags and words.
func commandLine(line string) (args []string, ok bool) {
	line = strings.TrimSpace(line)
	for _, before := range []string{"- run: ", "- ", "sh '", "go run ./cmd/"} {
		line = strings.TrimPrefix(line, before)
	}
	rest, ok := strings.CutPrefix(line, "boundlint ")
	if !ok || strings.ContainsAny(rest, "[…(") {
		return nil, false // a synopsis, or a line of a longer script
	}
	for word := range strings.FieldsSeq(rest) {
		if word == "|" || word == "&&" || word == ">" || word == "\\" || strings.HasPrefix(word, "#") {
			break
		}
		args = append(args, strings.Trim(word, `"'`))
	}
	return args, len(args) > 0
}
