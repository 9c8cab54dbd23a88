package organization_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/source/organization"
)

const (
	scpARN  = "arn:aws:organizations::111111111111:policy/o-exampleorgid/service_control_policy/p-examplepolicyid111"
	fullRow = `"id":"p-FullAWSAccess","arn":"arn:aws:organizations::aws:policy/service_control_policy/p-FullAWSAccess","type":"SERVICE_CONTROL_POLICY","aws_managed":true`
	ownRow  = `"id":"p-examplepolicyid111","arn":"` + scpARN + `","type":"SERVICE_CONTROL_POLICY","aws_managed":false`
	ownText = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`
)

// queried are the tables of Steampipe with the organization of answered: rows alone, as
// before version 1.0, and with their columns. Where an account is the AWS CLI tells.
var queried = map[string]string{
	"aws_organizations_root.json": `[{"id":"r-examplerootid111","name":"Root","arn":"arn:aws:organizations::111111111111:root/o-exampleorgid/r-examplerootid111",
		"policy_types":[{"Status":"ENABLED","Type":"SERVICE_CONTROL_POLICY"}],"title":"Root","region":"global","account_id":"111111111111"}]`,
	"aws_organizations_account.json": `{"columns":[{"name":"id","data_type":"text"}],"rows":[
		{"id":"111111111111","name":"Master Account","arn":"arn:aws:organizations::111111111111:account/o-exampleorgid/111111111111","account_id":"111111111111"},
		{"id":"222222222222","name":"Production Account","arn":"arn:aws:organizations::111111111111:account/o-exampleorgid/222222222222","account_id":"111111111111"}]}`,
	"aws_organizations_organizational_unit.json": `[{"id":"ou-examplerootid111-exampleouid111","parent_id":"r-examplerootid111","name":"AccountingDepartment",
		"path":"r_examplerootid111.ou_examplerootid111_exampleouid111","arn":"arn:aws:organizations::111111111111:ou/o-exampleorgid/ou-examplerootid111-exampleouid111"}]`,
	"aws_organizations_policy.json": `{"columns":[],"rows":[{` + fullRow + `,"content":null},
		{` + ownRow + `,"content":` + ownText + `},
		{"id":"p-tags","arn":"arn:aws:organizations::111111111111:policy/o-exampleorgid/tag_policy/p-tags","type":"TAG_POLICY","content":{"tags":{}}}]}`,
	"aws_organizations_policy_target_r-examplerootid111.json": `[{` + fullRow + `,"target_id":"r-examplerootid111"}]`,
	"aws_organizations_policy_target-units.json":              `[{` + fullRow + `,"target_id":"ou-examplerootid111-exampleouid111"}]`,
	"aws_organizations_policy_target.accounts.json":           `[{` + fullRow + `,"target_id":"222222222222"},{` + ownRow + `,"target_id":"222222222222"},{"id":"p-tags","type":"TAG_POLICY","target_id":"222222222222"}]`,
	"list-parents-222222222222.json":                          `{"Parents":[{"Id":"ou-examplerootid111-exampleouid111","Type":"ORGANIZATIONAL_UNIT"}]}`,
	"get-account-authorization-details-222222222222.json":     dump,
}

// TestTables: tables tell of the tree and of what is attached what answers tell, and each
// policy is in the line of its row.
func TestTables(t *testing.T) {
	models, err := organization.Read(organization.Options{Path: write(t, queried)})
	if err != nil || len(models) != 1 {
		t.Fatalf("%d models, %v", len(models), err)
	}
	o := models[0].Organization
	if o == nil || o.ID != "o-exampleorgid" || o.Management != "111111111111" || len(o.Accounts) != 2 || !o.ServiceControl || o.ResourceControl {
		t.Fatalf("%+v", o)
	}
	if path, known := o.Path("222222222222"); !known || path != "o-exampleorgid/r-examplerootid111/ou-examplerootid111-exampleouid111/" {
		t.Error(path, known)
	}
	levels, known := o.Levels("222222222222", iam.ServiceControlPolicy)
	if !known || len(levels) != 3 || len(levels[0]) != 1 || len(levels[1]) != 1 || len(levels[2]) != 2 {
		t.Fatalf("%v", levels)
	}
	for _, level := range levels {
		for _, p := range level {
			if p.Document == nil || p.Document.Document == nil || p.Type != iam.ServiceControlPolicy {
				t.Errorf("%s: %+v", p.Address, p)
			}
			if p.Address == scpARN && (p.Location.Range.Start.Line != 2 || !strings.HasSuffix(p.Location.File, "aws_organizations_policy.json")) {
				t.Errorf("%+v", p.Location)
			}
		}
	}
	if name := o.Accounts["222222222222"].Name; name != "Production Account" {
		t.Error(name)
	}
}

// TestTablesWithoutPlaces: no table says where an account is. What binds it is then not
// known, and neither is it where nothing tells what is attached to a level.
func TestTablesWithoutPlaces(t *testing.T) {
	for name, gone := range map[string]string{
		"the place": "list-parents-222222222222.json", "what the unit has": "aws_organizations_policy_target-units.json",
	} {
		files := maps.Clone(queried)
		delete(files, gone)
		models, err := organization.Read(organization.Options{Path: write(t, files)})
		if err != nil || len(models) != 1 {
			t.Fatalf("%s: %d models, %v", name, len(models), err)
		}
		levels, known := models[0].Organization.Levels("222222222222", iam.ServiceControlPolicy)
		for _, level := range levels {
			for _, p := range level {
				known = known && p.Document != nil
			}
		}
		if known {
			t.Errorf("%s: %v", name, levels)
		}
	}
}

// TestTableFaults: a table that lacks a column, or is of something else, is named with
// what is wrong, and the rest is read.
func TestTableFaults(t *testing.T) {
	const root, units, policies, target = "aws_organizations_root.json", "aws_organizations_organizational_unit.json", "aws_organizations_policy.json",
		"aws_organizations_policy_target-units.json"
	for name, c := range map[string]struct{ file, text, want string }{
		"no types of policies":   {root, `[{"id":"r-examplerootid111"}]`, root + ": [0].policy_types: it is missing"},
		"no parent":              {units, `[{"id":"ou-examplerootid111-exampleouid111"}]`, "parent_id"},
		"no document":            {policies, `[{` + ownRow + `}]`, "content"},
		"no target":              {target, `[{` + fullRow + `}]`, "target_id"},
		"a target that is null":  {target, `[{` + fullRow + `,"target_id":null}]`, "it has a row without a target_id: query it with where type = 'SERVICE_CONTROL_POLICY' and target_id = 'ID'"},
		"a number":               {target, `[{` + fullRow + `,"target_id":1}]`, "target_id"},
		"an answer of the CLI":   {target, `{"Policies":[]}`, target},
		"text":                   {root, `Root`, root},
		"nothing":                {root, ``, "it is empty"},
		"two places of one unit": {"aws_organizations_organizational_unit_2.json", `[{"id":"ou-examplerootid111-exampleouid111","parent_id":"ou-examplerootid111-exampleouid222"}]`, "and what was read before has it in r-examplerootid111"},
		"another organization":   {"aws_organizations_account_2.json", `[{"id":"333333333333","arn":"arn:aws:organizations::111111111111:account/o-otherorgid/333333333333"}]`, "it is of the organization o-otherorgid"},
		"under another name":     {"rows.json", `[{` + ownRow + `,"akas":[]}]`, "rows.json: [0] is of AWS Organizations: put it into a directory"},
		"a document of no sense": {policies, `[{` + ownRow + `,"content":7}]`, "content"},
	} {
		t.Run(name, func(t *testing.T) {
			files := maps.Clone(queried)
			files[c.file] = c.text
			models, err := organization.Read(organization.Options{Path: write(t, files)})
			if err == nil || !strings.Contains(err.Error(), c.want) || len(models) != 1 {
				t.Errorf("%d models, the error is %v", len(models), err)
			}
		})
	}
}
