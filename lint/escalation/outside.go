package escalation

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/compute"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// Outside is a way that an actor could go if there were something that the
// input does not contain.
type Outside struct {
	Actor *holders.Holder
	Way   *Way
	// Lacks is the thing that is not in the input; "" where it is the target.
	Lacks compute.Kind
	// Example is a target that the actor's permissions cover, where that is
	// what the input lacks.
	Example policy.Text
	// Requests are those on the target.
	Requests []authz.Answer
}

// maxExamples bounds how many declared targets are passed over in the search
// for one that is not.
const maxExamples = 8

// outside lists the ways that a node could certainly go on a principal unbounded
// who is not in the input, or through something else that is not.
func (e *engine) outside(n *node) []Outside {
	if e.isUnsure(n) {
		return nil
	}
	var out []Outside
	for _, w := range e.usable(n) {
		if !acting(w) || w.Gains.Has(Grows) || w.Target != TargetRole && w.Target != TargetUser || !actorMay(w, n) {
			continue
		}
		if w.Kind == Existing {
			if o, ok := e.outsideThing(n, w); ok {
				out = append(out, o)
			}
			continue
		}
		o := Outside{Actor: n.holder, Way: w}
		if _, _, ok := e.neededAtAll(n, w); !ok {
			o.Lacks = e.lacking(n, w)
			if o.Lacks == "" || e.wouldBe(n, w) == nil {
				continue
			}
			out = append(out, o)
			continue
		}
		if a := e.wouldBe(n, w); a != nil {
			o.Example, o.Requests = a.example, a.requests
			out = append(out, o)
		}
	}
	return append(out, e.outsideRoots(n)...)
}

// neededAtAll asks for what a way needs whoever the target is.
func (e *engine) neededAtAll(n *node, w *Way) ([]thing, []authz.Reason, bool) {
	one := *w
	one.Needs = slices.DeleteFunc(slices.Clone(w.Needs),
		func(x Need) bool { return x.Carries || x.OfActor || x.Kind == compute.IdentityProvider })
	return e.needed(n, &one, nil)
}

// lacking is the first thing that a way needs and the input lacks.
func (e *engine) lacking(n *node, w *Way) compute.Kind {
	for _, need := range w.Needs {
		one := *w
		one.Needs = []Need{need}
		if _, _, ok := e.neededAtAll(n, &one); !ok {
			return need.Kind
		}
	}
	return ""
}

// would is a way that could be gone on a principal that is not in the input.
type would struct {
	example  policy.Text
	requests []authz.Answer
}

// wouldBe tries a way on a principal unbounded whose ARN is none of the input's;
// nil where that is not allowed.
func (e *engine) wouldBe(n *node, w *Way) *would {
	kind := iam.Role
	if w.Target == TargetUser {
		kind = iam.User
	}
	s := situation{way: w}
	if _, ok := e.sameMade(n, &s); !ok && hasMade(w) {
		return nil
	}
	var found *would
	for i := range w.Steps {
		r := &w.Steps[i]
		switch {
		case r.Optional:
		case r.On != OnTarget || found != nil:
			with := s
			if found != nil {
				with.target = &target{kind: kind, arn: found.example}
			}
			if r.On == OnMade || r.On == OnCompute {
				continue
			}
			if e.request(n, r, &with).Verdict != authz.Allowed {
				return nil
			}
		default:
			if found = e.unlisted(n, r, kind); found == nil {
				return nil
			}
		}
	}
	return found
}

func hasMade(w *Way) bool {
	return slices.ContainsFunc(w.Steps, func(r Requirement) bool { return r.On == OnMade })
}

// unlisted looks for a target of a request that the input does not declare.
func (e *engine) unlisted(n *node, r *Requirement, kind iam.EntityKind) *would {
	if _, granted := e.cover.allowed(n.principal, strings.ToLower(r.Action)); !granted {
		return nil
	}
	pattern := policy.Literal("arn:*:iam::*:" + string(kind) + "/*")
	q := &authz.Query{Actions: []string{r.Action}, Resources: []policy.Text{pattern}}
	// Who is declared is passed over below: a question that does not name the actor
	// has the same answer for all with its policies.
	if !n.principal.ARN.IsEmpty() && !e.isListed(n.principal.ARN) {
		q.NotResources = append(q.NotResources, n.principal.ARN)
	}
	for _, k := range r.Context {
		switch k.Choice {
		case TargetBoundary, Missing:
			q.Keys = append(q.Keys, authz.KeyConstraint{Key: k.Key, Absent: true})
		case OneOf:
			q.Keys = append(q.Keys, authz.KeyConstraint{Key: k.Key, In: literals(k.Values)})
		case FreeBoundary, FreePolicy:
		}
	}
	for range maxExamples {
		answer := e.search(n, n.slim, q)
		if answer.Verdict != authz.Allowed {
			return nil
		}
		x := answer.Witness.Resource
		if !e.isListed(x) {
			return &would{x, []authz.Answer{answer}}
		}
		q.NotResources = append(slices.Clone(q.NotResources), x)
	}
	return nil
}

// isListed reports whether the input declares an entity of that ARN.
func (e *engine) isListed(x policy.Text) bool {
	arn, ok := policy.ParseARN(x)
	if !ok {
		return false
	}
	tail, known := arn.Resource.Known()
	_, listed := e.cover.byTail[tail]
	return known && listed
}

// openPath is the path to a principal that may be there although the input does
// not declare it.
func (e *engine) openPath(n *node) *Path {
	for _, o := range e.outside(n) {
		if o.Lacks != "" {
			continue
		}
		p := &Path{Actor: n.holder, Verdict: authz.Undetermined, End: EndUnbounded}
		what := "a role"
		if o.Way.Target == TargetUser {
			what = "a user"
		}
		to := Node{Made: what + " that is not in the input", Name: o.Example}
		p.Steps = []Step{{From: n.describe(), To: to, Way: o.Way, Requests: o.Requests, By: n.principal}}
		p.Reasons = []authz.Reason{{Text: "it depends on whether there is " + what + " without a permissions boundary such as " +
			o.Example.String()}}
		return p
	}
	return nil
}
