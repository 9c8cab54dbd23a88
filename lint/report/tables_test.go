package report_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/report"
	"github.com/boundlint/boundlint/lint/results"
)

// object is any JSON object.
type object = map[string]any

// as is a value of JSON of a type, the zero value of it for any other.
func as[T any](v any) T {
	t, _ := v.(T)
	return t
}

// fromJSON makes the rows of the findings out of the json format alone, by the
// mapping that docs/results.md tells.
func fromJSON(t *testing.T, data []byte) []object {
	t.Helper()
	var r struct {
		Tool       struct{ Version string }
		Inputs     []object
		Findings   []object
		Suppressed []struct {
			Finding    object
			By, Reason string
			Location   object
		}
		Rules []object
	}
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	var rows []object
	for _, f := range r.Findings {
		row := findingRow(f, r.Inputs, r.Rules)
		row["tool_version"] = r.Tool.Version
		row["suppressed"], row["suppressed_by"], row["suppressed_reason"], row["suppressed_file"] = false, nil, nil, nil
		rows = append(rows, row)
	}
	for _, s := range r.Suppressed {
		row := findingRow(s.Finding, r.Inputs, r.Rules)
		row["tool_version"] = r.Tool.Version
		row["suppressed"], row["suppressed_by"], row["suppressed_reason"] = true, orNull(s.By), orNull(s.Reason)
		row["suppressed_file"] = orNull(s.Location["file"])
		rows = append(rows, row)
	}
	return rows
}

func orNull(v any) any {
	if v == "" {
		return nil
	}
	return v
}

func orEmpty(v any) any {
	if v == nil {
		return []any{}
	}
	return v
}

// findingRow has those columns that the json format tells without further
// derivation.
func findingRow(f object, inputs, rules []object) object {
	in := inputs[int(as[float64](f["input"]))]
	row := object{
		"input": in["path"], "input_kind": in["kind"], "input_complete": in["complete"], "root": in["root"], "workspace": orNull(in["workspace"]),
		"aws_partition": orNull(in["partition"]), "region": orNull(in["region"]),
		"rule": f["rule"], "verdict": f["verdict"], "severity": f["severity"], "address": f["address"], "attribute": orNull(f["attribute"]),
		"message": f["message"], "remediation": f["remediation"], "fingerprint": f["fingerprint"], "cause": orNull(f["cause"]),
		"excerpt": orNull(f["excerpt"]), "workspaces": orEmpty(f["workspaces"]), "witness": nil,
		"start_line": nil, "start_column": nil, "end_line": nil, "end_column": nil, "file": nil, "calls": []any{},
		"entity_kind": nil, "entity_name": nil, "entity_arn": nil, "boundary": nil,
		"leg": nil, "topic": nil, "controls": []any{},
		"steps": steps(f["steps"]), "related": related(f["related"]),
	}
	for _, rule := range rules {
		if rule["id"] == f["rule"] {
			row["leg"], row["topic"], row["controls"] = orNull(rule["leg"]), orNull(rule["topic"]), orEmpty(rule["controls"])
		}
	}
	entities, _ := in["entities"].([]any)
	for _, e := range entities {
		if e := as[object](e); e["address"] == f["address"] {
			row["entity_kind"], row["entity_name"], row["entity_arn"], row["boundary"] = e["kind"], orNull(e["name"]), orNull(e["arn"]), e["boundary"]
		}
	}
	if w, ok := f["witness"].(object); ok {
		row["witness"] = request(w)
	}
	if at, ok := f["location"].(object); ok {
		row["file"], row["start_line"], row["start_column"], row["end_line"], row["end_column"] = orNull(at["file"]), at["line"], at["column"], at["endLine"], at["endColumn"]
		calls := []any{}
		for call, ok := at["call"].(object); ok; call, ok = call["call"].(object) {
			calls = append(calls, object{"file": call["file"], "start_line": call["line"], "start_column": call["column"]})
		}
		row["calls"] = calls
	}
	return row
}

