package applying

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/calls"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
)

// Lack says why a request is refused.
type Lack uint8

// What is lacking.
const (
	// LacksGrant: no statement of the layer allows the action at all, whatever the
	// change would look like.
	LacksGrant Lack = iota
	// LacksMatch: a statement allows it, of other resources or under conditions
	// that do not hold.
	LacksMatch
	// IsDenied: a statement denies it.
	IsDenied
)

// Why tells what is lacking, and the statements that a person looks at: the one
// that denies, or those that would allow another request.
func (r *Refusal) Why() (Lack, []authz.Ref) {
	if r.Decision.Explicit {
		return IsDenied, []authz.Ref{r.Decision.By}
	}
	var near []authz.Ref
	for _, m := range r.Misses {
		if m.Layer == r.Decision.Layer && m.Effect == policy.Allow {
			near = append(near, m.Ref)
		}
	}
	if near == nil {
		return LacksGrant, nil
	}
	return LacksMatch, near
}

// Verb is the change for which the call is made.
func (r *Refusal) Verb() string {
	switch r.Request.Call.Of {
	case calls.Create:
		return "create"
	case calls.Read:
		return "read"
	case calls.Update:
		return "update"
	case calls.Delete:
		return "destroy"
	}
	return "apply"
}

// Shown is the request as a message has it.
func (r *Refusal) Shown() string {
	text := r.Request.Action
	if x := r.Request.Resource; !holders.IsText(x, "*") {
		text += " on " + x.String()
	}
	var with []string
	for _, key := range []string{policy.BoundaryKey, "iam:PolicyARN", "iam:PassedToService"} {
		for _, v := range r.Request.Context.Get(key) {
			with = append(with, key+" = "+v.String())
		}
	}
	switch {
	case !r.asksForBoundary() || r.Request.Context.Get(policy.BoundaryKey) != nil:
	case r.Request.Hidden != nil:
		with = append(with, "the permissions boundary that "+phrase.HiddenIn(*r.Request.Hidden)+" tells, or none")
	default:
		with = append(with, "no permissions boundary")
	}
	if len(with) > 0 {
		text += " with " + strings.Join(with, " and ")
	}
	return text
}

// asksForBoundary reports whether the change decides which boundary the request
// carries.
func (r *Refusal) asksForBoundary() bool { return r.Request.Call.Boundary != "" }

// Reason says why AWS refuses it, after "because".
func (r *Refusal) Reason() string {
	lack, at := r.Why()
	switch lack {
	case IsDenied:
		return r.Deployer.Statement(at[0]) + " denies it"
	case LacksMatch:
		if len(at) > 1 {
			return fmt.Sprintf("none of the %d statements of %s about the action allows this", len(at), r.Layer())
		}
		return r.Deployer.Statement(at[0]) + " allows it only " + r.only(at[0])
	case LacksGrant:
	}
	return "no statement of " + r.Layer() + " allows the action"
}

// Layer is the layer that lacks an allow, as a message calls it.
func (r *Refusal) Layer() string {
	switch r.Decision.Layer {
	case authz.LayerBoundary:
		return "its permissions boundary" + r.Deployer.boundaryTitle()
	case authz.LayerOrganization, authz.LayerResourceOrg:
		return "the policies of the organization"
	case authz.LayerIdentity, authz.LayerNone, authz.LayerResource, authz.LayerSession, authz.LayerFixed, authz.LayerQuery:
	}
	return "its policies"
}

func (d *Deployer) boundaryTitle() string {
	if s, ok := d.sources[d.Principal.Boundary]; ok {
		return " " + s.title
	}
	return ""
}

// only says of which requests a statement allows the action.
func (r *Refusal) only(at authz.Ref) string {
	i := slices.IndexFunc(r.Misses, func(m authz.Miss) bool { return m.Ref == at })
	if i < 0 {
		return "otherwise"
	}
	var parts []string
	if s := at.Source(); r.Misses[i].Resource && s != nil {
		parts = append(parts, onResources(s))
	}
	for _, c := range r.Misses[i].Conditions {
		parts = append(parts, "with "+condition(c))
	}
	return strings.Join(parts, " and ")
}

// onResources are the resources of a statement.
func onResources(s *policy.Statement) string {
	list, lead := s.Resource, "on "
	if s.NotResource != nil {
		list, lead = s.NotResource, "on what is not "
	}
	const most = 3
	var texts []string
	for _, e := range list {
		if len(texts) == most {
			texts = append(texts, "others")
			break
		}
		texts = append(texts, e.Text.String())
	}
	return lead + phrase.Series(texts)
}

// condition is a condition in a sentence.
func condition(c policy.Condition) string {
	var values []string
	for _, v := range c.Values {
		values = append(values, v.Text.String())
	}
	operator := c.Operator.String()
	if operator == "StringEquals" || operator == "ArnEquals" || operator == "Bool" {
		return fmt.Sprintf("%s = %s", c.Key, strings.Join(values, " or "))
	}
	return fmt.Sprintf("%s %s %s", c.Key, operator, strings.Join(values, ", "))
}

// Statement is how a message calls a statement.
func (d *Deployer) Statement(at authz.Ref) string {
	of := d.sources[at.Policy]
	title := of.title
	if title == "" {
		title = "its policies"
	}
	if s := at.Source(); s != nil {
		return phrase.Statement(s) + " of " + title
	}
	return title
}

// Place is where a statement is written, false where no input has it.
func (d *Deployer) Place(at authz.Ref) (iam.Location, bool) {
	of, s := d.sources[at.Policy], at.Source()
	if of.document == nil || s == nil {
		return iam.Location{}, false
	}
	return of.document.StatementLocation(s.Index, policy.Range{}), true
}

// Headline begins the message about a resource: what AWS refuses.
func (r *Refusal) Headline() string {
	return fmt.Sprintf("AWS will not let %s %s it", r.Deployer.Name, r.Verb())
}
