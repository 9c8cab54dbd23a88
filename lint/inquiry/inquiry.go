// Package inquiry answers questions about the entities of a model, for commands
// that ask rather than judge.
package inquiry

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// Inquiry answers questions about the entities of one model, for commands that
// ask rather than judge. It knows of them what the rules know.
type Inquiry struct {
	Model         *iam.Model
	account       *holders.Account
	resourceBased []*ResourceBased
	// spoken remembers of a pattern of actions which of them are about it: large
	// accounts have thousands of trust policies, and most questions are about none.
	spoken   map[string][]*ResourceBased
	places   map[*policy.Statement]Place
	subjects map[*iam.Entity]*Subject
	others   *Accounts
}

// Subject is a holder about which something is asked. Its Principal is what the
// rules judge.
type Subject struct {
	*holders.Holder
	// Whole is the principal with everything that applies to it; what of it is
	// not in the input is a hidden policy, which may allow and deny anything.
	Whole *authz.Principal
	// Known is the principal without what is hidden: what the input shows.
	Known    *authz.Principal
	Universe *authz.Universe
	// Unseen says what is hidden, as phrases: "the document of ...".
	Unseen  []string
	inquiry *Inquiry
}

// Place is where a statement stands.
type Place struct {
	// Address is the resource that holds the policy, or the ARN of an
	// AWS-managed one. Group is that of the group through which the subject
	// has it, "" for none.
	Address, Group string
	Location       iam.Location
	Sensitive      bool
}

// New links models by the settings and makes them ready for questions.
// Several models are taken together as one account.
func New(settings *lint.Settings, models ...*iam.Model) (*Inquiry, error) {
	if settings == nil {
		settings = &lint.Settings{}
	}
	hints := settings.Hints()
	hints.ManagedPolicy = catalog.ManagedPolicyARN
	model := models[0]
	if len(models) > 1 {
		model = iam.Merge(hints, models...)
	}
	model.Link(hints)
	model.HideOverQuota()
	model = doubtOrganization(model)
	a, err := holders.Accounts.Of(lint.NewPass(&lint.Rule{}, model, settings, nil, func(lint.Filed) {}))
	if err != nil {
		return nil, err
	}
	q := &Inquiry{
		Model: model, account: a, places: map[*policy.Statement]Place{}, spoken: map[string][]*ResourceBased{},
		subjects: map[*iam.Entity]*Subject{},
	}
	q.findResourceBased()
	return q, nil
}

// doubtOrganization is a model in which an organization policy is in doubt that the input
// attaches to nothing, or to accounts of which nobody knows whether one is the own. A rule
// takes such a policy to be attached where it matters; an answer is not to rest on it.
func doubtOrganization(m *iam.Model) *iam.Model {
	out := *m
	out.OrganizationPolicies = slices.Clone(m.OrganizationPolicies)
	own := m.Deployment.Account
	for i, o := range m.OrganizationPolicies {
		binds := func(v iam.Value) bool { return v.Text.Equal(own) }
		elsewhere := o.Accounts != nil && !own.IsKnown() && !slices.ContainsFunc(o.Accounts, binds)
		if o.Doubt != nil || !o.Unattached && !elsewhere {
			continue
		}
		doubted := *o
		doubted.Doubt = &policy.Symbol{Kind: policy.SymbolUnknown, Name: "whether " + o.Address + " is attached to this account"}
		out.OrganizationPolicies[i] = &doubted
	}
	return &out
}

// Entities are those that can be asked about: all that the plan does not
// destroy or forget.
func (q *Inquiry) Entities() []*iam.Entity {
	return slices.DeleteFunc(slices.Clone(q.Model.Entities), (*iam.Entity).Gone)
}

