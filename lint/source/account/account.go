package account

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// Options say how a dump is read.
type Options struct {
	// Path is the input's name.
	Path string
	// Symbols is shared by all inputs of a run.
	Symbols *policy.Symbols
	// OnlyCurrent tells that the input has no versions of managed policies but those
	// in force.
	OnlyCurrent bool
}

// Header is what was read of the first page before it was known to be one.
type Header struct {
	// Held are members that came first.
	Held stream.Fields
	// Name is the member whose name has been read, but not its value; "" for
	// none.
	Name string
	// Closed tells that the whole page has been read.
	Closed bool
}

// The lists of a page.
const (
	users    = "UserDetailList"
	groups   = "GroupDetailList"
	roles    = "RoleDetailList"
	policies = "Policies"
)

// IsList reports whether a member of a JSON object tells that it is a page of
// a dump.
func IsList(name string) bool { return name == users || name == groups || name == roles }

// HasPolicies reports whether held members are a page of policies alone: with
// their versions, which tells it from what aws iam list-policies prints.
func HasPolicies(held stream.Fields) bool {
	var list []struct {
		PolicyVersionList []struct{} `json:"PolicyVersionList"`
	}
	_ = json.Unmarshal(held[policies], &list) // as far as it is such a list
	for _, p := range list {
		if len(p.PolicyVersionList) > 0 {
			return true
		}
	}
	return false
}

// Read reads the pages of a dump: JSON objects one after the other, or lists
// of them, up to the end of the input. Of the first the members of head have
// been read already; head is nil where nothing has been. The models are one
// for each account, sorted, so that nothing of one is taken for something of
// another; where nobody is in the dump it is one without an account.
func Read(r *stream.Reader, head *Header, o Options) ([]*iam.Model, error) {
	rd := newReader(r, o)
	if head != nil {
		if err := rd.page(head); err != nil {
			return nil, err
		}
	}
	for r.Kind() != 0 {
		if err := rd.value(); err != nil {
			return nil, rd.fault(err)
		}
	}
	if err := r.End(); err != nil {
		return nil, rd.fault(err)
	}
	if rd.pages == 0 {
		return nil, errList
	}
	return rd.models(), nil
}

func newReader(r *stream.Reader, o Options) *reader {
	if o.Symbols == nil {
		o.Symbols = &policy.Symbols{}
	}
	return &reader{r: r, options: o, parts: map[string]*part{}, lists: map[string]bool{}, touched: map[string]bool{}}
}

// reader gathers what the pages of one input say.
type reader struct {
	r       *stream.Reader
	options Options
	// parts are the accounts of the dump, by their numbers.
	parts map[string]*part
	// pages are those that were read, began tells that one was begun.
	pages int
	began bool
	// touched are the accounts of the last page that had anything in it.
	touched map[string]bool
	// lists are the lists that some page has.
	lists map[string]bool
	// base is the place of what r reads: what was held is read for itself.
	base jsontext.Pointer
	// places tell where the entry that is read stands in files.
	places Places
}

// part is one account.
type part struct {
	model *iam.Model
	// seen are the ARNs that are read: pages may overlap.
	seen map[string]bool
	// groups are the ARNs of groups by their names, folded.
	groups map[string]string
	// pending are memberships, which tell groups by name.
	pending []*iam.Membership
	// truncated tells that the last page of the account is not its last.
	truncated bool
	// parsed are the documents that are read.
	parsed map[parsedText]parsedDocument
}

var errList = stream.Errorf("it is a JSON list, and not of pages of an account dump: expected what terraform show -json or aws iam " +
	"get-account-authorization-details prints")

// fault is what is wrong with the input: before anything in it looks like a
// dump, that it is none.
func (rd *reader) fault(err error) error {
	if !rd.began {
		return errList
	}
	return err
}

// value reads a page or a list of pages.
func (rd *reader) value() error {
	switch rd.r.Kind() {
	case '{':
		return rd.page(&Header{})
	case '[':
		return rd.r.Array(rd.value)
	}
	if err := rd.r.Skip(); err != nil {
		return err
	}
	return rd.noPage()
}

func (rd *reader) noPage() error {
	return stream.Errorf("what ends at byte %d is not a page of an account dump (aws iam get-account-authorization-details), as what stands "+
		"beside it is", rd.r.Offset())
}

// page reads one page, or the rest of it.
func (rd *reader) page(head *Header) error {
	before := rd.touched
	rd.touched = map[string]bool{}
	p := &page{reader: rd}
	if err := p.read(head); err != nil {
		return err
	}
	if !p.found {
		return rd.noPage()
	}
	rd.pages++
	if len(rd.touched) == 0 {
		rd.touched = before
	}
	for account := range rd.touched {
		rd.parts[account].truncated = p.truncated
	}
	return nil
}

// page is one answer of the API.
type page struct {
	*reader
	// found tells that it has a list of a dump, truncated that it says that
	// it is not the last.
	found, truncated bool
}

func (p *page) read(head *Header) error {
	if err := head.Held.Check(heldShape, ""); err != nil {
		return err
	}
	r := p.r
	for _, name := range slices.Sorted(maps.Keys(head.Held)) {
		p.r, p.base = stream.NewReader(bytes.NewReader(head.Held[name])), jsontext.Pointer("").AppendToken(name)
		err := p.member(name)
		p.r, p.base = r, ""
		if err != nil {
			return err
		}
	}
	if head.Name != "" {
		if err := p.member(head.Name); err != nil {
			return err
		}
	}
	switch {
	case head.Closed:
		return nil
	case head.Name != "":
		return r.Members(p.member)
	}
	return r.Object(p.member)
}

