package audit

import (
	"fmt"
	"maps"
	"slices"
	"time"

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
	// Since is when its document came into force, "" where nothing tells, Deleted when
	// the policy was deleted and not made again.
	Since   string `json:"since,omitempty"`
	Deleted string `json:"deleted,omitempty"`
	// Versions are its documents in the order in which they came into force, as far
	// as the dump has them stored or the trail shows them.
	Versions []BoundaryVersion `json:"versions"`
	// WeakerSince is when the last version came into force that let something through
	// which the one before did not, and compared with which one before the document in
	// force still lets more through; "" where there is none, or nothing tells.
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
	// ByDump tells that no event put it into force: the dump has it as the default
	// version, and InForceFrom is the earliest time that it can be.
	ByDump bool `json:"byDump,omitempty"`
	// Assumed tells that it may never have been in force: the dump has it stored, and
	// InForceFrom is when it was made.
	Assumed bool   `json:"assumed,omitempty"`
	By      string `json:"by,omitempty"`
	Session string `json:"session,omitempty"`
	Event   string `json:"event,omitempty"`
	// Gained are the actions that it lets through in the worst case and that the one
	// before did not, MayGain those of which that is not determined; sensitive ones
	// first. Lost are those of the other direction.
	Gained  []string `json:"gained"`
	MayGain []string `json:"mayGain"`
	Lost    []string `json:"lost"`
	// Sensitive counts those of Gained that are.
	Sensitive int `json:"sensitive"`
	// Compared is false for the first one, and where its document is not known, or none
	// of those before; NotCompared says which, "" for the first one.
	Compared    bool   `json:"compared"`
	NotCompared string `json:"notComparedBecause,omitempty"`
	document    *policy.Document
	at          time.Time
	event       *trail.Event
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

// Change is what was done with a boundary, with an entity that has or lacks one, or with
// whom a role trusts.
type Change struct {
	Time     string `json:"time"`
	Account  string `json:"account"`
	Kind     string `json:"kind"`
	Entity   string `json:"entity,omitempty"`
	Boundary string `json:"boundary,omitempty"`
	// Trusts are those whom a role trusts and did not before, as its trust policy names
	// them; where the change may weaken, those of whom that is not known.
	Trusts   []string `json:"trusts,omitempty"`
	By       string   `json:"by"`
	Session  string   `json:"session,omitempty"`
	SourceIP string   `json:"sourceIp,omitempty"`
	Event    string   `json:"event"`
	// Weakens tells that a boundary was taken away or allows more, that an entity was
	// made without one or with one that allows everything, or that a role trusts someone
	// whom it did not; MayWeaken that this is not known.
	Weakens   bool `json:"weakens"`
	MayWeaken bool `json:"mayWeaken,omitempty"`
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
	var newest time.Time
	for _, m := range s.Models {
		for _, p := range m.Policies {
			if arn, known := p.ARN.Known(); known {
				declared[arn] = p
			}
			for _, v := range p.Versions {
				newest = later(newest, v.Created)
			}
		}
	}
	for _, arn := range slices.Sorted(maps.Keys(inUse)) {
		b := Boundary{ARN: arn, Entities: inUse[arn], Added: []AddedAction{}}
		b.takeVersions(declared[arn], eventsOf(events, arn), newest)
		b.compareVersions(s.Share)
		b.takeAdded(declared[arn], s.Since, s.Share)
		a.Boundaries = append(a.Boundaries, b)
	}
	a.takeChanges(s, events, declared)
	a.takeRefusals(events)
}

// ownEvents are those of the accounts that are audited, a call that several of them have
// recorded once (CloudTrail User Guide, record contents, sharedEventID). Others are noted.
func (a *Audit) ownEvents(all []*trail.Event) []*trail.Event {
	own, others := map[string]bool{}, map[string]bool{}
	for _, account := range a.Accounts {
		own[account.ID] = true
	}
	out := []*trail.Event{}
	shared := map[string]bool{}
	elsewhere := 0
	for _, e := range all {
		switch {
		case !own[e.Account]:
			others[e.Account] = true
			elsewhere++
		case !shared[e.SharedID]:
			shared[e.SharedID] = e.SharedID != ""
			out = append(out, e)
		}
	}
	if len(others) > 0 {
		a.Notes = append(a.Notes, fmt.Sprintf("Of the trail, %s of accounts that are not audited (%s): not counted.",
			phrase.Count(elsewhere, "event is", "events are"), phrase.Some(slices.Sorted(maps.Keys(others)), 3)))
	}
	return out
}
