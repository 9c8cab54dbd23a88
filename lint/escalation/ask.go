package escalation

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

const (
	assumeRole    = "sts:AssumeRole"
	administrator = "arn:*:iam::aws:policy/AdministratorAccess"
)

// maxRemembered bounds how many answers are kept.
const maxRemembered = 1 << 18

// search asks one question of a node, and remembers the answer for all nodes
// whose policies say the same of the action.
func (e *engine) search(n *node, u *authz.Universe, q *authz.Query) authz.Answer {
	if u.Limits.Check != nil {
		u.Limits.Check() // answers that are remembered take time, too
	}
	key := queryKey(e.classAbout(n, q), u == n.slim, q)
	if known, ok := e.answers[key]; ok {
		return known
	}
	e.asked++
	answer := authz.Search(n.principal, u, q)
	if len(e.answers) < maxRemembered {
		e.answers[key] = answer
	}
	return answer
}

func queryKey(class int, slim bool, q *authz.Query) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %v %v", class, slim, q.Actions)
	texts := func(list []policy.Text) {
		b.WriteByte('[')
		for _, x := range list {
			b.WriteString(x.Key())
			b.WriteByte(' ')
		}
		b.WriteByte(']')
	}
	texts(q.Resources)
	texts(q.NotResources)
	for i := range q.Keys {
		k := &q.Keys[i]
		fmt.Fprintf(&b, "%s %v %v %v", k.Key, k.Absent, k.Present, k.Created)
		texts(k.In)
		texts(k.NotIn)
	}
	return b.String()
}

// situation is what the requests of a way are about, this time.
type situation struct {
	way    *Way
	target *target
	// arns are the resources of OnTarget where it is not an entity: a group, a
	// policy.
	arns []policy.Text
	// thing is the first of the way's needs.
	thing policy.Text
	// tags are those of the thing; nil where they are not asked for.
	tags *iam.Tags
	// policies and groups are what OnTargetPolicy and OnTargetGroup stand for.
	policies, groups []policy.Text
	// boundary constrains the boundary that a new entity gets.
	boundary []authz.KeyConstraint
	// detached is the policy that the requests name, empty for none.
	detached policy.Text
	// attached is the policy that the requests attach; empty for one of the actor's
	// choosing, or any at all with anyPolicy.
	attached  policy.Text
	anyPolicy bool
	// made is the resource that OnMade stands for, once it is fixed.
	made []policy.Text
}

// denied is the answer that something is not there to be asked about.
func denied() authz.Answer { return authz.Answer{Verdict: authz.Denied} }

// better keeps the answer that allows more.
func better(x, y authz.Answer) authz.Answer {
	if y.Verdict == authz.Allowed && x.Verdict != authz.Allowed || y.Verdict == authz.Undetermined && x.Verdict == authz.Denied {
		return y
	}
	return x
}

// request asks for one requirement or one of its alternatives.
func (e *engine) request(n *node, r *Requirement, s *situation) authz.Answer {
	answer := e.one(n, r, s)
	for i := range r.Alternatives {
		if e.settles(n, answer.Verdict) {
			break
		}
		answer = better(answer, e.one(n, &r.Alternatives[i], s))
	}
	return answer
}

func (e *engine) one(n *node, r *Requirement, s *situation) authz.Answer {
	if _, ok := e.allowedOn(n, r.Action); !ok {
		return denied()
	}
	if r.Action == assumeRole && r.On == OnTarget && s.target != nil && s.target.of != nil {
		return e.assume(n, s.target.of)
	}
	on, ok := s.resources(r)
	if !ok || stays(n, r, s) {
		return denied()
	}
	best := denied()
	for _, x := range on {
		if r.On == OnCompute && makesProvider(r.Action) && slices.ContainsFunc(e.providers, x.Equal) {
			// It is there already.
			continue
		}
		for _, keys := range e.contexts(n, r, s) {
			best = better(best, e.on(n, r.Action, x, keys))
			if e.settles(n, best.Verdict) {
				return best
			}
		}
	}
	return best
}

func makesProvider(action string) bool {
	return action == "iam:CreateSAMLProvider" || action == "iam:CreateOpenIDConnectProvider"
}

