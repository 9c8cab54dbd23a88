package policy

import (
	"fmt"
	"slices"
	"strings"
)

// actions reads Action or NotAction.
func (p *parser) actions(list []Element, n JSON, name string) []Element {
	from := len(list)
	list = p.list(list, n, name)
	for _, e := range list[min(from, len(list)):] {
		if text, known := e.Text.Known(); known {
			p.action(text, e.Range)
		}
	}
	return list
}

// action checks the form service:Name (IAM User Guide, Action). Whether the
// action exists is not asked here.
func (p *parser) action(text string, at Range) {
	if text == "*" {
		return
	}
	service, name, found := strings.Cut(text, ":")
	switch {
	case !found:
		p.refuse(CodeAction, at, fmt.Sprintf("the action %q names no service", text), "Write service:Action, such as iam:"+actionName(text)+".")
	case text == "*:*":
		p.remark(CodeActionForm, at, `"*:*" is not a documented way to say all actions`, `Write "*".`)
	case strings.ContainsAny(service, "*?"):
		p.refuse(CodeActionService, at, fmt.Sprintf("the action %q has a wildcard in the service, where IAM takes none", text),
			`Write one action for each service, or "*" for all.`)
	case strings.ContainsAny(text, " \t\r\n,"):
		p.remark(CodeActionForm, at, fmt.Sprintf("the action %q has a blank or comma in it and matches nothing", text),
			"Write one action in each string, without blanks.")
	case service == "" || strings.IndexFunc(service, func(r rune) bool { return notAlphanumeric(r) && r != '-' }) >= 0:
		p.refuse(CodeActionService, at, fmt.Sprintf("the action %q does not begin with a service", text), "Write service:Action.")
	case p.kind == TrustPolicy && !strings.EqualFold(service, "sts"):
		// "AssumeRole policy may only specify STS AssumeRole actions."
		p.refuse(CodeTrustAction, at, fmt.Sprintf("a trust policy takes actions of sts only, not %q", text),
			"Grant it in an identity-based policy of the role; a trust policy says who may assume the role.")
	case name == "":
		p.refuse(CodeAction, at, fmt.Sprintf("the action %q has no name after the service", text),
			fmt.Sprintf("Write %s:* for all actions of the service.", service))
	}
}

func actionName(text string) string {
	if text == "" || strings.IndexFunc(text, notAlphanumeric) >= 0 {
		return "CreateRole"
	}
	return text
}

// resources reads Resource or NotResource.
func (p *parser) resources(list []Element, n JSON, name string) []Element {
	from := len(list)
	list = p.list(list, n, name)
	if p.kind == ResourcePolicy || p.kind == AnyPolicy {
		// Other services have names of their own for what they protect.
		return list
	}
	for _, e := range list[min(from, len(list)):] {
		p.resource(e)
	}
	return list
}

// resource checks an entry as IAM's API does: "*", or an ARN.
func (p *parser) resource(e Element) {
	text := e.Text.String()
	if isLiteral(e.Text, "*") {
		return
	}
	prefix := e.Text.Prefix()
	const scheme = "arn:"
	if !strings.HasPrefix(prefix, scheme) {
		if begins := prefix == scheme[:min(len(prefix), len(scheme))]; e.Text.IsKnown() || !begins {
			p.refuse(CodeResourceARN, e.Range, fmt.Sprintf("the resource %q is neither an ARN nor \"*\"", text),
				"Write the ARN of the resource: arn:partition:service:region:account:resource.")
		}
		return
	}
	parts := SplitARN(e.Text)
	p.arnPrefix(e, parts)
	if len(parts) < arnParts {
		if !e.Text.IsKnown() {
			return
		}
		summary := fmt.Sprintf("the resource %q has fewer than the six parts of an ARN", text)
		detail := "Write all six: arn:partition:service:region:account:resource."
		p.refusesIf(p.kind.OfOrganization(), CodeShortARN, e.Range, summary, detail)
		return
	}
	all := [arnParts]Text(parts)
	p.arnMiddle(e, all)
	if isLiteral(all[2], "iam") {
		p.iamARN(e, all)
	}
}

// arnPrefix checks partition and service.
func (p *parser) arnPrefix(e Element, parts []Text) {
	if len(parts) <= 2 {
		return
	}
	if partition, known := parts[1].Known(); known && !strings.ContainsAny(partition, "*?$") {
		if partition != "aws" && !strings.HasPrefix(partition, "aws-") {
			p.refuse(CodeResourceARN, e.Range, fmt.Sprintf("the resource %q is in no partition: %q", e.Text, partition),
				"The partitions are aws, aws-cn and aws-us-gov, and those that begin with aws-iso.")
		}
	}
	if len(parts) <= 3 {
		return
	}
	if service, known := parts[2].Known(); known && (service == "" || strings.ContainsAny(service, "*?")) {
		p.refuse(CodeResourceARN, e.Range, fmt.Sprintf("the resource %q does not name its service in full", e.Text),
			`Write one ARN for each service, or "*" for everything.`)
	}
}

