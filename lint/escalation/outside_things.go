package escalation

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/compute"
	"github.com/boundlint/boundlint/lint/internal/lazy"
	"github.com/boundlint/boundlint/lint/policy"
)

// outsideThing tries a way through something that carries a role on one that
// the input does not declare: another root may have declared it, with a role
// that nothing limits.
func (e *engine) outsideThing(n *node, w *Way) (Outside, bool) {
	if w.Closed || len(w.Needs) == 0 || slices.ContainsFunc(w.Needs, func(need Need) bool { return need.OfActor }) {
		return Outside{}, false
	}
	first := slices.IndexFunc(w.Steps, func(r Requirement) bool { return r.On == OnCompute && !r.Optional })
	if first < 0 {
		return Outside{}, false
	}
	s := situation{way: w}
	made, ok := e.sameMade(n, &s)
	if !ok {
		return Outside{}, false
	}
	found := e.undeclared(n, &w.Steps[first], w.Needs[0].Kind)
	if found == nil {
		return Outside{}, false
	}
	requests := found.requests
	for i := range w.Steps {
		r := &w.Steps[i]
		if r.Optional || i == first {
			continue
		}
		with := s
		with.thing, with.made = found.example, made[r]
		answer := e.request(n, r, &with)
		if answer.Verdict != authz.Allowed {
			return Outside{}, false
		}
		requests = append(requests, answer)
	}
	return Outside{Actor: n.holder, Way: w, Lacks: w.Needs[0].Kind, Requests: requests}, true
}

// undeclared looks for a thing on which a request is allowed, or one of its
// alternatives, and that is none of the input's.
func (e *engine) undeclared(n *node, r *Requirement, t compute.Kind) *would {
	kind := resourceType(t)
	if kind == nil {
		return nil
	}
	for _, one := range append([]Requirement{*r}, r.Alternatives...) {
		if _, ok := e.allowedOn(n, one.Action); !ok {
			continue
		}
		if found := e.undeclaredBySearch(n, one.Action, kind); found != nil {
			return found
		}
		// Of an action that acts on several things at once a pattern of one of
		// them finds nothing.
		for _, x := range e.examplesOf(n, one.Action, kind) {
			if answer := e.on(n, one.Action, x, context{}); answer.Verdict == authz.Allowed && !e.declaresThing(x) {
				return &would{x, []authz.Answer{answer}}
			}
		}
	}
	return nil
}

func (e *engine) undeclaredBySearch(n *node, action string, kind *catalog.ResourceType) *would {
	q := &authz.Query{Actions: []string{action}, Resources: literals(kind.Patterns())}
	for range maxExamples {
		answer := e.search(n, n.slim, q)
		if answer.Verdict != authz.Allowed {
			return nil
		}
		x := answer.Witness.Resource
		if !e.declaresThing(x) {
			return &would{x, []authz.Answer{answer}}
		}
		q.NotResources = append(slices.Clone(q.NotResources), x)
	}
	return nil
}

// resourceType is that of the things of a kind; nil where they have no ARN.
func resourceType(t compute.Kind) *catalog.ResourceType {
	prefix, name, _ := strings.Cut(t.Info().Resource, ":")
	service, ok := catalog.LookupService(prefix)
	if !ok {
		return nil
	}
	kind, ok := service.ResourceType(name)
	if !ok {
		return nil
	}
	return kind
}

// examplesOf are ARNs of a type in the account of a node: under the patterns
// that the statements about an action name, and one that none needs to name.
func (e *engine) examplesOf(n *node, action string, kind *catalog.ResourceType) []policy.Text {
	account := n.principal.Account
	if account.IsEmpty() {
		account = policy.Literal("111122223333")
	}
	var out []policy.Text
	for _, template := range kind.ARNs {
		arn, ok := policy.ParseARN(policy.Literal(placeholder().ReplaceAllString(template, "x")))
		if !ok {
			continue
		}
		arn.Partition, arn.Region, arn.Account = policy.Literal("aws"), policy.Literal("us-east-1"), account
		out = append(out, arn.Text())
	}
	for _, p := range e.cover.patternsAbout(n.principal, action) {
		text, known := p.Known()
		arn, ok := policy.ParseARN(policy.Literal(readable.Replace(text)))
		if !known || !ok || !isOfType(arn, kind) {
			continue
		}
		arn.Partition, arn.Account = policy.Literal("aws"), account
		if region, _ := arn.Region.Known(); strings.Contains(region, "x") {
			arn.Region = policy.Literal("us-east-1")
		}
		out = append(out, arn.Text())
	}
	return out
}

// isOfType reports whether an ARN is one of a type.
func isOfType(arn policy.ARN, kind *catalog.ResourceType) bool {
	tail, known := arn.Resource.Known()
	return slices.ContainsFunc(kind.Patterns(), func(glob string) bool {
		own, ok := policy.ParseARN(policy.Literal(glob))
		pattern, _ := own.Resource.Known()
		return ok && known && own.Service.Equal(arn.Service) && policy.Glob(pattern, tail)
	})
}

// readable puts a character in the place of each wildcard.
var readable = strings.NewReplacer("*", "x", "?", "x")

// placeholder is one of an ARN's template.
var placeholder = lazy.Regexp(`\$\{[^}]*\}`)
