// Package audit puts together what a review of accounts says at regular times: who
// is bound by which boundary, what changed, who changed it and who was refused,
// which actions are new, how far each control is fulfilled, and what differs from
// the review before.
package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/budget"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/source/trail"
)

// Version is the version of the JSON. It changes when a key changes its meaning
// or goes away, not when one is added.
const Version = 1

// Audit is what is said. It is encoded as JSON as it stands.
type Audit struct {
	Version int    `json:"version"`
	Tool    string `json:"tool"`
	// Date is the day of the audit, 2026-11-30.
	Date     string    `json:"date"`
	Accounts []Account `json:"accounts"`
	// Trail is null where no events were given.
	Trail      *Trail     `json:"trail"`
	Legs       []Control  `json:"legs"`
	Controls   []Control  `json:"controls"`
	Boundaries []Boundary `json:"boundaries"`
	Changes    []Change   `json:"changes"`
	Refusals   []Refusal  `json:"refusals"`
	Findings   []Finding  `json:"findings"`
	// Unmanaged are the roles and users that no state manages; null where no state
	// was given.
	Unmanaged []string `json:"unmanaged"`
	// Notes say what the audit lacks.
	Notes []string `json:"notes"`
	// Last is the comparison with the audit before; null without one.
	Last *Comparison `json:"comparedWithLast"`
}

// Account is one account.
type Account struct {
	ID           string `json:"id"`
	Name         string `json:"name,omitempty"`
	Organization string `json:"organization,omitempty"`
	// Roles and Users are counted as judged; Bounded, Unbounded and NotKnown of them
	// are limited by a boundary, are not, or it is not determined.
	Roles int `json:"roles"`
	Users int `json:"users"`
	// PermissionSets counts those of Identity Center, which are in none of the counts.
	PermissionSets int      `json:"permissionSets"`
	Bounded        int      `json:"bounded"`
	Unbounded      int      `json:"unbounded"`
	NotKnown       int      `json:"notKnown"`
	Entities       []Entity `json:"entities"`
}

// Entity is a role, user or permission set with its boundary.
type Entity struct {
	Address  string `json:"address"`
	Kind     string `json:"kind"`
	Boundary string `json:"boundary,omitempty"`
	Bounded  string `json:"bounded,omitempty"`
	// Trusts are those whom a role trusts, as its trust policy names them.
	Trusts []string `json:"trusts,omitempty"`
}

// Trail says which events were looked at.
type Trail struct {
	Files   int    `json:"files"`
	Records int    `json:"records"`
	From    string `json:"from,omitempty"`
	To      string `json:"to,omitempty"`
}

// Finding is one of the report.
type Finding struct {
	Rule        string `json:"rule"`
	Severity    string `json:"severity"`
	Verdict     string `json:"verdict"`
	Account     string `json:"account"`
	Address     string `json:"address"`
	Message     string `json:"message"`
	Remediation string `json:"remediation"`
	Fingerprint string `json:"fingerprint"`
}

// Source is what an audit is made of.
type Source struct {
	// Report is that of the accounts, Models are theirs.
	Report *lint.Report
	Models []*iam.Model
	// Rules are all that there are, whether they ran or not.
	Rules []*lint.Rule
	// Events are those of the trail, of so many files; nil for none.
	Events *trail.Log
	Files  int
	// Last is the audit before, nil for none.
	Last *Audit
	// Since is the day from which actions count as new; zero takes for each boundary
	// the time at which its document came into force.
	Since time.Time
	Today time.Time
	// Notes say what of the inputs was not looked at.
	Notes []string
	// Share is the budget of the run, nil for none.
	Share *budget.Share
}

