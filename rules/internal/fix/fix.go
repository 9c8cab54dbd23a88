// Package fix writes what closes a finding: statements in the language of the
// document that they go into, and the remediation that shows them.
package fix

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/rules/internal/delegation"
)

// What a policy grants too much is fixed by a Deny beside it: that closes the
// request whatever other statement allows it too. The finding carries the
// statements as data, and its remediation has them in the language of the
// place.

// Site is where the statements that fix a finding go.
type Site struct {
	// Address is the resource that holds the document, "" for a policy of its
	// own; holder is then who gets it.
	Address, Holder string
	Form            iam.Form
	// Boundary tells that the document is a boundary: what it refers to may
	// have it, and Terraform takes no circle.
	Boundary bool
	// managed is the name of AWS's policy that grants it, which cannot be
	// edited; "" for none.
	managed string
	// full is the policy that grants it and has no room for more; "" for none.
	full string
}

// isFull reports whether statements would make a managed policy longer than IAM
// takes. A boundary cannot be split in two.
func isFull(a *holders.Account, at Site, statements []*policy.Statement) bool {
	for _, p := range a.Model.Policies {
		if p.Address != at.Address || at.Boundary || p.Document == nil {
			continue
		}
		size, _ := policy.Size(p.Document.Text)
		for _, s := range statements {
			size += len(policy.PrintStatement(s, policy.PrintOptions{})) + len(",")
		}
		return size > iam.ManagedPolicySize
	}
	return false
}

// WithRoom is the site itself where the statements have room there, and else a
// further policy for the holder, if it is an entity.
func WithRoom(a *holders.Account, at Site, h *holders.Holder, statements []*policy.Statement) Site {
	if h.Entity == nil || !isFull(a, at, statements) {
		return at
	}
	return Site{Holder: h.Address, Form: at.Form, full: at.Address}
}

// SiteOf is where a request of the holder is denied: beside what grants it. AWS's
// own policies cannot be edited, so there it is the holder's boundary, or a
// further policy. It is false where nothing in the input can be edited.
func SiteOf(a *holders.Account, h *holders.Holder, w *authz.Witness) (Site, bool) {
	if m := holders.Maker(w); m != nil {
		return boundarySite(a, delegation.BoundaryOf(m))
	}
	g, _, ok := h.Granting(w)
	switch {
	case !ok:
		return Site{}, false
	case g.Document != nil:
		return DocumentSite(a, g), !strings.HasPrefix(g.Address, "boundary.")
	}
	managed := g.ManagedName()
	if b, ok := a.Standing[h.Principal.Boundary]; ok && h.Boundary == holders.BoundedKnown && b.Document != nil &&
		!strings.HasPrefix(b.Address, "boundary.") {
		at := DocumentSite(a, b)
		at.managed, at.Boundary = managed, true
		return at, true
	}
	at := OwnSite(h)
	at.managed = managed
	if g.Group != nil {
		at.Holder = g.Group.Address
	}
	return at, h.Entity != nil
}

// OwnSite is a further policy for the holder.
func OwnSite(h *holders.Holder) Site {
	at := Site{Holder: h.Address}
	if h.Location.HasFile() {
		at.Form = iam.FormObject
	}
	return at
}

// DocumentSite is the place of the document of a grant.
func DocumentSite(a *holders.Account, g holders.Grant) Site {
	at := Site{Address: g.Address, Form: g.Document.Form}
	for _, p := range a.Model.Policies {
		if p.Address == g.Address {
			at.Boundary = len(p.BoundaryOf) > 0
		}
	}
	return at
}

// boundarySite is the document of a boundary by its ARN.
func boundarySite(a *holders.Account, arn string) (Site, bool) {
	for _, p := range a.Model.Policies {
		if !p.Gone() && p.ARN.String() == arn && p.Document != nil && p.Document.Document != nil {
			return Site{Address: p.Address, Form: p.Document.Form, Boundary: true}, true
		}
	}
	return Site{}, false
}

