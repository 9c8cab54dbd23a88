package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/calls"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/rules/internal/applying"
)

// ApplyDenied reports changes that AWS will refuse to whoever applies them.
var ApplyDenied = &lint.Rule{
	ID: "apply-denied", Severity: lint.Error, Leg: lint.ThirdLeg, Topic: lint.DeployerTopic,
	Doc: lint.Doc{
		Title: "AWS will refuse a call that applying this change makes",
		What: "A `deployer` block says who applies the configuration: by its ARN with its policies and boundary, or as an entity of the input " +
			"or of what `--deployer-from` names. The calls that the AWS provider makes for each change of an IAM resource (to create, update, " +
			"replace, destroy and refresh it), and `iam:PassRole` for each role that a resource of a known type hands to a service, are " +
			"decided as that " +
			"deployer, with the condition keys that they carry: the boundary, the ARN of the policy, the tags, the service. A call that is " +
			"certainly refused is an error; one that may be is undetermined. In a configuration without a plan everything counts as new. " +
			"Without a `deployer` block the rule says nothing.",
		Why: "A delegation that works refuses what it does not allow, and Terraform finds out in the middle of an apply: half of the " +
			"resources are there, and the message names neither the boundary to set nor the name to take.",
		Blind: "What a change does not tell counts as met: the network and the time of the run, multi-factor authentication, tags of the " +
			"session, policy variables included. So a call that is reported is refused under all circumstances, and " +
			"one that is not may be refused under some. Calls to " +
			"other services than IAM and IAM Identity Center are not decided, nor is what the awscc provider and most data sources ask for, nor " +
			"quotas and conflicts of names. Who assumes another role in the provider than a deployer is not judged. `iam:PassRole` is " +
			"decided for `aws_iam_instance_profile`, `" + strings.Join(calls.Passing(), "`, `") + "`.",
		Fix: "Set the boundary, take the name or add the tag that the message shows; it has been decided that AWS allows the call then. Where " +
			"nothing about the resource makes it pass, the deployer lacks a permission, and the message lists the actions to allow.",
		References: []string{
			"https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
			"https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html",
		},
		Security: "3.0",
	},
	SeenIn: func(m *iam.Model) bool { return m.Input.Kind == iam.InputPlan || m.Input.Kind == iam.InputConfig },
	Run:    applyDenied,
}

func applyDenied(p *lint.Pass) error {
	if len(p.Settings.Deployers) == 0 || len(p.Model.Planned) == 0 {
		return nil
	}
	a, err := holders.Accounts.Of(p)
	if err != nil {
		return err
	}
	deployers, missing, err := applying.Deployers(p, a)
	if err != nil {
		return err
	}
	for _, name := range missing {
		p.Beyond("the policies of the deployer " + name)
	}
	j := &applyJudge{pass: p, wrong: map[*iam.Planned]bool{}}
	all := applying.Judge(p, a, deployers)
	for _, refused := range all {
		for _, r := range refused {
			if lack, _ := r.Why(); r.Certain && lack != applying.LacksGrant && r.Request.About == r.Planned && !j.wrong[r.Planned] {
				_, j.wrong[r.Planned] = r.Cure()
			}
		}
	}
	for _, refused := range all {
		j.report(refused)
	}
	j.lacks.report(p)
	return nil
}

// applyJudge makes the findings of one model.
type applyJudge struct {
	pass  *lint.Pass
	lacks lackingGrants
	// wrong are the resources that the deployer may have otherwise: what others do
	// to them is refused for the same reason.
	wrong map[*iam.Planned]bool
}

