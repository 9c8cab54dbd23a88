package holders

import (
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// approval says whether a boundary is an approved one.
type approval uint8

// The answers. The zero value commits to nothing.
const (
	ApprovalUnknown approval = iota
	Approved
	NotApproved
)

// ApprovedSet answers which boundaries are approved: those of the boundary
// blocks, or by default every managed policy that is not as wide as
// AdministratorAccess.
type ApprovedSet struct {
	model  *iam.Model
	Blocks []ApprovedBlock
}

// ApprovedBlock is a boundary block with its patterns ready to match.
type ApprovedBlock struct {
	lint.ApprovedBoundary
	// ARNPatterns are those of ARNs, names those of AppliesTo.
	ARNPatterns, names []*lint.Pattern
	// referred are the ARNs of the policies that the references name.
	referred []policy.Text
}

// ApprovedSets is what the settings approve in a model.
var ApprovedSets = lint.NewFact(newApprovedSet)

func newApprovedSet(p *lint.Pass) (*ApprovedSet, error) {
	a := &ApprovedSet{model: p.Model}
	for _, b := range p.Settings.Boundaries {
		block := ApprovedBlock{ApprovedBoundary: b}
		var err error
		if block.ARNPatterns, err = patterns(b.ARNs); err != nil {
			return nil, err
		}
		if block.names, err = patterns(b.AppliesTo); err != nil {
			return nil, err
		}
		block.referred = block.refer(p.Model)
		a.Blocks = append(a.Blocks, block)
	}
	return a, nil
}

// refer finds the policies of the input that the references name.
func (b *ApprovedBlock) refer(m *iam.Model) []policy.Text {
	var out []policy.Text
	for _, p := range m.Policies {
		if !p.Gone() && b.Lists(p.Address, "arn") {
			out = append(out, p.ARN)
		}
	}
	for _, l := range m.Lookups {
		if !l.Found.IsEmpty() && b.Lists(l.Address, "arn") {
			out = append(out, l.Found)
		}
	}
	return out
}

func patterns(sources []string) ([]*lint.Pattern, error) {
	var out []*lint.Pattern
	for _, s := range sources {
		p, err := lint.ParsePattern(s)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// Configured reports whether boundary blocks say which are approved.
func (a *ApprovedSet) Configured() bool { return len(a.Blocks) > 0 }

// Value judges an attribute as the boundary of an entity of that name. What
// the attribute refers to counts as well as what it is: a reference may be
// Approved whose value nobody knows yet.
func (a *ApprovedSet) Value(v iam.Value, name policy.Text) approval {
	answer := NotApproved
	for _, b := range a.Blocks {
		if !b.RefersTo(v) {
			continue
		}
		switch b.AppliesToName(name) {
		case lint.AlwaysMatches:
			return Approved
		case lint.MayMatch:
			answer = ApprovalUnknown
		case lint.NeverMatches:
		}
	}
	if byText := a.Text(v.Text, name); byText != NotApproved {
		return byText
	}
	return answer
}

// Text judges a policy ARN as the boundary of an entity of that name.
func (a *ApprovedSet) Text(arn, name policy.Text) approval {
	if s := arn.Symbol(); s != nil && s.Kind == policy.SymbolChoice && len(s.Alternatives) > 0 {
		answer := a.Text(s.Alternatives[0], name)
		for _, other := range s.Alternatives[1:] {
			if a.Text(other, name) != answer {
				return ApprovalUnknown
			}
		}
		return answer
	}
	if !a.Configured() {
		return a.byDefault(arn)
	}
	answer := NotApproved
	for _, b := range a.Blocks {
		switch both(b.Has(arn), b.AppliesToName(name)) {
		case lint.AlwaysMatches:
			return Approved
		case lint.MayMatch:
			answer = ApprovalUnknown
		case lint.NeverMatches:
		}
	}
	return answer
}

// both is the answer where two things have to match.
func both(x, y lint.Match) lint.Match {
	switch {
	case x == lint.NeverMatches || y == lint.NeverMatches:
		return lint.NeverMatches
	case x == lint.AlwaysMatches && y == lint.AlwaysMatches:
		return lint.AlwaysMatches
	}
	return lint.MayMatch
}

// AppliesToName says whether the block speaks for entities of that name.
func (b *ApprovedBlock) AppliesToName(name policy.Text) lint.Match {
	if len(b.names) == 0 {
		return lint.AlwaysMatches
	}
	return anyMatches(b.names, name)
}

func anyMatches(patterns []*lint.Pattern, x policy.Text) lint.Match {
	answer := lint.NeverMatches
	for _, p := range patterns {
		switch p.Match(x) {
		case lint.AlwaysMatches:
			return lint.AlwaysMatches
		case lint.MayMatch:
			answer = lint.MayMatch
		case lint.NeverMatches:
		}
	}
	return answer
}

// Has says whether the ARN is one of the block's.
func (b *ApprovedBlock) Has(arn policy.Text) lint.Match {
	if s := arn.Symbol(); s != nil && s.Kind == policy.SymbolReference && b.Lists(s.Address, s.Attribute) {
		return lint.AlwaysMatches
	}
	answer := b.matches(arn)
	if answer == lint.AlwaysMatches {
		return answer
	}
	for _, r := range b.referred {
		switch SamePolicy(r, arn) {
		case lint.AlwaysMatches:
			return lint.AlwaysMatches
		case lint.MayMatch:
			answer = lint.MayMatch
		case lint.NeverMatches:
		}
	}
	if s := arn.Symbol(); answer == lint.NeverMatches && s != nil && len(b.References) > len(b.referred) {
		// What hides it may lead to what is listed.
		answer = lint.MayMatch
	}
	if answer != lint.MayMatch {
		return answer
	}
	// The path of a policy that is looked up by its name is not known, but
	// names are unique in an account: a pattern that spells out a path and
	// this name means this policy.
	for i, p := range b.ARNPatterns {
		if x, ok := AtPathOf(b.ARNs[i], arn); ok && p.Match(x) == lint.AlwaysMatches {
			return lint.AlwaysMatches
		}
	}
	// An account that is not known is the one that approved ARNs name.
	for i, p := range b.ARNPatterns {
		if x, ok := InAccountOf(b.ARNs[i], arn); ok && p.Match(x) == lint.AlwaysMatches {
			return lint.AlwaysMatches
		}
	}
	return answer
}

// matches says whether the patterns take an ARN. An unseen path is one slash,
// or begins and ends with one (IAM User Guide, friendly names and paths).
func (b *ApprovedBlock) matches(arn policy.Text) lint.Match {
	direct, unseen := atUnseenPath(arn, func(policy.Text) policy.Text { return policy.Literal("/") })
	if !unseen {
		return anyMatches(b.ARNPatterns, arn)
	}
	below, _ := atUnseenPath(arn, func(path policy.Text) policy.Text {
		return policy.Concat(policy.Literal("/"), path, policy.Literal("/"))
	})
	if answer := anyMatches(b.ARNPatterns, direct); answer == anyMatches(b.ARNPatterns, below) {
		return answer
	}
	return lint.MayMatch
}

// atUnseenPath puts something in the place of an unseen path.
func atUnseenPath(arn policy.Text, with func(path policy.Text) policy.Text) (policy.Text, bool) {
	found := false
	x := arn.Map(func(s *policy.Symbol) (policy.Text, bool) {
		if s.Attribute != iam.UnseenPath {
			return policy.Text{}, false
		}
		found = true
		return with(policy.SymbolText(s)), true
	})
	return x, found
}

// AtPathOf puts the literal path of a pattern in the place of an unseen one.
func AtPathOf(pattern string, arn policy.Text) (policy.Text, bool) {
	p, ok := policy.ParseARN(policy.Literal(pattern))
	if !ok {
		return policy.Text{}, false
	}
	resource, _ := p.Resource.Known()
	from, to := strings.IndexByte(resource, '/'), strings.LastIndexByte(resource, '/')
	if from < 0 || strings.ContainsAny(resource, "*?") {
		return policy.Text{}, false
	}
	return atUnseenPath(arn, func(policy.Text) policy.Text { return policy.Literal(resource[from : to+1]) })
}

// InAccountOf puts the literal account of a pattern in the place of the
// deployment's unknown one.
func InAccountOf(pattern string, arn policy.Text) (policy.Text, bool) {
	p, ok := policy.ParseARN(policy.Literal(pattern))
	account, known := p.Account.Known()
	if !ok || !known || strings.ContainsAny(account, "*?") {
		return policy.Text{}, false
	}
	found := false
	x := arn.Map(func(s *policy.Symbol) (policy.Text, bool) {
		if s.Kind != policy.SymbolAccount {
			return policy.Text{}, false
		}
		found = true
		return p.Account, true
	})
	if y, ok := AtPathOf(pattern, x); ok {
		x = y
	}
	return x, found
}

// RefersTo reports whether the attribute is one of the block's references.
func (b *ApprovedBlock) RefersTo(v iam.Value) bool {
	for _, r := range v.References {
		if b.Lists(r, "") {
			return true
		}
	}
	for _, x := range []policy.Text{v.Written, v.Text} {
		s := x.Symbol()
		if s == nil {
			continue
		}
		if s.Kind == policy.SymbolReference && b.Lists(s.Address, s.Attribute) {
			return true
		}
		if s.Kind == policy.SymbolVariable && b.Lists(s.Name, "") {
			return true
		}
	}
	return false
}

// Lists reports whether the block lists a reference. Instance keys do not
// count, a reference without an attribute means the resource's ARN, and one
// without a module is meant in any module.
func (b *ApprovedBlock) Lists(reference, attribute string) bool {
	full := bareReference(reference)
	if attribute != "" {
		full += "." + attribute
	}
	for _, listed := range b.References {
		listed = bareReference(listed)
		for _, l := range []string{listed, listed + ".arn", listed + ".id"} {
			if full == l || strings.HasSuffix(full, "."+l) && strings.HasPrefix(full, "module.") {
				return true
			}
		}
	}
	return false
}

// bareReference leaves the instance keys out of an address or reference.
func bareReference(address string) string {
	if !strings.ContainsRune(address, '[') {
		return address
	}
	var b strings.Builder
	depth, quoted := 0, false
	for i := 0; i < len(address); i++ {
		switch c := address[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[':
			depth++
		case c == ']':
			depth--
		case depth == 0:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// byDefault approves every managed policy that is not as wide as
// AdministratorAccess. A policy outside of the input is taken to be narrower:
// its document is its owner's matter.
func (a *ApprovedSet) byDefault(arn policy.Text) approval {
	parts, ok := policy.ParseARN(arn)
	if !ok {
		if arn.IsKnown() {
			return NotApproved
		}
		return ApprovalUnknown
	}
	switch PolicyResource(parts) {
	case lint.NeverMatches:
		return NotApproved
	case lint.MayMatch:
		return ApprovalUnknown
	case lint.AlwaysMatches:
	}
	account, known := parts.Account.Known()
	if known && account == "aws" {
		return awsManaged(arn)
	}
	found, possible := a.model.FindPolicy(arn)
	if found != nil {
		possible = []*iam.ManagedPolicy{found}
	}
	answer := Approved
	for _, p := range possible {
		switch {
		case p.Document == nil || p.Document.Document == nil:
		case IsWide(p.Document.Document) == lint.AlwaysMatches && found != nil:
			return NotApproved
		case IsWide(p.Document.Document) != lint.NeverMatches:
			answer = ApprovalUnknown
		}
	}
	if s := parts.Account.Symbol(); s != nil && s.Kind != policy.SymbolAccount {
		// It may be one of AWS's own.
		if name, ok := iam.LastSegment(parts.Resource).Known(); !ok || AWSWide(name) != lint.NeverMatches {
			return ApprovalUnknown
		}
	}
	return answer
}

// MayBeginWith reports whether a text of which only the start is known may
// begin so.
func MayBeginWith(start, with string) bool {
	return len(start) < len(with) && with[:len(start)] == start
}

// PolicyResource says whether an ARN is that of a managed policy of iam.
func PolicyResource(arn policy.ARN) lint.Match {
	service, known := arn.Service.Known()
	if known && service != "iam" {
		return lint.NeverMatches
	}
	prefix := arn.Resource.Prefix()
	switch {
	case strings.HasPrefix(prefix, "policy/"):
	case len(arn.Resource.Symbols()) > 0 && arn.Resource.Symbols()[0].Attribute == iam.UnseenPath && prefix == "policy":
	case !arn.Resource.IsKnown() && MayBeginWith(prefix, "policy/"):
		return lint.MayMatch
	default:
		return lint.NeverMatches
	}
	if !known {
		return lint.MayMatch
	}
	return lint.AlwaysMatches
}

func awsManaged(arn policy.Text) approval {
	known, ok := arn.Known()
	if !ok {
		parts, _ := policy.ParseARN(arn)
		resource, ok := parts.Resource.Known()
		if !ok {
			return ApprovalUnknown
		}
		// The document does not depend on the partition.
		known = "arn:aws:iam::aws:" + resource
	}
	switch AWSWide(known) {
	case lint.AlwaysMatches:
		return NotApproved
	case lint.NeverMatches, lint.MayMatch:
	}
	return Approved
}

// AWSWide says whether the AWS-managed policy of that ARN or name is as wide
// as AdministratorAccess. One that the catalog does not know is taken not to
// be, for AWS does not make new ones of that kind.
func AWSWide(arnOrName string) lint.Match {
	source, ok := catalog.ManagedPolicy(arnOrName)
	if !ok {
		return lint.NeverMatches
	}
	document, _ := policy.Parse(source, nil, policy.ParseOptions{Kind: policy.IdentityPolicy})
	return IsWide(document)
}

// SamePolicy says whether two ARNs name the same policy.
func SamePolicy(x, y policy.Text) lint.Match {
	switch {
	case x.Equal(y):
		return lint.AlwaysMatches
	case x.Differs(y):
		return lint.NeverMatches
	}
	a, okA := policy.ParseARN(x)
	b, okB := policy.ParseARN(y)
	if !okA || !okB {
		return lint.MayMatch
	}
	// An account that is not known is the deployment's own, and so is the one
	// of a policy in use.
	if isPlace(a.Account) || isPlace(b.Account) {
		a.Account = b.Account
	}
	if isPlace(a.Partition) || isPlace(b.Partition) {
		a.Partition = b.Partition
	}
	if a.Text().Equal(b.Text()) {
		return lint.AlwaysMatches
	}
	if a.Text().Differs(b.Text()) {
		return lint.NeverMatches
	}
	return lint.MayMatch
}

// isPlace tells the symbols of the deployment's own account and partition.
func isPlace(x policy.Text) bool {
	s := x.Symbol()
	return s != nil && (s.Kind == policy.SymbolAccount || s.Kind == policy.SymbolPartition)
}