// LeaveOut ends the lead of a denial where the grant can be edited, too.
const LeaveOut = ", or leave the actions out of what is allowed"

// Deny has a finding fixed by statements that deny the request, which the lead
// says in a sentence.
func Deny(a *holders.Account, h *holders.Holder, f *lint.Finding, w *authz.Witness, lead string, statements ...*policy.Statement) {
	at, ok := SiteOf(a, h, w)
	if ok {
		at = WithRoom(a, at, h, statements)
	}
	f.Remediation = Denial(a, at, ok, lead, statements)
	if ok {
		f.Fix = widening(a, at, lead, statements)
	}
}

// widening is the fix by statements in a place. Where boundaries leave the
// holders of one text different actions of it, all of those are denied there.
func widening(a *holders.Account, at Site, lead string, statements []*policy.Statement) *lint.Fix {
	f := Adding(a, at, statements)
	f.Widen = func(further []*policy.Statement) (*lint.Fix, string) {
		all := Together(append(slices.Clone(statements), besides(statements, further)...))
		return widening(a, at, lead, all), Denial(a, at, true, lead, all)
	}
	return f
}

// Adding is the fix by statements that are added in a place.
func Adding(a *holders.Account, at Site, statements []*policy.Statement) *lint.Fix {
	return &lint.Fix{Address: at.Address, Holder: at.Holder, Statements: statements, Reference: referring(a, at)}
}

// referring is [ReferenceTo] in a place.
func referring(a *holders.Account, at Site) func(policy.Text) (string, bool) {
	return func(x policy.Text) (string, bool) { return ReferenceTo(a, x, at) }
}

// besides is what statements deny of actions that others do not name.
func besides(named, further []*policy.Statement) []*policy.Statement {
	isNamed := func(e policy.Element) bool {
		return slices.ContainsFunc(named, func(s *policy.Statement) bool {
			return slices.ContainsFunc(s.Action, func(o policy.Element) bool { return o.Text.Equal(e.Text) })
		})
	}
	var out []*policy.Statement
	for _, s := range further {
		rest := *s
		if rest.Action = slices.DeleteFunc(slices.Clone(s.Action), isNamed); len(rest.Action) > 0 {
			out = append(out, &rest)
		}
	}
	return out
}

// DenyMaking has a finding about a role of the holder's own making fixed where
// AWS manages the boundary of that: no other principal can close it there, so that no
// role may be made under it.
func DenyMaking(a *holders.Account, h *holders.Holder, f *lint.Finding, made *authz.Witness) bool {
	boundary := delegation.BoundaryOf(made)
	if !strings.Contains(boundary, ":iam::aws:policy/") {
		return false
	}
	Deny(a, h, f, made, "It creates the role under the boundary "+boundary+", which AWS manages. Deny it to create roles under any but "+
		"these boundaries",
		UnlessBounded(a, h, "iam:CreateRole"))
	return true
}

// Denial is a remediation that shows statements to add.
func Denial(a *holders.Account, at Site, known bool, lead string, statements []*policy.Statement) string {
	w := &phrase.StatementWriter{Form: at.Form, Reference: referring(a, at)}
	var text string
	if at.managed != "" {
		text = fmt.Sprintf("AWS manages %s, which grants it, and only AWS can edit that. ", at.managed)
		lead = strings.TrimSuffix(lead, LeaveOut)
	}
	if at.full != "" {
		text += fmt.Sprintf("%s has no room for more: IAM takes %d characters. ", at.full, iam.ManagedPolicySize)
	}
	text += lead
	switch {
	case !known:
	case at.Boundary:
		text += ", in the boundary " + at.Address
	case at.Address != "":
		text += ", in " + at.Address
	default:
		text += ", in a policy of your own for " + at.Holder
	}
	return text + ":\n\n" + w.Statements(statements)
}

