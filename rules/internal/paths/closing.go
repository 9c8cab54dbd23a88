package paths

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/escalation"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/rules/internal/fix"
)

// What closes a path is found by trying: a Deny of its decisive request is
// added to a copy of the policies, and the search asked again, until nothing is
// left of the paths that one cause opens. An actor with many ways has them
// closed together, or is told in words.

// The bounds keep an input with many paths, or with policies that are costly to
// search, from being searched over and over; beyond them the advice is in words.
const (
	mostClosings      = 12     // searches for one input
	mostClosingRounds = 4      // searches for one cause
	mostClosingWork   = 8000   // searches times statements
	mostClosingPairs  = 40_000 // searches times pairs of entries of one policy
)

// closingBudget is how many searches there may be. What one takes grows with the
// statements of all holders, and with the square of the longest policy that
// a principal has written for them.
func closingBudget(a *holders.Account) int {
	statements, longest := len(a.Holders), 0
	for _, h := range a.Holders {
		for _, p := range h.Principal.Identity {
			if p.Document == nil {
				continue
			}
			statements += len(p.Document.Statements)
			if strings.Contains(a.Standing[p].Address, ":iam::aws:policy/") {
				continue
			}
			entries := 0
			for _, s := range p.Document.Statements {
				entries += len(s.Action) + len(s.NotAction) + len(s.Resource) + len(s.NotResource) + 1
				for i := range s.Condition {
					entries += len(s.Condition[i].Values)
				}
			}
			longest = max(longest, entries)
		}
	}
	return min(mostClosings, mostClosingWork/max(1, statements), mostClosingPairs/max(1, longest*longest))
}

// CloseAll gives the findings of paths, one for each, what closes them.
func CloseAll(a *holders.Account, found []lint.Finding, paths []*escalation.Path) {
	budget := closingBudget(a)
	byCause := map[string][]int{}
	var causes []string
	for i, f := range found {
		if f.Verdict == lint.Undetermined || f.Origin != "" {
			continue
		}
		cause := f.Cause
		if cause == "" {
			cause = "path of " + f.Address
		}
		if byCause[cause] == nil {
			causes = append(causes, cause)
		}
		byCause[cause] = append(byCause[cause], i)
	}
	for _, cause := range causes {
		var same []*escalation.Path
		for _, i := range byCause[cause] {
			same = append(same, paths[i])
		}
		c := closePaths(a, same, &budget)
		if c == nil {
			continue
		}
		for _, i := range byCause[cause] {
			found[i].Remediation = PathAdvice(paths[i]) + "\n\n" + fix.Denial(a, c.at, true, "Deny what opens it", c.statements)
			found[i].Fix = fix.Adding(a, c.at, c.statements)
		}
	}
}

// PathAdvice is in words how a path is closed.
func PathAdvice(path *escalation.Path) string {
	first, last := path.Steps[0], path.Steps[len(path.Steps)-1]
	if made := first.To; made.Made != "" && !made.Boundary.IsEmpty() && len(path.Steps) > 1 {
		return "Close it in " + boundaryText(made.Boundary) + ", which leaves the next step open. There: " + path.Steps[1].Way.Control
	}
	if last.Way == first.Way {
		return first.Way.Control
	}
	return first.Way.Control + "\n\nOr close the last step: " + last.Way.Control
}

// closer looks for the statements that close the paths of some actors.
type closer struct {
	account *holders.Account
	actors  map[*iam.Entity]bool
	// early tells that paths are closed at their first step, and not at the
	// last that a principal of the input takes as it is.
	early bool
	// later tells that some path was closed at another step than its first.
	later      bool
	at         fix.Site
	statements []*policy.Statement
	tried      map[string]int
	// before are the policies of the input by those that have the statements.
	before map[*authz.Policy]*authz.Policy
}

// closePaths is nil where nothing was found that closes all of the paths. The
// last step is tried first: those before it may be meant.
func closePaths(a *holders.Account, paths []*escalation.Path, budget *int) *closer {
	for _, early := range []bool{false, true} {
		c := &closer{account: a, actors: map[*iam.Entity]bool{}, early: early, tried: map[string]int{}, before: map[*authz.Policy]*authz.Policy{}}
		for _, p := range paths {
			c.actors[p.Actor.Entity] = true
		}
		if c.close(paths[0], budget) {
			return c
		}
		if !c.later {
			return nil
		}
	}
	return nil
}

