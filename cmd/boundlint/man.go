package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"
)

// manCommand prints the manual page, for those who package the program.
func (p *program) manCommand() *cli.Command {
	return &cli.Command{
		Name:   "man",
		Usage:  "print the manual page",
		Hidden: true,
		Action: func(c *cli.Context) error {
			if c.Args().Present() {
				return usagef("boundlint man takes no argument")
			}
			_, err := io.WriteString(p.stdout, manual(c.App))
			return err
		},
	}
}

// manual is the manual page, in the language of man(7), of the same text as the
// help. The one that cli makes says less, and what cli makes it with starts with
// every run: releases are built without (urfave_cli_no_docs).
func manual(app *cli.App) string {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH %s 1\n.SH NAME\n%s \\- %s\n.SH DESCRIPTION\n", strings.ToUpper(app.Name), app.Name, roff(app.Usage))
	fmt.Fprintf(&b, ".nf\n%s\n.fi\n.SH COMMANDS\n", roff(strings.TrimSpace(appUsage)))
	manualOf(&b, app.Name, app.Commands)
	return b.String()
}

// manualOf describes commands, and those below them.
func manualOf(b *strings.Builder, above string, commands []*cli.Command) {
	for _, c := range commands {
		if c.Hidden {
			continue
		}
		name := above + " " + c.Name
		usage := strings.Join(strings.Fields(strings.Join([]string{name, c.ArgsUsage, flagsUsage(c)}, " ")), " ")
		fmt.Fprintf(b, ".SS %s\n%s\n", roff(usage), roff(c.Usage))
		if c.Description != "" {
			fmt.Fprintf(b, ".PP\n.nf\n%s\n.fi\n", roff(strings.TrimSpace(c.Description)))
		}
		for _, row := range flagRows(c.Flags) {
			fmt.Fprintf(b, ".TP\n.B %s\n%s\n", roff(strings.TrimSpace(row[0])), roff(row[1]))
		}
		manualOf(b, name, c.Subcommands)
	}
}

// roff is a text as man(7) shows it: a backslash, a hyphen, and a dot or an
// apostrophe at the start of a line mean something else there.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, `-`, `\-`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, ".") || strings.HasPrefix(l, "'") {
			lines[i] = `\&` + l
		}
	}
	return strings.Join(lines, "\n")
}
