package main

import (
	"github.com/urfave/cli/v2"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/config"
)

// policies reads the organisation's policies that the command line names, once.
func (p *program) policies(c *cli.Context) ([]*lint.Settings, error) {
	names := c.StringSlice("policy")
	if p.stack != nil || len(names) == 0 {
		return p.stack, nil
	}
	var stack []*lint.Settings
	for _, name := range names {
		if name == "" {
			return nil, usagef("--policy names no file")
		}
		s, err := config.LoadPolicy(relative(name), ruleIDs())
		if err != nil {
			return nil, err
		}
		s.Today = p.now()
		stack = append(stack, s)
	}
	p.stack = stack
	return stack, nil
}
