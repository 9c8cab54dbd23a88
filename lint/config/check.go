package config

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/gohcl"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/files"
	"github.com/boundlint/boundlint/lint/glob"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/internal/lazy"
	"github.com/boundlint/boundlint/lint/policy"
)

// checker turns the decoded file into settings and collects the faults.
type checker struct {
	name string
	src  []byte
	// tree is the repository that the configuration belongs to, dir its
	// directory in there.
	tree  *files.Tree
	dir   string
	rules []string
	// overlay is what files are read as in the place of what they hold.
	overlay files.Overlay
	// policy tells that the file is an organisation's policy, tests that it has
	// policy tests.
	policy, tests bool
	// misfits are the places that did not fit the syntax: what seems to be
	// missing in their blocks may be there under a wrong name.
	misfits []hcl.Range
	blocks  hclsyntax.Blocks
	// seen holds the first block of each type and label.
	seen     map[string]hcl.Range
	diags    hcl.Diagnostics
	settings *lint.Settings
}

// entry is one text of the file with its place.
type entry struct {
	text string
	at   hcl.Range
}

func (c *checker) errorf(at hcl.Range, format string, args ...any) {
	c.diags = append(c.diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: fmt.Sprintf(format, args...), Subject: &at})
}

// missing reports what a block, which begins at a place, must have and has
// not.
func (c *checker) missing(at hcl.Range, format string, args ...any) {
	for _, b := range c.blocks {
		if b.TypeRange.Start != at.Start {
			continue
		}
		whole := hcl.RangeBetween(b.TypeRange, b.CloseBraceRange)
		if slices.ContainsFunc(c.misfits, whole.Overlaps) {
			return
		}
	}
	c.errorf(at, format, args...)
}

func (c *checker) file(f *file) {
	for _, a := range []*hcl.Attribute{f.AccountID, f.Preset, f.Exclude, f.OrganizationPolicies, f.Workspaces, f.Locked} {
		if a == nil {
			continue
		}
		if c.settings.At == nil {
			c.settings.At = map[string]iam.Location{}
		}
		c.settings.At[a.Name] = c.location(a.NameRange)
	}
	c.settings.Locked = c.locked(f.Locked)
	if id, ok := c.text(f.AccountID); ok {
		if !accountID().MatchString(id.text) {
			c.errorf(id.at, "%q is not an account id: those are twelve digits, in quotes", id.text)
		}
		c.settings.AccountID = id.text
	}
	if preset, ok := c.text(f.Preset); ok {
		c.oneOf(preset, "preset", []string{"default", "audit"})
		c.settings.Preset = preset.text
	}
	for _, e := range c.list(f.Exclude) {
		c.glob(e)
		c.settings.Exclude = append(c.settings.Exclude, e.text)
	}
	for _, e := range c.list(f.Workspaces) {
		c.workspace(e)
	}
	for i := range f.Boundaries {
		c.boundary(&f.Boundaries[i])
	}
	for i := range f.Naming {
		c.naming(&f.Naming[i])
	}
	for i := range f.Trusted {
		c.trusted(&f.Trusted[i])
	}
	for i := range f.Deployers {
		c.deployer(&f.Deployers[i])
	}
	for i := range f.Rules {
		c.rule(&f.Rules[i])
	}
	for i := range f.Exemptions {
		c.exemption(&f.Exemptions[i])
	}
	for i := range f.Allowed {
		c.allowance(&f.Allowed[i])
	}
	c.organizationPolicies(c.list(f.OrganizationPolicies))
}

var (
	accountID    = lazy.Regexp(`^[0-9]{12}$`)
	boundaryName = lazy.Regexp(`^[\w+=,.@-]+$`)
	// namePattern and pathPattern hold what IAM allows in names and paths,
	// and the two wildcards: anything else could never match.
	namePattern = lazy.Regexp(`^[\w+=,.@*?-]+$`)
	pathPattern = lazy.Regexp(`^[/*?]([\x21-\x7e]*[/*?])?$`)
)

func (c *checker) boundary(b *boundaryBlock) {
	c.once("boundary", b.Name, b.At)
	if !boundaryName().MatchString(b.Name) {
		c.errorf(b.At, "%q is not a name for a boundary: letters, digits and +=,.@_- are", b.Name)
	}
	out := lint.ApprovedBoundary{Name: b.Name, Locked: c.locked(b.Locked), Location: c.location(b.At)}
	for _, e := range c.list(b.ARNs) {
		c.arnPattern(e)
		out.ARNs = append(out.ARNs, e.text)
	}
	for _, e := range c.list(b.Refs) {
		if _, diags := hclsyntax.ParseTraversalAbs([]byte(e.text), c.name, hcl.InitialPos); diags.HasErrors() || !strings.Contains(e.text, ".") {
			c.errorf(e.at, "%q is not a reference: write it as it stands in the configuration, such as aws_iam_policy.boundary or "+
				"var.permissions_boundary_arn", e.text)
		}
		out.References = append(out.References, e.text)
	}
	if len(out.ARNs)+len(out.References) == 0 {
		c.missing(b.At, "boundary %q approves nothing: give arns or references", b.Name)
	}
	for _, e := range c.list(b.AppliesTo) {
		c.namePattern(e, false)
		out.AppliesTo = append(out.AppliesTo, e.text)
	}
	if e, ok := c.text(b.Document); ok {
		if out.Document = c.document(e); out.Document != nil {
			out.Document = out.Document.HideOverQuota("boundary." + out.Name)
		}
	}
	c.settings.Boundaries = append(c.settings.Boundaries, out)
}

