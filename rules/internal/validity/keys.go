package validity

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/rules/internal/awsmanaged"
)

// key looks a condition key up, and asks whether the statement's actions have
// it and whether the operator fits its type.
func (c *invalidity) key(s *policy.Statement, cond *policy.Condition) {
	name, known := cond.Key.Known()
	prefix, _, found := strings.Cut(name, ":")
	if !known || !found || strings.Contains(name, "${") || c.faulty(cond.KeyRange) {
		return
	}
	if !knownKey(name) {
		c.unknownKey(s, cond, name)
		return
	}
	if c.providerKey(s, cond, name) || c.setOperator(s, cond, name) || c.wrongType(s, cond, name) {
		return
	}
	// The keys of identity providers travel with whoever signed in there, and
	// boundary-condition-ineffective speaks of an Allow with the key of the
	// scheme.
	if strings.EqualFold(name, policy.BoundaryKey) && s.Effect != policy.Deny || strings.Contains(prefix, ".") ||
		strings.EqualFold(prefix, "saml") {
		return
	}
	actions, closed := c.actionsOf(s)
	if !closed || len(actions) == 0 ||
		slices.ContainsFunc(actions, func(a *catalog.Action) bool { return a.Presence(name) != catalog.PresentNever }) {
		return
	}
	c.report(lint.Warning, "key-without-action", s.Index, cond.KeyRange,
		fmt.Sprintf("no action of the statement supplies the condition key %q: %s", name, absentKey(cond)),
		fmt.Sprintf("Move the condition to a statement with actions that have the key, or use a key that %s has; the list is of %s.", actions[0],
			awsmanaged.DataDate()))
}

func (c *invalidity) unknownKey(s *policy.Statement, cond *policy.Condition, name string) {
	if rest, ok := strings.CutPrefix(name, "https://"); ok && knownKey(rest) {
		c.rewriteKey(s, cond, rest)
		c.report(lint.Error, "unknown-key", s.Index, cond.KeyRange,
			fmt.Sprintf("AWS has no condition key %q: %s", name, absentKey(cond)),
			fmt.Sprintf("Write %s: the keys of an identity provider begin with its address without https://.", rest))
		return
	}
	if meant, ok := catalog.MisspeltKey(name); ok {
		c.rewriteKey(s, cond, meant)
		c.report(lint.Error, "unknown-key", s.Index, cond.KeyRange,
			fmt.Sprintf("AWS has no condition key %q: %s", name, absentKey(cond)),
			fmt.Sprintf("Write %s, if that is meant; the list of keys is of %s.", meant, awsmanaged.DataDate()))
		return
	}
	c.doubt("unknown-key", s.Index, cond.KeyRange,
		fmt.Sprintf("AWS's list of condition keys of %s has no %q, so that it is not known whether requests carry it", awsmanaged.DataDate(),
			name),
		"Check the spelling. If the key is newer than the list, exempt the finding.")
}

// rewriteKey has the next finding fixed by the condition key that is meant.
func (c *invalidity) rewriteKey(s *policy.Statement, cond *policy.Condition, meant string) {
	c.rewrite(s, func(changed *policy.Statement) {
		changed.Condition = slices.Clone(s.Condition)
		for i := range s.Condition {
			if &s.Condition[i] == cond {
				changed.Condition[i].Key = policy.Literal(meant)
			}
		}
	})
}

// knownKey reports whether AWS lists the key. Some lists spell the part that
// the user chooses as <key> or tag-key instead of ${TagKey}.
func knownKey(name string) bool {
	if _, ok := catalog.LookupKey(name); ok {
		return true
	}
	head, _, found := strings.Cut(name, "/")
	if !found {
		return false
	}
	prefix, _, _ := strings.Cut(name, ":")
	return slices.ContainsFunc(catalog.KeysOf(prefix), func(k string) bool {
		h, tail, found := strings.Cut(k, "/")
		return found && strings.EqualFold(h, head) && (tail == "tag-key" || strings.ContainsAny(tail, "<{"))
	})
}

