// Package delegation asks whether a holder can create roles and users that no
// approved boundary limits.
package delegation

import (
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/policy"
)

// Creations are what the two kinds of entities are called.
var Creations = []creation{{authz.Role, "roles"}, {authz.User, "users"}}

type creation struct {
	Kind   authz.EntityKind
	Plural string
}

// Creating are the actions that create entities of these kinds.
func Creating(kinds []authz.EntityKind) []string {
	var actions []string
	for _, kind := range kinds {
		actions = append(actions, "iam:Create"+string(kind))
	}
	return actions
}

// BoundaryOf is the boundary under which a request creates a role.
func BoundaryOf(w *authz.Witness) string {
	for _, v := range w.Context {
		if strings.EqualFold(v.Key, policy.BoundaryKey) && len(v.Values) > 0 {
			return v.Values[0].String()
		}
	}
	return ""
}

// CanCreateUnbounded asks whether a holder can create an entity without an
// approved boundary, by itself or by a role of its own making. It is asked once
// of holders of the same policies.
func CanCreateUnbounded(a *holders.Account, h *holders.Holder, kind authz.EntityKind) authz.Answer {
	return a.AskDelegate(h, "create "+string(kind), func() authz.Answer {
		answer := authz.CanCreateWithoutBoundary(h.Lenient(), a.Universe(h.Deployment), kind)
		if answer.Verdict == authz.Denied && h.Entity != nil {
			answer = authz.CanCreateThroughGrown(h.Lenient(), a.Universe(h.Deployment), kind)
		}
		return answer
	})
}

// IsGrown reports whether an answer is that of a role which the holder would
// make first.
func IsGrown(answer authz.Answer) bool {
	if answer.Witness != nil {
		return holders.Maker(answer.Witness) != nil
	}
	return answer.Perhaps != nil && answer.Perhaps.Action == "iam:CreateRole"
}

// Assumed is the part of a caveat that the third leg needs.
func Assumed(answer authz.Answer) string {
	if answer.AssumedAccount == "" {
		return ""
	}
	return " (taking account " + answer.AssumedAccount + " to be the one that this is deployed to)"
}
