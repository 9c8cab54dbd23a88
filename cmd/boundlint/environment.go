package main

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"
)

// A variable of the environment stands for each flag: BOUNDLINT_FAIL_ON for
// --fail-on. They become arguments before the parser sees those, for one way in
// is checked in one way.

// variableOf is the variable that stands for a flag.
func variableOf(flag string) string {
	return "BOUNDLINT_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// fromEnvironment are the flags of a command that the environment sets and the
// command line does not. An empty variable sets nothing. One for a flag that may
// be repeated has a value on each line, and that for policies may be a list as PATH
// is, too.
func fromEnvironment(c *cli.Command, given []word, lookupEnv func(string) (string, bool)) ([]word, error) {
	var out []word
	for _, f := range c.Flags {
		names := f.Names()
		if len(names) == 0 {
			continue
		}
		value, set := lookupEnv(variableOf(names[0]))
		if !set || value == "" || slices.ContainsFunc(given, func(w word) bool { return slices.Contains(names, w.flag) }) {
			continue
		}
		values := []string{value}
		switch f.(type) {
		case *boolFlag:
			if _, err := strconv.ParseBool(value); err != nil {
				return nil, usagef("%s is true or false, not %s", variableOf(names[0]), value)
			}
		case *stringSliceFlag, *genericFlag:
			isList := names[0] == "policy"
			values = strings.FieldsFunc(value, func(r rune) bool {
				return r == '\n' || r == '\r' || isList && r == filepath.ListSeparator
			})
		}
		for _, v := range values {
			out = append(out, word{flag: names[0], text: []string{dashes(names[0]) + "=" + v}})
		}
	}
	return out, nil
}

// sourceOfFlag says of a message about a flag which variable set it, "" where none
// did.
func (p *program) sourceOfFlag(message string) string {
	for _, w := range p.fromEnv {
		if strings.Contains(message+" ", dashes(w.flag)+" ") {
			return " (" + variableOf(w.flag) + " sets it)"
		}
	}
	return ""
}
