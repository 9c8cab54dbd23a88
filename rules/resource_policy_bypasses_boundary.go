package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
)

// ResourcePolicyBypassesBoundary reports grants that pass a boundary by.
var ResourcePolicyBypassesBoundary = &lint.Rule{
	ID: "resource-policy-bypasses-boundary", Severity: lint.Warning, Leg: lint.ThirdLeg,
	Doc: lint.Doc{
		Title: "A resource or trust policy grants a principal what its boundary refuses",
		What: "Within one account a resource-based policy that names a user, the session of a role, or everybody grants by itself: what the " +
			"boundary of that user or role does not allow is allowed all the same. Reported is such a statement, of the policy of a bucket, " +
			"key, queue, topic, function, secret, repository and the like or of a role's trust policy, where some request goes through that the " +
			"boundary refuses. An explicit Deny in the boundary holds.",
		Why: "The boundary is meant to be the most that its holder can ever do.",
		Blind: "A grant that names the role's ARN or the account stays inside of the boundary and is right. Across accounts the boundary " +
			"counts. Grants to everybody are reported for the boundaries of the input only. A boundary whose document is not known makes the " +
			"finding undetermined.",
		Fix: "Name the role instead of its session, or the account and grant the rest by identity-based policies; or deny in the boundary what " +
			"is never to be done.",
		References: []string{
			"https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html#access_policies_boundaries-eval-logic",
			"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-resource-policies.html",
		},
		Security: "6.0",
	},
	Run: func(p *lint.Pass) error {
		a, err := holders.Accounts.Of(p)
		if err != nil {
			return err
		}
		bounded := findBounded(a)
		if len(bounded.all) == 0 {
			return nil
		}
		reportHiddenGrants(p)
		for g := range p.Model.ResourceBased() {
			if d := g.Document; d.Unknown == nil && !d.Invalid && (g.Role == nil || !g.Role.AWSOwned()) {
				judgeResourcePolicy(a, p, g, bounded)
			}
		}
		return nil
	},
}

// findBounded are those who have a boundary, and may have one.
type boundedHolders struct {
	all []*holders.Holder
	// byName are all of them by the names of entities that are known; hidden
	// are those of which it is not.
	byName map[string][]*holders.Holder
	hidden []*holders.Holder
}

func findBounded(a *holders.Account) *boundedHolders {
	b := &boundedHolders{byName: map[string][]*holders.Holder{}}
	for _, h := range a.Holders {
		if h.Boundary == holders.Unbounded {
			continue
		}
		b.all = append(b.all, h)
		if name, known := h.Entity.NameText().Known(); known {
			b.byName[name] = append(b.byName[name], h)
		} else {
			b.hidden = append(b.hidden, h)
		}
	}
	return b
}

// namedBy are those whom a statement may name directly.
func (b *boundedHolders) namedBy(s *policy.Statement) []*holders.Holder {
	if isForAll(s) {
		return b.all
	}
	var out, hidden []*holders.Holder
	for _, entry := range s.Principal.Entries {
		arn, ok := policy.ParseARN(entry.Text)
		if !ok {
			continue
		}
		name := iam.LastSegment(arn.Resource)
		if role, ok := sessionRole(arn.Resource); ok {
			name = role
		}
		known, ok := name.Known()
		if !ok {
			return b.all
		}
		for _, h := range b.byName[known] {
			if !slices.Contains(out, h) {
				out = append(out, h)
			}
		}
		hidden = b.hidden
	}
	return append(out, hidden...)
}

// reportHiddenGrants tells, in one finding, of policies that are hidden as a
// whole. A hidden trust policy is trust-too-open's to tell.
func reportHiddenGrants(p *lint.Pass) {
	for r := range p.Model.ResourceBased() {
		d := r.Document
		if d.Unknown == nil || r.Role != nil {
			continue
		}
		p.Report(lint.Finding{
			Verdict: lint.Undetermined, Address: r.Address, Attribute: d.Location.Attribute, Location: d.Location,
			Key: "document", Cause: "hidden resource policies", HiddenBy: phrase.HiddenBy(d.Unknown),
			Message: fmt.Sprintf("Whether the resource policy grants a principal what a permissions boundary refuses depends on %s.",
				phrase.HiddenBy(d.Unknown)),
			Remediation: phrase.ShowIt(p.Model, d.Location, "the policy"),
		})
	}
}

