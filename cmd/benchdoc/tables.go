package main

// row is one input and how boundlint is run on it.
type row struct {
	// what is in the first cell.
	what string
	// shape and n make the input, or bytes where a plan is to be so long; path is
	// one of the repository in their place.
	shape string
	n     int
	bytes int64
	path  string
	// command is one of boundlint, "" for lint.
	command []string
}

// table is a list of inputs in the page, by the name that the template has.
type table struct {
	name string
	// speed adds a column of megabytes a second.
	speed bool
	rows  []row
}

const megabyte = 1_000_000

var tables = []table{
	{name: "plans", speed: true, rows: []row{
		{what: "2 % IAM, 5 % compute, a fifth buckets, in modules, with variables and tags", shape: "plan/company", bytes: 58 * megabyte},
		{what: "the same mix", shape: "plan/company", bytes: 500 * megabyte},
		{what: "95 % instances and functions, 5 % IAM", shape: "plan/instances", bytes: 58 * megabyte},
		{what: "roles, policies and attachments only", shape: "plan/iam", bytes: 58 * megabyte},
		{what: "99 % of what is not read", shape: "plan/bystanders", bytes: 500 * megabyte},
		{what: "the state file of the first", shape: "state/company", n: 50_000},
		{what: "the first plan of 1,000 roles, joined with its configuration", shape: "joined/written", n: 1000},
	}},
	{name: "accounts", rows: []row{
		{what: "1,000 users and roles", shape: "dump/company", n: 1000},
		{what: "3,000 users and roles", shape: "dump/company", n: 3000},
		{what: "10,000 users and roles", shape: "dump/company", n: 10_000},
	}},
	{name: "patterns", rows: []row{
		{what: "1,000 users in one group, whose policy names `user/${aws:username}`", shape: "pattern/selfgroup", n: 1000},
		{what: "1,000 users with their own ARN spelled out", shape: "pattern/selfown", n: 1000},
		{what: "2,000 roles that may be assumed by whoever has the same tag", shape: "pattern/selfrole", n: 2000},
		{what: "1,000 roles of which each may assume the next one", shape: "pattern/chain", n: 1000},
		{what: "200 roles that are denied actions of IAM on forty prefixes", shape: "pattern/longdeny", n: 200},
		{what: "200 administrators of IAM, denied what does not have their tag", shape: "pattern/tagdeny", n: 200},
		{what: "200 administrators of IAM, denied sixty resources with many wildcards", shape: "pattern/wildcards", n: 200},
		{what: "200 roles with 25 statements with conditions", shape: "pattern/conditions", n: 200},
		{what: "200 roles that may create others under their own prefix", shape: "pattern/delegates", n: 200},
	}},
	{name: "configurations", rows: []row{
		{what: "10 roles, each with a policy, tags and a bucket", shape: "config/written", n: 10},
		{what: "1,000 such roles", shape: "config/written", n: 1000},
		{what: "10,000 such roles", shape: "config/written", n: 10_000},
		{what: "1,000 roles by one `for_each`", shape: "config/for-each", n: 1000},
		{what: "1,000 roles by calls of one module", shape: "config/modules", n: 1000},
		{what: "1,000 root modules of three files and two roles", shape: "config/roots", n: 1000},
	}},
	{name: "projects", rows: []row{
		{what: "[tenants](../fixtures/real/tenants), first plan, many documents known after apply", path: "fixtures/real/tenants/plan.json"},
		{
			what: "[workbench](../fixtures/real/workbench), first plan, most documents and boundaries known after apply",
			path: "fixtures/real/workbench/plan.json",
		},
		{
			what: "`boundlint who-can '*'` in [fleet-module](../fixtures/real/fleet-module), 25 roles",
			path: "fixtures/real/fleet-module", command: []string{"who-can", "*"},
		},
	}},
}

// The inputs on which other tools run beside boundlint. They are small enough for all
// of them.
var (
	besidePlan      = row{what: "plan of 8 MB", shape: "plan/company", bytes: 8 * megabyte}
	besideDirectory = row{what: "directory of 100 roles", shape: "config/written", n: 100}
)

// timed is the input of which the stages are told.
var timed = row{what: "a company's account of 3,000 users and roles", shape: "dump/company", n: 3000}

// benchmarks are those of Go that measure less than a run.
var benchmarks = []struct{ what, pkg, name string }{
	{"is one request allowed", "./lint/authz", "Decide"},
	{"is any request allowed, of all actions of a real delegation", "./lint/authz", "SearchDelegation"},
	{"on how much is each action of the catalog allowed", "./lint/authz", "Effective"},
	{"a policy is parsed", "./lint/policy", "Parse"},
	{"an action is looked up in the catalog", "./lint/catalog", "Lookup"},
}
