package rules

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/escalation"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// account is what the rules about permissions derive once from a model: who
// acts in it, with which policies, and what is known of the rest.
type account struct {
	model *iam.Model
	// check ends the judging once its share is used up.
	check    func()
	settings *lint.Settings
	approved *approvedSet
	// holders are the entities, in the order of the model, and the permission
	// sets that could act: administrators and trusted ones included.
	holders []*holder
	// alone are policies and groups that no entity of the input has.
	alone    []*holder
	byEntity map[*iam.Entity]*holder
	compiled map[*policy.Document]*authz.Policy
	// saying are those of documents by their first statement, which documents of
	// the same text have in common.
	saying map[*policy.Statement]*authz.Policy
	// standing tells where a compiled policy stands in the input.
	standing map[*authz.Policy]grant
	managed  map[string]*authz.Policy
	// widened tells of policies whether an older version allows more.
	widened map[*iam.ManagedPolicy]authz.Verdict
	// doubted are the policies that nobody has for certain, and unsure those
	// that a holder may not have.
	doubted map[perhapsKey]*authz.Policy
	unsure  map[unsureOf]*authz.Policy
	// lookedUp are the documents of policies that the input does not declare
	// and knows all the same, by ARN.
	lookedUp map[string]*iam.Lookup
	// scps and rcps are the organization's policies.
	scps, rcps []level
	universes  map[universeKey]*authz.Universe
	// waysOut tells for a boundary how its bearer gets out of it.
	waysOut map[*authz.Policy]string
	// judged are the actors, protected the boundaries nobody may edit.
	judged    []*holder
	protected []policy.Text
	used      []policy.Text // see boundariesInUse
	editable  []editable
	// answers are those to questions that several rules ask, or the same rule
	// of several holders.
	answers map[askedOf]authz.Answer
	// personal tells of policies whether they ask who makes a request,
	// delegating whether they may allow anything that the rules ask for, named
	// which boundaries their conditions name.
	personal, delegating map[*authz.Policy]bool
	named                map[*authz.Policy][]policy.Text
	// asked are the patterns by which policies ask for boundaries.
	asked []string
	// conditions are the faults of statements with a boundary condition.
	conditions map[string]conditionFault
	// searched is the search for paths of escalation; nil until it is asked for.
	searched *escalation.Search
	// targets are the bounded entities by account and kind, byARN all of them.
	targets map[askedOf][]policy.Text
	byARN   map[string]*iam.Entity
	// outside are the policies that the input certainly gives to somebody whom
	// it does not declare.
	outside map[*iam.ManagedPolicy]bool
	// pinned are the boundaries that only conditions name.
	pinned map[*iam.ManagedPolicy]bool
	// having are the holders that have a document.
	having map[*policy.Document][]*holder
	// texts are the actors by the statements that they have, see textCause.
	texts map[string][]*holder
	// administrators and exemptActors remember verdicts by what a holder has.
	administrators map[string]administratorVerdict
	exemptActors   map[string]administratorVerdict
}

// grant is one policy that a holder has, and where it stands.
type grant struct {
	policy *authz.Policy
	// document is nil for AWS-managed policies and hidden ones.
	document *iam.Document
	// address is the resource that holds the document, or the ARN of an
	// AWS-managed policy.
	address string
	// group is set where the holder has it as a member.
	group *iam.Group
	// unsettled is set where the holder has it only perhaps.
	unsettled *unsettled
}