// ReferenceTo is how HCL refers to the ARN of a policy, role or user of the
// same module.
func ReferenceTo(a *holders.Account, x policy.Text, at Site) (string, bool) {
	where := at.Address
	if where == "" {
		where = at.Holder
	}
	usable := func(address string) bool {
		return !at.Boundary && address != where && !strings.HasPrefix(address, "arn:") && iam.ModuleOf(address) == iam.ModuleOf(where)
	}
	local := func(address string) string {
		return strings.TrimPrefix(strings.TrimPrefix(address, iam.ModuleOf(address)), ".")
	}
	for _, p := range a.Model.Policies {
		if !p.Gone() && p.ARN.Equal(x) && usable(p.Address) {
			return local(p.Address) + ".arn", true
		}
	}
	for _, e := range a.Model.Entities {
		if !e.Gone() && e.ARN.Equal(x) && usable(e.Address) {
			return local(e.Address) + ".arn", true
		}
	}
	if s := x.Symbol(); s != nil && s.Kind == policy.SymbolReference && s.Attribute != "" && usable(s.Address) {
		return local(s.Address) + "." + s.Attribute, true
	}
	return "", false
}

// Denying is a statement that denies actions on resources.
func Denying(actions []string, resources ...policy.Text) *policy.Statement {
	s := &policy.Statement{Effect: policy.Deny, EffectText: policy.Literal("Deny")}
	for _, action := range actions {
		s.Action = append(s.Action, policy.Element{Text: policy.Literal(action)})
	}
	for _, x := range resources {
		s.Resource = append(s.Resource, policy.Element{Text: x})
	}
	if resources == nil {
		s.Resource = []policy.Element{{Text: policy.Literal("*")}}
	}
	return s
}

// UnlessBounded is a statement that denies actions without an approved boundary.
func UnlessBounded(a *holders.Account, h *holders.Holder, actions ...string) *policy.Statement {
	s := Denying(actions)
	operator := "StringNotEquals"
	var values []policy.Element
	for _, x := range askableBoundaries(a, h) {
		if holders.IsWildcard(x) {
			operator = "StringNotLike"
		}
		values = append(values, policy.Element{Text: x})
	}
	s.Condition = []policy.Condition{{Operator: policy.Literal(operator), Key: policy.Literal(policy.BoundaryKey), Values: values}}
	return s
}

// mostAskable is how many boundaries a remediation names.
const mostAskable = 5

// askableBoundaries are the boundaries that a condition may ask for: the
// holder's own first, then those that are approved or in use. AWS's managed
// policies are named only where there is no other.
func askableBoundaries(a *holders.Account, h *holders.Holder) []policy.Text {
	var own []policy.Text
	if h.Entity != nil && a.HasApproved(h.Entity) {
		own = append(own, h.Entity.Boundary.Text)
	}
	if !h.BoundaryARN.IsEmpty() {
		own = append(own, h.BoundaryARN)
	}
	approvedHere := slices.Clone(a.ProtectedBoundaries())
	for _, x := range a.ApprovedARNs() {
		approvedHere = append(approvedHere, a.Deployed(x.ARN))
	}
	var out, byAWS []policy.Text
	seen := map[string]bool{}
	for _, x := range slices.Concat(own, approvedHere, a.BoundariesInUse()) {
		x = Spelled(a, x)
		arn, ok := policy.ParseARN(x)
		if !ok || seen[x.Key()] || a.Approved.ApprovesARN(x, policy.Text{}) == policy.False {
			continue
		}
		seen[x.Key()] = true
		if holders.IsText(arn.Account, "aws") {
			byAWS = append(byAWS, x)
			continue
		}
		out = append(out, x)
	}
	switch {
	case len(out) > 0:
		return out[:min(len(out), mostAskable)]
	case len(byAWS) > 0:
		return byAWS[:1]
	}
	return []policy.Text{PlaceholderBoundary(h.Deployment)}
}

// PlaceholderBoundary stands for a boundary where the input has none.
func PlaceholderBoundary(d iam.Deployment) policy.Text {
	return policy.Concat(policy.Literal("arn:"), d.Partition, policy.Literal(":iam::"), d.Account, policy.Literal(":policy/<boundary>"))
}