func request(w object) object {
	context := []any{}
	keys := as[object](w["context"])
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		context = append(context, object{"key": key, "value": keys[key]})
	}
	return object{"principal": w["principal"], "action": w["action"], "resource": w["resource"], "context": context, "absent": orEmpty(w["absent"])}
}

func steps(list any) []any {
	out := []any{}
	number := 0.0
	all, _ := list.([]any)
	for _, s := range all {
		s := as[object](s)
		omitted, _ := s["omitted"].(float64)
		step := object{
			"number": number + 1, "from_address": s["from"], "to_address": s["to"], "technique": orNull(s["way"]), "message": s["message"], "omitted": omitted,
		}
		number += max(omitted, 1)
		requests := []any{}
		for _, w := range as[[]any](s["witness"]) {
			requests = append(requests, request(as[object](w)))
		}
		step["requests"] = requests
		out = append(out, step)
	}
	return out
}

func related(list any) []any {
	out := []any{}
	for _, r := range as[[]any](list) {
		r := as[object](r)
		row := object{
			"rule": orNull(r["rule"]), "address": r["address"], "message": r["message"], "file": nil, "start_line": nil, "start_column": nil, "steps": steps(r["steps"]),
		}
		if at, ok := r["location"].(object); ok {
			row["file"], row["start_line"], row["start_column"] = orNull(at["file"]), at["line"], at["column"]
		}
		out = append(out, row)
	}
	return out
}

// ndjson reads lines back.
func ndjson(t *testing.T, data []byte) []object {
	t.Helper()
	var rows []object
	for line := range bytes.Lines(data) {
		var row object
		if err := json.Unmarshal(line, &row); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		rows = append(rows, row)
	}
	return rows
}

// parquetRows reads a table back, as the lines that it would be. The library
// reads null in fields of an embedded struct as "": the rows are read into a type
// that has the fields side by side.
func parquetRows[Row any](t *testing.T, data []byte) []object {
	t.Helper()
	var fields []reflect.StructField
	for _, field := range reflect.VisibleFields(reflect.TypeFor[Row]()) {
		if !field.Anonymous {
			field.Index, field.Offset = nil, 0
			fields = append(fields, field)
		}
	}
	reader := parquet.NewReader(bytes.NewReader(data))
	defer reader.Close()
	var out []object
	for {
		row := reflect.New(reflect.StructOf(fields)).Interface()
		if err := reader.Read(row); errors.Is(err, io.EOF) {
			return out
		} else if err != nil {
			t.Fatal(err)
		}
		line, err := json.Marshal(row)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, ndjson(t, line)...)
	}
}

// without takes the columns out of rows that the json format does not tell.
func without(row object, columns ...string) object {
	out := maps.Clone(row)
	for _, column := range columns {
		delete(out, column)
	}
	return out
}

// plain makes empty lists of Parquet, which are read as null, empty lists, and
// takes the accounts out of steps.
func plain(v any, list bool) any {
	switch v := v.(type) {
	case nil:
		if list {
			return []any{}
		}
	case []any:
		out := make([]any, 0, len(v))
		for _, x := range v {
			out = append(out, plain(x, false))
		}
		return out
	case object:
		out := object{}
		for key, x := range v {
			if key == "from_account" || key == "to_account" {
				continue
			}
			out[key] = plain(x, lists[key])
		}
		return out
	}
	return v
}

// lists are the names of the columns and fields that are lists.
var lists = map[string]bool{
	"controls": true, "calls": true, "workspaces": true, "steps": true, "techniques": true, "related": true, "context": true, "absent": true, "value": true,
	"requests": true, "reasons": true, "beyond": true, "unread_directories": true, "unfollowed_calls": true, "stacks": true, "unknown_policies": true,
	"unknown_boundaries": true, "configuration": true, "off": true,
}

