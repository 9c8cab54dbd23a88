package inquiry

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/escalation"
	"github.com/boundlint/boundlint/lint/expect"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// Tests asks of one model what one file of policy tests expects. While it is
// asked, the model is linked as the file needs it: with the entities that the
// file describes.
type Tests struct {
	*Inquiry
	// Assumed is the account that is taken to be the deployment's because the
	// file or the policies name it, "" where the input tells or nobody does.
	Assumed  string
	settings *lint.Settings
	file     *expect.File
	// searches are remembered by what they are after.
	searches map[string]*escalation.Search
	// found are the entities of a name, boundaries the ARNs of one: an expectation
	// asks for them again for each entity that it is about.
	found      map[string][]*iam.Entity
	boundaries map[string][]policy.Text
}

// UnresolvedError is the error for something in a file of policy tests that means
// nothing in the input.
type UnresolvedError struct {
	At      iam.Location
	Message string
}

// Error is the message without its place.
func (e *UnresolvedError) Error() string { return e.Message }

func unresolved(at iam.Location, format string, args ...any) error {
	return &UnresolvedError{at, fmt.Sprintf(format, args...)}
}

// NewTests makes models ready for the tests of a file, several together as one
// account. The error is an [UnresolvedError] where the file describes an entity by
// what is not there.
func NewTests(settings *lint.Settings, file *expect.File, models ...*iam.Model) (*Tests, error) {
	if settings == nil {
		settings = &lint.Settings{}
	}
	t := &Tests{settings: settings, file: file, searches: map[string]*escalation.Search{}}
	t.forget()
	var err error
	if t.Inquiry, err = New(settings, models...); err != nil {
		return nil, err
	}
	if len(file.Entities) > 0 {
		described, err := t.describe(models[0])
		if err != nil {
			return nil, err
		}
		models = append([]*iam.Model{described}, models[1:]...)
	}
	if t.Assumed = t.assume(); t.Assumed == "" && len(file.Entities) == 0 {
		return t, nil
	}
	again := *settings
	if t.Assumed != "" {
		again.AccountID = t.Assumed
	}
	t.Inquiry, err = New(&again, models...)
	t.forget()
	return t, err
}

// forget begins anew with what is remembered of the models.
func (t *Tests) forget() {
	t.found, t.boundaries = map[string][]*iam.Entity{}, map[string][]policy.Text{}
}

// named are the entities that a name means, as [Inquiry.Find] finds them.
func (t *Tests) named(name string) []*iam.Entity {
	found, ok := t.found[name]
	if !ok {
		found = t.Find(name)
		t.found[name] = found
	}
	return found
}

// assume is the one account that the file names, or else that the policies of
// the entities name which it asks about; "" where the input tells which account
// it is deployed to.
func (t *Tests) assume() string {
	if t.Model.Deployment.Account.IsKnown() {
		return ""
	}
	if accounts := t.file.Accounts(); len(accounts) > 0 {
		return single(accounts)
	}
	var accounts []string
	for _, test := range t.file.Tests {
		for _, word := range test.As {
			for _, e := range t.meant(word.Text) {
				for _, account := range t.Subject(e).LiteralAccounts() {
					if !slices.Contains(accounts, account) {
						accounts = append(accounts, account)
					}
				}
			}
		}
	}
	return single(accounts)
}

func single(list []string) string {
	if len(list) == 1 {
		return list[0]
	}
	return ""
}

