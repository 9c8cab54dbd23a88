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
	// undecided tells that nothing that an audit reads decides it.
	undecided bool
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

// groups are all controls. What nothing decides comes last.
func (a *Audit) groups() []controlGroup {
	benchmark := slices.Clone(a.Controls)
	slices.SortStableFunc(benchmark, func(x, y Control) int {
		switch {
		case x.undecided == y.undecided:
			return 0
		case x.undecided:
			return 1
		}
		return -1
	})
	return []controlGroup{{"permissions boundaries", a.Legs}, {"CIS AWS Foundations Benchmark, Identity and Access Management", benchmark}}
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

// benchmark are the recommendations of the section Identity and Access Management of the
// CIS AWS Foundations Benchmark: 1 in versions up to v5.0.0, and 2 since. Their numbers up
// to v5.0.0 are those that AWS Security Hub's user guide lists (controls for IAM; CIS AWS
// Foundations Benchmark). What asks for settings that neither a dump nor a credential
// report has is not known.
var benchmark = []control{
	{
		id: "CIS.2.1.1", title: "Root access to member accounts is managed centrally",
		cis:     []string{"v7.0.0/2.1.1"},
		because: "whether it is, is in none of the inputs",
	},
	{
		id: "CIS.2.1.2", title: "Guardrails bind all accounts of the organization",
		cis:     []string{"v7.0.0/2.1.2"},
		because: "which guardrails are asked for is in none of the inputs",
	},
	{
		id: "CIS.2.1.3", title: "The management account has no workloads",
		cis:     []string{"v7.0.0/2.1.3"},
		because: "workloads are in none of the inputs",
	},
	{
		id: "CIS.2.1.4", title: "Organizational units follow environments and sensitivity",
		cis:     []string{"v7.0.0/2.1.4"},
		because: "what a unit is for is in none of the inputs",
	},
	{
		id: "CIS.2.1.5", title: "A delegated administrator manages the policies of the organization",
		cis:     []string{"v7.0.0/2.1.5"},
		because: "the delegation policy of the organization is in none of the inputs",
	},
	{
		id: "CIS.2.1.6", title: "Delegated administrators manage the services of the organization",
		cis:     []string{"v7.0.0/2.1.6"},
		because: "which services are in use is in none of the inputs",
	},
	{
		id: "CIS.1.1", title: "Contact details are current",
		cis:     []string{"v1.4.0/1.1", "v3.0.0/1.1", "v5.0.0/1.1", "v6.0.0/2.1", "v7.0.0/2.2"},
		because: "contact details are in none of the inputs",
	},
	{
		id: "Account.1", title: "A security contact is registered",
		cis:     []string{"v1.4.0/1.2", "v3.0.0/1.2", "v5.0.0/1.2", "v6.0.0/2.2", "v7.0.0/2.3"},
		because: "contact details are in none of the inputs",
	},
	{
		id: "CIS.1.3", title: "Security questions are registered",
		cis:     []string{"v1.4.0/1.3", "v3.0.0/1.3"},
		because: "security questions are in none of the inputs",
	},
	{
		id: "IAM.4", title: "The root user has no access key",
		cis:      []string{"v1.2.0/1.12", "v1.4.0/1.4", "v3.0.0/1.4", "v5.0.0/1.3", "v6.0.0/2.3", "v7.0.0/2.4"},
		reported: true, decide: rootKeys,
	},
	{
		id: "IAM.9", title: "The root user has MFA, or no password",
		cis:      []string{"v1.2.0/1.13", "v1.4.0/1.5", "v3.0.0/1.5", "v5.0.0/1.4", "v6.0.0/2.4", "v7.0.0/2.5"},
		reported: true, decide: rootMFA,
	},
	{
		id: "IAM.6", title: "The root user has hardware MFA, or no password",
		cis:      []string{"v1.2.0/1.14", "v1.4.0/1.6", "v3.0.0/1.6", "v5.0.0/1.5", "v6.0.0/2.5", "v7.0.0/2.6"},
		reported: true, decide: rootHardwareMFA,
	},
	{
		id: "IAM.20", title: "The root user has not been used for 90 days",
		cis:      []string{"v1.2.0/1.1", "v1.4.0/1.7", "v3.0.0/1.7", "v5.0.0/1.6", "v6.0.0/2.6", "v7.0.0/2.7"},
		reported: true, decide: rootUnused,
	},
	{
		id: "IAM.15", title: "Passwords have at least 14 characters",
		cis:     []string{"v1.2.0/1.9", "v1.4.0/1.8", "v3.0.0/1.8", "v5.0.0/1.7", "v6.0.0/2.7", "v7.0.0/2.8"},
		because: "the password policy is in none of the inputs",
	},
	{
		id: "IAM.16", title: "Passwords are not used again",
		cis:     []string{"v1.2.0/1.10", "v1.4.0/1.9", "v3.0.0/1.9", "v5.0.0/1.8", "v6.0.0/2.8", "v7.0.0/2.9"},
		because: "the password policy is in none of the inputs",
	},
	{
		id: "IAM.5", title: "Users with a password have MFA",
		cis:      []string{"v1.2.0/1.2", "v1.4.0/1.10", "v3.0.0/1.10", "v5.0.0/1.9", "v6.0.0/2.9", "v7.0.0/2.10"},
		reported: true, decide: consoleMFA,
	},
	{
		id: "CIS.1.11", title: "Users with a password are made without access keys",
		cis:     []string{"v1.4.0/1.11", "v3.0.0/1.11", "v5.0.0/1.10", "v6.0.0/2.10"},
		because: "how a user was made is in none of the inputs",
	},
	{
		id: "IAM.22", title: "Credentials unused for 45 days are removed",
		cis:      []string{"v1.4.0/1.12", "v3.0.0/1.12", "v5.0.0/1.11", "v6.0.0/2.11", "v7.0.0/2.11"},
		reported: true, decide: unusedCredentials,
	},
	{
		id: "CIS.1.13", title: "Users have at most one active access key",
		cis:      []string{"v1.4.0/1.13", "v3.0.0/1.13", "v5.0.0/1.12", "v6.0.0/2.12"},
		reported: true, decide: oneKey,
	},
	{
		id: "IAM.3", title: "Access keys are rotated within 90 days",
		cis:      []string{"v1.2.0/1.4", "v1.4.0/1.14", "v3.0.0/1.14", "v5.0.0/1.13", "v6.0.0/2.13", "v7.0.0/2.12"},
		reported: true, decide: rotated,
	},
	{
		id: "IAM.2", title: "Users have policies through groups only",
		cis:    []string{"v1.2.0/1.16", "v1.4.0/1.15", "v3.0.0/1.15", "v5.0.0/1.14", "v6.0.0/2.14", "v7.0.0/2.13"},
		decide: throughGroups,
	},
	{
		id: "IAM.1", title: "No attached customer managed policy allows everything; policies of AWS are not looked at",
		decide: noFullAdmin,
	},
	{
		id: "CIS.1.16", title: "No attached policy allows everything, AdministratorAccess of AWS among them",
		cis:    []string{"v1.2.0/1.22", "v1.4.0/1.16", "v3.0.0/1.16", "v5.0.0/1.15", "v6.0.0/2.15", "v7.0.0/2.14"},
		decide: noFullAdminOfAWS,
	},
	{
		id: "IAM.18", title: "A role for AWS Support exists",
		cis:    []string{"v1.2.0/1.20", "v1.4.0/1.17", "v3.0.0/1.17", "v5.0.0/1.16", "v6.0.0/2.16", "v7.0.0/2.15"},
		decide: supportRole,
	},
	{
		id: "CIS.1.18", title: "Instances use roles",
		cis:     []string{"v1.4.0/1.18", "v3.0.0/1.18", "v5.0.0/1.17", "v6.0.0/2.17", "v7.0.0/2.16"},
		because: "instances are in none of the inputs",
	},
	{
		id: "IAM.26", title: "No server certificate has expired",
		cis:     []string{"v1.4.0/1.19", "v3.0.0/1.19", "v5.0.0/1.18", "v6.0.0/2.18", "v7.0.0/2.17"},
		because: "server certificates are in none of the inputs",
	},
	{
		id: "IAM.28", title: "IAM Access Analyzer is on in all regions",
		cis:     []string{"v1.4.0/1.20", "v3.0.0/1.20", "v5.0.0/1.19", "v6.0.0/2.19", "v7.0.0/2.18"},
		because: "analyzers are in none of the inputs",
	},
	{
		id: "CIS.1.21", title: "Users are managed centrally",
		cis:     []string{"v1.4.0/1.21", "v3.0.0/1.21", "v5.0.0/1.20", "v6.0.0/2.20", "v7.0.0/2.19"},
		because: "whom a user is for is in none of the inputs",
	},
	{
		id: "IAM.27", title: "AWSCloudShellFullAccess is attached to nobody",
		cis:    []string{"v3.0.0/1.22", "v5.0.0/1.21", "v6.0.0/2.21", "v7.0.0/2.20"},
		decide: noCloudShell,
	},
	{
		id: "CIS.2.21", title: "No resource policy lets everyone in",
		cis:     []string{"v7.0.0/2.21"},
		because: "the resource policies of all services are in none of the inputs",
	},
}

// controls decide the benchmark in every account.
func controls(places []*place) []Control {
	var out []Control
	for _, asked := range benchmark {
		c := Control{ID: asked.id, CIS: asked.cis, Title: asked.title, Status: Passed, undecided: asked.decide == nil}
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

// rootMFA: the root user has MFA, or no password, as where an organization manages the
// root users of its accounts (CIS AWS Foundations Benchmark v6.0.0, 2.4).
func rootMFA(c *Control, p *place) {
	c.ofRoot(p, func(u *iam.ReportedUser) bool { return u.MFA || u.NoPassword })
}

// rootHardwareMFA is rootMFA for a device that is not a virtual one, which a credential
// report does not tell.
func rootHardwareMFA(c *Control, p *place) {
	if root := p.root(); root != nil && root.MFA && !root.NoPassword {
		c.lacks(p.account, "a credential report does not say what kind of device it is")
		return
	}
	rootMFA(c, p)
}

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
