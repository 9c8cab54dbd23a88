package escalation

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/compute"
	"github.com/boundlint/boundlint/lint/policy"
)

// isElsewhere reports whether a resource is in another account than the node. A way is gone
// there by assuming a role, or where the policy of the resource lets the node in.
func isElsewhere(n *node, x policy.Text) bool {
	arn, ok := policy.ParseARN(x)
	return ok && differs(n.principal.Account, arn.Account)
}

// differs reports whether an account is certainly another one than the own.
func differs(own, other policy.Text) bool {
	account, known := other.Known()
	id, ownKnown := own.Known()
	return known && ownKnown && id != "" && len(account) == len(id) && account != id && strings.Trim(account, "0123456789") == ""
}

// abroad asks for an action on a resource of another account: the node's own policies and that
// of the resource must both allow (IAM User Guide, cross-account policy evaluation logic).
func (e *engine) abroad(n *node, action string, x policy.Text, c context) authz.Answer {
	if !compute.IsShareable(action) {
		return denied()
	}
	own := e.account.ResourcePolicy(x)
	if own == nil || !own.MayAllow(action) {
		return denied()
	}
	q := &authz.Query{Actions: []string{action}, Resources: []policy.Text{x}, Keys: e.withTagsOf(x, own, c.keys)}
	// Whom the policy names is not what those with the same policies have in common.
	key := fmt.Sprintf("abroad %d %s", n.who, queryKey(n.class, true, q))
	answer, ok := e.answers[key]
	if !ok {
		e.asked++
		answer = authz.Through(n.principal, n.slim, q, own, []policy.Text{x})
		if len(e.answers) < maxRemembered {
			e.answers[key] = answer
		}
	}
	return e.settle(n, answer, x, c)
}

// withTagsOf adds to the keys of a request the tags that the policy of its resource asks for:
// the resource has them, or has not.
func (e *engine) withTagsOf(x policy.Text, own *authz.Policy, keys []authz.KeyConstraint) []authz.KeyConstraint {
	i := slices.IndexFunc(e.compute, func(at *computeResource) bool { return at.ARN.Equal(x) })
	if own.Document == nil || i < 0 {
		return keys
	}
	out := slices.Clone(keys)
	for _, s := range own.Document.Statements {
		for j := range s.Condition {
			tag, ok := resourceTag(&s.Condition[j])
			key, _ := s.Condition[j].Key.Known()
			if !ok || slices.ContainsFunc(out, func(k authz.KeyConstraint) bool { return strings.EqualFold(k.Key, key) }) {
				continue
			}
			value, has, hidden := tagValue(e.compute[i].Tags, tag)
			switch {
			case has:
				out = append(out, authz.KeyConstraint{Key: key, In: []policy.Text{value}})
			case hidden:
				out = append(out, authz.KeyConstraint{Key: key, In: []policy.Text{policy.SymbolText(e.hiddenTag(x, tag))}})
			default:
				out = append(out, authz.KeyConstraint{Key: key, Absent: true})
			}
		}
	}
	return out
}

// crosses reports whether a way is gone on something that its own policy may share with other
// accounts: what it takes besides is then there, too.
func crosses(w *Way) bool {
	return w.Kind == Existing && len(w.Needs) > 0 && w.Needs[0].Kind.Sharing().Change != ""
}

// stays reports whether a step is made in the account of the node although what the way uses is
// in another one, in which the step would have to be.
func stays(n *node, r *Requirement, s *situation) bool {
	return s.way.Kind == Existing && (r.On == OnChosen || r.On == OnMade) && isElsewhere(n, s.thing)
}

// mayCross reports whether the outcome of a way may depend on whom the policy of a resource
// names, and so on who goes it.
func mayCross(n *node, w *Way, t *node) bool {
	return searched().crossing[w] && differs(n.principal.Account, t.principal.Account)
}
