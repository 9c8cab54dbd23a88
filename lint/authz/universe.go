package authz

import (
	"slices"
	"strings"
	"time"

	"github.com/boundlint/boundlint/lint/policy"
)

// Universe is what is known of the account in which a question is asked.
type Universe struct {
	// Partition and Account are where the holder lives; symbols, or empty,
	// where that is not known. A literal account in a policy is then taken to
	// be the holder's own.
	Partition, Account policy.Text
	// Policies are the ARNs of the customer-managed policies that exist, as
	// far as they are known.
	Policies []policy.Text
	// Closed tells that no others exist: those that a complete dump lists are
	// all there are.
	Closed bool
	// Approved are the approved boundaries. Without any, a boundary is
	// approved that is a managed policy less wide than AdministratorAccess
	// and named in full.
	Approved []Approved
	// Protected are the boundaries that are known by their full ARNs: in use,
	// or named by conditions. Where none are approved, these must stay on those
	// who have them; without any, every boundary must.
	Protected []policy.Text
	// Document returns the document of a managed policy by its ARN, nil where
	// it is not known. AWS-managed policies need not be answered. The field
	// may be nil.
	Document func(arn policy.Text) *Policy
	// InUse tells whether the managed policy of that ARN is attached to an
	// entity or is its boundary, so that it cannot be deleted. The field may
	// be nil: nothing is known then.
	InUse func(arn policy.Text) Verdict
	// Wider tells whether a stored version of the managed policy of that ARN
	// allows more than the one in force. The field may be nil: nothing is
	// known then.
	Wider func(arn policy.Text) Verdict
	// Now is the earliest time at which requests can be made; zero where
	// time is not to matter.
	Now time.Time
	// Limits bound the work; zero fields have defaults.
	Limits Limits
	// Memory keeps what the next search finds out again. The field may be nil.
	Memory *Memory
}

// WiderVersion answers Wider.
func (u *Universe) WiderVersion(arn policy.Text) Verdict {
	if u == nil || u.Wider == nil {
		return Undetermined
	}
	return u.Wider(arn)
}

// Approved is a boundary that is approved.
type Approved struct {
	// ARN is a full ARN or a glob over ARNs. A wildcard in the account part
	// means the holder's own account or AWS's.
	ARN policy.Text
	// Names are globs over the names of the entities that it is approved
	// for; empty for all.
	Names []string
}

// Limits bound a search. Where one is reached the answer is Undetermined and
// says so.
type Limits struct {
	// Branches bounds how many combinations of statements are tried for one
	// action in one reading.
	Branches int
	// States bounds the states of one product of automata.
	States int
	// Check is called again and again during a search, which it ends by a
	// panic; nil for nothing of the kind.
	Check func()
}

// The default limits: far more than real policies need, little enough that a
// search ends within a second.
const (
	defaultBranches = 2000
	defaultStates   = 20000
)

func (l Limits) check() {
	if l.Check != nil {
		l.Check()
	}
}

func (l Limits) branches() int {
	if l.Branches > 0 {
		return l.Branches
	}
	return defaultBranches
}

func (l Limits) states() int {
	if l.States > 0 {
		return l.States
	}
	return defaultStates
}

// Query is a question: is there a request for one of these actions, under
// these constraints, that is allowed?
type Query struct {
	// Actions are full names or patterns as in an Action element. Patterns
	// are spelled out by the catalog, and by one action of each service that
	// the catalog does not know.
	Actions []string
	// Resources are ARNs or patterns as in a Resource element, of which one
	// must cover the resource; any will do if it is empty. NotResources must
	// not cover it.
	Resources, NotResources []policy.Text
	// ResourceAccount is the account that owns the resources, where their ARNs do not tell
	// it, as those of S3 do not; "" for the principal's own.
	ResourceAccount string
	// Keys constrain condition keys of the request.
	Keys []KeyConstraint
	// Unless lists requests that do not count.
	Unless []Exception
	// Beyond is a principal to whom the request must not be allowed, decided by
	// its own name and tags: the holder as it was before, say. Nil is none.
	Beyond *Principal
	// prepared are the constraints as a policy, of a query that is asked several times
	// as it is; nil for others.
	prepared *Policy
}

// KeyConstraint demands something of one condition key.
type KeyConstraint struct {
	Key string
	// Absent demands that the request lacks the key, Present that it has it.
	Absent, Present bool
	// In are values or globs of which one must take the value; NotIn must not
	// take it. A request without the key fulfils NotIn and not In.
	In, NotIn []policy.Text
	// Created demands that the value be the ARN of a managed policy that the
	// holder creates for the purpose, of a name that no known policy has.
	Created bool
}

// creates reports whether the value of a key has to be a policy of the
// holder's making.
func (q *Query) creates(key string) bool {
	return slices.ContainsFunc(q.Keys, func(k KeyConstraint) bool { return k.Created && strings.EqualFold(k.Key, key) })
}

// Exception describes requests that do not count: those whose resource is
// covered by one of Resources (all, if empty) and whose key has a value that
// one of Values takes and none of Except.
type Exception struct {
	Resources      []policy.Text
	Key            string
	Values, Except []policy.Text
	// narrow are the policies that Values lists, where they are those of a universe.
	narrow *narrowPolicies
}

