// Package trust asks trust policies whom they let in.
package trust

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/phrase"
	"github.com/boundlint/boundlint/lint/policy"
)

// A trust policy is asked whether a principal of a certain kind can assume the
// role: the statements that name such a caller are put as identity-based
// policies of the caller, and [authz.Search] looks for a request. Condition
// Keys that say who calls are free for the caller to have as far as its
// constraints allow, and so are renamed to keys that any request may carry.

// Caller is a principal that would assume a role.
type Caller struct {
	Kind   authz.PrincipalKind
	Action string
	// Account is the caller's, a literal.
	Account string
	Keys    []authz.KeyConstraint
	// Named tells that a deny whose principal element is not a wildcard may
	// hit it.
	Named func(policy.Principal) bool
	// Organization is the caller's; "" for none.
	Organization string
	// claim gives the claim of the caller's token that a condition key holds;
	// false where the key is not a claim. Nil for callers without a token.
	claim func(key policy.Text) (string, bool)
}

const (
	// OutsideAccount is an account that no principal has named.
	OutsideAccount = "718293645012"
	// OutsideOrganization is an organization that no principal has named.
	OutsideOrganization = "o-outsider00"
	// OwnAccount stands for the deployment's account where it is not known,
	// ownOrganization for its organization.
	OwnAccount      = "000000000000"
	ownOrganization = "o-own0000000"
	// whoKey and claimKey begin the names of renamed keys.
	whoKey   = "aws:RequestTag/who:"
	claimKey = "aws:RequestTag/claim:"
)

// whoKeys are the keys that follow from who calls, by what they are renamed
// to; keys that Search treats well by itself are not among them.
var whoKeys = []string{"aws:principalarn", "aws:principalorgpaths", "aws:userid", "aws:username"}

// Who is the renamed form of a key that says who calls.
func Who(key string) string { return whoKey + key }

// Ask asks whether the caller can assume the role by this statement of
// its trust policy, the policy's denies considered. Where values of conditions
// are hidden it asks for the least that they may let through, and for the
// most.
func Ask(a *holders.Account, e *iam.Entity, s *policy.Statement, c *Caller) authz.Answer {
	least := &translation{caller: c, own: OwnAccount}
	if account, known := e.Deployment.Account.Known(); known && account != "" {
		least.own = account
	}
	answer := ask(a, e, s, least)
	if answer.Verdict == authz.Allowed || len(least.hidden) == 0 {
		return answer
	}
	most := &translation{caller: c, own: least.own, most: true}
	if answer = ask(a, e, s, most); answer.Verdict == authz.Allowed {
		return authz.Answer{Verdict: authz.Undetermined, Reasons: least.hidden}
	}
	return answer
}

// ask puts the question in one translation.
func ask(a *holders.Account, e *iam.Entity, s *policy.Statement, t *translation) authz.Answer {
	c := t.caller
	d := &policy.Document{Version: e.Trust.Version, Statements: []*policy.Statement{t.statement(s)}}
	for _, other := range e.Trust.Statements {
		if other.Effect != policy.Allow && other != s && c.hitBy(other) {
			d.Statements = append(d.Statements, t.statement(other))
		}
	}
	for i := range d.Statements {
		d.Statements[i].Index = i
	}
	caller := &authz.Principal{
		Kind: c.Kind, Account: policy.Literal(c.Account), Identity: []*authz.Policy{authz.Compile(d)}, TagsKnown: true,
		ARN: policy.Literal("arn:aws:iam::" + c.Account + ":role/outsider"),
	}
	if c.Kind == authz.KindUser {
		caller.ARN = policy.Literal("arn:aws:iam::" + c.Account + ":user/outsider")
	}
	keys := append(slices.Clone(c.Keys), Only("aws:ResourceAccount", t.own))
	if Asks(e.Trust.Document, "aws:ResourceOrgID") {
		keys = append(keys, Only("aws:ResourceOrgID", ownOrganization))
	}
	return authz.Search(caller, &authz.Universe{
		Partition: policy.Literal("aws"), Account: policy.Literal(c.Account), Now: a.Settings.Today, Limits: authz.Limits{Check: a.Check},
	}, &authz.Query{Actions: []string{c.Action}, Keys: keys})
}

// hitBy reports whether a deny is about the caller. One of which that is not
// certain is taken not to be: that a role is open is said where it may be, and
// rarely depends on such a deny.
func (c *Caller) hitBy(s *policy.Statement) bool {
	switch {
	case s.NotPrincipal != nil:
		return !slices.ContainsFunc(s.NotPrincipal.Entries, func(p policy.Principal) bool { return holders.IsText(p.Text, "*") || c.Named(p) })
	case s.Principal == nil:
		return false
	case s.Principal.Any:
		return true
	}
	return slices.ContainsFunc(s.Principal.Entries, func(p policy.Principal) bool {
		return p.Type == "AWS" && holders.IsText(p.Text, "*") || c.Named(p)
	})
}

