package main

import (
	"slices"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/source"
)

// What has to hold for all inputs of a run together.

// reads notes files that were read.
func (in *inputs) reads(files ...string) { in.files = append(in.files, files...) }

// filesOf are the configuration file and the files that it names.
func filesOf(s *lint.Settings) []string {
	files := []string{s.File}
	for _, p := range s.Policies {
		files = append(files, filesOf(p)...)
	}
	for _, b := range s.Boundaries {
		if b.Document != nil {
			files = append(files, b.Document.Location.File)
		}
	}
	for _, p := range s.OrganizationPolicies {
		files = append(files, p.Location.File)
	}
	return files
}

// models are those of all inputs.
func (in *inputs) models() []*iam.Model {
	var all []*iam.Model
	for _, b := range in.batches {
		all = append(all, b.models...)
	}
	return all
}

// nothing reports whether none of the inputs holds anything to judge.
func (in *inputs) nothing() bool {
	return !slices.ContainsFunc(in.models(), func(m *iam.Model) bool { return !m.Input.Nothing })
}

// checkCredentialReport reads a credential report that no account dump of the
// inputs has read: it would be passed over in silence.
func (in *inputs) checkCredentialReport(report string) {
	isDump := func(m *iam.Model) bool { return m.Input.Kind == iam.InputAccount }
	if report == "" || len(in.faults) > 0 || slices.ContainsFunc(in.models(), isDump) {
		return
	}
	if err := source.CheckCredentialReport(report); err != nil {
		in.faults = append(in.faults, err)
		return
	}
	in.remarks = append(in.remarks, lint.Diagnostic{
		Severity: lint.Warning, Input: report,
		Message: "the credential report is not used, because none of the inputs is an account dump",
	})
}

// checkGiven finds the variables that are given on the command line and that
// no root module declares: Terraform refuses them.
func (in *inputs) checkGiven() {
	var common []string
	roots := 0
	for _, m := range in.models() {
		if m.Input.Kind != iam.InputConfig {
			continue
		}
		if roots++; roots == 1 {
			common = slices.Clone(m.Input.Undeclared)
		}
		common = slices.DeleteFunc(common, func(name string) bool { return !slices.Contains(m.Input.Undeclared, name) })
	}
	for _, name := range common {
		in.faults = append(in.faults, usagef("--var %s: no root module among the inputs declares this variable", name))
	}
}

// checkSameAccount tells of inputs that cannot be one account.
func (in *inputs) checkSameAccount() error {
	if len(in.batches) > 1 {
		return usagef("the inputs of one account find different configurations, %s and %s; name one with --config",
			configName(in.batches[0].settings), configName(in.batches[1].settings))
	}
	workspaces := map[string]string{}
	for _, m := range in.models() {
		if other, seen := workspaces[m.Input.Path]; seen && other != m.Input.Workspace {
			return usagef("%s is in two workspaces, %s and %s; with --same-account, name one with --workspace", m.Input.Path, other,
				m.Input.Workspace)
		}
		workspaces[m.Input.Path] = m.Input.Workspace
	}
	return nil
}
