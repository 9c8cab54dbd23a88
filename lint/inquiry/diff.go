package inquiry

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/policy"
)

// Change is what changes for one holder, or for the holders of one boundary,
// from one state of an account to another.
type Change struct {
	// Address is that of the entity, group or policy, Kind what it is: an
	// [iam.EntityKind], or as in [holders.Holder].
	Address, Kind string
	// Before and After are nil where it was not there, or is not any more. Of a
	// boundary, the document of which has changed or which an entity has in place
	// of another, they are its holders in the worst case: their own policies allow
	// everything.
	Before, After *Subject
	// Gained are the actions of which some request is allowed after that was not
	// before, or may be; Lost are those of the other direction.
	Gained, Lost []authz.Gain
	// Trusted may newly begin sessions of the role, or in more ways; Distrusted
	// may not any more, or in fewer ways.
	Trusted, Distrusted []Trust
	// Because says, after "because", why it is not determined what holders of the
	// boundary gain; "" where it is.
	Because string
	// MayGain and MayLose name policies that the input does not show and that are
	// there only after, or only before: what they say is not counted. MayLose is
	// given only where lost access is asked for.
	MayGain, MayLose []string
	// Unseen is what the input does not show, before and after alike, as phrases:
	// it is left out on both sides.
	Unseen []string
}

// Trust is a principal whom a trust policy lets in.
type Trust struct {
	authz.Trustee
	Answer authz.Answer
}

// KindBoundary is the kind of a change of a boundary's document.
const KindBoundary = "boundary"

// Grows reports whether something is allowed, or may be, that was not.
func (c *Change) Grows() bool {
	return len(c.Gained)+len(c.Trusted)+len(c.MayGain) > 0 || c.Because != ""
}

// Shrinks reports whether something is refused, or may be, that was not.
func (c *Change) Shrinks() bool { return len(c.Lost)+len(c.Distrusted)+len(c.MayLose) > 0 }

// Diff are the changes from one state of an account to another: of every entity,
// group and policy by itself whose access is not the same, in the order of their
// addresses, then those of boundaries. A nil state has nothing in it. What is
// lost is asked only where lost is set.
func Diff(before, after *Inquiry, lost bool) []*Change {
	d := &differ{before: before, after: after, lost: lost}
	var out []*Change
	var swapped []*Change
	for _, p := range pairs(before, after) {
		if c := d.change(p); c.Grows() || c.Shrinks() {
			out = append(out, c)
		}
		if c := d.swapped(p); c != nil {
			swapped = append(swapped, c)
		}
	}
	return slices.Concat(out, d.boundaries(), swapped)
}

// differ compares two states.
type differ struct {
	before, after *Inquiry
	lost          bool
}

// change compares a holder before and after.
func (d *differ) change(p pair) *Change {
	s := p.either()
	c := &Change{Address: s.Address, Kind: s.kind(), Before: p.before, After: p.after}
	was, is := c.sides(p)
	c.Gained = authz.Gained(is.shown, was.whole, s.Universe)
	if d.lost {
		c.Lost = authz.Gained(was.shown, is.whole, cmp.Or(p.before, p.after).Universe)
	}
	c.Trusted, c.Distrusted = d.trusts(p)
	if is, was := p.after.hiddenTrust(), p.before.hiddenTrust(); is != was {
		if is != nil {
			c.MayGain = append(c.MayGain, trustPolicy)
		}
		if was != nil {
			c.MayLose = append(c.MayLose, trustPolicy)
		}
	}
	if !d.lost {
		c.MayLose = nil
	}
	return c
}

// side is a principal before or after.
type side struct {
	// shown is what the input shows of it, with a hidden boundary.
	shown *authz.Principal
	// whole has the hidden policies too that it has on this side only: they may
	// allow what the other side shows.
	whole *authz.Principal
}

