package organization

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/account"
	"github.com/boundlint/boundlint/lint/source/steampipe"
	"github.com/boundlint/boundlint/lint/source/stream"
	"github.com/boundlint/boundlint/lint/source/unpack"
)

// answers is a directory of what the AWS CLI printed of one organization.
type answers struct {
	*directory
	tree   *tree
	models []*iam.Model
	// listed are the policies that list-policies tells, by types; targeted those of
	// which list-targets-for-policy tells all targets.
	listed   map[string][]string
	targeted map[string]bool
	// rest is what stands after the command in the name of the file that is read.
	rest string
}

// answers reads the files of a directory that have JSON in them.
func (d *directory) answers() ([]*iam.Model, error) {
	a := &answers{directory: d, tree: newTree(""), listed: map[string][]string{}, targeted: map[string]bool{}}
	var faults []error
	for _, name := range answersIn(d.tree) {
		if over := d.options.Share.Over(); over != nil {
			return a.models, over
		}
		faults = appendFault(faults, a.file(name))
	}
	a.unlisted()
	a.settle()
	if len(a.models) == 0 && len(faults) == 0 {
		return nil, stream.Errorf("it has answers about an organization and no account: put the dumps of its accounts beside them (aws iam "+
			"%s > %s-ACCOUNT.json)", dumpCommand, dumpCommand)
	}
	a.tree.give(a.models)
	a.tree.sets.give(a.models, a.tree)
	return a.models, joined(append(faults, a.tree.faults...))
}

// unlisted takes each account for one of the organization where no answer lists the
// accounts: what binds it is not known.
func (a *answers) unlisted() {
	t := a.tree
	if t.ID == "" || t.listed {
		return
	}
	told := map[string]bool{}
	for _, m := range a.models {
		id := m.Input.Root
		if t.Accounts[id] != nil || !policy.IsAccountID(id) {
			continue
		}
		m.Diagnostics = append(m.Diagnostics, t.unplaced(id, m.Input.Path))
		told[id] = true
	}
	for id := range told {
		t.member(id)
	}
}

// file reads one file.
func (a *answers) file(name string) error {
	src, err := a.text(name)
	if err != nil {
		return a.fault(name, err)
	}
	c, rest := commandOf(name)
	if c == nil {
		return a.dump(name, src)
	}
	a.rest = rest
	of, err := c.argumentIn(rest)
	if err != nil {
		return a.fault(name, err)
	}
	f, err := a.checked(name, src, nil, c.shape)
	if f == nil || err != nil {
		return err
	}
	var page struct{ NextToken string }
	if err := stream.Decode(f.raw, "", &page); err == nil && page.NextToken != "" {
		return a.fault(name, stream.Errorf("it is not the whole answer (NextToken): run the command again without --max-items"))
	}
	if err := c.take(a, of, f); err != nil {
		return a.fault(name, err)
	}
	return nil
}

// text is what a file says, unpacked.
func (d *directory) text(name string) ([]byte, error) {
	src, err := d.tree.Read(name, d.limit)
	if err == nil {
		src, err = unpack.All(src, d.limit)
	}
	if err == nil {
		src, err = unpack.TextOf(src)
	}
	return src, err
}

// dumped are the accounts of a dump.
func (d *directory) dumped(name string, src []byte) ([]*iam.Model, error) {
	r := stream.NewReader(bytes.NewReader(src))
	if steampipe.IsRows(src[:min(len(src), sniffed)]) {
		return steampipe.Read(r, d.account(name))
	}
	return account.Read(r, nil, d.account(name))
}

// dump reads the dump of an account.
func (a *answers) dump(name string, src []byte) error {
	models, err := a.dumped(name, src)
	if err != nil {
		if told, ok := errors.AsType[*stream.Error](err); ok && strings.Contains(told.Problem, "it is a JSON list") {
			err = stream.Errorf("it is neither a dump of an account nor named as a command whose answer is read (%s)", documented)
		}
		return a.fault(name, err)
	}
	for _, m := range models {
		if len(m.Providers) == 0 {
			return a.fault(name, stream.Errorf("it is the dump of an account with nothing in it"))
		}
	}
	for _, m := range models {
		account := m.Input.Root
		a.models = append(a.models, a.kept(m, []*tree{a.tree}, func(d *directory) (*iam.Model, error) {
			src, err := d.text(name)
			if err != nil {
				return nil, d.fault(name, err)
			}
			all, err := d.dumped(name, src)
			if at := slices.IndexFunc(all, func(m *iam.Model) bool { return m.Input.Root == account }); at >= 0 {
				return all[at], nil
			}
			return nil, err
		}))
	}
	return nil
}

// sniffed is how much of a file is looked at to say what it is.
const sniffed = 4096

// documented is the page that lists the commands.
const documented = "docs/organizations.md"

// identify notes the organization, and its management account, of an ARN: those of
// roots, units, accounts and policies have both in them (Service Authorization
// Reference, AWS Organizations).
func (a *answers) identify(arn string) error {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || parts[2] != "organizations" || !policy.IsAccountID(parts[4]) {
		return nil
	}
	steps := strings.Split(parts[5], "/")
	if len(steps) < 2 {
		return nil
	}
	return a.is(steps[1], parts[4])
}

func (a *answers) is(id, management string) error {
	t := a.tree
	if t.ID != "" && id != "" && t.ID != id {
		return stream.Errorf("it is of the organization %s, and another file of %s: put each organization into a directory of its own", id, t.ID)
	}
	if id != "" {
		t.ID = id
	}
	if management != "" {
		t.Management = management
		t.member(management)
	}
	return nil
}

// settle makes the tree, and hides what the answers do not tell.
func (a *answers) settle() {
	t := a.tree
	for kind, aws := range map[string]string{iam.ServiceControlPolicy: "p-fullawsaccess", iam.ResourceControlPolicy: "p-rcpfullawsaccess"} {
		// A list without AWS's own policy, which is always there, is not the whole one.
		all := slices.Contains(a.listed[kind], aws) && !slices.ContainsFunc(a.listed[kind], func(id string) bool { return !a.targeted[id] })
		if all {
			t.knowAll(kind)
		}
	}
	t.link()
}

// decodeInto decodes an answer that has been held to its shape.
func decodeInto[T any](f *file) (T, error) {
	var out T
	err := stream.Decode(json.RawMessage(strings.TrimSpace(string(f.raw))), "", &out)
	return out, err
}
