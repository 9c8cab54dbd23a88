package results

import (
	"iter"

	"github.com/boundlint/boundlint/lint"
)

// Input is a row of the table of inputs: one for each input of a report, whether
// or not something was found in it, so that what was not looked at is not taken
// for what is clean.
type Input struct {
	Run
	Place
	// why it is not complete
	Reasons []string `json:"reasons" parquet:"reasons,list"`
	// the version of Terraform that wrote it
	TerraformVersion *string `json:"terraform_version" parquet:"terraform_version,optional,dict"`
	// `terraform` or `opentofu`, where the two read different files of a directory
	Tool *string `json:"tool" parquet:"tool,optional,dict"`
	// how many roles, users and permission sets were judged
	Entities int32 `json:"entities" parquet:"entities"`
	// how many findings are violations
	Violations int32 `json:"violations" parquet:"violations"`
	// how many are undetermined
	Undetermined int32 `json:"undetermined" parquet:"undetermined"`
	// how many are suppressed
	Suppressed int32 `json:"suppressed" parquet:"suppressed"`
	// what it does not contain and was not checked, in sentences
	Beyond []string `json:"beyond" parquet:"beyond,list"`
	// whether everything in it was looked at
	Covered bool `json:"covered" parquet:"covered"`
	// directories with configuration that were not judged
	UnreadDirectories []string `json:"unread_directories" parquet:"unread_directories,list"`
	// addresses of module calls that were not followed
	UnfollowedCalls []string `json:"unfollowed_calls" parquet:"unfollowed_calls,list"`
	// addresses of CloudFormation stacks that may make roles
	Stacks []string `json:"stacks" parquet:"stacks,list"`
	// policies in use whose document is not known
	UnknownPolicies []string `json:"unknown_policies" parquet:"unknown_policies,list"`
	// boundaries in use whose document is not known
	UnknownBoundaries []string `json:"unknown_boundaries" parquet:"unknown_boundaries,list"`
	// the configuration files in force in its report
	Configuration []ConfigurationFile `json:"configuration" parquet:"configuration,list"`
}

// ConfigurationFile is a configuration file in force.
type ConfigurationFile struct {
	// its path
	File string `json:"file" parquet:"file,dict"`
	// the SHA-256 digest of its content
	Digest string `json:"sha256" parquet:"sha256,dict"`
	// the rules that do not run because of it
	Off []string `json:"off" parquet:"off,list"`
}

// Inputs are the rows of the inputs of a report, in its order.
func Inputs(r *lint.Report, o Options) iter.Seq[*Input] {
	return func(yield func(*Input) bool) {
		t := newTable(r, o)
		configuration := make([]ConfigurationFile, 0, len(r.InForce.Configurations))
		for i := range r.InForce.Configurations {
			c := &r.InForce.Configurations[i]
			configuration = append(configuration, ConfigurationFile{text(c.File), text(c.Digest), texts(c.Off)})
		}
		violations, undetermined, suppressed := countsOf(r)
		for i := range r.Inputs {
			in := &r.Inputs[i]
			c := &in.Coverage
			row := &Input{
				Run: t.run, Place: t.place(i, ""), Reasons: texts(in.Reasons),
				TerraformVersion: known(in.TerraformVersion), Tool: known(string(in.Tool)),
				Entities: count(len(in.Entities)), Violations: violations[i], Undetermined: undetermined[i], Suppressed: suppressed[i],
				Beyond: texts(in.Beyond), Covered: len(c.Unread)+len(c.Unfollowed)+len(c.Stacks)+len(c.Policies)+len(c.Boundaries) == 0,
				UnreadDirectories: texts(c.Unread), UnfollowedCalls: texts(c.Unfollowed), Stacks: texts(c.Stacks),
				UnknownPolicies: texts(c.Policies), UnknownBoundaries: texts(c.Boundaries), Configuration: configuration,
			}
			if !yield(row) {
				return
			}
		}
	}
}

// countsOf counts the findings of each input as the summary of the report does.
func countsOf(r *lint.Report) (violations, undetermined, suppressed map[int]int32) {
	violations, undetermined, suppressed = map[int]int32{}, map[int]int32{}, map[int]int32{}
	for i := range r.Findings {
		switch f := &r.Findings[i]; {
		case !f.Counted():
		case f.Verdict == lint.Undetermined:
			undetermined[f.Input]++
		default:
			violations[f.Input]++
		}
	}
	for i := range r.Suppressed {
		suppressed[r.Suppressed[i].Finding.Input]++
	}
	return violations, undetermined, suppressed
}
