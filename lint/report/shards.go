package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
)

// MergeShards makes the reports of the shards of one run the report of the whole run, in
// whichever order they are. The error says which shard is missing, or that they are
// not of one run.
func MergeShards(shards []*lint.Report) (*lint.Report, error) {
	shards = slices.Clone(shards)
	slices.SortStableFunc(shards, func(a, b *lint.Report) int { return cmp.Compare(a.Shard.Index, b.Shard.Index) })
	if err := checkShards(shards); err != nil {
		return nil, err
	}
	out := Merge(shards...)
	out.Shard = nil
	out.Inputs = slices.Clone(shards[0].Inputs)
	judging := make([]*lint.Report, len(out.Inputs)) // the shard that judges each input
	for i := range out.Inputs {
		at := slices.IndexFunc(shards, func(r *lint.Report) bool { return !r.Inputs[i].Elsewhere })
		if at < 0 {
			return nil, fmt.Errorf("no shard judges %s", out.Inputs[i].Path)
		}
		judging[i], out.Inputs[i] = shards[at], shards[at].Inputs[i]
	}
	out.Findings, out.Suppressed = nil, nil
	for i, r := range judging {
		out.Findings = append(out.Findings, ofInput(r.Findings, i)...)
		for _, s := range r.Suppressed {
			if s.Finding.Input == i {
				out.Suppressed = append(out.Suppressed, s)
			}
		}
	}
	out.Findings = distinctLoosened(out.Findings)
	for _, f := range unusedInAll(shards) {
		at := slices.IndexFunc(out.Findings, func(other lint.Finding) bool { return lint.CompareFindings(f, other) < 0 })
		if at < 0 {
			at = len(out.Findings)
		}
		out.Findings = slices.Insert(out.Findings, at, f)
	}
	out.Diagnostics = mergeDiagnostics(shards, out.Inputs)
	out.Count()
	out.Cover()
	return out, nil
}

