package main

import (
	"fmt"

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
			page, err := c.App.ToManWithSection(1)
			if err != nil {
				return fmt.Errorf("write the manual page: %w", err)
			}
			_, err = fmt.Fprint(p.stdout, page)
			return err
		},
	}
}
