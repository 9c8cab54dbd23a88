package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/inquiry"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
)

// fewMisses is how many statements that do not apply are shown of a layer.
const fewMisses = 4

// text is the decision for people: what was asked, what each layer says, and
// what that comes to.
func (s *simulation) text() string {
	var b strings.Builder
	resource := s.resource.String()
	if s.resource.IsEmpty() {
		resource = "any resource"
	}
	fmt.Fprintf(&b, "%s: %s on %s\n", s.explanation.Verdict, s.action, resource)
	fmt.Fprintf(&b, "  by %s\n", entityText(s.subject.Entity))
	if s.asking != "" {
		fmt.Fprintf(&b, "  found for %s\n", s.asking)
	}
	if s.request != nil {
		s.writeContext(&b)
		b.WriteString("\n")
		s.writeLayers(&b)
	}
	fmt.Fprintf(&b, "\n%s\n", s.because())
	for _, n := range s.notes() {
		fmt.Fprintf(&b, "Note: %s\n", n)
	}
	return b.String()
}

// entityText is an entity by address and name.
func entityText(e *iam.Entity) string {
	return fmt.Sprintf("%s (%s %s)", e.Address, phrase.Kind(e.Kind), e.NameText())
}

// writeContext writes the condition keys of the request and where they come
// from.
func (s *simulation) writeContext(b *strings.Builder) {
	a := s.requestAnswer()
	for _, key := range s.request.Context.Keys() {
		from := ""
		if i := slices.IndexFunc(s.facts, func(f inquiry.Fact) bool { return f.Key == key }); i >= 0 {
			from = " (what " + s.facts[i].From + " has)"
		}
		fmt.Fprintf(b, "  with %s = %s%s\n", key, strings.Join(a.Context[key], ", "), from)
	}
	for _, key := range a.Absent {
		fmt.Fprintf(b, "  without %s\n", key)
	}
	for _, f := range s.facts {
		switch {
		case f.Hidden:
			fmt.Fprintf(b, "  perhaps with %s (what %s has is not known)\n", f.Key, f.From)
		case f.Values == nil:
			fmt.Fprintf(b, "  without %s (%s has none)\n", f.Key, f.From)
		}
	}
	for _, f := range a.First {
		fmt.Fprintf(b, "  after %s\n", f)
	}
}

func (s *simulation) writeLayers(b *strings.Builder) {
	boundary := false
	for _, l := range s.explanation.Layers {
		boundary = boundary || l.Layer == authz.LayerBoundary
		fmt.Fprintf(b, "%s: %s\n", s.layerName(l), layerSays(l))
		for _, x := range l.Statements {
			s.writeStatement(b, x)
		}
		var misses []authz.Miss
		for _, m := range s.missesOf(l) {
			if missMatters(m, l) {
				misses = append(misses, m)
			}
		}
		for i, m := range misses {
			if i == fewMisses && len(misses) > fewMisses+1 && !s.verbose {
				fmt.Fprintf(b, "  and %d more that do not apply (--verbose lists them)\n", len(misses)-i)
				break
			}
			s.writeMiss(b, m)
		}
	}
	if !boundary {
		b.WriteString("permissions boundary: it has none\n")
	}
}

// missesOf are the statements of a layer that do not apply.
func (s *simulation) missesOf(l authz.LayerResult) []authz.Miss {
	level := s.level(l)
	return slices.DeleteFunc(slices.Clone(s.misses), func(m authz.Miss) bool {
		return m.Layer != l.Layer || level != nil && !slices.Contains(level, m.Policy)
	})
}

// level are the policies of one level of the organization; nil for other
// layers.
func (s *simulation) level(l authz.LayerResult) []*authz.Policy {
	switch l.Layer {
	case authz.LayerOrganization:
		return s.request.Principal.SCPs[l.Level]
	case authz.LayerResourceOrg:
		return s.request.ResourceControl()[l.Level]
	case authz.LayerNone, authz.LayerResource, authz.LayerIdentity, authz.LayerBoundary, authz.LayerSession, authz.LayerFixed,
		authz.LayerQuery:
	}
	return nil
}

// missMatters leaves out what would not have changed what the layer says.
func missMatters(m authz.Miss, l authz.LayerResult) bool {
	if m.Effect == policy.Deny {
		return l.Deny != authz.Allowed
	}
	return l.Allow != authz.Allowed
}