// resources are what a requirement may be made on; an empty text is anything.
func (s *situation) resources(r *Requirement) ([]policy.Text, bool) {
	anything := []policy.Text{{}}
	switch r.On {
	case OnTarget:
		if s.target != nil {
			return append([]policy.Text{s.target.arn}, s.target.others...), true
		}
		if s.made != nil {
			return s.made, true
		}
		if s.arns != nil {
			return s.arns, len(s.arns) > 0
		}
	case OnTargetPolicy:
		return s.policies, len(s.policies) > 0
	case OnTargetGroup:
		return s.groups, len(s.groups) > 0
	case OnCompute:
		if !s.thing.IsEmpty() {
			return []policy.Text{s.thing}, true
		}
	case OnMade:
		if s.made != nil {
			return s.made, true
		}
	case OnChosen:
	}
	return anything, true
}

// on asks for an action on one resource, or on any where the text is empty.
func (e *engine) on(n *node, action string, x policy.Text, c context) authz.Answer {
	if isElsewhere(n, x) {
		return e.abroad(n, action, x, c)
	}
	q := &authz.Query{Actions: []string{action}, Keys: c.keys}
	switch a, ok := catalog.LookupAction(action); {
	case x.IsEmpty(), ok && a.TakesNoResource():
	case ok && !actsOn(a, x):
		return denied()
	default:
		q.Resources = []policy.Text{x}
	}
	u := n.slim
	if c.policies {
		u = n.universe
	} else if len(c.exist) > 0 {
		with := *n.slim
		with.Policies = c.exist
		u = &with
	}
	answer := e.search(n, u, q)
	return e.settle(n, answer, x, c)
}

// doubted is an answer that depends on something more.
func doubted(a authz.Answer, r authz.Reason) authz.Answer {
	return authz.Answer{
		Verdict: authz.Undetermined, Perhaps: a.Witness, AssumedAccount: a.AssumedAccount, Reasons: append([]authz.Reason{r}, a.Reasons...),
	}
}

// actsOn reports whether an action is authorised on a resource of that kind.
func actsOn(a *catalog.Action, x policy.Text) bool {
	arn, isARN := policy.ParseARN(x)
	if !isARN {
		return true
	}
	service, known := arn.Service.Known()
	for _, r := range a.ResourceTypes {
		for _, template := range r.Type.ARNs {
			parts := policy.SplitARN(policy.Literal(template))
			const arnParts = 6
			if len(parts) < arnParts {
				continue
			}
			if s, _ := parts[2].Known(); known && s != service {
				continue
			}
			tail, _ := parts[arnParts-1].Known()
			fixed, _, _ := strings.Cut(tail, "${")
			prefix := arn.Resource.Prefix()
			if strings.HasPrefix(prefix, fixed) || strings.HasPrefix(fixed, prefix) && !arn.Resource.IsKnown() {
				return true
			}
		}
	}
	return false
}

// context is what the condition keys of a request hold.
type context struct {
	keys []authz.KeyConstraint
	// policies tells that it matters which managed policies there are; exist
	// are single ones that do.
	policies bool
	exist    []policy.Text
	doubt    *authz.Reason
	// tags are keys that hold what the actor puts there itself, first.
	tags []string
}

// contexts are the ways in which the keys of a request can come about, of
// which one must be allowed.
func (e *engine) contexts(n *node, r *Requirement, s *situation) []context {
	out := []context{{}}
	if !s.detached.IsEmpty() {
		out[0] = context{keys: []authz.KeyConstraint{{Key: policy.PolicyARNKey, In: []policy.Text{s.detached}}}, exist: []policy.Text{s.detached}}
	}
	for i := range r.Context {
		var next []context
		for _, c := range out {
			next = append(next, e.constrain(c, &r.Context[i], s)...)
		}
		out = next
	}
	switch {
	case r.On == OnTarget && s.target != nil && r.Action != passRole:
		return e.tagged(n, r.Action, s.target.arn, s.target.tags, out)
	case r.On == OnCompute && s.tags != nil:
		return e.tagged(n, r.Action, s.thing, *s.tags, out)
	}
	return out
}

func with(c context, k authz.KeyConstraint) context {
	c.keys = append(append([]authz.KeyConstraint{}, c.keys...), k)
	return c
}

func (e *engine) constrain(c context, k *Constraint, s *situation) []context {
	switch k.Choice {
	case OneOf:
		return []context{with(c, authz.KeyConstraint{Key: k.Key, In: literals(e.spellings(k.Values, s))})}
	case Missing:
		return []context{with(c, authz.KeyConstraint{Key: k.Key, Absent: true})}
	case TargetBoundary:
		if s.boundary != nil {
			c.keys = append(append([]authz.KeyConstraint{}, c.keys...), s.boundary...)
			c.policies = true
			return []context{c}
		}
		if s.target == nil {
			return []context{c}
		}
		return targetBoundary(c, k.Key, s.target)
	case FreeBoundary:
		if s.boundary != nil {
			c.keys = append(append([]authz.KeyConstraint{}, c.keys...), s.boundary...)
			c.policies = true
			return []context{c}
		}
		return widest(c, k.Key)
	case FreePolicy:
		switch {
		case s.anyPolicy:
			c.policies = true
			return []context{c}
		case !s.attached.IsEmpty():
			c = with(c, authz.KeyConstraint{Key: k.Key, In: []policy.Text{s.attached}})
			c.exist = append(slices.Clip(c.exist), s.attached)
			return []context{c}
		}
		return widest(c, k.Key)
	}
	return []context{c}
}

