package organization

import (
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/account"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// permissionSets are those of IAM Identity Center, by the last part of their ARNs,
// which is in the names of files: "ps-1111222233334444".
type permissionSets struct {
	all map[string]*permissionSet
	// holder is the account whose model has them.
	holder string
}

type permissionSet struct {
	arn, name string
	place     account.Place
	inline    json.RawMessage
	inlineAt  account.Place
	managed   []string
	customer  []reference
	boundary  *setBoundary
	accounts  []string
	assigned  []iam.Assignment
	described bool
}

type reference struct{ Name, Path string }

type setBoundary struct {
	ManagedPolicyARN               string `json:"ManagedPolicyArn"`
	CustomerManagedPolicyReference *reference
}

var (
	referenceShape = stream.ObjectOf(members{"Name": stream.Name, "Path": text}, "Name")
	boundaryShape  = stream.ObjectOf(members{"ManagedPolicyArn": text, "CustomerManagedPolicyReference": referenceShape.OrNull()}).OrNull()
)

func newPermissionSets() *permissionSets { return &permissionSets{all: map[string]*permissionSet{}} }

// of is a set by its ARN, or the last part of it.
func (s *permissionSets) of(ref string) *permissionSet {
	id := strings.ToLower(ref[strings.LastIndexByte(ref, '/')+1:])
	p := s.all[id]
	if p == nil {
		p = &permissionSet{arn: ref}
		s.all[id] = p
	}
	if strings.HasPrefix(ref, "arn:") {
		p.arn = ref
	}
	return p
}

// give adds the sets to the model of the management account, or else the first one's.
// Their roles in the accounts are in the dumps of those.
func (s *permissionSets) give(models []*iam.Model, t *tree) {
	i := max(slices.IndexFunc(models, func(m *iam.Model) bool { return m.Input.Root == t.Management }), 0)
	for _, id := range slices.Sorted(maps.Keys(s.all)) {
		t.PermissionSets = append(t.PermissionSets, s.all[id].assignment())
	}
	if i < len(models) {
		s.holder = models[i].Input.Root
		s.giveTo(models[i])
	}
}

// giveTo adds the sets that are described to a model.
func (s *permissionSets) giveTo(m *iam.Model) {
	for _, id := range slices.Sorted(maps.Keys(s.all)) {
		if p := s.all[id]; strings.HasPrefix(p.arn, "arn:") && p.described {
			p.give(m)
		}
	}
}

func (p *permissionSet) assignment() *iam.AssignedPermissionSet {
	out := &iam.AssignedPermissionSet{ARN: p.arn, Name: p.name, Accounts: slices.Clone(p.accounts), Assignments: p.assigned}
	for _, a := range p.assigned {
		out.Accounts = append(out.Accounts, a.Account)
	}
	slices.Sort(out.Accounts)
	out.Accounts = slices.Compact(out.Accounts)
	return out
}

// give adds a set to a model.
func (p *permissionSet) give(m *iam.Model) {
	at := p.place.Location(p.arn, "")
	declared := iam.Declared{Address: p.arn, Provider: m.Input.Root, Location: at}
	value := func(s string) iam.Value { return iam.Value{Text: policy.Literal(s), Set: s != "", Location: at} }
	e := &iam.Entity{
		Kind: iam.PermissionSet, Declared: declared, Type: "aws_ssoadmin_permission_set", Name: value(p.name), SetARN: policy.Literal(p.arn),
	}
	partition := "aws"
	if parts := strings.SplitN(p.arn, ":", 3); len(parts) > 2 {
		partition = parts[1]
	}
	// A policy is named, and each account has its own of that name.
	named := func(r reference) string {
		way := r.Path
		if way == "" {
			way = "/"
		}
		return "arn:" + partition + ":iam::" + m.Input.Root + ":policy" + way + r.Name
	}
	if b := p.boundary; b != nil {
		switch {
		case b.ManagedPolicyARN != "":
			e.Boundary = value(b.ManagedPolicyARN)
		case b.CustomerManagedPolicyReference != nil:
			e.Boundary = value(named(*b.CustomerManagedPolicyReference))
		}
	}
	m.PermissionSets = append(m.PermissionSets, e)
	attached := slices.Clone(p.managed)
	for _, r := range p.customer {
		attached = append(attached, named(r))
	}
	for _, arn := range attached {
		m.Attachments = append(m.Attachments, &iam.Attachment{
			Declared: declared, HolderKind: iam.HolderPermissionSet, Holder: value(p.arn), PolicyARN: value(arn), Route: "AttachedManagedPolicies",
		})
	}
	if p.inline == nil {
		return
	}
	doc, err := account.Document(p.inline, policy.IdentityPolicy, "InlinePolicy", p.arn, func(string) account.Place { return p.inlineAt },
		account.Options{Path: m.Input.Path, Symbols: m.Symbols})
	if err != nil {
		return // it holds a character that no policy of AWS has
	}
	m.Inline = append(m.Inline, &iam.InlinePolicy{
		Declared: declared, HolderKind: iam.HolderPermissionSet, Holder: value(p.arn), Name: value("InlinePolicy"), Document: doc,
		Route: "InlinePolicy",
	})
}

func (a *answers) setsListed(_ string, f *file) error {
	v, err := decodeInto[struct{ PermissionSets []string }](f)
	for _, arn := range v.PermissionSets {
		a.tree.sets.of(arn)
	}
	return err
}

func (a *answers) setDescribed(_ string, f *file) error {
	v, err := decodeInto[struct {
		PermissionSet struct {
			Name             string
			PermissionSetARN string `json:"PermissionSetArn"`
		}
	}](f)
	if err == nil {
		p := a.tree.sets.of(v.PermissionSet.PermissionSetARN)
		p.name, p.place, p.described = v.PermissionSet.Name, account.Place{File: f.path}, true
	}
	return err
}

func (a *answers) assigned(_ string, f *file) error {
	v, err := decodeInto[struct {
		AccountAssignments []struct {
			AccountID        string `json:"AccountId"`
			PermissionSetARN string `json:"PermissionSetArn"`
			PrincipalType    string
			PrincipalID      string `json:"PrincipalId"`
		}
	}](f)
	for _, x := range v.AccountAssignments {
		p := a.tree.sets.of(x.PermissionSetARN)
		p.assigned = append(p.assigned, iam.Assignment{Account: x.AccountID, PrincipalType: x.PrincipalType, PrincipalID: x.PrincipalID})
	}
	return err
}

func (a *answers) provisioned(set string, f *file) error {
	v, err := decodeInto[struct {
		AccountIDs []string `json:"AccountIds"`
	}](f)
	p := a.tree.sets.of(set)
	p.accounts = append(p.accounts, v.AccountIDs...)
	return err
}

func (a *answers) setInline(set string, f *file) error {
	v, err := decodeInto[struct{ InlinePolicy string }](f)
	if err == nil && v.InlinePolicy != "" {
		p := a.tree.sets.of(set)
		p.inline, p.inlineAt = quoted([]byte(v.InlinePolicy)), f.member("InlinePolicy")
	}
	return err
}

func (a *answers) setBoundary(set string, f *file) error {
	v, err := decodeInto[struct{ PermissionsBoundary *setBoundary }](f)
	a.tree.sets.of(set).boundary = v.PermissionsBoundary
	return err
}

func (a *answers) setManaged(set string, f *file) error {
	v, err := decodeInto[struct {
		AttachedManagedPolicies []struct {
			ARN string `json:"Arn"`
		}
	}](f)
	p := a.tree.sets.of(set)
	for _, x := range v.AttachedManagedPolicies {
		p.managed = append(p.managed, x.ARN)
	}
	return err
}

func (a *answers) setCustomer(set string, f *file) error {
	v, err := decodeInto[struct{ CustomerManagedPolicyReferences []reference }](f)
	p := a.tree.sets.of(set)
	p.customer = append(p.customer, v.CustomerManagedPolicyReferences...)
	return err
}

// collectedSets reads the permission sets below the folder sso of an account that owns
// an instance of IAM Identity Center: of a region, or of none.
func (d *directory) collectedSets(s *permissionSets, partition, dir string, depth int) (faults []error) {
	names, err := d.folders(dir)
	faults = appendFault(faults, err)
	for _, name := range names {
		at := path.Join(dir, name)
		switch {
		case path.Base(dir) == "permissionset":
			faults = append(faults, d.collectedSet(s, partition, at)...)
		case depth > 0:
			faults = append(faults, d.collectedSets(s, partition, at, depth-1)...)
		}
	}
	return faults
}

// collectedSet reads one permission set. The names of its files are told apart by
// their letters alone, for storages differ in how they write them.
func (d *directory) collectedSet(s *permissionSets, partition, dir string) (faults []error) {
	entries, err := d.tree.List(dir)
	if err != nil {
		return []error{d.fault(dir, err)}
	}
	var m struct {
		ARN  string `json:"arn"`
		Name string `json:"name"`
	}
	own := &permissionSet{described: true}
	for _, e := range entries {
		at := path.Join(dir, e.Name())
		load := func(shape *stream.Shape, v any) {
			f, err := d.decode(at, shape, v)
			faults = appendFault(faults, err)
			if f != nil && v == &m {
				own.place = account.Place{File: f.path}
			}
		}
		switch strings.ToLower(strings.ReplaceAll(e.Name(), "-", "")) {
		case "metadata.json":
			load(nameShape, &m)
		case "awsmanagedpolicies.json":
			var list []struct {
				ARN string `json:"Arn"`
			}
			load(listOf(members{"Arn": stream.Name}, "Arn"), &list)
			for _, x := range list {
				own.managed = append(own.managed, x.ARN)
			}
		case "customermanagedpolicies.json":
			load(stream.ListOf(referenceShape).OrNull(), &own.customer)
		case "permissionboundary.json":
			load(boundaryShape, &own.boundary)
		case "accounts.json":
			load(texts, &own.accounts)
		case "inlinepolicy.json":
			f, err := d.read(at, anyDocument)
			faults = appendFault(faults, err)
			if f != nil {
				own.inline, own.inlineAt = f.text(), f.whole()
			}
		}
	}
	arn := m.ARN
	if arn == "" {
		arn = "arn:" + partition + ":sso:::permissionSet/" + strings.ReplaceAll(strings.ToLower(path.Base(dir)), "%2f", "/")
	}
	p := s.of(arn)
	own.arn, own.name = p.arn, m.Name
	*p = *own
	return faults
}
