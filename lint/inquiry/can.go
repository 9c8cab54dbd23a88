package inquiry

import (
	"slices"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/escalation"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// Ability is an action and what comes of it for a subject.
type Ability struct {
	Action *catalog.Action
	// Scope is on how much it is allowed by identity-based policies, boundary
	// and organization policies together; Own by identity-based policies
	// alone, Bounded by these and the boundary.
	Scope, Own, Bounded authz.Scope
}

// Grown is what a subject can do once it has changed its own policies.
type Grown struct {
	// What completes "can ...": attach policies to itself.
	What    string
	Witness *authz.Witness
	// Scopes are all actions with the scope that its boundary and the
	// organization policies leave to one who is allowed everything.
	Scopes []authz.ActionScope
}

// Given is what a resource-based policy grants a subject that its own
// policies, boundary and organization policies do not.
type Given struct {
	*ResourceBased
	// Actions are those of which some request is allowed, Witness is one.
	Actions []string
	Witness *authz.Witness
	// PastBoundary tells that the subject's boundary does not allow the
	// witness: the grant passes it by.
	PastBoundary bool
	// Perhaps tells that it is not certain.
	Perhaps bool
	Reasons []authz.Reason
}

// Abilities lists what a subject can do, by what the input shows: every action
// of which its own policies allow some request, or may.
func (s *Subject) Abilities() []Ability {
	whole := authz.Effective(s.Known, s.Universe)
	own, bounded := *s.Known, *s.Known
	own.Boundary, own.SCPs, own.RCPs = nil, nil, nil
	bounded.SCPs, bounded.RCPs = nil, nil
	alone, within := whole, whole
	organization := len(s.Known.SCPs)+len(s.Known.RCPs) > 0
	if s.Known.Boundary != nil || organization {
		alone = authz.Effective(&own, s.Universe)
	}
	if organization {
		within = authz.Effective(&bounded, s.Universe)
	}
	var out []Ability
	for i := range whole {
		if alone[i].Scope != authz.ScopeNone {
			out = append(out, Ability{whole[i].Action, whole[i].Scope, alone[i].Scope, within[i].Scope})
		}
	}
	return out
}

// Grows says what a subject can do once it has changed its own policies, which
// is all that its boundary allows; nil where it cannot. The verdict is
// Undetermined where it may.
func (s *Subject) Grows() (*Grown, authz.Verdict) {
	verdict := authz.Denied
	for _, way := range holders.SelfEdits(s.inquiry.account, s.Holder) {
		if !way.Adds() {
			continue
		}
		answer := holders.Freely(s.inquiry.account, s.Holder, way)
		switch answer.Verdict {
		case authz.Undetermined:
			verdict = authz.Undetermined
		case authz.Allowed:
			everything := authz.Bearer(s.Known.ARN, s.Known.Kind, s.Known.Boundary)
			bearer := *s.Known
			// What its policies deny goes on being denied: it can only be sure
			// to add.
			bearer.Identity = append(slices.Clone(bearer.Identity), everything.Identity...)
			return &Grown{What: way.What, Witness: answer.Witness, Scopes: authz.Effective(&bearer, s.Universe)}, authz.Allowed
		case authz.Denied:
		}
	}
	return nil, verdict
}

// UnknownGrants are the addresses of resource-based policies of the input of
// which it is not known what they say, or about which resource.
func (q *Inquiry) UnknownGrants() []string {
	var out []string
	for _, g := range q.resourceBased {
		if g.Role == nil && (g.Policy.Document == nil || g.Resource.IsEmpty()) {
			out = append(out, g.Addresses...)
		}
	}
	return out
}

// Given lists what resource-based policies of the input grant the subject
// beyond its own policies, or past its boundary: role assumption among it.
func (s *Subject) Given() []Given {
	var out []Given
	for _, g := range s.inquiry.resourceBased {
		if g.Role == s.Entity || !s.isNamed(g) {
			continue
		}
		if given, ok := s.given(g); ok {
			out = append(out, given)
		}
	}
	return out
}

// isNamed reports whether an allow of the policy may name the subject.
func (s *Subject) isNamed(g *ResourceBased) bool {
	if g.Policy.Document == nil {
		return true
	}
	return slices.ContainsFunc(g.Policy.Document.Statements, func(st *policy.Statement) bool {
		n := authz.Names(st, s.Known)
		return st.Effect != policy.Deny && (n.Direct != authz.Denied || n.Role != authz.Denied || n.Account != authz.Denied)
	})
}

func (s *Subject) given(g *ResourceBased) (Given, bool) {
	out := Given{ResourceBased: g, Perhaps: true}
	for _, pattern := range g.actions() {
		for a := range catalog.ActionsMatching(pattern) {
			name := a.String()
			if slices.Contains(out.Actions, name) || g.Role != nil && !isAssumption(name) || !g.speaksOf(name) {
				continue
			}
			q, ok := g.narrow(&authz.Query{Actions: []string{name}})
			if !ok {
				continue
			}
			through := g.through(s.Known, s.Universe, q)
			if through.Verdict == authz.Denied || !s.isNew(g, q) {
				continue
			}
			out.Actions = append(out.Actions, name)
			if through.Verdict == authz.Allowed && out.Perhaps {
				out.Perhaps, out.Witness, out.Reasons = false, through.Witness, nil
				out.PastBoundary = s.passesBoundary(through.Witness)
			} else if out.Witness == nil && out.Perhaps && out.Reasons == nil {
				out.Witness, out.Reasons = through.Perhaps, through.Reasons
			}
		}
	}
	return out, len(out.Actions) > 0
}

// isNew reports whether the subject's own policies do not allow what the
// query asks. A role is always new: its trust policy must allow.
func (s *Subject) isNew(g *ResourceBased, q *authz.Query) bool {
	return g.Role != nil || authz.Search(s.Known, s.Universe, q).Verdict != authz.Allowed
}

func (s *Subject) passesBoundary(w *authz.Witness) bool {
	if s.Known.Boundary == nil {
		return false
	}
	bearer := authz.Bearer(s.Known.ARN, s.Known.Kind, s.Known.Boundary)
	bearer.Account = s.Known.Account
	return authz.Decide(w.Request(bearer)).Verdict == authz.Denied
}

// actions are the patterns of actions that the allows of the policy name.
func (g *ResourceBased) actions() []string {
	if g.Policy.Document == nil {
		if g.Role != nil {
			return []string{"sts:AssumeRole"}
		}
		return nil
	}
	var out []string
	for _, st := range g.Policy.Document.Statements {
		if st.Effect == policy.Deny {
			continue
		}
		for _, e := range st.Action {
			if text, known := e.Text.Known(); known && !slices.Contains(out, text) {
				if text == "*" {
					text = g.Service + ":*"
				}
				out = append(out, text)
			}
		}
		if st.NotAction != nil {
			out = append(out, g.Service+":*")
		}
	}
	return out
}

// Dangers are the known ways to gain privileges that the subject may have all
// actions for, by the names of these actions. Whether what a way needs exists
// is not asked here: that is escalation-path's to say.
func (s *Subject) Dangers(abilities []Ability) map[string][]*escalation.Way {
	allowed := map[string]bool{}
	for _, a := range abilities {
		allowed[a.Action.String()] = a.Scope != authz.ScopeNone
	}
	out := map[string][]*escalation.Way{}
	for _, w := range escalation.Ways() {
		if w.Closed || !canGo(w.Actor, s.Entity.Kind) || w.Kind == escalation.SelfGrant && !s.Entity.Boundary.Set ||
			w.Target == escalation.TargetMember && !s.deploysToMembers() || w.Kind == escalation.Release && !s.managesPolicies() {
			continue
		}
		used, open := actionsOfWay(w, allowed)
		if !open {
			continue
		}
		for _, action := range used {
			if !slices.Contains(out[action], w) {
				out[action] = append(out[action], w)
			}
		}
	}
	return out
}

// deploysToMembers reports whether the account of the subject may deploy stack sets to
// the members of its organization.
func (s *Subject) deploysToMembers() bool {
	account, _ := s.Deployment.Account.Known()
	o := s.inquiry.Model.OrganizationOf(account)
	if o == nil {
		return false
	}
	may, _ := o.DeploysStackSets(account)
	return may
}

// managesPolicies reports whether the account of the subject may change which service control
// policies bind the members of its organization.
func (s *Subject) managesPolicies() bool {
	account, _ := s.Deployment.Account.Known()
	o := s.inquiry.Model.OrganizationOf(account)
	return o != nil && o.ManagesPolicies(account)
}

// actionsOfWay are the allowed actions that a way takes; false where one that
// it cannot do without is not allowed.
func actionsOfWay(w *escalation.Way, allowed map[string]bool) ([]string, bool) {
	var used []string
	for _, step := range w.Steps {
		some := false
		for _, r := range slices.Concat([]escalation.Requirement{step}, step.Alternatives) {
			if allowed[r.Action] {
				some = true
				if !step.Optional {
					used = append(used, r.Action)
				}
			}
		}
		if !some && !step.Optional {
			return nil, false
		}
	}
	return used, true
}

func canGo(actor escalation.Actor, kind iam.EntityKind) bool {
	switch actor {
	case escalation.RoleActor:
		return kind == iam.Role // IAM refuses changes to that of a permission set
	case escalation.UserActor:
		return kind == iam.User
	case escalation.AnyActor:
	}
	return true
}
