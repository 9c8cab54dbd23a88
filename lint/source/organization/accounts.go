package organization

import (
	"bytes"
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/boundlint/boundlint/lint/files"
	"github.com/boundlint/boundlint/lint/source/account"
	"github.com/boundlint/boundlint/lint/source/stream"
	"github.com/boundlint/boundlint/lint/source/unpack"
)

// The shapes of the files of users, groups, roles and policies.
var (
	text        = stream.Text.OrNull()
	anyDocument = stream.MapOf(stream.Any).OrNull()
	texts       = stream.ListOf(stream.Text).OrNull()

	metadataShape = stream.ObjectOf(members{"arn": stream.Name, "name": text, "path": text, "permissionBoundary": text}, "arn")
	memberShape   = stream.ObjectOf(members{"id": text}).OrNull()
	arnsShape     = stream.ListOf(stream.Name.OrNull()).OrNull()
	inlineShape   = stream.ListOf(stream.ObjectOf(members{
		"PolicyName": stream.Text, "PolicyDocument": stream.Text.Or(stream.MapOf(stream.Any)).OrNull(),
	}, "PolicyName")).OrNull()
	tagsShape = stream.MapOf(text).OrNull()
)

type members = map[string]*stream.Shape

// entry is a user, group, role or policy, written as the dump of an account has it.
type entry struct {
	list   account.List
	raw    json.RawMessage
	places account.Places
}

// read is what was read of an account, before it is made a model.
type read struct {
	id, partition, dir string
	// organization is the one that the account's own file names, "" for none.
	organization string
	entries      []entry
	// odd is what the directory lacks, or has in another form.
	odd       []string
	grants    []grant
	profiles  []profile
	functions []function
	// providers are the identity providers.
	providers []identityProvider
	faults    []error
}

// lists are the folders of an account, by the lists of the dump.
var lists = []struct {
	list   account.List
	folder string
}{
	{account.Policies, "iam/policy"},
	{account.Policies, "iam/aws/policy"},
	{account.Groups, "iam/group"},
	{account.Roles, "iam/role"},
	{account.Users, "iam/user"},
}

// account reads an account. What is wrong with a file does not hide the others.
func (d *directory) readAccount(p partition, id string) *read {
	out := &read{id: id, partition: p.name, dir: path.Join(p.dir, "accounts", id)}
	var own struct {
		ID string `json:"id"`
	}
	_, err := d.decode(path.Join(out.dir, "organization.json"), memberShape, &own)
	out.fails(err)
	out.organization = own.ID
	for _, l := range lists {
		names, err := d.folders(path.Join(out.dir, l.folder))
		out.fails(err)
		if len(names) == 0 {
			continue
		}
		folder, err := d.tree.Folder(path.Join(out.dir, l.folder))
		if err != nil {
			out.fails(d.fault(path.Join(out.dir, l.folder), err))
			continue
		}
		defer folder.Close()
		for _, name := range names {
			if over := d.options.Share.Over(); over != nil {
				out.fails(over)
				return out
			}
			e, odd, err := d.entity(l.list, folder, name, id)
			switch {
			case err != nil:
				out.fails(err)
				out.odd = append(out.odd, path.Join(l.folder, name)+" cannot be read")
			case odd != "":
				out.odd = append(out.odd, path.Join(l.folder, name)+" has no "+odd)
			}
			if e != nil {
				out.entries = append(out.entries, *e)
			}
		}
	}
	d.readGrants(out)
	return out
}

// fails notes a fault, once: the metadata of a function is read for its policy and for its role.
func (r *read) fails(err error) {
	if err != nil && !slices.ContainsFunc(r.faults, func(other error) bool { return other.Error() == err.Error() }) {
		r.faults = append(r.faults, err)
	}
}

// metadata is what metadata.json says of a user, group, role or policy.
type metadata struct {
	ARN                string `json:"arn"`
	Name               string `json:"name"`
	Path               string `json:"path"`
	PermissionBoundary string `json:"permissionBoundary"`
}

type tag struct{ Key, Value string }

