package audit

import (
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/boundlint/boundlint/lint/source/stream"
)

// Comparison is what differs from an audit before.
type Comparison struct {
	// Date is that of the audit before.
	Date string `json:"date"`
	// NewFindings and FixedFindings are told apart by their fingerprints; Unchanged
	// counts the others.
	NewFindings   []Finding `json:"newFindings"`
	FixedFindings []Finding `json:"fixedFindings"`
	Unchanged     int       `json:"unchanged"`
	// Came and Went are entities, Swapped those that have another boundary, or none
	// any more.
	Came    []string       `json:"came"`
	Went    []string       `json:"went"`
	Swapped []SwappedEntry `json:"swapped"`
	// Trusting are roles of both audits that trust someone whom they did not.
	Trusting []TrustingEntry `json:"trusting"`
	// Controls are those whose state is another one.
	Controls []ChangedControl `json:"controls"`
	// AccountsCame and AccountsWent are accounts.
	AccountsCame []string `json:"accountsCame"`
	AccountsWent []string `json:"accountsWent"`
}

// SwappedEntry is an entity with its boundary before and now, "" for none.
type SwappedEntry struct {
	Address string `json:"address"`
	Before  string `json:"before"`
	Now     string `json:"now"`
}

// TrustingEntry is a role with those whom it trusts and did not before, as its trust
// policy names them.
type TrustingEntry struct {
	Address string   `json:"address"`
	Trusts  []string `json:"trusts"`
}

// ChangedControl is a control with its states.
type ChangedControl struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	Before Status `json:"before"`
	Now    Status `json:"now"`
}

// Read reads an audit that was written before. The error says what is wrong with
// it.
func Read(r io.Reader) (*Audit, error) {
	var a Audit
	d := json.NewDecoder(r)
	if err := d.Decode(&a); err != nil {
		return nil, &stream.Error{Problem: "it is not the JSON of an audit (boundlint audit --format json)", Err: err}
	}
	switch {
	case a.Version < 1 || a.Date == "":
		return nil, stream.Errorf("it is not the JSON of an audit (boundlint audit --format json)")
	case a.Version > Version:
		return nil, stream.Errorf("it was written by a newer version of boundlint")
	}
	if _, err := time.Parse(time.DateOnly, a.Date); err != nil {
		return nil, stream.Errorf("the date of the audit is not a day such as 2026-01-31: %q", a.Date)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, stream.Errorf("something follows the JSON of the audit")
	}
	return &a, nil
}

// SameAccounts reports whether two audits have an account in common.
func (a *Audit) SameAccounts(other *Audit) bool {
	return slices.ContainsFunc(a.Accounts, func(x Account) bool {
		return slices.ContainsFunc(other.Accounts, func(y Account) bool { return x.ID == y.ID })
	})
}

// compare compares the accounts that are in both audits. The others are named.
func compare(last, now *Audit) *Comparison {
	c := &Comparison{Date: last.Date}
	c.AccountsCame, c.AccountsWent = accountsBesides(now, last), accountsBesides(last, now)
	apart := slices.Concat(c.AccountsCame, c.AccountsWent)
	before, after := findingsBesides(last, apart), findingsBesides(now, apart)
	c.NewFindings = without(after, before)
	c.FixedFindings = without(before, after)
	c.Unchanged = len(after) - len(c.NewFindings)
	c.compareEntities(last.entities(apart), now.entities(apart))
	for _, group := range [...][2][]Control{{last.Legs, now.Legs}, {last.Controls, now.Controls}} {
		for i := range group[1] {
			x := &group[1][i]
			at := slices.IndexFunc(group[0], func(y Control) bool { return y.ID == x.ID })
			if at < 0 {
				continue
			}
			if was, is := group[0][at].statusBesides(apart), x.statusBesides(apart); was != is {
				c.Controls = append(c.Controls, ChangedControl{x.ID, x.Title, was, is})
			}
		}
	}
	return c.complete()
}

// accountsBesides are the accounts that another audit has not.
func accountsBesides(a, other *Audit) []string {
	var out []string
	for _, account := range a.Accounts {
		if !slices.ContainsFunc(other.Accounts, func(x Account) bool { return x.ID == account.ID }) {
			out = append(out, account.ID)
		}
	}
	return out
}

// findingsBesides are the findings of all accounts but some.
func findingsBesides(a *Audit, apart []string) []Finding {
	return slices.DeleteFunc(slices.Clone(a.Findings), func(f Finding) bool { return slices.Contains(apart, f.Account) })
}

// statusBesides is the state of a control in all accounts but some.
func (c *Control) statusBesides(apart []string) Status {
	elsewhere := func(id string) bool { return slices.Contains(apart, id) }
	failed := slices.DeleteFunc(slices.Clone(c.FailedIn), elsewhere)
	open := slices.DeleteFunc(slices.Clone(c.NotKnownIn), elsewhere)
	switch {
	case len(failed) == len(c.FailedIn) && len(open) == len(c.NotKnownIn):
		return c.Status
	case len(failed) > 0:
		return Failed
	case len(open) > 0:
		return NotKnown
	}
	return Passed
}

// without are the findings that another list has not.
func without(list, other []Finding) []Finding {
	known := map[string]bool{}
	for _, f := range other {
		known[f.Fingerprint] = true
	}
	return slices.DeleteFunc(slices.Clone(list), func(f Finding) bool { return known[f.Fingerprint] })
}

func (c *Comparison) compareEntities(before, after map[string]Entity) {
	for address, e := range after {
		was, known := before[address]
		if !known {
			c.Came = append(c.Came, address)
			continue
		}
		if was.Boundary != e.Boundary {
			c.Swapped = append(c.Swapped, SwappedEntry{address, was.Boundary, e.Boundary})
		}
		// An audit of an earlier version of boundlint does not tell whom a role trusts.
		if who := unnamed(e.Trusts, was.Trusts); len(was.Trusts) > 0 && len(who) > 0 {
			c.Trusting = append(c.Trusting, TrustingEntry{address, who})
		}
	}
	for address := range before {
		if _, still := after[address]; !still {
			c.Went = append(c.Went, address)
		}
	}
	slices.Sort(c.Came)
	slices.Sort(c.Went)
	slices.SortFunc(c.Swapped, func(x, y SwappedEntry) int { return strings.Compare(x.Address, y.Address) })
	slices.SortFunc(c.Trusting, func(x, y TrustingEntry) int { return strings.Compare(x.Address, y.Address) })
}

// entities are those of all accounts but some, by their addresses.
func (a *Audit) entities(apart []string) map[string]Entity {
	out := map[string]Entity{}
	for _, account := range a.Accounts {
		if slices.Contains(apart, account.ID) {
			continue
		}
		for _, e := range account.Entities {
			out[e.Address] = e
		}
	}
	return out
}

// complete makes lists of what is nil, for JSON.
func (c *Comparison) complete() *Comparison {
	for _, list := range []*[]string{&c.Came, &c.Went, &c.AccountsCame, &c.AccountsWent} {
		if *list == nil {
			*list = []string{}
		}
	}
	for _, list := range []*[]Finding{&c.NewFindings, &c.FixedFindings} {
		if *list == nil {
			*list = []Finding{}
		}
	}
	if c.Swapped == nil {
		c.Swapped = []SwappedEntry{}
	}
	if c.Trusting == nil {
		c.Trusting = []TrustingEntry{}
	}
	if c.Controls == nil {
		c.Controls = []ChangedControl{}
	}
	return c
}
