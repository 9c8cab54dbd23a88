package results_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/boundlint/boundlint/lint/results"
)

var update = flag.Bool("update", false, "write the schemas and the tables of columns in docs/results.md anew")

const page = "../../docs/results.md"

// tables are the row types by the names of their tables.
var tables = []struct {
	name string
	row  reflect.Type
}{
	{"findings", reflect.TypeFor[results.Finding]()},
	{"entities", reflect.TypeFor[results.Entity]()},
	{"inputs", reflect.TypeFor[results.Input]()},
}

// column is a field of a row.
type column struct {
	name, comment string
	kind          reflect.Type
}

// comments are those of all fields of this package, by type and field.
func comments(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, file := range files {
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			structure, ok := spec.Type.(*ast.StructType)
			if !ok {
				return true
			}
			for _, field := range structure.Fields.List {
				for _, name := range field.Names {
					out[spec.Name.Name+"."+name.Name] = strings.Join(strings.Fields(field.Doc.Text()), " ")
				}
			}
			return true
		})
	}
	return out
}

// columnsOf are the fields of a row or struct in their order, those of embedded
// structs in their place.
func columnsOf(row reflect.Type, said map[string]string) []column {
	var out []column
	for field := range row.Fields() {
		if field.Anonymous {
			out = append(out, columnsOf(field.Type, said)...)
			continue
		}
		out = append(out, column{field.Tag.Get("json"), said[row.Name()+"."+field.Name], field.Type})
	}
	return out
}

// list is a name with what it stands for in JSON, DuckDB and Hive.
type names struct{ json, duckdb, hive string }

func scalar(kind reflect.Type) names {
	switch {
	case kind == reflect.TypeFor[time.Time]():
		return names{"string", "TIMESTAMP WITH TIME ZONE", "timestamp"}
	case kind.Kind() == reflect.String:
		return names{"string", "VARCHAR", "string"}
	case kind.Kind() == reflect.Int32:
		return names{"integer", "INTEGER", "int"}
	case kind.Kind() == reflect.Float64:
		return names{"number", "DOUBLE", "double"}
	case kind.Kind() == reflect.Bool:
		return names{"boolean", "BOOLEAN", "boolean"}
	}
	panic(kind)
}

// jsonSchema is what a value of a type has to be in NDJSON.
func jsonSchema(kind reflect.Type, said map[string]string, comment string) map[string]any {
	out := map[string]any{}
	if comment != "" {
		out["description"] = comment
	}
	null := kind.Kind() == reflect.Pointer
	if null {
		kind = kind.Elem()
	}
	switch {
	case kind.Kind() == reflect.Slice:
		out["type"], out["items"] = "array", jsonSchema(kind.Elem(), said, "")
		return out
	case kind.Kind() == reflect.Struct && kind != reflect.TypeFor[time.Time]():
		properties, required := map[string]any{}, []string{}
		for _, c := range columnsOf(kind, said) {
			properties[c.name] = jsonSchema(c.kind, said, c.comment)
			required = append(required, c.name)
		}
		out["type"], out["properties"], out["required"] = "object", properties, required
	default:
		out["type"] = scalar(kind).json
		if kind == reflect.TypeFor[time.Time]() {
			out["format"] = "date-time"
		}
	}
	if null {
		out["type"] = []any{out["type"], "null"}
	}
	return out
}

// hive is a type as Athena declares it.
func hive(kind reflect.Type) string {
	if kind.Kind() == reflect.Pointer {
		kind = kind.Elem()
	}
	switch {
	case kind.Kind() == reflect.Slice:
		return "array<" + hive(kind.Elem()) + ">"
	case kind.Kind() == reflect.Struct && kind != reflect.TypeFor[time.Time]():
		var fields []string
		for _, c := range columnsOf(kind, nil) {
			fields = append(fields, c.name+":"+hive(c.kind))
		}
		return "struct<" + strings.Join(fields, ",") + ">"
	}
	return scalar(kind).hive
}

// rowsOfPage are the rows of a table of columns: those of structs come after the
// column that has them.
func rowsOfPage(b *strings.Builder, prefix string, row reflect.Type, said map[string]string, skip map[string]bool) {
	for _, c := range columnsOf(row, said) {
		if skip[c.name] {
			continue
		}
		kind, null, list := c.kind, "", ""
		if kind.Kind() == reflect.Pointer {
			kind, null = kind.Elem(), " or null"
		}
		if kind.Kind() == reflect.Slice {
			kind, list = kind.Elem(), "[]"
		}
		structure := kind.Kind() == reflect.Struct && kind != reflect.TypeFor[time.Time]()
		name := "STRUCT"
		if !structure {
			name = scalar(kind).duckdb
		}
		if kind == reflect.TypeFor[results.Step]() && prefix != "" {
			structure = false // as those of the finding itself
		}
		fmt.Fprintf(b, "| `%s%s` | %s%s%s | %s |\n", prefix, c.name, name, list, null, c.comment)
		if structure && (kind != reflect.TypeFor[results.Witness]() || prefix == "") {
			rowsOfPage(b, prefix+c.name+list+".", kind, said, nil)
		}
	}
}

// shared are the columns that all tables have.
func shared() map[string]bool {
	out := map[string]bool{}
	for _, of := range []reflect.Type{reflect.TypeFor[results.Run](), reflect.TypeFor[results.Place]()} {
		for _, c := range columnsOf(of, nil) {
			out[c.name] = true
		}
	}
	return out
}