// arnMiddle checks region and account.
func (p *parser) arnMiddle(e Element, parts [arnParts]Text) {
	for _, part := range parts[1:5] {
		for _, piece := range part.Parts() {
			if strings.Contains(piece.Literal, "${") {
				p.remark(CodeVariable, e.Range,
					fmt.Sprintf("the resource %q has a policy variable before the fifth colon, where IAM does not promise to honour it", e.Text),
					"Use variables in the last part of an ARN only, and a wildcard before it.")
				return
			}
		}
	}
	account, known := parts[4].Known()
	if known && account != "" && account != "aws" && !strings.ContainsAny(account, "*?") && !IsAccountID(account) {
		p.remark(CodeResourceNever, e.Range, fmt.Sprintf("the resource %q has %q where the account belongs, which is not an account id", e.Text,
			account),
			"An account id has twelve digits.")
	}
}

// iamResources are the types of resources that IAM itself has.
var iamResources = []string{
	"role", "user", "group", "policy", "instance-profile", "mfa", "sms-mfa", "oidc-provider", "saml-provider",
	"server-certificate", "access-report", "report", "root", "federated-user", "assumed-role", "service-linked-role",
}

// iamARN checks ARNs of IAM, on which the boundary scheme rests.
func (p *parser) iamARN(e Element, parts [arnParts]Text) {
	if region, known := parts[3].Known(); known && region != "" && strings.Trim(region, "*") != "" {
		p.remark(CodeResourceNever, e.Range, fmt.Sprintf("the resource %q has a region, and IAM is in none: it matches nothing", e.Text),
			"Leave the region empty: arn:aws:iam::account:resource.")
	}
	resource := parts[5].Prefix()
	i := strings.IndexAny(resource, "/*?$:")
	if i < 0 && !parts[5].IsKnown() {
		return
	}
	typ := resource
	if i >= 0 {
		typ = resource[:i]
	}
	if i >= 0 && resource[i] != '/' && resource[i] != ':' {
		// The type goes on in a wildcard.
		return
	}
	if i >= 0 && resource[i] == '/' && slices.Contains(iamResources, typ) || i < 0 && typ == "root" {
		return
	}
	detail := "The types are role, user, group, policy, instance-profile and a few more."
	if near := Nearest(typ, iamResources); near != "" {
		detail = fmt.Sprintf("Write %s/ and a name.", near)
	}
	p.remark(CodeResourceNever, e.Range, fmt.Sprintf("the resource %q is of no type that IAM has: it matches nothing", e.Text), detail)
}

// variables remarks on policy variables that are none: because the document is
// not of version 2012-10-17 (IAM User Guide, policy variables), because
// nothing closes them, or because they name no condition key.
func (p *parser) variables() {
	honoured := p.doc.Variables()
	for _, s := range p.doc.Statements {
		p.statement = s.Index
		p.variablesIn(s.Resource, honoured)
		p.variablesIn(s.NotResource, honoured)
		for i := range s.Condition {
			p.variablesIn(s.Condition[i].Values, honoured)
		}
	}
	p.statement = -1
}

func (p *parser) variablesIn(list []Element, honoured bool) {
	for _, e := range list {
		switch {
		case !mayHaveVariable(e.Text):
		case honoured:
			p.brokenVariable(e)
		case hasVariable(e.Text):
			p.remark(CodeVariable, e.Range, fmt.Sprintf("%q is plain text: policy variables need Version 2012-10-17", e.Text),
				`Write "Version": "2012-10-17" at the top of the document.`)
		}
	}
}

// brokenVariable remarks on what begins like a variable and is none.
func (p *parser) brokenVariable(e Element) {
	for _, part := range ParseTemplate(e.Text, true).Parts {
		if strings.Contains(part.Literal, "${") {
			p.remark(CodeVariable, e.Range, fmt.Sprintf("%q has a policy variable that no brace closes: it is plain text", e.Text),
				"Write } after the name of the variable.")
			return
		}
		if part.Variable == nil {
			continue
		}
		if key, known := part.Variable.Key.Known(); known && !isVariableName(key) {
			p.remark(CodeVariable, e.Range, fmt.Sprintf("%q has the policy variable ${%s}, which names no condition key and so has no value", e.Text,
				key),
				"Variables are condition keys, such as ${aws:username}.")
			return
		}
	}
}

// isVariableName reports whether a text has the form of a condition key. What
// follows a slash is the key of a tag, which may hold almost any character.
func isVariableName(key string) bool {
	name, _, _ := strings.Cut(key, "/")
	return strings.Contains(name, ":") && !strings.ContainsAny(name, " \t'\",*?$")
}

func hasVariable(x Text) bool {
	for _, part := range ParseTemplate(x, true).Parts {
		if part.Variable != nil && strings.Contains(part.Variable.Key.Prefix(), ":") {
			return true
		}
	}
	return false
}
