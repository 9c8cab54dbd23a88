package orgtest

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"strings"
)

// Account is an account that is being written.
type Account struct {
	// Index is its place among the accounts; 0 is the management account.
	Index int
	ID    string

	partition, dir string
	*writer
}

// Role is a role or user.
type Role struct {
	Name string
	// Path is "/" by default.
	Path string
	// Trust is the JSON of the trust policy; for "" the role is for EC2. Users have
	// none.
	Trust string
	// Boundary is the ARN of the boundary, "" for none. [Account.Boundary] is the one
	// that everything has that the account has by itself.
	Boundary string
	// Inline are policies by their names, as JSON; Managed are ARNs.
	Inline  map[string]string
	Managed []string
	Tags    map[string]string
	// Groups are the names of the groups of a user.
	Groups []string
}

// Boundary is the ARN of the account's boundary.
func (a *Account) Boundary() string { return a.ARN("policy/developer-boundary") }

// ARN is the ARN of something of the account in IAM: "role/app".
func (a *Account) ARN(rest string) string {
	return fmt.Sprintf("arn:%s:iam::%s:%s", a.partition, a.ID, rest)
}

// boundary is the document of the account's boundary: reading, and nothing of IAM.
const boundary = `{"Version":"2012-10-17","Statement":[` +
	`{"Sid":"Services","Effect":"Allow","Action":["s3:Get*","s3:List*","sqs:*","logs:*"],"Resource":"*"}]}`

// fill writes the account's own entities: of ten, seven are roles, two policies and one
// is a user. All have the boundary, and nothing about them is to be found fault with.
func (a *Account) fill(entities int) {
	a.Policy("developer-boundary", boundary)
	for i := range entities - 1 {
		switch i % 10 {
		case 3, 6:
			a.Policy(fmt.Sprintf("app-%04d", i), fmt.Sprintf(
				`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:ListBucket"],`+
					`"Resource":["arn:%[1]s:s3:::app-%[2]s-%[3]d","arn:%[1]s:s3:::app-%[2]s-%[3]d/*"]}]}`, a.partition, a.ID, i))
		case 9:
			a.User(Role{Name: fmt.Sprintf("app-%04d", i), Boundary: a.Boundary(), Managed: []string{a.ARN(fmt.Sprintf("policy/app-%04d", i-3))}})
		default:
			r := Role{Name: fmt.Sprintf("app-%04d", i), Boundary: a.Boundary(), Tags: map[string]string{"team": fmt.Sprintf("t%d", i%7)}}
			r.Inline = map[string]string{"queue": fmt.Sprintf(
				`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sqs:SendMessage","sqs:ReceiveMessage"],`+
					`"Resource":"arn:%s:sqs:eu-central-1:%s:app-%d"}]}`, a.partition, a.ID, i)}
			if i%10 > 3 {
				r.Managed = []string{a.ARN(fmt.Sprintf("policy/app-%04d", i-i%10+3))}
			}
			a.Role(r)
		}
	}
}

// Role writes a role.
func (a *Account) Role(r Role) {
	dir := a.entity("role", r)
	trust := r.Trust
	if trust == "" {
		trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	}
	a.json(filepath.Join(dir, "trust-policy.json"), json.RawMessage(trust))
}

// User writes a user.
func (a *Account) User(r Role) {
	dir := a.entity("user", r)
	groups := []string{}
	for _, g := range r.Groups {
		groups = append(groups, a.ARN("group/"+g))
	}
	a.json(filepath.Join(dir, "groups.json"), groups)
}

// Group writes a group, of which the name, the path and the policies count.
func (a *Account) Group(r Role) { a.entity("group", r) }

// entity writes what roles, users and groups have in common, and tells where.
func (a *Account) entity(kind string, r Role) string {
	if r.Path == "" {
		r.Path = "/"
	}
	full := strings.TrimPrefix(r.Path, "/") + r.Name
	dir := filepath.Join(a.dir, "iam", kind, folder(full))
	m := map[string]any{
		"arn": a.ARN(kind + "/" + full), "name": r.Name, "path": r.Path, "id": "AROAEXAMPLE", "created": "2025-03-01T10:00:00.000Z",
	}
	if r.Boundary != "" {
		m["permissionBoundary"] = r.Boundary
	}
	a.json(filepath.Join(dir, "metadata.json"), m)
	inline := []map[string]any{}
	for name, document := range r.Inline {
		inline = append(inline, map[string]any{"PolicyName": name, "PolicyDocument": json.RawMessage(document)})
	}
	a.json(filepath.Join(dir, "inline-policies.json"), inline)
	managed := r.Managed
	if managed == nil {
		managed = []string{}
	}
	a.json(filepath.Join(dir, "managed-policies.json"), managed)
	if r.Tags != nil {
		a.json(filepath.Join(dir, "tags.json"), r.Tags)
	}
	return dir
}

