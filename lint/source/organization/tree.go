package organization

import (
	"cmp"
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

// tree puts an organization together: units, accounts and policies may come in any
// order and in several files.
type tree struct {
	*iam.Organization
	units map[string]*iam.Unit
	// parents and placed are the parents of units and accounts. disputed are units and
	// accounts of which files tell several: where those are is not known.
	parents, placed map[string]string
	disputed        map[string]bool
	// listed tells that the input lists the accounts.
	listed bool
	// policies are by their ids, in lower case.
	policies map[string]*iam.OrganizationPolicy
	// targets are the policies by the ids of what they are attached to.
	targets  map[string][]string
	attached map[[2]string]bool
	// features are the types of policies that are on; nil where nothing tells. known
	// are the types of which it is known what is attached to a target, and allKnown
	// those of which it is known of every target.
	features map[string]bool
	known    map[string]map[string]bool
	allKnown map[string]bool
	sets     *permissionSets
	// holder is the account whose model has the policies.
	holder string
	faults []error
}

func newTree(id string) *tree {
	return &tree{
		Organization: &iam.Organization{ID: id, Accounts: map[string]*iam.MemberAccount{}},
		units:        map[string]*iam.Unit{}, parents: map[string]string{}, placed: map[string]string{},
		disputed: map[string]bool{},
		policies: map[string]*iam.OrganizationPolicy{}, targets: map[string][]string{}, attached: map[[2]string]bool{},
		known: map[string]map[string]bool{}, allKnown: map[string]bool{}, sets: newPermissionSets(),
	}
}

func (t *tree) unit(id string) *iam.Unit {
	u := t.units[id]
	if u == nil {
		u = &iam.Unit{ID: id}
		t.units[id] = u
	}
	return u
}

func (t *tree) member(id string) *iam.MemberAccount {
	a := t.Accounts[id]
	if a == nil {
		a = &iam.MemberAccount{ID: id}
		t.Accounts[id] = a
	}
	return a
}

// policy is a policy by its ARN or id. One whose document is not known hides what it
// allows.
func (t *tree) policy(ref string) *iam.OrganizationPolicy {
	id := policyID(ref)
	p := t.policies[id]
	if p == nil {
		p = &iam.OrganizationPolicy{Declared: iam.Declared{Address: ref, Location: iam.Location{Address: ref}}, Unattached: true}
		t.policies[id] = p
	}
	if strings.HasPrefix(ref, "arn:") {
		p.Address, p.Location.Address = ref, ref
		switch {
		case strings.Contains(ref, "/service_control_policy/"):
			p.Type = iam.ServiceControlPolicy
		case strings.Contains(ref, "/resource_control_policy/"):
			p.Type = iam.ResourceControlPolicy
		}
	}
	return p
}

// policyID is the id of a policy, of which iam-collect does not keep the case.
func policyID(ref string) string { return strings.ToLower(ref[strings.LastIndexByte(ref, '/')+1:]) }

// attach attaches a policy to a root, unit or account, once.
func (t *tree) attach(target, ref string) {
	t.policy(ref)
	id := policyID(ref)
	if pair := [2]string{target, id}; !t.attached[pair] {
		t.attached[pair] = true
		t.targets[target] = append(t.targets[target], id)
	}
}

// know notes that all policies of a type are known that are attached to a target.
func (t *tree) know(target, kind string) {
	if t.known[kind] == nil {
		t.known[kind] = map[string]bool{}
	}
	t.known[kind][target] = true
}

// knowAll notes it of every target.
func (t *tree) knowAll(kind string) { t.allKnown[kind] = true }

// hide puts a policy of which nothing is known where the input does not tell which
// policies of a type that is on are attached. With the type on there always is one
// (AWS Organizations User Guide, attaching policies).
func (t *tree) hide(kind string) {
	unknown := func(target string, attached []*iam.OrganizationPolicy) []*iam.OrganizationPolicy {
		if t.allKnown[kind] || t.known[kind][target] {
			return attached
		}
		name := "the policies of type " + kind + " that are attached to " + target
		return append(attached, &iam.OrganizationPolicy{
			Declared: iam.Declared{Address: name, Location: iam.Location{Address: name}}, Type: kind,
		})
	}
	for id, u := range t.units {
		u.Policies = unknown(id, u.Policies)
	}
	for id, a := range t.Accounts {
		a.Policies = unknown(id, a.Policies)
	}
}

// switches tells which types are on: where nothing says so, those of which a policy is
// attached, and both where nothing tells of any policy nor of the members.
func (t *tree) switches() {
	on := func(kind string) bool {
		if t.features != nil {
			return t.features[kind]
		}
		if !t.listed && len(t.policies) == 0 {
			return true
		}
		for _, p := range t.policies {
			if p.Type == kind && !p.Unattached {
				return true
			}
		}
		return false
	}
	t.ServiceControl, t.ResourceControl = on(iam.ServiceControlPolicy), on(iam.ResourceControlPolicy)
	if t.ServiceControl {
		t.hide(iam.ServiceControlPolicy)
	}
	if t.ResourceControl {
		t.hide(iam.ResourceControlPolicy)
	}
}

// maxUnits bounds the units inside one another: AWS takes five (AWS Organizations User
// Guide, quotas).
const maxUnits = 20

// link puts units below their parents and accounts into units. A unit whose parents
// lead nowhere, in a circle or too far is in no tree: what is in it has no known place.
func (t *tree) link() {
	for _, id := range slices.Sorted(maps.Keys(t.units)) {
		u := t.units[id]
		if strings.HasPrefix(id, "r-") {
			if t.Root == nil {
				t.Root = u
			}
			continue
		}
		if parent := t.parents[id]; parent != "" && !t.disputed[id] {
			u.Parent = t.unit(parent)
		}
	}
	rooted := func(u *iam.Unit) bool {
		for range maxUnits {
			if u.Parent == nil {
				return u == t.Root
			}
			u = u.Parent
		}
		return u == t.Root
	}
	for id, at := range t.placed {
		if u := t.units[at]; u != nil && t.Root != nil && rooted(u) && !t.disputed[id] {
			t.member(id).Unit = u
		}
	}
	for _, target := range slices.Sorted(maps.Keys(t.targets)) {
		for _, id := range t.targets[target] {
			p := t.policies[id]
			switch {
			case t.units[target] != nil:
				t.units[target].Policies = append(t.units[target].Policies, p)
			case t.Accounts[target] != nil:
				t.Accounts[target].Policies = append(t.Accounts[target].Policies, p)
			default:
				continue
			}
			p.Unattached, p.InTree = false, true
		}
	}
	for id, p := range t.policies {
		if p.Document == nil {
			p.Document = awsDocument(id)
		}
	}
	t.switches()
}

// awsDocument is the document of the policy of AWS that allows everything, nil for
// any other (AWS Organizations User Guide, FullAWSAccess and RCPFullAWSAccess).
func awsDocument(id string) *iam.Document {
	src, kind := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`, policy.ServiceControlPolicy
	switch id {
	case "p-fullawsaccess":
	case "p-rcpfullawsaccess":
		src = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}`
		kind = policy.ResourceControlPolicy
	default:
		return nil
	}
	parsed, diagnostics := policy.Parse(src, nil, policy.ParseOptions{Kind: kind})
	return &iam.Document{Document: parsed, Text: policy.Literal(src), Diagnostics: diagnostics, Location: iam.Location{Address: id}}
}

