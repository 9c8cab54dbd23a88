package iam

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
)

// joiner finds who is meant by a name, an id, an ARN or a symbol.
type joiner struct {
	model  *Model
	places *places
	// byAddress are entities and groups by their resource address.
	byAddress map[string]*holder
	byKind    map[HolderKind]*index[*holder]
	policies  *index[*ManagedPolicy]
}

// holder is an entity or a group.
type holder struct {
	entity *Entity
	group  *Group
}

func (h *holder) hide(s *policy.Symbol) {
	switch {
	case h.entity != nil && h.entity.PoliciesUnknown == nil:
		h.entity.PoliciesUnknown = s
	case h.group != nil && h.group.PoliciesUnknown == nil:
		h.group.PoliciesUnknown = s
	}
}

// index finds named things of one kind. Names are unique in an account
// ignoring case.
type index[T any] struct {
	all    []named[T]
	byName map[string][]named[T]
	// partly are those of which the name is not wholly known.
	partly []named[T]
	byARN  map[string]T
}

type named[T any] struct {
	it   T
	name policy.Text
	arn  policy.Text
	// deployment is where it is.
	deployment Deployment
}

func newIndex[T any]() *index[T] {
	return &index[T]{byName: map[string][]named[T]{}, byARN: map[string]T{}}
}

func (x *index[T]) add(it T, name, arn policy.Text, d Deployment) {
	n := named[T]{it, name, arn, d}
	x.all = append(x.all, n)
	if _, taken := x.byARN[key(arn)]; !taken {
		x.byARN[key(arn)] = it
	}
	if s, ok := name.Known(); ok {
		folded := strings.ToLower(s)
		x.byName[folded] = append(x.byName[folded], n)
		return
	}
	x.partly = append(x.partly, n)
}

// key is equal for equal texts.
func key(x policy.Text) string {
	if s, ok := x.Known(); ok {
		return s
	}
	var b strings.Builder
	for _, p := range x.Parts() {
		if p.Symbol != nil {
			fmt.Fprintf(&b, "\x00%p", p.Symbol)
		} else {
			b.WriteString(p.Literal)
		}
	}
	return b.String()
}

// managedIn tells what is in the account of a provider. Where one provider
// name stands for several accounts, as in a state, what exists knows better
// where it is.
func managedIn(provider Deployment) func(Deployment) bool {
	return func(d Deployment) bool {
		return d.Account.Equal(provider.Account) || !provider.Account.IsKnown() && d.AccountFrom == fromARN
	}
}

// writtenIn tells what is in an account that an ARN names: a literal account
// beside an unknown one is taken to mean the same.
func writtenIn(account policy.Text) func(Deployment) bool {
	return func(d Deployment) bool { return !d.Account.IsKnown() || !account.IsKnown() || d.Account.Equal(account) }
}

// isGenerated reports whether the provider makes up a part of the name.
func isGenerated(name policy.Text) bool {
	for _, s := range name.Symbols() {
		if s.Kind == policy.SymbolDerived && s.Name == generatedName {
			return true
		}
	}
	return false
}

func (m *Model) join(p *places) {
	j := &joiner{
		model: m, places: p,
		byAddress: map[string]*holder{},
		byKind: map[HolderKind]*index[*holder]{
			HolderRole: newIndex[*holder](), HolderUser: newIndex[*holder](), HolderGroup: newIndex[*holder](),
		},
		policies: newIndex[*ManagedPolicy](),
	}
	for _, e := range m.Entities {
		if e.Gone() {
			continue
		}
		h := &holder{entity: e}
		j.byAddress[e.Address] = h
		j.byKind[HolderKind(e.Kind)].add(h, e.name, e.ARN, e.Deployment)
	}
	for _, g := range m.Groups {
		if g.Gone() {
			continue
		}
		h := &holder{group: g}
		j.byAddress[g.Address] = h
		j.byKind[HolderGroup].add(h, g.Name.Text, g.ARN, g.Deployment)
	}
	for _, p := range m.Policies {
		if !p.Gone() {
			j.policies.add(p, p.name, p.ARN, p.Deployment)
		}
	}
	m.joiner = j
	j.memberships()
	j.inline()
	j.attachments()
	j.boundaries()
	j.profiles()
	j.credentials()
	for _, g := range m.Groups {
		for _, e := range g.Members {
			if g.PoliciesUnknown != nil && e.PoliciesUnknown == nil {
				e.PoliciesUnknown = g.PoliciesUnknown
			}
		}
	}
}