// parts are the generated parts of the page, by the names of their markers.
func parts(t *testing.T) map[string]string {
	t.Helper()
	said := comments(t)
	out := map[string]string{}
	table := func(types []reflect.Type, skip map[string]bool) string {
		b := &strings.Builder{}
		b.WriteString("| column | type | what it is |\n|---|---|---|\n")
		for _, row := range types {
			rowsOfPage(b, "", row, said, skip)
		}
		return b.String()
	}
	out["columns of all"] = table([]reflect.Type{reflect.TypeFor[results.Run](), reflect.TypeFor[results.Place]()}, nil)
	for _, of := range tables {
		out["columns of "+of.name] = table([]reflect.Type{of.row}, shared())
		b := &strings.Builder{}
		fmt.Fprintf(b, "```sql\nCREATE EXTERNAL TABLE boundlint_%s (\n", of.name)
		columns := columnsOf(of.row, nil)
		for i, c := range columns {
			comma := ","
			if i == len(columns)-1 {
				comma = ""
			}
			fmt.Fprintf(b, "  `%s` %s%s\n", c.name, hive(c.kind), comma)
		}
		fmt.Fprintf(b, ")\nPARTITIONED BY (`month` string)\nSTORED AS PARQUET\nLOCATION 's3://BUCKET/boundlint/%s/'\n", of.name)
		b.WriteString("TBLPROPERTIES (\n  'projection.enabled' = 'true', 'projection.month.type' = 'date', 'projection.month.format' = 'yyyy-MM',\n" +
			"  'projection.month.range' = '2026-01,NOW', 'projection.month.interval' = '1', 'projection.month.interval.unit' = 'MONTHS'\n);\n```\n")
		out["Athena: "+of.name] = b.String()
	}
	return out
}

// TestPage: the columns that docs/results.md tells of, and the declarations for
// Athena there, are those that there are.
func TestPage(t *testing.T) {
	data, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for name, want := range parts(t) {
		begin, end := "<!-- "+name+" -->\n", "<!-- end -->\n"
		before, rest, found := strings.Cut(text, begin)
		got, after, ended := strings.Cut(rest, end)
		if !found || !ended {
			t.Fatalf("%s has no part %q", page, name)
		}
		if got = strings.Trim(got, "\n") + "\n"; got != want {
			if !*update {
				t.Errorf("%s: %q is not what the code says; run go test ./lint/results -update", page, name)
			}
			text = before + begin + "\n" + want + "\n" + end + after
		}
	}
	if *update {
		if err := os.WriteFile(page, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, comment := range comments(t) {
		kind, _, _ := strings.Cut(name, ".")
		if ast.IsExported(kind) && comment == "" && kind != "Options" && kind != "Format" {
			t.Errorf("%s is not explained", name)
		}
	}
}

func schemaFile(name string) string { return "../../docs/results-" + name + ".schema.json" }

// TestSchemas: the JSON Schemas of the lines are those of the code.
func TestSchemas(t *testing.T) {
	said := comments(t)
	for _, of := range tables {
		schema := jsonSchema(of.row, said, "")
		schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
		schema["title"] = fmt.Sprintf("A line of the %s that boundlint writes as NDJSON, version %d", of.name, results.SchemaVersion)
		want, err := json.MarshalIndent(schema, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, '\n')
		if *update {
			if err := os.WriteFile(schemaFile(of.name), want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(schemaFile(of.name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what the code says; run go test ./lint/results -update (%v)", schemaFile(of.name), err)
		}
	}
}

// TestGoldensAreValid holds the lines in fixtures/report against the schemas, and
// a line that lacks a column.
func TestGoldensAreValid(t *testing.T) {
	for _, of := range tables {
		schema, err := jsonschema.NewCompiler().Compile(schemaFile(of.name))
		if err != nil {
			t.Fatal(err)
		}
		suffix := "-ndjson-" + of.name
		if of.name == "findings" {
			suffix = "-ndjson"
		}
		data, err := os.ReadFile("../../fixtures/report/sample" + suffix + ".ndjson")
		if err != nil || len(data) == 0 {
			t.Fatalf("%s: %v", suffix, err)
		}
		for line := range bytes.Lines(data) {
			value, err := jsonschema.UnmarshalJSON(bytes.NewReader(line))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(value); err != nil {
				t.Errorf("%v: %s", err, line)
			}
			row, ok := value.(map[string]any)
			if !ok {
				t.Fatalf("not an object: %s", line)
			}
			delete(row, "account")
			if schema.Validate(row) == nil {
				t.Error("a line without an account is valid")
			}
		}
	}
}

// TestParquetSchema: Parquet has the columns of NDJSON, in the same order, and
// null where a line may have null.
func TestParquetSchema(t *testing.T) {
	for _, of := range tables {
		schema := parquet.SchemaOf(reflect.New(of.row).Interface())
		columns := columnsOf(of.row, nil)
		fields := schema.Fields()
		if len(fields) != len(columns) {
			t.Fatalf("%s: %d columns of %d", of.name, len(fields), len(columns))
		}
		for i, c := range columns {
			if fields[i].Name() != c.name || fields[i].Optional() != (c.kind.Kind() == reflect.Pointer) {
				t.Errorf("%s: column %d is %s, want %s", of.name, i, fields[i], c.name)
			}
		}
	}
}
