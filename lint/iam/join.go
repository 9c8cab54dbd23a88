package iam

import (
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

func (m *Model) join(p *places) {
	j := &joiner{
		model: m, places: p,
		byAddress: map[string]*holder{},
		byKind: map[HolderKind]*index[*holder]{
			HolderRole: newIndex[*holder](), HolderUser: newIndex[*holder](), HolderGroup: newIndex[*holder](),
			HolderPermissionSet: newIndex[*holder](),
		},
		policies: newIndex[*ManagedPolicy](),
	}
	for e := range m.everybody() {
		if e.Gone() {
			continue
		}
		h := &holder{entity: e}
		j.byAddress[e.Address] = h
		arn := e.ARN
		if e.Kind == PermissionSet {
			arn = e.SetARN
		}
		j.byKind[HolderKind(e.Kind)].add(h, e.name, arn, e.Deployment)
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

// find says whom a reference means: those it certainly means, or those it may
// mean because something is hidden. Neither is where it points outside the
// input; doubt is never nil.
func (j *joiner) find(kind HolderKind, ref Value, provider string) (certain []*holder, d doubt) {
	x := j.byKind[kind]
	if x == nil || !ref.Set {
		return nil, doubt{possible: &possible[*holder]{}}
	}
	if s := ref.Written.Symbol(); s != nil && s.Kind == policy.SymbolReference && !j.model.merged {
		switch s.Attribute {
		case "name", "id", "arn", "role_name", "user_name", "group_name":
			if h := j.byAddress[s.Address]; h != nil {
				return []*holder{h}, doubt{possible: &possible[*holder]{}}
			}
		}
	}
	here := managedIn(j.places.of(provider))
	name := ref.Text
	if arn, ok := policy.ParseARN(ref.Text); ok {
		if h, ok := x.byARN[ref.Text.Key()]; ok {
			return []*holder{h}, doubt{possible: &possible[*holder]{}}
		}
		if !strings.HasPrefix(arn.Resource.Prefix(), string(kind)+"/") {
			return nil, doubt{possible: &possible[*holder]{}}
		}
		here, name = writtenIn(arn.Account), LastSegment(arn.Resource)
	}
	certain, may := x.named(name, here)
	return certain, doubt{may, may.hides(name)}
}

// doubt is whom a reference may mean, and what hides whom it means.
type doubt struct {
	*possible[*holder]
	hidden *policy.Symbol
}

// hide tells all of them that something hides what they hold.
func (d doubt) hide() {
	if d.swept {
		return
	}
	for _, n := range d.list {
		n.it.hide(d.hidden)
	}
	d.swept = true
}

// mayHave is what all of them may have, nil where there are none.
func (d doubt) mayHave() *Unsettled {
	if len(d.list) > 0 && d.unsettled == nil {
		d.unsettled = &Unsettled{}
		for _, n := range d.list {
			n.it.mayHave(d.unsettled)
		}
	}
	return d.unsettled
}

func (h *holder) mayHave(u *Unsettled) {
	if h.entity != nil {
		h.entity.Unsettled = append(h.entity.Unsettled, u)
	} else {
		h.group.Unsettled = append(h.group.Unsettled, u)
	}
}

func (j *joiner) memberships() {
	for _, s := range j.model.Memberships {
		if s.Gone() {
			continue
		}
		users, maybeUser := j.find(HolderUser, s.User, s.Provider)
		groups, maybeGroup := j.find(HolderGroup, s.Group, s.Provider)
		if maybeUser.hide(); len(maybeUser.list) > 0 {
			for _, g := range groups {
				g.group.hideMembers(maybeUser.hidden)
			}
			for _, g := range maybeGroup.list {
				g.it.group.hideMembers(maybeUser.hidden)
			}
		}
		for _, u := range users {
			if by := doubtBeside(s.MayNotExist, s.Maybe, s.Address, [][]*policy.Symbol{u.entity.Maybe}); by != nil {
				u.hide(by)
				for _, g := range groups {
					g.group.hideMembers(by)
				}
				continue
			}
			j.putInto(u, groups, maybeGroup, s.Group)
		}
	}
	for e := range j.model.everybody() {
		byAddress(e.Groups, func(g *Group) string { return g.Address })
	}
	for _, g := range j.model.Groups {
		byAddress(g.Members, func(e *Entity) string { return e.Address })
	}
}

// putInto makes a user a member of groups, or tells that it may be one.
func (j *joiner) putInto(u *holder, groups []*holder, maybe doubt, ref Value) {
	for _, g := range groups {
		if !slices.Contains(u.entity.Groups, g.group) {
			u.entity.Groups = append(u.entity.Groups, g.group)
			g.group.Members = append(g.group.Members, u.entity)
		}
	}
	for _, g := range maybe.list {
		g.it.group.hideMembers(maybe.hidden)
	}
	switch {
	case len(maybe.list) > 0:
		u.hide(maybe.hidden)
	case len(groups) == 0 && !ref.Text.IsKnown():
		u.hide(ref.Text.Symbols()[0])
	case len(groups) == 0 && j.model.Input.Kind != InputAccount:
		u.entity.addUnseenGroup(ref)
	}
}

func (e *Entity) addUnseenGroup(ref Value) {
	if !slices.ContainsFunc(e.UnseenGroups, func(g Value) bool { return g.Text.Equal(ref.Text) }) {
		e.UnseenGroups = append(e.UnseenGroups, ref)
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
		if p.Gone() {
			continue
		}
		certain, maybe := j.find(p.HolderKind, p.Holder, p.Provider)
		p.HeldByNobody = len(certain) == 0
		p.HolderUnknown = maybe.hidden
		for _, h := range certain {
			if h.entity != nil {
				h.entity.Inline = addInline(h.entity.Inline, p)
			} else {
				h.group.Inline = addInline(h.group.Inline, p)
			}
		}
		if u := maybe.mayHave(); u != nil {
			u.Inline = append(u.Inline, p)
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
		if a.Gone() {
			continue
		}
		var found *ManagedPolicy
		var other []*ManagedPolicy
		if !a.HasUnseenLiterals() {
			found, other = j.policy(a.PolicyARN)
		}
		a.Policy = found
		certain, maybe := j.find(a.HolderKind, a.Holder, a.Provider)
		a.HeldByNobody, a.HolderUnknown = len(certain) == 0, maybe.hidden
		for _, h := range certain {
			if h.entity != nil {
				h.entity.Attached = addAttachment(h.entity.Attached, a)
			} else {
				h.group.Attached = addAttachment(h.group.Attached, a)
			}
			if len(other) > 0 && a.PolicyARN.Text.IsKnown() {
				h.hide(other[0].name.Symbols()[0])
			}
		}
		if u := maybe.mayHave(); u != nil {
			u.Attached = append(u.Attached, a)
			if found != nil {
				found.hideUse(maybe.hidden)
			}
		}
		if len(certain)+len(maybe.list) > 0 && !isVariable(a.PolicyARN.Text) {
			for _, p := range other {
				p.hideUse(hiddenOf(a.PolicyARN.Text, p.name))
			}
		}
	}
	j.holders()
}

// holders tells policies who has them.
func (j *joiner) holders() {
	for e := range j.model.everybody() {
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
	if p := m.Neighbors.policy(arn); p != nil {
		return p, nil
	}
	return m.joiner.policy(Value{Text: arn, Set: true})
}

// policy finds the declared policy of an ARN, or else those that it may be
// because their names are hidden.
func (j *joiner) policy(ref Value) (found *ManagedPolicy, possible []*ManagedPolicy) {
	if !ref.Set {
		return nil, nil
	}
	if p, ok := j.policies.byARN[ref.Text.Key()]; ok {
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
	certain, may := j.policies.named(LastSegment(arn.Resource), writtenIn(arn.Account))
	for _, p := range certain {
		declared, ok := policy.ParseARN(p.ARN)
		if ok && !declared.Resource.Differs(arn.Resource) && !declared.Partition.Differs(arn.Partition) {
			return p, nil
		}
	}
	for _, n := range may.list {
		possible = append(possible, n.it)
	}
	return nil, possible
}

func (j *joiner) boundaries() {
	for e := range j.model.everybody() {
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
			s := hiddenOf(e.Boundary.Text, p.name)
			p.hideUse(s)
			if p.BoundaryUnknown == nil {
				p.BoundaryUnknown = s
			}
		}
	}
}

func (j *joiner) profiles() {
	for _, p := range j.model.Profiles {
		if p.Gone() {
			continue
		}
		certain, doubt := j.find(HolderRole, p.Role, p.Provider)
		if len(certain) == 0 && len(doubt.list) > 0 {
			p.Hidden = doubt.hidden
		}
		for _, h := range certain {
			p.Entity = h.entity
			h.entity.Profiles = append(h.entity.Profiles, p)
		}
	}
}

func (j *joiner) credentials() {
	for _, c := range j.model.Credentials {
		if c.Gone() {
			continue
		}
		certain, _ := j.find(HolderUser, c.User, c.Provider)
		for _, h := range certain {
			h.entity.Credentials = append(h.entity.Credentials, *c)
		}
	}
}