// Policy writes a customer-managed policy, whose name may have a path before it.
func (a *Account) Policy(name, document string) {
	dir := filepath.Join(a.dir, "iam", "policy", folder(name))
	path := "/" + name[:strings.LastIndexByte(name, '/')+1]
	a.json(filepath.Join(dir, "metadata.json"), map[string]any{
		"arn": a.ARN("policy/" + name), "name": name[strings.LastIndexByte(name, '/')+1:], "path": path, "defaultVersionId": "v1",
	})
	a.json(filepath.Join(dir, "current-policy.json"), json.RawMessage(document))
}

// Resource writes a resource with its policy: its place is below the account's
// directory, such as "sqs/eu-central-1/jobs" or "s3/reports".
func (a *Account) Resource(place, arn, policy string) {
	a.ResourceFile(place, "policy.json", arn, policy)
}

// ResourceFile writes a resource with its policy in a file of another name.
func (a *Account) ResourceFile(place, file, arn, policy string) {
	dir := filepath.Join(a.dir, filepath.FromSlash(strings.ToLower(place)))
	a.json(filepath.Join(dir, "metadata.json"), map[string]any{"arn": arn})
	a.json(filepath.Join(dir, file), json.RawMessage(policy))
}

// Provider writes an OpenID Connect or SAML provider: its place is that of its ARN, such
// as "saml-provider/idp", and metadata what iam-collect tells of it besides.
func (a *Account) Provider(place string, metadata map[string]any) {
	kind, name, _ := strings.Cut(place, "/")
	all := map[string]any{"arn": a.ARN(place)}
	maps.Copy(all, metadata)
	a.file(filepath.Join("iam", kind, folder(name), "metadata.json"), all)
}

// Function writes a Lambda function of the region us-east-1 that runs with a role, with its
// policy, "" for none, and returns its ARN.
func (a *Account) Function(name, role, policy string, tags map[string]string) string {
	dir := filepath.Join("lambda", "us-east-1", "function", folder(name))
	arn := fmt.Sprintf("arn:%s:lambda:us-east-1:%s:function:%s", a.partition, a.ID, name)
	a.file(filepath.Join(dir, "metadata.json"), map[string]any{"arn": arn, "name": name, "role": role})
	if policy != "" {
		a.file(filepath.Join(dir, "policy.json"), json.RawMessage(policy))
	}
	if tags != nil {
		a.file(filepath.Join(dir, "tags.json"), tags)
	}
	return arn
}

// Share writes a resource that the account shares by AWS RAM.
func (a *Account) Share(arn, policy string, shares ...string) {
	m := map[string]any{"arn": arn, "shares": shares}
	if policy != "" {
		m["policy"] = json.RawMessage(policy)
	}
	a.file(filepath.Join("ram", folder(arn)+".json"), m)
}

// PermissionSet writes a permission set of IAM Identity Center, whose owner the
// account is, with the accounts in which it is provisioned.
func (a *Account) PermissionSet(name, inline string, managed, accounts []string) {
	id := "ssoins-1111222233334444/ps-" + strings.ToLower(name)
	dir := filepath.Join("sso", "permissionset", folder(id))
	a.file(filepath.Join(dir, "metadata.json"), map[string]any{"arn": "arn:" + a.partition + ":sso:::permissionSet/" + id, "name": name})
	if inline != "" {
		a.file(filepath.Join(dir, "inlinePolicy.json"), json.RawMessage(inline))
	}
	var attached []map[string]string
	for _, arn := range managed {
		attached = append(attached, map[string]string{"Arn": arn, "Name": arn[strings.LastIndexByte(arn, '/')+1:]})
	}
	a.file(filepath.Join(dir, "awsManagedPolicies.json"), attached)
	a.file(filepath.Join(dir, "accounts.json"), accounts)
}

func (a *Account) file(name string, v any) { a.json(filepath.Join(a.dir, name), v) }

// folder is the name of the folder of an entity.
func folder(name string) string { return strings.ToLower(strings.ReplaceAll(name, "/", "%2f")) }