// Subject is the entity as one about whom questions can be asked.
func (q *Inquiry) Subject(e *iam.Entity) *Subject {
	if s, ok := q.subjects[e]; ok {
		return s
	}
	h := q.account.ByEntity[e]
	if h == nil {
		h = q.account.HolderOf(e) // AWS's own, which rules leave out
	}
	s := &Subject{Holder: h, Universe: q.account.Universe(e.Deployment), inquiry: q}
	known := *h.Principal
	known.Identity = slices.DeleteFunc(slices.Clone(known.Identity), isHiddenPolicy)
	s.Known = &known
	whole := *h.Strict()
	whole.Identity = slices.Clone(whole.Identity)
	for _, p := range h.Principal.Identity {
		if isHiddenPolicy(p) {
			s.Unseen = append(s.Unseen, "some of its policies, for "+unknownRoute(h, p))
		}
	}
	for _, arn := range q.account.UnseenPolicies(h) {
		s.Unseen = append(s.Unseen, "the document of "+arn.String()+", which is attached to it")
		whole.Identity = append(whole.Identity, authz.Hidden(&policy.Symbol{Name: hiddenDocument + arn.String()}))
	}
	for _, group := range e.UnseenGroups {
		name := hiddenGroup + nameOfGroup(group)
		s.Unseen = append(s.Unseen, name+", which it is in")
		whole.Identity = append(whole.Identity, authz.Hidden(&policy.Symbol{Name: name}))
	}
	if whole.Boundary != known.Boundary {
		s.Unseen = append(s.Unseen, "the document of "+h.UnseenBoundary())
	}
	s.Whole = &whole
	q.subjects[e] = s
	return s
}

func isHiddenPolicy(p *authz.Policy) bool { return p.Document == nil }

// unknownRoute says what hides a policy.
func unknownRoute(h *holders.Holder, p *authz.Policy) string {
	for _, g := range h.Grants {
		if g.Policy == p {
			return g.Address + " is not known"
		}
	}
	return "a route to them is not known"
}

