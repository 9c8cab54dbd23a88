package driver

import (
	"slices"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
)

// mergeReadings says once what is found in both readings of a root module of
// which Terraform and OpenTofu read different files (see [iam.Input.Tool]), and
// of what is found in one of them, in which.
func (r *run) mergeReadings(found []lint.Finding) []lint.Finding {
	type same struct {
		input                             int
		rule, address, attribute, key, of string
		verdict                           lint.Verdict
		severity                          lint.Severity
	}
	identity := func(f lint.Finding, input int) same {
		return same{input, f.Rule, f.Address, f.Attribute, f.Key, f.Message, f.Verdict, f.Severity}
	}
	has := map[same]bool{}
	for _, f := range found {
		has[identity(f, f.Input)] = true
	}
	var out []lint.Finding
	for _, f := range found {
		other, ok := r.otherReading(f.Input)
		if !ok {
			out = append(out, f)
			continue
		}
		tool, otherTool := r.models[f.Input].Input.Tool, r.models[other].Input.Tool
		switch both := has[identity(f, other)]; {
		case both && tool == iam.OpenTofu:
			continue
		case !both:
			f.Message += " This holds as " + tool.Name() + " reads the configuration, and not as " + otherTool.Name() + " does."
		}
		out = append(out, f)
	}
	return out
}

// otherReading is the input that is the same root module as the other tool
// reads it.
func (r *run) otherReading(input int) (int, bool) {
	if input >= len(r.models) || r.models[input].Input.Tool == "" {
		return 0, false
	}
	in := r.models[input].Input
	other := slices.IndexFunc(r.models, func(m *iam.Model) bool {
		return m.Input.Tool != "" && m.Input.Tool != in.Tool && m.Input.Path == in.Path && m.Input.Workspace == in.Workspace
	})
	return other, other >= 0
}

// isCounted reports whether an address of an input is counted with its other
// reading.
func (r *run) isCounted(input int, has func(m *iam.Model) bool) bool {
	other, ok := r.otherReading(input)
	return ok && r.models[input].Input.Tool == iam.OpenTofu && has(r.models[other])
}
