package validity

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/policy"
)

// resources judges the entries of Resource and NotResource of a statement.
func (c *invalidity) resources(s *policy.Statement) {
	actions, closed := c.actionsOf(s)
	isListed := closed && len(actions) > 0 && len(s.Resource) > 0 && wellListed(s, actions)
	var dead []policy.Element
	for _, e := range s.Resource {
		if !c.arn(s, e) && isListed && !c.actsOn(actions, e) {
			dead = append(dead, e)
		}
	}
	// Many write a bucket beside its objects for whatever they allow: that one
	// of them is not needed harms no principal.
	harmless := s.Effect == policy.Allow && len(dead) < len(s.Resource) && !allAreOf(actions, "iam", "sts")
	if len(dead) > 0 && !harmless {
		c.resourcesWithoutAction(s, dead, actions)
	}
	for _, e := range s.NotResource {
		c.arn(s, e)
	}
}

// arn judges the shape of one entry: its service, region, account and the type
// of the resource. It reports whether there is a fault.
func (c *invalidity) arn(s *policy.Statement, e policy.Element) bool {
	parts, ok := policy.ARNParts(e.Text)
	if !ok || c.faulty(e.Range) {
		return false
	}
	prefix, known := parts[2].Known()
	service, listed := catalog.LookupService(prefix)
	if !known || !listed {
		return false
	}
	if lowered := strings.ToLower(prefix); lowered != prefix {
		c.report(lint.Warning, "arn-service", s.Index, e.Range,
			fmt.Sprintf("the ARN %q has the service in capitals, which AWS does not write", e.Text),
			fmt.Sprintf("Write %q.", lowered))
		return true
	}
	if authz.WildcardInType(e.Text) {
		c.doubt("arn-type", s.Index, e.Range,
			fmt.Sprintf("the ARN %q has a wildcard in the part that names the type of the resource, where none is allowed; AWS does not document "+
				"what it matches", e.Text),
			"Write the type in full, such as role/, and one entry for each type.")
		return true
	}
	shapes := shapesOf(service, parts[arnParts-1])
	for _, part := range []struct {
		at   int
		name string
	}{{3, "region"}, {4, "account"}} {
		text, known := parts[part.at].Known()
		if !known || len(shapes) == 0 {
			continue
		}
		has := func(shape []string) bool { return shape[part.at] != "" }
		all := !slices.ContainsFunc(shapes, func(shape []string) bool { return !has(shape) })
		none := !slices.ContainsFunc(shapes, has)
		switch {
		case text == "" && all && slices.Contains(alwaysOwned, service.Prefix):
			c.report(lint.Warning, "arn-"+part.name, s.Index, e.Range,
				fmt.Sprintf("the ARN %q has no %s, and every ARN of that type has one: %s", e.Text, part.name, matchesNothing(s)),
				fmt.Sprintf("Write the %s, or * for any: %s.", part.name, strings.Join(shapes[0], ":")))
			return true
		case text != "" && text != "*" && none:
			c.report(lint.Warning, "arn-"+part.name, s.Index, e.Range,
				fmt.Sprintf("the ARN %q has the %s %s, and no ARN of that type has one: %s", e.Text, part.name, text, matchesNothing(s)),
				fmt.Sprintf("Leave the %s empty: %s.", part.name, strings.Join(shapes[0], ":")))
			return true
		}
	}
	return false
}

const arnParts = 6

// alwaysOwned are services of which every resource that has an account in its
// ARN belongs to one. Others have resources of AWS's own, without an account.
var alwaysOwned = []string{
	"dynamodb", "ecr", "ecs", "events", "firehose", "iam", "kinesis", "kms", "lambda", "logs", "secretsmanager", "sns", "sqs", "states",
}

// matchesNothing says what it means for a statement that an entry of Resource
// matches nothing.
func matchesNothing(s *policy.Statement) string {
	switch {
	case s.NotResource != nil:
		return "it leaves nothing out"
	case s.Effect == policy.Deny:
		return "the Deny stops nothing there"
	}
	return "it matches nothing"
}

// shapesOf are the ARN templates of the service's own resource types whose
// resource part an entry may match, in their six parts.
func shapesOf(service *catalog.Service, resource policy.Text) [][]string {
	entry := strings.ToLower(policy.VariableGlob(resource))
	var out [][]string
	for _, t := range serviceTemplates(service) {
		if slices.ContainsFunc(t.resources, func(glob string) bool { return policy.GlobsMeet(entry, glob) }) {
			out = append(out, t.shape)
		}
	}
	return out
}

// arnTemplate is an ARN template of a resource type.
type arnTemplate struct {
	// shape is the template in its six parts.
	shape []string
	// resources are the resource parts of the type's ARNs as globs in lower case.
	resources []string
}