// checkTables holds the tables of a report against its json format and each other.
func checkTables(t *testing.T, r *lint.Report) {
	t.Helper()
	o := report.Options{Now: now, Run: "a run"}
	lines := ndjson(t, render(t, "ndjson", r, o))
	columns := parquetRows[results.Finding](t, render(t, "parquet", r, o))
	want := fromJSON(t, render(t, "json", r, o))
	if len(lines) != len(want) || len(columns) != len(want) {
		t.Fatalf("%d lines, %d rows of Parquet, %d findings", len(lines), len(columns), len(want))
	}
	for i := range want {
		line := as[object](plain(lines[i], false))
		if got := plain(columns[i], false); !reflect.DeepEqual(got, line) {
			t.Errorf("row %d of Parquet is\n%v\nwant\n%v", i, got, line)
		}
		if line["run"] != "a run" || line["schema_version"] != float64(results.SchemaVersion) || line["time"] != now.Format(time.RFC3339) {
			t.Errorf("row %d: %v", i, line)
		}
		got := without(line, "run", "schema_version", "time", "account", "account_name", "organization_path", "resource_type", "security",
			"techniques", "target", "target_account")
		if w := plain(want[i], false); !reflect.DeepEqual(got, w) {
			t.Errorf("line %d is\n%v\nwant\n%v", i, got, w)
		}
	}
	for name, rows := range map[string][]object{
		"ndjson-entities": parquetRows[results.Entity](t, render(t, "parquet-entities", r, o)),
		"ndjson-inputs":   parquetRows[results.Input](t, render(t, "parquet-inputs", r, o)),
	} {
		lines := ndjson(t, render(t, name, r, o))
		if len(lines) != len(rows) {
			t.Fatalf("%s: %d lines, %d rows of Parquet", name, len(lines), len(rows))
		}
		for i := range lines {
			if got, want := plain(rows[i], false), plain(lines[i], false); !reflect.DeepEqual(got, want) {
				t.Errorf("%s: row %d of Parquet is\n%v\nwant\n%v", name, i, got, want)
			}
		}
	}
}

// TestTables: NDJSON, Parquet and the json format tell the same.
func TestTables(t *testing.T) {
	t.Parallel()
	for name, r := range reports() {
		t.Run(name, func(t *testing.T) { checkTables(t, r) })
	}
	for _, s := range hostile {
		t.Run(fmt.Sprintf("%q", s), func(t *testing.T) { checkTables(t, infected(s)) })
	}
	files, err := filepath.Glob("../../fixtures/report/*.json")
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if r, err := report.Decode(bytes.NewReader(data)); err == nil {
			read++
			t.Run(filepath.Base(file), func(t *testing.T) { checkTables(t, r) })
		}
	}
	if read < 3 {
		t.Errorf("only %d reports were read", read)
	}
}

// strange draws a text that an input can hold.
func strange(random *rand.Rand) string {
	pieces := []string{
		"\x00", "\xff", "\xed\xa0\x80", "\xc0\xaf", "\ufffd", "\u2028", "\U0001f512", "\U000e0001", "\n", "\"", "\\", "arn:aws:iam::111122223333:role/x", ",", "'", ";--",
		strings.Repeat("long ", 200), "null", "{}", "\u202e", "é",
	}
	var b strings.Builder
	for range random.IntN(5) {
		if random.IntN(3) == 0 {
			b.WriteByte(byte(random.IntN(256)))
		}
		b.WriteString(pieces[random.IntN(len(pieces))])
	}
	return b.String()
}

