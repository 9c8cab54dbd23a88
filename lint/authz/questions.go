package authz

import (
	"slices"
	"strings"
	"sync"

	"github.com/boundlint/boundlint/lint/policy"
)

// EntityKind is a role or a user, as IAM actions name them.
type EntityKind string

// The kinds of entities that can have a boundary.
const (
	Role EntityKind = "Role"
	User EntityKind = "User"
)

// CanCreateWithoutBoundary asks whether the holder can create a role or user
// that is left without an approved boundary: with none, or with one that is
// not approved for an entity of that name. Service-linked roles do not count.
// within limits the ARNs of what is created; nil is any.
//
// If nothing is found only because nothing grants it, while the holder may
// give policies to roles whatever their boundary, the answer is Undetermined:
// iam:AcquireRole (2026) builds a role out of a template by the same
// permissions, and AWS does not document which condition keys its checks
// carry.
func CanCreateWithoutBoundary(holder *Principal, u *Universe, kind EntityKind, within ...policy.Text) Answer {
	q := &Query{Actions: []string{"iam:Create" + string(kind)}, Resources: within, Unless: u.approvedExceptions(holder, kind)}
	answer := Search(holder, u, q)
	if answer.Verdict != Allowed {
		answer = worse(answer, Search(holder, u, u.underGlobs(q)))
	}
	if answer.Verdict != Denied || kind != Role {
		return answer
	}
	if !acquires(holder, u, q) {
		return answer
	}
	return Answer{Verdict: Undetermined, AssumedAccount: answer.AssumedAccount, Reasons: []Reason{{
		Text: "AWS does not document which condition keys the checks of iam:AcquireRole carry, and the holder may give policies to roles " +
			"whatever their boundary",
	}}}
}

// worse is the answer that says more of a way out.
func worse(a, b Answer) Answer {
	if b.Verdict == Allowed || b.Verdict == Undetermined && a.Verdict == Denied {
		return b
	}
	return a
}

// underGlobs asks the same for a boundary that the holder has created under a
// glob that approves more than one: it is approved by its name, and says what
// the holder wrote. Without such globs it asks for nothing.
func (u *Universe) underGlobs(q *Query) *Query {
	var globs []policy.Text
	for i := range u.Approved {
		x := u.Approved[i].ARN
		if a, ok := policy.ParseARN(x); isGlob(x) && (!ok || isGlob(a.Resource)) {
			globs = append(globs, x)
		}
	}
	if len(globs) == 0 {
		return &Query{}
	}
	return &Query{
		Actions: q.Actions, Resources: q.Resources,
		Keys: []KeyConstraint{{Key: policy.BoundaryKey, Created: true, In: globs}},
	}
}

// acquires reports whether iam:AcquireRole may be a way: the holder can
// create roles, can give policies to roles that have no boundary, and no deny
// stands in the way of creating one without.
func acquires(holder *Principal, u *Universe, q *Query) bool {
	if explicitlyDenied(holder, u, q) {
		return false
	}
	if Search(holder, u, &Query{Actions: q.Actions, Resources: q.Resources}).Verdict != Allowed {
		return false
	}
	return Search(holder, u, &Query{
		Actions:   []string{"iam:AttachRolePolicy", "iam:PutRolePolicy"},
		Resources: q.Resources,
		Keys:      []KeyConstraint{{Key: policy.BoundaryKey, Absent: true}},
	}).Verdict == Allowed
}

// explicitlyDenied reports whether deny statements alone close the question:
// whatever else the holder were allowed, nothing would be found.
func explicitlyDenied(holder *Principal, u *Universe, q *Query) bool {
	return Search(WorstCase(holder), u, q).Verdict == Denied
}

// AllowAll is the policy that allows everything.
func AllowAll() *Policy {
	everything := []policy.Element{{Text: policy.Literal("*")}}
	return Compile(&policy.Document{
		Version:    policy.Literal("2012-10-17"),
		Statements: []*policy.Statement{{Effect: policy.Allow, Action: everything, Resource: everything}},
	})
}

// everything is a policy that allows everything, for questions of which nobody
// sees the proof.
var everything = sync.OnceValue(AllowAll)

// WorstCase is the holder with everything allowed in each layer of its own
// where only denies remain: identity-based policies, and the boundary.
func WorstCase(holder *Principal) *Principal {
	worst := *holder
	worst.Identity = append(slices.Clone(holder.Identity), everything())
	if holder.Boundary != nil {
		// The boundary's denies count as any other.
		worst.Identity = append(worst.Identity, holder.Boundary)
		worst.Boundary = nil
	}
	return &worst
}