// templates are those of the services that were asked for, by prefix.
var templates sync.Map // of string to []arnTemplate

func serviceTemplates(service *catalog.Service) []arnTemplate {
	if known, ok := templates.Load(service.Prefix); ok {
		if list, ok := known.([]arnTemplate); ok {
			return list
		}
	}
	var out []arnTemplate
	for t := range service.ResourceTypes() {
		var resources []string
		for _, glob := range t.Patterns() {
			if parts := strings.SplitN(glob, ":", arnParts); len(parts) == arnParts {
				resources = append(resources, strings.ToLower(parts[arnParts-1]))
			}
		}
		for _, template := range t.ARNs {
			if shape := strings.SplitN(template, ":", arnParts); len(shape) == arnParts && shape[2] == service.Prefix {
				out = append(out, arnTemplate{shape, resources})
			}
		}
	}
	templates.Store(service.Prefix, out)
	return out
}

// wellListed reports whether AWS's list of the resource types of all these
// actions is certain to be whole. What a Deny leaves out is a hole, and is
// looked for in more services than what an Allow grants in vain. S3 is known to
// allow what acts on no resource on arn:aws:s3:::*, too.
func wellListed(s *policy.Statement, actions []*catalog.Action) bool {
	switch {
	case allAreOf(actions, "iam", "sts"):
		return true
	case s.Effect == policy.Allow:
		return allAreOf(actions, "iam", "sts", "kms", "s3", "secretsmanager", "sns", "sqs") &&
			!slices.ContainsFunc(actions, (*catalog.Action).TakesNoResource)
	}
	return allAreOf(actions, wellListedDenied...)
}

// wellListedDenied are the services of which a statement that denies is judged.
var wellListedDenied = append([]string{"iam", "sts", "s3", "organizations", "sso"}, alwaysOwned...)

// allAreOf reports whether all these actions are of some services.
func allAreOf(actions []*catalog.Action, services ...string) bool {
	return !slices.ContainsFunc(actions, func(a *catalog.Action) bool { return !slices.Contains(services, a.Service) })
}

// actsOn reports whether some of the actions may act on what an entry covers.
func (j *Judge) actsOn(actions []*catalog.Action, e policy.Element) bool {
	parts, ok := policy.ARNParts(e.Text)
	if !ok || holders.IsHidden(e) {
		return true
	}
	var entry [arnParts]string
	for i, part := range parts {
		entry[i] = strings.ToLower(policy.VariableGlob(part))
	}
	for _, a := range actions {
		for _, r := range a.ResourceTypes {
			for _, pattern := range j.patternsOf(r.Type) {
				if mayCover(entry[:], pattern) {
					return true
				}
			}
		}
	}
	return false
}

// patternsOf are the ARNs of a type of resource as globs, in their parts and in
// lower case.
func (j *Judge) patternsOf(t *catalog.ResourceType) [][]string {
	list, known := j.patterns[t]
	if !known {
		for _, pattern := range t.Patterns() {
			list = append(list, strings.SplitN(strings.ToLower(pattern), ":", arnParts))
		}
		j.patterns[t] = list
	}
	return list
}

// mayCover reports whether an ARN may be covered by an entry and of a type, part
// by part.
func mayCover(entry, typ []string) bool {
	for i := range entry {
		if i >= len(typ) || !policy.GlobsMeet(entry[i], typ[i]) {
			return false
		}
	}
	return true
}

// resourcesWithoutAction tells of the entries of one statement that none of
// its actions acts on.
func (c *invalidity) resourcesWithoutAction(s *policy.Statement, dead []policy.Element, actions []*catalog.Action) {
	var names []string
	for _, e := range dead {
		names = append(names, fmt.Sprintf("%q", e.Text))
	}
	what := "the action " + actions[0].String() + " does not act"
	if len(actions) > 1 {
		what = "none of the statement's actions acts"
	}
	detail := "Write the resources that the action acts on: " + strings.Join(templatesOf(actions[0]), ", ") + "."
	if actions[0].TakesNoResource() {
		detail = fmt.Sprintf("Write \"*\": %s acts on no resource that a policy can name.", actions[0])
	}
	c.report(lint.Warning, "resource-without-action", s.Index, dead[0].Range,
		fmt.Sprintf("%s on %s: %s", what, alternatives(names), matchesNothing(s)), detail)
}

// templatesOf are the ARNs that an action acts on, as AWS writes them.
func templatesOf(a *catalog.Action) []string {
	var out []string
	for _, r := range a.ResourceTypes {
		if arn := r.Type.ARN; !slices.Contains(out, arn) {
			out = append(out, arn)
		}
	}
	return out
}
