package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

var statementElements = []string{
	"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
}

// oneStatement reads one entry of Statement and keeps it, whatever it is.
func (p *parser) oneStatement(n JSON) {
	s := &Statement{Index: len(p.doc.Statements), Range: p.at(n)}
	p.doc.Statements = append(p.doc.Statements, s)
	p.statement = s.Index
	if sym := p.hidden(n); sym != nil {
		if n.Kind == JSONHidden {
			sym = p.spread(sym)
		}
		p.hideStatement(s, sym)
		if sym.Kind == SymbolSpread {
			s.Maybe = sym
		}
		return
	}
	if n.Kind != JSONObject {
		p.refuse(CodeWrongType, p.at(n), "a statement must be an object, not "+kindName(n.Kind), "")
		return
	}
	if n.Symbol != nil {
		p.hideStatement(s, n.Symbol)
		return
	}
	p.duplicates(n, "the statement")
	for i := range n.Members {
		key, value := n.Members[i].Name, n.Members[i].Value
		if syms := p.syms.Text(key.Text).Symbols(); syms != nil {
			p.hideStatement(s, syms[0])
			return
		}
		p.element(s, p.name(key, statementElements, "a statement"), value)
	}
	p.complete(s)
}

// hideStatement makes a statement say that it may be anything.
func (p *parser) hideStatement(s *Statement, sym *Symbol) {
	hidden := []Element{{Text: SymbolText(p.spread(sym)), Range: s.Range}}
	*s = Statement{
		Index: s.Index, Range: s.Range, Unknown: sym, EffectText: SymbolText(sym),
		Action: hidden, Resource: hidden,
	}
	if p.kind == TrustPolicy {
		s.Resource = nil
	}
	if p.kind == TrustPolicy || p.kind == ResourcePolicy || p.kind == ResourceControlPolicy {
		s.Principal = &Principals{Unknown: sym, Range: s.Range}
	}
}

func (p *parser) element(s *Statement, name string, n JSON) {
	switch name {
	case "Sid":
		s.Sid, s.SidRange = p.string(n, name), p.at(n)
		p.sid(s)
	case "Effect":
		s.EffectRange = p.at(n)
		p.effect(s, n)
	case "Action":
		s.Action = p.commonElements(s.Action, n, name, p.actions)
	case "NotAction":
		s.NotAction = p.commonElements(s.NotAction, n, name, p.actions)
	case "Resource":
		s.Resource = p.resources(s.Resource, n, name)
	case "NotResource":
		s.NotResource = p.resources(s.NotResource, n, name)
	case "Principal":
		s.Principal = p.commonPrincipals(n, name)
	case "NotPrincipal":
		s.NotPrincipal = p.commonPrincipals(n, name)
	case "Condition":
		s.Condition = p.commonConditions(s.Condition, n)
	}
}

// sid checks the letters of a Sid (IAM User Guide, Sid): IAM takes letters
// and digits only, other services take more.
func (p *parser) sid(s *Statement) {
	sid, known := s.Sid.Known()
	if !known || !p.isIAM() || strings.IndexFunc(sid, notAlphanumeric) < 0 {
		return
	}
	detail := "Leave the Sid out, or use letters and digits."
	if fixed := strings.Map(func(r rune) rune {
		if notAlphanumeric(r) {
			return -1
		}
		return r
	}, sid); fixed != "" {
		detail = fmt.Sprintf("Write %q.", fixed)
	}
	p.refuse(CodeSid, s.SidRange, fmt.Sprintf("the Sid %q has characters other than letters and digits", sid), detail)
}

func notAlphanumeric(r rune) bool {
	return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
}

func (p *parser) effect(s *Statement, n JSON) {
	s.EffectText = p.string(n, "Effect")
	text, known := s.EffectText.Known()
	if !known || n.Kind != JSONString {
		return
	}
	switch text {
	case "Allow":
		s.Effect = Allow
	case "Deny":
		s.Effect = Deny
	default:
		detail := "Write Allow or Deny."
		if near := Nearest(text, []string{"Allow", "Deny"}); near != "" {
			detail = "Write " + near + ": case counts."
		}
		p.refuse(CodeEffect, p.at(n), fmt.Sprintf("the Effect %q is neither Allow nor Deny", text), detail)
	}
}

