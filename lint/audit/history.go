package audit

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/escalation"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/trail"
)

// Boundary is a policy that serves as a boundary, or did.
type Boundary struct {
	ARN string `json:"arn"`
	// Entities counts those that have it.
	Entities int `json:"entities"`
	// Since is when its document came into force, "" where nothing tells.
	Since string `json:"since,omitempty"`
	// Versions are its documents in the order in which they came into force, as far
	// as the dump has them stored or the trail shows them.
	Versions []BoundaryVersion `json:"versions"`
	// WeakerSince is since when it lets something through that the version before did
	// not; "" where it does not, or nothing tells.
	WeakerSince string `json:"weakerSince,omitempty"`
	// AddedSince is the day from which actions count as new, Added are those that the
	// boundary lets through and that AWS has added since, or may have, sensitive ones first.
	AddedSince string        `json:"addedSince,omitempty"`
	Added      []AddedAction `json:"added"`
}

// BoundaryVersion is one document of a boundary.
type BoundaryVersion struct {
	ID string `json:"id"`
	// InForceFrom is since when it holds; By, Session and Event are from the trail,
	// "" where that does not have it.
	InForceFrom string `json:"inForceFrom"`
	By          string `json:"by,omitempty"`
	Session     string `json:"session,omitempty"`
	Event       string `json:"event,omitempty"`
	// Gained are the actions that it lets through in the worst case and that the one
	// before did not, MayGain those of which that is not determined; sensitive ones
	// first. Lost are those of the other direction.
	Gained  []string `json:"gained"`
	MayGain []string `json:"mayGain"`
	Lost    []string `json:"lost"`
	// Sensitive counts those of Gained that are.
	Sensitive int `json:"sensitive"`
	// Compared is false for the first one, and where the document of one of them is
	// not known.
	Compared bool `json:"compared"`
	document *policy.Document
	at       time.Time
}

// AddedAction is an action that AWS has added.
type AddedAction struct {
	Action string `json:"action"`
	// After and By are the days between which it appeared.
	After     string `json:"after"`
	By        string `json:"by"`
	Sensitive bool   `json:"sensitive"`
	// Undetermined tells that it may be let through.
	Undetermined bool `json:"undetermined,omitempty"`
}

// Change is what was done with a boundary, or with an entity that has or lacks one.
type Change struct {
	Time     string `json:"time"`
	Account  string `json:"account"`
	Kind     string `json:"kind"`
	Entity   string `json:"entity,omitempty"`
	Boundary string `json:"boundary,omitempty"`
	By       string `json:"by"`
	Session  string `json:"session,omitempty"`
	SourceIP string `json:"sourceIp,omitempty"`
	Event    string `json:"event"`
	// Weakens tells that a boundary was taken away, or that an entity was made
	// without one.
	Weakens bool `json:"weakens"`
}

// Refusal is what a boundary refused, how often.
type Refusal struct {
	Account  string `json:"account"`
	By       string `json:"by"`
	Action   string `json:"action"`
	Resource string `json:"resource,omitempty"`
	How      string `json:"how"`
	Count    int    `json:"count"`
	First    string `json:"first"`
	Last     string `json:"last"`
}

// takeHistory says what the stored versions and the trail tell of boundaries.
func (a *Audit) takeHistory(s *Source) {
	events := []*trail.Event{}
	if s.Events != nil {
		events = a.ownEvents(s.Events.Events)
		a.Trail = &Trail{Files: s.Files, Records: s.Events.Records, From: moment(s.Events.From), To: moment(s.Events.To)}
	}
	inUse := map[string]int{}
	for _, account := range a.Accounts {
		for _, e := range account.Entities {
			if e.Boundary != "" {
				inUse[e.Boundary]++
			}
		}
	}
	for _, e := range events {
		if _, known := inUse[e.Boundary]; e.Boundary != "" && !known {
			inUse[e.Boundary] = 0
		}
	}
	declared := map[string]*iam.ManagedPolicy{}
	for _, m := range s.Models {
		for _, p := range m.Policies {
			if arn, known := p.ARN.Known(); known {
				declared[arn] = p
			}
		}
	}
	for _, arn := range slices.Sorted(maps.Keys(inUse)) {
		b := Boundary{ARN: arn, Entities: inUse[arn], Versions: versionsOf(declared[arn], eventsOf(events, arn)), Added: []AddedAction{}}
		b.compareVersions()
		b.takeAdded(declared[arn], s.Since)
		a.Boundaries = append(a.Boundaries, b)
	}
	a.takeChanges(events, inUse)
	a.takeRefusals(events)
}

