// Package joined joins a plan with the configuration that it was made of. The
// plan is trusted in what it knows; what it does not know before apply comes
// from the evaluated configuration; and everything gets the places of the
// configuration, the lines to fix.
package joined

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/boundlint/boundlint/lint/budget"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/resource"
	"github.com/boundlint/boundlint/lint/source/tfconfig"
	"github.com/boundlint/boundlint/lint/source/tfplan"
)

// Options say with what a plan is joined.
type Options struct {
	// Symbols is shared by all inputs of a run.
	Symbols *policy.Symbols
	// Dir is the root module.
	Dir string
	// Shown is what stands for Dir in messages, "" for itself.
	Shown string
	// Base, Display, LookupEnv and Workspace are as in [tfconfig.Options];
	// Workspaces are those of which the plan may be made in one, where nothing
	// names it.
	Base       string
	Display    func(path string) string
	LookupEnv  func(name string) (value string, set bool)
	Workspace  string
	Workspaces []string
	// Share is as in [tfconfig.Options].
	Share *budget.Share
}

// Model is the model of a plan joined with configuration. It is not linked.
// The error tells that there is no configuration to be read in o.Dir; what is
// wrong inside it costs places, and is said in the model's diagnostics.
func Model(p *tfplan.Plan, o Options) (*iam.Model, error) {
	if err := p.Resolve(); err != nil {
		return nil, err
	}
	j := &join{plan: p, options: o, addresses: map[string]bool{}}
	for _, r := range p.Resources {
		j.addresses[r.Address] = true
	}
	root, err := tfconfig.Evaluate(o.Dir, tfconfig.Options{
		Symbols: o.Symbols, Base: o.Base, Scope: p.Input.Path, Display: o.Display,
		LookupEnv: o.LookupEnv, Workspace: o.Workspace, Workspaces: func(string) []string { return o.Workspaces },
		Variables: variables(p.Variables), Planned: j.planned(), Tool: p.Tool, Share: o.Share,
	})
	if err != nil {
		return nil, err
	}
	j.resources(root.Resources)
	m, err := p.Model()
	if err != nil {
		return nil, err
	}
	m.Input.Files, m.Input.WorkspaceUnknown = root.Files, root.WorkspaceUnknown
	m.Ignores = append(m.Ignores, root.Ignores...)
	m.Secrets = append(m.Secrets, root.Secrets...)
	// A plan has only the moves that it makes itself.
	moved := maps.Clone(root.Moved)
	maps.Copy(moved, m.Moved)
	m.Moved = moved
	for _, d := range root.Diagnostics {
		// The plan tells what is there; the configuration only where.
		d.Error = false
		m.Diagnostics = append(m.Diagnostics, d)
	}
	if d, ok := j.contradiction(); ok {
		m.Diagnostics = append(m.Diagnostics, d)
	}
	return m, nil
}

// variables are the values of a plan's variables.
func variables(raw map[string]json.RawMessage) map[string]any {
	out := make(map[string]any, len(raw))
	for name, text := range raw {
		out[name] = text
	}
	return out
}

// join joins one plan.
type join struct {
	plan    *tfplan.Plan
	options Options
	// addresses are those of all resources of the plan.
	addresses map[string]bool
	// contradictions are the attributes and resources in which plan and
	// configuration are not of one mind.
	contradictions []string
}

// has reports whether the plan has the resource.
func (j *join) has(address string) bool { return j.addresses[address] }

func isGone(r resource.Resource) bool {
	return r.Change == iam.ChangeDelete || r.Change == iam.ChangeForget
}

// planned is what the plan knows and the configuration may ask for.
func (j *join) planned() *tfconfig.Planned {
	p := &tfconfig.Planned{Keys: map[string][]string{}, Complete: j.plan.Input.Complete}
	byAddress := map[string]*resource.Resource{}
	for i := range j.plan.Resources {
		r := &j.plan.Resources[i]
		if isGone(*r) {
			continue
		}
		byAddress[r.Address] = r
		addKeys(p.Keys, r.Address)
	}
	p.Value = func(address, attribute string) (string, bool, bool) {
		r := byAddress[address]
		if r == nil {
			return "", false, false
		}
		v := r.Values[attribute]
		text, known := v.Text.Known()
		return text, v.Sensitive, known && v.Kind == resource.Scalar && !v.NotString && text != ""
	}
	return p
}

