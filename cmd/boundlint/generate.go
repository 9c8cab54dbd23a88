package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/boundlint/boundlint/lint/files"
	"github.com/boundlint/boundlint/lint/generate"
)

func (p *program) generateCommand() *cli.Command {
	return &cli.Command{
		Name:  "generate",
		Usage: "write a delegation under a permissions boundary that holds",
		Subcommands: []*cli.Command{
			{
				Name:  "delegation",
				Usage: "write the boundary, the developers' policy and role, an example role, and their tests",
				Description: `It prints the Terraform configuration, or writes it into a directory with policy tests
and a configuration of boundlint beside it. What it writes is proven first: it is read
again, judged by all rules, and put to its own tests, where a role under the boundary is
allowed everything. If that fails, nothing is written, and the exit code is 2.`,
				Flags: []cli.Flag{
					&cli.StringFlag{Name: "boundary", Usage: "the `NAME` of the boundary policy, such as workload-boundary"},
					&cli.StringFlag{Name: "prefix", Usage: "the `TEXT` that the names of the developers' roles, users and policies begin with, " +
						"such as app-"},
					&cli.StringSliceFlag{Name: "services", Usage: "the `SERVICES` that workloads use, by the prefixes of their actions, such as " +
						"s3,dynamodb,lambda,logs; may be repeated"},
					&cli.BoolFlag{Name: "users", Usage: "let developers create users, too, without keys and passwords"},
					&cli.StringFlag{Name: "path", Usage: "the IAM `PATH` under which developers create, such as /teams/x/; / by default"},
					&cli.StringSliceFlag{Name: "deny-outside-region", Usage: "deny what is not in the `REGION`, such as eu-west-1; may be repeated"},
					&cli.StringFlag{Name: "account", Usage: "the `ID` of the account; without it, the configuration asks AWS for it"},
					&cli.BoolFlag{Name: "json", Usage: "write the policies as JSON, not as Terraform; needs --account"},
					&cli.BoolFlag{Name: "explain", Usage: "put the reason beside each statement, as comments"},
					&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "write the files into the `DIRECTORY`, over none that is there"},
				},
				Action: func(c *cli.Context) error { return p.generateDelegation(c) },
			},
		},
		Action: func(*cli.Context) error {
			return usagef("boundlint generate needs to know what: boundlint generate delegation --boundary NAME --prefix TEXT --services SERVICES")
		},
	}
}

func (p *program) generateDelegation(c *cli.Context) error {
	if c.Args().Present() {
		return usagef("boundlint generate delegation takes flags only, not %s", c.Args().First())
	}
	asJSON := c.Bool("json")
	switch {
	case asJSON && c.String("account") == "":
		return usagef("--json needs --account: JSON has no way to ask for the account that the ARNs of the policies are in")
	case asJSON && c.Bool("explain"):
		return usagef("--explain writes comments, which JSON does not have")
	case c.IsSet("output") && c.String("output") == "":
		return usagef("--output names no directory")
	case c.IsSet("account") && c.String("account") == "":
		return usagef("--account is empty")
	}
	d, err := generate.New(generate.Options{
		Boundary: c.String("boundary"), Prefix: c.String("prefix"), Path: c.String("path"), Services: lists(c.StringSlice("services")),
		Users: c.Bool("users"), Regions: lists(c.StringSlice("deny-outside-region")), Account: c.String("account"), Explain: c.Bool("explain"),
	})
	if wrong, ok := errors.AsType[*generate.OptionError](err); ok {
		return usagef("--%s", wrong)
	}
	if err != nil {
		return err
	}
	written, around := d.Terraform(), []generate.File(nil)
	if asJSON {
		written, around = d.JSON(), d.AroundJSON()
	}
	if err := p.prove(d, append(around, written...)); err != nil {
		return err
	}
	switch dir := c.String("output"); {
	case dir != "":
		return p.writeGenerated(dir, written)
	case asJSON:
		return p.printDocuments(written)
	}
	_, err = p.stdout.Write(written[0].Content)
	return err
}

// lists are the values of a flag that takes several, each with commas or not.
func lists(values []string) []string {
	var out []string
	for _, v := range values {
		for one := range strings.SplitSeq(v, ",") {
			if one = strings.TrimSpace(one); one != "" {
				out = append(out, one)
			}
		}
	}
	return out
}

// printDocuments prints documents as one object of JSON, by the names of their files.
func (p *program) printDocuments(list []generate.File) error {
	out := map[string]json.RawMessage{}
	for _, f := range list {
		out[strings.TrimSuffix(f.Name, ".json")] = f.Content
	}
	return p.writeJSON(out)
}

// writeGenerated writes files into a directory, all or none.
func (p *program) writeGenerated(dir string, list []generate.File) error {
	for _, f := range list {
		path := filepath.Join(dir, f.Name)
		if lies, err := files.Lies(path); lies || err != nil {
			return fmt.Errorf("%s is there already, and is not written over: choose another directory", path)
		}
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("make the directory %s: %w", dir, reason(err))
	}
	for _, f := range list {
		path := filepath.Join(dir, f.Name)
		if err := writeFile(path, f.Content); err != nil {
			return fmt.Errorf("write %s: %w", path, reason(err))
		}
		if _, err := fmt.Fprintf(p.stdout, "wrote %s\n", path); err != nil {
			return err
		}
	}
	return nil
}
