package main

import (
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source"
)

// against reads the states with which account dumps are compared. Without one
// of them everything that it manages would be named as unmanaged, so a state
// that cannot be read is an error.
func (p *program) against(c *cli.Context, in *inputs) ([]*iam.Model, error) {
	return p.againstPaths(c, in, c.StringSlice("against"))
}

func (p *program) againstPaths(c *cli.Context, in *inputs, paths []string) ([]*iam.Model, error) {
	if len(paths) == 0 {
		return nil, nil
	}
	isDump := func(m *iam.Model) bool { return m.Input.Kind == iam.InputAccount }
	if !slices.ContainsFunc(in.batches, func(b batch) bool { return slices.ContainsFunc(b.models, isDump) }) {
		return nil, usagef("--against compares an account dump with states, and there is no account dump among the inputs")
	}
	var out []*iam.Model
	for _, path := range paths {
		models, err := readInput(filepath.Clean(path), source.Options{
			Stdin: p.stdin, Symbols: &policy.Symbols{}, AllowExec: c.Bool("allow-exec"),
			Given: p.given, LookupEnv: p.lookupEnv, Workspace: c.String("workspace"), Exclude: c.StringSlice("exclude"), Share: p.share,
			Scratch: &scratch,
		})
		if err != nil {
			return nil, err
		}
		out = append(out, models...)
	}
	return out, nil
}
