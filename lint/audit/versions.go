package audit

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/budget"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/escalation"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/trail"
)

// firstVersion is the one that a policy is made with: it is in force from then on
// (IAM API Reference, CreatePolicy).
const firstVersion = "v1"

// eventsOf are those about a policy.
func eventsOf(events []*trail.Event, arn string) []*trail.Event {
	var out []*trail.Event
	for _, e := range events {
		if e.Policy == arn {
			out = append(out, e)
		}
	}
	return out
}

// generation is a policy from when it is made until it is deleted: one that is made
// again under its name begins with a first version again.
type generation struct {
	documents map[string]*policy.Document
	// made are the versions of which an event tells that they were made.
	made     map[string]bool
	versions []BoundaryVersion
	deleted  time.Time
}

// generationsOf sorts what events tell of a policy.
func generationsOf(events []*trail.Event) []*generation {
	fresh := func() *generation {
		return &generation{documents: map[string]*policy.Document{}, made: map[string]bool{}}
	}
	out := []*generation{fresh()}
	for _, e := range events {
		g := out[len(out)-1]
		if !g.deleted.IsZero() {
			g = fresh()
			out = append(out, g)
		}
		if e.Document != "" {
			if d, diags := policy.Parse(e.Document, nil, policy.ParseOptions{Kind: policy.IdentityPolicy}); !diags.HasErrors() {
				g.documents[e.Version] = d
			}
		}
		if e.Kind == trail.VersionCreated || e.Kind == trail.PolicyCreated {
			g.made[e.Version] = true
		}
		if e.Kind == trail.PolicyDeleted {
			g.deleted = e.Time
		}
		if e.InForce {
			g.versions = append(g.versions, BoundaryVersion{
				ID: cmp.Or(e.Version, "?"), InForceFrom: moment(e.Time), By: e.Actor, Session: e.Session, Event: e.ID, at: e.Time, event: e,
			})
		}
	}
	return out
}

// add adds what a dump has stored, the newest fact of which is so old. The first
// version was in force when the policy was made. The default one is in force: since
// it was made, or since the last event that put another one into force. Of any other
// that no event tells about it is assumed that it was in force when it was made, as
// Terraform and the console do it.
func (g *generation) add(stored *iam.ManagedPolicy, newest time.Time) {
	last := g.lastBy(stored, newest)
	var more []BoundaryVersion
	for _, v := range stored.Versions {
		if v.Document != nil && v.Document.Unknown == nil && v.Document.Document != nil {
			g.documents[v.ID] = v.Document.Document
		}
		one := BoundaryVersion{ID: v.ID, InForceFrom: moment(v.Created), at: v.Created}
		current := v.InForce && (last < 0 || g.versions[last].ID != v.ID)
		switch {
		case g.made[v.ID]:
		case v.ID == firstVersion:
			more = append(more, one)
			current = current && last >= 0
		case !current || last >= 0 && g.versions[last].at.After(v.Created):
			one.Assumed = true
			more = append(more, one)
		}
		if current {
			one.ByDump, one.Assumed = true, false
			if last >= 0 {
				one.at = later(one.at, g.versions[last].at)
				one.InForceFrom = moment(one.at)
			}
			more = append(more, one)
		}
	}
	g.versions = append(g.versions, more...)
	slices.SortStableFunc(g.versions, inSequence)
}

// lastBy is the last version that an event had put into force when the dump was made, -1
// for none. An event that put the dump's default version into force explains the dump,
// whenever it was.
func (g *generation) lastBy(stored *iam.ManagedPolicy, newest time.Time) int {
	inForce := ""
	for _, v := range stored.Versions {
		if v.InForce {
			inForce = v.ID
		}
	}
	last := -1
	for i := range g.versions {
		if !g.versions[i].at.After(newest) || g.versions[i].ID == inForce {
			last = i
		}
	}
	return last
}

// inSequence puts versions into the order of time: what the dump has as the default one
// comes after all that came into force at the same time.
func inSequence(x, y BoundaryVersion) int {
	if x.ByDump != y.ByDump && x.at.Equal(y.at) {
		if x.ByDump {
			return 1
		}
		return -1
	}
	return cmp.Or(x.at.Compare(y.at), cmp.Compare(trail.VersionNumber(x.ID), trail.VersionNumber(y.ID)))
}

// takeVersions finds the documents of a boundary in the order in which they came into
// force.
func (b *Boundary) takeVersions(stored *iam.ManagedPolicy, events []*trail.Event, newest time.Time) {
	b.Versions = []BoundaryVersion{}
	generations := generationsOf(events)
	if stored != nil && len(stored.Versions) > 0 { // the oldest first
		at := slices.IndexFunc(generations, func(g *generation) bool { return g.deleted.IsZero() || g.deleted.After(stored.Versions[0].Created) })
		if at < 0 {
			at = len(generations)
			generations = append(generations, generationsOf(nil)...)
		}
		generations[at].add(stored, newest)
	}
	for _, g := range generations {
		for i := range g.versions {
			g.versions[i].document = g.documents[g.versions[i].ID]
		}
		b.Versions = append(b.Versions, g.versions...)
	}
	b.Deleted = moment(generations[len(generations)-1].deleted)
}

