package results

import (
	"cmp"
	"iter"

	"github.com/boundlint/boundlint/lint"
)

// Entity is a row of the table of entities: one for each role, user and
// permission set that was judged, whether or not something was found.
type Entity struct {
	Run
	Place
	// the resource address of Terraform, the ARN in an account dump
	Address string `json:"address" parquet:"address"`
	// its name, unknown parts in angle brackets
	Name string `json:"name" parquet:"name"`
	// where it is wholly known
	ARN *string `json:"arn" parquet:"arn,optional"`
	// `role`, `user` or `permission-set`
	Kind string `json:"kind" parquet:"kind,dict"`
	// its permissions boundary, unknown parts in angle brackets; null for none
	Boundary *string `json:"boundary" parquet:"boundary,optional,dict"`
	// `yes`; `no` where there is no boundary, or one that limits nothing or that IAM would not take; `unknown`
	Bounded string `json:"bounded" parquet:"bounded,dict"`
	// with `--against`, whether a state given manages it; null elsewhere
	Managed *bool `json:"managed" parquet:"managed,optional"`
	// how many findings of the report are at its address
	Findings int32 `json:"findings" parquet:"findings"`
	// where it is declared; null where the input has no configuration
	File *string `json:"file" parquet:"file,optional,dict"`
	// from 1
	Line *int32 `json:"start_line" parquet:"start_line,optional"`
	// from 1, in bytes
	Column *int32 `json:"start_column" parquet:"start_column,optional"`
}

// Entities are the rows of the entities of a report, in its order.
func Entities(r *lint.Report, o Options) iter.Seq[*Entity] {
	return func(yield func(*Entity) bool) {
		t := newTable(r, o)
		found := map[address]int{}
		for i := range r.Findings {
			found[address{r.Findings[i].Input, r.Findings[i].Address}]++
		}
		for input := range r.Inputs {
			in := &r.Inputs[input]
			unmanaged := map[string]bool{}
			for _, a := range in.Unmanaged {
				unmanaged[a] = true
			}
			for i := range in.Entities {
				e := &in.Entities[i]
				row := &Entity{
					Run: t.run, Place: t.place(input, e.Address),
					Address: text(e.Address), Name: text(e.Name), ARN: known(e.ARN), Kind: text(string(e.Kind)),
					Boundary: known(e.Boundary), Bounded: cmp.Or(string(e.Bounded), "unknown"), Findings: count(found[address{input, e.Address}]),
				}
				if in.Unmanaged != nil {
					managed := !unmanaged[e.Address]
					row.Managed = &managed
				}
				if e.Location.HasFile() {
					at := location(e.Location)
					row.File, row.Line, row.Column = &at.File, &at.Line, &at.Column
				}
				if !yield(row) {
					return
				}
			}
		}
	}
}