// Bearer is an entity that a boundary binds and that its identity-based
// policies allow everything: the worst case by which a boundary is judged.
func Bearer(arn policy.Text, kind PrincipalKind, boundary *Policy) *Principal {
	return &Principal{Kind: kind, ARN: arn, Identity: []*Policy{AllowAll()}, Boundary: boundary}
}

// CanRemoveBoundary asks whether the holder can take the boundary off an
// entity that has an approved one, or put one in its place that is not
// approved. within limits the entities; nil is any.
//
// A role that the holder can create under a boundary, and can give a policy,
// can do what that boundary allows. Where nothing but the lack of a grant
// stops the holder, the answer is that of such roles; it is Undetermined where
// the document of the boundary is not known.
func CanRemoveBoundary(holder *Principal, u *Universe, kind EntityKind, within ...policy.Text) Answer {
	queries := []*Query{
		{
			Actions: []string{"iam:Delete" + string(kind) + "PermissionsBoundary"}, Resources: within,
			Keys: []KeyConstraint{{Key: policy.BoundaryKey, Present: true, In: u.approvedValues()}},
		},
		{
			Actions: []string{"iam:Put" + string(kind) + "PermissionsBoundary"}, Resources: within,
			Unless: u.approvedExceptions(holder, kind),
		},
	}
	queries = append(queries, u.underGlobs(queries[1]))
	return withGrown(holder, u, queries)
}

// CanEditPolicy asks whether the holder can change the document of a managed
// policy: by a new version, or by making another version the default one,
// which changes it only if an older version differs, or by deleting and
// creating it anew, which works only on a policy that is in use by no principal.
func CanEditPolicy(holder *Principal, u *Universe, arn policy.Text) Answer {
	if isManagedByAWS(arn) {
		return Answer{Verdict: Denied}
	}
	on := []policy.Text{arn}
	if a, ok := policy.ParseARN(arn); ok {
		// Only policies of the own account can be edited.
		if account, known := a.Account.Known(); known && strings.ContainsAny(account, "*?") && !u.Account.IsEmpty() {
			a.Account = u.Account
			on = []policy.Text{a.Text()}
		}
	}
	answer := withGrown(holder, u, []*Query{{Actions: []string{"iam:CreatePolicyVersion"}, Resources: on}})
	if answer.Verdict == Allowed {
		return answer
	}
	older, wider := Answer{Verdict: Denied}, u.WiderVersion(arn)
	if wider != Denied {
		older = Search(holder, u, &Query{Actions: []string{"iam:SetDefaultPolicyVersion"}, Resources: on})
	}
	switch {
	case older.Verdict == Denied:
	case wider == Allowed:
		return older
	default:
		return hangsOn(older, "it is not known whether an older version of "+arn.String()+" allows more")
	}
	recreated := recreates(holder, u, arn, on)
	if recreated.Verdict != Denied {
		return recreated
	}
	return answer
}

// recreates asks whether the policy can be deleted and created anew.
func recreates(holder *Principal, u *Universe, arn policy.Text, on []policy.Text) Answer {
	deleted := Search(holder, u, &Query{Actions: []string{"iam:DeletePolicy"}, Resources: on})
	created := Search(holder, u, &Query{Actions: []string{"iam:CreatePolicy"}, Resources: on})
	if deleted.Verdict == Denied || created.Verdict == Denied {
		return Answer{Verdict: Denied}
	}
	used := Undetermined
	if u.InUse != nil {
		used = u.InUse(arn)
	}
	switch {
	case used == Allowed:
		return Answer{Verdict: Denied}
	case used == Undetermined || deleted.Verdict == Undetermined || created.Verdict == Undetermined:
		answer := hangsOn(deleted, arn.String()+" can be deleted and created anew while nothing uses it, and that is not known")
		answer.Reasons = append(answer.Reasons, created.Reasons...)
		return answer
	}
	created.Witness.First = append(created.Witness.First, deleted.Witness)
	return created
}

// hangsOn makes an answer undetermined for one more reason.
func hangsOn(a Answer, text string) Answer {
	out := Answer{Verdict: Undetermined, Perhaps: a.Perhaps, AssumedAccount: a.AssumedAccount}
	if a.Witness != nil {
		out.Perhaps = a.Witness
	}
	out.Reasons = append([]Reason{{Text: text}}, a.Reasons...)
	return out
}

