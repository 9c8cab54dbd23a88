package rules

import (
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// A trust policy is asked whether somebody of a certain kind can assume the
// role: the statements that name such a caller are put as identity-based
// policies of the caller, and [authz.Search] looks for a request. Condition
// keys that say who calls are free for the caller to have as far as its
// constraints allow, and so are renamed to keys that any request may carry.

// caller is somebody who would assume a role.
type caller struct {
	kind   authz.PrincipalKind
	action string
	// account is the caller's, a literal.
	account string
	keys    []authz.KeyConstraint
	// named tells that a deny whose principal element is not a wildcard may
	// hit it.
	named func(policy.Principal) bool
	// organization is the caller's; "" for none.
	organization string
	// claim gives the claim of the caller's token that a condition key holds;
	// false where the key is no claim. Nil for callers without a token.
	claim func(key policy.Text) (string, bool)
}

const (
	// outsideAccount is an account that nobody has named.
	outsideAccount      = "718293645012"
	outsideOrganization = "o-outsider00"
	// ownAccount stands for the deployment's account where it is not known,
	// ownOrganization for its organization.
	ownAccount      = "000000000000"
	ownOrganization = "o-own0000000"
	// whoKey and claimKey begin the names of renamed keys.
	whoKey   = "aws:RequestTag/who:"
	claimKey = "aws:RequestTag/claim:"
)

// whoKeys are the keys that follow from who calls, by what they are renamed
// to; keys that Search treats well by itself are not among them.
var whoKeys = []string{"aws:principalarn", "aws:principalorgpaths", "aws:userid", "aws:username"}

// who is the renamed form of a key that says who calls.
func who(key string) string { return whoKey + key }

// trustAnswer asks whether the caller can assume the role by this statement of
// its trust policy, the policy's denies considered. Where values of conditions
// are hidden it asks for the least that they may let through, and for the
// most.
func trustAnswer(a *holders.Account, e *iam.Entity, s *policy.Statement, c *caller) authz.Answer {
	least := &translation{caller: c, own: ownAccount}
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
		Kind: c.kind, Account: policy.Literal(c.account), Identity: []*authz.Policy{authz.Compile(d)}, TagsKnown: true,
		ARN: policy.Literal("arn:aws:iam::" + c.account + ":role/outsider"),
	}
	if c.kind == authz.KindUser {
		caller.ARN = policy.Literal("arn:aws:iam::" + c.account + ":user/outsider")
	}
	keys := append(slices.Clone(c.keys), only("aws:ResourceAccount", t.own))
	if asks(e.Trust.Document, "aws:ResourceOrgID") {
		keys = append(keys, only("aws:ResourceOrgID", ownOrganization))
	}
	return authz.Search(caller, &authz.Universe{
		Partition: policy.Literal("aws"), Account: policy.Literal(c.account), Now: a.Settings.Today, Limits: authz.Limits{Check: a.Check},
	}, &authz.Query{Actions: []string{c.action}, Keys: keys})
}

// hitBy reports whether a deny is about the caller. One of which that is not
// certain is taken not to be: that a role is open is said where it may be, and
// rarely hangs on such a deny.
func (c *caller) hitBy(s *policy.Statement) bool {
	switch {
	case s.NotPrincipal != nil:
		return !slices.ContainsFunc(s.NotPrincipal.Entries, func(p policy.Principal) bool { return holders.IsText(p.Text, "*") || c.named(p) })
	case s.Principal == nil:
		return false
	case s.Principal.Any:
		return true
	}
	return slices.ContainsFunc(s.Principal.Entries, func(p policy.Principal) bool {
		return p.Type == "AWS" && holders.IsText(p.Text, "*") || c.named(p)
	})
}

// translation makes statements of a trust policy into such of an
// identity-based one.
type translation struct {
	caller *caller
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
		if instead == "*" && whole && strings.EqualFold(t.key(key).String(), who("aws:principalarn")) {
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
	organization := t.caller.organization
	if organization == "" {
		organization = "<none>"
	}
	for name, value := range map[string]string{
		"aws:ResourceAccount": t.own, "aws:ResourceOrgID": ownOrganization,
		"aws:PrincipalAccount": t.caller.account, "aws:PrincipalOrgID": organization,
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
		return policy.Literal(who(lowered))
	}
	return key
}

// only demands that a key is there and has one of these values.
func only(key string, values ...string) authz.KeyConstraint {
	k := authz.KeyConstraint{Key: key, Present: true}
	for _, v := range values {
		k.In = append(k.In, policy.Literal(v))
	}
	return k
}

// absent demands that requests lack a key.
func absent(key string) authz.KeyConstraint { return authz.KeyConstraint{Key: key, Absent: true} }

// arnsIn are the ARNs under which the principals of an account call.
func arnsIn(account string, kind authz.PrincipalKind) authz.KeyConstraint {
	if kind == authz.KindUser {
		return only(who("aws:principalarn"), inPartitions("iam::"+account+":user/*")...)
	}
	return only(who("aws:principalarn"), inPartitions("iam::"+account+":role/*")...)
}

// inPartitions are ARNs with the same rest in each partition.
func inPartitions(rest string) []string {
	return []string{"arn:aws:" + rest, "arn:aws-cn:" + rest, "arn:aws-us-gov:" + rest}
}

// firstAllowed asks until an answer is that the request is allowed; else it is
// the first that is undetermined, or that none is.
func firstAllowed(ask func(*caller) authz.Answer, callers []*caller) authz.Answer {
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

// asks reports whether a trust policy asks for the key anywhere.
func asks(d *policy.Document, key string) bool {
	return slices.ContainsFunc(d.Statements, func(s *policy.Statement) bool {
		return slices.ContainsFunc(s.Condition, func(c policy.Condition) bool {
			known, ok := c.Key.Known()
			return !ok || strings.EqualFold(known, key)
		})
	})
}
