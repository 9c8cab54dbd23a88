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
	off := flag.Bool("off", false, "the rule is off by default")
	flag.Usage = usage
	flag.Parse()
	if flag.NArg() != 1 {
		usage()
		os.Exit(2)
	}
	id := flag.Arg(0)
	if err := begin(*root, beginning{ID: id, Leg: *leg, Off: *off}); err != nil {
		fmt.Fprintln(os.Stderr, "newrule:", err)
		os.Exit(1)
	}
	fmt.Printf(next, fileName(id), id)
}

func usage() {
	fmt.Fprintf(os.Stderr, "usage: newrule [-leg %s] [-off] name-of-the-rule\n", strings.Join(legs, "|"))
	flag.PrintDefaults()
}

// next is what is left to do, as CONTRIBUTING.md has it.
const next = `Written: rules/%[1]s.go, fixtures/%[2]s/bad/first, fixtures/%[2]s/good/first, and a line in rules/all.go.

Write what the rule says and finds, and what the fixtures are. The comments
"# want" say what is found in main.tf. What is found in a plan.json beside it
stands in findings.golden, which -args -update writes once. Then

    go generate ./rules && go test ./rules -run 'TestFixtures/%[2]s' && go test ./rules ./fixtures/... ./cmd/...
`

// beginning says which rule to begin.
type beginning struct {
	// ID is its name, Leg its group.
	ID, Leg string
	// Off tells that it is off by default.
	Off bool
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
# want(+1) %s:"part of the message"
` + role
	goodText = `# What looks like it and is right.
` + role
	// role is one in which no rule finds anything.
	role = `resource "aws_iam_role" "example" {
  name                 = "app-example"
  permissions_boundary = "arn:aws:iam::111122223333:policy/workload-boundary"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "ec2.amazonaws.com" }
    }]
  })
}
`
	configText = `rule "%s" {
  enabled = true
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
func begin(root string, b beginning) error {
	id, group := b.ID, slices.Index(legs, b.Leg)
	switch {
	case group < 0:
		return fmt.Errorf("there is no group %q: take one of %s", b.Leg, strings.Join(legs, ", "))
	case !kebab.MatchString(id):
		return fmt.Errorf("%q is not a name such as boundary-missing", id)
	}
	var rule bytes.Buffer
	text := template.Must(template.New("rule").Parse(ruleText))
	if err := text.Execute(&rule, map[string]any{"ID": id, "Name": goName(id), "Leg": constants[group], "Off": b.Off}); err != nil {
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
	written := map[string]string{
		filepath.Join(root, "rules", fileName(id)+".go"):    rule.String(),
		filepath.Join(fixtures, "bad", "first", "main.tf"):  fmt.Sprintf(badText, id),
		filepath.Join(fixtures, "good", "first", "main.tf"): goodText,
	}
	if b.Off {
		for _, kind := range []string{"bad", "good"} {
			written[filepath.Join(fixtures, kind, "first", ".boundlint.hcl")] = fmt.Sprintf(configText, id)
		}
	}
	for path, content := range written {
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