// ownEvents are those of the accounts that are audited. Others are noted.
func (a *Audit) ownEvents(all []*trail.Event) []*trail.Event {
	own, others := map[string]bool{}, map[string]bool{}
	for _, account := range a.Accounts {
		own[account.ID] = true
	}
	out := []*trail.Event{}
	for _, e := range all {
		if own[e.Account] {
			out = append(out, e)
		} else {
			others[e.Account] = true
		}
	}
	if len(others) > 0 {
		a.Notes = append(a.Notes, fmt.Sprintf("Of the trail, %s of accounts that are not audited (%s): not counted.",
			phrase.Count(len(all)-len(out), "event is", "events are"), some(slices.Sorted(maps.Keys(others)), 3)))
	}
	return out
}

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

// versionsOf are the documents of a boundary in the order in which they came into
// force. A stored version of which no event tells that it was made the default one
// is taken to have come into force when it was made, which is what Terraform and
// the console do.
func versionsOf(stored *iam.ManagedPolicy, events []*trail.Event) []BoundaryVersion {
	documents := map[string]*policy.Document{}
	dates := map[string]time.Time{}
	if stored != nil {
		for _, v := range stored.Versions {
			dates[v.ID] = v.Created
			if v.Document != nil && v.Document.Unknown == nil {
				documents[v.ID] = v.Document.Document
			}
		}
	}
	var out []BoundaryVersion
	told := map[string]bool{}
	for _, e := range events {
		if e.Document != "" && documents[e.Version] == nil {
			if d, diags := policy.Parse(e.Document, nil, policy.ParseOptions{Kind: policy.IdentityPolicy}); !diags.HasErrors() {
				documents[e.Version] = d
			}
		}
		if e.Version != "" && (e.Kind == trail.VersionCreated || e.Kind == trail.PolicyCreated) {
			told[e.Version] = true
		}
		if e.InForce && e.Version != "" {
			told[e.Version] = true
			out = append(out, BoundaryVersion{
				ID: e.Version, InForceFrom: moment(e.Time), By: e.Actor, Session: e.Session, Event: e.ID, at: e.Time,
			})
		}
	}
	for id, date := range dates {
		if !told[id] {
			out = append(out, BoundaryVersion{ID: id, InForceFrom: moment(date), at: date})
		}
	}
	slices.SortStableFunc(out, func(x, y BoundaryVersion) int {
		return cmp.Or(x.at.Compare(y.at), strings.Compare(x.ID, y.ID))
	})
	for i := range out {
		out[i].document = documents[out[i].ID]
	}
	if out == nil {
		out = []BoundaryVersion{}
	}
	return out
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

// compareVersions says of each version what it changes.
func (b *Boundary) compareVersions() {
	for i := range b.Versions {
		v := &b.Versions[i]
		v.Gained, v.MayGain, v.Lost = []string{}, []string{}, []string{}
		b.Since = v.InForceFrom
		if i == 0 || v.document == nil || b.Versions[i-1].document == nil {
			continue
		}
		v.Compared = true
		after, u := bearer(b.ARN, v.document)
		before, _ := bearer(b.ARN, b.Versions[i-1].document)
		v.Gained, v.MayGain, v.Sensitive = named(authz.Gained(after, before, u))
		v.Lost, _, _ = named(authz.Gained(before, after, u))
		if len(v.Gained) > 0 {
			b.WeakerSince = v.InForceFrom
		}
	}
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
func (b *Boundary) takeAdded(stored *iam.ManagedPolicy, since time.Time) {
	var d *policy.Document
	if n := len(b.Versions); n > 0 {
		d = b.Versions[n-1].document
		if since.IsZero() {
			since = b.Versions[n-1].at
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

// takeChanges lists what was done with boundaries and with those who have them.
func (a *Audit) takeChanges(events []*trail.Event, boundaries map[string]int) {
	for _, e := range events {
		c := Change{
			Time: moment(e.Time), Account: e.Account, Kind: string(e.Kind), Boundary: cmp.Or(e.Boundary, e.Policy), By: e.Actor,
			Session: e.Session, SourceIP: e.SourceIP, Event: e.ID,
		}
		switch e.Kind {
		case trail.Created, trail.BoundaryRemoved, trail.BoundaryPut:
			c.Entity = e.EntityKind + "/" + e.Entity
			c.Weakens = e.Boundary == ""
		case trail.PolicyCreated, trail.VersionCreated, trail.DefaultSet, trail.VersionDeleted, trail.PolicyDeleted:
			if _, ok := boundaries[e.Policy]; !ok {
				continue
			}
			c.Weakens = a.weakened(e)
		case trail.Refused:
			continue
		}
		a.Changes = append(a.Changes, c)
	}
}

// weakened reports whether an event put a version into force that allows more.
func (a *Audit) weakened(e *trail.Event) bool {
	return slices.ContainsFunc(a.Boundaries, func(b Boundary) bool {
		return b.ARN == e.Policy && slices.ContainsFunc(b.Versions, func(v BoundaryVersion) bool { return v.Event == e.ID && len(v.Gained) > 0 })
	})
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
