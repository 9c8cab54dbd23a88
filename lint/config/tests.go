package config

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/gohcl"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/expect"
	"github.com/boundlint/boundlint/lint/files"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// TestFile is a file of policy tests with its text, in which what is found later
// can be shown.
type TestFile struct {
	*expect.File
	src []byte
}

// LoadTests reads a file of policy tests that the user names, or that lies
// beside an input: found tells that nobody has named it, so that it is read only
// as long as it is a file of the repository. Files that it names are read from
// its directory and below. Faults in the file are an *[Error], all of them at
// once.
func LoadTests(path string, found bool) (*TestFile, error) {
	return readTests(path, found, nil)
}

// LoadTestsLaid is [LoadTests] for a file that nobody has named, where files, and the one of
// tests among them, are read as an overlay has them.
func LoadTestsLaid(path string, overlay files.Overlay) (*TestFile, error) {
	return readTests(path, true, overlay)
}

func readTests(path string, found bool, overlay files.Overlay) (*TestFile, error) {
	c := &checker{name: filepath.ToSlash(path), tests: true, settings: &lint.Settings{}, overlay: overlay}
	read := func(t *files.Tree, dir, path string) ([]byte, error) {
		if found {
			return readFound(t, dir, path)
		}
		return readNamed(t, dir, path)
	}
	src, err := c.open(path, read)
	if err != nil {
		return nil, err
	}
	defer func() { _ = c.tree.Close() }() // it has only been read
	var f testFile
	if src, err = c.decode(src, &f); err != nil {
		return nil, err
	}
	c.src = src
	out := &TestFile{&expect.File{Name: c.name}, src}
	for i := range f.Entities {
		out.Entities = append(out.Entities, c.described(&f.Entities[i]))
	}
	for i := range f.Tests {
		out.Tests = append(out.Tests, c.test(&f.Tests[i]))
	}
	if c.diags.HasErrors() {
		return nil, &Error{diags: c.diags, src: src}
	}
	return out, nil
}

// Fault is an error at a place of the file, an *[Error].
func (f *TestFile) Fault(at iam.Location, message string) error {
	r := hcl.Range{Filename: f.Name, Start: f.pos(at.Range.Start), End: f.pos(at.Range.End)}
	return &Error{diags: hcl.Diagnostics{{Severity: hcl.DiagError, Summary: message, Subject: &r}}, src: f.src}
}

// pos is a position as hcl counts: in characters.
func (f *TestFile) pos(p policy.Pos) hcl.Pos {
	start := max(0, min(p.Byte, len(f.src))-(p.Column-1))
	return hcl.Pos{Byte: p.Byte, Line: p.Line, Column: len([]rune(string(f.src[start:min(p.Byte, len(f.src))]))) + 1}
}

func (c *checker) test(b *testBlock) *expect.Test {
	c.once("test", b.Name, b.At)
	out := &expect.Test{Name: b.Name, At: c.location(b.At)}
	if strings.TrimSpace(b.Name) == "" {
		c.errorf(b.At, "the test has no name: write what it shows, such as test \"developers stay inside\"")
	}
	out.As = c.words(b.As)
	if b.As == nil {
		c.missing(b.At, "test %q says not who is asked about: write as = \"NAME\", the name, address or ARN of a role or user", b.Name)
	}
	passes := c.undetermined(b.Undetermined, false)
	for i := range b.Deny {
		out.Expectations = append(out.Expectations, c.expectation(&b.Deny[i], expect.Deny, passes))
	}
	for i := range b.Allow {
		out.Expectations = append(out.Expectations, c.expectation(&b.Allow[i], expect.Allow, passes))
	}
	for i := range b.Reach {
		out.Expectations = append(out.Expectations, c.expectation(&b.Reach[i], expect.CannotReach, passes))
	}
	for _, goal := range c.words(b.CannotReach) {
		out.Expectations = append(out.Expectations, &expect.Expectation{
			Kind: expect.CannotReach, What: goal, UndeterminedPasses: passes, At: goal.At,
		})
	}
	if len(out.Expectations) == 0 {
		c.missing(b.At, "test %q expects nothing: write deny, allow or cannot_reach", b.Name)
	}
	slices.SortStableFunc(out.Expectations, func(x, y *expect.Expectation) int {
		return x.At.Range.Start.Byte - y.At.Range.Start.Byte
	})
	return out
}

