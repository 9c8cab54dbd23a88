package audit

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
)

// Status is how far a control is fulfilled.
type Status string

// The states.
const (
	Passed   Status = "passed"
	Failed   Status = "failed"
	NotKnown Status = "not-known"
)

// Control is one thing that is asked of every account.
type Control struct {
	// ID is Security Hub's ("IAM.4"), that of the CIS benchmark where that has none,
	// or a leg's ("leg-1"). CIS are the numbers in versions of the CIS AWS
	// Foundations Benchmark, "v3.0.0/1.4".
	ID     string   `json:"id"`
	CIS    []string `json:"cis,omitempty"`
	Title  string   `json:"title"`
	Status Status   `json:"status"`
	// Because says why it is not known, or what a pass rests on.
	Because string `json:"because,omitempty"`
	// Checked and Failing count what it was asked of: users, keys, policies, entities.
	Checked int `json:"checked"`
	Failing int `json:"failing"`
	// Items are what fails.
	Items []string `json:"items"`
	// Accounts are the accounts in which it fails, or is not known.
	FailedIn   []string `json:"failedIn"`
	NotKnownIn []string `json:"notKnownIn"`
}

// fail notes something that fails.
func (c *Control) fail(account, item string) {
	c.Status = Failed
	if !slices.Contains(c.Items, item) {
		c.Items = append(c.Items, item)
		c.Failing++
	}
	if account != "" && !slices.Contains(c.FailedIn, account) {
		c.FailedIn = append(c.FailedIn, account)
	}
}

func (c *Control) notKnown(account string) {
	if account != "" && !slices.Contains(c.NotKnownIn, account) {
		c.NotKnownIn = append(c.NotKnownIn, account)
	}
}

func (c Control) settled() Control {
	for _, list := range []*[]string{&c.Items, &c.FailedIn, &c.NotKnownIn} {
		if *list == nil {
			*list = []string{}
		}
		slices.Sort(*list)
	}
	return c
}

// controlGroup are controls under a heading.
type controlGroup struct {
	Name     string
	Controls []Control
}

// groups are all controls.
func (a *Audit) groups() []controlGroup {
	return []controlGroup{{"permissions boundaries", a.Legs}, {"CIS AWS Foundations Benchmark, section 1", a.Controls}}
}

// Count counts the controls in a state.
func (g controlGroup) Count(state Status) int {
	return countOf(g.Controls, func(c Control) bool { return c.Status == state })
}

// control is a control of the benchmark as it is decided.
type control struct {
	id, title string
	cis       []string
	// reported tells that it is decided by the credential report.
	reported bool
	// because says why nothing here decides it; "" for one that is decided.
	because string
	decide  func(c *Control, at *place)
}

