package rules

import (
	"fmt"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
)

// NamePrefix reports entities that are not named as configured.
var NamePrefix = &lint.Rule{
	ID: "name-prefix", Severity: lint.Error, Leg: lint.FirstLeg, Topic: lint.NamingTopic,
	Doc: lint.Doc{
		Title: "A role, user or other configured resource is not named as asked",
		What: "Roles and users have to be named `app-*`, or as the `naming` block for their type asks; other IAM types are judged where a " +
			"`naming` block names them (`aws_iam_policy`, `aws_iam_group`, `aws_iam_instance_profile`). `name_prefix` counts as the start of " +
			"the name, and a resource without a name gets one from the provider that begins with `terraform-`. Of a name that is only partly " +
			"known, what is certain is judged; where that does not decide it, the finding is undetermined.",
		Why: "The policies of a delegation say `role/app-*`. What is named otherwise is either out of its developers' reach or, worse, " +
			"within another team's.",
		Blind: "A role that is named well may still belong to another team. Only IAM's own types are judged, by name and not by tags.",
		Fix: "Rename it; IAM cannot rename roles, so that Terraform replaces them. For the exception write an `exempt` block, for another " +
			"convention a `naming` block.",
		References: []string{
			"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",
		},
		Security: "4.0",
	},
	Run: func(p *lint.Pass) error {
		return judgeNames(p, func(n lint.Naming) string { return n.Name }, judgeName)
	},
}

// nameable is something that a naming block can speak of.
type nameable struct {
	kind, address, resourceType string
	name, prefix, path          iam.Value
	text                        policy.Text
	location                    iam.Location
}

// timestamp begins what the AWS provider appends to a prefix: the time, from
// the year on.
const timestamp = "20"

// matched is the name as far as it is certain, for patterns: one that the AWS
// provider generates goes on with the time after its prefix.
func (n *nameable) matched() policy.Text {
	parts := n.text.Parts()
	if n.name.Set || len(parts) == 0 || parts[len(parts)-1].Symbol == nil || !strings.HasPrefix(n.resourceType, "aws_") {
		return n.text
	}
	last := len(parts) - 1
	return policy.Concat(policy.NewText(parts[:last]...), policy.Literal(timestamp), policy.NewText(parts[last:]...))
}

// nameables are all that the input names, entities first.
func nameables(p *lint.Pass, visit func(nameable)) {
	for e := range p.Entities() {
		visit(nameable{
			string(e.Kind), e.Address, e.Type, e.Name, e.NamePrefix, e.Path, e.NameText(), e.Location,
		})
	}
	for _, m := range p.Model.Policies {
		if !m.Gone() {
			visit(nameable{
				"policy", m.Address, iam.ResourceType(m.Address), m.Name, m.NamePrefix, m.Path, m.NameText(), m.Location,
			})
		}
	}
	for _, g := range p.Model.Groups {
		if !g.Gone() {
			visit(nameable{
				"group", g.Address, iam.ResourceType(g.Address), g.Name, iam.Value{}, g.Path, g.Name.Text, g.Location,
			})
		}
	}
	for _, i := range p.Model.Profiles {
		if i.Change != iam.ChangeDelete && i.Change != iam.ChangeForget {
			visit(nameable{
				"instance profile", i.Address, iam.ResourceType(i.Address), i.Name, iam.Value{}, i.Path, i.Name.Text, i.Location,
			})
		}
	}
}

// namingFor is the naming of a type, or for a twin of another provider and
// for entities of an account dump that of the AWS provider's type.
func namingFor(s *lint.Settings, n nameable) (lint.Naming, bool) {
	if naming, ok := s.NamingFor(n.resourceType); ok {
		return naming, true
	}
	return s.NamingFor("aws_iam_" + strings.ReplaceAll(n.kind, " ", "_"))
}

// judgeNames runs a judgement over everything that a naming block asks
// something of.
func judgeNames(p *lint.Pass, asked func(lint.Naming) string, judge func(*lint.Pass, nameable, *lint.Pattern)) error {
	compiled := map[string]*lint.Pattern{}
	var fault error
	nameables(p, func(n nameable) {
		naming, ok := namingFor(p.Settings, n)
		source := asked(naming)
		if !ok || source == "" || fault != nil {
			return
		}
		pattern := compiled[source]
		if pattern == nil {
			if pattern, fault = lint.ParsePattern(source); fault != nil {
				return
			}
			compiled[source] = pattern
		}
		judge(p, n, pattern)
	})
	return fault
}

