package rules

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/escalation"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/rules/internal/fix"
	"github.com/boundlint/boundlint/rules/internal/leaks"
	"github.com/boundlint/boundlint/rules/internal/paths"
)

// EscalationPath reports who can become, or control, a principal unbounded or an
// administrator.
var EscalationPath = &lint.Rule{
	ID: "escalation-path", Severity: lint.Error, Leg: lint.ThirdLeg, Topic: lint.EscalationTopic,
	Doc: lint.Doc{
		Title: "A holder can reach an unbounded or administrator entity by a known way",
		What: "For every role and user: whom can it become or control by the known ways to gain privileges (assuming roles, changing " +
			"policies, trust and credentials, passing roles to services, using what carries a role, making principals, tampering with " +
			"boundaries), step by step, and does that end at a principal without a boundary or at an administrator? Each step is a request that " +
			"is decided over all policies, the target's trust policy and its boundary. Permissions grow on the way: who can edit its own " +
			"policies holds all that its boundary allows, and so does a role that it can create and use. Who can join several " +
			"groups, or attach several policies to itself, one after the other, holds what they allow together. Who is let in by the " +
			"policy of a Lambda function of another account can replace its code. Where the input has an organization, who can deploy stack " +
			"sets with service-managed permissions from its management account, or from a delegated administrator for them, is an " +
			"administrator in the member accounts that service control policies leave to it. Who can take service control policies off a member " +
			"account and act as a principal of it reaches what they kept that from. Where nothing in the input has to do with boundaries, only " +
			"administrators are worth reaching.",
		Why: "A boundary caps its holder, not those whom its holder can become. One role without a boundary that the holder can assume, or " +
			"pass to a service, undoes it.",
		Blind: "A way through something that the input does not contain is not a finding; the report lists it under what lies beyond the " +
			"input. Services that act with a role for their own purpose only are not followed, nor is code that others run. Whether an account " +
			"manages the root users of its organization's member accounts is in no input: who is let to open sessions of them (sts:AssumeRoot) " +
			"by name is undetermined, who is let by a wildcard is listed as beyond the input. Whether CloudFormation StackSets has trusted access " +
			"to an organization is told by list-aws-service-access-for-organization, or by an account that is a delegated administrator for it: " +
			"else such a way is undetermined, and so is one through a stack set that is there already. Conditions that the requester can " +
			"meet, such as an external id or multi-factor authentication, are taken to be met. What two principals could only do together is " +
			"found where one of them can do both.",
		Fix: "Close any one step of the chain: the remediation says how, and where Deny statements in one place close all ways of the actor, " +
			"it gives them. Or give the target a boundary, or scope the first action to targets that have one.",
		References: []string{
			"https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
			"https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-activate-trusted-access.html",
			"https://pathfinding.cloud",
		},
		Security: "9.0",
	},
	Run: func(p *lint.Pass) error {
		a, err := holders.Accounts.Of(p)
		if err != nil {
			return err
		}
		answer := searchAll(p, a)
		var found []lint.Finding
		for _, path := range answer.Paths {
			found = append(found, escalationFinding(a, path.Actor, path))
		}
		paths.CloseAll(a, found, answer.Paths)
		for _, f := range found {
			p.Report(f)
		}
		if answer.Cut {
			p.Beyond("ways of escalation of very many steps: not all ways were followed, because the policies make too many of them")
		}
		for _, text := range paths.Beyond(answer.Outside) {
			p.Beyond(text)
		}
		return nil
	},
}

// searchAll searches for the paths of all actors. Only this part of the rule grows
// with the ways that there are, so that it is measured by itself.
func searchAll(p *lint.Pass, a *holders.Account) *escalation.Answer {
	defer p.Stage(lint.EscalationSearch)()
	return escalation.OfAccount.Of(a).Judge()
}

// escalationFinding makes the finding of a path.
func escalationFinding(a *holders.Account, h *holders.Holder, path *escalation.Path) lint.Finding {
	if h.Doubt != "" && path.Verdict == authz.Allowed {
		doubtful := *path
		doubtful.Verdict, doubtful.Reasons = authz.Undetermined, []authz.Reason{{Text: h.Doubt, Symbol: h.DoubtBy}}
		path = &doubtful
	}
	first := path.Steps[0]
	f := lint.Finding{Address: h.Address, Location: h.Location, Verdict: lint.Violation}
	if path.Verdict != authz.Allowed {
		f.Verdict, f.HiddenBy = lint.Undetermined, h.HiddenBehind(path.Reasons)
	}
	placeEscalation(a, h, first, &f)
	f.Cause = pathCause(f.Cause, path)
	f.Steps = paths.Steps(path)
	f.Parts = []string{f.Steps[len(f.Steps)-1].To} // to come further is worse
	f.Message = escalationMessage(h, path)
	f.Remediation = replaceManaged(h, first) + paths.PathAdvice(path)
	answer := authz.Answer{Verdict: path.Verdict, Reasons: path.Reasons}
	f.Origin = cmp.Or(h.DocumentOrigin(answer), leaks.Origin(a, h, &f))
	if _, lacking := h.LackingDocument(answer); lacking {
		fix.GiveDocument(a, h, answer, &f)
	} else if f.Verdict == lint.Undetermined && f.HiddenBy != "" && phrase.IsPlanAlone(a.Model, h.Location) {
		f.Remediation = "Join the plan with its configuration (--config-dir): it tells most of what is known after apply.\n\nShould the way be " +
			"open: " + f.Remediation
	}
	f.Related = append(f.Related, escalationRelated(h, path)...)
	return f
}