// holder is one who acts: an entity, or a group or policy that nobody in the
// input has and that is judged alone.
type holder struct {
	// entity is nil for what is judged alone; what is then its kind.
	entity    *iam.Entity
	what      string
	address   string
	principal *authz.Principal
	grants    []grant
	// boundary says what is known of the holder's own boundary.
	boundary   boundaryKnowledge
	deployment iam.Deployment
	location   iam.Location
	// doubt says, after "because", why it is not certain that a holder which
	// is judged alone is one; "" for no doubt.
	doubt string
	// doubtBy is what hides it, nil where it is not one symbol.
	doubtBy *policy.Symbol
	// perhapsBoundary says the same of a policy that may be somebody's
	// boundary; "" for one that is not.
	perhapsBoundary string
	// attachment gives the policy to one who is judged alone; nil for none.
	attachment *iam.Attachment
	// boundaryARN is the ARN of the boundary whose bearer this is.
	boundaryARN policy.Text
	// likeness is what it shares with holders of the same policies.
	likeness string
}

// boundaryKnowledge says what is known of an entity's boundary.
type boundaryKnowledge uint8

const (
	// unbounded: it has none.
	unbounded boundaryKnowledge = iota
	// boundedKnown: its document is in the principal.
	boundedKnown
	// boundedUnseen: it has one whose document is outside of the input. The
	// principal is left without it.
	boundedUnseen
	// boundedHidden: the attribute is not known; there may be none.
	boundedHidden
)

// accounts is the account that a model is of.
var accounts = lint.NewFact(newAccount)

func newAccount(p *lint.Pass) (*account, error) {
	approved, err := approvedSets.Of(p)
	if err != nil {
		return nil, err
	}
	a := &account{
		model: p.Model, settings: p.Settings, approved: approved, check: p.Check,
		byEntity:  map[*iam.Entity]*holder{},
		compiled:  map[*policy.Document]*authz.Policy{},
		saying:    map[*policy.Statement]*authz.Policy{},
		standing:  map[*authz.Policy]grant{},
		managed:   map[string]*authz.Policy{},
		doubted:   map[perhapsKey]*authz.Policy{},
		unsure:    map[unsureOf]*authz.Policy{},
		widened:   map[*iam.ManagedPolicy]authz.Verdict{},
		lookedUp:  lookedUp(p.Model),
		universes: map[universeKey]*authz.Universe{},
		waysOut:   map[*authz.Policy]string{},
		having:    map[*policy.Document][]*holder{},
		answers:   map[askedOf]authz.Answer{},
		personal:  map[*authz.Policy]bool{},

		delegating: map[*authz.Policy]bool{},
		named:      map[*authz.Policy][]policy.Text{},
		targets:    map[askedOf][]policy.Text{},

		conditions: map[string]conditionFault{},
	}
	a.organization()
	for e := range p.Entities() {
		h := a.holderOf(e)
		a.holders = append(a.holders, h)
		a.byEntity[e] = h
	}
	for _, e := range p.Model.PermissionSets {
		if !e.Gone() {
			h := a.holderOf(e)
			a.holders = append(a.holders, h)
			a.byEntity[e] = h
		}
	}
	a.judgeAlone()
	return a, nil
}

// compile prepares a document of the input, once.
func (a *account) compile(d *iam.Document, address string) *authz.Policy {
	if c, ok := a.compiled[d.Document]; ok {
		return c
	}
	var c *authz.Policy
	if same := d.Statements; len(same) == 0 {
		c = authz.Compile(d.Document)
	} else if first := a.saying[same[0]]; first != nil && sameDocument(first.Document, d.Document) {
		c = authz.CompileLike(d.Document, first)
	} else {
		c = authz.Compile(d.Document)
		a.saying[same[0]] = c
	}
	a.compiled[d.Document] = c
	a.standing[c] = grant{policy: c, document: d, address: address}
	return c
}

// sameDocument reports whether two documents with the first statement in common
// are of the same text.
func sameDocument(x, y *policy.Document) bool {
	return slices.Equal(x.Statements, y.Statements) && x.Version.Equal(y.Version) && x.Unknown == y.Unknown && x.Invalid == y.Invalid
}