// judgeResourcePolicy judges each statement: one finding for all whom it lets pass,
// at the first for whom that is certain.
func judgeResourcePolicy(a *holders.Account, p *lint.Pass, g *iam.ResourcePolicy, bounded *boundedHolders) {
	account := p.Model.AccountOf(g)
	for _, s := range g.Document.Statements {
		if s.Effect == policy.Deny || s.Principal == nil {
			continue
		}
		var first *lint.Finding
		var let []lint.Related
		memo := map[string]authz.Answer{}
		for _, h := range bounded.namedBy(s) {
			named := holders.Weaker(directly(s, h), sameAccount(account, h.Deployment.Account))
			if named == authz.Denied || h.Boundary == holders.BoundedUnseen && isForAll(s) {
				// Of what everybody has, it says nothing that a boundary which
				// no principal sees may refuse it.
				continue
			}
			answer := passesOnce(a, g, s, h, memo)
			verdict := holders.Weaker(named, answer.Verdict)
			if h.Boundary != holders.BoundedKnown {
				verdict = holders.Weaker(verdict, authz.Undetermined)
			}
			if verdict == authz.Denied {
				continue
			}
			f := bypass(g, s, h, answer, verdict)
			if first == nil || first.Verdict == lint.Undetermined && verdict == authz.Allowed {
				first = &f
			}
			how := "is bounded, and granted here what its boundary refuses"
			if verdict == authz.Undetermined {
				how = "is bounded, and may be granted here what its boundary refuses"
			}
			let = append(let, lint.Related{Address: h.Address, Message: how, Location: h.Location})
		}
		if first == nil {
			continue
		}
		const most = 20
		first.Related = let[:min(len(let), most)]
		if len(let) > 1 {
			first.Message = strings.TrimSuffix(first.Message, ".") + fmt.Sprintf(", and %d more.", len(let)-1)
		}
		p.Report(*first)
	}
}

// passesOnce asks once for all holders of the same policies, where nothing in
// the statement depends on who they are.
func passesOnce(a *holders.Account, g *iam.ResourcePolicy, s *policy.Statement, h *holders.Holder,
	memo map[string]authz.Answer,
) authz.Answer {
	if !s.Principal.Any || len(s.Condition) > 0 {
		return passesBy(a, g, s, h)
	}
	key := a.AdministratorKey(h)
	answer, known := memo[key]
	if !known {
		answer = passesBy(a, g, s, h)
		memo[key] = answer //mutate:work it is remembered
	}
	return answer
}

// bypass is the finding for one of those whom a statement lets pass.
func bypass(g *iam.ResourcePolicy, s *policy.Statement, h *holders.Holder, answer authz.Answer, verdict authz.Verdict) lint.Finding {
	f := lint.Finding{
		Address: g.Address, Attribute: g.Document.Location.Attribute, Key: g.Document.StatementKey(s),
		Location:    g.Document.StatementLocation(s.Index, s.Principal.Range),
		Remediation: "Name the role rather than its session, or the account, so that the boundary counts; or deny it in the boundary.",
	}
	if h.Entity.Kind == iam.User {
		f.Remediation = "Name the account instead of the user and grant the rest by identity-based policies, so that the boundary counts; or " +
			"deny it in the boundary."
	}
	if !g.Document.Sensitive {
		f.Excerpt = policy.PrintStatement(s, policy.PrintOptions{})
	}
	what := "The resource policy"
	if g.Role != nil {
		what = "The trust policy"
	}
	if verdict == authz.Allowed {
		f.Witness = h.Witness(answer.Witness)
		f.Message = fmt.Sprintf("%s grants %s what its permissions boundary refuses: %s%s.", what, phrase.Entity(h.Entity), answer.Witness,
			h.Caveat(answer))
		return f
	}
	f.Verdict, f.HiddenBy = lint.Undetermined, h.HiddenBehind(answer.Reasons)
	reason := "the document of its boundary is not known"
	if h.Boundary == holders.BoundedKnown {
		reason = holders.Because(answer.Reasons)
		if answer.Verdict == authz.Allowed {
			reason = "it is not known whether they are the one that the policy names, or in one account"
		}
	}
	f.Message = fmt.Sprintf("Whether %s grants %s what its permissions boundary refuses is not determined, because %s.",
		phrase.Uncapital(what), phrase.Entity(h.Entity), reason)
	return f
}

