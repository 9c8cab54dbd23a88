package authz

import (
	"slices"
	"strings"
	"sync"

	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/policy"
)

// Policy is a policy document made ready for decisions. It is immutable and
// safe for concurrent use.
type Policy struct {
	// Document is what it was compiled from; nil for [Hidden].
	Document   *policy.Document
	statements []*statement
	// hidden is set where the policy may say anything at all.
	hidden *policy.Symbol
	// origin is the policy that this one is bound from; nil for the
	// caller's own.
	origin *Policy
	// like is the first policy with the same statements, nil for itself.
	like *Policy
	// symbolic tells that a symbol stands in the document.
	symbolic bool

	mu    sync.Mutex
	bound map[binding]*Policy
	// placing are texts of the document of which each is in another account or
	// partition; nil where they were not asked for.
	placing []policy.Text
}

// Compile prepares a document. An invalid one keeps its statements, of which
// none is then certain: IAM would refuse the document, or no principal knows how it
// reads it.
func Compile(d *policy.Document) *Policy { return compileWith(d, nil) }

// compileWith is Compile with some statements, by their places, that are compiled
// already.
func compileWith(d *policy.Document, known map[int]*statement) *Policy {
	p := &Policy{Document: d, hidden: d.Unknown}
	for i, source := range d.Statements {
		s := &statement{}
		if known[i] == nil {
			s = newStatement(source, d)
		} else {
			*s = *known[i]
			s.source = source
		}
		s.index = i
		p.statements = append(p.statements, s)
	}
	p.eachText(func(x policy.Text) { p.symbolic = p.symbolic || !x.IsKnown() })
	return p
}

// CompileLike prepares a document that has its statements in common with the one
// of a policy that is compiled already.
func CompileLike(d *policy.Document, p *Policy) *Policy {
	return &Policy{Document: d, hidden: d.Unknown, statements: p.statements, symbolic: p.symbolic, like: p.Like()}
}

// Like is the same for all policies that are known to say the same: answers
// about one hold for the others, but for where it stands.
func (p *Policy) Like() *Policy {
	if p != nil && p.like != nil {
		return p.like
	}
	return p
}

// Hidden is a policy that exists and of which nothing is known but the symbol
// that hides it: it may allow anything and deny anything.
func Hidden(s *policy.Symbol) *Policy {
	if s == nil {
		s = &policy.Symbol{Name: "unknown policy document"}
	}
	return &Policy{hidden: s}
}

// HiddenBy is what hides the policy; nil for one that is known.
func (p *Policy) HiddenBy() *policy.Symbol { return p.hidden }

// statement is one statement, compiled.
type statement struct {
	source *policy.Statement
	index  int // in the policy as it was compiled
	// doubt is why the statement may not be in force as it is written; nil
	// where it certainly is.
	doubt                 *doubt
	allows, denies        bool // both where the effect is hidden
	variables             bool // ${...} is a policy variable
	action, notAction     []actionPattern
	resource, notResource []*pattern
	// missingResource and missingAction tell that an element is not there
	// that the statement needs, so that it is taken to cover everything.
	missingResource, missingAction bool
	conditions                     []*condition
	principal, notPrincipal        *policy.Principals
	// tails are the resource parts of the ARNs that the statement covers, where
	// it is an Allow without conditions of a few ARNs and nothing else.
	tails []string
}

// doubt says why a statement is not certain.
type doubt struct {
	symbol *policy.Symbol
	text   string
}

const (
	doubtInvalid = "IAM would refuse the document, or its meaning is not documented"
	doubtMaybe   = "it is not known whether the statement exists"
	doubtUnknown = "a part of the statement is hidden"
	doubtEffect  = "the effect of the statement is not known"
	doubtChanged = "it depends on the name or the tags of the principal, which are not the same before and after"
)

