package authz

import (
	"strings"

	"github.com/boundlint/boundlint/lint/policy"
)

// binding says what the symbols of a deployment are taken to stand for.
type binding struct {
	account, partition         *policy.Symbol
	accountText, partitionText string
}

// iamARN is what ARNs of IAM begin with under the binding.
func (b binding) iamARN(account string) string {
	return "arn:" + b.partitionText + ":iam::" + account + ":"
}

// text replaces the symbols of the deployment. An ARN of an IAM resource
// that is a symbol as a whole becomes its certain start followed by the
// symbol, which from then on stands for the rest.
func (b binding) text(x policy.Text) policy.Text {
	if x.IsKnown() {
		return x
	}
	first := true
	parts := make([]policy.Part, 0, len(x.Parts())+1)
	for _, p := range x.Parts() {
		switch p.Symbol {
		case nil:
			parts = append(parts, p)
		case b.account:
			parts = append(parts, policy.Part{Literal: b.accountText})
		case b.partition:
			parts = append(parts, policy.Part{Literal: b.partitionText})
		default:
			if p.Symbol.Kind == policy.SymbolSpread && p.Symbol.Alternatives != nil {
				parts = append(parts, policy.Part{Symbol: b.spread(p.Symbol)})
				continue
			}
			if kind := arnKind(p.Symbol); first && kind != "" {
				parts = append(parts, policy.Part{Literal: b.iamARN(b.accountText) + kind + "/"})
			}
			parts = append(parts, p)
		}
		first = false
	}
	return policy.NewText(parts...)
}

// spread is a symbol for any number of entries with the symbols of the
// deployment replaced in what they may be.
func (b binding) spread(s *policy.Symbol) *policy.Symbol {
	bound := *s
	bound.Alternatives = make([]policy.Text, len(s.Alternatives))
	for i, x := range s.Alternatives {
		bound.Alternatives[i] = b.text(x)
	}
	return &bound
}

// arnKinds are the resource parts of the ARNs that Terraform's resources of
// these types have.
var arnKinds = map[string]string{
	"aws_iam_role": "role", "aws_iam_user": "user", "aws_iam_group": "group",
	"aws_iam_policy": "policy", "aws_iam_instance_profile": "instance-profile",
	"awscc_iam_role": "role", "awscc_iam_user": "user", "awscc_iam_group": "group",
	"awscc_iam_managed_policy": "policy", "awscc_iam_instance_profile": "instance-profile",
}

// arnKind is what the resource part of the ARN begins with that the symbol
// stands for; "" where it is no such ARN. A data source is none: what it
// reads may be AWS's own.
func arnKind(s *policy.Symbol) string {
	if s.Kind != policy.SymbolReference || s.Attribute != "arn" && s.Attribute != "policy_arn" {
		return ""
	}
	return arnKinds[policy.TypeOf(s.Address)]
}

// unbind is the inverse of text for people: the certain start of an ARN that
// a symbol stands for goes, and the account of which nothing is known is its
// symbol again.
func (b binding) unbind(x policy.Text) policy.Text {
	parts := x.Parts()
	if len(parts) > 1 && parts[1].Symbol != nil {
		if kind := arnKind(parts[1].Symbol); kind != "" && parts[0].Literal == b.iamARN(b.accountText)+kind+"/" {
			return policy.NewText(parts[1:]...)
		}
	}
	if b.account == nil || b.accountText != unknownAccount {
		return x
	}
	var out []policy.Part
	for _, p := range parts {
		before, after, found := strings.Cut(p.Literal, unknownAccount)
		if !found {
			out = append(out, p)
			continue
		}
		out = append(out, policy.Part{Literal: before}, policy.Part{Symbol: b.account}, policy.Part{Literal: after})
	}
	return policy.NewText(out...)
}

