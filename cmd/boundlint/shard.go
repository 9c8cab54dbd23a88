package main

import (
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/driver"
)

// shardOf is the part of the run that --shard asks for; nil for all of it. What judges the
// findings of the whole run does not go with it.
func shardOf(c *cli.Context) (*lint.Shard, error) {
	if !c.IsSet("shard") {
		return nil, nil
	}
	shard, err := lint.ParseShard(c.String("shard"))
	if err != nil {
		return nil, usagef("--shard %s: %v", c.String("shard"), err)
	}
	for _, name := range []string{"same-account", "baseline", "changed-from", "against"} {
		if slices.Contains(c.FlagNames(), name) {
			return nil, usagef("--shard does not go with --%s, which is about the whole run", name)
		}
	}
	if isFixing(c) {
		return nil, usagef("--shard does not go with --fix, which is about the whole run")
	}
	return &shard, nil
}

// readShard reads all inputs, and says which part of them is judged.
func (p *program) readShard(c *cli.Context) (*inputs, *lint.Shard, error) {
	shard, err := shardOf(c)
	if err != nil {
		return nil, nil, err
	}
	if shard != nil {
		p.outlines = driver.NewOutlines(*shard)
	}
	in, err := p.read(c)
	return in, shard, err
}