func newStatement(src *policy.Statement, d *policy.Document) *statement {
	s := &statement{
		source: src, principal: src.Principal, notPrincipal: src.NotPrincipal,
		allows: src.Effect != policy.Deny, denies: src.Effect != policy.Allow,
		missingAction:   src.Action == nil && src.NotAction == nil,
		missingResource: src.Resource == nil && src.NotResource == nil,
	}
	switch {
	case src.Maybe != nil:
		s.doubt = &doubt{src.Maybe, doubtMaybe}
	case src.Unknown != nil:
		s.doubt = &doubt{src.Unknown, doubtUnknown}
	case src.Effect == policy.EffectUnknown:
		s.doubt = &doubt{src.EffectText.Symbol(), doubtEffect}
	case d.Invalid, s.missingAction, src.Action != nil && src.NotAction != nil, src.Resource != nil && src.NotResource != nil:
		s.doubt = &doubt{nil, doubtInvalid}
	}
	variables := d.Variables()
	s.variables = variables
	_, versionKnown := d.Version.Known()
	s.action, s.notAction = newActions(src.Action), newActions(src.NotAction)
	s.resource, s.notResource = newPatterns(src.Resource, variables), newPatterns(src.NotResource, variables)
	for i := range src.Condition {
		s.conditions = append(s.conditions, newCondition(&src.Condition[i], variables))
	}
	s.tails = s.exactTails()
	if s.doubt == nil && !versionKnown && s.usesVariables() {
		s.doubt = &doubt{d.Version.Symbols()[0], "the version of the document is not known, and with it whether policy variables count"}
	}
	return s
}

// exactTails are as in tails.
func (s *statement) exactTails() []string {
	if s.denies || len(s.conditions) > 0 || s.source.NotResource != nil {
		return nil
	}
	out := make([]string, len(s.resource))
	for i, p := range s.resource {
		if !p.isSimple || p.hasGlob || !p.isAR || len(p.segments) != arnSegments {
			return nil
		}
		out[i] = p.segments[arnSegments-1].simple
	}
	return out
}

func newPatterns(list []policy.Element, variables bool) []*pattern {
	out := make([]*pattern, 0, len(list))
	for _, e := range list {
		p := newPattern(e.Text, arnSyntax, variables)
		p.wildType = WildcardInType(e.Text)
		out = append(out, p)
	}
	return out
}

// WildcardInType reports whether an entry of Resource has a wildcard in the
// part that names the type of the resource, as ":r*" has in place of ":role/*".
// It is not allowed there (IAM User Guide, identify AWS resources with ARNs,
// incorrect wildcard usage), and what IAM makes of it is not documented. A star
// in place of the whole type, as in ":*/app-*", is what AWS writes itself, and
// so is a pattern in place of type and name.
func WildcardInType(x policy.Text) bool {
	parts, ok := policy.ARNParts(x)
	if !ok {
		return false
	}
	tail := parts[arnSegments-1].Prefix()
	typ := tail
	if i := strings.IndexAny(tail, "/:"); i >= 0 {
		typ = tail[:i]
	}
	if !strings.ContainsAny(typ, "*?") || strings.Trim(typ, "*") == "" {
		return false
	}
	prefix, known := parts[2].Known()
	if !known || strings.Contains(typ, "${") {
		return false
	}
	service, ok := catalog.LookupService(prefix)
	if !ok || !service.NamesTypes() {
		return false
	}
	start := typ[:strings.IndexAny(typ, "*?")]
	return service.Prefix == "iam" || start != "" && service.HasTypeWith(start)
}

func (s *statement) usesVariables() bool {
	has := func(p *pattern) bool { return p.hasVariable }
	if slices.ContainsFunc(s.resource, has) || slices.ContainsFunc(s.notResource, has) {
		return true
	}
	return slices.ContainsFunc(s.conditions, func(c *condition) bool {
		return slices.ContainsFunc(c.values, func(v conditionValue) bool { return v.hasVariable })
	})
}