// drawn draws a report.
func drawn(random *rand.Rand) *lint.Report {
	text := func() string { return strange(random) }
	place := func() iam.Location {
		if random.IntN(3) == 0 {
			return iam.Location{}
		}
		return at(text(), random.IntN(9), random.IntN(9), random.IntN(9), random.IntN(9))
	}
	request := func() lint.Witness {
		w := lint.Witness{Principal: text(), Action: text(), Resource: text(), Context: map[string][]string{}}
		for range random.IntN(3) {
			w.Context[fmt.Sprint(random.IntN(100), strings.ToValidUTF8(text(), "?"))] = []string{text(), text()}[:random.IntN(3)]
		}
		return w
	}
	chain := func() []lint.Step {
		var out []lint.Step
		for range random.IntN(3) {
			out = append(out, lint.Step{From: text(), To: text(), Way: text(), Message: text(), Omitted: random.IntN(2) * random.IntN(9), Witness: []lint.Witness{request()}})
		}
		return out
	}
	r := &lint.Report{Tool: lint.Tool{Name: "boundlint", Version: text()}, Rules: sampleRules}
	for range 1 + random.IntN(3) {
		in := lint.InputSummary{Path: text(), Kind: iam.InputPlan, Root: text(), Account: "111122223333", Beyond: []string{text()}, Coverage: lint.Coverage{Policies: []string{text()}}}
		for n := range random.IntN(4) {
			in.Entities = append(in.Entities, lint.EntitySummary{
				Address: fmt.Sprint(n, strings.ToValidUTF8(text(), "?")), Name: text(), ARN: text(), Kind: iam.Role, Boundary: text(), Location: place(),
			})
		}
		r.Inputs = append(r.Inputs, in)
	}
	for range random.IntN(6) {
		f := lint.Finding{
			Rule: sampleRules[random.IntN(len(sampleRules))].ID, Severity: lint.Warning, Verdict: lint.Undetermined, Input: random.IntN(len(r.Inputs)),
			Address: text(), Attribute: text(), Message: text(), Remediation: text(), Location: place(), Excerpt: text(), Cause: text(), Fingerprint: text(),
			Workspaces: []string{text()}, Steps: chain(), Related: []lint.Related{{Rule: text(), Address: text(), Message: text(), Location: place(), Steps: chain()}},
		}
		if entities := r.Inputs[f.Input].Entities; len(entities) > 0 && random.IntN(2) == 0 {
			f.Address = entities[random.IntN(len(entities))].Address
		}
		if random.IntN(2) == 0 {
			w := request()
			f.Witness = &w
		}
		if random.IntN(4) == 0 {
			r.Suppressed = append(r.Suppressed, lint.Suppressed{Finding: f, By: lint.ByIgnore, Reason: text(), Location: place()})
			continue
		}
		r.Findings = append(r.Findings, f)
	}
	return r
}

// TestTablesDrawn is TestTables on reports with strange texts, drawn anew by a
// seed that is the same in each run.
func TestTablesDrawn(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(16, 1))
	for range 200 {
		checkTables(t, drawn(random))
		if t.Failed() {
			return
		}
	}
}

// TestTableAccounts: an ARN tells the account better than the input, and names of
// accounts are those of their own input.
func TestTableAccounts(t *testing.T) {
	t.Parallel()
	const here, there, outside = "111122223333", "444455556666", "777788889999"
	role := func(account string) string { return "arn:aws:iam::" + account + ":role/x" }
	r := &lint.Report{
		Inputs: []lint.InputSummary{
			{Path: "dumps", Kind: iam.InputAccount, Account: here, AccountName: "tools", OrganizationPath: "o-a/r-b/ou-1/"},
			{Path: "dumps", Kind: iam.InputAccount, Account: there, AccountName: "prod", OrganizationPath: "o-a/r-b/ou-2/"},
			{Path: "main.tf", Kind: iam.InputConfig},
		},
		Findings: []lint.Finding{
			{Rule: "a", Verdict: lint.Violation, Address: role(here), Steps: []lint.Step{{From: role(here), To: role(there), Way: "sts-001"}, {From: role(there), To: role(outside), Way: "sts-001"}}},
			{Rule: "b", Verdict: lint.Violation, Input: 0, Address: role(there)},
			{Rule: "c", Verdict: lint.Violation, Input: 0, Address: role(outside)},
			{Rule: "d", Verdict: lint.Violation, Input: 2, Address: "aws_iam_role.x", Steps: []lint.Step{{From: "aws_iam_role.x", To: "arn:aws:iam::aws:policy/x"}}},
			{Rule: "e", Verdict: lint.Violation, Input: 7, Address: "aws_iam_role.x"},
		},
	}
	rows := ndjson(t, render(t, "ndjson", r, report.Options{}))
	for i, want := range []string{
		here + " tools o-a/r-b/ou-1/", there + " prod o-a/r-b/ou-2/", outside + " <nil> <nil>", "<nil> <nil> <nil>", "<nil> <nil> <nil>",
	} {
		if got := fmt.Sprint(rows[i]["account"], " ", rows[i]["account_name"], " ", rows[i]["organization_path"]); got != want {
			t.Errorf("row %d: %s, want %s", i, got, want)
		}
		if rows[i]["time"] != nil || rows[i]["run"] != nil {
			t.Errorf("row %d has a time or a run", i)
		}
	}
	first := rows[0]
	if first["target"] != role(outside) || first["target_account"] != outside || fmt.Sprint(first["techniques"]) != "[sts-001 sts-001]" {
		t.Errorf("%v", first)
	}
	if step := as[object](as[[]any](rows[3]["steps"])[0]); step["from_account"] != nil || step["to_account"] != nil || step["technique"] != nil {
		t.Errorf("%v", step)
	}
}