// sides are the principals before and after with what applies to them. What is
// hidden on both sides alike is left out, and named as unseen: it changes nothing
// that the inputs show. A hidden policy that is there on one side only is named
// too: what it allows is not known, and all the rest is as the input shows. One
// that is not there has no policies.
func (c *Change) sides(p pair) (was, is side) {
	before, after := map[string]*authz.Policy{}, map[string]*authz.Policy{}
	switch {
	case p.before == nil:
		is.shown, after = p.after.split()
		was.shown = nothing(is.shown)
	case p.after == nil:
		was.shown, before = p.before.split()
		is.shown = nothing(was.shown)
	default:
		was.shown, before = p.before.split()
		is.shown, after = p.after.split()
	}
	c.MayGain = is.take(after, func(key string) bool { return before[key] != nil || p.before == nil && isBoundaryName(nameOf(key)) })
	c.MayLose = was.take(before, func(key string) bool { return after[key] != nil || p.after == nil && isBoundaryName(nameOf(key)) })
	for _, key := range slices.Sorted(maps.Keys(after)) {
		if name := nameOf(key); before[key] != nil || p.before == nil && isBoundaryName(name) {
			c.Unseen = append(c.Unseen, name)
		}
	}
	return was, is
}

// take gives the side its hidden policies but those that are left out, and
// returns the names of those that may allow.
func (s *side) take(hidden map[string]*authz.Policy, isLeftOut func(key string) bool) []string {
	var names []string
	var policies []*authz.Policy
	for _, key := range slices.Sorted(maps.Keys(hidden)) {
		switch name := nameOf(key); {
		case isLeftOut(key):
		case isBoundaryName(name):
			s.shown = withBoundary(s.shown, hidden[key])
		default:
			names = append(names, name)
			policies = append(policies, hidden[key])
		}
	}
	whole := *s.shown
	whole.Identity = slices.Concat(whole.Identity, policies)
	s.whole = &whole
	return names
}

// nothing is a principal that has no policies, and so nothing to hide.
func nothing(p *authz.Principal) *authz.Principal {
	out := *p
	out.Identity, out.Boundary = nil, nil
	return &out
}

func withBoundary(p *authz.Principal, boundary *authz.Policy) *authz.Principal {
	out := *p
	out.Boundary = boundary
	return &out
}

// boundaryHidden begins the name of a boundary that is hidden.
const boundaryHidden = "its permissions boundary"

func isBoundaryName(name string) bool { return strings.HasPrefix(name, boundaryHidden) }

// split is what the input shows of the subject, and what it hides, by what is
// the same for one policy before and after.
func (s *Subject) split() (known *authz.Principal, hidden map[string]*authz.Policy) {
	hidden = map[string]*authz.Policy{}
	out := *s.Known
	out.Identity = nil
	for _, p := range s.Known.Identity {
		if p.HiddenBy() == nil {
			out.Identity = append(out.Identity, p)
		}
	}
	for _, p := range s.Whole.Identity {
		if by := p.HiddenBy(); by != nil {
			hidden[hiddenKey(by, by.Name)] = p
		}
	}
	if b := s.Whole.Boundary; b != nil && b.HiddenBy() != nil {
		out.Boundary = nil
		name := b.HiddenBy().Name
		if !isBoundaryName(name) {
			name = boundaryHidden + " " + s.BoundaryName()
		}
		hidden[hiddenKey(b.HiddenBy(), name)] = b
	}
	return &out, hidden
}

// hiddenKey is the same for what hides the same policy: the document of an ARN,
// or a symbol.
func hiddenKey(by *policy.Symbol, name string) string {
	if isUnseen(by) || isBoundaryName(by.Name) {
		return name
	}
	return fmt.Sprintf("%s\x00%p", name, by)
}

// nameOf is the name in a key.
func nameOf(key string) string {
	name, _, _ := strings.Cut(key, "\x00")
	return name
}

// trusts compares the trust policies of a role.
func (d *differ) trusts(p pair) (trusted, distrusted []Trust) {
	var was, is *authz.Policy
	if p.before != nil {
		was = p.before.Trust
	}
	if p.after != nil {
		is = p.after.Trust
	}
	if was != nil && is != nil && was.Document != nil && is.Document != nil &&
		policy.Print(was.Document, policy.PrintOptions{}) == policy.Print(is.Document, policy.PrintOptions{}) {
		return nil, nil
	}
	trusted = p.either().newTrusts(is, was)
	if d.lost {
		distrusted = p.either().newTrusts(was, is)
	}
	return trusted, distrusted
}

// trustPolicy names a trust policy that the input does not show.
const trustPolicy = "its trust policy"

// hiddenTrust is what hides the trust policy of a role; nil for nothing.
func (s *Subject) hiddenTrust() *policy.Symbol {
	if s == nil || s.Trust == nil {
		return nil
	}
	return s.Trust.HiddenBy()
}

