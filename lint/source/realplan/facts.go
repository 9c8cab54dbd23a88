package realplan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"

	"github.com/boundlint/boundlint/lint/source/resource"
)

// Unknown stands, in the values of [Facts], for what is known after apply.
const Unknown = "(known after apply)"

// Facts are what a plan says of one case. Values are as JSON decodes them, with
// numbers as [json.Number] and [Unknown] for what is not known.
type Facts struct {
	// Error is the summary of the first error with which the configuration is
	// refused, "" where it is planned.
	Error string
	// Outputs are the outputs of the configuration.
	Outputs map[string]any
	// Instances are the instances of the resource types that boundlint reads,
	// by address within the configuration, each with its attributes. Those
	// that say nothing are left out: see telling.
	Instances map[string]map[string]any
}

// plan is what is read of a plan in JSON.
type plan struct {
	ResourceChanges []struct {
		Address, Mode, Type string
		Change              change
	} `json:"resource_changes"`
	OutputChanges map[string]change `json:"output_changes"`
}

type change struct {
	Actions      []string
	After        any
	AfterUnknown any `json:"after_unknown"`
}

func readPlan(src []byte) (*plan, error) {
	d := json.NewDecoder(bytes.NewReader(src))
	d.UseNumber()
	p := &plan{}
	return p, d.Decode(p)
}

// facts are what the plan says of one of the cases that are planned together.
func (p *plan) facts(c Case) Facts {
	f := Facts{Outputs: map[string]any{}, Instances: map[string]map[string]any{}}
	for name, x := range p.OutputChanges {
		switch v := merge(x.After, x.AfterUnknown); {
		case c.Root:
			f.Outputs[name] = v
		case name == c.Name:
			f.Outputs, _ = v.(map[string]any)
		}
	}
	for _, r := range p.ResourceChanges {
		address, ours := strings.CutPrefix(r.Address, c.Prefix())
		if !ours || r.Mode != "managed" || !resource.Reads(r.Type, false) || slices.Contains(r.Change.Actions, "delete") {
			continue
		}
		attributes, _ := merge(r.Change.After, r.Change.AfterUnknown).(map[string]any)
		f.Instances[address] = map[string]any{}
		for name, v := range attributes {
			if telling(name, v) {
				f.Instances[address][name] = v
			}
		}
	}
	return f
}

// merge puts what is known after apply into a value.
func merge(after, unknown any) any {
	switch u := unknown.(type) {
	case bool:
		if u {
			return Unknown
		}
	case map[string]any:
		out := map[string]any{}
		if object, ok := after.(map[string]any); ok {
			maps.Copy(out, object)
		}
		for name, x := range u {
			out[name] = merge(out[name], x)
		}
		return out
	case []any:
		list, _ := after.([]any)
		out := make([]any, max(len(u), len(list)))
		copy(out, list)
		for i, x := range u {
			out[i] = merge(out[i], x)
		}
		return out
	}
	return after
}

// telling reports whether an attribute of a resource that is planned is worth
// a line. What nothing depends on is in whole resources, which some outputs
// are.
func telling(name string, v any) bool {
	switch name {
	case "permissions_boundary", "name", "policy":
		return true
	case "path":
		return v != "/"
	case "tags_all", "force_detach_policies", "force_destroy", "max_session_duration":
		return false
	case "id", "arn", "unique_id", "create_date", "policy_id", "name_prefix", "attachment_count", "inline_policy", "managed_policy_arns":
		return v != nil && v != Unknown
	}
	text, _ := v.(string)
	list, isList := v.([]any)
	return v != nil && !strings.Contains(text, `"ec2.amazonaws.com"`) && (!isList || len(list) > 0)
}

// Format is the facts of the cases of a group as text.
func (g Group) Format(answers map[string]Answer) []byte {
	a := &txtar.Archive{Comment: []byte("# What terraform plan says of the configurations in " + g.Name + ".txtar.\n")}
	for _, c := range g.Cases {
		a.Files = append(a.Files, txtar.File{Name: c.Name, Data: []byte(answers[c.Name].Facts.String())})
	}
	return txtar.Format(a)
}

// String is the facts as text: an error, an output, an instance or one of its
// attributes a line.
func (f Facts) String() string {
	var b strings.Builder
	if f.Error != "" {
		fmt.Fprintf(&b, "error %s\n", f.Error)
	}
	for _, name := range slices.Sorted(maps.Keys(f.Outputs)) {
		fmt.Fprintf(&b, "output %s %s\n", name, compact(f.Outputs[name]))
	}
	for _, address := range slices.Sorted(maps.Keys(f.Instances)) {
		b.WriteString(address + "\n")
		for _, name := range slices.Sorted(maps.Keys(f.Instances[address])) {
			fmt.Fprintf(&b, "  %s %s\n", name, compact(f.Instances[address][name]))
		}
	}
	return b.String()
}

func compact(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "null"
	}
	return strings.TrimSpace(b.String())
}

// ParseFacts reads what Format writes, by the name of the case.
func ParseFacts(src []byte) (map[string]Facts, error) {
	all := map[string]Facts{}
	for _, file := range txtar.Parse(src).Files {
		f := Facts{Outputs: map[string]any{}, Instances: map[string]map[string]any{}}
		var attributes map[string]any
		for line := range strings.Lines(string(file.Data)) {
			line = strings.TrimSuffix(line, "\n")
			word, rest, _ := strings.Cut(strings.TrimPrefix(line, "  "), " ")
			var err error
			switch {
			case strings.HasPrefix(line, "  "):
				attributes[word], err = value(rest)
			case word == "error":
				f.Error = rest
			case word == "output":
				name, text, _ := strings.Cut(rest, " ")
				f.Outputs[name], err = value(text)
			default:
				attributes = map[string]any{}
				f.Instances[line] = attributes
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", file.Name, line, err)
			}
		}
		all[file.Name] = f
	}
	return all, nil
}

func value(text string) (any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	err := d.Decode(&v)
	return v, err
}