// benchmark are the controls of section 1 of the CIS AWS Foundations Benchmark that
// are about IAM, with their numbers as AWS Security Hub's user guide lists them
// (controls for IAM; CIS AWS Foundations Benchmark). What asks for settings that
// neither a dump nor a credential report has is not known.
var benchmark = []control{
	{
		id: "IAM.4", cis: []string{"v1.2.0/1.12", "v1.4.0/1.4", "v3.0.0/1.4"}, title: "The root user has no access key",
		reported: true, decide: rootKeys,
	},
	{id: "IAM.9", cis: []string{"v1.2.0/1.13", "v1.4.0/1.5", "v3.0.0/1.5"}, title: "The root user has MFA", reported: true, decide: rootMFA},
	{
		id: "IAM.6", cis: []string{"v1.2.0/1.14", "v1.4.0/1.6", "v3.0.0/1.6"}, title: "The root user has hardware MFA",
		because: "a credential report does not say what kind of device it is",
	},
	{
		id: "IAM.20", cis: []string{"v1.2.0/1.1", "v1.4.0/1.7", "v3.0.0/1.7"}, title: "The root user has not been used for 90 days",
		reported: true, decide: rootUnused,
	},
	{
		id: "IAM.15", cis: []string{"v1.2.0/1.9", "v1.4.0/1.8", "v3.0.0/1.8"}, title: "Passwords have at least 14 characters",
		because: "the password policy is in none of the inputs",
	},
	{
		id: "IAM.16", cis: []string{"v1.2.0/1.10", "v1.4.0/1.9", "v3.0.0/1.9"}, title: "Passwords are not used again",
		because: "the password policy is in none of the inputs",
	},
	{
		id: "IAM.5", cis: []string{"v1.2.0/1.2", "v1.4.0/1.10", "v3.0.0/1.10"}, title: "Users with a password have MFA",
		reported: true, decide: consoleMFA,
	},
	{
		id: "IAM.22", cis: []string{"v1.4.0/1.12", "v3.0.0/1.12"}, title: "Credentials unused for 45 days are removed",
		reported: true, decide: unusedCredentials,
	},
	{
		id: "CIS.1.13", cis: []string{"v1.4.0/1.13", "v3.0.0/1.13"}, title: "Users have at most one active access key",
		reported: true, decide: oneKey,
	},
	{
		id: "IAM.3", cis: []string{"v1.2.0/1.4", "v1.4.0/1.14", "v3.0.0/1.14"}, title: "Access keys are rotated within 90 days",
		reported: true, decide: rotated,
	},
	{
		id: "IAM.2", cis: []string{"v1.2.0/1.16", "v1.4.0/1.15", "v3.0.0/1.15"}, title: "Users have policies through groups only",
		decide: throughGroups,
	},
	{
		id: "IAM.1", title: "No attached customer managed policy allows everything; policies of AWS are not looked at", decide: noFullAdmin,
	},
	{
		id: "CIS.1.16", cis: []string{"v1.2.0/1.22", "v1.4.0/1.16", "v3.0.0/1.16"},
		title: "No attached policy allows everything, AdministratorAccess of AWS among them", decide: noFullAdminOfAWS,
	},
	{id: "IAM.18", cis: []string{"v1.2.0/1.20", "v1.4.0/1.17", "v3.0.0/1.17"}, title: "A role for AWS Support exists", decide: supportRole},
	{id: "IAM.27", cis: []string{"v3.0.0/1.22"}, title: "AWSCloudShellFullAccess is attached to nobody", decide: noCloudShell},
	{
		id: "IAM.26", cis: []string{"v1.4.0/1.19", "v3.0.0/1.19"}, title: "No server certificate has expired",
		because: "server certificates are in none of the inputs",
	},
	{
		id: "IAM.28", cis: []string{"v1.4.0/1.20", "v3.0.0/1.20"}, title: "IAM Access Analyzer is on in all regions",
		because: "analyzers are in none of the inputs",
	},
}

// controls decide the benchmark in every account.
func controls(places []*place) []Control {
	var out []Control
	for _, asked := range benchmark {
		c := Control{ID: asked.id, CIS: asked.cis, Title: asked.title, Status: Passed}
		for _, at := range places {
			switch {
			case asked.decide == nil:
				c.lacks(at.account, asked.because)
			case asked.reported && at.reported == nil:
				c.lacks(at.account, "there is no credential report of some accounts")
			case !at.complete && !asked.reported:
				c.lacks(at.account, "the dump of some accounts is not complete")
			default:
				asked.decide(&c, at)
			}
		}
		if len(places) == 0 {
			c.lacks("", cmp.Or(asked.because, "no account is known"))
		}
		out = append(out, c.settled())
	}
	return out
}

// lacks notes why a control is not known in an account.
func (c *Control) lacks(account, because string) {
	c.notKnown(account)
	if c.Status == Passed {
		c.Status = NotKnown
	}
	if !strings.Contains(c.Because, because) {
		c.Because = strings.TrimPrefix(c.Because+"; "+because, "; ")
	}
}

