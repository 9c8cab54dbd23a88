package authz

import (
	"slices"
	"strings"
	"sync"

	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/policy"
)

// Request is one concrete request.
type Request struct {
	Principal *Principal
	// Action is its full name, such as iam:CreateRole, in any case.
	Action string
	// Resource is the ARN of what it acts on, or "*" for actions without
	// resource types; the zero Text counts as "*".
	Resource policy.Text
	Context  Context
	// ResourceAccount is the account that owns the resource. Empty, it is
	// the one in the ARN, and the principal's where the ARN has none.
	ResourceAccount string
	// ResourcePolicy is the resource-based policy of the resource: a role's
	// trust policy for sts:AssumeRole. Nil for none. Trust policies and KMS
	// key policies, which must themselves allow, are left out of the decision
	// where they are nil, for they always exist: only the caller's side is
	// decided then.
	ResourcePolicy *Policy
	// ownSide tells that only one side of the decision is asked for, wherever the
	// other one is.
	ownSide bool
}

// Decision is the outcome for one request.
type Decision struct {
	Verdict Verdict
	// Layer is the layer that decided: of the deny, or the one that lacks an
	// allow; for allowed requests the one whose allow comes first.
	Layer Layer
	// By is the statement that decided; the zero Ref where a layer has none
	// that allows.
	By Ref
	// Explicit tells that a deny statement applies, or may.
	Explicit bool
}

// Decide evaluates the request as AWS documents it (IAM User Guide, policy
// evaluation logic): an explicit deny of any layer wins; then every service
// and resource control policy level must allow; then a resource-based policy
// may grant by itself; else identity-based policies, boundary and session
// policies must each allow.
func Decide(r *Request) Decision {
	e := env{request: r}
	d := newDecider(e)
	return d.decide()
}

// decider evaluates the layers of one request.
type decider struct {
	e        env
	facts    actionFacts
	action   string // in lower case
	resource policy.Text
	// deny is the strongest deny so far.
	deny      policy.Truth
	denyLayer Layer
	denyBy    Ref
}

// grant is what one layer says: how far it allows, and by which statement.
type grant struct {
	allow policy.Truth
	by    Ref
}

// noGrant is what a layer says in which no statement allows.
var noGrant = grant{allow: policy.False}

func newDecider(e env) decider { return decider{e: e, deny: policy.False} }

func (d *decider) prepare() {
	r := d.e.request
	d.facts = allFacts.of(r.Action)
	d.action = d.facts.lowered
	d.resource = r.Resource
	if s, known := d.resource.Known(); s == "" && known || d.facts.resourceless {
		d.resource = policy.Literal(wholeResource)
	}
}

// actionFacts is what decisions ask of an action, remembered by its name as
// requests spell it.
type actionFacts struct {
	lowered string
	// resourceless actions are authorised on "*".
	resourceless, readOnly bool
	// changesRole and types are as the functions of these names tell.
	changesRole bool
	types       []typeGlob
}

// facts remembers the facts of actions of the catalog; there are only so many.
type facts struct {
	mu    sync.RWMutex
	known map[string]actionFacts
}

var allFacts = facts{known: map[string]actionFacts{}}

