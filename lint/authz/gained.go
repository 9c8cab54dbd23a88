package authz

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/policy"
)

// Gain is an action of which some request is allowed to one principal and not
// to another, or may be.
type Gain struct {
	// Name is the action, Action what the catalog has of it: nil for one that
	// it lacks, which is named as the policy names it.
	Name   string
	Action *catalog.Action
	// Answer is Allowed or Undetermined.
	Answer Answer
	// Wholly tells that no request of the action was allowed to the other.
	Wholly bool
}

// Gained are the actions of which the holder is allowed more than the other is:
// by service, and in it by name, as the catalog has them, then those that it
// lacks. It answers what [Search] would with [Query.Beyond], for all actions
// that the policies can tell apart.
func Gained(holder, other *Principal, u *Universe) []Gain {
	other = other.settledFor(holder)
	g := &gained{answers: map[string]Gain{}}
	if g.differing = g.differences(holder.layers(), other.layers()); g.differing == nil {
		return nil
	}
	g.is, g.was = newEffective(holder, u), newEffective(other, u)
	var out []Gain
	for _, prefix := range catalog.Services() {
		service, ok := catalog.LookupService(prefix)
		if !ok || !g.isAbout(service.Prefix) {
			continue
		}
		g.is.enter(service.Prefix)
		g.was.enter(service.Prefix)
		for action := range service.Actions() {
			if gain := g.of(action); gain.Answer.Verdict != Denied {
				gain.Name, gain.Action = action.String(), action
				out = append(out, gain.named())
			}
		}
	}
	return append(out, g.unlisted()...)
}

// gained compares two principals.
type gained struct {
	is, was *effective
	// differing are the statements that only one of them has, in a sense that
	// may make it more; everything tells that no action can be passed over.
	differing  []*effectiveStatement
	everything bool
	answers    map[string]Gain
}

// differences are the Allows that only the holder has, and the Denies that
// only the other has; nil where there is nothing that could be a gain.
func (g *gained) differences(own, others []rawLayer) []*effectiveStatement {
	out := []*effectiveStatement{}
	for _, l := range others {
		i := slices.IndexFunc(own, func(o rawLayer) bool { return o.layerPlace == l.layerPlace })
		if i < 0 {
			g.everything = true
			continue
		}
		g.note(&out, own[i].policies, l.policies, func(s *statement) bool { return s.allows })
	}
	all := func(layers []rawLayer) []*Policy {
		var list []*Policy
		for _, l := range layers {
			list = append(list, l.policies...)
		}
		return list
	}
	g.note(&out, all(others), all(own), func(s *statement) bool { return s.denies })
	if len(out) == 0 && !g.everything {
		return nil
	}
	return out
}

// note adds the wanted statements of some policies that are not within those of
// others.
func (g *gained) note(out *[]*effectiveStatement, list, others []*Policy, wanted func(*statement) bool) {
	hidden := map[*policy.Symbol]bool{}
	var there []*statement
	for _, p := range others {
		hidden[p.hidden] = true
		there = append(there, slices.DeleteFunc(slices.Clone(p.statements), func(s *statement) bool { return !wanted(s) })...)
	}
	for _, p := range list {
		g.everything = g.everything || p.hidden != nil && !hidden[p.hidden]
		for _, s := range p.statements {
			if wanted(s) && s.without(there, "") != nil {
				*out = append(*out, newEffectiveStatement(s, p, 0))
			}
		}
	}
}

// isAbout reports whether what differs may be about actions of a service.
func (g *gained) isAbout(service string) bool {
	differing := effective{list: g.differing}
	differing.enter(service)
	return g.everything || slices.ContainsFunc(g.differing, func(s *effectiveStatement) bool {
		return len(s.entries) > 0 || s.source.NotAction != nil || s.missingAction
	})
}

