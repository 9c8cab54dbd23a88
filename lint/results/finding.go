package results

import (
	"iter"
	"maps"
	"slices"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
)

// Finding is a row of the table of findings: one for each finding of a report,
// and one for each that is suppressed. The comments of its fields are what
// docs/results.md says of the columns.
type Finding struct {
	Run
	Place
	// the rule that found it
	Rule string `json:"rule" parquet:"rule,dict"`
	// the group of the rule: `first leg`, `second leg`, `third leg`, `hygiene` or `run`
	Leg *string `json:"leg" parquet:"leg,optional,dict"`
	// `boundary`, `naming` or `escalation`; null for most rules
	Topic *string `json:"topic" parquet:"topic,optional,dict"`
	// the security-severity of the rule, from 0 to 10
	Security *float64 `json:"security" parquet:"security,optional"`
	// the items of compliance catalogues that the rule belongs to
	Controls []string `json:"controls" parquet:"controls,list"`
	// `violation`, or `undetermined` where the input does not tell
	Verdict string `json:"verdict" parquet:"verdict,dict"`
	// `error`, `warning` or `note`
	Severity string `json:"severity" parquet:"severity,dict"`
	// whom it is about: the resource address of Terraform, the ARN in an account dump
	Address string `json:"address" parquet:"address"`
	// the attribute inside the resource; null for the whole
	Attribute *string `json:"attribute" parquet:"attribute,optional,dict"`
	// the type in the address: `aws_iam_role`; of an ARN its service and type: `iam:role`
	ResourceType *string `json:"resource_type" parquet:"resource_type,optional,dict"`
	// `role`, `user` or `permission-set`, where the address is that of an entity
	EntityKind *string `json:"entity_kind" parquet:"entity_kind,optional,dict"`
	// the name of that entity
	EntityName *string `json:"entity_name" parquet:"entity_name,optional"`
	// the ARN of that entity, where it is wholly known
	EntityARN *string `json:"entity_arn" parquet:"entity_arn,optional"`
	// the boundary of that entity, unknown parts in angle brackets; null for none
	Boundary *string `json:"boundary" parquet:"boundary,optional,dict"`
	// one sentence that says who can do what, or what is missing
	Message string `json:"message" parquet:"message"`
	// what to write
	Remediation string `json:"remediation" parquet:"remediation,dict"`
	// where to fix it; null where the input has no configuration
	File *string `json:"file" parquet:"file,optional,dict"`
	// from 1
	Line *int32 `json:"start_line" parquet:"start_line,optional"`
	// from 1, in bytes
	Column *int32 `json:"start_column" parquet:"start_column,optional"`
	// the line of the place after the last byte
	EndLine *int32 `json:"end_line" parquet:"end_line,optional"`
	// the column of the place after the last byte
	EndColumn *int32 `json:"end_column" parquet:"end_column,optional"`
	// the module calls through which the place is reached, the innermost first
	Calls []Location `json:"calls" parquet:"calls,list"`
	// survives line moves, reordering and `moved` blocks; differs between roots
	Fingerprint string `json:"fingerprint" parquet:"fingerprint"`
	// findings of one input with the same cause are fixed by one change
	Cause *string `json:"cause" parquet:"cause,optional"`
	// the granting statement in canonical JSON
	Excerpt *string `json:"excerpt" parquet:"excerpt,optional,dict"`
	// the workspaces in which it holds, where the root module is judged in several
	Workspaces []string `json:"workspaces" parquet:"workspaces,list"`
	// whether it is suppressed, and so is no finding of the report
	Suppressed bool `json:"suppressed" parquet:"suppressed"`
	// `exemption`, `ignore`, `baseline` or `revision`; null where it is not suppressed
	SuppressedBy *string `json:"suppressed_by" parquet:"suppressed_by,optional,dict"`
	// the reason as it is written there
	SuppressedReason *string `json:"suppressed_reason" parquet:"suppressed_reason,optional,dict"`
	// the file of what suppresses it
	SuppressedFile *string `json:"suppressed_file" parquet:"suppressed_file,optional,dict"`
	// a request that AWS would allow; null where the finding is not a question of permissions
	Witness *Witness `json:"witness" parquet:"witness,optional"`
	// the chain of an escalation
	Steps []Step `json:"steps" parquet:"steps,list"`
	// the ids of the techniques of its steps, in their order
	Techniques []string `json:"techniques" parquet:"techniques,list"`
	// where the chain ends: the address of the last step's target
	Target *string `json:"target" parquet:"target,optional"`
	// the account of the target
	TargetAccount *string `json:"target_account" parquet:"target_account,optional,dict"`
	// other places that have part in it
	Related []Related `json:"related" parquet:"related,list"`
}