// translation makes statements of a trust policy into such of an
// identity-based one.
type translation struct {
	caller *Caller
	own    string
	// most lets hidden values let through all that they may; else they let
	// through the least. hidden are the values that were hidden.
	most   bool
	hidden []authz.Reason
}

func (t *translation) statement(s *policy.Statement) *policy.Statement {
	out := *s
	out.Principal, out.NotPrincipal, out.NotResource = nil, nil, nil
	out.Resource = []policy.Element{{Text: policy.Literal("*")}}
	out.Condition = make([]policy.Condition, len(s.Condition))
	for i, c := range s.Condition {
		instead := t.instead(&c, s.Effect == policy.Deny)
		key := c.Key
		c.Key = t.key(c.Key)
		values := make([]policy.Element, len(c.Values))
		for j, v := range c.Values {
			values[j] = policy.Element{Text: t.value(v.Text, instead, key), Range: v.Range}
		}
		c.Values = values
		if strings.HasPrefix(c.Key.Prefix(), claimKey) {
			// Owners are unique whatever their case: another case is no
			// stranger.
			if name, known := c.Operator.Known(); known {
				c.Operator = policy.Literal(strings.Replace(name, "IgnoreCase", "", 1))
			}
		}
		out.Condition[i] = c
	}
	return &out
}

// nothing equals no value that a request has.
const nothing = "<hidden>"

// instead is what stands for hidden text among the values of a condition; ""
// leaves it hidden. A whole string that is hidden is nothing that a stranger
// happens to have; a pattern may take everything.
func (t *translation) instead(c *policy.Condition, denies bool) string {
	name, known := c.Operator.Known()
	op, err := policy.ParseOperator(name)
	switch {
	case !known || err != nil || op.Family != policy.FamilyString && op.Family != policy.FamilyArn:
		return ""
	case op.Compare == policy.Like && (t.most != op.Negated) != denies:
		return "*"
	}
	return nothing
}

// value is a value of a condition with what is known of caller and role in
// the place of variables and symbols: an account that is not known is
// certainly another than the caller's.
func (t *translation) value(x policy.Text, instead string, key policy.Text) policy.Text {
	var parts []policy.Part
	for _, p := range x.Parts() {
		parts = append(parts, policy.Part{Literal: t.variables(p.Literal), Symbol: p.Symbol})
	}
	whole := x.Symbol() != nil
	return policy.NewText(parts...).Map(func(s *policy.Symbol) (policy.Text, bool) {
		if s.Kind == policy.SymbolAccount {
			return policy.Literal(t.own), true
		}
		if s.Kind == policy.SymbolPartition {
			return policy.Literal("aws"), true
		}
		if s.Attribute == "id" && strings.Contains(s.Address, "aws_organizations_organization.") {
			// Terraform reads the organization of the account that it works in.
			return policy.Literal(ownOrganization), true
		}
		if instead == "" {
			return policy.Text{}, false
		}
		t.hidden = append(t.hidden, authz.Reason{Text: "a value for " + key.String() + " is not known", Symbol: s})
		if instead == "*" && whole && strings.EqualFold(t.key(key).String(), Who("aws:principalarn")) {
			return policy.Literal("arn:*:*:*:*:*"), true
		}
		return policy.Literal(instead), true
	})
}

// variables puts in what policy variables about caller and role stand for.
func (t *translation) variables(s string) string {
	if !strings.Contains(s, "${") {
		return s
	}
	organization := t.caller.Organization
	if organization == "" {
		organization = "<none>"
	}
	for name, value := range map[string]string{
		"aws:ResourceAccount": t.own, "aws:ResourceOrgID": ownOrganization,
		"aws:PrincipalAccount": t.caller.Account, "aws:PrincipalOrgID": organization,
	} {
		for {
			i := strings.Index(strings.ToLower(s), "${"+strings.ToLower(name)+"}")
			if i < 0 {
				break
			}
			s = s[:i] + value + s[i+len(name)+len("${}"):]
		}
	}
	return s
}

func (t *translation) key(key policy.Text) policy.Text {
	if t.caller.claim != nil {
		if claim, ok := t.caller.claim(key); ok {
			return policy.Literal(claimKey + claim)
		}
	}
	known, ok := key.Known()
	if !ok {
		return key
	}
	lowered := strings.ToLower(known)
	if slices.Contains(whoKeys, lowered) || strings.HasPrefix(lowered, "aws:principaltag/") {
		return policy.Literal(Who(lowered))
	}
	return key
}