func (c *checker) expectation(b *expectationBlock, kind expect.Kind, passes bool) *expect.Expectation {
	out := &expect.Expectation{
		Kind: kind, What: expect.Word{Text: b.Action, At: c.location(b.LabelAt)}, At: c.location(b.At),
		Resources: c.values(b.Resource), NotResources: c.values(b.NotResource), UndeterminedPasses: c.undetermined(b.Undetermined, passes),
	}
	service, name, found := strings.Cut(b.Action, ":")
	switch isAction := b.Action == "*" || found && service != "" && name != ""; {
	case isAction:
	case kind != expect.CannotReach:
		c.errorf(b.LabelAt, "%q is not the full name of an action: write it as iam:CreateRole, * and ? allowed", b.Action)
	case b.Resource != nil || b.NotResource != nil || b.With != nil || b.Unless != nil:
		c.errorf(b.LabelAt, "%q is no action: resource, not_resource, with and unless are for actions", b.Action)
	}
	if b.With != nil {
		out.With = c.keys(b.With.Expr)
	}
	if b.Unless != nil {
		exprs, diags := hcl.ExprList(b.Unless.Expr)
		if diags.HasErrors() {
			exprs = []hcl.Expression{b.Unless.Expr}
		}
		for _, x := range exprs {
			if keys := c.keys(x); len(keys) > 0 {
				out.Unless = append(out.Unless, keys)
			}
		}
	}
	if b.Every != nil {
		var every bool
		switch diags := gohcl.DecodeExpression(b.Every.Expr, nil, &every); {
		case diags.HasErrors():
			c.errorf(b.Every.Expr.Range(), "every is true or false")
		case kind != expect.Allow:
			c.errorf(b.Every.NameRange, "every is for allow: the others hold for every request of the shape already")
		case every:
			out.Kind = expect.AllowEvery
		}
	}
	return out
}

// undetermined reads what is to be of what nobody can decide.
func (c *checker) undetermined(a *hcl.Attribute, inherited bool) bool {
	e, ok := c.text(a)
	if !ok {
		return inherited
	}
	c.oneOf(e, "outcome", []string{"pass", "fail"})
	return e.text == "pass"
}

// words reads a text or a list of texts.
func (c *checker) words(a *hcl.Attribute) []expect.Word {
	var out []expect.Word
	for _, x := range c.oneOrMore(a) {
		if e, ok := c.expression(x); ok {
			out = append(out, expect.Word{Text: e.text, At: c.location(e.at)})
		}
	}
	return out
}

// oneOrMore are the expressions of an attribute that takes one or a list.
func (c *checker) oneOrMore(a *hcl.Attribute) []hcl.Expression {
	if a == nil {
		return nil
	}
	exprs, diags := hcl.ExprList(a.Expr)
	switch {
	case diags.HasErrors():
		return []hcl.Expression{a.Expr}
	case len(exprs) == 0:
		c.errorf(a.Expr.Range(), "the list is empty")
	}
	return exprs
}

func (c *checker) described(b *entityBlock) *expect.Entity {
	c.once("entity", b.Name, b.At)
	out := &expect.Entity{
		Name: expect.Word{Text: b.Name, At: c.location(b.LabelAt)}, Kind: iam.Role, Path: "/", Tags: map[string]string{}, At: c.location(b.At),
	}
	if !namePattern().MatchString(b.Name) || strings.ContainsAny(b.Name, "*?") {
		c.errorf(b.LabelAt, "%q is not a name for a role or user: letters, digits and +=,.@_- are", b.Name)
	}
	if e, ok := c.text(b.Kind); ok {
		c.oneOf(e, "kind of entity", []string{"role", "user"})
		out.Kind = iam.EntityKind(e.text)
	}
	if e, ok := c.text(b.Path); ok {
		if !strings.HasPrefix(e.text, "/") || !strings.HasSuffix(e.text, "/") {
			c.errorf(e.at, "%q is not an IAM path: those begin and end with a slash, such as /teams/x/", e.text)
		}
		out.Path = e.text
	}
	if b.Tags != nil {
		for _, pair := range c.pairs(b.Tags.Expr) {
			if e, ok := c.expression(pair.Value); ok {
				out.Tags[pair.name.text] = e.text
			}
		}
	}
	for _, x := range c.oneOrMore(b.Policies) {
		if p, ok := c.policyOf(x); ok {
			out.Policies = append(out.Policies, p)
		}
	}
	if b.Boundary != nil {
		if p, ok := c.policyOf(b.Boundary.Expr); ok {
			out.Boundary = &p
		}
	}
	return out
}