// newTrusts are those whom a trust policy of the role lets in and another one does
// not.
func (s *Subject) newTrusts(trust, before *authz.Policy) []Trust {
	if trust == nil {
		return nil
	}
	var out []Trust
	for _, t := range authz.NewTrustees(trust, before) {
		if answer := authz.NewlyTrusted(s.Entity.ARN, trust, before, t.Principal, s.Universe); answer.Verdict != authz.Denied {
			out = append(out, Trust{t, answer})
		}
	}
	return out
}

// boundaries are the changes of the documents of boundaries, as what their
// holders gain and lose in the worst case.
func (d *differ) boundaries() []*Change {
	if d.before == nil || d.after == nil {
		return nil
	}
	was, is := d.before.boundaries(), d.after.boundaries()
	var out []*Change
	for i := range is {
		j := slices.IndexFunc(was, func(b boundaryHolder) bool {
			return b.Address == is[i].Address || b.Address == d.after.Model.FirstAddress(is[i].Address) || b.arn.Equal(is[i].arn)
		})
		if j < 0 {
			continue
		}
		c := &Change{Address: is[i].Address, Kind: KindBoundary, Before: was[j].Subject, After: is[i].Subject}
		c.Gained = authz.Gained(c.After.Known, c.Before.Known, c.After.Universe)
		if d.lost {
			c.Lost = authz.Gained(c.Before.Known, c.After.Known, c.Before.Universe)
		}
		if c.Grows() || c.Shrinks() {
			out = append(out, c)
		}
	}
	return out
}

// swapped is the change of an entity that has another boundary than before, or
// none any more, as what it could gain and lose by that in the worst case; nil
// where it has the same, or had none and could lose only.
func (d *differ) swapped(p pair) *Change {
	if p.before == nil || p.after == nil || p.after.Entity == nil {
		return nil
	}
	was, is := p.before.Entity.Boundary, p.after.Entity.Boundary
	if was.Set == is.Set && (was.Text.Equal(is.Text) || p.before.BoundaryName() == p.after.BoundaryName()) {
		return nil
	}
	before, after := p.before.worst(), p.after.worst()
	c := &Change{Address: p.after.Address, Kind: KindBoundary, Before: before, After: after}
	switch {
	case p.before.hidesBoundary():
		c.Because = "the document of the boundary that it had, " + p.before.BoundaryName() + ", is not in the input"
	case p.after.hidesBoundary() && was.Set:
		c.Because = "the document of the boundary that it gets, " + p.after.BoundaryName() + ", is not in the input"
	case p.after.hidesBoundary():
	default:
		c.Gained = authz.Gained(after.Known, before.Known, after.Universe)
		if d.lost {
			c.Lost = authz.Gained(before.Known, after.Known, before.Universe)
		}
	}
	if !c.Grows() && !c.Shrinks() {
		return nil
	}
	return c
}

// hidesBoundary reports whether the subject has a boundary, or may have one, of
// which the document is not known.
func (s *Subject) hidesBoundary() bool { return s.Whole.Boundary != s.Known.Boundary }

// worst is the subject if its own policies allowed everything.
func (s *Subject) worst() *Subject {
	out, known := *s, *s.Known
	known.Identity = authz.Bearer(known.ARN, known.Kind, nil).Identity
	out.Known, out.Whole = &known, &known
	return &out
}

// boundaryHolder is the holder of a boundary in the worst case.
type boundaryHolder struct {
	*Subject
	arn policy.Text
}

// boundaries are the policies of the input that serve as boundaries.
func (q *Inquiry) boundaries() []boundaryHolder {
	var out []boundaryHolder
	for _, p := range q.Model.Policies {
		if p.Gone() || p.Document == nil || p.Document.Document == nil || !q.account.ServesAsBoundary(p) {
			continue
		}
		bearer := authz.Bearer(policy.Text{}, authz.KindRole, q.account.Compile(p.Document, p.Address))
		bearer.Account = p.Deployment.Account
		h := &holders.Holder{Kind: KindBoundary, Address: p.Address, Principal: bearer, Deployment: p.Deployment, Location: p.Location}
		out = append(out, boundaryHolder{
			&Subject{Holder: h, Whole: bearer, Known: bearer, Universe: q.account.Universe(p.Deployment), inquiry: q}, p.ARN,
		})
	}
	return out
}
