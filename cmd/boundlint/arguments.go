package main

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/boundlint/boundlint/lint"
)

// The flag parser takes flags only before arguments. People write them
// anywhere, and leave out the name of the command that is meant by default,
// so the arguments are put in order before the parser sees them.

// word is a flag with its value, or a plain argument.
type word struct {
	flag string // its name without dashes; "" for an argument
	text []string
	// literal tells that the argument stands after "--" and is not a command.
	literal bool
}

// orderArguments returns the arguments as: command, its flags, "--", the rest. The
// name of a command wins over a path of that name. Flags that the environment sets
// come first, and are kept.
func (p *program) orderArguments(app *cli.App, args []string) ([]string, error) {
	words, err := split(app.Commands, args)
	if err != nil {
		return nil, err
	}
	var flags, rest []word
	for _, w := range words {
		if w.flag == "" {
			rest = append(rest, w)
		} else {
			flags = append(flags, w)
		}
	}
	path, command, rest := chooseCommand(app.Commands, rest)
	for _, w := range flags {
		switch w.flag {
		case "help", "h":
			return append([]string{"help", "--"}, path...), nil
		case "version":
			return []string{"version"}, nil
		}
	}
	if command == nil {
		command = app.Commands[0]
		path = []string{command.Name}
	}

	for _, w := range flags {
		if !hasFlag(command, w.flag) {
			return nil, unknownFlag(app.Commands, command, w.flag)
		}
	}
	if p.fromEnv, err = fromEnvironment(command, flags, p.lookupEnv); err != nil {
		return nil, err
	}
	out := path
	for _, w := range append(p.fromEnv, flags...) {
		out = append(out, w.text...)
	}
	out = append(out, "--")
	for _, w := range rest {
		out = append(out, w.text...)
	}
	return out, nil
}

// split tells flags from arguments. Whether a flag takes a value is the same
// in all commands, so it can be said before the command is known.
func split(commands []*cli.Command, args []string) ([]word, error) {
	takesValue := map[string]bool{}
	collectFlags(commands, takesValue)
	var words []word
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if arg == "--" {
			for _, a := range args[i+1:] {
				words = append(words, word{text: []string{a}, literal: true})
			}
			break
		}
		if len(arg) < 2 || arg[0] != '-' {
			words = append(words, word{text: []string{arg}})
			continue
		}
		name, _, inline := strings.Cut(strings.TrimPrefix(arg[1:], "-"), "=")
		w := word{flag: name, text: []string{arg}}
		if takesValue[name] && !inline {
			if i+1 == len(args) {
				return nil, usagef("%s needs a value", dashes(name))
			}
			i++
			w.text = append(w.text, args[i])
		}
		words = append(words, w)
	}
	return words, nil
}

func collectFlags(commands []*cli.Command, takesValue map[string]bool) {
	for _, c := range commands {
		for _, f := range c.Flags {
			documented, ok := f.(cli.DocGenerationFlag)
			for _, name := range f.Names() {
				takesValue[name] = ok && documented.TakesValue()
			}
		}
		collectFlags(c.Subcommands, takesValue)
	}
}

// chooseCommand follows the leading arguments that name commands.
func chooseCommand(commands []*cli.Command, rest []word) ([]string, *cli.Command, []word) {
	var path []string
	var chosen *cli.Command
	for len(rest) > 0 && !rest[0].literal {
		next := commandNamed(commands, rest[0].text[0])
		if next == nil {
			break
		}
		chosen, commands = next, next.Subcommands
		path = append(path, next.Name)
		rest = rest[1:]
	}
	return path, chosen, rest
}

func commandNamed(commands []*cli.Command, name string) *cli.Command {
	for _, c := range commands {
		if c.HasName(name) {
			return c
		}
	}
	return nil
}

func hasFlag(c *cli.Command, name string) bool {
	return slices.ContainsFunc(c.Flags, func(f cli.Flag) bool { return slices.Contains(f.Names(), name) })
}

// unknownFlag is the error for a flag that the command does not have: the
// nearest one that it has, or the command that has this one.
func unknownFlag(commands []*cli.Command, c *cli.Command, name string) error {
	for _, other := range commands {
		if other != c && hasFlag(other, name) {
			return usagef("%s is a flag of boundlint %s, not of boundlint %s", dashes(name), other.Name, c.Name)
		}
	}
	names := []string{"--help"}
	for _, f := range c.Flags {
		names = append(names, dashes(f.Names()[0]))
	}
	hint := lint.Suggest("--"+name, names)
	if hint == "" {
		hint = "; boundlint help " + c.Name + " lists the flags"
	}
	return usagef("there is no flag %s%s", dashes(name), hint)
}

func suggestCommand(commands []*cli.Command, name string) string {
	var names []string
	for _, c := range commands {
		names = append(names, c.Names()...)
	}
	return lint.Suggest(name, names)
}

func dashes(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}