// layerName is a layer and, where it is one policy, which.
func (s *simulation) layerName(l authz.LayerResult) string {
	switch l.Layer {
	case authz.LayerIdentity:
		return "identity-based policies"
	case authz.LayerBoundary:
		return "permissions boundary " + s.subject.BoundaryName()
	case authz.LayerResource:
		switch {
		case s.resourceBased == nil:
			return "resource-based policy, which is not in the input"
		case s.resourceBased.Perhaps:
			return "resource-based policy " + strings.Join(s.resourceBased.Addresses, " and ") + ", if it is that of the resource"
		}
		if s.resourceBased.Role != nil {
			return "trust policy of " + s.resourceBased.Role.Address
		}
		return "resource-based policy " + strings.Join(s.resourceBased.Addresses, " and ")
	case authz.LayerOrganization, authz.LayerResourceOrg:
		if level := s.level(l); len(level) > 0 {
			if place, ok := s.subject.Place(authz.Ref{Policy: level[0]}); ok {
				return string(l.Layer) + " " + place.Address
			}
		}
		return fmt.Sprintf("%s %d", l.Layer, l.Level+1)
	case authz.LayerSession, authz.LayerFixed, authz.LayerQuery, authz.LayerNone:
	}
	return string(l.Layer)
}

func layerSays(l authz.LayerResult) string {
	switch {
	case len(l.Statements) > 0 && !slices.ContainsFunc(l.Statements, func(x authz.StatementResult) bool { return x.Source() != nil }):
		return "not known"
	case l.Deny == authz.Allowed:
		return "denies it"
	case l.Deny == authz.Undetermined && l.Allow == authz.Denied:
		return "nothing allows it, and something may deny it"
	case l.Deny == authz.Undetermined:
		return "something may deny it"
	case l.Allow == authz.Allowed:
		return "allowed"
	case l.Allow == authz.Undetermined:
		return "something may allow it"
	}
	return "nothing allows it"
}

// statementName is a statement and where it stands.
func (s *simulation) statementName(ref authz.Ref) string {
	a := s.statement(ref, "")
	name := fmt.Sprintf("statement %d", a.Index+1)
	if a.Sid != "" {
		name = a.Sid
	}
	if a.Address != "" {
		name += " of " + a.Address
	}
	if a.Location != nil {
		name += fmt.Sprintf(" (%s:%d)", a.Location.File, a.Location.Line)
	}
	if place, ok := s.subject.Place(ref); ok && place.Group != "" {
		name += ", by the group " + place.Group
	}
	return name
}

func (s *simulation) writeStatement(b *strings.Builder, x authz.StatementResult) {
	if x.Source() == nil {
		fmt.Fprintf(b, "  %s\n", inquiry.Because(x.Reasons))
		return
	}
	verb := "allows it"
	switch {
	case x.Effect == policy.Deny && x.Certain:
		verb = "denies it"
	case x.Effect == policy.Deny:
		verb = "may deny it"
	case !x.Certain:
		verb = "may allow it"
	}
	if !x.Certain {
		verb += ": " + inquiry.Because(x.Reasons)
	}
	fmt.Fprintf(b, "  %s: %s\n", s.statementName(x.Ref), verb)
	s.writeExcerpt(b, x.Ref)
}

func (s *simulation) writeMiss(b *strings.Builder, m authz.Miss) {
	verb := "would allow it, but "
	if m.Effect == policy.Deny {
		verb = "would deny it, but "
	}
	fmt.Fprintf(b, "  %s: %s%s\n", s.statementName(m.Ref), verb, strings.Join(s.obstacles(m), ", and "))
	s.writeExcerpt(b, m.Ref)
}

// writeExcerpt shows the statement itself, with --verbose.
func (s *simulation) writeExcerpt(b *strings.Builder, ref authz.Ref) {
	if !s.verbose {
		return
	}
	if text := s.statement(ref, "").Text; text != "" {
		fmt.Fprintf(b, "    %s\n", text)
	}
}

// obstacles say why a statement does not apply.
func (s *simulation) obstacles(m authz.Miss) []string {
	var out []string
	sensitive := false
	if place, ok := s.subject.Place(m.Ref); ok {
		sensitive = place.Sensitive
	}
	if m.Principal {
		out = append(out, "it names others")
	}
	if m.Resource {
		out = append(out, "it is about "+s.resourcesOf(m.Source(), sensitive))
	}
	for i := range m.Conditions {
		c := &m.Conditions[i]
		var values []string
		for _, v := range c.Values {
			values = append(values, v.Text.String())
		}
		if sensitive {
			values = []string{"(sensitive)"}
		}
		has := "the request lacks it"
		if own := s.request.Context.Get(c.Key.String()); own != nil {
			var texts []string
			for _, v := range own {
				texts = append(texts, v.String())
			}
			has = "the request has " + strings.Join(texts, ", ")
		} else if implied(c.Key.String()) {
			has = "that is not what it is for this principal"
		}
		out = append(out, fmt.Sprintf("%s wants %s %s, and %s", c.Operator, c.Key, phrase.Some(values, 3), has))
	}
	return out
}

