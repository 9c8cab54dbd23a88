// Package steampipe reads what steampipe query --output json prints of the tables
// aws_iam_role, aws_iam_user, aws_iam_group and aws_iam_policy.
package steampipe

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/internal/lazy"
	"github.com/boundlint/boundlint/lint/source/account"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// What rows look like: a list of them before version 1.0 of Steampipe, and an object
// that names the columns first since.
var (
	listed = lazy.Regexp(`^\s*\[\s*\{`)
	object = lazy.Regexp(`^\s*\{\s*"columns"\s*:\s*\[`)
	column = lazy.Regexp(`"(attached_policy_arns|assume_role_policy|permissions_boundary_arn|is_aws_managed|akas|arn)"`)
)

// IsRows reports whether a text begins like rows.
func IsRows(start []byte) bool {
	return object().Match(start) || listed().Match(start) && column().Match(start) && !bytes.Contains(start, []byte(`DetailList"`))
}

// row are the columns that are read.
type row struct {
	Name     string            `json:"name"`
	ARN      string            `json:"arn"`
	Path     string            `json:"path"`
	Boundary string            `json:"permissions_boundary_arn"`
	Inline   []json.RawMessage `json:"inline_policies"`
	Attached []string          `json:"attached_policy_arns"`
	Trust    json.RawMessage   `json:"assume_role_policy"`
	Profiles []string          `json:"instance_profile_arns"`
	Groups   json.RawMessage   `json:"groups"`
	Policy   json.RawMessage   `json:"policy"`
	Tags     map[string]string `json:"tags"`
}

type members = map[string]*stream.Shape

var (
	text     = stream.Text.OrNull()
	texts    = stream.ListOf(stream.Name).OrNull()
	document = stream.Text.Or(stream.MapOf(stream.Any)).OrNull()
	groups   = stream.ListOf(stream.ObjectOf(members{"GroupName": stream.Name}, "GroupName")).OrNull()
	inline   = stream.ListOf(stream.ObjectOf(members{"PolicyName": stream.Name, "PolicyDocument": document}, "PolicyName")).OrNull()
	rowShape = stream.ObjectOf(members{
		"name": text, "arn": stream.Name, "path": text, "permissions_boundary_arn": text,
		"inline_policies":      inline,
		"attached_policy_arns": texts, "assume_role_policy": document, "instance_profile_arns": texts, "policy": document,
		"groups": groups.Or(stream.ObjectOf(members{"Groups": groups})), "tags": stream.MapOf(text).OrNull(),
	}, "arn")
)

// needed are the columns without which a row says too little to be judged, by the type
// in its ARN.
var needed = map[string][]string{
	"role":   {"permissions_boundary_arn", "inline_policies", "attached_policy_arns", "assume_role_policy"},
	"user":   {"permissions_boundary_arn", "inline_policies", "attached_policy_arns", "groups"},
	"group":  {"inline_policies", "attached_policy_arns"},
	"policy": {"policy"},
}

// Read reads rows, one model for each account.
func Read(r *stream.Reader, o account.Options) ([]*iam.Model, error) {
	o.OnlyCurrent = true
	rd := &reader{r: r, builder: account.NewBuilder(o)}
	for r.Kind() != 0 {
		var err error
		if r.Kind() == '[' {
			err = r.Array(rd.row)
		} else {
			err = r.Object(rd.member)
		}
		if err != nil {
			return nil, err
		}
	}
	if err := r.End(); err != nil {
		return nil, err
	}
	if rd.rows == 0 {
		return nil, stream.Errorf("it looks like what Steampipe prints, and has no rows")
	}
	return rd.builder.Models(), nil
}

type reader struct {
	r       *stream.Reader
	builder *account.Builder
	rows    int
}

func (rd *reader) member(name string) error {
	if name == "rows" {
		return rd.r.Array(rd.row)
	}
	return rd.r.Skip()
}