type attached struct {
	PolicyName string
	PolicyARN  string `json:"PolicyArn"`
}

// entity reads the directory of a user, group, role or policy. lacks is a file that
// it does not have and that iam-collect always writes.
func (d *directory) entity(list account.List, in *files.Folder, name, owner string) (e *entry, lacks string, err error) {
	at := path.Join(in.Path(), name)
	own, err := in.Folder(name)
	if err != nil {
		return nil, "", d.fault(at, err)
	}
	defer own.Close()
	var m metadata
	w := &writer{directory: d, folder: own, at: at, places: map[string]account.Place{}, out: map[string]any{}}
	f := w.file("metadata.json", metadataShape, &m)
	if f == nil {
		return nil, "metadata.json", w.err
	}
	if !strings.Contains(m.ARN, ":iam::"+owner+":") && (list != account.Policies || !strings.Contains(m.ARN, ":iam::aws:policy/")) {
		return nil, "", d.fault(path.Join(at, "metadata.json"), stream.Errorf("its arn is of another account than %s", owner))
	}
	w.places[""], w.out["Arn"] = account.Place{File: f.path}, m.ARN
	if m.Path != "" {
		w.out["Path"] = m.Path
	}
	switch list {
	case account.Policies:
		w.out["PolicyName"] = m.Name
		lacks = w.version()
	case account.Groups:
		w.out["GroupName"] = m.Name
		w.holds("GroupPolicyList")
	case account.Roles:
		w.out["RoleName"] = m.Name
		w.bound(f, m)
		w.holds("RolePolicyList")
		if !w.document("trust-policy.json", "AssumeRolePolicyDocument") {
			lacks = "trust-policy.json"
		}
	case account.Users:
		w.out["UserName"] = m.Name
		w.bound(f, m)
		w.holds("UserPolicyList")
		w.groups()
	}
	if w.err != nil {
		return nil, "", w.err
	}
	raw, err := json.Marshal(w.out)
	if err != nil {
		return nil, "", d.fault(at, err)
	}
	return &entry{list, raw, w.place}, lacks, nil
}

// writer writes an entry of the dump of what the files in a directory say.
type writer struct {
	*directory
	folder *files.Folder
	at     string
	out    map[string]any
	places map[string]account.Place
	err    error
}

// place is where an attribute stands: each in its file, by its whole name or else by
// what stands before the name in brackets.
func (w *writer) place(attribute string) account.Place {
	if p, ok := w.places[attribute]; ok {
		return p
	}
	list, _, _ := strings.Cut(attribute, "[")
	if p, ok := w.places[list]; ok {
		return p
	}
	return w.places[""]
}

// file reads a file of the directory into v; nil where it is not there.
func (w *writer) file(name string, shape *stream.Shape, v any) *file {
	if w.err != nil {
		return nil
	}
	f := w.read(name, shape)
	f, w.err = w.decoded(path.Join(w.at, name), f, w.err, v)
	return f
}

// read reads a file of the directory; nil where it is not there.
func (w *writer) read(name string, shape *stream.Shape) *file {
	if w.err != nil {
		return nil
	}
	src, err := w.folder.Read(name, w.limit)
	if files.IsMissing(err) {
		// Whoever keeps much of it compresses it.
		if packed, wrong := w.folder.Read(name+".gz", w.limit); !files.IsMissing(wrong) {
			src, err = packed, wrong
		}
	}
	if err == nil {
		src, err = unpack.All(src, w.limit)
	}
	f, err := w.checked(path.Join(w.at, name), src, err, shape)
	w.err = err
	return f
}

// bound writes the boundary and the tags.
func (w *writer) bound(f *file, m metadata) {
	if m.PermissionBoundary != "" {
		w.out["PermissionsBoundary"] = map[string]string{"PermissionsBoundaryArn": m.PermissionBoundary}
		w.places["PermissionsBoundary"] = f.member("permissionBoundary")
	}
	var tags map[string]string
	if f := w.file("tags.json", tagsShape, &tags); f != nil {
		w.places["Tags"] = account.Place{File: f.path}
		var list []tag
		for key, value := range tags {
			list = append(list, tag{key, value})
		}
		slices.SortFunc(list, func(x, y tag) int { return strings.Compare(x.Key, y.Key) })
		w.out["Tags"] = list
	}
}

