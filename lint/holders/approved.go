package holders

import (
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
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
	// arnPatterns are those of ARNs, names those of AppliesTo.
	arnPatterns, names []*lint.Pattern
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
		if block.arnPatterns, err = patterns(b.ARNs); err != nil {
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
		if !p.Gone() && b.lists(p.Address, "arn") {
			out = append(out, p.ARN)
		}
	}
	for _, l := range m.Lookups {
		if !l.Found.IsEmpty() && b.lists(l.Address, "arn") {
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

// Approves judges an attribute as the boundary of an entity of that name. What
// the attribute refers to counts as well as what it is: a reference may be
// approved whose value is not known yet.
func (a *ApprovedSet) Approves(v iam.Value, name policy.Text) policy.Truth {
	answer := policy.False
	for _, b := range a.Blocks {
		if b.refersTo(v) {
			answer = answer.Or(b.AppliesToName(name))
		}
	}
	return answer.Or(a.ApprovesARN(v.Text, name))
}

// ApprovesARN judges a policy ARN as the boundary of an entity of that name.
func (a *ApprovedSet) ApprovesARN(arn, name policy.Text) policy.Truth {
	if s := arn.Symbol(); s != nil && s.Kind == policy.SymbolChoice && len(s.Alternatives) > 0 {
		answer := a.ApprovesARN(s.Alternatives[0], name)
		for _, other := range s.Alternatives[1:] {
			if a.ApprovesARN(other, name) != answer {
				return policy.Maybe
			}
		}
		return answer
	}
	if !a.Configured() {
		return a.byDefault(arn)
	}
	answer := policy.False
	for _, b := range a.Blocks {
		answer = answer.Or(b.Has(arn).And(b.AppliesToName(name)))
	}
	return answer
}

// AppliesToName says whether the block speaks for entities of that name.
func (b *ApprovedBlock) AppliesToName(name policy.Text) policy.Truth {
	if len(b.names) == 0 {
		return policy.True
	}
	return anyMatches(b.names, name)
}

func anyMatches(patterns []*lint.Pattern, x policy.Text) policy.Truth {
	answer := policy.False
	for _, p := range patterns {
		answer = answer.Or(p.Match(x))
	}
	return answer
}

// Has says whether the ARN is one of the block's.
func (b *ApprovedBlock) Has(arn policy.Text) policy.Truth {
	if s := arn.Symbol(); s != nil && s.Kind == policy.SymbolReference && b.lists(s.Address, s.Attribute) {
		return policy.True
	}
	answer := b.matches(arn)
	if answer == policy.True {
		return answer
	}
	for _, r := range b.referred {
		switch SamePolicy(r, arn) {
		case policy.True:
			return policy.True
		case policy.Maybe:
			answer = policy.Maybe
		case policy.False:
		}
	}
	if s := arn.Symbol(); answer == policy.False && s != nil && len(b.References) > len(b.referred) {
		// What hides it may lead to what is listed.
		answer = policy.Maybe
	}
	if answer != policy.Maybe {
		return answer
	}
	// The path of a policy that is looked up by its name is not known, but
	// names are unique in an account: a pattern that spells out a path and
	// this name means this policy.
	for i, p := range b.arnPatterns {
		if x, ok := atPathOf(b.ARNs[i], arn); ok && p.Match(x) == policy.True {
			return policy.True
		}
	}
	// An account that is not known is the one that approved ARNs name.
	for i, p := range b.arnPatterns {
		if x, ok := inAccountOf(b.ARNs[i], arn); ok && p.Match(x) == policy.True {
			return policy.True
		}
	}
	return answer
}

// matches says whether the patterns take an ARN. An unseen path is one slash,
// or begins and ends with one (IAM User Guide, friendly names and paths).
func (b *ApprovedBlock) matches(arn policy.Text) policy.Truth {
	direct, unseen := atUnseenPath(arn, func(policy.Text) policy.Text { return policy.Literal("/") })
	if !unseen {
		return anyMatches(b.arnPatterns, arn)
	}
	below, _ := atUnseenPath(arn, func(path policy.Text) policy.Text {
		return policy.Concat(policy.Literal("/"), path, policy.Literal("/"))
	})
	if answer := anyMatches(b.arnPatterns, direct); answer == anyMatches(b.arnPatterns, below) {
		return answer
	}
	return policy.Maybe
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

// atPathOf puts the literal path of a pattern in the place of an unseen one.
func atPathOf(pattern string, arn policy.Text) (policy.Text, bool) {
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

// inAccountOf puts the literal account of a pattern in the place of the
// deployment's unknown one.
func inAccountOf(pattern string, arn policy.Text) (policy.Text, bool) {
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
	if y, ok := atPathOf(pattern, x); ok {
		x = y
	}
	return x, found
}

// refersTo reports whether the attribute is one of the block's references.
func (b *ApprovedBlock) refersTo(v iam.Value) bool {
	for _, r := range v.References {
		if b.lists(r, "") {
			return true
		}
	}
	for _, x := range []policy.Text{v.Written, v.Text} {
		s := x.Symbol()
		if s == nil {
			continue
		}
		if s.Kind == policy.SymbolReference && b.lists(s.Address, s.Attribute) {
			return true
		}
		if s.Kind == policy.SymbolVariable && b.lists(s.Name, "") {
			return true
		}
	}
	return false
}

// lists reports whether the block lists a reference. Instance keys do not
// count, a reference without an attribute means the resource's ARN, and one
// without a module is meant in any module.
func (b *ApprovedBlock) lists(reference, attribute string) bool {
	full := policy.WithoutKeys(reference)
	if attribute != "" {
		full += "." + attribute
	}
	for _, listed := range b.References {
		listed = policy.WithoutKeys(listed)
		for _, l := range []string{listed, listed + ".arn", listed + ".id"} {
			if full == l || strings.HasSuffix(full, "."+l) && strings.HasPrefix(full, "module.") {
				return true
			}
		}
	}
	return false
}

// byDefault approves every managed policy that is not as wide as
// AdministratorAccess. A policy outside of the input is taken to be narrower:
// its document is its owner's matter.
func (a *ApprovedSet) byDefault(arn policy.Text) policy.Truth {
	parts, ok := policy.ParseARN(arn)
	if !ok {
		if arn.IsKnown() {
			return policy.False
		}
		return policy.Maybe
	}
	switch PolicyResource(parts) {
	case policy.False:
		return policy.False
	case policy.Maybe:
		return policy.Maybe
	case policy.True:
	}
	account, known := parts.Account.Known()
	if known && account == "aws" {
		return awsManaged(arn)
	}
	found, possible := a.model.FindPolicy(arn)
	if found != nil {
		possible = []*iam.ManagedPolicy{found}
	}
	answer := policy.True
	for _, p := range possible {
		switch {
		case p.Document == nil || p.Document.Document == nil:
		case IsWide(p.Document.Document) == policy.True && found != nil:
			return policy.False
		case IsWide(p.Document.Document) != policy.False:
			answer = policy.Maybe
		}
	}
	if s := parts.Account.Symbol(); s != nil && s.Kind != policy.SymbolAccount {
		// It may be one of AWS's own.
		if name, ok := iam.LastSegment(parts.Resource).Known(); !ok || AWSWide(name) != policy.False {
			return policy.Maybe
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
func PolicyResource(arn policy.ARN) policy.Truth {
	service, known := arn.Service.Known()
	if known && service != "iam" {
		return policy.False
	}
	prefix := arn.Resource.Prefix()
	switch {
	case strings.HasPrefix(prefix, "policy/"):
	case len(arn.Resource.Symbols()) > 0 && arn.Resource.Symbols()[0].Attribute == iam.UnseenPath && prefix == "policy":
	case !arn.Resource.IsKnown() && MayBeginWith(prefix, "policy/"):
		return policy.Maybe
	default:
		return policy.False
	}
	if !known {
		return policy.Maybe
	}
	return policy.True
}

func awsManaged(arn policy.Text) policy.Truth {
	known, ok := arn.Known()
	if !ok {
		parts, _ := policy.ParseARN(arn)
		resource, ok := parts.Resource.Known()
		if !ok {
			return policy.Maybe
		}
		// The document does not depend on the partition.
		known = "arn:aws:iam::aws:" + resource
	}
	switch AWSWide(known) {
	case policy.True:
		return policy.False
	case policy.False, policy.Maybe:
	}
	return policy.True
}

// AWSWide says whether the AWS-managed policy of that ARN or name is as wide
// as AdministratorAccess. One that the catalog does not know is taken not to
// be, for AWS does not make new ones of that kind.
func AWSWide(arnOrName string) policy.Truth {
	source, ok := catalog.ManagedPolicy(arnOrName)
	if !ok {
		return policy.False
	}
	document, _ := policy.Parse(source, nil, policy.ParseOptions{Kind: policy.IdentityPolicy})
	return IsWide(document)
}

// SamePolicy says whether two ARNs name the same policy.
func SamePolicy(x, y policy.Text) policy.Truth {
	switch {
	case x.Equal(y):
		return policy.True
	case x.Differs(y):
		return policy.False
	}
	a, okA := policy.ParseARN(x)
	b, okB := policy.ParseARN(y)
	if !okA || !okB {
		return policy.Maybe
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
		return policy.True
	}
	if a.Text().Differs(b.Text()) {
		return policy.False
	}
	return policy.Maybe
}

// isPlace tells the symbols of the deployment's own account and partition.
func isPlace(x policy.Text) bool {
	s := x.Symbol()
	return s != nil && (s.Kind == policy.SymbolAccount || s.Kind == policy.SymbolPartition)
}