// close adds statements until no path is left.
func (c *closer) close(path *escalation.Path, budget *int) bool {
	for range mostClosingRounds {
		if *budget == 0 || !c.add(path) {
			return false
		}
		*budget--
		if path = c.left(); path == nil {
			return true
		}
	}
	return false
}

// add denies a step of a path.
func (c *closer) add(path *escalation.Path) bool {
	a, step := c.account, c.step(path)
	h := a.ByEntity[step.From.Entity]
	at, ok := c.site(h, step)
	if !ok || c.statements != nil && (at.Address != c.at.Address || at.Holder != c.at.Holder) {
		return false
	}
	key := stepKey(step)
	choices := closings(a, h, step)
	if c.tried[key] >= len(choices) {
		return false
	}
	c.statements = fix.Together(append(c.statements, choices[c.tried[key]]...))
	c.tried[key]++
	c.at = fix.WithRoom(a, at, h, c.statements)
	return true
}

// stepKey is equal for steps that the same statement denies.
func stepKey(s escalation.Step) string {
	parts := []string{s.Way.ID, NodeAddress(s.To)}
	for _, r := range s.Requests {
		if w := holders.Request(r); w != nil {
			parts = append(parts, w.Action, w.Resource.String())
		}
	}
	return strings.Join(parts, " ")
}

// step is the one that is denied.
func (c *closer) step(path *escalation.Path) escalation.Step {
	out := path.Steps[0]
	for i, s := range path.Steps {
		if n := s.From; !c.early && n.Entity != nil && !n.Grown && !n.Uncapped && !n.Extended {
			out = s
			c.later = c.later || i > 0
		}
	}
	return out
}

// left is a path that the statements leave open; nil for none.
func (c *closer) left() *escalation.Path {
	return escalation.NewSearch(c.account, c.amendment()).PathOf(func(e *iam.Entity) bool { return c.actors[e] })
}

// amendment are the statements in their place: in every document that is written
// there.
func (c *closer) amendment() escalation.Amendment {
	a, by := c.account, escalation.Amendment{Policies: map[*authz.Policy]*authz.Policy{}}
	if c.at.Address == "" {
		by.Extra = authz.Compile(withStatements(&policy.Document{Version: policy.Literal("2012-10-17")}, c.statements))
		for _, h := range a.Holders {
			if h.Address == c.at.Holder {
				by.Entity = h.Entity
			}
		}
		for _, g := range a.Model.Groups {
			if g.Address == c.at.Holder {
				by.Group = g
			}
		}
		return by
	}
	// A role may have several documents at its own address.
	places := map[string]bool{}
	for _, g := range a.Standing {
		if g.Address != c.at.Address || g.Document == nil {
			continue
		}
		if place := lint.PlaceCause(g.Document.Location); place != "" {
			places[place] = true
		}
	}
	for p, g := range a.Standing {
		if g.Document != nil && p.Document != nil && (g.Address == c.at.Address || places[lint.PlaceCause(g.Document.Location)]) {
			by.Policies[p] = authz.Compile(withStatements(p.Document, c.statements))
			c.before[by.Policies[p]] = p
		}
	}
	return by
}

// withStatements is a document with further statements.
func withStatements(d *policy.Document, further []*policy.Statement) *policy.Document {
	out := *d
	out.Statements = slices.Clone(d.Statements)
	for _, s := range further {
		added := *s
		added.Index = len(out.Statements)
		out.Statements = append(out.Statements, &added)
	}
	return &out
}

// site is where a step is denied to the one who takes it. What a trust policy
// alone lets it do is denied in a policy of its own.
func (c *closer) site(h *holders.Holder, s escalation.Step) (fix.Site, bool) {
	if h == nil || h.Entity == nil {
		return fix.Site{}, false
	}
	for _, r := range s.Requests {
		if at, ok := fix.SiteOf(c.account, h, c.ofInput(holders.Request(r))); ok {
			return at, true
		}
	}
	return fix.OwnSite(h), true
}

