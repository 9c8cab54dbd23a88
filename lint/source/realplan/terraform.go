package realplan

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Terraform is the real tool.
type Terraform struct {
	// Program is the program, and Plugins the directory with the AWS provider.
	Program, Plugins string
	// Cache is a directory that keeps what was said of a root module until one
	// of its files changes: two tests ask the same. "" for none.
	Cache string
}

// FromEnvironment is the tool that the environment of a test names; ok is false
// where it names none.
func FromEnvironment(getenv func(string) string) (t Terraform, ok bool) {
	t = Terraform{getenv("BOUNDLINT_TEST_TERRAFORM"), getenv("BOUNDLINT_TEST_PLUGIN_DIR"), getenv("BOUNDLINT_TEST_PLAN_CACHE")}
	return t, t.Program != "" && t.Plugins != ""
}

// Answer is what the real tool says of a case.
type Answer struct {
	Facts Facts
	// Plan is the plan as terraform show prints it, with nothing of other
	// cases in it; nil where the configuration is refused.
	Plan []byte
}

// maxPacked is how many cases are planned together: enough to start the
// provider seldom, few enough for Terraform's graph, which does not grow in
// proportion.
const maxPacked = 60

// Ask has the real tool plan every case of a group, by name. Directories are
// made in work.
func (t *Terraform) Ask(ctx context.Context, g Group, work string) (map[string]Answer, error) {
	answers := map[string]Answer{}
	var packed []Case
	for _, c := range g.Cases {
		if !c.Root && (!c.Fails || c.Arguments == "") {
			packed = append(packed, c)
			continue
		}
		if err := t.ask(ctx, []Case{c}, work, answers); err != nil {
			return nil, err
		}
	}
	for len(packed) > 0 {
		before := len(packed)
		if err := t.ask(ctx, packed[:min(before, maxPacked)], work, answers); err != nil {
			return nil, err
		}
		var rest []Case
		for _, c := range packed {
			if _, ok := answers[c.Name]; !ok {
				rest = append(rest, c)
			}
		}
		if packed = rest; len(packed) == before {
			return nil, fmt.Errorf("%s: nothing is said of %s", g.Name, packed[0].Name)
		}
	}
	var faults []error
	for _, c := range g.Cases {
		switch refused := answers[c.Name].Facts.Error; {
		case refused != "" && !c.Fails:
			faults = append(faults, fmt.Errorf("%s: terraform refuses %s: %s", g.Name, c.Name, refused))
		case refused == "" && c.Fails:
			faults = append(faults, fmt.Errorf("%s: terraform plans %s", g.Name, c.Name))
		}
	}
	return answers, errors.Join(faults...)
}

// ask plans one root module. Where some of its cases are refused, the others
// have no answer yet: they are to be asked for again without them.
func (t *Terraform) ask(ctx context.Context, list []Case, work string, answers map[string]Answer) error {
	dir, err := os.MkdirTemp(work, "root")
	if err != nil {
		return err
	}
	if err := Write(dir, list); err != nil {
		return err
	}
	said, err := t.cached(list, func() (*said, error) { return t.plan(ctx, dir, list[0]) })
	if err != nil {
		return err
	}
	for _, f := range said.Faults {
		found := false
		for _, c := range list {
			if c.Root || len(list) == 1 || f.of(c) {
				found = true
				if answers[c.Name].Facts.Error == "" {
					summary, _, _ := strings.Cut(f.Summary, ": ") // what follows may come in any order
					answers[c.Name] = Answer{Facts: Facts{Error: summary}}
				}
			}
		}
		if !found {
			return fmt.Errorf("terraform refuses a group for what is in no case: %s: %s (%s)", f.Summary, f.Detail, f.Range.Filename)
		}
	}
	if len(said.Faults) > 0 {
		return nil
	}
	src := said.Plan
	plan, err := readPlan(src)
	if err != nil {
		return err
	}
	for _, c := range list {
		one := src
		if !c.Root {
			if one, err = only(src, c.Name); err != nil {
				return err
			}
		}
		answers[c.Name] = Answer{Facts: plan.facts(c), Plan: one}
	}
	return nil
}

// fault is an error that the real tool prints.
type fault struct {
	Severity, Summary, Detail, Address string
	Range                              struct{ Filename string }
}

// of reports whether the fault is one of a case.
func (f *fault) of(c Case) bool {
	return strings.HasPrefix(f.Range.Filename, c.Configuration+"/") || strings.HasPrefix(f.Address, c.Prefix()) ||
		strings.Contains(f.Summary, c.Prefix()) // a cycle
}

// said is what the tool says of a root module: a plan, or why there is none.
type said struct {
	Plan   json.RawMessage
	Faults []fault
}

// cached is what was said of the root module of these cases, or what is said
// now.
func (t *Terraform) cached(list []Case, now func() (*said, error)) (*said, error) {
	if t.Cache == "" {
		return now()
	}
	asked := slices.Clone(list)
	for i := range asked {
		asked[i].Knows = nil // what is expected of the answer is not a part of the question
	}
	key, err := json.Marshal(asked)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(t.Cache, fmt.Sprintf("%x.json", sha256.Sum256(key)))
	s := &said{}
	if src, err := os.ReadFile(file); err == nil && json.Unmarshal(src, s) == nil {
		return s, nil
	}
	if s, err = now(); err != nil {
		return nil, err
	}
	src, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	return s, errors.Join(os.MkdirAll(t.Cache, 0o755), os.WriteFile(file, src, 0o600))
}