// written are the policies that somebody has written: those of AWS need no judging.
func (t *tree) written() []*iam.OrganizationPolicy {
	var out []*iam.OrganizationPolicy
	for _, id := range slices.Sorted(maps.Keys(t.policies)) {
		if p := t.policies[id]; p.Document != nil && !strings.Contains(p.Address, ":organizations::aws:") && p.Type != "" {
			out = append(out, p)
		}
	}
	return out
}

var (
	organizationShape = stream.ObjectOf(members{
		"id": text, "rootOu": text, "rootAccountId": text, "features": stream.MapOf(stream.Boolean.OrNull()).OrNull(),
	})
	attachedShape = members{"parent": text, "ou": text, "scps": texts, "rcps": texts}
	targetsShape  = stream.MapOf(stream.ObjectOf(attachedShape))
	nameShape     = stream.ObjectOf(members{"arn": text, "name": text})
	adminsShape   = stream.MapOf(texts)
	unitShape     = stream.Mutual(func(self *stream.Shape) *stream.Shape {
		return stream.MapOf(stream.ObjectOf(members{"children": self, "accounts": texts}).OrNull()).OrNull()
	})
)

// targeted is what ous.json and accounts.json say of a unit or an account.
type targeted struct {
	Parent string   `json:"parent"`
	OU     string   `json:"ou"`
	SCPs   []string `json:"scps"`
	RCPs   []string `json:"rcps"`
}

type structure map[string]struct {
	Children structure `json:"children"`
	Accounts []string  `json:"accounts"`
}

