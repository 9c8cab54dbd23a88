package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/source"
)

// deployerFlags say who applies what is judged, and where to look for them.
func deployerFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringSliceFlag{Name: "deployer", Usage: "find out what AWS will refuse to the role or user `ENTITY`, by address, ARN or name, " +
			"where that one applies the PATHs; as a deployer block does"},
		&cli.StringSliceFlag{Name: "deployer-from", Usage: "look for the deployers and their policies in `FILE`, too: a plan, a state, an " +
			"account dump or a directory"},
	}
}

// namedDeployers are those of the command line.
func namedDeployers(c *cli.Context) ([]lint.Deployer, error) {
	var out []lint.Deployer
	for _, name := range c.StringSlice("deployer") {
		if strings.TrimSpace(name) == "" || strings.ContainsAny(name, "*?") {
			return nil, usagef("--deployer takes the address, ARN or name of one role or user, not %q", name)
		}
		out = append(out, lint.Deployer{Name: name})
	}
	return out, nil
}

// findDeployers reads what --deployer-from names, and gives the models to the
// settings that name deployers. One that is not there is an error.
func (p *program) findDeployers(c *cli.Context, in *inputs, options source.Options) error {
	in.checkDeployerProviders()
	paths := c.StringSlice("deployer-from")
	if len(paths) == 0 {
		return p.checkNamedDeployers(c, in)
	}
	options.ConfigDir, options.KeepPlanned, options.Keep = "", nil, nil
	var models []*iam.Model
	for _, path := range paths {
		read, err := readInput(path, options)
		if err != nil {
			return err
		}
		models = append(models, read...)
		in.reads(path)
	}
	asked := false
	for i := range in.batches {
		s := in.batches[i].settings
		asked = asked || len(s.Deployers) > 0
		hints := s.Hints()
		hints.ManagedPolicy = catalog.ManagedPolicyARN
		for _, m := range models {
			m.Link(hints)
			m.HideOverQuota()
		}
		for j := range s.Deployers {
			if err := p.checkDeployer(&s.Deployers[j], slices.Concat(models, in.batches[i].models), paths); err != nil {
				return err
			}
		}
		s.DeployersFrom = models
	}
	if !asked && len(in.batches) > 0 {
		return usagef("--deployer-from has nobody to look for: name the deployer with --deployer or in a deployer block")
	}
	return nil
}

// checkDeployer reports a deployer that none of the models has.
func (p *program) checkDeployer(d *lint.Deployer, models []*iam.Model, paths []string) error {
	if d.IsDescribed() {
		return nil
	}
	var names []string
	for _, m := range models {
		whole, err := p.outlines.Whole(m)
		if err != nil {
			return err
		}
		for _, e := range whole.Entities {
			if lint.MatchesEntity(d.Name, e) {
				return nil
			}
			name, _ := e.Name.Known()
			arn, _ := e.ARN.Known()
			names = append(names, name, e.Address, arn)
		}
	}
	return usagef("%s has no role or user %s%s", strings.Join(paths, ", "), d.Name, lint.Suggest(d.Name, names))
}

// checkNamedDeployers reports a deployer of the command line that no input has.
// Where an input could not be read it may be in that one.
func (p *program) checkNamedDeployers(c *cli.Context, in *inputs) error {
	named, err := namedDeployers(c)
	if err != nil || len(in.faults) > 0 {
		return err
	}
	for i := range named {
		described := false
		for _, b := range in.batches {
			for _, d := range b.settings.Deployers {
				described = described || d.Name == named[i].Name && d.IsDescribed()
			}
		}
		if described {
			continue
		}
		if err := p.checkDeployer(&named[i], in.models(), in.paths); err != nil {
			return err
		}
	}
	return nil
}

// checkDeployerProviders remarks on provider configurations of deployer blocks
// that none of the inputs has, so that nothing is judged as that deployer.
func (in *inputs) checkDeployerProviders() {
	for _, b := range in.batches {
		known := providerNames(b.models)
		if len(known) == 0 {
			continue
		}
		for _, d := range b.settings.Deployers {
			for _, name := range d.Providers {
				if slices.Contains(known, name) {
					continue
				}
				in.remarks = append(in.remarks, lint.Diagnostic{
					Severity: lint.Warning, Location: d.Location,
					Message: fmt.Sprintf("deployer %q names the provider configuration %s, and none of the inputs has it%s", d.Name, name,
						lint.Suggest(name, known)),
				})
			}
		}
	}
}

// providerNames are the provider configurations of plans and configurations, nil
// where there are none of either: states and dumps do not tell.
func providerNames(models []*iam.Model) []string {
	var out []string
	for _, m := range models {
		if m.Input.Kind != iam.InputPlan && m.Input.Kind != iam.InputConfig {
			continue
		}
		out = append(out, "aws")
		for _, q := range m.Providers {
			out = append(out, q.Name)
		}
		for _, planned := range m.Planned {
			out = append(out, planned.Provider)
		}
	}
	return out
}
