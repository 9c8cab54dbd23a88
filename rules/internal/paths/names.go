// Package paths says in words and as findings what a search for paths of
// escalation finds, and what closes them.
package paths

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/escalation"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
)

// Steps are the steps of a path as a finding shows them.
func Steps(path *escalation.Path) []lint.Step {
	var out []lint.Step
	for i, s := range path.Steps {
		if path.Omitted > 0 && i == path.OmittedAfter {
			from, to := path.Steps[i-1].To, s.From
			out = append(out, lint.Step{
				From: NodeAddress(from), To: NodeAddress(to), Omitted: path.Omitted,
				Message: fmt.Sprintf("%s from %s to %s.", omitted(path), NodeAddress(from), NodeAddress(to)),
			})
		}
		out = append(out, Step(s))
	}
	return out
}

func omitted(path *escalation.Path) string {
	return phrase.Count(path.Omitted, "further step", "further steps")
}

// Ways says by which ways a path goes.
func Ways(path *escalation.Path) string {
	var ways []string
	for i, s := range path.Steps {
		if path.Omitted > 0 && i == path.OmittedAfter {
			ways = append(ways, "take "+omitted(path))
		}
		ways = append(ways, s.Way.Name+" ("+s.Way.ID+")")
	}
	return strings.Join(ways, ", then ")
}

// Step is a step of a path as a finding shows it.
func Step(s escalation.Step) lint.Step {
	out := lint.Step{From: NodeAddress(s.From), To: NodeAddress(s.To), Way: s.Way.ID}
	out.Message = phrase.Capital(NodeName(s.From)) + " can " + s.Way.Name
	if target := NodeName(s.To); target != NodeName(s.From) {
		out.Message += ": " + target
	}
	out.Message += "."
	who := &holders.Holder{Principal: s.By, Address: out.From}
	if s.From.Entity != nil {
		who.Entity = s.From.Entity
	}
	for _, r := range s.Requests {
		w := r.Witness
		if w == nil {
			w = r.Perhaps
		}
		for ; w != nil; w = nil {
			for _, f := range w.First {
				out.Witness = append(out.Witness, *who.Witness(f))
			}
			out.Witness = append(out.Witness, *who.Witness(w))
		}
	}
	return out
}

// NodeAddress is what stands for a principal in a chain.
func NodeAddress(n escalation.Node) string {
	if n.Entity != nil {
		return n.Entity.Address
	}
	return n.Made
}

// NodeName is how a message calls a principal on a chain.
func NodeName(n escalation.Node) string {
	name := n.Made
	switch {
	case n.Entity != nil:
		name = phrase.Entity(n.Entity)
	case !n.Boundary.IsEmpty():
		name += " under " + boundaryText(n.Boundary)
	}
	if n.Elsewhere != "" {
		name += " in " + n.Elsewhere
	}
	return name
}

func boundaryText(x policy.Text) string {
	if arn, ok := policy.ParseARN(x); ok {
		if name, known := iam.LastSegment(arn.Resource).Known(); known {
			return "the boundary " + name
		}
	}
	return "the boundary " + x.String()
}

// ReachedName is a principal at the end of a chain with what makes it one.
func ReachedName(n escalation.Node, end escalation.End) string {
	switch {
	case n.Made != "" && end == escalation.EndAdministrator:
		return NodeName(n) + " that can do anything"
	case end == escalation.EndAdministrator:
		return NodeName(n) + ", an administrator,"
	case n.Made != "":
		return NodeName(n) + " without a permissions boundary"
	}
	return NodeName(n) + ", which has no permissions boundary,"
}

// Lacks is what the input would have to contain.
func Lacks(o escalation.Outside) string {
	switch {
	case o.Way.Kind == escalation.Existing && len(o.Way.Services) == 0:
		return "any " + string(o.Lacks) + " whose role has no permissions boundary"
	case o.Lacks != "":
		return "any " + string(o.Lacks)
	case o.Way.Target == escalation.TargetUser:
		return "any user without a permissions boundary whose credentials can be changed"
	case len(o.Way.Services) > 0:
		return "any role without a permissions boundary that trusts " + o.Way.Services[0]
	case o.Way.Kind == escalation.Become:
		return "any role without a permissions boundary that can be assumed"
	}
	return "any role without a permissions boundary whose trust can be changed"
}

// Beyond says what the input does not contain through which a principal could
// get further: a line for each kind of thing.
func Beyond(list []escalation.Outside) []string {
	type group struct {
		actors []string
		ways   []string
	}
	groups := map[string]*group{}
	for _, o := range list {
		what := Lacks(o)
		g := groups[what]
		if g == nil {
			g = &group{}
			groups[what] = g
		}
		if name := phrase.Entity(o.Actor.Entity); !slices.Contains(g.actors, name) {
			g.actors = append(g.actors, name)
		}
		if !slices.Contains(g.ways, o.Way.ID) {
			g.ways = append(g.ways, o.Way.ID)
		}
	}
	var out []string
	for _, what := range slices.Sorted(maps.Keys(groups)) {
		g := groups[what]
		who := g.actors[0]
		switch n := len(g.actors) - 1; {
		case n == 1:
			who += " and one more"
		case n > 1:
			who += fmt.Sprintf(" and %d more", n)
		}
		const most = 3
		ways := strings.Join(g.ways[:min(most, len(g.ways))], ", ")
		if more := len(g.ways) - most; more > 0 {
			ways += fmt.Sprintf(" and %d further ways", more)
		}
		out = append(out, fmt.Sprintf("%s: %s could use it (%s)", what, who, ways))
	}
	return out
}