// Location is a place in a file.
type Location struct {
	// relative to the working directory, slash-separated
	File string `json:"file" parquet:"file,dict"`
	// from 1
	Line int32 `json:"start_line" parquet:"start_line"`
	// from 1, in bytes
	Column int32 `json:"start_column" parquet:"start_column"`
}

// Witness is a request that AWS would allow. The keys of a map would become
// columns of their own where NDJSON is read without a schema, and the order of a
// map is not fixed: the context is a list.
type Witness struct {
	// who asks
	Principal string `json:"principal" parquet:"principal"`
	// for what
	Action string `json:"action" parquet:"action,dict"`
	// on what
	Resource string `json:"resource" parquet:"resource"`
	// the condition keys that matter, sorted
	Context []Key `json:"context" parquet:"context,list"`
	// condition keys that must not be in the request
	Absent []string `json:"absent" parquet:"absent,list"`
}

// Key is a condition key of a request.
type Key struct {
	// the condition key
	Key string `json:"key" parquet:"key,dict"`
	// its values
	Values []string `json:"value" parquet:"value,list"`
}

// Step is one step of an escalation.
type Step struct {
	// the number of the step, from 1
	Number int32 `json:"number" parquet:"number"`
	// who takes it
	From string `json:"from_address" parquet:"from_address"`
	// the account of that one
	FromAccount *string `json:"from_account" parquet:"from_account,optional,dict"`
	// where it leads
	To string `json:"to_address" parquet:"to_address"`
	// the account of that one
	ToAccount *string `json:"to_account" parquet:"to_account,optional,dict"`
	// the id of the technique; null for steps that are left out
	Technique *string `json:"technique" parquet:"technique,optional,dict"`
	// what is done
	Message string `json:"message" parquet:"message,dict"`
	// how many steps of a long chain are left out here; 0 for a step
	Omitted int32 `json:"omitted" parquet:"omitted"`
	// the requests that it takes
	Requests []Witness `json:"requests" parquet:"requests,list"`
}

// Related is another place that has part in a finding.
type Related struct {
	// where the place is that of a finding of its own with the same cause: its rule
	Rule *string `json:"rule" parquet:"rule,optional,dict"`
	// the address of the place
	Address string `json:"address" parquet:"address"`
	// what part it has
	Message string `json:"message" parquet:"message,dict"`
	// null where the input has no configuration
	File *string `json:"file" parquet:"file,optional,dict"`
	// from 1
	Line *int32 `json:"start_line" parquet:"start_line,optional"`
	// from 1, in bytes
	Column *int32 `json:"start_column" parquet:"start_column,optional"`
	// the chain of an escalation of such a finding
	Steps []Step `json:"steps" parquet:"steps,list"`
}

// Findings are the rows of a report: its findings, then those that are
// suppressed, in the order of the report. The rows are made one after the other:
// a report and its rows need not both fit into memory.
func Findings(r *lint.Report, o Options) iter.Seq[*Finding] {
	return func(yield func(*Finding) bool) {
		t := newTable(r, o)
		for i := range r.Findings {
			if !yield(t.finding(&r.Findings[i])) {
				return
			}
		}
		for i := range r.Suppressed {
			s := &r.Suppressed[i]
			row := t.finding(&s.Finding)
			row.Suppressed, row.SuppressedBy, row.SuppressedReason = true, known(s.By), known(s.Reason)
			if s.Location.HasFile() {
				row.SuppressedFile = known(s.Location.File)
			}
			if !yield(row) {
				return
			}
		}
	}
}