// providerKey finds a claim of an identity provider that the statement's
// principals do not include: no token of theirs carries it.
func (c *invalidity) providerKey(s *policy.Statement, cond *policy.Condition, name string) bool {
	host, _, _ := strings.Cut(name, ":")
	if !strings.Contains(host, ".") || s.Principal == nil || s.Principal.Any || s.Principal.Unknown != nil || len(s.Principal.Entries) == 0 {
		return false
	}
	var providers []string
	for _, p := range s.Principal.Entries {
		text, known := p.Text.Known()
		if p.Type != "Federated" {
			continue
		}
		if !known {
			return false
		}
		if _, address, found := strings.Cut(text, ":oidc-provider/"); found {
			text = address
		}
		if strings.EqualFold(text, host) {
			return false
		}
		providers = append(providers, text)
	}
	if len(providers) == 0 {
		c.report(lint.Warning, "key-of-provider", s.Index, cond.KeyRange,
			fmt.Sprintf("the statement names no identity provider, and %q comes with the tokens of one: %s", name, absentKey(cond)),
			fmt.Sprintf("Name the provider %s as Federated principal, or remove the condition.", host))
		return true
	}
	c.report(lint.Error, "key-of-provider", s.Index, cond.KeyRange,
		fmt.Sprintf("%q is a claim of another identity provider than %s: %s", name, alternatives(providers), absentKey(cond)),
		fmt.Sprintf("Write %s:%s, if that is meant.", providers[0], name[len(host)+1:]))
	return true
}

// setOperator finds a multi-valued key without ForAllValues or ForAnyValue
// (IAM User Guide, multivalued context keys).
func (c *invalidity) setOperator(s *policy.Statement, cond *policy.Condition, name string) bool {
	operator, known := cond.Operator.Known()
	op, err := policy.ParseOperator(operator)
	k, listed := catalog.LookupKey(name)
	if !known || err != nil || !listed || !k.MultiValued || op.Set != policy.SetNone || op.Family == policy.FamilyNull {
		return false
	}
	c.doubt("set-operator", s.Index, cond.KeyRange,
		fmt.Sprintf("a request holds several values of %s, and AWS does not document what %s does with them", name, operator),
		fmt.Sprintf("Write ForAnyValue:%s where one of the values has to match, or ForAllValues:%s where each has to; the latter also holds of "+
			"a request without the key.", operator, operator))
	return true
}

// typeNames say what values of a type of key are.
var typeNames = map[catalog.KeyType]string{
	catalog.TypeBool: "true or false", catalog.TypeNumeric: "a number", catalog.TypeDate: "a date and time",
	catalog.TypeIPAddress: "one IP address", catalog.TypeARN: "an ARN", catalog.TypeString: "a text", catalog.TypeBinary: "binary data",
}

// operatorsFor are the operators that read values of a type of key.
var operatorsFor = map[catalog.KeyType]string{
	catalog.TypeBool: "Bool", catalog.TypeNumeric: "NumericEquals", catalog.TypeDate: "DateGreaterThan", catalog.TypeIPAddress: "IpAddress",
	catalog.TypeARN: "ArnLike", catalog.TypeString: "StringEquals", catalog.TypeBinary: "BinaryEquals",
}