// ofInput is a request as the policies of the input allow it.
func (c *closer) ofInput(w *authz.Witness) *authz.Witness {
	if w == nil {
		return nil
	}
	out := *w
	out.By = slices.Clone(w.By)
	for i, ref := range out.By {
		if p := c.before[ref.Policy]; p != nil {
			out.By[i].Policy = p
		}
	}
	return &out
}

// closings are what may close a step, the best first. A role that is made under a
// boundary is stopped by that boundary, and not where it is made.
func closings(a *holders.Account, h *holders.Holder, s escalation.Step) [][]*policy.Statement {
	if s.To.Made != "" && !s.To.Boundary.IsEmpty() {
		return nil
	}
	var out [][]*policy.Statement
	if s.Way.Kind == escalation.BoundaryTamper && s.Way.Target != escalation.TargetPolicy {
		out = append(out, fix.RemovalDenials(a, h, false))
	}
	var carrying, exact []*policy.Statement
	for _, r := range s.Requests {
		w := holders.Request(r)
		if w == nil {
			continue
		}
		if fix.CarriesBoundary(w.Action) {
			carrying = append(carrying, fix.UnlessBounded(a, h, w.Action))
		}
		switch arn, ok := declared(a, w.Resource); {
		case ok && s.Way.Kind == escalation.BoundaryTamper:
			exact = append(exact, fix.Denying(fix.EditingActions, arn))
		case ok:
			exact = append(exact, fix.Denying([]string{w.Action}, arn))
		case s.To.Made == "" && len(w.Resource.Symbols()) > 0, w.Resource.String() == "*":
			exact = append(exact, fix.Denying([]string{w.Action}, everyNameOf(w.Resource, h)))
		}
	}
	list := slices.Concat(carrying, exact)
	if len(exact) > 0 && len(a.BoundariesInUse()) == 0 && !a.Approved.Configured() {
		// No principal wants to be told to ask for a boundary where there is none.
		list = exact
	}
	for _, one := range list {
		out = append(out, []*policy.Statement{one})
	}
	return out
}

// declared is the ARN of what the input declares, as the input has it: a proof
// may have put an account into the place of one that is not known.
func declared(a *holders.Account, resource policy.Text) (policy.Text, bool) {
	is := func(arn policy.Text) bool { return sameThing(arn, resource) }
	for _, e := range a.Model.Entities {
		if !e.Gone() && is(e.ARN) {
			return e.ARN, true
		}
	}
	for _, p := range a.Model.Policies {
		if !p.Gone() && is(p.ARN) {
			return p.ARN, true
		}
	}
	for _, g := range a.Model.Groups {
		if is(g.ARN) {
			return g.ARN, true
		}
	}
	for _, c := range a.Model.Compute {
		if !c.Gone() && is(c.ARN) && canBeWritten(c) {
			return c.ARN, true
		}
	}
	return policy.Text{}, false
}

// canBeWritten reports whether a configuration can refer to all of the name of
// something: there is no attribute for the id of a task that a service starts.
func canBeWritten(c *iam.Compute) bool {
	arn, ok := policy.ParseARN(c.ARN)
	return ok && !slices.ContainsFunc(arn.Resource.Symbols(), func(s *policy.Symbol) bool {
		return s.Kind == policy.SymbolReference && s.Attribute != "id" &&
			!slices.ContainsFunc(c.Attributes, func(x iam.Attribute) bool { return x.Name == s.Attribute })
	})
}

// everyNameOf is a resource that the input does not declare with a wildcard for
// what only AWS tells: the id of a task in a cluster.
func everyNameOf(resource policy.Text, h *holders.Holder) policy.Text {
	arn, ok := policy.ParseARN(resource)
	if !ok {
		return policy.Literal("*")
	}
	if !arn.Account.IsEmpty() {
		arn.Account = h.Deployment.Account
	}
	var name policy.Text
	for _, part := range arn.Resource.Parts() {
		if part.Symbol == nil {
			name = policy.Concat(name, policy.Literal(part.Literal))
		} else {
			name = policy.Concat(name, policy.Literal("*"))
		}
	}
	arn.Resource = name
	return arn.Text()
}

// sameThing compares ARNs by service and resource, which within an input say
// which thing is meant.
func sameThing(x, y policy.Text) bool {
	a, ok := policy.ParseARN(x)
	b, found := policy.ParseARN(y)
	return ok && found && a.Service.Equal(b.Service) && a.Resource.Equal(b.Resource)
}