// organization reads an organization that iam-collect has written.
func (d *directory) organization(dir string) *tree {
	t := newTree(path.Base(dir))
	var m struct {
		ID            string          `json:"id"`
		RootOU        string          `json:"rootOu"`
		RootAccountID string          `json:"rootAccountId"`
		Features      map[string]bool `json:"features"`
	}
	load := func(name string, shape *stream.Shape, v any) {
		if _, err := d.decode(path.Join(dir, name), shape, v); err != nil {
			t.faults = append(t.faults, err)
		}
	}
	load("metadata.json", organizationShape, &m)
	if m.ID != "" {
		t.ID = m.ID
	}
	t.Management = m.RootAccountID
	t.features = m.Features
	if m.RootOU != "" {
		t.Root = t.unit(m.RootOU)
	}
	var ous, accounts map[string]targeted
	var shape structure
	load("structure.json", unitShape, &shape)
	load("ous.json", targetsShape, &ous)
	load("accounts.json", targetsShape, &accounts)
	if err := t.structure("", shape); err != nil {
		t.faults = append(t.faults, d.fault(path.Join(dir, "structure.json"), err))
	}
	t.listed = shape != nil || accounts != nil
	put := func(name, id, parent string) {
		if parent == "" {
			return
		}
		if err := t.put(id, parent); err != nil {
			t.faults = append(t.faults, d.fault(path.Join(dir, name), err))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(ous)) {
		t.unit(id)
		put("ous.json", id, ous[id].Parent)
		t.targeted(id, ous[id])
	}
	for _, id := range slices.Sorted(maps.Keys(accounts)) {
		t.member(id)
		put("accounts.json", id, accounts[id].OU)
		t.targeted(id, accounts[id])
	}
	if t.Management != "" {
		t.member(t.Management)
	}
	d.unitNames(t, path.Join(dir, "ous"))
	d.organizationPolicies(t, path.Join(dir, "scps"), iam.ServiceControlPolicy)
	d.organizationPolicies(t, path.Join(dir, "rcps"), iam.ResourceControlPolicy)
	var admins map[string][]string
	load("delegated-admins.json", adminsShape, &admins)
	for _, service := range slices.Sorted(maps.Keys(admins)) {
		for _, id := range admins[service] {
			t.Delegated = append(t.Delegated, iam.DelegatedAdministrator{Account: id, Service: service})
		}
	}
	t.link()
	return t
}

// targeted attaches policies to a unit or account.
func (t *tree) targeted(id string, x targeted) {
	for kind, refs := range map[string][]string{iam.ServiceControlPolicy: x.SCPs, iam.ResourceControlPolicy: x.RCPs} {
		if refs != nil {
			t.know(id, kind)
		}
		for _, p := range refs {
			t.attach(id, p)
			t.policy(p).Type = kind
		}
	}
}

// structure notes the units and accounts of a part of the tree.
func (t *tree) structure(parent string, s structure) error {
	var wrong error
	for _, id := range slices.Sorted(maps.Keys(s)) {
		t.unit(id)
		if parent != "" {
			wrong = cmp.Or(wrong, t.put(id, parent))
		}
		for _, arn := range s[id].Accounts {
			wrong = cmp.Or(wrong, t.put(arn[strings.LastIndexByte(arn, '/')+1:], id))
		}
		wrong = cmp.Or(wrong, t.structure(id, s[id].Children))
	}
	return wrong
}

// put puts an account or a unit into a unit or the root. The error tells that it has been
// put into another one before: each has one parent (AWS Organizations User Guide,
// terminology and concepts).
func (t *tree) put(id, parent string) error {
	t.unit(parent)
	places, what := t.placed, "the account"
	if policy.IsAccountID(id) {
		t.member(id)
	} else {
		t.unit(id)
		places, what = t.parents, "the organizational unit"
	}
	if before := places[id]; before != "" && before != parent {
		t.disputed[id] = true
		return stream.Errorf("it has %s %s in %s, and what was read before has it in %s: get both again, at one time",
			what, id, parent, before)
	}
	places[id] = parent
	return nil
}

func (d *directory) unitNames(t *tree, dir string) {
	names, err := d.folders(dir)
	if err != nil {
		t.faults = append(t.faults, err)
	}
	for _, id := range names {
		var m struct {
			Name string `json:"name"`
		}
		if _, err := d.decode(path.Join(dir, id, "metadata.json"), nameShape, &m); err != nil {
			t.faults = append(t.faults, err)
		}
		if u := t.units[id]; u != nil {
			u.Name = m.Name
		}
	}
}

// organizationPolicies reads the policies of one type.
func (d *directory) organizationPolicies(t *tree, dir, kind string) {
	ids, err := d.folders(dir)
	if err != nil {
		t.faults = append(t.faults, err)
	}
	for _, id := range ids {
		var m struct {
			ARN  string `json:"arn"`
			Name string `json:"name"`
		}
		_, err := d.decode(path.Join(dir, id, "metadata.json"), nameShape, &m)
		if err != nil {
			t.faults = append(t.faults, err)
		}
		ref := m.ARN
		if ref == "" {
			ref = id
		}
		p := t.policy(ref)
		p.Type = kind
		f, err := d.read(path.Join(dir, id, "policy.json"), anyDocument)
		if err != nil {
			t.faults = append(t.faults, err)
		}
		if f != nil {
			t.document(p, f.text(), func(string) account.Place { return f.whole() }, d.account(dir))
		}
	}
}

// document gives a policy its document.
func (t *tree) document(p *iam.OrganizationPolicy, raw json.RawMessage, places account.Places, o account.Options) {
	doc, err := account.Document(raw, p.Kind(), "Content", p.Address, places, o)
	if err != nil {
		t.faults = append(t.faults, err)
		return
	}
	p.Document, p.Location = doc, doc.Location
}