// of asks for one action.
func (g *gained) of(action *catalog.Action) Gain {
	none := Gain{Answer: Answer{Verdict: Denied}}
	lowered := strings.ToLower(action.String())
	if !g.everything && !slices.ContainsFunc(g.differing, func(s *effectiveStatement) bool { return s.isAbout(lowered) }) ||
		!g.is.isAllowedSomewhere(lowered) {
		return none
	}
	isClass, isAbout := g.is.about(lowered)
	wasClass, wasAbout := g.was.about(lowered)
	about := slices.Concat(isAbout, wasAbout)
	key := g.is.groupOf(action, isClass+" "+wasClass, about)
	if known, ok := g.answers[key]; ok {
		return known
	}
	holder, other := g.is.holder, g.was.holder
	if !asksOfHolder(action, about) {
		holder, other = g.is.narrowed(lowered, isAbout), g.was.narrowed(lowered, wasAbout)
	}
	gain := g.search(action.String(), holder, other)
	g.answers[key] = gain //mutate:work it is remembered
	return gain
}

func (g *gained) search(action string, holder, other *Principal) Gain {
	gain := Gain{Answer: Search(holder, g.is.universe, &Query{Actions: []string{action}, Beyond: other})}
	if gain.Answer.Verdict != Denied {
		gain.Wholly = Search(other, g.is.universe, &Query{Actions: []string{action}}).Verdict == Denied
	}
	return gain
}

// asksOfHolder reports whether more counts for a search than the statements
// about the action: what else the holder can do, to its own tags or to
// boundaries.
func asksOfHolder(action *catalog.Action, about []*effectiveStatement) bool {
	return action.Service == "iam" || action.Service == "sts" || slices.ContainsFunc(about, func(s *effectiveStatement) bool {
		return slices.ContainsFunc(s.conditions, func(c *condition) bool {
			return c.key.implied == impliedTag || domainOf(c.key.name, 0) == policyARNs
		})
	})
}

// about are the statements that may be about an action of the present service,
// and a word that tells which they are.
func (e *effective) about(lowered string) (class string, about []*effectiveStatement) {
	marks := make([]byte, len(e.list))
	for i, s := range e.list {
		t := policy.False
		if s.layer < e.resourceOrg || underRCPs(lowered) {
			t = s.covers(lowered)
		}
		if marks[i] = '0' + byte(t); t != policy.False {
			about = append(about, s)
		}
	}
	return string(marks), about
}

// named is the gain with its request named by its own action: the request is
// that of the first action of the group.
func (g Gain) named() Gain {
	rename := func(w *Witness) *Witness {
		if w == nil || w.Action == g.Name {
			return w
		}
		own := *w
		own.Action = g.Name
		return &own
	}
	g.Answer.Witness, g.Answer.Perhaps = rename(g.Answer.Witness), rename(g.Answer.Perhaps)
	return g
}

// unlisted are the gains of what the holder's policies name and the catalog
// lacks: actions and services that are newer.
func (g *gained) unlisted() []Gain {
	var out []Gain
	for _, s := range g.differing {
		if !s.allows {
			continue
		}
		for _, a := range s.action {
			service, _, found := strings.Cut(a.text, ":")
			if !found || strings.ContainsAny(service, "*?") || isListed(a.text) ||
				slices.ContainsFunc(out, func(x Gain) bool { return strings.EqualFold(x.Name, a.text) }) {
				continue
			}
			name := strings.NewReplacer("*", unknownName, "?", unknownName).Replace(a.text)
			if gain := g.search(name, g.is.holder, g.was.holder); gain.Answer.Verdict != Denied {
				gain.Name = s.spelled(a.text)
				out = append(out, gain.named())
			}
		}
	}
	slices.SortFunc(out, func(x, y Gain) int { return strings.Compare(x.Name, y.Name) })
	return out
}

// isListed reports whether the catalog has an action that a pattern takes.
func isListed(pattern string) bool {
	for range catalog.ActionsMatching(pattern) {
		return true
	}
	return false
}

// spelled is an action, given in lower case, as the statement spells it.
func (s *statement) spelled(lowered string) string {
	for _, e := range s.source.Action {
		if text, known := e.Text.Known(); known && strings.EqualFold(text, lowered) {
			return text
		}
	}
	return lowered
}