// bind returns the policy with the symbols of the deployment replaced.
func (p *Policy) bind(b binding) *Policy {
	if p == nil || p.hidden != nil || !p.hasSymbols() {
		return p
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if q := p.bound[b]; q != nil {
		return q
	}
	q := Compile(mapDocument(p.Document, b.text))
	q.origin = p.root()
	if p.bound == nil {
		p.bound = map[binding]*Policy{}
	}
	p.bound[b] = q //mutate:work it is remembered
	return q
}

// root is the policy as the caller compiled it.
func (p *Policy) root() *Policy {
	if p != nil && p.origin != nil {
		return p.origin
	}
	return p
}

func (p *Policy) hasSymbols() bool { return p.symbolic }

// eachText visits all texts that take part in decisions.
func (p *Policy) eachText(visit func(policy.Text)) {
	if p == nil || p.Document == nil {
		return
	}
	visit(p.Document.Version)
	for _, s := range p.Document.Statements {
		eachTextOf(s, visit)
	}
}

func eachTextOf(s *policy.Statement, visit func(policy.Text)) {
	elements := func(list []policy.Element) {
		for i := range list {
			visit(list[i].Text)
		}
	}
	principals := func(ps *policy.Principals) {
		if ps == nil {
			return
		}
		for i := range ps.Entries {
			visit(ps.Entries[i].Text)
		}
	}
	elements(s.Action)
	elements(s.NotAction)
	elements(s.Resource)
	elements(s.NotResource)
	principals(s.Principal)
	principals(s.NotPrincipal)
	for i := range s.Condition {
		c := &s.Condition[i]
		visit(c.Operator)
		visit(c.Key)
		elements(c.Values)
	}
}

func bindAll(list []*Policy, b binding) []*Policy {
	if list == nil {
		return nil
	}
	out := make([]*Policy, len(list))
	for i, p := range list {
		out[i] = p.bind(b)
	}
	return out
}

// bind returns the principal with all its policies bound.
func (p *Principal) bind(b binding) *Principal {
	q := *p
	q.ARN, q.Account = b.text(p.ARN), b.text(p.Account)
	if q.Account.IsEmpty() && q.ARN.IsEmpty() {
		q.Account = policy.Literal(b.accountText)
	}
	q.Identity = bindAll(p.Identity, b)
	q.Boundary = p.Boundary.bind(b)
	q.SessionPolicies = bindAll(p.SessionPolicies, b)
	q.SCPs, q.RCPs = bindLevels(p.SCPs, b), bindLevels(p.RCPs, b)
	return &q
}

func bindLevels(levels [][]*Policy, b binding) [][]*Policy {
	out := make([][]*Policy, len(levels))
	for i, level := range levels {
		out[i] = bindAll(level, b)
	}
	return out
}

func mapDocument(d *policy.Document, f func(policy.Text) policy.Text) *policy.Document {
	out := *d
	out.Statements = make([]*policy.Statement, len(d.Statements))
	for i, s := range d.Statements {
		out.Statements[i] = mapStatement(s, f)
	}
	out.Version = f(d.Version)
	return &out
}

func mapStatement(s *policy.Statement, f func(policy.Text) policy.Text) *policy.Statement {
	out := *s
	out.Action, out.NotAction = mapElements(s.Action, f), mapElements(s.NotAction, f)
	out.Resource, out.NotResource = mapElements(s.Resource, f), mapElements(s.NotResource, f)
	out.Principal, out.NotPrincipal = mapPrincipals(s.Principal, f), mapPrincipals(s.NotPrincipal, f)
	out.Condition = make([]policy.Condition, len(s.Condition))
	for i, c := range s.Condition {
		c.Operator, c.Key, c.Values = f(c.Operator), f(c.Key), mapElements(c.Values, f)
		out.Condition[i] = c
	}
	return &out
}

func mapElements(list []policy.Element, f func(policy.Text) policy.Text) []policy.Element {
	if list == nil {
		return nil
	}
	out := make([]policy.Element, len(list))
	for i, e := range list {
		out[i] = policy.Element{Text: f(e.Text), Range: e.Range}
	}
	return out
}

func mapPrincipals(ps *policy.Principals, f func(policy.Text) policy.Text) *policy.Principals {
	if ps == nil {
		return nil
	}
	out := *ps
	out.Entries = make([]policy.Principal, len(ps.Entries))
	for i, e := range ps.Entries {
		e.Text = f(e.Text)
		out.Entries[i] = e
	}
	return &out
}