func gone(c Change) bool { return c == ChangeDelete || c == ChangeForget }

// find says whom a reference means: those it certainly means, and those it
// may mean because something is hidden, with what hides it. Neither is where
// it points outside the input.
func (j *joiner) find(kind HolderKind, ref Value, provider string) (certain, possible []*holder, hidden *policy.Symbol) {
	x := j.byKind[kind]
	if x == nil || !ref.Set {
		return nil, nil, nil
	}
	if s := ref.Written.Symbol(); s != nil && s.Kind == policy.SymbolReference && !j.model.merged {
		switch s.Attribute {
		case "name", "id", "arn", "role_name", "user_name", "group_name":
			if h := j.byAddress[s.Address]; h != nil {
				return []*holder{h}, nil, nil
			}
		}
	}
	here := managedIn(j.places.of(provider))
	name := ref.Text
	if arn, ok := policy.ParseARN(ref.Text); ok {
		if h, ok := x.byARN[key(ref.Text)]; ok {
			return []*holder{h}, nil, nil
		}
		if !strings.HasPrefix(arn.Resource.Prefix(), string(kind)+"/") {
			return nil, nil, nil
		}
		here, name = writtenIn(arn.Account), LastSegment(arn.Resource)
	}
	match := x.named(name, here)
	for _, n := range match.certain {
		certain = append(certain, n.it)
	}
	for _, n := range match.possible {
		possible = append(possible, n.it)
	}
	return certain, possible, match.hidden
}

// LastSegment is what follows the last slash of a text: the name in the
// resource part of an IAM ARN, after its path.
func LastSegment(x policy.Text) policy.Text {
	parts := x.Parts()
	for i, p := range slices.Backward(parts) {
		if p.Symbol != nil {
			// A symbol for a path ends with the slash.
			if p.Symbol.Attribute == UnseenPath {
				return policy.NewText(parts[i+1:]...)
			}
			continue
		}
		if cut := strings.LastIndexByte(p.Literal, '/'); cut >= 0 {
			rest := append([]policy.Part{{Literal: p.Literal[cut+1:]}}, parts[i+1:]...)
			return policy.NewText(rest...)
		}
	}
	return x
}

// matches is what a name may mean.
type matches[T any] struct {
	certain, possible []named[T]
	hidden            *policy.Symbol
}

// named finds what bears a name in an account; here tells which accounts are
// that one.
func (x *index[T]) named(name policy.Text, here func(Deployment) bool) matches[T] {
	var out matches[T]
	if s, ok := name.Known(); ok {
		found := x.byName[strings.ToLower(s)]
		for _, n := range found {
			if here(n.deployment) {
				out.certain = append(out.certain, n)
			}
		}
		if len(out.certain) == 0 {
			// It may be one of those whose name is hidden.
			out.possible, out.hidden = possibly(x.partly, name, here)
		}
		return out
	}
	for _, n := range x.partly {
		if n.name.Equal(name) && here(n.deployment) {
			out.certain = append(out.certain, n)
		}
	}
	if len(out.certain) > 0 {
		return out
	}
	out.possible, _ = possibly(x.all, name, here)
	out.hidden = name.Symbols()[0]
	return out
}

// possibly are those whose name may be the one that is looked for.
// Nobody can write down a name that is still to be generated.
func possibly[T any](all []named[T], name policy.Text, here func(Deployment) bool) (out []named[T], hidden *policy.Symbol) {
	for _, n := range all {
		if n.name.Differs(name) || !here(n.deployment) || name.IsKnown() && isGenerated(n.name) {
			continue
		}
		out = append(out, n)
		if symbols := n.name.Symbols(); hidden == nil && len(symbols) > 0 {
			hidden = symbols[0]
		}
	}
	return out, hidden
}

