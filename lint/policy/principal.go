package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// principalTypes are the keys of a principal map (IAM User Guide, Principal).
var principalTypes = []string{"AWS", "Service", "Federated", "CanonicalUser"}

// principals reads Principal or NotPrincipal.
func (p *parser) principals(n JSON, name string) *Principals {
	ps := &Principals{Range: p.at(n)}
	if sym := p.hidden(n); sym != nil {
		ps.Unknown = sym
		return ps
	}
	switch n.Kind {
	case JSONString:
		x := p.syms.Text(n.Text)
		if isLiteral(x, "*") {
			ps.Any = true
			return ps
		}
		p.refuse(CodePrincipal, p.at(n), fmt.Sprintf("%s is the bare string %q; only \"*\" may stand there", name, x),
			fmt.Sprintf(`Write {"AWS": %q}, or the like with Service or Federated.`, x))
		ps.Entries = append(ps.Entries, Principal{Element: Element{x, p.at(n)}})
		return ps
	case JSONObject:
	case JSONNull:
		p.typed(n, JSONObject, name)
		return nil
	default:
		p.refuse(CodeWrongType, p.at(n), fmt.Sprintf("%s must be an object or \"*\", not %s", name, kindName(n.Kind)), `Write {"AWS": [...]}.`)
		return ps
	}
	if n.Symbol != nil {
		ps.Unknown = n.Symbol
		return ps
	}
	p.duplicates(n, name)
	for _, m := range n.Members {
		if syms := p.syms.Text(m.Name.Text).Symbols(); syms != nil {
			ps.Unknown = syms[0]
			return ps
		}
		typ := cmp.Or(p.name(m.Name, principalTypes, name), m.Name.Text)
		for _, e := range p.list(nil, m.Value, name+" "+typ) {
			ps.Entries = append(ps.Entries, Principal{typ, e})
			p.principal(typ, e)
		}
	}
	if len(ps.Entries) == 0 {
		p.remark(CodeEmpty, p.at(n), name+" names no principal", "Name who is meant, or remove the statement.")
	}
	return ps
}

// principal checks one entry. Only what IAM is known to refuse is refused:
// the services that store resource policies have spellings of their own.
func (p *parser) principal(typ string, e Element) {
	text, known := e.Text.Known()
	if typ == "AWS" && text == "*" {
		return
	}
	for _, part := range e.Text.Parts() {
		// IAM User Guide: "You cannot use a wildcard to match part of a
		// principal name or ARN."
		if strings.ContainsAny(part.Literal, "*?") {
			detail := "List each one, or name the account and restrict it with a condition on aws:PrincipalArn."
			if typ != "AWS" {
				detail = "Name it in full."
			}
			p.refuse(CodePrincipalWildcard, e.Range, fmt.Sprintf("the principal %q has a wildcard in it, which IAM refuses", e.Text), detail)
			return
		}
	}
	if !known {
		return
	}
	switch typ {
	case "AWS":
		if problem := awsPrincipal(text); problem != "" {
			p.refuse(CodePrincipal, e.Range, fmt.Sprintf("the principal %q %s", text, problem),
				"Write an account id, or the ARN of a role, a user, a role session or an account's root.")
		}
	case "Federated":
		if !isProvider(text) {
			p.refuse(CodePrincipal, e.Range, fmt.Sprintf("the federated principal %q is neither an identity provider's ARN nor its domain", text),
				"Write the ARN of an oidc-provider or saml-provider, or a domain such as cognito-identity.amazonaws.com.")
		}
	case "Service":
		if !strings.Contains(text, ".") {
			p.refuse(CodePrincipal, e.Range, fmt.Sprintf("the service principal %q is not a service's name", text), "Write a name such as "+
				serviceName(text)+".amazonaws.com.")
		}
	}
}

// isProvider recognizes what may stand under Federated.
func isProvider(text string) bool {
	arn, ok := ParseARN(Literal(text))
	if !ok {
		return strings.Contains(text, ".")
	}
	typ := arn.ResourceType()
	return isLiteral(arn.Service, "iam") && (typ == "oidc-provider" || typ == "saml-provider")
}

func serviceName(text string) string {
	if text == "" || strings.IndexFunc(text, func(r rune) bool { return notAlphanumeric(r) && r != '-' }) >= 0 {
		return "ec2"
	}
	return text
}

// awsPrincipal says what is wrong with an entry under AWS; "" is nothing.
func awsPrincipal(text string) string {
	if IsAccountID(text) || isPrincipalID(text) {
		return ""
	}
	arn, ok := ParseARN(Literal(text))
	if !ok {
		return "is neither an account id nor an ARN"
	}
	service, _ := arn.Service.Known()
	typ := arn.ResourceType()
	resource, _ := arn.Resource.Known()
	switch {
	case service == "iam" && (typ == "role" || typ == "user" || resource == "root"):
		return ""
	case service == "sts" && (typ == "assumed-role" || typ == "federated-user" || resource == "self"):
		return ""
	case service == "iam" && typ == "group":
		return "is a group, and groups are not principals"
	case service == "iam" && (typ == "saml-provider" || typ == "oidc-provider"):
		return "is an identity provider, which belongs under Federated"
	case service == "iam" && typ == "instance-profile":
		return "is an instance profile, not the role in it"
	}
	return "is the ARN of something that cannot act"
}

// isPrincipalID recognizes the unique ids to which IAM turns the ARN of a
// principal that was deleted (IAM User Guide, unique identifiers).
func isPrincipalID(text string) bool {
	if len(text) < 16 || len(text) > 128 || strings.ContainsFunc(text, notAlphanumeric) {
		return false
	}
	return strings.HasPrefix(text, "AIDA") || strings.HasPrefix(text, "AROA")
}

// mayBeAnybody reports whether "*" is all that the element names, or all that
// it may name.
func (ps *Principals) mayBeAnybody() bool {
	return ps.Any || ps.Unknown != nil || len(ps.Entries) > 0 && !slices.ContainsFunc(ps.Entries, func(e Principal) bool {
		return e.Type != "AWS" || e.Text.IsKnown() && !isLiteral(e.Text, "*")
	})
}