// wrongType finds an operator that does not read values of the key's type, and
// a value that no request has. Of the boundary's key
// boundary-condition-ineffective speaks.
func (c *invalidity) wrongType(s *policy.Statement, cond *policy.Condition, name string) bool {
	operator, known := cond.Operator.Known()
	op, err := policy.ParseOperator(operator)
	k, listed := catalog.LookupKey(name)
	if !known || err != nil || !listed || op.Family == policy.FamilyNull || len(cond.Values) == 0 || strings.EqualFold(name,
		policy.BoundaryKey) || slices.ContainsFunc(cond.Values, func(e policy.Element) bool { return c.faulty(e.Range) }) {
		return false
	}
	if mismatched(k, op.Family) {
		c.report(lint.Warning, "operator-type", s.Index, cond.Range,
			fmt.Sprintf("%s does not read the values of %s, which are %s: %s", operator, k.Name, typeNames[k.Type], neverMatched(op)),
			fmt.Sprintf("Use an operator such as %s.", operatorsFor[k.Type]))
		return true
	}
	if starred := starUnderEquals(k, op, cond); starred != "" {
		c.report(lint.Warning, "operator-wildcard", s.Index, cond.Range,
			fmt.Sprintf("%s takes the wildcard in %q for the character itself, which no value of %s has: %s", operator, starred, name,
				neverMatched(op)),
			fmt.Sprintf("Write %s.", strings.Replace(operator, "Equals", "Like", 1)))
		return true
	}
	positive := *cond
	positive.Operator = policy.Literal(positively().Replace(operator))
	if !c.isNeverMet(positive, c.doc.Variables()) {
		return false
	}
	c.report(lint.Warning, "value-type", s.Index, cond.Range,
		fmt.Sprintf("no request has such a value of %s, which is %s%s: %s", k.Name, typeNames[k.Type], publicOnly(k), neverMatched(op)),
		fmt.Sprintf("Write values of the key's type%s.", insteadOfPrivate(k)))
	return true
}

// isNeverMet reports whether no request meets a condition, which other documents
// may have, too.
func (j *Judge) isNeverMet(cond policy.Condition, variables bool) bool {
	var text strings.Builder
	fmt.Fprint(&text, variables)
	for _, x := range append([]policy.Text{cond.Operator, cond.Key}, texts(cond.Values)...) {
		text.WriteByte(0)
		text.WriteString(x.Key())
	}
	never, remembered := j.neverMet[text.String()]
	if !remembered {
		_, never = authz.NeverMet([]policy.Condition{cond}, variables, time.Time{})
		if len(j.neverMet) < maxConditions && text.Len() < maxCondition {
			j.neverMet[text.String()] = never
		}
	}
	return never
}

func texts(elements []policy.Element) []policy.Text {
	out := make([]policy.Text, len(elements))
	for i, e := range elements {
		out[i] = e.Text
	}
	return out
}

// positively takes out of an operator what negates it or lets keys be absent.
var positively = sync.OnceValue(func() *strings.Replacer { return strings.NewReplacer("IfExists", "", "NotIp", "Ip", "Not", "") })

// unread are, by family of operators, the types of keys of which they cannot
// read the values. Those for strings read every text; what a tag or a claim
// holds may be written like a number.
var unread = map[policy.Family][]catalog.KeyType{
	policy.FamilyArn:     {catalog.TypeBool, catalog.TypeNumeric, catalog.TypeDate, catalog.TypeIPAddress},
	policy.FamilyBool:    {catalog.TypeARN, catalog.TypeNumeric, catalog.TypeDate, catalog.TypeIPAddress},
	policy.FamilyNumeric: {catalog.TypeARN, catalog.TypeBool, catalog.TypeDate, catalog.TypeIPAddress},
	policy.FamilyDate:    {catalog.TypeARN, catalog.TypeBool, catalog.TypeIPAddress},
	policy.FamilyIP:      {catalog.TypeARN, catalog.TypeBool, catalog.TypeNumeric, catalog.TypeDate, catalog.TypeString, catalog.TypeBinary},
}

// mismatched reports whether operators of a family cannot read values of the
// key.
func mismatched(k *catalog.Key, family policy.Family) bool {
	switch {
	case family == policy.FamilyNumeric && k.Name == "aws:EpochTime":
		return false // seconds since 1970
	case family == policy.FamilyIP && k.Type == catalog.TypeString && k.Template():
		return false
	case family == policy.FamilyArn && slices.Contains(starless, k.Name):
		return true // names, numbers and regions
	}
	return slices.Contains(unread[family], k.Type)
}

// starless are keys of type String of which no value has a wildcard in it.
var starless = []string{
	"aws:PrincipalAccount", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:ResourceAccount", "aws:ResourceOrgID", "aws:ResourceOrgPaths",
	"aws:SourceAccount", "aws:SourceOrgID", "aws:SourceOrgPaths", "aws:SourceVpc", "aws:SourceVpce", "aws:userid", "aws:username",
	"aws:RequestedRegion",
}