// replaceManaged is what comes before the control of a way that one of AWS's own
// policies grants; "" for any other.
func replaceManaged(h *holders.Holder, s escalation.Step) string {
	for _, r := range s.Requests {
		if g, _, ok := h.Granting(holders.Request(r)); ok && g.Document == nil {
			return fmt.Sprintf("AWS manages %s, which grants it, and only AWS can edit that: attach a policy of your own in its place. There: ",
				g.ManagedName())
		}
	}
	return ""
}

// placeEscalation puts the finding at the statement that grants the first
// step: the actor's own, or that of the trust policy which lets it in.
func placeEscalation(a *holders.Account, h *holders.Holder, s escalation.Step, f *lint.Finding) {
	for _, r := range s.Requests {
		placed := h.Finding(r)
		if placed.Excerpt == "" {
			continue
		}
		f.Location, f.Excerpt, f.Cause = placed.Location, placed.Excerpt, placed.Cause
		if placed.Address != f.Address {
			f.Address, f.Related = placed.Address, placed.Related
		}
		if f.Verdict == lint.Violation {
			f.Witness = placed.Witness
		}
		return
	}
	for _, r := range s.Requests {
		w := r.Witness
		if w == nil {
			w = r.Perhaps
		}
		if w == nil {
			continue
		}
		if f.Verdict == lint.Violation {
			f.Witness = h.Witness(w)
		}
		for _, ref := range w.By {
			g, ok := a.Standing[ref.Policy]
			if st := ref.Source(); ok && st != nil && g.Document != nil {
				f.Location = g.Document.StatementLocation(st.Index, policy.Range{})
				if !g.Document.Sensitive {
					f.Excerpt = policy.PrintStatement(st, policy.PrintOptions{})
				}
				return
			}
		}
	}
}

func escalationMessage(h *holders.Holder, path *escalation.Path) string {
	last := path.Steps[len(path.Steps)-1].To
	how := paths.Ways(path)
	count := "one step"
	if n := path.Length(); n > 1 {
		count = fmt.Sprintf("%d steps", n)
	}
	what := reachedWhat(h, last, path)
	if path.Verdict != authz.Allowed {
		return fmt.Sprintf("Whether %s can %s in %s is not determined, because %s; the way would be to %s.", phrase.Uncapital(h.Name()), what,
			count, holders.Because(path.Reasons), how)
	}
	message := fmt.Sprintf("%s can %s in %s: %s", h.Name(), what, count, how)
	switch path.Further {
	case 0:
	case 1:
		message += "; there is one further way"
	default:
		message += fmt.Sprintf("; there are %d further ways", path.Further)
	}
	return message + assumption(path) + "."
}

// reachedWhat completes "can ...".
func reachedWhat(h *holders.Holder, n escalation.Node, path *escalation.Path) string {
	end := path.End
	switch {
	case path.Perhaps && end == escalation.EndAdministrator:
		return "act as " + paths.NodeName(n) + ", which may be an administrator,"
	case path.Perhaps:
		return "act as " + paths.NodeName(n) + ", which may have no permissions boundary,"
	case n.Entity == h.Entity && end == escalation.EndAdministrator:
		return "make itself an administrator"
	case n.Entity == h.Entity:
		return "free itself of its permissions boundary"
	}
	if end == escalation.EndControlled {
		return "give " + paths.NodeName(n) + ", which has no permissions boundary, any permissions"
	}
	if n.Uncapped && end == escalation.EndUnbounded {
		return "act as " + paths.NodeName(n) + " without its permissions boundary"
	}
	return "act as " + paths.ReachedName(n, end)
}

// assumption is what the proof of a path takes for granted.
func assumption(path *escalation.Path) string {
	for _, s := range path.Steps {
		for _, r := range s.Requests {
			if r.AssumedAccount != "" {
				return " (taking account " + r.AssumedAccount + " to be the one that this is deployed to)"
			}
		}
	}
	return ""
}

// escalationRelated names the end of the chain and the rule that reports its
// first step by itself.
func escalationRelated(h *holders.Holder, path *escalation.Path) []lint.Related {
	var out []lint.Related
	last := path.Steps[len(path.Steps)-1].To
	if last.Entity != nil && last.Entity != h.Entity {
		out = append(out, lint.Related{Address: last.Entity.Address, Message: "this is where the chain ends", Location: last.Entity.Location})
	}
	rule := ""
	switch w := path.Steps[0].Way; {
	case w.Kind == escalation.Create && w.Target != escalation.TargetPermissionSet && w.Target != escalation.TargetMember:
		rule = "delegation-without-boundary"
		if path.Steps[0].To.Boundary.IsEmpty() {
			break
		}
		rule = "boundary-leaks"
	case w.Kind == escalation.BoundaryTamper && w.Target == escalation.TargetPolicy:
		rule = "boundary-editable"
	case w.Kind == escalation.BoundaryTamper:
		rule = "boundary-removable"
	case w.Kind == escalation.SelfEdit:
		rule = "self-policy-editable"
	}
	if rule != "" {
		out = append(out, lint.Related{Address: h.Address, Message: "the first step is the matter of " + rule, Location: h.Location})
	}
	return out
}

// pathCause is the cause of a path of escalation that begins with what one
// statement grants: the same steps to the same end.
func pathCause(statement string, path *escalation.Path) string {
	if statement == "" {
		return ""
	}
	parts := []string{statement}
	if path.Omitted > 0 {
		parts = append(parts, strconv.Itoa(path.Omitted))
	}
	for _, s := range path.Steps {
		parts = append(parts, s.Way.ID)
		if s.To.Entity != path.Steps[0].From.Entity {
			parts = append(parts, paths.NodeAddress(s.To))
		}
	}
	return strings.Join(parts, " ")
}
