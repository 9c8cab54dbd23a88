package authz

import (
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
)

// matchARN is the comparison of ArnLike and ArnEquals, which are the same:
// each of the six parts is matched on its own, case counting (IAM User Guide,
// ARN condition operators). Of a pattern with fewer parts the documentation
// does not say what it matches; it is taken both ways.
func (p *pattern) matchARN(x policy.Text, e *env) policy.Truth {
	if s, known := x.Known(); known && p.isSimple {
		if len(p.segments) == arnSegments {
			return policy.TruthOf(policy.MatchARNSegments(p.simple, s))
		}
		return policy.TruthOf(isARN(x) && policy.Glob(p.simple, s)).And(policy.Maybe)
	}
	if p.isSpread() {
		return p.matchSpread(func(q *pattern) policy.Truth { return q.matchARN(x, e) })
	}
	if e.apart(p, x) {
		return policy.False
	}
	return p.matchSegments(x, false, e)
}

func isARN(x policy.Text) bool {
	if s, known := x.Known(); known {
		return strings.HasPrefix(s, "arn:") && strings.Count(s, ":") >= arnSegments-1
	}
	return len(policy.SplitARN(x)) == arnSegments
}

// matchSegments compares part by part where both sides can be divided, and as
// a whole where a symbol may hide colons. foldHead ignores case in the parts
// before the last.
func (p *pattern) matchSegments(x policy.Text, foldHead bool, e *env) policy.Truth {
	if s, known := x.Known(); known && len(p.segments) == arnSegments {
		return p.matchKnownSegments(s, foldHead, e)
	}
	parts := policy.SplitARN(x)
	if len(parts) != arnSegments || len(p.segments) != arnSegments {
		if p.isExact() && x.Equal(p.source) {
			return policy.True
		}
		if tail, ok := p.afterSameARN(x); ok {
			return p.matchPieces(p.pieces[1:], tail, false, e)
		}
		return p.matchPieces(p.pieces, x, false, e).And(policy.Maybe)
	}
	result := policy.True
	for i := range p.segments {
		result = result.And(p.matchPieces(p.segments[i].pieces, parts[i], foldHead && i < arnSegments-1, e))
		if result == policy.False {
			return policy.False
		}
	}
	return result
}

// afterSameARN is what follows in x where pattern and x begin with the same
// ARN of a resource, as a symbol.
func (p *pattern) afterSameARN(x policy.Text) (policy.Text, bool) {
	parts := x.Parts()
	if len(parts) == 0 || len(p.pieces) == 0 || p.pieces[0].kind != symbolPiece {
		return policy.Text{}, false
	}
	s := p.pieces[0].symbol
	if parts[0].Symbol != s || !isName(s) || !strings.HasSuffix(s.Attribute, "arn") {
		return policy.Text{}, false
	}
	return policy.NewText(parts[1:]...), true
}

// matchKnownSegments is matchSegments for a known value: without memory where
// no segment needs any.
func (p *pattern) matchKnownSegments(s string, foldHead bool, e *env) policy.Truth {
	result := policy.True
	for i := range arnSegments - 1 {
		before, after, found := strings.Cut(s, ":")
		if !found {
			return policy.False
		}
		if result = result.And(p.matchSegment(i, before, foldHead, e)); result == policy.False {
			return policy.False
		}
		s = after
	}
	return result.And(p.matchSegment(arnSegments-1, s, false, e))
}

func (p *pattern) matchSegment(i int, s string, fold bool, e *env) policy.Truth {
	segment := &p.segments[i]
	switch {
	case !segment.isSimple:
		return p.matchPieces(segment.pieces, policy.Literal(s), fold, e)
	case fold:
		return policy.TruthOf(policy.GlobFold(segment.simple, s))
	}
	return policy.TruthOf(policy.Glob(segment.simple, s))
}

// wholeResource is the resource of actions that have no resource types.
const wholeResource = "*"

// matchResource tells whether an entry of Resource or NotResource covers the
// resource of a request.
//
// Only an entry that is "*" covers the resource "*". ARNs are compared by
// their parts, the first five without regard to case; of a star that ends a
// part, AWS's current text says that it may run on past the colon, so both
// readings count. An entry with fewer than six parts is observed to behave as
// if the missing ones were stars, which AWS does not document: both readings
// count. Policy variables are honoured after the fifth colon only, and an
// entry with one before it matches nothing (IAM User Guide, policy
// variables).
func (p *pattern) matchResource(x policy.Text, e *env) policy.Truth {
	if p.wildType {
		plain := *p
		plain.wildType = false
		return plain.matchResource(x, e).And(policy.Maybe)
	}
	if p.star {
		return policy.True
	}
	s, known := x.Known()
	switch {
	case p.alternatives != nil:
		return p.matchSpread(func(q *pattern) policy.Truth { return q.matchResource(x, e) })
	case known && s == wholeResource:
		// A symbol alone may still stand for "*", unless it is an attribute.
		return policy.TruthOf(len(p.pieces) == 1 && p.hasSymbol && p.mayGlob).And(policy.Maybe)
	case p.variableEarly:
		return policy.False
	case known && p.isSimple:
		return p.matchKnownResource(s)
	case p.isSpread():
		return policy.Maybe
	case e.apart(p, x):
		return policy.False
	}
	if len(p.segments) < arnSegments {
		return p.matchSegments(x, true, e)
	}
	result := p.matchSegments(x, true, e)
	if result == policy.False && p.runningStar && p.matchPieces(p.pieces, x, false, e) != policy.False {
		return policy.Maybe
	}
	return result
}

func (p *pattern) matchKnownResource(s string) policy.Truth {
	if !p.isAR {
		// No ARN: IAM refuses such entries in its own policies; some
		// services take them in theirs.
		return policy.TruthOf(policy.Glob(p.simple, s)).And(policy.Maybe)
	}
	if len(p.segments) < arnSegments {
		bySegment, acrossColons := policy.MatchResource(p.simple, s)
		return policy.TruthOf(bySegment || acrossColons).And(policy.Maybe)
	}
	if p.matchKnownSegments(s, true, nil) == policy.True {
		return policy.True
	}
	// A star can run past a colon only if the resource part has one.
	if !p.runningStar || strings.Count(s, ":") < arnSegments {
		return policy.False
	}
	_, acrossColons := policy.MatchResource(p.simple, s)
	return policy.TruthOf(acrossColons).And(policy.Maybe)
}
