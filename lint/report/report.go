// Package report turns a [lint.Report] into bytes: text for people, and the
// formats that other programs read. Every reporter is a pure function of the
// report and its [Options]: equal reports give equal bytes.
package report

import (
	"io"
	"slices"
	"time"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/results"
)

// Reporter writes a report in one format.
type Reporter interface {
	// Report writes the whole report. An error is one of the writer, or says
	// that the format cannot express the report.
	Report(w io.Writer, r *lint.Report, o Options) error
}

// Options are what a reporter cannot know from the report. The zero value is
// good for tests and for files.
type Options struct {
	// Color permits colour in the text format.
	Color bool
	// Width is the number of columns that the text format wraps at; 0 means
	// 100, and less than 40 means 40.
	Width int
	// Base is the directory that the paths of sarif and github are relative
	// to, the root of the repository. Dir is the directory that the files of
	// locations are relative to, the working directory. Where one of them is
	// "", files are taken to be relative to Base already.
	Base, Dir string
	// Now is the date that reports bear; a zero time leaves it out where the
	// format permits that.
	Now time.Time
	// Verbose lists in full what text otherwise shortens with a count.
	Verbose bool
	// FailOn is the severity from which on junit counts a finding as a
	// failure.
	FailOn lint.Severity
	// Suppressed has sarif contain suppressed findings, marked as such. GitHub
	// does not honour the mark and would open an alert for each.
	Suppressed bool
	// Region is the AWS region whose Security Hub asff is written for, where an
	// input does not tell its own; "" means that of IAM in its partition.
	Region string
	// Account stands in asff for the account of an input that does not tell
	// its own.
	Account string
	// Run is the name of the run that the rows of tables bear, "" for none.
	Run string
}

// reporterFunc is a Reporter without state.
type reporterFunc func(io.Writer, *lint.Report, Options) error

func (f reporterFunc) Report(w io.Writer, r *lint.Report, o Options) error { return f(w, r, o) }

// format is a Reporter and its name.
type format struct {
	name     string
	reporter Reporter
}

// formats lists all formats in the order in which help shows them.
func formats() []format {
	all := []format{
		{"text", reporterFunc(reportText)},
		{"compact", reporterFunc(reportCompact)},
		{"json", reporterFunc(reportJSON)},
		{"sarif", reporterFunc(reportSARIF)},
		{"github", reporterFunc(reportGitHub)},
		{"gitlab", reporterFunc(reportGitLab)},
		{"junit", reporterFunc(reportJUnit)},
		{"checkstyle", reporterFunc(reportCheckstyle)},
		{"markdown", reporterFunc(reportMarkdown)},
		{"html", reporterFunc(reportHTML)},
		{"asff", reporterFunc(reportASFF)},
		{"ocsf", reporterFunc(reportOCSF)},
	}
	for _, table := range results.Formats() {
		all = append(all, format{table.Name, reporterFunc(func(w io.Writer, r *lint.Report, o Options) error {
			rows := table.Open(w, o.rows())
			if err := rows.Add(r); err != nil {
				return err
			}
			return rows.Close()
		})})
	}
	return all
}

// rows are the options of tables.
func (o Options) rows() results.Options { return results.Options{Run: o.Run, Now: o.Now} }

// IsTable reports whether a format is a table: rows of one kind for a database,
// which tell of nothing else that is in the report.
func IsTable(name string) bool {
	_, ok := tableNamed(name)
	return ok
}

// IsBinary reports whether a format is not for a terminal.
func IsBinary(name string) bool {
	table, ok := tableNamed(name)
	return ok && table.Binary
}

// OpenTable begins a table, to which reports are added one after the other; false
// where the format is not one.
func OpenTable(name string, w io.Writer, o Options) (results.Writer, bool) {
	table, ok := tableNamed(name)
	if !ok {
		return nil, false
	}
	return table.Open(w, o.rows()), true
}

func tableNamed(name string) (results.Format, bool) {
	all := results.Formats()
	i := slices.IndexFunc(all, func(f results.Format) bool { return f.Name == name })
	if i < 0 {
		return results.Format{}, false
	}
	return all[i], true
}

// ByName returns the reporter of a format.
func ByName(name string) (Reporter, bool) {
	for _, f := range formats() {
		if f.name == name {
			if name != "json" { // which holds what the shards of a run are merged from
				return ownInputs{f.reporter}, true
			}
			return f.reporter, true
		}
	}
	return nil, false
}

// Names are the names of the formats.
func Names() []string {
	var names []string
	for _, f := range formats() {
		names = append(names, f.name)
	}
	return names
}

// worstFirst orders findings by falling severity and otherwise leaves them as
// they are.
func worstFirst(findings []lint.Finding) []lint.Finding {
	sorted := slices.Clone(findings)
	slices.SortStableFunc(sorted, func(a, b lint.Finding) int {
		return int(b.Severity) - int(a.Severity)
	})
	return sorted
}

// ofInput are the findings of one input.
func ofInput(findings []lint.Finding, input int) []lint.Finding {
	var out []lint.Finding
	for _, f := range findings {
		if f.Input == input {
			out = append(out, f)
		}
	}
	return out
}

// rulesByID indexes the rules of a report.
func rulesByID(r *lint.Report) map[string]*lint.Rule {
	byID := map[string]*lint.Rule{}
	for _, rule := range r.Rules {
		byID[rule.ID] = rule
	}
	return byID
}

// where names a resource of a report: the same address in two inputs is two.
type where struct {
	input   int
	address string
}

// entitiesByAddress indexes the entities of all inputs.
func entitiesByAddress(r *lint.Report) map[where]*lint.EntitySummary {
	index := map[where]*lint.EntitySummary{}
	for i := range r.Inputs {
		for j := range r.Inputs[i].Entities {
			e := &r.Inputs[i].Entities[j]
			index[where{i, e.Address}] = e
		}
	}
	return index
}

// homes tells in which account dump an ARN is that a finding names: trusts
// cross accounts, and so do the steps of an escalation.
type homes map[string]int

func homesOf(r *lint.Report) homes {
	h := homes{}
	for i := range r.Inputs {
		if in := &r.Inputs[i]; in.Kind == iam.InputAccount {
			for j := range in.Entities {
				if _, known := h[in.Entities[j].Address]; !known {
					h[in.Entities[j].Address] = i
				}
			}
		}
	}
	return h
}

// of is where an address is that a finding of an input names.
func (h homes) of(r *lint.Report, input int, address string) where {
	if input >= 0 && input < len(r.Inputs) && r.Inputs[input].Kind == iam.InputAccount && arnAccount(address) != r.Inputs[input].Account {
		if i, known := h[address]; known {
			return where{i, address}
		}
	}
	return where{input, address}
}

// homepage is where the program lives; pages of rules are below it.
const homepage = "https://github.com/boundlint/boundlint"

// RulePage is the address of a rule's page.
func RulePage(id string) string { return homepage + "/blob/main/rules/" + id + ".md" }