// Plan has the tool plan the root module in dir, with these arguments besides.
// The plan is the file plan.tfplan there, and what it prints of it is returned.
func (t *Terraform) Plan(ctx context.Context, dir string, args ...string) ([]byte, error) {
	s, err := t.plan(ctx, dir, Case{Args: args})
	if err == nil && len(s.Faults) > 0 {
		err = fmt.Errorf("terraform refuses it: %s: %s", s.Faults[0].Summary, s.Faults[0].Detail)
	}
	if err != nil {
		return nil, err
	}
	return s.Plan, nil
}

// plan has the tool plan a root module.
func (t *Terraform) plan(ctx context.Context, dir string, c Case) (*said, error) {
	// Without the environment of the case: init refuses a workspace that does
	// not exist yet.
	if faults, err := t.run(ctx, dir, nil, "init", "-json", "-input=false", "-plugin-dir="+t.Plugins); err != nil || len(faults) > 0 {
		return &said{Faults: faults}, err
	}
	args := append([]string{"plan", "-json", "-input=false", "-refresh=false", "-lock=false", "-out=plan.tfplan"}, c.Args...)
	if faults, err := t.run(ctx, dir, c.Env, args...); err != nil || len(faults) > 0 {
		return &said{Faults: faults}, err
	}
	out, err := t.command(ctx, dir, c.Env, "show", "-json", "plan.tfplan").Output()
	if err != nil {
		return nil, fmt.Errorf("terraform show: %w", err)
	}
	return &said{Plan: out}, nil
}

func (t *Terraform) command(ctx context.Context, dir string, env []string, args ...string) *exec.Cmd {
	program := t.Program
	if nice, err := exec.LookPath("nice"); err == nil { // hundreds of plans
		program, args = nice, append([]string{"-n", "10", program}, args...)
	}
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+os.DevNull, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1")
	cmd.Env = append(cmd.Env, env...)
	return cmd
}

// run runs a command that prints a message a line, and gives the errors among
// them.
func (t *Terraform) run(ctx context.Context, dir string, env []string, args ...string) ([]fault, error) {
	out, err := t.command(ctx, dir, env, args...).CombinedOutput()
	var faults []fault
	for line := range bytes.Lines(out) {
		var message struct{ Diagnostic *fault }
		if json.Unmarshal(line, &message) == nil && message.Diagnostic != nil && message.Diagnostic.Severity == "error" {
			message.Diagnostic.Range.Filename = filepath.ToSlash(message.Diagnostic.Range.Filename)
			faults = append(faults, *message.Diagnostic)
		}
	}
	if exit := (&exec.ExitError{}); err != nil && (len(faults) == 0 || !errors.As(err, &exit)) {
		return nil, fmt.Errorf("terraform %s: %w: %s", args[0], err, out)
	}
	return faults, nil
}

// only is a plan with nothing in it but one module call of the root module.
func only(src []byte, call string) ([]byte, error) {
	var plan map[string]any
	d := json.NewDecoder(bytes.NewReader(src))
	d.UseNumber()
	if err := d.Decode(&plan); err != nil {
		return nil, err
	}
	address := "module." + call
	within := func(x any) bool {
		object, _ := x.(map[string]any)
		for _, name := range []string{"address", "resource"} {
			if s, ok := object[name].(string); ok && (s == address || strings.HasPrefix(s, address+".")) {
				return true
			}
		}
		return false
	}
	filter := func(holder any, name string) {
		object, _ := holder.(map[string]any)
		kept := []any{}
		list, _ := object[name].([]any)
		for _, x := range list {
			if within(x) {
				kept = append(kept, x)
			}
		}
		if list != nil {
			object[name] = kept
		}
	}
	pick := func(holder any, name string) {
		object, _ := holder.(map[string]any)
		if members, ok := object[name].(map[string]any); ok {
			object[name] = map[string]any{}
			if x, ok := members[call]; ok {
				object[name] = map[string]any{call: x}
			}
		}
	}
	planned := member(plan, "planned_values")
	pick(planned, "outputs")
	filter(member(planned, "root_module"), "child_modules")
	prior := member(plan, "prior_state", "values")
	pick(prior, "outputs")
	filter(member(prior, "root_module"), "child_modules")
	filter(plan, "resource_changes")
	filter(plan, "relevant_attributes")
	pick(plan, "output_changes")
	root := member(plan, "configuration", "root_module")
	pick(root, "module_calls")
	pick(root, "outputs")
	delete(plan, "checks")
	return json.Marshal(plan)
}

// member is a member of a member of a JSON object, nil where there is none.
func member(v any, names ...string) any {
	for _, name := range names {
		object, _ := v.(map[string]any)
		v = object[name]
	}
	return v
}
