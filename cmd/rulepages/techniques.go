package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/escalation"
)

// derived is the source of a technique that no collection has.
const derived = "derived"

// collections are the published collections by the names that techniques have for
// them.
var collections = []struct{ name, title, link string }{
	{"pathfinding", "pathfinding.cloud, whose names a technique has where it is there", "https://pathfinding.cloud"},
	{"rhino", "AWS IAM Privilege Escalation Methods, by number", "https://github.com/RhinoSecurityLabs/AWS-IAM-Privilege-Escalation"},
	{"iamvuln", "IAM Vulnerable, by name", "https://github.com/BishopFox/iam-vulnerable"},
	{"pacu", "Pacu", "https://github.com/RhinoSecurityLabs/pacu"},
	{"pmapper", "Principal Mapper", "https://github.com/nccgroup/PMapper"},
	{"prowler", "Prowler", "https://github.com/prowler-cloud/prowler"},
	{"cloudsplaining", "Cloudsplaining", "https://github.com/salesforce/cloudsplaining"},
	{"parliament", "Parliament", "https://github.com/duo-labs/parliament"},
}

// kinds are the chapters of the page, in order.
var kinds = []struct {
	kind           escalation.Kind
	heading, about string
}{
	{escalation.SelfEdit, "Changing what one may do", "The actor changes its own policies. Its boundary still caps the result."},
	{escalation.EditTarget, "Changing another", "The actor changes the policies, the trust policy or the credentials of another."},
	{escalation.Become, "Becoming another", "The actor acts as the target, which lets it."},
	{escalation.Create, "Making a new one", "The actor makes a principal, gives it policies and uses it."},
	{escalation.BoundaryTamper, "Changing a boundary", "The actor takes a boundary off, puts another in its place, or changes its document."},
	{
		escalation.Release, "Changing what binds a member account",
		"The actor, of the management account, changes which service control policies bind the principals of a member account, and acts " +
			"as one of them.",
	},
	{
		escalation.SelfGrant, "Being granted more by a resource",
		"The policy of a resource grants the actor what its boundary leaves out without denying it.",
	},
	{escalation.Pass, "Passing a role", "The actor hands a role to a service that runs what the actor wrote."},
	{escalation.Existing, "Using what has a role", "The actor uses something that has the role already. No iam:PassRole is needed."},
}

// techniques is docs/techniques.md.
func techniques() []byte {
	ways := escalation.Ways()
	var b bytes.Buffer
	fmt.Fprintf(&b, `<!-- Made by go generate ./rules: do not edit. -->

# Ways of escalation

[escalation-path](../rules/escalation-path.md) and the other rules of the third leg know %d techniques.
`+"`boundlint explain lambda-001`"+` tells more about one: what it asks for, what must exist, and what stops it. The
sources are these collections; *%s* is what follows from AWS's own documentation of actions and roles. What can be done
without is marked (usually), a service that AWS has closed to new customers (closed).

| source | is |
|---|---|
`, len(ways), derived)
	for _, c := range collections {
		fmt.Fprintf(&b, "| %s | [%s](%s) |\n", c.name, c.title, c.link)
	}
	for _, k := range kinds {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n| technique | who can do this can | requests | sources |\n|---|---|---|---|\n", k.heading, k.about)
		for _, w := range ways {
			if w.Kind == k.kind {
				fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", w.ID, cell(name(w)), cell(requests(w)), cell(sources(w)))
			}
		}
	}
	return b.Bytes()
}

func name(w *escalation.Way) string {
	if w.Closed {
		return w.Name + " (closed)"
	}
	return w.Name
}

// requests are what a technique asks for, in order.
func requests(w *escalation.Way) string {
	var out []string
	for _, step := range w.Steps {
		actions := []string{step.Action}
		for _, other := range step.Alternatives {
			actions = append(actions, other.Action)
		}
		request := strings.Join(actions, " or ")
		if step.Optional {
			request += " (usually)"
		}
		out = append(out, request)
	}
	return strings.Join(out, ", ")
}

func sources(w *escalation.Way) string {
	if len(w.References) == 0 {
		return derived
	}
	return strings.Join(slices.Sorted(slices.Values(w.References)), ", ")
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }
