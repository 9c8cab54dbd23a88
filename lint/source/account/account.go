// Package account reads what the iam:GetAccountAuthorizationDetails call
// answers, as the AWS CLI and the SDKs print it: an account's users, groups,
// roles and customer-managed policies, as they are. Several pages may stand
// one after the other, in a list, or merged into one; policy documents may be
// JSON, or URL-encoded text as the API sends them. A credential report tells
// of keys and passwords besides.
package account

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// Options say how a dump is read.
type Options struct {
	// Path is as the user named it.
	Path string
	// Symbols is shared by all inputs of a run.
	Symbols *policy.Symbols
	// Report is the credential report, nil for none.
	Report *Report
}

// Lists are the members by which a dump is known. Policies is also what the
// answers of other calls have.
var Lists = []string{"UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"}

// Read reads a dump of which the opening brace and the name of a member have
// been read; further pages may follow.
func Read(r *stream.Reader, name string, o Options) (*iam.Model, error) {
	d := newReader(r, o)
	if err := d.page(name); err != nil {
		return nil, err
	}
	for r.Kind() == '{' {
		if err := r.Object(d.member); err != nil {
			return nil, err
		}
		d.turn()
	}
	if err := r.End(); err != nil {
		return nil, err
	}
	return d.model()
}

// ReadList reads a dump whose pages are the elements of a list.
func ReadList(r *stream.Reader, o Options) (*iam.Model, error) {
	d := newReader(r, o)
	err := r.Array(func() error {
		defer d.turn()
		return r.Object(d.member)
	})
	if err != nil {
		return nil, err
	}
	if err := r.End(); err != nil {
		return nil, err
	}
	return d.model()
}

type reader struct {
	r       *stream.Reader
	options Options

	users    []userDetail
	groups   []groupDetail
	roles    []roleDetail
	policies []policyDetail
	// seen are the lists that there were; documents tells that some policy
	// came with its versions.
	seen      map[string]bool
	documents bool
	// truncated tells that the page before says that another follows.
	truncated, more bool
}

func newReader(r *stream.Reader, o Options) *reader {
	return &reader{r: r, options: o, seen: map[string]bool{}}
}

// page reads the rest of an object.
func (d *reader) page(name string) error {
	if err := d.member(name); err != nil {
		return err
	}
	defer d.turn()
	return d.r.Members(d.member)
}

// turn ends a page.
func (d *reader) turn() { d.truncated, d.more = d.more, false }

func (d *reader) member(name string) error {
	switch name {
	case "UserDetailList":
		d.seen[name] = true
		return read(d.r, &d.users)
	case "GroupDetailList":
		d.seen[name] = true
		return read(d.r, &d.groups)
	case "RoleDetailList":
		d.seen[name] = true
		return read(d.r, &d.roles)
	case "Policies":
		return read(d.r, &d.policies)
	case "IsTruncated":
		more, _, err := d.r.Bool()
		d.more = more
		return err
	default:
		return d.r.Skip()
	}
}

// read adds the elements of a list.
func read[T any](r *stream.Reader, into *[]T) error {
	return r.Array(func() error {
		var one T
		if err := r.Decode(&one); err != nil {
			return err
		}
		*into = append(*into, one)
		return nil
	})
}

func (d *reader) model() (*iam.Model, error) {
	for _, p := range d.policies {
		d.documents = d.documents || len(p.PolicyVersionList) > 0
	}
	if len(d.seen) == 0 && !d.documents {
		return nil, stream.Errorf("it looks like what aws iam list-policies prints: expected the answer of aws iam get-account-authorization-details")
	}
	b := &builder{symbols: d.options.Symbols, model: &iam.Model{
		Input: iam.Input{
			Path: d.options.Path, Kind: iam.InputAccount, Root: d.options.Path,
			// An answer that is cut off would pass for an account without
			// what it lacks.
			Complete: !d.truncated,
		},
		Symbols: d.options.Symbols,
	}}
	if d.truncated {
		b.model.Input.Reasons = []string{"the answer is truncated, and the page that should follow is not there"}
	}
	b.build(d)
	if b.err != nil {
		return nil, b.err
	}
	if d.options.Report != nil {
		b.credentials(d.options.Report)
	}
	return b.model, nil
}

// builder makes the model of a dump.
type builder struct {
	model   *iam.Model
	symbols *policy.Symbols
	// groups are the ARNs of groups by name: users name them so.
	groups map[string]string
	// accounts are those that the dump's ARNs name, partition the last one.
	accounts  []string
	partition string
	err       error
}

func (b *builder) build(d *reader) {
	b.groups = map[string]string{}
	for _, g := range d.groups {
		b.groups[g.GroupName] = g.Arn
	}
	for i := range d.policies {
		b.policy(&d.policies[i])
	}
	for i := range d.groups {
		b.group(&d.groups[i])
	}
	for i := range d.users {
		b.user(&d.users[i])
	}
	for i := range d.roles {
		b.role(&d.roles[i])
	}
	slices.Sort(b.accounts)
	for _, account := range b.accounts {
		b.model.Providers = append(b.model.Providers, &iam.Provider{
			Name: providerOf(account), StateAccounts: []string{account}, Partition: b.partition,
		})
	}
}

// providerOf is the name under which an account's things are kept apart from
// another's.
func providerOf(account string) string { return "aws." + account }

// provider is that of the account in an ARN.
func (b *builder) provider(arn string) string {
	a, ok := policy.ParseARN(policy.Literal(arn))
	if !ok {
		return ""
	}
	account, _ := a.Account.Known()
	if account == "" {
		return ""
	}
	b.partition, _ = a.Partition.Known()
	if !slices.Contains(b.accounts, account) {
		b.accounts = append(b.accounts, account)
	}
	return providerOf(account)
}

func (b *builder) check(s string) {
	if b.err == nil && policy.ContainsToken(s) {
		b.err = stream.Errorf("it holds one of the private-use characters U+10FFFC and U+10FFFD, which boundlint needs for itself")
	}
}

// value is a known text; "" counts as not set.
func (b *builder) value(address, attribute, s string) iam.Value {
	b.check(s)
	return iam.Value{
		Text: policy.Literal(s), Set: s != "", Location: iam.Location{Address: address, Attribute: attribute},
	}
}

// document reads a policy document, JSON or text.
func (b *builder) document(address, attribute string, d document, kind policy.Kind) *iam.Document {
	text, ok := d.text()
	if !ok {
		return nil
	}
	b.check(text)
	parsed, diagnostics := policy.Parse(text, b.symbols, policy.ParseOptions{Kind: kind})
	return &iam.Document{
		Document: parsed, Text: policy.Literal(text), Diagnostics: diagnostics,
		Location: iam.Location{Address: address, Attribute: attribute},
	}
}

func (b *builder) policy(p *policyDetail) {
	if strings.Contains(p.Arn, ":iam::aws:") {
		// AWS's own are known by the catalog, and not the account's to mend.
		return
	}
	m := &iam.ManagedPolicy{
		Address: p.Arn, Name: b.value(p.Arn, "PolicyName", p.PolicyName), Path: b.value(p.Arn, "Path", p.Path),
		ARN: policy.Literal(p.Arn), Provider: b.provider(p.Arn), Location: iam.Location{Address: p.Arn},
	}
	for i, v := range p.PolicyVersionList {
		if v.IsDefaultVersion || v.VersionID == p.DefaultVersionID {
			m.Document = b.document(p.Arn, fmt.Sprintf("PolicyVersionList[%d].Document", i), v.Document, policy.IdentityPolicy)
		}
	}
	b.model.Policies = append(b.model.Policies, m)
}

func (b *builder) group(g *groupDetail) {
	b.model.Groups = append(b.model.Groups, &iam.Group{
		Address: g.Arn, Name: b.value(g.Arn, "GroupName", g.GroupName), Path: b.value(g.Arn, "Path", g.Path),
		ARN: policy.Literal(g.Arn), Provider: b.provider(g.Arn), Location: iam.Location{Address: g.Arn},
	})
	b.holds(g.Arn, iam.HolderGroup, "GroupPolicyList", g.GroupPolicyList, g.AttachedManagedPolicies)
}

func (b *builder) user(u *userDetail) {
	b.entity(&entityDetail{kind: iam.User, typ: "aws_iam_user", arn: u.Arn, name: u.UserName, nameAttribute: "UserName", path: u.Path, boundary: u.PermissionsBoundary, tags: u.Tags})
	b.holds(u.Arn, iam.HolderUser, "UserPolicyList", u.UserPolicyList, u.AttachedManagedPolicies)
	for i, name := range u.GroupList {
		group := b.groups[name]
		if group == "" {
			group = name
		}
		b.model.Memberships = append(b.model.Memberships, &iam.Membership{
			Address: u.Arn, User: b.value(u.Arn, "Arn", u.Arn), Group: b.value(u.Arn, fmt.Sprintf("GroupList[%d]", i), group),
			Provider: b.provider(u.Arn), Location: iam.Location{Address: u.Arn},
		})
	}
}

func (b *builder) role(r *roleDetail) {
	e := b.entity(&entityDetail{kind: iam.Role, typ: "aws_iam_role", arn: r.Arn, name: r.RoleName, nameAttribute: "RoleName", path: r.Path, boundary: r.PermissionsBoundary, tags: r.Tags})
	e.Trust = b.document(r.Arn, "AssumeRolePolicyDocument", r.AssumeRolePolicyDocument, policy.TrustPolicy)
	b.holds(r.Arn, iam.HolderRole, "RolePolicyList", r.RolePolicyList, r.AttachedManagedPolicies)
	for _, p := range r.InstanceProfileList {
		b.model.Profiles = append(b.model.Profiles, &iam.InstanceProfile{
			Address: p.Arn, Name: b.value(p.Arn, "InstanceProfileName", p.InstanceProfileName), Path: b.value(p.Arn, "Path", p.Path),
			ARN: policy.Literal(p.Arn), Role: b.value(p.Arn, "Roles", r.Arn), Provider: b.provider(p.Arn), Location: iam.Location{Address: p.Arn},
		})
	}
}

// entityDetail is what users and roles have in common.
type entityDetail struct {
	kind                 iam.EntityKind
	typ, arn, name, path string
	nameAttribute        string
	boundary             boundary
	tags                 []tag
}

func (b *builder) entity(d *entityDetail) *iam.Entity {
	e := &iam.Entity{
		Kind: d.kind, Address: d.arn, Type: d.typ, ARN: policy.Literal(d.arn),
		Name: b.value(d.arn, d.nameAttribute, d.name), Path: b.value(d.arn, "Path", d.path),
		Boundary: b.value(d.arn, "PermissionsBoundary", d.boundary.PermissionsBoundaryArn),
		Provider: b.provider(d.arn), Location: iam.Location{Address: d.arn},
	}
	for _, t := range d.tags {
		if e.Tags == nil {
			e.Tags = map[string]policy.Text{}
		}
		b.check(t.Value)
		e.Tags[t.Key] = policy.Literal(t.Value)
	}
	b.model.Entities = append(b.model.Entities, e)
	return e
}

// holds adds the policies of an entity or group. Holders are named by their
// ARN, for several accounts may have the same names.
func (b *builder) holds(arn string, kind iam.HolderKind, list string, inline []inlinePolicy, attached []attachedPolicy) {
	provider := b.provider(arn)
	for i, p := range inline {
		place := fmt.Sprintf("%s[%d]", list, i)
		b.model.Inline = append(b.model.Inline, &iam.InlinePolicy{
			Address: arn, HolderKind: kind, Holder: b.value(arn, "Arn", arn), Name: b.value(arn, place+".PolicyName", p.PolicyName),
			Document: b.document(arn, place+".PolicyDocument", p.PolicyDocument, policy.IdentityPolicy),
			Route:    list, Provider: provider, Location: iam.Location{Address: arn, Attribute: place},
		})
	}
	for i, p := range attached {
		place := fmt.Sprintf("AttachedManagedPolicies[%d]", i)
		b.model.Attachments = append(b.model.Attachments, &iam.Attachment{
			Address: arn, HolderKind: kind, Holder: b.value(arn, "Arn", arn), PolicyARN: b.value(arn, place, p.PolicyArn),
			Route: "AttachedManagedPolicies", Provider: provider, Location: iam.Location{Address: arn, Attribute: place},
		})
	}
}