// sameAccount says whether two things are in one account.
func sameAccount(x, y policy.Text) authz.Verdict {
	switch {
	case x.Equal(y):
		return authz.Allowed
	case x.IsKnown() && y.IsKnown():
		return authz.Denied
	}
	return authz.Undetermined
}

// directly says whether a statement names the holder so that the implicit deny
// of its boundary does not count: the user itself, a session of the role, or
// everybody (semantics 5.2).
func directly(s *policy.Statement, h *holders.Holder) authz.Verdict {
	if s.Principal.Any {
		return authz.Allowed
	}
	best := authz.Denied
	for _, entry := range s.Principal.Entries {
		if entry.Type != "AWS" {
			continue
		}
		switch entryNames(entry.Text, h) {
		case authz.Allowed:
			return authz.Allowed
		case authz.Undetermined:
			best = authz.Undetermined
		case authz.Denied:
		}
	}
	return best
}

func entryNames(x policy.Text, h *holders.Holder) authz.Verdict {
	if holders.IsText(x, "*") {
		return authz.Allowed
	}
	arn, ok := policy.ParseARN(x)
	if !ok {
		// What is hidden as a whole may name anybody; to say so of everybody
		// would say nothing.
		return authz.Denied
	}
	switch h.Entity.Kind {
	case iam.User:
		if !strings.HasPrefix(arn.Resource.Prefix(), "user/") {
			return authz.Denied
		}
		return equalOrMaybe(x, inAccount(h.Entity.ARN, arn.Account))
	case iam.Role:
		name, ok := sessionRole(arn.Resource)
		if !ok || !holders.IsText(arn.Service, "sts") {
			return authz.Denied
		}
		return holders.Weaker(equalOrMaybe(name, h.Entity.NameText()), ownAccountOr(arn.Account, h.Deployment.Account))
	case iam.PermissionSet:
		// Its role has a name that nobody writes.
	}
	return authz.Denied
}

// isForAll reports whether a statement names everybody.
func isForAll(s *policy.Statement) bool {
	return s.Principal.Any || slices.ContainsFunc(s.Principal.Entries, func(e policy.Principal) bool { return holders.IsText(e.Text, "*") })
}

// inAccount puts an account into an ARN in which it is not known: a literal
// account beside one that no principal knows is taken to mean the same.
func inAccount(arn, account policy.Text) policy.Text {
	if !account.IsKnown() {
		return arn
	}
	return arn.Map(func(s *policy.Symbol) (policy.Text, bool) { return account, s.Kind == policy.SymbolAccount })
}

// ownAccountOr is sameAccount with that reading of an unknown account.
func ownAccountOr(written, own policy.Text) authz.Verdict {
	return sameAccount(written, inAccount(own, written))
}

// equalOrMaybe compares texts of which parts may be hidden.
func equalOrMaybe(x, y policy.Text) authz.Verdict {
	switch {
	case x.Equal(y):
		return authz.Allowed
	case x.Differs(y):
		return authz.Denied
	}
	return authz.Undetermined
}

// sessionRole is the name of the role in the ARN of a session,
// assumed-role/NAME/SESSION.
func sessionRole(resource policy.Text) (policy.Text, bool) {
	const kind = "assumed-role/"
	if !strings.HasPrefix(resource.Prefix(), kind) {
		return policy.Text{}, false
	}
	var parts []policy.Part
	for i, part := range resource.Parts() {
		if i == 0 {
			part.Literal = strings.TrimPrefix(part.Literal, kind)
		}
		if name, _, found := strings.Cut(part.Literal, "/"); part.Symbol == nil && found {
			return policy.NewText(append(parts, policy.Part{Literal: name})...), true
		}
		parts = append(parts, part)
	}
	return policy.Text{}, false
}