func (j *joiner) memberships() {
	for _, s := range j.model.Memberships {
		if gone(s.Change) {
			continue
		}
		users, maybeUsers, hidden := j.find(HolderUser, s.User, s.Provider)
		groups, maybeGroups, hiddenGroup := j.find(HolderGroup, s.Group, s.Provider)
		for _, u := range maybeUsers {
			u.hide(hidden)
			for _, g := range slices.Concat(groups, maybeGroups) {
				g.group.hideMembers(hidden)
			}
		}
		for _, u := range users {
			for _, g := range groups {
				if !slices.Contains(u.entity.Groups, g.group) {
					u.entity.Groups = append(u.entity.Groups, g.group)
					g.group.Members = append(g.group.Members, u.entity)
				}
			}
			for _, g := range maybeGroups {
				g.group.hideMembers(hiddenGroup)
			}
			switch {
			case len(maybeGroups) > 0:
				u.hide(hiddenGroup)
			case len(groups) == 0 && !s.Group.Text.IsKnown():
				u.hide(s.Group.Text.Symbols()[0])
			}
		}
	}
	for _, e := range j.model.Entities {
		byAddress(e.Groups, func(g *Group) string { return g.Address })
	}
	for _, g := range j.model.Groups {
		byAddress(g.Members, func(e *Entity) string { return e.Address })
	}
}

// hideMembers tells that something hides whether a user is in the group.
func (g *Group) hideMembers(s *policy.Symbol) {
	if g.MembersUnknown == nil {
		g.MembersUnknown = s
	}
}

// hideUse tells that something hides whether the policy is in use.
func (p *ManagedPolicy) hideUse(s *policy.Symbol) {
	if p.UseUnknown == nil {
		p.UseUnknown = s
	}
}

func (j *joiner) inline() {
	for _, p := range j.model.Inline {
		if gone(p.Change) {
			continue
		}
		certain, possible, hidden := j.find(p.HolderKind, p.Holder, p.Provider)
		p.HeldByNobody = len(certain) == 0
		if len(possible) > 0 {
			p.HolderUnknown = hidden
		}
		for _, h := range certain {
			if h.entity != nil {
				h.entity.Inline = addInline(h.entity.Inline, p)
			} else {
				h.group.Inline = addInline(h.group.Inline, p)
			}
		}
		for _, h := range possible {
			h.hide(hidden)
		}
	}
}

// addInline adds a policy, once by its name: a state shows a role's inline
// policies in its own inline_policy as well as in aws_iam_role_policy, and
// the latter is where they are managed.
func addInline(list []*InlinePolicy, p *InlinePolicy) []*InlinePolicy {
	for i, q := range list {
		if q.Name.Set && p.Name.Set && q.Name.Text.Equal(p.Name.Text) && q.Route != p.Route {
			if isAttribute(q.Route) {
				list[i] = p
			}
			return list
		}
	}
	return append(list, p)
}

// isAttribute tells the attributes of a role from resources of their own.
func isAttribute(route string) bool {
	switch route {
	case "inline_policy", "managed_policy_arns", "policies", "managed_policies", "user_policies":
		return true
	}
	return strings.HasSuffix(route, "_exclusive")
}

func (j *joiner) attachments() {
	for _, a := range j.model.Attachments {
		if gone(a.Change) {
			continue
		}
		found, maybe := j.policy(a.PolicyARN)
		a.Policy = found
		certain, possible, hidden := j.find(a.HolderKind, a.Holder, a.Provider)
		for _, h := range certain {
			if h.entity != nil {
				h.entity.Attached = addAttachment(h.entity.Attached, a)
			} else {
				h.group.Attached = addAttachment(h.group.Attached, a)
			}
			if len(maybe) > 0 && a.PolicyARN.Text.IsKnown() {
				h.hide(maybe[0].name.Symbols()[0])
			}
		}
		for _, h := range possible {
			h.hide(hidden)
			if found != nil {
				found.hideUse(hidden)
			}
		}
		if len(certain)+len(possible) > 0 && !isVariable(a.PolicyARN.Text) {
			for _, p := range maybe {
				p.hideUse(hiddenOf(a.PolicyARN.Text, p.name))
			}
		}
	}
	for _, e := range j.model.Entities {
		for _, a := range e.Attached {
			if a.Policy != nil && !slices.Contains(a.Policy.HeldBy, e) {
				a.Policy.HeldBy = append(a.Policy.HeldBy, e)
			}
		}
	}
	for _, g := range j.model.Groups {
		for _, a := range g.Attached {
			if a.Policy != nil && !slices.Contains(a.Policy.HeldByGroups, g) {
				a.Policy.HeldByGroups = append(a.Policy.HeldByGroups, g)
			}
		}
	}
}

