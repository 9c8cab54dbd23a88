package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// duckdbVariable names the program that answers the questions of docs/results.md:
// the command line of DuckDB, or a Python that has its module.
const duckdbVariable = "BOUNDLINT_TEST_DUCKDB"

// accountDump is a dump of an account as a test wants it.
type accountDump struct {
	id    string
	roles []string
}

// The boundaries of the accounts: one that limits, one that allows everything.
const (
	workload = "workload-boundary"
	open     = "open-boundary"
)

// aRole is a role in a dump: under a boundary or "" for none, trusted by a principal,
// with the actions that it is allowed.
func aRole(account, name, boundary, trusted string, actions ...string) string {
	principal := `{"Service":"ec2.amazonaws.com"}`
	if trusted != "" {
		principal = fmt.Sprintf(`{"AWS":%q}`, trusted)
	}
	bounded := ""
	if boundary != "" {
		bounded = fmt.Sprintf(`"PermissionsBoundary":{"PermissionsBoundaryType":"Policy","PermissionsBoundaryArn":"arn:aws:iam::%s:policy/%s"},`, account, boundary)
	}
	allowed, err := json.Marshal(actions)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf(`{"Path":"/","RoleName":%q,"RoleId":"AROA%s","Arn":"arn:aws:iam::%s:role/%s",%s
"AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":%s}]},
"RolePolicyList":[{"PolicyName":"p","PolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":%s,"Resource":"*"}]}}],
"AttachedManagedPolicies":[],"InstanceProfileList":[],"Tags":[]}`, name, strings.ToUpper(name), account, name, bounded, principal, allowed)
}

func (a accountDump) json() string {
	managed := func(name, action string) string {
		return fmt.Sprintf(`{"PolicyName":%q,"PolicyId":"ANPA","Arn":"arn:aws:iam::%s:policy/%s","Path":"/","DefaultVersionId":"v1","IsAttachable":true,
"PolicyVersionList":[{"VersionId":"v1","IsDefaultVersion":true,"Document":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":%s,"Resource":"*"}]}}]}`,
			name, a.id, name, action)
	}
	return fmt.Sprintf(`{"UserDetailList":[],"GroupDetailList":[],"RoleDetailList":[%s],"Policies":[%s,%s]}`,
		strings.Join(a.roles, ",\n"), managed(workload, `["s3:*","sts:AssumeRole"]`), managed(open, `"*"`))
}

// months are what the teams and accounts of a small organization have in two
// months: which files, each a dump or a directory of configuration.
func months() map[string]map[string]string {
	const tools, prod, test = "111122223333", "444455556666", "777788889999"
	deploy := func(trusted string) string { return aRole(prod, "deploy", "", trusted, "*") }
	pipeline := "arn:aws:iam::" + tools + ":role/app-pipeline"
	bounded := func(name string) string {
		return fmt.Sprintf("resource \"aws_iam_role\" %q {\n  name                 = \"app-%s\"\n  permissions_boundary = \"arn:aws:iam::%s:policy/%s\"\n"+
			"  assume_role_policy   = jsonencode({ Version = \"2012-10-17\", Statement = [{ Effect = \"Allow\", Action = \"sts:AssumeRole\", "+
			"Principal = { Service = \"ec2.amazonaws.com\" } }] })\n}\n", name, name, prod, workload)
	}
	bare := func(name string) string {
		return regexp.MustCompile(`(?m)^  permissions_boundary.*\n`).ReplaceAllString(bounded(name), "")
	}
	account := func(id string, roles ...string) string { return accountDump{id, roles}.json() }
	return map[string]map[string]string{
		"2026-11": {
			"tools.json":              account(tools, aRole(tools, "app-pipeline", workload, "", "sts:AssumeRole"), aRole(tools, "app-old", "", "", "s3:GetObject")),
			"prod.json":               account(prod, deploy(""), aRole(prod, "app-web", workload, "", "s3:GetObject")),
			"test.json":               account(test, aRole(test, "app-try", open, "", "s3:GetObject")),
			"payments/api/main.tf":    bare("api") + bare("worker"),
			"search/indexer/main.tf":  bare("indexer"),
			"search/frontend/main.tf": bounded("frontend"),
		},
		"2026-12": {
			"tools.json": account(tools, aRole(tools, "app-pipeline", workload, "", "sts:AssumeRole"), aRole(tools, "app-new", workload, "", "s3:GetObject")),
			// The role of deployments lets in the pipeline of another account.
			"prod.json": account(prod, deploy(pipeline), aRole(prod, "app-web", workload, "", "s3:GetObject"), aRole(prod, "app-job", "", "", "s3:GetObject"),
				aRole(prod, "app-free", open, "", "s3:GetObject")),
			"payments/api/main.tf":    bounded("api") + bare("worker"),
			"search/indexer/main.tf":  bare("indexer"),
			"search/frontend/main.tf": bounded("frontend"),
		},
	}
}