// Make makes the audit. It panics with a *budget.SpentError once the share is used up.
func Make(s *Source) *Audit {
	a := &Audit{
		Version: Version, Tool: strings.TrimSpace(s.Report.Tool.Name + " " + s.Report.Tool.Version), Date: day(s.Today),
		Accounts: []Account{}, Boundaries: []Boundary{}, Changes: []Change{}, Refusals: []Refusal{}, Findings: []Finding{}, Notes: []string{},
	}
	places := placesOf(s)
	a.takeAccounts(s)
	a.takeFindings(s.Report)
	a.Legs, a.Controls = legs(s), controls(places)
	a.takeHistory(s)
	if s.Last != nil {
		a.Last = compare(s.Last, a)
	}
	a.note(s, places)
	return a
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// takeAccounts counts the entities of each account. Several inputs of one account
// are one.
func (a *Audit) takeAccounts(s *Source) {
	organizations := map[string]string{}
	for _, m := range s.Models {
		if m.Organization != nil {
			for id := range m.Organization.Accounts {
				organizations[id] = m.Organization.ID
			}
		}
	}
	trusts := trusteesOf(s.Models)
	for i := range s.Report.Inputs {
		in := &s.Report.Inputs[i]
		if in.Kind != iam.InputAccount {
			continue
		}
		at := slices.IndexFunc(a.Accounts, func(x Account) bool { return x.ID == in.Account })
		if at < 0 {
			at = len(a.Accounts)
			a.Accounts = append(a.Accounts, Account{
				ID: in.Account, Name: in.AccountName, Organization: organizations[in.Account], Entities: []Entity{},
			})
		}
		account := &a.Accounts[at]
		for _, e := range in.Entities {
			account.take(e, trusts[e.Address])
		}
		if in.Unmanaged != nil {
			a.Unmanaged = append(slices.Clip(a.Unmanaged), in.Unmanaged...)
			if a.Unmanaged == nil {
				a.Unmanaged = []string{}
			}
		}
	}
	slices.SortFunc(a.Accounts, func(x, y Account) int { return strings.Compare(x.ID, y.ID) })
	for i := range a.Accounts {
		slices.SortFunc(a.Accounts[i].Entities, func(x, y Entity) int { return strings.Compare(x.Address, y.Address) })
	}
}

func (a *Account) take(e lint.EntitySummary, trusts []string) {
	switch {
	case e.Kind == iam.PermissionSet:
		a.PermissionSets++
	case e.Bounded == lint.BoundedYes:
		a.Bounded++
	case e.Bounded == lint.BoundedNo:
		a.Unbounded++
	default:
		a.NotKnown++
	}
	switch e.Kind {
	case iam.User:
		a.Users++
	case iam.Role:
		a.Roles++
	case iam.PermissionSet:
	}
	a.Entities = append(a.Entities, Entity{
		Address: e.Address, Kind: string(e.Kind), Boundary: e.Boundary, Bounded: string(e.Bounded), Trusts: trusts,
	})
}

// total sums up all accounts.
func (a *Audit) total() Account {
	var out Account
	for _, x := range a.Accounts {
		out.Roles, out.Users = out.Roles+x.Roles, out.Users+x.Users
		out.Bounded, out.Unbounded, out.NotKnown = out.Bounded+x.Bounded, out.Unbounded+x.Unbounded, out.NotKnown+x.NotKnown
	}
	return out
}

func (a *Audit) takeFindings(r *lint.Report) {
	for i := range r.Findings {
		f := &r.Findings[i]
		account := ""
		if f.Input < len(r.Inputs) {
			account = r.Inputs[f.Input].Account
		}
		a.Findings = append(a.Findings, Finding{
			Rule: f.Rule, Severity: f.Severity.String(), Verdict: string(f.Verdict), Account: account, Address: f.Address, Message: f.Message,
			Remediation: f.Remediation, Fingerprint: f.Fingerprint,
		})
	}
}

// note says what the audit lacks.
func (a *Audit) note(s *Source, places []*place) {
	lacks := func(text string) { a.Notes = append(a.Notes, text) }
	a.Notes = append(a.Notes, s.Notes...)
	for i := range s.Report.Inputs {
		if in := &s.Report.Inputs[i]; !in.Complete {
			lacks(in.Path + " is not complete: " + strings.Join(in.Reasons, "; "))
		}
	}
	if s.Events == nil {
		lacks("No CloudTrail events were given (--trail): who changed a boundary, and who was refused, is not known.")
	}
	if !slices.ContainsFunc(s.Models, func(m *iam.Model) bool { return m.Reported != nil }) {
		lacks("No credential report was given (--credential-report): the controls of credentials are not known.")
	}
	for _, p := range places {
		if len(p.unknown) > 0 {
			lacks(fmt.Sprintf("The credential report has rows of users that the dump of %s has not: %s. They are not counted.", p.account,
				phrase.Some(p.unknown, 3)))
		}
		if p.differ() {
			lacks(fmt.Sprintf("There are several dumps of %s, and they differ: all that any of them has counts.", p.account))
		}
	}
	if a.Unmanaged == nil {
		lacks("No state was given (--against): which roles and users Terraform does not manage is not known.")
	}
	if first := catalog.FirstSeen(); !s.Since.IsZero() && s.Since.Before(first) {
		lacks("The catalog knows when actions appeared only since " + day(first) + ": earlier ones are not called new.")
	}
	for _, d := range s.Report.Diagnostics {
		if d.Severity == lint.Error {
			lacks(cmp.Or(d.Input, "The run") + ": " + d.Message)
		}
	}
}
