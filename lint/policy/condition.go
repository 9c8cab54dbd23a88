package policy

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// The condition keys that delegation turns on (Service Authorization Reference,
// IAM): the boundary that an entity is given or has, and the managed policy that
// is attached or detached.
const (
	BoundaryKey  = "iam:PermissionsBoundary"
	PolicyARNKey = "iam:PolicyARN"
)

// conditions reads a Condition block and appends to list what it asks.
func (p *parser) conditions(list []Condition, n JSON) []Condition {
	if sym := p.hidden(n); sym != nil {
		return append(list, p.hiddenCondition(sym, n))
	}
	if !p.typed(n, JSONObject, "Condition") {
		return list
	}
	if n.Symbol != nil {
		list = append(list, p.hiddenCondition(n.Symbol, n))
	}
	p.duplicates(n, "the Condition block")
	for i := range n.Members {
		list = p.operator(list, n.Members[i].Name, n.Members[i].Value)
	}
	return list
}

// hiddenCondition is a condition of which nothing is known; it may also be
// several, or none.
func (p *parser) hiddenCondition(sym *Symbol, n JSON) Condition {
	x, at := SymbolText(p.spread(sym)), p.at(n)
	return Condition{
		Operator: x, Key: x, Values: []Element{{x, at}},
		Range: at, OperatorRange: at, KeyRange: at,
	}
}

// operator reads the keys under one operator and appends them to list.
func (p *parser) operator(list []Condition, key, block JSON) []Condition {
	name := p.syms.Text(key.Text)
	at := p.at(key)
	var op Operator // where it is not known, one that reads any value
	if text, known := name.Known(); known {
		var err error
		var problem *OperatorError
		if op, err = ParseOperator(text); errors.As(err, &problem) {
			detail := "Write an operator such as StringEquals, ArnLike or Bool."
			if problem.Nearest != "" {
				detail = "Write " + problem.Nearest + "."
			}
			p.refuse(CodeOperator, at, problem.Problem, detail)
		} else if op.OddCase {
			p.remark(CodeOperatorCase, at, fmt.Sprintf("the operator %q is not spelled as documented; whether IAM takes this is not known", text),
				"Write "+op.spelled(text)+".")
		}
	}
	if sym := p.hidden(block); sym != nil {
		c := p.hiddenCondition(sym, block)
		c.Operator, c.OperatorRange = name, at
		return append(list, c)
	}
	if !p.typed(block, JSONObject, "what stands under "+name.String()) {
		return list
	}
	if block.Symbol != nil {
		c := p.hiddenCondition(block.Symbol, block)
		c.Operator, c.OperatorRange = name, at
		list = append(list, c)
	}
	if len(block.Members) == 0 && block.Symbol == nil {
		p.remark(CodeEmpty, p.at(block), fmt.Sprintf("there is no key under %s: it asks nothing", name), "Add a key, or remove the operator.")
	}
	p.duplicates(block, name.String())
	for i := range block.Members {
		m := &block.Members[i]
		c := Condition{
			Operator: name, Key: p.syms.Text(m.Name.Text), OperatorRange: at, KeyRange: p.at(m.Name),
			Range: p.rng(m.Name.Start, m.Value.End),
		}
		p.conditionKey(c)
		c.Values = p.values(m.Value, c)
		for _, e := range c.Values {
			p.conditionValue(op, e)
		}
		list = append(list, c)
	}
	return list
}

// spelled is the documented spelling of an operator that is written in
// another case; ArnEquals stays ArnEquals.
func (o Operator) spelled(name string) string {
	for i := range operators {
		for _, set := range [...]string{"", forAllValuesPrefix, forAnyValuePrefix} {
			for _, tail := range [...]string{"", ifExists} {
				if full := set + operators[i].name + tail; strings.EqualFold(full, name) {
					return full
				}
			}
		}
	}
	return o.String()
}