// within reports whether a time is less than so many days ago.
func (p *place) within(t time.Time, days int) bool {
	return p.today.Sub(t) < time.Duration(days)*24*time.Hour
}

// root is the row of the root user; nil where the report has none.
func (p *place) root() *iam.ReportedUser {
	for _, u := range p.reported {
		if u.Root {
			return u
		}
	}
	return nil
}

// ofRoot decides a control of the root user.
func (c *Control) ofRoot(p *place, holds func(*iam.ReportedUser) bool) {
	root := p.root()
	if root == nil {
		c.lacks(p.account, "the credential report of some accounts has no row of the root user")
		return
	}
	c.Checked++
	if !holds(root) {
		c.fail(p.account, root.Address)
	}
}

func rootKeys(c *Control, p *place) {
	c.ofRoot(p, func(u *iam.ReportedUser) bool { return !u.Keys[0].Active && !u.Keys[1].Active })
}

func rootMFA(c *Control, p *place) { c.ofRoot(p, func(u *iam.ReportedUser) bool { return u.MFA }) }

func rootUnused(c *Control, p *place) {
	c.ofRoot(p, func(u *iam.ReportedUser) bool {
		for _, used := range []time.Time{u.PasswordUsed, u.Keys[0].Used, u.Keys[1].Used} {
			if !used.IsZero() && p.within(used, 90) {
				return false
			}
		}
		return true
	})
}

// users visits the rows of users. A user without one is not known.
func (c *Control) users(p *place, visit func(*iam.ReportedUser)) {
	if len(p.unreported) > 0 {
		c.lacks(p.account, "the credential report has no row of "+phrase.Some(p.unreported, 3))
	}
	for _, u := range p.reported {
		if !u.Root {
			visit(u)
		}
	}
}

func consoleMFA(c *Control, p *place) {
	c.users(p, func(u *iam.ReportedUser) {
		if u.Password {
			if c.Checked++; !u.MFA {
				c.fail(p.account, u.Address)
			}
		}
	})
}