// addKeys notes the instance keys in an address.
func addKeys(keys map[string][]string, address string) {
	if !strings.Contains(address, "[") {
		return
	}
	steps := policy.SplitAddress(address)
	for i, step := range steps {
		name, key, ok := strings.Cut(step, "[")
		if !ok {
			continue
		}
		key = strings.TrimSuffix(key, "]")
		if strings.HasPrefix(key, `"`) {
			unquoted, err := strconv.Unquote(key)
			if err != nil {
				continue
			}
			// Terraform writes keys as HCL does.
			key = strings.NewReplacer("$${", "${", "%%{", "%{").Replace(unquoted)
		}
		base := strings.Join(append(slices.Clone(steps[:i]), name), ".")
		if !slices.Contains(keys[base], key) {
			keys[base] = append(keys[base], key)
		}
	}
}

// resources joins the resources of the plan with those of the configuration.
func (j *join) resources(config []resource.Resource) {
	byAddress := map[string]*resource.Resource{}
	standIns := map[string]*resource.Resource{}
	for i := range config {
		c := &config[i]
		byAddress[c.Address] = c
		if c.MayNotExist {
			standIns[policy.WithoutKeys(c.Address)] = c
		}
	}
	seen := map[*resource.Resource]bool{}
	for i := range j.plan.Resources {
		r := &j.plan.Resources[i]
		if isGone(*r) {
			continue
		}
		c := byAddress[r.Address]
		if c == nil {
			c = standIns[policy.WithoutKeys(r.Address)]
		}
		if c == nil {
			j.onlyInPlan(r)
			continue
		}
		seen[c] = true
		j.resource(r, c)
	}
	for i := range config {
		if c := &config[i]; !seen[c] && !c.Data && !c.MayNotExist && j.plan.Input.Complete && resource.Reads(c.Type, false) {
			j.contradictions = append(j.contradictions, c.Address+" is in the configuration only")
		}
	}
}

// onlyInPlan notes a resource that the configuration does not have. Data
// sources are in a plan from the state before it.
func (j *join) onlyInPlan(r *resource.Resource) {
	if !r.Data && r.Change != iam.ChangeNone {
		j.contradictions = append(j.contradictions, r.Address+" is in the plan only")
	}
}

// resource joins one resource.
func (j *join) resource(r, c *resource.Resource) {
	r.Location = c.Location
	r.Location.Address = r.Address
	r.IgnoreChanges, r.IgnoreChangesAt = c.IgnoreChanges, c.IgnoreChangesAt
	r.IgnoreChangesAt.Address = r.Address
	values := maps.Clone(r.Values)
	if values == nil {
		values = map[string]resource.Value{}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Values)) {
		v := c.Values[name]
		p, told := r.Values[name]
		switch {
		case !told:
			if r.Change != iam.ChangeNoOp && r.Change != iam.ChangeNone {
				values[name] = v
			}
			continue
		case isEmpty(v) && computed[name]:
			// The provider has filled it in.
		case isCompared(r, name) && isKnown(p) && j.differ(p, v):
			j.contradictions = append(j.contradictions, r.Address+" ("+name+")")
		}
		values[name] = j.value(p, v)
	}
	r.Values = values
}

// compared are the attributes in which plan and configuration have to agree:
// those that findings depend on.
var compared = map[string]bool{
	"name": true, "name_prefix": true, "path": true, "permissions_boundary": true,
	"assume_role_policy": true, "policy": true, "content": true, "inline_policy": true,
	"policy_arn": true, "policy_arns": true, "managed_policy_arns": true,
	"role": true, "user": true, "group": true, "roles": true, "users": true, "groups": true,
}

// computed are the compared attributes that a provider fills in where they are
// not set.
var computed = map[string]bool{
	"name": true, "name_prefix": true, "path": true, "inline_policy": true, "managed_policy_arns": true,
}

// isCompared reports whether an attribute is compared. Of data sources the
// plan has what they found, of resources that it has not got to, what the state
// has; where changes are ignored, what is there.
func isCompared(r *resource.Resource, name string) bool {
	return compared[name] && !r.Data && r.Change != iam.ChangeNone &&
		!slices.Contains(r.IgnoreChanges, name) && !slices.Contains(r.IgnoreChanges, "all")
}

// maxNamed is how many contradictions are named.
const maxNamed = 3

// contradiction says once in what the plan and the configuration differ.
func (j *join) contradiction() (iam.Diagnostic, bool) {
	dir := cmp.Or(j.options.Shown, j.options.Dir)
	n := len(j.contradictions)
	if n == 0 {
		return iam.Diagnostic{}, false
	}
	slices.SortFunc(j.contradictions, cmp.Compare[string])
	named := strings.Join(j.contradictions[:min(n, maxNamed)], ", ")
	if n > maxNamed {
		named += fmt.Sprintf(" and %d more", n-maxNamed)
	}
	return iam.Diagnostic{
		Summary: "the plan and the configuration in " + dir + " contradict each other; the plan is trusted: " + named,
		Detail:  "The configuration has changed since the plan was made, or is another one.",
	}, true
}