// report makes the findings about one resource: what the deployer lacks
// for whatever it would look like is gathered, what this one has wrong is one
// finding, and what is not determined counts where nothing is certain.
func (j *applyJudge) report(refused []*applying.Refusal) {
	var wrong, open []*applying.Refusal
	certain := false
	for _, r := range refused {
		lack, _ := r.Why()
		switch {
		case !r.Certain:
			open = append(open, r)
			continue
		case lack == applying.LacksGrant:
			j.lacks.add(r)
		default:
			wrong = append(wrong, r)
		}
		certain = true
	}
	if len(wrong) > 0 {
		f := wrongResource(wrong)
		if about := wrong[0].Request.About; j.wrong[about] {
			f.Origin, f.IsOrigin = "refused to apply "+about.Address, about == wrong[0].Planned
			f.Cause = ""
		}
		j.pass.Report(f)
	}
	if len(open) > 0 && !certain {
		j.pass.Report(openRefusal(open))
	}
}

// wrongResource is the finding about a resource that the deployer may have
// otherwise: with a boundary, under a name, with a tag.
func wrongResource(refused []*applying.Refusal) lint.Finding {
	first := refused[0]
	f := lint.Finding{
		Address: first.Planned.Address, Location: first.Planned.Location, Key: first.Request.Action,
		Message: fmt.Sprintf("%s: %s is refused, because %s%s.", first.Headline(), first.Shown(), first.Reason(), andMore(refused)),
	}
	lack, at := first.Why()
	for _, ref := range at {
		if place, ok := first.Deployer.Place(ref); ok {
			f.Related = append(f.Related, lint.Related{Message: "The statement that decides it", Location: place})
			break
		}
	}
	cure, ok := first.Cure()
	switch {
	case ok:
		f.Attribute, f.Remediation = remedy(cure)
		if cure.IsBoundaryAlone() && cure.Boundary.IsKnown() {
			f.Fix = &lint.Fix{Address: f.Address, Attribute: f.Attribute, Expression: expression(cure.Boundary)}
		}
	case lack == applying.IsDenied:
		f.Cause = policyCause(refused)
		f.Remediation = fmt.Sprintf("Leave %s on it out of what %s denies.", phrase.Series(refusedActions(refused)),
			first.Deployer.Statement(at[0]))
	default:
		f.Cause = policyCause(refused)
		f.Remediation = "Let " + first.Deployer.Name + " do this: allow " + phrase.Series(refusedActions(refused)) + " on it."
	}
	return f
}

// policyCause is the cause of refusals that nothing about the resource helps: the
// statements of the deployer that do not allow the actions, or deny them.
func policyCause(refused []*applying.Refusal) string {
	var parts []string
	for _, r := range refused {
		_, at := r.Why()
		for _, ref := range at {
			parts = append(parts, r.Deployer.Statement(ref))
		}
		parts = append(parts, r.Request.Action)
	}
	return refused[0].Deployer.Name + ": " + strings.Join(slices.Compact(parts), ", ")
}

// remedy says what to write, and at which attribute.
func remedy(c applying.Cure) (attribute, text string) {
	var lines []string
	if !c.Boundary.IsEmpty() {
		attribute = "permissions_boundary"
		lines = append(lines, "permissions_boundary = "+expression(c.Boundary))
	}
	path := c.Path
	if path == "/" {
		path = "" // that is the default
	}
	for _, line := range [][2]string{{"name", c.Name}, {"name_prefix", c.Prefix}, {"path", path}} {
		if line[1] != "" {
			attribute = cmp.Or(attribute, line[0])
			lines = append(lines, line[0]+" = "+strconv.Quote(line[1]))
		}
	}
	if c.TagKey != "" {
		attribute = cmp.Or(attribute, "tags")
		lines = append(lines, fmt.Sprintf("tags = { %q = %q }", c.TagKey, c.TagValue))
	}
	return attribute, "Write what the deployer may apply:\n\n  " + strings.Join(lines, "\n  ")
}

// expression is how a boundary is written in HCL.
func expression(x policy.Text) string {
	if known, ok := x.Known(); ok {
		return strconv.Quote(known)
	}
	return x.String()
}