// widest are the contexts in which a managed policy is named that allows
// everything: AWS's own, or one that the actor writes for the purpose.
func widest(c context, key string) []context {
	aws := with(c, authz.KeyConstraint{Key: key, In: []policy.Text{policy.Literal(administrator)}})
	own := with(c, authz.KeyConstraint{Key: key, Created: true})
	own.policies = true
	return []context{aws, own}
}

// targetBoundary is the key that holds the boundary that the target has.
func targetBoundary(c context, key string, t *target) []context {
	if !t.boundary.Set {
		return []context{with(c, authz.KeyConstraint{Key: key, Absent: true})}
	}
	bounded := with(c, authz.KeyConstraint{Key: key, In: []policy.Text{t.boundary.Text}})
	bounded.exist = []policy.Text{t.boundary.Text}
	if t.bound != holders.BoundedHidden {
		return []context{bounded}
	}
	// It may turn out to have none: only what is allowed in both cases is
	// certain, which the one with less doubt stands for here.
	r := authz.Reason{Text: "it is not known whether " + t.arn.String() + " has a permissions boundary"}
	if symbols := t.boundary.Text.Symbols(); len(symbols) > 0 {
		r.Symbol = symbols[0]
	}
	bounded.doubt = &r
	none := with(c, authz.KeyConstraint{Key: key, Absent: true})
	none.doubt = &r
	return []context{bounded, none}
}

func literals(list []string) []policy.Text {
	out := make([]policy.Text, len(list))
	for i, s := range list {
		out[i] = policy.Literal(s)
	}
	return out
}

// spellings are the services as the catalogue and as the target's trust
// policy spell them: some have names for each region.
func (e *engine) spellings(services []string, s *situation) []string {
	out := append([]string{}, services...)
	if s.target == nil || s.target.of == nil {
		return out
	}
	trust := s.target.of.holder.Trust
	if trust == nil || trust.Document == nil {
		return out
	}
	for _, st := range trust.Document.Statements {
		if st.Principal == nil {
			continue
		}
		for _, entry := range st.Principal.Entries {
			text, known := entry.Text.Known()
			for _, service := range services {
				if known && text != service && SameService(text, service) {
					out = append(out, text)
				}
			}
		}
	}
	return out
}

// assume asks whether the node can assume a role of the input.
func (e *engine) assume(n, t *node) authz.Answer {
	key := fmt.Sprintf("assume %d %d %s", n.class, t.who, n.principal.ARN.String())
	if known, ok := e.answers[key]; ok {
		return known
	}
	answer := denied()
	arn := t.holder.Entity.ARN
	for _, c := range e.tagged(n, assumeRole, arn, t.holder.Entity.Tags, []context{{}}) {
		e.asked++
		answer = better(answer, e.settle(n, authz.Assume(n.principal, n.slim, arn, t.holder.Trust, c.keys...), arn, c))
		if e.settles(n, answer.Verdict) {
			break
		}
	}
	if len(e.answers) < maxRemembered {
		e.answers[key] = answer
	}
	return answer
}

// allowedOn are the holders on which a node may be allowed an action, from
// above.
func (e *engine) allowedOn(n *node, action string) (set, bool) {
	key := classAction{n.class, action}
	if known, ok := e.actions[key]; ok {
		return known.on, known.ok
	}
	on, ok := e.cover.allowed(n.principal, strings.ToLower(action))
	if action == assumeRole {
		// A trust policy may need no grant of the caller's.
		ok = true
	}
	e.actions[key] = allowance{on, ok}
	return on, ok
}

type classAction struct {
	class  int
	action string
}

type allowance struct {
	on set
	ok bool
}

// credentials counts the long-lived credentials of a user.
func credentials(e *iam.Entity, kind string) int {
	n := 0
	for i := range e.Credentials {
		c := &e.Credentials[i]
		if c.Kind == kind && c.Change != iam.ChangeDelete && c.Change != iam.ChangeForget {
			n++
		}
	}
	return n
}