// arnPattern checks that a pattern can match the ARN of a managed policy.
func (c *checker) arnPattern(e entry) {
	parts := strings.SplitN(e.text, ":", 6)
	if len(parts) < 6 {
		if !strings.Contains(e.text, "*") {
			c.errorf(e.at, "%q is not an ARN: write arn:aws:iam::ACCOUNT:policy/NAME, * and ? allowed", e.text)
		}
		return
	}
	for i, literal := range map[int]string{0: "arn", 2: "iam", 3: ""} {
		if !policy.Glob(parts[i], literal) {
			c.errorf(e.at, "%q is not an ARN of an IAM policy: write arn:aws:iam::ACCOUNT:policy/NAME, * and ? allowed", e.text)
			return
		}
	}
	kind, _, _ := strings.Cut(parts[5], "/")
	if !strings.HasPrefix(parts[5], "policy/") && !strings.ContainsAny(kind, "*?") {
		c.errorf(e.at, "%q is the ARN of a %s; a boundary is a managed policy, arn:aws:iam::ACCOUNT:policy/NAME", e.text, kind)
	}
	if account := parts[4]; !strings.ContainsAny(account, "*?") && account != "aws" && !accountID().MatchString(account) {
		c.errorf(e.at, "%q in an ARN is not an account id: those are twelve digits", account)
	}
}

// namedTypes are the resource types whose names and paths can be asked for.
var namedTypes = []string{
	"aws_iam_role", "aws_iam_user", "aws_iam_group", "aws_iam_policy", "aws_iam_instance_profile",
	"awscc_iam_role", "awscc_iam_user", "awscc_iam_group", "awscc_iam_managed_policy", "awscc_iam_instance_profile",
}

func (c *checker) naming(b *namingBlock) {
	c.once("naming", b.Type, b.At)
	c.oneOf(entry{b.Type, b.LabelAt}, "resource type with an IAM name", namedTypes)
	out := lint.Naming{Type: b.Type, Locked: c.locked(b.Locked), Location: c.location(b.At)}
	if e, ok := c.text(b.Name); ok {
		c.namePattern(e, true)
		out.Name = e.text
	}
	if e, ok := c.text(b.Path); ok {
		if !c.regex(e) && !pathPattern().MatchString(e.text) {
			c.errorf(e.at, "%q matches no IAM path: those begin and end with a slash, such as /teams/*", e.text)
		}
		out.Path = e.text
	}
	c.settings.Naming = append(c.settings.Naming, out)
}

func (c *checker) namePattern(e entry, regexToo bool) {
	if regexToo && c.regex(e) {
		return
	}
	if !namePattern().MatchString(e.text) {
		c.errorf(e.at, "%q matches no IAM name: those have letters, digits and +=,.@_- only; * and ? are wildcards", e.text)
	}
}

