package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/boundlint/boundlint/lint/config"
	"github.com/boundlint/boundlint/lint/files"
)

func (p *program) initCommand() *cli.Command {
	return &cli.Command{
		Name:  "init",
		Usage: "write a commented " + config.FileName,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "force", Usage: "write over one that is there"},
		},
		Action: func(c *cli.Context) error {
			if c.Args().Present() {
				return usagef("boundlint init takes no argument: it writes %s into the current directory", config.FileName)
			}
			if lies, err := files.Lies(config.FileName); (lies || err != nil) && !c.Bool("force") {
				return fmt.Errorf("%s is there already; --force writes over it", config.FileName)
			}
			if err := writeFile(config.FileName, config.Template()); err != nil {
				return fmt.Errorf("write %s: %w", config.FileName, reason(err))
			}
			_, err := fmt.Fprintf(p.stdout, "wrote %s: everything in it is commented out and shows the defaults\n", config.FileName)
			return err
		},
	}
}