// TestResourceTypes: addresses of Terraform and ARNs tell types.
func TestResourceTypes(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]any{
		"aws_iam_role.x": "aws_iam_role",
		`module.a["b.c"].module.d[0].aws_iam_policy.x["]"]`: "aws_iam_policy",
		`module.a["\".data."].data.aws_iam_policy.x`:        "aws_iam_policy",
		"data.aws_iam_policy_document.x":                    "aws_iam_policy_document",
		"module.fleet":                                      nil,
		"":                                                  nil,
		"x":                                                 nil,
		"arn:aws:iam::111122223333:role/team/x":             "iam:role",
		"arn:aws:lambda:eu-west-1:111122223333:function:x": "lambda:function",
		"arn:aws:s3:::bucket":                              "s3",
		"arn:aws:iam::111122223333:root":                   "iam",
	} {
		r := &lint.Report{Inputs: []lint.InputSummary{{}}, Findings: []lint.Finding{{Rule: "r", Verdict: lint.Violation, Address: address}}}
		if got := ndjson(t, render(t, "ndjson", r, report.Options{}))[0]["resource_type"]; got != want {
			t.Errorf("%q is a %v, want %v", address, got, want)
		}
	}
}

// TestTableGroups: a table has several groups of rows where it is large, and no
// rows are lost between them; many reports after the other are as one.
func TestTableGroups(t *testing.T) {
	t.Parallel()
	one := &lint.Report{Inputs: []lint.InputSummary{{}}}
	for i := range 40000 {
		one.Findings = append(one.Findings, lint.Finding{Rule: "r", Verdict: lint.Violation, Address: fmt.Sprint("a", i)})
	}
	two := &lint.Report{Inputs: []lint.InputSummary{{}}, Findings: []lint.Finding{
		{Rule: "r", Verdict: lint.Violation, Address: "long", Message: strings.Repeat("x", 20<<20)},
		{Rule: "r", Verdict: lint.Violation, Address: "last"},
	}}
	var b bytes.Buffer
	table, ok := report.OpenTable("parquet", &b, report.Options{})
	if !ok {
		t.Fatal("no such table")
	}
	for _, r := range []*lint.Report{one, {}, two} {
		if err := table.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := table.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := parquet.OpenFile(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(file.RowGroups()); n != 4 {
		t.Errorf("%d groups of rows", n)
	}
	rows, err := parquet.Read[results.Finding](bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil || len(rows) != 40002 || rows[39999].Address != "a39999" || rows[40001].Address != "last" || len(rows[40000].Message) != 20<<20 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	if _, ok := report.OpenTable("json", &b, report.Options{}); ok {
		t.Error("json is a table")
	}
}

// TestTableHugeNumbers: numbers that nobody wrote by hand do not turn round.
func TestTableHugeNumbers(t *testing.T) {
	t.Parallel()
	l := iam.Location{File: "x", Range: policy.Range{Start: policy.Pos{Line: 1 << 40, Column: -(1 << 40)}}}
	r := &lint.Report{Inputs: []lint.InputSummary{{}}, Findings: []lint.Finding{{Rule: "r", Verdict: lint.Violation, Location: l}}}
	row := ndjson(t, render(t, "ndjson", r, report.Options{Now: time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)}))[0]
	if row["start_line"] != float64(1<<31-1) || row["start_column"] != 1.0 || row["time"] != nil {
		t.Errorf("%v", row)
	}
}
