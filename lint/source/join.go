package source

import (
	"fmt"

	"github.com/boundlint/boundlint/lint/files"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/source/joined"
	"github.com/boundlint/boundlint/lint/source/tfplan"
)

// join makes the model of a plan, joined with its configuration where that is
// at hand: the one that the user names, or the snapshot in a binary plan.
func (d *door) join(p *tfplan.Plan) (*iam.Model, error) {
	if d.options.Before || d.options.ConfigDir == "" && d.shown == "" {
		return p.Model() // the configuration is that of after
	}
	if err := p.Resolve(); err != nil {
		return nil, err
	}
	if path := d.options.ConfigDir; path != "" {
		m, err := d.joinWith(p, path)
		if err != nil {
			return nil, &InputError{Path: path, Problem: "the plan cannot be joined with it: " + reason(err), Err: err}
		}
		return m, nil
	}
	m, unusable := d.joinSnapshot(p, d.shown)
	if unusable == nil {
		return m, nil
	}
	// Nobody has asked for it: it costs places, not the run.
	m, err := p.Model()
	if err == nil {
		m.Diagnostics = append(m.Diagnostics, d.notUsed(unusable))
	}
	return m, err
}

// notUsed tells that the configuration in a binary plan cannot be read.
func (d *door) notUsed(err error) iam.Diagnostic {
	return iam.Diagnostic{Summary: fmt.Sprintf("the configuration inside %s is not used: %s", d.shown, reason(err))}
}

func (d *door) joinWith(p *tfplan.Plan, path string) (*iam.Model, error) {
	info, err := files.StatNamed(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() && !isConfiguration(path) {
		return d.joinSnapshot(p, path)
	}
	return joined.Model(p, d.joinOptions(joined.Options{Dir: path}))
}

func (d *door) joinSnapshot(p *tfplan.Plan, path string) (*iam.Model, error) {
	s, err := openSnapshot(path, d.scratch())
	if err != nil {
		return nil, err
	}
	defer s.close()
	return joined.Model(p, d.joinOptions(joined.Options{Dir: s.dir, Shown: path, Base: s.base, Display: s.display}))
}

// scratch is where the configuration in a binary plan is unpacked.
func (d *door) scratch() *files.Scratch {
	if d.options.Scratch == nil {
		return &files.Scratch{}
	}
	return d.options.Scratch
}

// joinOptions adds what holds for every configuration. The variables of a plan
// are in the plan; its workspace is not.
func (d *door) joinOptions(o joined.Options) joined.Options {
	o.Symbols, o.LookupEnv, o.Workspace, o.Share = d.options.Symbols, d.options.LookupEnv, d.options.Workspace, d.options.Share
	if d.options.Workspaces != nil {
		o.Workspaces = d.options.Workspaces(d.path)
	}
	return o
}
