package audit

import (
	"encoding/json"
	"io"
	"slices"
	"strings"

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
	case a.Version == 0 || a.Date == "":
		return nil, stream.Errorf("it is not the JSON of an audit (boundlint audit --format json)")
	case a.Version > Version:
		return nil, stream.Errorf("it was written by a newer version of boundlint")
	}
	return &a, nil
}

// SameAccounts reports whether two audits have an account in common.
func (a *Audit) SameAccounts(other *Audit) bool {
	return slices.ContainsFunc(a.Accounts, func(x Account) bool {
		return slices.ContainsFunc(other.Accounts, func(y Account) bool { return x.ID == y.ID })
	})
}

func compare(last, now *Audit) *Comparison {
	c := &Comparison{Date: last.Date}
	c.NewFindings = without(now.Findings, last.Findings)
	c.FixedFindings = without(last.Findings, now.Findings)
	c.Unchanged = len(now.Findings) - len(c.NewFindings)
	c.compareEntities(last, now)
	for _, group := range [...][2][]Control{{last.Legs, now.Legs}, {last.Controls, now.Controls}} {
		for _, x := range group[1] {
			i := slices.IndexFunc(group[0], func(y Control) bool { return y.ID == x.ID })
			if i >= 0 && group[0][i].Status != x.Status {
				c.Controls = append(c.Controls, ChangedControl{x.ID, x.Title, group[0][i].Status, x.Status})
			}
		}
	}
	return c.complete()
}

// without are the findings that another list has not.
func without(list, other []Finding) []Finding {
	known := map[string]bool{}
	for _, f := range other {
		known[f.Fingerprint] = true
	}
	return slices.DeleteFunc(slices.Clone(list), func(f Finding) bool { return known[f.Fingerprint] })
}

func (c *Comparison) compareEntities(last, now *Audit) {
	before, after := last.entities(), now.entities()
	for _, account := range now.Accounts {
		if !slices.ContainsFunc(last.Accounts, func(x Account) bool { return x.ID == account.ID }) {
			c.AccountsCame = append(c.AccountsCame, account.ID)
		}
	}
	for _, account := range last.Accounts {
		if !slices.ContainsFunc(now.Accounts, func(x Account) bool { return x.ID == account.ID }) {
			c.AccountsWent = append(c.AccountsWent, account.ID)
		}
	}
	for address, e := range after {
		switch was, known := before[address]; {
		case !known:
			c.Came = append(c.Came, address)
		case was.Boundary != e.Boundary:
			c.Swapped = append(c.Swapped, SwappedEntry{address, was.Boundary, e.Boundary})
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
}

func (a *Audit) entities() map[string]Entity {
	out := map[string]Entity{}
	for _, account := range a.Accounts {
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
	if c.Controls == nil {
		c.Controls = []ChangedControl{}
	}
	return c
}
