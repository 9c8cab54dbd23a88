package audit

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/trail"
)

// changes follows what was done with boundaries.
type changes struct {
	audit    *Audit
	declared map[string]*iam.ManagedPolicy
	// boundary are the boundaries of entities, "" for none; an entity that is not there
	// is one of which nothing tells.
	boundary map[entityKey]string
	// last are those in the audit before, of lastDate.
	last     map[entityKey]string
	lastDate string
	// trust are the trust policies of roles that events tell of, nil for one that is not
	// known; lastTrusts are the names in those of the audit before.
	trust      map[entityKey]*authz.Policy
	lastTrusts map[entityKey][]string
	// versions are those that events put into force.
	versions map[*trail.Event]*BoundaryVersion
	index    map[string]*Boundary
	// answers are what was compared before.
	answers map[[2]*policy.Document]authz.Verdict
	managed map[string]*policy.Document
	all     *policy.Document
}

// entityKey is a role or user by its kind and name, as calls of IAM have them.
type entityKey struct{ account, kind, name string }

// takeChanges lists what was done with boundaries and with those who have them.
func (a *Audit) takeChanges(s *Source, events []*trail.Event, declared map[string]*iam.ManagedPolicy) {
	t := &changes{
		audit: a, declared: declared, boundary: map[entityKey]string{}, trust: map[entityKey]*authz.Policy{},
		versions: map[*trail.Event]*BoundaryVersion{},
		index:    map[string]*Boundary{}, answers: map[[2]*policy.Document]authz.Verdict{}, managed: map[string]*policy.Document{},
	}
	if s.Last != nil {
		t.last, t.lastTrusts = entitiesOf(s.Last)
		t.lastDate = s.Last.Date
	}
	t.all, _ = policy.Parse(everything, nil, policy.ParseOptions{Kind: policy.IdentityPolicy})
	for i := range a.Boundaries {
		b := &a.Boundaries[i]
		t.index[b.ARN] = b
		for j := range b.Versions {
			if v := &b.Versions[j]; v.event != nil {
				t.versions[v.event] = v
			}
		}
	}
	for _, e := range events {
		s.Share.Check()
		t.take(e)
	}
}