// isVariable reports whether a text is an input variable that nothing in the
// input gives a value: it then stands for something that is there already, of
// another repository.
func isVariable(x policy.Text) bool {
	s := x.Symbol()
	return s != nil && s.Kind == policy.SymbolVariable
}

// hiddenOf is the first symbol in one of the texts.
func hiddenOf(texts ...policy.Text) *policy.Symbol {
	for _, x := range texts {
		for _, s := range x.Symbols() {
			return s
		}
	}
	return nil
}

// addAttachment adds an attachment, once by its policy: the same fact may be
// told by several routes.
func addAttachment(list []*Attachment, a *Attachment) []*Attachment {
	for i, b := range list {
		if !b.PolicyARN.Set || !a.PolicyARN.Set || !b.PolicyARN.Text.Equal(a.PolicyARN.Text) || b.MayNotExist && !a.MayNotExist {
			continue
		}
		if isAttribute(b.Route) && !isAttribute(a.Route) && b.MayNotExist == a.MayNotExist {
			list[i] = a
		}
		return list
	}
	return append(list, a)
}

// FindPolicy finds the declared policy that an ARN names, or else those that
// it may name because something is hidden. Neither is where the policy is not
// of the input. The model must be linked.
func (m *Model) FindPolicy(arn policy.Text) (found *ManagedPolicy, possible []*ManagedPolicy) {
	return m.joiner.policy(Value{Text: arn, Set: true})
}

// policy finds the declared policy of an ARN, or else those that it may be
// because their names are hidden.
func (j *joiner) policy(ref Value) (found *ManagedPolicy, possible []*ManagedPolicy) {
	if !ref.Set {
		return nil, nil
	}
	if p, ok := j.policies.byARN[key(ref.Text)]; ok {
		return p, nil
	}
	arn, ok := policy.ParseARN(ref.Text)
	if !ok && !ref.Text.IsKnown() {
		for _, n := range j.policies.all {
			if !n.arn.Differs(ref.Text) {
				possible = append(possible, n.it)
			}
		}
		return nil, possible
	}
	if !ok || !strings.HasPrefix(arn.Resource.Prefix(), "policy") {
		return nil, nil
	}
	if account, _ := arn.Account.Known(); account == "aws" {
		return nil, nil
	}
	match := j.policies.named(LastSegment(arn.Resource), writtenIn(arn.Account))
	for _, n := range match.certain {
		declared, ok := policy.ParseARN(n.arn)
		if ok && !declared.Resource.Differs(arn.Resource) && !declared.Partition.Differs(arn.Partition) {
			return n.it, nil
		}
	}
	for _, n := range match.possible {
		possible = append(possible, n.it)
	}
	return nil, possible
}

func (j *joiner) boundaries() {
	for _, e := range j.model.Entities {
		if e.Gone() {
			continue
		}
		found, maybe := j.policy(e.Boundary)
		e.BoundaryPolicy, e.BoundaryMaybe = found, maybe
		if found != nil {
			found.BoundaryOf = append(found.BoundaryOf, e)
		}
		if isVariable(e.Boundary.Text) {
			continue
		}
		for _, p := range maybe {
			p.hideUse(hiddenOf(e.Boundary.Text, p.name))
		}
	}
}

func (j *joiner) profiles() {
	for _, p := range j.model.Profiles {
		if gone(p.Change) {
			continue
		}
		certain, _, _ := j.find(HolderRole, p.Role, p.Provider)
		for _, h := range certain {
			p.Entity = h.entity
			h.entity.Profiles = append(h.entity.Profiles, p)
		}
	}
}

func (j *joiner) credentials() {
	for _, c := range j.model.Credentials {
		if gone(c.Change) {
			continue
		}
		certain, _, _ := j.find(HolderUser, c.User, c.Provider)
		for _, h := range certain {
			h.entity.Credentials = append(h.entity.Credentials, *c)
		}
	}
}
