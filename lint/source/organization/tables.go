package organization

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strings"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/account"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// tablePrefix begins the names of Steampipe's tables of AWS Organizations.
const tablePrefix = "aws_organizations_"

// rowsOf is the shape of what steampipe query --output json prints of a table: a list of
// rows before version 1.0, and an object that names the columns first since.
func rowsOf(columns members, needed ...string) *stream.Shape {
	rows := stream.ListOf(stream.ObjectOf(columns, needed...)).OrNull()
	return rows.Or(stream.ObjectOf(members{"columns": stream.Any, "rows": rows}, "rows"))
}

var (
	documentColumn = stream.Text.Or(stream.MapOf(stream.Any)).OrNull()
	policyColumns  = members{"id": stream.Name, "arn": text, "type": stream.Name, "content": documentColumn, "target_id": text}
)

// tables are those of Steampipe that are read as the answers of the AWS CLI are, from
// files of their names (Steampipe's plugin for AWS, tables aws_organizations_*). None of
// them says where in the tree an account is.
var tables = []command{
	{tablePrefix + "root", nil, rowsOf(members{
		"id": stream.Name, "arn": text, "name": text, "policy_types": policyTypes,
	}, "id", "policy_types"), (*answers).rootRows},
	{tablePrefix + "organizational_unit", nil, rowsOf(members{
		"id": stream.Name, "arn": text, "name": text, "parent_id": stream.Name,
	}, "id", "parent_id"), (*answers).unitRows},
	{tablePrefix + "account", nil, rowsOf(members{"id": stream.Name, "arn": text, "name": text}, "id"), (*answers).accountRows},
	{tablePrefix + "policy", nil, rowsOf(policyColumns, "id", "type", "content"), (*answers).policyRows},
	{tablePrefix + "policy_target", nil, rowsOf(policyColumns, "id", "type", "target_id"), (*answers).targetRows},
}

// tableRow are the columns that are read.
type tableRow struct {
	ID          string                          `json:"id"`
	ARN         string                          `json:"arn"`
	Name        string                          `json:"name"`
	Type        string                          `json:"type"`
	ParentID    string                          `json:"parent_id"`
	TargetID    string                          `json:"target_id"`
	PolicyTypes []struct{ Type, Status string } `json:"policy_types"`
	Content     json.RawMessage                 `json:"content"`
}

// eachRow visits the rows of a table. The error tells what is wrong with the first row
// that cannot be taken, after all have been.
func (a *answers) eachRow(f *file, visit func(tableRow) error) error {
	var rows []tableRow
	if bytes.HasPrefix(bytes.TrimSpace(f.raw), []byte("[")) {
		list, err := decodeInto[[]tableRow](f)
		if err != nil {
			return err
		}
		rows = list
	} else {
		object, err := decodeInto[struct {
			Rows []tableRow `json:"rows"`
		}](f)
		if err != nil {
			return err
		}
		rows = object.Rows
	}
	var wrong error
	for _, r := range rows {
		if err := a.identify(r.ARN); err != nil {
			return err
		}
		wrong = cmp.Or(wrong, visit(r))
	}
	return wrong
}

func (a *answers) rootRows(_ string, f *file) error {
	return a.eachRow(f, func(r tableRow) error {
		a.tree.Root = a.tree.unit(r.ID)
		a.tree.Root.Name = r.Name
		a.tree.features = map[string]bool{}
		for _, t := range r.PolicyTypes {
			a.tree.features[t.Type] = t.Status == "ENABLED"
		}
		return nil
	})
}

func (a *answers) unitRows(_ string, f *file) error {
	return a.eachRow(f, func(r tableRow) error {
		u := a.tree.unit(r.ID)
		u.Name = cmp.Or(r.Name, u.Name)
		return a.tree.put(r.ID, r.ParentID)
	})
}

func (a *answers) accountRows(_ string, f *file) error {
	a.tree.listed = true
	return a.eachRow(f, func(r tableRow) error {
		m := a.tree.member(r.ID)
		m.Name = cmp.Or(r.Name, m.Name)
		return nil
	})
}

func (a *answers) policyRows(_ string, f *file) error {
	places := &rowPlaces{file: f, walk: walk{file: f}}
	return a.eachRow(f, func(r tableRow) error { return a.policyRow(r, places) })
}

// binds reports whether a policy is of a type that binds accounts: tag policies and their
// kin do not.
func (r *tableRow) binds() bool {
	return r.Type == iam.ServiceControlPolicy || r.Type == iam.ResourceControlPolicy
}

// policyRow notes a policy, and its document where the row has it.
func (a *answers) policyRow(r tableRow, places *rowPlaces) error {
	if !r.binds() {
		return nil
	}
	if err := a.summary(named{ID: r.ID, ARN: r.ARN, Type: r.Type}); err != nil {
		return err
	}
	place := places.next(r.ID)
	p := a.tree.policy(r.ID)
	if content := string(r.Content); content != "" && content != "null" && p.Document == nil {
		a.tree.document(p, r.Content, func(string) account.Place { return place }, a.account(places.file.path))
	}
	return nil
}

func (a *answers) targetRows(_ string, f *file) error {
	places := &rowPlaces{file: f, walk: walk{file: f}}
	return a.eachRow(f, func(r tableRow) error {
		switch {
		case r.TargetID == "":
			return stream.Errorf("it has a row without a target_id: query it with where type = '%s' and target_id = 'ID'", r.Type)
		case policy.IsAccountID(r.TargetID):
			a.tree.member(r.TargetID)
		default:
			a.tree.unit(r.TargetID)
		}
		if !r.binds() {
			return nil
		}
		a.tree.attach(r.TargetID, r.ID)
		a.tree.know(r.TargetID, r.Type)
		return a.policyRow(r, places)
	})
}

// rowPlaces finds the rows of a table one after the other.
type rowPlaces struct {
	file *file
	walk walk
	at   int
}

// next is the place of the next row that has an id.
func (p *rowPlaces) next(id string) account.Place {
	if found := bytes.Index(p.file.raw[min(p.at, len(p.file.raw)):], []byte(`"`+id+`"`)); found >= 0 {
		p.at += found
	}
	return account.Place{File: p.file.path, Start: p.walk.to(p.at)}
}

// isTable reports whether a command is a table of Steampipe.
func (c *command) isTable() bool { return strings.HasPrefix(c.name, tablePrefix) }