func isManagedByAWS(arn policy.Text) bool {
	a, ok := policy.ParseARN(arn)
	if !ok {
		return false
	}
	account, known := a.Account.Known()
	return known && account == awsOwned
}

// approvedValues are the patterns of the boundaries that must stay; nil where
// nothing says which.
func (u *Universe) approvedValues() []policy.Text {
	if len(u.Approved) == 0 {
		return u.Protected
	}
	var out []policy.Text
	for i := range u.Approved {
		out = append(out, u.Approved[i].ARN)
	}
	return out
}

// eachNamed visits the boundaries that conditions of the holder's policies name
// in full, by variables of the own account too.
func (u *Universe) eachNamed(holder *Principal, visit func(policy.Text)) {
	eachPolicy(holder, func(p *Policy) {
		for _, st := range p.statements {
			for _, c := range st.conditions {
				if c.key.name != strings.ToLower(policy.BoundaryKey) {
					continue
				}
				for i := range c.values {
					switch v := c.values[i].pattern; {
					case v.isExact() && !v.isSpread():
						visit(v.literalText())
					case v.hasVariable && !v.hasGlob:
						if x, ok := u.inOwnAccount(c.values[i].source); ok {
							visit(x)
						}
					}
				}
			}
		}
	})
}

// approvedExceptions are the requests that leave an entity with an approved
// boundary. Where nothing says which are approved, those are AWS's managed
// policies other than AdministratorAccess, and the customer-managed ones that
// the holder's policies or the input name in full, unless their documents
// allow everything.
func (u *Universe) approvedExceptions(holder *Principal, kind EntityKind) []Exception {
	var out []Exception
	for i := range u.Approved {
		x := Exception{Key: policy.BoundaryKey, Values: []policy.Text{u.Approved[i].ARN}}
		for _, name := range u.Approved[i].Names {
			lowered := strings.ToLower(string(kind))
			x.Resources = append(x.Resources,
				policy.Literal("arn:*:iam::*:"+lowered+"/"+name), policy.Literal("arn:*:iam::*:"+lowered+"/*/"+name))
		}
		out = append(out, x)
	}
	if len(u.Approved) > 0 {
		return out
	}
	out = append(out, Exception{
		Key: policy.BoundaryKey, Values: []policy.Text{policy.Literal("arn:*:iam::aws:policy/*")},
		Except: []policy.Text{policy.Literal("arn:*:iam::aws:policy/AdministratorAccess")},
	})
	narrow := u.Memory.narrowPolicies(u)
	named := Exception{Key: policy.BoundaryKey, Values: narrow.list, narrow: narrow}
	u.eachNamed(holder, func(x policy.Text) {
		if !narrow.index[x.Key()] && u.isNarrow(x) && !slices.ContainsFunc(named.Values[len(narrow.list):], x.Equal) {
			named.Values, named.narrow = append(slices.Clip(named.Values), x), nil
		}
	})
	if len(named.Values) > 0 {
		out = append(out, named)
	}
	return out
}

// inOwnAccount is a value with ${aws:PrincipalAccount}, which every request
// carries, in place of the account: it names a policy in full (IAM User Guide,
// global condition keys). It is false where other variables stand in it, or
// where nothing is known of the account.
func (u *Universe) inOwnAccount(x policy.Text) (policy.Text, bool) {
	const variable = "${aws:principalaccount}"
	var out policy.Text
	for _, p := range x.Parts() {
		if p.Symbol != nil {
			out = policy.Concat(out, policy.NewText(p))
			continue
		}
		rest := p.Literal
		for at := strings.Index(strings.ToLower(rest), variable); at >= 0; at = strings.Index(strings.ToLower(rest), variable) {
			out = policy.Concat(out, policy.Literal(rest[:at]), u.Account)
			rest = rest[at+len(variable):]
		}
		if strings.Contains(rest, "${") {
			return policy.Text{}, false
		}
		out = policy.Concat(out, policy.Literal(rest))
	}
	return out, !u.Account.IsEmpty()
}

// AllowsEverything reports whether a policy is as wide as
// AdministratorAccess: it allows every action on every resource without
// condition, and denies nothing.
func AllowsEverything(p *Policy) bool {
	wide := false
	for _, s := range p.statements {
		if s.denies {
			return false
		}
		wide = wide || s.doubt == nil && len(s.conditions) == 0 &&
			slices.ContainsFunc(s.action, func(a actionPattern) bool { return a.text == "*" }) &&
			slices.ContainsFunc(s.resource, func(p *pattern) bool { return p.star })
	}
	return wide
}