// Subjects are those that a test asks about, each once. The error is an
// [UnresolvedError] for a name that nobody has, or that more than one have.
func (t *Tests) Subjects(test *expect.Test) ([]*Subject, error) {
	var out []*Subject
	for _, word := range test.As {
		found := t.meant(word.Text)
		switch {
		case len(found) == 0:
			return nil, t.nobody(word)
		case len(found) > 1 && !isPattern(word.Text) && len(t.groups(word.Text)) == 0:
			var list []string
			for _, e := range found {
				list = append(list, fmt.Sprintf("%s (%s)", e.Address, e.Kind))
			}
			return nil, unresolved(word.At, "%s may be one of %d: %s; name one by its address or ARN", word.Text, len(found),
				strings.Join(list, ", "))
		}
		for _, e := range found {
			if s := t.Subject(e); !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out, nil
}

// meant are the entities that a name, a pattern or the name of a group stands
// for.
func (t *Tests) meant(name string) []*iam.Entity {
	if found := t.named(name); len(found) > 0 {
		return found
	}
	var out []*iam.Entity
	for _, g := range t.groups(name) {
		out = append(out, slices.DeleteFunc(slices.Clone(g.Members), (*iam.Entity).Gone)...)
	}
	if len(out) > 0 || !isPattern(name) {
		return out
	}
	for _, e := range t.Entities() {
		if slices.ContainsFunc(namesOf(e), func(own string) bool { return policy.Glob(name, own) }) {
			out = append(out, e)
		}
	}
	return out
}

func isPattern(name string) bool { return strings.ContainsAny(name, "*?") }

// namesOf are the names of an entity that a person may write.
func namesOf(e *iam.Entity) []string {
	out := []string{e.Address}
	if e.Name.Sensitive || e.Path.Sensitive {
		return out
	}
	if name, known := e.Name.Known(); known {
		out = append(out, name, string(e.Kind)+"/"+name)
	}
	if arn, known := e.ARN.Known(); known {
		out = append(out, arn)
	}
	return out
}

// groups are those of a name, "group/NAME", an address or an ARN.
func (t *Tests) groups(name string) []*iam.Group {
	short := strings.TrimPrefix(name, "group/")
	return slices.DeleteFunc(slices.Clone(t.Model.Groups), func(g *iam.Group) bool {
		own, known := g.Name.Known()
		arn, arnKnown := g.ARN.Known()
		return g.Gone() || g.Address != name && (!known || own != short) && (!arnKnown || arn != name)
	})
}

// nobody is the error for a name that no entity has.
func (t *Tests) nobody(word expect.Word) error {
	if len(t.groups(word.Text)) > 0 {
		return unresolved(word.At, "%s is a group, and the input puts nobody into it: groups make no requests themselves", word.Text)
	}
	var known []string
	for _, e := range t.Entities() {
		known = append(known, namesOf(e)...)
	}
	switch {
	case isPattern(word.Text):
		return unresolved(word.At, "no role and no user of the input is named as in %s", word.Text)
	case len(known) == 0:
		return unresolved(word.At, "the input has no role and no user")
	}
	return unresolved(word.At, "the input has no role or user %s%s", word.Text, lint.Suggest(word.Text, known))
}

// texts is a value of the file for a subject; a boundary may be known by several
// ARNs and patterns.
func (t *Tests) texts(v expect.Value, s *Subject) ([]policy.Text, error) {
	if len(v.Parts) == 1 && v.Parts[0].Boundary != "" {
		return t.boundary(v.Parts[0].Boundary, v.At)
	}
	x, err := t.text(v, s)
	return []policy.Text{x}, err
}

// text is a value of the file for a subject.
func (t *Tests) text(v expect.Value, s *Subject) (policy.Text, error) {
	var out policy.Text
	for _, p := range v.Parts {
		switch {
		case p.Boundary != "":
			list, err := t.boundary(p.Boundary, v.At)
			if err != nil {
				return policy.Text{}, err
			}
			if len(list) > 1 {
				return policy.Text{}, unresolved(v.At, "boundary.%s is more than one policy: inside of a text it must be one", p.Boundary)
			}
			out = policy.Concat(out, list[0])
		case p.Entity != "":
			own, ok := s.attribute(p.Entity)
			if !ok {
				return policy.Text{}, unresolved(v.At, "the input does not tell the %s of %s", p.Entity, s.Entity.Address)
			}
			out = policy.Concat(out, own)
		default:
			out = policy.Concat(out, policy.Literal(p.Literal))
		}
	}
	return out, nil
}

// attribute is what entity.NAME stands for; false where nothing is known of it.
func (s *Subject) attribute(name string) (policy.Text, bool) {
	e := s.Entity
	var out policy.Text
	switch name {
	case "name":
		out = e.NameText()
	case "arn":
		out = e.ARN
	case "account":
		out = e.Deployment.Account
	case "path":
		if out = e.Path.Text; !e.Path.Set {
			out = policy.Literal("/")
		}
	}
	return out, !out.IsEmpty()
}

// resources are the ARNs and patterns of values; an address stands for its ARN.
func (t *Tests) resources(list []expect.Value, s *Subject) ([]policy.Text, error) {
	var out []policy.Text
	for _, v := range list {
		texts, err := t.texts(v, s)
		if err != nil {
			return nil, err
		}
		for _, x := range texts {
			if x, err = t.resource(x, v.At); err != nil {
				return nil, err
			}
			out = append(out, x)
		}
	}
	return out, nil
}

// resource is an ARN or pattern as it stands, or the ARN of an address.
func (t *Tests) resource(x policy.Text, at iam.Location) (policy.Text, error) {
	text, known := x.Known()
	if !known || text == "*" || strings.HasPrefix(text, "arn:") || strings.HasPrefix(text, "*:") {
		return x, nil
	}
	if arn, ok := t.ARN(text); ok {
		return arn, nil
	}
	if found := t.named(text); len(found) == 1 && !found[0].ARN.IsEmpty() {
		return found[0].ARN, nil
	}
	return x, unresolved(at, "%s is neither an ARN nor the address of something in the input that has one%s", text,
		lint.Suggest(text, t.Addresses()))
}

// mayBeAddress tells an address from most other texts.
func mayBeAddress(text string) bool {
	return strings.Contains(text, ".") && !strings.HasPrefix(text, "arn:")
}

// isRange reports whether a value of a condition key is a range of IP addresses where
// the key holds one.
func isRange(name, value string) bool {
	key, ok := catalog.LookupKey(name)
	if !ok || key.Type != catalog.TypeIPAddress {
		return false
	}
	_, err := netip.ParsePrefix(value)
	return err == nil
}

// constraint is what a condition key must hold; where not is set, must not.
func (t *Tests) constraint(k expect.Key, s *Subject, not bool) (authz.KeyConstraint, error) {
	out := authz.KeyConstraint{Key: k.Name.Text}
	if k.Absent {
		out.Absent, out.Present = !not, not
		return out, nil
	}
	var values []policy.Text
	for _, v := range k.Values {
		list, err := t.texts(v, s)
		if err != nil {
			return out, err
		}
		for _, x := range list {
			text, known := x.Known()
			if isRange(k.Name.Text, text) {
				return out, unresolved(v.At, "%s is a range, and a request comes from one address: write an address in it, such as %s", text,
					text[:strings.IndexByte(text, '/')])
			}
			if known && mayBeAddress(text) {
				if arn, ok := t.ARN(text); ok {
					x = arn
				}
			}
			values = append(values, x)
		}
	}
	if not {
		out.NotIn = values
	} else {
		out.Present, out.In = true, values
	}
	return out, nil
}