func (rd *reader) row() error {
	raw, err := rd.r.Raw()
	if err != nil {
		return err
	}
	at := rd.r.At()
	columns, err := stream.Split(raw, at)
	if err != nil {
		return err
	}
	if err := rowShape.Check(raw, at); err != nil {
		return err
	}
	var x row
	if err := stream.Decode(raw, at, &x); err != nil {
		return err
	}
	kind := kindOf(x.ARN)
	if strings.Contains(x.ARN, ":organizations::") {
		return stream.Errorf("%s is of AWS Organizations: put it into a directory with the dumps of the accounts, in a file of the name of its "+
			"table (aws_organizations_policy.json)", stream.Place(at))
	}
	if needed[kind] == nil {
		return stream.Errorf("%s is not a row of aws_iam_role, aws_iam_user, aws_iam_group or aws_iam_policy: other tables of Steampipe are "+
			"not read", stream.Place(at))
	}
	for _, name := range needed[kind] {
		if _, ok := columns[name]; !ok {
			return stream.Errorf("%s has no column %s: query select * from aws_iam_%s", stream.Place(at), name, kind)
		}
	}
	entry, list := x.entry(kind)
	out, err := json.Marshal(entry)
	if err != nil {
		return &stream.Error{Problem: fmt.Sprintf("%s: it cannot be read", stream.Place(at)), Err: err}
	}
	rd.rows++
	return rd.builder.Add(list, out, nil)
}

// kindOf is the type of what an ARN of IAM is of, "" for one of another service.
func kindOf(arn string) string {
	_, rest, iam := strings.Cut(arn, ":iam::")
	_, resource, ok := strings.Cut(rest, ":")
	kind, _, named := strings.Cut(resource, "/")
	if !iam || !ok || !named {
		return ""
	}
	return kind
}

// entry is a row as the dump of an account has it.
func (x *row) entry(kind string) (entry map[string]any, list account.List) {
	out := map[string]any{"Arn": x.ARN}
	if x.Path != "" {
		out["Path"] = x.Path
	}
	if kind == "policy" {
		out["PolicyName"] = x.Name
		if len(x.Policy) > 0 && string(x.Policy) != "null" {
			out["PolicyVersionList"] = []map[string]any{{"Document": x.Policy, "IsDefaultVersion": true}}
		}
		return out, account.Policies
	}
	attached := []map[string]string{}
	for _, arn := range x.Attached {
		attached = append(attached, map[string]string{"PolicyName": arn[strings.LastIndexByte(arn, '/')+1:], "PolicyArn": arn})
	}
	inline := x.Inline
	if inline == nil {
		inline = []json.RawMessage{}
	}
	out["AttachedManagedPolicies"] = attached
	if x.Boundary != "" {
		out["PermissionsBoundary"] = map[string]string{"PermissionsBoundaryArn": x.Boundary}
	}
	tags := []map[string]string{}
	for key, value := range x.Tags {
		tags = append(tags, map[string]string{"Key": key, "Value": value})
	}
	switch kind {
	case "role":
		out["RoleName"], out["RolePolicyList"], out["Tags"] = x.Name, inline, tags
		if len(x.Trust) > 0 {
			out["AssumeRolePolicyDocument"] = x.Trust
		}
		profiles := []map[string]string{}
		for _, arn := range x.Profiles {
			profiles = append(profiles, map[string]string{"Arn": arn})
		}
		out["InstanceProfileList"] = profiles
		return out, account.Roles
	case "user":
		out["UserName"], out["UserPolicyList"], out["GroupList"], out["Tags"] = x.Name, inline, x.groups(), tags
		return out, account.Users
	}
	out["GroupName"], out["GroupPolicyList"] = x.Name, inline
	return out, account.Groups
}

// groups are the names of a user's groups: a list of what IAM answers, or the answer
// itself, by the version of the plugin.
func (x *row) groups() []string {
	type group struct {
		GroupName string `json:"GroupName"`
	}
	var list []group
	var answer struct {
		Groups []group `json:"Groups"`
	}
	_ = json.Unmarshal(x.Groups, &list) // it is the one or the other
	_ = json.Unmarshal(x.Groups, &answer)
	names := []string{}
	for _, g := range append(list, answer.Groups...) {
		names = append(names, g.GroupName)
	}
	return names
}