// checkShards reports whether reports are those of all shards of one run.
func checkShards(shards []*lint.Report) error {
	first := shards[0]
	of := first.Shard.Of
	have := make([]bool, of+1)
	for _, r := range shards {
		switch k := r.Shard.Index; {
		case r.Shard.Of != of:
			return fmt.Errorf("shards of different runs: %d/%d and %d/%d", first.Shard.Index, of, k, r.Shard.Of)
		case have[k]:
			return fmt.Errorf("the shard %d/%d is there twice", k, of)
		case r.Tool.Version != first.Tool.Version:
			return fmt.Errorf("the shards %d/%d and %d/%d are of different versions of boundlint", first.Shard.Index, of, k, of)
		case !slices.EqualFunc(r.Inputs, first.Inputs, sameInput):
			return fmt.Errorf("the shards %d/%d and %d/%d were given different inputs", first.Shard.Index, of, k, of)
		case !sameConfigurations(&r.InForce, &first.InForce):
			return fmt.Errorf("the shards %d/%d and %d/%d were judged under different configurations: %s, and %s", first.Shard.Index, of, k, of,
				configurationsOf(&first.InForce), configurationsOf(&r.InForce))
		default:
			have[k] = true
		}
	}
	var missing []string
	for k := 1; k <= of; k++ {
		if !have[k] {
			missing = append(missing, fmt.Sprintf("%d/%d", k, of))
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("the reports of the shards %s are missing", strings.Join(missing, ", "))
	}
	return nil
}

func sameInput(a, b lint.InputSummary) bool {
	return a.Path == b.Path && a.Kind == b.Kind && a.Root == b.Root && a.Workspace == b.Workspace && a.Tool == b.Tool
}

// sameConfigurations reports whether the same files, with the same content, decided what
// two shards say.
func sameConfigurations(a, b *lint.InForce) bool {
	return slices.Equal(a.Exclude, b.Exclude) && slices.EqualFunc(a.Configurations, b.Configurations, func(x, y lint.Configuration) bool {
		return x.FileDigest == y.FileDigest && x.Policy == y.Policy && slices.Equal(x.Documents, y.Documents) && slices.Equal(x.Off, y.Off) &&
			slices.Equal(x.Lowered, y.Lowered)
	})
}

// configurationsOf names the files with their digests, of which only the beginning is
// shown, as Git does it.
func configurationsOf(f *lint.InForce) string {
	const shown = 12
	var names []string
	for _, c := range f.Configurations {
		names = append(names, fmt.Sprintf("%s (%s)", c.File, c.Digest[:min(shown, len(c.Digest))]))
	}
	for _, glob := range f.Exclude {
		names = append(names, "without "+glob)
	}
	if len(names) == 0 {
		return "no file"
	}
	return strings.Join(names, ", ")
}

// distinctLoosened leaves one of the findings about an entry that a policy forbids: each
// shard in which it would leave something out has it.
func distinctLoosened(all []lint.Finding) []lint.Finding {
	type entry struct{ address, message, file string }
	seen := map[entry]bool{}
	return slices.DeleteFunc(all, func(f lint.Finding) bool {
		if f.Rule != lint.PolicyLoosened {
			return false
		}
		key := entry{f.Address, f.Message, fmt.Sprintf("%s:%d", f.Location.File, f.Location.Range.Start.Line)}
		again := seen[key]
		seen[key] = true
		return again
	})
}

// unusedInAll are the findings about what matches nothing that all shards have.
func unusedInAll(shards []*lint.Report) []lint.Finding {
	same := func(a, b *lint.Finding) bool {
		return a.Address == b.Address && a.Message == b.Message && iam.CompareLocations(a.Location, b.Location) == 0
	}
	return slices.DeleteFunc(slices.Clone(shards[0].Shard.Unused), func(f lint.Finding) bool {
		return slices.ContainsFunc(shards[1:], func(r *lint.Report) bool {
			return !slices.ContainsFunc(r.Shard.Unused, func(other lint.Finding) bool { return same(&f, &other) })
		})
	})
}

// mergeDiagnostics are those about the reading, which all shards have, and after them
// those about the judging, in the order of the inputs.
func mergeDiagnostics(shards []*lint.Report, inputs []lint.InputSummary) []lint.Diagnostic {
	var reading, judging []lint.Diagnostic
	for i, r := range shards {
		for _, d := range r.Diagnostics {
			switch {
			case d.Judging:
				judging = append(judging, d)
			case i == 0:
				reading = append(reading, d)
			}
		}
	}
	place := func(d lint.Diagnostic) int {
		return slices.IndexFunc(inputs, func(in lint.InputSummary) bool { return in.Path == d.Input })
	}
	slices.SortStableFunc(judging, func(a, b lint.Diagnostic) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), strings.Compare(a.Message, b.Message))
	})
	return append(reading, judging...)
}

// ownInputs reports a shard without the inputs that other shards judge: whoever reads
// it by itself is told of what it judged.
type ownInputs struct{ Reporter }

func (o ownInputs) Report(w io.Writer, r *lint.Report, options Options) error {
	return o.Reporter.Report(w, ownReport(r), options)
}

func ownReport(r *lint.Report) *lint.Report {
	if r.Shard == nil {
		return r
	}
	out := *r
	out.Inputs, out.Findings, out.Suppressed, out.Took = nil, nil, nil, nil
	number := make([]int, len(r.Inputs))
	for i := range r.Inputs {
		number[i] = len(out.Inputs)
		if !r.Inputs[i].Elsewhere {
			out.Inputs = append(out.Inputs, r.Inputs[i])
		}
	}
	if len(out.Inputs) == 0 {
		// It judges nothing, and says what is to be said of the run.
		return &out
	}
	home := func(i int) int {
		if r.Inputs[i].Elsewhere {
			return 0 // it is of the run as such
		}
		return number[i]
	}
	for _, f := range r.Findings {
		f.Input = home(f.Input)
		out.Findings = append(out.Findings, f)
	}
	for _, s := range r.Suppressed {
		s.Finding.Input = home(s.Finding.Input)
		out.Suppressed = append(out.Suppressed, s)
	}
	return &out
}
