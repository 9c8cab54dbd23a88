package escalation

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/compute"
	"github.com/boundlint/boundlint/lint/policy"
)

// Root users are of other accounts, of which no input tells whether they are
// members whose root users this account manages: only the management account of
// an organization and the one that it delegates to may open sessions of them.
// Who is let do so by name is in such an account, as far as anybody can tell.
// Who is only not kept from it, by a wildcard, is most often not.

// rootPath is the path to the root user of a member account, for whom a policy
// names the action; nil where there is none.
func (e *engine) rootPath(n *node) *Path {
	for _, r := range e.rootSessions(n) {
		if !namesAction(n.principal, r.way.Steps[0].Action) {
			continue
		}
		to := Node{Made: "the root user of a member account"}
		witness := r.answer.Witness
		if witness == nil {
			witness = r.answer.Perhaps
		}
		if witness != nil {
			to.Name = witness.Resource
		}
		return &Path{
			Actor: n.holder, Verdict: authz.Undetermined, End: EndAdministrator,
			Steps: []Step{{From: n.describe(), To: to, Way: r.way, Requests: []authz.Answer{r.answer}, By: n.principal}},
			Reasons: distinct(append(slices.Clone(r.answer.Reasons), authz.Reason{
				Text: "the input does not tell whether its account manages the root users of member accounts",
			})),
		}
	}
	return nil
}

// outsideRoots are the ways of a node to root users, if there are any.
func (e *engine) outsideRoots(n *node) []Outside {
	var out []Outside
	for _, r := range e.rootSessions(n) {
		if r.answer.Verdict == authz.Allowed {
			out = append(out, Outside{Actor: n.holder, Way: r.way, Lacks: compute.MemberAccount, Requests: []authz.Answer{r.answer}})
		}
	}
	return out
}

// rootSession is the request of a way to root users that a node may go.
type rootSession struct {
	way    *Way
	answer authz.Answer
}

func (e *engine) rootSessions(n *node) []rootSession {
	var out []rootSession
	for _, w := range e.usable(n) {
		if w.Target != TargetRoot {
			continue
		}
		if answer := e.request(n, &w.Steps[0], &situation{way: w}); answer.Verdict != authz.Denied {
			out = append(out, rootSession{w, answer})
		}
	}
	return out
}

// namesAction reports whether an identity-based policy allows an action by an
// entry for less than its whole service, or on root users that it names.
func namesAction(p *authz.Principal, action string) bool {
	action = strings.ToLower(action)
	return slices.ContainsFunc(p.Identity, func(q *authz.Policy) bool {
		return q.Document != nil && slices.ContainsFunc(q.Document.Statements, func(s *policy.Statement) bool {
			return s.Effect == policy.Allow && singlesOut(s, action)
		})
	})
}

func singlesOut(s *policy.Statement, action string) bool {
	service, _, _ := strings.Cut(action, ":")
	root := slices.ContainsFunc(s.Resource, func(x policy.Element) bool { return strings.HasSuffix(x.Text.String(), ":root") })
	return slices.ContainsFunc(s.Action, func(x policy.Element) bool {
		text, known := x.Text.Known()
		text = strings.ToLower(text)
		within := strings.HasPrefix(text, service+":") && text != service+":*"
		return known && policy.Glob(text, action) && (within || root)
	})
}