// awsManaged is the AWS-managed policy of that ARN, nil where neither the
// catalog nor the input knows it. The partition does not matter to the
// document.
func (a *account) awsManaged(arn string) *authz.Policy {
	if c, ok := a.managed[arn]; ok {
		return c
	}
	var c *authz.Policy
	if source, ok := catalog.ManagedPolicy(arn); ok {
		document, _ := policy.Parse(source, nil, policy.ParseOptions{Kind: policy.IdentityPolicy})
		c = authz.Compile(document)
		a.standing[c] = grant{policy: c, address: arn}
	} else {
		c = a.found(arn)
	}
	a.managed[arn] = c
	return c
}

// holderOf collects what an entity holds.
func (a *account) holderOf(e *iam.Entity) *holder {
	h := &holder{entity: e, address: e.Address, location: e.Location, deployment: e.Deployment}
	h.principal = &authz.Principal{
		Kind: authz.KindUser, ARN: e.ARN, Account: e.Deployment.Account, Tags: e.Tags.Values, TagsKnown: a.tagsKnown(e),
		Origins: a.originsOf(e),
	}
	a.control(h)
	if e.Kind != iam.User {
		// Who has a permission set acts as the role that it makes.
		h.principal.Kind = authz.KindRole
	}
	h.addAll(a, e.Inline, e.Attached, nil)
	h.addUnsettled(a, e.Unsettled, nil)
	for _, g := range e.Groups {
		h.addAll(a, g.Inline, g.Attached, g)
		h.addUnsettled(a, g.Unsettled, g)
	}
	if e.PoliciesUnknown != nil {
		h.add(grant{policy: authz.Hidden(e.PoliciesUnknown), address: e.Address})
	}
	h.principal.Boundary, h.boundary = a.boundaryOf(e)
	return h
}

// tagsKnown reports whether it is certain that somebody acts with no other
// tags than those that are seen: nothing hides any, and no session brings
// some along (IAM User Guide, passing session tags).
func (a *account) tagsKnown(e *iam.Entity) bool {
	switch e.Kind {
	case iam.User:
		return !e.Tags.Hidden
	case iam.Role:
		return !e.Tags.Hidden && e.Trust != nil && e.Trust.Document != nil && !a.compile(e.Trust, e.Address).MayAllow("sts:TagSession")
	case iam.PermissionSet:
		// Identity Center makes tags of its users' attributes.
	}
	return false
}

func (h *holder) addAll(a *account, inline []*iam.InlinePolicy, attached []*iam.Attachment, group *iam.Group) {
	for _, p := range inline {
		if p.Document != nil && p.Document.Document != nil {
			h.add(a.mayHave(a.grant(p.Document, p.Address, group), p.Doubt(h.maybe()...)))
		}
	}
	for _, t := range attached {
		for _, g := range a.attached(t, group) {
			h.add(a.mayHave(g, t.Doubt(h.maybe()...)))
		}
	}
}

// maybe is what it depends on whether the holder exists.
func (h *holder) maybe() [][]*policy.Symbol {
	if h.entity == nil {
		return nil
	}
	return [][]*policy.Symbol{h.entity.Maybe}
}

// unsureOf is a policy of which something hides whether a holder has it.
type unsureOf struct {
	policy *authz.Policy
	by     *policy.Symbol
}

// mayHave is a grant of which it is not known whether the holder has it: none
// of its statements is certain.
func (a *account) mayHave(g grant, by *policy.Symbol) grant {
	if by == nil || g.policy.Document == nil || g.policy.Document.Unknown != nil {
		return g
	}
	key := unsureOf{g.policy, by}
	c, ok := a.unsure[key]
	if !ok {
		c = authz.Compile(unsure(g.policy.Document, by))
		a.unsure[key] = c
	}
	g.policy = c
	a.standing[c] = g
	return g
}

