package escalation

import (
	"slices"

	"github.com/boundlint/boundlint/lint/compute"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
)

// acting are the ways by which a principal acts as another, and what they give
// besides.
func acting(w *Way) bool { return w.Gains.Has(Acts) && w.Reach == ReachAll }

// usable are the ways of which a node may be allowed every request, of those
// that pass judges.
func (e *engine) usable(n *node) []*Way {
	if known, ok := e.usables[n.class]; ok {
		return known
	}
	var out []*Way
	may := e.cover.mayDo(n.principal)
	// A trust policy may need no grant of the caller's.
	may.add(searched().number[assumeRole])
	for _, w := range searched().list {
		if possible(may, w) && (!ofIdentityCenter(w) || e.administersSets(n)) && (w.Target != TargetMember || e.deploysToMembers(n)) &&
			(w.Kind != Release || e.managesPolicies(n)) {
			out = append(out, w)
		}
	}
	// Ways that take something which the input does not have go last.
	slices.SortStableFunc(out, func(a, b *Way) int { return e.brought(a) - e.brought(b) })
	e.usables[n.class] = out
	return out
}

// brought counts what an actor has to bring along for a way.
func (e *engine) brought(w *Way) int {
	n := 0
	for _, need := range w.Needs {
		if (need.Kind == compute.Bucket || need.Kind == compute.EventSource) && len(e.things[need.Kind]) == 0 {
			n++
		}
	}
	return n
}

// possible reports whether a principal that may do some actions may be allowed
// every request of a way.
func possible(may set, w *Way) bool {
	for _, step := range searched().required[w] {
		if !slices.ContainsFunc(step, may.has) {
			return false
		}
	}
	return true
}

// candidates are the holders among some on whom a way may be gone, from above: a
// set of its own, to be changed as the caller likes.
func (e *engine) candidates(n *node, w *Way, among ...set) set {
	on := e.kindOf(w.Target)
	if on.isEmpty() || n.opaque && w.Target == TargetPermissionSet {
		// Where a role under a boundary that no principal shows is made is seldom
		// where Identity Center is run.
		return set{}
	}
	const usual = 8
	if w.Target == TargetPermissionSet {
		on = e.administered(n)
	}
	all := append(append(make([]set, 0, usual), on), among...)
	for i := range w.Steps {
		r := &w.Steps[i]
		switch {
		case r.Optional || r.On != OnTarget:
		case r.Action == assumeRole:
			own, _ := e.allowedOn(n, r.Action)
			all = append(all, e.trusts.reach(n.principal, own))
		case w.Target != TargetPermissionSet:
			// Of a permission set it is another ARN that is asked for.
			all = append(all, e.allowedSome(n, r))
		}
	}
	if len(w.Services) > 0 {
		_, possible := e.trusts.lettingIn(w.Services)
		all = append(all, possible)
	}
	if carried := carriedBy(w); carried != "" {
		all = append(all, e.carrying(carried))
	}
	return meet(len(e.declared), all)
}

// allowedSome are those on whom a node may be allowed a requirement, from above.
func (e *engine) allowedSome(n *node, r *Requirement) set {
	on, _ := e.allowedOn(n, r.Action)
	for i := range r.Alternatives {
		one, _ := e.allowedOn(n, r.Alternatives[i].Action)
		on = on.or(one)
	}
	return on
}

// actionsOf are the actions that fulfil a requirement.
func actionsOf(r *Requirement) []string {
	out := []string{r.Action}
	for i := range r.Alternatives {
		out = append(out, r.Alternatives[i].Action)
	}
	return out
}

// carriedBy is the thing that has to carry the target; "" for none.
func carriedBy(w *Way) compute.Kind {
	for _, n := range w.Needs {
		if n.Carries {
			return n.Kind
		}
	}
	return ""
}

// kindOf are the holders that a way can be about.
func (e *engine) kindOf(t Target) set {
	switch t {
	case TargetRole:
		return e.roles
	case TargetUser:
		return e.users
	case TargetPermissionSet:
		return e.sets
	case TargetSelf, TargetGroup, TargetNewRole, TargetNewUser, TargetPolicy, TargetRoot, TargetMember, TargetBound:
	}
	return set{}
}

// carrying are the roles that a thing of the input carries.
func (e *engine) carrying(t compute.Kind) set {
	if known, ok := e.carriers[t]; ok {
		return known
	}
	out := newSet(len(e.declared))
	for i, s := range e.declared {
		if t == compute.InstanceProfile && len(s.holder.Entity.Profiles) > 0 {
			out.add(i)
		}
	}
	for _, at := range e.compute {
		if at.Kind == t && at.Entity == nil && at.Hidden != nil {
			// It may carry any.
			out.union(e.roles)
			out.union(e.sets)
		}
		if at.Kind != t || at.Entity == nil {
			continue
		}
		if i, ok := e.index[at.Entity]; ok {
			out.add(i)
		}
	}
	e.carriers[t] = out
	return out
}

// ofIdentityCenter reports whether a way goes through IAM Identity Center.
func ofIdentityCenter(w *Way) bool { return w.Target == TargetPermissionSet }

// administered are the permission sets that who is in the account of a node may assign and
// change: all in the management account, and in the one of a delegated administrator those
// that are in no way of the management account (IAM Identity Center User Guide, delegated
// administration).
func (e *engine) administered(n *node) set {
	account, known := n.principal.Account.Known()
	o := e.account.Model.OrganizationOf(account)
	if !known || o == nil || o.Management == "" || account == o.Management || o.Accounts[account] == nil {
		return e.sets
	}
	if all, ok := e.administers[account]; ok {
		return all
	}
	all, arns := newSet(len(e.declared)), o.AdministeredSets(account)
	for i, t := range e.declared {
		arn, known := t.holder.Entity.SetARN.Known()
		if e.sets.has(i) && !holders.IsText(t.holder.Deployment.Account, o.Management) && (!known || slices.Contains(arns, arn)) {
			all.add(i)
		}
	}
	e.administers[account] = all
	return all
}

// administersSets reports whether the account of a node may be the one in which the
// permission sets of its organization are managed: in any other, Identity Center has
// none of them.
func (e *engine) administersSets(n *node) bool {
	account, known := n.principal.Account.Known()
	o := e.account.Model.OrganizationOf(account)
	return !known || o == nil || o.Administers(account, iam.IdentityCenter)
}