// RemovalDenials are the statements that keep boundaries on entities of both
// kinds, as far as the holder may do anything to them.
func RemovalDenials(a *holders.Account, h *holders.Holder, grown bool) []*policy.Statement {
	may := func(action string) bool {
		return grown || authz.Search(h.Strict(), a.Universe(h.Deployment), &authz.Query{Actions: []string{action}}).Verdict != authz.Denied
	}
	var deletes, puts []string
	for _, c := range delegation.Creations {
		if action := "iam:Delete" + string(c.Kind) + "PermissionsBoundary"; may(action) {
			deletes = append(deletes, action)
		}
		if action := "iam:Put" + string(c.Kind) + "PermissionsBoundary"; may(action) {
			puts = append(puts, action)
		}
	}
	var out []*policy.Statement
	if deletes != nil {
		out = append(out, Denying(deletes))
	}
	if puts != nil {
		out = append(out, UnlessBounded(a, h, puts...))
	}
	return out
}

// EditingActions change what a managed policy says.
var EditingActions = []string{"iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:DeletePolicyVersion", "iam:DeletePolicy"}

// Together makes one statement of those that differ in their actions alone, or
// in their resources alone.
func Together(list []*policy.Statement) []*policy.Statement {
	actions := func(s *policy.Statement) *[]policy.Element { return &s.Action }
	resources := func(s *policy.Statement) *[]policy.Element { return &s.Resource }
	return joined(joined(list, actions), resources)
}

// joined makes one statement of those that differ in one element alone.
func joined(list []*policy.Statement, element func(*policy.Statement) *[]policy.Element) []*policy.Statement {
	var out []*policy.Statement
	at := map[string]*policy.Statement{}
	for _, s := range list {
		rest := *s
		*element(&rest) = nil
		rest.Condition = valuesSorted(s.Condition)
		key := policy.PrintStatement(&rest, policy.PrintOptions{})
		merged := *s
		entries := element(&merged)
		*entries = slices.Clone(*entries)
		same := at[key]
		if same == nil || *entries == nil || *element(same) == nil {
			at[key] = &merged
			out = append(out, &merged)
			continue
		}
		into := element(same)
		for _, e := range *entries {
			if !slices.ContainsFunc(*into, func(o policy.Element) bool { return o.Text.Equal(e.Text) }) {
				*into = append(*into, e)
			}
		}
	}
	return out
}

// valuesSorted are conditions with their values sorted: their order means nothing.
func valuesSorted(list []policy.Condition) []policy.Condition {
	out := slices.Clone(list)
	for i := range out {
		out[i].Values = slices.SortedFunc(slices.Values(out[i].Values),
			func(x, y policy.Element) int { return strings.Compare(x.Text.Key(), y.Text.Key()) })
	}
	return out
}

// CarriesBoundary reports whether requests of an action tell of a boundary.
func CarriesBoundary(action string) bool {
	known, ok := catalog.LookupAction(action)
	return ok && known.Presence(policy.BoundaryKey) != catalog.PresentNever
}

// Spelled is the ARN of the boundary that a value means: names are unique in an
// account whatever their path and case (IAM User Guide, names and paths), so
// that the boundary of that name is meant, as it is written where it is known.
func Spelled(a *holders.Account, x policy.Text) policy.Text {
	known := slices.Clone(a.BoundariesInUse())
	for _, b := range a.ApprovedARNs() {
		known = append(known, a.Deployed(b.ARN))
	}
	for _, p := range a.Model.Policies {
		if !p.Gone() {
			known = append(known, p.ARN)
		}
	}
	if slices.ContainsFunc(known, x.Equal) {
		return x
	}
	name := policyName(x)
	own, _ := policy.ParseARN(x)
	for _, b := range known {
		arn, ok := policy.ParseARN(b)
		if ok && name != "" && strings.EqualFold(policyName(b), name) && !holders.IsWildcard(b) && arn.Account.Equal(own.Account) &&
			arn.Partition.Equal(own.Partition) {
			return b
		}
	}
	return x
}
