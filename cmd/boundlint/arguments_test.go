package main

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// nothingSet is an environment without a variable.
func nothingSet(string) (string, bool) { return "", false }

func TestArrange(t *testing.T) {
	p := &program{lookupEnv: nothingSet}
	app := p.app()
	for args, want := range map[string]string{
		"":                         "lint --",
		"plan.json":                "lint -- plan.json",
		"-":                        "lint -- -",
		"a --strict b":             "lint --strict -- a b",
		"a --config c b -f json":   "lint --config c -f json -- a b",
		"--config=c lint a":        "lint --config=c -- a",
		"--config rules a":         "lint --config rules -- a",
		"lint rules":               "lint -- rules",
		"a rules":                  "lint -- a rules",
		"-- lint":                  "lint -- lint",
		"a -- --strict":            "lint -- a --strict",
		"explain x --help":         "help -- explain",
		"-h":                       "help --",
		"--version a":              "version",
		"rules --format json":      "rules --format json --",
		"--format json rules":      "rules --format json --",
		"--var -- a":               "lint --var -- -- a", // the value of --var is --
		"--var=a=b,c --var d=e ./": "lint --var=a=b,c --var d=e -- ./",
	} {
		got, err := p.orderArguments(app, strings.Fields(args))
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%q: %q, %v; want %q", args, got, err, want)
		}
	}
}

// Arranging loses no argument, keeps their order, and is done after one time.
func FuzzArrange(f *testing.F) {
	f.Add("a\n--strict\nb")
	f.Add("--config\nc\nrules\n--\n-x")
	f.Add("-f=json\n-\n--var\n=")
	p := &program{lookupEnv: nothingSet}
	app := p.app()
	f.Fuzz(func(t *testing.T, lines string) {
		args := strings.Split(lines, "\n")
		once, err := p.orderArguments(app, args)
		if err != nil {
			return
		}
		if commandNamed(app.Commands, once[0]) == nil {
			t.Fatalf("%q begins with no command", once)
		}
		if once[0] != "lint" {
			return
		}
		twice, err := p.orderArguments(app, once)
		if err != nil || !reflect.DeepEqual(once, twice) {
			t.Fatalf("%q becomes %q, %v", once, twice, err)
		}
		for _, a := range args {
			if a != "lint" && a != "--" && !slices.Contains(once, a) {
				t.Fatalf("%q is missing in %q", a, once)
			}
		}
	})
}