// Only demands that a key is there and has one of these values.
func Only(key string, values ...string) authz.KeyConstraint {
	k := authz.KeyConstraint{Key: key, Present: true}
	for _, v := range values {
		k.In = append(k.In, policy.Literal(v))
	}
	return k
}

// Absent demands that requests lack a key.
func Absent(key string) authz.KeyConstraint { return authz.KeyConstraint{Key: key, Absent: true} }

// ARNsIn are the ARNs under which the principals of an account call.
func ARNsIn(account string, kind authz.PrincipalKind) authz.KeyConstraint {
	if kind == authz.KindUser {
		return Only(Who("aws:principalarn"), InPartitions("iam::"+account+":user/*")...)
	}
	return Only(Who("aws:principalarn"), InPartitions("iam::"+account+":role/*")...)
}

// InPartitions are ARNs with the same rest in each partition.
func InPartitions(rest string) []string {
	return []string{"arn:aws:" + rest, "arn:aws-cn:" + rest, "arn:aws-us-gov:" + rest}
}

// FirstAllowed asks until an answer is that the request is allowed; else it is
// the first that is undetermined, or that none is.
func FirstAllowed(ask func(*Caller) authz.Answer, callers []*Caller) authz.Answer {
	best := authz.Answer{Verdict: authz.Denied}
	for _, c := range callers {
		switch answer := ask(c); {
		case answer.Verdict == authz.Allowed:
			return answer
		case answer.Verdict == authz.Undetermined && best.Verdict == authz.Denied:
			best = answer
		}
	}
	return best
}

// Asks reports whether a trust policy asks for the key anywhere.
func Asks(d *policy.Document, key string) bool {
	return slices.ContainsFunc(d.Statements, func(s *policy.Statement) bool {
		return slices.ContainsFunc(s.Condition, func(c policy.Condition) bool {
			known, ok := c.Key.Known()
			return !ok || strings.EqualFold(known, key)
		})
	})
}

// Finding is what findings about one statement of a trust policy share.
func Finding(e *iam.Entity, s *policy.Statement, at policy.Range, answer authz.Answer, who string) lint.Finding {
	f := lint.Finding{
		Address: e.Address, Attribute: e.Trust.Location.Attribute, Location: e.Trust.StatementLocation(s.Index, at),
	}
	// Roles that are trusted by one text have one fault.
	f.Cause = holders.Grant{Document: e.Trust, Address: e.Address}.TextCause(s) + " " + who
	if !e.Trust.Sensitive {
		f.Excerpt = policy.PrintStatement(s, policy.PrintOptions{})
	}
	switch answer.Verdict {
	case authz.Allowed:
		f.Witness = trustProof(e, answer.Witness, who)
	case authz.Undetermined, authz.Denied:
		f.Verdict = lint.Undetermined
		for _, r := range answer.Reasons {
			if r.Symbol != nil && f.HiddenBy == "" {
				f.HiddenBy = phrase.Symbol(r.Symbol)
			}
		}
	}
	return f
}

// trustProof is the request with keys as AWS calls them.
func trustProof(e *iam.Entity, w *authz.Witness, principal string) *lint.Witness {
	if w == nil {
		return nil
	}
	out := &lint.Witness{Principal: principal, Action: w.Action, Resource: e.ARN.String(), Context: map[string][]string{}}
	for _, v := range w.Context {
		name, ok := plainKey(v.Key)
		if !ok {
			continue
		}
		for _, x := range v.Values {
			out.Context[name] = append(out.Context[name], x.String())
		}
	}
	for _, k := range w.Absent {
		if name, ok := plainKey(k); ok {
			out.Absent = append(out.Absent, name)
		}
	}
	slices.Sort(out.Absent)
	return out
}

// plainKey is the name of a renamed key; false for keys that only serve the
// question.
func plainKey(key string) (string, bool) {
	switch {
	case strings.HasPrefix(key, whoKey):
		return plainWho[strings.TrimPrefix(key, whoKey)], plainWho[strings.TrimPrefix(key, whoKey)] != ""
	case strings.HasPrefix(key, claimKey):
		return strings.TrimPrefix(key, claimKey), true
	}
	return key, !strings.EqualFold(key, "aws:ResourceAccount")
}

var plainWho = map[string]string{"aws:principalarn": "aws:PrincipalArn"}

// IsAccountText reports whether the text stands for an account.
func IsAccountText(x policy.Text) bool {
	s := x.Symbol()
	return s != nil && s.Kind == policy.SymbolAccount
}
