package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"
)

// helpWidth is where the usage of flags is wrapped at most, in columns.
const helpWidth = 96

const appUsage = `boundlint proves whether the permissions boundaries in Terraform hold.

Usage:
  boundlint [lint] [PATH...] [FLAG...]
  boundlint COMMAND [ARGUMENT...] [FLAG...]

It reads a Terraform plan, a state or a directory and says which permissions
boundaries are missing, wrong or can be walked around. It works offline and
runs nothing. Without PATH it reads the current directory; - is standard input.

Exit codes: 0 nothing found, 1 findings at or above --fail-on, 2 wrong usage, an
input that could not be read, or nothing that could be checked.

Each flag can be set by a variable of the environment, --fail-on by
BOUNDLINT_FAIL_ON; one that may be repeated by a value on each line. A flag on
the command line takes the place of its variable.
`

func (p *program) helpCommand() *cli.Command {
	return &cli.Command{
		Name:      "help",
		Usage:     "show the flags of a command",
		ArgsUsage: "[COMMAND]",
		Action: func(c *cli.Context) error {
			text, err := help(c.App, c.Args().Slice(), min(helpWidth, cmp.Or(p.width(), helpWidth)))
			if err != nil {
				return err
			}
			return p.print(text)
		},
	}
}

// help is the help for a command, named by its path, or for the program. Tables
// are no wider than width.
func help(app *cli.App, path []string, width int) (string, error) {
	commands := app.Commands
	var command *cli.Command
	for _, name := range path {
		next := commandNamed(commands, name)
		if next == nil {
			return "", usagef("there is no command %s%s", strings.Join(path, " "), suggestCommand(commands, name))
		}
		command, commands = next, next.Subcommands
	}
	if command == nil {
		first := app.Commands[0]
		return appUsage + commandList(commands, width) +
			fmt.Sprintf("\nFlags of %s (boundlint help COMMAND shows those of another):\n", first.Name) + flagList(first.Flags, width), nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "boundlint %s: %s\n\nUsage:\n  boundlint %[1]s", strings.Join(path, " "), command.Usage)
	for _, part := range []string{command.ArgsUsage, flagsUsage(command)} {
		if part != "" {
			b.WriteString(" " + part)
		}
	}
	b.WriteString("\n")
	if command.Description != "" {
		b.WriteString("\n" + command.Description + "\n")
	}
	b.WriteString(commandList(commands, width))
	if len(command.Flags) > 0 {
		b.WriteString("\nFlags:\n" + flagList(command.Flags, width))
	}
	return b.String(), nil
}

func flagsUsage(c *cli.Command) string {
	switch {
	case len(c.Subcommands) > 0:
		return "COMMAND"
	case len(c.Flags) > 0:
		return "[FLAG...]"
	}
	return ""
}

func commandList(commands []*cli.Command, width int) string {
	if len(commands) == 0 {
		return ""
	}
	var rows [][2]string
	for _, c := range commands {
		rows = append(rows, [2]string{c.Name, c.Usage})
	}
	return "\nCommands:\n" + table(rows, width)
}

func flagList(flags []cli.Flag, width int) string { return table(flagRows(flags), width) }

// flagRows are what each flag is called, and what it means.
func flagRows(flags []cli.Flag) [][2]string {
	var rows [][2]string
	for _, f := range flags {
		usage := ""
		if documented, ok := f.(cli.DocGenerationFlag); ok {
			usage = documented.GetUsage()
		}
		// As in cli itself, the word in backquotes stands for the value.
		before, rest, _ := strings.Cut(usage, "`")
		value, after, quoted := strings.Cut(rest, "`")
		head := "    "
		names := f.Names()
		for _, n := range names[1:] {
			if len(n) == 1 {
				head = "-" + n + ", "
			}
		}
		head += dashes(names[0])
		if quoted {
			head += " " + value
		}
		rows = append(rows, [2]string{head, before + value + after})
	}
	return rows
}

// table lays out names and what they mean in two columns, no wider than width.
func table(rows [][2]string, width int) string {
	left := 0
	for _, r := range rows {
		left = max(left, len(r[0]))
	}
	var b strings.Builder
	indent := strings.Repeat(" ", left+4)
	for _, r := range rows {
		text := strings.TrimPrefix(wrapMarkdown(r[1], indent, width), indent)
		fmt.Fprintf(&b, "  %-*s  %s", left, r[0], text)
	}
	return b.String()
}