// regex reports whether the entry is a regular expression, and checks it.
func (c *checker) regex(e entry) bool {
	expr, is := strings.CutPrefix(e.text, "regex:")
	if !is {
		return false
	}
	if _, err := regexp.Compile(expr); err != nil {
		c.errorf(e.at, "the regular expression is wrong: %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	return true
}

func (c *checker) glob(e entry) {
	if err := glob.Check(e.text); err != nil {
		c.errorf(e.at, "%q %s", e.text, err)
	}
}

func (c *checker) workspace(e entry) {
	switch {
	case !iam.ValidWorkspace(e.text):
		c.errorf(e.at, "%q is not the name of a workspace: those have no spaces, no slashes and nothing else that a URL escapes", e.text)
	case slices.Contains(c.settings.Workspaces, e.text):
		c.errorf(e.at, "the workspace %q is listed twice", e.text)
	}
	c.settings.Workspaces = append(c.settings.Workspaces, e.text)
}

func (c *checker) trusted(b *trustedBlock) {
	c.once("trusted", b.Pattern, b.At)
	c.pattern("trusted", b.Pattern, b.At)
	c.settings.Trusted = append(c.settings.Trusted, lint.Trusted{
		Pattern:  b.Pattern,
		Reason:   c.reason("trusted", b.Pattern, b.Reason, b.At),
		Location: c.location(b.At),
	})
}

func (c *checker) rule(b *ruleBlock) {
	c.once("rule", b.ID, b.At)
	c.oneOf(entry{b.ID, b.LabelAt}, "rule", c.rules)
	out := lint.RuleSetting{ID: b.ID, Locked: c.locked(b.Locked), Location: c.location(b.At)}
	if b.Enabled != nil {
		if diags := gohcl.DecodeExpression(b.Enabled.Expr, nil, &out.Enabled); diags.HasErrors() {
			c.errorf(b.Enabled.Expr.Range(), "enabled is true or false")
		}
	}
	if e, ok := c.text(b.Severity); ok {
		c.oneOf(e, "severity", []string{"error", "warning", "note"})
		if s, known := lint.ParseSeverity(e.text); known {
			out.Severity = &s
		}
	}
	c.settings.Rules = append(c.settings.Rules, out)
}

func (c *checker) exemption(b *exemptBlock) {
	c.pattern("exempt", b.Pattern, b.At)
	out := lint.Exemption{Pattern: b.Pattern, Location: c.location(b.At)}
	for _, e := range c.list(b.Rules) {
		c.oneOf(e, "rule", c.rules)
		out.Rules = append(out.Rules, e.text)
	}
	if len(out.Rules) == 0 {
		c.missing(b.At, "exempt %q says not from which rules: write rules = [\"...\"]", b.Pattern)
	}
	out.Reason = c.reason("exempt", b.Pattern, b.Reason, b.At)
	if e, ok := c.text(b.Until); ok {
		until, err := time.Parse(time.DateOnly, e.text)
		if err != nil {
			c.errorf(e.at, "%q is not a date: write the last day on which the exemption holds as YYYY-MM-DD", e.text)
		}
		out.Until = until
	}
	c.settings.Exemptions = append(c.settings.Exemptions, out)
}

// reason reads the reason that a block must give.
func (c *checker) reason(block, label string, a *hcl.Attribute, at hcl.Range) string {
	if a == nil {
		c.missing(at, "%s %q gives no reason: write reason = \"...\"", block, label)
		return ""
	}
	e, _ := c.text(a)
	return e.text
}

func (c *checker) pattern(block, pattern string, at hcl.Range) {
	if strings.TrimSpace(pattern) == "" {
		c.errorf(at, "%s names no entity: write an address, an ARN or a name, * and ? allowed", block)
	}
}

// once reports a second block of the same type and label.
func (c *checker) once(block, label string, at hcl.Range) {
	key := block + " " + label
	if first, twice := c.seen[key]; twice {
		c.errorf(at, "%s %q stands in line %d already", block, label, first.Start.Line)
		return
	}
	c.seen[key] = at
}

// oneOf checks that the entry is one of the names that exist.
func (c *checker) oneOf(e entry, what string, names []string) {
	if slices.Contains(names, e.text) {
		return
	}
	hint := lint.Suggest(e.text, names)
	if hint == "" && len(names) <= 12 {
		hint = "; there are " + strings.Join(names, ", ")
	}
	c.errorf(e.at, "there is no %s %q%s", what, e.text, hint)
}

// text reads an attribute that is one text; it reports false where it is not
// set or is faulty. A text is never empty.
func (c *checker) text(a *hcl.Attribute) (entry, bool) {
	if a == nil {
		return entry{}, false
	}
	return c.expression(a.Expr)
}

func (c *checker) expression(x hcl.Expression) (entry, bool) {
	var s *string
	if diags := gohcl.DecodeExpression(x, nil, &s); diags.HasErrors() {
		c.diags = append(c.diags, diags...)
		return entry{}, false
	}
	switch {
	case s == nil:
		c.errorf(x.Range(), "null is not text")
		return entry{}, false
	case strings.TrimSpace(*s) == "":
		c.errorf(x.Range(), "the text is empty")
		return entry{}, false
	}
	return entry{*s, x.Range()}, true
}

// list reads an attribute that is a list of texts.
func (c *checker) list(a *hcl.Attribute) []entry {
	if a == nil {
		return nil
	}
	exprs, diags := hcl.ExprList(a.Expr)
	if diags.HasErrors() {
		c.errorf(a.Expr.Range(), "%s is a list: write %s = [\"...\"]", a.Name, a.Name)
		return nil
	}
	var out []entry
	for _, x := range exprs {
		if e, ok := c.expression(x); ok {
			out = append(out, e)
		}
	}
	return out
}

// location is a place of the file; columns count bytes there, characters in
// hcl.
func (c *checker) location(r hcl.Range) iam.Location {
	return iam.Location{File: c.name, Range: policy.Range{Start: c.pos(r.Start), End: c.pos(r.End)}}
}

func (c *checker) pos(p hcl.Pos) policy.Pos {
	line := bytes.LastIndexByte(c.src[:min(p.Byte, len(c.src))], '\n') + 1
	return policy.Pos{Byte: p.Byte, Line: p.Line, Column: p.Byte - line + 1}
}