// conditionKey checks the form prefix:name that every key has.
func (p *parser) conditionKey(c Condition) {
	key, known := c.Key.Known()
	if !known || strings.Contains(key, ":") || strings.HasPrefix(key, "${") {
		return
	}
	// Keys that the identity provider's host name begins may hide a colon.
	p.refusesIf(p.isIAM(), CodeConditionKey, c.KeyRange, fmt.Sprintf("the condition key %q does not begin with a service or aws:", key),
		"Write aws:"+key+" or service:"+key+", whichever is meant.")
}

// values reads condition values: strings, numbers and booleans, which count
// as their text (IAM User Guide, policy grammar).
func (p *parser) values(n JSON, c Condition) []Element {
	name := "the value of " + c.Key.String()
	nodes := []JSON{n}
	switch n.Kind {
	case JSONArray:
		nodes = n.Elements
		if len(nodes) == 0 {
			p.doc.Invalid = true
			p.remark(CodeEmpty, p.at(n), fmt.Sprintf("there are no values for %s; how IAM reads that is not documented", c.Key),
				"Add a value, or remove the key.")
		}
	case JSONNull:
		p.doc.Invalid = true
		p.remark(CodeNull, p.at(n), name+" is null; how IAM reads that is not documented", "Leave the key out instead.")
		return []Element{}
	}
	list := make([]Element, 0, len(nodes))
	for i := range nodes {
		v := &nodes[i]
		switch v.Kind {
		case JSONString:
			list = append(list, Element{p.syms.Text(v.Text), p.at(*v)})
		case JSONNumber, JSONBool:
			list = append(list, Element{Literal(v.Text), p.at(*v)})
		case JSONHidden:
			list = append(list, Element{SymbolText(p.spread(v.Symbol)), p.at(*v)})
		default:
			p.refuse(CodeWrongType, p.at(*v), fmt.Sprintf("%s must be a string, number or boolean, or a list of them, not %s", name,
				kindName(v.Kind)), "")
		}
	}
	return list
}

// conditionValue remarks on values that their operator cannot read.
func (p *parser) conditionValue(op Operator, e Element) {
	text, known := e.Text.Known()
	if !known || strings.Contains(text, "${") {
		return
	}
	want := ""
	switch op.Family {
	case FamilyNull, FamilyBool:
		if !strings.EqualFold(text, "true") && !strings.EqualFold(text, "false") {
			want = "true or false"
		}
	case FamilyIP:
		if !isCIDR(text) {
			want = "an IP address or a range such as 203.0.113.0/24"
		}
	case FamilyNumeric:
		if _, err := strconv.ParseFloat(text, 64); err != nil {
			want = "a number"
		}
	case FamilyDate:
		if !isDate(text) {
			want = "a date such as 2026-01-31T00:00:00Z"
		}
	case FamilyArn:
		if text != "*" && !strings.HasPrefix(text, "arn:") && !strings.ContainsAny(text[:min(4, len(text))], "*?") {
			want = "an ARN"
		}
	case FamilyString, FamilyBinary:
	}
	if want != "" {
		p.remark(CodeConditionValue, e.Range, fmt.Sprintf("%s cannot read the value %q: it matches nothing", op, text), "Write "+want+".")
	}
}

func isCIDR(text string) bool {
	if _, err := netip.ParsePrefix(text); err == nil {
		return true
	}
	_, err := netip.ParseAddr(text)
	return err == nil
}

// dateLayouts are the ISO 8601 forms of the W3C profile that IAM documents.
var dateLayouts = []string{
	time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02", "2006-01", "2006", "2006-01-02T15:04:05", "2006-01-02T15:04:05-0700",
	"20060102T150405Z",
}

func isDate(text string) bool {
	if _, err := strconv.ParseFloat(text, 64); err == nil {
		return true // seconds since 1970
	}
	for _, layout := range dateLayouts {
		if _, err := time.Parse(layout, text); err == nil {
			return true
		}
	}
	return false
}