// everything is a boundary that limits nothing.
const everything = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`

// entitiesOf are the boundaries of the entities of an audit, and whom its roles trust.
func entitiesOf(a *Audit) (boundaries map[entityKey]string, trusts map[entityKey][]string) {
	boundaries, trusts = map[entityKey]string{}, map[entityKey][]string{}
	for _, account := range a.Accounts {
		for _, e := range account.Entities {
			_, resource, _ := strings.Cut(e.Address, "::")
			_, resource, _ = strings.Cut(resource, ":")
			if kind, name, ok := strings.Cut(resource, "/"); ok {
				key := entityKey{account.ID, kind, name[strings.LastIndexByte(name, '/')+1:]}
				boundaries[key], trusts[key] = e.Boundary, e.Trusts
			}
		}
	}
	return boundaries, trusts
}

func (t *changes) take(e *trail.Event) {
	c := Change{
		Time: moment(e.Time), Account: e.Account, Kind: string(e.Kind), Boundary: cmp.Or(e.Boundary, e.Policy), By: e.Actor,
		Session: e.Session, SourceIP: e.SourceIP, Event: e.ID,
	}
	verdict := authz.Denied
	switch e.Kind {
	case trail.Created, trail.BoundaryRemoved, trail.BoundaryPut:
		c.Entity = e.EntityKind + "/" + e.Entity
		verdict = t.ofEntity(e)
	case trail.TrustPut:
		c.Entity = e.EntityKind + "/" + e.Entity
		verdict, c.Trusts = t.ofTrust(e)
	case trail.PolicyCreated, trail.VersionCreated, trail.DefaultSet, trail.VersionDeleted, trail.PolicyDeleted:
		if t.index[e.Policy] == nil {
			return
		}
		verdict = t.ofVersion(e)
	case trail.Refused:
		return
	}
	c.Weakens, c.MayWeaken = verdict == authz.Allowed, verdict == authz.Undetermined
	t.audit.Changes = append(t.audit.Changes, c)
}

// ofEntity says whether what was done to a role or user lets it do more: Allowed,
// Denied, or Undetermined for what is not known.
func (t *changes) ofEntity(e *trail.Event) authz.Verdict {
	key := entityKey{e.Account, e.EntityKind, e.Entity}
	before, known := t.boundary[key]
	if !known && day(e.Time) > t.lastDate { // of the day itself it is not known which was first
		before, known = t.last[key]
	}
	t.boundary[key] = e.Boundary
	if e.Kind == trail.Created { // after which nothing of one of the same name holds
		before, known = "", true
		t.trust[key] = trustPolicy(e.Document)
	}
	after := t.document(e.Boundary, e.Time)
	switch {
	case e.Boundary == "":
		return authz.Allowed
	case known && before == e.Boundary && e.Kind != trail.Created:
		return authz.Denied
	case after != nil && t.wider(after, nil) == authz.Allowed:
		return authz.Allowed
	case known && before == "":
		return authz.Denied
	}
	if former := t.document(before, e.Time); known && former != nil && after != nil {
		return t.wider(after, former)
	}
	return authz.Undetermined
}

// ofVersion says whether an event put a version into force that lets more through.
func (t *changes) ofVersion(e *trail.Event) authz.Verdict {
	v := t.versions[e]
	switch {
	case v == nil:
		return authz.Denied
	case len(v.Gained) > 0:
		return authz.Allowed
	case len(v.MayGain) > 0 || v.NotCompared != "":
		return authz.Undetermined
	}
	return authz.Denied
}

// document is that of a boundary at a time, nil where it is not known.
func (t *changes) document(arn string, at time.Time) *policy.Document {
	if b := t.index[arn]; b != nil {
		for i := range slices.Backward(b.Versions) {
			if v := &b.Versions[i]; !v.Assumed && !v.at.After(at) {
				return v.document
			}
		}
	}
	if p := t.declared[arn]; p != nil && len(p.Versions) <= 1 && p.Document != nil && p.Document.Unknown == nil {
		return p.Document.Document
	}
	if d, known := t.managed[arn]; known {
		return d
	}
	if text, ok := catalog.ManagedPolicy(arn); ok && strings.HasPrefix(arn, "arn:") {
		t.managed[arn], _ = policy.Parse(text, nil, policy.ParseOptions{Kind: policy.IdentityPolicy})
	}
	return t.managed[arn]
}

// wider says whether a boundary lets more through than another, or, for nil, whether
// it lets everything through.
func (t *changes) wider(after, before *policy.Document) authz.Verdict {
	key := [2]*policy.Document{after, before}
	if known, ok := t.answers[key]; ok {
		return known
	}
	t.answers[key] = t.compare(after, before)
	return t.answers[key]
}

func (t *changes) compare(after, before *policy.Document) authz.Verdict {
	if before == nil {
		all, u := bearer("", t.all)
		limited, _ := bearer("", after)
		if len(authz.Gained(all, limited, u)) == 0 {
			return authz.Allowed
		}
		return authz.Denied
	}
	holder, u := bearer("", after)
	former, _ := bearer("", before)
	switch gained, perhaps, _ := named(authz.Gained(holder, former, u)); {
	case len(gained) > 0:
		return authz.Allowed
	case len(perhaps) > 0:
		return authz.Undetermined
	}
	return authz.Denied
}

// takeRefusals counts what boundaries refused, by whom and what.
func (a *Audit) takeRefusals(events []*trail.Event) {
	at := map[Refusal]int{}
	for _, e := range events {
		if e.Kind != trail.Refused {
			continue
		}
		key := Refusal{Account: e.Account, By: e.Actor, Action: e.Action, Resource: e.Resource, How: string(e.By)}
		i, known := at[key]
		if !known {
			i = len(a.Refusals)
			at[key] = i
			one := key
			one.First = moment(e.Time)
			a.Refusals = append(a.Refusals, one)
		}
		a.Refusals[i].Count++
		a.Refusals[i].Last = moment(e.Time)
	}
	slices.SortStableFunc(a.Refusals, func(x, y Refusal) int { return y.Count - x.Count })
}
