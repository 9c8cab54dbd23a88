package authz

import (
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
)

// bound says from which side a language approaches a pattern: the lower one
// holds what the pattern certainly takes, the upper one what it may take.
type bound uint8

const (
	lower bound = iota
	upper
)

// langOf turns pieces into places. It gives nothing where the pattern matches
// nothing on that side of the bound.
func (p *pattern) langOf(segments [][]piece, side bound, fold bool, e *env) []*lang {
	var places []langPlace
	hidden := false
	for i, segment := range segments {
		if i > 0 {
			places = append(places, langPlace{place: place{literalPiece, letter{r: ':'}}})
		}
		inner, f := appendPlaces(nil, segment, p.syntax, e)
		if f.missing {
			return nil
		}
		hidden = hidden || f.hidden
		head := len(segments) == arnSegments && i < arnSegments-1
		for _, q := range inner {
			if side == upper && f.wildcards && q.kind == literalPiece {
				// A star in the value of a variable may be a wildcard.
				switch q.r {
				case '*':
					q = place{kind: starPiece}
				case '?':
					q = place{kind: onePiece}
				}
			}
			places = append(places, langPlace{place: q, colonless: head, fold: fold})
		}
	}
	if hidden && side == lower {
		return nil
	}
	return []*lang{newLang(places, side == upper)}
}

// apartFor reports whether the pattern, in the reading that keeps texts
// without symbols apart from those with, takes no word without symbols.
func (p *pattern) apartFor(e *env) bool {
	return e.reading == apartReading && p.hasSymbol && (p.syntax == exactSyntax || !p.mayGlob || e.allNamed(p))
}

// resourceLangs are the languages of what follows a fixed head in the
// resources that the entry covers. plain asks for words without symbols only.
func (p *pattern) resourceLangs(head string, side bound, plain bool, e *env) []*lang {
	switch {
	case p.star:
		return []*lang{anything()}
	case p.variableEarly, p.wildType && side == lower:
		return nil
	case p.isSpread():
		return p.spreadLangs(side, func(q *pattern) []*lang { return q.resourceLangs(head, side, plain, e) })
	case plain && p.apartFor(e):
		return nil
	}
	var out []*lang
	if len(p.segments) == arnSegments && p.isAR {
		out = alive(out, p.headed(head, side, e))
	} else if side == upper {
		out = alive(out, p.shortLangs(head, e))
	}
	if side == upper && p.runningStar {
		for _, l := range p.langOf([][]piece{p.pieces}, side, false, e) {
			out = alive(out, []*lang{l.feed(head)})
		}
	}
	return out
}

// headed matches the parts before the resource part with the head, ignoring
// case, and gives the language of the resource part.
func (p *pattern) headed(head string, side bound, e *env) []*lang {
	parts := strings.Split(head, ":")
	if len(parts) != arnSegments {
		return nil
	}
	least := policy.True
	if side == upper {
		least = policy.Maybe
	}
	for i := range arnSegments - 1 {
		if p.matchSegment(i, parts[i], true, e) < least {
			return nil
		}
	}
	out := p.langOf([][]piece{p.segments[arnSegments-1].pieces}, side, false, e)
	for i := range out {
		out[i] = out[i].feed(parts[arnSegments-1])
	}
	return out
}

// shortLangs are for entries with fewer than six parts: as if the missing
// ones were stars, or as the text stands.
func (p *pattern) shortLangs(head string, e *env) []*lang {
	out := p.langOf([][]piece{p.pieces}, upper, false, e)
	for i := range out {
		out[i] = out[i].feed(head)
	}
	if p.isAR {
		parts := strings.Split(head, ":")
		for i := range p.segments {
			if i >= len(parts)-1 || p.matchSegment(i, parts[i], true, e) == policy.False {
				return out
			}
		}
		out = append(out, anything())
	}
	return out
}

func alive(out, more []*lang) []*lang {
	for _, l := range more {
		if !l.isDead() {
			out = append(out, l)
		}
	}
	return out
}

// valueLangs are the languages of the request values that a condition value
// takes, for the string and ARN operators.
func (v *conditionValue) valueLangs(op policy.Operator, side bound, plain bool, e *env) []*lang {
	p := v.pattern
	if p.isSpread() {
		return p.spreadLangs(side, func(q *pattern) []*lang {
			return (&conditionValue{pattern: q, typed: v.typed}).valueLangs(op, side, plain, e)
		})
	}
	if plain && p.apartFor(e) {
		return nil
	}
	fold := op.Family == policy.FamilyString && op.Compare == policy.EqualsIgnoreCase
	if p.syntax == arnSyntax {
		switch {
		case len(p.segments) == arnSegments:
			return p.langOf(p.parts(), side, false, e)
		case side == lower && (!p.isExact() || !p.hasSymbol):
			return nil
		}
	}
	return p.langOf([][]piece{p.pieces}, side, fold, e)
}