// queryVersion is the version of the language that queries are written in.
const queryVersion = "2012-10-17"

// prepare keeps the constraints as a policy: the query does not change from now on.
func (q *Query) prepare() { q.prepared = q.compile() }

// compile turns the constraints into a policy: its Allow must allow and its
// Denies must not deny, as if it were another layer.
func (q *Query) compile() *Policy {
	if q.prepared != nil {
		return q.prepared
	}
	d := &policy.Document{Version: policy.Literal(queryVersion)}
	add := func(s *policy.Statement) {
		s.Index = len(d.Statements)
		s.Action = elements(policy.Literal("*"))
		d.Statements = append(d.Statements, s)
	}
	must := &policy.Statement{Effect: policy.Allow, Resource: elements(policy.Literal("*"))}
	if len(q.Resources) > 0 {
		must.Resource = escaped(q.Resources)
	}
	for _, k := range q.Keys {
		if k.Absent || k.Present || k.Created {
			must.Condition = append(must.Condition, policy.Condition{
				Operator: policy.Literal("Null"), Key: policy.Literal(k.Key), Values: elements(policy.Literal(boolText(k.Absent))),
			})
		}
		if len(k.In) > 0 {
			must.Condition = append(must.Condition, valueCondition(k.Key, k.In, false)...)
		}
		if len(k.NotIn) > 0 {
			must.Condition = append(must.Condition, valueCondition(k.Key, k.NotIn, true)...)
		}
	}
	add(must)
	if len(q.NotResources) > 0 {
		add(&policy.Statement{Effect: policy.Deny, Resource: escaped(q.NotResources)})
	}
	known := map[int]*statement{}
	for i := range q.Unless {
		x := &q.Unless[i]
		if x.narrow == nil {
			add(x.statement())
			continue
		}
		one := x.narrow.denial()
		source := *one.source
		known[len(d.Statements)] = one
		add(&source)
	}
	return compileWith(d, known)
}

// statement denies the requests that do not count.
func (x *Exception) statement() *policy.Statement {
	s := &policy.Statement{Effect: policy.Deny, Resource: elements(policy.Literal("*"))}
	if len(x.Resources) > 0 {
		s.Resource = escaped(x.Resources)
	}
	if len(x.Values) > 0 {
		s.Condition = append(s.Condition, valueCondition(x.Key, x.Values, false)...)
	}
	if len(x.Except) > 0 {
		s.Condition = append(s.Condition, valueCondition(x.Key, x.Except, true)...)
	}
	return s
}

func elements(texts ...policy.Text) []policy.Element {
	out := make([]policy.Element, len(texts))
	for i, x := range texts {
		out[i] = policy.Element{Text: x}
	}
	return out
}

// escaped are patterns in which ${ is no variable.
func escaped(texts []policy.Text) []policy.Element {
	out := make([]policy.Element, len(texts))
	for i, x := range texts {
		var parts []policy.Part
		for _, p := range x.Parts() {
			p.Literal = strings.ReplaceAll(p.Literal, "${", "${$}{")
			parts = append(parts, p)
		}
		out[i] = policy.Element{Text: policy.NewText(parts...)}
	}
	return out
}

// valueCondition compares exact values as strings, ARNs with wildcards as
// ARNs, and what else has wildcards as globs. negated wants none to match.
func valueCondition(key string, values []policy.Text, negated bool) []policy.Condition {
	var exact, arns, globs []policy.Text
	for _, x := range values {
		switch _, isARN := policy.ParseARN(x); {
		case !isGlob(x):
			exact = append(exact, x)
		case isARN:
			arns = append(arns, x)
		default:
			globs = append(globs, x)
		}
	}
	condition := func(op string, list []policy.Text) policy.Condition {
		return policy.Condition{Operator: policy.Literal(op), Key: policy.Literal(key), Values: escaped(list)}
	}
	if !negated {
		switch {
		case len(arns)+len(globs) == 0:
			return []policy.Condition{condition("ForAnyValue:StringEquals", exact)}
		case len(globs) == 0 && !slices.ContainsFunc(exact, notARN):
			return []policy.Condition{condition("ForAnyValue:ArnLike", values)}
		}
		return []policy.Condition{condition("ForAnyValue:StringLike", values)}
	}
	var out []policy.Condition
	if len(exact) > 0 {
		out = append(out, condition("ForAllValues:StringNotEquals", exact))
	}
	if len(arns) > 0 {
		out = append(out, condition("ForAllValues:ArnNotLike", arns))
	}
	if len(globs) > 0 {
		out = append(out, condition("ForAllValues:StringNotLike", globs))
	}
	return out
}

// isGlob reports whether a wildcard stands in the text.
func isGlob(x policy.Text) bool {
	return slices.ContainsFunc(x.Parts(), func(p policy.Part) bool { return strings.ContainsAny(p.Literal, "*?") })
}

func notARN(x policy.Text) bool {
	_, ok := policy.ParseARN(x)
	return !ok
}
