package generate

import (
	"encoding/json"
	"strings"
	"unicode"
)

// statement is one of a policy. Its texts hold ACCOUNT for the account, BOUNDARY
// for the ARN of the boundary.
type statement struct {
	sid, effect             string
	actions, notActions     []string
	resources, notResources []string
	operator, key           string
	values                  []string
	// principalType and principals are of a trust policy.
	principalType string
	principals    []string
	// why is the reason for the statement, in sentences.
	why string
}

const (
	allow = "Allow"
	deny  = "Deny"

	account  = "ACCOUNT"
	boundary = "BOUNDARY"
)

// document is a policy in the order of its statements.
type document []statement

// element is an element of a statement with its values.
type element struct {
	name   string
	values []string
}

// elements are those of a statement that hold texts, in their usual order.
func (s *statement) elements() []element {
	var out []element
	for _, e := range []element{
		{"Action", s.actions}, {"NotAction", s.notActions}, {"Resource", s.resources}, {"NotResource", s.notResources},
	} {
		if len(e.values) > 0 {
			out = append(out, e)
		}
	}
	return out
}

// size is the length of a document as IAM counts it, without white space.
func (d document) size(o *Options) int {
	n := 0
	for _, r := range d.json(o) {
		if !unicode.IsSpace(r) {
			n++
		}
	}
	return n
}

// json is a document as JSON, indented for people. An account that is not known
// counts as twelve digits.
func (d document) json(o *Options) string {
	resolve := strings.NewReplacer(boundary, o.boundaryARN(), account, o.account()).Replace
	var b strings.Builder
	b.WriteString("{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [")
	for i := range d {
		s := &d[i]
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString("\n    {\n      \"Sid\": " + quoted(s.sid) + ",\n      \"Effect\": " + quoted(s.effect))
		if s.principalType != "" {
			b.WriteString(",\n      \"Principal\": { " + quoted(s.principalType) + ": " + jsonValues(s.principals, resolve) + " }")
		}
		for _, e := range s.elements() {
			b.WriteString(",\n      " + quoted(e.name) + ": " + jsonValues(e.values, resolve))
		}
		if s.operator != "" {
			b.WriteString(",\n      \"Condition\": { " + quoted(s.operator) + ": { " + quoted(s.key) + ": " + jsonValues(s.values, resolve) + " } }")
		}
		b.WriteString("\n    }")
	}
	b.WriteString("\n  ]\n}\n")
	return b.String()
}

func jsonValues(values []string, resolve func(string) string) string {
	if len(values) == 1 {
		return quoted(resolve(values[0]))
	}
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = quoted(resolve(v))
	}
	return "[\n        " + strings.Join(out, ",\n        ") + "\n      ]"
}

// quoted is a text as JSON and as HCL, which write those of names and ARNs alike.
func quoted(text string) string {
	out, err := json.Marshal(text)
	if err != nil {
		panic(err) // a string has a JSON form
	}
	return string(out)
}

func (o *Options) account() string {
	if o.Account == "" {
		return "000000000000"
	}
	return o.Account
}

func (o *Options) boundaryARN() string {
	return "arn:aws:iam::" + o.account() + ":policy/" + o.Boundary
}