// attached is the policy of an attachment, or those that it may be of. One
// that the input does not declare is of another repository, beyond the input
// and left out, unless it is AWS's own or a data source has read it. So are
// literals that a plan does not show.
func (a *account) attached(t *iam.Attachment, group *iam.Group) []grant {
	if s := t.PolicyARN.Text.Symbol(); s != nil && s.Kind == policy.SymbolChoice && len(s.Alternatives) > 0 {
		var list []grant
		for _, arn := range s.Alternatives {
			one := *t
			one.PolicyARN.Text = arn
			one.Policy, _ = a.model.FindPolicy(arn)
			for _, g := range a.attached(&one, group) {
				list = append(list, a.mayHave(g, s))
			}
		}
		return list
	}
	one := func(c *authz.Policy, address string) []grant {
		if c == nil {
			return nil
		}
		return []grant{{policy: c, address: address, group: group}}
	}
	arn, known := t.PolicyARN.Text.Known()
	switch {
	case t.Policy != nil && t.Policy.Document != nil && t.Policy.Document.Document != nil:
		return []grant{a.grant(t.Policy.Document, t.Policy.Address, group)}
	case t.Policy != nil || !t.PolicyARN.Set:
		return nil
	case known:
		return one(a.awsManaged(arn), arn)
	case isForeignPolicy(t.PolicyARN.Text), t.HasUnseenLiterals():
		return nil
	}
	if parts, ok := policy.ParseARN(t.PolicyARN.Text); ok {
		// The partition does not change what an AWS-managed policy says.
		if resource, ok := parts.Resource.Known(); ok && isText(parts.Account, "aws") {
			return one(a.awsManaged("arn:aws:iam::aws:"+resource), t.PolicyARN.Text.String())
		}
	}
	return one(authz.Hidden(t.PolicyARN.Text.Symbols()[0]), t.Address)
}

func isText(x policy.Text, s string) bool {
	known, ok := x.Known()
	return ok && known == s
}

// isForeignPolicy reports whether an ARN names a customer-managed policy, so
// that the only thing hidden is where it is deployed, or the path below which
// a data source has found its name.
func isForeignPolicy(arn policy.Text) bool {
	_, ok := iam.PolicyName(arn)
	return ok
}

func (a *account) grant(d *iam.Document, address string, group *iam.Group) grant {
	return grant{policy: a.compile(d, address), document: d, address: address, group: group}
}

func (h *holder) add(g grant) {
	if slices.ContainsFunc(h.grants, func(o grant) bool { return o.policy == g.policy }) {
		return
	}
	h.grants = append(h.grants, g)
	h.principal.Identity = append(h.principal.Identity, g.policy)
}

// boundaryOf is the boundary of an entity as a policy, as far as it is known.
func (a *account) boundaryOf(e *iam.Entity) (*authz.Policy, boundaryKnowledge) {
	switch {
	case !e.Boundary.Set:
		return nil, unbounded
	case e.BoundaryPolicy != nil && e.BoundaryPolicy.Document != nil && e.BoundaryPolicy.Document.Document != nil:
		return a.compile(e.BoundaryPolicy.Document, e.BoundaryPolicy.Address), boundedKnown
	}
	if c := a.boundaryDocument(e.Boundary.Text, e.Boundary); c != nil {
		return c, boundedKnown
	}
	if parts, ok := policy.ParseARN(e.Boundary.Text); ok && parts.Resource.IsKnown() {
		return nil, boundedUnseen
	}
	if e.Boundary.IsUnknown() && a.approved.value(e.Boundary, e.NameText()) != approved {
		return nil, boundedHidden
	}
	return nil, boundedUnseen
}

// boundaryDocument is the document of a boundary that the input does not
// declare: AWS's own, or one that the configuration gives. v may be zero.
func (a *account) boundaryDocument(arn policy.Text, v iam.Value) *authz.Policy {
	if parts, ok := policy.ParseARN(arn); ok && isText(parts.Account, "aws") {
		if resource, ok := parts.Resource.Known(); ok {
			return a.awsManaged("arn:aws:iam::aws:" + resource)
		}
	}
	for i := range a.approved.blocks {
		b := &a.approved.blocks[i]
		if b.Document == nil || b.Document.Document == nil {
			continue
		}
		if b.has(arn) == lint.AlwaysMatches || v.Set && b.refersTo(v) {
			return a.compile(b.Document, "boundary."+b.Name)
		}
	}
	known, _ := arn.Known()
	return a.found(known)
}