// Find returns the entities that a name means: those of that address, else
// those of that ARN, else those called so. A session of a role stands for the
// role, and a permission set for the role that Identity Center made of it. More than one are
// all that it may mean.
func (q *Inquiry) Find(name string) []*iam.Entity {
	arn, isARN := roleOfSession(name)
	kind, short, typed := strings.Cut(name, "/")
	typed = typed && (kind == string(iam.Role) || kind == string(iam.User))
	var address, byARN, byName []*iam.Entity
	for _, e := range q.Entities() {
		set, _ := e.ProvisionedSet()
		switch known, _ := e.Name.Known(); {
		case e.Address == name:
			address = append(address, e)
		case isARN && meansARN(e.ARN, arn):
			byARN = append(byARN, e)
		case e.Name.Set && known == name, set != "" && set == name, typed && string(e.Kind) == kind && e.Name.Set && known == short:
			byName = append(byName, e)
		}
	}
	for _, found := range [][]*iam.Entity{address, byARN, byName} {
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// roleOfSession parses an ARN; that of a session is turned into the role's,
// which lacks the path.
func roleOfSession(name string) (policy.ARN, bool) {
	arn, ok := policy.ParseARN(policy.Literal(name))
	if !ok {
		return arn, false
	}
	resource, _ := arn.Resource.Known()
	if rest, found := strings.CutPrefix(resource, "assumed-role/"); found {
		role, _, _ := strings.Cut(rest, "/")
		arn.Service, arn.Resource = policy.Literal("iam"), policy.Literal("role/"+role)
	}
	return arn, true
}

// meansARN reports whether an ARN that a person wrote is the entity's, where
// the input may not tell in which account and partition that is.
func meansARN(own policy.Text, asked policy.ARN) bool {
	if own.Equal(asked.Text()) {
		return true
	}
	arn, ok := policy.ParseARN(own)
	return ok && same(arn.Account, asked.Account) && same(arn.Partition, asked.Partition) && arn.Resource.Equal(asked.Resource)
}

func same(own, asked policy.Text) bool { return !own.IsKnown() || own.Equal(asked) }

// ARN is the ARN of what the input declares under an address: an entity,
// group, policy or a resource with a policy of its own; false where there is
// none.
func (q *Inquiry) ARN(address string) (policy.Text, bool) {
	for _, e := range q.Entities() {
		if e.Address == address {
			return e.ARN, !e.ARN.IsEmpty()
		}
	}
	for _, g := range q.Model.Groups {
		if g.Address == address && !g.Gone() {
			return g.ARN, !g.ARN.IsEmpty()
		}
	}
	for _, p := range q.Model.Policies {
		if p.Address == address && !p.Gone() {
			return p.ARN, !p.ARN.IsEmpty()
		}
	}
	for _, g := range q.resourceBased {
		of := g.Resource.Symbol()
		if g.Role == nil && (slices.Contains(g.Addresses, address) || of != nil && of.Kind == policy.SymbolReference && of.Address == address) {
			return g.Resource, true
		}
	}
	return policy.Text{}, false
}

// Addresses are all that [Inquiry.ARN] knows.
func (q *Inquiry) Addresses() []string {
	var out []string
	for _, e := range q.Entities() {
		out = append(out, e.Address)
	}
	for _, g := range q.Model.Groups {
		out = append(out, g.Address)
	}
	for _, p := range q.Model.Policies {
		out = append(out, p.Address)
	}
	for _, p := range q.Model.ResourcePolicies {
		out = append(out, p.Address)
	}
	return out
}

// Policy is a managed policy by its ARN or address, or the name of one of
// AWS's: one that the input declares, that the configuration gives, or AWS's;
// nil where there is none.
func (q *Inquiry) Policy(name string) *authz.Policy {
	for _, p := range q.Model.Policies {
		if p.Address == name && p.Document != nil && p.Document.Document != nil {
			return q.account.Compile(p.Document, p.Address)
		}
	}
	if arn, ok := catalog.ManagedPolicyARN(name); ok {
		name = arn
	}
	if p := q.account.AWSManaged(name); p != nil {
		return p
	}
	return q.account.PolicyDocument(policy.Literal(name))
}

// With is the subject as if it had these policies besides its own.
func (s *Subject) With(policies ...*authz.Policy) *Subject {
	out := *s
	whole, known := *s.Whole, *s.Known
	whole.Identity = slices.Concat(whole.Identity, policies)
	known.Identity = slices.Concat(known.Identity, policies)
	out.Whole, out.Known = &whole, &known
	return &out
}

// LiteralAccounts are the accounts that the ARNs in resources and conditions
// of the subject's policies name, and those in which policies of resources name one
// called as the subject, in order. Where the input does not tell in
// which account it is deployed, one of these is taken to be it.
func (s *Subject) LiteralAccounts() []string {
	var out []string
	visit := func(list []policy.Element) {
		for _, e := range list {
			arn, ok := policy.ParseARN(e.Text)
			if account, known := arn.Account.Known(); ok && known && policy.IsAccountID(account) && !slices.Contains(out, account) {
				out = append(out, account)
			}
		}
	}
	policies := slices.Concat(s.Known.Identity, slices.Concat(s.Known.SCPs...), slices.Concat(s.Known.RCPs...))
	if s.Known.Boundary != nil {
		policies = append(policies, s.Known.Boundary)
	}
	for _, p := range policies {
		if p.Document == nil {
			continue
		}
		for _, st := range p.Document.Statements {
			visit(st.Resource)
			visit(st.NotResource)
			for _, c := range st.Condition {
				visit(c.Values)
			}
		}
	}
	for _, account := range s.namedIn() {
		if !slices.Contains(out, account) {
			out = append(out, account)
		}
	}
	return out
}

// namedIn are the accounts in which policies of resources name a principal that is
// called as the subject.
func (s *Subject) namedIn() []string {
	own, ok := policy.ParseARN(s.Entity.ARN)
	if !ok {
		return nil
	}
	var out []string
	for _, g := range s.inquiry.resourceBased {
		if g.Policy.Document == nil {
			continue
		}
		for _, st := range g.Policy.Document.Statements {
			if st.Principal == nil {
				continue
			}
			for _, e := range st.Principal.Entries {
				arn, ok := policy.ParseARN(e.Text)
				if account, known := arn.Account.Known(); ok && known && policy.IsAccountID(account) && arn.Resource.Equal(own.Resource) {
					out = append(out, account)
				}
			}
		}
	}
	return out
}

// Place tells where a statement stands that took part in a decision about the
// subject.
func (s *Subject) Place(ref authz.Ref) (Place, bool) {
	source := ref.Source()
	if source != nil {
		if p, ok := s.inquiry.place(source); ok {
			return p, true
		}
	}
	g, ok := s.inquiry.account.Standing[ref.Policy]
	if !ok {
		return Place{}, false
	}
	p := Place{Address: g.Address}
	for _, own := range s.Grants {
		if own.Policy.Like() == ref.Policy.Like() && own.Group != nil {
			p.Group = own.Group.Address
		}
	}
	if g.Document != nil {
		p.Sensitive = g.Document.Sensitive
		p.Location = g.Document.Location
		if source != nil {
			p.Location = g.Document.StatementLocation(source.Index, policy.Range{})
		}
	}
	return p, true
}

// BoundaryName is the subject's permissions boundary as a person reads it, ""
// where it has none.
func (s *Subject) BoundaryName() string {
	e := s.Entity
	switch {
	case !e.Boundary.Set:
		return ""
	case e.Boundary.Sensitive:
		return "(sensitive)"
	case e.BoundaryPolicy != nil:
		return e.BoundaryPolicy.Address
	}
	return e.Boundary.Text.String()
}

// Because says why an answer is undetermined, as a phrase after "because".
func Because(reasons []authz.Reason) string {
	named := slices.Clone(reasons)
	for i, r := range named {
		if r.Symbol != nil && isUnseen(r.Symbol) {
			named[i] = authz.Reason{Text: r.Symbol.Name + " is not in the input", At: r.At}
		}
	}
	return holders.Because(named)
}

// What the names of symbols begin with that stand for what is not in the input:
// documents, and groups with all their policies.
const (
	hiddenDocument = "the document of "
	hiddenPolicy   = "the policy of "
	hiddenGroup    = "the group "
)

// isUnseen reports whether a symbol stands for what is not in the input.
func isUnseen(s *policy.Symbol) bool {
	return slices.ContainsFunc([]string{hiddenDocument, hiddenPolicy, hiddenGroup}, func(start string) bool {
		return strings.HasPrefix(s.Name, start)
	})
}

// nameOfGroup is the name of a group as a person reads it.
func nameOfGroup(v iam.Value) string {
	if v.Sensitive {
		return "(sensitive)"
	}
	return v.Text.String()
}

// Fact is what a request about something in the input holds in a condition
// key, whichever principal makes it.
type Fact struct {
	Key string
	// Values are nil where the request lacks the key, or where it is Hidden.
	Values []policy.Text
	Hidden bool
	// From is the address of what says so.
	From string
}

// Facts are the condition keys of a request that the input itself tells: the
// boundary that an entity has, which IAM puts into requests that change it,
// and its tags.
func (q *Inquiry) Facts(action string, resource policy.Text) []Fact {
	known, ok := catalog.LookupAction(action)
	if !ok {
		return nil
	}
	e := q.entityOf(resource)
	if e == nil {
		return nil
	}
	var out []Fact
	carries := func(key string) bool { return known.Presence(key) != catalog.PresentNever }
	if carries(policy.BoundaryKey) && !choosesBoundary(known) {
		f := Fact{Key: policy.BoundaryKey, From: e.Address}
		switch {
		case e.Boundary.Nullable || e.Boundary.Set && e.Boundary.Text.Symbol() != nil && e.Boundary.Text.Symbol().Kind == policy.SymbolUnknown:
			f.Hidden = true
		case e.Boundary.Set:
			f.Values = []policy.Text{e.Boundary.Text}
		}
		out = append(out, f)
	}
	for _, prefix := range []string{"aws:ResourceTag/", "iam:ResourceTag/"} {
		for _, tag := range e.Tags.Values {
			if carries(prefix + tag.Key) {
				out = append(out, Fact{Key: prefix + tag.Key, Values: []policy.Text{tag.Value}, From: e.Address})
			}
		}
	}
	slices.SortFunc(out, func(x, y Fact) int { return strings.Compare(x.Key, y.Key) })
	return out
}

// choosesBoundary reports whether the boundary in the request is the one that
// is asked for rather than the one that is there.
func choosesBoundary(a *catalog.Action) bool {
	return strings.HasPrefix(a.Name, "Create") || strings.HasSuffix(a.Name, "PermissionsBoundary") && strings.HasPrefix(a.Name, "Put")
}
