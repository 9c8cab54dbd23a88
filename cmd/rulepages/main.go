// Command rulepages writes what is known of the rules to where people read
// it: a page for each rule, the table in the README, and the page of techniques
// of escalation. Text comes from the rules' own documentation and the records of
// the techniques, examples and their output from the fixtures, so that none of
// them can be out of date:
//
//	go generate ./rules
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/boundlint/boundlint/rules"
)

func main() {
	root := flag.String("root", ".", "the `directory` of the repository")
	flag.Parse()
	if err := update(*root); err != nil {
		fmt.Fprintln(os.Stderr, "rulepages:", err)
		os.Exit(1)
	}
}

// update writes the files that differ from what they should be.
func update(root string) error {
	files, err := generate(root)
	if err != nil {
		return err
	}
	for name, content := range files {
		path := filepath.Join(root, name)
		if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, content) {
			continue
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	stale, err := stalePages(root, files)
	if err != nil {
		return err
	}
	for _, path := range stale {
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return nil
}

// generate returns the content of every generated file by its path below the
// root of the repository.
func generate(root string) (map[string][]byte, error) {
	files := map[string][]byte{}
	all := rules.All()
	for _, r := range all {
		bad, err := badExample(root, r)
		if err != nil {
			return nil, fmt.Errorf("example of %s: %w", r.ID, err)
		}
		good, err := goodExample(root, r)
		if err != nil {
			return nil, fmt.Errorf("example of %s: %w", r.ID, err)
		}
		files["rules/"+r.ID+".md"] = page(r, bad, good)
	}
	files["docs/techniques.md"] = techniques()
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		return nil, err
	}
	files["README.md"], err = withTable(readme, all)
	return files, err
}

// stalePages are the pages of rules that no longer exist.
func stalePages(root string, files map[string][]byte) ([]string, error) {
	pages, err := filepath.Glob(filepath.Join(root, "rules", "*.md"))
	if err != nil {
		return nil, err
	}
	var stale []string
	for _, path := range pages {
		if _, ok := files["rules/"+filepath.Base(path)]; !ok {
			stale = append(stale, path)
		}
	}
	return stale, nil
}