// openRefusal is the finding about a resource of which it is not determined
// whether AWS refuses a call for it.
func openRefusal(refused []*applying.Refusal) lint.Finding {
	first := refused[0]
	reasons := first.Decision.Reasons
	because := holders.Because(reasons)
	switch {
	case first.Another != nil:
		because = first.Another.Name + " may apply it as well, and " + first.Reason()
	case len(reasons) == 0 && first.Planned.MayNotExist:
		because = "it is not known whether it will exist, and " + first.Reason()
	case len(reasons) == 0:
		because = "it is not certain that the provider makes the call, and " + first.Reason()
	}
	f := lint.Finding{
		Verdict: lint.Undetermined, Address: first.Planned.Address, Location: first.Planned.Location, Key: first.Request.Action,
		Because: because,
		Message: fmt.Sprintf("Whether AWS lets %s %s it is not determined: %s, because %s%s.", first.Deployer.Name, first.Verb(), first.Shown(),
			because, andMore(refused)),
		Remediation: "Lint a plan in which it is known, or allow " + phrase.Series(refusedActions(refused)) + " whatever it is.",
	}
	if first.Request.Hidden != nil {
		f.HiddenBy = phrase.HiddenIn(*first.Request.Hidden)
	}
	for _, r := range reasons {
		if r.Symbol != nil && f.HiddenBy == "" {
			f.HiddenBy = phrase.HiddenBy(r.Symbol)
			break
		}
	}
	return f
}

// actionsOf are the actions of some refusals, each once.
func refusedActions(refused []*applying.Refusal) []string {
	var out []string
	for _, r := range refused {
		if !slices.Contains(out, r.Request.Action) {
			out = append(out, r.Request.Action)
		}
	}
	return out
}

// andMore tells of the other calls that are refused besides the first.
func andMore(refused []*applying.Refusal) string {
	actions := refusedActions(refused)
	const most = 4
	switch n := len(actions) - 1; {
	case n == 0:
		return ""
	case n > most:
		return fmt.Sprintf("; %s and %d more calls as well", strings.Join(actions[1:most+1], ", "), n-most)
	}
	return "; " + phrase.Series(actions[1:]) + " as well"
}

// lackingGrants gathers the calls that a deployer is not granted at all, over all
// resources: to allow them is one change.
type lackingGrants struct {
	order []lackingGrant
	of    map[lackingGrant][]*applying.Refusal
}

// lackingGrant is a deployer, and the layer in which nothing allows the calls.
type lackingGrant struct {
	deployer *applying.Deployer
	layer    string
}

func (l *lackingGrants) add(r *applying.Refusal) {
	key := lackingGrant{r.Deployer, string(r.Decision.Layer)}
	if l.of == nil {
		l.of = map[lackingGrant][]*applying.Refusal{}
	}
	if l.of[key] == nil {
		l.order = append(l.order, key)
	}
	l.of[key] = append(l.of[key], r)
}

// report files a finding for each resource, all of one cause.
func (l *lackingGrants) report(p *lint.Pass) {
	for _, key := range l.order {
		all := l.of[key]
		actions := refusedActions(all)
		slices.Sort(actions)
		remediation := "Allow what is missing in " + all[0].Layer() + ": " + strings.Join(actions, ", ") + "."
		for len(all) > 0 {
			n := 1
			for n < len(all) && all[n].Planned == all[0].Planned {
				n++
			}
			of := all[:n]
			all = all[n:]
			p.Report(lint.Finding{
				Address: of[0].Planned.Address, Location: of[0].Planned.Location, Key: "not granted " + key.layer,
				Message:     fmt.Sprintf("%s: %s is refused, because %s%s.", of[0].Headline(), of[0].Shown(), of[0].Reason(), andMore(of)),
				Remediation: remediation, Parts: refusedActions(of),
				Cause: "not granted to " + key.deployer.Name + " by " + key.layer,
			})
		}
	}
}