// list reads a string or a list of strings and appends its entries to list.
// The result is nil only for null and for what is neither.
func (p *parser) list(list []Element, n JSON, name string) []Element {
	switch n.Kind {
	case JSONArray:
		if list == nil {
			list = make([]Element, 0, len(n.Elements))
		}
		for i := range n.Elements {
			e := &n.Elements[i]
			switch e.Kind {
			case JSONString:
				list = append(list, Element{p.syms.Text(e.Text), p.at(*e)})
			case JSONHidden:
				list = append(list, Element{SymbolText(p.spread(e.Symbol)), p.at(*e)})
			default:
				detail := ""
				if e.Kind == JSONArray {
					detail = "Flatten the list: IAM takes no lists inside of lists."
				}
				p.refuse(CodeWrongType, p.at(*e), fmt.Sprintf("an entry of %s must be a string, not %s", name, kindName(e.Kind)), detail)
			}
		}
		return list
	case JSONHidden:
		return append(list, Element{SymbolText(p.spread(n.Symbol)), p.at(n)})
	case JSONString:
		return append(list, Element{p.syms.Text(n.Text), p.at(n)})
	case JSONNull:
		p.typed(n, JSONString, name)
	default:
		p.refuse(CodeWrongType, p.at(n), fmt.Sprintf("%s must be a string or a list of strings, not %s", name, kindName(n.Kind)), "")
	}
	return list
}

// complete checks that the elements of a statement go together (IAM User
// Guide, policy grammar).
func (p *parser) complete(s *Statement) {
	if p.refused(s.Index, CodeUnknownElement, CodeWrongType) {
		// What seems missing may stand under a misspelt name.
		return
	}
	if s.EffectText.IsEmpty() && s.EffectRange == (Range{}) {
		p.refuse(CodeEffect, s.Range, "the statement has no Effect", "Add Effect with Allow or Deny.")
	}
	if s.NotPrincipal != nil && s.Effect == Allow {
		p.remark(CodeNotPrincipalAllow, s.NotPrincipal.Range,
			"NotPrincipal with Allow is not supported: it would let in everybody else, anonymous callers included",
			"List who is allowed in Principal.")
	}
	p.completeAction(s)
	p.completeResource(s)
	if p.kind == ResourceControlPolicy {
		p.completeControl(s)
	}
	p.completePrincipal(s)
}

// refused reports whether one of the codes was noted for the statement.
func (p *parser) refused(statement int, codes ...DiagnosticCode) bool {
	return slices.ContainsFunc(p.diags, func(d Diagnostic) bool {
		return d.Statement == statement && slices.Contains(codes, d.Code)
	})
}

func (p *parser) completeAction(s *Statement) {
	switch {
	case s.Action != nil && s.NotAction != nil:
		p.refuse(CodeAction, placeOf(s.Range, s.NotAction), "the statement has both Action and NotAction", "Keep one of the two.")
	case s.Action == nil && s.NotAction == nil:
		p.refuse(CodeMissingAction, s.Range, "the statement has neither Action nor NotAction", "Add Action.")
	case s.Action != nil && len(s.Action) == 0:
		p.remark(CodeEmpty, s.Range, "Action is an empty list: the statement affects nothing", "Add an action, or remove the statement.")
	case s.NotAction != nil && len(s.NotAction) == 0:
		p.doc.Invalid = true
		p.remark(CodeEmpty, s.Range, "NotAction is an empty list; how IAM reads that is not documented",
			"Write Action with \"*\" for all actions.")
	}
}

