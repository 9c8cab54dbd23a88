package driver

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
)

// nameWorkspace adds to what is undetermined because of terraform.workspace how
// to name the workspace.
func nameWorkspace(f lint.Finding) lint.Finding {
	const reference = "terraform.workspace"
	hides := func(text string) bool { return strings.Contains(text, reference) }
	if f.Verdict == lint.Undetermined && slices.ContainsFunc([]string{f.Message, f.Because, f.HiddenBy}, hides) {
		f.Remediation = strings.TrimSuffix("Name the workspace with --workspace or TF_WORKSPACE, or have each of them judged: "+
			"workspaces = [\"NAME\"] in .boundlint.hcl.\n\n"+f.Remediation, "\n\n")
	}
	return f
}

// mergeWorkspaces makes one finding of the same fault in several workspaces of
// a root module, and has every finding of such a root module say in which of
// them it holds. A root module that is judged in one workspace, or that does
// not ask for its name, is left as it is.
func (r *run) mergeWorkspaces(found []lint.Finding) []lint.Finding {
	workspaces := map[string][]string{} // by the path of the root module
	for _, m := range r.models {
		if m.Input.Workspace != "" && m.Input.Kind == iam.InputConfig {
			if names := workspaces[m.Input.Path]; !slices.Contains(names, m.Input.Workspace) {
				workspaces[m.Input.Path] = append(names, m.Input.Workspace)
			}
		}
	}
	var out []lint.Finding
	byKey, byPlace := map[workspaceFault]int{}, map[workspaceFault][]int{}
	for _, f := range found {
		if f.Rule == lint.ExemptionExpired || f.Rule == lint.ExemptionUnused || f.Input >= len(r.models) {
			out = append(out, f)
			continue
		}
		in := r.models[f.Input].Input
		if len(workspaces[in.Path]) < 2 {
			out = append(out, f)
			continue
		}
		f.Workspaces = []string{in.Workspace}
		cause := f.Cause
		if cause == lint.PlaceCause(f.Location) {
			cause = "" // each workspace may have a line of its own
		}
		key := workspaceFault{
			in.Path + "\x00" + string(in.Tool), f.Rule, f.Address, f.Attribute, f.Verdict, f.Key + "\x00" + cause,
			f.Fix.Actions(), "", 0, 0,
		}
		place := key
		place.key, place.file, place.line, place.column = "", f.Location.File, f.Location.Range.Start.Line, f.Location.Range.Start.Column
		// What tells faults of one kind apart may hold what differs by the
		// workspace: a name, an ARN. Those in one place are then one fault.
		at, same := byKey[key]
		if !same {
			at = slices.IndexFunc(byPlace[place], func(i int) bool { return !slices.Contains(out[i].Workspaces, in.Workspace) })
			if same = at >= 0; same {
				at = byPlace[place][at]
			}
		}
		if same {
			out[at] = inWorkspaceToo(out[at], f)
			continue
		}
		byKey[key] = len(out)
		byPlace[place] = append(byPlace[place], len(out))
		out = append(out, f)
	}
	for i := range out {
		if f := &out[i]; len(f.Workspaces) > 0 {
			f.Message += fmt.Sprintf(" This holds in %s.", workspaceNames(f.Workspaces))
		}
	}
	return out
}

// workspaceFault is what one fault in several workspaces has in common: what
// tells it apart at its address, or its place.
type workspaceFault struct {
	path, rule, address, attribute string
	verdict                        lint.Verdict
	key                            string
	// denied are the actions that the fix denies: where a statement grants
	// something else in each workspace, each has a fault of its own.
	denied       string
	file         string
	line, column int
}

// inWorkspaceToo adds to a finding that it holds in another workspace.
func inWorkspaceToo(f, other lint.Finding) lint.Finding {
	f.Severity = max(f.Severity, other.Severity)
	if without(other.Message, other.Workspaces[0]) != without(f.Message, f.Workspaces[0]) {
		f.Related = append(slices.Clone(f.Related), lint.Related{
			Address: other.Address, Location: other.Location,
			Message: fmt.Sprintf("in %s: %s", workspaceNames(other.Workspaces), other.Message),
		})
	}
	for _, related := range other.Related {
		if !slices.ContainsFunc(f.Related, func(r lint.Related) bool { return sameRelated(r, related) }) {
			f.Related = append(slices.Clone(f.Related), related)
		}
	}
	f.Workspaces = append(f.Workspaces, other.Workspaces...)
	return f
}

// without is a message without the name of its workspace: what differs by that
// alone says nothing new.
func without(message, workspace string) string { return strings.ReplaceAll(message, workspace, "\x00") }

// workspaceNames names workspaces in a sentence.
func workspaceNames(names []string) string {
	if len(names) == 1 {
		return "the workspace " + names[0]
	}
	return "the workspaces " + phrase.Series(names)
}