// bearer is the holder of a boundary in the worst case, and what is known of its
// account.
func bearer(arn string, d *policy.Document) (*authz.Principal, *authz.Universe) {
	p := authz.Bearer(policy.Text{}, authz.KindRole, authz.Compile(d))
	u := &authz.Universe{Memory: authz.NewMemory()}
	if parts, ok := policy.ParseARN(policy.Literal(arn)); ok {
		u.Account, u.Partition = parts.Account, parts.Partition
		if account, _ := parts.Account.Known(); !policy.IsAccountID(account) {
			u.Account = policy.Text{} // one of AWS's own
		}
		p.Account = u.Account
	}
	return p, u
}

// compareVersions says of each version what it changes: compared with the last one
// before of which it is certain that it was in force, and known what it says.
func (b *Boundary) compareVersions(share *budget.Share) {
	var certain, perhaps *BoundaryVersion
	var known []*BoundaryVersion
	for i := range b.Versions {
		share.Check()
		v := &b.Versions[i]
		v.Gained, v.MayGain, v.Lost = []string{}, []string{}, []string{}
		if !v.Assumed {
			b.take(v, i)
		}
		before := cmp.Or(certain, perhaps)
		switch {
		case v.document == nil:
			v.NotCompared = "its document is not known"
			continue
		case before != nil:
			b.compareVersion(v, before)
		case i > 0 || v.ID != firstVersion:
			v.NotCompared = "no document before it is known"
		}
		if v.Assumed {
			perhaps = v
		} else {
			certain = v
			known = append(known, v)
		}
	}
	if b.Deleted != "" {
		b.Since = ""
		return
	}
	b.takeWeakerSince(known, share)
}

// take takes a version as the one in force. One that is in force already stays so
// from when it came.
func (b *Boundary) take(v *BoundaryVersion, at int) {
	for at > 0 && b.Versions[at-1].ID == v.ID && b.Versions[at-1].document == v.document {
		at--
	}
	for b.Versions[at].Assumed {
		at++
	}
	b.Since = b.Versions[at].InForceFrom
}

func (b *Boundary) compareVersion(v, before *BoundaryVersion) {
	v.Compared = true
	after, u := bearer(b.ARN, v.document)
	former, _ := bearer(b.ARN, before.document)
	v.Gained, v.MayGain, v.Sensitive = named(authz.Gained(after, former, u))
	v.Lost, _, _ = named(authz.Gained(former, after, u))
	if v.Assumed || before.Assumed {
		v.MayGain, v.Gained, v.Sensitive = append(v.Gained, v.MayGain...), []string{}, 0
		v.Lost = []string{}
	}
}

// takeWeakerSince finds the last version that let something through which the one
// before did not, where the document in force still does. known are the versions that
// were certainly in force, with their documents.
func (b *Boundary) takeWeakerSince(known []*BoundaryVersion, share *budget.Share) {
	inForce := b.inForce()
	if inForce == nil || inForce.document == nil {
		return
	}
	for i := len(known) - 1; i > 0; i-- {
		if len(known[i].Gained) == 0 {
			continue
		}
		share.Check()
		after, u := bearer(b.ARN, inForce.document)
		before, _ := bearer(b.ARN, known[i-1].document)
		if gained, _, _ := named(authz.Gained(after, before, u)); len(gained) > 0 {
			b.WeakerSince = known[i].InForceFrom
			return
		}
	}
}

// inForce is the last version that was certainly in force, nil where there is none.
func (b *Boundary) inForce() *BoundaryVersion {
	for i := range slices.Backward(b.Versions) {
		if !b.Versions[i].Assumed {
			return &b.Versions[i]
		}
	}
	return nil
}

// named are the names of gains, sensitive ones first.
func named(gains []authz.Gain) (certain, perhaps []string, sensitive int) {
	certain, perhaps = []string{}, []string{}
	rest := []string{}
	for i := range gains {
		g := &gains[i]
		switch {
		case g.Answer.Verdict != authz.Allowed:
			perhaps = append(perhaps, g.Name)
		case escalation.IsSensitive(g):
			certain = append(certain, g.Name)
			sensitive++
		default:
			rest = append(rest, g.Name)
		}
	}
	return append(certain, rest...), perhaps, sensitive
}

// takeAdded finds the actions that AWS has added since the boundary was written, or
// since a given day, and that it lets through.
func (b *Boundary) takeAdded(stored *iam.ManagedPolicy, since time.Time, share *budget.Share) {
	if b.Deleted != "" {
		return
	}
	var d *policy.Document
	if v := b.inForce(); v != nil {
		d = v.document
		if since.IsZero() {
			since = v.at
		}
	} else if stored != nil && stored.Document != nil && stored.Document.Unknown == nil {
		d = stored.Document.Document
	}
	if d == nil || since.IsZero() {
		return
	}
	b.AddedSince = day(since)
	holder, u := bearer(b.ARN, d)
	for _, action := range catalog.AddedSince(since) {
		share.Check()
		answer := authz.Search(holder, u, &authz.Query{Actions: []string{action.String()}})
		if answer.Verdict == authz.Denied {
			continue
		}
		when, _ := action.Appeared()
		b.Added = append(b.Added, AddedAction{
			Action: action.String(), After: day(when.After), By: day(when.By), Undetermined: answer.Verdict != authz.Allowed,
			Sensitive: escalation.IsSensitive(&authz.Gain{Name: action.String(), Action: action}),
		})
	}
	slices.SortStableFunc(b.Added, func(x, y AddedAction) int {
		switch {
		case x.Sensitive == y.Sensitive:
			return cmp.Or(strings.Compare(y.By, x.By), strings.Compare(x.Action, y.Action))
		case x.Sensitive:
			return -1
		}
		return 1
	})
}