// unusedCredentials: a password or key that is active has been used within less than
// 45 days, or, if it never has been, is not older (CIS AWS Foundations Benchmark
// v3.0.0, 1.12: "unused for 45 days or greater").
func unusedCredentials(c *Control, p *place) {
	const limit = 45
	c.users(p, func(u *iam.ReportedUser) {
		stale := func(used, made time.Time) bool {
			if used.IsZero() {
				used = made
			}
			return !p.within(used, limit)
		}
		if u.Password {
			if c.Checked++; stale(u.PasswordUsed, later(u.PasswordChanged, u.Created)) {
				c.fail(p.account, u.Address+" (password)")
			}
		}
		for i, k := range u.Keys {
			if k.Active {
				if c.Checked++; stale(k.Used, k.Rotated) {
					c.fail(p.account, fmt.Sprintf("%s (access key %d)", u.Address, i+1))
				}
			}
		}
	})
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func oneKey(c *Control, p *place) {
	c.users(p, func(u *iam.ReportedUser) {
		if c.Checked++; u.Keys[0].Active && u.Keys[1].Active {
			c.fail(p.account, u.Address)
		}
	})
}

// rotated: an active key is not older than 90 days (CIS AWS Foundations Benchmark v3.0.0,
// 1.14: "every 90 days or less").
func rotated(c *Control, p *place) {
	c.users(p, func(u *iam.ReportedUser) {
		for i, k := range u.Keys {
			if k.Active {
				if c.Checked++; !p.within(k.Rotated, 90) && p.today.Sub(k.Rotated) != 90*24*time.Hour {
					c.fail(p.account, fmt.Sprintf("%s (access key %d)", u.Address, i+1))
				}
			}
		}
	})
}

// attached visits the attachments of all dumps.
func (p *place) attached(is func(*iam.Attachment) bool) bool {
	return slices.ContainsFunc(p.models, func(m *iam.Model) bool { return slices.ContainsFunc(m.Attachments, is) })
}

func throughGroups(c *Control, p *place) {
	seen := map[string]bool{}
	for _, m := range p.models {
		for _, e := range m.Entities {
			if e.Kind != iam.User || seen[e.Address] {
				continue
			}
			seen[e.Address] = true
			c.Checked++
			is := func(kind iam.HolderKind, holder iam.Value) bool {
				return kind == iam.HolderUser && holder.Text.Equal(e.ARN)
			}
			if p.attached(func(a *iam.Attachment) bool { return is(a.HolderKind, a.Holder) }) ||
				slices.ContainsFunc(p.models, func(m *iam.Model) bool {
					return slices.ContainsFunc(m.Inline, func(i *iam.InlinePolicy) bool { return is(i.HolderKind, i.Holder) })
				}) {
				c.fail(p.account, e.Address)
			}
		}
	}
}

// noFullAdmin: a managed policy of the account that is attached has no statement
// that allows all actions on all resources. One that serves as a boundary alone
// grants nothing.
func noFullAdmin(c *Control, p *place) {
	seen := map[string]bool{}
	for _, model := range p.models {
		for _, m := range model.Policies {
			attached := p.attached(func(a *iam.Attachment) bool { return a.PolicyARN.Text.Equal(m.ARN) })
			if !attached || m.Document == nil || m.Document.Document == nil {
				continue
			}
			if !seen[m.Address] {
				c.Checked++
			}
			if seen[m.Address] = true; slices.ContainsFunc(m.Document.Statements, allowsEverything) {
				c.fail(p.account, m.Address)
			}
		}
	}
}

// noFullAdminOfAWS is noFullAdmin for policies of AWS, too: the benchmark lists all that
// are attached, and AWS Security Hub only those of the account.
func noFullAdminOfAWS(c *Control, p *place) {
	noFullAdmin(c, p)
	seen := map[string]bool{}
	for _, m := range p.models {
		for _, a := range m.Attachments {
			arn, _ := a.PolicyARN.Known()
			if seen[arn] || !strings.Contains(arn, ":iam::aws:policy/") {
				continue
			}
			seen[arn] = true
			c.Checked++
			text, _ := catalog.ManagedPolicy(arn)
			d, diags := policy.Parse(text, nil, policy.ParseOptions{Kind: policy.IdentityPolicy})
			if !diags.HasErrors() && slices.ContainsFunc(d.Statements, allowsEverything) {
				c.fail(p.account, arn)
			}
		}
	}
}

func allowsEverything(s *policy.Statement) bool {
	has := func(list []policy.Element, all ...string) bool {
		return slices.ContainsFunc(list, func(e policy.Element) bool {
			known, _ := e.Text.Known()
			return slices.Contains(all, known)
		})
	}
	return s.Effect == policy.Allow && has(s.Action, "*", "*:*") && has(s.Resource, "*")
}

// awsPolicy reports whether an attachment is of one of AWS's own policies.
func awsPolicy(a *iam.Attachment, name string) bool {
	arn, _ := a.PolicyARN.Known()
	return strings.Contains(arn, ":iam::aws:policy/") && strings.HasSuffix(arn, "/"+name)
}

func supportRole(c *Control, p *place) {
	c.Checked++
	if !p.attached(func(a *iam.Attachment) bool {
		return a.HolderKind == iam.HolderRole && awsPolicy(a, "AWSSupportAccess")
	}) {
		c.fail(p.account, "the account "+p.account)
	}
}

func noCloudShell(c *Control, p *place) {
	seen := map[string]bool{}
	for _, m := range p.models {
		for _, e := range m.Entities {
			seen[e.Address] = true
		}
		for _, a := range m.Attachments {
			if awsPolicy(a, "AWSCloudShellFullAccess") {
				c.fail(p.account, a.Address)
			}
		}
	}
	c.Checked += len(seen)
}