type universeKey struct{ account, partition string }

// universe is what is known of the account of a deployment.
func (a *account) universe(d iam.Deployment) *authz.Universe {
	key := universeKey{d.Account.String(), d.Partition.String()}
	if u, ok := a.universes[key]; ok {
		return u
	}
	u := &authz.Universe{
		Tags:      authz.NewTagMemory(),
		Partition: d.Partition, Account: d.Account,
		Closed:   a.isClosed(),
		Approved: a.approvedARNs(), Protected: a.protectedBoundaries(), Document: a.policyDocument, InUse: a.inUse, Wider: a.wider, Now: a.settings.Today,
		Limits: authz.Limits{Check: a.check},
	}
	seen := map[string]bool{}
	spare := false
	for _, p := range a.model.Policies {
		if p.Gone() || !p.Deployment.Account.Equal(d.Account) {
			continue
		}
		if len(a.model.Policies) > manyPolicies && !a.mayBeAskedFor(p) {
			// Of those that nothing asks for one is as good as another.
			if spare {
				continue
			}
			spare = true
		}
		u.Policies = append(u.Policies, p.ARN)
	}
	// What somebody has as boundary is there too, whoever declares it.
	for _, e := range a.model.Entities {
		x := e.Boundary.Text
		if key := x.Key(); !seen[key] && !e.Gone() && e.Boundary.Set && e.BoundaryPolicy == nil && e.Deployment.Account.Equal(d.Account) && isPolicyInFull(x) {
			seen[key] = true
			u.Policies = append(u.Policies, x)
		}
	}
	a.universes[key] = u
	return u
}

// isPolicyInFull reports whether an ARN names one managed policy, with nothing
// hidden of its path and name.
func isPolicyInFull(x policy.Text) bool {
	arn, ok := policy.ParseARN(x)
	return ok && arn.Resource.IsKnown() && policyResource(arn) == lint.AlwaysMatches && !isWildcard(x)
}

// isClosed reports whether the input lists all policies that exist, as a
// complete account dump does.
func (a *account) isClosed() bool {
	return a.model.Input.Kind == iam.InputAccount && a.model.Input.Complete
}

// manyPolicies is how many policies of an input every search looks at; where
// there are more, only those that have to do with boundaries count.
const manyPolicies = 200

// mayBeAskedFor reports whether it matters to questions about boundaries that
// a policy exists: it is a boundary, it would be one that caps nothing, or
// somebody may ask for it by a pattern.
func (a *account) mayBeAskedFor(p *iam.ManagedPolicy) bool {
	if len(p.BoundaryOf) > 0 || p.UseUnknown != nil || a.pinnedBoundaries()[p] || a.isApprovedPolicy(p) ||
		p.Document != nil && p.Document.Document != nil && isWide(p.Document.Document) != lint.NeverMatches {
		return true
	}
	if a.asked == nil {
		a.asked = a.boundaryPatterns()
	}
	arn := p.ARN.String()
	return slices.ContainsFunc(a.asked, func(pattern string) bool { return policy.Glob(pattern, arn) })
}

// boundaryPatterns are the values with wildcards, or with variables, that
// conditions on iam:PermissionsBoundary compare with. The account does not
// count.
func (a *account) boundaryPatterns() []string {
	out := []string{}
	for d := range a.model.AllDocuments() {
		if d.Document == nil || d.Document.Document == nil {
			continue
		}
		for _, s := range d.Statements {
			for i := range s.Condition {
				if !isBoundaryKey(s.Condition[i].Key) {
					continue
				}
				for _, v := range s.Condition[i].Values {
					text := v.Text.String()
					_, name, found := strings.Cut(text, ":policy/")
					if strings.ContainsAny(text, "*?") || strings.Contains(text, "${") || !found {
						name = strings.ReplaceAll(name, "${", "*${")
						if at := strings.Index(name, "${"); at >= 0 || !found {
							name = name[:max(at, 0)] + "*"
						}
						if pattern := "*:policy/" + name; !slices.Contains(out, pattern) {
							out = append(out, pattern)
						}
					}
				}
			}
		}
	}
	return out
}

