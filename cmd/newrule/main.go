// Command newrule begins a rule: it writes the rule's file, a bad and a good
// fixture, and its line in rules/all.go. What is left to do is what the rule
// says and finds; until then its test fails.
//
//	go run ./cmd/newrule -leg hygiene my-rule
package main

import (
	"bytes"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"
)

func main() {
	root := flag.String("root", ".", "the `directory` of the repository")
	leg := flag.String("leg", "hygiene", "the group of the rule: "+strings.Join(legs, ", "))
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "newrule: give one name, in kebab case: go run ./cmd/newrule my-rule")
		os.Exit(2)
	}
	if err := begin(*root, *leg, flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "newrule:", err)
		os.Exit(1)
	}
	id := flag.Arg(0)
	fmt.Printf(`Written: rules/%s.go, fixtures/%s/bad/first, fixtures/%s/good/first, and a line in rules/all.go.

Write what the rule says and finds, and what the fixtures are; then

    go generate ./rules
    go test ./rules -run 'TestFixtures/%s' -args -update
    go test ./rules ./cmd/...
`, fileName(id), id, id, id)
}

// legs are the groups of rules/all.go, in its order, and what the constants of
// package lint call them.
var (
	legs      = []string{"first", "second", "third", "hygiene"}
	constants = []string{"FirstLeg", "SecondLeg", "ThirdLeg", "Hygiene"}
)

//go:embed rule.go.tmpl
var ruleText string

const (
	badText = `# What the rule finds, and no more than that: the first bad case is the example
# on the rule's page.
resource "aws_iam_role" "example" { # want %s:"part of the message"
  name                 = "app-example"
  permissions_boundary = "arn:aws:iam::111122223333:policy/workload-boundary"
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = [] })
}
`
	goodText = `# What looks like it and is right.
resource "aws_iam_role" "example" {
  name                 = "app-example"
  permissions_boundary = "arn:aws:iam::111122223333:policy/workload-boundary"
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = [] })
}
`
)

var (
	kebab = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)+$`)
	// initialisms stay in capitals, as the names of the other rules have them.
	initialisms = []string{"arn", "aws", "iam", "id", "mfa", "sts"}
)

// begin writes the files of a rule. The error is that there is one of that name,
// or that a file cannot be read or written.
func begin(root, leg, id string) error {
	group := slices.Index(legs, leg)
	switch {
	case group < 0:
		return fmt.Errorf("there is no group %q: take one of %s", leg, strings.Join(legs, ", "))
	case !kebab.MatchString(id):
		return fmt.Errorf("%q is not a name such as boundary-missing", id)
	}
	var rule bytes.Buffer
	text := template.Must(template.New("rule").Parse(ruleText))
	if err := text.Execute(&rule, map[string]string{"ID": id, "Name": goName(id), "Leg": constants[group]}); err != nil {
		return err
	}
	all := filepath.Join(root, "rules", "all.go")
	list, err := os.ReadFile(all)
	if err != nil {
		return err
	}
	listed, err := withRule(string(list), group, goName(id))
	if err != nil {
		return err
	}
	fixtures := filepath.Join(root, "fixtures", id)
	for path, content := range map[string]string{
		filepath.Join(root, "rules", fileName(id)+".go"):    rule.String(),
		filepath.Join(fixtures, "bad", "first", "main.tf"):  fmt.Sprintf(badText, id),
		filepath.Join(fixtures, "good", "first", "main.tf"): goodText,
	} {
		if err := writeNew(path, content); err != nil {
			return err
		}
	}
	return os.WriteFile(all, []byte(listed), 0o644)
}

// withRule is the list of rules with one more at the end of a group. Groups are
// apart by an empty line.
func withRule(list string, group int, name string) (string, error) {
	groups := strings.Split(list, "\n\n\t\t")
	if len(groups) <= len(legs) {
		return "", errors.New("rules/all.go does not list the rules in groups")
	}
	groups[group] += "\n\t\t" + name + ","
	return strings.Join(groups, "\n\n\t\t"), nil
}

func writeNew(path, content string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is there already", path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(content), 0o644)
}

func fileName(id string) string { return strings.ReplaceAll(id, "-", "_") }

func goName(id string) string {
	words := strings.Split(id, "-")
	for i, w := range words {
		if slices.Contains(initialisms, w) {
			words[i] = strings.ToUpper(w)
		} else {
			words[i] = strings.ToUpper(w[:1]) + w[1:]
		}
	}
	return strings.Join(words, "")
}