func (f *facts) of(action string) actionFacts {
	f.mu.RLock()
	known, ok := f.known[action]
	f.mu.RUnlock()
	if ok {
		return known
	}
	out := actionFacts{lowered: strings.ToLower(action)}
	a, ok := catalog.LookupAction(action)
	if !ok {
		return out
	}
	out.resourceless = a.TakesNoResource()
	out.changesRole, out.types = changesRole(a), typesOf(a)
	out.readOnly = a.AccessLevel == catalog.AccessRead || a.AccessLevel == catalog.AccessList
	if action != a.String() && action != out.lowered {
		// Odd spellings are not worth remembering.
		return out
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.known[strings.Clone(action)] = out //mutate:work it is remembered
	return out
}

func (d *decider) decide() Decision {
	d.prepare()
	switch d.facts.fixed(d.resource) {
	case notFixed:
	case fixedAllowed:
		return Decision{Verdict: Allowed, Layer: LayerFixed}
	case fixedReserved, fixedType:
		return Decision{Verdict: Denied, Layer: LayerFixed}
	}
	r := d.e.request
	p := r.Principal
	if p == nil {
		p = &Principal{}
	}
	organization := d.levels(p.SCPs, LayerOrganization)
	resourceOrg := grant{allow: policy.True}
	if underRCPs(d.action) {
		resourceOrg = d.levels(p.toward(r.owner()).RCPs, LayerResourceOrg)
	}
	identity := d.layer(p.Identity, LayerIdentity)
	boundary, session := grant{allow: policy.True}, grant{allow: policy.True}
	if p.Boundary != nil {
		boundary = d.policy(p.Boundary, LayerBoundary)
	}
	if p.SessionPolicies != nil {
		session = d.layer(p.SessionPolicies, LayerSession)
	}
	if p.Kind == KindRoot {
		identity.allow = policy.True
	}
	resource := d.resourcePolicy(r.ResourcePolicy, p)
	if d.deny == policy.True {
		return Decision{Denied, d.denyLayer, d.denyBy, true}
	}
	side := callerSide{identity, boundary, session}
	return d.combine(side, resource, organization, resourceOrg)
}

// callerSide are the layers that belong to the principal.
type callerSide struct{ identity, boundary, session grant }

// combine applies the formula to what the layers say; no deny is certain.
func (d *decider) combine(side callerSide, resource resourceGrants, organization, resourceOrg grant) Decision {
	within := side.boundary.allow.And(side.session.allow)
	own := side.identity.allow.And(within)
	granted, byResource := d.inAccount(own, within, resource)
	cross := d.crossAccount()
	switch both := own.And(resource.any()); {
	case cross == policy.True:
		granted, byResource = both, false
	case cross == policy.Maybe && granted != both:
		granted, byResource = policy.Maybe, false
	}
	granted = granted.And(organization.allow).And(resourceOrg.allow)
	result := granted.And(d.deny.Not())
	out := Decision{Verdict: verdictOf(result)}
	switch {
	case result == policy.True:
		out.Layer, out.By = LayerIdentity, side.identity.by
		if byResource {
			out.Layer, out.By = LayerResource, resource.by()
		}
	case d.deny == policy.Maybe && granted != policy.False:
		out.Layer, out.By, out.Explicit = d.denyLayer, d.denyBy, true
	default:
		if cross == policy.False && resource.role.allow > result {
			// The resource's grant would have been enough within the boundary.
			side.identity.allow = policy.True
		}
		out.Layer, out.By = d.weakest(side, resource, organization, resourceOrg, result)
	}
	return out
}

// inAccount tells what is granted in one account: by the principal's own
// policies, or by the resource's.
func (d *decider) inAccount(own, within policy.Truth, resource resourceGrants) (granted policy.Truth, byResource bool) {
	if d.mustAllow() && d.e.request.ResourcePolicy != nil {
		own = own.And(resource.account.allow)
	}
	granted = own.Or(resource.direct.allow).Or(resource.role.allow.And(within))
	return granted, granted > own
}

// weakest names the first layer that lets no more through than the whole.
func (d *decider) weakest(side callerSide, resource resourceGrants, organization, resourceOrg grant, result policy.Truth) (Layer, Ref) {
	for _, l := range [...]struct {
		layer Layer
		grant grant
	}{
		{LayerOrganization, organization},
		{LayerResourceOrg, resourceOrg},
		{LayerIdentity, side.identity},
		{LayerBoundary, side.boundary},
		{LayerSession, side.session},
	} {
		if l.grant.allow <= result {
			return l.layer, l.grant.by
		}
	}
	return LayerResource, resource.by()
}

// note keeps the strongest deny.
func (d *decider) note(t policy.Truth, layer Layer, by Ref) {
	if t > d.deny {
		d.deny, d.denyLayer, d.denyBy = t, layer, by
	}
}

// levels evaluates the levels of an organization: each must allow.
func (d *decider) levels(levels [][]*Policy, layer Layer) grant {
	g := grant{allow: policy.True}
	for _, level := range levels {
		if one := d.layer(level, layer); one.allow < g.allow {
			g = one
		}
	}
	return g
}

// layer evaluates policies of which one must allow.
func (d *decider) layer(policies []*Policy, layer Layer) grant {
	g := noGrant
	for _, p := range policies {
		if one := d.policy(p, layer); one.allow > g.allow {
			g = one
		}
	}
	return g
}

// policy evaluates one policy, notes its denies, and says how far it allows.
func (d *decider) policy(p *Policy, layer Layer) grant {
	g := noGrant
	if p.hidden != nil {
		d.note(policy.Maybe, layer, Ref{p, -1})
		return grant{policy.Maybe, Ref{p, -1}}
	}
	for i, s := range p.statements {
		wanted := s.allows && g.allow != policy.True || s.denies && d.deny != policy.True
		if !wanted {
			continue
		}
		t := s.applies(&d.e, d.action, d.resource)
		if t == policy.False {
			continue
		}
		if s.denies {
			d.note(t, layer, Ref{p, i})
		}
		if s.allows && t > g.allow {
			g = grant{t, Ref{p, i}}
		}
	}
	return g
}

// mustAllow reports whether the resource's own policy must allow even in the
// same account: role trust policies and KMS key policies (IAM User Guide,
// policy evaluation logic).
func (d *decider) mustAllow() bool {
	return strings.HasPrefix(d.action, "sts:assumerole") || strings.HasPrefix(d.action, "kms:")
}

// rcpServices are the services whose resources are under resource control
// policies (AWS Organizations, resource control policies). IAM is none of
// them; role assumption, being an action of STS, is under them.
var rcpServices = []string{
	"s3", "sts", "kms", "sqs", "secretsmanager", "cognito-identity", "cognito-idp", "logs", "dynamodb", "ecr", "aoss",
}

// underRCPs reports whether resource control policies count for an action,
// given in lower case.
func underRCPs(action string) bool {
	service, _, _ := strings.Cut(action, ":")
	return slices.Contains(rcpServices, service)
}

// awsOwned is the account of AWS's own policies.
const awsOwned = "aws"

// crossAccount tells whether the resource is in another account than the
// principal. AWS's own policies are everybody's to read, and what other
// services have under that account (browsers, code interpreters) to use. The
// root user of a member account has no policy that would have to allow.
func (d *decider) crossAccount() policy.Truth {
	r := d.e.request
	if r.ownSide || r.Principal == nil || r.Principal.Kind == KindService || r.Principal.Kind == KindFederated || d.action == assumeRoot {
		return policy.False
	}
	own := r.Principal.account()
	owner := policy.Literal(r.ResourceAccount)
	if r.ResourceAccount == "" {
		owner = accountOf(d.resource)
	}
	if owner.IsEmpty() || own.IsEmpty() || owner.Equal(own) {
		return policy.False
	}
	if s, known := owner.Known(); known {
		if s == awsOwned && (d.facts.readOnly || !strings.HasPrefix(d.action, "iam:")) {
			return policy.False
		}
		if !own.IsKnown() && s == awsOwned {
			return policy.True
		}
	}
	if owner.IsKnown() && own.IsKnown() {
		return policy.True
	}
	return policy.Maybe
}

// accountOf is the account in an ARN; empty where there is none.
func accountOf(arn policy.Text) policy.Text {
	if s, known := arn.Known(); known {
		for range arnSegments - 2 {
			_, rest, found := strings.Cut(s, ":")
			if !found {
				return policy.Text{}
			}
			s = rest
		}
		account, _, found := strings.Cut(s, ":")
		if !found {
			return policy.Text{}
		}
		return policy.Literal(account)
	}
	if a, ok := policy.ParseARN(arn); ok {
		return a.Account
	}
	return policy.Text{}
}

// CrossAccount tells whether the resource of a request is in another account
// than its principal, so that both sides must allow.
func CrossAccount(r *Request) Verdict {
	d := newDecider(env{request: r})
	d.prepare()
	return verdictOf(d.crossAccount())
}
