package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// What a policy grants too much is fixed by a Deny beside it: that closes the
// request whatever other statement allows it too. The finding carries the
// statements as data, and its remediation has them in the language of the
// place.

// site is where the statements that fix a finding go.
type site struct {
	// address is the resource that holds the document, "" for a policy of its
	// own; holder is then who gets it.
	address, holder string
	form            iam.Form
	// boundary tells that the document is a boundary: what it refers to may
	// have it, and Terraform takes no circle.
	boundary bool
	// managed is the name of AWS's policy that grants it, which cannot be
	// edited; "" for none.
	managed string
	// full is the policy that grants it and has no room for more; "" for none.
	full string
}

// isFull reports whether statements would make a managed policy longer than IAM
// takes. A boundary cannot be split in two.
func (a *account) isFull(at site, statements []*policy.Statement) bool {
	for _, p := range a.model.Policies {
		if p.Address != at.address || at.boundary || p.Document == nil {
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

// withRoom is the site itself where the statements have room there, and else a
// further policy for the holder, if it is an entity.
func (a *account) withRoom(at site, h *holder, statements []*policy.Statement) site {
	if h.entity == nil || !a.isFull(at, statements) {
		return at
	}
	return site{holder: h.address, form: at.form, full: at.address}
}

// siteOf is where a request of the holder is denied: beside what grants it. AWS's
// own policies cannot be edited, so there it is the holder's boundary, or a
// further policy. It is false where nothing in the input can be edited.
func (a *account) siteOf(h *holder, w *authz.Witness) (site, bool) {
	if m := maker(w); m != nil {
		return a.boundarySite(boundaryOf(m))
	}
	g, _, ok := h.granting(w)
	switch {
	case !ok:
		return site{}, false
	case g.document != nil:
		return a.documentSite(g), !strings.HasPrefix(g.address, "boundary.")
	}
	managed := g.managedName()
	if b, ok := a.standing[h.principal.Boundary]; ok && h.boundary == boundedKnown && b.document != nil && !strings.HasPrefix(b.address, "boundary.") {
		at := a.documentSite(b)
		at.managed, at.boundary = managed, true
		return at, true
	}
	at := h.ownSite()
	at.managed = managed
	if g.group != nil {
		at.holder = g.group.Address
	}
	return at, h.entity != nil
}

// ownSite is a further policy for the holder.
func (h *holder) ownSite() site {
	at := site{holder: h.address}
	if h.location.HasFile() {
		at.form = iam.FormObject
	}
	return at
}

func (a *account) documentSite(g grant) site {
	at := site{address: g.address, form: g.document.Form}
	for _, p := range a.model.Policies {
		if p.Address == g.address {
			at.boundary = len(p.BoundaryOf) > 0
		}
	}
	return at
}

// boundarySite is the document of a boundary by its ARN.
func (a *account) boundarySite(arn string) (site, bool) {
	for _, p := range a.model.Policies {
		if !p.Gone() && p.ARN.String() == arn && p.Document != nil && p.Document.Document != nil {
			return site{address: p.Address, form: p.Document.Form, boundary: true}, true
		}
	}
	return site{}, false
}

// leaveOut ends the lead of a denial where the grant can be edited, too.
const leaveOut = ", or leave the actions out of what is allowed"

// deny has a finding fixed by statements that deny the request, which the lead
// says in a sentence.
func (a *account) deny(h *holder, f *lint.Finding, w *authz.Witness, lead string, statements ...*policy.Statement) {
	at, ok := a.siteOf(h, w)
	if ok {
		at = a.withRoom(at, h, statements)
	}
	f.Remediation = a.denial(at, ok, lead, statements)
	if ok {
		f.Fix = a.widening(at, lead, statements)
	}
}

// widening is the fix by statements in a place. Where boundaries leave the
// holders of one text different actions of it, all of those are denied there.
func (a *account) widening(at site, lead string, statements []*policy.Statement) *lint.Fix {
	return &lint.Fix{Address: at.address, Holder: at.holder, Statements: statements, Widen: func(further []*policy.Statement) (*lint.Fix, string) {
		all := together(append(slices.Clone(statements), besides(statements, further)...))
		return a.widening(at, lead, all), a.denial(at, true, lead, all)
	}}
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

// denyMaking has a finding about a role of the holder's own making fixed where
// AWS manages the boundary of that: nobody else can close it there, so that no
// role may be made under it.
func (a *account) denyMaking(h *holder, f *lint.Finding, made *authz.Witness) bool {
	boundary := boundaryOf(made)
	if !strings.Contains(boundary, ":iam::aws:policy/") {
		return false
	}
	a.deny(h, f, made, "It creates the role under the boundary "+boundary+", which AWS manages. Deny it to create roles under any but these boundaries",
		a.unlessBounded(h, "iam:CreateRole"))
	return true
}

func (a *account) denial(at site, known bool, lead string, statements []*policy.Statement) string {
	w := &writer{form: at.form, reference: func(x policy.Text) (string, bool) { return a.referenceTo(x, at) }}
	var text string
	if at.managed != "" {
		text = fmt.Sprintf("AWS manages %s, which grants it, and nobody else can edit that. ", at.managed)
		lead = strings.TrimSuffix(lead, leaveOut)
	}
	if at.full != "" {
		text += fmt.Sprintf("%s has no room for more: IAM takes %d characters. ", at.full, iam.ManagedPolicySize)
	}
	text += lead
	switch {
	case !known:
	case at.boundary:
		text += ", in the boundary " + at.address
	case at.address != "":
		text += ", in " + at.address
	default:
		text += ", in a policy of your own for " + at.holder
	}
	return text + ":\n\n" + w.statements(statements)
}

// referenceTo is how HCL refers to the ARN of a policy, role or user of the
// same module.
func (a *account) referenceTo(x policy.Text, at site) (string, bool) {
	where := at.address
	if where == "" {
		where = at.holder
	}
	usable := func(address string) bool {
		return !at.boundary && address != where && !strings.HasPrefix(address, "arn:") && iam.ModuleOf(address) == iam.ModuleOf(where)
	}
	local := func(address string) string {
		return strings.TrimPrefix(strings.TrimPrefix(address, iam.ModuleOf(address)), ".")
	}
	for _, p := range a.model.Policies {
		if !p.Gone() && p.ARN.Equal(x) && usable(p.Address) {
			return local(p.Address) + ".arn", true
		}
	}
	for _, e := range a.model.Entities {
		if !e.Gone() && e.ARN.Equal(x) && usable(e.Address) {
			return local(e.Address) + ".arn", true
		}
	}
	if s := x.Symbol(); s != nil && s.Kind == policy.SymbolReference && s.Attribute != "" && usable(s.Address) {
		return local(s.Address) + "." + s.Attribute, true
	}
	return "", false
}

// denying is a statement that denies actions on resources.
func denying(actions []string, resources ...policy.Text) *policy.Statement {
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

// unlessBounded is a statement that denies actions without an approved boundary.
func (a *account) unlessBounded(h *holder, actions ...string) *policy.Statement {
	s := denying(actions)
	operator := "StringNotEquals"
	var values []policy.Element
	for _, x := range a.askableBoundaries(h) {
		if isWildcard(x) {
			operator = "StringNotLike"
		}
		values = append(values, policy.Element{Text: x})
	}
	s.Condition = []policy.Condition{{Operator: policy.Literal(operator), Key: policy.Literal(boundaryConditionKey), Values: values}}
	return s
}

// mostAskable is how many boundaries a remediation names.
const mostAskable = 5

// askableBoundaries are the boundaries that a condition may ask for: the
// holder's own first, then those that are approved or in use. AWS's managed
// policies are named only where there is no other.
func (a *account) askableBoundaries(h *holder) []policy.Text {
	var own []policy.Text
	if h.entity != nil && a.hasApproved(h.entity) {
		own = append(own, h.entity.Boundary.Text)
	}
	if !h.boundaryARN.IsEmpty() {
		own = append(own, h.boundaryARN)
	}
	approvedHere := slices.Clone(a.protectedBoundaries())
	for _, x := range a.approvedARNs() {
		approvedHere = append(approvedHere, a.deployed(x.ARN))
	}
	var out, byAWS []policy.Text
	seen := map[string]bool{}
	for _, x := range slices.Concat(own, approvedHere, a.boundariesInUse()) {
		x = a.spelled(x)
		arn, ok := policy.ParseARN(x)
		if !ok || seen[x.Key()] || a.approved.text(x, policy.Text{}) == notApproved {
			continue
		}
		seen[x.Key()] = true
		if isText(arn.Account, "aws") {
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
	return []policy.Text{placeholderBoundary(h.deployment)}
}

// placeholderBoundary stands for a boundary where the input has none.
func placeholderBoundary(d iam.Deployment) policy.Text {
	return policy.Concat(policy.Literal("arn:"), d.Partition, policy.Literal(":iam::"), d.Account, policy.Literal(":policy/<boundary>"))
}

// removalDenials are the statements that keep boundaries on entities of both
// kinds, as far as the holder may do anything to them.
func (a *account) removalDenials(h *holder, grown bool) []*policy.Statement {
	may := func(action string) bool {
		return grown || authz.Search(h.strict(), a.universe(h.deployment), &authz.Query{Actions: []string{action}}).Verdict != authz.Denied
	}
	var deletes, puts []string
	for _, c := range creations {
		if action := "iam:Delete" + string(c.kind) + "PermissionsBoundary"; may(action) {
			deletes = append(deletes, action)
		}
		if action := "iam:Put" + string(c.kind) + "PermissionsBoundary"; may(action) {
			puts = append(puts, action)
		}
	}
	var out []*policy.Statement
	if deletes != nil {
		out = append(out, denying(deletes))
	}
	if puts != nil {
		out = append(out, a.unlessBounded(h, puts...))
	}
	return out
}

// editingActions change what a managed policy says.
var editingActions = []string{"iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:DeletePolicyVersion", "iam:DeletePolicy"}

// together makes one statement of those that differ in their actions alone, or
// in their resources alone.
func together(list []*policy.Statement) []*policy.Statement {
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
		out[i].Values = slices.SortedFunc(slices.Values(out[i].Values), func(x, y policy.Element) int { return strings.Compare(x.Text.Key(), y.Text.Key()) })
	}
	return out
}

// carriesBoundary reports whether requests of an action tell of a boundary.
func carriesBoundary(action string) bool {
	known, ok := catalog.LookupAction(action)
	return ok && known.Presence(boundaryConditionKey) != catalog.PresentNever
}
