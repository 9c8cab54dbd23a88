// Package results turns reports into rows of three tables (findings, entities and
// inputs), for questions over many accounts and repositories in DuckDB, Athena
// and their like, and writes them as NDJSON and as Parquet. The columns are a
// contract, docs/results.md: within a version of the schema none goes away or
// changes its meaning.
package results

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// SchemaVersion is the version of the columns of all tables. It changes when a
// column changes its meaning or goes away, not when one is added.
const SchemaVersion = 1

// Options are what rows cannot know from the report.
type Options struct {
	// Run is the name of the run, "" for none.
	Run string
	// Now is when the report is made; a zero time leaves it out.
	Now time.Time
}

// Run is what all rows of a run have in common.
type Run struct {
	// the version of these columns
	SchemaVersion int32 `json:"schema_version" parquet:"schema_version"`
	// the version of boundlint that judged
	ToolVersion string `json:"tool_version" parquet:"tool_version,dict"`
	// the name of the run, as `--run` gives it
	RunName *string `json:"run" parquet:"run,optional,dict"`
	// when the row was written, in UTC; `SOURCE_DATE_EPOCH` sets it
	Time *time.Time `json:"time" parquet:"time,optional,timestamp(millisecond)"`
}

// Place is the input that a row is of, and the account.
type Place struct {
	// the account: that of the ARN in `address`, else that of the input; null where it is not known
	Account *string `json:"account" parquet:"account,optional,dict"`
	// the name of the account in its organization; null where the input does not tell it
	AccountName *string `json:"account_name" parquet:"account_name,optional,dict"`
	// the place of the account in its organization, as in `aws:PrincipalOrgPaths`; null where it is not known
	OrganizationPath *string `json:"organization_path" parquet:"organization_path,optional,dict"`
	// `aws`, `aws-cn` or `aws-us-gov`; null where the input does not tell it
	Partition *string `json:"aws_partition" parquet:"aws_partition,optional,dict"`
	// the region that the input is deployed to; null where it does not tell it
	Region *string `json:"region" parquet:"region,optional,dict"`
	// the path of the input as it was named, `-` for standard input
	InputPath string `json:"input" parquet:"input,dict"`
	// `plan`, `state`, `config` or `account`
	InputKind string `json:"input_kind" parquet:"input_kind,dict"`
	// false for a plan that says so or that errored
	InputComplete bool `json:"input_complete" parquet:"input_complete"`
	// the root module
	Root string `json:"root" parquet:"root,dict"`
	// the workspace that a configuration was judged in; null where it asks for none
	Workspace *string `json:"workspace" parquet:"workspace,optional,dict"`
}

// address names a resource of a report: the same address in two inputs is two.
type address struct {
	input int
	text  string
}

// table is what the rows of a report are made of.
type table struct {
	report   *lint.Report
	run      Run
	places   []Place
	rules    map[string]*lint.Rule
	entities map[address]*lint.EntitySummary
	// members are the inputs that tell of an account, by its id.
	members map[string]int
}

func newTable(r *lint.Report, o Options) *table {
	t := &table{
		report: r, run: Run{SchemaVersion: SchemaVersion, ToolVersion: text(r.Tool.Version), RunName: known(o.Run)},
		rules: map[string]*lint.Rule{}, entities: map[address]*lint.EntitySummary{}, members: map[string]int{},
	}
	// RFC 3339, and with it JSON, has years of four digits.
	if at := o.Now.UTC().Truncate(time.Millisecond); !at.IsZero() && at.Year() <= 9999 {
		t.run.Time = &at
	}
	for _, rule := range r.Rules {
		t.rules[rule.ID] = rule
	}
	for i := range r.Inputs {
		in := &r.Inputs[i]
		t.places = append(t.places, Place{
			Account: known(in.Account), AccountName: known(in.AccountName), OrganizationPath: known(in.OrganizationPath),
			Partition: known(in.Partition), Region: known(in.Region),
			InputPath: text(in.Path), InputKind: text(string(in.Kind)), InputComplete: in.Complete,
			Root: text(in.Root), Workspace: known(in.Workspace),
		})
		if _, told := t.members[in.Account]; !told && in.Kind == iam.InputAccount {
			t.members[in.Account] = i
		}
		for j := range in.Entities {
			e := &in.Entities[j]
			t.entities[address{i, e.Address}] = e
		}
	}
	return t
}

// place is where a resource of an input is. Its ARN tells the account better than
// the input, which may speak of several.
func (t *table) place(input int, of string) Place {
	var out Place
	if input >= 0 && input < len(t.places) {
		out = t.places[input]
	}
	account := arnAccount(of)
	if account == "" || out.Account != nil && *out.Account == account {
		return out
	}
	out.Account, out.AccountName, out.OrganizationPath = &account, nil, nil
	if i, told := t.members[account]; told {
		out.AccountName, out.OrganizationPath = t.places[i].AccountName, t.places[i].OrganizationPath
	}
	return out
}

// accountOf is the account of an address that a finding of an input names.
func (t *table) accountOf(input int, of string) *string {
	if account := arnAccount(of); account != "" {
		return &account
	}
	if strings.HasPrefix(of, "arn:") || input < 0 || input >= len(t.places) {
		return nil
	}
	return t.places[input].Account
}

// arnAccount is the account in an ARN, "" in any other text.
func arnAccount(s string) string {
	parts := strings.SplitN(s, ":", 6)
	if len(parts) == 6 && parts[0] == "arn" && policy.IsAccountID(parts[4]) {
		return parts[4]
	}
	return ""
}

// resourceType is the type of a resource as its address or ARN has it, "" where
// neither does.
func resourceType(s string) string {
	if parts := strings.SplitN(s, ":", 6); len(parts) == 6 && parts[0] == "arn" {
		kind, _, typed := strings.Cut(parts[5], "/")
		if !typed {
			kind, _, typed = strings.Cut(parts[5], ":")
		}
		if !typed {
			return parts[2]
		}
		return parts[2] + ":" + kind
	}
	rest := s
	for {
		name, after, nested := strings.Cut(rest, ".")
		switch {
		case !nested:
			return ""
		case name == "module":
			if rest = afterStep(after); rest == "" {
				return ""
			}
		case name == "data":
			rest = after
		default:
			return name
		}
	}
}

// afterStep is what follows the name of a module and its key: the key of a
// for_each may hold dots, brackets and quotes.
func afterStep(s string) string {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case quoted && s[i] == '\\':
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == '.' && !quoted:
			return s[i+1:]
		}
	}
	return ""
}

// text is a text that both formats can hold. A string of Parquet is UTF-8, as is
// one of JSON; what is not becomes U+FFFD, each byte by itself, as the json format
// has it.
func text(s string) string {
	for i, r := range s {
		if r == '\uFFFD' && !strings.HasPrefix(s[i:], "\uFFFD") {
			return string([]rune(s))
		}
	}
	return s
}

// known is null for "".
func known(s string) *string {
	if s == "" {
		return nil
	}
	s = text(s)
	return &s
}

// texts is never nil: a list of the tables is never null.
func texts(list []string) []string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		out = append(out, text(s))
	}
	return out
}

// count is a number of a report, which may have been made up, in 32 bits.
func count(n int) int32 { return int32(min(max(n, math.MinInt32), math.MaxInt32)) }

// number is a decimal number from 0 to 10, null for any other text.
func number(s string) *float64 {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || !(n >= 0 && n <= 10) {
		return nil
	}
	return &n
}
