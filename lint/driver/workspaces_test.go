package driver

import (
	"slices"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// inWorkspace is the model of a root module in a workspace.
func inWorkspace(path, workspace string) *iam.Model {
	m := testModel(iam.InputConfig)
	m.Input.Path, m.Input.Root, m.Input.Workspace = path, path, workspace
	m.Entities = m.Entities[:1]
	return m
}

// TestWorkspaces has findings of one root module in several workspaces.
func TestWorkspaces(t *testing.T) {
	t.Parallel()
	in := func(path string, workspaces ...string) []*iam.Model {
		var models []*iam.Model
		for _, w := range workspaces {
			models = append(models, inWorkspace(path, w))
		}
		return models
	}
	for name, c := range map[string]struct {
		models []*iam.Model
		change func(*lint.Pass, *lint.Finding)
		want   []string // the message, without its address
	}{
		"one":  {in("a", "dev"), nil, []string{"It is."}},
		"none": {[]*iam.Model{inWorkspace("a", "")}, nil, []string{"It is."}},
		"all":  {in("a", "dev", "test", "prod"), nil, []string{"It is. This holds in the workspaces dev, test and prod."}},
		"one of two": {in("a", "dev", "prod"), func(p *lint.Pass, f *lint.Finding) {
			if p.Model.Input.Workspace == "dev" {
				f.Verdict = lint.Undetermined
			}
		}, []string{"It is. This holds in the workspace dev.", "It is. This holds in the workspace prod."}},
		"names that differ": {in("a", "dev", "prod"), func(p *lint.Pass, f *lint.Finding) {
			f.Message, f.Key = "It is "+p.Model.Input.Workspace+".", "arn-"+p.Model.Input.Workspace
		}, []string{"It is dev. This holds in the workspaces dev and prod."}},
		"messages that differ": {in("a", "dev", "prod"), func(p *lint.Pass, f *lint.Finding) {
			f.Message, f.Key = map[string]string{"dev": "It is one.", "prod": "It is two."}[p.Model.Input.Workspace], p.Model.Input.Workspace
		}, []string{"It is one. This holds in the workspaces dev and prod. Related: in the workspace prod: It is two."}},
		"fixes that differ": {in("a", "dev", "prod"), func(p *lint.Pass, f *lint.Finding) {
			action := map[string]string{"dev": "iam:CreateRole", "prod": "iam:CreateUser"}[p.Model.Input.Workspace]
			f.Key, f.Fix = action, &lint.Fix{Statements: []*policy.Statement{{Action: []policy.Element{{Text: policy.Literal(action)}}}}}
		}, []string{"It is. This holds in the workspace dev.", "It is. This holds in the workspace prod."}},
		"two roots": {append(in("a", "dev", "prod"), in("b", "dev")...), nil, []string{
			"It is. This holds in the workspaces dev and prod. Related: the same in b",
		}},
		"two roots, both": {append(in("a", "dev", "prod"), in("b", "prod", "test")...), nil, []string{
			"It is. This holds in the workspaces dev and prod. Related: the same in b, in the workspaces prod and test",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := mustRun(t, nil, Options{}, finder("r", lint.Error, lint.SecondLeg, c.change), c.models...)
			var got []string
			for _, f := range r.Findings {
				text := strings.Replace(f.Message, " "+roleA, "", 1)
				for _, related := range f.Related {
					text += " Related: " + related.Message
				}
				got = append(got, text)
			}
			slices.Sort(got)
			if !slices.Equal(got, c.want) {
				t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
	// Two faults in one place stay two, each in both workspaces.
	rule := &lint.Rule{ID: "r", Severity: lint.Error, Leg: lint.SecondLeg, Run: func(p *lint.Pass) error {
		for _, key := range []string{"x", "y"} {
			e := p.Model.Entities[0]
			p.Report(lint.Finding{Address: e.Address, Message: "It is " + key + ".", Key: key + p.Model.Input.Workspace, Location: e.Location})
		}
		return nil
	}}
	r := mustRun(t, nil, Options{}, rule, in("a", "dev", "prod")...)
	if len(r.Findings) != 2 || len(r.Findings[0].Workspaces) != 2 || len(r.Findings[1].Related) != 0 {
		t.Errorf("%+v", r.Findings)
	}
	// What the run itself finds belongs to no workspace.
	exempt := &lint.Settings{Exemptions: []lint.Exemption{{Pattern: "gone", Rules: []string{"r"}, Reason: "x"}}}
	r = mustRun(t, exempt, Options{}, finder("s", lint.Note, lint.FirstLeg, nil), in("a", "dev", "prod")...)
	for _, f := range r.Findings {
		if f.Rule == lint.ExemptionUnused && strings.Contains(f.Message, "workspace") {
			t.Error(f.Message)
		}
	}
	if s := r.Inputs; len(s) != 2 || s[1].Workspace != "prod" {
		t.Errorf("%+v", s)
	}
}