// actionPattern is an entry of Action or NotAction, in lower case.
type actionPattern struct {
	text   string
	glob   bool
	source *pattern // set where symbols are in it
	odd    bool     // of a form that IAM does not document
}

func newActions(list []policy.Element) []actionPattern {
	out := make([]actionPattern, 0, len(list))
	for _, e := range list {
		s, known := e.Text.Known()
		if !known {
			out = append(out, actionPattern{source: newPattern(e.Text, globSyntax, false)})
			continue
		}
		a := actionPattern{text: strings.ToLower(s), glob: strings.ContainsAny(s, "*?")}
		service, _, found := strings.Cut(s, ":")
		a.odd = s != "*" && (!found || strings.ContainsAny(service, "*?"))
		out = append(out, a)
	}
	return out
}

// match tells whether the entry takes the action, given in lower case.
// Wildcards in the service are not a documented form: they may match or be
// refused.
func (a *actionPattern) match(lowered string) policy.Truth {
	switch {
	case a.source != nil:
		return a.source.match(policy.Literal(lowered), true, &env{})
	case !a.glob:
		return policy.TruthOf(a.text == lowered)
	case a.text == "*":
		return policy.True
	}
	t := policy.TruthOf(policy.Glob(a.text, lowered))
	if a.odd {
		return t.And(policy.Maybe)
	}
	return t
}

func matchActions(list []actionPattern, lowered string) policy.Truth {
	result := policy.False
	for i := range list {
		if result = result.Or(list[i].match(lowered)); result == policy.True {
			break
		}
	}
	return result
}

// coversAction tells whether the statement is about the action.
func (s *statement) coversAction(lowered string) policy.Truth {
	switch {
	case s.missingAction:
		return policy.True
	case s.source.Action != nil && s.source.NotAction != nil:
		return policy.Maybe
	case s.source.NotAction != nil:
		return matchActions(s.notAction, lowered).Not()
	}
	return matchActions(s.action, lowered)
}

func matchResources(list []*pattern, x policy.Text, e *env) policy.Truth {
	result := policy.False
	for _, p := range list {
		if result = result.Or(p.matchResource(x, e)); result == policy.True {
			break
		}
	}
	return result
}

// coversResource tells whether the statement is about the resource.
func (s *statement) coversResource(x policy.Text, e *env) policy.Truth {
	switch {
	case s.missingResource:
		return policy.True
	case s.source.Resource != nil && s.source.NotResource != nil:
		return policy.Maybe
	case s.source.NotResource != nil:
		t := matchResources(s.notResource, x, e).Not()
		if t == policy.True && s.lacksVariable(e) {
			// An entry without a value for its variable matches nothing, so
			// that NotResource covers more; others let the whole statement
			// match nothing.
			return policy.Maybe
		}
		return t
	}
	return matchResources(s.resource, x, e)
}

// lacksVariable reports whether an entry of NotResource has, or may have, a
// variable without value and default.
func (s *statement) lacksVariable(e *env) bool {
	for _, p := range s.notResource {
		if !p.hasVariable || p.variableEarly {
			continue
		}
		for i := range p.pieces {
			v := p.pieces[i].variable
			if v == nil || v.hasDefault || v.hidden != nil {
				continue
			}
			var one [1]policy.Text
			if _, state := e.request.lookup(&v.key, &one); state != keyPresent {
				return true
			}
		}
	}
	return false
}

// applies tells whether the statement applies to the request, whichever principal makes
// it.
func (s *statement) applies(e *env, lowered string, resource policy.Text) policy.Truth {
	result := s.coversAction(lowered)
	if result == policy.False {
		return policy.False
	}
	if result = result.And(s.coversResource(resource, e)); result == policy.False {
		return policy.False
	}
	for _, c := range s.conditions {
		if result = result.And(c.holds(e)); result == policy.False {
			return policy.False
		}
	}
	if s.doubt != nil {
		return result.And(policy.Maybe)
	}
	return result
}