// approvedARNs are the boundaries of the boundary blocks; none where the
// defaults hold.
func (a *account) approvedARNs() []authz.Approved {
	var out []authz.Approved
	for i := range a.approved.blocks {
		b := &a.approved.blocks[i]
		for _, arn := range b.ARNs {
			out = append(out, authz.Approved{ARN: policy.Literal(arn), Names: b.AppliesTo})
		}
		for _, p := range a.model.Policies {
			if !p.Gone() && b.lists(p.Address, "arn") {
				out = append(out, authz.Approved{ARN: p.ARN, Names: b.AppliesTo})
			}
		}
		for _, e := range a.model.Entities {
			if e.Boundary.Set && b.refersTo(e.Boundary) && e.BoundaryPolicy == nil {
				out = append(out, authz.Approved{ARN: e.Boundary.Text, Names: b.AppliesTo})
			}
		}
		for _, l := range a.model.Lookups {
			// The pattern takes it whatever the path is that nobody has seen.
			if _, ok := iam.PolicyName(l.Found); ok && !l.Found.IsKnown() && b.has(l.Found) == lint.AlwaysMatches {
				out = append(out, authz.Approved{ARN: l.Found, Names: b.AppliesTo})
			}
		}
	}
	return out
}

// policyDocument is the document of a customer-managed policy by its ARN.
func (a *account) policyDocument(arn policy.Text) *authz.Policy {
	if found, _ := a.model.FindPolicy(arn); found != nil {
		if found.Document == nil || found.Document.Document == nil {
			return nil
		}
		return a.compile(found.Document, found.Address)
	}
	return a.boundaryDocument(arn, iam.Value{})
}

// wider tells whether a stored version of a policy allows more than the one in
// force, by what the input has of them.
func (a *account) wider(arn policy.Text) authz.Verdict {
	found, _ := a.model.FindPolicy(arn)
	if found == nil || !found.OlderKnown {
		return authz.Undetermined
	}
	if known, ok := a.widened[found]; ok {
		return known
	}
	answer := a.widerVersion(found)
	a.widened[found] = answer
	return answer
}

func (a *account) widerVersion(p *iam.ManagedPolicy) authz.Verdict {
	answer := authz.Denied
	for _, older := range p.Older {
		if p.Document == nil || p.Document.Document == nil || older.Document == nil {
			return authz.Undetermined
		}
		if isWide(older.Document) == lint.AlwaysMatches && isWide(p.Document.Document) == lint.NeverMatches {
			return authz.Allowed
		}
		// That one which allows something else makes anybody stronger is for a
		// person to say.
		if authz.AllowsMore(a.compile(older, p.Address), a.compile(p.Document, p.Address), a.universe(p.Deployment)) != authz.Denied {
			answer = authz.Undetermined
		}
	}
	return answer
}

// inUse tells whether a managed policy is attached or a boundary, so that it
// cannot be deleted. Outside of the input nobody knows.
func (a *account) inUse(arn policy.Text) authz.Verdict {
	found, _ := a.model.FindPolicy(arn)
	if found != nil && len(found.BoundaryOf)+len(found.HeldBy)+len(found.HeldByGroups) > 0 {
		return authz.Allowed
	}
	for _, e := range a.model.Entities {
		if !e.Gone() && e.Boundary.Set && e.Boundary.Text.Equal(arn) {
			return authz.Allowed
		}
	}
	if found != nil && a.isClosed() {
		return authz.Denied
	}
	return authz.Undetermined
}