// policyOf reads a policy: a document as jsonencode or as a text of JSON, the name of
// a file, or a reference to a managed policy.
func (c *checker) policyOf(x hcl.Expression) (expect.Policy, bool) {
	if isCall(x) {
		text, ok := c.encoded(x)
		if !ok {
			return expect.Policy{}, false
		}
		return c.inline(entry{text, x.Range()})
	}
	v, ok := c.value(x)
	if !ok {
		return expect.Policy{}, false
	}
	switch text := v.String(); {
	case strings.HasPrefix(strings.TrimSpace(text), "{"):
		return c.inline(entry{text, x.Range()})
	case strings.HasSuffix(text, ".json"):
		d := c.document(entry{text, x.Range()})
		return expect.Policy{Document: d}, d != nil
	}
	return expect.Policy{Name: v}, true
}

// inline is a document that stands in the file itself.
func (c *checker) inline(e entry) (expect.Policy, bool) {
	doc, diags := policy.Parse(e.text, nil, policy.ParseOptions{Kind: policy.IdentityPolicy})
	for _, d := range diags {
		if d.Error {
			c.errorf(e.at, "the policy is not one that IAM takes: %s", d.Summary)
			return expect.Policy{}, false
		}
	}
	return expect.Policy{Document: &iam.Document{
		Document: doc, Text: policy.Literal(e.text), Diagnostics: diags, Location: c.location(e.at),
	}}, true
}

// keys reads condition keys and their values.
func (c *checker) keys(x hcl.Expression) []expect.Key {
	var out []expect.Key
	for _, pair := range c.pairs(x) {
		k := expect.Key{Name: expect.Word{Text: pair.name.text, At: c.location(pair.name.at)}}
		if !strings.Contains(k.Name.Text, ":") {
			c.errorf(pair.name.at, "%q is not a condition key: write it with its service, such as \"iam:PermissionsBoundary\"", k.Name.Text)
			continue
		}
		if slices.ContainsFunc(out, func(o expect.Key) bool { return strings.EqualFold(o.Name.Text, k.Name.Text) }) {
			c.errorf(pair.name.at, "the condition key %s stands here twice", k.Name.Text)
			continue
		}
		if isNull(pair.Value) {
			k.Absent = true
			out = append(out, k)
			continue
		}
		k.Values = c.valuesOf(pair.Value)
		if len(k.Values) > 0 {
			out = append(out, k)
		}
	}
	return out
}

// pair is an entry of an object.
type pair struct {
	hcl.KeyValuePair
	name entry
}

// pairs are the entries of an object.
func (c *checker) pairs(x hcl.Expression) []pair {
	list, diags := hcl.ExprMap(x)
	if diags.HasErrors() {
		c.errorf(x.Range(), "this is an object: write { \"KEY\" = \"VALUE\" }")
		return nil
	}
	var out []pair
	for _, p := range list {
		if name, ok := c.expression(p.Key); ok {
			out = append(out, pair{p, name})
		}
	}
	return out
}

func (c *checker) values(a *hcl.Attribute) []expect.Value {
	if a == nil {
		return nil
	}
	return c.valuesOf(a.Expr)
}

// valuesOf reads one value or a list of them.
func (c *checker) valuesOf(x hcl.Expression) []expect.Value {
	exprs, diags := hcl.ExprList(x)
	switch {
	case diags.HasErrors():
		exprs = []hcl.Expression{x}
	case len(exprs) == 0:
		c.errorf(x.Range(), "the list is empty")
	}
	var out []expect.Value
	for _, one := range exprs {
		if v, ok := c.value(one); ok {
			out = append(out, v)
		}
	}
	return out
}

// referenceError is the fault of what is no reference of a test file.
func (c *checker) referenceError(r hcl.Range, what string) {
	c.errorf(r, "%s", fmt.Sprintf("%s; a value is a text, boundary.NAME, or entity.%s of the one that is asked about", what,
		strings.Join(expect.EntityAttributes, ", entity.")))
}

// FindTests lists the files of policy tests that lie in a directory; none where
// the directory cannot be read.
func FindTests(dir string) []string {
	t, inside, err := files.OpenAround(dir)
	if err != nil {
		return nil
	}
	defer func() { _ = t.Close() }() // it has only been read
	entries, err := t.List(inside)
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range entries {
		if !e.IsDir() && IsTestFile(e.Name()) {
			out = append(out, filepath.Join(dir, e.Name()))
		}
	}
	slices.Sort(out)
	return out
}

// IsTestFile tells files of policy tests by their names.
func IsTestFile(path string) bool { return strings.HasSuffix(path, expect.FileSuffix) }