func judgeName(p *lint.Pass, n nameable, pattern *lint.Pattern) {
	answer := pattern.Match(n.matched())
	if answer == policy.True {
		return
	}
	written, attribute := n.name, "name"
	if !n.name.Set && n.prefix.Set {
		written, attribute = n.prefix, "name_prefix"
	}
	location := n.location
	if written.Location.HasFile() {
		location = written.Location
	}
	f := lint.Finding{Address: n.address, Attribute: attribute, Location: location}
	f.Remediation, f.Fix = renaming(n, pattern)
	asked := patternName(pattern)
	switch {
	case answer == policy.Maybe && written.Set:
		f.Verdict, f.HiddenBy = lint.Undetermined, phrase.HiddenIn(written)
		f.Message = fmt.Sprintf("whether the name of the %s is %s depends on %s", n.kind, asked, phrase.HiddenIn(written))
		if start := n.text.Prefix(); start != "" {
			f.Message += fmt.Sprintf("; it starts with %s", start)
		}
	case answer == policy.Maybe:
		f.Verdict = lint.Undetermined
		f.Message = fmt.Sprintf("the name of the %s is generated, so whether it is %s is not known", n.kind, asked)
	case n.name.Set:
		f.Message = fmt.Sprintf("the %s %s is not named %s", n.kind, n.name, asked)
	case n.prefix.Set:
		f.Message = fmt.Sprintf("the name of the %s is generated and starts with %s, so it is not %s", n.kind, n.prefix, asked)
	default:
		f.Message = fmt.Sprintf("the %s has no name; the provider makes up one that starts with %s, and so is not %s",
			n.kind, n.text.Prefix(), asked)
	}
	f.Message = phrase.Sentence(f.Message)
	if f.Verdict != lint.Undetermined {
		// One decision on how to name the kind fixes all of them.
		f.Cause = fmt.Sprintf("%s %s by %s, set %t", n.resourceType, pattern, attribute, written.Set)
	}
	p.Report(f)
}

// patternName is how a message calls what is asked.
func patternName(p *lint.Pattern) string {
	if expr, ok := strings.CutPrefix(p.String(), "regex:"); ok {
		return "like /" + expr + "/"
	}
	return p.String()
}

// renaming is the line to write, with its data.
func renaming(n nameable, pattern *lint.Pattern) (string, *lint.Fix) {
	start, rest, _ := strings.Cut(pattern.String(), "*")
	if rest != "" || strings.ContainsAny(start, "?:") || start == pattern.String() || start == "" {
		return phrase.Sentence("name it " + patternName(pattern)), nil
	}
	set := func(what, attribute, text string) (string, *lint.Fix) {
		expression := fmt.Sprintf("%q", text)
		return phrase.WithCode(what, attribute+" = "+expression), &lint.Fix{Address: n.address, Attribute: attribute, Expression: expression}
	}
	begin := "Let the name begin with " + start
	if name, ok := n.name.Known(); ok && !n.name.Sensitive {
		if n.name.Computed {
			return fmt.Sprintf("%s where it is put together, and mind that this replaces the %s.", begin, n.kind), nil
		}
		return set("Rename it, and mind that this replaces the "+n.kind, "name", prefixed(start, name))
	}
	prefix, known := n.prefix.Known()
	switch {
	case n.name.Set && !n.name.Location.HasFile() && !n.name.Sensitive:
		return begin + " in the configuration, and lint that or join the plan with it (--config-dir).", nil
	case n.name.Set:
		return begin + ".", nil
	case n.prefix.Set && (!known || n.prefix.Sensitive || n.prefix.Computed):
		return begin + ".", nil
	case n.prefix.Set:
		return set(begin, "name_prefix", prefixed(start, prefix))
	}
	return set(begin, "name_prefix", start)
}

// prefixed is a name that begins as asked, written once where it does so in
// other letters.
func prefixed(start, name string) string {
	if len(name) >= len(start) && strings.EqualFold(name[:len(start)], start) {
		name = name[len(start):]
	}
	return start + name
}