// starUnderEquals is a value with a wildcard that an operator takes literally,
// though no value of the key has such a character; "" where there is none.
func starUnderEquals(k *catalog.Key, op policy.Operator, cond *policy.Condition) string {
	if op.Family != policy.FamilyString || op.Compare == policy.Like {
		return ""
	}
	prefix, _, _ := strings.Cut(k.Name, ":")
	if k.Type != catalog.TypeARN && !strings.Contains(prefix, ".") && !slices.Contains(starless, k.Name) {
		return ""
	}
	for _, v := range cond.Values {
		for _, part := range policy.ParseTemplate(v.Text, true).Parts {
			if strings.ContainsAny(part.Literal, "*?") {
				return v.Text.String()
			}
		}
	}
	return ""
}

func publicOnly(k *catalog.Key) string {
	if k.Name == "aws:SourceIp" {
		return " and never a private one"
	}
	return ""
}

func insteadOfPrivate(k *catalog.Key) string {
	if k.Name == "aws:SourceIp" {
		return "; requests through a VPC endpoint carry aws:VpcSourceIp"
	}
	return ""
}

// neverMatched says what it means that no value matches.
func neverMatched(op policy.Operator) string {
	switch {
	case op.Negated:
		return "the condition always holds"
	case op.IfExists || op.Set == policy.ForAllValues:
		return "the condition holds of no request that has the key"
	}
	return "the condition never holds"
}

// absentKey says what a condition on a key means that no request carries.
func absentKey(cond *policy.Condition) string {
	text, known := cond.Operator.Known()
	op, err := policy.ParseOperator(text)
	if !known || err != nil {
		return "no request carries it"
	}
	holds := op.Negated || op.IfExists
	switch {
	case op.Family == policy.FamilyNull:
		holds = len(cond.Values) > 0 && slices.ContainsFunc(cond.Values, func(e policy.Element) bool {
			v, known := e.Text.Known()
			return known && strings.EqualFold(v, "true")
		})
	case op.Set == policy.ForAllValues:
		holds = true
	case op.Set == policy.ForAnyValue:
		holds = false
	}
	if holds {
		return "no request carries it, so the condition always holds"
	}
	return "no request carries it, so the condition never holds"
}

// named are the actions that a statement names.
type named struct {
	actions []*catalog.Action
	closed  bool
}

// actionsOf are the statementActions of a statement, for each of its entries
// and conditions.
func (c *invalidity) actionsOf(s *policy.Statement) (actions []*catalog.Action, closed bool) {
	if c.last.by != s {
		c.last.by, c.last.named = s, c.namedBy(s)
	}
	return c.last.actions, c.last.closed
}

// namedBy are the actions of a statement, which other documents may have named.
func (j *Judge) namedBy(s *policy.Statement) named {
	if s.NotAction != nil {
		return named{}
	}
	var text strings.Builder
	for _, e := range s.Action {
		action, known := e.Text.Known()
		if !known {
			return named{}
		}
		text.WriteString(action)
		text.WriteByte(0)
	}
	out, remembered := j.named[text.String()]
	if !remembered {
		out.actions, out.closed = statementActions(s)
		if j.many += len(out.actions) + 1; j.many <= maxNamed {
			j.named[text.String()] = out
		}
	}
	return out
}

// statementActions are the actions that Action names; closed is false where
// it may name others that the catalog does not have.
func statementActions(s *policy.Statement) (actions []*catalog.Action, closed bool) {
	if s.NotAction != nil {
		return nil, false
	}
	for _, e := range s.Action {
		text, known := e.Text.Known()
		if !known || text == "*" || text == "*:*" {
			return nil, false
		}
		before := len(actions)
		for a := range catalog.ActionsMatching(text) {
			actions = append(actions, a)
		}
		if len(actions) == before {
			return nil, false
		}
	}
	return actions, true
}