func (p *page) member(name string) error {
	p.found = p.found || IsList(name) || name == policies
	p.began = p.began || p.found
	switch name {
	case users:
		return p.list(name, p.user)
	case groups:
		return p.list(name, p.group)
	case roles:
		return p.list(name, p.role)
	case policies:
		return p.list(name, p.policy)
	case "IsTruncated", "NextToken":
		if p.r.Kind() == 'n' {
			break
		}
		if name == "IsTruncated" {
			is, err := p.r.Bool()
			p.truncated = p.truncated || is
			return err
		}
		// The AWS CLI prints it where --max-items ends the list.
		token, err := p.r.String()
		p.truncated = p.truncated || token != ""
		return err
	}
	return p.r.Skip()
}

// list reads the elements of a list, each for itself: a dump may be large. A
// list that is null is one that is not there.
func (rd *reader) list(name string, element func() error) error {
	if rd.r.Kind() == 'n' {
		return rd.r.Skip()
	}
	rd.lists[name] = true
	return rd.r.Array(element)
}

// at is the place of what was read last.
func (rd *reader) at() jsontext.Pointer { return rd.base + rd.r.At() }

// of is the account that an ARN says, which is noted as read. It is nil where
// the ARN has been read before.
func (rd *reader) of(arn string) (*part, error) {
	if policy.ContainsToken(arn) {
		return nil, errToken
	}
	parsed, ok := policy.ParseARN(policy.Literal(arn))
	resource, _ := parsed.Resource.Known()
	if !ok || !strings.Contains(resource, "/") {
		return nil, stream.Errorf("%s has no Arn: expected what aws iam get-account-authorization-details prints", stream.Place(rd.at()))
	}
	account, _ := parsed.Account.Known()
	partition, _ := parsed.Partition.Known()
	rd.touched[account] = true
	p := rd.account(account, partition)
	if p.seen[arn] {
		return nil, nil
	}
	p.seen[arn] = true
	return p, nil
}

// account is the part of an account, a new one where there is none.
func (rd *reader) account(account, partition string) *part {
	p := rd.parts[account]
	if p == nil {
		p = rd.newPart(account)
		p.model.Providers = []*iam.Provider{{Name: account, Partition: partition, StateAccounts: []string{account}}}
		rd.parts[account] = p
	}
	return p
}

func (rd *reader) newPart(account string) *part {
	// The account, and not the name of a file that differs every month, is
	// what findings are remembered by.
	return &part{
		model: &iam.Model{
			Input:   iam.Input{Path: rd.options.Path, Kind: iam.InputAccount, Root: account, Complete: true},
			Symbols: rd.options.Symbols,
		},
		seen: map[string]bool{}, groups: map[string]string{},
	}
}

// models finishes the accounts.
func (rd *reader) models() []*iam.Model {
	if aws := rd.parts[awsAccount]; aws != nil {
		// AWS's own policies are the same for all.
		delete(rd.parts, awsAccount)
		for _, p := range rd.parts {
			for _, l := range aws.model.Lookups {
				own := *l
				own.Provider = p.model.Providers[0].Name
				p.model.Lookups = append(p.model.Lookups, &own)
			}
			p.truncated = p.truncated || len(rd.parts) == 1 && aws.truncated
			p.model.Input.Odd = append(p.model.Input.Odd, aws.model.Input.Odd...)
		}
	}
	if len(rd.parts) == 0 {
		return []*iam.Model{rd.newPart("").model}
	}
	var out []*iam.Model
	for _, account := range slices.Sorted(maps.Keys(rd.parts)) {
		p := rd.parts[account]
		p.settle(account, rd.absent())
		out = append(out, p.model)
	}
	return out
}

// absent are the lists that no page has. IAM answers with all four, empty ones
// too.
func (rd *reader) absent() []string {
	return slices.DeleteFunc([]string{users, groups, roles, policies}, func(name string) bool { return rd.lists[name] })
}

// settle puts users into groups, and says what the dump lacks.
func (p *part) settle(account string, absent []string) {
	m := p.model
	var lacking []string
	for _, s := range p.pending {
		name, _ := s.Group.Known()
		if arn := p.groups[strings.ToLower(name)]; arn != "" {
			s.Group.Text = policy.Literal(arn)
		} else if what := iam.LackingGroup + name; !slices.Contains(lacking, what) {
			lacking = append(lacking, what)
		}
		m.Memberships = append(m.Memberships, s)
	}
	for _, a := range m.Attachments {
		arn, _ := a.PolicyARN.Known()
		what := iam.LackingPolicy + arn
		if strings.Contains(arn, ":"+account+":") && !p.seen[arn] && !slices.Contains(lacking, what) {
			lacking = append(lacking, what)
		}
	}
	// IAM deletes no policy that is the boundary of an entity (IAM API Reference,
	// DeletePolicy).
	for _, e := range m.Entities {
		arn, _ := e.Boundary.Known()
		if !strings.Contains(arn, ":"+account+":policy/") {
			continue
		}
		what := iam.LackingPolicy + arn
		if p.seen[arn] {
			what = iam.LackingDocument + arn
			if p.hasDocument(arn) {
				continue
			}
		}
		if !slices.Contains(lacking, what) {
			lacking = append(lacking, what)
		}
	}
	m.Input.More, m.Input.Lacks, m.Input.Absent = p.truncated, lacking, absent
	m.Input.JudgeDump()
	if len(m.Entities) == 0 {
		m.Input.Complete = false
		m.Input.Reasons = append(m.Input.Reasons, "it has neither roles nor users, which no account is without")
	}
}

// hasDocument reports whether the dump has the version in force of a policy.
func (p *part) hasDocument(arn string) bool {
	return slices.ContainsFunc(p.model.Policies, func(m *iam.ManagedPolicy) bool {
		known, _ := m.ARN.Known()
		return known == arn && m.Document.Unknown == nil
	})
}