// resourcesOf are the resources that a statement is about.
func (s *simulation) resourcesOf(source *policy.Statement, sensitive bool) string {
	if source == nil || sensitive {
		return "other resources"
	}
	list, before := source.Resource, ""
	if source.NotResource != nil {
		list, before = source.NotResource, "all but "
	}
	var texts []string
	for _, e := range list {
		texts = append(texts, e.Text.String())
	}
	if len(texts) == 0 {
		return "other resources"
	}
	return before + phrase.Some(texts, 3)
}

// because is the decision in a sentence.
func (s *simulation) because() string {
	x := &s.explanation
	if s.request == nil {
		if x.Verdict == authz.Denied {
			return "Denied: no request of that shape is allowed, for " + s.closed + "."
		}
		return "Undetermined, because " + inquiry.Because(x.Reasons) + "."
	}
	if f, ok := authz.FixedDecision(s.action, s.resource); ok {
		verdict := x.Verdict.String()
		return strings.ToUpper(verdict[:1]) + verdict[1:] + ", because " + f.Why + "."
	}
	switch x.Verdict {
	case authz.Undetermined:
		return "Undetermined, because " + inquiry.Because(x.Reasons) + "."
	case authz.Denied:
		return "Denied, because " + s.whyDenied() + "."
	case authz.Allowed:
	}
	return "Allowed, because " + s.whyAllowed() + "."
}

func (s *simulation) whyDenied() string {
	x := &s.explanation
	if x.Explicit {
		return s.statementName(x.By) + " denies it, and a deny wins over every allow"
	}
	if limited := s.whyLimited(); limited != "" {
		return limited
	}
	var lacking []string
	for _, l := range x.Layers {
		if l.Allow == authz.Denied && (l.Layer != authz.LayerResource || x.Layer == authz.LayerResource) {
			lacking = append(lacking, "the "+s.layerName(l))
		}
	}
	if len(lacking) == 0 {
		return "no layer that would have to allow it does"
	}
	return "nothing in " + strings.Join(lacking, ", nor in ") + " allows it"
}

// whyLimited tells of a resource's grant to a role, which the role's boundary
// and session policies limit; "" where that is not what denies.
func (s *simulation) whyLimited() string {
	x := &s.explanation
	var granting, limit string
	for _, l := range x.Layers {
		switch {
		case l.Layer == authz.LayerResource && l.Allow == authz.Allowed:
			granting = s.layerName(l)
		case l.Layer == authz.LayerIdentity && l.Allow == authz.Allowed:
			return ""
		case l.Layer == x.Layer && (l.Layer == authz.LayerBoundary || l.Layer == authz.LayerSession):
			limit = s.layerName(l)
		}
	}
	if granting == "" || limit == "" {
		return ""
	}
	return "the grant of the " + granting + " to the role is limited by its boundary and session policies, and nothing in the " + limit +
		" allows it"
}

func (s *simulation) whyAllowed() string {
	x := &s.explanation
	ownAllow := !slices.ContainsFunc(x.Layers, func(l authz.LayerResult) bool {
		return l.Allow != authz.Allowed && (l.Layer == authz.LayerIdentity || l.Layer == authz.LayerBoundary)
	})
	if x.Layer == authz.LayerResource && !ownAllow {
		past := ""
		if slices.ContainsFunc(x.Layers, func(l authz.LayerResult) bool { return l.Layer == authz.LayerBoundary && l.Allow == authz.Denied }) {
			past = " to the principal itself, which its permissions boundary does not limit"
		}
		return s.statementName(x.By) + " grants it" + past + ", and nothing denies it"
	}
	var allowing []string
	for _, l := range x.Layers {
		if l.Allow == authz.Allowed {
			allowing = append(allowing, "the "+s.layerName(l))
		}
	}
	verb := " allow it"
	if len(allowing) == 1 && allowing[0] != "the identity-based policies" {
		verb = " allows it"
	}
	return phrase.Series(allowing) + verb + ", and nothing denies it"
}