// holds writes the policies of a holder: those attached, and those in list.
func (w *writer) holds(list string) {
	var arns []string
	if f := w.file("managed-policies.json", arnsShape, &arns); f != nil {
		managed := []attached{}
		for _, arn := range arns {
			if arn != "" {
				managed = append(managed, attached{nameIn(arn), arn})
			}
		}
		i, in := 0, &walk{file: f}
		each(f.raw, func(_ string, _ json.RawMessage, at int) {
			w.places["AttachedManagedPolicies["+account.Quote(nameIn(arns[i]))+"]"] = account.Place{File: f.path, Start: in.to(at)}
			i++
		})
		w.out["AttachedManagedPolicies"] = managed
	}
	f := w.read("inline-policies.json", inlineShape)
	if f == nil {
		return
	}
	w.places[list] = account.Place{File: f.path}
	embedded := []map[string]any{}
	in := &walk{file: f}
	each(f.raw, func(_ string, element json.RawMessage, at int) {
		var name string
		var place account.Place
		own := map[string]any{}
		each(element, func(member string, value json.RawMessage, inside int) {
			switch member {
			case "PolicyName":
				_ = json.Unmarshal(value, &name) // it is of the shape
				own[member] = value
			case "PolicyDocument":
				own[member] = value
				place = account.Place{File: f.path, Start: in.to(at + inside)}
				if isObject(value) {
					own[member], place.Verbatim = quoted(value), true
				}
			}
		})
		w.places[list+"["+account.Quote(name)+"]"] = place
		embedded = append(embedded, own)
	})
	w.out[list] = embedded
}

// nameIn is the name in an ARN.
func nameIn(arn string) string { return arn[strings.LastIndexByte(arn, '/')+1:] }

// document writes a policy document that has a file of its own.
func (w *writer) document(name, attribute string) bool {
	f := w.read(name, anyDocument)
	if f == nil {
		return w.err != nil
	}
	w.out[attribute] = f.text()
	w.places[attribute] = f.whole()
	return true
}

// version writes the version in force of a managed policy, the only one that
// iam-collect keeps.
func (w *writer) version() (lacks string) {
	if !w.document("current-policy.json", "PolicyVersionList") && !w.document("policy.json", "PolicyVersionList") {
		return "current-policy.json"
	}
	if text, ok := w.out["PolicyVersionList"]; ok {
		w.out["PolicyVersionList"] = []map[string]any{{"Document": text, "IsDefaultVersion": true}}
	}
	return ""
}

// groups writes the groups of a user, by their names.
func (w *writer) groups() {
	var groups []string
	f := w.file("groups.json", arnsShape, &groups)
	if f == nil {
		return
	}
	w.places["GroupList"] = account.Place{File: f.path}
	names := []string{}
	for _, g := range groups {
		if g != "" {
			names = append(names, nameIn(g))
		}
	}
	w.out["GroupList"] = names
}

func isObject(raw json.RawMessage) bool { return bytes.HasPrefix(raw, []byte("{")) }

// each calls f for every member of an object or element of a list, whose JSON has
// been read before, with where the value begins.
func each(raw json.RawMessage, f func(name string, value json.RawMessage, at int)) {
	dec := jsontext.NewDecoder(bytes.NewReader(raw), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	open, err := dec.ReadToken()
	if err != nil {
		return
	}
	for dec.PeekKind() != ']' && dec.PeekKind() != '}' {
		name := ""
		if open.Kind() == '{' {
			token, err := dec.ReadToken()
			if err != nil {
				return
			}
			name = token.String()
		}
		value, err := dec.ReadValue()
		if err != nil {
			return
		}
		f(name, json.RawMessage(bytes.Clone(value)), int(dec.InputOffset())-len(value))
	}
}