func (t *table) finding(f *lint.Finding) *Finding {
	row := &Finding{
		Run: t.run, Place: t.place(f.Input, f.Address),
		Rule: text(f.Rule), Verdict: text(string(f.Verdict)), Severity: f.Severity.String(), Controls: []string{},
		Address: text(f.Address), Attribute: known(f.Attribute), ResourceType: known(resourceType(f.Address)),
		Message: text(f.Message), Remediation: text(f.Remediation), Fingerprint: text(f.Fingerprint),
		Cause: known(f.Cause), Excerpt: known(f.Excerpt), Workspaces: texts(f.Workspaces), Calls: []Location{},
		Techniques: []string{},
	}
	if rule := t.rules[f.Rule]; rule != nil {
		row.Leg, row.Topic, row.Security = known(string(rule.Leg)), known(string(rule.Topic)), number(rule.Doc.Security)
		row.Controls = texts(rule.Doc.Controls)
	}
	if e := t.entities[address{f.Input, f.Address}]; e != nil {
		row.EntityKind, row.EntityName, row.EntityARN = known(string(e.Kind)), known(e.Name), known(e.ARN)
		row.Boundary = known(e.Boundary)
	}
	if f.Location.HasFile() {
		at := location(f.Location)
		row.File, row.Line, row.Column = &at.File, &at.Line, &at.Column
		line, column := endOf(f.Location, at)
		row.EndLine, row.EndColumn = &line, &column
		for call := f.Location.Call; call != nil && call.HasFile(); call = call.Call {
			row.Calls = append(row.Calls, location(*call))
		}
	}
	if f.Witness != nil {
		w := witness(f.Witness)
		row.Witness = &w
	}
	row.Steps = t.steps(f.Input, f.Steps)
	for i := range row.Steps {
		if way := row.Steps[i].Technique; way != nil {
			row.Techniques = append(row.Techniques, *way)
		}
	}
	if n := len(row.Steps); n > 0 {
		row.Target, row.TargetAccount = &row.Steps[n-1].To, row.Steps[n-1].ToAccount
	}
	row.Related = make([]Related, 0, len(f.Related))
	for i := range f.Related {
		row.Related = append(row.Related, t.related(f.Input, &f.Related[i]))
	}
	return row
}

func (t *table) related(input int, r *lint.Related) Related {
	out := Related{Rule: known(r.Rule), Address: text(r.Address), Message: text(r.Message), Steps: t.steps(input, r.Steps)}
	if r.Location.HasFile() {
		at := location(r.Location)
		out.File, out.Line, out.Column = &at.File, &at.Line, &at.Column
	}
	return out
}

func (t *table) steps(input int, steps []lint.Step) []Step {
	out := make([]Step, 0, len(steps))
	for i := range steps {
		s := &steps[i]
		step := Step{
			Number: count(lint.Number(steps, i)),
			From:   text(s.From), FromAccount: t.accountOf(input, s.From), To: text(s.To), ToAccount: t.accountOf(input, s.To),
			Technique: known(s.Way), Message: text(s.Message), Omitted: count(s.Omitted), Requests: make([]Witness, 0, len(s.Witness)),
		}
		for j := range s.Witness {
			step.Requests = append(step.Requests, witness(&s.Witness[j]))
		}
		out = append(out, step)
	}
	return out
}

func witness(w *lint.Witness) Witness {
	out := Witness{
		Principal: text(w.Principal), Action: text(w.Action), Resource: text(w.Resource), Absent: texts(w.Absent),
		Context: make([]Key, 0, len(w.Context)),
	}
	for _, key := range slices.Sorted(maps.Keys(w.Context)) {
		out.Context = append(out.Context, Key{text(key), texts(w.Context[key])})
	}
	return out
}

// location is a place as the json format has it: where only the line is known, it
// is its first column.
func location(l iam.Location) Location {
	return Location{File: text(l.File), Line: count(l.Range.Start.Line), Column: max(count(l.Range.Start.Column), 1)}
}

// endOf is where a place ends, never before it begins.
func endOf(l iam.Location, at Location) (line, column int32) {
	line, column = count(l.Range.End.Line), count(l.Range.End.Column)
	if line < at.Line || line == at.Line && column < at.Column {
		return at.Line, at.Column
	}
	return line, max(column, 1)
}
