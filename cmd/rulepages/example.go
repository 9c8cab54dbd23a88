package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/config"
	"github.com/boundlint/boundlint/lint/driver"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/report"
	"github.com/boundlint/boundlint/lint/source"
	"github.com/boundlint/boundlint/rules"
)

// A longer configuration is not shown but linked to.
const maxLines = 60

// today is the day on which the fixtures are judged, so that what an expired
// exemption says does not change.
var today = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// example is a fixture of a rule.
type example struct {
	// dir is below the root of the repository, slash-separated.
	dir string
	// text is its main.tf, or what stands for it; config its .boundlint.hcl, policy
	// the policy that it is held against.
	text, config, policy string
	// output is what the rule has to say about it.
	output string
}

// badExample is the first bad case of a rule in which it finds something,
// those with a plan first; nil where there is none.
func badExample(root string, r *lint.Rule) (*example, error) {
	cases, err := casesOf(root, r, "bad")
	if err != nil {
		return nil, err
	}
	var fallback *example
	for _, dir := range cases {
		e, err := exampleIn(root, dir)
		if err != nil {
			return nil, err
		}
		if e.output, err = findingsIn(dir, r); err != nil {
			return nil, err
		}
		if e.output != "" {
			return e, nil
		}
		if fallback == nil {
			fallback = e
		}
	}
	return fallback, nil
}

// goodExample is the first good case of a rule; nil where there is none.
func goodExample(root string, r *lint.Rule) (*example, error) {
	cases, err := casesOf(root, r, "good")
	if err != nil || len(cases) == 0 {
		return nil, err
	}
	return exampleIn(root, cases[0])
}

// casesOf are the directories of a rule's fixtures, those with a plan first:
// it shows what most users see.
func casesOf(root string, r *lint.Rule, kind string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(root, "fixtures", r.ID, kind, "*", "main.tf"))
	if err != nil {
		return nil, err
	}
	var withPlan, without []string
	for _, file := range files {
		if dir := filepath.Dir(file); inputIn(dir) == "." {
			without = append(without, dir)
		} else {
			withPlan = append(withPlan, dir)
		}
	}
	return append(withPlan, without...), nil
}

func exampleIn(root, dir string) (*example, error) {
	below, err := filepath.Rel(root, dir)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(dir, "main.tf"))
	if err != nil {
		return nil, err
	}
	house, err := os.ReadFile(filepath.Join(dir, config.FileName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	policy, err := os.ReadFile(filepath.Join(dir, config.PolicyName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return &example{
		dir: filepath.ToSlash(below), text: withoutWants(string(text)), config: withoutWants(string(house)), policy: string(policy),
	}, nil
}

// source is the configuration of the example as Markdown.
func (e *example) source() string {
	var b strings.Builder
	if strings.Count(e.text, "\n") > maxLines {
		fmt.Fprintf(&b, "The configuration is in [%s](../%[1]s/main.tf).\n", e.dir)
	} else {
		b.WriteString(fenced("hcl", e.text))
	}
	if e.config != "" {
		fmt.Fprintf(&b, "\nwith this `%s`:\n\n%s", config.FileName, fenced("hcl", e.config))
	}
	if e.policy != "" {
		fmt.Fprintf(&b, "\nunder `--policy %s`:\n\n%s", config.PolicyName, fenced("hcl", e.policy))
	}
	return b.String()
}

// findingsIn is what the text format shows of the findings of one rule in a
// fixture, without the summary; "" where there are none.
func findingsIn(dir string, r *lint.Rule) (string, error) {
	// Places are relative to the working directory.
	back, err := os.Getwd()
	if err != nil {
		return "", err
	}
	if err := os.Chdir(dir); err != nil {
		return "", err
	}
	defer os.Chdir(back) //nolint:errcheck // the next fixture would not be found

	settings, err := settingsHere()
	if err != nil {
		return "", err
	}
	models, err := source.Read(context.Background(), inputIn("."), source.Options{
		Symbols: &policy.Symbols{}, Exclude: settings.Exclude, KeepPlanned: func(string) bool { return len(settings.Deployers) > 0 },
	})
	if _, unreadable := errors.AsType[*source.InputError](err); unreadable {
		// A page without output differs from the one that had it, and the
		// test that compares them says so.
		return "", nil
	}
	if err != nil {
		return "", err
	}
	judged, err := driver.Run(models, rules.All(), settings, driver.Options{ManagedPolicy: catalog.ManagedPolicyARN})
	if err != nil {
		return "", err
	}
	judged.Findings = slices.DeleteFunc(judged.Findings, func(f lint.Finding) bool { return f.Rule != r.ID })
	if len(judged.Findings) == 0 {
		return "", nil
	}
	judged.InForce = lint.InForce{} // the page shows the configuration itself
	text, _ := report.ByName("text")
	var b bytes.Buffer
	if err := text.Report(&b, judged, report.Options{}); err != nil {
		return "", err
	}
	return withoutSummary(b.String()), nil
}

// settingsHere are the configuration in the working directory, under its policy.
func settingsHere() (*lint.Settings, error) {
	settings := &lint.Settings{}
	if _, err := os.Stat(config.FileName); err == nil {
		if settings, err = config.Load(config.FileName, ids()); err != nil {
			return nil, err
		}
	}
	settings.Today = today
	if _, err := os.Stat(config.PolicyName); err != nil {
		return settings, nil //nolint:nilerr // there is no policy
	}
	policy, err := config.LoadPolicy(config.PolicyName, ids())
	if err != nil {
		return nil, err
	}
	policy.Today = today
	return config.Layer([]*lint.Settings{policy}, settings, rules.All())
}

// inputIn is the file of a fixture that is linted, "." where it is the
// configuration itself.
func inputIn(dir string) string {
	for _, name := range []string{"plan.json", "state.json", "account.json"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return name
		}
	}
	return "."
}

// want is the comment by which a fixture says what must be found on a line.
var want = regexp.MustCompile(`[ \t]*(#|//) want(\([+-]?[0-9]+\))? .*`)

// withoutWants takes the expectations of the harness out of a configuration.
func withoutWants(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if at := want.FindStringIndex(line); at != nil {
			line = line[:at[0]]
			if strings.TrimSpace(line) == "" {
				continue
			}
			line += "\n"
		}
		b.WriteString(line)
	}
	return b.String()
}

// withoutSummary drops the lines that sum up the whole fixture.
func withoutSummary(text string) string {
	for _, first := range []string{"entities: ", "coverage: "} {
		if at := strings.LastIndex("\n"+text, "\n"+first); at >= 0 {
			return text[:at]
		}
	}
	return text
}

func ids() []string {
	var out []string
	for _, r := range rules.All() {
		out = append(out, r.ID)
	}
	return out
}