// completeControl checks what AWS Organizations refuses in a resource control
// policy besides ("RCP syntax"). RCPFullAWSAccess is its own and the only one
// that allows.
func (p *parser) completeControl(s *Statement) {
	isStar := func(e Element) bool { return isLiteral(e.Text, "*") }
	full := slices.ContainsFunc(s.Action, isStar) && slices.ContainsFunc(s.Resource, isStar) && len(s.Condition) == 0
	switch {
	case s.Effect == Allow && !full:
		p.refuse(CodeUnsupportedElement, s.EffectRange, "a resource control policy of your own cannot allow: Allow is for RCPFullAWSAccess alone",
			"Write what is denied.")
	case s.Effect == Deny && slices.ContainsFunc(s.Action, isStar):
		p.refuse(CodeAction, placeOf(s.Range, s.Action), `a resource control policy cannot deny the action "*"`, "Name the services, as in s3:*.")
	case s.NotAction != nil:
		p.refuse(CodeUnsupportedElement, placeOf(s.Range, s.NotAction), "a resource control policy cannot have NotAction",
			"List what is denied in Action.")
	}
}

// placeOf is where the first entry of the lists stands, or the whole.
func placeOf(whole Range, lists ...[]Element) Range {
	for _, list := range lists {
		if len(list) > 0 {
			return list[0].Range
		}
	}
	return whole
}

func (p *parser) completeResource(s *Statement) {
	has := s.Resource != nil || s.NotResource != nil
	switch {
	case p.kind == TrustPolicy:
		if has {
			p.refuse(CodeUnsupportedElement, placeOf(s.Range, s.Resource, s.NotResource),
				"a trust policy has no Resource: the role it belongs to is the resource", "Remove Resource.")
		}
	case s.Resource != nil && s.NotResource != nil:
		p.refuse(CodeResource, placeOf(s.Range, s.NotResource), "the statement has both Resource and NotResource", "Keep one of the two.")
	case !has:
		if p.kind == IdentityPolicy || p.kind.OfOrganization() {
			p.refuse(CodeMissingResource, s.Range, "the statement has neither Resource nor NotResource", "Add Resource.")
		}
	case s.Resource != nil && len(s.Resource) == 0:
		p.remark(CodeEmpty, s.Range, "Resource is an empty list: the statement affects nothing", "Add a resource, or remove the statement.")
	case s.NotResource != nil && len(s.NotResource) == 0:
		p.doc.Invalid = true
		p.remark(CodeEmpty, s.Range, "NotResource is an empty list; how IAM reads that is not documented",
			"Write Resource with \"*\" for all resources.")
	}
}

func (p *parser) completePrincipal(s *Statement) {
	switch {
	case s.Principal != nil && s.NotPrincipal != nil:
		p.refuse(CodePrincipal, s.NotPrincipal.Range, "the statement has both Principal and NotPrincipal", "Keep one of the two.")
	case s.Principal == nil && s.NotPrincipal == nil && p.kind == ResourceControlPolicy:
		p.refuse(CodeMissingPrincipal, s.Range, "the statement of a resource control policy has no Principal", `Add Principal with "*".`)
	case s.Principal == nil && s.NotPrincipal == nil:
		if p.kind == TrustPolicy || p.kind == ResourcePolicy {
			p.refuse(CodeMissingPrincipal, s.Range, "the statement has no Principal, so it applies to no principal", "Add Principal.")
		}
	case p.kind == ServiceControlPolicy:
		p.refuse(CodeUnsupportedElement, cmp.Or(s.Principal, s.NotPrincipal).Range,
			"a service control policy names no principals: it holds for the users and roles of the accounts that it is attached to",
			"Remove Principal; a condition on aws:PrincipalArn tells principals apart.")
	case p.kind == ResourceControlPolicy:
		if s.NotPrincipal != nil || !s.Principal.mayBeAnybody() {
			p.refuse(CodeUnsupportedElement, cmp.Or(s.Principal, s.NotPrincipal).Range, `a resource control policy has no Principal other than "*"`,
				`Write "*"; a condition on aws:PrincipalArn tells principals apart.`)
		}
	case p.kind == IdentityPolicy:
		p.refuse(CodeUnsupportedElement, cmp.Or(s.Principal, s.NotPrincipal).Range,
			"an identity-based policy names no Principal: it holds for whom it is attached to",
			"Remove Principal; who may assume a role is said in its assume_role_policy.")
	}
}