// passesBy asks whether the statement lets the holder make a request that its
// boundary does not allow: the statement is put as all that the holder has,
// every deny counts, and so does, as a deny, each statement by which the
// boundary allows.
func passesBy(a *holders.Account, g *iam.ResourcePolicy, s *policy.Statement, h *holders.Holder) authz.Answer {
	granted := &policy.Document{Version: g.Document.Version}
	put := func(s *policy.Statement) {
		c := *s
		c.Principal, c.NotPrincipal = nil, nil
		if c.Resource == nil && c.NotResource == nil {
			c.Resource = []policy.Element{{Text: policy.Literal("*")}}
		}
		c.Index = len(granted.Statements)
		granted.Statements = append(granted.Statements, &c)
	}
	put(s)
	for _, other := range g.Document.Statements {
		if other.Effect != policy.Allow && other != s && denies(other, h) {
			put(other)
		}
	}
	who := *h.Principal
	who.Boundary = nil
	who.Identity = []*authz.Policy{authz.Compile(granted)}
	for _, p := range h.Principal.Identity {
		who.Identity = append(who.Identity, deniesOf(p, false))
	}
	if h.Principal.Boundary != nil {
		who.Identity = append(who.Identity, deniesOf(h.Principal.Boundary, true))
	}
	q := &authz.Query{Actions: grantedActions(s, g)}
	if !g.Resource.IsEmpty() && (s.Resource == nil || slices.ContainsFunc(s.Resource, holders.IsStar)) {
		// What a policy of its own calls "*" is the resource itself.
		q.Resources = []policy.Text{g.Resource}
		if g.Service == "s3" {
			q.Resources = append(q.Resources, policy.Concat(g.Resource, policy.Literal("/*")))
		}
	}
	return authz.Search(&who, a.Universe(h.Deployment), q)
}

// denies reports whether a deny of a resource policy may hit the holder.
func denies(s *policy.Statement, h *holders.Holder) bool {
	switch {
	case s.NotPrincipal != nil:
		// It hits a principal that has a boundary, whatever it lists (semantics 5.5).
		return true
	case s.Principal == nil:
		return false
	case s.Principal.Any || s.Principal.Unknown != nil:
		return true
	}
	return slices.ContainsFunc(s.Principal.Entries, func(entry policy.Principal) bool {
		if entry.Type != "AWS" {
			return false
		}
		if entryNames(entry.Text, h) != authz.Denied || equalOrMaybe(entry.Text, h.Principal.ARN) != authz.Denied {
			return true
		}
		if account, known := entry.Text.Known(); known && policy.IsAccountID(account) {
			return holders.IsText(h.Deployment.Account, account)
		}
		arn, ok := policy.ParseARN(entry.Text)
		return ok && holders.IsText(arn.Resource, "root") && sameAccount(arn.Account, h.Deployment.Account) != authz.Denied
	})
}

// deniesOf are the denies of a policy and, with allows, what it allows as
// denies besides.
func deniesOf(p *authz.Policy, allows bool) *authz.Policy {
	if p.Document == nil || p.Document.Unknown != nil {
		return p
	}
	d := *p.Document
	d.Statements = nil
	for _, s := range p.Document.Statements {
		if s.Effect != policy.Deny && !allows {
			if s.Effect == policy.Allow {
				continue
			}
		}
		c := *s
		c.Effect, c.EffectText = policy.Deny, policy.Literal("Deny")
		c.Index = len(d.Statements)
		if s.Effect == policy.EffectUnknown && !allows {
			c.Effect, c.EffectText = s.Effect, s.EffectText
		}
		d.Statements = append(d.Statements, &c)
	}
	return authz.Compile(&d)
}

// grantedActions are the actions to ask for: those of the statement, as far
// as they are of the resource's service.
func grantedActions(s *policy.Statement, g *iam.ResourcePolicy) []string {
	if g.Role != nil {
		return []string{"sts:AssumeRole"}
	}
	whole := "*"
	if g.Service != "" {
		whole = g.Service + ":*"
	}
	var out []string
	for _, e := range s.Action {
		text, known := e.Text.Known()
		if !known || holders.IsStar(e) {
			return []string{whole}
		}
		out = append(out, text)
	}
	if s.NotAction != nil {
		return []string{whole}
	}
	return out
}
