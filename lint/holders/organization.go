package holders

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// level is one policy of the organization. The level at which each is attached
// is not known offline: each is taken as a level of its own that has to allow,
// unless it only denies, as policies beside AWS's FullAWSAccess do.
type level struct {
	policies []*authz.Policy
	// accounts are those that it binds; nil for all.
	accounts []iam.Value
	// perhaps are the policies for other accounts, where something hides
	// whether it binds them; nil where it does not.
	perhaps []*authz.Policy
}

// organization compiles the service and resource control policies that stand
// beside the tree. One that is attached to nothing binds nobody where the tree is
// known; else it is taken to be attached where nobody can see it.
func (a *Account) organization() {
	all := slices.Concat(a.Model.OrganizationPolicies, a.Settings.OrganizationPolicies)
	for _, o := range all {
		if o.Document == nil || o.Document.Document == nil || a.Model.Organization != nil && (o.Unattached || o.InTree) {
			continue
		}
		full := a.fullAccess(o.Type)
		l := level{policies: []*authz.Policy{a.Compile(o.Document, o.Address)}, accounts: o.Accounts}
		if OnlyDenies(o.Document.Document) {
			l.policies = append(l.policies, full)
		}
		if doubt := elsewhere(o); doubt != nil {
			l.perhaps = append(l.perhaps, authz.Compile(unsure(o.Document.Document, doubt)))
			if !OnlyDenies(o.Document.Document) {
				full = authz.Compile(unsure(full.Document, doubt))
			}
			l.perhaps = append(l.perhaps, full)
			if l.accounts == nil {
				l.accounts = []iam.Value{}
			}
		}
		if o.Type == iam.ResourceControlPolicy {
			a.rcps = append(a.rcps, l)
		} else {
			a.scps = append(a.scps, l)
		}
	}
}

// elsewhere is what hides whether a policy binds more accounts than those that
// are known; nil if nothing does.
func elsewhere(o *iam.OrganizationPolicy) *policy.Symbol {
	if o.Doubt != nil {
		return o.Doubt
	}
	for _, account := range o.Accounts {
		if symbols := account.Text.Symbols(); len(symbols) > 0 {
			return symbols[0]
		}
	}
	return nil
}

// OnlyDenies reports whether a document has no statement that may allow.
func OnlyDenies(d *policy.Document) bool {
	return !slices.ContainsFunc(d.Statements, func(s *policy.Statement) bool { return s.Effect != policy.Deny })
}

// unsure is a document of which it is not known whether it applies.
func unsure(d *policy.Document, by *policy.Symbol) *policy.Document {
	out := *d
	out.Statements = nil
	for _, s := range d.Statements {
		maybe := *s
		maybe.Maybe = by
		out.Statements = append(out.Statements, &maybe)
	}
	return &out
}

// ApplyOrganization puts a holder under the policies of its organization: not those that
// are attached to other accounts. Service-linked roles are under none (AWS
// Organizations User Guide, tasks and entities not restricted by SCPs).
func (a *Account) ApplyOrganization(h *Holder) {
	own := h.Deployment.Account
	if h.Entity != nil && strings.HasPrefix(h.Entity.Path.Text.Prefix(), "/aws-service-role/") {
		h.Principal.Organization = memberships.Of(a).unlimited
		return
	}
	binding := func(all []level) [][]*authz.Policy {
		var out [][]*authz.Policy
		for _, l := range all {
			switch {
			case l.accounts == nil || slices.ContainsFunc(l.accounts, func(v iam.Value) bool { return v.Text.Equal(own) }) || !own.IsKnown() &&
				l.perhaps == nil:
				out = append(out, l.policies)
			case l.perhaps != nil:
				out = append(out, l.perhaps)
			}
		}
		return out
	}
	h.Principal.SCPs, h.Principal.RCPs = binding(a.scps), binding(a.rcps)
	if account, known := own.Known(); known {
		tree := a.treeOf(own)
		h.Principal.SCPs = append(h.Principal.SCPs, tree.levels(account, iam.ServiceControlPolicy)...)
		h.Principal.RCPs = append(h.Principal.RCPs, tree.levels(account, iam.ResourceControlPolicy)...)
	}
	h.Principal.Organization = memberships.Of(a).whole
}