// makeResults runs boundlint over the months as the page says, and returns where
// the tables are.
func makeResults(t *testing.T) string {
	t.Helper()
	dir := workspace(t, nil)
	for month, content := range months() {
		inputs := t.TempDir()
		var dumps []string
		roots := map[string]bool{}
		for name, text := range content {
			path := filepath.Join(inputs, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(name, ".json") {
				dumps = append(dumps, name)
			} else {
				roots[filepath.Dir(name)] = true
			}
		}
		slices.Sort(dumps)
		runs := map[string][]string{"accounts": dumps} // together, for their trusts cross
		for root := range roots {
			runs[strings.ReplaceAll(root, string(filepath.Separator), "-")] = []string{root}
		}
		t.Chdir(inputs)
		for name, args := range runs {
			args = append([]string{"lint", "--run", month, "--format", "json=" + filepath.Join(dir, "reports", month, name+".json")}, args...)
			if err := os.MkdirAll(filepath.Join(dir, "reports", month), 0o755); err != nil {
				t.Fatal(err)
			}
			for table, format := range map[string]string{"findings": "parquet", "entities": "parquet-entities", "inputs": "parquet-inputs"} {
				to := filepath.Join(dir, "results", table, "month="+month)
				if err := os.MkdirAll(to, 0o755); err != nil {
					t.Fatal(err)
				}
				args = append(args, "--format", format+"="+filepath.Join(to, name+".parquet"), "--format", "ndjson"+strings.TrimPrefix(format, "parquet")+"="+filepath.Join(to, name+".ndjson"))
			}
			if got := boundlint(t, "", nil, args...); got.code == exitFailure {
				t.Fatalf("%v: %s", args, got.stderr)
			}
		}
	}
	t.Chdir(dir)
	return dir
}

// question is a heading of the page with its SQL and its answer as CSV.
type question struct{ title, sql, answer string }

// sqlOfPage are the views and the questions of docs/results.md.
func sqlOfPage(t *testing.T) (views string, all []question) {
	t.Helper()
	text := read(t, filepath.Join(repository(t), "docs", "results.md"))
	_, text, _ = strings.Cut(text, "\n## Five questions in DuckDB\n")
	text, _, _ = strings.Cut(text, "\n## Athena\n")
	block := regexp.MustCompile("(?s)```(sql|csv)\n(.*?)```")
	for i, part := range strings.Split(text, "\n### ") {
		title, _, _ := strings.Cut(part, "\n")
		found := block.FindAllStringSubmatch(part, -1)
		switch {
		case i == 0 && len(found) == 1:
			views = found[0][2]
		case len(found) == 2 && found[0][1] == "sql" && found[1][1] == "csv":
			all = append(all, question{title, found[0][2], found[1][2]})
		default:
			t.Fatalf("docs/results.md: %q has %d blocks", title, len(found))
		}
	}
	if len(all) != 5 {
		t.Fatalf("%d questions", len(all))
	}
	return views, all
}

// runSQL runs statements with DuckDB in the current directory.
func runSQL(t *testing.T, duckdb, sql string) error {
	t.Helper()
	args := []string{"-bail", "-c", sql}
	if strings.Contains(filepath.Base(duckdb), "python") {
		args = []string{"-c", "import duckdb, sys; duckdb.sql(sys.argv[1])", sql}
	}
	if out, err := exec.CommandContext(t.Context(), duckdb, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

// TestQuestionsInDuckDB answers the questions of docs/results.md with DuckDB, over Parquet
// and over NDJSON.
func TestQuestionsInDuckDB(t *testing.T) {
	duckdb := os.Getenv(duckdbVariable)
	if duckdb == "" {
		t.Skipf("%s names no DuckDB: the questions of docs/results.md are not asked", duckdbVariable)
	}
	views, questions := sqlOfPage(t)
	page := filepath.Join(repository(t), "docs", "results.md")
	makeResults(t)
	lines := regexp.MustCompile(`read_parquet\('([^']*)\.parquet', `).ReplaceAllString(views, "read_json('$1.ndjson', format = 'newline_delimited', ")
	for _, from := range []string{views, lines} {
		for i, q := range questions {
			answer := fmt.Sprintf("answer%d.csv", i)
			if err := runSQL(t, duckdb, from+"COPY ("+strings.TrimRight(strings.TrimSpace(q.sql), ";")+") TO '"+answer+"' (HEADER);"); err != nil {
				t.Errorf("%s: %v", q.title, err)
				continue
			}
			got := read(t, answer)
			if *update && from == views {
				text := read(t, page)
				before, after, _ := strings.Cut(text, q.sql)
				after = strings.Replace(after, "```csv\n"+q.answer, "```csv\n"+got, 1)
				if err := os.WriteFile(page, []byte(before+q.sql+after), 0o644); err != nil {
					t.Fatal(err)
				}
				continue
			}
			if got != q.answer {
				t.Errorf("%s\n%sis answered with\n%swant\n%s", q.title, from, got, q.answer)
			}
			if rows, err := csv.NewReader(bytes.NewReader([]byte(got))).ReadAll(); err != nil || len(rows) < 2 {
				t.Errorf("%s: no answer: %v", q.title, err)
			}
		}
	}
}

// TestResultColumns: whether or not there is a DuckDB, each word of the SQL of
// docs/results.md is one of SQL, one that it defines, or a column that there is.
func TestResultColumns(t *testing.T) {
	views, questions := sqlOfPage(t)
	known := map[string]bool{}
	for word := range strings.FieldsSeq(`create view as from read_parquet union_by_name true select count filter round where and order by desc group distinct
		with unnest list_distinct not exists union all case when then else end in is null regexp_extract string_agg split_part
		findings entities inputs`) {
		known[word] = true
	}
	columns := map[string]bool{}
	for _, table := range []string{"findings", "entities", "inputs"} {
		var schema struct {
			Properties map[string]any `json:"properties"`
		}
		if err := json.Unmarshal([]byte(read(t, filepath.Join(repository(t), "docs", "results-"+table+".schema.json"))), &schema); err != nil {
			t.Fatal(err)
		}
		for name := range schema.Properties {
			columns[name] = true
		}
	}
	text := regexp.MustCompile(`'[^']*'`)
	word := regexp.MustCompile(`[A-Za-z_][A-Za-z_0-9]*`)
	defined := regexp.MustCompile(`(?i)\bAS (\w+)|(\w+) AS \(|\bFROM \w+ AS (\w+)`)
	for _, sql := range append([]question{{sql: views}}, questions...) {
		plain := text.ReplaceAllString(sql.sql, "")
		own := map[string]bool{}
		for _, m := range defined.FindAllStringSubmatch(plain, -1) {
			for _, name := range m[1:] {
				own[name] = true
			}
		}
		used := 0
		for _, name := range word.FindAllString(plain, -1) {
			switch {
			case columns[name]:
				used++
			case !known[strings.ToLower(name)] && !own[name]:
				t.Errorf("%s: there is no column %s", sql.title, name)
			}
		}
		if sql.title != "" && used == 0 {
			t.Errorf("%s: no column is used", sql.title)
		}
	}
}

// TestParquetOutput: it goes where it is asked to go, whole or not at all.
func TestParquetOutput(t *testing.T) {
	workspace(t, map[string]string{"plan.json": badPlan})
	for _, format := range []string{"parquet", "parquet-entities", "parquet-inputs"} {
		if got := boundlint(t, "", nil, "plan.json", "--format", format); got.code != exitFindings || !strings.HasPrefix(got.stdout, "PAR1") {
			t.Errorf("%s: %d %.10q %s", format, got.code, got.stdout, got.stderr)
		}
	}
	for _, args := range [][]string{{"--format", "parquet="}, {"--format", "parquet", "--format", "text"}, {"--format", "parquets"}, {"--format", "parquet=plan.json"}} {
		if got := boundlint(t, "", nil, append([]string{"plan.json"}, args...)...); got.code != exitFailure || got.stdout != "" || strings.Count(got.stderr, "\n") != 1 {
			t.Errorf("%v: %+v", args, got)
		}
	}
}
