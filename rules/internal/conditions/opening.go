package conditions

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/rules/internal/leaks"
)

// opening is a question about what a condition fails to stop: asked of those
// who have the statement among all their policies, it tells whether that
// matters to any of them.
type opening struct {
	Name string
	ask  func(*authz.Principal) authz.Answer
	// removal asks of boundaries that are there, where an unknown one of the
	// holder's own may close it.
	removal bool
}

// OpensFor asks for an opening everybody who has the document, or a principal that
// is allowed everything under it where no principal of the input has it, as for a
// boundary. It is Allowed of a policy that is judged alone and only denies: what
// is granted beside it is not known.
func OpensFor(a *holders.Account, d iam.PlacedDocument, o *opening) authz.Answer {
	having := holders.HavingDocument.Of(a)[d.Document.Document]
	if o == nil || holders.OnlyDenies(d.Document.Document) && (len(having) == 0 || having[0].Entity == nil) {
		return authz.Answer{Verdict: authz.Allowed}
	}
	if len(having) == 0 {
		return o.ask(leaks.Bearer(a, d).Principal)
	}
	out := authz.Answer{Verdict: authz.Denied}
	for _, h := range having {
		answer := a.Once(h, "condition "+o.Name, func() authz.Answer {
			if o.removal {
				return o.ask(h.Strict())
			}
			return o.ask(h.Lenient())
		})
		switch answer = h.Resolve(answer); answer.Verdict {
		case authz.Allowed:
			return answer
		case authz.Undetermined:
			out = answer
		case authz.Denied:
		}
	}
	return out
}

// fails notes what the condition fails to stop for a holder, and returns the
// request for it; nil if there is none for certain.
func (j *conditionJudge) fails(holder *authz.Principal, o *opening) *authz.Witness {
	if slices.Contains(j.closed, o.Name) {
		return nil
	}
	w := o.ask(holder).Witness
	if w != nil {
		j.opens = o
	}
	return w
}

// createsUnbounded asks for the creation of an entity without an approved
// boundary.
func (j *conditionJudge) createsUnbounded(kind authz.EntityKind) *opening {
	u := j.universe()
	return &opening{Name: "create " + string(kind), ask: func(holder *authz.Principal) authz.Answer {
		return authz.CanCreateWithoutBoundary(holder, u, kind)
	}}
}

// without asks for one of the actions without boundary.
func (j *conditionJudge) without(actions []string) *opening {
	return j.opening("without ", authz.Query{Actions: actions, Keys: []authz.KeyConstraint{{Key: policy.BoundaryKey, Absent: true}}})
}

// swapped asks for AdministratorAccess in the place of a boundary.
func (j *conditionJudge) swapped(kind authz.EntityKind) *opening {
	wide := policy.Literal("arn:*:iam::aws:policy/AdministratorAccess")
	return j.opening("swap ", authz.Query{
		Actions: []string{"iam:Put" + string(kind) + "PermissionsBoundary"},
		Keys:    []authz.KeyConstraint{{Key: policy.BoundaryKey, In: []policy.Text{wide}}},
	})
}

// removed asks for the removal of a boundary that must stay: any, where
// nothing tells which those are.
func (j *conditionJudge) removed(kind authz.EntityKind) *opening {
	o := j.opening("remove ", authz.Query{
		Actions: []string{"iam:Delete" + string(kind) + "PermissionsBoundary"},
		Keys:    []authz.KeyConstraint{{Key: policy.BoundaryKey, Present: true, In: j.keptBoundaries()}},
	})
	o.removal = true
	return o
}

// opening is a question with a name of its own.
func (j *conditionJudge) opening(name string, q authz.Query) *opening {
	u := j.universe()
	return &opening{Name: name + strings.Join(q.Actions, " "), ask: func(holder *authz.Principal) authz.Answer {
		return authz.Search(holder, u, &q)
	}}
}

// keptBoundaries are the boundaries that must stay on those who have them:
// the approved ones, else those that the input uses and conditions name.
func (j *conditionJudge) keptBoundaries() []policy.Text {
	if !j.account.Approved.Configured() {
		d := &iam.Document{Document: &policy.Document{Statements: []*policy.Statement{j.statement}}}
		return slices.Concat(j.account.ProtectedBoundaries(), holders.NamedBoundaries(d))
	}
	var out []policy.Text
	for _, x := range j.account.ApprovedARNs() {
		out = append(out, x.ARN)
	}
	return out
}
